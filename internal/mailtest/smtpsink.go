package mailtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Sink is a running smtp-sink, Postfix's test server: a real one that is not ours.
type Sink struct {
	Addr string // host:port on loopback
	t    TB
	dir  string // of the dumps, "" without
}

// SMTPSink starts smtp-sink with the flags on a free port and ends it with the test. With the flag "-dump" every mail is
// kept for Mails. Without smtp-sink on this machine the test is skipped, or fails if DAYBREAK_REAL=1.
func SMTPSink(t TB, flags ...string) *Sink {
	t.Helper()
	path, err := exec.LookPath("smtp-sink")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/smtp-sink")
	}
	if err != nil {
		if os.Getenv("DAYBREAK_REAL") == "1" {
			t.Fatalf("no smtp-sink; install the Debian package postfix")
		}
		t.Skipf("no smtp-sink; it is in the Debian package postfix")
	}
	s := &Sink{t: t}
	if i := slices.Index(flags, "-dump"); i >= 0 {
		s.dir = t.TempDir()
		flags = slices.Concat(flags[:i], []string{"-d", filepath.Join(s.dir, "mail.")}, flags[i+1:])
	}
	if os.Geteuid() == 0 { // it refuses to keep root's rights unless it is told whose to take
		me, err := user.Current()
		if err != nil {
			t.Fatalf("who am I: %v", err)
		}
		flags = append([]string{"-u", me.Username}, flags...)
	}
	for range 5 { // the free port may be taken by somebody else meanwhile
		if err = s.start(path, flags); err == nil {
			return s
		}
	}
	t.Fatalf("starting smtp-sink: %v", err)
	return nil
}

func (s *Sink) start(path string, flags []string) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Addr = free.Addr().String()
	free.Close()
	cmd := exec.Command(path, append(slices.Clone(flags), "inet:"+s.Addr, "1000")...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	if err := s.awaitListening(ended); err != nil {
		stop()
		return fmt.Errorf("%w: %s", err, said.String())
	}
	s.t.Cleanup(stop)
	return nil
}

// awaitListening returns when connections are taken.
func (s *Sink) awaitListening(ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr); err == nil {
			return conn.Close()
		}
		select {
		case <-ended:
			return fmt.Errorf("it ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// SinkMail is a mail as smtp-sink has kept it.
type SinkMail struct {
	MailArgs string // of MAIL: the sender and the parameters
	RcptArgs []string
	Raw      []byte // as it came after DATA, without the CR of line ends
}

// Mails are the mails that smtp-sink has accepted, in no order. It must run with "-dump".
func (s *Sink) Mails() []SinkMail { return s.Fresh(map[string]bool{}) }

// Fresh are the mails that smtp-sink has accepted and that are not seen yet. They are afterwards.
func (s *Sink) Fresh(seen map[string]bool) []SinkMail {
	s.t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.dir, "mail.*"))
	if err != nil || s.dir == "" {
		s.t.Fatalf("mails of smtp-sink: dump dir %q: %v", s.dir, err)
	}
	var mails []SinkMail
	for _, path := range paths {
		if seen[path] {
			continue
		}
		dump, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // a mail that was not finished, which smtp-sink takes back
			continue
		}
		if err != nil {
			s.t.Fatalf("mails of smtp-sink: %v", err)
		}
		if m, whole := readDump(dump); whole {
			mails, seen[path] = append(mails, m), true
		}
	}
	return mails
}

// readDump takes smtp-sink's own header off a dump: X- fields, then Received on three lines. A dump of a mail that is
// not over has no empty line at its end.
func readDump(dump []byte) (m SinkMail, whole bool) {
	rest := string(dump)
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return m, false
		}
		rest = after
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "X-Mail-Args":
			m.MailArgs = value
		case "X-Rcpt-Args":
			m.RcptArgs = append(m.RcptArgs, value)
		case "Received":
			for range 2 {
				_, rest, _ = strings.Cut(rest, "\n")
			}
			raw, ok := strings.CutSuffix(rest, "\n\n")
			m.Raw = []byte(raw + "\n")
			return m, ok
		}
	}
}

package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// PostfixServer is a real Postfix with a queue and a port of its own. It has no mailboxes: what it takes it hands to other servers, and
// what these do not take it bounces.
type PostfixServer struct {
	Addr string // of SMTP, without TLS and without a login

	t   TB
	dir string
	run *exec.Cmd
}

const (
	postfixTries    = "1s" // after which a mail that was put off is tried again, and its sender told that it is late
	postfixLifetime = "4s" // after which a mail that was put off comes back
)

// FreeAddr is an address on loopback where nothing listens yet.
func FreeAddr(t TB) string {
	t.Helper()
	ports, err := freePorts(1)
	if err != nil {
		t.Fatalf("finding a free port: %v", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", ports[0])
}

// Postfix starts a Postfix at an address on loopback that ends with the test. routes tell for each domain the server that takes its mail, such as
// "lmtp:[127.0.0.1]:24" or "smtp:[127.0.0.1]:25"; by "bare:" it is LMTP, and the header lines by which automatic mail is known are lost on
// the way. Other domains are looked up in the DNS. Without Postfix, or without root's rights, which it needs, the test is skipped, or fails if
// DAYBREAK_REAL=1.
func Postfix(t TB, addr string, routes map[string]string) *PostfixServer {
	t.Helper()
	missing := ""
	if _, err := os.Stat(postfixMaster); err != nil {
		missing = "no Postfix; install the Debian package postfix"
	} else if os.Geteuid() != 0 {
		missing = "only root can start Postfix"
	}
	if missing != "" && os.Getenv("DAYBREAK_REAL") == "1" {
		t.Fatalf("%s", missing)
	} else if missing != "" {
		t.Skipf("%s", missing)
	}
	p := &PostfixServer{t: t, Addr: addr}
	if err := p.prepare(routes); err != nil {
		t.Fatalf("preparing Postfix: %v", err)
	}
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("Postfix said:\n%s", p.log())
		}
		os.RemoveAll(p.dir)
	})
	p.start()
	return p
}

const postfixMaster = "/usr/lib/postfix/sbin/master"

// prepare writes everything that Postfix reads, and makes its queue.
func (p *PostfixServer) prepare(routes map[string]string) error {
	var err error
	if p.dir, err = os.MkdirTemp("", "post"); err != nil { // short: a socket's path has at most 107 bytes
		return err
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		return err
	}
	drop, err := user.LookupGroup("postdrop")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(drop.Gid)
	if err != nil {
		return err
	}
	for _, d := range []struct {
		name  string
		owner int
		mode  os.FileMode
	}{
		{"", 0, 0o755}, {"q", 0, 0o755}, {"q/pid", 0, 0o755}, {"data", uid, 0o700}, {"q/public", uid, 0o710}, {"q/maildrop", uid, 0o730},
		{"q/active", uid, 0o700}, {"q/bounce", uid, 0o700}, {"q/corrupt", uid, 0o700}, {"q/defer", uid, 0o700}, {"q/deferred", uid, 0o700},
		{"q/flush", uid, 0o700}, {"q/hold", uid, 0o700}, {"q/incoming", uid, 0o700}, {"q/private", uid, 0o700}, {"q/saved", uid, 0o700},
		{"q/trace", uid, 0o700},
	} {
		path := filepath.Join(p.dir, d.name)
		if err := os.MkdirAll(path, d.mode); err != nil {
			return err
		}
		if err := os.Chown(path, d.owner, gid); err != nil {
			return err
		}
		if err := os.Chmod(path, d.mode); err != nil {
			return err
		}
	}
	transport := ""
	for domain, by := range routes {
		transport += domain + " " + by + "\n"
	}
	for name, content := range map[string]string{
		"transport": transport,
		"bare":      "/^(Auto-Submitted|List-[a-z]+|Precedence|X-Auto-Response-Suppress):/ IGNORE\n",
		"main.cf": fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/q
data_directory = %[1]s/data
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.com
mydestination =
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
transport_maps = texthash:%[1]s/transport
alias_maps =
queue_run_delay = %[2]s
minimal_backoff_time = %[2]s
maximal_backoff_time = %[2]s
delay_warning_time = %[2]s
maximal_queue_lifetime = %[3]s
bounce_queue_lifetime = %[3]s
recipient_delimiter = +
`, p.dir, postfixTries, postfixLifetime),
		"master.cf": fmt.Sprintf(`%s inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
bare unix - - n - - lmtp
  -o lmtp_header_checks=regexp:%s/bare
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`, p.Addr, p.dir),
	} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// start returns when it takes connections.
func (p *PostfixServer) start() {
	p.t.Helper()
	p.run = exec.Command(postfixMaster, "-c", p.dir) // it makes a process group of its own, by which stop finds all its processes
	var said strings.Builder
	p.run.Stderr = &said
	if err := p.run.Start(); err != nil {
		p.t.Fatalf("starting Postfix: %v", err)
	}
	for tries := 0; !greets(p.Addr, "220 "); tries++ {
		if tries == 200 {
			p.stop()
			p.t.Fatalf("Postfix does not answer: %s%s", said.String(), p.log())
		}
		time.Sleep(25 * time.Millisecond)
	}
}

func (p *PostfixServer) stop() {
	if p.run == nil {
		return
	}
	syscall.Kill(-p.run.Process.Pid, syscall.SIGKILL)
	p.run.Process.Kill()
	p.run.Wait()
	p.run = nil
}

func (p *PostfixServer) log() string {
	said, _ := os.ReadFile(filepath.Join(p.dir, "log"))
	return string(lastOf(said))
}

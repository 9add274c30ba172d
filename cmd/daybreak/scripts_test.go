package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// TestScripts runs the program as a person at a terminal does. Besides the usual commands a script has:
//
//	exits CODE PROGRAM ARGS   runs a program that must end with the code
//	fill FILE...              replaces $NAME in files by the environment's value
//	mailserver [ADDRESS]      starts an IMAP and an SMTP server; $IMAP and $SMTP are their addresses; with an address those of another mailbox, at $IMAP2
//	deliver FILE [ADDRESS]    puts a mail into the mailbox, or the other one; one without a Received line is handed in by its sender, whose domain the server vouches for
//	daemon [ARGS]             starts daybreak serve
//	await WORDS               waits until the daemon has logged the words
//	sent N                    waits until N mails have been sent, and writes them to sent/1.eml and so on, and by reader: sent/rosa-1.eml
//	reply CLIENT N FILE       delivers a reply to the mail sent/N.eml, with the words of FILE
//	terminate                 ends the daemon with SIGTERM; it must end well; its log is daemon.log
//
// $ZONE is a time zone in which it is the middle of the day, $OTHERDAY a day of the week that it is nowhere. $FIRST and $LAST are dates
// to come, $FIRSTSAID is the first as mails say it, $FIRSTICS as calendars do, and $AFTERICS the day after the last.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Deadline:            time.Now().Add(10 * time.Minute),    // for all of them, on a busy machine with the race detector; a daemon that should have refused to start would run for ever
		UpdateScripts:       os.Getenv("DAYBREAK_UPDATE") == "1", // writes what was said into the scripts; read it before you believe it
		Setup: func(env *testscript.Env) error {
			now := time.Now()
			env.Setenv("ZONE", middayZone(now))
			env.Setenv("OTHERDAY", strings.ToLower(now.AddDate(0, 0, 3).Weekday().String()[:3]))
			first := team.DateOf(now).Add(10)
			env.Setenv("FIRST", first.String())
			env.Setenv("FIRSTSAID", first.Short())
			env.Setenv("LAST", first.Add(11).String())
			env.Setenv("FIRSTICS", strings.ReplaceAll(first.String(), "-", ""))
			env.Setenv("AFTERICS", strings.ReplaceAll(first.Add(12).String(), "-", ""))
			env.Setenv("TZ", "UTC")
			st := &stage{t: env.T().(testing.TB)}
			env.Values[stage{}] = st
			env.Defer(st.close)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"fill":       fillIn,
			"mailserver": onStage(0, (*stage).serveMail),
			"deliver":    onStage(1, (*stage).deliver),
			"daemon":     onStage(0, (*stage).startDaemon),
			"await":      onStage(1, (*stage).await),
			"sent":       onStage(1, (*stage).sent),
			"reply":      onStage(3, (*stage).reply),
			"terminate":  onStage(0, (*stage).terminate),
		},
	})
}

// middayZone is a zone in which no date changes soon.
func middayZone(now time.Time) string {
	for _, zone := range []string{"Asia/Tokyo", "Asia/Kolkata", "Africa/Nairobi", "Europe/Paris", "America/Sao_Paulo", "America/Los_Angeles", "Pacific/Honolulu"} {
		if loc, err := time.LoadLocation(zone); err == nil && now.In(loc).Hour() >= 9 && now.In(loc).Hour() < 15 {
			return zone
		}
	}
	return "Pacific/Auckland"
}

// stage is what stands around the program in one script.
type stage struct {
	t      testing.TB
	server *mailtest.Server
	other  *mailtest.Server // of a second account
	daemon *daemonUnderTest
}

func (s *stage) close() {
	if s.daemon != nil {
		s.daemon.kill()
	}
	if s.server != nil {
		_ = s.server.Close()
	}
	if s.other != nil {
		_ = s.other.Close()
	}
}

// onStage makes a script command of a method. It takes at least so many arguments.
func onStage(least int, act func(*stage, *testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < least {
			ts.Fatalf("used wrongly")
		}
		ts.Check(act(ts.Value(stage{}).(*stage), ts, args))
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	code, err := strconv.Atoi(args[0])
	if err != nil || neg {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS")
	}
	have := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		have = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if have != code {
		ts.Fatalf("exit code %d, want %d", have, code)
	}
}

func fillIn(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
		ts.Check(os.Chmod(ts.MkAbs(name), 0o600)) // it may hold a password
	}
}

func (s *stage) serveMail(ts *testscript.TestScript, args []string) (err error) {
	o := mailtest.Options{Address: "updates@example.com", Password: "correct horse", TCP: true}
	if len(args) > 0 {
		o.Address = args[0]
		if s.other, err = mailtest.Start(o); err == nil {
			ts.Setenv("IMAP2", s.other.IMAPAddr())
		}
		return err
	}
	s.server, err = mailtest.Start(o)
	if err != nil {
		return err
	}
	ts.Setenv("IMAP", s.server.IMAPAddr())
	ts.Setenv("SMTP", s.server.SMTPAddr())
	return nil
}

func (s *stage) deliver(ts *testscript.TestScript, args []string) error {
	raw := []byte(strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n"))
	if header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n")); !bytes.Contains(header, []byte("Received:")) {
		raw = mailtest.Transit(raw, time.Now(), recipient(raw))
	}
	server := s.server
	if len(args) > 1 {
		server = s.other
	}
	_, err := server.Deliver(raw)
	return err
}

func (s *stage) startDaemon(ts *testscript.TestScript, args []string) error {
	cmd := exec.Command("daybreak", append([]string{"serve"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "TZ=UTC")
	s.daemon = runDaemon(s.t, cmd)
	return nil
}

func (s *stage) await(ts *testscript.TestScript, args []string) error {
	err := s.daemon.awaited(strings.Join(args, " "))
	if err != nil {
		ts.Logf("%s", s.daemon.log.String())
	}
	return err
}

func (s *stage) sent(ts *testscript.TestScript, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	ts.Check(os.MkdirAll(ts.MkAbs("sent"), 0o700))
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		all := s.server.Deliveries()
		if len(all) >= n {
			for i, d := range all {
				for _, name := range []string{strconv.Itoa(i + 1), ofReader(all[:i+1])} {
					ts.Check(os.WriteFile(ts.MkAbs("sent/"+name+".eml"), d.Raw, 0o600))
				}
			}
			return nil
		}
		select {
		case <-s.daemon.log.changed: // each mail sent is logged
		case <-limit.C:
			return fmt.Errorf("%d mails were sent, not %d:\n%s", len(all), n, s.daemon.log.String())
		}
	}
}

// ofReader names the last of some mails by its reader and how many they have: "rosa-1". It is the same whichever of two mails that are made at
// one time is sent first.
func ofReader(mails []mailtest.Delivery) string {
	n, last := 0, mails[len(mails)-1]
	for _, d := range mails {
		if d.To == last.To {
			n++
		}
	}
	who, _, _ := strings.Cut(last.To, "@")
	return fmt.Sprint(who, "-", n)
}

func (s *stage) reply(ts *testscript.TestScript, args []string) error {
	client, err := mailtest.ClientNamed(args[0])
	if err != nil {
		return err
	}
	all := s.server.Deliveries()
	n := -1
	for i := range all {
		if args[1] == strconv.Itoa(i+1) || args[1] == ofReader(all[:i+1]) {
			n = i
		}
	}
	if n < 0 {
		return fmt.Errorf("no mail %s was sent", args[1])
	}
	d := all[n]
	now := time.Now()
	raw, err := client.Reply(d.Raw, mailtest.Identity{Name: "Someone", Address: d.To}, now, mailtest.Answer{Text: ts.ReadFile(args[2])})
	if err != nil {
		return err
	}
	_, err = s.server.Deliver(mailtest.Transit(raw, now, recipient(raw)))
	return err
}

func (s *stage) terminate(ts *testscript.TestScript, args []string) error {
	err := s.daemon.stopped()
	if err != nil {
		ts.Logf("%s", s.daemon.log.String())
	}
	return errors.Join(err, os.WriteFile(ts.MkAbs("daemon.log"), []byte(s.daemon.log.String()), 0o600))
}

package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// daemonUnderTest is the program itself in a process of its own, which ends with the test at the latest.
type daemonUnderTest struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  *syncBuffer
	done chan struct{}
}

func startDaemon(t testing.TB, config string, args ...string) *daemonUnderTest {
	t.Helper()
	return runDaemon(t, exec.CommandContext(context.WithoutCancel(t.Context()), "daybreak", append([]string{"--config", config, "serve"}, args...)...))
}

// runDaemon starts a command whose log is looked at while it runs.
func runDaemon(t testing.TB, cmd *exec.Cmd) *daemonUnderTest {
	t.Helper()
	d := &daemonUnderTest{t: t, cmd: cmd, log: &syncBuffer{changed: make(chan struct{}, 1)}, done: make(chan struct{})}
	d.cmd.Stderr = d.log
	must(t, d.cmd.Start())
	t.Cleanup(d.kill)
	go func() { defer close(d.done); _ = d.cmd.Wait() }()
	return d
}

// await returns when the daemon has logged the words.
func (d *daemonUnderTest) await(words string) {
	d.t.Helper()
	if err := d.awaited(words); err != nil {
		d.t.Fatalf("%v\n%s", err, d.log.String())
	}
}

func (d *daemonUnderTest) awaited(words string) error {
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for !strings.Contains(d.log.String(), words) {
		select {
		case <-d.log.changed:
		case <-d.done:
			if strings.Contains(d.log.String(), words) {
				return nil
			}
			return errors.New("the daemon ended before it said: " + words)
		case <-limit.C:
			d.kill()
			return errors.New("the daemon did not say: " + words)
		}
	}
	return nil
}

// pause lets real time pass for the daemon, and fails if it ends by itself.
func (d *daemonUnderTest) pause(span time.Duration) {
	d.t.Helper()
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.done:
		d.t.Fatalf("the daemon ended by itself:\n%s", d.log.String())
	}
}

func (d *daemonUnderTest) kill() {
	_ = d.cmd.Process.Kill()
	<-d.done
}

// stop tells the daemon to end and makes sure that it ends well and soon.
func (d *daemonUnderTest) stop() {
	d.t.Helper()
	if err := d.stopped(); err != nil {
		d.t.Fatalf("%v\n%s", err, d.log.String())
	}
}

func (d *daemonUnderTest) stopped() error {
	select {
	case <-d.done:
		return errors.New("the daemon ended before it was told to")
	default:
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return d.ended(0)
}

// ended waits for the end, which must come soon and with the exit code.
func (d *daemonUnderTest) ended(code int) error {
	limit := time.NewTimer(15 * time.Second)
	defer limit.Stop()
	select {
	case <-d.done:
	case <-limit.C:
		d.kill()
		return errors.New("the daemon did not end")
	}
	if have := d.cmd.ProcessState.ExitCode(); have != code {
		return errors.New("the daemon ended with " + d.cmd.ProcessState.String())
	}
	return nil
}

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kick(s.changed)
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

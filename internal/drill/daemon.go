package drill

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"daybreak/internal/failpoint"
)

// Build makes the program with its failpoints in dir, with some source files replaced: path in the module → path of what stands in for it.
func Build(ctx context.Context, dir string, overlay map[string]string) (program string, err error) {
	program = filepath.Join(dir, "daybreak")
	args := []string{"build", "-tags", "failpoint", "-o", program}
	if len(overlay) > 0 {
		path, err := writeOverlay(ctx, dir, overlay)
		if err != nil {
			return "", err
		}
		args = append(args, "-overlay", path)
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "daybreak/cmd/daybreak")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return program, nil
}

// process is the program while it runs.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	ready   chan struct{} // closed when the mailbox is open
	done    chan struct{}

	mu      sync.Mutex
	readyIn time.Duration // 0: not yet
	tail    []string      // the last lines of its log
	died    string        // the failpoint that it died at
}

// serve starts the daemon, whose clock is so far ahead and which dies at the point, "" for none.
func serve(program, config string, ahead time.Duration, point string) (*process, error) {
	p := &process{cmd: exec.Command(program, "--config", config, "serve"), ready: make(chan struct{}), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), failpoint.ClockVariable+"="+ahead.String(), failpoint.Variable+"="+point)
	log, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the program: %w", err)
	}
	go func() {
		defer close(p.done)
		p.follow(log)
		_ = p.cmd.Wait()
	}()
	return p, nil
}

// follow reads the log until it ends.
func (p *process) follow(log io.Reader) {
	const most = 40
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		line := lines.Text()
		p.mu.Lock()
		if strings.Contains(line, "mailbox open") && p.readyIn == 0 {
			p.readyIn = time.Since(p.started)
			close(p.ready)
		}
		if point, ok := strings.CutPrefix(line, "dies at "); ok {
			p.died = point
		}
		if p.tail = append(p.tail, line); len(p.tail) > most {
			p.tail = p.tail[1:]
		}
		p.mu.Unlock()
	}
}

// wait lets the program live for a while.
func (p *process) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.done:
	case <-ctx.Done():
	}
}

// kill ends the program as kill -9 does.
func (p *process) kill() error {
	select {
	case <-p.done:
		return p.unexpected()
	default:
	}
	err := p.cmd.Process.Kill()
	<-p.done
	if err == nil && !p.signalled(syscall.SIGKILL) {
		err = p.unexpected()
	}
	return err
}

// stop ends the program as systemd does.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	select {
	case <-p.done:
	case <-limit.C:
		_ = p.cmd.Process.Kill()
		<-p.done
		return errors.New("the program did not end in 30 s after SIGTERM")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return p.unexpected()
	}
	return nil
}

func (p *process) signalled(s syscall.Signal) bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == s
}

func (p *process) unexpected() error {
	return fmt.Errorf("the program ended by itself: %v\n%s", p.cmd.ProcessState, p.said())
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.tail, "\n")
}

func (p *process) restart() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readyIn
}

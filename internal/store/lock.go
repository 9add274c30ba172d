//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"
)

// fileLock is an advisory lock on a file. It ends with the process, however that ends.
type fileLock struct{ file *os.File }

// errHeld says who holds a lock.
type errHeld struct{ holder string }

func (e errHeld) Error() string { return "held by " + e.holder }

// takeLock takes the lock on path, waiting so long for one that is held, and leaves word of who has it.
func takeLock(ctx context.Context, path string, wait time.Duration) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			if err := file.Truncate(0); err == nil { // a full disk is no reason not to have the lock
				_, _ = file.WriteAt(fmt.Appendf(nil, "process %d\n", os.Getpid()), 0)
			}
			return &fileLock{file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			break
		}
		select {
		case <-again.C:
			continue
		case <-ctx.Done():
			err = ctx.Err()
		case <-timeout.C:
			err = errHeld{holder(file)}
		}
		break
	}
	return nil, errors.Join(err, file.Close())
}

func holder(file *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, 64))
	if who := strings.TrimSpace(string(text)); err == nil && who != "" {
		return who
	}
	return "another process"
}

// release gives the lock up. The file stays: removing it would let two hold a lock of the same name.
func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

// Running tells whether a daemon has the database at path.
func Running(path string) (bool, error) {
	file, err := os.Open(path + ".lock")
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

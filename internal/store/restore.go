//go:build unix

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Restored says what came of a restore.
type Restored struct {
	Holding
	Aside string // where the replaced database is now, "" if there was none
}

// Restore puts a copy of a backup in the place of the database, which no daemon may be using. The backup is checked from end to end and brought to
// this program's schema first, in a copy; the database stays until that is on the disk, and is kept under another name.
func Restore(ctx context.Context, from, path string, now time.Time) (r Restored, err error) {
	if path, err = filepath.Abs(path); err == nil {
		from, err = filepath.Abs(from)
	}
	if err != nil {
		return r, fmt.Errorf("restoring: %w", err)
	}
	act := "restoring " + from
	if err := isDatabase(from, path); err != nil {
		return r, err
	}
	s := &Store{path: path}
	if err := s.takeOver(ctx); err != nil {
		return r, s.fault(act, err)
	}
	defer func() { err = errors.Join(err, s.lock.release()) }()
	if real, err := filepath.EvalSymlinks(path); err == nil { // a link stays one
		path = real
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".daybreak-restore-*") // mode 0600
	if err != nil {
		return r, s.fault(act, err)
	}
	name := part.Name()
	defer func() {
		for _, end := range []string{"", "-wal", "-shm", ".lock"} {
			if gone := os.Remove(name + end); !errors.Is(gone, fs.ErrNotExist) && err == nil {
				err = gone
			}
		}
	}()
	err = fill(part, from)
	if err == nil { // what a program that was killed left beside a plain copy belongs to it
		err = fillIfThere(name+"-wal", from+"-wal")
	}
	if err != nil {
		return r, s.fault(act, err)
	}
	if r.Holding, err = prepare(ctx, name); err != nil {
		return r, backupFault(from, name, err)
	}
	if err := likeBefore(name, path); err != nil {
		return r, s.fault(act, err)
	}
	if err := syncFile(name); err != nil {
		return r, s.fault(act, err)
	}
	if r.Aside, err = putAside(ctx, path, now); err != nil {
		return r, s.fault(act, err)
	}
	if err = os.Rename(name, path); err == nil {
		err = syncFile(filepath.Dir(path))
	}
	return r, s.fault(act, err)
}

// prepare makes a database of a copy of a backup: checked, with this program's schema, and with the note that there is a time to catch up with.
func prepare(ctx context.Context, path string) (h Holding, err error) {
	s, err := Open(ctx, Options{Path: path, QuickCheck: true})
	if err != nil {
		return h, err
	}
	if h, err = s.Holding(ctx); err == nil && !h.Through.IsZero() {
		err = s.BehindSince(ctx, h.Through)
	}
	return h, errors.Join(err, s.Close())
}

// isDatabase makes sure that a file may be a backup of a database.
func isDatabase(from, path string) error {
	file, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{Kind: Missing, Err: fmt.Errorf("there is no file %s", from), Hint: "daybreak restore FILE   # FILE is what daybreak backup has written"}
	}
	if err != nil {
		return faultOf(from, "reading the backup", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return faultOf(from, "reading the backup", err)
	}
	if own, err := os.Stat(path); err == nil && os.SameFile(info, own) {
		return refuse("%s is the database itself", from)
	}
	const magic = "SQLite format 3\x00"
	first := make([]byte, len(magic))
	if _, err := io.ReadFull(file, first); err != nil || !bytes.Equal(first, []byte(magic)) {
		return &Error{Kind: Refused, Err: fmt.Errorf("%s is no database", from), Hint: "daybreak restore FILE   # FILE is what daybreak backup has written"}
	}
	return nil
}

// backupFault says of a backup, rather than of the copy of it, what is wrong.
func backupFault(from, name string, err error) error {
	e := errorOf(err)
	if e == nil {
		return fmt.Errorf("checking %s: %w", from, err)
	}
	out := &Error{Kind: e.Kind, Err: fmt.Errorf("%s cannot be restored: %w", from, errors.New(stripped(err.Error(), name, from))), Hint: e.Hint}
	switch e.Kind {
	case Corrupt:
		out.Hint = "take an earlier backup; this one is damaged"
	case Refused:
		out.Hint = "daybreak restore FILE   # FILE is what daybreak backup has written"
	case Newer:
		out.Hint = "install the newer program, then restore with it"
	}
	return out
}

// stripped puts the backup's name where words have that of the copy.
func stripped(words, name, from string) string {
	return string(bytes.ReplaceAll([]byte(words), []byte("opening "+name+": "), nil))
}

func fill(to *os.File, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return errors.Join(err, to.Close())
	}
	defer in.Close()
	_, err = io.Copy(to, in)
	return errors.Join(err, to.Close())
}

func fillIfThere(to, from string) error {
	if info, err := os.Stat(from); err != nil || info.Size() == 0 {
		return nil
	}
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return fill(file, from)
}

// likeBefore gives a file to whom the database belongs, or its directory: a daemon seldom runs as root, who restores.
func likeBefore(name, path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = os.Stat(filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(name, int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// putAside gives the database a second name, under which it stays whole when another takes its place: what is in its write-ahead log is folded into
// it first, or goes with it.
func putAside(ctx context.Context, path string, now time.Time) (aside string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if old, err := openPool(ctx, path, false, patience); err == nil {
		_, _ = old.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		_ = old.Close() // the last to close folds it in; a damaged database may not be able to
	}
	for n := 0; ; n++ {
		aside = path + ".replaced-" + now.UTC().Format("20060102T150405Z")
		if n > 0 {
			aside += fmt.Sprint("-", n)
		}
		err := os.Link(path, aside)
		if errors.Is(err, fs.ErrExist) && n < 100 {
			continue
		}
		if err != nil {
			err = os.Rename(path, aside) // a file system without second names
		}
		if err != nil {
			return "", err
		}
		break
	}
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

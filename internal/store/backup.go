package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Holding is what a database holds, for a person to see whether it is the right one.
type Holding struct {
	Size    int64 // of the file, in bytes
	Teams   int
	Members int
	Mails   int       // that arrived
	Updates int       // of a member and a day each
	Sent    int       // mails that were sent
	Waiting int       // mails that wait to be sent
	Through time.Time // the latest that it knows of: the clock, an arrived mail or a sent one; zero: of nothing
}

// Holding tells what the database holds.
func (s *Store) Holding(ctx context.Context) (h Holding, err error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return h, s.fault("looking at the database", err)
	}
	h.Size = info.Size()
	err = s.read(ctx, "counting what the database holds", func(ctx context.Context, tx *sql.Conn) error {
		var through int64
		_, _, err := one(ctx, tx, func(row scanner) (n none, err error) {
			return n, row.Scan(&h.Teams, &h.Members, &h.Mails, &h.Updates, &h.Sent, &h.Waiting, &through)
		}, `
			SELECT (SELECT COUNT(*) FROM team), (SELECT COUNT(*) FROM member m WHERE EXISTS (SELECT 1 FROM membership s WHERE s.member_id = m.id)),
				(SELECT COUNT(*) FROM mail), (SELECT COUNT(*) FROM "update"),
				(SELECT COUNT(*) FROM outbox WHERE finished_at <> 0 AND state = 'sent'),
				(SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'dot')),
				COALESCE((SELECT shown_at FROM clock WHERE id = 1), 0)`)
		if err != nil {
			return err
		}
		for _, latest := range []string{
			`SELECT accepted_at FROM mail ORDER BY id DESC LIMIT 1`,
			`SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1`,
		} {
			t, _, err := one(ctx, tx, scanInt, latest)
			if err != nil {
				return err
			}
			through = max(through, t)
		}
		h.Through = at(through)
		return nil
	})
	return h, err
}

// backupWatch is how often the progress of a backup is told.
const backupWatch = 100 * time.Millisecond

// Backup writes a copy of the database to a file, as of one moment, while others go on reading and writing. The copy is checked from end to end and
// is on the disk when Backup returns; before that there is no file of the name, or, with replace, the old one. Progress, if not nil, is told the
// bytes that are written, of about how many.
func (s *Store) Backup(ctx context.Context, path string, replace bool, progress func(done, all int64)) (h Holding, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return h, fmt.Errorf("writing the backup: %w", err)
	}
	if err := s.mayReplace(path, replace); err != nil {
		return h, err
	}
	act := "writing the backup " + path
	part, err := os.CreateTemp(filepath.Dir(path), ".daybreak-backup-*") // mode 0600
	if err != nil {
		return h, faultOf(path, act, err)
	}
	defer func() {
		for _, end := range []string{"", "-journal", "-wal", "-shm"} {
			if gone := os.Remove(part.Name() + end); !errors.Is(gone, fs.ErrNotExist) && err == nil {
				err = gone
			}
		}
	}()
	if err := part.Close(); err != nil {
		return h, faultOf(path, act, err)
	}
	if err := s.copyInto(ctx, part.Name(), progress); err != nil {
		return h, faultOf(path, act, err)
	}
	if h, err = look(ctx, Options{Path: part.Name(), ReadOnly: true, QuickCheck: true}); err != nil {
		return h, fmt.Errorf("checking the backup: %w", err)
	}
	if err := syncFile(part.Name()); err != nil {
		return h, faultOf(path, act, err)
	}
	if replace {
		err = os.Rename(part.Name(), path)
	} else {
		err = os.Link(part.Name(), path) // which replaces nothing that came meanwhile
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = os.Rename(part.Name(), path)
		}
	}
	if err == nil {
		err = syncFile(filepath.Dir(path))
	}
	return h, faultOf(path, act, err)
}

// mayReplace makes sure that a backup takes no other file's place.
func (s *Store) mayReplace(path string, replace bool) error {
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return faultOf(path, "writing the backup", err)
	}
	if own, err := os.Stat(s.path); err == nil && os.SameFile(own, there) {
		return refuse("%s is the database itself", path)
	}
	if !there.Mode().IsRegular() {
		return refuse("%s is no file that a backup may replace", path)
	}
	if !replace {
		return &Error{Kind: Refused, Err: fmt.Errorf("%s is there already", path), Hint: "name another file, or replace this one with --force"}
	}
	return nil
}

// copyInto writes the database as it is now into an empty file.
func (s *Store) copyInto(ctx context.Context, path string, progress func(done, all int64)) error {
	if progress != nil {
		var all int64
		if info, err := os.Stat(s.path); err == nil {
			all = info.Size()
		}
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			tick := time.NewTicker(backupWatch)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
					if info, err := os.Stat(path); err == nil {
						progress(info.Size(), max(all, info.Size()))
					}
				}
			}
		}()
		defer func() { close(stop); <-stopped }()
	}
	_, err := s.readers.ExecContext(ctx, "VACUUM INTO ?1", path)
	return err
}

// look opens a database for a moment and tells what it holds.
func look(ctx context.Context, o Options) (h Holding, err error) {
	s, err := Open(ctx, o)
	if err != nil {
		return h, err
	}
	h, err = s.Holding(ctx)
	return h, errors.Join(err, s.Close())
}

// faultOf adds to an error that a file has, which is not the database, what was being done, and the remedy.
func faultOf(path, act string, err error) error { return (&Store{path: path}).fault(act, err) }

// syncFile makes sure that a file, or the names in a directory, are on the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// Kind sorts the troubles that a database can have.
type Kind string

// The kinds.
const (
	Busy    Kind = "busy"    // another program is writing and does not let go
	Full    Kind = "full"    // no room on the disk
	Corrupt Kind = "corrupt" // damaged, or no database at all
	Newer   Kind = "newer"   // made by a newer program
	Older   Kind = "older"   // not brought up to date yet, and it may not be done now
	Denied  Kind = "denied"  // no permission to read or write
	Missing Kind = "missing" // the file or its directory is not there
	InUse   Kind = "in use"  // another daemon has it
	Unfit   Kind = "unfit"   // the file system or the library does not do what is needed
	Disk    Kind = "disk"    // reading or writing the file failed
	Unknown Kind = "unknown" // what was named is not in the database
	Refused Kind = "refused" // what was asked for contradicts itself or the database
)

// Error is a trouble with the database for which there is a remedy.
type Error struct {
	Kind Kind
	Err  error
	Hint string // what to do about it, "" if the error says it
}

// Error says what went wrong.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the engine's own error.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first Error in err's chain, "" if there is none.
func KindOf(err error) Kind {
	if e := errorOf(err); e != nil {
		return e.Kind
	}
	return ""
}

func errorOf(err error) *Error {
	e := (*Error)(nil)
	errors.As(err, &e)
	return e
}

// ErrStale says that what was to be changed has been changed by another since it was read: a lease that ended, a mailbox that
// was started anew.
var ErrStale = errors.New("it was changed by another in the meantime")

// fault adds to an error what was being done, and, where it is one of the engine's, its kind and the remedy.
func (s *Store) fault(act string, err error) error {
	if err == nil {
		return nil
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return fmt.Errorf("%s: %w", act, err)
	}
	kind, what := engineKind(err)
	if kind == "" {
		return fmt.Errorf("%s: %w", act, err)
	}
	if what != "" {
		err = fmt.Errorf("%s: %s (%w)", act, what, err)
	} else {
		err = fmt.Errorf("%s: %w", act, err)
	}
	return &Error{Kind: kind, Err: err, Hint: hintFor(kind, s.path)}
}

// damage is what was found in the database and cannot be there.
type damage struct{ error }

func (d damage) Unwrap() error { return d.error }

func damaged(err error) error { return damage{err} }

// engineKind sorts an error of the engine or the file system; what says it in plain words.
func engineKind(err error) (kind Kind, what string) {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		switch {
		case errors.As(err, new(damage)):
			return Corrupt, "the database is damaged"
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return "", ""
		case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
			return Denied, ""
		case errors.Is(err, fs.ErrNotExist):
			return Missing, ""
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			return Full, ""
		}
		return "", ""
	}
	switch e.Code {
	case sqlite3.ErrError:
		if strings.HasPrefix(e.Error(), "no such ") { // the tables are not those of the schema's number
			return Corrupt, "the database is damaged"
		}
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return Busy, "another program is writing to the database and does not let go"
	case sqlite3.ErrFull:
		return Full, "there is no room for the database"
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return Corrupt, "the database is damaged"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return Denied, "the database may not be written"
	case sqlite3.ErrCantOpen:
		if errors.Is(e.SystemErrno, fs.ErrPermission) {
			return Denied, "the database may not be opened"
		}
		return Missing, "the database cannot be opened"
	case sqlite3.ErrIoErr:
		switch e.SystemErrno {
		case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
			return Full, "there is no room for the database"
		}
		return Disk, "the disk does not do as it is told"
	}
	return "", ""
}

func hintFor(kind Kind, path string) string {
	switch kind {
	case Busy:
		return "fuser -v " + path + "   # shows which program holds it"
	case Full:
		return "make room on the disk of " + path + "; nothing is lost: mail stays on its server until then"
	case Corrupt:
		return "systemctl stop daybreak && daybreak restore FILE   # FILE is your latest backup; the damaged database is kept beside it"
	case Denied:
		return "let the user that runs daybreak read and write " + path + " and the directory that it is in"
	case Missing:
		return "make the directory of " + path + ", or correct url under [database] in daybreak.toml"
	case Disk:
		return "look for disk errors with dmesg, and take a copy of " + path + " while it can be read"
	}
	return ""
}

func refuse(format string, args ...any) error {
	return &Error{Kind: Refused, Err: fmt.Errorf(format, args...)}
}

func unknown(format string, args ...any) error {
	return &Error{Kind: Unknown, Err: fmt.Errorf(format, args...)}
}

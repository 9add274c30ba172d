// Package store keeps everything that daybreak knows in one SQLite file.
//
// In come whole transactions named by intent: mails accepted with their outcomes and the cursor that passes them, digests committed
// with their outbox rows and the reader's marks, outgoing mails claimed for a while. Out come the words of internal/team. What must
// never happen twice is guarded by unique keys. Nobody above holds a transaction, and the package knows nothing of mail
// formats, schedules or servers. The SQL keeps to what PostgreSQL understands too; what is SQLite's own is in open.go, migrate.go,
// lock.go, errors.go, backup.go and restore.go.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"daybreak/internal/team"
)

// Options say how a database is opened.
type Options struct {
	Path       string              // the file; made with mode 0600 if it is not there
	ReadOnly   bool                // look only: makes, migrates and changes nothing
	Exclusive  bool                // for the daemon: no second one on this database; other commands open it beside
	QuickCheck bool                // look for damage everywhere first, which reads the whole file; else all but the mails' bodies is looked at
	Public     team.PublicHolidays // given to everyone who is read; nil: none are known
	Patience   time.Duration       // how long to wait for another program's write; 0: five seconds
}

// Store is an open database. It may be used by many goroutines; writes go one after the other, reads beside them.
type Store struct {
	path    string
	writer  *sql.DB // one connection, nil if opened for reading only
	readers *sql.DB
	lock    *fileLock // nil unless Exclusive
	public  team.PublicHolidays

	standing standing

	packers packers
	mu      sync.Mutex
	planned map[int64]int64 // member → the revision that Unplanned gave out
}

const (
	patience      = 5 * time.Second
	lockPatience  = time.Second      // for a daemon that is about to stop
	readerCount   = 4                // connections
	migrationWait = 10 * time.Second // for another program that migrates
	smallest      = 512              // bytes of a database that is not empty: one page; the engine takes less for an empty one
)

// Open opens a database, makes it if it is not there, and brings it to this program's schema. Errors that have a remedy are an
// *Error.
func Open(ctx context.Context, o Options) (*Store, error) {
	path, err := filepath.Abs(o.Path)
	if o.Path == "" || err != nil {
		return nil, errors.Join(errors.New("opening the database: no path"), err)
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	s := &Store{path: path, public: o.Public, planned: map[int64]int64{}}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(s.fault("opening "+path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	flags := os.O_RDWR | os.O_CREATE
	if o.ReadOnly {
		flags = os.O_RDONLY
	}
	file, err := os.OpenFile(s.path, flags, 0o600) // before the engine, which would fall back to reading only
	if o.ReadOnly && errors.Is(err, fs.ErrNotExist) {
		return &Error{Kind: Missing, Err: errors.New("there is no such file"), Hint: "daybreak team apply team.toml   # makes the database and the first team"}
	}
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if size := info.Size(); size > 0 && size < smallest {
		return damaged(fmt.Errorf("it has %d bytes", size))
	}
	if o.Exclusive {
		if err := s.takeOver(ctx); err != nil {
			return err
		}
	}
	if s.readers, err = openPool(ctx, s.path, true, o.Patience); err != nil {
		return err
	}
	if !o.ReadOnly {
		if s.writer, err = openPool(ctx, s.path, false, o.Patience); err != nil {
			return err
		}
	}
	check := s.checkTables
	if o.QuickCheck {
		check = s.Check
	}
	if err := check(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if o.ReadOnly {
		return nil
	}
	return s.firstKey(ctx)
}

// takeOver takes the daemon's lock.
func (s *Store) takeOver(ctx context.Context) error {
	lock, err := takeLock(ctx, s.path+".lock", lockPatience)
	if held := (errHeld{}); errors.As(err, &held) {
		return &Error{
			Kind: InUse,
			Err:  fmt.Errorf("another daybreak has it (%s)", held.holder),
			Hint: "systemctl stop daybreak   # one database has one daemon; give a second one its own [database] url",
		}
	}
	s.lock = lock
	return err
}

// openPool opens a pool of connections and makes sure that they are as asked for: the driver passes over what it does not know.
func openPool(ctx context.Context, path string, readOnly bool, wait time.Duration) (*sql.DB, error) {
	settings := []struct{ pragma, param, want, why string }{
		{"busy_timeout", "_busy_timeout", strconv.FormatInt(wait.Milliseconds(), 10), "it would not wait for other programs"},
		{"foreign_keys", "_foreign_keys", "1", "it would not keep references whole"},
		{"journal_mode", "_journal_mode", "wal", "readers and the writer would block each other; network file systems cannot do it"},
		{"synchronous", "_synchronous", "2", "a power cut could lose what was acknowledged"},
		{"secure_delete", "_secure_delete", "1", "what is erased could still be read in the file"},
	}
	query := url.Values{"_stmt_cache_size": {"100"}, "mode": {"rw"}, "_txlock": {"immediate"}}
	if readOnly {
		settings = settings[:2]
		query["mode"], query["_txlock"] = []string{"ro"}, []string{"deferred"}
	}
	for _, p := range settings {
		query.Set(p.param, p.want)
	}
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	n := readerCount
	if !readOnly {
		n = 1
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	until := time.Now().Add(wait)
	for _, p := range settings {
		have, err := setting(ctx, db, p.pragma, until)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		if have != p.want {
			return nil, errors.Join(&Error{
				Kind: Unfit,
				Err:  fmt.Errorf("SQLite keeps %s at %s where %s is needed: %s", p.pragma, have, p.want, p.why),
				Hint: "put the database on a local disk that the user of daybreak may write to",
			}, db.Close())
		}
	}
	return db, nil
}

// setting reads one of the engine's settings on a connection. To make one while another program makes the database or closes it as the last
// may fail at once whatever the busy timeout is: then it is tried again until a time.
func setting(ctx context.Context, db *sql.DB, pragma string, until time.Time) (have string, err error) {
	for {
		err = db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&have)
		if kind, _ := engineKind(err); kind != Busy || !time.Now().Before(until) {
			return have, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

const (
	beginWriting = "BEGIN IMMEDIATE" // waits for other writers now rather than failing in the middle
	beginReading = "BEGIN"
)

// rollBack undoes a transaction. The engine may have done it already, as it does when the disk is full. A connection that stays in its
// transaction whatever one does is not used again.
func rollBack(ctx context.Context, conn *sql.Conn) {
	_, _ = conn.ExecContext(ctx, "ROLLBACK")
	_ = conn.Raw(func(c any) error {
		if c, ok := c.(*sqlite3.SQLiteConn); ok && !c.AutoCommit() {
			return driver.ErrBadConn
		}
		return nil
	})
}

// Close closes the database and gives up its lock. It must not be used afterwards.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} { // the writer last: it folds the write-ahead log into the file
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	errs = append(errs, s.lock.release())
	return errors.Join(errs...)
}

// Ping makes sure that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.read(ctx, "looking at the database", func(ctx context.Context, tx *sql.Conn) error {
		_, err := tx.ExecContext(ctx, `SELECT COUNT(*) FROM reply_key`)
		return err
	})
}

// Check reads the whole database and reports damage as an Error of kind Corrupt.
func (s *Store) Check(ctx context.Context) error {
	err := s.fault("checking the database", quickCheck(ctx, s.readers, "1"))
	if s.standing.note(err, false); err == nil {
		s.standing.sound()
	}
	return err
}

// checkTables reads the database but for the bodies of mails, which are nearly all of it. The engine by itself does not notice when a
// page has lost its entries: what was on it would just not be there.
func (s *Store) checkTables(ctx context.Context) error {
	return inTx(ctx, s.readers, beginReading, func(ctx context.Context, tx *sql.Conn) error {
		if err := quickCheck(ctx, tx, "sqlite_schema"); err != nil { // what the tables' names are read from
			return err
		}
		tables, err := all(ctx, tx, func(row scanner) (name string, err error) { return name, row.Scan(&name) },
			`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('raw', 'letter')`)
		for _, name := range tables {
			if err := quickCheck(ctx, tx, "'"+strings.ReplaceAll(name, "'", "''")+"'"); err != nil {
				return err
			}
		}
		return err
	})
}

// quickCheck looks for damage of a table, or of the whole database until that many are found.
func quickCheck(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, tableOrNumber string) error {
	var said string
	err := db.QueryRowContext(ctx, `PRAGMA quick_check(`+tableOrNumber+`)`).Scan(&said)
	if err == nil && said != "ok" {
		err = damaged(errors.New(said))
	}
	return err
}

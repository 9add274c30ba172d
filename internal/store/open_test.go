package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mattn/go-sqlite3"

	"daybreak/internal/team"
)

func TestANewDatabaseIsPrivateAndReadyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name?#%41&x=1.db")
	s := openWith(t, Options{Path: path, QuickCheck: true})
	must(t, s.Ping(t.Context()))
	must(t, s.Check(t.Context()))
	apply(t, s, rosterTeam("platform", aiko))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		must(t, err)
		equal(t, "mode of the file"+suffix, info.Mode().Perm(), fs.FileMode(0o600))
	}
	equal(t, "schema", number(t, s, "SELECT MAX(version_id) FROM goose_db_version"), schema(t))
	var mode string
	must(t, s.writer.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&mode))
	equal(t, "synchronous", mode, "2")

	again := openWith(t, Options{Path: path})
	equal(t, "who is found by another program", person(t, again, "aiko@example.com").Name, "Aiko Tanaka")
}

func TestTransactionsOfTheWriterTakeTheLockAtOnce(t *testing.T) {
	s := open(t)
	other := openWith(t, Options{Path: s.path, Patience: time.Millisecond})
	tx, err := s.writer.BeginTx(t.Context(), nil)
	must(t, err)
	defer tx.Rollback()
	if err := other.MailboxSeen(t.Context(), account, start); KindOf(err) != Busy {
		t.Errorf("writing beside a transaction that has only begun: %v", err)
	}
	if _, err := other.Status(t.Context(), start, 1); err != nil {
		t.Errorf("reading beside it: %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s := open(t)
	if _, err := s.readers.ExecContext(t.Context(), "DELETE FROM reply_key"); err == nil {
		t.Error("a reader has written")
	}
	looking := openWith(t, Options{Path: s.path, ReadOnly: true})
	if err := looking.MailboxSeen(t.Context(), account, start); KindOf(err) != Denied {
		t.Errorf("writing what was opened for reading: %v", err)
	}
	if _, err := looking.Roster(t.Context()); err != nil {
		t.Errorf("reading it: %v", err)
	}
}

func TestASettingThatDoesNotHoldIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybreak.db")
	_, err := openPool(t.Context(), path, false, time.Second)
	if err == nil {
		t.Error("a file that is not there was opened")
	}
	// A database in memory has no write-ahead log, as one on a network file system has none.
	_, err = openPool(t.Context(), ":memory:", false, time.Second)
	if KindOf(err) != Unfit || !strings.Contains(err.Error(), "SQLite keeps journal_mode at memory where wal is needed") {
		t.Errorf("without write-ahead log: %v", err)
	}
}

func TestOnlyOneDaemonHasADatabase(t *testing.T) {
	s := openWith(t, Options{Path: filepath.Join(t.TempDir(), "daybreak.db"), Exclusive: true})
	_, err := Open(t.Context(), Options{Path: s.path, Exclusive: true})
	if KindOf(err) != InUse || !strings.Contains(err.Error(), fmt.Sprintf("another daybreak has it (process %d)", os.Getpid())) || hint(err) == "" {
		t.Errorf("a second daemon: %v", err)
	}
	if holder, err := os.ReadFile(s.path + ".lock"); err != nil || !strings.Contains(string(holder), fmt.Sprint(os.Getpid())) {
		t.Errorf("the lock file says %q, %v", holder, err)
	}
	command := openWith(t, Options{Path: s.path})
	apply(t, command, rosterTeam("platform", aiko))
	equal(t, "what the daemon sees of a command's work", person(t, s, "aiko@example.com").Name, "Aiko Tanaka")
}

func TestADaemonThatEndsLetsTheNextOneStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybreak.db")
	for range 3 {
		s, err := Open(t.Context(), Options{Path: path, Exclusive: true})
		must(t, err)
		must(t, s.Close())
	}
}

func hint(err error) string {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// schema is the number of the last migration.
func schema(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	n, err := strconv.Atoi(strings.SplitN(filepath.Base(files[len(files)-1]), "_", 2)[0])
	must(t, err)
	return n
}

func TestADatabaseOfAnotherSchema(t *testing.T) {
	check := func(name, statement string, o Options, kind Kind, want string) {
		t.Helper()
		s := open(t)
		_, err := s.writer.ExecContext(t.Context(), statement)
		must(t, err)
		o.Path = s.path
		_, err = Open(t.Context(), o)
		if KindOf(err) != kind || !strings.Contains(err.Error(), want) || hint(err) == "" {
			t.Errorf("%s: %s %v", name, KindOf(err), err)
		}
	}
	known := schema(t)
	check("newer", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)", Options{}, Newer,
		fmt.Sprintf("made by a newer daybreak (schema 9999, this program knows %d)", known))
	check("older, only looking", "DELETE FROM goose_db_version WHERE version_id >= 1", Options{ReadOnly: true}, Older,
		fmt.Sprintf("its schema is 0, this program needs %d", known))
	check("not ours", "DROP TABLE goose_db_version", Options{}, Refused, "a database of another program")
	_, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "none.db"), ReadOnly: true})
	if KindOf(err) != Missing || hint(err) == "" {
		t.Errorf("looking at what is not there: %v", err)
	}
	_, err = Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "none", "daybreak.db")})
	if KindOf(err) != Missing || hint(err) == "" {
		t.Errorf("a directory that is not there: %v", err)
	}
}

func TestADatabaseIsNotMigratedUnderADaemon(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybreak.db")
	must(t, os.WriteFile(path, nil, 0o600))
	lock, err := takeLock(t.Context(), path+".lock", 0)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, Options{Path: path}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it holds the lock: %v", err)
	}
	must(t, lock.release())
	openWith(t, Options{Path: path})
}

func TestTwoProgramsMayMakeADatabaseAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybreak.db")
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := Open(context.Background(), Options{Path: path})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	s := openWith(t, Options{Path: path})
	equal(t, "keys", number(t, s, "SELECT COUNT(*) FROM reply_key"), 1)
}

// filled makes a database of some hundred kilobytes and gives its path, closed.
func filled(t *testing.T) string {
	t.Helper()
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	for first := uint32(1); first <= 300; first += 100 {
		var mails []team.Mail
		for uid := first; uid < first+100; uid++ {
			mails = append(mails, update(mia, uid, strings.Repeat(fmt.Sprint("text ", uid), 20)))
		}
		must(t, s.Accept(t.Context(), cursor(first+99), mails, start))
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	_, err := s.writer.ExecContext(t.Context(), "VACUUM INTO ?1", path)
	must(t, err)
	return path
}

func TestDamageIsNeverSilent(t *testing.T) {
	path := filled(t)
	sound, err := os.ReadFile(path)
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	const copies = 25
	for i := range copies {
		data := append([]byte(nil), sound...)
		from, length := random.IntN(len(data)-8192), 1024+random.IntN(3*1024)
		if i == 0 {
			from, length = 0, 100
		}
		for j := range length {
			data[from+j] ^= byte(1 + random.IntN(255))
		}
		damaged := filepath.Join(t.TempDir(), "damaged.db")
		must(t, os.WriteFile(damaged, data, 0o600))
		s, err := Open(t.Context(), Options{Path: damaged, QuickCheck: true})
		if err == nil {
			must(t, s.Close()) // within a text: no engine can know
			continue
		}
		found++
		if KindOf(err) != Corrupt || !strings.Contains(hint(err), "backup") {
			t.Errorf("copy %d, damaged at %d for %d: %s %v", i, from, length, KindOf(err), err)
		}
	}
	if found < copies/2 { // 17 to 23 are usual, by where the damage falls
		t.Errorf("%d of %d damaged copies were found out", found, copies)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	accept1(t, s, update(mia, 1, "before"))
	must(t, exec1(s, fmt.Sprintf("PRAGMA max_page_count = %d", number(t, s, "PRAGMA page_count")+2)))
	var err error
	uid := uint32(1)
	for err == nil && uid < 100 {
		uid++
		m := update(mia, uid, strings.Repeat("x", 3000))
		err = s.Accept(t.Context(), cursor(uid), []team.Mail{m, update(mia, uid+1000, "y")}, start)
	}
	if KindOf(err) != Full || !strings.Contains(hint(err), "make room") {
		t.Fatalf("error: %s %v", KindOf(err), err)
	}
	equal(t, "cursor", lastUID(t, s), uid-1)
	equal(t, "mails", number(t, s, "SELECT COUNT(*) FROM mail"), int(uid-2)*2+1)
	must(t, exec1(s, "PRAGMA max_page_count = 1000000"))
	accept1(t, s, update(mia, uid, "after there is room again"))
	must(t, s.Check(t.Context()))
}

func exec1(s *Store, statement string) error {
	_, err := s.writer.ExecContext(context.Background(), statement)
	return err
}

func TestADatabaseLockedByAnotherProgram(t *testing.T) {
	s := open(t)
	other, err := sql.Open("sqlite3", "file:"+s.path+"?_txlock=exclusive")
	must(t, err)
	defer other.Close()
	tx, err := other.Begin()
	must(t, err)
	impatient := openWith(t, Options{Path: s.path, Patience: 10 * time.Millisecond})
	err = impatient.Baseline(t.Context(), cursor(1))
	if KindOf(err) != Busy || !strings.Contains(err.Error(), "another program") || hint(err) == "" {
		t.Errorf("while it is locked: %s %v", KindOf(err), err)
	}
	must(t, tx.Rollback())
	must(t, impatient.Baseline(t.Context(), cursor(1)))
}

func TestADatabaseThatMayNotBeWritten(t *testing.T) {
	s := open(t)
	must(t, exec1(s, "PRAGMA query_only = 1"))
	if err := s.Baseline(t.Context(), cursor(1)); KindOf(err) != Denied || hint(err) == "" {
		t.Errorf("error: %s %v", KindOf(err), err)
	}
	if os.Getuid() == 0 {
		return // root may do anything
	}
	must(t, os.Chmod(s.path, 0o400))
	if _, err := Open(t.Context(), Options{Path: s.path}); KindOf(err) != Denied {
		t.Errorf("opening it: %s %v", KindOf(err), err)
	}
}

func TestTroublesOfTheDiskAreTold(t *testing.T) {
	s := &Store{path: "/x/daybreak.db"}
	for _, test := range []struct {
		err  error
		kind Kind
	}{
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, Full},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EFBIG}, Full},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}, Disk},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EACCES}, Denied},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.ENOENT}, Missing},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, Denied},
		{&fs.PathError{Err: syscall.EROFS}, Denied},
		{&fs.PathError{Err: syscall.ENOSPC}, Full},
		{sqlite3.Error{Code: sqlite3.ErrConstraint}, ""},
		{context.Canceled, ""},
	} {
		err := s.fault("doing it", fmt.Errorf("inside: %w", test.err))
		if KindOf(err) != test.kind || (test.kind != "") != (hint(err) != "") || !errors.Is(err, test.err) {
			t.Errorf("%v: kind %q, hint %q", err, KindOf(err), hint(err))
		}
	}
}

func TestKeysAreMadeOnceAndRotated(t *testing.T) {
	s := open(t)
	keys, err := s.Keys(t.Context())
	must(t, err)
	equal(t, "keys", words(len(keys), keys[0].Number, len(keys[0].Secret)), "1 0 32")
	again, err := openWith(t, Options{Path: s.path}).Keys(t.Context())
	must(t, err)
	equal(t, "the key after opening again", again, keys)
	for range 17 {
		must(t, s.RotateKey(t.Context(), start))
	}
	rotated, err := s.Keys(t.Context())
	must(t, err)
	equal(t, "after 17 more", words(len(rotated), rotated[0].Number, rotated[15].Number), "16 1 2")
	equal(t, "keys kept", number(t, s, "SELECT COUNT(*) FROM reply_key"), 16)
	seen := map[string]bool{}
	for _, k := range rotated {
		seen[string(k.Secret)] = true
	}
	equal(t, "different secrets", len(seen), 16)
}

func TestADatabaseWorksInABubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daybreak.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), Options{Path: path, Exclusive: true, QuickCheck: true})
		must(t, err)
		begun := time.Now()
		if _, err := Open(t.Context(), Options{Path: path, Exclusive: true}); KindOf(err) != InUse {
			t.Errorf("a second daemon: %v", err)
		}
		equal(t, "how long the second one waited", time.Since(begun), lockPatience)
		apply(t, s, rosterTeam("platform", aiko))
		time.Sleep(24 * time.Hour)
		equal(t, "who is found a day later", person(t, s, "aiko@example.com").Name, "Aiko Tanaka")
		must(t, s.Close())
	})
}

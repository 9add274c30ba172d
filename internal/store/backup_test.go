package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// filesIn are the files in a directory.
func filesIn(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestABackupIsOfOneMomentWhileOthersWrite(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		for uid := uint32(1); ; uid += 3 {
			err := s.Accept(ctx, cursor(uid+2), []team.Mail{update(mia, uid, "a"), update(mia, uid+1, "b"), update(mia, uid+2, "c")}, start)
			if uid == 1 {
				close(begun)
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	<-begun
	dir := t.TempDir()
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprint(i, ".db"))
		told := false
		h, err := s.Backup(t.Context(), path, false, func(done, all int64) { told = told || done > 0 && done <= all })
		must(t, err)
		info, err := os.Stat(path)
		must(t, err)
		equal(t, "mode and size", words(info.Mode().Perm(), info.Size() == h.Size), "-rw------- true")
		copied, err := Open(t.Context(), Options{Path: path, ReadOnly: true, QuickCheck: true})
		must(t, err)
		mails := number(t, copied, `SELECT COUNT(*) FROM mail`)
		equal(t, "mails, entries and the cursor", words(number(t, copied, `SELECT COUNT(*) FROM entry`), lastUID(t, copied)), words(mails, mails))
		equal(t, "told", words(h.Mails, h.Teams, h.Members, h.Updates), words(mails, 1, 3, 1))
		if mails == 0 || mails%3 != 0 {
			t.Errorf("half a batch is in the copy: %d mails", mails)
		}
		must(t, copied.Close())
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, name := range filesIn(t, dir) {
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "-journal") {
			t.Errorf("%s is left behind", name)
		}
	}
}

func TestABackupTakesNoOtherFilesPlace(t *testing.T) {
	s := platform(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.db")
	must(t, os.WriteFile(path, []byte("mine"), 0o644))
	refused := func(path string, replace bool, words string) {
		t.Helper()
		if _, err := s.Backup(t.Context(), path, replace, nil); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("to %s: %v", path, err)
		}
	}
	refused(path, false, "is there already")
	refused(s.path, true, "is the database itself")
	refused(dir, true, "is no file that a backup may replace")
	refused(filepath.Join(dir, "no", "backup.db"), false, "no such file or directory")
	kept, err := os.ReadFile(path)
	equal(t, "kept", words(string(kept), err), "mine <nil>")
	_, err = s.Backup(t.Context(), path, true, nil)
	must(t, err)
	_, err = look(t.Context(), Options{Path: path, ReadOnly: true, QuickCheck: true})
	must(t, err)
	equal(t, "files", filesIn(t, dir), []string{"backup.db"})
}

func TestARestoredDatabaseIsTheBackupAndTheOldOneIsKept(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	must(t, s.Accept(t.Context(), cursor(1), []team.Mail{update(mia, 1, "before")}, start))
	dir := filepath.Dir(s.path)
	backup := filepath.Join(t.TempDir(), "backup.db")
	_, err := s.Backup(t.Context(), backup, false, nil)
	must(t, err)
	must(t, s.Accept(t.Context(), cursor(2), []team.Mail{update(mia, 2, "after")}, start))
	must(t, s.Close())

	r, err := Restore(t.Context(), backup, s.path, start)
	must(t, err)
	equal(t, "restored", words(r.Mails, r.Aside), words(1, s.path+".replaced-"+start.UTC().Format("20060102T150405Z")))
	for path, mails := range map[string]int{s.path: 1, r.Aside: 2} {
		h, err := look(t.Context(), Options{Path: path, ReadOnly: true, QuickCheck: true})
		must(t, err)
		equal(t, "mails in "+filepath.Base(path), h.Mails, mails)
	}
	second, err := Restore(t.Context(), r.Aside, s.path, start)
	must(t, err)
	equal(t, "back again", words(second.Mails, second.Aside), words(2, r.Aside+"-1"))
	for _, name := range filesIn(t, dir) {
		if strings.HasPrefix(name, ".daybreak-restore") {
			t.Errorf("%s is left behind", name)
		}
	}
	s, err = Open(t.Context(), Options{Path: s.path, Exclusive: true})
	must(t, err)
	must(t, s.Close())
}

// What was written last may be in the write-ahead log only, as after a kill: it is part of what is put aside, and of a plain copy.
func TestARestoreLosesNothingOfALog(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	must(t, s.Accept(t.Context(), cursor(1), []team.Mail{update(mia, 1, "one")}, start))
	copied := filepath.Join(t.TempDir(), "plain.db")
	for _, end := range []string{"", "-wal"} { // of an open database
		data, err := os.ReadFile(s.path + end)
		must(t, err)
		must(t, os.WriteFile(copied+end, data, 0o600))
	}
	if info, err := os.Stat(copied + "-wal"); err != nil || info.Size() == 0 {
		t.Fatal("there is no log", err)
	}
	path := filepath.Join(t.TempDir(), "daybreak.db")
	r, err := Restore(t.Context(), copied, path, start)
	must(t, err)
	equal(t, "mails of a plain copy", words(r.Mails, r.Aside), words(1, ""))

	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(copied + end)
		must(t, err)
		must(t, os.WriteFile(path+end, data, 0o600))
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	other, err := Open(t.Context(), Options{Path: empty})
	must(t, err)
	must(t, other.Close())
	r, err = Restore(t.Context(), empty, path, start)
	must(t, err)
	h, err := look(t.Context(), Options{Path: r.Aside, ReadOnly: true})
	must(t, err)
	equal(t, "mails restored and aside", words(r.Mails, h.Mails), words(0, 1))
}

func TestWhatIsNoBackupIsNotRestored(t *testing.T) {
	s := platform(t)
	path := s.path
	backup := filepath.Join(t.TempDir(), "backup.db")
	_, err := s.Backup(t.Context(), backup, false, nil)
	must(t, err)
	sound, err := os.ReadFile(backup)
	must(t, err)
	refused := func(from, words string, kind Kind) {
		t.Helper()
		_, err := Restore(t.Context(), from, path, start)
		if KindOf(err) != kind || !strings.Contains(err.Error(), words) || errorOf(err).Hint == "" || strings.Contains(err.Error(), ".daybreak-restore") {
			t.Errorf("from %s: %q %v, %+v", filepath.Base(from), KindOf(err), err, errorOf(err))
		}
	}
	must(t, s.Close())
	daemon, err := Open(t.Context(), Options{Path: path, Exclusive: true})
	must(t, err)
	refused(backup, "another daybreak has it", InUse)
	must(t, daemon.Close())

	file := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, data, 0o600))
		return path
	}
	refused(filepath.Join(t.TempDir(), "nowhere.db"), "there is no file", Missing)
	refused(file("letter.txt", []byte("Dear admin, this is no database at all.")), "is no database", Refused)
	refused(file("half.db", sound[:len(sound)/2]), "cannot be restored", Corrupt)
	refused(file("empty.db", nil), "is no database", Refused)
	for name, c := range map[string]struct {
		statement, words string
		kind             Kind
	}{
		"newer.db":   {`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`, "made by a newer daybreak", Newer},
		"foreign.db": {`ALTER TABLE goose_db_version RENAME TO other`, "a database of another program", Refused},
	} {
		other := file(name, sound)
		db, err := openPool(t.Context(), other, false, time.Second)
		must(t, err)
		_, err = db.ExecContext(t.Context(), c.statement)
		must(t, err)
		must(t, db.Close())
		refused(other, c.words, c.kind)
	}
	for _, name := range filesIn(t, filepath.Dir(path)) {
		if strings.Contains(name, "replaced") || strings.HasPrefix(name, ".") {
			t.Errorf("%s was made", name)
		}
	}
}

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// command runs the program to its end; the exit code is -1 if it has to be ended.
func (h *house) command(args ...string) (code int, said string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second) // a daemon that should have refused to start runs for ever
	defer cancel()
	cmd := exec.CommandContext(ctx, "daybreak", append([]string{"--config", h.config}, args...)...)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		h.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), strings.ReplaceAll(string(out), h.dir, "DIR")
}

// refuses makes sure that a command fails with words and a hint.
func (h *house) refuses(words, hint string, args ...string) {
	h.t.Helper()
	code, said := h.command(args...)
	if code != 1 || !strings.Contains(said, words) || !strings.Contains(said, "daybreak: hint: "+hint+"\n") {
		h.t.Errorf("%s: exit %d, want the words %q and the hint %q in\n%s", strings.Join(args, " "), code, words, hint, said)
	}
}

// eventually waits until the status is as it should be, while the daemon runs.
func (h *house) eventually(d *daemonUnderTest, what string, is func(team.Status) bool) {
	h.t.Helper()
	deadline := time.Now().Add(40 * time.Second)
	for !is(h.status()) {
		if time.Now().After(deadline) {
			h.t.Fatalf("not %s: %+v\n%s", what, h.status(), d.log)
		}
		d.pause(50 * time.Millisecond)
	}
}

// heavy is a letter that no compression makes small.
func heavy(from, word string, size int) []byte {
	noise := make([]byte, size*3/4)
	_, _ = rand.Read(noise)
	return append(letter(from, word), base64.StdEncoding.EncodeToString(noise)+"\r\n"...)
}

// smallDisk gives a directory on a file system of its own.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("DAYBREAK_REAL") == "1" {
			t.Fatalf("mounting a small disk: %v", err)
		}
		t.Skipf("mounting a small disk: %v; it takes root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	return dir
}

func TestAFullDiskLosesNothingAndIsLeftBehind(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "3m")
	h := newHouse(t, fmt.Sprintf("[database]\nurl = %q\n", filepath.Join(disk, "daybreak.db")))
	must(t, os.Symlink(filepath.Join(disk, "daybreak.db"), h.database()))
	h.people("Aiko")
	d := startDaemon(t, h.config)
	d.await("mailbox open")
	d.await(`"msg":"mail sent"`)

	// Something else takes all the room. What arrives now stays where it is, and who is to be asked is not asked.
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	const mails = 20
	for i := range mails {
		h.deliver(heavy("Aiko", fmt.Sprintf("thing%02d", i), 20_000))
	}
	hint := fmt.Sprintf("make room on the disk of %s; nothing is lost: mail stays on its server until then", filepath.Join(disk, "daybreak.db"))
	d.await(`"hint":"` + hint)
	d.await("there is no room for the database")
	if code, said := h.command("team", "apply", h.teamFile("Aiko", "Mia")); code == 0 {
		t.Logf("there was room for a member: %s", said)
	} else if !strings.Contains(said, "daybreak: hint: "+hint+"\n") {
		t.Errorf("team apply on a full disk: exit %d\n%s", code, said)
	}
	d.pause(2 * time.Second) // it goes on trying
	if n := strings.Count(d.log.String(), hint); n > 20 {
		t.Errorf("it is told %d times in seconds", n)
	}
	if got := h.server.Messages(); got != mails {
		t.Errorf("%d mails are on the server, of %d", got, mails)
	}

	// There is room again, and all of it is done without a hand.
	must(t, os.Remove(filler))
	if code, said := h.command("team", "apply", h.teamFile("Aiko", "Mia")); code != 0 {
		t.Errorf("team apply with room: exit %d\n%s", code, said)
	}
	h.eventually(d, "stored and asked", func(s team.Status) bool { return s.Outcomes[team.Stored] == mails })
	h.deliver(letter("Mia", "last")) // which also wakes the scheduler
	h.eventually(d, "stored and asked", func(s team.Status) bool {
		return s.Outcomes[team.Stored] == mails+1 && s.Outbox[team.SentOut] == 2
	})
	d.stop()
	if got := addressees(h.server.Deliveries()); got != "aiko@example.com mia@example.com" {
		t.Errorf("asked are %s", got)
	}
	s, err := store.Open(t.Context(), store.Options{Path: h.database(), QuickCheck: true})
	must(t, err)
	must(t, s.Close())
}

// fill writes a file until not a byte more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for chunk := make([]byte, 64<<10); len(chunk) > 0; {
		if _, err := f.Write(chunk); errors.Is(err, syscall.ENOSPC) {
			chunk = chunk[:len(chunk)/2]
		} else {
			must(t, err)
		}
	}
}

// teamFile writes a team file of members who are asked as soon as the daemon runs.
func (h *house) teamFile(names ...string) string {
	h.t.Helper()
	text := fmt.Sprintf("[[team]]\nslug = \"platform\"\nname = \"Platform\"\nworking_days = \"mon-sun\"\nworking_hours = \"00:00-23:59\"\nprompt = \"00:00\"\ndigest = \"23:59\"\nzone = %q\n",
		middayZone(time.Now()))
	for _, name := range names {
		text += fmt.Sprintf("[[team.member]]\nname = %q\naddresses = [\"%s@example.com\"]\n", name, strings.ToLower(name))
	}
	path := filepath.Join(h.dir, "team.toml")
	must(h.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestADiskThatIsFullAtTheStartIsAnErrorWithAHint(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "64k")
	h := newHouse(t, fmt.Sprintf("[database]\nurl = %q\n", filepath.Join(disk, "daybreak.db")))
	for _, args := range [][]string{{"serve"}, {"team", "apply", h.teamFile("Aiko")}} {
		code, said := h.command(args...)
		if code != 1 || !strings.Contains(said, "daybreak: hint: make room on the disk of "+disk) {
			t.Errorf("%v: exit %d\n%s", args, code, said)
		}
	}
}

// used gives a house whose database has been in use.
func used(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, "")
	h.people("Aiko", "Mia")
	d := startDaemon(t, h.config)
	d.await("mailbox open")
	for i := range 20 {
		h.deliver(heavy("Aiko", fmt.Sprintf("thing%d", i), 20_000))
	}
	h.eventually(d, "stored and asked", func(s team.Status) bool { return s.Outcomes[team.Stored] == 20 && s.Outbox[team.SentOut] == 2 })
	d.stop()
	return h
}

func TestADamagedDatabaseIsRefusedWithTheWayBack(t *testing.T) {
	t.Parallel()
	h := used(t)
	const hint = "systemctl stop daybreak && daybreak restore FILE   # FILE is your latest backup; the damaged database is kept beside it"
	whole, err := os.ReadFile(h.database())
	must(t, err)
	before := h.status()
	backup := filepath.Join(t.TempDir(), "backup.db")
	if code, said := h.command("backup", backup); code != 0 {
		t.Fatalf("backup: exit %d\n%s", code, said)
	}
	damages := map[string]func([]byte) []byte{
		"the beginning is overwritten": func(b []byte) []byte { copy(b, strings.Repeat("damage! ", 100)); return b },
		"the second half is missing":   func(b []byte) []byte { return b[:len(b)/2/4096*4096] },
		"pages are overwritten": func(b []byte) []byte {
			for at := 4096; at+4096 <= len(b); at += 3 * 4096 {
				_, _ = rand.Read(b[at : at+4096])
			}
			return b
		},
		"one page in the middle of a mail is overwritten": func(b []byte) []byte { // which only a look at everything can find
			_, _ = rand.Read(b[len(b)/4096*3/4*4096:][:4096])
			return b
		},
		"it is another file": func([]byte) []byte { return []byte(strings.Repeat("a text of somebody else\n", 200)) },
	}
	for what, damage := range damages {
		must(t, os.WriteFile(h.database(), damage(append([]byte(nil), whole...)), 0o600))
		damaged, err := os.ReadFile(h.database())
		must(t, err)
		if code, said := h.command("serve"); code != 1 || !strings.Contains(said, "the database is damaged") || !strings.Contains(said, "daybreak: hint: "+hint+"\n") ||
			strings.Contains(said, `"msg":"started"`) {
			t.Errorf("%s: exit %d\n%s", what, code, said)
		}
		if after, err := os.ReadFile(h.database()); err != nil || string(after) != string(damaged) {
			t.Errorf("%s: the damaged file is not as it was, %v", what, err)
		}
		if code, said := h.command("check"); code != 1 || !strings.Contains(said, "FAIL  database") || !strings.Contains(said, "daybreak restore FILE") {
			t.Errorf("%s: check: exit %d\n%s", what, code, said)
		}
	}
	must(t, os.WriteFile(h.database(), []byte(strings.Repeat("damage! ", 1000)), 0o600))
	h.refuses("the database is damaged", hint, "status")
	h.refuses("the database is damaged", hint, "team", "list")
	h.refuses("the database is damaged", hint, "team", "apply", h.teamFile("Aiko"))
	h.refuses("the database is damaged", hint, "preview", "aiko")

	// The latest backup in its place: all goes on, and what had come since is taken in once.
	if code, said := h.command("restore", backup); code != 0 || !strings.Contains(said, "kept the database before it as DIR/daybreak.db.replaced-") {
		t.Fatalf("restore: exit %d\n%s", code, said)
	}
	h.deliver(letter("Mia", "afterwards"))
	d := startDaemon(t, h.config)
	h.eventually(d, "stored", func(s team.Status) bool { return s.Outcomes[team.Stored] == before.Outcomes[team.Stored]+1 })
	d.stop()
	if got := strings.Fields(addressees(h.server.Deliveries())); len(got) < 2 || got[0] != "aiko@example.com" || got[1] != "mia@example.com" ||
		len(got) > 2 && !strings.HasPrefix(got[2], "updates+probe-") {
		t.Errorf("mails went to %s", got)
	}
}

func TestADatabaseOfANewerOrOtherProgramIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.people("Aiko")
	db, err := sql.Open("sqlite3", h.database())
	must(t, err)
	_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	must(t, err)
	must(t, db.Close())
	for _, args := range [][]string{{"serve"}, {"status"}, {"team", "apply", h.teamFile("Aiko")}, {"member", "pause", "aiko"}, {"preview", "aiko"}} {
		h.refuses("opening DIR/daybreak.db: made by a newer daybreak (schema 9999, this program knows ", "install the newer program", args...)
	}
	must(t, os.Remove(h.database()))
	db, err = sql.Open("sqlite3", h.database())
	must(t, err)
	_, err = db.Exec(`CREATE TABLE bookmarks (url TEXT)`)
	must(t, err)
	must(t, db.Close())
	h.refuses("this is a database of another program", `url = "daybreak.db"   # under [database] in daybreak.toml: a file of its own`, "serve")
	h.refuses("this is a database of another program", `url = "daybreak.db"   # under [database] in daybreak.toml: a file of its own`, "status")
}

func TestADatabaseThatMayNotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.people("Aiko")
	const hint = "let the user that runs daybreak read and write DIR/daybreak.db and the directory that it is in"
	if os.Getuid() == 0 { // whom no permission stops
		dir := smallDisk(t, "4m")
		must(t, exec.Command("cp", h.database(), dir).Run())
		must(t, os.Remove(h.database()))
		must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		must(t, os.Symlink(filepath.Join(dir, "daybreak.db"), h.database()))
	} else {
		must(t, os.Chmod(h.database(), 0o400))
	}
	h.refuses("daybreak.db", hint, "serve")
	h.refuses("daybreak.db", hint, "team", "apply", h.teamFile("Aiko", "Mia"))
	h.refuses("daybreak.db", hint, "member", "pause", "aiko")
	if _, err := os.Stat(filepath.Join(h.dir, "missing")); err == nil {
		t.Fatal("there is a directory that should not be there")
	}
	h.configure(h.server.IMAPAddr(), h.server.SMTPAddr(), "[database]\nurl = \"missing/daybreak.db\"\n")
	h.refuses("no such file or directory", "make the directory of DIR/missing/daybreak.db, or correct url under [database] in daybreak.toml", "serve")
}

func TestADatabaseThatAnotherProgramHoldsIsWaitedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.people("Aiko")
	d := startDaemon(t, h.config)
	d.await("mailbox open")
	d.await(`"msg":"mail sent"`)
	db, err := sql.Open("sqlite3", h.database()+"?_txlock=immediate")
	must(t, err)
	defer db.Close()
	held, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	must(t, err)
	h.deliver(letter("Aiko", "plankton"))
	const hint = "fuser -v DIR/daybreak.db   # shows which program holds it"
	h.refuses("another program is writing to the database and does not let go", hint, "team", "apply", h.teamFile("Aiko", "Mia")) // after five seconds
	d.await(strings.ReplaceAll(hint, "DIR", h.dir))
	if got := h.status().Outcomes[team.Stored]; got != 0 {
		t.Fatalf("%d mails are stored", got)
	}
	must(t, held.Rollback())
	h.eventually(d, "stored", func(s team.Status) bool { return s.Outcomes[team.Stored] == 1 })
	if code, said := h.command("team", "apply", h.teamFile("Aiko", "Mia")); code != 0 {
		t.Errorf("exit %d\n%s", code, said)
	}
	d.stop()
	if got := len(h.server.Deliveries()); got != 1 && got != 2 {
		t.Errorf("%d mails were sent", got)
	}
}

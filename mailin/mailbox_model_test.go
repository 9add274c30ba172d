package mailin_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"pgregory.net/rapid"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

var modelFolders = []string{"INBOX", "Team", "Junk"}

// lain is a mail at one of the places where it has been.
type lain struct {
	folder string
	uid    uint32
	mail   int // which one it is a copy of
}

// history is a mailbox of three folders in which everything happens that may, and what must come of it.
type history struct {
	t      *rapid.T
	office *office
	server *mailtest.Server
	box    *mailin.Mailbox
	faults mailtest.Faults
	now    time.Time

	raws   [][]byte
	proven []bool            // whether it is a reply with a token of ours
	words  []string          // that stand in no other mail
	there  []lain            // what lies in the folders now
	rows   map[string]string // each place of which a mail was taken, by account, validity and UID → the folder
	came   map[int]bool      // mails that were taken anywhere
	fresh  map[int]bool      // mails that were taken elsewhere than in the folder for junk
	during func()            // happens while a batch is being received, once
	after  error             // the next commit is not heard of
}

func newHistory(t *testing.T, rt *rapid.T, dir string) *history {
	h := &history{t: rt, office: newOfficeIn(t, dir), rows: map[string]string{}, came: map[int]bool{}, fresh: map[int]bool{}}
	h.now = h.office.now
	h.office.receiver.Now = func() time.Time { return h.now }
	h.office.receiver.Log = slog.New(slog.DiscardHandler)
	var err error
	h.server, err = mailtest.Start(mailtest.Options{Address: own, Password: "secret", Now: func() time.Time { return h.now }})
	h.must(err)
	h.must(h.server.MakeFolder("Team"))
	h.must(h.server.MakeFolder("Junk"))
	h.box = &mailin.Mailbox{
		Account: own + "/INBOX", Addr: h.server.IMAPAddr(), Security: mailin.Plain, Auth: password("secret"), Store: h.office.store, Receive: h.receive,
		Others:    []mailin.Folder{{Account: own + "/Team", Name: "Team"}, {Account: own + "/Junk", Name: "Junk", Junk: true}},
		PollEvery: time.Minute, Batch: 3,
		Dial: func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := h.server.DialIMAP(ctx)
			if err != nil {
				return nil, err
			}
			return h.faults.Wrap(conn), nil
		},
	}
	h.look() // the first start: what comes from now on counts
	return h
}

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// receive passes a batch on, and notes what was taken where.
func (h *history) receive(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
	if h.during != nil {
		during := h.during
		h.during = nil
		during()
	}
	if err := h.office.receiver.Receive(ctx, c, batch); err != nil {
		return err
	}
	folder := c.Account[len(own)+1:]
	for _, raw := range batch {
		h.rows[fmt.Sprint(c.Account, c.Validity, raw.UID)] = folder
		i := slices.IndexFunc(h.raws, func(r []byte) bool { return string(r) == string(raw.Bytes) })
		if i < 0 {
			h.t.Fatalf("mail %d of %s is none that was delivered", raw.UID, folder)
		}
		h.came[i] = true
		h.fresh[i] = h.fresh[i] || folder != "Junk"
	}
	err := h.after
	h.after = nil
	return err
}

// look takes in what is new, or as much of it as the faults let through.
func (h *history) look() error {
	h.now = h.now.Add(time.Hour)
	s, err := h.box.Open(h.office.t.Context())
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.CatchUp(h.office.t.Context(), h.now)
	return err
}

func (h *history) some(what string) lain { return rapid.SampledFrom(h.there).Draw(h.t, what) }

func (h *history) drop(l lain) {
	h.there = slices.DeleteFunc(h.there, func(o lain) bool { return o == l })
}

func (h *history) put(i int, folder string) {
	uid, err := h.server.DeliverTo(folder, h.raws[i])
	h.must(err)
	h.there = append(h.there, lain{folder, uid, i})
}

// step does one thing to the mailbox.
func (h *history) step() {
	folder := rapid.SampledFrom(modelFolders).Draw(h.t, "folder")
	act := rapid.SampledFrom([]string{"new", "new", "new", "again", "copy", "move", "move", "expunge", "race", "unheard", "reset", "empty", "cut", "look", "look", "look"}).Draw(h.t, "act")
	if len(h.there) == 0 && slices.Contains([]string{"again", "copy", "move", "expunge", "race"}, act) {
		act = "new"
	}
	switch act {
	case "new":
		i := len(h.raws)
		word := fmt.Sprintf("word%dx", i)
		m := mail{body: "I finished " + word + ".", received: h.now}
		reply := rapid.Bool().Draw(h.t, "reply")
		if !reply {
			m.to, m.subject = platform, "lunch"
		}
		h.raws, h.words, h.proven = append(h.raws, h.office.raw(m)), append(h.words, word), append(h.proven, reply)
		h.put(i, folder)
	case "again": // another copy comes, as over two addresses
		h.put(h.some("mail").mail, folder)
	case "copy", "move":
		l := h.some("mail")
		uid, err := h.server.Move(l.folder, l.uid, folder, act == "copy")
		h.must(err)
		if act == "move" {
			h.drop(l)
		}
		h.there = append(h.there, lain{folder, uid, l.mail})
	case "expunge":
		l := h.some("mail")
		h.must(h.server.Remove(l.folder, l.uid))
		h.drop(l)
	case "race": // while others are being stored
		l := h.some("mail")
		h.during = func() {
			h.must(h.server.Remove(l.folder, l.uid))
			h.drop(l)
		}
		h.look()
		h.during = nil
	case "unheard":
		h.after = errors.New("nobody heard that it was committed")
		h.look()
		h.after = nil
	case "reset": // the server numbers the inbox anew
		var inbox []int
		for _, l := range slices.SortedFunc(slices.Values(h.there), func(a, b lain) int { return int(a.uid) - int(b.uid) }) {
			if l.folder == "INBOX" {
				inbox = append(inbox, l.mail)
				h.drop(l)
			}
		}
		h.must(h.server.ResetValidity(true))
		for n, i := range inbox {
			h.there = append(h.there, lain{"INBOX", uint32(n + 1), i})
		}
	case "empty":
		h.must(h.server.ResetValidity(false))
		h.there = slices.DeleteFunc(h.there, func(l lain) bool { return l.folder == "INBOX" })
	case "cut":
		h.faults = mailtest.Faults{CutAt: rapid.Int64Range(1, 6000).Draw(h.t, "at"), Reset: rapid.Bool().Draw(h.t, "reset")}
		h.look()
		h.faults = mailtest.Faults{}
	case "look":
		h.look()
	}
}

// judge looks once more without faults, and holds the database against what must have come of it all.
func (h *history) judge(dir string) {
	for range 3 { // a folder that had trouble rests for up to an hour
		if err := h.look(); err != nil {
			h.t.Fatalf("the last look: %v", err)
		}
	}
	for _, l := range h.there {
		if !h.came[l.mail] {
			h.t.Errorf("mail %d lies in %s and was never taken", l.mail, l.folder)
		}
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "daybreak.db")+"?mode=ro")
	h.must(err)
	defer db.Close()
	var rows, places int
	h.must(db.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT mailbox_id || ' ' || numbering || ' ' || uid) FROM mail WHERE outcome <> ''`).Scan(&rows, &places))
	if rows != len(h.rows) || places != rows {
		h.t.Errorf("%d outcomes at %d places, %d were taken", rows, places, len(h.rows))
	}
	for i, word := range h.words {
		want := 0
		if h.came[i] && h.proven[i] || h.fresh[i] {
			want = 1
		}
		var n int
		h.must(db.QueryRow(`SELECT COUNT(*) FROM item WHERE words LIKE '%' || ? || '%'`, word).Scan(&n))
		if n != want {
			h.t.Errorf("mail %d (a reply: %v) is in %d updates, want %d", i, h.proven[i], n, want)
		}
	}
}

// TestWhateverHappensInTheMailboxEachMailCountsOnce lives through random histories of a mailbox with three folders: mails come, come twice, are
// moved, copied and expunged, also while they are read, the server numbers them anew, connections are cut, commits are not heard of.
func TestWhateverHappensInTheMailboxEachMailCountsOnce(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and the session is watched in shorter tests")
	}
	t.Parallel()
	base := t.TempDir()
	if dir, err := os.MkdirTemp("/dev/shm", "daybreak"); err == nil { // a disk is waited for at each commit
		base = dir
		t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	}
	histories := 0
	rapid.Check(t, func(rt *rapid.T) {
		histories++
		dir := filepath.Join(base, fmt.Sprint(histories))
		must(t, os.Mkdir(dir, 0o700))
		h := newHistory(t, rt, dir)
		defer h.server.Close()
		for range 50 {
			h.step()
		}
		h.judge(dir)
	})
	t.Log(histories, "histories of 50 steps")
}

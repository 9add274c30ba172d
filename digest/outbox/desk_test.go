package outbox

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// desk is a real store with what a test needs to put into it and to see of it.
type desk struct {
	*store.Store
	t  testing.TB
	db *sql.DB
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	path := filepath.Join(t.TempDir(), "daybreak.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	d := &desk{s, t, db}
	t.Cleanup(func() {
		db.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// put adds mails that are due at now.
func (d *desk) put(now time.Time, mails ...team.Outgoing) {
	d.t.Helper()
	tx, err := d.db.Begin()
	if err != nil {
		d.t.Fatal(err)
	}
	defer tx.Rollback()
	for _, m := range mails {
		expires := int64(0)
		if !m.ExpiresAt.IsZero() {
			expires = m.ExpiresAt.UnixMilli()
		}
		_, err := tx.Exec(`
			INSERT INTO outbox (id, dedupe, kind, state, mail_from, rcpt_to, message_id, subject, created_at, expires_at,
				next_at, lease, epoch, attempts, code, line, finished_at)
			VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, '', 0)`,
			m.ID, m.Dedupe, string(m.Kind), m.From, m.To, m.MessageID, m.Subject, now.UnixMilli(), expires, now.UnixMilli())
		if err == nil {
			_, err = tx.Exec(`INSERT INTO letter (outbox_id, body, raw) VALUES (?, '', ?)`, m.ID, m.Raw)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		d.t.Fatal(err)
	}
}

func letters(n int) []team.Outgoing {
	var list []team.Outgoing
	for i := range n {
		list = append(list, letter(i+1))
	}
	return list
}

// row is how a mail stands.
type row struct {
	state    team.OutboxState
	code     int
	line     string
	next     time.Time
	attempts int
}

func (d *desk) row(id int64) row {
	d.t.Helper()
	var r row
	var next int64
	err := d.db.QueryRow(`SELECT state, code, line, next_at, attempts FROM outbox WHERE id = ?`, id).
		Scan(&r.state, &r.code, &r.line, &next, &r.attempts)
	if err != nil {
		d.t.Fatal(err)
	}
	r.next = time.UnixMilli(next)
	return r
}

func (d *desk) states() string {
	d.t.Helper()
	rows, err := d.db.Query(`SELECT state FROM outbox ORDER BY id`)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	all := ""
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			d.t.Fatal(err)
		}
		all += s + " "
	}
	return all
}

func (d *desk) outbox(s *Server) *Outbox {
	o := &Outbox{Store: d, Server: s, Kick: make(chan struct{}, 1), Log: slog.New(slog.NewTextHandler(testLog{d.t}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	d.t.Cleanup(o.Close)
	return o
}

// running runs the outbox until the function that is returned is called.
func (d *desk) running(o *Outbox) (stop func()) {
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error)
	go func() { done <- o.Run(ctx) }()
	return func() {
		d.t.Helper()
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("Run ends with %v", err)
		}
	}
}

type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

// copies counts how often each mail was taken, by Message-ID, and fails if two copies differ.
func copies(t testing.TB, all []taken) map[string]int {
	t.Helper()
	count, raw := map[string]int{}, map[string]string{}
	for _, m := range all {
		id := messageID(m.raw)
		if count[id]++; count[id] > 1 && raw[id] != m.raw {
			t.Errorf("two copies of %s differ", id)
		}
		raw[id] = m.raw
	}
	return count
}

func wantOnce(t testing.TB, all []taken, mails int) {
	t.Helper()
	count := copies(t, all)
	for n := range mails {
		if id := letter(n + 1).MessageID; count[id] != 1 {
			t.Errorf("%s was taken %d times", id, count[id])
		}
	}
	if len(count) != mails {
		t.Errorf("%d mails taken, want %d", len(count), mails)
	}
}

// forbid makes every transaction fail that gives a mail the state, as a full disk would.
func (d *desk) forbid(state string) {
	d.t.Helper()
	_, err := d.db.Exec(`CREATE TRIGGER no_` + state + ` BEFORE UPDATE ON outbox WHEN NEW.state = '` + state + `' BEGIN SELECT RAISE(ABORT, 'no room'); END`)
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) allow(state string) {
	d.t.Helper()
	if _, err := d.db.Exec(`DROP TRIGGER no_` + state); err != nil {
		d.t.Fatal(err)
	}
}

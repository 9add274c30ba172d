package drill

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestTheOracleSeesEachBreach judges one run that went well, then the same with one thing changed at a time.
func TestTheOracleSeesEachBreach(t *testing.T) {
	w, err := newWorld(t.Context(), program(t), t.TempDir(), 1, 2, memory(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	must(t, w.begin(t.Context()))
	for range 14 {
		arrivals, err := w.Write(w.now())
		must(t, err)
		for _, a := range arrivals {
			w.deliver(a)
		}
		_, err = w.settle(t.Context())
		must(t, err)
		w.forward(2 * time.Hour)
	}
	_, err = w.rest(t.Context())
	must(t, err)
	v, err := w.Seen.Judge(t.Context(), w.database(), true)
	must(t, err)
	if len(v.Breaches) > 0 || v.Updates == 0 || v.Orders == 0 || v.Digests == 0 {
		t.Fatalf("a run that went well has %+v", v)
	}

	end := w.now()
	rolledUp := map[string]bool{}
	db, err := sql.Open("sqlite3", w.database())
	must(t, err)
	must(t, rows(t.Context(), db, `SELECT message_id FROM outbox WHERE kind = 'weekly'`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		rolledUp[bare(id)] = true
		return err
	}))
	must(t, db.Close())
	index := slices.IndexFunc(w.Seen.accepted, func(a Accepted) bool { return len(a.Words) > 0 && a.InReplyTo == "" && !rolledUp[a.MessageID] })
	digest := w.Seen.accepted[index]
	for _, c := range []struct {
		name, invariant, sql string
		change               func(e *Evidence)
	}{
		{name: "a mail has no outcome", invariant: "I1", sql: `DELETE FROM mail WHERE id = (SELECT MAX(id) FROM mail WHERE outcome = 'command')`},
		{name: "a mail has two outcomes", invariant: "I1", sql: `
			UPDATE mail SET message_id = (SELECT message_id FROM mail WHERE outcome = 'command' LIMIT 1)
			WHERE id = (SELECT MIN(id) FROM mail WHERE outcome = 'refused' OR outcome = 'stored')`},
		{name: "an update is held back", invariant: "I1", sql: `UPDATE mail SET outcome = 'held' WHERE id = (SELECT MIN(id) FROM mail WHERE outcome = 'stored')`},
		{name: "an update is not kept", invariant: "I2", sql: `UPDATE item SET words = 'nothing'`},
		{name: "an update is kept twice", invariant: "I2", sql: `UPDATE item SET words = (SELECT i.words FROM item i ORDER BY i.id LIMIT 1) || ' and ' || words`},
		{name: "a mail that is held for sent was not", invariant: "I3", change: func(e *Evidence) { e.accepted = slices.Delete(e.accepted, 0, 1) }},
		{name: "a mail waits for ever", invariant: "I3", sql: `UPDATE outbox SET state = 'dot' WHERE id = 1`},
		{name: "a copy goes out that was not at its dot", invariant: "I3", change: func(e *Evidence) { e.accepted = append(e.accepted, digest) }},
		{name: "a copy has other bytes", invariant: "I3", change: func(e *Evidence) {
			e.dots[digest.MessageID]++
			other := digest
			other.Sum[0]++
			e.accepted = append(e.accepted, other)
		}},
		{name: "a copy has another Message-ID", invariant: "I3", change: func(e *Evidence) {
			other := digest
			other.MessageID = "other@example.com"
			e.accepted = append(e.accepted, other)
		}},
		{name: "a roll-up comes twice", invariant: "I3", sql: `
			UPDATE outbox SET kind = 'weekly', message_id = '<other@example.com>' WHERE id = (SELECT MAX(id) FROM outbox WHERE kind = 'receipt')`,
			change: func(e *Evidence) {
				weekly := slices.IndexFunc(e.accepted, func(a Accepted) bool { return rolledUp[a.MessageID] })
				other := e.accepted[weekly]
				other.MessageID = "other@example.com"
				e.accepted = append(e.accepted, other)
			}},
		{name: "a reader is not told", invariant: "I3", change: func(e *Evidence) { e.accepted[index].Words = nil }},
		{name: "a day has no prompt", invariant: "I3", sql: `
			DELETE FROM prompt WHERE kind = 'prompt' AND day = (SELECT MIN(day) FROM prompt WHERE day > (SELECT MIN(day) FROM prompt))`},
		{name: "everybody's first prompt is not sent", invariant: "I3", sql: ` -- some of them were due before the program began, and may be missing
			DELETE FROM prompt WHERE id IN (SELECT MIN(p.id) FROM prompt p JOIN outbox o ON o.id = p.outbox_id WHERE p.kind = 'prompt' GROUP BY p.member_id)`},
		{name: "the last prompt of all is not sent", invariant: "I3", sql: `
			DELETE FROM prompt WHERE id = (SELECT p.id FROM prompt p JOIN outbox o ON o.id = p.outbox_id WHERE p.kind = 'prompt' ORDER BY o.id DESC LIMIT 1)`},
		{name: "a mail goes to a stranger", invariant: "I4", change: func(e *Evidence) { e.accepted[index].To = "stranger@example.org" }},
		{name: "a mail goes to the other team", invariant: "I4", change: func(e *Evidence) {
			for to, team := range e.teams {
				if team != e.teams[digest.To] {
					e.accepted[index].To = to
				}
			}
		}},
		{name: "a row refers to nothing", invariant: "I5", sql: `DELETE FROM letter; DELETE FROM outbox WHERE id = 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "daybreak.db")
			raw, err := os.ReadFile(w.database())
			must(t, err)
			must(t, os.WriteFile(path, raw, 0o600))
			if c.sql != "" {
				db, err := sql.Open("sqlite3", path)
				must(t, err)
				_, err = db.ExecContext(t.Context(), c.sql)
				must(t, err)
				must(t, db.Close())
			}
			e := &Evidence{teams: w.Seen.teams, held: slices.Clone(w.Seen.held), accepted: slices.Clone(w.Seen.accepted), dots: map[string]int{},
				asked: w.Seen.asked, since: w.Seen.since, now: func() time.Time { return end }}
			if c.change != nil {
				c.change(e)
			}
			v, err := e.Judge(t.Context(), path, true)
			must(t, err)
			if !slices.ContainsFunc(v.Breaches, func(b Breach) bool { return b.Invariant == c.invariant }) {
				t.Errorf("the oracle sees no breach of %s: %v", c.invariant, v.Breaches)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

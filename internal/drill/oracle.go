package drill

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // reads the database
)

// Breach is something that must never be.
type Breach struct {
	Invariant string // I1 to I5
	What      string
}

func (b Breach) String() string { return b.Invariant + ": " + b.What }

// Verdict is what the oracle finds.
type Verdict struct {
	Breaches []Breach

	Held, Updates, Orders int // mails delivered; of these updates and orders, without copies
	Mails, Digests        int // mails accepted by SMTP, each once; of these digests of a day
	Lost                  int // mails without effect, mails held for sent that never were, orders without an answer, prompts left out
	Doubled               int // updates, or what is told to a reader, more than once
	Missed                int // updates that a reader was never told
	WrongReader           int // mails to somebody whom they are not for
	Dots                  int // mails that were in the state dot when the program died
	SecondCopies          int // mails accepted more than once

	end bool // nothing is to come any more
}

func (v *Verdict) breach(count *int, invariant, format string, args ...any) {
	if count != nil {
		*count++
	}
	v.Breaches = append(v.Breaches, Breach{invariant, fmt.Sprintf(format, args...)})
}

// Judge holds what was seen against the database at path, when the program has come to rest and nothing is due. At the end everybody must
// have been told everything; before it, what was not told yet may be still.
func (e *Evidence) Judge(ctx context.Context, path string, end bool) (*Verdict, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.recall(); err != nil {
		return nil, fmt.Errorf("reading back what was seen: %w", err)
	}
	db, err := openRead(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	v := &Verdict{Held: len(e.held), end: end}
	for _, judge := range []func(context.Context, *sql.DB, *Verdict) error{e.integrity, e.outcomes, e.entries, e.mails, e.prompts, e.told} {
		if err := judge(ctx, db, v); err != nil {
			return nil, fmt.Errorf("judging: %w", err)
		}
	}
	return v, nil
}

func openRead(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+url.PathEscape(path)+"?mode=ro&_busy_timeout=20000")
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

// rows calls each with every row of a query.
func rows(ctx context.Context, db *sql.DB, query string, each func(scan func(...any) error) error) error {
	list, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer list.Close()
	for list.Next() {
		if err := each(list.Scan); err != nil {
			return err
		}
	}
	return list.Err()
}

// integrity is I5.
func (e *Evidence) integrity(ctx context.Context, db *sql.DB, v *Verdict) error {
	err := rows(ctx, db, `PRAGMA integrity_check`, func(scan func(...any) error) error {
		var said string
		if err := scan(&said); err != nil {
			return err
		}
		if said != "ok" {
			v.breach(nil, "I5", "%s", said)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return rows(ctx, db, `SELECT "table", COUNT(*) FROM pragma_foreign_key_check GROUP BY "table"`, func(scan func(...any) error) error {
		var table string
		var n int
		if err := scan(&table, &n); err != nil {
			return err
		}
		v.breach(nil, "I5", "%d rows of %s refer to nothing", n, table)
		return nil
	})
}

// outcomes is I1.
func (e *Evidence) outcomes(ctx context.Context, db *sql.DB, v *Verdict) error {
	found := map[string][]string{} // Message-ID → outcomes
	places := map[string]int{}
	err := rows(ctx, db, `SELECT message_id, outcome, mailbox_id || '/' || numbering || '/' || uid FROM mail`, func(scan func(...any) error) error {
		var id, outcome, place string
		if err := scan(&id, &outcome, &place); err != nil {
			return err
		}
		found[bare(id)] = append(found[bare(id)], outcome)
		if places[place]++; places[place] > 1 {
			v.breach(nil, "I1", "the mail at %s has %d outcomes", place, places[place])
		}
		return nil
	})
	if err != nil {
		return err
	}
	copies := map[string]int{}
	for _, h := range e.held {
		copies[h.MessageID]++
	}
	for _, h := range e.held {
		n := copies[h.MessageID]
		if n == 0 {
			continue // a copy
		}
		delete(copies, h.MessageID)
		outcomes := found[h.MessageID]
		if len(outcomes) < n {
			v.breach(&v.Lost, "I1", "mail %s was delivered %d times and has %d outcomes", h.MessageID, n, len(outcomes))
			continue
		}
		if len(outcomes) > n {
			v.breach(nil, "I1", "mail %s was delivered %d times and has %d outcomes", h.MessageID, n, len(outcomes))
		}
		want := map[HeldKind]string{Update: "stored", Order: "command", Foreign: "refused"}[h.Kind]
		effective := 0
		for _, o := range outcomes {
			switch {
			case o == want:
				effective++
			case o != "duplicate":
				v.breach(nil, "I1", "mail %s is %s", h.MessageID, o)
			}
		}
		if h.Kind != Foreign && effective > 1 {
			v.breach(&v.Doubled, "I2", "%d copies of mail %s are %s", effective, h.MessageID, want)
		}
		switch h.Kind {
		case Update:
			v.Updates++
		case Order:
			v.Orders++
		}
	}
	return nil
}

// entries is I2.
func (e *Evidence) entries(ctx context.Context, db *sql.DB, v *Verdict) error {
	type entry struct {
		id   int64
		from string
	}
	entries := map[string]map[entry]bool{} // word → where it stands
	err := rows(ctx, db, `
		SELECT i.words, e.id, a.addr
		FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id
			JOIN address a ON a.member_id = u.member_id AND a.position = 0`, func(scan func(...any) error) error {
		var words string
		var at entry
		if err := scan(&words, &at.id, &at.from); err != nil {
			return err
		}
		for _, w := range word.FindAllString(words, -1) {
			if entries[w] == nil {
				entries[w] = map[entry]bool{}
			}
			entries[w][at] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for w, h := range e.updates() {
		switch n := len(entries[w]); {
		case n == 0:
			v.breach(&v.Lost, "I2", "nothing is kept of the update %s of %s", w, h.From)
		case n > 1:
			v.breach(&v.Doubled, "I2", "the update %s of %s is kept %d times", w, h.From, n)
		}
		for at := range entries[w] {
			if at.from != h.From {
				v.breach(nil, "I2", "the update %s of %s is kept as one of %s", w, h.From, at.from)
			}
		}
	}
	return nil
}

func (e *Evidence) updates() map[string]Held {
	all := map[string]Held{}
	for _, h := range e.held {
		if h.Kind == Update {
			all[h.Word] = h
		}
	}
	return all
}

// givenUp is what the mark of a mail ends with that was given up before it left.
var givenUp = regexp.MustCompile(` given up \d+$`)

// mails is I3 as far as the outbox goes, and I4 as far as addresses go.
func (e *Evidence) mails(ctx context.Context, db *sql.DB, v *Verdict) error {
	taken := map[string][]Accepted{}
	for _, a := range e.accepted {
		taken[a.MessageID] = append(taken[a.MessageID], a)
		if _, ok := e.teams[a.To]; !ok {
			v.breach(&v.WrongReader, "I4", "mail %s went to %s, who is in no team", a.MessageID, a.To)
		}
	}
	v.Mails = len(taken)
	known, identities := map[string]bool{}, map[string]string{}
	err := rows(ctx, db, `SELECT message_id, dedupe, kind, state, rcpt_to FROM outbox`, func(scan func(...any) error) error {
		var id, mark, kind, state, to string
		if err := scan(&id, &mark, &kind, &state, &to); err != nil {
			return err
		}
		id = bare(id)
		known[id] = true
		switch {
		case state == "sent" && len(taken[id]) == 0:
			v.breach(&v.Lost, "I3", "%s to %s is held for sent and was never handed over", mark, to)
		case v.end && (state == "queued" || state == "dot"):
			v.breach(&v.Lost, "I3", "%s to %s is still %s", mark, to, state)
		}
		if len(taken[id]) == 0 {
			return nil
		}
		if kind == "digest" {
			v.Digests++
		}
		mark = givenUp.ReplaceAllString(mark, "")
		if other, ok := identities[mark]; ok {
			v.breach(&v.Doubled, "I3", "%s was sent as %s and as %s", mark, other, id)
		}
		identities[mark] = id
		for _, a := range taken[id] {
			if !strings.EqualFold(a.To, to) {
				v.breach(&v.WrongReader, "I4", "%s to %s went to %s", mark, to, a.To)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, all := range taken {
		if !known[id] {
			v.breach(&v.Doubled, "I3", "mail %s to %s is not in the outbox", id, all[0].To)
		}
		v.SecondCopies += len(all) - 1
		if extra := len(all) - 1; extra > e.dots[id] {
			v.breach(&v.Doubled, "I3", "mail %s went to %s %d times, and was %d times about to when the program died", id, all[0].To, len(all), e.dots[id])
		}
		for _, a := range all[1:] {
			if a.Sum != all[0].Sum {
				v.breach(&v.Doubled, "I3", "the copies of mail %s to %s differ", id, a.To)
			}
		}
	}
	for _, n := range e.dots {
		v.Dots += n
	}
	return nil
}

// prompts is I3 for prompts: each member has one for each day on which they were to be asked. Where it is not known since when and until
// when, these are the days from their first to their last.
func (e *Evidence) prompts(ctx context.Context, db *sql.DB, v *Verdict) error {
	days := map[string][]string{}
	err := rows(ctx, db, `
		SELECT a.addr, p.day
		FROM prompt p JOIN address a ON a.member_id = p.member_id AND a.position = 0 JOIN outbox o ON o.id = p.outbox_id
		WHERE p.kind = 'prompt' AND o.state = 'sent' ORDER BY p.day`, func(scan func(...any) error) error {
		var to, day string
		if err := scan(&to, &day); err != nil {
			return err
		}
		days[to] = append(days[to], day)
		return nil
	})
	if err != nil {
		return err
	}
	for to := range e.teams {
		if len(days[to]) == 0 && e.now == nil {
			if v.end {
				v.breach(&v.Lost, "I3", "%s was never asked", to)
			}
			continue
		}
		expected, err := e.askedOn(to, days[to])
		if err != nil {
			return err
		}
		for _, day := range expected {
			if !slices.Contains(days[to], day) {
				v.breach(&v.Lost, "I3", "%s was not asked on %s", to, day)
			}
		}
	}
	return nil
}

// askedOn are the days on which somebody was to be asked. Those just at the beginning and at the end may be either.
func (e *Evidence) askedOn(to string, got []string) (days []string, err error) {
	if e.now == nil {
		day, err := time.Parse(time.DateOnly, got[0])
		if err != nil {
			return nil, err
		}
		for last := got[len(got)-1]; day.Format(time.DateOnly) <= last; day = day.AddDate(0, 0, 1) {
			days = append(days, day.Format(time.DateOnly))
		}
		return days, nil
	}
	const edge = 2 * time.Minute
	when := e.asked[to]
	loc, err := time.LoadLocation(when.zone)
	if err != nil {
		return nil, fmt.Errorf("when %s is asked: %w", to, err)
	}
	first, until := e.since.Add(edge), e.now().Add(-edge)
	start := e.since.In(loc)
	for n := 0; ; n++ {
		at := time.Date(start.Year(), start.Month(), start.Day()+n, when.hour, when.minute, 0, 0, loc)
		if at.After(until) {
			return days, nil
		}
		if at.After(first) {
			days = append(days, at.Format(time.DateOnly))
		}
	}
}

// told is I3 and I4 as readers see them: what each update and each order came to on the wire.
func (e *Evidence) told(ctx context.Context, db *sql.DB, v *Verdict) error {
	type telling struct{ word, to string }
	weekly := map[string]bool{} // the roll-ups of a week, which tell again what digests have told
	err := rows(ctx, db, `SELECT message_id FROM outbox WHERE kind = 'weekly'`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		weekly[bare(id)] = true
		return err
	})
	if err != nil {
		return err
	}
	rolled := map[telling]map[string]bool{}
	tellings := map[telling]map[string]bool{} // → Message-IDs
	answers := map[telling]map[string]bool{}  // an order's Message-ID and who gets the answer → Message-IDs
	note := func(m map[telling]map[string]bool, key telling, id string) {
		if m[key] == nil {
			m[key] = map[string]bool{}
		}
		m[key][id] = true
	}
	updates := e.updates()
	for _, a := range e.accepted {
		note(answers, telling{a.InReplyTo, a.To}, a.MessageID)
		for _, w := range a.Words {
			if weekly[a.MessageID] {
				note(rolled, telling{w, a.To}, a.MessageID)
			} else {
				note(tellings, telling{w, a.To}, a.MessageID)
			}
			h, ok := updates[w]
			if !ok || e.teams[h.From] != e.teams[a.To] {
				v.breach(&v.WrongReader, "I4", "%s was told the update %s of %s", a.To, w, h.From)
			}
		}
	}
	for w, h := range updates {
		for to, team := range e.teams {
			if to == h.From || team != e.teams[h.From] {
				continue
			}
			switch n := len(tellings[telling{w, to}]); {
			case n == 0 && v.end:
				v.breach(&v.Missed, "I3", "%s was never told the update %s of %s", to, w, h.From)
			case n > 1:
				v.breach(&v.Doubled, "I3", "%s was told the update %s of %s by %d mails", to, w, h.From, n)
			}
		}
	}
	for r, mails := range rolled {
		if n := len(mails); n > 1 {
			v.breach(&v.Doubled, "I3", "%s was told the update %s by %d roll-ups", r.to, r.word, n)
		}
	}
	seen := map[string]bool{}
	for _, h := range e.held {
		if h.Kind != Order || seen[h.MessageID] {
			continue
		}
		seen[h.MessageID] = true
		switch n := len(answers[telling{h.MessageID, h.From}]); {
		case n == 0 && v.end:
			v.breach(&v.Lost, "I3", "the order %s of %s was not answered", h.MessageID, h.From)
		case n > 1:
			v.breach(&v.Doubled, "I3", "the order %s of %s was answered by %d mails", h.MessageID, h.From, n)
		}
	}
	return nil
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/mime"
)

// relived is a fortnight of the sample team in which the database is lost and restored from an older backup.
type relived struct {
	fortnight
	sent     string        // the folder into which the provider files what is sent; "": it does not
	backup   time.Duration // from the beginning
	crash    time.Duration // when the daemon ends for good
	restored time.Duration // when it starts again, on the backup
	drops    time.Time     // when the mailbox's server ends its connections
	trips    int           // at which mail catching up is cut short; 0: at none
	others   []mailin.Folder
	twoOf    bool          // accounts are read
	rotates  time.Duration // when the key is changed and the daemon restarted; 0: never
	removes  time.Duration // when what came since the backup, a day and two hours ago or earlier, is removed from the mailbox; 0: never
	byHand   bool          // somebody puts the backup in the place of the database without telling
	asks     bool          // somebody asks for a digest now, from time to time

	copies  sync.Map // Message-ID → times sent
	texts   sync.Map // Message-ID of a digest → its text
	answers sync.Map // Message-ID of a member's mail → answers to it
	asked   int      // mails that ask for an answer
	marked  int      // items whose marks were compared
	landed  []uint32 // in the inbox, and are to be removed
}

func (r *relived) delivered(d mailtest.Delivery) {
	count := func(m *sync.Map, key string) {
		n, _ := m.LoadOrStore(key, new(int))
		r.mu.Lock()
		*n.(*int)++
		r.mu.Unlock()
	}
	m := mime.Read(d.Raw)
	count(&r.copies, m.MessageID)
	if strings.Contains(string(d.Raw), "Auto-Submitted: auto-replied") && len(m.InReplyTo) > 0 {
		count(&r.answers, m.InReplyTo[0])
		if r.asks {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.fortnight.sent = append(r.fortnight.sent, sentMail{to: d.To, kind: team.DigestMail, at: d.At, text: m.Plain})
		}
		return
	}
	r.texts.Store(m.MessageID, m.Plain)
	r.fortnight.delivered(d)
}

var (
	mark     = regexp.MustCompile(`\[([a-z]+[0-9]+)\]`)
	wordSaid = regexp.MustCompile(`word[a-z]+[0-9]+`)
)

// marks makes sure that replies to a digest which was sent before the restore, and is made anew, are for what their marks stood beside in it.
func (r *relived) marks(path string) (checked int) {
	t := r.t
	db, err := sql.Open("sqlite3", path+"?mode=ro")
	must(t, err)
	defer db.Close()
	rows, err := db.Query(`
		SELECT o.message_id, j.key, i.words FROM outbox o JOIN letter l ON l.outbox_id = o.id JOIN json_each(l.marks) j JOIN item i ON i.id = j.value
		WHERE o.kind = 'digest' AND o.line = 'found among the sent mails'`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, key, words string
		must(t, rows.Scan(&id, &key, &words))
		text, ok := r.texts.Load(id)
		if !ok {
			continue // it was sent with another Message-ID
		}
		_, after, _ := strings.Cut(text.(string), wordSaid.FindString(words))
		checked++
		if m := mark.FindStringSubmatch(after); m == nil || m[1] != key {
			t.Errorf("in %s, %q has the mark %v, and replies take it for %s", id, words, m, key)
		}
	}
	must(t, rows.Err())
	return checked
}

// live goes through the time and leaves the ledger.
func (r *relived) live() {
	t := r.t
	time.Sleep(time.Until(r.from))
	o := mailtest.Options{Address: fortnightAddress, OnDelivery: r.delivered, Sent: r.sent}
	e := newEngine(t, o, demoRoster(), 0)
	r.server, r.store, r.dir, r.keys = e.server, e.store, e.dir, e.composer.Keys
	var err error
	r.people, err = e.store.People(t.Context())
	must(t, err)
	unread := func(ctx context.Context, _ string) (net.Conn, error) {
		if r.away != nil && r.away(time.Now()) {
			return nil, errors.New("no route to the mailbox")
		}
		return e.server.DialIMAP(ctx)
	}
	for _, f := range r.others {
		must(t, e.server.MakeFolder(f.Name))
	}
	boxes := func() (list []mailin.Mailbox) {
		list = append(list, *e.box)
		if r.twoOf {
			second := *e.box
			second.Account, second.Dial = "second/INBOX", func(ctx context.Context, _ string) (net.Conn, error) { return r.other.DialIMAP(ctx) }
			list = append(list, second)
		}
		return list
	}
	if r.twoOf {
		r.other, err = mailtest.Start(mailtest.Options{Address: fortnightAddress, Password: "secret"})
		must(t, err)
		defer func() { must(t, r.other.Close()) }()
	}
	opened := func() { e.box.Dial, e.box.Others = unread, r.others }
	opened()
	r.came = func(folder string, uid uint32) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if now := time.Now(); folder == "INBOX" && now.After(r.from.Add(r.backup)) && now.Before(r.from.Add(r.removes-26*time.Hour)) {
			r.landed = append(r.landed, uid)
		}
	}
	run := func(until time.Duration) {
		ctx, stop := context.WithCancel(t.Context())
		seconds := boxes()[1:]
		loops := e.run(ctx)
		for _, second := range seconds {
			loops.Go(func() {
				if err := second.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Until(r.from.Add(until)))
		stop()
		loops.Wait()
	}
	r.write.Go(r.askForHelp)
	if r.asks {
		r.write.Go(r.askForDigests)
	}
	if !r.drops.IsZero() {
		r.write.Go(func() { time.Sleep(time.Until(r.drops)); e.server.DropIMAP() })
	}
	run(r.backup)
	backup := filepath.Join(e.dir, "backup.db")
	_, err = e.store.Backup(t.Context(), backup, false, nil)
	must(t, err)
	if r.rotates > 0 {
		run(r.rotates)
		must(t, e.store.RotateKey(t.Context(), time.Now()))
		must(t, e.store.Close())
		e.open(o, 0)
		opened()
		r.keys = e.composer.Keys
	}
	if r.removes > 0 {
		run(r.removes)
		must(t, e.server.Expunge(r.landed...))
	}
	run(r.crash)
	must(t, e.store.Close())
	time.Sleep(time.Until(r.from.Add(r.restored)))
	if r.byHand {
		copied, err := os.ReadFile(backup)
		must(t, err)
		must(t, os.WriteFile(e.path(), copied, 0o600))
	} else {
		_, err = store.Restore(t.Context(), backup, e.path(), time.Now())
		must(t, err)
	}
	e.open(o, 0)
	e.box.Others = r.others
	past := &reliving{store: e.store, scheduler: e.scheduler, receiver: mailin.Receiver{Reader: e.receiver.Reader, Store: &tripping{Store: e.store, at: r.trips}, Log: e.receiver.Log}, boxes: boxes(),
		sent: &mailin.SentFolder{Mailbox: e.box}, log: slog.New(slog.NewTextHandler(t.Output(), nil)), now: time.Now}
	must(t, past.run(t.Context()))
	if _, still, err := e.store.Restored(t.Context()); still || err != nil {
		t.Error("it has not caught up", err)
	}
	r.marked = r.marks(e.path())
	run(r.to.Add(48 * time.Hour).Sub(r.from))
	r.write.Wait()
	status, err := e.store.Status(t.Context(), time.Now(), 10)
	must(t, err)
	if status.Missed.All > 0 {
		t.Errorf("%d replies came to addresses that nobody knows", status.Missed.All)
	}
	must(t, e.store.Check(t.Context()))
	e.close()
}

// tripping is a store that fails once.
type tripping struct {
	*store.Store
	at, mails int
}

func (s *tripping) Accept(ctx context.Context, c team.Cursor, mails []team.Mail, now time.Time) error {
	if s.mails++; s.mails == s.at {
		return errors.New("tripped")
	}
	return s.Store.Accept(ctx, c, mails, now)
}

// askForHelp has somebody write a mail that is answered, every few hours of the working days.
func (r *relived) askForHelp() {
	client := r.clients[0]
	p := r.people[0]
	for n := range 60 {
		time.Sleep(5 * time.Hour)
		now := time.Now()
		raw := client.Compose(mailtest.Identity{Name: p.Name, Address: p.Address()}, fortnightAddress, fmt.Sprint("Question ", n), "help", now)
		if _, err := r.server.Deliver(mailtest.Transit(raw, now, fortnightAddress)); err != nil {
			r.t.Error(err)
		}
		r.asked++
	}
}

// askForDigests has somebody want a digest now, twice a day.
func (r *relived) askForDigests() {
	p := r.people[1]
	for n := range 24 {
		time.Sleep(13*time.Hour + 7*time.Minute)
		now := time.Now()
		raw := r.clients[0].Compose(mailtest.Identity{Name: p.Name, Address: p.Address()}, fortnightAddress, fmt.Sprint("Please ", n), "digest now", now)
		if _, err := r.server.Deliver(mailtest.Transit(raw, now, fortnightAddress)); err != nil {
			r.t.Error(err)
		}
	}
}

// tellings counts of all that was said how often a reader was not told, and was told again.
func (r *relived) tellings(since time.Time) (lost, again, againBefore int) {
	for _, s := range r.said {
		for _, p := range r.people {
			if p.Address() == s.who {
				continue
			}
			n := 0
			for _, m := range r.fortnight.sent {
				if m.to == p.Address() && m.kind == team.DigestMail && strings.Contains(m.text, s.word) {
					n++
				}
			}
			switch {
			case n == 0:
				lost++
				r.t.Logf("%s, said by %s at %s, was not told to %s", s.word, s.who, s.at, p.Address())
			case n > 1 && s.at.Before(since):
				againBefore++
			case n > 1:
				again++
			}
		}
	}
	return lost, again, againBefore
}

// twice counts what was sent with one Message-ID, or as an answer to one mail, more than once.
func twice(m *sync.Map) (keys, more int) {
	m.Range(func(_, n any) bool {
		keys++
		if *n.(*int) > 1 {
			more++
		}
		return true
	})
	return keys, more
}

func newRelived(t *testing.T) *relived {
	from := time.Date(2000, 3, 27, 0, 0, 0, 0, time.UTC)
	r := &relived{fortnight: fortnight{t: t, clients: mailtest.Clients(), from: from, to: from.AddDate(0, 0, 14)}}
	r.reply = r.nowAndThen
	return r
}

// TestARestoredDatabaseTellsAndAnswersNothingTwice restores a backup that is two days old: nobody sees that it happened. The ledger is held against the
// rules as that of an ordinary fortnight.
func TestARestoredDatabaseTellsAndAnswersNothingTwice(t *testing.T) {
	for _, days := range []struct {
		backup, crash time.Duration
		trips         int
	}{
		{3*24*time.Hour + 11*time.Hour, 5*24*time.Hour + 13*time.Hour, 0},                  // within one week
		{9*24*time.Hour + 8*time.Hour + 59*time.Minute, 11*24*time.Hour + time.Hour, 0},    // between prompts and digests
		{9*24*time.Hour + 11*time.Hour, 11*24*time.Hour + 13*time.Hour + 7*time.Minute, 9}, // and what is lived through again is cut short
	} {
		if mailtest.Race && days.trips == 0 {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			r := newRelived(t)
			r.sent, r.backup, r.crash = "Sent", days.backup, days.crash
			r.trips = days.trips
			r.restored = r.crash
			r.live()
			r.check()
			lost, again, before := r.tellings(time.Time{})
			mails, copies := twice(&r.copies)
			answered, answers := twice(&r.answers)
			t.Logf("of %d things said: %d not told, %d told again; of %d mails %d sent twice; of %d mails answered %d answered twice",
				len(r.said), lost, again+before, mails, copies, answered, answers)
			if lost+again+before+copies+answers > 0 || answered < 40 {
				t.Error("something was lost or doubled, or too little was answered")
			}
		})
	}
}

// Nothing ran for a day before the restore: what was not sent then is sent, or told later, and who asked meanwhile is answered.
func TestARestoreAfterADayOfSilenceLosesNothing(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and has loops like the shorter tests")
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRelived(t)
		r.sent, r.backup, r.crash = "Sent", 8*24*time.Hour+7*time.Hour, 9*24*time.Hour+10*time.Hour+30*time.Minute
		r.restored = r.crash + 26*time.Hour
		r.live()
		lost, again, before := r.tellings(time.Time{})
		_, copies := twice(&r.copies)
		answered, answers := twice(&r.answers)
		if lost+again+before+copies+answers > 0 {
			t.Errorf("%d lost, %d told again, %d sent twice, %d answered twice", lost, again+before, copies, answers)
		}
		if answered < 40 {
			t.Errorf("only %d of %d were answered", answered, r.asked)
		}
	})
}

// The mailbox could not be read when digests were made: these told nothing of what lay in it, and what they seem to have told now is told again.
func TestARestoreLosesNothingThatDigestsCouldNotKnow(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and has loops like the shorter tests")
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRelived(t)
		r.sent, r.backup, r.crash = "Sent", 8*24*time.Hour+11*time.Hour, 10*24*time.Hour+13*time.Hour
		r.restored = r.crash
		r.drops = r.from.Add(8*24*time.Hour + 14*time.Hour)
		r.away = func(at time.Time) bool { d := at.Sub(r.drops); return d >= 0 && d < 30*time.Hour }
		r.live()
		lost, again, before := r.tellings(time.Time{})
		_, copies := twice(&r.copies)
		_, answers := twice(&r.answers)
		t.Logf("%d lost, %d told again, %d sent twice, %d answered twice", lost, again+before, copies, answers)
		if lost+copies+answers > 0 {
			t.Errorf("%d lost, %d sent twice, %d answered twice", lost, copies, answers)
		}
	})
}

// Where the provider keeps nothing of what is sent, what was said since the backup may be told again, and nothing is lost. Nothing is answered twice.
func TestWithoutSentMailsARestoreRatherTellsTwiceThanNever(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and has loops like the shorter tests")
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRelived(t)
		r.backup, r.crash = 3*24*time.Hour+11*time.Hour, 4*24*time.Hour+13*time.Hour
		r.restored = r.crash
		r.live()
		lost, again, before := r.tellings(r.from.Add(r.backup - 44*time.Hour)) // what a digest before the backup told is not told again
		_, answers := twice(&r.answers)
		t.Logf("%d lost, %d told again, %d of what was told before the backup, %d answered twice", lost, again, before, answers)
		if lost+before+answers > 0 {
			t.Errorf("%d lost, %d told again of what was told before the backup, %d answered twice", lost, before, answers)
		}
		if again == 0 {
			t.Error("nothing was told again: this case shows nothing")
		}
	})
}

// What a restore may meet: replies in the folder for junk, digests that were asked for, mail that was removed since, a key that the backup does not
// have.
func TestWhatARestoreMayMeetIsNeitherLostNorToldTwice(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and has loops like the shorter tests")
	}
	for _, c := range []struct {
		what string
		meet func(r *relived)
	}{
		{"replies in the folder for junk", func(r *relived) {
			r.others = []mailin.Folder{{Account: fortnightAddress + "/Junk", Name: "Junk", Junk: true}}
			r.into = func(word string) string {
				if chance("junk", word) < 40 {
					return "Junk"
				}
				return "INBOX"
			}
		}},
		{"replies in a second account", func(r *relived) { r.twoOf = true }},
		{"digests that were asked for", func(r *relived) { r.asks = true }},
		{"mail that was removed since", func(r *relived) { r.removes = r.crash - time.Minute }},
		{"a file that was put back by hand", func(r *relived) { r.byHand = true }},
		{"a key that the backup does not have", func(r *relived) { r.rotates = r.backup + 5*time.Hour }},
	} {
		t.Run(c.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRelived(t)
				r.sent, r.backup, r.crash = "Sent", 8*24*time.Hour+11*time.Hour, 10*24*time.Hour+13*time.Hour
				r.restored = r.crash
				c.meet(r)
				r.live()
				if len(r.others) == 0 && !r.asks { // which their ledger does not know
					r.check()
				}
				if r.removes > 0 && len(r.landed) < 5 {
					t.Errorf("only %d mails were removed", len(r.landed))
				}
				lost, again, before := r.tellings(time.Time{})
				mails, copies := twice(&r.copies)
				answered, answers := twice(&r.answers)
				t.Logf("of %d things said: %d not told, %d told again; of %d mails %d sent twice; of %d mails answered %d answered twice; %d marks compared",
					len(r.said), lost, again+before, mails, copies, answered, answers, r.marked)
				if lost+again+before+copies+answers > 0 || answered < 40 {
					t.Error("something was lost or doubled, or too little was answered")
				}
			})
		})
	}
}

// A daemon that just did not run for a day has nothing to catch up with but its mailbox.
func TestADayOfSilenceIsNoRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRelived(t)
		time.Sleep(time.Until(r.from))
		o := mailtest.Options{Address: fortnightAddress, Sent: "Sent"}
		e := newEngine(t, o, demoRoster(), 0)
		ctx, stop := context.WithCancel(t.Context())
		loops := e.run(ctx)
		time.Sleep(3 * 24 * time.Hour)
		stop()
		loops.Wait()
		sent := len(e.server.Deliveries())
		must(t, e.store.Close())
		time.Sleep(26 * time.Hour)
		e.open(o, 0)
		past := &reliving{store: e.store, scheduler: e.scheduler, receiver: mailin.Receiver{Reader: e.receiver.Reader, Store: e.store, Log: e.receiver.Log},
			boxes: []mailin.Mailbox{*e.box}, sent: &mailin.SentFolder{Mailbox: e.box}, log: slog.New(slog.NewTextHandler(t.Output(), nil)), now: time.Now}
		through, behind, err := past.behind(t.Context())
		if behind || err != nil || through.IsZero() || sent < 10 {
			t.Errorf("behind since %s: %v, %v; %d mails were sent", through, behind, err, sent)
		}
		e.close()
	})
}

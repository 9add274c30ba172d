package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
	"daybreak/mailin/mime"
	"daybreak/mailin/proof"
)

// fortnight is a team that lives on its own for 14 days: the real loops on fake time, between mail servers on pipes and a
// database in a file. Whoever is asked answers now and then, in the manner of some mail client.
type fortnight struct {
	t       *testing.T
	server  *mailtest.Server
	store   *store.Store
	keys    token.Keys
	dir     string // of the database
	people  []team.Person
	clients []mailtest.Client
	from    time.Time     // what is said before is not checked
	to      time.Time     // nobody writes after it
	look    time.Duration // the longest between two looks at database and mailbox when nothing happens; 0: as usual
	happens []happening
	reply   func(sentMail)                      // lets a reader answer a prompt, or not
	away    func(now time.Time) bool            // whether the mailbox is out of reach; nil: never
	lives   func(address string) *time.Location // where they are now; nil: where daybreak thinks at the start
	into    func(word string) (folder string)   // in which the mail with the word lands; nil: in the inbox
	other   *mailtest.Server                    // of a second account, to which some replies go; nil: there is none
	came    func(folder string, uid uint32)     // hears of each mail that has landed; may be nil

	mu    sync.Mutex
	said  []saying
	sent  []sentMail
	write sync.WaitGroup
	put   int // mails delivered to the mailbox
}

// happening is what somebody does to the team at a time.
type happening struct {
	at time.Time
	do func(context.Context, *store.Store) error
}

// saying is what one person wrote once: a word that stands nowhere else.
type saying struct {
	word string
	who  string
	day  team.Date // that it is for
	at   time.Time
}

type sentMail struct {
	to   string
	kind team.MailKind
	day  team.Date
	at   time.Time
	text string
	raw  []byte // of a prompt, while it is answered
}

const fortnightAddress = "updates@example.com"

// TestAFortnightOfTheSampleTeam checks the ledger of 14 days across the start of daylight-saving time in America against a reading of
// the rules that shares no code with the engine.
func TestAFortnightOfTheSampleTeam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Fake time begins on 1 January 2000. America's clocks changed on Sunday 2 April 2000.
		from := time.Date(2000, 3, 27, 0, 0, 0, 0, time.UTC)
		f := &fortnight{t: t, clients: mailtest.Clients(), from: from, to: from.AddDate(0, 0, 14)}
		f.reply = f.nowAndThen
		f.live()
		f.check()
	})
}

func (f *fortnight) live() {
	t := f.t
	time.Sleep(time.Until(f.from))

	ctx, stop := context.WithCancel(t.Context())
	e := newEngine(t, mailtest.Options{Address: fortnightAddress, OnDelivery: f.delivered}, demoRoster(), f.look)
	e.box.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
		if f.away != nil && f.away(time.Now()) {
			return nil, errors.New("no route to the mailbox")
		}
		return e.server.DialIMAP(ctx)
	}
	f.server, f.store, f.dir, f.keys = e.server, e.store, e.dir, e.composer.Keys
	var err error
	f.people, err = f.store.People(ctx)
	must(t, err)
	loops := e.run(ctx)
	for _, h := range f.happens {
		loops.Go(func() {
			time.Sleep(time.Until(h.at))
			if err := h.do(ctx, f.store); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(time.Until(f.to.Add(48 * time.Hour))) // the last words reach everyone
	f.write.Wait()
	stop()
	loops.Wait()
	status, err := f.store.Status(t.Context(), time.Now(), 0)
	must(t, err)
	outcomes := 0
	for _, n := range status.Outcomes {
		outcomes += n
	}
	if outcomes != f.put {
		t.Errorf("%d mails came in, %d have an outcome: %v", f.put, outcomes, status.Outcomes)
	}
	if n := status.Outcomes[team.Stored]; n != len(f.said) {
		t.Errorf("%d things were said, %d stored", len(f.said), n)
	}
	must(t, f.store.Check(t.Context()))
	e.close()
}

// engine is a whole daemon between the mail servers of its address, on pipes, and a database in a file.
type engine struct {
	t         *testing.T
	server    *mailtest.Server
	store     *store.Store
	dir       string // of the database
	composer  *digest.Composer
	receiver  *mailin.Receiver
	box       *mailin.Mailbox
	scheduler *digest.Scheduler
	out       *outbox.Outbox
}

// memoryDir is a directory that is kept in memory where there is such a thing: a year has ten thousand commits, which a disk is waited for.
func memoryDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "daybreak")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// newEngine makes an engine of a roster. look is the longest between two looks at database and mailbox when nothing happens; 0: as usual.
func newEngine(t *testing.T, o mailtest.Options, roster team.Roster, look time.Duration) *engine {
	e := &engine{t: t, dir: memoryDir(t)}
	o.Password = "secret"
	var err error
	e.server, err = mailtest.Start(o)
	must(t, err)
	e.open(o, look)
	_, err = e.store.ApplyRoster(t.Context(), roster, false, time.Now())
	must(t, err)
	return e
}

func (e *engine) path() string { return filepath.Join(e.dir, "daybreak.db") }

// open opens the database and makes the loops that use it.
func (e *engine) open(o mailtest.Options, look time.Duration) {
	t := e.t
	secret := func(context.Context) (string, error) { return "secret", nil }
	var err error
	e.store, err = store.Open(t.Context(), store.Options{Path: e.path(), Exclusive: true})
	must(t, err)
	e.composer, err = newComposer(t.Context(), o.Address, "", e.store)
	must(t, err)

	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	toScheduler, toOutbox := make(chan struct{}, 1), make(chan struct{}, 1)
	e.receiver = &mailin.Receiver{Reader: mailin.Reader{Address: o.Address, Keys: e.composer.Keys, SentAs: map[string]string{}, Directory: e.store,
		Proof: &proof.Checker{Own: o.Address, AuthservID: mailtest.Authserv(o.Address)}}, Store: e.store, Log: log,
		Done: func(team.Mail) { kick(toScheduler) }}
	e.box = &mailin.Mailbox{Account: o.Address, Addr: "pipe", Security: mailin.Plain, Store: e.store, Receive: e.receiver.Receive, Log: log,
		PollEvery: look, IdleFor: look, Auth: mailin.Auth{User: o.Address, Password: secret},
		Dial: func(ctx context.Context, _ string) (net.Conn, error) { return e.server.DialIMAP(ctx) }}
	e.scheduler = &digest.Scheduler{Store: e.store, Compose: e.composer, Log: log, Kick: toScheduler, Longest: look,
		Made: func(team.MailKind, time.Duration) { kick(toOutbox) }}
	e.out = &outbox.Outbox{Store: e.store, Log: log, Kick: toOutbox, Longest: look, Pace: outbox.Pace{N: 10, Per: time.Second},
		Server: &outbox.Server{Addr: "pipe:25", Security: outbox.Plain, Auth: outbox.Auth{User: o.Address, Password: secret},
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return e.server.DialSMTP(ctx) }}}
}

// run starts the loops, which end with ctx.
func (e *engine) run(ctx context.Context) *sync.WaitGroup {
	var loops sync.WaitGroup
	for _, run := range []func(context.Context) error{e.box.Run, e.scheduler.Run, e.out.Run} {
		loops.Go(func() {
			if err := run(ctx); err != nil {
				e.t.Error(err)
			}
		})
	}
	return &loops
}

// close closes what the loops have used.
func (e *engine) close() {
	must(e.t, e.store.Close())
	must(e.t, e.server.Close())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func chance(parts ...any) int {
	h := fnv.New32a()
	fmt.Fprintln(h, parts...)
	return int(h.Sum32()>>4) % 100
}

// delivered notes a mail and lets its reader answer.
func (f *fortnight) delivered(d mailtest.Delivery) {
	m := mime.Read(d.Raw)
	t, err := f.keys.Verify(token.FromMessageID(fortnightAddress, m.MessageID), d.At)
	if err != nil {
		f.t.Errorf("a mail was sent without a token of ours: %q", m.Subject)
		return
	}
	s := sentMail{to: d.To, kind: mailin.MailKindOf(t.Kind), day: t.Day, at: d.At, text: m.Plain}
	f.mu.Lock()
	f.sent = append(f.sent, s)
	f.mu.Unlock()
	if s.kind == team.PromptMail && d.At.Before(f.to.Add(-12*time.Hour)) {
		s.raw = d.Raw
		f.reply(s)
	}
}

func (f *fortnight) nowAndThen(s sentMail) {
	switch c := chance(s.to, s.day); {
	case c < 15: // forgets
	case c < 30: // late in the evening
		f.answer(s, 1, 7*time.Hour)
	case c < 40: // twice
		f.answer(s, 1, 20*time.Minute)
		f.answer(s, 2, 50*time.Minute)
	case c < 50: // after everyone's digest of the next day
		f.answer(s, 1, 43*time.Hour)
	default:
		f.answer(s, 1, time.Duration(c)*time.Minute)
	}
}

func (f *fortnight) answer(s sentMail, n int, after time.Duration) {
	p := f.person(s.to)
	word := fmt.Sprintf("word%s%s%d", strings.ToLower(p.Name[:strings.Index(p.Name, " ")]), strings.ReplaceAll(s.day.String(), "-", ""), n)
	f.write.Go(func() {
		time.Sleep(after)
		loc, err := p.DigestRule().Location()
		if err != nil {
			f.t.Error(err)
			return
		}
		client := f.clients[chance("client", word)%len(f.clients)]
		if f.lives != nil {
			loc = f.lives(s.to)
		}
		now := time.Now().In(loc)
		raw, err := client.Reply(s.raw, mailtest.Identity{Name: p.Name, Address: p.Address()}, now, mailtest.Answer{Text: "Finished the piece called " + word + " today."})
		if err != nil {
			f.t.Error(err)
			return
		}
		f.mu.Lock()
		f.said = append(f.said, saying{word, p.Address(), s.day, now})
		f.put++
		f.mu.Unlock()
		server, folder := f.server, "INBOX"
		if f.into != nil {
			folder = f.into(word)
		}
		if f.other != nil && chance("account", word) < 40 {
			server = f.other
		}
		uid, err := server.DeliverTo(folder, mailtest.Transit(raw, now, recipient(raw)))
		if err != nil {
			f.t.Error(err)
		}
		if f.came != nil {
			f.came(folder, uid)
		}
	})
}

func (f *fortnight) person(address string) team.Person {
	i := slices.IndexFunc(f.people, func(p team.Person) bool { return p.Address() == address })
	if i < 0 {
		f.t.Fatalf("a mail went to %s, who is in no team", address)
	}
	return f.people[i]
}

// check compares what was sent with what the rules say, worked out day by day from the calendar.
func (f *fortnight) check() {
	t := f.t
	if len(f.said) < 30 || len(f.sent) < 100 {
		t.Fatalf("too little happened: %d things said, %d mails sent", len(f.said), len(f.sent))
	}
	for _, p := range f.people {
		loc, err := time.LoadLocation(p.DigestRule().Zone)
		must(t, err)
		for day := f.from.Add(24 * time.Hour); day.Before(f.to); day = day.Add(24 * time.Hour) {
			date := team.DateOf(day)
			works := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
			f.checkDay(p, date, loc, works)
		}
	}
	for _, s := range f.sent {
		loc, _ := time.LoadLocation(f.person(s.to).DigestRule().Zone)
		local := s.at.In(loc)
		if h := local.Hour(); h < 9 || h >= 17 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
			t.Errorf("%s got a %s at %s", s.to, s.kind, local.Format("Mon 2 Jan 15:04 MST"))
		}
	}
	for _, s := range f.said {
		for _, p := range f.people {
			var in []string
			for _, m := range f.sent {
				if m.to == p.Address() && m.kind == team.DigestMail && strings.Contains(m.text, s.word) {
					in = append(in, m.at.Format("2 Jan 15:04"))
				}
			}
			want := 1
			if p.Address() == s.who {
				want = 0
			}
			if len(in) != want {
				t.Errorf("%s, said by %s at %s, is in %d digests of %s (%v), want %d", s.word, s.who, s.at.Format("2 Jan 15:04 MST"), len(in), p.Address(), in, want)
			}
		}
	}
}

// checkDay checks what one person got on one day of theirs.
func (f *fortnight) checkDay(p team.Person, date team.Date, loc *time.Location, works bool) {
	t := f.t
	got := map[team.MailKind][]time.Time{}
	for _, s := range f.sent {
		if s.to == p.Address() && team.DateOf(s.at.In(loc)) == date {
			got[s.kind] = append(got[s.kind], s.at.In(loc))
		}
	}
	at := func(kind team.MailKind, hour, most int) {
		if n := len(got[kind]); n > most {
			t.Errorf("%s got %d of kind %s on %s", p.Address(), n, kind, date)
		}
		for _, when := range got[kind] {
			wall := time.Date(date.Year, date.Month, date.Day, hour, 0, 0, 0, loc)
			if late := when.Sub(wall); late < 0 || late > 5*time.Second {
				t.Errorf("%s got a %s at %s, want %02d:00", p.Address(), kind, when.Format("Mon 2 Jan 15:04:05 MST"), hour)
			}
		}
	}
	if !works {
		if len(got) > 0 {
			t.Errorf("%s got mail on %s, which is no working day: %v", p.Address(), date, got)
		}
		return
	}
	at(team.PromptMail, 16, 1)
	at(team.DigestMail, 9, 1)
	at(team.ReminderMail, 9, 1)
	if len(got[team.PromptMail]) != 1 {
		t.Errorf("%s was not asked on %s", p.Address(), date)
	}
	before := date.Add(-1)
	for before.Weekday() == time.Saturday || before.Weekday() == time.Sunday {
		before = before.Add(-1)
	}
	morning := time.Date(date.Year, date.Month, date.Day, 9, 0, 0, 0, loc)
	answered := slices.ContainsFunc(f.said, func(s saying) bool {
		return s.who == p.Address() && s.day == before && s.at.Before(morning)
	})
	asked := slices.ContainsFunc(f.sent, func(s sentMail) bool {
		return s.to == p.Address() && s.kind == team.PromptMail && s.day == before
	})
	if want := asked && !answered; want != (len(got[team.ReminderMail]) == 1) {
		t.Errorf("%s on %s: reminded %v, want %v", p.Address(), date, len(got[team.ReminderMail]) == 1, want)
	}
}

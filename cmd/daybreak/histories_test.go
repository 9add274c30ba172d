package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
)

// history is what happens to a team or two within some days.
type history struct {
	start  string // UTC
	teams  []rules
	people []person
	steps  []step
}

type person struct {
	own   rules
	teams []int
}

// step is one thing that happens, some time after the one before.
type step struct {
	after time.Duration
	next  bool   // not after that time alone, but that long after the next thing is due; the engine has not looked yet
	do    string // see livedWorld.do
	who   int
	team  int
	n     int
	rules rules
}

// whoWaits in place of a person is the one who was next when the engine was last about to act.
const whoWaits = 100

// tester is what a test of one history needs: *testing.T and *rapid.T have it.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// bureau is a database that one history after the other is lived in.
type bureau struct {
	path     string
	store    *store.Store
	raw      *sql.DB
	keys     token.Keys
	composer *digest.Composer
	wipe     []string
}

func openBureau(t *testing.T) *bureau {
	b := &bureau{path: filepath.Join(memoryDir(t), "daybreak.db")}
	b.open(t)
	var err error
	b.raw, err = sql.Open("sqlite3", b.path+"?_busy_timeout=5000&_txlock=immediate")
	must(t, err)
	b.raw.SetMaxOpenConns(1)
	t.Cleanup(func() {
		must(t, b.raw.Close())
		must(t, b.store.Close())
	})
	rows, err := b.raw.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('goose_db_version', 'reply_key')`)
	must(t, err)
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		b.wipe = append(b.wipe, `DELETE FROM "`+name+`"`)
	}
	must(t, rows.Err())
	b.keys, err = b.store.Keys(t.Context())
	must(t, err)
	b.composer, err = newComposer(t.Context(), fortnightAddress, "", b.store)
	must(t, err)
	return b
}

func (b *bureau) open(t testing.TB) {
	s, err := store.Open(context.Background(), store.Options{Path: b.path, Public: knownDays{}})
	must(t, err)
	b.store = s
}

// knownDays are the public holidays of the ledger's regions.
type knownDays struct{}

func (knownDays) On(region string, d team.Date) (string, bool) {
	return "Feast", slices.Contains(publicDays[region], d.String())
}

// livedWorld is one history being lived: the scheduler and the outbox over a database, a clock set by hand, and a ledger.
type livedWorld struct {
	t      tester
	b      *bureau
	reopen func()
	l      *ledger
	smtp   postOffice
	now    int64
	held   bool // the server is out of order

	waiting int // whose slot was next

	scheduler *digest.Scheduler
	out       *outbox.Outbox
	ids       []int64 // of the people, 0 for who was in no team yet
	teamIDs   []int64
	checkins  []int64
	uid       uint32
	said      map[string][]*word // by writer, team and day
}

// live lives a history, and then until everybody has had everything.
func (b *bureau) live(t tester, reopen func(), h history) *livedWorld {
	for _, wipe := range b.wipe {
		if _, err := b.raw.Exec(wipe); err != nil {
			t.Fatalf("%v", err)
		}
	}
	w := &livedWorld{t: t, b: b, reopen: reopen, l: newLedger(), now: mustTime("2006-01-02 15:04", h.start).Unix(), said: map[string][]*word{},
		ids: make([]int64, len(h.people)), teamIDs: make([]int64, len(h.teams)), checkins: make([]int64, len(h.teams))}
	w.smtp = postOffice{mode: smtpUp, take: w.took}
	for _, r := range h.teams {
		w.l.teams = append(w.l.teams, &groupOf{rules: r, off: map[int]bool{}})
	}
	for i, p := range h.people {
		name := []string{"Ann", "Ben", "Cleo", "Dan", "Eve"}[i]
		w.l.people = append(w.l.people, &someone{name: name, own: p.own, teams: slices.Sorted(slices.Values(p.teams)), off: map[int]bool{}})
	}
	w.start()
	w.apply()
	for who := range w.l.people {
		w.l.changed(who, w.now)
	}
	w.l.calm(w.now)
	w.l.shown = w.now
	for i, s := range h.steps {
		if s.next {
			w.toNext()
		}
		w.advance(int64(s.after / time.Second))
		w.do(s)
		if wrong := w.l.due(w.now); wrong != "" {
			w.t.Fatalf("step %d: %s", i, wrong)
		}
	}
	w.end()
	return w
}

// end puts everything in order and lets quiet days pass.
func (w *livedWorld) end() {
	w.mode(smtpUp)
	for who, p := range w.l.people {
		if p.paused {
			w.pause(who, false)
		}
		w.back(who) // from a leave that they are on …
		w.back(who) // … and from those to come
	}
	for range 12 {
		w.advance(dayLength)
		if w.l.missing(w.now) == "" {
			break
		}
	}
	if missing := w.l.missing(w.now); missing != "" {
		w.t.Fatalf("at the end, %s: %s", clockText(w.now), missing)
	}
}

func (w *livedWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

// start starts the daemon, as serve does.
func (w *livedWorld) start() {
	s := w.b.store
	quiet := slog.New(slog.DiscardHandler)
	w.scheduler = &digest.Scheduler{Store: s, Compose: w.b.composer, Log: quiet}
	w.out = &outbox.Outbox{Store: s, Log: quiet, Server: &outbox.Server{Addr: "here:25", Security: outbox.Plain, Dial: w.smtp.dial}, Welcome: welcome(s)}
	_, err := s.RecoverOutgoing(context.Background(), time.Unix(w.now, 0))
	w.must(err)
}

// look does what the daemon's loops do when they look at the database.
func (w *livedWorld) look() {
	defer func() {
		if died := recover(); died != nil {
			if _, crash := died.(processDied); !crash {
				panic(died)
			}
			w.restart()
			w.look()
		}
	}()
	now := time.Unix(w.now, 0).UTC()
	_, err := w.scheduler.Tick(context.Background(), now)
	w.must(err)
	_, err = w.out.Drain(context.Background(), now)
	w.held = err != nil
	if server := (*outbox.Error)(nil); w.held && !errors.As(err, &server) {
		w.must(err)
	}
}

// nextLook is when the daemon would look again.
func (w *livedWorld) nextLook() int64 {
	next := w.now + dayLength
	slot, ok, err := w.b.store.NextSlot(context.Background())
	w.must(err)
	if ok {
		next = min(next, (slot.UnixMilli()+999)/1000)
	}
	mail, ok, err := w.b.store.NextOutgoing(context.Background())
	w.must(err)
	if ok {
		at := (mail.UnixMilli() + 999) / 1000
		if w.held {
			at = max(at, w.now+5*60)
		}
		next = min(next, at)
	}
	return max(next, w.now+1)
}

// toNext goes to the next thing that is due, which does not happen yet.
func (w *livedWorld) toNext() {
	w.look()
	var member int64
	if err := w.b.raw.QueryRow(`SELECT member_id FROM slot ORDER BY due_at, member_id LIMIT 1`).Scan(&member); err == nil {
		w.waiting = slices.Index(w.ids, member)
	}
	w.to(w.nextLook())
}

// advance lets time pass for a daemon that runs.
func (w *livedWorld) advance(seconds int64) {
	for target := w.now + seconds; w.now < target; {
		w.look()
		w.to(min(target, w.nextLook()))
	}
}

// to moves all clocks forward.
func (w *livedWorld) to(at int64) {
	w.l.pass(w.now, at)
	w.now = at
	if wrong := w.l.due(w.now); wrong != "" {
		w.t.Fatalf("%s", wrong)
	}
}

// restart ends the daemon as a crash does and starts it again.
func (w *livedWorld) restart() {
	w.must(w.b.store.Close())
	w.reopen()
	w.start()
}

func (w *livedWorld) do(s step) {
	who, in := s.who%len(w.l.people), s.team%len(w.l.teams)
	if s.who == whoWaits {
		who = w.waiting
	}
	p := w.l.people[who]
	switch s.do {
	case "": // time passes
	case "say", "correct":
		w.say(who, in, s.n, s.do == "correct")
	case "join", "leave":
		w.l.changed(who, w.now)
		if i := slices.Index(p.teams, in); i >= 0 && s.do == "leave" {
			p.teams = slices.Delete(p.teams, i, i+1)
			for _, word := range w.l.words {
				if word.team == in {
					delete(word.readers, who)
				}
			}
		} else if i < 0 && s.do == "join" {
			p.teams = append(p.teams, in)
			w.l.joins(who, in)
		}
		w.apply()
		w.l.changed(who, w.now)
	case "rule":
		p.own = s.rules
		w.apply()
		w.l.changed(who, w.now)
	case "team rule":
		w.l.teams[in].rules = s.rules
		w.apply()
		w.l.teamChanged(in, w.now)
	case "day off":
		day := int(w.now/dayLength) + s.n
		w.l.teams[in].off[day] = true
		w.apply()
		w.l.teamChanged(in, w.now)
	case "away":
		w.away(who, s.team%4-1, s.n)
	case "back":
		w.back(who)
	case "pause":
		w.pause(who, true)
	case "resume":
		w.pause(who, false)
	case "clock":
		w.l.trouble(w.l.refusing)
		if to := w.now + int64(s.n); to > w.now {
			w.l.pass(w.now, to)
		}
		w.now += int64(s.n)
		for who := range w.l.people { // what is open again although it had not been
			w.l.mayHaveHad(who, w.now)
		}
		w.settle()
	case "sleep": // the machine
		w.l.trouble(w.l.refusing)
		w.to(w.now + int64(s.n))
		w.settle()
	case "restart":
		w.l.trouble(w.l.refusing)
		w.restart()
		w.settle()
	case "crash claimed", "crash dot":
		w.l.trouble(w.l.refusing)
		_, w.smtp.crash, _ = strings.Cut(s.do, " ")
	case "smtp":
		w.mode([]string{smtpUp, smtpRefused, smtpBusy, smtpReject, smtpLost}[s.n%5])
	default:
		w.t.Fatalf("a history knows no %q", s.do)
	}
}

// settle notes that all is in order again, if it is.
func (w *livedWorld) settle() {
	if w.smtp.mode == smtpUp {
		w.l.calm(w.now)
	}
}

func (w *livedWorld) mode(mode string) {
	w.smtp.mode, w.smtp.crash = mode, ""
	if mode == smtpUp {
		w.l.calm(w.now)
	} else {
		w.l.trouble(mode == smtpReject)
	}
}

// today is a person's date.
func (w *livedWorld) today(who int) int {
	in := 0
	if teams := w.l.people[who].teams; len(teams) > 0 {
		in = teams[0]
	}
	day, _ := wall(zoneOf(w.l.rule(who, in).zone), w.now)
	return day
}

// away notes a leave that begins some days from now. Of 0 days the end is not known.
func (w *livedWorld) away(who, from, days int) {
	if w.ids[who] == 0 {
		return
	}
	first := w.today(who) + from
	span := team.Span{From: team.DateFromNumber(first)}
	last := first + 400
	if days > 0 {
		last = first + days - 1
		span.Through = team.DateFromNumber(last)
	}
	w.must(w.b.store.SetAway(context.Background(), w.ids[who], span, time.Unix(w.now, 0)))
	for day := first; day <= last; day++ {
		w.l.people[who].off[day] = true
	}
	w.l.changed(who, w.now)
}

// back ends the leave that someone is on, or calls off those to come.
func (w *livedWorld) back(who int) {
	if w.ids[who] == 0 {
		return
	}
	today, off := w.today(who), w.l.people[who].off
	_, _, err := w.b.store.EndAway(context.Background(), w.ids[who], team.DateFromNumber(today), time.Unix(w.now, 0))
	w.must(err)
	if off[today] {
		for day := today; off[day]; day++ {
			delete(off, day)
		}
	} else {
		for day := range off {
			if day > today {
				delete(off, day)
			}
		}
	}
	w.l.changed(who, w.now)
}

func (w *livedWorld) pause(who int, paused bool) {
	if w.ids[who] == 0 {
		return
	}
	w.must(w.b.store.SetPaused(context.Background(), w.ids[who], paused, time.Unix(w.now, 0)))
	w.l.people[who].paused = paused
	w.l.changed(who, w.now)
}

// say stores an update, as for a mail that has just come.
func (w *livedWorld) say(who, in, days int, replace bool) {
	if !slices.Contains(w.l.people[who].teams, in) {
		return
	}
	day := w.today(who) - days
	w.uid++
	text := fmt.Sprintf("word%d", w.uid)
	update := team.NewUpdate{MemberID: w.ids[who], TeamID: w.teamIDs[in], CheckInID: w.checkins[in], Day: team.DateFromNumber(day), Replace: replace,
		Items: []team.NewItem{{Kind: team.Done, Question: -1, Text: text + "."}}}
	now := time.Unix(w.now, 0)
	w.must(w.b.store.Accept(context.Background(), team.Cursor{Account: "a", Validity: 1, LastUID: w.uid},
		[]team.Mail{{UID: w.uid, Outcome: team.Stored, MemberID: w.ids[who], ReceivedAt: now, Update: &update}}, now))
	key := fmt.Sprint(who, in, day)
	w.said[key] = append(w.said[key], w.l.said(text, who, in, day, replace, w.said[key], w.now))
}

// apply has the teams as the ledger has them.
func (w *livedWorld) apply() {
	var roster team.Roster
	for in, g := range w.l.teams {
		t := team.RosterTeam{Team: team.Team{Slug: fmt.Sprint("team", in), Name: fmt.Sprint("Team ", in), Defaults: ruleOf(w.t, g.rules),
			CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}}}
		for day := range g.off {
			t.Team.DaysOff.Own = append(t.Team.DaysOff.Own, team.Holiday{Date: team.DateFromNumber(day), Name: "Outing"})
		}
		for _, p := range w.l.people {
			if slices.Contains(p.teams, in) {
				t.Members = append(t.Members, team.RosterMember{Member: team.Member{Name: p.name, Addresses: []string{p.address()}, Rule: ruleOf(w.t, p.own)}})
			}
		}
		roster.Teams = append(roster.Teams, t)
	}
	_, err := w.b.store.ApplyRoster(context.Background(), roster, false, time.Unix(w.now, 0))
	w.must(err)
	people, err := w.b.store.People(context.Background())
	w.must(err)
	for who, p := range w.l.people {
		for _, have := range people {
			if have.Address() != p.address() {
				continue
			}
			w.ids[who] = have.ID
			for i, in := range p.teams {
				w.teamIDs[in], w.checkins[in] = have.Teams[i].Team.ID, have.Teams[i].Team.CheckIns[0].ID
			}
		}
	}
}

func (p *someone) address() string { return strings.ToLower(p.name) + "@example.com" }

// ruleOf is how the engine reads what a team file states.
func ruleOf(t tester, r rules) (rule team.Rule) {
	read := func(err error) {
		if err != nil {
			t.Fatalf("%v", err)
		}
	}
	var err error
	rule.Zone, rule.Holidays, rule.Digests, rule.Rollup = r.zone, r.holidays, team.Digests(r.digests), team.Rollup(r.rollup)
	if r.days != "" {
		rule.Days, err = team.ParseWorkdays(r.days)
		read(err)
	}
	if r.hours != "" {
		rule.Hours, err = team.ParseWorkHours(r.hours)
		read(err)
	}
	if r.prompt != "" {
		rule.Prompt, err = team.ParseClock(r.prompt)
		read(err)
		rule.PromptSet = true
	}
	if r.digest != "" {
		rule.Digest, err = team.ParseClock(r.digest)
		read(err)
		rule.DigestSet = true
	}
	return rule
}

// saidWord is what people say.
var saidWord = regexp.MustCompile(`\bword\d+\b`)

// took is told of each mail that the server has taken.
func (w *livedWorld) took(raw []byte, answered bool) {
	id := strings.Trim(headerOf(raw, "Message-ID"), "<>")
	tok, err := w.b.keys.Verify(token.FromMessageID(fortnightAddress, id), time.Unix(w.now, 0))
	w.must(err)
	m := arrived{kind: string(mailin.MailKindOf(tok.Kind)), day: tok.Day.Number(), team: slices.Index(w.checkins, tok.ID), id: id, at: w.now,
		answered: answered}
	m.who = slices.IndexFunc(w.l.people, func(p *someone) bool { return strings.Contains(headerOf(raw, "To"), p.address()) })
	if m.who < 0 || w.ids[m.who] != tok.Member {
		w.t.Fatalf("a mail for member %d went to %q", tok.Member, headerOf(raw, "To"))
	}
	if m.kind == string(team.DigestMail) || m.kind == string(team.WeeklyMail) || m.kind == string(team.NoticeMail) {
		m.words = saidWord.FindAllString(plainOf(raw), -1)
	}
	if wrong := w.l.arrive(m); wrong != "" {
		w.t.Fatalf("%s", wrong)
	}
}

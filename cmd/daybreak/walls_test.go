package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/proof"
)

// walled is a world of some teams, some of whose members are in several, and of strangers, in which anybody writes anything. The real
// receiver, scheduler, composer and outbox run in it over the real database. Each text has a word of its own, by which a ledger that shares
// no code with them knows in each mail sent whose text it is, and who may read it.
type walled struct {
	t        *rapid.T
	b        *bureau
	clients  []mailtest.Client
	trusts   bool // anybody's From
	now      time.Time
	receiver *mailin.Receiver
	schedule *digest.Scheduler
	out      *outbox.Outbox
	smtp     postOffice
	uid      uint32
	words    int

	people []*resident
	texts  map[string]*said
	post   []posted        // all that was sent
	asked  map[string]int  // invitations sent, by address
	robots map[string]bool // Message-IDs of what machines wrote
	count  map[string]int
	story  []string
}

// resident is a person as the ledger knows them.
type resident struct {
	name    string
	own     []string        // their addresses by the roster, the main one first
	more    map[string]bool // addresses that they, or somebody in their name, may have had added
	filed   map[int]bool    // the teams that the team file has them in
	teams   map[int]bool    // those that they are in
	since   map[int]int     // by team: how many texts were written before they came into it
	added   map[int]bool    // teams into which a lead may have brought them
	offered map[int]bool    // and those to which one may have invited them
	known   int             // how many of their own addresses are known: one, if a lead has named it, and all by the team file
	leads   bool
	rule    team.Rule
}

// said is a text that somebody wrote.
type said struct {
	teams   map[int]bool       // whose members may read it
	counted int                // how many texts there were when it came to be so
	brings  *resident          // whom it brings into teams, if it is a lead's
	invites bool               // only if they say yes
	readers map[*resident]bool // and who else
	quoters map[*resident]bool // who may have quoted it to us, and so may find it in the answer
	held    *letterIn          // who wrote it is not sure: it may become its member's
	asked   *resident
}

func newSaid() *said {
	return &said{teams: map[int]bool{}, readers: map[*resident]bool{}, quoters: map[*resident]bool{}}
}

// posted is a mail that daybreak sent.
type posted struct {
	to      *resident
	raw     []byte
	id      string
	subject string
	reply   string // the address for replies
	team    int    // that it is of, -1 for none
	confirm bool
	words   []string
}

// letterIn is a mail to daybreak as the ledger sees it.
type letterIn struct {
	word    string
	from    string  // the address in From
	answers *posted // by its reply address, or by what it refers to
	subject *posted // the prompt whose subject it answers
	slug    int     // the team that its address names, -1 for none
}

const (
	wallTeams  = 3
	wallPeople = 5
	wallServer = "mx.example.com"
)

var (
	wallZones  = []string{"UTC", "Asia/Tokyo", "America/New_York"}
	wallOrders = []string{"pause", "resume", "resume", "help", "settings", "undo", "tz Tokyo", "off friday", "back", "receipts always", "unsubscribe",
		"hours 9-17", "pasue", "digest 08:30", "nothing", "same", "off until 3 March", "off", "alias", "digest now", "digest since yesterday",
		"digest since last week", "digest full", "decisions", "weekly", "daily", "list"}
	leadOrders = []string{"add", "invite", "remove"}
	strangers  = []string{"eve@outside.example", "ann@examp1e.com", "ann@example.com.evil.example", "updates@other.example", "noreply@shop.example"}
)

// TestNoTextLeavesItsTeam holds each mail sent in random histories of several teams against the ledger: no text reaches a person outside
// its team, nothing goes to an address that is not a member's, and nothing that a machine wrote is answered. It is a drill as well: without
// -rapid.checks it is a few histories, the same each time.
func TestNoTextLeavesItsTeam(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		seed := flag.Lookup("rapid.seed")
		must(t, errors.Join(checks.Value.Set("25"), seed.Value.Set("1")))
		defer func() { must(t, errors.Join(checks.Value.Set(checks.DefValue), seed.Value.Set(seed.DefValue))) }()
	}
	b := openBureau(t)
	began, n, total := time.Now(), 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWalled(rt, b)
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			w.step()
		}
		w.pass(72 * time.Hour)
		w.end()
		n++
		for what, count := range w.count {
			total[what] += count
		}
	})
	t.Logf("%d histories, %.0f a second: %v", n, float64(n)/time.Since(began).Seconds(), total)
	for _, what := range []string{"shown", "stored", "held", "auto-reply", "bounce", "command", "refused", "asked whose", "came in", "invited"} {
		if n >= 100 && total[what] < n/50 {
			t.Errorf("too little happened: %s %d times in %d histories", what, total[what], n)
		}
	}
}

func newWalled(t *rapid.T, b *bureau) *walled {
	w := &walled{t: t, b: b, clients: mailtest.Clients(), now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), texts: map[string]*said{},
		robots: map[string]bool{}, asked: map[string]int{}, count: map[string]int{}}
	for _, wipe := range b.wipe {
		_, err := b.raw.Exec(wipe)
		w.must(err)
	}
	w.smtp = postOffice{mode: smtpUp, take: w.took}
	for i, name := range []string{"Ann", "Ben", "Cleo", "Dan", "Eve", "Nina", "Otto"} {
		p := &resident{name: name + " Person", more: map[string]bool{}, filed: map[int]bool{}, teams: map[int]bool{}, since: map[int]int{},
			added: map[int]bool{}, offered: map[int]bool{}, leads: i < wallPeople && w.chance("lead", 2)}
		p.own = []string{strings.ToLower(name) + "@example.com", strings.ToLower(name) + "@home.example"}
		for in := range wallTeams {
			if i < wallPeople && w.chance("in the team", 2) {
				p.filed[in] = true
			}
		}
		p.rule.Zone = rapid.SampledFrom(wallZones).Draw(t, "zone")
		if w.chance("receipts", 2) {
			p.rule.Receipts = team.ReceiptsAlways
		}
		w.people = append(w.people, p)
	}
	checks := rapid.SampledFrom([]team.SenderCheck{"", "", team.SendersOff, team.SendersRequire}).Draw(t, "senders")
	w.trusts = checks == team.SendersOff
	w.apply(checks)
	quiet := slog.New(slog.DiscardHandler)
	composer, err := newComposer(context.Background(), fortnightAddress, "", b.store)
	w.must(err)
	composer.VERP = w.chance("verp", 2)
	w.receiver = &mailin.Receiver{Reader: mailin.Reader{Address: fortnightAddress, Keys: b.keys, Directory: b.store,
		Proof: &proof.Checker{Own: fortnightAddress, AuthservID: wallServer}}, Store: b.store, Log: quiet, Now: func() time.Time { return w.now },
		Done: func(m team.Mail) { w.count[string(m.Outcome)]++; w.tell("  %s: %s", m.Outcome, m.Reason) }}
	w.schedule = &digest.Scheduler{Store: b.store, Compose: composer, Log: quiet}
	w.out = &outbox.Outbox{Store: b.store, Log: quiet, Server: &outbox.Server{Addr: "here:25", Security: outbox.Plain, Dial: w.smtp.dial}, Welcome: welcome(b.store)}
	return w
}

func (w *walled) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

// chance is true once in n times.
func (w *walled) chance(what string, n int) bool { return rapid.IntRange(1, n).Draw(w.t, what) == n }

// someone is mostly a person of the team file.
func (w *walled) someone() *resident {
	if w.chance("a newcomer", 8) {
		return w.newcomer()
	}
	return w.people[rapid.IntRange(0, wallPeople-1).Draw(w.t, "who")]
}

// newcomer is one of those of whom the team file knows nothing at first.
func (w *walled) newcomer() *resident {
	return w.people[rapid.IntRange(wallPeople, len(w.people)-1).Draw(w.t, "who")]
}

// apply has the teams as the ledger has them.
func (w *walled) apply(checks team.SenderCheck) {
	var roster team.Roster
	for in := range wallTeams {
		t := team.RosterTeam{Team: team.Team{Slug: fmt.Sprint("team", in), Name: fmt.Sprint("Team ", in), SenderCheck: checks,
			CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}}}
		for _, p := range w.people {
			if p.filed[in] {
				p.known = len(p.own)
				t.Members = append(t.Members, team.RosterMember{Member: team.Member{Name: p.name, Addresses: p.own, Rule: p.rule}, Lead: p.leads})
			}
		}
		roster.Teams = append(roster.Teams, t)
	}
	_, err := w.b.store.ApplyRoster(context.Background(), roster, false, w.now)
	w.must(err)
	w.sync()
}

// sync looks who is in which team. Nobody may be who neither the team file nor a lead has brought there.
func (w *walled) sync() {
	people, err := w.b.store.People(context.Background())
	w.must(err)
	for _, p := range w.people {
		are := map[int]bool{}
		i := slices.IndexFunc(people, func(have team.Person) bool { return have.Address() == p.own[0] })
		for in := range wallTeams {
			if i < 0 || !slices.ContainsFunc(people[i].Teams, func(m team.Membership) bool { return m.Team.Slug == fmt.Sprint("team", in) }) {
				continue
			}
			are[in], p.known = true, max(p.known, 1)
			if !p.filed[in] && !p.added[in] {
				w.t.Fatalf("%s has come into team %d\n%s", p.name, in, strings.Join(w.story, "\n"))
			}
			if !p.teams[in] {
				p.since[in] = w.words
				if !p.filed[in] {
					w.count["came in"]++
				}
			}
		}
		p.teams = are
	}
}

// step is one thing that happens.
func (w *walled) step() {
	switch rapid.SampledFrom([]string{"write", "write", "write", "write", "write", "order", "order", "lead", "lead", "machine", "machine", "pass", "pass", "pass", "join",
		"leave", "pause", "settle", "settle"}).Draw(w.t, "step") {
	case "write":
		w.write()
	case "order":
		w.order(wallOrders)
	case "lead":
		w.order(leadOrders)
	case "machine":
		w.machine()
	case "pass":
		w.pass(time.Duration(rapid.IntRange(1, 30).Draw(w.t, "hours")) * time.Hour)
	case "join":
		w.someone().filed[rapid.IntRange(0, wallTeams-1).Draw(w.t, "team")] = true
		w.reapply()
	case "leave":
		delete(w.someone().filed, rapid.IntRange(0, wallTeams-1).Draw(w.t, "team"))
		w.reapply()
	case "pause":
		p, ok, err := w.b.store.PersonByAddress(context.Background(), w.someone().own[0])
		w.must(err)
		if ok {
			w.must(w.b.store.SetPaused(context.Background(), p.ID, w.chance("paused", 2), w.now))
		}
	case "settle":
		w.settle()
	}
}

func (w *walled) reapply() {
	roster, err := w.b.store.Roster(context.Background())
	w.must(err)
	w.apply(roster.Teams[0].Team.SenderCheck)
}

// pass lets time go by for a daemon that runs.
func (w *walled) pass(d time.Duration) {
	for target := w.now.Add(d); ; {
		w.look()
		next := target
		for _, due := range []func(context.Context) (time.Time, bool, error){w.b.store.NextSlot, w.b.store.NextOutgoing} {
			at, ok, err := due(context.Background())
			w.must(err)
			if ok && at.Before(next) {
				next = at
			}
		}
		if !next.After(w.now) {
			next = w.now.Add(time.Second)
		}
		if !w.now.Before(target) {
			return
		}
		w.now = next
	}
}

func (w *walled) look() {
	_, err := w.schedule.Tick(context.Background(), w.now)
	w.must(err)
	_, err = w.out.Drain(context.Background(), w.now)
	w.must(err)
}

// word is a word that stands nowhere else.
func (w *walled) word(s *said) string {
	w.words++
	word := fmt.Sprintf("qz%dk", w.words)
	w.texts[word] = s
	return word
}

var wallWord = regexp.MustCompile(`qz\d+k`)

// write lets somebody say something, in answer to a mail of theirs or of somebody else's, or to none.
func (w *walled) write() {
	text := newSaid()
	l := &letterIn{word: w.word(text), slug: -1}
	about := w.word(newSaid())
	words := rapid.SampledFrom([]string{"Closed the ticket about %s today.", "- Moved %s\n- then had lunch", "Next: look at %s again.", "correction: it was %s.",
		"Done: %s\nNext: more of it\nBlocked: nothing", "1 done, and %s besides", "What a day\n\n%s was the least of it.\n\nBut it went well."}).Draw(w.t, "words")
	answer := mailtest.Answer{Text: fmt.Sprintf(words, l.word), NoQuote: w.chance("without a quote", 4)}
	client := rapid.SampledFrom(w.clients).Draw(w.t, "client")
	writer := w.someone()
	from := mailtest.Identity{Name: writer.name, Address: rapid.SampledFrom(writer.own).Draw(w.t, "from")}
	switch rapid.IntRange(0, 7).Draw(w.t, "really") {
	case 0:
		from.Address = rapid.SampledFrom(strangers).Draw(w.t, "stranger")
	case 1:
		from.Name = w.someone().own[0]
		from.Address = strangers[0]
	case 2:
		for addr := range maps.Keys(writer.more) {
			from.Address = addr
		}
	}
	l.from = from.Address
	var raw []byte
	var err error
	if p := w.pick(writer); p != nil && !w.chance("a mail of its own", 3) {
		l.answers = p
		client.IgnoresReplyTo = client.IgnoresReplyTo || w.chance("to From", 4)
		raw, err = client.Reply(p.raw, from, w.now, answer)
		w.must(err)
		switch rapid.IntRange(0, 6).Draw(w.t, "odd") {
		case 0:
			l.slug = rapid.IntRange(0, wallTeams-1).Draw(w.t, "slug")
			raw = withField(raw, "To", fmt.Sprintf("updates+team%d@example.com", l.slug))
		case 1: // a client that threads nothing
			raw = withField(withField(withField(raw, "To", fortnightAddress), "In-Reply-To", ""), "References", "")
			l.answers, l.subject = nil, p
		case 2: // forwarded to somebody who answers
			raw = withField(raw, "Subject", "Fwd: "+p.subject)
		}
	} else {
		to := fortnightAddress
		if w.chance("to a team", 2) {
			l.slug = rapid.IntRange(0, wallTeams-1).Draw(w.t, "slug")
			to = fmt.Sprintf("updates+team%d@example.com", l.slug)
		}
		raw = client.Compose(from, to, "About "+about, answer.Text, w.now)
	}
	if w.chance("two authors", 12) {
		raw = append([]byte("From: "+w.someone().own[0]+"\r\n"), raw...)
		l.from = ""
	}
	server := rapid.SampledFrom([]string{"pass", "pass", "pass", "none", "fail"}).Draw(w.t, "server says")
	w.account(text, raw, l, server)
	w.texts[messageIDOf(w.t, raw)] = text
	w.tell("%s <%s> (teams %v) writes %s to %s, answers %+v, %+v; server says %s: teams %v", writer.name, l.from, writer.teams, l.word, recipient(raw), l.answers, l, server, text.teams)
	w.deliver(raw, server, from.Address)
}

func (w *walled) tell(format string, args ...any) {
	w.story = append(w.story, w.now.Format("2 Jan 15:04 ")+fmt.Sprintf(format, args...))
}

func (p *posted) String() string {
	if p == nil {
		return "nothing"
	}
	return fmt.Sprintf("%q to %s", p.subject, p.to.name)
}

func (p *resident) String() string { return p.name }

// pick is a mail of ours that somebody may have at hand: mostly one of their own.
func (w *walled) pick(p *resident) *posted {
	var list []*posted
	others := w.chance("a mail of somebody else", 4)
	for i := range w.post {
		if others || w.post[i].to == p {
			list = append(list, &w.post[i])
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[max(0, len(list)-1-rapid.IntRange(0, 9).Draw(w.t, "how old"))]
}

// owners are whose an address may be.
func (w *walled) owners(addr string) (list []*resident) {
	for _, p := range w.people {
		if addr != "" && (slices.Contains(p.own[:p.known], addr) || p.more[addr]) {
			list = append(list, p)
		}
	}
	return list
}

// filed tells whether an address is somebody's for sure: by the roster.
func (w *walled) filed(addr string) bool {
	return slices.ContainsFunc(w.people, func(p *resident) bool { return slices.Contains(p.own[:p.known], addr) })
}

// account notes who may read a text. The subject of a mail stands in the answer to it, whoever wrote that first.
func (w *walled) account(text *said, raw []byte, l *letterIn, server string) {
	tells := func(p *resident) {
		text.readers[p] = true
		for _, quoted := range []*posted{l.answers, l.subject} {
			if quoted != nil {
				for _, word := range quoted.words {
					w.texts[word].quoters[p] = true
				}
			}
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		w.must(err)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		w.must(err)
		for _, word := range wallWord.FindAllString(subject, -1) {
			w.texts[word].readers[p] = true
		}
	}
	for _, p := range w.owners(l.from) {
		tells(p)
		if server == "fail" && !w.trusts {
			text.held, text.asked = l, p
		} else {
			w.admit(text, l, p)
		}
	}
	if l.answers != nil && l.from != "" && !w.filed(l.from) {
		text.held, text.asked = l, l.answers.to
		tells(l.answers.to)
	}
	if l.answers == nil || server != "pass" { // it may be asked about as well, if nothing shows who wrote it
		text.held = l
	}
}

// admit lets those read a text whom it is for if it is the person's.
func (w *walled) admit(text *said, l *letterIn, p *resident) {
	text.readers[p] = true
	text.counted = w.words
	if text.brings != nil && p.leads && text.invites {
		maps.Copy(text.brings.offered, p.teams)
	} else if text.brings != nil && p.leads {
		maps.Copy(text.brings.added, p.teams)
	}
	switch {
	case l.answers != nil && l.answers.to != p: // another's reply address
	case l.answers != nil && l.answers.team >= 0:
		text.teams[l.answers.team] = p.teams[l.answers.team] || text.teams[l.answers.team]
	case l.subject != nil && l.subject.to == p && l.subject.team >= 0 && p.teams[l.subject.team]:
		text.teams[l.subject.team] = true
	case l.slug >= 0 && p.teams[l.slug]:
		text.teams[l.slug] = true
	case len(p.teams) == 1:
		for in := range p.teams {
			text.teams[in] = true
		}
	}
}

// deliver puts a mail into the mailbox and lets daybreak read it.
func (w *walled) deliver(raw []byte, server, from string) {
	_, domain, _ := strings.Cut(from, "@")
	raw = mailtest.Transit(raw, w.now, recipient(raw))
	switch server {
	case "pass":
		raw = append([]byte(fmt.Sprintf("Authentication-Results: %s; spf=pass smtp.mailfrom=%s\r\n", wallServer, domain)), raw...)
	case "none":
		raw = append([]byte(fmt.Sprintf("Authentication-Results: %s; spf=none smtp.mailfrom=%s\r\n", wallServer, domain)), raw...)
	case "fail":
		raw = append([]byte(fmt.Sprintf("Authentication-Results: %s; dmarc=fail header.from=%s\r\n", wallServer, domain)), raw...)
	}
	w.uid++
	w.must(w.receiver.Receive(context.Background(), team.Cursor{Account: "a", Validity: 1, LastUID: w.uid},
		[]mailin.Raw{{UID: w.uid, Bytes: raw, Size: int64(len(raw))}}))
	w.sync()
	w.now = w.now.Add(time.Minute)
	w.look()
}

// order lets somebody order something, in answer to a mail of their own or without one.
func (w *walled) order(orders []string) {
	p := w.someone()
	words := rapid.SampledFrom(orders).Draw(w.t, "order")
	forLeads := slices.Contains(leadOrders, words)
	if i := slices.IndexFunc(w.people, func(p *resident) bool { return p.leads && len(p.teams) > 0 }); forLeads && i >= 0 && !w.chance("by anybody", 4) {
		p = w.people[i]
	}
	from := mailtest.Identity{Name: p.name, Address: rapid.SampledFrom(p.own).Draw(w.t, "from")}
	if words == "alias" {
		all := slices.Concat(strangers, []string{fortnightAddress, "updates+team1@example.com", "ann@example.com", "ben@home.example"})
		addr := rapid.SampledFrom(all).Draw(w.t, "alias")
		words += " " + addr
		if !w.filed(addr) && !strings.HasPrefix(addr, "updates+") && addr != fortnightAddress {
			p.more[addr] = true
		}
	}
	text, l := newSaid(), &letterIn{from: from.Address, slug: -1}
	if forLeads {
		text.brings, text.invites = w.someone(), words == "invite"
		if w.chance("a newcomer", 2) {
			text.brings = w.newcomer()
		}
		words += " " + text.brings.own[0]
		if words[0] != 'r' && !w.chance("no zone", 4) {
			words += " tz Tokyo"
		}
		if len(p.teams) > 1 || w.chance("which team", 4) {
			in := rapid.IntRange(0, wallTeams-1).Draw(w.t, "team")
			if !p.teams[in] && !w.chance("not theirs", 4) {
				in = (in + 1) % wallTeams
			}
			words += fmt.Sprint(" team team", in)
		}
	}
	if w.chance("by a stranger", 6) {
		from.Address = rapid.SampledFrom(strangers).Draw(w.t, "stranger")
		l.from = from.Address
	}
	raw := w.clients[0].Compose(from, fortnightAddress, words, words, w.now)
	if mine := w.pick(p); mine != nil && mine.to == p {
		var err error
		raw, err = rapid.SampledFrom(w.clients).Draw(w.t, "client").Reply(mine.raw, from, w.now, mailtest.Answer{Text: words})
		w.must(err)
		l.answers = mine
	}
	server := rapid.SampledFrom([]string{"pass", "pass", "pass", "none", "fail"}).Draw(w.t, "server says")
	if server == "none" && text.brings != nil && !w.trusts { // such an order needs proof: it is held, and asked about
		w.account(text, raw, l, "fail")
	} else {
		w.account(text, raw, l, server)
	}
	w.texts[messageIDOf(w.t, raw)] = text
	w.tell("%s <%s> (teams %v, leads %v) orders %s; server says %s", p.name, l.from, p.teams, p.leads, words, server)
	w.deliver(raw, server, from.Address)
}

// settle lets somebody say whether a mail was theirs, if they are asked.
func (w *walled) settle() {
	var asked []*posted
	for i := range w.post {
		if w.post[i].confirm {
			asked = append(asked, &w.post[i])
		}
	}
	if len(asked) == 0 {
		return
	}
	q := rapid.SampledFrom(asked).Draw(w.t, "question")
	words := rapid.SampledFrom([]string{"yes", "yes", "no"}).Draw(w.t, "settles")
	from := mailtest.Identity{Name: q.to.name, Address: q.to.own[0]}
	stranger := w.chance("by a stranger", 4)
	if stranger {
		from.Address = strangers[0]
		text := newSaid()
		w.word(text)
		w.account(text, q.raw, &letterIn{from: from.Address, answers: q, slug: -1}, "pass")
	}
	raw, err := w.clients[0].Reply(q.raw, from, w.now, mailtest.Answer{Text: words})
	w.tell("%s <%s> settles: %s", q.to.name, from.Address, words)
	w.must(err)
	if words == "yes" && !stranger {
		maps.Copy(q.to.added, q.to.offered)
	}
	if words == "yes" && slices.Contains(w.owners(from.Address), q.to) {
		for _, text := range w.texts {
			if l := text.held; l != nil && (text.asked == q.to || slices.Contains(w.owners(l.from), q.to)) {
				if !w.filed(l.from) {
					q.to.more[l.from] = true
				}
				w.admit(text, l, q.to)
			}
		}
	}
	w.deliver(raw, "pass", from.Address)
}

// machine lets a program write: one that answers for somebody, a mail server that bounces or a shop.
func (w *walled) machine() {
	word := w.word(newSaid())
	p := w.pick(w.someone())
	if p == nil {
		return
	}
	who := w.someone()
	addr := rapid.SampledFrom(append(slices.Clone(strangers), who.own...)).Draw(w.t, "address")
	var raw []byte
	var err error
	switch rapid.IntRange(0, 3).Draw(w.t, "machine") {
	case 0:
		raw, err = rapid.SampledFrom(w.clients).Draw(w.t, "client").OutOfOffice(p.raw, mailtest.Identity{Name: who.name, Address: addr}, w.now,
			"I am away until 12 March. "+word)
	case 1, 2:
		raw, err = mailtest.Bounce(p.raw, addr, w.chance("for a while", 2), w.now)
		raw = []byte(strings.ReplaceAll(string(raw), "For further assistance", word))
	default:
		raw = withField(w.clients[1].Compose(mailtest.Identity{Name: "Shop", Address: addr}, p.reply, "Sale "+word, "Buy "+word, w.now),
			"MIME-Version", "1.0\r\nList-Unsubscribe: <mailto:x@shop.example>\r\nPrecedence: bulk")
	}
	w.must(err)
	w.robots[messageIDOf(w.t, raw)] = true
	w.deliver(raw, "none", addr)
}

func messageIDOf(t *rapid.T, raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return strings.Trim(m.Header.Get("Message-ID"), "<>")
}

// withField gives a header line another value; "" removes it. The line may be folded.
func withField(raw []byte, name, value string) []byte {
	field := regexp.MustCompile(`(?im)^` + name + `:.*\r\n([ \t].*\r\n)*`)
	at := field.FindIndex(raw)
	if at == nil {
		return raw
	}
	line := ""
	if value != "" {
		line = name + ": " + value + "\r\n"
	}
	return slices.Concat(raw[:at[0]], []byte(line), raw[at[1]:])
}

// took holds each mail that daybreak sends against the ledger.
func (w *walled) took(raw []byte, _ bool) {
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	w.must(err)
	raw = slices.Clone(raw)
	for _, name := range []string{"Cc", "Bcc", "Resent-To"} {
		if m.Header.Get(name) != "" {
			w.t.Fatalf("a mail has %s: %s", name, m.Header.Get(name))
		}
	}
	to, err := mail.ParseAddressList(m.Header.Get("To"))
	w.must(err)
	i := slices.IndexFunc(w.people, func(p *resident) bool { return p.own[0] == to[0].Address })
	if len(to) != 1 || i < 0 || w.smtp.rcpt != to[0].Address {
		w.t.Fatalf("a mail goes to %v, by the envelope to %s", to, w.smtp.rcpt)
	}
	p := w.people[i]
	answers := strings.Trim(m.Header.Get("In-Reply-To"), "<>")
	invited := strings.Contains(m.Header.Get("Subject"), "asks whether you want to be in Team") && !strings.HasPrefix(m.Header.Get("Subject"), "Re:")
	if invited {
		if w.asked[p.own[0]]++; len(p.offered) == 0 || w.asked[p.own[0]] > 1 {
			w.t.Fatalf("%s is invited %d times\n%s", p.name, w.asked[p.own[0]], strings.Join(w.story, "\n"))
		}
		w.count["invited"]++
	}
	gone := strings.HasPrefix(m.Header.Get("Subject"), "You are not in Team ") // a lead took them out
	if len(p.teams) == 0 && !invited && !gone && m.Header.Get("Auto-Submitted") != "auto-replied" {
		w.t.Fatalf("%s, who is in no team any more, gets %q", p.name, m.Header.Get("Subject"))
	}
	if w.robots[answers] {
		w.t.Fatalf("%q answers what a machine wrote", m.Header.Get("Subject"))
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	w.must(err)
	reply, err := mail.ParseAddress(m.Header.Get("Reply-To"))
	w.must(err)
	sent := posted{to: p, raw: raw, id: strings.Trim(m.Header.Get("Message-ID"), "<>"), subject: subject, reply: reply.Address, team: -1}
	text := wallText(w.t, m)
	sent.confirm = strings.Contains(text, "in your name") || invited
	for in := range wallTeams {
		names := m.Header.Get("Auto-Submitted") == "auto-generated" && !strings.Contains(subject, " · ") && strings.Contains(subject, fmt.Sprint("Team ", in))
		if names || strings.Contains(text, fmt.Sprintf("What Team %d will read from you", in)) {
			sent.team = in
		}
	}
	if s := w.texts[answers]; s != nil && sent.team < 0 && len(s.teams) == 1 && strings.Contains(text, "not be asked again for") {
		for sent.team = range s.teams {
		}
	}
	if sent.confirm {
		w.count["asked whose"]++
	}
	sent.words = wallWord.FindAllString(subject+"\n"+text, -1)
	w.post = append(w.post, sent)
	pack := strings.HasSuffix(subject, ": who is who, and the last two weeks") // what its team alone wrote before they joined
	if pack {
		w.count["newcomers"]++
	}
	for _, word := range sent.words {
		s := w.texts[word]
		if s == nil {
			w.t.Fatalf("%s was never written", word)
		}
		may := s.readers[p] || s.quoters[p] && answers != "" && m.Header.Get("Auto-Submitted") == "auto-replied"
		for in := range s.teams {
			seen := s.counted >= p.since[in]
			if pack {
				seen = in == sent.team && s.counted <= p.since[in]
			}
			may = may || s.teams[in] && p.teams[in] && seen
		}
		if !may {
			w.t.Fatalf("%q to %s in teams %v has %s, which is for teams %v:\n%s\n%s", subject, p.name, p.teams, word,
				s.teams, text[:strings.Index(text, "<!DOCTYPE")], strings.Join(w.story, "\n"))
		}
		if !s.readers[p] {
			w.count["shown"]++
		}
	}
}

// wallText is all that a mail shows: its text parts, decoded.
func wallText(t *rapid.T, m *mail.Message) string {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%v", err)
	}
	var all strings.Builder
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return all.String()
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		var r io.Reader = quotedprintable.NewReader(part)
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			r = base64.NewDecoder(base64.StdEncoding, part)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// end looks at the database: each mail has an outcome, and no address belongs to whom nobody gave it.
func (w *walled) end() {
	var mails int
	w.must(w.b.raw.QueryRow(`SELECT COUNT(*) FROM mail WHERE outcome <> ''`).Scan(&mails))
	if mails != int(w.uid) {
		w.t.Fatalf("%d of %d mails have an outcome", mails, w.uid)
	}
	people, err := w.b.store.People(context.Background())
	w.must(err)
	for _, have := range people {
		for _, addr := range have.Addresses {
			if addr != have.Address() && !slices.ContainsFunc(w.owners(addr), func(p *resident) bool { return p.own[0] == have.Address() }) {
				w.t.Fatalf("%s has come to be an address of %s\n%s", addr, have.Name, strings.Join(w.story, "\n"))
			}
		}
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
)

// talker is one of twelve people who talk for ten days. They are asked and told at the beginning and two hours before the end of their hours.
type talker struct {
	name, zone string
	start, end int // hours of work
	teams      string
	lead       bool
	atOnce     bool
}

func talkers() []talker {
	return []talker{
		{"Aiko", "Asia/Tokyo", 9, 17, "harbour", true, true},
		{"Bram", "Europe/Amsterdam", 9, 17, "harbour", false, false},
		{"Chidi", "Africa/Lagos", 8, 16, "harbour", false, true},
		{"Dalia", "Asia/Jerusalem", 9, 17, "harbour", false, false},
		{"Enzo", "America/Sao_Paulo", 10, 14, "harbour", false, true},
		{"Freya", "Europe/London", 9, 17, "harbour tower", false, true},
		{"Goro", "Australia/Sydney", 9, 17, "harbour tower", false, false},
		{"Hana", "Pacific/Auckland", 9, 17, "tower", true, true},
		{"Ivan", "America/New_York", 9, 17, "tower", false, false},
		{"Juno", "America/Los_Angeles", 9, 15, "tower", false, true},
		{"Kofi", "Asia/Kolkata", 11, 19, "tower", false, false},
		{"Lior", "Europe/Berlin", 9, 17, "tower", false, true},
	}
}

func (p talker) address() string { return strings.ToLower(p.name) + "@talk.example" }
func (p talker) in(team string) bool {
	return strings.Contains(" "+p.teams+" ", " "+team+" ")
}
func (p talker) location() *time.Location {
	loc, err := time.LoadLocation(p.zone)
	if err != nil {
		panic(err)
	}
	return loc
}

// uttered is a thing that somebody wrote: a word that stands nowhere else, and what it was for.
type uttered struct {
	word  string
	kind  string // item, plan, ask, stuck, comment, private
	by    talker
	team  string
	on    string // with a comment or a private word: the item's word
	asked string // with an ask: the first name
	until string // with an ask: the weekday that it names, "" for none
	ends  bool   // with a comment: it says that what is in the way is solved
	at    time.Time
}

// tapped is a reaction.
type tapped struct {
	emoji, on string
	by        talker
	at        time.Time
}

// settledPlan is what somebody said of what they had planned.
type settledPlan struct {
	word, fate string
	by         talker
	at         time.Time
}

// talkMail is a mail that somebody got.
type talkMail struct {
	to   talker
	kind team.MailKind
	at   time.Time
	raw  []byte
}

// talkDays is ten days of talk: the real loops on fake time, and twelve people who answer what they get, by chance.
type talkDays struct {
	t       *testing.T
	seed    int
	to      time.Time // nobody writes after it
	server  *mailtest.Server
	keys    token.Keys
	clients []mailtest.Client

	mu      sync.Mutex
	counts  map[string]int // the words of each
	mails   []talkMail
	said    []uttered
	taps    []tapped
	fates   []settledPlan
	put     int
	writing sync.WaitGroup
}

const talkAddress = "updates@talk.example"

func TestTenDaysOfTalkAreToldOnceToWhoMayReadThem(t *testing.T) {
	if mailtest.Race {
		t.Skip("these are long days, and the fortnight has the same loops")
	}
	seeds := 1
	if n, err := strconv.Atoi(os.Getenv("DAYBREAK_SEEDS")); err == nil {
		seeds = n
	}
	for seed := 1; seed <= seeds; seed++ {
		for _, from := range []string{"2026-03-27", "2026-10-22"} { // clocks change in Jerusalem, Europe, Australia and New Zealand; in Europe, Jerusalem and America
			t.Run(fmt.Sprint(from, "/", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					begin := mustTime(time.DateOnly, from)
					d := &talkDays{t: t, seed: seed, to: begin.AddDate(0, 0, 10), counts: map[string]int{}}
					d.live(begin)
					d.check()
				})
			})
		}
	}
}

func (d *talkDays) live(from time.Time) {
	t := d.t
	time.Sleep(time.Until(from))
	for _, name := range []string{"gmail-web", "outlook-web", "apple-iphone", "thunderbird", "mutt", "fastmail"} {
		c, err := mailtest.ClientNamed(name)
		must(t, err)
		d.clients = append(d.clients, c)
	}
	roster := team.Roster{}
	for _, slug := range []string{"harbour", "tower"} {
		rt := team.RosterTeam{Team: team.Team{Slug: slug, Name: strings.ToUpper(slug[:1]) + slug[1:],
			CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}}}
		if slug == "tower" {
			rt.Team.Response = "4h"
		}
		for _, p := range talkers() {
			if !p.in(slug) {
				continue
			}
			hours, err := team.ParseWorkHours(fmt.Sprintf("%02d:00-%02d:00", p.start, p.end))
			must(t, err)
			rule := team.Rule{Zone: p.zone, Hours: hours, Digest: team.Clock(p.start * 60), DigestSet: true, Prompt: team.Clock(p.end*60 - 120), PromptSet: true}
			if p.atOnce {
				rule.Comments = team.CommentsAtOnce
			}
			rt.Members = append(rt.Members, team.RosterMember{Lead: p.lead, Member: team.Member{Name: p.name + " Talker", Addresses: []string{p.address()}, Rule: rule}})
		}
		roster.Teams = append(roster.Teams, rt)
	}
	ctx, stop := context.WithCancel(t.Context())
	e := newEngine(t, mailtest.Options{Address: talkAddress, OnDelivery: d.delivered}, roster, 0)
	d.server, d.keys = e.server, e.composer.Keys
	loops := e.run(ctx)
	time.Sleep(time.Until(d.to.AddDate(0, 0, 5))) // the last words reach everyone, over a weekend
	d.writing.Wait()
	stop()
	loops.Wait()
	status, err := e.store.Status(t.Context(), time.Now(), 0)
	must(t, err)
	if n := status.Outcomes[team.Stored] + status.Outcomes[team.Command]; n != d.put || status.Outcomes[team.Held] > 0 {
		t.Errorf("%d mails came in: %v", d.put, status.Outcomes)
	}
	must(t, e.store.Check(t.Context()))
	e.close()
}

// delivered notes a mail and lets its reader answer.
func (d *talkDays) delivered(got mailtest.Delivery) {
	_, id := talkHeader(got.Raw, "Message-ID")
	sent, err := d.keys.Verify(token.FromMessageID(talkAddress, strings.Trim(id, "<>")), got.At)
	if err != nil {
		d.t.Errorf("a mail was sent without a token of ours: %s", id)
		return
	}
	m := talkMail{kind: mailin.MailKindOf(sent.Kind), at: got.At, raw: got.Raw}
	for _, p := range talkers() {
		if p.address() == got.To {
			m.to = p
		}
	}
	d.mu.Lock()
	d.mails = append(d.mails, m)
	d.mu.Unlock()
	if m.to.name == "" {
		d.t.Errorf("a mail went to %s", got.To)
		return
	}
	if got.At.Before(d.to.Add(-8*time.Hour)) && (m.kind == team.PromptMail || m.kind == team.DigestMail || m.kind == team.NoticeMail) {
		d.writing.Go(func() { d.react(m) })
	}
}

// dice gives a number from 0 to 99 that the seed, the mail and the question decide.
func (d *talkDays) dice(m talkMail, what ...any) int {
	return chance(append([]any{d.seed, m.to.name, m.kind, m.at.Format("01-02 15:04")}, what...)...)
}

// word makes a word of a person's: of a kind, who said it, the how manieth.
func (d *talkDays) word(p talker, kind byte) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[p.name]++
	return fmt.Sprintf("w%c%c%03dx", kind, p.name[0]|0x20, d.counts[p.name])
}

var (
	talkWord = regexp.MustCompile(`\bw[a-z]{2}\d{3}x\b`)
	talkMark = regexp.MustCompile(`\[([a-z]+\d+)\]$`)
	planLine = regexp.MustCompile(`(?m)^  (\d)\. .*?(wp[a-z]\d{3}x)`)
)

// react lets who has got a mail answer it after a while, or not.
func (d *talkDays) react(m talkMail) {
	p, text := m.to, talkText(d.t, m.raw)
	delay := time.Duration(1+d.dice(m, "delay")) * time.Minute
	if d.dice(m, "late") < 20 {
		delay += time.Duration(d.dice(m, "how late")/4) * time.Hour
	}
	if d.dice(m, "at all") < 15 {
		return
	}
	time.Sleep(delay.Truncate(time.Minute))
	now := time.Now().In(p.location())
	if !now.Before(d.to) {
		return
	}
	if now.Second() != 0 || now.Nanosecond() != 0 { // what is due is told by the minute
		time.Sleep(time.Until(now.Truncate(time.Minute).Add(time.Minute)))
		now = time.Now().In(p.location())
	}
	var lines []string
	var said []uttered
	var taps []tapped
	var fates []settledPlan
	add := func(u uttered, format string, args ...any) {
		u.by, u.at = p, now
		said, lines = append(said, u), append(lines, fmt.Sprintf(format, args...))
	}
	blocks := talkBlocks(text)
	switch m.kind {
	case team.PromptMail:
		subject, _ := talkHeader(m.raw, "Subject")
		in := strings.ToLower(strings.SplitN(subject, ":", 2)[0])
		var plan []string
		for i, l := range planLine.FindAllStringSubmatch(text, -1) {
			if fate := []string{"done", "moved", "dropped", ""}[d.dice(m, "plan", i)%4]; fate != "" {
				plan = append(plan, l[1]+" "+fate)
				fates = append(fates, settledPlan{l[2], fate, p, now})
			}
		}
		if len(plan) > 0 {
			lines = append(lines, strings.Join(plan, ", "))
		}
		for _, b := range blocks {
			if strings.HasPrefix(b.mark, "q") && d.dice(m, "answer", b.word) < 40 {
				w := d.word(p, 'c')
				add(uttered{word: w, kind: "comment", team: in, on: b.word}, "%s yes %s", b.mark, w)
			}
		}
		w := d.word(p, 'd')
		add(uttered{word: w, kind: "item", team: in}, "Done: finished %s", w)
		if d.dice(m, "plans") < 50 {
			w := d.word(p, 'p')
			add(uttered{word: w, kind: "plan", team: in}, "Next: begin %s", w)
		}
		if d.dice(m, "stuck") < 25 {
			w := d.word(p, 's')
			add(uttered{word: w, kind: "stuck", team: in}, "In the way: no %s", w)
		}
		if d.dice(m, "decides") < 20 {
			w := d.word(p, 'e')
			add(uttered{word: w, kind: "item", team: in}, "Decision: use %s", w)
		}
		if d.dice(m, "asks") < 45 || now.Weekday() == time.Friday { // clocks change before these are due
			var others []talker
			for _, o := range talkers() {
				if o.in(in) && o.name != p.name {
					others = append(others, o)
				}
			}
			asked := others[d.dice(m, "whom")%len(others)]
			w, until := d.word(p, 'a'), ""
			if day := now.AddDate(0, 0, 2).Weekday(); d.dice(m, "by") < 40 && day != time.Saturday && day != time.Sunday {
				until = day.String()
			}
			by := ""
			if until != "" {
				by = " by " + strings.ToLower(until[:3])
			}
			add(uttered{word: w, kind: "ask", team: in, asked: asked.name, until: until}, "ask @%s paint %s?%s", strings.ToLower(asked.name), w, by)
		}
	case team.DigestMail, team.NoticeMail:
		private := ""
		for i, b := range blocks {
			if b.mark == "" || b.word == "" || i > 5 || strings.HasPrefix(b.word, "wp") { // what was planned may be moved, and is two items of one word then
				continue
			}
			w := d.word(p, 'c')
			u := uttered{word: w, kind: "comment", on: b.word}
			roll := d.dice(m, "block", b.word)
			if m.kind == team.NoticeMail { // it is all about one item, and needs no mark
				if roll < 30 {
					add(u, "well %s", w)
				}
				break
			}
			switch {
			case strings.Contains(b.line, " asks you: "):
				if roll < 35 {
					add(u, "%s yes %s", b.mark, w)
				}
			case roll < 20:
				add(u, "%s thanks %s", b.mark, w)
			case roll < 30:
				emoji := []string{"👍", "🎉"}[roll%2]
				taps, lines = append(taps, tapped{emoji, b.word, p, now}), append(lines, emoji+" "+b.mark)
			case roll < 50 && strings.HasPrefix(b.word, "ws"):
				u.ends = true
				add(u, "%s solved, %s", b.mark, w)
			case roll >= 95 && private == "":
				u.kind, u.word = "private", d.word(p, 'v')
				private = fmt.Sprintf("private %s: alone %s", b.mark, u.word)
				u.by, u.at = p, now
				said = append(said, u)
			}
		}
		if private != "" { // what stands below is private, too
			lines = append(lines, private)
		}
	}
	if len(lines) == 0 {
		return
	}
	client := d.clients[d.dice(m, "client")%len(d.clients)]
	raw, err := client.Reply(m.raw, mailtest.Identity{Name: p.name + " Talker", Address: p.address()}, now, mailtest.Answer{Text: strings.Join(lines, "\n\n")})
	if err != nil {
		d.t.Error(err)
		return
	}
	d.mu.Lock()
	d.said, d.taps, d.fates, d.put = append(d.said, said...), append(d.taps, taps...), append(d.fates, fates...), d.put+1
	d.mu.Unlock()
	if _, err := d.server.Deliver(mailtest.Transit(raw, now, recipient(raw))); err != nil {
		d.t.Error(err)
	}
}

package main

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/mime"
)

// pair is a team of two who live at the harbour of Lisbon, on the real engine.
type pair struct {
	t     *testing.T
	ctx   context.Context
	world *world
	zone  *time.Location
	got   map[string][]mailtest.Delivery // by recipient
	said  []team.Mail
}

const (
	ines = "ines@harbour.example"
	kofi = "kofi@harbour.example"
)

func newPair(t *testing.T) *pair {
	t.Helper()
	return newTeam(t, inLisbon("Ines Duarte", ines), inLisbon("Kofi Mensah", kofi))
}

// inLisbon is a member who lives in Lisbon.
func inLisbon(name, address string) team.RosterMember {
	return team.RosterMember{Member: team.Member{Name: name, Addresses: []string{address}, Rule: team.Rule{Zone: "Europe/Lisbon"}}}
}

// newTeam is the same engine with any members.
func newTeam(t *testing.T, members ...team.RosterMember) *pair {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Lisbon")
	must(t, err)
	p := &pair{t: t, ctx: t.Context(), zone: zone, got: map[string][]mailtest.Delivery{}}
	c := &clock{now: time.Date(2026, time.March, 2, 8, 0, 0, 0, zone)} // Monday
	servers, err := memoryServers("updates@harbour.example", c.Now)
	must(t, err)
	roster := team.Roster{Teams: []team.RosterTeam{{
		Team:    team.Team{Slug: "harbour", Name: "Harbour", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}},
		Members: members,
	}}}
	p.world, err = newWorld(p.ctx, filepath.Join(t.TempDir(), "daybreak.db"), "updates@harbour.example", roster, c, servers)
	must(t, err)
	t.Cleanup(p.world.close)
	p.world.delivered = func(d mailtest.Delivery) { p.got[d.To] = append(p.got[d.To], d) }
	p.world.received = func(m team.Mail) { p.said = append(p.said, m) }
	return p
}

// until lets everything happen up to a time of a day in March.
func (p *pair) until(day, hour int) {
	p.t.Helper()
	end := time.Date(2026, time.March, day, hour, 0, 0, 0, p.zone)
	for {
		must(p.t, p.world.work(p.ctx))
		next, ok, err := p.world.store.NextSlot(p.ctx)
		must(p.t, err)
		if !ok || next.After(end) {
			p.world.clock.set(end)
			must(p.t, p.world.work(p.ctx))
			return
		}
		p.world.clock.set(next)
	}
}

// newest is the newest mail of a kind that somebody got, "" if they got none on the day.
func (p *pair) newest(who string, kind team.MailKind, day int) (text string, raw []byte) {
	p.t.Helper()
	for _, d := range p.got[who] {
		m := mime.Read(d.Raw)
		token, err := p.world.receiver.Keys.Verify(strings.TrimSuffix(m.MessageID, "@harbour.example"), d.At)
		must(p.t, err)
		if mailin.MailKindOf(token.Kind) == kind && d.At.In(p.zone).Day() == day {
			text, raw = m.Plain, d.Raw
		}
	}
	return text, raw
}

// answer lets somebody answer the prompt of a day.
func (p *pair) answer(who, client string, day int, a mailtest.Answer) team.Mail {
	p.t.Helper()
	return p.answerTo(who, team.PromptMail, client, day, a)
}

// answerTo lets somebody answer a mail of a kind that they got on a day.
func (p *pair) answerTo(who string, kind team.MailKind, client string, day int, a mailtest.Answer) team.Mail {
	p.t.Helper()
	_, raw := p.newest(who, kind, day)
	if raw == nil {
		p.t.Fatalf("%s got no %s on %d March", who, kind, day)
	}
	return p.reply(who, client, raw, a)
}

// reply lets somebody answer a mail.
func (p *pair) reply(who, client string, raw []byte, a mailtest.Answer) team.Mail {
	p.t.Helper()
	c, err := mailtest.ClientNamed(client)
	must(p.t, err)
	reply, err := c.Reply(raw, mailtest.Identity{Name: map[string]string{ines: "Ines Duarte", kofi: "Kofi Mensah"}[who], Address: who}, p.world.clock.Now(), a)
	must(p.t, err)
	must(p.t, p.world.arrive(p.ctx, mailtest.Transit(reply, p.world.clock.Now(), recipient(reply))))
	return p.said[len(p.said)-1]
}

// itemsOf shows what a mail says.
func itemsOf(m team.Mail) string {
	if m.Update == nil {
		return string(m.Outcome) + ": " + m.Reason
	}
	var all []string
	for _, i := range m.Update.Items {
		all = append(all, fmt.Sprint(i.Kind, " ", i.Question, " ", i.Text))
	}
	return strings.Join(all, " | ")
}

func (p *pair) has(what, text string, want ...string) {
	p.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

func TestAPlanComesBackIsAnsweredByItsNumbersAndGoesOn(t *testing.T) {
	for _, client := range []string{"gmail-web", "outlook-desktop", "thunderbird", "apple-iphone", "mutt"} {
		t.Run(client, func(t *testing.T) {
			p := newPair(t)
			p.until(2, 16)
			first, _ := p.newest(ines, team.PromptMail, 2)
			if strings.Contains(first, "Your plan") {
				t.Errorf("the first prompt has a plan:\n%s", first)
			}
			p.answer(ines, client, 2, mailtest.Answer{Text: "Done: the tide tables\n\nNext:\n- the import of the quays\n- the crane page\n- lunch with the port's people"})
			p.until(3, 16)
			prompt, _ := p.newest(ines, team.PromptMail, 3)
			p.has("Tuesday's prompt", prompt, "Your plan from Mon 2 Mar:", "  1. the import of the quays\n  2. the crane page\n  3. lunch with the port's people\n")
			p.answer(ines, client, 3, mailtest.Answer{Text: "1 done, 2 moved to Thursday, 3 dropped\n\nIn the way: nothing"})
			p.until(4, 16)
			digest, _ := p.newest(kofi, team.DigestMail, 4)
			p.has("Kofi's digest", digest, "done   the import of the quays ", "next   the crane page (to Thursday) ", "note   Dropped: lunch with the port's people")
			prompt, _ = p.newest(ines, team.PromptMail, 4)
			p.has("Wednesday's prompt", prompt, "Your plan from Tue 3 Mar:", "  1. the crane page (to Thursday) (since Mon 2 Mar)\n")
			if strings.Contains(prompt, "2. ") {
				t.Errorf("what is done is planned again:\n%s", prompt)
			}
			p.answer(ines, client, 4, mailtest.Answer{Text: "Same!"})
			p.until(5, 16)
			digest, _ = p.newest(kofi, team.DigestMail, 5)
			p.has("Kofi's next digest", digest, "next   the crane page (to Thursday) ")
			if strings.Contains(digest, "Same") {
				t.Errorf("the digest repeats the short answer:\n%s", digest)
			}
		})
	}
}

func TestAReminderRepeatsThePlanAndItsReplyIsReadByIt(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(kofi, "gmail-web", 2, mailtest.Answer{Text: "Next: the berth numbers"})
	p.until(4, 10)
	reminder, _ := p.newest(kofi, team.ReminderMail, 4)
	p.has("the reminder", reminder, "Your plan from Mon 2 Mar:\n\n  1. the berth numbers\n", "1 done")
	m := p.answer(kofi, "gmail-web", 3, mailtest.Answer{Text: "1 ✔"})
	if got := m.Update.Day.String() + " " + itemsOf(m); got != "2026-03-03 done 0 the berth numbers" {
		t.Errorf("stored %s", got)
	}
}

func TestAShortAnswerKeepsTheReminderAwayAndIsNoNews(t *testing.T) {
	for words, reason := range map[string]string{
		"nothing": "nothing to report for Mon 2 Mar", "Skip today, please": "not to be asked for Mon 2 Mar", "I was off.": "off on Mon 2 Mar",
		"Correction: nothing": "nothing to report for Mon 2 Mar",
	} {
		t.Run(words, func(t *testing.T) {
			p := newPair(t)
			p.until(2, 16)
			m := p.answer(ines, "gmail-web", 2, mailtest.Answer{Text: words})
			if m.Outcome != team.Stored || !strings.Contains(m.Reason, reason) || len(m.Update.Items) > 0 {
				t.Errorf("it is %s: %s", m.Outcome, m.Reason)
			}
			p.until(3, 12)
			if text, _ := p.newest(ines, team.ReminderMail, 3); text != "" {
				t.Errorf("a reminder came all the same:\n%s", text)
			}
			if text, _ := p.newest(kofi, team.ReminderMail, 3); text == "" {
				t.Error("who did not answer got no reminder")
			}
			if text, _ := p.newest(kofi, team.DigestMail, 3); text != "" {
				t.Errorf("there is news of nothing:\n%s", text)
			}
		})
	}
}

func TestAPlanIsAnsweredBetweenItsLinesInEveryClientThatLetsOne(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "gmail-web", 2, mailtest.Answer{Text: "Next:\n- the import of the quays, the northern ones and then the southern ones that nobody has had a look at yet\n- lunch\n- the crane page"})
	p.until(3, 16)
	for _, c := range mailtest.Clients() {
		p.world.clock.set(p.world.clock.Now().Add(2 * time.Minute)) // nobody writes sixty mails an hour
		m := p.answer(ines, c.Name, 3, mailtest.Answer{Text: "1 done, 3 moved."})
		if got := itemsOf(m); !strings.HasPrefix(got, "done 0 the import of the quays, the") || !strings.HasSuffix(got, " | plan 1 the crane page") {
			t.Errorf("%s: %s", c.Name, got)
		}
	}
	tried := 0
	for _, c := range mailtest.Clients() {
		if !c.Interleaves {
			continue
		}
		tried++
		p.world.clock.set(p.world.clock.Now().Add(2 * time.Minute))
		a := mailtest.Answer{Under: []string{"done", "moved to Friday", ""}, Questions: []string{"the import of the quays", "lunch", "the crane page"}}
		if c.Name == "outlook-desktop" {
			a.Signature = "Ines Duarte"
		}
		m := p.answer(ines, c.Name, 3, a)
		if got := itemsOf(m); !strings.HasPrefix(got, "done 0 the import of the quays, the") || !strings.HasSuffix(got, " | plan 1 lunch (to Friday)") {
			_, raw := p.newest(ines, team.PromptMail, 3)
			reply, _ := c.Reply(raw, mailtest.Identity{Name: "Ines Duarte", Address: ines}, p.world.clock.Now(), a)
			t.Errorf("%s: %s\n%s", c.Name, got, mime.Text(mime.Read(reply).Body))
		}
	}
	if tried < 5 {
		t.Errorf("only %d clients", tried)
	}
}

// The links under each thing planned begin a mail that needs but to be sent: it is what the number and the word would be as a reply.
func TestALinkUnderAPlanAnswersIt(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "gmail-web", 2, mailtest.Answer{Text: "Next:\n- the import & the quays\n- lunch\n- the crane page"})
	p.until(3, 16)
	_, raw := p.newest(ines, team.PromptMail, 3)
	links := regexp.MustCompile(`href="(mailto:[^"]*)"[^>]*>(\w+)</a>`).FindAllStringSubmatch(mime.Read(raw).HTML, -1)
	if len(links) != 9 {
		t.Fatalf("%d links", len(links))
	}
	var got []string
	for i, l := range links {
		u, err := url.Parse(html.UnescapeString(l[1]))
		must(t, err)
		to, err := url.PathUnescape(u.Opaque)
		must(t, err)
		subject, body := u.Query().Get("subject"), u.Query().Get("body")
		if want := fmt.Sprintf("%d %s", i/3+1, l[2]); body != want || subject != "Re: Harbour: what happened today, Ines?" {
			t.Errorf("%q and %q, want %q", subject, body, want)
		}
		if i%4 != 0 { // 1 done, 2 moved, 3 dropped
			continue
		}
		mail := fmt.Sprintf("From: Ines <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@harbour.example>\r\n\r\n%s\r\n\r\n-- \r\nInes Duarte\r\n",
			ines, to, subject, p.world.clock.Now().Format(time.RFC1123Z), i, body)
		must(t, p.world.arrive(p.ctx, mailtest.Transit([]byte(mail), p.world.clock.Now(), to)))
		m := p.said[len(p.said)-1]
		if m.Update == nil || m.Update.Day != team.DateOf(p.world.clock.Now()) {
			t.Fatalf("%q is %s: %s", body, m.Outcome, m.Reason)
		}
		got = append(got, itemsOf(m))
	}
	if got, want := strings.Join(got, ", "), "done 0 the import & the quays, plan 1 lunch, note -1 Dropped: the crane page"; got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
}

// write lets somebody write a mail of its own.
func (p *pair) write(who, text string) team.Mail {
	p.t.Helper()
	c, err := mailtest.ClientNamed("mutt")
	must(p.t, err)
	raw := c.Compose(mailtest.Identity{Name: "Ines Duarte", Address: who}, "updates@harbour.example", "a question", text, p.world.clock.Now())
	must(p.t, p.world.arrive(p.ctx, mailtest.Transit(raw, p.world.clock.Now(), recipient(raw))))
	return p.said[len(p.said)-1]
}

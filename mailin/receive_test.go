package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
)

const (
	own      = "updates@example.com"
	platform = "updates+platform@example.com"
)

var monday = team.Date{Year: 2026, Month: time.March, Day: 9}

// office is a database with two teams and a receiver in front of it. Aiko was asked on Monday 9 March.
type office struct {
	t        *testing.T
	store    *store.Store
	receiver *mailin.Receiver
	aiko     team.Person
	uid      uint32
	now      time.Time // Monday 17:30 in Tokyo
	last     team.Mail
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return newOfficeIn(t, t.TempDir())
}

func newOfficeIn(t *testing.T, dir string) *office {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, "daybreak.db")})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	o := &office{t: t, store: s, now: time.Date(2026, time.March, 9, 8, 30, 0, 0, time.UTC)}
	member := func(name, zone string, addresses ...string) team.RosterMember {
		return team.RosterMember{Member: team.Member{Name: name, Addresses: addresses, Rule: team.Rule{Zone: zone}}}
	}
	checkIns := []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}
	aiko := member("Aiko Tanaka", "Asia/Tokyo", "aiko@example.com", "aiko@home.example")
	_, err = s.ApplyRoster(ctx, team.Roster{Teams: []team.RosterTeam{
		{Team: team.Team{Slug: "platform", Name: "Platform", CheckIns: checkIns}, Members: []team.RosterMember{aiko, member("Mia Rossi", "Europe/Rome", "mia@example.com")}},
		{Team: team.Team{Slug: "garden", Name: "Garden", CheckIns: checkIns}, Members: []team.RosterMember{aiko}},
	}}, false, o.now.AddDate(0, 0, -30))
	must(t, err)
	var ok bool
	o.aiko, ok, err = s.PersonByAddress(ctx, "aiko@example.com")
	if err != nil || !ok {
		t.Fatalf("Aiko: %v, %v", ok, err)
	}
	keys, err := s.Keys(ctx)
	must(t, err)
	o.receiver = &mailin.Receiver{
		Reader: mailin.Reader{Address: own, Keys: keys, Directory: s},
		Store:  s, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Now:  func() time.Time { return o.now },
		Done: func(m team.Mail) { o.last = m },
	}
	o.ask(o.aiko, monday)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const promptText = "Platform: what happened today, Aiko?\n\nReply in your own words.\n\n  - What got done?\n  - What is next?\n  - What is in the way?\n\nSent Mon-Fri at 16:00 (Tokyo).\n"

// ask puts a prompt of the person's first team into the database, as the scheduler would.
func (o *office) ask(p team.Person, day team.Date) {
	o.t.Helper()
	ctx := o.t.Context()
	t := p.Teams[0].Team
	slot := team.Slot{MemberID: p.ID, Kind: team.PromptSlot, CheckInID: t.CheckIns[0].ID, Day: day, At: o.now.Add(-90 * time.Minute), Until: o.now}
	must(o.t, o.store.Plan(ctx, p.ID, []team.Slot{slot}))
	id := token.MessageID(own, o.prompt(p, day))
	must(o.t, o.store.Commit(ctx, []team.Turned{{
		Turn: team.Turn{Slot: slot, Person: p, Team: t, CheckIn: t.CheckIns[0]},
		Mail: &team.Outgoing{Dedupe: "prompt:" + id, Kind: team.PromptMail, MemberID: p.ID, From: own, To: p.Address(), MessageID: id,
			Subject: "Platform: what happened today, Aiko?", Text: promptText, Raw: []byte("\r\n"), ExpiresAt: o.now.Add(time.Hour)},
	}}, o.now))
}

func (o *office) prompt(p team.Person, day team.Date) string {
	return o.sign(token.Token{Kind: token.Prompt, Member: p.ID, ID: p.Teams[0].Team.CheckIns[0].ID, Day: day, Expires: day.Add(90)})
}

func (o *office) sign(t token.Token) string { return o.receiver.Keys.Sign(t) }

// mail is a mail in the making: what is not said is that of an ordinary reply of Aiko's.
type mail struct {
	from, to, subject, extra, body string
	received                       time.Time
}

func (o *office) raw(m mail) []byte {
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	if m.received.IsZero() {
		m.received = o.now
	}
	o.uid++
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Received: from mail.example.org by mx.example.com; %s
%sFrom: %s
To: %s
Subject: %s
Message-ID: <%d@mail.example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

%s
`, m.received.Format(time.RFC1123Z), m.extra, or(m.from, "Aiko Tanaka <aiko@example.com>"), or(m.to, token.Address(own, o.prompt(o.aiko, monday))),
		or(m.subject, "Re: Platform: what happened today, Aiko?"), o.uid, or(m.body, "Moved the billing jobs.")), "\n", "\r\n"))
}

// take lets the mail arrive and gives what became of it.
func (o *office) take(raw []byte) team.Mail {
	o.t.Helper()
	return o.takeAfter(team.Cursor{Account: own, Validity: 1, LastUID: o.uid}, raw)
}

func (o *office) takeAfter(c team.Cursor, raw []byte) team.Mail {
	o.t.Helper()
	must(o.t, o.receiver.Receive(o.t.Context(), c, []mailin.Raw{{UID: o.uid, Bytes: raw, Size: int64(len(raw))}}))
	return o.last
}

func TestEachMailHasItsOutcome(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	for _, c := range []struct {
		says    string
		mail    func(o *office) mail
		outcome team.Outcome
		reason  string    // a part of it
		day     team.Date // of the update, if stored
	}{
		{"a reply from the main address", func(o *office) mail { return mail{} }, team.Stored, "the prompt of 2026-03-09, found by the reply address", monday},
		{"a reply from the other address", func(o *office) mail { return mail{from: "aiko@home.example"} }, team.Stored, "the reply address", monday},
		{"the reply address in capitals", func(o *office) mail { return mail{to: strings.ToUpper(token.Address(own, o.prompt(o.aiko, monday)))} }, team.Stored, "the reply address", monday},
		{"the reply address is only in Delivered-To", func(o *office) mail {
			return mail{to: "Platform <" + own + ">", extra: "Delivered-To: " + token.Address(own, o.prompt(o.aiko, monday)) + "\n"}
		}, team.Stored, "the reply address", monday},
		{"a client that answers From", func(o *office) mail {
			return mail{to: own, extra: "In-Reply-To: <" + token.MessageID(own, o.prompt(o.aiko, monday)) + ">\n"}
		}, team.Stored, "found by the mail that it answers", monday},
		{"only References are left", func(o *office) mail {
			return mail{to: own, extra: "References: <x@y.example> <" + token.MessageID(own, o.prompt(o.aiko, monday)) + ">\n"}
		}, team.Stored, "found by the mail that it answers", monday},
		{"nothing is left but the subject's Re:", func(o *office) mail { return mail{to: own} }, team.Stored, "the sender and the subject of their latest prompt", monday},
		{"a reply the next morning belongs to the prompt's day", func(o *office) mail { return mail{received: o.now.Add(15 * time.Hour)} }, team.Stored, "2026-03-09", monday},
		{"a reply to something else is a mail of its own", func(o *office) mail { return mail{to: platform, subject: "Re: tulips"} }, team.Stored, "a mail of its own", monday},
		{"a mail of its own is for today", func(o *office) mail { return mail{to: platform, subject: "lunch"} }, team.Stored, "a mail of its own", monday},
		{"at half past one in the night it is still yesterday", func(o *office) mail {
			o.now = time.Date(2026, time.March, 9, 16, 30, 0, 0, time.UTC) // Tuesday 01:30 in Tokyo
			return mail{to: platform, subject: "lunch"}
		}, team.Stored, "a mail of its own", monday},
		{"at four it is today", func(o *office) mail {
			o.now = time.Date(2026, time.March, 9, 19, 0, 0, 0, time.UTC)
			return mail{to: platform, subject: "lunch"}
		}, team.Stored, "a mail of its own", monday.Add(1)},
		{"what lay in the queue is for the day on which it arrived", func(o *office) mail {
			return mail{to: platform, subject: "lunch", received: o.now.AddDate(0, 0, -4)}
		}, team.Stored, "a mail of its own", monday.Add(-4)},
		{"a prompt that is not in the database any more", func(o *office) mail {
			return mail{to: token.Address(own, o.prompt(o.aiko, monday.Add(-3)))}
		}, team.Stored, "the prompt of 2026-03-06, found by the reply address (the mail itself is not kept any more)", monday.Add(-3)},
		{"a reply address that we did not make counts as none", func(o *office) mail {
			good := o.prompt(o.aiko, monday)
			return mail{to: token.Address(own, strings.Map(func(r rune) rune { return 'a' + (r-'a'+1)%26 }, good[:1])+good[1:]), extra: "Cc: " + platform + "\n", subject: "lunch"}
		}, team.Stored, "its reply address was not made by this daybreak", monday},

		{"nothing to report", func(o *office) mail { return mail{body: "Nothing today, thanks"} }, team.Stored, "nothing to report for Mon 9 Mar", monday},
		{"nothing below each question", func(o *office) mail {
			return mail{body: "> - What got done?\nnothing\n> - What is next?\nnothing\n> - What is in the way?\n-"}
		}, team.Stored, "nothing to report for Mon 9 Mar", monday},
		{"a day to skip", func(o *office) mail { return mail{body: "skip today"} }, team.Stored, "not to be asked for Mon 9 Mar", monday},
		{"a day off", func(o *office) mail { return mail{body: "Off!"} }, team.Stored, "off on Mon 9 Mar", monday},
		{"off without a prompt is text", func(o *office) mail { return mail{to: platform, subject: "off", body: "off"} }, team.Stored, "a mail of its own", monday},

		{"somebody else with Aiko's reply address", func(o *office) mail { return mail{from: "eve@example.org"} }, team.Held, "eve@example.org is not an address of that member", team.Date{}},
		{"a teammate with Aiko's reply address", func(o *office) mail { return mail{from: "mia@example.com"} }, team.Held, "belongs to another member", team.Date{}},
		{"Aiko's name on another address", func(o *office) mail { return mail{from: "Aiko Tanaka <aiko@example.org>"} }, team.Held, "aiko@example.org", team.Date{}},
		{"Aiko's address as a name", func(o *office) mail { return mail{from: `"aiko@example.com" <eve@example.org>`} }, team.Held, "eve@example.org", team.Date{}},
		{"two authors in one line", func(o *office) mail { return mail{from: "aiko@example.com, eve@example.org"} }, team.Held, "more than one author", team.Date{}},
		{"only Sender names Aiko", func(o *office) mail { return mail{from: "nobody at all", extra: "Sender: aiko@example.com\n"} }, team.Held, "no sender that can be read", team.Date{}},
		{"two From lines", func(o *office) mail { return mail{extra: "From: mia@example.com\n"} }, team.Held, "more than one author", team.Date{}},
		{"an expired reply address", func(o *office) mail {
			return mail{to: token.Address(own, o.sign(token.Token{Kind: token.Prompt, Member: o.aiko.ID, ID: 1, Day: monday.Add(-91), Expires: monday.Add(-1)}))}
		}, team.Held, "has expired", team.Date{}},
		{"a stranger", func(o *office) mail { return mail{from: "eve@example.org", to: own, subject: "cheap watches"} }, team.Refused, "not an address of any member", team.Date{}},
		{"nobody", func(o *office) mail { return mail{from: "undisclosed", to: own} }, team.Refused, "no sender that can be read", team.Date{}},
		{"nothing but the quote", func(o *office) mail {
			return mail{body: "On Mon, 9 Mar 2026 at 16:00, Platform <updates@example.com> wrote:\n> " + strings.ReplaceAll(strings.TrimSpace(promptText), "\n", "\n> ")}
		}, team.Empty, "no words of its own", team.Date{}},

		{"an absence note", func(o *office) mail { return mail{extra: "Auto-Submitted: auto-replied\n"} }, team.AutoReply, "Auto-Submitted", team.Date{}},
		{"an absence note of Exchange", func(o *office) mail { return mail{extra: "X-Auto-Response-Suppress: All\n"} }, team.AutoReply, "X-Auto-Response-Suppress", team.Date{}},
		{"a German absence note without any header", func(o *office) mail { return mail{subject: "Abwesenheitsnotiz: Platform"} }, team.AutoReply, "subject", team.Date{}},
		{"a Japanese absence note without any header", func(o *office) mail { return mail{subject: "自動応答: Platform"} }, team.AutoReply, "subject", team.Date{}},
		{"a person who will be out of office", func(o *office) mail { return mail{to: platform, subject: "Out of office replies are read"} }, team.Stored, "", monday},
		{"Auto-Submitted: no is a person", func(o *office) mail { return mail{extra: "Auto-Submitted: no\n"} }, team.Stored, "", monday},
		{"a robot", func(o *office) mail { return mail{from: "no-reply@example.com", to: own} }, team.AutoReply, "nobody reads", team.Date{}},
		{"the null sender", func(o *office) mail { return mail{extra: "Return-Path: <>\n"} }, team.AutoReply, "null sender", team.Date{}},
		{"a bounce", func(o *office) mail {
			return mail{from: "MAILER-DAEMON@mx.example.com", extra: "Return-Path: <>\n", subject: "Undelivered Mail Returned to Sender"}
		}, team.Bounce, "mail server", team.Date{}},
		{"a bounce whose From is no address", func(o *office) mail { return mail{from: "MAILER-DAEMON (Mail Delivery System)", subject: "x"} }, team.Bounce, "mail server", team.Date{}},
		{"a bounce from nobody", func(o *office) mail { return mail{from: "<>", subject: "Mail delivery failed"} }, team.Bounce, "no sender", team.Date{}},
		{"a mailing list", func(o *office) mail { return mail{extra: "List-Id: <all.example.com>\n"} }, team.List, "List-Id", team.Date{}},
		{"our own mail comes back", func(o *office) mail { return mail{from: own} }, team.Own, "our own address", team.Date{}},
		{"a forgery of our own address", func(o *office) mail { return mail{from: token.Address(own, o.prompt(o.aiko, monday))} }, team.Own, "our own address", team.Date{}},
		{"a probe", func(o *office) mail { return mail{from: own, extra: mailin.ProbeHeader + ": 1\n"} }, team.Probe, "daybreak check", team.Date{}},
		{"a mail in circles", func(o *office) mail { return mail{extra: strings.Repeat("Received: by somewhere\n", 30)} }, team.AutoReply, "circles", team.Date{}},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			got := o.take(o.raw(c.mail(o)))
			if got.Outcome != c.outcome || !strings.Contains(got.Reason, c.reason) {
				t.Fatalf("got %s: %s\nwant %s: … %s …", got.Outcome, got.Reason, c.outcome, c.reason)
			}
			if (got.Update != nil) != (c.outcome == team.Stored) {
				t.Fatalf("outcome %s with update %+v", got.Outcome, got.Update)
			}
			if got.Update != nil && got.Update.Day != c.day {
				t.Errorf("it is for %s, want %s", got.Update.Day, c.day)
			}
			if (got.Answer != nil) != (c.outcome == team.Empty) { // whose sender is told that nothing was found
				t.Errorf("answer %+v", got.Answer)
			}
			status, err := o.store.Status(t.Context(), o.now, 0)
			if err != nil || status.Outcomes[c.outcome] != 1 || len(status.Outcomes) != 1 {
				t.Errorf("the database says %v, %v", status.Outcomes, err)
			}
		})
	}
}

func TestTheTeamOfAMailWithoutPrompt(t *testing.T) {
	o := newOffice(t)
	garden := o.aiko.Teams[1].Team
	if got := o.take(o.raw(mail{to: "updates+garden@example.com", subject: "tulips"})); got.Update == nil || got.Update.TeamID != garden.ID {
		t.Errorf("to the garden's address: %+v", got)
	}
	if got := o.take(o.raw(mail{to: "updates+garden@example.com"})); got.Update == nil || got.Update.TeamID != o.aiko.Teams[0].Team.ID {
		t.Errorf("an answer to Platform's prompt, wherever it was sent to: %+v", got)
	}
	if got := o.take(o.raw(mail{to: own, subject: "tulips"})); got.Outcome != team.Held || !strings.Contains(got.Reason, "platform, garden") {
		t.Errorf("to the bare address, from a member of two teams: %s: %s", got.Outcome, got.Reason)
	}
	if got := o.take(o.raw(mail{from: "mia@example.com", to: own, subject: "tulips"})); got.Update == nil || got.Update.TeamID != o.aiko.Teams[0].Team.ID {
		t.Errorf("to the bare address, from a member of one team: %s: %s", got.Outcome, got.Reason)
	}
}

func TestAMailCountsForTheDayOnWhichItWasWritten(t *testing.T) {
	o := newOffice(t) // it is Monday 9 March, 09:30 in Rome
	for _, c := range []struct {
		says, date string
		want       int // of March
	}{
		{"no date", "", 9},
		{"just now", "Mon, 9 Mar 2026 09:29:00 +0100", 9},
		{"on a plane, the evening before", "Sun, 8 Mar 2026 20:00:00 +0100", 8},
		{"in the night, before the day's boundary", "Mon, 9 Mar 2026 03:59:00 +0100", 8},
		{"and at it", "Mon, 9 Mar 2026 04:00:00 +0100", 9},
		{"longest on the way", "Sat, 7 Mar 2026 09:31:00 +0100", 7},
		{"longer than that: its clock is wrong", "Sat, 7 Mar 2026 09:29:00 +0100", 9},
		{"in the future", "Wed, 11 Mar 2026 09:00:00 +0900", 9},
		{"unreadable", "yesterday", 9},
	} {
		extra := ""
		if c.date != "" {
			extra = "Date: " + c.date + "\n"
		}
		got := o.take(o.raw(mail{from: "Mia Rossi <mia@example.com>", to: own, subject: "tulips", extra: extra}))
		if got.Update == nil || got.Update.Day.Day != c.want {
			t.Errorf("%s: %s: %s, %+v, want the %dth", c.says, got.Outcome, got.Reason, got.Update, c.want)
		}
	}
}

func TestAReplyToADigestIsANoteForToday(t *testing.T) {
	o := newOffice(t)
	mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
	must(t, err)
	digest := func(p team.Person) string {
		return token.Address(own, o.sign(token.Token{Kind: token.Digest, Member: p.ID, Day: monday, Expires: monday.Add(90)}))
	}
	got := o.take(o.raw(mail{from: "mia@example.com", to: digest(mia), body: "Lovely news."}))
	if got.Outcome != team.Stored || got.Update.Day != monday || len(got.Update.Items) != 1 || got.Update.Items[0].Question != -1 {
		t.Errorf("got %+v with %+v", got, got.Update)
	}
	if got := o.take(o.raw(mail{to: digest(o.aiko), body: "Lovely news."})); got.Outcome != team.Held {
		t.Errorf("from a member of two teams: %s: %s", got.Outcome, got.Reason)
	}
}

func TestTheSameMailTwiceHasOneEffect(t *testing.T) {
	o := newOffice(t)
	raw := o.raw(mail{})
	if got := o.take(raw); got.Outcome != team.Stored {
		t.Fatalf("the first is %s: %s", got.Outcome, got.Reason)
	}
	o.uid++
	o.take(append([]byte("Received: from another.example.org; Mon, 09 Mar 2026 08:31:00 +0000\r\n"), raw...))
	status, err := o.store.Status(t.Context(), o.now, 0)
	if err != nil || status.Outcomes[team.Stored] != 1 || status.Outcomes[team.Duplicate] != 1 {
		t.Errorf("outcomes %v, %v", status.Outcomes, err)
	}
}

func TestACopyThatHadNoEffectDoesNotHideTheOneThatHas(t *testing.T) {
	o := newOffice(t)
	raw := o.raw(mail{})
	if got := o.take(append([]byte("List-Id: <all.example.com>\r\n"), raw...)); got.Outcome != team.List {
		t.Fatalf("the copy over the list is %s", got.Outcome)
	}
	o.uid++
	if got := o.take(raw); got.Outcome != team.Stored {
		t.Errorf("the copy sent to us is %s: %s", got.Outcome, got.Reason)
	}
}

func TestCopiesWithoutMessageIDAreOneMail(t *testing.T) {
	o := newOffice(t)
	raw := regexp.MustCompile(`Message-ID: .*\r\n`).ReplaceAll(o.raw(mail{extra: "Date: Mon, 09 Mar 2026 17:29:00 +0900\n"}), nil)
	o.take(raw)
	o.uid++
	o.take(append([]byte("Received: from another.example.org; Mon, 09 Mar 2026 08:31:00 +0000\r\n"), raw...))
	status, err := o.store.Status(t.Context(), o.now, 0)
	if err != nil || status.Outcomes[team.Stored] != 1 || status.Outcomes[team.Duplicate] != 1 {
		t.Errorf("outcomes %v, %v", status.Outcomes, err)
	}
	if o.last.Outcome != team.Duplicate {
		t.Errorf("the second is told as %s", o.last.Outcome)
	}
}

func TestOrders(t *testing.T) {
	for _, c := range []struct {
		says   string
		mail   mail
		paused bool
		answer team.AnswerKind
	}{
		{"pause alone in a reply", mail{body: "Pause"}, true, team.AnswerPaused},
		{"the List-Unsubscribe mail", mail{subject: "unsubscribe", body: " "}, true, team.AnswerPaused},
		{"the List-Unsubscribe mail with a sentence of the client's", mail{subject: "unsubscribe", body: "This message was made by your mail program."}, true, team.AnswerPaused},
		{"stop with a full stop, to the bare address", mail{to: own, subject: "x", body: "stop."}, true, team.AnswerPaused},
		{"help", mail{body: "help"}, false, team.AnswerHelp},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			got := o.take(o.raw(c.mail))
			if got.Outcome != team.Command || got.Answer == nil || got.Answer.Kind != c.answer {
				t.Fatalf("got %s: %s, answer %+v", got.Outcome, got.Reason, got.Answer)
			}
			if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused != c.paused {
				t.Errorf("paused %v, %v", p.Paused, err)
			}
			o.take(o.raw(mail{body: "resume"}))
			if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused {
				t.Errorf("after resume: paused %v, %v", p.Paused, err)
			}
		})
	}
	o := newOffice(t)
	if got := o.take(o.raw(mail{body: "We should pause the rollout until Thursday."})); got.Outcome != team.Stored {
		t.Errorf("a sentence with the word pause: %s: %s", got.Outcome, got.Reason)
	}
	if got := o.take(o.raw(mail{from: "eve@example.org", to: own, body: "pause"})); got.Outcome != team.Refused {
		t.Errorf("a stranger's order: %s", got.Outcome)
	}
}

func TestOldMailAfterTheServerHasNumberedAnew(t *testing.T) {
	o := newOffice(t)
	c := team.Cursor{Account: own, Validity: 2, NewFrom: 3, BaselineAt: o.now.AddDate(0, 0, -1)}
	take := func(uid uint32, m mail) team.Mail {
		raw := o.raw(m)
		o.uid, c.LastUID = uid, uid
		return o.takeAfter(c, raw)
	}
	if got := take(1, mail{received: o.now.AddDate(0, 0, -5)}); got.Outcome != team.Old {
		t.Errorf("from before the baseline: %s", got.Outcome)
	}
	if got := take(2, mail{body: "Second."}); got.Outcome != team.Stored {
		t.Errorf("from after the baseline: %s: %s", got.Outcome, got.Reason)
	}
	if got := take(3, mail{body: "Third.", received: o.now.AddDate(0, 0, -5)}); got.Outcome != team.Stored {
		t.Errorf("new, though its date is old: %s: %s", got.Outcome, got.Reason)
	}
	if got := take(4, mail{body: "pause", received: o.now.AddDate(-2, 0, 0)}); got.Outcome != team.Old {
		t.Errorf("two years old, copied in today: %s: %s", got.Outcome, got.Reason)
	}
	c.BaselineAt = o.now.AddDate(-1, 0, 0)
	if got := take(5, mail{body: "pause", received: o.now.AddDate(0, 0, -40)}); got.Outcome != team.Old || got.Pause != nil {
		t.Errorf("an order of forty days ago: %s: %s", got.Outcome, got.Reason)
	}
}

func TestImportedMailIsNeitherAnsweredNorNews(t *testing.T) {
	o := newOffice(t)
	o.receiver.ImportSince = o.now.AddDate(0, 0, -10)
	c := team.Cursor{Account: own, Validity: 1, NewFrom: 100, BaselineAt: o.now}
	take := func(m mail) team.Mail {
		raw := o.raw(m)
		c.LastUID = o.uid
		return o.takeAfter(c, raw)
	}
	early := o.now.AddDate(0, 0, -3)
	if got := take(mail{body: "help", received: o.now.Add(-5 * time.Minute)}); got.Answer != nil {
		t.Errorf("an order from right before the first start is answered")
	}
	if got := take(mail{to: platform, subject: "last week", received: early}); got.Outcome != team.Stored || !got.Update.Archive {
		t.Errorf("imported: %s: %s, %+v", got.Outcome, got.Reason, got.Update)
	}
	if got := take(mail{body: "help", received: early}); got.Outcome != team.Command || got.Answer != nil {
		t.Errorf("an old order: %s, answer %+v", got.Outcome, got.Answer)
	}
	if got := take(mail{body: "pause", received: early}); got.Pause != nil {
		t.Errorf("an old order is carried out")
	}
	if got := take(mail{received: o.now.AddDate(0, 0, -11)}); got.Outcome != team.Old {
		t.Errorf("too old to be imported: %s", got.Outcome)
	}
	mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
	must(t, err)
	turn, err := o.store.DigestTurn(t.Context(), mia.ID, o.now)
	must(t, err)
	for _, r := range turn.Reading {
		if len(r.Entries) > 0 {
			t.Errorf("imported words are news: %+v", r.Entries)
		}
	}
}

// brittle is a store that cannot stand one mail.
type brittle struct {
	*store.Store
	uid uint32
}

func (b brittle) Accept(ctx context.Context, c team.Cursor, mails []team.Mail, now time.Time) error {
	for _, m := range mails {
		if m.UID == b.uid && m.Outcome != team.Quarantined {
			return &team.Unacceptable{UID: m.UID, Err: errors.New("runtime error: nil map")}
		}
	}
	return b.Store.Accept(ctx, c, mails, now)
}

func TestAMailThatCannotBeStoredKeepsNobodyElsesOut(t *testing.T) {
	o := newOffice(t)
	words := func(text string) []byte {
		return o.raw(mail{from: "mia@example.com", to: platform, body: text})
	}
	batch := []mailin.Raw{{UID: 1, Bytes: words("Fixed the login")}, {UID: 2, Bytes: words("Wrote the guide")}, {UID: 3, Bytes: words("Met the auditors")}}
	became := map[uint32]team.Mail{}
	o.receiver.Store = brittle{o.store, 2}
	o.receiver.Done = func(m team.Mail) { became[m.UID] = m }
	for try := 1; ; try++ {
		err := o.receiver.Receive(t.Context(), team.Cursor{Account: own, Validity: 1, LastUID: 3}, batch)
		if err == nil && try == 3 {
			break
		}
		if err == nil || try == 3 || len(became) > 0 {
			t.Fatalf("try %d: %v, %d mails stored", try, err, len(became))
		}
	}
	if became[1].Outcome != team.Stored || became[3].Outcome != team.Stored || became[2].Outcome != team.Quarantined || !strings.Contains(became[2].Reason, "could not store it: runtime error") {
		t.Errorf("got %s, %s (%s), %s", became[1].Outcome, became[2].Outcome, became[2].Reason, became[3].Outcome)
	}
}

func TestAMailThatCannotBeHadIsQuarantined(t *testing.T) {
	o := newOffice(t)
	o.uid++
	must(t, o.receiver.Receive(context.Background(), team.Cursor{Account: own, Validity: 1, LastUID: o.uid}, []mailin.Raw{{UID: o.uid, Size: 9, Problem: "the connection ended three times"}}))
	if o.last.Outcome != team.Quarantined || !strings.Contains(o.last.Reason, "three times") {
		t.Errorf("got %s: %s", o.last.Outcome, o.last.Reason)
	}
}

func TestAMemberOfNoTeamIsHeld(t *testing.T) {
	o := newOffice(t)
	raw := o.raw(mail{})
	must(t, o.store.RemoveMember(t.Context(), o.aiko.ID, o.now))
	if got := o.take(raw); got.Outcome != team.Held {
		t.Errorf("got %s: %s", got.Outcome, got.Reason)
	}
}

func TestAFloodInAMembersNameIsHeldAndKept(t *testing.T) {
	o := newOffice(t)
	for i := range 60 {
		if got := o.take(o.raw(mail{body: fmt.Sprint("Closed ticket ", i)})); got.Outcome != team.Stored {
			t.Fatalf("mail %d: %s (%s)", i, got.Outcome, got.Reason)
		}
	}
	if got := o.take(o.raw(mail{body: "pause"})); got.Outcome != team.Held || got.Confirm != nil || got.Answer != nil || len(got.Raw) == 0 {
		t.Errorf("one more: %s (%s), %+v", got.Outcome, got.Reason, got.Answer)
	}
	if got := o.take(o.raw(mail{from: "mia@example.com", to: platform, subject: "x"})); got.Outcome != team.Stored {
		t.Errorf("another's: %s (%s)", got.Outcome, got.Reason)
	}
	if got := o.take(o.raw(mail{received: o.now.Add(-2 * time.Hour)})); got.Outcome != team.Stored {
		t.Errorf("one that waited: %s (%s)", got.Outcome, got.Reason)
	}
	o.now = o.now.Add(time.Hour)
	if got := o.take(o.raw(mail{})); got.Outcome != team.Stored {
		t.Errorf("an hour later: %s (%s)", got.Outcome, got.Reason)
	}
}

package mailin_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/proof"
)

// What the server of the mailbox states about a mail of Aiko's.
const (
	spfPass  = "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.com\n"
	spfNone  = "Authentication-Results: mx.example.com; spf=none smtp.mailfrom=example.com\n"
	dmarcBad = "Authentication-Results: mx.example.com; dmarc=fail header.from=example.com\n"
)

// checks has the office look for proof of who wrote, as a daemon does whose mailbox's server is known by that name; "strict" stands for none,
// and members whose domain wants proof.
func (o *office) checks(authserv string, check team.SenderCheck) {
	o.t.Helper()
	o.receiver.Proof = &proof.Checker{Own: own, AuthservID: authserv}
	if authserv == "strict" {
		o.receiver.Proof = &proof.Checker{Own: own, Keys: &proof.Keys{LookupTXT: func(_ context.Context, name string) ([]string, error) {
			if name == "_dmarc.example.com" {
				return []string{"v=DMARC1; p=reject"}, nil
			}
			return nil, &net.DNSError{IsNotFound: true}
		}}}
	}
	roster, err := o.store.Roster(o.t.Context())
	must(o.t, err)
	for i := range roster.Teams {
		roster.Teams[i].Team.SenderCheck = check
	}
	_, err = o.store.ApplyRoster(o.t.Context(), roster, false, o.now)
	must(o.t, err)
}

func TestWhatCountsWithoutProof(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	const here = "mx.example.com"
	reply := func(stated, body string) mail { return mail{extra: stated, body: body} }
	bare := func(stated, body string) mail { return mail{extra: stated, to: platform, subject: "lunch", body: body} }
	const words, order = "Moved the billing jobs.", "pause"
	for _, c := range []struct {
		says     string
		authserv string
		check    team.SenderCheck
		mail     mail
		want     team.Outcome
	}{
		{"warn: a reply with proof", here, "", reply(spfPass, words), team.Stored},
		{"warn: a reply without", here, "", reply(spfNone, words), team.Stored},
		{"warn: a reply that our server calls forged", here, "", reply(dmarcBad, words), team.Held},
		{"warn: an order with proof", here, "", reply(spfPass, order), team.Command},
		{"warn: an order without", here, "", reply(spfNone, order), team.Held},
		{"warn: an order that our server calls forged", here, "", reply(dmarcBad, order), team.Held},
		{"warn: a mail of its own with proof", here, "", bare(spfPass, words), team.Stored},
		{"warn: a mail of its own without", here, "", bare(spfNone, words), team.Held},
		{"warn: an order of its own with proof", here, "", bare(spfPass, order), team.Command},
		{"warn: an order of its own without", here, "", bare(spfNone, order), team.Held},
		{"warn: a leave of its own without", here, "", bare(spfNone, "off friday"), team.Held},
		{"warn: help changes nothing", here, "", bare(spfNone, "help"), team.Command},

		{"warn, nothing known of the server: a reply", "", "", reply(spfPass, words), team.Stored},
		{"warn, nothing known of the server: an order in a reply", "", "", reply(spfPass, order), team.Held},
		{"warn, nothing known of the server: a mail of its own", "", "", bare(spfPass, words), team.Stored},
		{"warn, nothing known of the server, but the domain is strict", "strict", "", bare(spfPass, words), team.Held},
		{"warn, nothing known of the server, the domain is strict: a reply", "strict", "", reply(spfPass, words), team.Stored},
		{"warn, nothing known of the server: an order of its own", "", "", bare("", order), team.Held},
		{"warn, nothing known of the server, but the domain is strict: an order of its own", "strict", "", bare("", order), team.Held},
		{"warn, nothing known of the server: an alias in a reply", "", "", reply("", "alias x@home.example"), team.Held},
		{"warn, nothing known of the server: an alias of its own", "", "", bare("", "alias x@home.example"), team.Held},

		{"warn: an unsubscribing mail without", here, "", mail{extra: spfNone, subject: "unsubscribe", body: "Sent by my mail program."}, team.Command},
		{"warn, nothing known of the server: an unsubscribing mail", "", "", mail{subject: "unsubscribe"}, team.Command},
		{"warn: an unsubscribing mail that our server calls forged", here, "", mail{extra: dmarcBad, subject: "unsubscribe"}, team.Held},
		{"warn: an unsubscribing mail that answers nothing", here, "", bare(spfNone, "unsubscribe"), team.Held},
		{"warn: another order under that subject", here, "", mail{extra: spfNone, subject: "unsubscribe", body: "alias x@home.example"}, team.Held},
		{"require: an unsubscribing mail", here, team.SendersRequire, mail{extra: spfNone, subject: "Unsubscribe", body: " "}, team.Command},

		{"require: a reply with proof", here, team.SendersRequire, reply(spfPass, words), team.Stored},
		{"require: a reply without", here, team.SendersRequire, reply(spfNone, words), team.Held},
		{"require: a mail of its own with proof", here, team.SendersRequire, bare(spfPass, words), team.Stored},
		{"require: a mail of its own without", here, team.SendersRequire, bare("", words), team.Held},
		{"require: an order without", here, team.SendersRequire, reply("", order), team.Held},
		{"require, nothing known of the server: a reply", "", team.SendersRequire, reply(spfPass, words), team.Held},

		{"off: a mail of its own", here, team.SendersOff, bare("", words), team.Stored},
		{"off: an order of its own", here, team.SendersOff, bare("", order), team.Command},
		{"off: what our server calls forged", here, team.SendersOff, bare(dmarcBad, words), team.Stored},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.checks(c.authserv, c.check)
			got := o.take(o.raw(c.mail))
			if got.Outcome != c.want {
				t.Fatalf("%s: %s; want %s", got.Outcome, got.Reason, c.want)
			}
			if asked := o.owed() == "confirm "; asked != (c.want == team.Held) {
				t.Errorf("%s, and owed is %q", got.Outcome, o.owed())
			}
			if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused != (c.want == team.Command && (c.mail.body == order || c.mail.subject != "lunch" && c.mail.subject != "")) {
				t.Errorf("paused: %v %v", p.Paused, err)
			}
		})
	}
}

// What a program says in a member's name is nobody's order: it counts or it does not, and nobody is asked about it.
func TestWhatProgramsSayCountsWithProofOrIfNothingBetterIsToBeHad(t *testing.T) {
	const here, auto = "mx.example.com", "Auto-Submitted: auto-replied\n"
	note := func(extra string) func(*office) []byte {
		return func(o *office) []byte {
			return o.raw(mail{extra: extra + auto, to: own, subject: "Auto: x", body: "I am away until 13 March."})
		}
	}
	answering := func(extra string) func(*office) []byte {
		return func(o *office) []byte {
			return note(extra + "In-Reply-To: <" + token.MessageID(own, o.prompt(o.aiko, monday)) + ">\n")(o)
		}
	}
	event := func(extra string) func(*office) []byte {
		return func(o *office) []byte {
			return o.invitation(aiko, clients["Exchange"], planned{uid: "7@quay", method: "REQUEST", organizer: "aiko@example.com", subject: "Sea", lines: sea}, extra)
		}
	}
	for _, c := range []struct {
		says     string
		authserv string
		mail     func(*office) []byte
		counts   bool
	}{
		{"a note with proof", here, note(spfPass), true},
		{"a note with proof of its server", here, note("Return-Path: <>\nAuthentication-Results: mx.example.com; spf=pass smtp.helo=mail.example.com\n"), true},
		{"a note without", here, note(spfNone), false},
		{"a note without, which answers a mail of ours", here, answering(spfNone), false},
		{"a note that our server calls forged", here, answering(dmarcBad), false},
		{"nothing known of the server: a note", "", note(""), false},
		{"nothing known of the server: a note that answers a mail of ours", "", answering(""), true},
		{"nothing known of the server: a note that answers another's", "", func(o *office) []byte {
			mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
			must(t, err)
			return note("In-Reply-To: <" + token.MessageID(own, o.prompt(mia, monday)) + ">\n")(o)
		}, false},
		{"an event with proof", here, event(spfPass), true},
		{"an event without", here, event(spfNone), false},
		{"nothing known of the server: an event", "", event(""), false},
		{"an event that comes by itself, with proof", here, event(spfPass + auto), true},
		{"an event that comes by itself, without", here, event(spfNone + auto), false},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.checks(c.authserv, "")
			got := o.take(c.mail(o))
			if away := o.awayOf("aiko@example.com") != ""; away != c.counts {
				t.Errorf("away %v: %s (%s)", away, got.Outcome, got.Reason)
			}
			if asked := strings.Contains(o.owed(), "confirm"); asked || got.Confirm != nil {
				t.Errorf("asked is %q", o.owed())
			}
		})
	}
}

// The mail that a client sends for List-Unsubscribe does what the link does, whoever has it: no more.
func TestTheMailThatUnsubscribesNeedsItsReplyAddressAlone(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", team.SendersRequire)
	paused := func() bool {
		p, _, err := o.store.Person(t.Context(), o.aiko.ID)
		must(t, err)
		return p.Paused
	}
	for says, m := range map[string]mail{
		"another order": {body: "alias eve@example.org"}, "words": {body: "Moved the billing jobs.\n\nAnd the crane page."}, "no": {body: "resume"},
		"a reply address that we did not make": {to: token.Address(own, strings.Repeat("a", 43))}, "none": {to: own},
	} {
		m.from, m.subject, m.extra = "eve@example.org", "unsubscribe", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.org\n"
		if says == "words" {
			m.subject = "Re: unsubscribe"
		}
		if got := o.take(o.raw(m)); got.Outcome != team.Held && got.Outcome != team.Refused || paused() || got.Answer != nil || o.holds() != "" {
			t.Errorf("%s: %s (%s), paused %v, answer %+v", says, got.Outcome, got.Reason, paused(), got.Answer)
		}
	}
	if got := o.take(o.raw(mail{from: "hidden@relay.example", subject: "unsubscribe", body: "This mail was made by a mail program."})); got.Outcome != team.Command || !paused() {
		t.Errorf("from an address that is not hers: %s (%s), paused %v", got.Outcome, got.Reason, paused())
	}
	owed, _ := o.receiptFor(team.AnswerPaused)
	if owed.Person.ID != o.aiko.ID {
		t.Errorf("told is %s", owed.Person.Name)
	}
}

func TestTheStrictestTeamDecides(t *testing.T) {
	p := func(checks ...team.SenderCheck) (p team.Person) {
		for _, c := range checks {
			p.Teams = append(p.Teams, team.Membership{Team: team.Team{SenderCheck: c}})
		}
		return p
	}
	for _, c := range []struct {
		checks []team.SenderCheck
		want   team.SenderCheck
	}{
		{[]team.SenderCheck{""}, team.SendersWarn}, {[]team.SenderCheck{"off"}, team.SendersOff}, {[]team.SenderCheck{"off", ""}, team.SendersWarn},
		{[]team.SenderCheck{"off", "warn"}, team.SendersWarn}, {[]team.SenderCheck{"warn", "require", "off"}, team.SendersRequire},
	} {
		if got := p(c.checks...).SenderCheck(); got != c.want {
			t.Errorf("%v: %s, want %s", c.checks, got, c.want)
		}
	}
}

func TestAYesTakesWhatWasHeldAndRemembersTheAddress(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	written := o.now
	if got := o.take(o.raw(mail{from: "aiko@travel.example"})); got.Outcome != team.Held {
		t.Fatalf("%s: %s", got.Outcome, got.Reason)
	}
	o.now = o.now.Add(time.Hour)
	o.take(o.raw(mail{from: "aiko@travel.example", body: "And the crane page."}))
	o.take(o.raw(mail{from: "aiko@travel.example", body: "off friday"}))
	if got := o.holds(); got != "" {
		t.Fatalf("before a yes the team reads %q", got)
	}
	owed, replyTo := o.receiptFor(team.AnswerConfirm)
	if owed.InQuestion.Address != "aiko@travel.example" || owed.Person.ID != o.aiko.ID {
		t.Fatalf("asked is %s about %+v", owed.Person.Name, owed.InQuestion)
	}
	if got := o.take(o.raw(mail{from: "aiko@travel.example", to: replyTo, subject: "Re: Was this you?", body: "yes"})); got.Outcome != team.Held {
		t.Errorf("a yes from the address in question: %s: %s", got.Outcome, got.Reason)
	}
	o.now = written.AddDate(0, 0, 1)
	if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Was this you?", body: "Yes, thanks"})); got.Outcome != team.Command {
		t.Fatalf("a yes: %s: %s", got.Outcome, got.Reason)
	}
	if got, want := o.holds(), "Moved the billing jobs. | And the crane page."; got != want {
		t.Errorf("after a yes the team reads %q, want %q", got, want)
	}
	if got := o.awayOf("aiko@example.com"); got != "2026-03-13/2026-03-13 " {
		t.Errorf("the order that was held: away %q", got)
	}
	if got := o.owed(); got != "confirmed " {
		t.Errorf("owed %q", got)
	}
	if got := o.take(o.raw(mail{from: "aiko@travel.example", body: "From the train."})); got.Outcome != team.Stored {
		t.Errorf("the address is not remembered: %s: %s", got.Outcome, got.Reason)
	}
	roster, err := o.store.Roster(t.Context())
	must(t, err)
	for i := range roster.Teams {
		for j := range roster.Teams[i].Members {
			m := &roster.Teams[i].Members[j].Member
			m.Addresses = m.Addresses[:min(2, len(m.Addresses))]
		}
	}
	changes, err := o.store.ApplyRoster(t.Context(), roster, false, o.now)
	must(t, err)
	if p, known, err := o.store.PersonByAddress(t.Context(), "aiko@travel.example"); err != nil || !known || p.ID != o.aiko.ID || len(changes) > 0 {
		t.Errorf("a team file that does not have it takes it away: %v %v, %v", known, err, changes)
	}
	if got := o.take(o.raw(mail{to: replyTo, body: "yes"})); got.Answer != nil || o.holds() != "Moved the billing jobs. | And the crane page. | From the train." {
		t.Errorf("a second yes: answer %+v, the team reads %q", got.Answer, o.holds())
	}
}

func TestANoLeavesItHeld(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	o.take(o.raw(mail{from: "eve@example.org"}))
	_, replyTo := o.receiptFor(team.AnswerConfirm)
	if got := o.take(o.raw(mail{to: replyTo, body: "No, that was not me."})); got.Outcome != team.Command || got.Answer != nil {
		t.Errorf("a no: %s: %s, answer %+v", got.Outcome, got.Reason, got.Answer)
	}
	if got := o.take(o.raw(mail{to: replyTo, body: "yes"})); got.Answer != nil {
		t.Error("a yes after a no counts")
	}
	if _, known, err := o.store.PersonByAddress(t.Context(), "eve@example.org"); known || err != nil || o.holds() != "" {
		t.Errorf("after a no: known %v, the team reads %q, %v", known, o.holds(), err)
	}
}

func TestOnlyItsOwnerSettlesAQuestion(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", "")
	o.take(o.raw(mail{from: "eve@example.org"}))
	_, replyTo := o.receiptFor(team.AnswerConfirm)
	for says, m := range map[string]mail{
		"a teammate":               {from: "mia@example.com", to: replyTo, body: "yes", extra: spfPass},
		"who asked for it":         {from: "eve@example.org", to: replyTo, body: "yes"},
		"what our server calls so": {to: replyTo, body: "yes", extra: dmarcBad},
		"a guess at the address":   {to: token.Address(own, strings.Repeat("a", 43)), subject: "Re: Was this you?", body: "yes"},
		"a prompt's address":       {body: "yes"},
	} {
		o.take(o.raw(m))
		if _, known, err := o.store.PersonByAddress(t.Context(), "eve@example.org"); known || err != nil {
			t.Fatalf("%s: %s: %s: Eve is known, %v", says, o.last.Outcome, o.last.Reason, err)
		}
	}
	if got := o.take(o.raw(mail{to: replyTo, body: "yes", extra: spfNone})); got.Outcome != team.Command {
		t.Errorf("its owner: %s: %s", got.Outcome, got.Reason)
	}
}

func TestQuestionsDoNotComeInBursts(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	for _, from := range []string{"a@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org"} {
		for range 5 {
			if got := o.take(o.raw(mail{from: from})); got.Outcome != team.Held {
				t.Fatalf("%s: %s", got.Outcome, got.Reason)
			}
		}
	}
	if got, want := o.owed(), "confirm confirm confirm "; got != want {
		t.Errorf("owed %q, want %q", got, want)
	}
	o.now = o.now.Add(25 * time.Hour)
	o.take(o.raw(mail{from: "d@example.org"}))
	if got, want := o.owed(), "confirm confirm confirm confirm "; got != want {
		t.Errorf("a day later owed is %q, want %q", got, want)
	}
	o.now = o.now.AddDate(0, 0, 15)
	o.take(o.raw(mail{from: "a@example.org"}))
	if got, want := o.owed(), "confirm confirm confirm confirm confirm "; got != want {
		t.Errorf("two weeks later owed is %q, want %q", got, want)
	}
}

// A copy that came by another way, from an address that is known, is not stored a second time.
func TestAYesToACopyStoresItOnce(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", "")
	bare := mail{to: platform, subject: "lunch"}
	raw := string(o.raw(bare))
	o.take([]byte(raw))
	_, replyTo := o.receiptFor(team.AnswerConfirm)
	o.uid++
	if got := o.take([]byte(spfPass[:len(spfPass)-1] + "\r\n" + raw)); got.Outcome != team.Stored {
		t.Fatalf("the copy with proof: %s: %s", got.Outcome, got.Reason)
	}
	o.take(o.raw(mail{to: replyTo, body: "yes", extra: spfPass}))
	if got := o.holds(); got != "Moved the billing jobs." {
		t.Errorf("the team reads %q", got)
	}
}

// released has these orders come from an address that is not known, and lets Aiko say that they were hers.
func (o *office) released(orders ...string) {
	o.t.Helper()
	for _, order := range orders {
		if got := o.take(o.raw(mail{from: "aiko@travel.example", body: order})); got.Outcome != team.Held {
			o.t.Fatalf("%s: %s: %s", order, got.Outcome, got.Reason)
		}
	}
	_, replyTo := o.receiptFor(team.AnswerConfirm)
	if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Was this you?", body: "yes"})); got.Outcome != team.Command {
		o.t.Fatalf("the yes to %q: %s: %s", orders, got.Outcome, got.Reason)
	}
}

// came is what the owed answer to a yes tells: "prompt 16:30; not undo: why".
func (o *office) came() string {
	o.t.Helper()
	list, err := o.store.Answers(o.t.Context(), o.now, 100)
	must(o.t, err)
	var told []string
	for _, a := range list {
		for _, c := range a.Came {
			if c.Doubt.Why != "" {
				told = append(told, "not "+c.Words+": "+c.Doubt.Why)
			} else {
				told = append(told, c.Changed.Part+" "+c.Changed.Is)
			}
		}
	}
	return strings.Join(told, "; ")
}

func TestAYesToAnOrderThatCannotBeCarriedOutIsToldWhy(t *testing.T) {
	for order, why := range map[string]string{
		"alias mia@example.com":           "cannot be an address of yours",
		"unalias mia@example.com":         "is no address of yours",
		"undo":                            "no change of yours",
		"back":                            "no leave",
		"prmpt 16:30":                     "do not know",
		"join platfrm":                    "no team",
		"name Mia Rossi":                  "called that already",
		"add mia@example.com":             "in Platform already",
		"add dev@example.com Dev":         "in which zone",
		"remove nobody@example.com":       "in no team of yours",
		"invite dev@example.com team web": `no team "web"`,
	} {
		o := newOffice(t)
		o.checks("", "")
		o.leads("platform")
		o.released(order)
		if got := o.owed(); got != "confirmed " {
			t.Errorf("%s: owed is %q", order, got)
		}
		if got := o.came(); !strings.HasPrefix(got, "not ") || !strings.Contains(got, why) {
			t.Errorf("%s: told is %q, want %q", order, got, why)
		}
	}
}

// What has changed while an order was held is no reason to say nothing.
func TestAnOrderThatCannotBeDoneAnyMoreIsToldWhy(t *testing.T) {
	for says, c := range map[string]struct {
		order, why string
		meanwhile  func(o *office)
	}{
		"the limit is reached": {"add dev@example.com Dev tz Rome", "8 people", func(o *office) {
			for i := range 8 {
				o.take(o.raw(mail{extra: spfPass, body: fmt.Sprintf("add new%d@example.com tz Rome", i)}))
			}
		}},
		"the address is taken": {"alias me@home.example", "cannot be an address of yours", func(o *office) {
			mia, _, err := o.store.PersonByAddress(o.t.Context(), "mia@example.com")
			must(o.t, err)
			must(o.t, o.store.AddAlias(o.t.Context(), mia.ID, "me@home.example", o.now))
		}},
		"no lead any more":               {"add dev@example.com Dev tz Rome", "only a lead", func(o *office) { o.leads() }},
		"an update for a team that left": {"Moved the jobs.", "not in any more", func(o *office) { o.without("platform") }},
	} {
		t.Run(says, func(t *testing.T) {
			o := newOffice(t)
			o.checks("mx.example.com", "")
			o.leads("platform")
			if got := o.take(o.raw(mail{from: "aiko@travel.example", body: c.order})); got.Outcome != team.Held {
				t.Fatalf("%s: %s", got.Outcome, got.Reason)
			}
			_, replyTo := o.receiptFor(team.AnswerConfirm)
			c.meanwhile(o)
			o.now = o.now.Add(time.Hour)
			before := o.owed()
			if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Was this you?", body: "yes"})); got.Outcome != team.Command {
				t.Fatalf("the yes: %s: %s", got.Outcome, got.Reason)
			}
			if got := o.owed(); got != before+"confirmed " {
				t.Errorf("owed is %q, before it was %q", got, before)
			}
			if got := o.came(); !strings.Contains(got, c.why) {
				t.Errorf("told is %q, want %q", got, c.why)
			}
		})
	}
}

// without takes Aiko out of teams.
func (o *office) without(slugs ...string) {
	o.t.Helper()
	roster, err := o.store.Roster(o.t.Context())
	must(o.t, err)
	for i := range roster.Teams {
		if slices.Contains(slugs, roster.Teams[i].Team.Slug) {
			roster.Teams[i].Members = slices.DeleteFunc(roster.Teams[i].Members, func(m team.RosterMember) bool { return m.Member.Name == "Aiko Tanaka" })
		}
	}
	_, err = o.store.ApplyRoster(o.t.Context(), roster, false, o.now)
	must(o.t, err)
}

func TestAYesToWhatAsksForSomethingGivesIt(t *testing.T) {
	for _, c := range []struct {
		orders []string
		owed   string
	}{
		{[]string{"digest now"}, "digest"},
		{[]string{"digest since friday"}, "since"},
		{[]string{"digest full"}, "full"},
		{[]string{"my data"}, "data"},
		{[]string{"settings"}, "settings"},
		{[]string{"help"}, "help"},
		{[]string{"forget me"}, "forget"},
		{[]string{"list"}, "members"},
		{[]string{"digest now", "digest now"}, "digest"},
		{[]string{"digest now", "my data"}, "data digest"},
		{[]string{"digest now", "prompt 16:30"}, "digest confirmed"},
		{[]string{"prompt 16:30", "digest now"}, "digest confirmed"},
		{[]string{"my data", "Moved the jobs.", "digest now", "digest since friday"}, "data digest since confirmed"},
	} {
		o := newOffice(t)
		o.checks("", "")
		o.leads("platform")
		o.released(c.orders...)
		if got := strings.TrimSpace(o.owed()); got != c.owed {
			t.Errorf("%q: owed is %q, want %q", c.orders, got, c.owed)
		}
		list, err := o.store.Answers(t.Context(), o.now, 10)
		must(t, err)
		for _, a := range list {
			if (a.Kind == team.AnswerDigest || a.Kind == team.AnswerSince) && a.Turn == nil || a.Kind == team.AnswerData && a.Data == nil {
				t.Errorf("%q: the %s is made of nothing", c.orders, a.Kind)
			}
		}
	}
}

func TestAYesToSeveralOrdersTellsOfEach(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	o.leads("platform")
	o.released("prompt 16:30", "add dev@example.com Dev", "Moved the jobs.", "off friday", "undo", "prompt 15:15", "pause")
	want := `prompt 16:30; not add dev@example.com Dev: it does not say in which zone dev@example.com is; away 2026-03-13/2026-03-13; away ; prompt 15:15; paused yes`
	if got := o.came(); got != want {
		t.Errorf("told is %q, want %q", got, want)
	}
	if got := o.owed(); got != "confirmed " {
		t.Errorf("owed %q", got)
	}
}

// Who is forgotten by one of the held mails is not given what stands in the next.
func TestAYesToBeingForgottenIsTheEndOfIt(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	o.take(o.raw(mail{body: "forget me"}))
	_, forget := o.receiptFor(team.AnswerForget)
	for _, m := range []mail{{body: "digest now"}, {to: forget, body: "yes"}, {body: "Moved the jobs."}, {body: "my data"}} {
		m.from = "aiko@travel.example"
		if got := o.take(o.raw(m)); got.Outcome != team.Held {
			t.Fatalf("%s: %s", got.Outcome, got.Reason)
		}
	}
	_, replyTo := o.receiptFor(team.AnswerConfirm)
	if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Was this you?", body: "yes"})); got.Outcome != team.Command {
		t.Fatalf("%s: %s", got.Outcome, got.Reason)
	}
	if _, known, err := o.store.PersonByAddress(t.Context(), "aiko@example.com"); err != nil || known || o.owed() != "" || o.holds() != "" {
		t.Errorf("known %v, owed %q, the team reads %q, %v", known, o.owed(), o.holds(), err)
	}
}

func TestWhatWasHeldIsNotTakenByReadingItAgain(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", "")
	o.take(o.raw(mail{to: platform, subject: "lunch"}))
	if got := o.reread(true); got != "" {
		t.Errorf("it differs by %q", got)
	}
	if got := o.holds(); got != "" {
		t.Errorf("the team reads %q", got)
	}
}

func TestGuessesAtReplyAddressesAreTurnedAway(t *testing.T) {
	o := newOffice(t)
	o.checks("", "")
	good := o.prompt(o.aiko, monday)
	guess := func() mail {
		return mail{to: token.Address(own, "a"+good[1:]), subject: "lunch", extra: "Cc: " + platform + "\n"}
	}
	for range 20 {
		o.take(o.raw(guess()))
	}
	for range 3 {
		if got := o.take(o.raw(guess())); got.Outcome != team.Refused || got.Answer != nil || got.Confirm != nil {
			t.Errorf("one guess more: %s: %s", got.Outcome, got.Reason)
		}
	}
	if got := o.take(o.raw(mail{})); got.Outcome != team.Stored {
		t.Errorf("a good reply address from the same domain: %s: %s", got.Outcome, got.Reason)
	}
	o.now = o.now.Add(time.Hour)
	if got := o.take(o.raw(guess())); got.Outcome == team.Refused {
		t.Errorf("an hour later: %s: %s", got.Outcome, got.Reason)
	}
}

// Each form of forgery, at a mailbox whose server tells what it finds out about senders: nothing of it is said in anyone's name.
func TestNoForgeryIsAccepted(t *testing.T) {
	const stated = "Authentication-Results: "
	for says, forge := range map[string]func(o *office) mail{
		"From alone":                       func(o *office) mail { return mail{to: platform, subject: "lunch"} },
		"From and the subject of a prompt": func(o *office) mail { return mail{to: own} },
		"a foreign server's word above": func(o *office) mail {
			return mail{to: platform, extra: stated + "mx.evil.example; spf=pass smtp.mailfrom=example.com; dmarc=pass header.from=example.com\n" + spfNone}
		},
		"a forged word of ours below": func(o *office) mail { return mail{to: platform, extra: spfNone + spfPass} },
		"a forged word below another server": func(o *office) mail {
			return mail{to: platform, extra: "Received: from x by relay.evil.example; Mon, 9 Mar 2026 08:00:00 +0000\n" + spfPass}
		},
		"a word in a comment": func(o *office) mail {
			return mail{to: platform, extra: stated + "mx.example.com; spf=fail (; spf=pass smtp.mailfrom=example.com)\n"}
		},
		"a signature of a mail to another": func(o *office) mail {
			return mail{to: "mia@example.com", extra: stated + "mx.example.com; dkim=pass header.d=example.com\nDKIM-Signature: v=1; d=example.com; h=from:to:subject:message-id; b=\nDelivered-To: " + token.Address(own, o.prompt(o.aiko, monday)) + "\n", body: "pause"}
		},
		"a signature of the beginning": func(o *office) mail {
			return mail{to: platform, extra: stated + "mx.example.com; dkim=pass header.d=example.com\nDKIM-Signature: v=1; d=example.com; l=1; h=from:to:subject:message-id; b=\n"}
		},
		"what our server calls forged": func(o *office) mail { return mail{extra: dmarcBad} },
		"two From lines":               func(o *office) mail { return mail{extra: spfPass + "From: mia@example.com\n"} },
		"two authors":                  func(o *office) mail { return mail{from: "mia@example.com, aiko@example.com", extra: spfPass} },
		"an address as a name":         func(o *office) mail { return mail{from: `"aiko@example.com" <eve@example.org>`, extra: spfPass} },
		"a domain that looks alike": func(o *office) mail {
			return mail{from: "aiko@examp1e.com", extra: stated + "mx.example.com; spf=pass smtp.mailfrom=examp1e.com\n"}
		},
		"a domain in other letters":      func(o *office) mail { return mail{from: "aiko@ex\u0430mple.com", extra: spfPass} },
		"another member's reply address": func(o *office) mail { return mail{from: "Mia <mia@example.com>", extra: spfPass} },
		"a forwarded digest's reply address": func(o *office) mail {
			return mail{from: "eve@example.org", to: token.Address(own, o.sign(token.Token{Kind: token.Digest, Member: o.aiko.ID, Day: monday, Expires: monday.Add(90)})), body: "pause"}
		},
		"an order in her name by her reply address": func(o *office) mail { return mail{extra: spfNone, body: "pause"} },
		"an expired reply address": func(o *office) mail {
			return mail{extra: spfPass, to: token.Address(own, o.sign(token.Token{Kind: token.Prompt, Member: o.aiko.ID, ID: 1, Day: monday.Add(-91), Expires: monday.Add(-1)}))}
		},
		"a guessed reply address": func(o *office) mail {
			return mail{extra: spfNone, to: token.Address(own, "b"+o.prompt(o.aiko, monday)[1:])}
		},
	} {
		t.Run(says, func(t *testing.T) {
			o := newOffice(t)
			o.checks("mx.example.com", "")
			got := o.take(o.raw(forge(o)))
			if got.Outcome != team.Held && got.Outcome != team.Refused {
				t.Errorf("%s: %s", got.Outcome, got.Reason)
			}
			if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused || o.holds() != "" || got.Answer != nil {
				t.Errorf("paused %v, the team reads %q, answer %+v, %v", p.Paused, o.holds(), got.Answer, err)
			}
		})
	}
}

package mailin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
)

// leads makes Aiko the lead of these teams of hers.
func (o *office) leads(slugs ...string) {
	o.t.Helper()
	roster, err := o.store.Roster(o.t.Context())
	must(o.t, err)
	for i := range roster.Teams {
		for j := range roster.Teams[i].Members {
			m := &roster.Teams[i].Members[j]
			m.Lead = m.Member.Name == "Aiko Tanaka" && slices.Contains(slugs, roster.Teams[i].Team.Slug)
		}
	}
	_, err = o.store.ApplyRoster(o.t.Context(), roster, false, o.now)
	must(o.t, err)
	o.aiko, _, err = o.store.PersonByAddress(o.t.Context(), "aiko@example.com")
	must(o.t, err)
}

// roster is who is in the teams: "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka".
func (o *office) roster() string {
	o.t.Helper()
	roster, err := o.store.Roster(o.t.Context())
	must(o.t, err)
	var all []string
	for _, t := range roster.Teams {
		var names []string
		for _, m := range t.Members {
			names = append(names, m.Member.Name)
		}
		all = append(all, t.Team.Slug+": "+strings.Join(names, ", "))
	}
	return strings.Join(all, "; ")
}

// doubt is the newest answer that says why something was not done.
func (o *office) doubt() team.Doubt {
	o.t.Helper()
	list, err := o.store.Answers(o.t.Context(), o.now, 100)
	must(o.t, err)
	if len(list) == 0 {
		return team.Doubt{}
	}
	return list[len(list)-1].Doubt
}

func TestLeadsOrderByMail(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	const both, before = "platform garden", "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka"
	for _, c := range []struct {
		says  string
		leads string
		mails []string // the body, or the subject, address and body with | between
		after string   // who is in the teams, "" as before
		owed  string   // the answers
		why   string   // a part of the last one's doubt
		try   string   // what that proposes
	}{
		{says: "a newcomer", leads: "platform", mails: []string{"add dev@example.com Dev Patel tz Asia/Kolkata"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev Patel; garden: Aiko Tanaka", owed: "changed"},
		{says: "a newcomer without a name", leads: "platform", mails: []string{"add dev.patel@example.com tz Kolkata"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev Patel; garden: Aiko Tanaka", owed: "changed"},
		{says: "a newcomer, taken back", leads: "platform", mails: []string{"add dev@example.com Dev tz Kolkata", "undo"}, owed: "changed changed"},
		{says: "a newcomer, taken back twice", leads: "platform", mails: []string{"add dev@example.com Dev tz Kolkata", "undo", "undo"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev; garden: Aiko Tanaka", owed: "changed changed changed"},
		{says: "a zone without the word", leads: "platform", mails: []string{"add dev@example.com Dev Patel Asia/Kolkata"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev Patel; garden: Aiko Tanaka", owed: "changed"},
		{says: "several newcomers", leads: "platform", mails: []string{"add dev@example.com Dev Asia/Kolkata\nadd kofi@example.com Kofi tz Accra"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev, Kofi; garden: Aiko Tanaka", owed: "changed"},
		{says: "several newcomers, taken back", leads: "platform", mails: []string{"add dev@example.com Dev Asia/Kolkata\nadd kofi@example.com Kofi tz Accra", "undo"}, owed: "changed changed"},
		{says: "several newcomers, taken back twice", leads: "platform", mails: []string{"add dev@example.com Dev Asia/Kolkata\nadd kofi@example.com Kofi tz Accra", "undo", "undo"},
			after: "platform: Aiko Tanaka, Mia Rossi, Dev, Kofi; garden: Aiko Tanaka", owed: "changed changed changed"},
		{says: "several newcomers of whom one is in it", leads: "platform", mails: []string{"add dev@example.com Dev Asia/Kolkata\nadd mia@example.com Mia"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev; garden: Aiko Tanaka", owed: "changed"},
		{says: "several newcomers in which of two teams", leads: both, mails: []string{"lunch|updates@example.com|add dev@example.com Dev Asia/Kolkata\nadd kofi@example.com, Kofi, tz Accra"}, owed: "unclear", why: "several teams",
			try: "add dev@example.com Dev Asia/Kolkata, kofi@example.com Kofi tz Accra team platform, add dev@example.com Dev Asia/Kolkata, kofi@example.com Kofi tz Accra team garden"},
		{says: "several to a list that is no team", leads: "platform", mails: []string{"add dev@example.com and kofi@example.com to the allowlist"}},
		{says: "a newcomer without a zone", leads: "platform", mails: []string{"add dev@example.com Dev"}, owed: "unclear", why: "in which zone", try: "add dev@example.com Dev tz Asia/Tokyo team platform"},
		{says: "a member of another team", leads: "garden", mails: []string{"|updates+garden@example.com|add mia@example.com"}, after: "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka, Mia Rossi", owed: "changed"},
		{says: "one who is in it already", leads: "platform", mails: []string{"add mia@example.com Mia"}, owed: "unclear", why: "in Platform already"},
		{says: "our own address", leads: "platform", mails: []string{"add updates@example.com Bot tz Rome"}, owed: "unclear", why: "my own"},
		{says: "in which of two teams", leads: both, mails: []string{"lunch|updates@example.com|add dev@example.com Dev tz Asia/Kolkata"}, owed: "unclear", why: "several teams",
			try: "add dev@example.com Dev tz Asia/Kolkata team platform, add dev@example.com Dev tz Asia/Kolkata team garden"},
		{says: "named", leads: both, mails: []string{"lunch|updates@example.com|add dev@example.com Dev tz Asia/Kolkata team Garden"}, after: "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka, Dev", owed: "changed"},
		{says: "named with to", leads: both, mails: []string{"lunch|updates@example.com|add dev@example.com Dev to garden"}, owed: "unclear", why: "in which zone", try: "add dev@example.com Dev tz Asia/Tokyo team garden"},
		{says: "by the address", leads: both, mails: []string{"lunch|updates+garden@example.com|add dev@example.com Dev tz Asia/Kolkata"}, after: "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka, Dev", owed: "changed"},
		{says: "by the mail that is answered", leads: both, mails: []string{"add dev@example.com Dev tz Asia/Kolkata"}, after: "platform: Aiko Tanaka, Mia Rossi, Dev; garden: Aiko Tanaka", owed: "changed"},
		{says: "an answer to the mail of a team that they do not lead", leads: "garden", mails: []string{"add dev@example.com Dev tz Asia/Kolkata"}, owed: "unclear", why: "Platform, which you do not lead",
			try: "add dev@example.com Dev tz Asia/Kolkata team garden"},
		{says: "a team that is none", leads: "platform", mails: []string{"add dev@example.com Dev team web"}, owed: "unclear", why: `no team "web"`, try: "add dev@example.com Dev team platform"},
		{says: "a misspelt order", leads: "platform", mails: []string{"remvoe mia@example.com"}, owed: "unclear", why: "remvoe", try: "remove mia@example.com"},
		{says: "a misspelt removal by name", leads: "platform", mails: []string{"remov Mia"}, owed: "unclear", why: "remov", try: "remove Mia"},
		{says: "an update: something to remove, misspelt", leads: "platform", mails: []string{"Remov dead code"}},

		{says: "a removal by address", leads: "platform", mails: []string{"remove mia@example.com"}, after: "platform: Aiko Tanaka; garden: Aiko Tanaka", owed: "changed"},
		{says: "a removal by name", leads: "platform", mails: []string{"Remove Mia"}, after: "platform: Aiko Tanaka; garden: Aiko Tanaka", owed: "changed"},
		{says: "a removal by name in the subject", leads: "platform", mails: []string{"remove Mia|updates@example.com| "}, after: "platform: Aiko Tanaka; garden: Aiko Tanaka", owed: "changed"},
		{says: "a removal, taken back", leads: "platform", mails: []string{"remove mia rossi", "undo"}, owed: "changed changed"},
		{says: "a misspelt name", leads: "platform", mails: []string{"remove Mai"}, owed: "unclear", why: `called "Mai"`, try: "remove mia@example.com"},
		{says: "an address that is nobody's", leads: "platform", mails: []string{"remove mis@example.com"}, owed: "unclear", why: "in no team of yours", try: "remove mia@example.com"},
		{says: "themselves", leads: "platform", mails: []string{"remove aiko@home.example"}, owed: "unclear", why: "that is you"},

		{says: "a removal of who is called like a member", leads: "platform", mails: []string{"remove Mia Berg"}, owed: "unclear", why: `nobody is called "Mia Berg"`, try: "remove mia@example.com"},
		{says: "a removal of who is invited", leads: "platform", mails: []string{"invite dev@example.com Dev", "remove dev@example.com"}, owed: "changed changed"},
		{says: "a removal of who is invited, by name", leads: "platform", mails: []string{"invite dev@example.com Dev", "remove Dev"}, owed: "changed changed"},
		{says: "invitations of several", leads: "platform", mails: []string{"invite dev@example.com, kofi@example.com"}, owed: "changed"},

		{says: "who is in it", leads: "platform", mails: []string{"list"}, owed: "members"},
		{says: "who is in it, by name", leads: both, mails: []string{"list garden"}, owed: "members"},
		{says: "an invitation", leads: "platform", mails: []string{"invite dev@example.com Dev"}, owed: "changed"},
		{says: "an invitation of one who was asked", leads: "platform", mails: []string{"invite dev@example.com Dev", "invite dev@example.com"}, owed: "changed unclear", why: "nobody twice"},
		{says: "an invitation of one whose invitation was withdrawn", leads: "platform", mails: []string{"invite dev@example.com", "undo", "invite dev@example.com"}, owed: "changed changed unclear", why: "nobody twice"},
		{says: "an addition of one who was asked", leads: "platform", mails: []string{"invite dev@example.com Dev", "add dev@example.com Dev tz Kolkata"}, owed: "changed unclear", why: "has not said yes"},

		{says: "no lead: an addition", mails: []string{"add dev@example.com Dev tz Asia/Kolkata"}, owed: "unclear", why: "only a lead of Platform or Garden"},
		{says: "no lead: a removal", mails: []string{"remove Mia"}, owed: "unclear", why: "only a lead of Platform"},
		{says: "no lead: a removal of who is not there", mails: []string{"remove dev@example.com"}, owed: "unclear", why: "only a lead"},
		{says: "no lead: a list", mails: []string{"list"}, owed: "unclear", why: "only a lead"},
		{says: "no lead: an invitation", mails: []string{"invite dev@example.com"}, owed: "unclear", why: "only a lead"},
		{says: "no lead: a setting", mails: []string{"settings prompt 16:30"}, owed: "unclear", why: "only a lead", try: "prompt 16:30"},

		{says: "an update: something to remove", leads: "platform", mails: []string{"Remove dead code"}},
		{says: "an update: something to add", leads: "platform", mails: []string{"add mia@example.com to the mailing list"}},
		{says: "an update: a list", leads: "platform", mails: []string{"list page is done"}},
		{says: "an update: a page of settings", leads: "platform", mails: []string{"settings page prompt 16:30"}},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.leads(strings.Fields(c.leads)...)
			for _, text := range c.mails {
				m := mail{body: text}
				if parts := strings.Split(text, "|"); len(parts) == 3 {
					m = mail{subject: parts[0], to: parts[1], body: parts[2]}
				}
				if got := o.take(o.raw(m)); (got.Outcome == team.Command) != (c.owed != "") {
					t.Errorf("%q is %s: %s", text, got.Outcome, got.Reason)
				}
			}
			want := c.after
			if want == "" {
				want = before
			}
			if got := o.roster(); got != want {
				t.Errorf("in the teams are %q, want %q", got, want)
			}
			if got := strings.TrimSpace(o.owed()); got != c.owed {
				t.Errorf("owed %q, want %q", got, c.owed)
			}
			if d := o.doubt(); !strings.Contains(d.Why, c.why) || (c.try != "" || d.Try != nil) && strings.Join(d.Try, ", ") != c.try {
				t.Errorf("doubt %+v, want %q and %q", d, c.why, c.try)
			}
		})
	}
}

func TestALeadSetsTheRuleOfTheTeam(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	prompt := func() string {
		t.Helper()
		mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
		must(t, err)
		return mia.RuleIn(mia.Teams[0].Team).Prompt.String()
	}
	for _, c := range []struct{ body, want string }{
		{"settings prompt 15:30", "15:30"}, {"undo", "16:00"}, {"undo", "15:30"}, {"settings platform prompt default", "16:00"}, {"settings prompt 14:00 team platform", "14:00"},
	} {
		if got := o.take(o.raw(mail{body: c.body})); got.Outcome != team.Command || prompt() != c.want {
			t.Errorf("%q is %s (%s), and the prompt comes at %s, want %s", c.body, got.Outcome, got.Reason, prompt(), c.want)
		}
	}
	// The file says what it said before: what the lead set stays, until it says something else.
	roster, err := o.store.Roster(t.Context())
	must(t, err)
	roster.Teams[0].Team.Defaults.PromptSet = false
	changes, err := o.store.ApplyRoster(t.Context(), roster, false, o.now)
	must(t, err)
	if len(changes) != 1 || changes[0].Action != team.Keep || prompt() != "14:00" {
		t.Errorf("%+v, and the prompt comes at %s", changes, prompt())
	}
	roster.Teams[0].Team.Defaults.Prompt, roster.Teams[0].Team.Defaults.PromptSet = 13*60, true
	_, err = o.store.ApplyRoster(t.Context(), roster, false, o.now)
	must(t, err)
	if prompt() != "13:00" {
		t.Errorf("the file says 13:00, and the prompt comes at %s", prompt())
	}
}

func TestATeamFileLeavesWhomLeadsAddedAndRemoved(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	file, err := o.store.Roster(t.Context())
	must(t, err)
	apply := func(r team.Roster, want string) {
		t.Helper()
		_, err := o.store.ApplyRoster(t.Context(), r, false, o.now)
		must(t, err)
		if got := o.roster(); got != want {
			t.Errorf("in the teams are %q, want %q", got, want)
		}
	}
	o.take(o.raw(mail{body: "add dev@example.com Dev Patel tz Kolkata"}))
	o.take(o.raw(mail{body: "remove Mia"}))
	const ordered = "platform: Aiko Tanaka, Dev Patel; garden: Aiko Tanaka"
	apply(file, ordered)
	apply(file, ordered)
	exported, err := o.store.Roster(t.Context()) // the file takes over what is so
	must(t, err)
	apply(exported, ordered)
	apply(file, "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka") // and says something else
}

func TestAnOrderForATeamNeedsProof(t *testing.T) {
	for _, c := range []struct {
		says, authserv, stated string
		check                  team.SenderCheck
		want                   team.Outcome
	}{
		{"proof", "mx.example.com", spfPass, "", team.Command},
		{"none", "mx.example.com", spfNone, "", team.Held},
		{"nothing is known of the server, though it answers a mail of ours", "", "", "", team.Held},
		{"the team wants none", "mx.example.com", "", team.SendersOff, team.Command},
	} {
		o := newOffice(t)
		o.leads("platform")
		o.checks(c.authserv, c.check)
		got := o.take(o.raw(mail{extra: c.stated, body: "add eve@example.org Eve tz Rome"}))
		if in := strings.Contains(o.roster(), "Eve"); got.Outcome != c.want || in != (c.want == team.Command) {
			t.Errorf("%s: %s (%s), and Eve is in: %v", c.says, got.Outcome, got.Reason, in)
		}
		if c.want != team.Held {
			continue
		}
		_, replyTo := o.receiptFor(team.AnswerConfirm)
		if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Was this you?", body: "yes"})); got.Outcome != team.Command || !strings.Contains(o.roster(), "Eve") {
			t.Errorf("%s: after a yes: %s (%s), and in are %s", c.says, got.Outcome, got.Reason, o.roster())
		}
		if told, _ := o.receiptFor(team.AnswerConfirmed); len(told.Came) != 1 || told.Came[0].Changed.Is != "platform" || told.Came[0].Changed.Whose.Name != "Eve" {
			t.Errorf("%s: told of %+v", c.says, told.Came)
		}
	}
}

func TestALeadNamesFewPeopleADay(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	for i := range 12 {
		o.take(o.raw(mail{body: fmt.Sprintf("invite p%d@example.org", i)}))
	}
	notices, err := o.store.Notices(t.Context(), o.now, 100)
	must(t, err)
	if len(notices) != 8 {
		t.Errorf("%d are asked", len(notices))
	}
	o.now = o.now.Add(25 * time.Hour)
	o.take(o.raw(mail{body: "invite q@example.org"}))
	if notices, err = o.store.Notices(t.Context(), o.now, 100); err != nil || len(notices) != 9 {
		t.Errorf("%d are asked the next day, %v", len(notices), err)
	}
}

// invited has Aiko invite somebody, whose mail is sent, and gives the address to which it is answered.
func (o *office) invited(addr string) (notice team.Notice, replyTo string) {
	o.t.Helper()
	if got := o.take(o.raw(mail{body: "invite " + addr})); got.Outcome != team.Command {
		o.t.Fatalf("%s: %s", got.Outcome, got.Reason)
	}
	notices, err := o.store.Notices(o.t.Context(), o.now, 100)
	must(o.t, err)
	notice = notices[len(notices)-1]
	return notice, token.Address(own, o.noticed(notice))
}

// noticed puts a notice's mail into the database, as the scheduler would, and gives its token.
func (o *office) noticed(n team.Notice) string {
	o.t.Helper()
	text := o.sign(token.Token{Kind: token.Notice, Member: n.Person.ID, ID: n.ID, Day: monday, Expires: monday.Add(90)})
	must(o.t, o.store.CommitNotice(o.t.Context(), n.ID, team.Outgoing{Dedupe: fmt.Sprint("notice:", n.ID), Kind: team.NoticeMail, MemberID: n.Person.ID, To: n.Person.Address(),
		MessageID: token.MessageID(own, text), Subject: "A notice", Text: "Reply with only \"yes\".", Raw: []byte("\r\n")}, o.now))
	return text
}

func TestWhoIsInvitedJoinsByAYesOnly(t *testing.T) {
	const out, in = "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka", "platform: Aiko Tanaka, Mia Rossi, Dev; garden: Aiko Tanaka"
	for _, c := range []struct {
		says    string
		replies []string
		subject string
		from    string
		after   string
		owed    string
		told    string // what the lead is told
	}{
		{says: "yes", replies: []string{"Yes, thanks"}, after: in, owed: "changed", told: "joined"},
		{says: "yes with more below", replies: []string{"Yes\n\nLooking forward to it.\nDev"}, after: in, owed: "changed", told: "joined"},
		{says: "ja", replies: []string{"Ja!"}, after: in, owed: "changed", told: "joined"},
		{says: "no", replies: []string{"no"}, after: out, told: "declined"},
		{says: "stop", replies: []string{"STOP"}, after: out, told: "declined"},
		{says: "unsubscribe", replies: []string{"Please take me off."}, subject: "unsubscribe", after: out, told: "declined"},
		{says: "no, then yes", replies: []string{"no", "yes"}, after: in, owed: "changed", told: "declined joined"},
		{says: "something else, twice", replies: []string{"Who are you?", "Tell me more"}, after: out, owed: "invited"},
		{says: "something else, then yes", replies: []string{"Who are you?", "yes"}, after: in, owed: "invited changed", told: "joined"},
		{says: "an update before any yes", replies: []string{"Done: the importer"}, after: out, owed: "invited"},
		{says: "an order before any yes", replies: []string{"add eve@example.org Eve"}, after: out, owed: "invited"},
		{says: "somebody else's yes", replies: []string{"yes"}, from: "eve@example.org", after: out},
		{says: "a member's yes", replies: []string{"yes"}, from: "mia@example.com", after: out},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.leads("platform")
			_, replyTo := o.invited("dev@example.org")
			before := o.owed()
			from, subject := c.from, c.subject
			if from == "" {
				from = "dev@example.org"
			}
			if subject == "" {
				subject = "Re: A notice"
			}
			for _, words := range c.replies {
				o.take(o.raw(mail{from: from, to: replyTo, subject: subject, body: words}))
			}
			if got := o.roster(); got != c.after {
				t.Errorf("in the teams are %q, want %q", got, c.after)
			}
			if got := strings.TrimSpace(strings.TrimPrefix(o.owed(), before)); got != c.owed {
				t.Errorf("owed %q, want %q", got, c.owed)
			}
			notices, err := o.store.Notices(t.Context(), o.now, 100)
			must(t, err)
			var told []string
			for _, n := range notices {
				if n.Person.ID != o.aiko.ID || n.About.Address() != "dev@example.org" {
					t.Errorf("%s is told of %s", n.Person.Name, n.About.Name)
				}
				told = append(told, string(n.Kind))
			}
			if got := strings.Join(told, " "); got != c.told {
				t.Errorf("the lead is told %q, want %q", got, c.told)
			}
		})
	}
}

func TestTheLeadIsToldOfAnInvitationThatComesBack(t *testing.T) {
	for _, c := range []struct {
		says, status string
		told         string
	}{
		{"for good", "5.1.1", "undelivered"}, {"for now", "4.2.2", ""},
	} {
		o := newOffice(t)
		o.leads("platform")
		_, replyTo := o.invited("dev@example.org")
		if got := o.take(o.report(own, "dev@example.org", c.status, "Message-ID: <"+token.MessageID(own, token.FromAddress(own, replyTo))+">")); got.Outcome != team.Bounce {
			t.Fatalf("%s: %s", got.Outcome, got.Reason)
		}
		var told []string
		notices, err := o.store.Notices(t.Context(), o.now, 10)
		must(t, err)
		for _, n := range notices {
			told = append(told, string(n.Kind))
		}
		if strings.Join(told, " ") != c.told {
			t.Errorf("%s: told %q", c.says, told)
		}
	}
}

func TestALinkInAnInvitationIsANo(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	notice, replyTo := o.invited("dev@example.org")
	must(t, o.store.Unsubscribe(t.Context(), notice.Person.ID, o.now))
	if got := o.take(o.raw(mail{body: "add dev@example.org Dev tz Rome"})); !strings.Contains(o.doubt().Why, "has not said yes") {
		t.Errorf("%s, %q", got.Reason, o.doubt().Why)
	}
	o.take(o.raw(mail{from: "dev@example.org", to: replyTo, body: "yes"})) // it is theirs to say
	p, _, err := o.store.Person(t.Context(), notice.Person.ID)
	must(t, err)
	if p.Paused || len(p.Teams) != 1 {
		t.Errorf("paused %v, in %d teams", p.Paused, len(p.Teams))
	}
}

func TestAWithdrawnInvitationIsNotSent(t *testing.T) {
	for _, withdrawn := range []bool{false, true} {
		o := newOffice(t)
		o.leads("platform")
		o.invited("dev@example.org")
		if withdrawn {
			o.take(o.raw(mail{body: "undo"}))
		}
		claimed, err := o.store.ClaimOutgoing(t.Context(), o.now, time.Minute, 10)
		must(t, err)
		sent := slices.ContainsFunc(claimed, func(m team.Outgoing) bool { return m.To == "dev@example.org" })
		if sent == withdrawn {
			t.Errorf("withdrawn %v, sent %v", withdrawn, sent)
		}
	}
}

func TestAYesThatOurServerCallsForgedIsHeld(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	o.checks("", team.SendersOff)
	_, replyTo := o.invited("dev@example.org")
	o.checks("mx.example.com", "")
	forged := strings.ReplaceAll(dmarcBad, "example.com\n", "example.org\n")
	if got := o.take(o.raw(mail{from: "dev@example.org", to: replyTo, extra: forged, body: "yes"})); got.Outcome != team.Held || strings.Contains(o.roster(), "Dev") {
		t.Errorf("%s (%s): %s", got.Outcome, got.Reason, o.roster())
	}
	if got := o.take(o.raw(mail{from: "dev@example.org", to: replyTo, body: "yes"})); got.Outcome != team.Command || !strings.Contains(o.roster(), "Dev") {
		t.Errorf("without proof, but to us: %s (%s): %s", got.Outcome, got.Reason, o.roster())
	}
}

func TestTheInvitedAreNobodyBeforeTheyAnswer(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	o.invited("dev@example.org")
	if got := o.take(o.raw(mail{from: "dev@example.org", to: platform, subject: "lunch", body: "Done: one"})); got.Outcome != team.Held {
		t.Errorf("a mail of theirs: %s: %s", got.Outcome, got.Reason)
	}
}

func TestWhatAnswersANoticeIsNoUpdate(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
	must(t, err)
	for i := range 2 {
		about := fmt.Sprint("mail ", i)
		must(t, o.store.Accept(t.Context(), team.Cursor{Account: "other", Validity: 1, LastUID: uint32(i + 1)}, []team.Mail{{UID: uint32(i + 1), Outcome: team.Bounce, ReceivedAt: o.now,
			Failures: []team.Failure{{MemberID: mia.ID, About: about, Hard: true, Why: "550"}}}}, o.now))
	}
	notices, err := o.store.Notices(t.Context(), o.now, 10)
	must(t, err)
	if len(notices) != 1 {
		t.Fatalf("%d notices", len(notices))
	}
	to := token.Address(own, o.noticed(notices[0]))
	for _, c := range []struct {
		body string
		owed string
	}{
		{"Thanks, I'll call her.", "notice"}, {"help", "help"}, {"remove Mia", "changed"},
	} {
		before := o.owed()
		got := o.take(o.raw(mail{to: to, subject: "Re: A notice", body: c.body}))
		if owed := strings.TrimSpace(strings.TrimPrefix(o.owed(), before)); got.Outcome != team.Command || owed != c.owed || o.holds() != "" {
			t.Errorf("%q: %s (%s), owed %q, held %q", c.body, got.Outcome, got.Reason, owed, o.holds())
		}
	}
}

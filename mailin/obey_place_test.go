package mailin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// noticesOf are the kinds of the notices that are owed, with whom they are to.
func (o *office) noticesOf() (all []string) {
	o.t.Helper()
	list, err := o.store.Notices(o.t.Context(), o.now, 100)
	must(o.t, err)
	for _, n := range list {
		all = append(all, string(n.Kind)+" "+n.Person.Address())
	}
	slices.Sort(all)
	return all
}

func TestMembersLeaveTeams(t *testing.T) {
	const before = "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka"
	for _, c := range []struct {
		says    string
		mails   []mail
		after   string
		owed    string
		notices string
		try     string
	}{
		{"the one of the mail that is answered", []mail{{body: "leave"}}, "platform: Mia Rossi; garden: Aiko Tanaka", "changed", "", ""},
		{"the one that is named", []mail{{body: "Leave Garden, please"}}, "platform: Aiko Tanaka, Mia Rossi; garden: ", "changed", "", ""},
		{"the one that was written to", []mail{{to: "updates+garden@example.com", subject: "leave", body: " "}}, "platform: Aiko Tanaka, Mia Rossi; garden: ", "changed", "", ""},
		{"their only one", []mail{{from: "Mia <mia@example.com>", to: own, subject: "bye", body: "leave"}}, "platform: Aiko Tanaka; garden: Aiko Tanaka", "changed", "left aiko@example.com", ""},
		{"their only one, and taken back from outside", []mail{{from: "Mia <mia@example.com>", to: own, subject: "bye", body: "leave"}, {from: "Mia <mia@example.com>", to: own, subject: "oh", body: "undo"}},
			before, "changed changed", "left aiko@example.com", ""},
		{"one of several", []mail{{to: own, subject: "bye", body: "leave"}}, before, "unclear", "", "leave platform, leave garden"},
		{"one that is misspelt", []mail{{body: "leave platfrom"}}, before, "unclear", "", "leave platform"},
		{"one whose order is misspelt", []mail{{body: "laeve garden"}}, before, "unclear", "", "leave garden"},
		{"an update that is misspelt", []mail{{body: "Laeve the flag on"}}, before, "", "", ""},
		{"an update", []mail{{body: "Leave the flag on"}}, before, "", "", ""},
		{"a leave of the other kind", []mail{{body: "leave friday"}}, before, "", "", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.leads("platform")
			for _, m := range c.mails {
				o.take(o.raw(m))
			}
			if got := o.roster(); got != c.after {
				t.Errorf("in the teams are %q, want %q", got, c.after)
			}
			if got := strings.TrimSpace(o.owed()); got != c.owed {
				t.Errorf("owed %q, want %q", got, c.owed)
			}
			if got := strings.Join(o.noticesOf(), ", "); got != c.notices {
				t.Errorf("notices %q, want %q", got, c.notices)
			}
			if got := strings.Join(o.doubt().Try, ", "); got != c.try {
				t.Errorf("proposes %q, want %q", got, c.try)
			}
		})
	}
}

func TestWhoHasLeftStaysOutThoughTheFileHasThem(t *testing.T) {
	o := newOffice(t)
	file, err := o.store.Roster(t.Context())
	must(t, err)
	o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "bye", body: "leave"}))
	_, err = o.store.ApplyRoster(t.Context(), file, false, o.now)
	must(t, err)
	if got := o.roster(); got != "platform: Aiko Tanaka; garden: Aiko Tanaka" {
		t.Errorf("in the teams are %q", got)
	}
	if got := o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "today", body: "Done: the importer"})); got.Outcome != team.Held {
		t.Errorf("what she writes afterwards is %s: %s", got.Outcome, got.Reason)
	}
}

func TestALeadDecidesWhoJoins(t *testing.T) {
	const before, both = "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka", "platform: Aiko Tanaka, Mia Rossi; garden: Aiko Tanaka, Mia Rossi"
	for _, c := range []struct {
		says, asks, answers string // what Mia writes, and what Aiko answers to that
		after               string
		notices             string // owed in the end
		then, last          string // what Aiko writes afterwards, and who is in then
	}{
		{"yes", "join Garden", "Yes!\n\nAiko", both, "admitted mia@example.com", "undo", before},
		{"no", "Join the garden team", "no", before, "turned-away mia@example.com", "undo", before},
		{"neither", "join garden", "Who is that?", before, "", "", before},
		{"the same question again", "join garden|join garden", "yes", both, "admitted mia@example.com", "", both},
		{"taken back", "join garden|undo", "yes", before, "", "", before},
		{"one that she is in", "join platform", "", before, "", "", before},
		{"one that is misspelt", "join gardn", "", before, "", "", before},
		{"an update", "Join call at 3", "", before, "", "", before},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.leads("platform", "garden")
			for _, body := range strings.Split(c.asks, "|") {
				got := o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "hm", body: body}))
				if want := c.says != "an update"; (got.Outcome == team.Command) != want {
					t.Errorf("%q is %s: %s", body, got.Outcome, got.Reason)
				}
			}
			list, err := o.store.Notices(t.Context(), o.now, 100)
			must(t, err)
			if want := c.answers != "" && c.says != "taken back"; want != (len(list) == 1 && list[0].Kind == team.AsksNotice && list[0].Person.ID == o.aiko.ID) {
				t.Fatalf("notices %+v", list)
			}
			if len(list) == 1 {
				o.take(o.raw(mail{to: token.Address(own, o.noticed(list[0])), subject: "Re: A notice", body: c.answers}))
			}
			if got := o.roster(); got != c.after {
				t.Errorf("in the teams are %q, want %q", got, c.after)
			}
			if got := strings.Join(o.noticesOf(), ", "); got != c.notices {
				t.Errorf("notices %q, want %q", got, c.notices)
			}
			if c.then != "" {
				o.take(o.raw(mail{body: c.then}))
			}
			if got := o.roster(); c.last != got {
				t.Errorf("then in the teams are %q, want %q", got, c.last)
			}
		})
	}
}

// Strangers learn nothing and reach nobody; members are not asked about again and again.
func TestAskingToJoinIsNoWayToWriteToStrangers(t *testing.T) {
	o := newOffice(t)
	o.leads("platform", "garden")
	for _, words := range []string{"join garden", "join nothing"} {
		got := o.take(o.raw(mail{from: "Eve <eve@example.org>", to: own, subject: "hello", body: words}))
		if got.Outcome != team.Refused || got.Answer != nil {
			t.Errorf("a stranger's %q is %s: %s", words, got.Outcome, got.Reason)
		}
	}
	if o.owed() != "" || len(o.noticesOf()) != 0 {
		t.Errorf("owed %q, notices %q", o.owed(), o.noticesOf())
	}
	for i := range 9 { // asked, and withdrawn
		o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: fmt.Sprint(i), body: "join garden"}))
		o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: fmt.Sprint(i), body: "undo"}))
	}
	o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "again", body: "join garden"}))
	if n := len(o.noticesOf()); n > 1 {
		t.Errorf("%d notices", n)
	}

	// After a no nobody is asked for a month.
	o = newOffice(t)
	o.leads("garden")
	ask := func() {
		o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "please", body: "join garden"}))
	}
	ask()
	list, err := o.store.Notices(t.Context(), o.now, 100)
	must(t, err)
	o.take(o.raw(mail{to: token.Address(own, o.noticed(list[0])), subject: "Re: A notice", body: "no"}))
	ask()
	if got := strings.Join(o.noticesOf(), ", "); got != "turned-away mia@example.com" {
		t.Errorf("notices %q", got)
	}
	o.now = o.now.Add(31 * 24 * time.Hour)
	ask()
	if got := strings.Join(o.noticesOf(), ", "); got != "asks aiko@example.com, turned-away mia@example.com" {
		t.Errorf("a month later notices %q", got)
	}
}

// TestATeamsNameMayHaveTheWordTeam orders for a team called "Team 2", of which a word may be taken for one of the order.
func TestATeamsNameMayHaveTheWordTeam(t *testing.T) {
	o := newOffice(t)
	roster, err := o.store.Roster(t.Context())
	must(t, err)
	roster.Teams[1].Team.Name = "Team 2"
	roster.Teams[1].Members[0].Lead = true
	_, err = o.store.ApplyRoster(t.Context(), roster, false, o.now)
	must(t, err)
	for _, body := range []string{"add dev@example.com Dev tz Kolkata team Team 2", "settings prompt 16:30 team Team 2", "settings digest 08:30 team team 2", "leave Team 2"} {
		if got := o.take(o.raw(mail{body: body})); got.Answer == nil || got.Answer.Kind != team.AnswerChanged {
			t.Errorf("%q: %s, %+v", body, got.Reason, got.Answer)
		}
	}
	if got := o.roster(); got != "platform: Aiko Tanaka, Mia Rossi; garden: Dev" {
		t.Error(got)
	}
}

func TestWhoIsInNoTeamIsAnsweredAboutWhatHoldsForThem(t *testing.T) {
	o := newOffice(t)
	mia := func(body string) team.Mail {
		return o.take(o.raw(mail{from: "Mia <mia@example.com>", to: own, subject: "bye", body: body}))
	}
	mia("leave")
	for body, want := range map[string]team.Outcome{"undoo": team.Command, "forgte me": team.Command, "jion platform": team.Command, "Moved the jobs.": team.Held, "pause": team.Held} {
		if got := mia(body); got.Outcome != want {
			t.Errorf("%q is %s: %s", body, got.Outcome, got.Reason)
		}
	}
}

func TestAnEmptyReplyOrdersNothingByItsSubject(t *testing.T) {
	o := newOffice(t)
	for _, subject := range []string{"Re: pause", "AW: stop", "Re: forget me"} {
		if got := o.take(o.raw(mail{to: platform, subject: subject, body: " "})); got.Outcome != team.Empty {
			t.Errorf("%q is %s: %s", subject, got.Outcome, got.Reason)
		}
	}
}

package mailin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// rule is what Aiko has of her own.
func (o *office) rule() string {
	o.t.Helper()
	p, _, err := o.store.Person(o.t.Context(), o.aiko.ID)
	must(o.t, err)
	var own []string
	if p.Name != o.aiko.Name {
		own = append(own, p.Name)
	}
	for _, part := range team.RuleParts() {
		if text := part.Text(p.Member.Rule); text != "" {
			own = append(own, text)
		}
	}
	if p.Paused {
		own = append(own, "paused")
	}
	for _, s := range p.Away {
		own = append(own, s.From.Short()+"–"+s.Through.Short())
	}
	return strings.Join(own, ", ")
}

func TestMembersSetTheirRuleAndTakeItBack(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	for _, c := range []struct {
		says  string
		mails []string
		rule  string
		owed  string
	}{
		{"a zone", []string{"tz Lisbon"}, "Europe/Lisbon", "changed"},
		{"a zone twice", []string{"tz Lisbon", "tz Lisbon"}, "Europe/Lisbon", "changed changed"},
		{"a zone, taken back", []string{"tz Lisbon", "undo"}, "Asia/Tokyo", "changed changed"},
		{"taken back twice", []string{"tz Lisbon", "undo", "undo"}, "Europe/Lisbon", "changed changed changed"},
		{"times", []string{"prompt 16:30", "digest 8:30am"}, "Asia/Tokyo, 16:30, 08:30", "changed changed"},
		{"days and hours", []string{"days mon–thu", "hours 9:30–16:00"}, "Asia/Tokyo, mon-thu, 09:30-16:00", "changed changed"},
		{"back to the team's", []string{"prompt 16:30", "prompt default"}, "Asia/Tokyo", "changed changed"},
		{"no zone at all", []string{"tz default"}, "Asia/Tokyo", "unclear"},
		{"a zone that may be several", []string{"tz IST"}, "Asia/Tokyo", "unclear"},
		{"a misspelt order", []string{"puase"}, "Asia/Tokyo", "unclear"},
		{"another address", []string{"alias aiko@elsewhere.example"}, "Asia/Tokyo", "changed"},
		{"another address, taken back, and back again", []string{"alias aiko@elsewhere.example", "undo", "undo"}, "Asia/Tokyo", "changed changed changed"},
		{"another address, given up", []string{"alias aiko@elsewhere.example", "alias remove aiko@elsewhere.example"}, "Asia/Tokyo", "changed changed"},
		{"an address of the team file, given up", []string{"unalias aiko@home.example"}, "Asia/Tokyo", "unclear"},
		{"somebody else's address, given up", []string{"unalias mia@example.com"}, "Asia/Tokyo", "unclear"},
		{"somebody else's address", []string{"alias mia@example.com"}, "Asia/Tokyo", "unclear"},
		{"our own address", []string{"alias updates+platform@example.com"}, "Asia/Tokyo", "unclear"},
		{"one digest a week, and each day again", []string{"weekly", "daily"}, "Asia/Tokyo, daily", "changed changed"},
		{"one digest a week, taken back", []string{"Weekly, please", "undo"}, "Asia/Tokyo", "changed changed"},
		{"a name", []string{"name Ai Tanaka-Berg"}, "Ai Tanaka-Berg, Asia/Tokyo", "changed"},
		{"a name, taken back", []string{"name Ai", "undo"}, "Asia/Tokyo", "changed changed"},
		{"somebody else's name", []string{"Name: MÍA Rossi"}, "Asia/Tokyo", "unclear"},
		{"a name that looks like somebody else's", []string{"name Mia Rossı"}, "Asia/Tokyo", "unclear"},
		{"a name in other letters that look like somebody else's", []string{"name Міа Rossi"}, "Asia/Tokyo", "unclear"},
		{"the name of all", []string{"name Everyone"}, "Asia/Tokyo", "unclear"},
		{"the name of a team", []string{"name Platform"}, "Asia/Tokyo", "unclear"},
		{"an address that is none", []string{"alias mail@x"}, "Asia/Tokyo", "unclear"},
		{"a digest now", []string{"Digest now, please"}, "Asia/Tokyo", "digest"},
		{"a digest since a day", []string{"digest since monday", "digest since yesterday"}, "Asia/Tokyo", "since since"},
		{"a digest of last year", []string{"digest since 2025-03-09"}, "Asia/Tokyo", "unclear"},
		{"what was decided", []string{"decisions", "Decisions since March, please", "decision list"}, "Asia/Tokyo", "decisions decisions decisions"},
		{"a week", []string{"week", "Last week, please", "digest week"}, "Asia/Tokyo", "week week week"},
		{"a whole digest", []string{"digest full"}, "Asia/Tokyo", "full"},
		{"a word that is an order only below a digest", []string{"full"}, "Asia/Tokyo", ""},
		{"settings", []string{"Settings"}, "Asia/Tokyo", "settings"},
		{"nothing to take back", []string{"undo"}, "Asia/Tokyo", "no-undo"},
		{"a pause, taken back", []string{"pause", "undo"}, "Asia/Tokyo", "paused changed"},
		{"a leave, taken back", []string{"off 16–20 March", "undo"}, "Asia/Tokyo", "away changed"},
		{"an end of a leave, taken back", []string{"off until 16 March", "back", "undo"}, "Asia/Tokyo, Mon 9 Mar–Sun 15 Mar", "away back changed"},
		{"a leave that the admin shortened, not taken back", []string{"off 16–20 March", "ADMIN", "undo"}, "Asia/Tokyo, Mon 16 Mar–Tue 17 Mar", "away no-undo"},
		{"an update", []string{"Done: the tz data is new, digest 08:30 too"}, "Asia/Tokyo", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			for _, body := range c.mails {
				if body == "ADMIN" {
					_, _, err := o.store.EndAway(t.Context(), o.aiko.ID, monday.Add(9), o.now)
					must(t, err)
					continue
				}
				if got := o.take(o.raw(mail{body: body})); (got.Outcome == team.Command) != (c.owed != "") {
					t.Errorf("%q is %s: %s", body, got.Outcome, got.Reason)
				}
			}
			if got := o.rule(); got != c.rule {
				t.Errorf("has %q, want %q", got, c.rule)
			}
			if got := strings.TrimSpace(o.owed()); got != c.owed {
				t.Errorf("owed %q, want %q", got, c.owed)
			}
		})
	}
}

func TestAnOrderToldInAnAnswerSaysWhatItWas(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "tz Lisbon"}))
	o.take(o.raw(mail{body: "undo"}))
	list, err := o.store.Answers(t.Context(), o.now, 10)
	must(t, err)
	told := func(c team.Changed) string { return fmt.Sprint(c.Part, " ", c.Was, " ", c.Is, " ", c.Undone) }
	got := told(list[0].Changed) + ", " + told(list[1].Changed)
	if want := "zone Asia/Tokyo Europe/Lisbon false, zone Europe/Lisbon Asia/Tokyo true"; got != want {
		t.Errorf("got %s", got)
	}
	o.take(o.raw(mail{body: "tz IST"}))
	list, err = o.store.Answers(t.Context(), o.now, 10)
	must(t, err)
	if d := list[2].Doubt; len(d.Try) != 3 || d.Try[0] != "tz Asia/Kolkata" || !strings.Contains(d.Why, "ist") {
		t.Errorf("doubt %+v", d)
	}
}

func TestAMemberWhoseMailsAreDatedElsewhereIsAskedOnce(t *testing.T) {
	at := func(offset string, n int) string {
		return fmt.Sprintf("Date: Mon, 9 Mar 2026 0%d:00:00 %s\n", n, offset) // a few hours before it came
	}
	for _, c := range []struct {
		says    string
		offsets string
		asked   string // after which mails
	}{
		{"three in a row", "+0100 +0100 +0100 +0100 +0100", "3"},
		{"two", "+0100 +0100", ""},
		{"not in a row", "+0100 +0100 +0900 +0100 +0100", ""},
		{"two places", "+0100 +0200 +0100 +0200 +0100", ""},
		{"two places, one after the other", "+0100 +0100 +0100 +0530 +0530 +0530", "3 6"},
		{"a place whose clocks change", "+0100 +0100 +0100 +0200 +0200 +0200 +0100 +0100 +0100", "3"},
		{"a mail in between whose date cannot be believed", "+0100 +0100 +1300 +0100", "4"},
		{"their own zone", "+0900 +0900 +0900 +0900", ""},
		{"a program that knows no zone", "+0000 +0000 +0000 +0000", ""},
		{"a program that knew the zone, in Lisbon", "+0900 +0000 +0000 +0000", "4"},
		{"dates that cannot be believed", "+1300 +1300 +1300", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			var asked []string
			for i, offset := range strings.Fields(c.offsets) {
				before := o.owed()
				o.now = o.now.Add(time.Minute)
				extra := at(offset, 1)
				if offset == "+0900" {
					extra = "Date: Mon, 9 Mar 2026 16:00:00 +0900\n"
				} else if offset == "+1300" {
					extra = "Date: Tue, 10 Mar 2026 22:30:00 +1300\n" // in the future
				} else if offset == "+0530" {
					extra = "Date: Mon, 9 Mar 2026 12:30:00 +0530\n"
				}
				o.take(o.raw(mail{extra: extra, body: fmt.Sprintf("Done: thing %d", i)}))
				if o.owed() != before {
					asked = append(asked, fmt.Sprint(i+1))
				}
			}
			if got := strings.Join(asked, " "); got != c.asked {
				t.Errorf("asked after %q, want %q: %s", got, c.asked, o.owed())
			}
		})
	}
}

func TestAMailFromAnAliasIsItsMembers(t *testing.T) {
	o := newOffice(t)
	from := "aiko@elsewhere.example"
	if got := o.take(o.raw(mail{from: from, to: platform, body: "Done: one"})); got.Outcome != team.Refused {
		t.Errorf("before: %s: %s", got.Outcome, got.Reason)
	}
	o.take(o.raw(mail{body: "alias " + from}))
	if got := o.take(o.raw(mail{from: from, to: platform, body: "Done: two"})); got.Outcome != team.Stored || got.MemberID != o.aiko.ID {
		t.Errorf("after: %s: %s", got.Outcome, got.Reason)
	}
	roster, err := o.store.Roster(t.Context())
	must(t, err)
	_, err = o.store.ApplyRoster(t.Context(), roster, false, o.now)
	must(t, err)
	o.take(o.raw(mail{body: "undo"}))
	if got := o.take(o.raw(mail{from: from, to: platform, body: "Done: three"})); got.Outcome != team.Refused {
		t.Errorf("taken back: %s: %s", got.Outcome, got.Reason)
	}
	o.take(o.raw(mail{body: "alias " + from}))
	o.take(o.raw(mail{body: "unalias " + from}))
	if got := o.take(o.raw(mail{from: from, to: platform, body: "Done: four"})); got.Outcome != team.Refused {
		t.Errorf("given up: %s: %s", got.Outcome, got.Reason)
	}
	o.take(o.raw(mail{body: "undo"}))
	if got := o.take(o.raw(mail{from: from, to: platform, body: "Done: five"})); got.Outcome != team.Stored {
		t.Errorf("given up, and that taken back: %s: %s", got.Outcome, got.Reason)
	}
}

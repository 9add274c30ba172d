package digest

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestTheFootSaysWithinWhatTimeQuestionsAreAnswered(t *testing.T) {
	turn := turns()["two-teams"]
	turn.Person.Teams = append([]team.Membership(nil), turn.Person.Teams...)
	m, _, err := testComposer(t).Digest(turn, tuesday(t))
	if err != nil || strings.Contains(m.Text, "Questions are answered") {
		t.Errorf("nothing was agreed, but: %v\n%s", err, m.Text)
	}
	turn.Person.Teams[0].Team.Response = "2d"
	for want, both := range map[string]bool{"Questions are answered within 2 working days in Platform.": false, "Questions are answered within 2 working days in Platform and within 4 hours of work in Growth.": true} {
		if both {
			turn.Person.Teams[1].Team.Response = "4h"
		} else {
			turn.Person.Teams[1].Team.Response = ""
		}
		m, _, err := testComposer(t).Digest(turn, tuesday(t))
		if err != nil || !strings.Contains(strings.Join(strings.Fields(m.Text), " "), want) || !strings.Contains(parse(t, m).html, want) {
			t.Errorf("no %q: %v\n%s", want, err, m.Text)
		}
	}
	turn.Person.Teams = turn.Person.Teams[:1]
	if m, _, err = testComposer(t).Digest(turn, tuesday(t)); err != nil || !strings.Contains(strings.Join(strings.Fields(m.Text), " "), "Questions are answered within 2 working days. ") {
		t.Errorf("of one team it says %v\n%s", err, m.Text)
	}
}

func TestTheRollupSaysWithinWhatTimeQuestionsAreAnswered(t *testing.T) {
	for _, response := range []team.Response{"", "4h"} {
		a := weeks()["week"]
		a.Turn.Person.Teams = append([]team.Membership(nil), a.Turn.Person.Teams...)
		a.Turn.Person.Teams[0].Team.Response = response
		a.Person = a.Turn.Person
		out, err := testComposer(t).Asked(a, tuesday(t))
		said := err == nil && strings.Contains(strings.Join(strings.Fields(out.Mail.Text), " "), "Questions are answered within 4 hours of work.")
		if err != nil || said != (response != "") {
			t.Errorf("agreed %q: %v\n%s", response, err, out.Mail.Text)
		}
	}
}

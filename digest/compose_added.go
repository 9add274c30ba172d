package digest

import (
	"time"

	"daybreak/internal/team"
	"daybreak/templates"
)

// added are lines of what a mail answers to items: "Dev, Mon 2 Mar, “Waiting for the vendor”: I can help".
func added(a team.Answer, now time.Time) (lines []string) {
	for _, t := range a.Added {
		whose := shortName(t.Name)
		if t.MemberID == a.Person.ID {
			whose = "You"
		}
		for _, c := range t.Comments {
			said := c.Text
			if c.Kind == team.Solved {
				said = "not in the way any more"
			}
			lines = append(lines, whose+", "+near(t.Day, team.DateOf(now))+", “"+templates.Line(t.Text, 80)+"”: "+said)
		}
	}
	return lines
}

// seen says of each question of an update when who is asked is told: "Mia reads this Mon 9 Mar, 08:30 (Tokyo); an answer is due Tue 10 Mar, 08:30 (Tokyo)."
func seen(a team.Answer, now time.Time) (lines []string) {
	for _, k := range a.Said.Asks {
		name, rule := shortName(k.Asked.Name), k.Asked.DigestRule()
		if k.Seen.IsZero() {
			lines = append(lines, "Nothing is sent to "+name+" now, who is asked.")
			continue
		}
		what := "your question"
		if len(a.Said.Asks) == 1 {
			what = "this"
		}
		lines = append(lines, dueNote(name+" reads "+what, name+" reads "+what, k.Seen, rule, now)+"; "+dueNote("an answer is due", "an answer was due", k.Due, rule, now)+".")
	}
	return lines
}

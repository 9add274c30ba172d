package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// whoMost is how many people a newcomer is told of, each on a line.
const whoMost = 60

// newcomer writes to somebody who has joined a team what was written there in the two weeks before, and who is who.
func (c *Composer) newcomer(n team.Notice, now time.Time, loc *time.Location) (team.Outgoing, error) {
	if n.Before == nil || len(n.Before.Reading) == 0 {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: it does not say what was before", n.Person.ID)
	}
	joined := team.DateOf(n.Before.Slot.At.In(loc))
	r := c.rollup(*n.Before, stretchOfDays{joined.Add(1 - 2*team.RollupDays), joined})
	r.week.Foot, r.week.Into = c.foot(n.Person), n.Team.Name
	r.week.Who, r.week.More = who(n.Before.Reading[0], n.Person.ID, team.DateOf(now.In(loc)))
	letter, err := c.Templates.Weekly(r.week)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: %w", n.Person.ID, err)
	}
	m, err := c.render(message{
		kind: team.NoticeMail, person: n.Person, sender: n.Team.Name, list: n.Team.Slug, letter: letter, date: now.In(loc), until: now.Add(answerLife),
		dedupe: fmt.Sprintf("notice:%d", n.ID),
		token:  token.Token{Kind: token.Notice, Member: n.Person.ID, ID: n.ID, Day: team.DayAt(now, loc)},
	})
	m.Marks = r.marks
	return m, err
}

// who are the others of a team, those who lead it first: name, place, hours, and until when they are away. more is how many there are beside them.
func who(r team.Reading, reader int64, today team.Date) (list []string, more int) {
	others := slices.DeleteFunc(slices.Clone(r.Members), func(p team.Person) bool { return p.ID == reader })
	slices.SortStableFunc(others, func(a, b team.Person) int {
		return cmp.Or(-compareBool(a.Leads(r.Team.ID), b.Leads(r.Team.ID)), cmp.Compare(spell.Plain(a.Name), spell.Plain(b.Name)))
	})
	if len(others) > whoMost {
		more, others = len(others)-whoMost, others[:whoMost]
	}
	for _, p := range others {
		rule := p.RuleIn(r.Team)
		name := templates.Line(p.Name, 60)
		if p.Leads(r.Team.ID) {
			name += " (lead)"
		}
		words := []string{name + ": " + zone.City(rule.Zone), workdays(rule.Days) + " " + hoursOf(rule.Hours)}
		if span, away := p.Away.On(today); away {
			if back := p.Back(span, r.Team); back.IsZero() {
				words = append(words, "away")
			} else {
				words = append(words, "away until "+near(back, today))
			}
		}
		list = append(list, strings.Join(words, ", "))
	}
	return list, more
}

// hoursOf is "09:00–17:00, Fri 09:00–13:00".
func hoursOf(h team.WorkHours) string {
	pieces := strings.Split(strings.ReplaceAll(h.String(), "-", "–"), ", ")
	for i, p := range pieces {
		pieces[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(pieces, ", ")
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

package digest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/templates"
)

// decided is one decision, with where it was said.
type decided struct {
	*team.Entry
	item team.Item
}

// decisionsOf are a reading's decisions, the newest first.
func decisionsOf(reading team.Reading) (list []decided) {
	for i := range reading.Entries {
		for _, item := range reading.Entries[i].Items {
			if !blank(item) {
				list = append(list, decided{&reading.Entries[i], item})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b decided) int { return cmp.Or(b.Day.Compare(a.Day), cmp.Compare(b.Seq, a.Seq)) })
	return list
}

// months is the list of what was decided in a team, by month. Who decided several things in a row is named once.
type months []templates.Theme

// add adds the next decision, of the day after before's or an earlier one.
func (m *months) add(d decided, before *decided, shown templates.Item) {
	title := fmt.Sprintf("%s %d", d.Day.Month, d.Day.Year)
	if n := len(*m); n == 0 || (*m)[n-1].Title != title {
		*m, before = append(*m, templates.Theme{Title: title}), nil
	}
	month := &(*m)[len(*m)-1]
	if before == nil || before.MemberID != d.MemberID || before.By != d.By {
		part := templates.Part{}
		if d.By != "" {
			part.Note = "written by " + d.By
		}
		month.People = append(month.People, templates.Person{Name: d.Name, Parts: []templates.Part{part}})
	}
	part := &month.People[len(month.People)-1].Parts[0]
	label := fmt.Sprintf("%s %d", d.Day.Short()[:3], d.Day.Day)
	if n := len(part.Groups); n == 0 || part.Groups[n-1].Label != label {
		part.Groups = append(part.Groups, templates.Group{Label: label})
	}
	g := &part.Groups[len(part.Groups)-1]
	g.Items = append(g.Items, shown)
}

// decisions makes the list of what a turn has decisions of.
func (c *Composer) decisions(turn team.Turn) (v templates.Decisions, marks map[string]int64) {
	s := sorted{marking: newMarking(64), called: calledIn(turn)}
	var names []string
	for _, reading := range turn.Reading {
		list, talks := decisionsOf(reading), s.talks(reading.Threads, turn.Person.ID)
		if len(list) == 0 {
			continue
		}
		if len(list) >= team.MostDecisions {
			v.Newest = team.MostDecisions
		}
		var by months
		var before *decided
		for i, d := range list {
			shown := templates.Item{Mark: s.mark(d.MemberID, d.item.ID), Text: d.item.Text}
			if t := slices.IndexFunc(talks, func(t talk) bool { return t.ItemID == d.item.ID }); t >= 0 {
				shown.Talk = talks[t].view
			}
			by.add(d, before, shown)
			before = &list[i]
			if !slices.Contains(names, d.Name) {
				names = append(names, d.Name)
			}
		}
		v.Items += len(list)
		v.Teams = append(v.Teams, reading.Team.Name)
		v.Rollups = append(v.Rollups, templates.Rollup{Team: reading.Team.Name, Themes: by})
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(spell.Plain(a), spell.Plain(b)) })
	v.Names, v.Others = contents(names)
	v.Example = s.example()
	return v, s.marks
}

// DecisionsLetter is the list of what was decided before it becomes a mail. It is not ok if nothing was.
func (c *Composer) DecisionsLetter(turn team.Turn, now time.Time) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	v, marks := c.decisions(turn)
	if v.Items == 0 {
		return l, nil, false, nil
	}
	if !turn.Slot.Day.IsZero() {
		v.Since = near(turn.Slot.Day, team.DateOf(now))
	}
	v.Foot = c.foot(turn.Person)
	l, err = c.Templates.Decisions(v)
	return l, marks, err == nil, err
}

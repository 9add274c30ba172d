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
	"daybreak/templates"
)

// theme is a kind of thing that is said in a week.
type theme int

// The themes, in the order in which they are read.
const (
	doneTheme theme = iota
	decidedTheme
	stuckTheme  // still
	openTheme   // questions that nobody has answered
	thanksTheme //
	nextTheme   // what each planned last
	solvedTheme // what was in the way and is not any more
	askedTheme  // questions that were answered
	notesTheme  //
	beforeTheme // what was said before, and answered now
	themeCount
)

// themeNames are the titles of themes, and what is counted of those that stand in the line of contents.
var themeNames = [themeCount]struct{ title, one, many string }{
	doneTheme: {"Done", "done", "done"}, decidedTheme: {"Decided", "decided", "decided"}, stuckTheme: {"Still stuck", "still stuck", "still stuck"},
	openTheme: {"Open questions", "open question", "open questions"}, thanksTheme: {"Thanks", "thanks", "thanks"}, nextTheme: {title: "Next"},
	solvedTheme: {title: "No longer stuck"}, askedTheme: {title: "Asked and answered"}, notesTheme: {title: "Notes"}, beforeTheme: {title: "Said before"},
}

// stretchOfDays are the days of a roll-up.
type stretchOfDays struct{ from, through team.Date }

// label is how a day is named beside what was said for it: "Mon" in a week, else "2 Mar".
func (s stretchOfDays) label(d team.Date) string {
	if s.through.Number()-s.from.Number() < 7 && !d.Before(s.from) && !s.through.Before(d) {
		return d.Short()[:3]
	}
	return d.Short()[4:]
}

// rollup gathers what was said in teams, by theme.
type rollup struct {
	sorted
	days  stretchOfDays
	week  templates.Weekly
	names []string
	count [themeCount]int
}

// rollup makes the roll-up of what a turn has from days, with the reader's own words among the others'.
func (c *Composer) rollup(turn team.Turn, days stretchOfDays) *rollup {
	r := &rollup{sorted: sorted{marking: newMarking(64), called: calledIn(turn)}, days: days}
	r.week.From, r.week.Through = days.from.Short(), days.through.Short()
	for _, reading := range turn.Reading {
		if themes := r.themes(turn, reading); len(themes) > 0 {
			r.week.Teams = append(r.week.Teams, reading.Team.Name)
			r.week.Rollups = append(r.week.Rollups, templates.Rollup{Team: reading.Team.Name, Themes: themes})
		}
	}
	for t, n := range r.count {
		switch names := themeNames[t]; {
		case n == 0 || names.one == "":
		case n == 1:
			r.week.Contents = append(r.week.Contents, "1 "+names.one)
		default:
			r.week.Contents = append(r.week.Contents, fmt.Sprintf("%d %s", n, names.many))
		}
	}
	slices.SortFunc(r.names, func(a, b string) int { return cmp.Compare(spell.Plain(a), spell.Plain(b)) })
	r.week.Names, r.week.Others = contents(r.names)
	r.week.Example = r.example()
	return r
}

// themes puts in order what was said in one team.
func (r *rollup) themes(turn team.Turn, reading team.Reading) (list []templates.Theme) {
	var by [themeCount]gathered
	talks := r.talks(reading.Threads, turn.Person.ID)
	put := func(t theme, who int64, name, label string, e *team.Entry, item team.Item) {
		r.week.Items++
		shown := templates.Item{Mark: r.mark(who, item.ID), Text: item.Text}
		if i := slices.IndexFunc(talks, func(t talk) bool { return t.ItemID == item.ID }); i >= 0 {
			shown.Talk = talks[i].view
			r.week.Comments += talks[i].comments
			talks = slices.Delete(talks, i, i+1)
		}
		r.count[t]++
		by[t].add(who, name, label, e, shown)
	}
	open := map[int64]bool{}
	for _, o := range reading.Open {
		open[o.ItemID] = true
	}
	authors, _ := byAuthor(reading.Entries, 0)
	for _, a := range authors {
		slices.SortStableFunc(a.entries, func(a, b team.Entry) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Seq, b.Seq)) })
		planned := lastPlan(a.entries)
		for i := range a.entries {
			e := &a.entries[i]
			for _, item := range e.Items {
				if blank(item) {
					continue
				}
				if !slices.Contains(r.names, a.name) {
					r.names = append(r.names, a.name)
				}
				t, label := themeOf(item, reading), r.days.label(e.Day)
				switch {
				case open[item.ID]: // it stands with its age below
					continue
				case t == nextTheme && e.Day != planned && !slices.ContainsFunc(talks, func(t talk) bool { return t.ItemID == item.ID }):
					continue // it was done or planned again since
				case t == openTheme:
					label = daysOld(e.Day, r.days.through)
				case t == notesTheme && item.Asked != "":
					label = item.Asked
				}
				put(t, a.id, a.name, label, e, item)
			}
		}
	}
	for _, o := range reading.Open {
		t := stuckTheme
		if o.Kind == team.Ask {
			t = openTheme
		}
		if !r.days.through.Before(o.Since) {
			put(t, o.MemberID, o.Name, daysOld(o.Since, r.days.through), nil, team.Item{ID: o.ItemID, Text: o.Text})
		}
	}
	for _, t := range talks {
		r.week.Comments += t.comments
		of := beforeTheme
		if t.closed {
			of = solvedTheme
		}
		by[of].Topics = append(by[of].Topics, r.topic(t, r.days.through))
	}
	for t := range by {
		if by[t].Title = themeNames[t].title; len(by[t].People)+len(by[t].Topics) > 0 {
			list = append(list, by[t].Theme)
		}
	}
	return list
}

// themeOf is where an item stands that is not kept open. A question to nobody in particular is open until somebody else has answered.
func themeOf(item team.Item, reading team.Reading) theme {
	switch item.Kind {
	case team.Done:
		return doneTheme
	case team.Decision:
		return decidedTheme
	case team.Thanks:
		return thanksTheme
	case team.Plan:
		return nextTheme
	case team.Blocker:
		return solvedTheme
	case team.Ask:
		answered := reading.Settled[item.ID] || slices.ContainsFunc(reading.Threads, func(t team.Thread) bool {
			return t.ItemID == item.ID && slices.ContainsFunc(t.Comments, func(c team.Comment) bool { return c.MemberID != t.MemberID && c.Kind == team.Remark })
		})
		if answered {
			return askedTheme
		}
		return openTheme
	}
	return notesTheme
}

// lastPlan is the newest day for which somebody has planned something.
func lastPlan(entries []team.Entry) (d team.Date) {
	for _, e := range entries {
		if d.Before(e.Day) && slices.ContainsFunc(e.Items, func(i team.Item) bool { return i.Kind == team.Plan && !blank(i) }) {
			d = e.Day
		}
	}
	return d
}

// daysOld is how long something is open: "4 days".
func daysOld(since, today team.Date) string {
	if n := today.Number() - since.Number(); n > 0 {
		return templates.Count(n, "day")
	}
	return "today"
}

// gathered is a theme with whose words are in it, in the order of its people.
type gathered struct {
	templates.Theme
	who []int64
}

// add adds an item, below its author's name and its label. e is where it was said, if that is in the roll-up.
func (t *gathered) add(who int64, name, label string, e *team.Entry, item templates.Item) {
	i := slices.Index(t.who, who)
	if i < 0 {
		i, t.who = len(t.who), append(t.who, who)
		t.People = append(t.People, templates.Person{Name: name, Parts: []templates.Part{{}}})
	}
	part := &t.People[i].Parts[0]
	if e != nil && e.By != "" && !strings.Contains(part.Note, e.By) {
		if part.Note == "" {
			part.Note = "partly written by " + e.By
		} else {
			part.Note += ", " + e.By
		}
	}
	if n := len(part.Groups); n == 0 || part.Groups[n-1].Label != label {
		part.Groups = append(part.Groups, templates.Group{Label: label})
	}
	g := &part.Groups[len(part.Groups)-1]
	g.Items = append(g.Items, item)
}

// weekDays are the days of the roll-up that an answer is, up to the day on which it is made.
func weekDays(from team.Date, days int, now time.Time, loc *time.Location) stretchOfDays {
	through := from.Add(days - 1)
	if today := team.DateOf(now.In(loc)); today.Before(through) && !today.Before(from) {
		through = today
	}
	return stretchOfDays{from, through}
}

// WeekLetter is the roll-up of the days from turn.Slot.Day on before it becomes a mail. It is not ok if nothing was said and nothing is open.
func (c *Composer) WeekLetter(turn team.Turn, now time.Time) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	loc, err := turn.Person.DigestRule().Location()
	if err != nil {
		return templates.Letter{}, nil, false, fmt.Errorf("composing a roll-up for member %d: %w", turn.Person.ID, err)
	}
	r := c.rollup(turn, weekDays(turn.Slot.Day, team.RollupDays, now, loc))
	r.week.Asked = true
	return c.letterOf(r, turn.Person)
}

// RollupLetter is the roll-up that a reader gets on the last working day of their week before it becomes a mail. It is not ok if others have
// said nothing since the one before.
func (c *Composer) RollupLetter(turn team.Turn) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	rule := turn.Person.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return templates.Letter{}, nil, false, fmt.Errorf("composing a roll-up for member %d: %w", turn.Person.ID, err)
	}
	if !slices.ContainsFunc(turn.Reading, func(r team.Reading) bool { return othersIn(r, turn.Person.ID) }) {
		return templates.Letter{}, nil, false, nil
	}
	r := c.rollup(turn, daysSince(turn, rule, loc))
	return c.letterOf(r, turn.Person)
}

// letterOf makes the letter of a roll-up. It is not ok if there is nothing in it.
func (c *Composer) letterOf(r *rollup, p team.Person) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	if len(r.week.Rollups) == 0 {
		return templates.Letter{}, nil, false, nil
	}
	r.week.Foot = c.foot(p)
	l, err = c.Templates.Weekly(r.week)
	return l, r.marks, err == nil, err
}

// othersIn tells whether somebody other than the reader has said or answered something in a team.
func othersIn(r team.Reading, reader int64) bool {
	return slices.ContainsFunc(r.Entries, func(e team.Entry) bool {
		return e.MemberID != reader && slices.ContainsFunc(e.Items, func(i team.Item) bool { return !blank(i) })
	}) || slices.ContainsFunc(r.Threads, func(t team.Thread) bool {
		return slices.ContainsFunc(t.Comments, func(c team.Comment) bool { return c.News && c.MemberID != reader })
	})
}

// daysSince are the days of a roll-up that ends on a day of a working week: those of the week, or if weeks before it had none those since the
// last one, five weeks at most. What was said after the roll-up of the week before is named with its date.
func daysSince(turn team.Turn, rule team.Rule, loc *time.Location) stretchOfDays {
	day, from := turn.Slot.Day, rule.Days.WeekOf(turn.Slot.Day)
	if turn.Previous.IsZero() {
		return stretchOfDays{from, day}
	}
	since := team.DateOf(turn.Previous.In(loc)).Add(1)
	if oldest := day.Add(1 - 5*team.RollupDays); since.Before(oldest) {
		since = oldest
	}
	if since.Before(from.Add(1 - team.RollupDays)) {
		from = since
	}
	return stretchOfDays{from, day}
}

// foot says to a member why they get what they read there, and where they write to.
func (c *Composer) foot(p team.Person) templates.Foot {
	foot := templates.Foot{When: told(p.DigestRule()), Agreed: agreed(p)}
	for _, in := range p.Teams {
		foot.Teams = append(foot.Teams, in.Team.Name)
		if len(p.Teams) > 1 { // a reply alone would not say for which of them it is
			foot.Addresses = append(foot.Addresses, token.Address(c.Address, in.Team.Slug))
		}
	}
	return foot
}

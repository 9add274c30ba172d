package digest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// forReader is what concerns the reader, in the order in which they read it.
type forReader struct {
	overdue, asked, stuck, talk, mine, own, unanswered []templates.Topic
}

// ownStuck stands before what is in the reader's own way.
const ownStuck = "You are stuck"

func (f forReader) all() []templates.Topic {
	return slices.Concat(f.overdue, f.asked, f.stuck, f.talk, f.mine, f.own, f.unanswered)
}

// open puts in order what is open in a team: what concerns the reader, and what is in the way of others and was told before. Talk about
// these stands below them.
func (d *sorted) open(to *forReader, talks []talk, turn team.Turn, reading team.Reading, now time.Time) (stuck []templates.Topic, rest []talk) {
	today, reader := turn.Slot.Day, turn.Person
	leads := slices.ContainsFunc(reader.Teams, func(m team.Membership) bool { return m.Lead && m.Team.ID == reading.Team.ID })
	for _, o := range reading.Open {
		overdue := !o.Due.IsZero() && now.After(o.Due)
		topic := func(whose, note string) templates.Topic {
			t := templates.Topic{Mark: d.mark(o.MemberID, o.ItemID), Whose: whose, Words: o.Text, Whole: true, Note: note}
			if i := slices.IndexFunc(talks, func(t talk) bool { return t.ItemID == o.ItemID }); i >= 0 {
				d.count(talks[i])
				t.Talk = talks[i].view
				talks = slices.Delete(slices.Clone(talks), i, i+1)
			}
			return t
		}
		_, told := d.of[o.ItemID]
		switch {
		case o.Kind == team.Ask && o.Asked == reader.ID:
			d.view.Questions++
			t := topic(d.call(o.Name)+" asks you", dueNote("answer by", "an answer was due", o.Due, reader.DigestRule(), now))
			if overdue {
				to.overdue = append(to.overdue, t)
			} else {
				to.asked = append(to.asked, t)
			}
			d.asking = append(d.asking, o.Name)
		case o.Kind == team.Ask && o.MemberID == reader.ID:
			if overdue && !turn.Previous.After(o.Due) {
				d.view.Unanswered++
			}
			to.own = append(to.own, topic("You asked "+d.call(o.AskedBy)+", "+near(o.Since, today),
				dueNote("not answered yet; due", "not answered yet; it was due", o.Due, reader.DigestRule(), now)))
		case o.Kind == team.Ask && leads && overdue && reader.Overdue(reading.Team, o.Due, now):
			if !reader.Overdue(reading.Team, o.Due, turn.Previous) {
				d.view.Unanswered++
			}
			to.unanswered = append(to.unanswered, topic(d.call(o.Name)+" asked "+d.call(o.AskedBy)+", "+near(o.Since, today),
				dueNote("", "nobody has answered; it was due", o.Due, reader.DigestRule(), now)))
		case o.Kind == team.Blocker && o.MemberID == reader.ID:
			t := topic(ownStuck, age(o.Since, today))
			t.Whole = false
			to.mine = append(to.mine, t)
		case o.Kind == team.Blocker && spell.Names(o.Text, reader.Name):
			to.stuck = append(to.stuck, topic(d.call(o.Name)+" is stuck", age(o.Since, today)))
		case o.Kind == team.Blocker && !told:
			stuck = append(stuck, topic(d.call(o.Name), age(o.Since, today)))
		}
	}
	return stuck, talks
}

// call is how somebody is called who may have no voice in the digest.
func (d *sorted) call(name string) string {
	if called, ok := d.called[name]; ok {
		return called
	}
	return shortName(name)
}

// dueNote says when something is due, or was, by the reader's clock: "answer by Thu 5 Mar, 16:00 (Tokyo)".
func dueNote(by, was string, due time.Time, rule team.Rule, now time.Time) string {
	loc, err := rule.Location()
	if err != nil {
		return ""
	}
	words := by
	if now.After(due) {
		words = was
	}
	local := due.In(loc)
	return fmt.Sprintf("%s %s, %s (%s)", words, near(team.DateOf(local), team.DateOf(now.In(loc))), local.Format("15:04"), zone.City(rule.Zone))
}

// age says since when something is open.
func age(since, today team.Date) string {
	words := "since " + near(since, today)
	if n := today.Number() - since.Number(); n > 1 {
		words += fmt.Sprintf(", %d days", n)
	}
	return words
}

// waiting is what others wait for from whom a prompt asks, and what of their own is in the way still, with the marks by which both can be
// answered.
func waiting(turn team.Turn, now time.Time) (asked, stuck []templates.Topic, marks map[string]int64) {
	rule := turn.Person.RuleIn(turn.Team)
	mark := func(letter string, n int, item int64) string {
		if marks == nil {
			marks = map[string]int64{}
		}
		m := letter + strconv.Itoa(n+1)
		marks[m] = item
		return m
	}
	for _, overdue := range []bool{true, false} {
		for _, o := range turn.Open {
			if o.Kind != team.Ask || o.Asked != turn.Person.ID || now.After(o.Due) != overdue {
				continue
			}
			asked = append(asked, templates.Topic{Mark: mark("q", len(asked), o.ItemID), Whose: shortName(o.Name) + " asks you", Words: o.Text, Whole: true,
				Note: dueNote("answer by", "an answer was due", o.Due, rule, now)})
		}
	}
	for _, o := range turn.Open {
		if o.Kind == team.Blocker && o.MemberID == turn.Person.ID {
			stuck = append(stuck, templates.Topic{Mark: mark("b", len(stuck), o.ItemID), Whose: near(o.Since, turn.Slot.Day), Words: o.Text})
		}
	}
	return asked, stuck, marks
}

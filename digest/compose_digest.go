package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/templates"
)

// sorted is what a reader has not had yet, put in order.
type sorted struct {
	view templates.Digest
	marking
	called  map[string]string // names → as people are called
	reacted bool              // to what the reader said
	asking  []string          // who asks the reader something
}

// isNews tells whether there is anything for which a reader wants a mail: that somebody reacted to what another said is not, nor what is open
// as it was in the digest before.
func (d sorted) isNews() bool {
	return d.view.Updates > 0 || d.view.Comments > 0 || d.view.Questions > 0 || d.view.Solved > 0 || d.view.Unanswered > 0 || d.reacted
}

// author is one person of one team, with what they said.
type author struct {
	id      int64
	name    string
	key     string // by which people are ordered
	entries []team.Entry
}

// sort puts a turn's entries in the order in which they are read: teams as given, people by name, days with the most recent
// first, and within a day what is done, next, in the way …
func (c *Composer) sort(turn team.Turn, now time.Time) sorted {
	items := 0
	for _, reading := range turn.Reading {
		for _, e := range reading.Entries {
			items += len(e.Items)
		}
	}
	d := sorted{marking: newMarking(items), called: calledIn(turn)}
	d.view.Day, d.view.ShortDay = longDay(turn.Slot.Day), turn.Slot.Day.Short()
	var names, voices []string
	note := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	var others [][]talk // of each reading, on what is not in this digest
	for _, reading := range turn.Reading {
		authors, own := byAuthor(reading.Entries, turn.Person.ID)
		section := templates.Section{Team: reading.Team.Name, Own: ownPart(own), Away: absent(reading.Away, turn.Slot.Day)}
		open := d.talks(reading.Threads, turn.Person.ID)
		section.People = make([]templates.Person, 0, len(authors))
		for _, a := range authors {
			parts := c.parts(a.entries, reading.Team, turn)
			person := templates.Person{Name: a.name, Parts: make([]templates.Part, 0, len(parts))}
			for _, said := range parts {
				section.Updates++
				part := templates.Part{Note: said.note, Groups: make([]templates.Group, 0, len(said.groups))}
				for _, g := range said.groups {
					group := templates.Group{Label: g.label, Items: make([]templates.Item, 0, len(g.items))}
					for _, item := range g.items {
						d.view.Items++
						shown := templates.Item{Mark: d.mark(a.id, item.ID), Text: item.Text}
						if i := slices.IndexFunc(open, func(t talk) bool { return t.ItemID == item.ID }); i >= 0 {
							shown.Talk = open[i].view
							d.count(open[i])
							open = slices.Delete(open, i, i+1)
						}
						group.Items = append(group.Items, shown)
					}
					part.Groups = append(part.Groups, group)
				}
				person.Parts = append(person.Parts, part)
			}
			if len(person.Parts) > 0 {
				section.People = append(section.People, person)
				note(&names, a.name)
			}
		}
		if section.Updates > 0 {
			section.Hours = hours(turn.Person, reading, turn.Slot.Day, now)
		}
		d.view.Updates += section.Updates
		if section.Updates > 0 || len(open) > 0 {
			d.view.Teams = append(d.view.Teams, reading.Team.Name)
		}
		others = append(others, open)
		d.view.Sections = append(d.view.Sections, section)
	}
	var concerns forReader
	for i, talks := range others { // their items get marks behind those of what is new
		for _, t := range talks {
			for _, c := range t.Comments {
				if c.News && c.MemberID != turn.Person.ID {
					note(&voices, c.Name)
				}
			}
		}
		section := &d.view.Sections[i]
		waiting := d.view.Questions + d.view.Unanswered
		stuck, talks := d.open(&concerns, talks, turn, turn.Reading[i], now)
		var before, solved []templates.Topic
		for _, t := range talks {
			d.count(t)
			switch topic := d.topic(t, turn.Slot.Day); {
			case t.mine:
				concerns.talk = append(concerns.talk, topic)
			case t.closed:
				solved = append(solved, topic)
			default:
				before = append(before, topic)
			}
		}
		for _, g := range []templates.Topics{{Title: "Still stuck", List: stuck}, {Title: "No longer stuck", List: solved}, {Title: "Said before", List: before}} {
			if len(g.List) > 0 {
				section.Topics = append(section.Topics, g)
			}
		}
		if name := turn.Reading[i].Team.Name; d.view.Questions+d.view.Unanswered > waiting && !slices.Contains(d.view.Teams, name) {
			d.view.Teams = append(d.view.Teams, name)
		}
	}
	d.view.ForYou = concerns.all()
	d.view.Sections = slices.DeleteFunc(d.view.Sections, func(s templates.Section) bool {
		return len(s.People) == 0 && len(s.Topics) == 0 && s.Own == "" && s.Away == ""
	})
	d.view.Example = d.example()
	for _, name := range d.asking {
		note(&voices, name)
	}
	if len(names) == 0 {
		names = voices
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(spell.Plain(a), spell.Plain(b)) })
	d.view.Names, d.view.Others = contents(names)
	for _, in := range turn.Person.Teams {
		d.view.Foot.Teams = append(d.view.Foot.Teams, in.Team.Name)
	}
	if len(d.view.Foot.Teams) == 0 {
		for _, s := range d.view.Sections {
			d.view.Foot.Teams = append(d.view.Foot.Teams, s.Team)
		}
	}
	return d
}

// byAuthor gathers entries by who wrote them, ordered by name; the reader's own are kept apart.
func byAuthor(entries []team.Entry, reader int64) (authors []author, own []team.Entry) {
	authors, at := make([]author, 0, len(entries)), make(map[int64]int, len(entries))
	for _, e := range entries {
		if e.MemberID == reader {
			own = append(own, e)
			continue
		}
		i, ok := at[e.MemberID]
		if !ok {
			name := strings.TrimSpace(e.Name)
			if name == "" {
				name = "Someone"
			}
			i = len(authors)
			at[e.MemberID] = i
			authors = append(authors, author{id: e.MemberID, name: name, key: spell.Plain(name)})
		}
		authors[i].entries = append(authors[i].entries, e)
	}
	slices.SortStableFunc(authors, func(a, b author) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	})
	return authors, own
}

// part is what one person said for one day and one check-in.
type part struct {
	day        team.Date
	checkIn    string
	order      int // the check-in's place in the team
	correction bool
	late       bool
	items      []team.Item
	by         []string // the addresses that wrote it for the person
	note       string
	groups     []group
}

// group is items of one sort.
type group struct {
	label string
	items []team.Item
}

// parts puts one person's entries together by day and check-in, the most recent day first, and notes what needs a word.
func (c *Composer) parts(entries []team.Entry, t team.Team, turn team.Turn) []part {
	slices.SortStableFunc(entries, func(a, b team.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	var list []part
	for _, e := range entries {
		i := slices.IndexFunc(list, func(p part) bool { return p.day == e.Day && p.checkIn == e.CheckIn })
		if i < 0 {
			i = len(list)
			list = append(list, part{day: e.Day, checkIn: e.CheckIn, order: place(t, e.CheckIn)})
		}
		p := &list[i]
		if e.Correction { // what it replaces is not news any more
			p.correction, p.items = true, nil
		}
		if p.late = p.late || c.late(e, turn); e.By != "" && !slices.Contains(p.by, e.By) {
			p.by = append(p.by, e.By)
		}
		if said := slices.Clip(e.Items); len(p.items) == 0 && !slices.ContainsFunc(said, blank) { // as almost always
			p.items = said
			continue
		}
		for _, item := range e.Items {
			if !blank(item) {
				p.items = append(p.items, item)
			}
		}
	}
	list = slices.DeleteFunc(list, func(p part) bool { return len(p.items) == 0 && !p.correction })
	slices.SortStableFunc(list, func(a, b part) int {
		return cmp.Or(cmp.Compare(b.day.Number(), a.day.Number()), cmp.Compare(a.order, b.order), cmp.Compare(a.checkIn, b.checkIn))
	})
	for i := range list {
		list[i].note = list[i].notes(list[0].day, turn.Slot.Day, len(t.CheckIns) > 1)
		list[i].groups = groups(list[i].items)
	}
	return list
}

func blank(item team.Item) bool { return strings.TrimSpace(item.Text) == "" }

// place is where a team has the check-in of that name.
func place(t team.Team, name string) int {
	i := slices.IndexFunc(t.CheckIns, func(c team.CheckIn) bool { return c.Name == name })
	if i < 0 {
		return len(t.CheckIns)
	}
	return i
}

// late tells whether the entry's day had ended when the reader's digest before this one was made: it could have been in that one.
func (c *Composer) late(e team.Entry, turn team.Turn) bool {
	if turn.Previous.IsZero() {
		return false
	}
	loc, err := team.Rule{Zone: e.Zone}.Location()
	if err != nil { // a zone that is unknown says nothing about the entry
		return false
	}
	return !turn.Previous.Before(team.DayEnd(e.Day, loc))
}

// notes says what a reader has to know about a part: the check-in, if the team has several; the day, if it is not the
// person's most recent one here; that it is late or a correction; who wrote it for them.
func (p part) notes(recent, today team.Date, named bool) string {
	var notes []string
	if named && p.checkIn != "" {
		notes = append(notes, templates.Line(p.checkIn, 40))
	}
	day := near(p.day, today)
	switch {
	case p.correction && len(p.items) == 0:
		notes = append(notes, "took back what was said for "+day)
	case p.correction:
		notes = append(notes, "correction for "+day)
	case p.late:
		notes = append(notes, "for "+day+", late")
	case p.day != recent:
		notes = append(notes, "for "+day)
	}
	if len(p.by) > 0 {
		notes = append(notes, "written by "+strings.Join(p.by, ", "))
	}
	return strings.Join(notes, " · ")
}

// kinds are the groups in the order in which they are shown, with their labels.
var kinds = []struct {
	kind  team.Kind
	label string
}{
	{team.Done, "done"}, {team.Plan, "next"}, {team.Blocker, "stuck"}, {team.Ask, "ask"},
	{team.Decision, "decision"}, {team.Thanks, "thanks"}, {team.Note, "note"},
}

// groups sorts items by kind. A note that answers a question of the team's own stands under that question.
func groups(items []team.Item) []group {
	list := make([]group, 0, 4)
	ordered := make([]team.Item, 0, len(items)) // of which each group has a piece
	for _, k := range kinds {
		from := len(ordered)
		for _, item := range items {
			if item.Kind == k.kind && (item.Kind != team.Note || item.Asked == "") {
				ordered = append(ordered, item)
			}
		}
		if k.kind == team.Note {
			list = append(list, answers(items)...)
			ordered = append(ordered, strangers(items)...)
		}
		if g := slices.Clip(ordered[from:]); len(g) > 0 {
			list = append(list, group{label: k.label, items: g})
		}
	}
	return list
}

// answers are the notes that answer a question, by question.
func answers(items []team.Item) []group {
	var list []group
	for _, item := range items {
		if item.Kind != team.Note || item.Asked == "" {
			continue
		}
		i := slices.IndexFunc(list, func(g group) bool { return g.label == item.Asked })
		if i < 0 {
			i = len(list)
			list = append(list, group{label: item.Asked})
		}
		list[i].items = append(list[i].items, item)
	}
	slices.SortStableFunc(list, func(a, b group) int { return cmp.Compare(a.items[0].Question, b.items[0].Question) })
	return list
}

// strangers are items of a kind that is not known here; none is ever left out.
func strangers(items []team.Item) []team.Item {
	var list []team.Item
	for _, item := range items {
		known := false
		for _, k := range kinds {
			known = known || item.Kind == k.kind
		}
		if !known {
			list = append(list, item)
		}
	}
	return list
}

// letter names the n-th person: a, b … z, aa, ab …
func letter(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letter(n/26-1) + string(rune('a'+n%26))
}

package digest

import (
	"slices"
	"strconv"
	"strings"

	"daybreak/internal/team"
	"daybreak/templates"
)

// marking gives items the marks by which a reader can name them: a letter for each author, and a number.
type marking struct {
	marks   map[string]int64 // the mark → item
	of      map[int64]string // the item → its mark
	letters map[int64]string // the author → their letter
	counts  map[int64]int    // the author → how many of their items have a mark
}

// newMarking is for about so many items.
func newMarking(items int) marking {
	return marking{make(map[string]int64, items), make(map[int64]string, items), map[int64]string{}, map[int64]int{}}
}

// mark gives the mark of an author's item.
func (m *marking) mark(author, item int64) string {
	if mark, ok := m.of[item]; ok {
		return mark
	}
	if m.letters[author] == "" {
		m.letters[author] = letter(len(m.letters))
	}
	m.counts[author]++
	mark := m.letters[author] + strconv.Itoa(m.counts[author])
	m.of[item], m.marks[mark] = mark, item
	return mark
}

// example is a mark that was given, "" if there is none: of what is for the reader, else the first one.
func (d *sorted) example() string {
	for _, t := range d.view.ForYou {
		if t.Whose != ownStuck || len(d.marks) == 1 {
			return t.Mark
		}
	}
	if _, ok := d.marks["a1"]; ok {
		return "a1"
	}
	return ""
}

// contextBefore is how many answers that are no news stand above the first that is.
const contextBefore = 3

// talk is what was answered to one item, as one reader has it.
type talk struct {
	team.Thread
	view      templates.Talk
	comments  int // that are news
	reactions int
	solved    bool // it is news that nothing is in its author's way any more
	closed    bool // it is news that this is not in the way any more
	mine      bool // the reader said the item, or has answered to it
	own       bool // the reader said the item
}

// isNews tells whether anybody but the reader has answered.
func (t talk) isNews() bool { return t.comments+t.reactions > 0 || t.solved }

// talks puts in order what was answered to items, as a reader has it. Threads with no news for the reader are left out.
func (d *sorted) talks(threads []team.Thread, reader int64) []talk {
	var list []talk
	for _, thread := range threads {
		t := talk{Thread: thread, own: thread.MemberID == reader}
		t.mine = t.own
		known := 0
		for _, c := range thread.Comments {
			t.closed = t.closed || c.News && c.Closed
			switch {
			case c.MemberID == reader:
				t.mine = t.mine || c.Kind == team.Remark
			case c.News && c.Kind == team.Reaction:
				t.reactions++
			case c.News && c.Kind == team.Solved:
				t.solved, t.view.Note = true, d.called[c.Name]+": nothing is in the way any more"
			case c.News:
				t.comments++
			}
			if !c.News && c.Kind == team.Remark {
				known++
			}
		}
		if !t.isNews() {
			continue
		}
		for _, c := range thread.Comments {
			if c.Kind != team.Remark {
				continue
			}
			if !c.News {
				if known--; known >= contextBefore {
					continue
				}
			}
			name := d.called[c.Name]
			if c.MemberID == reader {
				name = "You"
			}
			t.view.Said = append(t.view.Said, templates.Said{Name: name, Text: c.Text})
		}
		t.view.Reactions = d.reactions(thread.Comments, reader)
		list = append(list, t)
	}
	return list
}

// reactions tells who reacted how: "👍 Mia and Dev · 🎉 Sam".
func (d *sorted) reactions(comments []team.Comment, reader int64) string {
	var kinds []string
	who := map[string][]string{}
	for _, c := range comments {
		if c.Kind != team.Reaction {
			continue
		}
		name := d.called[c.Name]
		if c.MemberID == reader {
			name = "you"
		}
		if who[c.Text] == nil {
			kinds = append(kinds, c.Text)
		}
		if !slices.Contains(who[c.Text], name) {
			who[c.Text] = append(who[c.Text], name)
		}
	}
	for i, kind := range kinds {
		kinds[i] = kind + " " + templates.Series(who[kind], "and")
	}
	return strings.Join(kinds, " · ")
}

// topic makes a talk a topic of its own.
func (d *sorted) topic(t talk, today team.Date) templates.Topic {
	whose := d.called[t.Name]
	if t.own {
		whose = "You"
	}
	topic := templates.Topic{
		Mark: d.mark(t.MemberID, t.ItemID), Whose: whose + ", " + near(t.Day, today), Words: t.Text, Talk: t.view,
	}
	if t.closed && t.mine {
		topic.Note = "no longer shown as stuck"
	}
	return topic
}

// count adds a talk to what is new.
func (d *sorted) count(t talk) {
	d.view.Comments += t.comments
	d.view.Reactions += t.reactions
	if t.solved {
		d.view.Solved++
	}
	d.reacted = d.reacted || t.own && t.reactions > 0
}

// calledIn says how those who have a voice in a turn are called: by a short name, where it tells them apart.
func calledIn(turn team.Turn) map[string]string {
	called, first := map[string]string{}, map[string]int{}
	name := func(name string) {
		if _, ok := called[name]; !ok {
			called[name] = shortName(name)
			first[called[name]]++
		}
	}
	for _, r := range turn.Reading {
		for _, t := range r.Threads {
			name(t.Name)
			for _, c := range t.Comments {
				name(c.Name)
			}
		}
	}
	for full, short := range called {
		if first[short] > 1 {
			called[full] = full
		}
	}
	return called
}

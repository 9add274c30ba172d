package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long a digest may be. Gmail hides what comes after 102 kB of HTML; the text part is bounded only so that no mail server
// turns the mail away.
const (
	htmlBudget = 95_000 // for people; what is around them takes less than 5 kB
	textBudget = 1_000_000
	htmlItem   = 12_000 // of one item's words, in bytes
	textItem   = 200_000
	wholeMail  = 6_000_000 // of each part of a digest that is asked for to be read whole: more no mail server takes
)

// In the text part labels take six columns, or as many as the widest up to eight; a wider one has a line of its own.
const (
	labelColumns = 6
	widestLabel  = 8
)

// What the templates of a digest get.
type (
	digestPage struct {
		mailPage
		ForYou   []topicPage
		Sections []sectionPage
		Left     string // that something was left out, "" if nothing was
	}
	sectionPage struct {
		Heading string // "" if there is one section only
		Own     string
		Away    string
		Hours   string
		Topics  []topicsPage
		People  template.HTML // where they stand, "" for nobody
		people  []string
	}
	personPage struct {
		Name, Note string
		Level      int // of their heading
		Parts      []partPage
	}
	partPage struct {
		Note   string
		Groups []groupPage
	}
	groupPage struct {
		Label string
		Wide  bool // the label is too wide to stand beside the words
		Items []itemPage
	}
	itemPage struct {
		Dir, Lang string
		HTML      template.HTML
		Talk      template.HTML // below it
		Lines     []string      // of the text part
	}
	left struct {
		Items  int
		People []string
		InText bool // the text part has them
		More   bool // "full" gets them
	}
)

// clean gives the digest with every name made safe to set.
func (d Digest) clean() Digest {
	d.Names, d.Teams = cleanAll(d.Names), cleanAll(d.Teams)
	d.Foot, d.ForYou = d.Foot.clean(), cleanTopics(d.ForYou)
	sections := make([]Section, len(d.Sections))
	for i, s := range d.Sections {
		s.Team = Line(s.Team, nameLimit)
		s.Topics = slices.Clone(s.Topics)
		for j := range s.Topics {
			s.Topics[j].List = cleanTopics(s.Topics[j].List)
		}
		people := make([]Person, len(s.People))
		for j, p := range s.People {
			people[j] = Person{Line(p.Name, nameLimit), p.Parts}
		}
		s.People = people
		sections[i] = s
	}
	d.Sections = sections
	return d
}

func cleanAll(names []string) []string {
	clean := make([]string, len(names))
	for i, n := range names {
		clean[i] = Line(n, nameLimit)
	}
	return clean
}

// fill sets all people for the text part and for the HTML part, each within its budget.
func (s *Set) fill(d Digest, page mailPage) (inText, inHTML digestPage, err error) {
	c := d.columns()
	inText.mailPage, inHTML.mailPage = page, page
	text := filler{room: textBudget, set: s.personText}
	html := filler{room: htmlBudget, set: s.personHTML}
	if c.whole = d.Whole; c.whole {
		text.room, html.room = wholeMail, wholeMail
	}
	inText.ForYou, inHTML.ForYou = topics(d.ForYou, &text, &html, c)
	for _, section := range d.Sections {
		sp := sectionPage{Own: section.Own, Away: section.Away, Hours: section.Hours}
		if c.level = 2; len(d.Sections) > 1 {
			c.level = 3
			sp.Heading = section.Team
			if section.Updates > 0 {
				sp.Heading += " · " + count(section.Updates, "update")
			}
		}
		said := people{}
		for _, person := range section.People {
			whole, err := s.person(person, c)
			if err != nil {
				return inText, inHTML, fmt.Errorf("rendering what a person said: %w", err)
			}
			t, err := text.take(person, c, whole.text)
			if err != nil {
				return inText, inHTML, err
			}
			h, err := html.take(person, c, whole.html)
			if err != nil {
				return inText, inHTML, err
			}
			said.add(t, h)
		}
		if len(section.People) > 0 {
			sp.People = put
		}
		topicsText, topicsHTML := groups(section.Topics, &text, &html, c)
		sp.Topics, sp.people = topicsText, said.text
		inText.Sections = append(inText.Sections, sp)
		sp.Topics, sp.people = topicsHTML, said.html
		inHTML.Sections = append(inHTML.Sections, sp)
	}
	w := words{set: s}
	if html.left != nil {
		html.left.InText, html.left.More = text.left == nil, d.Updates > 0 && !d.Whole
		inHTML.Left = w.line("digest.left", html.left)
	}
	if text.left != nil {
		text.left.More = d.Updates > 0 && !d.Whole
		inText.Left = w.line("digest.left", text.left)
	}
	return inText, inHTML, w.err
}

// put stands in a rendered template where people are put who are set already. Nobody's words have it.
const put = "\x00"

// people are set for both parts of a mail.
type people struct{ text, html []string }

func (p *people) add(text, html string) {
	if text != "" && len(p.text) > 0 {
		text = "\n" + text
	}
	p.text, p.html = append(p.text, text), append(p.html, html)
}

// people are all pieces that are put into the rendered page, by section.
func (p digestPage) people() [][]string {
	var list [][]string
	for _, s := range p.Sections {
		if s.People != "" {
			list = append(list, s.people)
		}
	}
	return list
}

// filler takes people until there is no room; from then on it counts what is left out.
type filler struct {
	room int
	left *left
	set  func(Person, columns) (string, error)
}

// take gives what is to be shown of a person: all, the first items for which there is room, or nothing.
func (f *filler) take(p Person, c columns, whole string) (string, error) {
	if f.left == nil && len(whole) <= f.room {
		f.room -= len(whole)
		return whole, nil
	}
	if f.left != nil {
		f.leave(p, 0)
		return "", nil
	}
	var err error
	fits := func(n int) string {
		shown, e := f.set(p.first(n), c)
		if err == nil {
			err = e
		}
		return shown
	}
	n := sort.Search(p.items(), func(n int) bool { return len(fits(n+1)) > f.room })
	f.leave(p, n)
	if n == 0 || err != nil {
		return "", err
	}
	return fits(n), err
}

// leave counts all but the first items of a person as left out.
func (f *filler) leave(p Person, shown int) {
	if f.left == nil {
		f.left = &left{}
	}
	f.left.Items += p.items() - shown
	if !slices.Contains(f.left.People, p.Name) {
		f.left.People = append(f.left.People, p.Name)
	}
}

// items counts what a person said.
func (p Person) items() int {
	n := 0
	for _, part := range p.Parts {
		for _, g := range part.Groups {
			n += len(g.Items)
		}
	}
	return n
}

// first is the person with their first n items only.
func (p Person) first(n int) Person {
	short := Person{Name: p.Name}
	for _, part := range p.Parts {
		sp := Part{Note: part.Note}
		for _, g := range part.Groups {
			if n > 0 {
				sp.Groups = append(sp.Groups, Group{g.Label, g.Items[:min(n, len(g.Items))]})
			}
			n -= len(g.Items)
		}
		if len(sp.Groups) > 0 || len(part.Groups) == 0 {
			short.Parts = append(short.Parts, sp)
		}
	}
	return short
}

// personText sets a person for the text part.
func (s *Set) personText(p Person, c columns) (string, error) {
	var b bytes.Buffer
	err := s.text.ExecuteTemplate(&b, "digest.person", p.page(c, func(label string, i Item) itemPage {
		words := i.Text
		if !c.whole {
			words = cut(words, textItem, "… (the rest of this item is too long for a mail)")
		}
		return itemPage{Lines: append(row(label, words, i.Mark, c), i.Talk.lines(2+c.label+3, c.whole)...)}
	}))
	return rewrap(b.Bytes()), err
}

// personHTML sets a person for the HTML part.
func (s *Set) personHTML(p Person, c columns) (string, error) {
	var b strings.Builder
	lang := p.language()
	err := s.html.ExecuteTemplate(&b, "digest.person", p.page(c, func(_ string, i Item) itemPage {
		words := i.Text
		if !c.whole {
			words = cut(words, htmlItem, "… (the rest of this item is in the plain text part of this mail)")
		}
		page := itemPage{Dir: direction(words), Lang: lang, HTML: template.HTML(say(words, i.Mark)), Talk: i.Talk.html(c.whole)}
		if l := language(words); l != "" && (l != "zh" || lang == "") {
			page.Lang = l
		}
		return page
	}))
	return b.String(), err
}

// page sets a person's items.
func (p Person) page(c columns, set func(label string, i Item) itemPage) personPage {
	page := personPage{Name: p.Name, Level: c.level, Parts: make([]partPage, 0, len(p.Parts))}
	for _, part := range p.Parts {
		pp := partPage{Note: part.Note, Groups: make([]groupPage, 0, len(part.Groups))}
		for _, g := range part.Groups {
			label := Line(g.Label, questionLimit)
			gp := groupPage{Label: label, Wide: width(label) > widestLabel, Items: make([]itemPage, 0, len(g.Items))}
			if gp.Wide {
				label = ""
			}
			for _, item := range g.Items {
				item.Text, item.Talk = strings.TrimRightFunc(strings.TrimLeft(clean(item.Text), "\n"), unicode.IsSpace), item.Talk.clean()
				gp.Items = append(gp.Items, set(label, item))
				label = ""
			}
			pp.Groups = append(pp.Groups, gp)
		}
		page.Parts = append(page.Parts, pp)
	}
	if len(page.Parts) > 0 {
		page.Note = page.Parts[0].Note
	}
	return page
}

// columns says how the people of a digest are set: how wide labels and marks are in the text part, and of which level the headings are that
// have their names.
type columns struct {
	label, mark int
	level       int
	whole       bool // no item is cut
}

// columns finds out how wide the columns of the text part have to be.
func (d Digest) columns() columns {
	c := columns{label: labelColumns, mark: 4}
	for _, s := range d.Sections {
		c.widen(s.People)
	}
	return c
}

// widen makes the columns as wide as these people need them.
func (c *columns) widen(people []Person) {
	for _, p := range people {
		for _, part := range p.Parts {
			for _, g := range part.Groups {
				if w := width(g.Label); w <= widestLabel {
					c.label = max(c.label, w)
				}
				for _, item := range g.Items {
					c.mark = max(c.mark, len(item.Mark)+2)
				}
			}
		}
	}
}

// language is that of a person who writes Japanese: what they write in Han characters only is Japanese, too.
func (p Person) language() string {
	for _, part := range p.Parts {
		for _, g := range part.Groups {
			for _, item := range g.Items {
				if l := language(item.Text); l == "ja" {
					return "ja"
				}
			}
		}
	}
	return ""
}

// cut shortens words to at most limit bytes, at the end of a line or between two words if one is near, and says so.
func cut(words string, limit int, note string) string {
	if len(words) <= limit {
		return words
	}
	end := limit
	for end > 0 && !utf8.RuneStart(words[end]) {
		end--
	}
	if at := strings.LastIndexAny(words[:end], "\n "); at > limit*3/4 {
		end = at
	}
	return strings.TrimRight(words[:end], "\n ") + "\n\n" + note
}

// row sets one item of the text part: its label, if it is the first of its group, its words and its mark at the right edge.
func row(label, words, mark string, c columns) []string {
	left := 2 + c.label + 1
	lines := plain(words, Columns-left-c.mark-2)
	if len(lines) == 0 {
		lines = []string{""}
	}
	head := "  " + label + strings.Repeat(" ", max(0, c.label-width(label))+1)
	rest := strings.Repeat(" ", left)
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = head + line
		case line != "":
			lines[i] = rest + line
		}
	}
	if mark == "" {
		return lines
	}
	mark = "[" + mark + "]"
	last := len(lines) - 1
	if w := width(lines[last]); w+1+len(mark) <= Columns {
		lines[last] += strings.Repeat(" ", Columns-len(mark)-w) + mark
		return lines
	}
	return append(lines, strings.Repeat(" ", Columns-len(mark))+mark)
}

package templates

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long a digest may be. Gmail hides what comes after 102 kB of HTML; the text part is bounded only so that no mail server
// turns the mail away.
const (
	htmlBudget = 96_000
	textBudget = 1_000_000
	htmlItem   = 12_000 // of one item's words, in bytes
	textItem   = 200_000
)

// What the markup around each thing takes in bytes, rounded up.
const (
	frameCost  = 4_500
	personCost = 420
	groupCost  = 520
	itemCost   = 80
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
		Sections []sectionPage
		Left     string // that something was left out, "" if nothing was
		left     *left
	}
	sectionPage struct {
		Heading string // "" if there is one section only
		Own     string
		People  []personPage
	}
	personPage struct {
		Name, Note string
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
		Lines     []string // of the text part
	}
	left struct {
		Items  int
		People []string
		InText bool // the text part has them
	}
)

// clean gives the digest with every name, label and word made safe to set.
func (d Digest) clean() Digest {
	d.Names, d.Teams = cleanAll(d.Names), cleanAll(d.Teams)
	d.Foot = d.Foot.clean()
	sections := make([]Section, len(d.Sections))
	for i, s := range d.Sections {
		s.Team = Line(s.Team, nameLimit)
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

// pages sets all words for the text part and for the HTML part, each within its budget.
func (d Digest) pages(page mailPage) (inText, inHTML digestPage) {
	c := columns{label: labelColumns, mark: 4}
	for _, s := range d.Sections {
		for _, p := range s.People {
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
	text := setter{budget: textBudget - frameCost, item: func(label string, i Item, _ string) (itemPage, int) {
		lines := row(label, cut(i.Text, textItem, "… (the rest of this item is too long for a mail)"), i.Mark, c)
		n := 0
		for _, l := range lines {
			n += len(l) + 1
		}
		return itemPage{Lines: lines}, n
	}}
	html := setter{budget: htmlBudget - frameCost, markup: true, item: func(_ string, i Item, lang string) (itemPage, int) {
		words := cut(i.Text, htmlItem, "… (the rest of this item is in the plain text part of this mail)")
		set := say(words, i.Mark)
		if l := language(words); l != "" && (l != "zh" || lang == "") {
			lang = l
		}
		return itemPage{Dir: direction(words), Lang: lang, HTML: template.HTML(set)}, len(set)
	}}
	inText, inHTML = text.digest(d, page), html.digest(d, page)
	if inHTML.left != nil {
		inHTML.left.InText = inText.left == nil
	}
	return inText, inHTML
}

// setter sets items until its budget is spent; from then on it counts what is left out.
type setter struct {
	budget int
	markup bool
	item   func(label string, i Item, lang string) (itemPage, int)
	left   *left
}

func (s *setter) digest(d Digest, page mailPage) digestPage {
	p := digestPage{mailPage: page, Sections: make([]sectionPage, 0, len(d.Sections))}
	for _, section := range d.Sections {
		sp := sectionPage{Own: section.Own, People: make([]personPage, 0, len(section.People))}
		if len(d.Sections) > 1 {
			sp.Heading = section.Team
			if section.Updates > 0 {
				sp.Heading += " · " + count(section.Updates, "update")
			}
		}
		for _, person := range section.People {
			if pp := s.person(person); len(pp.Parts) > 0 {
				sp.People = append(sp.People, pp)
			}
		}
		p.Sections = append(p.Sections, sp)
	}
	p.left = s.left
	return p
}

func (s *setter) person(p Person) personPage {
	page := personPage{Name: p.Name, Parts: make([]partPage, 0, len(p.Parts))}
	s.spend(personCost + len(p.Name))
	lang := ""
	if s.markup {
		lang = p.language()
	}
	for _, part := range p.Parts {
		pp := partPage{Note: part.Note, Groups: make([]groupPage, 0, len(part.Groups))}
		for _, g := range part.Groups {
			if gp := s.group(g, p.Name, lang); len(gp.Items) > 0 {
				pp.Groups = append(pp.Groups, gp)
			}
		}
		if len(pp.Groups) > 0 || len(part.Groups) == 0 {
			page.Parts = append(page.Parts, pp)
		}
	}
	if len(page.Parts) > 0 {
		page.Note = page.Parts[0].Note
	}
	return page
}

func (s *setter) group(g Group, name, lang string) groupPage {
	label := Line(g.Label, questionLimit)
	page := groupPage{Label: label, Wide: width(label) > widestLabel, Items: make([]itemPage, 0, len(g.Items))}
	s.spend(groupCost + len(label))
	if page.Wide {
		label = ""
	}
	for _, item := range g.Items {
		if s.budget <= 0 {
			s.leave(name, 1)
			continue
		}
		item.Text = strings.TrimRightFunc(strings.TrimLeft(clean(item.Text), "\n"), unicode.IsSpace)
		set, cost := s.item(label, item, lang)
		if s.spend(cost + itemCost); s.budget < 0 {
			s.leave(name, 1)
			continue
		}
		page.Items = append(page.Items, set)
		label = ""
	}
	return page
}

// spend takes the cost from the budget.
func (s *setter) spend(bytes int) { s.budget -= bytes }

func (s *setter) leave(name string, items int) {
	if s.left == nil {
		s.left = &left{}
	}
	s.left.Items += items
	if n := len(s.left.People); n == 0 || s.left.People[n-1] != name {
		s.left.People = append(s.left.People, name)
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

// columns says how wide labels and marks are in the text part.
type columns struct{ label, mark int }

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

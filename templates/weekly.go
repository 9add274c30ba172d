package templates

import (
	"fmt"
	"html/template"
	"slices"
)

// Weekly is what was said in a reader's teams within some days, by theme, and what of it is open still.
type Weekly struct {
	From, Through string // the days: "Mon 2 Mar"
	Teams         []string
	Items         int
	Comments      int
	Names         []string
	Others        int      // how many more wrote than Names names
	Contents      []string // "12 done", "2 still stuck"
	Rollups       []Rollup
	Example       string // a mark of this mail, to show how one answers
	Asked         bool   // the reader asked for it by mail
	Into          string // with a newcomer the team that they have joined, else ""
	Who           []string
	More          int // how many more there are than Who has
	Foot          Foot
}

// News counts what was said, for the subject.
func (v Weekly) News() string {
	if v.Comments > 0 {
		return count(v.Items, "item") + ", " + count(v.Comments, "comment")
	}
	return count(v.Items, "item")
}

// Rollup is one team's part of a Weekly.
type Rollup struct {
	Team   string
	Themes []Theme
}

// Theme is what people said of one kind.
type Theme struct {
	Title  string // "Done"
	People []Person
	Topics []Topic // what was answered to what is not told here
}

// What the templates of a roll-up get.
type (
	weeklyPage struct {
		mailPage
		Who   []string // is in the team that the reader has joined
		Teams []rollupPage
		Left  string // that something was left out, "" if nothing was
	}
	rollupPage struct {
		Heading string // "" if there is one team only
		Themes  []themePage
	}
	themePage struct {
		Title  string
		People template.HTML // where they stand, "" for nobody
		Topics []topicPage
		people []string
	}
)

// Weekly renders the mail that tells of a week. What would make it too long is left out, and the mail says so.
func (s *Set) Weekly(v Weekly) (Letter, error) {
	v = v.clean()
	w := words{set: s}
	page := mailPage{Title: w.line("weekly.title", v), Lead: w.line("weekly.lead", v), FootLines: w.lines("weekly.foot", v)}
	return s.rollups(v, page, w.err)
}

// rollups sets a mail of roll-ups.
func (s *Set) rollups(v Weekly, page mailPage, err error) (Letter, error) {
	if err != nil {
		return Letter{}, err
	}
	page.Subject, page.Preheader = page.Title, page.Lead
	inText, inHTML, err := s.fillWeekly(v, page)
	if err != nil {
		return Letter{}, err
	}
	return s.letter("weekly", page.Subject, inText, inHTML, inText.people(), inHTML.people())
}

func (v Weekly) clean() Weekly {
	v.Names, v.Teams, v.Foot = cleanAll(v.Names), cleanAll(v.Teams), v.Foot.clean()
	v.Into, v.Who = Line(v.Into, nameLimit), slices.Clone(v.Who)
	for i, line := range v.Who {
		v.Who[i] = Line(line, questionLimit)
	}
	v.Rollups = slices.Clone(v.Rollups)
	for i := range v.Rollups {
		r := &v.Rollups[i]
		r.Team, r.Themes = Line(r.Team, nameLimit), slices.Clone(r.Themes)
		for j := range r.Themes {
			t := &r.Themes[j]
			t.People, t.Topics = slices.Clone(t.People), cleanTopics(t.Topics)
			for k := range t.People {
				t.People[k].Name = Line(t.People[k].Name, nameLimit)
			}
		}
	}
	return v
}

// fillWeekly sets all themes for the text part and for the HTML part, each within its budget.
func (s *Set) fillWeekly(v Weekly, page mailPage) (inText, inHTML weeklyPage, err error) {
	c := columns{label: labelColumns, mark: 4, level: 3}
	for _, r := range v.Rollups {
		for _, t := range r.Themes {
			c.widen(t.People)
		}
	}
	inText.mailPage, inHTML.mailPage = page, page
	inText.Who = v.Who
	if v.More > 0 {
		inText.Who = append(inText.Who, count(v.More, "other"))
	}
	inHTML.Who = inText.Who
	text := filler{room: textBudget, set: s.personText}
	html := filler{room: htmlBudget, set: s.personHTML}
	for _, r := range v.Rollups {
		heading := ""
		if len(v.Rollups) > 1 {
			heading, c.level = r.Team, 4
		}
		pt, ph := rollupPage{Heading: heading}, rollupPage{Heading: heading}
		for _, theme := range r.Themes {
			said := people{}
			for _, p := range theme.People {
				whole, err := s.person(p, c)
				if err != nil {
					return inText, inHTML, fmt.Errorf("rendering what a person said: %w", err)
				}
				t, err := text.take(p, c, whole.text)
				if err != nil {
					return inText, inHTML, err
				}
				h, err := html.take(p, c, whole.html)
				if err != nil {
					return inText, inHTML, err
				}
				said.add(t, h)
			}
			topicsText, topicsHTML := topics(theme.Topics, &text, &html, c)
			pt.add(themePage{Title: theme.Title, Topics: topicsText, people: said.text})
			ph.add(themePage{Title: theme.Title, Topics: topicsHTML, people: said.html})
		}
		inText.Teams, inHTML.Teams = append(inText.Teams, pt), append(inHTML.Teams, ph)
	}
	w := words{set: s}
	if html.left != nil {
		html.left.InText = text.left == nil
		inHTML.Left = w.line("digest.left", html.left)
	}
	if text.left != nil {
		inText.Left = w.line("digest.left", text.left)
	}
	return inText, inHTML, w.err
}

// add adds a theme, unless all of it is left out.
func (p *rollupPage) add(t themePage) {
	t.people = slices.DeleteFunc(t.people, func(piece string) bool { return piece == "" })
	if len(t.people) > 0 {
		t.People = put
	}
	if len(t.people)+len(t.Topics) > 0 {
		p.Themes = append(p.Themes, t)
	}
}

// people are all pieces that are put into the rendered page, by theme.
func (p weeklyPage) people() [][]string {
	var list [][]string
	for _, r := range p.Teams {
		for _, t := range r.Themes {
			if t.People != "" {
				list = append(list, t.people)
			}
		}
	}
	return list
}

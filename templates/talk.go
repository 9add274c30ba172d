package templates

import (
	"html"
	"html/template"
	"strings"
	"unicode"
)

// Said is what one member answered to an item.
type Said struct {
	Name string // as one would call them
	Text string
}

// Talk is what was answered to an item.
type Talk struct {
	Said      []Said
	Note      string // "Priya: nothing is in the way any more"; "" for none
	Reactions string // "👍 Mia and Dev · 🎉 Sam"; "" for none
}

// Topic is an item that is not told in full here, with what is new about it.
type Topic struct {
	Mark  string
	Whose string // "You, Mon 2 Mar"
	Words string // of the item. "" if it was taken back
	Whole bool   // the words are not shortened to a line
	Note  string // below them: "answer by Thu 5 Mar, 16:00 (Tokyo)"
	Talk
}

// Topics are topics of one sort.
type Topics struct {
	Title string // "Still stuck"
	List  []Topic
}

// topicsPage is what the templates get of topics of one sort.
type topicsPage struct {
	Title string
	List  []topicPage
}

// What the templates of a digest get of a topic.
type topicPage struct {
	Lines []string      // of the text part
	HTML  template.HTML // the item
	Dir   string
	Note  string
	Talk  template.HTML // below it
}

const (
	wholeTopic  = 600    // of a topic's words that are not to be shortened to a line, in characters
	topicLimit  = 140    // of the words of a topic's item, in characters
	commentHTML = 4_000  // of a comment's words, in bytes
	commentText = 40_000 // likewise, in the text part
)

func (t Talk) clean() Talk {
	said := make([]Said, len(t.Said))
	for i, s := range t.Said {
		said[i] = Said{Line(s.Name, nameLimit), strings.TrimFunc(clean(s.Text), unicode.IsSpace)}
	}
	return Talk{said, Line(t.Note, questionLimit), Line(t.Reactions, questionLimit)}
}

func (t Topic) clean() Topic {
	t.Whose, t.Note, t.Talk = Line(t.Whose, 2*nameLimit+40), Line(t.Note, questionLimit), t.Talk.clean()
	limit := topicLimit
	if t.Whole {
		limit = wholeTopic
	}
	if t.Words = gist(t.Words, limit); t.Words == "" {
		t.Words = "(taken back since)"
	}
	return t
}

func cleanTopics(topics []Topic) []Topic {
	list := make([]Topic, len(topics))
	for i, t := range topics {
		list[i] = t.clean()
	}
	return list
}

// talkSign stands in the text part before what was answered to the item above it. Whoever reads replies knows an item's end by it.
const talkSign = "↳"

// lines sets a talk for the text part, so far from the edge.
func (t Talk) lines(left int, whole bool) []string {
	var lines []string
	blank := strings.Repeat(" ", left)
	add := func(words string) {
		for i, l := range plain(talkSign+" "+words, Columns-left-2) {
			if i > 0 && l != "" {
				l = "  " + l
			}
			lines = append(lines, strings.TrimRight(blank+l, " "))
		}
	}
	for _, s := range t.Said {
		words := s.Text
		if !whole {
			words = cut(words, commentText, "… (the rest of this is too long for a mail)")
		}
		add(s.Name + ": " + words)
	}
	for _, words := range []string{t.Note, t.Reactions} {
		if words != "" {
			add(words)
		}
	}
	return lines
}

// The styles of a talk.
const (
	saidStyle   = `margin:4px 0 0;padding:0 0 0 10px;border-left:2px solid #d8dce0`
	saidRTL     = `margin:4px 0 0;padding:0 10px 0 0;border-right:2px solid #d8dce0`
	nameStyle   = `font-weight:600`
	reactsStyle = `margin:4px 0 0;color:#667079;font-size:14px`
)

// html sets a talk for the HTML part.
func (t Talk) html(whole bool) template.HTML {
	if len(t.Said) == 0 && t.Note == "" && t.Reactions == "" {
		return ""
	}
	var b strings.Builder
	for _, s := range t.Said {
		words := s.Text
		if !whole {
			words = cut(words, commentHTML, "… (the rest of this is in the plain text part of this mail)")
		}
		dir, style := direction(words), saidStyle
		if dir == "rtl" {
			style = saidRTL
		}
		b.WriteString(`<div class="r" dir="` + dir + `"`)
		if l := language(words); l != "" {
			b.WriteString(` lang="` + l + `"`)
		}
		b.WriteString(` style="` + style + `"><span dir="` + direction(s.Name) + `" style="` + nameStyle + `">` + html.EscapeString(s.Name) + `:</span> ` + say(words, "") + `</div>`)
	}
	for _, words := range []string{t.Note, t.Reactions} {
		if words != "" {
			b.WriteString(`<div class="q" style="` + reactsStyle + `">` + html.EscapeString(words) + `</div>`)
		}
	}
	return template.HTML(b.String())
}

// page sets a topic for both parts.
func (t Topic) page(whole bool) topicPage {
	words := t.Words
	p := topicPage{Dir: direction(words), Talk: t.Talk.html(whole)}
	lines := plain(t.Whose+": "+words, Columns-4-len(t.Mark)-4)
	for i := range lines {
		if lines[i] = "  " + lines[i]; i > 0 {
			lines[i] = "  " + lines[i]
		}
	}
	if mark := "[" + t.Mark + "]"; t.Mark != "" && len(lines) > 0 {
		last := &lines[len(lines)-1]
		*last += strings.Repeat(" ", max(1, Columns-len(mark)-width(*last))) + mark
	}
	if p.Note = t.Note; t.Note != "" {
		for _, l := range plain(t.Note, Columns-4) {
			lines = append(lines, "    "+l)
		}
	}
	p.Lines = append(lines, t.Talk.lines(4, whole)...)
	var b strings.Builder
	b.WriteString(`<span class="q" dir="ltr" style="color:#667079">` + html.EscapeString(t.Whose) + `:</span> `)
	setText(&b, words)
	setMark(&b, t.Mark)
	p.HTML = template.HTML(b.String())
	return p
}

// groups sets topics of several sorts for both parts.
func groups(list []Topics, text, html *filler, c columns) (inText, inHTML []topicsPage) {
	for _, g := range list {
		t, h := topics(g.List, text, html, c)
		if len(t) > 0 {
			inText = append(inText, topicsPage{g.Title, t})
		}
		if len(h) > 0 {
			inHTML = append(inHTML, topicsPage{g.Title, h})
		}
	}
	return inText, inHTML
}

// topics sets topics for both parts, as many as there is room for.
func topics(list []Topic, text, html *filler, c columns) (inText, inHTML []topicPage) {
	for _, t := range list {
		page := t.page(c.whole)
		if text.takeTopic(t, len(strings.Join(page.Lines, "\n"))) {
			inText = append(inText, page)
		}
		if html.takeTopic(t, sizeOf([]topicPage{page})) {
			inHTML = append(inHTML, page)
		}
	}
	return inText, inHTML
}

// sizeOf is the length of topics' HTML.
func sizeOf(topics []topicPage) int {
	n := 0
	for _, t := range topics {
		n += len(t.HTML) + len(t.Talk) + 200
	}
	return n
}

// takeTopic tells whether there is room for a topic, all or nothing.
func (f *filler) takeTopic(t Topic, size int) bool {
	if f.left == nil && size <= f.room {
		f.room -= size
		return true
	}
	if f.left == nil {
		f.left = &left{}
	}
	f.left.Items += len(t.Said)
	for _, s := range t.Said {
		if len(f.left.People) == 0 || f.left.People[len(f.left.People)-1] != s.Name {
			f.left.People = append(f.left.People, s.Name)
		}
	}
	return false
}

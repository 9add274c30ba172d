package reply

import (
	"strings"
	"unicode"

	"daybreak/mailin/mime"
)

// body gives the lines to be read: those that mime chose, or the HTML form if that says what the plain one does not.
func (r *reader) body(m *mime.Message) []mime.Line {
	body := m.Body
	switch {
	case body == nil && written(m.Plain):
		body = mime.PlainLines(m.Plain)
	case body == nil:
		body = mime.HTMLLines(m.HTML)
	}
	if m.HTML == "" && m.Format == "plain" && isPage(m.Plain) {
		r.step("read as HTML: the plain text is a page")
		return mime.HTMLLines(m.Plain)
	}
	if m.HTML == "" || m.Format == "report" || m.Format == "html" {
		return body
	}
	var first []token // the first words, by which the two forms are seen to be of one piece
	count, size := 0, 0
	for _, l := range body {
		if l.Quote > 0 {
			r.plain = true
			return body
		}
		if len(first) == 0 {
			first = opening(l.Text)
		}
		if l.Text != "" {
			count++
			size = max(size, len(l.Text))
		}
	}
	html := mime.HTMLLines(m.HTML)
	marked, whole, own := false, len(first) == 0, 0
	for _, l := range html {
		marked = marked || l.Quote > 0 && l.From != mime.FromMarks
		if l.Quote == 0 && l.Text != "" {
			own++
		}
		if !whole {
			words := opening(l.Text)
			n := min(len(words), len(first)) // one line may have been broken earlier than the other
			whole = n > 0 && equal(words[:n], first[:n])
		}
	}
	switch {
	case marked && whole:
		r.step("read as HTML: the plain text does not show what is quoted")
	case whole && count <= 2 && size > flattened && own > 2*count:
		r.step("read as HTML: the plain text has lost its lines")
	case !whole && stub(m.Plain, html):
		r.step("read as HTML: the plain text says no more than that there is one")
	default:
		r.plain = true
		return body
	}
	return html
}

// isPage tells whether a plain text is a page of HTML that was called plain.
func isPage(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 13 || text[0] != '<' {
		return false
	}
	begin, end := strings.ToLower(text[:min(len(text), 15)]), strings.ToLower(text[len(text)-7:])
	return (strings.HasPrefix(begin, "<html") || strings.HasPrefix(begin, "<!doctype html")) && end == "</html>"
}

// flattened is the length in bytes from which a line is one that had its line ends taken away, if the HTML form shows some.
const flattened = 160

// opening gives the first words of a line, four at most.
func opening(line string) []token {
	words := tokens(nil, line[:min(len(line), 120)])
	return words[:min(len(words), 4)]
}

func written(s string) bool {
	return len(strings.TrimSpace(s)) > longest || look(clean(s)).has(letterSign)
}

// stub tells whether the plain form only asks, in whatever language, to look at the HTML form: it is short, speaks of HTML, and
// says little that is said there.
func stub(plain string, html []mime.Line) bool {
	plain = strings.TrimSpace(plain)
	if len(plain) > 400 || !strings.Contains(strings.ToLower(plain), "html") {
		return false
	}
	wordsOf := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !isNameRune(r) })
	}
	said := map[string]bool{}
	for _, l := range html[:min(len(html), 2000)] {
		for _, w := range wordsOf(l.Text) {
			said[w] = true
		}
	}
	known, all := 0, 0
	for _, w := range wordsOf(plain) {
		all++
		if said[w] {
			known++
		}
	}
	return len(said) > 0 && known*2 < all
}

// compare asks the HTML form about lines at the borders of what was kept of the plain one: its markup knows the line
// above a quote in every language, and a signature without a delimiter.
func (r *reader) compare(m *mime.Message) {
	if !r.plain || m.HTML == "" {
		return
	}
	first, last, border := -1, -1, -1 // the first and the last line kept, the last nonblank one above the first quote
	quoted := false
	for i := range r.lines {
		switch {
		case r.lines[i].clean == "":
			continue
		case r.own(i):
			last = i
			if first < 0 && r.sight(i).has(letterSign) {
				first = i
			}
		case r.lines[i].Quote > 0:
			quoted = true
		}
		if !quoted {
			border = i
		}
	}
	head := quoted && border > first && first >= 0 && r.own(border) && !isPhone(r.lines[border].clean, r.sight(border))
	t := trimmer{reader: r, first: first}
	for last > first && (!r.own(last) || isPhone(r.lines[last].clean, r.sight(last))) {
		last--
	}
	signed := last > first && first >= 0 && t.signatureLike(last) && strings.Contains(m.HTML, "ignature")
	if !head && !signed {
		return
	}
	f := formOf(mime.HTMLLines(m.HTML))
	for i := border; head && i > first && border-i < 4 && r.own(i); i-- {
		if said := letters(r.lines[i].clean); len(said) < 8 || !strings.Contains(f.quoted, said) || strings.Contains(f.own, said) {
			break
		}
		r.lines[i].why = whyLead
		r.step("line %d: left out: quoted in the HTML form", i+1)
	}
	begun := false
	for i, n := last, 0; signed && i > first && n < 16; i-- {
		if !r.own(i) {
			continue
		}
		n++
		said := letters(r.lines[i].clean)
		if in := said != "" && strings.Contains(f.signed, said) && !strings.Contains(f.own, said) && t.signatureLike(i); in {
			r.lines[i].Sign, begun = true, true
		} else if begun {
			break
		}
	}
}

// form is what the HTML form says, by letters and digits alone: to whom each word belongs.
type form struct{ own, quoted, signed string }

func formOf(lines []mime.Line) form {
	var own, quoted, signed strings.Builder
	for _, l := range lines {
		b := &own
		switch {
		case l.Quote > 0:
			b = &quoted
		case l.Sign:
			b = &signed
		}
		b.WriteString(letters(l.Text))
	}
	return form{own.String(), quoted.String(), signed.String()}
}

// letters gives the letters and digits of a text.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

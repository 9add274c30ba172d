package mime

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/atom"
)

// What makes a line a quotation, as Line.From says it.
const (
	FromMarks      = "gt"         // ">" at its beginning
	FromBlockquote = "blockquote" // a blockquote that says no more
	FromCite       = "cite"       // blockquote type=cite: Apple Mail, Thunderbird, Roundcube and many more
	FromGmail      = "gmail"      // gmail_quote, gmail_attr
	FromOutlook    = "outlook"    // divRplyFwdMsg, OLK_SRC_BODY_SECTION, a header block with a line above it
	FromYahoo      = "yahoo"      // yahoo_quoted
	FromProton     = "proton"     // protonmail_quote
	FromMozilla    = "mozilla"    // moz-cite-prefix, moz-forward-container
	FromZimbra     = "zimbra"     // zwchr
	FromZoho       = "zoho"       // zmail_extra
	FromOther      = "other"      // further containers that say they are quotations
	FromIndent     = "indent"     // Gmail's blockquote outside of its containers: the button "quote" makes it, too
)

// role is what a container is to a quotation.
type role int

const (
	none  role = iota
	quote      // all in it is quoted
	intro      // it introduces a quotation
	mixed      // it has an introduction and then blockquotes; what stands between these is the writer's own
	rest       // what follows is quoted, up to the end of the enclosing quotation or of the page
	sign       // a signature
)

// attributes are those of an element that matter.
type attributes struct {
	class, id, name, marker, style, kind, href, alt, start []byte
	hidden                                                 bool
}

func (a *attributes) reset() {
	a.class, a.id, a.name, a.marker, a.style = a.class[:0], a.id[:0], a.name[:0], a.marker[:0], a.style[:0]
	a.kind, a.href, a.alt, a.start, a.hidden = a.kind[:0], a.href[:0], a.alt[:0], a.start[:0], false
}

func (a *attributes) add(key, value []byte) {
	switch string(key) {
	case "class":
		a.class = append(a.class[:0], value...)
	case "id":
		a.id = append(a.id[:0], value...)
	case "name":
		a.name = append(a.name[:0], value...)
	case "data-marker", "data-smartmail":
		a.marker = append(a.marker[:0], value...)
	case "fairemail":
		a.marker = append(append(a.marker[:0], "fairemail-"...), value...)
	case "data-signatureblock", "data-signature-widget":
		a.marker = append(a.marker[:0], "signature"...)
	case "style":
		a.style = a.style[:0]
		for _, c := range value[:min(len(value), 4096)] {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			if n := len(a.style); c == ':' && n > 0 && a.style[n-1] == ' ' {
				a.style = a.style[:n-1]
			}
			if c > ' ' || c == ' ' && len(a.style) > 0 && a.style[len(a.style)-1] != ':' && a.style[len(a.style)-1] != ';' && a.style[len(a.style)-1] != ' ' {
				a.style = append(a.style, c)
			}
		}
	case "type":
		a.kind = append(a.kind[:0], value...)
	case "href":
		a.href = append(a.href[:0], bytes.TrimSpace(value)...)
	case "alt":
		a.alt = append(a.alt[:0], bytes.TrimSpace(value)...)
	case "start", "value": // of a list, of an item
		a.start = append(a.start[:0], value...)
	case "hidden":
		a.hidden = true
	}
}

// property returns the value of a property of the style.
func (a *attributes) property(name string) string {
	for s := a.style; len(s) > 0; {
		var declaration []byte
		declaration, s, _ = bytes.Cut(s, []byte(";"))
		if len(declaration) > len(name) && declaration[len(name)] == ':' && string(declaration[:len(name)]) == name {
			return string(bytes.TrimSpace(declaration[len(name)+1:]))
		}
	}
	return ""
}

// hides says whether the element is not to be seen.
func (a *attributes) hides() bool {
	if a.hidden {
		return true
	}
	if len(a.style) == 0 {
		return false
	}
	return strings.HasPrefix(a.property("display"), "none") || strings.HasPrefix(a.property("visibility"), "hidden") ||
		zero(a.property("max-height")) && strings.HasPrefix(a.property("overflow"), "hidden")
}

func (a *attributes) preformatted() bool {
	return len(a.style) > 0 && strings.HasPrefix(a.property("white-space"), "pre") && !strings.HasPrefix(a.property("white-space"), "pre-line")
}

// tight says whether a paragraph has no space above and below: Outlook's lines are paragraphs.
func (a *attributes) tight() bool {
	if bytes.HasPrefix(a.class, []byte("Mso")) || bytes.HasPrefix(a.class, []byte("x_Mso")) {
		return true
	}
	if len(a.style) == 0 {
		return false
	}
	if margin := strings.Fields(a.property("margin")); len(margin) > 0 {
		above, below := margin[0], margin[0]
		if len(margin) > 2 {
			below = margin[2]
		}
		return zero(above) && zero(below)
	}
	return zero(a.property("margin-bottom")) && zero(a.property("margin-top"))
}

// zero says whether a length is next to nothing.
func zero(length string) bool {
	return length != "" && (length[0] == '0' || length[0] == '.') && !strings.HasPrefix(length, ".5") && !strings.HasPrefix(length, "0.5")
}

// quoteAndSign applies what an element says of quotation and signature to the text within.
func (r *page2lines) quoteAndSign(t tag, e *element) {
	role, from := roleOf(t, &r.attrs)
	if atom.Atom(t) == atom.Blockquote {
		if role == sign {
			r.look.sign = true
		}
		r.blockquote(e, from != "" && from != FromBlockquote)
		return
	}
	e.role, e.from, e.intro = role, from, r.next()
	switch role {
	case sign:
		r.look.sign = true
	case quote:
		r.quoted(from)
	case rest:
		r.restIsQuoted(from)
		e.before = r.look
	case mixed:
		r.quoted(from)
	case intro:
		if m := r.mixedAround(); m < 0 || r.look.quote == r.stack[m].before.quote {
			r.quoted(from)
		}
	}
}

// next is the number of the line after the one being written.
func (r *page2lines) next() int {
	if r.begun {
		return len(r.lines) + 1
	}
	return len(r.lines)
}

func (r *page2lines) quoted(from string) {
	r.look.quote, r.look.from = min(r.look.quote+1, MaxQuote), from
}

// blockquote is one level deeper, unless it only indents, as Gmail and Apple Mail use it.
func (r *page2lines) blockquote(open *element, named bool) {
	a := &r.attrs
	cite := equalFold(string(a.kind), "cite")
	gmail := bytes.Contains(a.class, []byte("gmail_quote"))
	if !cite && !gmail && (bytes.Contains(a.class, []byte("webkit-indent-blockquote")) || strings.HasPrefix(a.property("border"), "none")) {
		return
	}
	from := FromBlockquote
	switch {
	case cite:
		from = FromCite
	case gmail && r.look.quote > 0:
		from = FromGmail
	case gmail:
		from = FromIndent
	case named:
		from = FromOther
	}
	if m := r.mixedAround(); m >= 0 {
		e := &r.stack[m]
		from = e.from
		if r.look.quote > e.before.quote { // this is the first: the introduction ends here
			if e.answer < 0 && r.forwards(e.intro) {
				r.quoted(from)
				return
			}
			r.own(m)
			open.before = r.look
		}
	}
	r.quoted(from)
}

// mixedAround returns where in the stack the mixed container is whose quotation the current text belongs to, -1 if it
// is in none or deeper within a blockquote of it.
func (r *page2lines) mixedAround() int {
	for i := len(r.stack) - 1; i >= 0; i-- {
		switch e := &r.stack[i]; {
		case e.role == mixed:
			return i
		case e.role == quote, atom.Atom(e.tag) == atom.Blockquote:
			return -1
		}
	}
	return -1
}

// The length of an introduction in lines with words: with dashes above the line that says who wrote; with header lines.
const (
	longAttribution = 2
	longIntro       = 10
)

// introduced says how many lines with words there are since a line, up to one more than an introduction has, and whether
// they begin with dashes.
func (r *page2lines) introduced(since int) (count int, dashes bool) {
	for i := since; i < len(r.lines) && i < since+4*longIntro && count <= longIntro; i++ {
		if r.lines[i].Text != "" {
			dashes = dashes || count == 0 && strings.HasPrefix(r.lines[i].Text, "---")
			count++
		}
	}
	if r.begun {
		dashes = dashes || count == 0 && bytes.HasPrefix(r.line, []byte("---"))
		count++
	}
	return count, dashes
}

// forwards says whether the text since a line is more than an introduction: it begins as forwarded mail does, or is too
// long. All of it is quoted then.
func (r *page2lines) forwards(since int) bool {
	count, dashes := r.introduced(since)
	return count > longIntro || dashes && count > longAttribution
}

// own makes what follows in a mixed container the writer's own, and what stands between the introduction and here.
func (r *page2lines) own(m int) {
	r.flush()
	r.brk = false
	e := &r.stack[m]
	if e.answer >= 0 {
		for i := e.answer; i < len(r.lines); i++ {
			r.lines[i].Quote, r.lines[i].From = e.before.quote, e.before.from
		}
		e.answer = -1
	}
	r.look.quote, r.look.from = e.before.quote, e.before.from
	for i := m + 1; i < len(r.stack); i++ {
		r.stack[i].before.quote, r.stack[i].before.from = e.before.quote, e.before.from
	}
}

// endIntro remembers where an introduction ends in the mixed container around it.
func (r *page2lines) endIntro(i int) {
	m := i - 1
	for ; m >= 0 && r.stack[m].role != mixed; m-- {
		if atom.Atom(r.stack[m].tag) == atom.Blockquote {
			return
		}
	}
	if m < 0 {
		return
	}
	if _, forwarded := r.introduced(r.stack[m].intro); !forwarded {
		r.stack[m].answer = r.next()
	}
}

// restIsQuoted makes all that follows a quotation, to the end of the one around it. A container that is a quotation
// itself and has no text yet says the same.
func (r *page2lines) restIsQuoted(from string) {
	if r.look.quote >= MaxQuote {
		return
	}
	around := len(r.stack) - 1
	for ; around >= 0; around-- {
		if e := &r.stack[around]; e.role == quote || e.role == mixed || atom.Atom(e.tag) == atom.Blockquote {
			break
		}
	}
	if around >= 0 && r.stack[around].role == quote && r.stack[around].intro == r.next() {
		return
	}
	r.breakLine()
	r.quoted(from)
	for i := around + 1; i < len(r.stack); i++ {
		r.stack[i].before.quote, r.stack[i].before.from = r.look.quote, r.look.from
	}
}

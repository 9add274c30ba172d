package mime

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// text writes what stands between tags. White space counts as one blank, but for preformatted text.
func (r *page2lines) text(b []byte) {
	if r.look.hidden || r.look.tiny {
		return
	}
	if r.look.bullet {
		if len(r.bullet)+len(b) <= 64 {
			r.bullet = append(r.bullet, b...)
			return
		}
		r.look.bullet = false // it is none
		r.text(r.bullet)
	}
	if r.look.pre {
		for len(b) > 0 && len(r.lines) < MaxLines {
			line, rest, more := bytes.Cut(b, []byte("\n"))
			r.write(bytes.Map(func(c rune) rune {
				if c < ' ' && c != '\t' {
					return -1
				}
				return c
			}, line))
			if more {
				r.lineBreak()
			}
			b = rest
		}
		return
	}
	for len(b) > 0 {
		if b[0] <= ' ' {
			if b[0] == '\n' && r.look.lines && len(r.lines) < MaxLines {
				r.lineBreak()
			} else {
				r.blank = true
			}
			b = b[1:]
			continue
		}
		end := 1
		for end < len(b) && b[end] > ' ' {
			end++
		}
		r.write(b[:end])
		b = b[end:]
	}
}

// write adds to the line, which it begins if need be. Blanks that do not break are blanks, characters without width are
// nothing.
func (r *page2lines) write(b []byte) {
	if bytes.IndexByte(b, 0xc2) >= 0 {
		b = bytes.ReplaceAll(b, []byte("\u00a0"), []byte(" "))
		b = bytes.ReplaceAll(b, []byte("\u00ad"), nil)
	}
	if bytes.IndexByte(b, 0xe2) >= 0 {
		b = bytes.ReplaceAll(b, []byte("\u200b"), nil)
	}
	if bytes.IndexByte(b, 0xef) >= 0 {
		b = bytes.ReplaceAll(b, []byte("\ufeff"), nil)
	}
	if len(b) == 0 {
		return
	}
	r.begin()
	switch {
	case r.cell:
		r.line = append(bytes.TrimRight(r.line, " "), "  "...)
	case r.blank && len(r.line) > 0 && r.line[len(r.line)-1] != ' ':
		r.line = append(r.line, ' ')
	}
	if r.blank && len(r.link) > 0 && len(r.link) < 2048 {
		r.link = append(r.link, ' ')
	}
	r.cell, r.blank, r.opened = false, false, false
	r.line = append(r.line, b...)
	if r.href != "" && len(r.link) < 2048 {
		r.link = append(r.link, b...)
	}
}

// begin makes sure that there is a line to write to.
func (r *page2lines) begin() {
	if r.brk {
		r.flush()
		r.brk = false
	}
	if r.begun {
		return
	}
	if r.margin && len(r.lines) > 0 {
		if last := r.lines[len(r.lines)-1]; last.Text != "" {
			r.empty(min(last.Quote, r.look.quote))
		}
	}
	r.margin, r.blank, r.begun, r.at, r.opened = false, false, true, r.look, false
	r.serial++
	indent := r.look.indent
	if r.marker != "" {
		indent -= len(r.marker)
	}
	for range min(indent, 40) {
		r.line = append(r.line, ' ')
	}
	r.line = append(r.line, r.marker...)
	r.marker = ""
}

// empty adds an empty line.
func (r *page2lines) empty(quote int) {
	l := Line{Quote: quote}
	if quote > 0 {
		l.From = r.look.from
		if r.look.quote != quote && len(r.lines) > 0 {
			l.From = r.lines[len(r.lines)-1].From
		}
	}
	r.add(l)
}

// add puts a line to the others. They grow by twice their number, which takes half the memory of append's smaller steps.
func (r *page2lines) add(l Line) {
	if len(r.lines) == cap(r.lines) {
		r.lines = append(make([]Line, 0, max(32, 2*cap(r.lines))), r.lines...)
	}
	r.lines = append(r.lines, l)
}

// keep makes a string of the text of a line, many in one piece of memory.
func (r *page2lines) keep(b []byte) string {
	if r.texts.Cap()-r.texts.Len() < len(b) {
		size := max(len(b), min(2*r.texts.Cap(), 32<<10), 512)
		r.texts = strings.Builder{}
		r.texts.Grow(size)
	}
	start := r.texts.Len()
	r.texts.Write(b)
	return r.texts.String()[start:]
}

// flush ends the line if one was begun.
func (r *page2lines) flush() {
	if !r.begun {
		return
	}
	r.add(Line{
		Text:  r.keep(bytes.TrimRight(r.line, " \t")),
		Quote: r.at.quote,
		From:  r.at.from,
		Sign:  r.at.sign,
	})
	r.line, r.begun, r.cell, r.blank = r.line[:0], false, false, false
}

// lineBreak ends a line, or makes an empty one.
func (r *page2lines) lineBreak() {
	if r.look.hidden {
		return
	}
	if r.brk && !r.soft {
		r.flush()
	}
	r.brk = false
	if r.begun {
		r.flush()
		return
	}
	r.margin = false // the space above an empty line counts once
	r.add(Line{Quote: r.look.quote, From: r.look.from, Sign: r.look.sign})
}

// paragraph puts an empty line before the next text, but within lists and at the
// beginning of a cell.
func (r *page2lines) paragraph() {
	if r.look.hidden {
		return
	}
	r.breakLine()
	if r.look.indent == 0 && !r.opened {
		r.margin = true
	}
}

// breakLine ends the line before the next text. What stands at the beginning of a cell beside another does not.
func (r *page2lines) breakLine() {
	if !r.opened || !r.cell {
		r.brk, r.soft = true, false
	}
}

// changed ends the line where an element changes what the text is.
func (r *page2lines) changed(t tag, before look) {
	if r.look.quote != before.quote || r.look.sign != before.sign {
		r.brk, r.soft, r.cell = true, !block(t), false
	}
}

// item begins an item of a list.
func (r *page2lines) item() {
	r.breakLine()
	marker := "- "
	for i := len(r.stack) - 1; i >= 0; i-- {
		if t := atom.Atom(r.stack[i].tag); t == atom.Ul || t == atom.Menu || t == atom.Dir {
			break
		} else if t == atom.Ol {
			r.stack[i].list++
			if n, ok := r.attrs.number(); ok {
				r.stack[i].list = n
			}
			marker = strconv.Itoa(r.stack[i].list) + ". "
			break
		}
	}
	r.marker = marker
	r.look.indent += len(marker)
}

// number is where a list is to start, or the number of an item.
func (a *attributes) number() (n int, ok bool) {
	if len(a.start) == 0 || len(a.start) > 6 {
		return 0, false
	}
	n, err := strconv.Atoi(string(a.start))
	return n, err == nil && n >= 0
}

// styled looks at the style for text of no size and for the lists of Word, which are paragraphs that begin with a bullet or
// number within a span "mso-list:Ignore".
func (r *page2lines) styled() {
	if len(r.attrs.style) == 0 {
		return
	}
	if size := r.attrs.property("font-size"); size != "" {
		r.look.tiny = size[0] == '0' && strings.Trim(strings.TrimRight(size, "%acehimnprtvwx"), "0.") == ""
	}
	switch list := r.attrs.property("mso-list"); {
	case list == "":
	case list == "ignore":
		r.look.bullet, r.bullet = true, r.bullet[:0]
	default:
		r.level = 1
		if at := strings.Index(list, "level"); at >= 0 && at+5 < len(list) && list[at+5] >= '1' && list[at+5] <= '9' {
			r.level = int(list[at+5] - '0')
		}
	}
}

// endBullet begins an item with what Word wrote before it: a number as it is, a sign of some font as "- ".
func (r *page2lines) endBullet() {
	sign := strings.TrimSpace(strings.ReplaceAll(string(r.bullet), "\u00a0", " "))
	if r.begun && !r.brk || len(sign) > 16 { // no beginning of an item
		r.write([]byte(sign))
		return
	}
	if sign == "" {
		return
	}
	if last := sign[len(sign)-1]; last != '.' && last != ')' && !strings.ContainsAny(sign, "0123456789") {
		sign = "-"
	}
	r.marker, r.level = strings.Repeat("  ", max(0, r.level-1))+sign+" ", 0
}

// nextCell begins a cell: on the line of the one before if that is but one line.
func (r *page2lines) nextCell() {
	if r.look.hidden {
		return
	}
	for i := len(r.stack) - 1; i >= 0; i-- {
		switch e := &r.stack[i]; atom.Atom(e.tag) {
		case atom.Tr:
			if e.cell+1 == r.serial && r.begun && r.at.quote == r.look.quote && r.at.sign == r.look.sign {
				r.brk, r.margin, r.cell = false, false, true
			} else {
				r.brk, r.soft, e.cell = true, false, r.serial
			}
			r.opened = true
			return
		case atom.Table:
			r.breakLine()
			return
		}
	}
}

// image writes an image that stands for a character, as mail programs send them.
func (r *page2lines) image() {
	alt := string(r.attrs.alt)
	if r.look.hidden || alt == "" || len(alt) > 32 {
		return
	}
	for _, c := range alt {
		if c < 0x2000 && !smiley(alt) {
			return
		}
	}
	r.write([]byte(alt))
}

// smiley says whether the text of an image is one: ":-)", ":tada:".
func smiley(alt string) bool {
	switch {
	case len(alt) < 2 || alt[0] != ':' && alt[0] != ';':
		return false
	case alt[len(alt)-1] == ':':
		return len(alt) > 3 && strings.IndexByte(alt, ' ') < 0
	}
	return len(alt) <= 3 && strings.IndexByte("()DPpOo|/*", alt[len(alt)-1]) >= 0
}

// endLink writes where a link leads if its text does not show it.
func (r *page2lines) endLink() {
	href := r.href
	r.href = ""
	if href == "" || !r.begun || len(r.link) == 0 || len(href) > 2000 {
		return
	}
	text := strings.TrimSpace(string(r.link))
	target := href
	if i := strings.IndexByte(target, ':'); i > 0 && equalFold(target[:i], "mailto") {
		target, _, _ = strings.Cut(target[i+1:], "?")
		if plain, err := url.PathUnescape(target); err == nil && utf8.ValidString(plain) {
			target = plain
		}
	}
	if text == "" || strings.IndexByte(target, '@') > 0 && strings.EqualFold(text, target) || bareURL(text) == bareURL(href) {
		return
	}
	if !strings.Contains(target, "@") || target == href {
		if i := strings.IndexByte(href, ':'); i < 1 || !equalFold(href[:i], "http") && !equalFold(href[:i], "https") && !equalFold(href[:i], "ftp") {
			return
		}
	}
	r.write([]byte(" <" + cleanLine(strings.ReplaceAll(target, " ", "%20")) + ">"))
}

// bareURL is what two ways of writing an address on the web have in common.
func bareURL(s string) string {
	s = strings.ToLower(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	return strings.TrimRight(strings.TrimPrefix(s, "www."), "/")
}

// done ends the page: lines with marks of quotation are counted as such, empty lines around the whole are dropped.
func (r *page2lines) done() []Line {
	if r.look.bullet {
		r.look.bullet = false
		r.text(r.bullet)
	}
	r.flush()
	lines := r.lines[:min(len(r.lines), MaxLines)]
	for i := range lines {
		l := &lines[i]
		if t := l.Text; len(t) > 0 && t[0] == '>' && (len(t) == 1 || t[1] == ' ' || t[1] == '>') {
			depth, rest := quoteMarks(t)
			l.Text, l.Quote = rest, min(l.Quote+depth, MaxQuote)
			if l.From == "" {
				l.From = FromMarks
			}
		}
	}
	for len(lines) > 0 && lines[0].Text == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1].Text == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

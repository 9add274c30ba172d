package mime

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxOpen is how many open elements are kept track of. Those within count for nothing but their text.
const maxOpen = 512

// HTMLLines turns a page into lines of text as a reader would see them: paragraphs parted by empty lines, "- " and
// "1. " before the items of lists (numbers too where the page shows letters, since every reader of lists knows them), cells of a row parted by two blanks, "text <url>" for links that do not show where
// they lead. Hidden things are left out. What the markup says of quotation and signature is in each line. It works
// on the tokens alone, in linear time, without a tree.
func HTMLLines(page string) []Line {
	r := page2lines{z: html.NewTokenizer(strings.NewReader(page))}
	for len(r.lines) < MaxLines {
		switch r.z.Next() {
		case html.ErrorToken:
			return r.done()
		case html.TextToken:
			r.text(r.z.Text())
		case html.StartTagToken:
			r.start(false)
		case html.SelfClosingTagToken:
			r.start(true)
		case html.EndTagToken:
			name, _ := r.z.TagName()
			r.end(tagOf(name))
		}
	}
	return r.done()
}

// page2lines is the state of reading one page.
type page2lines struct {
	z     *html.Tokenizer
	lines []Line
	texts strings.Builder // of the lines
	stack []element
	count [64]int16 // of the elements in the stack, by a hash of their tags, to look for none in vain
	over  int       // open elements that are not in the stack
	attrs attributes
	look  look

	line   []byte // being written
	at     look   // of its beginning
	begun  bool   // something was written to it
	serial int    // how many lines were begun
	opened bool   // a cell was opened and nothing written since
	brk    bool   // it ends before the next text
	soft   bool   // but not because of a block: a line break is the same end
	margin bool   // an empty line comes before the next text
	blank  bool   // a blank comes before the next text of this line
	cell   bool   // two blanks come before the next text of this line
	marker string // "- " or "1. ": of the item that begins
	bullet []byte // what Word writes in place of it
	level  int    // of the list of Word's that the paragraph belongs to

	href string
	link []byte // the text of the open link
}

// look is what the open elements do to the text within.
type look struct {
	quote  int
	from   string
	sign   bool
	hidden bool
	tiny   bool // written in size 0, which those within may change
	bullet bool // what Word writes before the items of lists, since it marks them no other way
	pre    bool
	lines  bool // line ends count, other white space does not
	indent int  // of the items of lists
}

// element is an open element.
type element struct {
	tag    tag
	before look
	role   role
	from   string // what it says of quotation
	tight  bool   // it has no space above and below
	list   int    // number of the last item of an ordered list
	cell   int    // len(lines) at the beginning of the row's last cell, -1 before the first
	intro  int    // len(lines) at the beginning of what introduces a quotation
	answer int    // len(lines) behind it, -1 if it has no end yet
}

// A tag is an atom, or a hash of the names that have none.
type tag uint32

func (t tag) slot() int { return int(t^t>>7^t>>13) & 63 }

func tagOf(name []byte) tag {
	if a := atom.Lookup(name); a != 0 {
		return tag(a)
	}
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return tag(h | 1<<31)
}

// start opens an element.
func (r *page2lines) start(selfClosing bool) {
	name, more := r.z.TagName()
	t := tagOf(name)
	r.attrs.reset()
	if t>>31 == 1 && string(name) == "signature" {
		r.attrs.marker = append(r.attrs.marker, name...)
	}
	for more {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		r.attrs.add(key, value)
	}
	switch atom.Atom(t) {
	case atom.Html, atom.Head, atom.Body, atom.Tbody, atom.Thead, atom.Tfoot, atom.Meta, atom.Link, atom.Base, atom.Wbr, atom.Input, atom.Col:
		return
	case atom.Br:
		r.lineBreak()
		return
	case atom.Hr:
		r.closeParagraph()
		r.paragraph()
		if role, from := roleOf(t, &r.attrs); role == rest {
			r.restIsQuoted(from)
		}
		return
	case atom.Img:
		r.image()
		return
	}
	if selfClosing && t>>31 == 1 {
		return
	}
	if r.over == 0 {
		r.implied(t)
	}
	if len(r.stack) >= maxOpen {
		r.over++
		if block(t) {
			r.breakLine()
		}
		return
	}
	r.open(t)
}

// open puts an element on the stack and lets it do its work.
func (r *page2lines) open(t tag) {
	e := element{tag: t, before: r.look, tight: r.attrs.tight(), cell: -1, answer: -1}
	switch atom.Atom(t) {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Noframes, atom.Noembed,
		atom.Audio, atom.Video, atom.Canvas, atom.Datalist:
		r.look.hidden = true
	case atom.Pre, atom.Xmp, atom.Listing:
		r.look.pre = true
	case atom.Ol:
		e.list = 0
		if n, ok := r.attrs.number(); ok {
			e.list = n - 1
		}
	case atom.Li:
		r.item()
	case atom.Td, atom.Th:
		r.nextCell()
	case atom.A:
		r.href, r.link = string(r.attrs.href), r.link[:0]
	}
	switch a := atom.Atom(t); {
	case a == atom.Td || a == atom.Th:
	case spaced(t) && !e.tight:
		r.paragraph()
	case block(t):
		r.breakLine()
	}
	if r.attrs.hides() {
		r.look.hidden = true
	}
	if r.attrs.preformatted() {
		r.look.pre = true
	}
	if len(r.attrs.style) > 0 && strings.HasPrefix(r.attrs.property("white-space"), "pre-line") {
		r.look.lines = true
	}
	r.styled()
	r.quoteAndSign(t, &e)
	r.changed(t, e.before)
	r.stack = append(r.stack, e)
	r.count[t.slot()]++
}

// implied closes the elements whose end tags may be left out before t.
func (r *page2lines) implied(t tag) {
	switch atom.Atom(t) {
	case atom.Li:
		r.closeIn(t, atom.Ul, atom.Ol)
	case atom.Dd, atom.Dt:
		r.closeIn(tag(atom.Dd), atom.Dl, 0)
		r.closeIn(tag(atom.Dt), atom.Dl, 0)
	case atom.Td, atom.Th:
		r.closeIn(tag(atom.Td), atom.Tr, atom.Table)
		r.closeIn(tag(atom.Th), atom.Tr, atom.Table)
	case atom.Tr:
		r.closeIn(t, atom.Table, 0)
	case atom.A:
		r.closeIn(t, atom.Td, atom.Table)
	case atom.Caption:
	default:
		if block(t) && atom.Atom(t) != atom.Table {
			r.closeParagraph()
		}
	}
}

// closeParagraph ends an open p, as every block does.
func (r *page2lines) closeParagraph() { r.closeIn(tag(atom.P), atom.Td, atom.Th) }

// closeIn closes the innermost t unless it is outside of one of the other two.
func (r *page2lines) closeIn(t tag, stop, stop2 atom.Atom) {
	for i := len(r.stack) - 1; i >= 0 && r.count[t.slot()] > 0; i-- {
		switch e := r.stack[i].tag; {
		case e == t:
			r.closeTo(i)
			return
		case e == tag(stop) || e == tag(stop2) || e == tag(atom.Table):
			return
		}
	}
}

// end closes an element by its end tag. A stray end tag does nothing.
func (r *page2lines) end(t tag) {
	if atom.Atom(t) == atom.Br {
		r.lineBreak()
		return
	}
	if r.over > 0 {
		r.over--
		if block(t) {
			r.breakLine()
		}
		return
	}
	inline := !block(t)
	table := false
	switch atom.Atom(t) {
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		table, inline = true, false
	}
	for i := len(r.stack) - 1; i >= 0 && r.count[t.slot()] > 0; i-- {
		e := r.stack[i].tag
		if e == t {
			r.closeTo(i)
			return
		}
		switch atom.Atom(e) {
		case atom.Table:
			return
		case atom.Td, atom.Th:
			if !table {
				return
			}
		}
		if inline && block(e) {
			return
		}
	}
}

// closeTo closes all elements from the top of the stack down to i.
func (r *page2lines) closeTo(i int) {
	for n := len(r.stack) - 1; n >= i; n-- {
		e := &r.stack[n]
		r.count[e.tag.slot()]--
		if e.role == intro {
			r.endIntro(n)
		}
		r.changed(e.tag, e.before)
		hidden := r.look.hidden
		if r.look.bullet && !e.before.bullet {
			r.endBullet()
		}
		r.look = e.before
		if hidden {
			continue
		}
		switch t := atom.Atom(e.tag); {
		case t == atom.A:
			r.endLink()
		case t == atom.Li:
			r.marker = ""
			r.breakLine()
		case t == atom.Td || t == atom.Th:
			r.margin, r.opened = false, false
		case spaced(e.tag) && !e.tight:
			r.paragraph()
		case block(e.tag):
			r.breakLine()
		}
	}
	r.stack = r.stack[:i]
}

// spaced says whether an element has space above and below.
func spaced(t tag) bool {
	switch atom.Atom(t) {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl, atom.Pre, atom.Xmp, atom.Listing, atom.Ul, atom.Ol,
		atom.Menu, atom.Dir, atom.Table, atom.Blockquote:
		return true
	}
	return false
}

// block says whether an element stands on lines of its own.
func block(t tag) bool {
	if spaced(t) {
		return true
	}
	switch atom.Atom(t) {
	case atom.Div, atom.Li, atom.Tr, atom.Caption, atom.Center, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav,
		atom.Aside, atom.Address, atom.Dd, atom.Dt, atom.Details, atom.Summary, atom.Dialog, atom.Fieldset, atom.Legend, atom.Figure,
		atom.Figcaption, atom.Form, atom.Hgroup, atom.Hr, atom.Optgroup, atom.Option, atom.Td, atom.Th:
		return true
	}
	return false
}

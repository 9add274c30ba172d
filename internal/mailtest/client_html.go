package mailtest

import (
	"bytes"
	"html"
	"slices"
	"strings"

	dom "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// escape makes text safe within HTML; runs of spaces stay visible.
func escape(s string) string {
	s = html.EscapeString(s)
	s = strings.NewReplacer("&#39;", "'", "&#34;", "&quot;").Replace(s)
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", "&nbsp; ")
	}
	return s
}

// eachLine puts every line of a text between open and shut, and an empty line as a break between them.
func eachLine(text, open, shut string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			b.WriteString(open + "<br>" + shut)
		} else {
			b.WriteString(open + escape(line) + shut)
		}
	}
	return b.String()
}

// breaks is a text with a <br> at the end of each line but the last.
func breaks(text string) string {
	return strings.ReplaceAll(escape(text), "\n", "<br>\n")
}

// body is the content of the original's <body>, without styles and scripts; of a mail without HTML its text.
func (o *original) body() *dom.Node {
	root := &dom.Node{Type: dom.ElementNode, Data: "div", DataAtom: atom.Div}
	source := o.html
	if source == "" {
		source = eachLine(o.text, "<div>", "</div>")
	}
	doc, err := dom.Parse(strings.NewReader(source))
	if err != nil { // only a reader's error can be one, and a string gives none
		return root
	}
	body := find(doc, func(n *dom.Node) bool { return n.DataAtom == atom.Body })
	if body == nil { // frames
		return root
	}
	for n := body.FirstChild; n != nil; n = n.NextSibling {
		if !dropped(n) {
			root.AppendChild(clone(n))
		}
	}
	for _, a := range body.Attr {
		if a.Key == "style" {
			root.Attr = append(root.Attr, a)
		}
	}
	return root
}

func dropped(n *dom.Node) bool {
	return n.Type == dom.CommentNode || n.DataAtom == atom.Style || n.DataAtom == atom.Script || n.DataAtom == atom.Title
}

func find(n *dom.Node, is func(*dom.Node) bool) *dom.Node {
	if is(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if got := find(c, is); got != nil {
			return got
		}
	}
	return nil
}

func shallow(n *dom.Node) *dom.Node {
	return &dom.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: slices.Clone(n.Attr)}
}

func clone(n *dom.Node) *dom.Node {
	c := shallow(n)
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if !dropped(child) {
			c.AppendChild(clone(child))
		}
	}
	return c
}

func rendered(n *dom.Node) string {
	var b bytes.Buffer
	if err := dom.Render(&b, n); err != nil { // a tree made by the parser can be written
		return ""
	}
	return b.String()
}

func textOf(n *dom.Node) string {
	if n.Type == dom.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		block := c.Type == dom.ElementNode && !inline(c)
		if block {
			b.WriteByte(' ')
		}
		b.WriteString(textOf(c))
		if block {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func inline(n *dom.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.Strong, atom.Em, atom.I, atom.Span, atom.Font, atom.U, atom.Code, atom.Small:
		return true
	}
	return n.Type == dom.TextNode
}

// htmlPassages cuts the original's HTML after each question that has an answer, through all elements that are open there,
// as editors do when someone presses Enter within a quote.
func (o *original) htmlPassages(a Answer) []passage {
	rest := o.body()
	var out []passage
	var homeless []string
	for i, answer := range a.Under {
		if answer == "" {
			continue
		}
		var at *dom.Node
		if i < len(a.Questions) {
			at = blockWith(rest, squeeze(a.Questions[i]))
		}
		if at == nil {
			homeless = append(homeless, answer)
			continue
		}
		before, after := cut(rest, at)
		out = append(out, passage{rendered(before), answer})
		rest = after
	}
	if strings.TrimSpace(textOf(rest)) != "" || len(homeless) > 0 {
		out = append(out, passage{rendered(rest), strings.Join(homeless, "\n\n")})
	}
	return out
}

// blockWith is the innermost block element that has the words, nil if none has.
func blockWith(n *dom.Node, words string) *dom.Node {
	if words == "" || !strings.Contains(squeeze(textOf(n)), words) {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if inline(c) {
			continue
		}
		if got := blockWith(c, words); got != nil {
			return got
		}
	}
	return n
}

// cut parts the tree n after the node at, which stays whole. Both halves have all elements around it.
func cut(n, at *dom.Node) (before, after *dom.Node) {
	before, after = shallow(n), shallow(n)
	found := n == at
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case n == at || !found && find(c, func(x *dom.Node) bool { return x == at }) == nil:
			before.AppendChild(clone(c))
		case found:
			after.AppendChild(clone(c))
		default:
			found = true
			b, a := cut(c, at)
			before.AppendChild(b)
			if a.FirstChild != nil {
				after.AppendChild(a)
			}
		}
	}
	return before, after
}

// rename puts a prefix before every class and id of a tree.
func rename(n *dom.Node, prefix string) {
	for i, a := range n.Attr {
		switch a.Key {
		case "id":
			n.Attr[i].Val = prefix + a.Val
		case "class":
			names := strings.Fields(a.Val)
			for j := range names {
				names[j] = prefix + names[j]
			}
			n.Attr[i].Val = strings.Join(names, " ")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		rename(c, prefix)
	}
}

package digest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// clientTable is all that the HTML of our mails may be made of, and what becomes of it in Gmail (web, Android, iOS), in Outlook for Windows,
// which lays out with Word, and in Apple Mail (macOS, iOS): it is rendered, partly rendered or not. The facts are those of caniemail.com,
// June 2026; what stands there as "HTML 3.2" or "CSS 1" has no entry there, and every mail program has rendered it for decades. Where a
// program does not know something, the last column says why the mail can be read there all the same.
const clientTable = `
element    a                  yes   yes   yes  HTML 3.2
element    body               part  yes   yes  caniemail  Gmail makes a div of it, with its style
element    br                 yes   yes   yes  HTML 3.2
element    div                yes   yes   yes  caniemail
element    h1                 yes   yes   yes  caniemail
element    h2                 yes   yes   yes  caniemail
element    h3                 yes   yes   yes  caniemail
element    h4                 yes   yes   yes  caniemail
element    head               yes   yes   yes  HTML 3.2
element    html               yes   yes   yes  HTML 3.2
element    li                 yes   yes   yes  HTML 3.2
element    meta               yes   yes   yes  HTML 3.2
element    ol                 yes   yes   yes  HTML 3.2
element    p                  yes   yes   yes  caniemail
element    pre                yes   yes   yes  caniemail
element    span               yes   yes   yes  caniemail
element    style              part  part  yes  caniemail  all that is needed to read is inline
element    table              yes   yes   yes  caniemail
element    tbody              yes   yes   yes  HTML 3.2
element    td                 yes   yes   yes  HTML 3.2
element    title              yes   yes   yes  HTML 3.2
element    tr                 yes   yes   yes  HTML 3.2
element    ul                 yes   yes   yes  HTML 3.2

attribute  aria-label         yes   yes   yes  caniemail
attribute  border             yes   yes   yes  HTML 3.2
attribute  cellpadding        yes   yes   yes  caniemail
attribute  cellspacing        yes   yes   yes  caniemail
attribute  charset            yes   yes   yes  HTML 3.2
attribute  class              yes   yes   yes  caniemail
attribute  colspan            yes   yes   yes  HTML 3.2
attribute  content            yes   yes   yes  HTML 3.2
attribute  dir                yes   part  yes  caniemail  rtl is known; auto is ltr there, which it would be anyway
attribute  height             yes   part  yes  caniemail  of an empty row only
attribute  href               yes   yes   yes  HTML 3.2
attribute  lang               yes   yes   yes  caniemail
attribute  name               yes   yes   yes  HTML 3.2
attribute  role               yes   yes   yes  caniemail
attribute  start              yes   yes   yes  HTML 3.2
attribute  style              yes   yes   yes  HTML 3.2
attribute  valign             yes   yes   yes  caniemail
attribute  width              yes   part  yes  caniemail  of tables and cells, where it is known

property   border-bottom      yes   part  yes  caniemail  a solid line is known
property   border-color       yes   part  yes  caniemail  in dark colours only, which are not known there
property   border-left        yes   part  yes  caniemail  a solid line is known
property   border-right       yes   part  yes  caniemail  a solid line is known
property   border-top         yes   part  yes  caniemail  a solid line is known
property   color              yes   yes   yes  CSS 1
property   color-scheme       no    no    yes  caniemail  dark colours are the program's own there
property   display            part  part  yes  caniemail  none is known, and block on a narrow screen, where there is no Outlook for Windows
property   font               yes   yes   yes  caniemail
property   font-size          yes   part  yes  caniemail  pixels are known
property   font-weight        yes   part  yes  caniemail  600 is bold there
property   height             yes   part  yes  caniemail  of an empty row only
property   line-height        yes   part  yes  caniemail  lines stand a little closer or wider
property   list-style-type    yes   yes   yes  caniemail
property   margin             part  part  yes  caniemail  none is negative or auto
property   max-height         yes   no    yes  caniemail  of what is hidden in another way there
property   max-width          yes   part  yes  caniemail  a table of 600 pixels stands around it there
property   overflow           part  no    part caniemail  of what is hidden in another way there
property   padding            yes   part  yes  caniemail  of cells it is known; of a heading it is a nicety
property   padding-top        yes   part  yes  caniemail  of cells only
property   text-align         part  part  yes  caniemail  left is known
property   white-space        part  no    yes  caniemail  pre keeps its lines; a mark may go to the next line
property   width              yes   part  yes  caniemail  of tables and cells, where it is known
property   word-break         part  yes   part caniemail  break-word is known

rule       @media             part  no    yes  caniemail  dark colours and narrow screens only; all can be read without
feature    max-width          part  no    yes  caniemail  labels stand beside the words there
feature    prefers-color-scheme no  no    yes  caniemail  dark colours are the program's own there
selector   class              yes   yes   yes  caniemail
selector   type               yes   yes   yes  caniemail
selector   :root              no    no    yes  CSS 3      for color-scheme only, which is not known there either
value      !important         part  part  yes  caniemail  in the style sheet, for what is itself not needed
unit       px                 yes   yes   yes  caniemail
unit       %                  yes   yes   yes  caniemail
meta       charset            yes   yes   yes  HTML 3.2
meta       viewport           yes   yes   yes  HTML 5
meta       color-scheme       no    no    part caniemail  dark colours are the program's own there
meta       supported-color-schemes no no  part caniemail  an older name of color-scheme
meta       format-detection   no    no    yes  Apple      only Apple makes links of dates
`

// clients is the table, by "element a".
func clients(t testing.TB) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for line := range strings.Lines(clientTable) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		levels := f[2:5]
		for _, l := range levels {
			if l != "yes" && l != "part" && l != "no" {
				t.Fatalf("the table says %q: %s", l, line)
			}
		}
		source := 6
		if strings.Contains("HTML CSS", f[5]) {
			source = 7
		}
		if told := len(f) > source; told != (strings.Join(levels, "") != "yesyesyes") {
			t.Errorf("it is rendered everywhere, or it is told why it need not be: %s", line)
		}
		known[f[0]+" "+f[1]] = true
	}
	return known
}

// used is all that an HTML document is made of, in the words of the table.
func used(t testing.TB, doc string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		list = append(list, "element "+n.Data)
		for _, a := range n.Attr {
			list = append(list, "attribute "+a.Key)
			switch {
			case a.Key == "style":
				list = append(list, declared(a.Val)...)
			case n.Data == "meta" && a.Key == "charset":
				list = append(list, "meta charset")
			case n.Data == "meta" && a.Key == "name":
				list = append(list, "meta "+a.Val)
			}
		}
		if n.Data == "style" {
			list = append(list, sheet(n.FirstChild.Data)...)
		}
	}
	return list
}

var (
	rule      = regexp.MustCompile(`@[^{;]*[{;]`)
	block     = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	feature   = regexp.MustCompile(`\(([a-z-]+):`)
	unit      = regexp.MustCompile(`\d([a-z]+|%)`)
	quoted    = regexp.MustCompile(`'[^']*'|#[0-9a-f]+`)
	functions = regexp.MustCompile(`[a-z-]+\(`)
)

// sheet is what a style sheet is made of.
func sheet(css string) (list []string) {
	for _, head := range rule.FindAllString(css, -1) {
		list = append(list, "rule "+strings.Fields(head)[0])
		for _, f := range feature.FindAllStringSubmatch(head, -1) {
			list = append(list, "feature "+f[1])
		}
	}
	for _, b := range block.FindAllStringSubmatch(rule.ReplaceAllString(css, ""), -1) {
		head := strings.TrimSpace(b[1])
		for _, s := range strings.Split(head, ",") {
			switch s = strings.TrimSpace(s); {
			case regexp.MustCompile(`^\.[a-z]+$`).MatchString(s):
				list = append(list, "selector class")
			case regexp.MustCompile(`^[a-z0-9]+$`).MatchString(s):
				list = append(list, "selector type")
			default:
				list = append(list, "selector "+s)
			}
		}
		list = append(list, declared(b[2])...)
	}
	return list
}

// declared is what declarations are made of.
func declared(css string) (list []string) {
	for _, d := range strings.Split(css, ";") {
		name, value, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		list = append(list, "property "+strings.TrimSpace(name))
		value = quoted.ReplaceAllString(value, "")
		if strings.Contains(value, "!important") {
			list = append(list, "value !important")
		}
		for _, u := range unit.FindAllStringSubmatch(value, -1) {
			list = append(list, "unit "+u[1])
		}
		for _, f := range functions.FindAllString(value, -1) {
			list = append(list, "value "+f+")")
		}
	}
	return list
}

// TestMailProgramsKnowWhatMailsAreMadeOf holds every mail to the table, and the table to the mails.
func TestMailProgramsKnowWhatMailsAreMadeOf(t *testing.T) {
	known := clients(t)
	idle := maps.Clone(known)
	for name, m := range mails(t, testComposer(t)) {
		for _, u := range used(t, parse(t, m).html) {
			if delete(idle, u); !known[u] {
				t.Errorf("%s is made of what no table has: %s", name, u)
				known[u] = true // once is enough
			}
		}
	}
	delete(idle, "attribute start") // of a list that goes on
	for u := range idle {
		t.Errorf("no mail is made of %s any more", u)
	}
	for _, c := range []struct{ doc, want string }{
		{`<p style="display:flex;width:calc(1px + 2rem)">`, "unit rem"}, {`<p style="width:calc(1px)">`, "value calc()"}, {`<img alt="">`, "element img"},
		{`<style>@media (hover: hover) { .a:hover { color: red } }</style>`, "selector .a:hover"}, {`<style>@media (hover: hover) { a { color: red } }</style>`, "feature hover"},
	} {
		if got := used(t, c.doc); !slices.Contains(got, c.want) || known[c.want] {
			t.Errorf("%s is made of %s; want %s, which is not in the table", c.doc, fmt.Sprint(got), c.want)
		}
	}
}

package templates

import (
	"html"
	"strconv"
	"strings"
)

// The styles of what is written here and not in a template. The rest of the mail's styles are in mail.html.
const (
	linkStyle  = `color:#1c5fb0`
	markStyle  = `color:#667079;font-size:13px;white-space:nowrap`
	blockStyle = `margin:0 0 8px`
	codeStyle  = `margin:0 0 8px;font:14px/1.45 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap`
	listStyle  = `margin:0 0 8px 22px;padding:0` // the margin, since Outlook ignores a list's padding
	listRTL    = `margin:0 22px 8px 0;padding:0`
	discStyle  = `;list-style-type:disc` // the list stands in another, where bullets would be hollow
)

// say sets a person's clean words as HTML: paragraphs, lists and code where there are any, links where there are any. Nothing
// in them can become markup. The item's mark, if it has one, stands at the end.
func say(words, mark string) string {
	var b strings.Builder
	b.Grow(len(words) + len(words)/8 + 160)
	list := blocks(words)
	if len(list) == 1 && list[0].kind == paragraph {
		setLines(&b, list[0].lines)
		setMark(&b, mark)
		return b.String()
	}
	for i, block := range list {
		last := ""
		if i == len(list)-1 {
			last = mark
		}
		setBlock(&b, block, last)
	}
	return b.String()
}

func setBlock(b *strings.Builder, block block, mark string) {
	switch block.kind {
	case code:
		b.WriteString(`<pre dir="ltr" style="` + codeStyle + `">`)
		for i, line := range block.lines {
			if i > 0 {
				b.WriteByte('\n')
			}
			setText(b, strings.ReplaceAll(line, "\t", "    "))
		}
		setMark(b, mark)
		b.WriteString("</pre>")
	case bullets, numbers:
		name := "ul"
		if block.kind == numbers {
			name = "ol"
		}
		b.WriteString("<" + name)
		if block.kind == numbers && block.start != 1 {
			b.WriteString(` start="` + strconv.Itoa(block.start) + `"`)
		}
		dir, style := direction(block.items[0][0]), listStyle
		if dir == "rtl" {
			style = listRTL
		}
		if block.kind == bullets {
			style += discStyle
		}
		b.WriteString(` dir="` + dir + `" style="` + style + `">`)
		for i, item := range block.items {
			b.WriteString("<li>")
			setLines(b, item)
			if i == len(block.items)-1 {
				setMark(b, mark)
			}
			b.WriteString("</li>")
		}
		b.WriteString("</" + name + ">")
	default:
		b.WriteString(`<p dir="` + direction(strings.Join(block.lines, " ")) + `" style="` + blockStyle + `">`)
		setLines(b, block.lines)
		setMark(b, mark)
		b.WriteString("</p>")
	}
}

// setLines sets lines with their breaks and with the blanks before them.
func setLines(b *strings.Builder, lines []string) {
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br>")
		}
		if n := indent(line); n > 0 {
			b.WriteString(strings.Repeat("&nbsp;", min(n, 16)))
			line = strings.TrimLeft(line, " \t")
		}
		setText(b, strings.ReplaceAll(line, "\t", " "))
	}
}

func setText(b *strings.Builder, s string) {
	for _, span := range spans(s) {
		text := html.EscapeString(span.text)
		if span.link {
			b.WriteString(`<a href="` + text + `" class="a" style="` + linkStyle + `">` + text + `</a>`)
		} else {
			b.WriteString(text)
		}
	}
}

// setMark sets an item's mark, small and grey, on the line of the last word, read out as "item a4".
func setMark(b *strings.Builder, mark string) {
	if mark == "" {
		return
	}
	mark = html.EscapeString(mark)
	b.WriteString(`&nbsp;<span dir="ltr" class="q" role="note" aria-label="item ` + mark + `" style="` + markStyle + `">` + mark + `</span>`)
}

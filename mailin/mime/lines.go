package mime

import "strings"

// PlainLines takes a plain text apart into lines and counts the ">" before each, written as ">>", "> >", or after a
// blank. Only the mark and one blank after it are taken away.
func PlainLines(text string) []Line {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	lines := make([]Line, 0, min(strings.Count(text, "\n")+1, MaxLines))
	quoted := false
	for more := true; more && len(lines) < MaxLines; {
		var t string
		t, text, more = strings.Cut(text, "\n")
		l := Line{Text: t}
		if mark(t) && !(!quoted && literal(t)) {
			l.Quote, l.Text = quoteMarks(t)
			l.From = FromMarks
		} else if !quoted && strings.HasPrefix(t, ">From ") {
			l.Text = t[1:] // as mailboxes write it
		}
		if l.Text != "-- " {
			l.Text = strings.TrimRight(l.Text, " \t")
		}
		quoted = l.Quote > 0
		lines = append(lines, l)
	}
	return lines
}

// mark says whether a line begins as quotations do.
func mark(t string) bool {
	return len(t) > 0 && (t[0] == '>' || t[0] == ' ' && len(t) > 1 && t[1] == '>')
}

// literal says whether a ">" at the beginning of a line means itself: ">= 5", ">> here <<", or "From " as mailboxes
// write it.
func literal(t string) bool {
	if strings.HasPrefix(t, ">From ") || strings.HasPrefix(t, ">>") && strings.HasSuffix(strings.TrimRight(t, " \t"), "<<") {
		return true
	}
	return len(t) > 3 && t[0] == '>' && t[1] == '=' && (t[2] == ' ' && digit(t[3]) || digit(t[2]))
}

// quoteMarks counts the marks of quotation and returns what comes after them.
func quoteMarks(t string) (depth int, rest string) {
	rest = strings.TrimPrefix(t, " ")
	for strings.HasPrefix(rest, ">") {
		depth++
		rest = rest[1:]
		if strings.HasPrefix(rest, " >") {
			rest = rest[1:]
		}
	}
	return min(depth, MaxQuote), strings.TrimPrefix(rest, " ")
}

// Text writes lines as plain text, with "> " for each depth of quotation.
func Text(lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	size := 0
	for i := range lines {
		size += len(lines[i].Text) + 2*lines[i].Quote + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		l := &lines[i]
		for q := 0; q < l.Quote; q++ {
			b.WriteByte('>')
			if q+1 < l.Quote || l.Text != "" {
				b.WriteByte(' ')
			}
		}
		b.WriteString(l.Text)
	}
	return b.String()
}

// unflow undoes format=flowed, RFC 3676: lines that end with a blank go on in the next one of the same depth of
// quotation. "-- " stands for itself.
func unflow(text string, delSp bool) []Line {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil
	}
	lines := make([]Line, 0, min(strings.Count(text, "\n")+1, MaxLines))
	var paragraph []byte
	depth, open := 0, false
	end := func() {
		if open {
			lines = append(lines, flowedLine(string(paragraph), depth))
		}
		paragraph, open = paragraph[:0], false
	}
	for more := true; more && len(lines) < MaxLines; {
		var t string
		t, text, more = strings.Cut(text, "\n")
		d := 0
		for strings.HasPrefix(t, ">") {
			d++
			t = t[1:]
			if strings.HasPrefix(t, " >") { // not what the RFC says, but what is written
				t = t[1:]
			}
		}
		t = strings.TrimPrefix(t, " ")
		d = min(d, MaxQuote)
		if open && d != depth || t == "-- " {
			end()
		}
		depth = d
		if t == "-- " || !strings.HasSuffix(t, " ") {
			if open {
				paragraph = append(paragraph, t...)
				end()
			} else {
				lines = append(lines, flowedLine(t, d))
			}
			continue
		}
		if delSp {
			t = t[:len(t)-1]
		}
		paragraph, open = append(paragraph, t...), true
	}
	end()
	return lines[:min(len(lines), MaxLines)]
}

func flowedLine(t string, depth int) Line {
	if t != "-- " {
		t = strings.TrimRight(t, " \t")
	}
	l := Line{Text: t, Quote: depth}
	if depth > 0 {
		l.From = FromMarks
	}
	return l
}

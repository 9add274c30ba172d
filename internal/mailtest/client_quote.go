package mailtest

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks lines at spaces so that none is longer than width characters if it can be helped.
func wrap(text string, width int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return strings.Join(out, "\n")
}

func wrapLine(line string, width int) []string {
	if utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	var out []string
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	now := indent
	for _, word := range strings.Fields(line) {
		if now != indent && utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) > width {
			out = append(out, now)
			now = ""
			indent = ""
		}
		if now != indent {
			now += " "
		}
		now += word
	}
	return append(out, now)
}

// mark puts a mark before every line of a quote; lines that are quotes already get ">" without a space, and empty ones
// get the mark without its trailing space if bare is true.
func mark(text, with string, bare bool) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case line == "" && bare:
			lines[i] = strings.TrimRight(with, " ")
		case strings.HasPrefix(line, ">"):
			lines[i] = strings.TrimRight(with, " ") + line
		default:
			lines[i] = with + line
		}
	}
	return strings.Join(lines, "\n")
}

// passage is a piece of the original followed by what the person wrote under it.
type passage struct{ quote, answer string }

// passages cuts a text after each question that has an answer. What has no place in it is answered after the end.
func passages(text string, a Answer) []passage {
	lines := strings.Split(text, "\n")
	var out []passage
	var homeless []string
	for i, answer := range a.Under {
		if answer == "" {
			continue
		}
		end := -1
		if i < len(a.Questions) {
			end = questionEnd(lines, a.Questions[i])
		}
		if end < 0 {
			homeless = append(homeless, answer)
			continue
		}
		out = append(out, passage{strings.Trim(strings.Join(lines[:end], "\n"), "\n"), answer})
		lines = lines[end:]
	}
	rest := strings.Trim(strings.Join(lines, "\n"), "\n")
	if rest != "" || len(homeless) > 0 {
		out = append(out, passage{rest, strings.Join(homeless, "\n\n")})
	}
	return out
}

// questionEnd is the number of lines up to the end of the question, which may run over up to three lines; -1 if it is
// not there.
func questionEnd(lines []string, question string) int {
	want := squeeze(question)
	if want == "" {
		return -1
	}
	for i := range lines {
		joined := ""
		for j := i; j < len(lines) && j < i+3; j++ {
			joined = squeeze(joined + " " + lines[j])
			if strings.Contains(joined, want) {
				return j + 1
			}
		}
	}
	return -1
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// interleaved writes a text body with answers between the pieces of the quote: words, attribution, then the pieces. trim leaves
// out what is quoted after the last answer.
func (d *draft) interleaved(attribution string, quote func(string) string, trim bool) string {
	var b strings.Builder
	if words := d.words(true); words != "" {
		b.WriteString(words + "\n\n")
	}
	b.WriteString(attribution + "\n")
	all := passages(d.original.text, d.answer)
	for i, p := range all {
		if p.quote != "" && !(trim && i == len(all)-1 && p.answer == "") {
			b.WriteString(quote(p.quote) + "\n\n")
		}
		if p.answer != "" {
			b.WriteString(p.answer + "\n\n")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// flow makes a text format=flowed (RFC 3676): lines of at most 72 characters, a space at the end of each that goes on.
// Lines for which keep is true are stuffed only.
func flow(text string, keep func(string) bool) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line == "-- " || (keep != nil && keep(line)) {
			out = append(out, line)
			continue
		}
		pieces := wrapLine(strings.TrimRight(line, " "), 71)
		for i, p := range pieces {
			if strings.HasPrefix(p, " ") || strings.HasPrefix(p, "From ") || strings.HasPrefix(p, ">") {
				p = " " + p
			}
			if i < len(pieces)-1 {
				p += " "
			}
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

package templates

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// Columns is the greatest width of a line of a text part, in columns of a terminal. Only a link is ever wider.
const Columns = 72

// width is the number of terminal columns that s takes.
func width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// wrap breaks one line into lines of at most columns; all but the first begin with hang blanks. It breaks at blanks, in scripts
// without blanks where Unicode (UAX 14) allows it, and in a word only if the word is wider than a line. Links stay whole.
func wrap(line string, columns, hang int) []string {
	if width(line) <= columns {
		return []string{line}
	}
	w := wrapper{columns: columns, hang: strings.Repeat(" ", hang)}
	for line != "" {
		blanks := len(line) - len(strings.TrimLeft(line, " "))
		word, _, _ := strings.Cut(line[blanks:], " ")
		gap := line[:min(blanks, columns/2)]
		line = line[blanks+len(word):]
		for _, p := range pieces(word) {
			w.put(gap, p)
			gap = ""
		}
	}
	return w.end()
}

// wrapper gathers words into lines.
type wrapper struct {
	columns int
	hang    string
	lines   []string
	line    strings.Builder
	used    int  // columns of the line
	begun   bool // the line has more than its indent
}

// put adds a piece of a word with the blanks before it.
func (w *wrapper) put(gap string, p piece) {
	n := width(p.text)
	if w.begun && w.used+len(gap)+n > w.columns {
		w.next()
	}
	if !w.begun && len(w.lines) > 0 {
		gap = ""
	}
	w.add(gap, len(gap))
	if p.whole || w.used+n <= w.columns {
		w.add(p.text, n)
		w.begun = w.begun || n > 0
		return
	}
	for rest, text := p.text, ""; rest != ""; { // wider than a line: break anywhere between characters
		text, rest, n, _ = uniseg.FirstGraphemeClusterInString(rest, -1)
		if w.used+n > w.columns && w.begun {
			w.next()
		}
		w.add(text, n)
		w.begun = true
	}
}

func (w *wrapper) add(s string, columns int) {
	w.line.WriteString(s)
	w.used += columns
}

// next ends the line and begins another.
func (w *wrapper) next() {
	w.lines = append(w.lines, strings.TrimRight(w.line.String(), " "))
	w.line.Reset()
	w.used, w.begun = 0, false
	w.add(w.hang, len(w.hang))
}

func (w *wrapper) end() []string {
	if w.begun || len(w.lines) == 0 {
		w.lines = append(w.lines, strings.TrimRight(w.line.String(), " "))
	}
	return w.lines
}

// piece is a part of a word between which a line may end.
type piece struct {
	text  string
	whole bool // a link: never broken
}

// pieces gives the parts of a word between which a line may end: one for a word of ASCII letters, and one for a link with the
// brackets and the full stop around it.
func pieces(word string) []piece {
	ascii, colon := true, false
	for i := 0; i < len(word); i++ {
		ascii = ascii && word[i] < 0x80
		colon = colon || word[i] == ':'
	}
	if ascii && !colon {
		return []piece{{text: word}}
	}
	parts := spans(word)
	if ascii && !slices.ContainsFunc(parts, func(s span) bool { return s.link }) {
		return []piece{{text: word}}
	}
	var list []piece
	for _, s := range parts {
		if s.link {
			if n := len(list); n > 0 && strings.Trim(list[n-1].text, "([<{\"'*_") == "" {
				list[n-1] = piece{list[n-1].text + s.text, true}
			} else {
				list = append(list, piece{s.text, true})
			}
			continue
		}
		for rest, state := s.text, -1; rest != ""; {
			var text string
			text, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
			if n := len(list); n > 0 && list[n-1].whole && strings.Trim(text, ")]>}\"'*_.,;:!?") == "" {
				list[n-1].text += text
			} else {
				list = append(list, piece{text: text})
			}
		}
	}
	return list
}

// rewrap breaks every line of a mail's text that is too wide, keeping its indent and the place under a list's bullet, takes
// blanks off the ends, makes one empty line of several and leaves one newline at the end. Paragraphs flow (RFC 3676): a line of theirs that
// was broken between two words ends with a blank.
func rewrap(text []byte) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	empty := false
	for raw := range bytes.SplitSeq(bytes.Trim(text, "\n"), []byte("\n")) {
		raw = bytes.TrimRight(raw, " \t")
		if len(raw) == 0 && empty {
			continue
		}
		empty = len(raw) == 0
		if len(raw) <= Columns {
			b.Write(raw)
			b.WriteByte('\n')
			continue
		}
		line := string(raw)
		hang := indent(line) + len(marker(line))
		for _, piece := range wrap(line, Columns, hang) {
			b.WriteString(piece)
			if line = strings.TrimPrefix(line, piece); hang == 0 && strings.HasPrefix(line, " ") {
				b.WriteByte(' ')
			}
			line = strings.TrimLeft(line, " ")
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// plain sets a person's words in lines of at most columns, each with its own indent kept. Tabs become four blanks.
func plain(s string, columns int) []string {
	var lines []string
	for _, line := range strings.Split(s, "\n") {
		if strings.Contains(line, "\t") {
			line = strings.ReplaceAll(line, "\t", "    ")
		}
		line = strings.TrimRight(line, " ")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		hang := indent(line) + width(marker(line))
		if hang > columns/2 {
			hang = 0
		}
		lines = append(lines, wrap(line, columns, hang)...)
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

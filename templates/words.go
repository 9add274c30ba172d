package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// marksLimit is how many accents a letter may carry. No script needs as many; towers of them cover other people's lines.
const marksLimit = 8

// clean makes text that people wrote safe to set anywhere: valid UTF-8 with plain newlines, without control characters and
// without the marks that turn the direction of everything after them (U+202A–E, U+2066–9). Nothing else is changed.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0 // that stand on the letter before
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > marksLimit:
		case r == '\r':
			b.WriteByte('\n')
			if i+1 < len(s) && s[i+1] == '\n' {
				size = 2
			}
		case r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
			b.WriteByte('\n')
		case r == '\n', r == '\t':
			b.WriteRune(r)
		case unicode.IsControl(r), isDirectional(r), r == '\ufeff':
		default:
			b.WriteRune(r) // an invalid byte is U+FFFD by now
		}
		i += size
	}
	return b.String()
}

// isPlain tells that clean would change nothing, for the most usual text.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

func isDirectional(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// Line makes a name or a subject one clean line of at most limit characters; what is longer ends with "…".
func Line(s string, limit int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:limit-1])) + "…"
}

// gist is the first line of a person's words, to tell them by: at most limit characters, ended by "…" at a word's end if there is
// more.
func gist(s string, limit int) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(clean(s)), "\n")
	first = strings.Join(strings.Fields(first), " ")
	if strings.TrimSpace(rest) != "" {
		first = strings.TrimRight(first, ":：,; ") + "\u00a0…"
	}
	runes := []rune(first)
	if len(runes) <= limit {
		return first
	}
	cut := string(runes[:limit-2])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 && runes[limit-2] != ' ' {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.…") + "\u00a0…"
}

// blockKind says what a piece of a person's words is.
type blockKind int

const (
	paragraph blockKind = iota
	code                // between ``` lines, or indented by four columns after an empty line
	bullets
	numbers
)

// block is a piece of a person's words that is set in one way.
type block struct {
	kind  blockKind
	lines []string   // of a paragraph or code
	items [][]string // of a list, lines each
	start int        // the first number of a numbered list
}

// blocks takes a person's clean words apart into what HTML has elements for. Every line keeps its place.
func blocks(s string) []block {
	if !strings.Contains(s, "\n") && marker(s) == "" {
		return []block{{kind: paragraph, lines: []string{strings.TrimRightFunc(s, unicode.IsSpace)}}}
	}
	var list []block
	last := func() *block {
		if len(list) == 0 {
			return nil
		}
		return &list[len(list)-1]
	}
	fenced, blank := false, true
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		b := last()
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			if fenced = !fenced; fenced {
				list = append(list, block{kind: code})
			}
			blank = true
			continue
		case fenced:
			b.lines = append(b.lines, line)
			continue
		case line == "":
			if b != nil && b.kind == code {
				b.lines = append(b.lines, line)
			}
			blank = true
			continue
		case b != nil && b.kind == code && indent(line) >= 4 && len(b.lines) > 0:
			b.lines = append(b.lines, line)
		case blank && indent(line) >= 4 && (b == nil || len(b.items) == 0):
			list = append(list, block{kind: code, lines: []string{line}})
		case marker(line) != "":
			list = addItem(list, line)
		case b != nil && len(b.items) > 0 && indent(line) > 0:
			last := len(b.items) - 1
			b.items[last] = append(b.items[last], strings.TrimLeft(line, " \t"))
		case blank || b == nil || b.kind != paragraph:
			list = append(list, block{kind: paragraph, lines: []string{line}})
		default:
			b.lines = append(b.lines, line)
		}
		blank = false
	}
	return tidy(list)
}

// addItem adds a line that begins with a bullet or a number to the list before it, or begins one.
func addItem(list []block, line string) []block {
	m := marker(line)
	text := []string{strings.TrimLeft(line, " \t")[len(m):]}
	number := atoi(strings.TrimRight(m, ".) "))
	kind := bullets
	if number >= 0 {
		kind = numbers
	}
	if n := len(list) - 1; n >= 0 && list[n].kind == kind && (kind == bullets || number == list[n].start+len(list[n].items)) {
		list[n].items = append(list[n].items, text)
		return list
	}
	return append(list, block{kind: kind, items: [][]string{text}, start: number})
}

// tidy drops empty blocks and the empty lines around code.
func tidy(list []block) []block {
	kept := list[:0]
	for _, b := range list {
		for len(b.lines) > 0 && b.lines[len(b.lines)-1] == "" {
			b.lines = b.lines[:len(b.lines)-1]
		}
		if len(b.lines)+len(b.items) > 0 {
			kept = append(kept, b)
		}
	}
	return kept
}

// indent is the width of the white space before a line's first word.
func indent(line string) int {
	n := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			n++
		case '\t':
			n += 4
		default:
			return n
		}
	}
	return n
}

// marker is what makes a line an item of a list, with the blank after it: "- ", "* ", "• ", "3. ", "12) ". It is "" for any
// other line.
func marker(line string) string {
	s := strings.TrimLeft(line, " \t")
	for _, m := range []string{"- ", "* ", "• ", "– ", "+ "} {
		if strings.HasPrefix(s, m) && strings.TrimSpace(s[len(m):]) != "" {
			return m
		}
	}
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n+2 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' ' && s[n+2] != ' ' {
		return s[:n+2]
	}
	return ""
}

// atoi reads up to three digits, -1 for anything else.
func atoi(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// direction is "rtl" for words whose first letter is of a script that runs from right to left, else "auto", by which the client
// decides the same way.
func direction(s string) string {
	for _, r := range s {
		switch {
		case r < 0x590:
			if unicode.IsLetter(r) {
				return "auto"
			}
		case isRTL(r):
			return "rtl"
		case unicode.IsLetter(r):
			return "auto"
		}
	}
	return "auto"
}

// isRTL tells that a letter is of a script that runs from right to left.
func isRTL(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
}

// language is what a text's script says of its language, so that a voice and a font can be chosen: "ja", "ko", "ar" … It is ""
// where the script does not tell.
func language(s string) string {
	counts := map[string]int{}
	for _, r := range s {
		if r < 0x370 {
			continue
		}
		for _, l := range languages {
			if unicode.Is(l.script, r) {
				counts[l.code]++
				break
			}
		}
	}
	if counts["ja"] > 0 && counts["zh"] > 0 {
		return "ja"
	}
	best := ""
	for _, l := range languages {
		if counts[l.code] > counts[best] {
			best = l.code
		}
	}
	return best
}

var languages = []struct {
	code   string
	script *unicode.RangeTable
}{
	{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"zh", unicode.Han}, {"ko", unicode.Hangul}, {"ar", unicode.Arabic},
	{"he", unicode.Hebrew}, {"el", unicode.Greek}, {"th", unicode.Thai}, {"hi", unicode.Devanagari}, {"ka", unicode.Georgian},
	{"hy", unicode.Armenian}, {"am", unicode.Ethiopic}, {"ta", unicode.Tamil}, {"bn", unicode.Bengali},
}

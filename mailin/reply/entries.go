package reply

import (
	"strings"
	"unicode/utf8"
)

// fence tells, line by line, what is code between lines that begin with "```".
type fence bool

// after goes past a line and tells whether it is code: the line that opens the fence is, the one that closes it is not.
func (f *fence) after(line string) bool {
	if isFence(line) {
		*f = !*f
	}
	return bool(*f)
}

func isFence(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "```") }

// entries parts lines into bullets and paragraphs, each put together as one text. A bullet keeps its mark, and what is
// listed below it.
func entries(lines []string) []string { return entriesBehind(0, lines) }

// entriesBehind does so with lines of which the first stood behind a heading of so many characters.
func entriesBehind(heading int, lines []string) []string {
	var (
		all   []string
		open  []string // the lines of the entry being read
		depth = -1     // of the bullets
		code  fence
	)
	tight := 0 // lines such as "-done", bullets only in company
	for _, l := range lines {
		if s := strings.TrimSpace(l); len(s) > 2 && s[0] == '-' && s[1] != '-' && bulletOf(s) == 0 {
			tight++
		}
	}
	flush := func() {
		if len(open) > 0 {
			all = append(all, paragraph(open, heading))
			open, heading = open[:0], 0
		}
	}
	bulleted := false
	for _, l := range lines {
		s := strings.TrimSpace(strings.ReplaceAll(l, "\u00a0", " "))
		if code.after(s) {
			open = append(open, l)
			continue
		}
		if s == "" {
			flush()
			bulleted = false
			continue
		}
		indent := indentOf(l)
		bullet := bulletOf(s) > 0
		if !bullet && tight >= 2 && s[0] == '-' && len(s) > 2 && s[1] != '-' {
			s, bullet = "- "+s[1:], true
		}
		if _, size := numberOf(s); !bullet && size > 0 && size < len(s) {
			bullet = true
		}
		switch {
		case bullet && bulleted && indent > depth+1:
			open = append(open, "\n"+s) // below the bullet before
		case bullet && !bulleted && len(open) > 0 && strings.HasSuffix(open[len(open)-1], ":"):
			open = append(open, "\n"+s) // the list that a line such as "We shipped:" announces
			depth = -2
		case bullet && depth == -2 && len(open) > 0:
			open = append(open, "\n"+s)
		case bullet:
			flush()
			open, bulleted, depth = append(open, s), true, indent
		default:
			open = append(open, s)
		}
		if depth == -2 && !bullet && len(open) == 1 {
			depth = -1
		}
	}
	flush()
	return all
}

// paragraph joins lines that a program broke, and keeps the breaks that a person made: a program breaks a line only
// where the next word would not have fitted, behind the heading of the first one, too.
func paragraph(lines []string, heading int) string {
	if len(lines) == 1 && lines[0] != "" && lines[0][0] != '\n' {
		return lines[0]
	}
	width := 0
	long := func(i int) int {
		n := utf8.RuneCountInString(lines[i])
		if i == 0 {
			n += heading
		}
		return n
	}
	for i := range lines {
		width = max(width, long(i))
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			before := lines[i-1]
			word, _, _ := strings.Cut(strings.TrimPrefix(l, "\n"), " ")
			switch {
			case strings.HasPrefix(l, "\n"):
				l = l[1:]
				b.WriteByte('\n')
			case isFence(l) || isFence(before):
				b.WriteByte('\n')
			case width < 50 || long(i-1)+1+utf8.RuneCountInString(word) <= min(width, 72):
				b.WriteByte('\n')
			default:
				last, _ := utf8.DecodeLastRuneInString(before)
				if scriptOf(last) != alone || scriptOf(firstRune(l)) != alone {
					b.WriteByte(' ')
				}
			}
		}
		b.WriteString(l)
	}
	return b.String()
}

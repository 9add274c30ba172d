package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"daybreak/internal/team"
)

// heading is what begins a line such as "Done: the login".
type heading struct {
	size  int // bytes of the heading with its colon, 0 for none
	kind  team.Kind
	today bool // "Today": done, or the plan if yesterday was told before
	fyi   bool // it says that nothing is expected
	weak  bool // without a colon: believed only in company
}

// expects tells whether the heading says what is expected of those who read it.
func (h heading) expects() bool {
	return h.fyi || h.kind == team.Ask || h.kind == team.Decision || h.kind == team.Thanks
}

// headingOf reads the beginning of a line as a heading. Lists are headings too if listed: "- Done: the login".
func headingOf(s string, listed bool) heading {
	skip := 0
	if n := bulletOf(s); n > 0 {
		if !listed {
			return heading{}
		}
		skip = n
	}
	for skip < len(s) && skip < 24 { // "## ", "**", "✅ "
		r, n := utf8.DecodeRuneInString(s[skip:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			break
		}
		skip += n
	}
	rest := s[skip:]
	h := heading{}
	name, size := "", 0
	if n := bracketIn(s, skip); n > 0 && n+1 < len(rest) && rest[n+1] == ' ' {
		name, size, h.weak = rest[:n], n+2, true // "[done] the login"
	} else if n := colonIn(rest[:min(len(rest), 60)]); n > 0 {
		_, width := utf8.DecodeRuneInString(rest[n:])
		name, size = rest[:n], n+width
	} else if n := strings.Index(rest[:min(len(rest), 50)], " - "); n > 0 {
		name, size, h.weak = rest[:n], n+3, true
	} else if n := strings.Index(rest[:min(len(rest), 50)], " – "); n > 0 {
		name, size, h.weak = rest[:n], n+len(" – "), true
	} else if len(rest) <= 50 {
		name, size, h.weak = rest, len(rest), true
	}
	if name == "" {
		return heading{}
	}
	if !letterByte(name[0]) || !letterByte(name[len(name)-1]) {
		name = strings.Trim(name, " *_[]()#?？!=-–—.\u00a0【】「」《》〔〕＜＞■▼★~")
	}
	if n := strings.IndexByte(name, '('); n > 1 {
		name = strings.TrimSpace(name[:n])
	}
	kind, ok := lookup(languages.headings, name)
	if !ok {
		// "ask @kofi: …", "thanks @mei: …"
		if n := strings.IndexByte(name, ' '); n > 0 && !h.weak && strings.HasPrefix(name[n+1:], "@") {
			if kind, ok = lookup(languages.headings, name[:n]); ok {
				size = n + 1
			}
		}
		if !ok {
			return heading{}
		}
	}
	h.kind = kind
	h.today, _ = lookup(languages.today, name)
	h.fyi, _ = lookup(languages.informs, name)
	for strings.HasPrefix(rest[size:], "*") || strings.HasPrefix(rest[size:], "_") {
		size++
	}
	h.size = skip + size
	return h
}

// bracketIn gives how far behind from the bracket ends that begins right before it, 0 or less if none does.
func bracketIn(s string, from int) int {
	if from == 0 || s[from-1] != '[' && s[from-1] != '(' {
		return 0
	}
	return strings.IndexAny(s[from:min(len(s), from+40)], "])")
}

// colonIn gives where the first colon of any width is, -1 if there is none.
func colonIn(s string) int {
	n := strings.IndexByte(s, ':')
	if wide := strings.Index(s, "："); wide >= 0 && (n < 0 || wide < n) {
		return wide
	}
	return n
}

func letterByte(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// glyphs are bullets that need no space behind them, with what they say by themselves.
func glyph(r rune) (team.Kind, bool) {
	switch r {
	case '•', '·', '‣', '◦', '▪', '●', '○', '■', '□', '▸', '►', '➤', '➜', '→', '‧', '・', '✱', '◆', '◇', '➢', '❖', '\uf0b7':
		return "", true
	case '✔', '✅', '☑', '✓', '🟢':
		return team.Done, true
	case '☐', '⬜', '⏭', '🔜', '📅', '🗓', '🔄', '⏳':
		return team.Plan, true
	case '🚧', '⛔', '🛑', '🚫', '❌', '✗', '✘', '⚠', '🆘', '🔴':
		return team.Blocker, true
	case '❓', '❔', '🙋':
		return team.Ask, true
	case '🙏', '👏', '🙌':
		return team.Thanks, true
	case '💡', 'ℹ', '📝', '📌', '🗒':
		return team.Note, true
	}
	return "", false
}

// bulletOf gives the length of the bullet that the line begins with, 0 for none.
func bulletOf(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '-', '*', '+':
		if strings.HasSuffix(s, "*") && strings.Count(s, "*") == 2 {
			return 0 // emphasis
		}
		if len(s) > 1 && (s[1] == ' ' || s[1] == '\t') || strings.HasPrefix(s[1:], "\u00a0") {
			return 2
		}
		return 0
	case '[':
		if _, size := checkbox(s); size > 0 {
			return size
		}
		return 0
	case 'o':
		if strings.HasPrefix(s, "o  ") || strings.HasPrefix(s, "o\t") || strings.HasPrefix(s, "o \u00a0") { // Outlook's second level
			return 2
		}
		return 0
	}
	if s[0] < utf8.RuneSelf {
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == '–' || r == '—' {
		if strings.HasPrefix(s[n:], " ") {
			return n + 1
		}
		return 0
	}
	if _, ok := glyph(r); ok {
		if strings.HasPrefix(s[n:], "\ufe0f") {
			n += len("\ufe0f")
		}
		return n
	}
	return 0
}

// checkbox reads "[x] " and "[ ] ".
func checkbox(s string) (team.Kind, int) {
	if len(s) < 5 || s[0] != '[' || s[2] != ']' || s[3] != ' ' {
		return "", 0
	}
	switch s[1] {
	case 'x', 'X', 'v', '+':
		return team.Done, 4
	case ' ':
		return team.Plan, 4
	}
	return "", 0
}

// markOf reads the bullets, numbers and marks that a text begins with. kind is what they say, "" if nothing; size is their length, but
// a mark that says only that it is a note is part of the words.
func markOf(s string, numbered bool) (kind team.Kind, size int) {
	for range 3 {
		rest := s[size:]
		n := bulletOf(rest)
		if n > 0 {
			k, _ := glyph(firstRune(rest))
			if box, _ := checkbox(rest); box != "" {
				k = box
			}
			if k == team.Note {
				return kind, size
			}
			if k != "" {
				kind = k
			}
		} else if _, n = numberOf(rest); n == 0 || !numbered || size > 0 {
			return kind, size
		}
		size += n
		size += len(s[size:]) - len(strings.TrimLeft(s[size:], " \t\u00a0"))
	}
	return kind, size
}

// numberOf reads "2. ", "2) ", "(2) ", "#2 ", "2️⃣ ": the number and the length of the mark, 0 and 0 for none.
func numberOf(s string) (int, int) {
	i := 0
	if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "#") {
		i = 1
	}
	start, value := i, 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' && i-start < 2 {
		value = value*10 + int(s[i]-'0')
		i++
	}
	if i == start {
		return 0, 0
	}
	rest := s[i:]
	switch {
	case strings.HasPrefix(rest, "\ufe0f\u20e3"):
		return value, i + len("\ufe0f\u20e3")
	case s[0] == '#' && strings.HasPrefix(rest, " "):
		return value, i + 1
	case rest == "":
		return 0, 0
	case strings.HasPrefix(rest, "、"):
		return value, i + len("、")
	case rest[0] == '.' || rest[0] == ')' || rest[0] == ':' || rest[0] == '-' && s[0] != '(':
		if len(rest) == 1 || rest[1] == ' ' || rest[1] == '\t' || strings.HasPrefix(rest[1:], "\u00a0") ||
			rest[0] != ':' && rest[0] != '-' && (rest[1] < '0' || rest[1] > '9') {
			return value, i + 1
		}
	}
	return 0, 0
}

// QuestionKind tells what a question asks for: "What got done?" for done, "What is next?" for a plan, "What is in the
// way?" for a blocker, and anything else for a note. It knows the words of some thirty languages.
func QuestionKind(question string) team.Kind {
	if kind, known := languages.questions.Load(question); known {
		return kind.(team.Kind)
	}
	kind := questionKind(question)
	languages.questions.Store(question, kind) // there are as many as teams ask
	return kind
}

func questionKind(question string) team.Kind {
	lower := strings.ToLower(clean(question))
	words := strings.FieldsFunc(lower, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && r != '-'
	})
	if len(words) > 60 {
		words = words[:60]
	}
	found := map[team.Kind]bool{}
	for n := min(4, len(words)); n > 0; n-- {
		for i := 0; i+n <= len(words); i++ {
			if kind, ok := languages.headings[strings.Join(words[i:i+n], " ")]; ok {
				found[kind] = true
			}
		}
	}
	if strings.ContainsFunc(lower, func(r rune) bool { return scriptOf(r) == alone || r >= 0xe00 && r < 0xe80 }) { // no spaces between words
		for phrase, kind := range languages.headings {
			if len(phrase) >= 6 && phrase[0] >= utf8.RuneSelf && strings.Contains(lower, phrase) {
				found[kind] = true
			}
		}
	}
	for _, kind := range []team.Kind{team.Blocker, team.Plan, team.Done, team.Thanks, team.Decision, team.Ask} {
		if found[kind] {
			return kind
		}
	}
	return team.Note
}

package reply

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Comment is what a mail answers to an item that the mail of ours showed.
type Comment struct {
	Mark     string // of the item, as in Original.Marks
	Text     string // for a reaction one emoji or a few, nothing else
	Reaction bool
	Closes   bool // it says that what is in the way is not any more, or that a question is settled
}

// talkSign stands in the text part of our mails before what was answered to the item above it.
const talkSign = "↳"

// shown finds for each line of the text that has words which of the marks the item has that it is of: its number from 1 on, 0 for none.
func shown(text string, marks []string) []int16 {
	lines := strings.Split(text, "\n")
	of := make([]int16, len(lines))
	last, talk := int16(0), -1 // the mark that ended an item last, and how far what is below it stands from the edge
	begin := 0                 // of the item that the next mark ends
	for i, l := range lines {
		s := strings.TrimLeft(l, " ")
		indent := len(l) - len(s)
		switch {
		case s == "":
		case indent == 0: // a heading
			last, talk, begin = 0, -1, i+1
		case last > 0 && (strings.HasPrefix(s, talkSign) || talk >= 0 && indent > talk):
			if of[i] = last; talk < 0 {
				talk = indent
			}
			begin = i + 1
		default:
			if last > 0 && talk < 0 {
				begin = max(begin, i)
			}
			if n := markEnding(s, marks); n > 0 {
				for k := begin; k <= i; k++ {
					of[k] = n
				}
				last, talk, begin = n, -1, i+1
			} else {
				last, talk = 0, -1
			}
		}
	}
	words := of[:0]
	for i, l := range lines {
		if len(tokens(nil, l)) > 0 {
			words = append(words, of[i])
		}
	}
	return words
}

// markEnding is the number of the mark in brackets that ends the line, 0 for none.
func markEnding(line string, marks []string) int16 {
	open := strings.LastIndexByte(line, '[')
	if open < 0 || !strings.HasSuffix(line, "]") {
		return 0
	}
	return int16(slices.Index(marks, line[open+1:len(line)-1]) + 1)
}

// ofItems finds for each line that is ours the item of which it is.
func (r *reader) ofItems(ours []int32, starts []int) {
	if len(r.mirror.shown) == 0 {
		return
	}
	for i := range r.lines {
		for t := starts[i+1] - 1; t >= starts[i]; t-- {
			if ours[t] >= 0 {
				r.lines[i].ofItem = true
				r.lines[i].item = r.mirror.shown[r.mirror.line[ours[t]]]
				break
			}
		}
	}
}

// belowAll takes it back that words answer an item, if all of them stand below several that are quoted: they are not about the last alone.
func (r *reader) belowAll(sections []section) {
	quoted, last := map[int16]bool{}, int16(0)
	for i := range r.lines {
		if l := &r.lines[i]; l.ofItem && l.why != kept {
			if last = l.item; last > 0 {
				quoted[last] = true
			}
		}
	}
	if len(sections) == 1 && sections[0].item > 0 && sections[0].item == int(last) && len(quoted) > 1 && !sections[0].beside {
		r.step("the words stand below all items together, not below each")
		sections[0].item = 0
		r.unsure += 0.1
	}
}

// commented takes from the lines what begins with a mark, makes comments of it, and gives the rest. A comment ends at an empty line or at
// the next mark.
func (z *itemizer) commented(lines []string) []string {
	if z.sent == nil || len(z.sent.Marks) == 0 {
		return lines
	}
	var rest []string
	var code fence
	for i := 0; i < len(lines); i++ {
		if code.after(lines[i]) {
			rest = append(rest, lines[i])
			continue
		}
		marks, text, ok := z.marked(lines[i])
		if !ok {
			rest = append(rest, lines[i])
			continue
		}
		words := []string{text}
		skip := text == "" // the words may stand below a mark alone
		for i+1 < len(lines) {
			next := lines[i+1]
			if !code.after(next) {
				if _, _, another := z.marked(next); another || strings.TrimSpace(next) == "" && !skip {
					break
				}
			}
			if strings.TrimSpace(next) != "" {
				skip = false
			}
			words = append(words, next)
			i++
		}
		said := strings.Trim(strings.Join(words, "\n"), "\n")
		if strings.TrimSpace(said) == "" { // a mark and nothing else
			rest = append(rest, lines[i])
			continue
		}
		for _, mark := range marks {
			z.comment(mark, said)
		}
	}
	return rest
}

// comment makes a comment, or a reaction, on the item with the mark.
func (z *itemizer) comment(mark, words string) {
	words = strings.TrimRight(strings.Trim(words, "\n"), " \t\n\u00a0")
	if len(z.comments) > 0 && z.comments[len(z.comments)-1] == (Comment{Mark: mark, Text: words, Closes: closes(words)}) {
		return
	}
	if emoji, ok := ReactionIn(words); ok {
		z.comments = append(z.comments, Comment{Mark: mark, Text: emoji, Reaction: true, Closes: ticks(emoji)})
		z.step("%q: a reaction to item %s", strings.TrimSpace(words), mark)
		return
	}
	z.comments = append(z.comments, Comment{Mark: mark, Text: words, Closes: closes(words)})
	first, _, _ := strings.Cut(words, "\n")
	z.step("%q: an answer to item %s", first, mark)
}

// closes tells whether words begin with what says that something is done with: "solved", "done, thanks", "✅".
func closes(words string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(words)), "\n")
	if ticks(first) {
		return true
	}
	f, ok := fateOf(first)
	if !ok || f.fate != done && f.fate != dropped || says(f.text, languages.yes) { // that agrees with something
		return false
	}
	rest := strings.TrimSpace(first[len(f.text):])
	if rest == "" || strings.IndexByte(".,!:;-(", rest[0]) >= 0 || strings.HasPrefix(rest, "–") {
		return true
	}
	next, _, _ := strings.Cut(rest, " ")
	return slices.Contains([]string{"by", "now", "in", "with", "since", "today", "yesterday", "thanks"}, strings.TrimRight(next, ".,!"))
}

// ticks tells whether words begin with a tick. Other emoji say what somebody thinks of it, not that it is done with.
func ticks(words string) bool {
	return slices.ContainsFunc([]string{"✅", "✔", "☑"}, func(mark string) bool { return strings.HasPrefix(words, mark) })
}

// marked reads a line that begins with marks of items: "a3 thanks", "a3, b1: yes", "[a3] why?", "👍 a3", "+1 a3".
func (z *itemizer) marked(line string) (marks []string, text string, ok bool) {
	s := strings.TrimSpace(line)
	if n := bulletOf(s); n > 0 && !strings.HasPrefix(s, "+1") && !ticks(s) {
		s = strings.TrimSpace(s[n:])
	}
	lead := ""
	if at := leadingReaction(s); at > 0 && at < len(s) {
		lead, s = strings.TrimSpace(s[:at]), strings.TrimLeft(s[at:], " ,:")
	}
	for {
		mark, size := z.markAt(s)
		if size == 0 {
			break
		}
		marks = append(marks, mark)
		s = s[size:]
		next := strings.TrimLeft(s, " ,&+/")
		for _, and := range []string{"and ", "und ", "et ", "y ", "e "} {
			if rest, is := strings.CutPrefix(next, and); is {
				next = strings.TrimLeft(rest, " ")
				break
			}
		}
		if _, more := z.markAt(next); more == 0 {
			break
		}
		s = next
	}
	if len(marks) == 0 {
		return nil, "", false
	}
	if s != "" {
		if r, _ := utf8.DecodeRuneInString(s); unicode.IsLetter(r) && r < utf8.RuneSelf || unicode.IsDigit(r) {
			return nil, "", false
		}
	}
	s = strings.TrimSpace(s)
	if rest := strings.TrimLeft(s, ":,;.)–—-> "); !strings.HasPrefix(s, "->") || rest != "" {
		s = rest
	}
	switch {
	case lead == "":
		text = s
	case s == "":
		text = lead
	default:
		text = lead + " " + s
	}
	return marks, text, true
}

// markAt reads one mark at the beginning, with or without brackets, in small or capital letters, and gives its length too.
func (z *itemizer) markAt(s string) (mark string, size int) {
	start := 0
	for start < len(s) && start < 2 && strings.IndexByte("[(@#*", s[start]) >= 0 {
		start++
	}
	end := start
	for end < len(s) && end-start < 3 && (s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z') {
		end++
	}
	digits := end
	for end < len(s) && end-digits < 4 && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if digits == start || end == digits {
		return "", 0
	}
	mark = strings.ToLower(s[start:end])
	if !slices.Contains(z.sent.Marks, mark) {
		return "", 0
	}
	for end < len(s) && strings.IndexByte("])*", s[end]) >= 0 {
		end++
	}
	return mark, end
}

// reactionWords are reactions that are typed in letters.
var reactionWords = map[string]string{
	"+1": "👍", "++": "👍", ":+1:": "👍", ":thumbsup:": "👍", "(y)": "👍", ":heart:": "❤️", "<3": "❤️", ":tada:": "🎉", ":clap:": "👏",
	":pray:": "🙏", ":rocket:": "🚀", ":eyes:": "👀", ":fire:": "🔥", ":100:": "💯", "-1": "👎", ":-1:": "👎", ":)": "🙂", ":-)": "🙂",
}

// mostEmoji is how many emoji a reaction has at most.
const mostEmoji = 4

// ReactionIn tells whether the words are a reaction and nothing else, and gives it as emoji: "+1" is "👍".
func ReactionIn(words string) (emoji string, ok bool) {
	s := strings.TrimSpace(words)
	if s == "" || len(s) > 80 {
		return "", false
	}
	if emoji, ok := reactionWords[strings.ToLower(s)]; ok {
		return emoji, true
	}
	n := 0
	var b strings.Builder
	for _, r := range s {
		switch {
		case isEmoji(r):
			n++
		case isJoiner(r):
		case r == ' ':
			continue
		default:
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), n > 0 && n <= mostEmoji*4 && !strings.HasPrefix(b.String(), "\u200d")
}

// leadingReaction gives the length of the reaction that the line begins with, 0 for none.
func leadingReaction(s string) int {
	for _, word := range []string{"+1", "++", "-1", ":+1:", ":thumbsup:"} {
		if rest, ok := strings.CutPrefix(s, word); ok && strings.HasPrefix(rest, " ") {
			return len(word)
		}
	}
	end := 0
	for i, r := range s {
		if !isEmoji(r) && !isJoiner(r) {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	if end > 0 && isJoiner(firstRune(s)) {
		return 0
	}
	return end
}

// isEmoji tells whether the character is a picture of the sort with which people react.
func isEmoji(r rune) bool {
	switch {
	case r >= 0x1F300 && r <= 0x1FAFF, r >= 0x1F1E6 && r <= 0x1F1FF, r >= 0x2600 && r <= 0x27BF, r >= 0x1F000 && r <= 0x1F2FF:
		return true
	}
	return r == 0x2B50 || r == 0x2B55 || r == 0x203C || r == 0x2049 || r == 0x2764 || r == 0x3030 || r == 0x231A || r == 0x231B || r == 0x23F0
}

// isJoiner tells whether the character only changes or joins emoji.
func isJoiner(r rune) bool {
	return r == 0x200D || r == 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F
}

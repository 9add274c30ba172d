package reply

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"daybreak/internal/team"
)

// section is a stretch of own lines that is about one question, or about none.
type section struct {
	question int // -1 for none
	planned  int // the number in the plan that it stands under or beside, 0 for none
	item     int // the number of the mark of the item under or beside which it stands, 0 for none
	beside   bool
	lines    []string
}

// sections hands the own lines to the questions under or beside which they stand.
func (r *reader) sections(questions int) []section {
	var all []section
	current, planned, item, answered := -1, 0, 0, 0
	asked, several := -1, false // a question found, and another one
	add := func(text string, beside bool) {
		if n := len(all); n == 0 || all[n-1].question != current || all[n-1].planned != planned || all[n-1].item != item {
			all = append(all, section{question: current, planned: planned, item: item, lines: make([]string, 0, 8)})
		}
		s := &all[len(all)-1]
		s.lines = append(s.lines, text)
		s.beside = s.beside || beside
	}
	last, depth := -1, 0
	for i := range r.lines {
		l := &r.lines[i]
		if l.clean != "" && l.why == kept {
			if n := len(all); n > 0 && l.Quote != depth {
				all[n-1].lines = append(all[n-1].lines, "")
			}
			depth = l.Quote
		}
		if l.ofItem && l.why != kept {
			item = int(l.item)
		}
		switch {
		case l.asked:
			if l.question >= 0 {
				current, last, planned = int(l.question), int(l.question), 0
				several = several || asked >= 0 && asked != current
				asked = current
				if l.beside > 0 {
					add(l.rest(), true)
				}
			}
		case l.planned > 0 && l.why != kept:
			current, planned = -1, int(l.planned)
			if l.beside > 0 {
				add(l.rest(), true)
			}
		case l.ours && l.why != kept:
			if planned > 0 && r.sight(i).words > 2 {
				planned = 0
			}
			if current >= 0 && r.sight(i).words > 2 {
				current = -1
			}
			if l.beside > 0 {
				add(l.rest(), true)
			}
		case l.clean == "":
			if n := len(all); n > 0 && all[n-1].question == current && all[n-1].planned == planned && all[n-1].item == item {
				all[n-1].lines = append(all[n-1].lines, "")
			}
		case l.why == kept:
			add(strings.TrimRight(l.Text, " \t\r\u00a0"), false)
		}
	}
	for _, s := range all {
		if s.question >= 0 && (s.question != last || s.beside) {
			answered++
		}
	}
	if answered == 0 && several { // all of it below the last question: not an answer to that one alone
		for i := range all {
			if all[i].question >= 0 {
				r.step("the words stand below all questions together, not below each")
			}
			all[i].question = -1
		}
	}
	r.belowAll(all)
	if questions == 1 {
		for i := range all {
			all[i].question = 0
		}
	}
	merged := all[:0]
	for _, s := range all {
		if n := len(merged); n > 0 && merged[n-1].question == s.question && merged[n-1].planned == s.planned && merged[n-1].item == s.item {
			merged[n-1].lines = append(append(merged[n-1].lines, ""), s.lines...)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// itemizer makes items of sections.
type itemizer struct {
	*reader
	sent     *Original   // nil if it is not known
	kinds    []team.Kind // of the questions
	items    []team.NewItem
	comments []Comment
	told     map[toldFate]bool // what was said of the plan
	nothing  bool              // a question was answered with nothing to say
}

// toldFate is what was said of one thing planned.
type toldFate struct {
	index int
	fate  fate
}

func (z *itemizer) kindOf(question int) team.Kind {
	if question < 0 || question >= len(z.kinds) {
		return team.Note
	}
	return z.kinds[question]
}

// questionFor gives the first question that asks for the kind, -1 for none.
func (z *itemizer) questionFor(kind team.Kind) int {
	for i, k := range z.kinds {
		if k == kind && kind != team.Note {
			return i
		}
	}
	return -1
}

// section makes items of one section.
func (z *itemizer) section(s section) {
	if s.lines = z.commented(s.lines); isBlank(s.lines) {
		return
	}
	if s.item > 0 {
		z.comment(z.sent.Marks[s.item-1], strings.Join(s.lines, "\n"))
		return
	}
	if s.lines = z.claimed(s.lines, s.question < 0 && s.planned == 0); isBlank(s.lines) {
		return
	}
	if s.planned > 0 {
		if z.besidePlan(s.lines, s.planned-1) {
			return
		}
		s.question = -1 // what else is said there
	}
	if s.question >= 0 {
		if len(z.kinds) > 1 && !z.manyHeadings(s.lines) || !z.headings(s.lines, s.question) {
			z.add(s.lines, z.kindOf(s.question), s.question)
		}
		return
	}
	switch {
	case z.headings(s.lines, -1):
		z.step("headings in the text say what is done, planned or in the way")
	case z.numbers(s.lines):
		z.step("the numbers in the text match the %d questions", len(z.kinds))
		z.unsure += 0.1
	case z.marks(s.lines):
		z.headed = true
		z.step("the marks of a list say what is done, planned or in the way")
	case z.order(s.lines):
		z.step("as many paragraphs as questions, in their order")
		z.unsure += 0.15
	default:
		z.prose(s.lines)
	}
}

func isBlank(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return false
		}
	}
	return true
}

// headings parts the lines by headings. It tells whether there are any.
func (z *itemizer) headings(lines []string, question int) bool {
	lines = parted(lines)
	found := make([]heading, len(lines))
	strong, weak := 0, 0
	var code fence
	for i, l := range lines {
		if code.after(l) { // code is no text of ours to read
			continue
		}
		found[i] = headingOf(strings.TrimSpace(l), true)
		switch h := &found[i]; {
		case h.size == 0:
		case h.weak:
			weak++
			next := i + 1
			for next < len(lines) && strings.TrimSpace(lines[next]) == "" {
				next++
			}
			if next < len(lines) && bulletOf(strings.TrimSpace(lines[next])) > 0 && h.size >= len(strings.TrimSpace(l)) && bulletOf(strings.TrimSpace(l)) == 0 {
				strong++
			}
		default:
			strong++
		}
	}
	if strong == 0 && weak < 2 {
		return false
	}
	z.headed = true
	kind, q := team.Note, question
	begin, yesterday, planned := 0, false, false
	once := false // the heading is for its own paragraph only
	width := 0    // the heading's
	flush := func(end int) {
		z.addBehind(width, lines[begin:end], kind, q)
		begin, width = end, 0
	}
	for i, l := range lines {
		h := found[i]
		if h.size == 0 || h.weak && strong+weak < 2 {
			if once && strings.TrimSpace(l) == "" {
				flush(i)
				kind, q, once = team.Note, question, false
			}
			continue
		}
		flush(i)
		rest := strings.TrimSpace(strings.TrimSpace(l)[h.size:])
		kind = h.kind
		if h.today && yesterday && !planned {
			kind = team.Plan
		}
		yesterday = yesterday || kind == team.Done
		planned = planned || kind == team.Plan && !h.today
		if q = z.questionFor(kind); q < 0 {
			q = question
		}
		if i+1 < len(lines) && rest == "" && isUnderline(lines[i+1]) {
			lines[i+1] = ""
		}
		once = rest != "" && (kind == team.Note || kind == team.Ask || kind == team.Decision || kind == team.Thanks)
		if rest != "" {
			width = utf8.RuneCountInString(strings.TrimSpace(l)) - utf8.RuneCountInString(rest)
		}
		lines[i] = rest
	}
	flush(len(lines))
	return true
}

// isUnderline tells whether the line only underlines the heading above it.
func isUnderline(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "" || strings.Trim(line, "~") == "")
}

// parted gives "Done: the import; next: lunch" as two lines.
func parted(lines []string) []string {
	var all []string // nil while it is the same
	var code fence
	for i, l := range lines {
		from := 0
		if last := headingOf(strings.TrimSpace(l), true); !code.after(l) && last.size > 0 && !last.weak && len(l) <= longest {
			for k := 1; k+1 < len(l); k++ {
				if l[k+1] != ' ' || strings.IndexByte(".;|", l[k]) < 0 {
					continue
				}
				next := headingOf(strings.TrimSpace(l[k+1:]), false)
				if next.size == 0 || next.weak || next.kind == last.kind || next.kind != team.Done && next.kind != team.Plan && next.kind != team.Blocker {
					continue
				}
				if all == nil {
					all = append(make([]string, 0, len(lines)+4), lines[:i]...)
				}
				all = append(all, strings.TrimRight(l[from:k+1], ";| "))
				from, last = k+2, next
			}
		}
		if all != nil {
			all = append(all, l[from:])
		}
	}
	if all == nil {
		return lines
	}
	return all
}

// manyHeadings tells whether sure headings of different kinds part the lines, which then are about more than one question.
func (z *itemizer) manyHeadings(lines []string) bool {
	first := team.Kind("")
	for _, l := range lines {
		h := headingOf(strings.TrimSpace(l), true)
		if h.size == 0 || h.weak || z.questionFor(h.kind) < 0 {
			continue
		}
		if first == "" {
			first = h.kind
		} else if first != h.kind {
			return true
		}
	}
	return false
}

// numbers gives "1. … 2. … 3. …" to the questions if there are exactly as many. It tells whether it did.
func (z *itemizer) numbers(lines []string) bool {
	if len(z.kinds) < 2 {
		return false
	}
	var at, of []int // the lines, and the questions that they answer
	indent, named := -1, false
	for i, l := range lines {
		s := strings.TrimSpace(l)
		n, size := questionNumber(s)
		named = named || size > 0
		if size == 0 && !named {
			n, size = numberOf(s)
		}
		if size == 0 {
			if s != "" && len(at) == 0 && !greets(s) {
				return false // words above the first number: it is a list of something
			}
			continue
		}
		depth := indentOf(l)
		if indent < 0 {
			indent = depth
		}
		if depth > indent+1 {
			continue
		}
		if n > len(z.kinds) || !named && n != len(at)+1 || len(of) > 0 && n <= of[len(of)-1]+1 {
			return false
		}
		at, of = append(at, i), append(of, n-1)
	}
	if len(at) != len(z.kinds) && (!named || len(at) == 0) {
		return false
	}
	for i, from := range at {
		to := len(lines)
		if i+1 < len(at) {
			to = at[i+1]
		}
		part := append([]string(nil), lines[from:to]...)
		s := strings.TrimSpace(part[0])
		_, size := questionNumber(s)
		if size == 0 {
			_, size = numberOf(s)
		}
		if part[0] = strings.TrimSpace(s[size:]); part[0] != "" && bulletOf(part[0]) == 0 {
			part[0] = "- " + part[0] // what is listed below it is part of it
		}
		z.add(part, z.kinds[of[i]], of[i])
	}
	return true
}

// questionNumber reads "Q2: " and "Frage 2: ": the number and the length of all, 0 and 0 for none.
func questionNumber(s string) (int, int) {
	lower := strings.ToLower(s[:min(len(s), 40)])
	for _, word := range lexicon.question[firstRune(lower)] {
		if !strings.HasPrefix(lower, word) || len(s) < len(word) {
			continue
		}
		rest := strings.TrimLeft(s[len(word):], " .")
		if n, size := numberOf(rest); size > 1 && n > 0 && strings.ContainsAny(rest[size-1:size], ".:)") {
			return n, len(s) - len(rest) + size
		}
	}
	return 0, 0
}

// add makes items of lines: a bullet or a paragraph each.
func (z *itemizer) add(lines []string, kind team.Kind, question int) {
	z.addBehind(0, lines, kind, question)
}

// addBehind does so with lines of which the first stood behind a heading of so many characters.
func (z *itemizer) addBehind(heading int, lines []string, kind team.Kind, question int) {
	all := entriesBehind(heading, apart(lines))
	numbered := 0
	for _, e := range all {
		if _, size := numberOf(e); size > 0 && bulletOf(e) == 0 {
			numbered++
		}
	}
	for _, e := range all {
		text, k, q := e, kind, question
		marked, size := markOf(e, numbered > 1)
		if rest := strings.TrimSpace(e[size:]); rest != "" {
			text = rest
		}
		if marked == "" && size > 0 {
			marked = markBehind(text)
		}
		if marked != "" && (kind == team.Note || question < 0) {
			k = marked
		}
		if h := headingOf(text, false); h.size > 0 && !h.weak && h.size < len(text) {
			if z.headed = true; h.expects() {
				k, q = h.kind, -1
			}
			if h.expects() || h.kind == team.Note && k == h.kind {
				text = strings.TrimSpace(text[h.size:])
			}
		}
		switch {
		case text == "":
		case k == team.Plan && z.sent != nil && len(z.sent.Plan) > 0 && lexicon.short[strings.ToLower(wordsIn(text))] == same:
			z.again(text)
		case (k == team.Plan || k == team.Done) && z.numbered(text) != nil:
			f := done
			if k == team.Plan {
				f = moved
			}
			for _, n := range z.numbered(text) {
				z.fate(n-1, f, text, "")
			}
			z.unsure += 0.1
		case says(text, languages.nothing) || strings.Trim(text, "-–—./ ") == "":
			if question >= 0 || kind != team.Note {
				z.unstuck = z.unstuck || kind == team.Blocker && says(text, languages.nothing)
				z.step("%q: nothing to say, no item", text)
				z.nothing = true
			} else if text != "-" {
				z.items = append(z.items, team.NewItem{Kind: k, Question: question, Text: text})
			}
		default:
			if q < 0 {
				q = z.questionFor(k)
			}
			z.items = append(z.items, team.NewItem{Kind: k, Question: q, Text: text})
		}
	}
}

var (
	asksOf   = regexp.MustCompile(`(?i)^(?:ask(?:ing)?:?\s+)@\S`)
	speaksTo = regexp.MustCompile(`^@[\p{L}\d][^?？؟]*[?？؟]`)
)

// wrappedAt is from how many letters on a line may be ended by a program.
const wrappedAt = 56

// asksAnew tells whether a line begins a question to somebody, below another line that does not go on in it.
func asksAnew(above, line string) bool {
	above = strings.TrimSpace(above)
	ended := ends(above) || strings.HasSuffix(above, ":")
	return asksOf.MatchString(line) && (ended || utf8.RuneCountInString(above) < wrappedAt) || ended && speaksTo.MatchString(line)
}

// apart puts an empty line before each line that says by its first word what is expected, or asks somebody, so that it is an item of its own.
func apart(lines []string) []string {
	var all []string // nil while it is the same
	var code fence
	for i, l := range lines {
		if !code.after(l) && i > 0 && indentOf(l) == 0 && strings.TrimSpace(lines[i-1]) != "" {
			if h := headingOf(l, false); h.size > 0 && !h.weak && h.size < len(l) && h.expects() || asksAnew(lines[i-1], l) {
				if all == nil {
					all = append(make([]string, 0, len(lines)+4), lines[:i]...)
				}
				all = append(all, "")
			}
		}
		if all != nil {
			all = append(all, l)
		}
	}
	if all == nil {
		return lines
	}
	return all
}

// markBehind is what a mark behind a bullet's words says, "" for none.
func markBehind(text string) team.Kind {
	last, size := utf8.DecodeLastRuneInString(text)
	if last == '\ufe0f' {
		last, _ = utf8.DecodeLastRuneInString(text[:len(text)-size])
	}
	switch kind, _ := glyph(last); kind {
	case team.Done, team.Plan, team.Blocker:
		return kind
	}
	return ""
}

// says tells whether the text is one of the phrases, but for marks around it.
func says(text string, phrases map[string]bool) bool {
	if len(text) > 60 {
		return false
	}
	said, _ := lookup(phrases, strings.Trim(text, " .,!;:-–—*_()~…。！、🙂😀👍🎉"))
	return said
}

// greets tells whether the line only greets.
func greets(s string) bool {
	if len(s) > 40 || strings.ContainsAny(s, "?") {
		return false
	}
	words := strings.Fields(strings.ToLower(strings.TrimRight(s, ",.!:;，。！ ")))
	if len(words) == 0 || len(words) > 4 {
		return false
	}
	for n := min(2, len(words)); n > 0; n-- {
		if languages.greetings[strings.Trim(strings.Join(words[:n], " "), ",!")] {
			return n == len(words) || strings.ContainsAny(s[len(s)-1:], ",!:") || len(words)-n == 1
		}
	}
	return false
}

// polite drops greetings and a closing "Thanks, Anna" that are all there is to an item among others.
func (z *itemizer) polite() {
	kept := z.items[:0:0]
	for i, it := range z.items {
		first, rest, _ := strings.Cut(it.Text, "\n")
		thanks := i == len(z.items)-1 && says(first, languages.thanks) && len(rest) <= 40 && !strings.Contains(rest, "\n")
		if !thanks && i == len(z.items)-1 && len(it.Text) <= 60 {
			if before, name, ok := strings.Cut(it.Text, ","); ok {
				thanks = says(before, languages.thanks) && capitalised(strings.TrimSpace(name)) && len(strings.Fields(name)) <= 3
			}
		}
		if len(z.items)+len(z.comments) > 1 && (thanks || i == 0 && rest == "" && greets(first)) {
			z.step("%q: a greeting or closing, no item", first)
			continue
		}
		kept = append(kept, it)
	}
	if len(kept)+len(z.comments) > 0 {
		z.items = kept
	}
}

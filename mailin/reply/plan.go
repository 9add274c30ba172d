package reply

import (
	"slices"
	"strconv"
	"strings"

	"daybreak/internal/team"
)

// besideLimit is how long, in bytes, words may be that stand beside a thing planned and not on a line below it.
const besideLimit = 80

// claimed takes from the lines what they say of the numbered plan, makes items of it, and gives the rest of the lines. Those that are free
// stand under no line of ours.
func (z *itemizer) claimed(lines []string, free bool) []string {
	if z.sent == nil || len(z.kinds) == 0 {
		return lines
	}
	type found struct {
		claims
		ok bool
	}
	var all []found // nil while there are none
	var code fence
	listed, strict, loose := 0, true, false
	for i, l := range lines {
		if code.after(l) {
			continue
		}
		c, ok := claimsIn(l)
		if !ok {
			c, ok = z.repeated(l)
		}
		if !ok {
			if n, size := numberOf(strings.TrimSpace(l)); size > 0 && n > 0 {
				strict = false // a list of something else
			}
			continue
		}
		if c.listed {
			listed++
			strict, loose = strict && z.counted(c.list), loose || c.loose
		}
		if all == nil {
			all = make([]found, len(lines))
		}
		all[i] = found{c, true}
	}
	if all == nil {
		if free {
			return z.onlyFate(lines)
		}
		return lines
	}
	if listed == 1 && loose { // "1. Done with the import" may be an answer to the first question
		strict = false
	}
	if listed > 0 && strict && listed == len(z.kinds) && listed > 1 {
		z.step("the numbers match the plan as well as the questions: taken for the plan's")
		z.unsure += 0.1
	}
	rest := make([]string, 0, len(lines))
	for i := 0; i < len(lines); i++ {
		c := all[i]
		if !c.ok && greets(strings.TrimSpace(lines[i])) {
			continue
		}
		if !c.ok || c.listed && !strict {
			rest = append(rest, lines[i])
			continue
		}
		if len(z.sent.Plan) == 0 {
			if all := c.list[0].all; !all && !c.loose {
				z.step("%q: the mail listed no plan: kept as said", strings.TrimSpace(lines[i]))
				z.unsure += 0.3
			}
			rest = append(rest, lines[i])
			continue
		}
		indent := indentOf(lines[i])
		last := &c.list[len(c.list)-1]
		for c.rest == "" && i+1 < len(lines) && !all[i+1].ok && strings.TrimSpace(lines[i+1]) != "" && indentOf(lines[i+1]) > indent {
			i++ // what stands below a number belongs to it
			last.more = strings.TrimSpace(last.more + "\n" + strings.TrimSpace(lines[i]))
		}
		for _, one := range c.list {
			if unknown := z.claim(one); unknown != "" {
				rest = append(rest, unknown)
			}
		}
		if c.rest != "" {
			rest = append(rest, c.rest)
		}
	}
	return rest
}

// onlyFate takes lines that are but a word such as "done" for what became of a plan that has one number. Of a longer one nobody knows.
func (z *itemizer) onlyFate(lines []string) []string {
	words := ""
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && words != "" {
			return lines
		} else if l != "" {
			words = l
		}
	}
	if len(words) > 40 || len(z.sent.Plan) == 0 {
		return lines
	}
	lower := strings.ToLower(words)
	f, ok := fateOf(lower)
	if rest := ""; ok {
		rest = strings.TrimRight(lower[len(f.text):], " .!\ufe0f")
		ok = rest == "" && !f.alone
	}
	switch {
	case !ok:
		return lines
	case len(z.sent.Plan) > 1:
		z.step("%q: nobody knows which of the %d numbers of the plan", words, len(z.sent.Plan))
		z.unsure += 0.3
		return lines
	}
	z.fate(0, f.fate, words, "")
	return nil
}

// repeated reads a line that says a thing planned again and what became of it: "Finish the import: done".
func (z *itemizer) repeated(line string) (claims, bool) {
	s := strings.TrimSpace(line)
	s = strings.TrimSpace(s[bulletOf(s):])
	if _, size := numberOf(s); size > 0 {
		s = strings.TrimSpace(s[size:])
	}
	for i, plan := range z.sent.Plan {
		plan, _, _ = strings.Cut(plan, "\n")
		plan = strings.TrimRight(plan, " .:;,。")
		if len(plan) == 0 || len(s) <= len(plan) || !strings.EqualFold(s[:len(plan)], plan) {
			continue
		}
		rest := strings.TrimLeft(s[len(plan):], " .:;,。-–—=(…")
		c, ok := claimsIn(strconv.Itoa(i+1) + " " + strings.TrimSuffix(rest, ")"))
		if rest != "" && ok && len(c.list) == 1 && !c.list[0].all && len(c.list[0].numbers) == 1 {
			c.list[0].words = s
			return c, true
		}
	}
	return claims{}, false
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t\u00a0")) }

// counted tells whether all the numbers are of the plan.
func (z *itemizer) counted(list []claim) bool {
	for _, c := range list {
		for _, n := range c.numbers {
			if n > len(z.sent.Plan) {
				return false
			}
		}
	}
	return true
}

// claim makes items of one claim. It gives the words of one that names a number which the plan does not have.
func (z *itemizer) claim(c claim) (unknown string) {
	if !z.counted([]claim{c}) {
		z.step("%q: the plan has %d numbers: kept as said", c.words, len(z.sent.Plan))
		z.unsure += 0.3
		if c.more != "" && !strings.HasSuffix(c.words, c.more) {
			return c.words + "\n" + c.more
		}
		return c.words
	}
	numbers := c.numbers
	if c.all {
		numbers = nil
		for n := range z.sent.Plan {
			numbers = append(numbers, n+1)
		}
	}
	for _, n := range numbers {
		f := c.fate
		if c.others && slices.Contains(c.numbers, n) {
			continue
		}
		if c.all && slices.Contains(c.numbers, n) { // "all done but 2"
			f = moved
			if c.fate != done {
				f = done
			}
		}
		z.fate(n-1, f, c.words, c.more)
	}
	return ""
}

// fate makes an item of what became of one thing planned.
func (z *itemizer) fate(index int, f fate, words, more string) {
	if more == "" && !z.first(index, f) {
		return
	}
	item := team.NewItem{Question: -1, Text: z.sent.Plan[index]}
	was := ""
	switch f {
	case done:
		item.Kind, was = team.Done, "done"
	case moved:
		item.Kind, was = team.Plan, "planned again"
	case stuck:
		item.Kind, was = team.Blocker, "stuck"
	default:
		item.Kind, was = team.Note, "dropped"
		item.Text = team.Dropped + item.Text
	}
	if item.Kind != team.Note {
		item.Question = z.questionFor(item.Kind)
	}
	switch {
	case more == "":
	case len(more) <= besideLimit && !strings.ContainsAny(item.Text+more, "\n()"):
		item.Text = strings.TrimSuffix(item.Text, ".") + " (" + strings.TrimSuffix(more, ".") + ")"
	default:
		item.Text += "\n" + more
	}
	z.items = append(z.items, item)
	z.step("%q: number %d of the plan is %s", words, index+1, was)
}

// first tells whether this was not told before of the thing planned: what is said twice is one item.
func (z *itemizer) first(index int, f fate) bool {
	told := toldFate{index, f}
	if z.told[told] {
		return false
	}
	if z.told == nil {
		z.told = map[toldFate]bool{}
	}
	z.told[told] = true
	return true
}

// again plans everything once more.
func (z *itemizer) again(words string) {
	for i, text := range z.sent.Plan {
		if !z.first(i, moved) {
			continue
		}
		z.items = append(z.items, team.NewItem{Kind: team.Plan, Question: z.questionFor(team.Plan), Text: text})
	}
	z.step("%q: the plan of last time once more, %d in number", words, len(z.sent.Plan))
}

// besidePlan makes items of what stands beside or below one line of the plan that we sent.
func (z *itemizer) besidePlan(lines []string, index int) bool {
	line := 0
	for line < len(lines) && strings.TrimSpace(lines[line]) == "" {
		line++
	}
	if line == len(lines) {
		return true
	}
	// Read as if the number stood before it.
	c, ok := claimsIn(strconv.Itoa(index+1) + " " + strings.TrimLeft(strings.TrimSpace(lines[line]), "-–—>→=:* "))
	if !ok || len(c.list) != 1 || c.list[0].all || len(c.list[0].numbers) != 1 {
		return false
	}
	more := c.list[0].more
	if c.rest != "" {
		more = strings.TrimSpace(more + "\n" + c.rest)
	}
	for _, text := range entries(lines[line+1:]) {
		more = strings.TrimSpace(more + "\n" + text)
	}
	z.fate(index, c.list[0].fate, strings.TrimSpace(lines[line]), more)
	return true
}

// numbered tells which things planned the text names, if it is nothing but their numbers.
func (z *itemizer) numbered(text string) []int {
	if z.sent == nil || len(z.sent.Plan) == 0 || len(text) > 40 || !mayClaim(text) {
		return nil
	}
	p := claimParser{text: strings.TrimSpace(text), lower: strings.ToLower(strings.TrimSpace(text))}
	if len(p.lower) != len(p.text) {
		return nil
	}
	numbers, _, ok := p.numbers()
	p.separators()
	if !ok || p.at < len(p.text) || !z.counted([]claim{{numbers: numbers}}) {
		return nil
	}
	return numbers
}

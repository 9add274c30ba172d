package reply

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of a text: letters and digits, without regard to case; web addresses are left out, since gateways
// and clients rewrite them.
type token struct {
	hash       uint64
	start, end int32 // byte offsets
}

// folded gives for each ASCII character what it is in a word: a letter in lower case, a digit, or a blank where it is in none.
const folded = "                " + "                " + "                " + "0123456789      " +
	" abcdefghijklmno" + "pqrstuvwxyz     " + " abcdefghijklmno" + "pqrstuvwxyz     "

// tokens appends the words of the text.
func tokens(to []token, text string) []token {
	const offset, prime = 14695981039346656037, 1099511628211
	hash, start, script := uint64(offset), -1, 0
	flush := func(end int) {
		if start >= 0 {
			to = append(to, token{hash, int32(start), int32(end)})
			hash, start = offset, -1
		}
	}
	for i := 0; i < len(text); {
		b := text[i]
		if b < utf8.RuneSelf {
			if letter := folded[b]; letter != ' ' {
				if start >= 0 && script != latin {
					flush(i)
				}
				if start < 0 {
					start, script = i, latin
				}
				hash = (hash ^ uint64(letter)) * prime // and on to the end of what is ASCII of the word
				for i++; i < len(text) && text[i] < utf8.RuneSelf && folded[text[i]] != ' '; i++ {
					hash = (hash ^ uint64(folded[text[i]])) * prime
				}
				continue
			}
			if b == ':' && start >= 0 && (strings.HasPrefix(text[i:], "://") || text[start:i] == "mailto") {
				hash, start = offset, -1
				for i < len(text) && text[i] > ' ' && text[i] != '>' && text[i] != ')' && text[i] != ']' {
					i++
				}
				continue
			}
			flush(i)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			flush(i)
			i += n
			continue
		}
		kind := scriptOf(r)
		if start >= 0 && kind != script || kind == alone {
			flush(i)
		}
		if start < 0 {
			start, script = i, kind
		}
		hash = (hash ^ uint64(unicode.ToLower(r))) * prime
		i += n
	}
	flush(len(text))
	return to
}

// mirror is the text that we sent, made ready to be found again.
type mirror struct {
	tokens    []token
	line      []int32   // the line of each token
	first     []int32   // the first token of each line, and the number of tokens at the end
	grams     []int32   // a hash table of the first place of each three words, plus one
	later     []int32   // the next place of the same three words, -1 for none
	questions [][]token // the words of each question
	asked     []token   // the room of these
	shown     []int16   // the number of the mark of the item of each line, 0 for none; nil if there are no marks
	plan      [][]token // the words of each thing planned, as the text shows it
}

const run = 5 // so many words in sequence cannot be chance

// reflect makes the text ready, in the room that m has.
func (m *mirror) reflect(o *Original) *mirror {
	m.tokens, m.line, m.first, m.questions = m.tokens[:0], m.line[:0], m.first[:0], m.questions[:0]
	asked := m.asked[:0]
	for _, q := range o.Questions {
		from := len(asked)
		asked = tokens(asked, q)
		m.questions = append(m.questions, asked[from:len(asked):len(asked)])
	}
	m.asked = asked
	m.plan, m.shown = planIn(o), nil
	if len(o.Marks) > 0 {
		m.shown = shown(o.Text, o.Marks)
	}
	for line := range strings.SplitSeq(o.Text, "\n") {
		before := len(m.tokens)
		m.tokens = tokens(m.tokens, line)
		if len(m.tokens) == before {
			continue
		}
		number := int32(len(m.first))
		m.first = append(m.first, int32(before))
		for range len(m.tokens) - before {
			m.line = append(m.line, number)
		}
	}
	m.first = append(m.first, int32(len(m.tokens)))
	m.later = numbers(m.later, len(m.tokens), 0)
	size := 16
	for size < 2*len(m.tokens) {
		size *= 2
	}
	m.grams = numbers(m.grams, size, 0)
	for i := len(m.tokens) - 3; i >= 0; i-- {
		slot := m.slot(m.tokens[i:])
		m.later[i] = m.grams[slot] - 1
		m.grams[slot] = int32(i) + 1
	}
	return m
}

// slot finds the place of three words in the table: the one they have, or a free one.
func (m *mirror) slot(t []token) int {
	mask := len(m.grams) - 1
	for slot := int(gram(t)>>20) & mask; ; slot = (slot + 1) & mask {
		at := m.grams[slot]
		if at == 0 || sameThree(m.tokens[at-1:], t) {
			return slot
		}
	}
}

func sameThree(a, b []token) bool {
	return a[0].hash == b[0].hash && a[1].hash == b[1].hash && a[2].hash == b[2].hash
}

func gram(t []token) uint64 {
	return (t[0].hash*0x9e3779b97f4a7c15^t[1].hash)*0x9e3779b97f4a7c15 ^ t[2].hash*0xff51afd7ed558ccd
}

// find gives the best place of the words in our text, near to and behind the place after, -1 for none.
func (m *mirror) find(words []token, after int32) int32 {
	if len(words) < 3 {
		return -1
	}
	at := m.grams[m.slot(words)] - 1
	best := at
	for tries := 0; at >= 0 && tries < 8; at, tries = m.later[at], tries+1 {
		if at >= after {
			return at
		}
	}
	return best
}

// passage is one run of words that a body has in common with our text.
type passage struct {
	from, to int   // tokens of the body
	at       int32 // the place of the first in our text
	marked   bool  // it begins in a line that is marked as quoted
	chained  bool  // it lies in the longest orderly chain
}

// align finds which lines of the body are ours. It walks once through both texts.
func (r *reader) align() {
	m := r.mirror
	if len(m.tokens) == 0 {
		return
	}
	words, starts := r.words[:0], r.starts[:0]
	for i := range r.lines {
		starts = append(starts, len(words))
		words = tokens(words, r.lines[i].Text)
	}
	starts = append(starts, len(words))

	ours := numbers(r.ours, len(words), -1) // the place of each word in our text, -1 for none
	found := r.found[:0]
	defer func() { r.words, r.starts, r.ours, r.found = words, starts, ours, found }()
	expect := int32(0)
	line := 0
	for t := 0; t < len(words); {
		for starts[line+1] <= t {
			line++
		}
		at := int32(-1)
		if int(expect) < len(m.tokens) && t == starts[line] && m.sameLine(words[t:starts[line+1]], expect) {
			at = expect // short lines such as a name are only known by their place
		} else {
			at = m.find(words[t:], expect)
		}
		if at < 0 {
			t++
			continue
		}
		n := 1
		for t+n < len(words) && int(at)+n < len(m.tokens) && words[t+n].hash == m.tokens[int(at)+n].hash {
			n++
		}
		if overlap := int(expect - at); overlap > 0 && overlap < n && t > starts[line] && t+overlap == starts[line+1] {
			t, at, n = t+overlap, expect, n-overlap // the line ends with words of ours said again; ours go on below it
			for starts[line+1] <= t {
				line++
			}
		}
		if n < run && !m.wholeLines(at, n) {
			t++
			continue
		}
		for k := range n {
			ours[t+k] = at + int32(k)
		}
		found = append(found, passage{from: t, to: t + n, at: at, marked: r.lines[line].Quote > 0})
		expect = at + int32(n)
		t += n
	}
	m.chain(found)
	covered, unmarked := 0, 0
	for _, p := range found {
		if p.chained {
			covered += p.to - p.from
			if !p.marked {
				unmarked += p.to - p.from
			}
		} else {
			for t := p.from; t < p.to; t++ {
				ours[t] = -1 // out of order: said again, not quoted
			}
		}
	}
	r.covered = covered
	r.wholly = unmarked*2 >= len(m.tokens) && unmarked >= 4
	for i := range r.lines {
		from, to := starts[i], starts[i+1]
		n := 0
		for t := from; t < to; t++ {
			if ours[t] >= 0 {
				n++
			}
		}
		l := &r.lines[i]
		switch {
		case to == from: // a web address or an ornament goes with what is around it
			l.mixed = strings.Contains(l.clean, "://") || l.clean != "" && !r.sight(i).has(letterSign)
		case n == to-from:
			l.ours = true
		case n >= 3 && ours[from+n-1] >= 0 && ours[from] >= 0 && ours[from+n-1]-ours[from] == int32(n-1) && m.wholeLines(ours[from], n):
			l.ours = true // a whole line of ours, and words beside it
			l.keepRest(int(words[from+n-1].end))
		case n >= 8 && n*10 >= (to-from)*8:
			l.ours = true
		case n*2 >= to-from:
			l.mixed = true
		}
	}
	r.quoteQuestions(words, starts)
	r.quotePlan(words, starts)
	r.ofItems(ours, starts)
	r.insertions(ours, starts)
}

// seam is how many words of ours may be missing where somebody typed something in between: a mark such as "[a1]", a label.
const seam = 4

// insertions finds the lines that stand between two of ours which follow each other in our text, or below the last words of it: nobody but
// the person can have put them there.
func (r *reader) insertions(ours []int32, starts []int) {
	end := int32(len(r.mirror.tokens))
	below := numbers(r.under, len(r.lines), 0) // the place of ours below each line
	r.under = below
	next := end
	for i := len(r.lines) - 1; i >= 0; i-- {
		below[i] = next
		for t := starts[i+1] - 1; t >= starts[i]; t-- {
			if ours[t] >= 0 {
				next = ours[t]
			}
		}
	}
	above, level := int32(-1), 0
	for i := range r.lines {
		l := &r.lines[i]
		l.inserted = above >= 0 && !l.ours && !l.mixed && l.Quote >= level && below[i]-above <= seam+1
		for t := starts[i]; t < starts[i+1]; t++ {
			if ours[t] >= 0 {
				above, level = ours[t], l.Quote // what stands around a quote within a quote was said before
			}
		}
	}
}

// chain marks the passages that together, in their order, make the longest stretch of our text.
func (m *mirror) chain(found []passage) {
	if len(found) == 0 {
		return
	}
	// best[k] is the heaviest chain that ends before place k of our text, kept as a Fenwick tree of maxima.
	tree := make([]int32, len(m.tokens)+2) // index into found, 1-based, 0 for none
	weight := make([]int, len(found)+1)
	back := make([]int32, len(found)+1)
	top := 0
	for i := range found {
		p := &found[i]
		best := int32(0)
		for k := int(p.at) + 1; k > 0; k -= k & -k {
			if weight[tree[k]] > weight[best] {
				best = tree[k]
			}
		}
		id := i + 1
		weight[id] = weight[best] + 2*(p.to-p.from)
		if p.marked { // of two alike, the one that is marked
			weight[id]++
		}
		back[id] = best
		for k := int(p.at) + p.to - p.from + 1; k < len(tree); k += k & -k {
			if weight[id] > weight[tree[k]] {
				tree[k] = int32(id)
			}
		}
		if weight[id] > weight[top] {
			top = id
		}
	}
	for id := top; id > 0; id = int(back[id]) {
		found[id-1].chained = true
	}
}

// sameLine tells whether the words are a whole line of our text that begins at the place.
func (m *mirror) sameLine(words []token, place int32) bool {
	line := m.line[place]
	if m.first[line] != place || int(m.first[line+1]-place) != len(words) {
		return false
	}
	for i, w := range words {
		if m.tokens[int(place)+i].hash != w.hash {
			return false
		}
	}
	return true
}

// wholeLines tells whether n words from the place are whole lines of our text.
func (m *mirror) wholeLines(place int32, n int) bool {
	end := place + int32(n)
	return m.first[m.line[place]] == place && (int(end) == len(m.tokens) || m.first[m.line[end]] == end)
}

// quoteQuestions finds our questions in the body: as a line, as the beginning of one, or wrapped over several.
func (r *reader) quoteQuestions(words []token, starts []int) {
	for i := range r.lines {
		from := starts[i]
		if from == starts[i+1] {
			continue
		}
		for q, question := range r.mirror.questions {
			skip := 0
			if n := len(question); n == 0 {
				continue
			} else if words[from].hash != question[0].hash { // past a number: "1. What got done?"
				if from+1 >= starts[i+1] || words[from+1].hash != question[0].hash || words[from].end-words[from].start > 2 {
					continue
				}
				skip = 1
			}
			last, end, ok := r.stands(words, starts, i, skip, question)
			if !ok {
				continue
			}
			if end < starts[last+1] { // words beside the question are an answer, but not if it goes on as a sentence
				tail := strings.TrimLeft(r.lines[last].Text[words[end-1].end:], " *_\u00a0")
				if tail != "" && strings.IndexAny(tail, "?？!.:：;)]-–—=>→") != 0 {
					continue
				}
			}
			for k := i; k <= last; k++ {
				r.lines[k].ours, r.lines[k].asked = true, true
			}
			r.lines[last].question, r.lines[last].beside = int16(q), 0
			if end < starts[last+1] {
				r.lines[last].keepRest(int(words[end-1].end))
			}
			break
		}
	}
}

// stands tells whether the words stand in line i, skip words after its beginning, and on over the lines below it: up to which line and
// which word of the body.
func (r *reader) stands(words []token, starts []int, i, skip int, what []token) (last, end int, ok bool) {
	from := starts[i] + skip
	end = from + len(what)
	if end > len(words) || !equal(words[from:end], what) {
		return 0, 0, false
	}
	for last = i; starts[last+1] < end; {
		last++
	}
	return last, end, last-i <= 3
}

// planAge stands in the text part of our prompts before how old a thing planned is, behind its words.
const planAge = " (since "

// planIn finds the numbered plan in the text that we sent: the words of each thing planned, nil for one that is not there.
func planIn(o *Original) [][]token {
	if len(o.Plan) == 0 {
		return nil
	}
	plan := make([][]token, len(o.Plan))
	next := 0 // number of the item that is looked for, or was found last
	for _, line := range strings.Split(o.Text, "\n") {
		s := strings.TrimLeft(line, " ")
		switch rest, isNext := strings.CutPrefix(s, strconv.Itoa(next+1)+". "); {
		case isNext && next < len(plan):
			words, _, _ := strings.Cut(rest, planAge)
			shown, whole := tokens(nil, rest), tokens(nil, o.Plan[next])
			if n := min(len(tokens(nil, words)), 3); n == 0 || len(whole) < n || !equal(whole, shown[:n]) {
				continue
			}
			plan[next] = shown
			next++
		case next > 0 && s != "" && len(line)-len(s) >= 4: // the line was too long
			plan[next-1] = tokens(plan[next-1], s)
		case next == len(plan) || next > 0 && s == "":
			return plan
		}
	}
	return plan
}

// quotePlan finds the things planned, as we numbered them, in the lines that are quoted or known to be ours.
func (r *reader) quotePlan(words []token, starts []int) {
	for i := range r.lines {
		from := starts[i]
		if from == starts[i+1] || !r.lines[i].ours && r.lines[i].Quote == 0 || r.lines[i].asked {
			continue
		}
		for n, item := range r.mirror.plan {
			skip := 0
			if len(item) == 0 {
				continue
			} else if words[from].hash != item[0].hash {
				// Past a number: any, since a list that is parted begins to count anew.
				if number := words[from]; number.end-number.start > 1 || r.lines[i].Text[number.start] < '1' || r.lines[i].Text[number.start] > '9' {
					continue
				}
				skip = 1
			}
			last, end, ok := r.stands(words, starts, i, skip, item)
			if !ok { // perhaps its first line, with an answer below it
				whole := words[from+skip : starts[i+1]]
				if len(whole) < 3 || len(whole) > len(item) || !equal(item, whole) {
					continue
				}
				last, end = i, starts[i+1]
			}
			for k := i; k <= last; k++ {
				r.lines[k].ours, r.lines[k].beside = true, 0
			}
			r.lines[last].planned = int16(n + 1)
			if end < starts[last+1] {
				r.lines[last].keepRest(int(words[end-1].end))
			}
			break
		}
	}
}

func equal(a, b []token) bool {
	for i := range b {
		if a[i].hash != b[i].hash {
			return false
		}
	}
	return true
}

package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// trim leaves out what people and programs put under (and gateways above) the words.
func (r *reader) trim() {
	first, quoted := -1, false
	for i := range r.lines {
		l := &r.lines[i]
		switch {
		case l.clean == "":
		case l.why != kept && l.beside == 0:
			quoted = quoted || l.why != whyBanner
		case first < 0 && !l.Sign && r.sight(i).has(letterSign):
			first = i
		}
	}
	if first < 0 && !quoted {
		return // nothing but what markup calls a signature: when unsure, keep
	}
	for i := range r.lines {
		if r.lines[i].Sign {
			r.leaveOut(i, i+1, whySignature)
		}
	}
	if first < 0 {
		return
	}
	t := trimmer{reader: r, first: first, quoted: quoted}
	t.banner()
	for i := 0; i < len(r.lines); {
		if !r.own(i) {
			i++
			continue
		}
		end := i + 1
		for end < len(r.lines) && (r.lines[end].clean == "" || r.own(end)) {
			end++
		}
		t.from, t.to = i, end
		for range 40 {
			t.to = t.lastOwn() + 1
			if t.to <= t.from || !t.bottom() {
				break
			}
		}
		i = end
	}
}

// own tells whether the line is kept as the person's.
func (r *reader) own(i int) bool { return r.lines[i].clean != "" && r.lines[i].why == kept }

// trimmer works on one stretch of own lines.
type trimmer struct {
	*reader
	first    int  // the first own line of the mail
	quoted   bool // something was left out already
	from, to int  // the stretch; to is behind its last own line
}

func (t *trimmer) lastOwn() int {
	i := t.to - 1
	for i >= t.from && !t.own(i) {
		i--
	}
	return i
}

// bottom leaves out one thing at the bottom of the stretch and tells whether it did.
func (t *trimmer) bottom() bool {
	last := t.to - 1
	l := &t.lines[last]
	if isOrnament(l.clean) && (last > t.first || t.quoted) {
		l.why = whyRule
		return true
	}
	if isPhone(l.clean, t.sight(last)) && (last > t.first || t.quoted) {
		l.why = whyPhone
		if above := last - 1; above > t.first && above >= t.from && t.own(above) && t.nameLike(above) &&
			(above == t.from || t.lines[above-1].clean == "") {
			t.lines[above].why = whySignature // a name and "via mobile", a paragraph for themselves
		}
		return true
	}
	start := last // of the paragraph
	size := len(l.clean)
	for start > t.from && last-start < 60 && t.own(start-1) {
		start--
		size += len(t.lines[start].clean)
	}
	above := start > t.first || t.quoted
	if above && size <= 6000 {
		if why := t.smallPrint(start, last, size); why != kept {
			t.leaveOut(start, last+1, why)
			return true
		}
	}
	if t.delimited() || t.closing() || t.fullName() {
		return true
	}
	if start > t.first && t.contacts(start, last) {
		t.leaveOut(start, last+1, whySignature)
		t.unsure += 0.1
		return true
	}
	if last > t.first && t.signed(last) {
		l.why = whyClosing
		return true
	}
	return false
}

// delimited leaves out a signature below "-- " and its relatives.
func (t *trimmer) delimited() bool {
	d, below := -1, 0
	for i := t.to - 1; i >= t.from && below <= 30; i-- {
		if !t.own(i) {
			continue
		}
		if isRule(t.lines[i].clean) || t.lines[i].clean == "--" || t.lines[i].clean == "—" || t.lines[i].clean == "__" {
			d = i
			break
		}
		below++
	}
	if d < 0 || below == 0 || d < t.first || d == t.first && !t.quoted {
		return false
	}
	rule := t.lines[d].clean
	plain, strict := true, rule == "--" && strings.HasSuffix(strings.ReplaceAll(t.lines[d].Text, "\u00a0", " "), "- ")
	for i := d + 1; i < t.to; i++ {
		if t.own(i) && !t.signatureLike(i) {
			plain = false
		}
	}
	first := t.next(d + 1)
	switch {
	case strict:
	case rule == "--":
		if below > 12 || !plain && (below > 3 || !t.signatureLike(first) || t.listed(d+1, t.to)) {
			return false
		}
	case strings.Trim(rule, "_") == "" && len(rule) >= 20:
		if below > 6 || t.listed(d+1, t.to) {
			return false
		}
	default:
		if below > 6 || !plain || !t.nameLike(first) {
			return false
		}
	}
	if !strict {
		t.unsure += 0.03
	}
	t.leaveOut(d, t.to, whySignature)
	return true
}

// listed tells whether there are bullets or headings in the lines: then they are no signature.
func (t *trimmer) listed(from, to int) bool {
	for i := from; i < to; i++ {
		if t.own(i) && (bulletOf(t.lines[i].clean) > 0 || headingOf(t.lines[i].clean, true).size > 0) {
			return true
		}
	}
	return false
}

// signatureLike tells whether the line could stand in a signature: short, no sentence, no bullet, no heading.
func (t *trimmer) signatureLike(i int) bool {
	s := t.lines[i].clean
	if len(s) > 100 || bulletOf(s) > 0 || headingOf(s, false).size > 0 {
		return false
	}
	see := t.sight(i)
	lower := strings.ToLower(s[:min(len(s), 5)])
	if strings.HasPrefix(lower, "ps") || strings.HasPrefix(lower, "p.s") {
		return false
	}
	switch s[len(s)-1] {
	case '.', '!', '?', ':':
		return see.words < 4 || see.has(addressSign)
	}
	return see.words <= 10 || see.has(addressSign) || strings.Contains(s, "|")
}

// nameLike tells whether the line may be a name: the sender's, if that is known.
func (t *trimmer) nameLike(i int) bool {
	if i >= len(t.lines) {
		return false
	}
	s := t.lines[i].clean
	if s == "" || len(s) > 50 || bulletOf(s) > 0 || headingOf(s, false).size > 0 {
		return false
	}
	if len(t.names) > 0 {
		return t.isSender(s)
	}
	return capitalised(s) && t.sight(i).words <= 4
}

// capitalised tells whether every word but small ones begins as names do.
func capitalised(s string) bool {
	if r, _ := utf8.DecodeLastRuneInString(s); r == '.' || r == '!' || r == '?' || r == ':' || r == ';' {
		return false
	}
	for _, w := range strings.Fields(s) {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && len(w) > 3 || unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// isSender tells whether the words are the sender's name, or begin with it and go on for a word or two.
func (t *trimmer) isSender(s string) bool {
	known, unknown := 0, 0
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		found := false
		for _, n := range t.names {
			found = found || n == w || len(w) == 1 && strings.HasPrefix(n, w)
		}
		if found {
			known++
		} else {
			unknown++
		}
	}
	return known > 0 && unknown <= known
}

// closing leaves out "Best regards," and what is below it.
func (t *trimmer) closing() bool {
	reach := false
	for i, below := t.to-1, 0; i >= t.from && (below <= 7 || reach && below <= 16); i-- {
		if !t.own(i) {
			continue
		}
		if i > t.first && t.isClosing(i) {
			if below == 0 && says(t.lines[i].clean, languages.thanks) {
				return false // "Cheers" alone is said, not signed
			}
			for k := i + 1; k < t.to; k++ {
				if t.own(k) && !t.signatureLike(k) {
					return false
				}
			}
			t.leaveOut(i, t.to, whyClosing)
			return true
		}
		if !t.signatureLike(i) {
			return false
		}
		reach = reach || t.reaches(i)
		below++
	}
	return false
}

// reaches tells whether the line has a way to reach somebody.
func (t *trimmer) reaches(i int) bool {
	s := t.lines[i].clean
	return t.sight(i).has(addressSign) || strings.Contains(s, "www.") || strings.Contains(s, "://") || strings.Contains(s, "[cid:") || digitsOf(s) >= 7
}

func digitsOf(s string) (n int) {
	for k := range len(s) {
		if s[k] >= '0' && s[k] <= '9' {
			n++
		}
	}
	return n
}

// fullName leaves out a signature that begins with the sender's full name, in a paragraph of its own.
func (t *trimmer) fullName() bool {
	reach := false
	for i, below := t.to-1, 0; i >= t.from && i > t.first && below <= 12; i-- {
		if !t.own(i) {
			continue
		}
		s := t.lines[i].clean
		name, _, _ := strings.Cut(s, "|")
		if len(s) <= 80 && (i == t.from || t.lines[i-1].clean == "") && len(strings.Fields(name)) >= 2 && t.allSender(name) && (below <= 4 || reach) {
			t.leaveOut(i, t.to, whySignature)
			return true
		}
		if !t.signatureLike(i) {
			return false
		}
		reach = reach || t.reaches(i) || strings.Contains(s, "+")
		below++
	}
	return false
}

// isClosing tells whether the line is "Best regards", alone or with a name behind it.
func (t *trimmer) isClosing(i int) bool {
	s := t.lines[i].clean
	if len(s) > 80 {
		return false
	}
	lower := strings.ToLower(strings.TrimRight(s, ",.!;:-–—~ 。、，！،*_)"))
	lower = strings.TrimLeft(lower, "*_-–—/ ")
	if languages.closings[lower] {
		return true
	}
	if n := strings.IndexByte(lower, '/'); n > 0 && languages.closings[strings.TrimSpace(lower[:n])] {
		return languages.closings[strings.TrimSpace(lower[n+1:])] // in two languages
	}
	if n := strings.IndexAny(lower, ",.!-–—，،"); n > 0 && languages.closings[strings.TrimSpace(lower[:n])] {
		rest := strings.TrimLeft(s[min(n, len(s)):], ",.!-–—，* ")
		return capitalised(rest) && len(strings.Fields(rest)) <= 4
	}
	words := strings.Fields(lower)
	for n := min(len(words)-1, 6); n >= 1; n-- {
		if languages.closings[strings.Join(words[:n], " ")] {
			rest := strings.Join(words[n:], " ") // after one word, only the sender's name
			return len(words)-n <= 3 && (n > 1 && capitalised(strings.Join(strings.Fields(s)[n:], " ")) || len(t.names) > 0 && t.allSender(rest))
		}
	}
	return false
}

// contacts tells whether the paragraph is a name with ways to reach it.
func (t *trimmer) contacts(start, last int) bool {
	if last-start < 2 || last-start > 9 || !t.nameLike(start) {
		return false
	}
	if t.sight(start).has(addressSign) && t.sight(start+1).has(addressSign) {
		return false // a list of people
	}
	reach, web := 0, 0
	for i := start + 1; i <= last; i++ {
		s := t.lines[i].clean
		if !t.signatureLike(i) {
			return false
		}
		digits := digitsOf(s)
		switch {
		case t.sight(i).has(addressSign) || digits >= 7 && digits*2 >= len(s)-8:
			reach++
		case strings.Contains(s, "www.") || strings.Contains(s, "://"):
			web++
		}
	}
	return reach >= 1 && reach+web >= 2 && (reach+web)*2 >= last-start+1
}

// signed tells whether the line is the sender's name, or "-Name".
func (t *trimmer) signed(last int) bool {
	s := t.lines[last].clean
	if len(s) > 40 {
		return false
	}
	bare := strings.TrimLeft(s, "-–—/~")
	if above := last - 1; bare == s && above >= t.from && t.own(above) && says(t.lines[above].clean, languages.thanks) {
		return false // "Thanks," is said, and the name belongs to it
	}
	if len(t.names) > 0 {
		words := len(strings.Fields(bare))
		return words > 0 && words <= 3 && bulletOf(bare) == 0 && t.allSender(bare)
	}
	if bare == s || strings.HasPrefix(bare, " ") || bare == "" || len(strings.Fields(bare)) > 3 {
		return false
	}
	for _, r := range bare {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != ' ' && r != '.' {
			return false
		}
	}
	for i, n := last-1, 0; i >= t.from && n < 12; i, n = i-1, n+1 {
		if t.lines[i].clean != "" && strings.ContainsRune("-–—*•", firstRune(t.lines[i].clean)) {
			return false // a list
		}
	}
	return true
}

func (t *trimmer) allSender(s string) bool {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	for _, w := range fields {
		found := false
		for _, n := range t.names {
			found = found || n == w
		}
		if !found {
			return false
		}
	}
	return len(fields) > 0
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

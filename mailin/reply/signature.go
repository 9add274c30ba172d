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
	t := trimmer{reader: r, first: first, quoted: quoted}
	if first < 0 {
		t.first = t.typed()
	}
	for i := range r.lines {
		if r.lines[i].Sign && t.first == first {
			r.leaveOut(i, i+1, whySignature)
		}
	}
	if t.first < 0 {
		return
	}
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

// typed gives the first line of what markup calls a signature if the person's words were typed into that, as happens on
// phones: there are no others, and one of its lines is no line of a signature. It gives -1 if not.
func (t *trimmer) typed() int {
	first := -1
	for i := range t.lines {
		l := &t.lines[i]
		if !t.own(i) || !l.Sign || !t.sight(i).has(letterSign) {
			continue
		}
		if first < 0 {
			first = i
		}
		if !t.signatureLike(i) && !isPhone(l.clean, t.sight(i)) {
			t.step("line %d: kept: typed where the signature stands", i+1)
			return first
		}
		if l.clean == "--" || isRule(l.clean) {
			return -1
		}
	}
	return -1
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
		if above := last - 1; above > t.first && above >= t.from && t.own(above) && t.nameLike(above) && (len(t.names) > 0 || t.sight(above).words == 2) &&
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
	if legal := t.legalAbove(start, last); legal >= 0 {
		t.leaveOut(legal, last+1, whyLegal)
		return true
	}
	if t.delimited() || t.closing() || t.fullName() {
		return true
	}
	if start = t.contactsAbove(start, last); start >= 0 {
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
	if above := d - 1; above >= t.from && len(rule) >= 4 && rule[0] != '_' && t.own(above) {
		if n := utf8.RuneCountInString(t.lines[above].clean); n >= len(rule)-3 && n <= len(rule)+3 {
			return false // it underlines a heading
		}
	}
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
		if !plain || !t.boxed(d) && (below > 6 || !t.nameLike(first)) {
			return false
		}
	}
	if !strict {
		if t.repeats(d) || numbered(t.lines[first].clean) {
			return false
		}
		t.unsure += 0.03
	}
	t.leaveOut(d, t.to, whySignature)
	return true
}

// repeats tells whether the same line is drawn further up too: then it parts sections, and signs nothing.
func (t *trimmer) repeats(d int) bool {
	for i, n := d-1, 0; i >= t.from && n < 30; i, n = i-1, n+1 {
		if t.own(i) && t.lines[i].clean == t.lines[d].clean {
			return true
		}
	}
	return false
}

// boxed tells whether the same line is drawn below, and a mail or web address stands between: a Japanese signature.
func (t *trimmer) boxed(d int) bool {
	below := t.next(t.to)
	if below >= len(t.lines) || t.lines[below].why != whyRule || t.lines[below].clean != t.lines[d].clean {
		return false
	}
	for i := d + 1; i < t.to; i++ {
		if t.own(i) && (t.sight(i).has(addressSign) || hasWeb(t.lines[i].clean)) {
			return !t.listed(d+1, t.to)
		}
	}
	return false
}

// numbered tells whether the line is an entry of a numbered list: "3) paint", "3. paint".
func numbered(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return len(rest) < len(s) && len(rest) > 1 && (rest[0] == ')' || rest[0] == '.') && rest[1] == ' '
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

// reaches tells whether the line has a way to reach somebody.
func (t *trimmer) reaches(i int) bool {
	s := t.lines[i].clean
	return t.sight(i).has(addressSign) || hasWeb(s) || strings.Contains(s, "[cid:") || digitsOf(s) >= 7
}

// hasWeb tells whether there is a web address in the line.
func hasWeb(s string) bool { return strings.Contains(s, "www.") || strings.Contains(s, "://") }

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
		if len(s) <= 80 && (i == t.from || t.lines[i-1].clean == "") && wholeName(name) && t.allSender(name) && (below <= 4 || reach) {
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

// contactsAbove gives where a name with ways to reach it begins that ends at last, -1 if there is none: at start, or above
// it, since in HTML each of its lines may be a paragraph.
func (t *trimmer) contactsAbove(start, last int) int {
	for n := 0; n < 9 && start > t.first; n++ {
		if t.contacts(start, last) {
			return start
		}
		above := start - 1
		for above > t.first && start-above <= 3 && t.lines[above].clean == "" {
			above--
		}
		if !t.own(above) || !t.signatureLike(above) {
			break
		}
		start = above
	}
	return -1
}

// contacts tells whether the lines are a name with ways to reach it.
func (t *trimmer) contacts(start, last int) bool {
	if last == start || last-start > 30 || !t.nameLike(start) {
		return false
	}
	if t.sight(start).has(addressSign) && t.sight(t.next(start+1)).has(addressSign) {
		return false // a list of people
	}
	reach, web, count := 0, 0, 1
	mails, phones, named := 0, 0, 0
	for i := start + 1; i <= last; i++ {
		s := t.lines[i].clean
		if s == "" {
			continue
		}
		count++
		if !t.signatureLike(i) {
			return false
		}
		digits := digitsOf(s)
		switch mail := t.sight(i).has(addressSign); {
		case mail && mails > 0, !mail && digits >= 7 && named > phones && phones > 0:
			return false // a list of people
		case mail:
			reach++
			mails++
		case digits >= 7 && digits*2 >= len(s)-8:
			reach++
			phones++
			named = phones
		case hasWeb(s) || isDomain(s):
			web++
		default:
			named = phones + 1
		}
	}
	if count < 3 || reach < 1 {
		return false
	}
	if below := t.next(t.to); below < len(t.lines) && t.lines[below].why == whyLegal && count <= 6 {
		return true // a legal notice stands below signatures
	}
	return count <= 10 && reach+web >= 2 && (reach+web)*2 >= count
}

// isDomain tells whether the line is the name of a host alone, as a link shows it.
func isDomain(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 2 || len(s)-dot < 3 || len(s) > 60 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '.' && c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
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
	words := len(strings.Fields(bare))
	if bare == s || strings.HasPrefix(bare, " ") || words == 0 || words > 3 || t.sight(last).words > 4 || words > 1 && !capitalised(strings.TrimRight(bare, ".")) {
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

package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// claim is a person's word on things planned: "1 and 3 done: with tests".
type claim struct {
	numbers []int // from 1 on
	all     bool  // all but the numbers
	others  bool  // all that the other claims of the line leave
	fate    fate
	words   string // as it stands in the line
	more    string // what is said besides
}

// claims is a line that says what became of things planned, by their numbers.
type claims struct {
	list   []claim
	rest   string // what comes after a full stop, and is no claim
	listed bool   // the line begins like one of a numbered list: "1. done"
	loose  bool   // words follow that nothing separates from the claim: "1. done with it"
}

// longestClaims is the length in bytes beyond which a line is prose.
const longestClaims = 300

// claimsIn reads a line such as "1 done, 2 moved to Friday". It is not ok if the line says anything else.
func claimsIn(line string) (claims, bool) {
	if len(line) > longestClaims || !mayClaim(line) {
		return claims{}, false
	}
	line = strings.TrimSpace(strings.ReplaceAll(line, "\u00a0", " "))
	p := claimParser{text: line, lower: strings.ToLower(line)}
	if len(p.lower) != len(p.text) { // some letters change their length
		p.lower = p.text
	}
	if size := bulletOf(line); size > 0 {
		if _, isFate := fateOf(p.lower); !isFate {
			p.at = size
		}
	}
	if n := strings.IndexAny(line[:min(len(line), 30)], ",!"); n > 0 && greets(line[:n]) {
		p.at = n + 1
	}
	var c claims
	for first := true; ; first = false {
		if p.spaces(); !first {
			p.separators()
		}
		if p.at >= len(p.text) || !first && lexicon.polite[wordsIn(p.lower[p.at:])] {
			break
		}
		one, ok := p.claim(first, &c)
		if !ok {
			if len(c.list) == 0 || !p.stopped {
				return claims{}, false
			}
			c.rest = strings.TrimSpace(p.text[p.at:])
			break
		}
		if one.others {
			for _, before := range c.list {
				one.numbers = append(one.numbers, before.numbers...)
			}
		}
		c.list = append(c.list, one)
	}
	return c, len(c.list) > 0
}

// mayClaim tells quickly that most lines make no claims.
func mayClaim(line string) bool {
	line = strings.TrimLeft(line, " \t\u00a0-*+•")
	for i := 0; i < len(line); i++ {
		if b := line[i]; b >= '0' && b <= '9' {
			return true
		}
	}
	if line == "" {
		return false
	}
	first := unicode.ToLower(firstRune(line))
	return len(lexicon.all[first]) > 0 && len(line) <= 100 || first >= utf8.RuneSelf && strings.ContainsFunc(line, unicode.IsDigit)
}

// claimParser goes through one line.
type claimParser struct {
	text, lower string // of the same length
	at          int
	stopped     bool // the separators before the place end a sentence
}

func (p *claimParser) spaces() {
	for p.at < len(p.text) {
		if b := p.text[p.at]; b == ' ' || b == '\t' {
			p.at++
		} else if strings.HasPrefix(p.text[p.at:], "\ufe0f") {
			p.at += len("\ufe0f")
		} else {
			return
		}
	}
}

// separators goes past what stands between claims.
func (p *claimParser) separators() {
	p.stopped = false
	for {
		p.spaces()
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case n == 0:
			return
		case strings.ContainsRune(".!。！\n", r):
			p.stopped = true
			p.at += n
		case strings.ContainsRune(",;·|/、，；،؛～👍🙂😀🎉", r):
			p.at += n
		default:
			join := beginning(lexicon.joins, p.lower[p.at:])
			if join == 0 {
				return
			}
			p.at += join
		}
	}
}

// number reads one number, with what may stand before it and a mark such as "." right behind it. mark is 0 if there is none.
func (p *claimParser) number() (value int, mark byte, ok bool) {
	start := p.at
	if n := beginning(lexicon.number, p.lower[p.at:]); n > 0 {
		p.at += n
		p.spaces()
	} else if strings.HasPrefix(p.text[p.at:], "#") || strings.HasPrefix(p.text[p.at:], "(") {
		p.at++
	}
	digits := 0
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		d, isDigit := digitOf(r)
		if !isDigit || digits == 3 {
			break
		}
		value = value*10 + d
		digits++
		p.at += n
	}
	rest := p.text[p.at:]
	next := firstRune(rest)
	if digits == 0 || digits > 2 || value == 0 || rest != "" && (strings.ContainsRune("%°€$£", next) || unicode.IsLetter(next) && scriptOf(next) != alone) {
		p.at = start
		return 0, 0, false
	}
	if key := "\ufe0f\u20e3"; strings.HasPrefix(rest, key) {
		p.at += len(key)
		return value, '.', true
	}
	if rest != "" && strings.IndexByte(".):", rest[0]) >= 0 {
		if _, another := digitOf(firstRune(rest[1:])); another && len(rest) > 1 { // 1.5, 1:30
			p.at = start
			return 0, 0, false
		}
		mark = rest[0]
		p.at++
	}
	return value, mark, true
}

// digitOf is the value of a decimal digit of any script.
func digitOf(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	if r < utf8.RuneSelf {
		return 0, false
	}
	for _, zero := range []rune{'０', '٠', '۰', '०', '০', '๐'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

// numbers reads "1", "1, 2 and 5", "1-3".
func (p *claimParser) numbers() (list []int, mark byte, ok bool) {
	value, mark, ok := p.number()
	if !ok {
		return nil, 0, false
	}
	list = append(list, value)
	for len(list) < 20 {
		before := p.at
		p.spaces()
		if r, n := utf8.DecodeRuneInString(p.text[p.at:]); r == '-' || r == '–' || r == '~' || r == '〜' {
			p.at += n
			p.spaces()
			to, _, ok := p.number()
			last := list[len(list)-1]
			if !ok || to <= last || to-last > 20 {
				p.at = before
				return list, mark, true
			}
			for v := last + 1; v <= to; v++ {
				list = append(list, v)
			}
			continue
		}
		p.separators()
		next, m, ok := p.number()
		if p.stopped || !ok {
			p.at = before
			break
		}
		list, mark = append(list, next), m
	}
	return list, mark, true
}

// claim reads one claim: numbers and a fate, a fate and numbers, or "all" and a fate.
func (p *claimParser) claim(first bool, c *claims) (claim, bool) {
	start := p.at
	numbers, mark, ok := p.numbers()
	if ok {
		if f, ok := p.fate(); ok {
			one := claim{numbers: numbers, fate: f.fate}
			if f.when {
				one.more = strings.TrimSpace(p.text[p.at-len(f.text) : p.at])
			}
			c.listed = c.listed || first && mark != 0 && len(numbers) == 1
			if ok := p.besides(&one, f, c); ok {
				one.words = strings.TrimSpace(p.text[start:p.at])
				return one, true
			}
		}
		p.at = start
		return claim{}, false
	}
	if n := beginning(lexicon.rest, p.lower[p.at:]); n > 0 && !first {
		p.at += n
		if f, ok := p.fate(); ok && p.ended() {
			return claim{all: true, others: true, fate: f.fate, words: strings.TrimSpace(p.text[start:p.at])}, true
		}
		p.at = start
	}
	if n := beginning(lexicon.all, p.lower[p.at:]); n > 0 {
		p.at += n
		if one, ok := p.everything(); ok {
			one.words = strings.TrimSpace(p.text[start:p.at])
			return one, true
		}
		p.at = start
	}
	if f, ok := fateOf(p.lower[p.at:]); ok {
		p.at += len(f.text)
		p.spaces()
		colon := p.at < len(p.text) && (p.text[p.at] == ':' || p.text[p.at] == '-')
		if colon {
			p.at++
			p.spaces()
		}
		if numbers, _, ok := p.numbers(); ok && (colon || !f.alone) && p.ended() {
			return claim{numbers: numbers, fate: f.fate, words: strings.TrimSpace(p.text[start:p.at])}, true
		}
		p.at = start
	}
	return claim{}, false
}

// fate reads what became of the numbers before, past what may stand between: "2: is → moved".
func (p *claimParser) fate() (fatePhrase, bool) {
	start, arrow := p.at, -1
	for range 8 {
		p.spaces()
		if f, ok := fateOf(p.lower[p.at:]); ok && (arrow < 0 || !strings.ContainsAny(f.text, "→>➡")) {
			next := p.at + len(f.text)
			if arrow < 0 && strings.ContainsAny(f.text, "→>➡") { // between the number and its fate, or the fate itself
				arrow = next
				p.at = next
				continue
			}
			p.at = next
			return f, true
		}
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case n > 0 && strings.ContainsRune(":=-–—：", r):
			p.at += n
		default:
			n := beginning(lexicon.is, p.lower[p.at:])
			if n == 0 {
				if arrow >= 0 {
					p.at = arrow
					return fatePhrase{text: "→", fate: moved}, true
				}
				p.at = start
				return fatePhrase{}, false
			}
			p.at += n
		}
	}
	p.at = start
	return fatePhrase{}, false
}

// everything reads what stands behind "all": a fate, and perhaps numbers that it does not hold for.
func (p *claimParser) everything() (claim, bool) {
	f, ok := p.fate()
	if !ok {
		return claim{}, false
	}
	one := claim{all: true, fate: f.fate}
	end := p.at
	p.separators()
	if n := beginning(lexicon.except, p.lower[p.at:]); n > 0 && !p.stopped {
		p.at += n
		p.spaces()
		if one.numbers, _, ok = p.numbers(); !ok || !p.ended() {
			return claim{}, false
		}
		return one, true
	}
	p.at = end
	return one, p.ended()
}

// ended tells whether no word follows, or the next claim does.
func (p *claimParser) ended() bool {
	at, stopped := p.at, p.stopped
	defer func() { p.at, p.stopped = at, stopped }()
	p.separators()
	return p.at >= len(p.text) || p.stopped || p.another() || lexicon.polite[wordsIn(p.lower[p.at:])]
}

// another tells whether a claim begins at the place.
func (p *claimParser) another() bool {
	at, stopped := p.at, p.stopped
	defer func() { p.at, p.stopped = at, stopped }()
	if _, _, ok := p.numbers(); ok {
		_, ok := p.fate()
		return ok
	}
	if n := beginning(lexicon.rest, p.lower[p.at:]); n > 0 {
		p.at += n
		_, ok := p.fate()
		return ok
	}
	if f, ok := fateOf(p.lower[p.at:]); ok {
		p.at += len(f.text)
		p.spaces()
		if p.at < len(p.text) && p.text[p.at] == ':' {
			p.at++
			p.spaces()
		} else if f.alone {
			return false
		}
		_, _, ok := p.numbers()
		return ok
	}
	return false
}

// besides reads what is said besides the fate: up to the next claim, a full stop or the end of the line.
func (p *claimParser) besides(one *claim, f fatePhrase, c *claims) bool {
	if p.ended() {
		return true
	}
	p.spaces()
	begin := p.at
	r := firstRune(p.text[begin:])
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		if f.alone || unicode.IsLetter(firstRune(f.text)) && beginning(lexicon.then, p.lower[begin:]) == 0 && scriptOf(r) != alone {
			return false
		}
		c.loose = true
	}
	end := len(p.text)
	for i, r := range p.text[begin:] {
		at := begin + i
		if strings.ContainsRune(",;|·、，；،؛", r) {
			after := *p
			after.at = at
			after.separators()
			if after.another() {
				end = at
				break
			}
		}
		if strings.ContainsRune(".!。！", r) {
			next := p.text[at+utf8.RuneLen(r):]
			if next == "" || next[0] == ' ' || r >= utf8.RuneSelf {
				end = at
				break
			}
		}
	}
	more := strings.TrimSpace(strings.Trim(p.text[begin:end], " :-–—,;"))
	if strings.HasPrefix(more, "(") && strings.HasSuffix(more, ")") && strings.Count(more, "(") == 1 {
		more = more[1 : len(more)-1]
	}
	if !lexicon.polite[strings.ToLower(wordsIn(more))] && look(more).has(letterSign) {
		one.more = strings.TrimSpace(one.more + " " + more)
	}
	p.at = end
	return true
}

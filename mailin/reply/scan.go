package reply

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is the length in bytes beyond which a line is prose and is not looked at further.
const longest = 600

// sign is one thing seen on a line.
type sign uint32

const (
	yearSign    sign = 1 << iota // a year of four digits
	daySign                      // a number from 1 to 31
	dateSign                     // a complete date in digits
	timeSign                     // 10:32
	zoneSign                     // GMT+01:00, +0300
	addressSign                  // someone@example.com
	bracketSign                  // the same in <> or ()
	wroteSign                    // "wrote" in some language
	selfSign                     // "I" in some language
	introSign                    // the first word is one such as "On"
	deviceSign                   // an iPhone
	colonEnd                     // ends with a colon
	wroteEnd                     // ends with "wrote"
	addressEnd                   // ends with an address in brackets
	dashesSign                   // dashes on both sides, cut off before looking
	gmtSign                      // GMT+01:00
	letterSign                   // has a letter, digit or emoji
)

// sight is what is seen on one line, or on several taken together.
type sight struct {
	signs  sign
	words  int16
	before int16 // words before the first number
	after  int16 // words after the address
	reach  int16 // words before the address
	verb   int16 // words up to the last "wrote"
}

func (s sight) has(all sign) bool { return s.signs&all == all }

func (s sight) hasDate() bool {
	return s.has(dateSign) || s.has(yearSign|daySign)
}

// and adds what is seen on the line below.
func (s sight) and(next sight) sight {
	t := sight{signs: s.signs | next.signs&^introSign, words: s.words + next.words, before: s.before, after: s.after + next.words}
	const ends = colonEnd | wroteEnd | addressEnd
	t.signs = t.signs&^ends | next.signs&ends
	t.reach, t.verb = s.reach, s.verb
	if next.has(addressSign) {
		t.after = next.after
		if !s.has(addressSign) {
			t.reach = s.words + next.reach
		}
	}
	return t
}

// look reads one line for the signs of an attribution or a footer. Lines too long for these have none.
func look(text string) sight {
	if len(text) > longest {
		return sight{signs: letterSign, words: longest, before: longest, after: longest}
	}
	if strings.Contains(text, "&lt;") || strings.Contains(text, "&gt;") {
		text = html.UnescapeString(text)
	}
	var s sight
	bare := strings.TrimRight(strings.TrimLeft(text, "-–—_*=~ "), "-–—_*=~ ")
	if len(text)-len(strings.TrimLeft(text, "-–—_=~")) >= 2 && len(text)-len(strings.TrimRight(text, "-–—_=~")) >= 2 {
		s.signs |= dashesSign
	}
	scanWords(bare, &s)
	bare = strings.TrimRight(bare, " \u00a0")
	switch last, _ := utf8.DecodeLastRuneInString(bare); last {
	case ':', '：':
		s.signs |= colonEnd
		bare = strings.TrimRight(bare, ":： ")
	case '>', ')', ']':
		if s.after == 0 && s.has(addressSign) {
			s.signs |= addressEnd
		}
	}
	dated := false
	if n := strings.LastIndexByte(bare, '('); n > 0 && strings.HasSuffix(bare, ")") && s.has(daySign|timeSign) {
		bare, dated = strings.TrimRight(bare[:n], " "), true // a date behind it
	}
	for _, end := range languages.wroteEnds {
		if bare == "" || bare[len(bare)-1] < 0x80 {
			break // they are all in other scripts
		}
		if strings.HasSuffix(bare, end) {
			s.signs |= wroteSign | wroteEnd
			if dated {
				s.verb = s.before
			}
		}
	}
	return s
}

// number is a run of digits as found in a line.
type number struct {
	value, digits int
	start, end    int // byte offsets; end is 0 for none
}

func scanWords(text string, s *sight) {
	var (
		word        [48]byte
		size        int
		script      int
		alones      int // characters in a row that are words by themselves
		capital     bool
		last        role
		self, wrote uint64    // the languages of these words
		previous    [2]number // the two numbers before
		bracket     bool
		outside     sight // what was seen before the address that may be coming
	)
	finish := func() {
		if size == 0 {
			return
		}
		if script != alone || alones%2 == 0 { // two characters of Chinese or Japanese are a word
			s.words++
			s.after++
		}
		alones++
		last = 0
		if size <= len(word) {
			last = languages.words[string(word[:size])]
		}
		if last&wroteWord != 0 || last&quotingWord != 0 && s.words == 1 {
			s.signs |= wroteSign
			s.verb = s.words
			wrote |= languages.wrote[string(word[:size])]
		}
		if last&selfWord != 0 && (!capital || s.words == 1 || size == 1 && word[0] == 'i') {
			self |= languages.self[string(word[:size])]
		}
		if last&introWord != 0 && s.words == 1 {
			s.signs |= introSign
		}
		if last&deviceWord != 0 || last == 0 && size >= 5 && size <= len(word) && isDevice(string(word[:size])) {
			s.signs |= deviceSign
		}
		size = 0
	}
	s.before = -1
	outside = *s
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if d, ok := digit(r); ok && (size == 0 || script != scriptOf('a')) {
			finish()
			if s.before < 0 {
				s.before = s.words
			}
			num := number{value: d, digits: 1, start: i}
			for i += n; i < len(text); i += n {
				r, n = utf8.DecodeRuneInString(text[i:])
				if d, ok = digit(r); !ok {
					break
				}
				num.digits++
				if num.digits <= 8 {
					num.value = num.value*10 + d
				}
			}
			num.end = i
			s.words++
			s.after++
			s.signs |= letterSign
			last = 0
			seeNumber(text, num, previous[0], previous[1], s)
			previous[0], previous[1] = previous[1], num
			continue
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || r >= '0' && r <= '9':
			s.signs |= letterSign
			kind := scriptOf(r)
			if size > 0 && kind != script || kind == alone {
				finish()
			}
			if kind != alone || size == 0 && script != alone {
				alones = 0
			}
			if size == 0 {
				capital = unicode.IsUpper(r)
				if kind == alone {
					outside = *s
				}
			}
			script = kind
			r = unicode.ToLower(r)
			if size+utf8.UTFMax <= len(word) {
				size += utf8.EncodeRune(word[size:], r)
			} else {
				size = len(word) + 1
			}
			for script == latin && i+n < len(text) && text[i+n] < utf8.RuneSelf && folded[text[i+n]] != ' ' { // most of most words
				if size+utf8.UTFMax <= len(word) {
					word[size] = folded[text[i+n]]
					size++
				} else {
					size = len(word) + 1
				}
				n++
			}
		case r == '@':
			if end := addressAt(text, i); end > 0 {
				size = 0
				*s = outside // an address is one word, whatever it is made of
				if !s.has(addressSign) {
					s.reach = s.words
				}
				s.words++
				s.signs |= addressSign | letterSign
				if bracket || end < len(text) && (text[end] == '>' || text[end] == ')' || text[end] == ']') {
					s.signs |= bracketSign
				}
				s.after, last = 0, 0
				i = end
				continue
			}
			finish()
		default:
			if r == '.' && size == 1 { // an initial
				last, capital = 0, false
				word[0] = 0
			}
			finish()
			switch {
			case r == '<' || r == '(' || r == '[':
				bracket = true
			case r >= 0x80 && unicode.Is(unicode.So, r):
				s.signs |= letterSign
			}
			if r >= 0x80 || !addressByte(byte(r)) {
				outside = *s
			}
		}
		i += n
	}
	finish()
	if last&wroteWord != 0 {
		s.signs |= wroteEnd
	}
	if self != 0 && (wrote == 0 || self&wrote != 0) { // French "je" is no Serbian "je"
		s.signs |= selfSign
	}
	if s.before < 0 {
		s.before = s.words
	}
}

// isDevice tells whether the word is one of the commonest names of devices with an ending, as in "iPhonesta".
func isDevice(word string) bool {
	switch word[:2] {
	case "ip":
		return strings.HasPrefix(word, "iphon") || strings.HasPrefix(word, "ipad")
	case "an":
		return strings.HasPrefix(word, "android")
	case "sa":
		return strings.HasPrefix(word, "samsung")
	case "ou":
		return strings.HasPrefix(word, "outlook")
	}
	return false
}

// seeNumber notes what the number n says together with the two before it.
func seeNumber(text string, n, first, second number, s *sight) {
	before := text[:n.start]
	switch {
	case n.digits == 4 && (n.value >= 1990 && n.value <= 2099 || n.value >= 2540 && n.value <= 2599 || n.value >= 1390 && n.value <= 1460):
		s.signs |= yearSign
	case n.digits <= 2 && n.value >= 1 && n.value <= 31:
		s.signs |= daySign
	}
	if strings.HasSuffix(before, "+") || strings.HasSuffix(before, "-") {
		name := before[max(0, len(before)-4) : len(before)-1]
		if n.digits == 4 && n.value <= 1400 && s.has(timeSign) || n.digits <= 2 && (name == "GMT" || name == "UTC") {
			s.signs |= zoneSign
			if n.digits <= 2 {
				s.signs |= gmtSign
			}
		}
	}
	day := func(n number) bool { return n.digits <= 2 && n.value >= 1 && n.value <= 31 }
	if second.end > 0 && first.end > 0 && n.digits == 2 && day(first) && day(second) && text[first.end:second.start] == ". " && text[second.end:n.start] == ". " {
		s.signs |= dateSign // "03. 03. 26"
	}
	if second.end == 0 || n.start-second.end != 1 {
		return
	}
	separator := text[second.end]
	switch separator {
	case ':', 'h', 'H', '.':
		if n.digits == 2 && n.value < 60 && second.value < 25 && second.digits <= 2 && (separator != '.' || s.hasDate()) {
			s.signs |= timeSign
		}
	}
	if first.end == 0 || second.start-first.end != 1 || text[first.end] != separator || strings.IndexByte("./-", separator) < 0 {
		return
	}
	if day(first) && day(second) && (n.digits == 4 || n.digits == 2) || first.digits == 4 && day(second) && day(n) {
		s.signs |= dateSign
	}
}

// addressAt gives the end of the mail address around the "@" at i, 0 if there is none.
func addressAt(text string, i int) int {
	if i == 0 || !addressByte(text[i-1]) {
		return 0
	}
	end, dot := i+1, false
	for end < len(text) && addressByte(text[end]) {
		dot = dot || text[end] == '.' && end > i+1
		end++
	}
	if !dot {
		return 0
	}
	return end
}

func addressByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= 0x80 || strings.IndexByte(".-_+=%'", b) >= 0
}

// The scripts that are told apart: a word ends where another begins.
const (
	latin = iota
	other
	alone // each character is a word: Chinese, Japanese
)

func scriptOf(r rune) int {
	switch {
	case r < 0x250 || r >= 0x1e00 && r < 0x1f00:
		return latin
	case r >= 0x3040 && r < 0x3100 || r >= 0x3400 && r < 0xa000 || r >= 0xf900 && r < 0xfb00 || r >= 0x20000 && r < 0x32000:
		return alone
	}
	return other
}

// digit gives the value of a decimal digit of any script that dates are written in.
func digit(r rune) (int, bool) {
	if r < 0x80 {
		return int(r - '0'), r >= '0' && r <= '9'
	}
	for _, zero := range [...]rune{0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

// clean is a line as it is looked at: no invisible characters, no white space around it.
func clean(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0x00a0 || r == 0x202f || r == 0x2007 || r == 0x3000:
			return ' '
		case r == 0x200b || r == 0xfeff || r == 0x00ad || r >= 0x200c && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2069:
			return -1
		case r == 0x1427: // the dot that a tracking extension of Gmail leaves
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func isNameRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

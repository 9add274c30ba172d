package absence

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a piece of text is.
type tokenKind uint8

const (
	wordToken tokenKind = iota
	numberToken
	markToken // one character that is neither
	stopToken // a sentence or paragraph ends
)

// token is a piece of lower-case text.
type token struct {
	kind   tokenKind
	text   string
	value  int  // of a number
	glued  bool // no blank stands before it
	meant  meaning
	suffix role // what an ending says that is glued to a number: "14-ig"
}

func (t token) is(r role) bool     { return t.kind == wordToken && t.meant.is(r) }
func (t token) mark(s string) bool { return t.kind == markToken && t.text == s }
func (t token) number(most int) bool {
	return t.kind == numberToken && t.value >= 1 && t.value <= most && len(t.text) <= 4
}

// scan cuts a text into tokens.
func scan(text string) []token {
	text = strings.ToLower(strings.ToValidUTF8(text, " "))
	var list []token
	blank, newlines := true, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			if newlines++; newlines == 2 {
				list = append(list, token{kind: stopToken})
			}
			blank = true
			i += size
			continue
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			blank = blank || r != '\u200b'
			i += size
			continue
		}
		newlines = 0
		t := token{glued: !blank}
		blank = false
		if _, ok := digit(r); ok {
			n := 0
			for i+n < len(text) {
				r, size := utf8.DecodeRuneInString(text[i+n:])
				d, ok := digit(r)
				if !ok {
					break
				}
				t.value = min(t.value*10+d, 1e6)
				t.text += string(rune('0' + d))
				if len(t.text) > 8 {
					t.text = t.text[:8]
				}
				n += size
			}
			t.kind = numberToken
			i += n
			i += t.ending(text[i:])
			list = append(list, t)
			continue
		}
		if !unicode.IsLetter(r) {
			t.kind, t.text = markToken, string(r)
			i += size
			switch {
			case strings.ContainsRune("–—−‑‐〜～~", r):
				t.text = "-"
			case r == '（':
				t.text = "("
			case r == '）':
				t.text = ")"
			case r == '．':
				t.text = "."
			case r == '／':
				t.text = "/"
			case strings.ContainsRune("!?;。！？；", r):
				t.kind = stopToken
			case r == '.' && (i == len(text) || text[i] == ' ' || text[i] == '\n' || text[i] == '\r') && len(list) > 0 && list[len(list)-1].kind == wordToken &&
				list[len(list)-1].meant.month == 0 && list[len(list)-1].meant.weekday == 0:
				t.kind = stopToken
			}
			list = append(list, t)
			continue
		}
		if phrase := phraseAt(text[i:]); phrase != "" {
			t.text, t.meant = phrase, lexicon.meanings[phrase]
			i += len(phrase)
		} else {
			n := size
			for i+n < len(text) && !unspaced(r) {
				r, size := utf8.DecodeRuneInString(text[i+n:])
				if !unicode.IsLetter(r) && !unicode.IsMark(r) || unspaced(r) {
					break
				}
				n += size
			}
			t.text = text[i : i+n]
			i += n
		}
		i += inflection(text[i:])
		list = append(list, t)
	}
	return list
}

// digit gives the value of a digit in the scripts in which dates are written.
func digit(r rune) (int, bool) {
	for _, zero := range []rune{'0', '٠', '۰', '０'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

// unspaced tells whether the letter is of a script that is written without blanks, or that hangs endings on words without more ado.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// phraseAt gives the longest phrase that the text begins with as whole words.
func phraseAt(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	for _, p := range lexicon.byFirst[first] {
		if !strings.HasPrefix(text, p) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(p)
		after, _ := utf8.DecodeRuneInString(text[len(p):])
		if unspaced(last) || len(p) == len(text) || !unicode.IsLetter(after) && !unicode.IsMark(after) {
			return p
		}
	}
	return ""
}

// ending reads what is glued to a number, such as "th", "er" or "-ig", and gives its length.
func (t *token) ending(text string) int {
	dash := 0
	if strings.HasPrefix(text, "-") {
		dash = 1
	}
	n := 0
	for dash+n < len(text) {
		r, size := utf8.DecodeRuneInString(text[dash+n:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) || unspaced(r) {
			break
		}
		n += size
		if n > 12 {
			return 0
		}
	}
	if n == 0 {
		return 0
	}
	word := text[dash : dash+n]
	m := lexicon.meanings[word]
	if m.is(untilAfter | fromAfter) {
		t.suffix = m.roles
		return dash + n
	}
	if m.month != 0 || m.weekday != 0 || m.roles != 0 && word != "a" && word != "de" || utf8.RuneCountInString(word) > 4 {
		return 0
	}
	return dash + n
}

// inflection gives the length of an ending that an apostrophe joins to a word: "Ağustos'a".
func inflection(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	if r != '\'' && r != '’' {
		return 0
	}
	for k := 0; k < 5 && n < len(text); k++ {
		r, size := utf8.DecodeRuneInString(text[n:])
		if !unicode.IsLetter(r) {
			break
		}
		n += size
	}
	return n
}

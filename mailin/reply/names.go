package reply

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameLike tells whether the line may be a name: the sender's, if that is known.
func (t *trimmer) nameLike(i int) bool {
	if i >= len(t.lines) {
		return false
	}
	s := t.lines[i].clean
	if s == "" || len(s) > 50 || bulletOf(s) > 0 || headingOf(s, false).size > 0 {
		return false
	}
	if len(t.names) > 0 && scriptOf(firstRune(s)) == scriptOf(firstRune(t.names[0])) {
		return t.isSender(s)
	}
	return capitalised(s) && t.sight(i).words <= 4
}

// looksLikeName tells whether the line looks like a name, if perhaps not as the sender's is known.
func (t *trimmer) looksLikeName(i int) bool {
	if i >= len(t.lines) {
		return false
	}
	s := t.lines[i].clean
	return t.nameLike(i) || s != "" && len(s) <= 50 && bulletOf(s) == 0 && headingOf(s, false).size == 0 && capitalised(s) && t.sight(i).words <= 3
}

// capitalised tells whether every word but small ones begins as names do.
func capitalised(s string) bool {
	if r, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune(".!?:;…。！？：；؟۔।", r) {
		return false
	}
	for _, w := range strings.Fields(s) {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "*_#\"'(</-"))
		if unicode.IsLower(r) && len(w) > 3 || unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// isSender tells whether the words are the sender's name, or begin with it and go on for a word or two.
func (t *trimmer) isSender(s string) bool {
	known, unknown := 0, 0
	for _, w := range nameWords(s) {
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

// allSender tells whether every word is one of the sender's name.
func (r *reader) allSender(s string) bool { return allIn(nameWords(s), r.names) }

// allIn tells whether there are words and all of them are in the list.
func allIn(words, list []string) bool {
	for _, w := range words {
		if !slices.Contains(list, w) {
			return false
		}
	}
	return len(words) > 0
}

// wholeName tells whether the words are more than a first name, as far as one can see.
func wholeName(s string) bool {
	s = strings.TrimSpace(s)
	return len(strings.Fields(s)) >= 2 || withoutBlanks(firstRune(s)) && utf8.RuneCountInString(s) >= 3
}

// withoutBlanks tells whether names in the letter's script are written in one, the family's first: 林小梅, 김하나.
func withoutBlanks(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) }

// givenName gives the given name in a name written in one, "" if it is none.
func givenName(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if !withoutBlanks(first) || utf8.RuneCountInString(s) != 3 {
		return ""
	}
	return s[n:]
}

// nameWords gives the words of a name in lower case, without accents: people sign with fewer or more than their address.
func nameWords(s string) []string {
	return strings.FieldsFunc(strings.Map(plainLetter, s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

func plainLetter(r rune) rune {
	r = unicode.ToLower(r)
	if r < 0xe0 || r >= 0x180 {
		return r
	}
	const plain = "aaaaaaaceeeeiiiidnooooo-ouuuuypy" + // from à
		"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
	return rune(plain[r-0xe0])
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

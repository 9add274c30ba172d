package spell

import (
	"strings"
	"unicode"
)

// Names tells whether words name somebody by the first of their names: "Jean-Luc's turn" names Jean-Luc Morel.
func Names(words, name string) bool {
	names := strings.Fields(Plain(name))
	if len(names) == 0 {
		return false
	}
	first := names[0]
	for w := range strings.FieldsFuncSeq(Plain(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && r != '\'' }) {
		if w = strings.Trim(w, "-'"); w == first || w == first+"'s" {
			return true
		}
	}
	return false
}

package reply

import "strings"

// Agrees tells whether the words only say yes to what was shown: "Yes, that's right. Thanks!", in some language.
func Agrees(words string) bool {
	words = clean(strings.Join(strings.Fields(words), " "))
	if words == "" || len(words) > 80 {
		return false
	}
	agreed := false
	for _, piece := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",.!;:…–—。、！，()", r) }) {
		switch piece = strings.TrimSpace(piece); {
		case says(piece, languages.yes), languages.yes[piece]:
			agreed = true
		case piece == "" || says(piece, languages.thanks) || says(piece, languages.closings) || !look(piece).has(letterSign):
		default:
			return false
		}
	}
	return agreed || says(words, languages.thanks)
}

package reply

import "strings"

// Agrees tells whether the words only say yes to what was shown: "Yes, that's right. Thanks!", in some language.
func Agrees(words string) bool {
	return Affirms(words) || says(oneLine(words), languages.thanks)
}

// Affirms tells whether the words only say yes to a question, with polite words around it at most, in some language.
func Affirms(words string) bool { return saysOnly(words, languages.yes) }

// Denies tells whether the words only say no to a question: "No, that was not me."
func Denies(words string) bool { return saysOnly(words, languages.no) }

// oneLine is the form in which short answers are compared.
func oneLine(words string) string { return clean(strings.Join(strings.Fields(words), " ")) }

// saysOnly tells whether words are made of phrases of a kind, and of thanks and closings.
func saysOnly(words string, phrases map[string]bool) bool {
	words = oneLine(words)
	if words == "" || len(words) > 80 {
		return false
	}
	said := false
	for _, piece := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",.!;:…–—。、！，()", r) }) {
		switch piece = strings.TrimSpace(piece); {
		case says(piece, phrases), phrases[piece]:
			said = true
		case piece == "" || says(piece, languages.thanks) || says(piece, languages.closings) || !look(piece).has(letterSign):
		default:
			return false
		}
	}
	return said
}

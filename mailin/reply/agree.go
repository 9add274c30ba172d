package reply

import (
	"slices"
	"strings"
)

// Agrees tells whether the words only say yes to what was shown: "Yes, that's right. Thanks!", in some language.
func Agrees(words string) bool {
	return Affirms(words) || says(oneLine(words), languages.thanks)
}

// Affirms tells whether the words only say yes to a question, with polite words around it at most, in some language.
func Affirms(words string) bool { return saysOnly(words, languages.yes) }

// Denies tells whether the words only say no to a question: "No, that was not me."
func Denies(words string) bool { return saysOnly(words, languages.no) }

// Decides tells whether the words only answer a question with a yes or a no, with polite words and names around it at most: "Yes, please do.
// Thanks, Kofi". What only praises, such as "great", does not. names are those of the writer and of whom they may greet.
func Decides(words string, names ...string) bool {
	words = oneLine(words)
	if words == "" || len(words) > longestShort || strings.ContainsAny(words, "?？؟") {
		return false
	}
	said, known := false, nameWords(strings.Join(names, " "))
	for piece := range strings.FieldsFuncSeq(strings.ToLower(words), partsAnswers) {
		whole := wordsIn(strings.ReplaceAll(piece, "’", "'"))
		if whole == "" {
			continue
		}
		bare := whole
		for !languages.decides[bare] {
			shorter := withoutPolite(bare)
			if shorter == bare {
				break
			}
			bare = shorter
		}
		switch {
		case languages.decides[whole] || languages.decides[bare]:
			said = true
		case bare == "" || says(whole, languages.thanks) || says(whole, languages.closings) || greets(whole) || allIn(nameWords(whole), known):
		default:
			return false
		}
	}
	return said
}

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

// farewells begin the lines in which people take leave without telling anything.
var farewells = []string{"see you", "see ya", "bye", "goodbye", "talk soon", "talk to you soon", "talk to you later", "have a good", "have a nice", "have a great", "have a lovely", "enjoy your", "enjoy the weekend",
	"until then", "till then", "until next", "back soon", "so long", "sorry for the noise", "sorry for the trouble", "thanks for everything", "thanks for all", "thank you for everything", "thank you for all", "that's all", "that is all",
	"bis bald", "bis dann", "bis nächste", "tschüs", "à bientôt", "hasta luego", "hasta pronto", "a presto", "até logo", "até breve", "tot ziens", "vi ses"}

// Courteous tells whether words say no more than hello, thanks and goodbye, with a name: "See you next month!\n\nBest, Mia".
func Courteous(words, name string) bool {
	if len(words) > 160 {
		return false
	}
	for l := range strings.Lines(words) {
		l = strings.Trim(clean(l), " .,!;:-–—~*_()")
		lower := strings.ToLower(l)
		few := len(strings.Fields(l)) <= 6 && !strings.ContainsAny(l, "#:/")
		switch before, after, _ := strings.Cut(lower, ","); {
		case l == "" || !look(l).has(letterSign) || says(l, languages.thanks) || says(l, languages.closings) || says(l, languages.wishes) || greets(l):
		case allIn(nameWords(l), nameWords(name)):
		case says(before, languages.closings) && allIn(nameWords(after), nameWords(name)):
		case few && slices.ContainsFunc(farewells, func(f string) bool { return strings.HasPrefix(lower, f) }), lower == "sorry", lower == "cu", lower == "take care":
		default:
			return false
		}
	}
	return true
}

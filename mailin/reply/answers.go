package reply

import (
	"bytes"
	_ "embed"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"daybreak/internal/team"
)

//go:embed answers.txt
var answerFile string

// lexicon is answers.txt, read once when the program starts and never changed.
var lexicon = readAnswers(answerFile)

// Short is what a reply says about its day instead of items.
type Short string

// The short answers without items.
const (
	Nothing Short = "nothing" // there is nothing to report
	Skip    Short = "skip"    // the day is not to be asked about
	Off     Short = "off"     // no work on that day
)

// same is the short answer that plans again what was planned.
const same Short = "same"

// fate is what became of a thing planned.
type fate uint8

const (
	done fate = iota + 1
	moved
	dropped
	stuck
)

// fatePhrase is a phrase that tells a fate.
type fatePhrase struct {
	text  string
	fate  fate
	alone bool // it means something else in front of other words
	when  bool // it tells a time, which is kept
}

// answerWords holds the words of short lexicon.
type answerWords struct {
	short  map[string]Short
	polite map[string]bool
	around []string              // polite words of scripts without blanks, the longest first
	fates  map[rune][]fatePhrase // by the first letter, the longest first
	all    map[rune][]string
	except map[rune][]string
	joins  map[rune][]string
	is     map[rune][]string
	number map[rune][]string
	then   map[rune][]string
	rest   map[rune][]string

	openings map[team.Kind]map[rune][]string // first words that tell what a sentence is
	question map[rune][]string               // before the number of a question
}

func readAnswers(file string) *answerWords {
	roles := map[string][]string{}
	eachPhrase(file, func(role, _, phrase string) { roles[role] = append(roles[role], phrase) })
	a := &answerWords{
		short: map[string]Short{}, polite: set(roles["polite"]), fates: map[rune][]fatePhrase{},
		all: byFirst(roles["all"]), except: byFirst(roles["except"]), joins: byFirst(roles["join"]), is: byFirst(roles["is"]), number: byFirst(roles["number"]),
		then: byFirst(roles["then"]), rest: byFirst(roles["rest"]),
		openings: map[team.Kind]map[rune][]string{}, question: byFirst(roles["question"]),
	}
	for _, kind := range []team.Kind{team.Done, team.Plan, team.Blocker, team.Thanks, team.Decision} {
		a.openings[kind] = byFirst(roles["opening-"+string(kind)])
	}
	for role, short := range map[string]Short{"same": same, "skip": Skip, "off": Off, "nothing": Nothing} {
		for _, phrase := range roles[role] {
			a.short[phrase] = short
		}
	}
	for phrase := range languages.nothing {
		if _, taken := a.short[phrase]; !taken {
			a.short[phrase] = Nothing
		}
	}
	for _, phrase := range roles["polite"] {
		if scriptOf(firstRune(phrase)) == alone {
			a.around = append(a.around, phrase)
		}
	}
	sort.SliceStable(a.around, func(i, j int) bool { return len(a.around[i]) > len(a.around[j]) })
	taken := map[string]bool{}
	for _, f := range []struct {
		role string
		fate fate
	}{{"done", done}, {"moved", moved}, {"dropped", dropped}, {"stuck", stuck}} {
		for _, kind := range []string{"", "-marks", "-alone", "-when"} {
			for _, phrase := range roles[f.role+kind] {
				if !taken[phrase] {
					first := firstRune(phrase)
					a.fates[first] = append(a.fates[first], fatePhrase{phrase, f.fate, kind == "-alone" || kind == "-when", kind == "-when"})
				}
				taken[phrase] = true
			}
		}
	}
	for _, list := range a.fates {
		sort.SliceStable(list, func(i, j int) bool { return len(list[i].text) > len(list[j].text) })
	}
	return a
}

// byFirst orders phrases by their first letter, the longest first.
func byFirst(phrases []string) map[rune][]string {
	m := map[rune][]string{}
	for _, p := range phrases {
		m[firstRune(p)] = append(m[firstRune(p)], p)
	}
	for _, list := range m {
		sort.SliceStable(list, func(i, j int) bool { return len(list[i]) > len(list[j]) })
	}
	return m
}

// beginning gives the length of the longest phrase that the lower-case text begins with as a whole word, 0 for none.
func beginning(phrases map[rune][]string, text string) int {
	if text == "" {
		return 0
	}
	for _, p := range phrases[firstRune(text)] {
		if strings.HasPrefix(text, p) && (scriptOf(firstRune(p)) == alone || endsWord(p, text[len(p):])) {
			return len(p)
		}
	}
	return 0
}

// fateOf is the same for what became of a thing.
func fateOf(text string) (fatePhrase, bool) {
	if text == "" {
		return fatePhrase{}, false
	}
	for _, p := range lexicon.fates[firstRune(text)] {
		if strings.HasPrefix(text, p.text) && endsWord(p.text, text[len(p.text):]) {
			return p, true
		}
	}
	return fatePhrase{}, false
}

// endsWord tells whether a word that ends the phrase ends where the rest begins.
func endsWord(phrase, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(phrase)
	next := firstRune(rest)
	if rest == "" || !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return true
	}
	return !unicode.IsLetter(next) && !unicode.IsDigit(next) && !unicode.IsMark(next) && next != '\'' && next != '’' && next != '-' && next != '_'
}

// longestShort is how long a reply may be, in bytes, that is but a short answer.
const longestShort = 160

// shortOf tells whether the words are but a short answer with polite words around it: "Same as yesterday, thanks!". names are those of
// the writer.
func shortOf(words string, names []string) (Short, bool) {
	if len(words) > longestShort {
		return "", false
	}
	words = plainly(words)
	if short, ok := lexicon.short[wordsIn(words)]; ok {
		return short, true
	}
	found := Short("")
	for piece := range strings.FieldsFuncSeq(words, partsAnswers) {
		piece = wordsIn(piece)
		short, ok := lexicon.short[piece]
		for !ok && piece != "" {
			shorter := withoutPolite(piece)
			if shorter == piece {
				break
			}
			piece = shorter
			short, ok = lexicon.short[piece]
		}
		switch {
		case ok && (found == same && short == Nothing || found == Nothing && short == same): // nothing new, all as before
			found = same
		case ok && (found == same) != (short == same) && found != "":
			return "", false // two answers at once
		case ok && (found == "" || short == Off || short == Skip && found == Nothing):
			found = short
		case ok || piece == "" || languages.closings[piece] || languages.thanks[piece] || greets(piece) || len(names) > 0 && allIn(strings.Fields(piece), names):
		default:
			return "", false
		}
	}
	return found, found != ""
}

// plainly gives the words in lower case with one blank between them.
func plainly(words string) string {
	var buf [longestShort]byte
	plain := buf[:0]
	for i := 0; i < len(words); i++ {
		b := words[i]
		switch {
		case b >= utf8.RuneSelf || b < ' ' && b != '\t' && b != '\n' && b != '\r' || len(plain) == len(buf):
			return strings.ToLower(clean(strings.Join(strings.Fields(words), " ")))
		case b <= ' ':
			if n := len(plain); n > 0 && plain[n-1] != ' ' {
				plain = append(plain, ' ')
			}
			continue
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		}
		plain = append(plain, b)
	}
	return string(bytes.TrimSuffix(plain, []byte(" ")))
}

// partsAnswers tells whether the sign stands between a short answer and what is said around it.
func partsAnswers(r rune) bool {
	switch r {
	case ',', '.', '!', ';', ':', '…', '–', '—', '。', '、', '！', '，', '(', ')':
		return true
	}
	return false
}

// wordsIn takes off what is not a letter or digit around the words.
func wordsIn(words string) string {
	return strings.TrimFunc(words, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// withoutPolite takes off a polite word at the beginning or the end.
func withoutPolite(words string) string {
	if lexicon.polite[words] {
		return ""
	}
	var first, last [3]int // where the first words end, and where the last begin
	n, m := 0, 0
	for i := range len(words) {
		if words[i] == ' ' && n < len(first) {
			first[n] = i
			n++
		}
		if k := len(words) - 1 - i; words[k] == ' ' && m < len(last) {
			last[m] = k
			m++
		}
	}
	for n--; n >= 0; n-- {
		if lexicon.polite[words[:first[n]]] {
			return wordsIn(words[first[n]:])
		}
		if lexicon.polite[words[last[n]+1:]] {
			return wordsIn(words[:last[n]])
		}
	}
	for _, p := range lexicon.around {
		if rest := strings.TrimPrefix(strings.TrimSuffix(words, p), p); rest != words {
			return wordsIn(rest)
		}
	}
	return words
}

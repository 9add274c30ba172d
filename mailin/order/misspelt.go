package order

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// misspelt finds the order that was probably meant by words of which one is spelled wrong.
func misspelt(kept string) *team.Doubt {
	line := strings.ToLower(kept)
	if meant := misspeltPhrase(line); meant != "" {
		return unknown(line, meant)
	}
	if meant := misspeltOff(kept); meant != "" {
		return unknown(line, meant)
	}
	first, rest, _ := strings.Cut(line, " ")
	if rest == "" {
		for _, word := range append(slices.Sorted(maps.Keys(alone)), "leave", "list", "back") {
			if near(first, word) {
				return unknown(first, word)
			}
		}
		return nil
	}
	meant := misspeltSetting(line)
	if near(strings.TrimRight(first, ":"), "name") {
		if name := readName("name " + kept[strings.IndexByte(kept, ' ')+1:]); name != "" {
			meant = "name " + name
		}
	}
	for _, word := range []string{"alias", "unalias"} {
		if near(first, word) {
			if o, _ := readAlias(word + " " + rest); o != nil {
				meant = word + " " + rest
			}
		}
	}
	if second, day, _ := strings.Cut(rest, " "); (first == "digest" || first == "digests") && spell.Distance(second, "since") == 1 || slip(first, "digest") && second == "since" {
		if o, _ := readSince(Since, day); o != nil {
			meant = "digest since " + day
		}
	}
	if meant == "" {
		return nil
	}
	return unknown(first, meant)
}

// unknown is the doubt about words that are none of ours.
func unknown(words, meant string) *team.Doubt {
	return &team.Doubt{Why: fmt.Sprintf("I do not know %q", words), Try: []string{meant}}
}

// misspeltSetting finds the order to set something of which the first word is spelled wrong.
func misspeltSetting(line string) string {
	if meant := misspeltPhrase(line); phrases[meant].Kind == Set {
		return meant
	}
	first, rest, _ := strings.Cut(line, " ")
	for _, s := range settings {
		if rest != "" && slip(first, s.words[0]) {
			if o, _ := s.order(rest); o != nil {
				return s.words[0] + " " + rest
			}
		}
	}
	return ""
}

// misspeltPhrase finds the phrase of which one word is spelled wrong, or which is written as one.
func misspeltPhrase(line string) string {
	words := strings.Fields(line)
	for _, phrase := range slices.Sorted(maps.Keys(phrases)) {
		right := strings.Fields(phrase)
		if len(right) > 1 && line == strings.Join(right, "") {
			return phrase
		}
		if len(right) != len(words) {
			continue
		}
		slips, others := 0, 0
		for i, w := range words {
			switch {
			case w == right[i]:
			case phrase != "full" && phrases[phrase].Kind != Week && phrases[phrase].Kind != Decisions && near(w, right[i]), slip(w, right[i]):
				slips++
			default:
				others++
			}
		}
		if slips == 1 && others == 0 {
			return phrase
		}
	}
	return ""
}

// almostOff are ways to miss "off" that are hardly ever anything else before a day and nothing more.
var almostOff = []string{"of", "offf", "fof", "ofd"}

// about may stand with the days of a leave.
var about = []string{"until", "till", "from", "to", "on", "next", "this", "and", "through"}

// dayNames are the words of a day that are looked for behind "off", with what may be short for them.
var dayNames = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow",
	"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "week"}

// dayNumber is a date in numbers, or the part of one.
var dayNumber = regexp.MustCompile(`^\d{1,4}([./-]\d{1,4}){0,2}\.?(st|nd|rd|th)?$`)

// misspeltOff finds the days off in which "off" or a word of the days is spelled wrong. They are these and nothing else.
func misspeltOff(line string) string {
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 7 {
		return ""
	}
	first := strings.ToLower(words[0])
	slips := 0
	switch {
	case slices.Contains(almostOff, first):
		slips++
	case first != "off":
		return ""
	}
	meant := []string{"off"}
	days, months, numbers := 0, 0, 0
	for _, word := range words[1:] {
		w := strings.ReplaceAll(strings.ToLower(strings.TrimRight(word, ",")), "–", "-")
		right, isMonth := dayName(w)
		switch {
		case slices.Contains(about, w):
		case dayNumber.MatchString(w):
			numbers++
			if strings.ContainsAny(w, "/.") || strings.Count(w, "-") == 2 {
				days++
			}
		case isMonth:
			months++
		case right != "" || isSpan(w):
			days++
		case near(w, "until"):
			right = "until"
		default:
			return ""
		}
		if right != "" && right != w {
			slips++
			word = right
		}
		meant = append(meant, word)
	}
	if slips == 0 || slips > 2 || days == 0 && (months == 0 || numbers == 0) {
		return ""
	}
	return strings.Join(meant, " ")
}

// dayName gives the day or the month that a word is, but for a slip in it.
func dayName(w string) (right string, month bool) {
	if slices.Contains(dayNames, w) {
		return w, false
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if len(w) >= 3 && strings.HasPrefix(name, w) || w == "sept" {
			return w, true
		}
		if near(w, name) {
			return name, true
		}
	}
	for _, name := range dayNames {
		if len(name) > 4 && w != name+"s" && near(w, name) {
			return name, false
		}
	}
	return "", false
}

// isSpan tells whether a word is days such as "mon-wed".
func isSpan(w string) bool {
	from, to, ok := strings.Cut(w, "-")
	return ok && slices.Contains(dayNames, from) && slices.Contains(dayNames, to)
}

// lookalikes are words of their own, however near they are to an order.
var lookalikes = []string{
	"cause", "clause", "paused", "pauses", "pauser", "pausen", "pase", "puse",
	"starts", "star", "stars", "stat", "stats", "tart", "stuart", "strat", "statue", "statues", "static", "stating",
	"stops", "stopt", "stoop", "stomp", "strop", "estop", "top", "sop", "sto",
	"helps", "whelp", "hep", "hel", "undos", "udo", "uno", "und", "ndo",
	"resumed", "resumes", "presume", "prompts", "digests", "receipt", "setting", "invited", "invites", "removed", "removes", "remover", "remote", "weakly",
	"leaves", "leaved", "leaven", "leaver", "cleave", "sleave", "eave", "lave", "leve", "lieve", "doily", "dail",
	"lists", "liste", "lista", "listo", "alist", "plist", "lijst", "lis", "lit", "ist", "slit", "backs", "black", "aback", "ack", "bac",
	"joins", "joint", "jon", "jin", "names", "named", "namer", "namen", "nam", "ame", "nae", "alas", "alia", "elias", "ilias", "sine", "fully",
}

// slip tells whether a word is another one with two letters swapped or, if it is long, with one too many, too few or wrong. Short words
// are near to too many others.
func slip(wrong, right string) bool {
	if n := utf8.RuneCountInString(wrong) - len(right); n < -1 || n > 1 {
		return false
	}
	if len(right) < 4 || slices.Contains(lookalikes, wrong) || spell.Distance(wrong, right) != 1 {
		return false
	}
	return len(right) > 5 || sorted(wrong) == sorted(right)
}

// near is slip where nothing else in the words tells of work: short words may have a letter too many or too few, too, or another vowel.
func near(wrong, right string) bool {
	n := utf8.RuneCountInString(wrong) - len(right)
	if len(right) > 5 || n < -1 || n > 1 || slices.Contains(lookalikes, wrong) || spell.Distance(wrong, right) != 1 {
		return slip(wrong, right)
	}
	switch {
	case sorted(wrong) == sorted(right):
		return true
	case n == 0:
		return len(right) == 5 && consonants(wrong) == consonants(right)
	case n > 0 && len(right) < 4: // only one that is typed twice
		return slices.Equal(slices.Compact([]byte(wrong)), []byte(right))
	}
	return len(right) > 3
}

func sorted(word string) string {
	letters := []byte(word)
	slices.Sort(letters)
	return string(letters)
}

// consonants is a word with one mark for every vowel.
func consonants(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("aeiouy", r) {
			return '·'
		}
		return r
	}, word)
}

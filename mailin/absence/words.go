package absence

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed words.txt
var wordFile string

// lexicon is words.txt, read once when the program starts and never changed.
var lexicon = readWords(wordFile)

// typewriter gives German as it is written without umlauts.
var typewriter = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// role is what a word may do, a bit each.
type role uint32

const (
	away role = 1 << iota
	until
	through // an until whose day is the last one off
	untilAfter
	back
	nothing
	from
	fromAfter
	to
	filler
	yearUnit
	monthUnit
	dayUnit
	between
	and
	today
	tomorrow
	next
	thisWeek
	nextWeek
	off
	hereAgain
	polite
)

var roles = map[string]role{
	"away": away, "until": until, "through": through, "until-after": untilAfter, "back": back, "nothing": nothing, "from": from, "from-after": fromAfter, "to": to,
	"filler": filler, "year-unit": yearUnit, "month-unit": monthUnit, "day-unit": dayUnit, "between": between, "and": and, "today": today,
	"tomorrow": tomorrow, "next": next, "this-week": thisWeek | next, "next-week": nextWeek | next, "off": off, "here-again": hereAgain, "polite": polite,
}

// meaning is all that a phrase may mean.
type meaning struct {
	month   time.Month // 0 for none
	weekday int        // 1 for Monday to 7, 0 for none
	roles   role
}

func (m meaning) is(r role) bool { return m.roles&r != 0 }

// words are phrases with their meanings, and the phrases by their first letter, the longest first.
type words struct {
	meanings map[string]meaning
	byFirst  map[rune][]string
}

func readWords(file string) words {
	w := words{map[string]meaning{}, map[rune][]string{}}
	section := ""
	for _, line := range strings.Split(file, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			continue
		}
		language, list, _ := strings.Cut(line, ": ")
		for place, forms := range strings.Split(list, ";") {
			phrases := strings.Split(forms, ",")
			if plain := typewriter.Replace(forms); language == "de" && plain != forms {
				phrases = append(phrases, strings.Split(plain, ",")...)
			}
			for _, phrase := range phrases {
				phrase = strings.TrimSpace(phrase)
				m := w.meanings[phrase]
				switch section {
				case "months":
					m.month = time.Month(place + 1)
				case "weekdays":
					m.weekday = place + 1
				default:
					m.roles |= roles[section]
				}
				w.meanings[phrase] = m
			}
		}
	}
	for phrase, m := range w.meanings {
		if m.is(off) && !m.is(away) { // "i am away", which hides "away"
			for _, shorter := range strings.Fields(phrase) {
				m.roles |= w.meanings[shorter].roles & away
			}
			for i, r := range phrase {
				if r == ' ' {
					m.roles |= w.meanings[phrase[i+1:]].roles & away
				}
			}
			w.meanings[phrase] = m
		}
		first, _ := utf8.DecodeRuneInString(phrase)
		w.byFirst[first] = append(w.byFirst[first], phrase)
	}
	for _, list := range w.byFirst {
		slices.SortFunc(list, func(a, b string) int {
			if len(a) != len(b) {
				return len(b) - len(a)
			}
			return strings.Compare(a, b)
		})
	}
	return w
}

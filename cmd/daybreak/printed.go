package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"daybreak/internal/team"
)

// markInText is what stands beside an item of a digest.
var markInText = regexp.MustCompile(`\[([a-z]+[0-9]+)\]`)

// printed are the marks that items have in a digest's text, which may be other ones than those under which they are known. An item without a mark in
// it has none.
func printed(text string, shown map[string]team.ShownItem) map[string]int64 {
	type place struct {
		at   int // in the letters
		mark string
	}
	var letters strings.Builder
	var places []place
	from := 0
	for _, m := range markInText.FindAllStringSubmatchIndex(text, -1) {
		letters.WriteString(lettersOf(text[from:m[0]]))
		places = append(places, place{letters.Len(), text[m[2]:m[3]]})
		from = m[1]
	}
	letters.WriteString(lettersOf(text[from:]))
	all := letters.String()
	beside := func(words string) (marks []string) { // after each place where the words begin
		have := lettersOf(words)
		have = have[:min(len(have), beginning)]
		for at := 0; have != ""; {
			i := strings.Index(all[at:], have)
			if i < 0 {
				break
			}
			at += i + len(have)
			if n := slices.IndexFunc(places, func(p place) bool { return p.at >= at }); n >= 0 {
				marks = append(marks, places[n].mark)
			}
		}
		return marks
	}
	marks := map[string]int64{}
	var moved []team.ShownItem
	for _, mark := range slices.Sorted(maps.Keys(shown)) {
		if item := shown[mark]; lettersOf(item.Words) == "" || slices.Contains(beside(item.Words), mark) {
			marks[mark] = item.ID
		} else {
			moved = append(moved, item)
		}
	}
	for _, item := range moved {
		for _, mark := range beside(item.Words) {
			if _, taken := marks[mark]; !taken {
				marks[mark] = item.ID
				break
			}
		}
	}
	return marks
}

// tells says whether a digest's text has all these words.
func tells(text string, words []string) bool {
	text = lettersOf(text)
	for _, w := range words {
		have := lettersOf(w)
		if !strings.Contains(text, have[:min(len(have), beginning)]) {
			return false
		}
	}
	return true
}

// beginning is how many bytes of an item are looked for: a digest may shorten what follows.
const beginning = 60

// lettersOf leaves of a text what no line break and no markup changes.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

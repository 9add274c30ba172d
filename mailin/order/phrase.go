package order

import (
	"slices"
	"strings"
	"unicode"

	"daybreak/internal/team"
)

// phrases are orders that are said in some words and no others.
var phrases = map[string]Order{
	"weekly": often(team.Weekly), "weekly digest": often(team.Weekly), "weekly digests": often(team.Weekly), "digest weekly": often(team.Weekly),
	"daily": often(team.Daily), "daily digest": often(team.Daily), "daily digests": often(team.Daily), "digest daily": often(team.Daily),
	"no rollup": rollup(team.RollupNever), "no roll-up": rollup(team.RollupNever), "stop rollup": rollup(team.RollupNever), "stop roll-up": rollup(team.RollupNever),
	"weekly rollup": rollup(team.RollupWeekly), "weekly roll-up": rollup(team.RollupWeekly),
	"my data": {Kind: Data}, "forget me": {Kind: Forget},
	"digest now": {Kind: Digest}, "full": {Kind: Full, Words: "full"}, "digest full": {Kind: Full}, "full digest": {Kind: Full},
	"week": {Kind: Week}, "digest week": {Kind: Week}, "this week": {Kind: Week, Words: "this"}, "last week": {Kind: Week, Words: "last"},
	"decisions": {Kind: Decisions}, "decision list": {Kind: Decisions}, "list decisions": {Kind: Decisions}, "all decisions": {Kind: Decisions}, "our decisions": {Kind: Decisions},
	"digest this week": {Kind: Week, Words: "this"}, "digest last week": {Kind: Week, Words: "last"},
}

func often(d team.Digests) Order {
	return Order{Kind: Set, Part: "digests", Rule: team.Rule{Digests: d}}
}

func rollup(r team.Rollup) Order {
	return Order{Kind: Set, Part: "rollup", Rule: team.Rule{Rollup: r}}
}

func readDigests(words string) (rule team.Rule, d *team.Doubt, ok bool) {
	often, err := team.ParseDigests(words)
	return team.Rule{Digests: often}, nil, err == nil
}

// things have names, too: what follows is work on them.
var things = []string{"servers", "service", "services", "resolution", "resolver", "lookup", "lookups", "change", "changes", "space", "spaces",
	"field", "fields", "column", "columns", "convention", "conventions", "tag", "tags", "the", "a", "an", "our", "my", "your", "this", "it",
	"parsing", "parser", "parsers", "collision", "collisions", "clash", "clashes", "mangling", "generator", "generation", "validation", "matching", "search", "sorting", "order", "check", "checks", "bug", "bugs",
	"fix", "fixes", "fixed", "test", "tests", "migration", "handling", "length", "lengths", "badge", "badges", "tagging", "normalization", "normalisation", "display", "filter", "filters", "index", "mapping",
	"records", "record", "server", "table", "tables", "update", "updates", "import", "export", "done", "works", "broken", "is", "are", "was"}

// readName gives the name behind "name", "" if it is none: people write their own with capital letters, and sentences without.
func readName(line string) string {
	if len(line) < 5 || !strings.EqualFold(line[:4], "name") || !strings.ContainsRune(" :=", rune(line[4])) {
		return ""
	}
	name := strings.TrimLeft(line[4:], " :=")
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > nameWords || len([]rune(name)) > nameLetters || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(things, strings.ToLower(w)) }) {
		return ""
	}
	for i, w := range words {
		first := []rune(w)[0]
		particle := i < len(words)-1 && slices.Contains(particles, w)
		if !particle && (!unicode.IsLetter(first) || unicode.IsLower(first)) {
			return ""
		}
		if strings.ContainsFunc(w, func(r rune) bool {
			return !unicode.In(r, unicode.L, unicode.M) && !strings.ContainsRune("-'’.,·", r)
		}) {
			return ""
		}
	}
	return name
}

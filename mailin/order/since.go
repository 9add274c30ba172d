package order

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// readSince reads since when a digest is wanted, or what was decided.
func readSince(kind Kind, words string) (*Order, *team.Doubt) {
	if _, ok := Day(words, team.Date{Year: 2026, Month: time.March, Day: 9}); ok {
		return &Order{Kind: kind, Words: words}, nil
	}
	first, more, _ := strings.Cut(words, " ")
	if strings.Contains(more, " ") || words != "" && first[0] > '9' && (more != "" || spell.Nearest(first, dayWords) == "") {
		return nil, nil // it tells of something
	}
	order := map[Kind]string{Since: "digest since ", Decisions: "decisions since "}[kind]
	return nil, &team.Doubt{Why: fmt.Sprintf("I do not understand the day in %q", strings.TrimSpace(order+words)), Try: []string{order + "monday", order + "3 Mar"}}
}

// dayWords are the words that a day may be.
var dayWords = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday", "today"}

// Day is the newest day before today that is meant by "monday", "last week", "yesterday", "3 mar", "mar 3", "march" or "2026-03-09"; today
// itself is only "today".
func Day(words string, today team.Date) (team.Date, bool) {
	words = strings.TrimPrefix(strings.ToLower(strings.Join(strings.Fields(words), " ")), "last ")
	switch words {
	case "today":
		return today, true
	case "yesterday":
		return today.Add(-1), true
	case "week":
		return today.Add(-7), true
	case "month":
		return today.Add(-30), true
	}
	if days, err := team.ParseWeekdays(words); err == nil && !strings.ContainsAny(words, "-,") {
		d := today.Add(-1)
		for !days.Has(d.Weekday()) {
			d = d.Add(-1)
		}
		return d, true
	}
	if d, err := team.ParseDate(words); err == nil {
		return d, !today.Before(d)
	}
	if len(words) > 3 && !strings.Contains(words, " ") { // "march" is its first day, "mar" may be no month
		words = "1 " + words
	}
	day, month, ok := strings.Cut(words, " ")
	if n, err := strconv.Atoi(strings.TrimRight(month, "stndrh.")); err == nil && n > 0 {
		day, month = month, day
	}
	n, err := strconv.Atoi(strings.TrimRight(day, "stndrh."))
	if !ok || err != nil || len(month) < 3 {
		return team.Date{}, false
	}
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); strings.HasPrefix(name, strings.TrimRight(month, ".")) {
			d := team.Date{Year: today.Year, Month: m, Day: n}
			if today.Before(d) {
				d.Year--
			}
			return d, d == d.Add(0)
		}
	}
	return team.Date{}, false
}

package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// longDay is "Tuesday 3 March".
func longDay(d team.Date) string {
	return fmt.Sprintf("%s %d %s", d.Weekday(), d.Day, d.Month)
}

// near is "Tue 3 Mar", with the year where it could be mistaken.
func near(d, today team.Date) string {
	if n := today.Number() - d.Number(); n > 300 || n < -60 {
		return fmt.Sprintf("%s %d", d.Short(), d.Year)
	}
	return d.Short()
}

// when says on which days and at what time something comes: "Mon–Fri at 09:00 (Tokyo)".
func when(r team.Rule, c team.Clock) string {
	return workdays(r.Days) + " at " + c.String() + " (" + zone.City(r.Zone) + ")"
}

// told says when a person's digest comes: "Mon–Fri at 09:00 (Tokyo)", or for one a week "on Mondays at 09:00 (Tokyo)".
func told(r team.Rule) string {
	at := when(r, r.Digest)
	if r.Digests == team.Weekly {
		monday := r.Days.WeekOf(team.Date{Year: 2026, Month: 3, Day: 2}).Weekday().String()
		at = "on " + monday + "s" + strings.TrimPrefix(at, workdays(r.Days))
	}
	return at
}

// zoneOf is the zone in which a person is told something. Who is in no team, and has none of their own, is told it in UTC.
func zoneOf(p team.Person) (*time.Location, error) {
	rule := p.DigestRule()
	if len(p.Teams) == 0 && rule.Zone == "" {
		return time.UTC, nil
	}
	return rule.Location()
}

// workdays is "Mon–Fri", or "Mon–Fri and Mon–Thu in turn".
func workdays(w team.Workdays) string {
	if w.Other == 0 {
		return weekdays(w.Days)
	}
	return weekdays(w.Days) + " and " + weekdays(w.Other) + " in turn"
}

// weekdays is "Mon–Fri", "Mon, Wed, Fri" or "every day".
func weekdays(w team.Weekdays) string {
	if w == 1<<7-1 {
		return "every day"
	}
	pieces := strings.Split(w.String(), ",")
	for i, p := range pieces {
		days := strings.Split(p, "-")
		for j, d := range days {
			if d != "" {
				days[j] = strings.ToUpper(d[:1]) + d[1:]
			}
		}
		pieces[i] = strings.Join(days, "–")
	}
	return strings.Join(pieces, ", ")
}

// shortName is how one calls a person: the first word of the name.
func shortName(name string) string {
	if first := strings.Fields(name); len(first) > 0 {
		return first[0]
	}
	return "you"
}

// listed is how many names the line of contents has.
const listed = 12

// contents are the names for the line that says who wrote: short ones if they tell the people apart. Others counts those for
// whom there is no room.
func contents(names []string) (list []string, others int) {
	list = shortNames(names)
	if len(list) > listed+1 {
		return list[:listed], len(list) - listed
	}
	return list, 0
}

// shortNames are short names if they tell the people apart.
func shortNames(names []string) []string {
	list := make([]string, 0, len(names))
	for _, n := range names {
		list = append(list, shortName(n))
	}
	for i, n := range list {
		if slices.Contains(list[i+1:], n) {
			return names
		}
	}
	return list
}

// ownPart is the line about what the reader said themselves: "3 items for Mon 2 Mar and 1 for Tue 3 Mar".
func ownPart(entries []team.Entry) string {
	var days []team.Date
	counts := map[team.Date]int{}
	for _, e := range entries {
		if _, ok := counts[e.Day]; !ok {
			days = append(days, e.Day)
		}
		if e.Correction {
			counts[e.Day] = 0
		}
		counts[e.Day] += len(e.Items)
	}
	slices.SortFunc(days, func(a, b team.Date) int { return a.Number() - b.Number() })
	var pieces []string
	for _, d := range days {
		switch n := counts[d]; {
		case n == 0:
		case n == 1 && len(pieces) == 0:
			pieces = append(pieces, "1 item for "+d.Short())
		case len(pieces) == 0:
			pieces = append(pieces, fmt.Sprintf("%d items for %s", n, d.Short()))
		default:
			pieces = append(pieces, fmt.Sprintf("%d for %s", n, d.Short()))
		}
	}
	return templates.Series(pieces, "and")
}

// absent is the line about who is away: "Sam until Mon 9 Mar and Kofi". The date is the first on which they work again.
func absent(list []team.Absent, today team.Date) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	short, others := contents(names)
	pieces := make([]string, len(short))
	for i, name := range short {
		pieces[i] = templates.Line(name, 60)
		if back := list[i].Back; !back.IsZero() {
			pieces[i] += " until " + near(back, today)
		}
	}
	if others > 0 {
		pieces = append(pieces, fmt.Sprintf("%d more", others))
	}
	return templates.Series(pieces, "and")
}

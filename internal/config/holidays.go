package config

import (
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/holiday"
	"daybreak/internal/spell"
	"daybreak/internal/team"
)

const (
	maxDaysOff = 366 // days from the first to the last of one entry
	exampleDay = "2027-05-07"
)

// readRegions reads the regions whose public holidays are kept: one, several in a list or parted by commas, or none.
func readRegions(t *table) string {
	const key = "holidays"
	var names []string
	var at []int
	if list, isList := t.values[key].([]any); isList {
		names, at, _ = t.texts(key, "DE-BY")
		if len(list) == 0 {
			t.wrong(key, `write holidays = "none" if none are kept`, "%s is empty", key)
		}
	} else if text, ok := t.text(key, "DE-BY"); ok {
		names = strings.Split(text, ",")
		at = slices.Repeat([]int{t.line(key)}, len(names))
	}
	known := holiday.Regions()
	var regions []string
	for i, name := range names {
		name = strings.TrimSpace(name)
		region := strings.ToUpper(name)
		switch {
		case strings.EqualFold(name, team.NoHolidays) && len(names) > 1:
			t.wrongAt(at[i], `write holidays = "none" alone`, "holidays are of none and of regions")
		case strings.EqualFold(name, team.NoHolidays):
			return team.NoHolidays
		case !slices.Contains(known, region):
			t.wrongAt(at[i], regionHint(name, known), "unknown region %q", name)
		case !slices.Contains(regions, region):
			regions = append(regions, region)
		}
	}
	return strings.Join(regions, ", ")
}

func regionHint(name string, known []string) string {
	near := holiday.Nearest(name)
	if len(near) == 0 {
		if word := spell.Nearest(name, known); word != "" {
			near = []string{word}
		}
	}
	if len(near) == 0 {
		return fmt.Sprintf(`known are %s; of others name a calendar file: calendar = "holidays.ics" in [[team]]`, strings.Join(known, ", "))
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

// readDaysOff reads the days on which a whole team is off. The calendar is only named here: it is another file.
func readDaysOff(t *table) (off team.DaysOff) {
	if name, ok := t.text("calendar", "holidays.ics"); ok && t.notLonger(t.line("calendar"), "calendar", name, maxName) {
		off.Calendar = name
	}
	list, _ := t.tables("holiday")
	lines := map[team.Date]int{}
	for _, h := range list {
		name, ok := h.text("name", "Bridge day")
		if !h.has("name") {
			h.missing(h.line("name"), "name", `add name = "Bridge day"`, "%s has no name", h.name)
		}
		name = strings.Join(strings.Fields(name), " ")
		ok = ok && h.notLonger(h.line("name"), "name", name, maxName)
		span, dated := readSpan(h)
		for d := span.From; ok && dated && !span.Through.Before(d); d = d.Add(1) {
			if lines[d] > 0 {
				h.wrongAt(h.doc.lines.of(h.path), "leave one of them out", "%s is a day off on line %d already", d, lines[d])
				break
			}
			lines[d] = h.doc.lines.of(h.path)
			off.Own = append(off.Own, team.Holiday{Date: d, Name: name})
		}
		h.close()
	}
	slices.SortFunc(off.Own, func(a, b team.Holiday) int { return a.Date.Compare(b.Date) })
	return off
}

// readSpan reads a date, or the first and the last of several days.
func readSpan(t *table) (span team.Span, ok bool) {
	day := func(key string) (d team.Date, ok bool) {
		text, ok := t.text(key, exampleDay)
		if !ok {
			return d, false
		}
		d, err := team.ParseDate(text)
		if err != nil {
			t.wrong(key, "", "%s: %v", key, err)
		}
		return d, err == nil
	}
	date, isDate := day("date")
	from, isFrom := day("from")
	through, isThrough := day("through")
	hint := fmt.Sprintf("write date = %q, or from = %q and through = %q", exampleDay, "2027-12-27", "2027-12-31")
	switch one, first, last := t.has("date"), t.has("from"), t.has("through"); {
	case one && (first || last):
		t.wrong("date", hint, "%s has both a date and a span", t.name)
	case one:
		return team.Span{From: date, Through: date}, isDate
	case first != last || !first:
		t.missing(t.doc.lines.of(t.path), "date from through", hint, "%s does not say which day it is", t.name)
	case !isFrom || !isThrough:
	case through.Before(from):
		t.wrong("through", "", "through %s is before from %s", through, from)
	case through.Number()-from.Number() >= maxDaysOff:
		t.wrong("through", "write shorter ones", "from %s through %s is more than a year", from, through)
	default:
		return team.Span{From: from, Through: through}, true
	}
	return team.Span{}, false
}

// formatDaysOff writes what readDaysOff reads: days that follow one another under one name as a span.
func formatDaysOff(b *strings.Builder, list []team.Holiday) {
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].Name == list[i].Name && list[j].Date == list[j-1].Date.Add(1) && j-i < maxDaysOff {
			j++
		}
		b.WriteString("\n[[team.holiday]]\n")
		pair(b, "name", list[i].Name)
		if j == i+1 {
			pair(b, "date", list[i].Date.String())
		} else {
			pair(b, "from", list[i].Date.String())
			pair(b, "through", list[j-1].Date.String())
		}
		i = j
	}
}

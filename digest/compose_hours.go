package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// hoursNames is how many people the line of hours names.
const hoursNames = 4

// stretch is a span of time; to is not in it.
type stretch struct{ from, to time.Time }

// there is when one person works within the reader's hours.
type there struct {
	name      string
	stretches []stretch // in order, none of which touches another
}

// hours is the line about when others of a team work within the reader's working hours of the day, by the reader's clock: "(Los Angeles):
// Marcus until 14:00 · Aiko from 16:00 · no hour that all share". Who does not work on that day is left out. It is "" if nobody
// else works then, if all live by the same clock, and if the reader does not work.
func hours(reader team.Person, reading team.Reading, day team.Date, now time.Time) string {
	rule := reader.RuleIn(reading.Team)
	loc, err := rule.Location()
	if err != nil || !reader.WorksOn(day, reading.Team) {
		return ""
	}
	own := workStretch(rule, day, loc)
	if now.After(own.from) && now.Before(own.to) && team.DateOf(now.In(loc)) == day { // it is later than usual
		own.from = now
	}
	_, offset := own.from.In(loc).Zone()
	sameClock, at := true, 0 // at work on that day
	shared := []stretch{own}
	var list []there
	for _, p := range reading.Members {
		if p.ID == reader.ID || p.Paused {
			continue
		}
		work, elsewhere := workOn(p, reading.Team, day, loc, own)
		if len(work) == 0 {
			continue
		}
		at++
		if _, other := own.from.In(elsewhere).Zone(); other != offset {
			sameClock = false
		}
		within := overlap([]stretch{own}, work)
		shared = overlap(shared, within)
		if len(within) > 0 {
			list = append(list, there{p.Name, within})
		}
	}
	if at == 0 || sameClock {
		return ""
	}
	pieces := whoWhen(list, own, loc)
	switch {
	case len(shared) == 0:
		pieces = append(pieces, "no hour that all share")
	case len(pieces) > 1:
		pieces = append(pieces, "everyone "+clockSpans(shared, loc))
	}
	return "(" + templates.Line(zone.City(rule.Zone), 40) + "): " + strings.Join(pieces, "\u00a0· ") // no line begins with the dot
}

// workStretch are the working hours of a day.
func workStretch(rule team.Rule, day team.Date, loc *time.Location) stretch {
	h := rule.Hours.On(day.Weekday())
	return stretch{day.Instant(h.Start, loc), day.Instant(h.End, loc)}
}

// workOn is when a person works on a day of someone in loc: the hours of theirs that begin on it, and those that reach into the other's
// own hours. Their dates may be others: a day earlier or later over the date line.
func workOn(p team.Person, t team.Team, day team.Date, loc *time.Location, own stretch) (work []stretch, zone *time.Location) {
	rule := p.RuleIn(t)
	zone, err := rule.Location()
	if err != nil {
		return nil, nil
	}
	for d := day.Add(-2); !day.Add(2).Before(d); d = d.Add(1) {
		if !p.WorksOn(d, t) || !d.IsIn(zone) {
			continue
		}
		s := workStretch(rule, d, zone)
		if team.DateOf(s.from.In(loc)) == day || s.from.Before(own.to) && own.from.Before(s.to) {
			work = append(work, s)
		}
	}
	return work, zone
}

// overlap are the times that are in both.
func overlap(a, b []stretch) []stretch {
	var both []stretch
	for _, x := range a {
		for _, y := range b {
			s := stretch{x.from, x.to}
			if y.from.After(s.from) {
				s.from = y.from
			}
			if y.to.Before(s.to) {
				s.to = y.to
			}
			if s.from.Before(s.to) {
				both = append(both, s)
			}
		}
	}
	return both
}

// whoWhen says who is there when, those first who are there now: "Marcus until 14:00", "Aiko and Kenji from 16:00".
func whoWhen(list []there, own stretch, loc *time.Location) (pieces []string) {
	slices.SortStableFunc(list, func(a, b there) int {
		x, y := a.stretches[0], b.stretches[0]
		return cmp.Or(x.from.Compare(y.from), x.to.Compare(y.to), cmp.Compare(spell.Plain(a.name), spell.Plain(b.name)))
	})
	full := make([]string, len(list))
	for i, t := range list {
		full[i] = t.name
	}
	names := shortNames(full)
	when := func(t there) string {
		first, last := t.stretches[0], t.stretches[len(t.stretches)-1]
		switch {
		case len(t.stretches) > 1:
			return clockSpans(t.stretches, loc)
		case !first.from.After(own.from) && !last.to.Before(own.to):
			return "all\u00a0day"
		case !first.from.After(own.from):
			return "until\u00a0" + clock(last.to, loc)
		case !last.to.Before(own.to):
			return "from\u00a0" + clock(first.from, loc)
		}
		return clockSpans(t.stretches, loc)
	}
	named := min(len(list), hoursNames)
	if len(list) == named+1 { // to count one takes as much room as to name them
		named++
	}
	for i := 0; i < named; {
		text := when(list[i])
		var group []string
		for ; i < named && when(list[i]) == text; i++ {
			group = append(group, templates.Line(names[i], 40))
		}
		pieces = append(pieces, templates.Series(group, "and")+" "+text)
	}
	if others := len(list) - named; others > 0 {
		pieces = append(pieces, fmt.Sprintf("%d more", others))
	}
	return pieces
}

// clock is the time of day at an instant. Working hours begin and end on whole minutes.
func clock(t time.Time, loc *time.Location) string { return t.In(loc).Format("15:04") }

func clockSpans(list []stretch, loc *time.Location) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = clock(s.from, loc) + "–" + clock(s.to, loc)
	}
	return templates.Series(texts, "and")
}

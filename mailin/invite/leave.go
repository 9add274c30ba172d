package invite

import (
	"regexp"
	"slices"
	"time"

	"daybreak/internal/ics"
	"daybreak/internal/team"
	"daybreak/mailin/absence"
)

// Owner is what matters of the person whose event it is.
type Owner struct {
	Name     string
	Location *time.Location
	Works    func(team.Date) bool       // on a date
	Hours    func(team.Date) team.Hours // on a date, if they work
	Invited  func(address string) bool  // the address is theirs, or ours: not that of another guest
}

// Leave gives the days on which the event says that its owner is away. Without them doubt says why what may have been meant as a leave is
// none; with neither it is a meeting or the like.
func (e Event) Leave(o Owner) (span team.Span, doubt string) {
	out := e.out || slices.ContainsFunc(e.titles, func(t string) bool { return absence.IsLeave(t, o.Name) })
	span, whole, doubt := e.days(o)
	switch {
	case !whole && !out:
		return team.Span{}, ""
	case e.free && !out:
		return team.Span{}, "it shows you as free"
	case !out && slices.ContainsFunc(e.titles, elsewhere.MatchString):
		return team.Span{}, "it says that you work"
	case e.tentative:
		return team.Span{}, "it is only tentative"
	case e.Repeats:
		return team.Span{}, "it comes again, which I cannot follow"
	case !out && slices.ContainsFunc(e.Guests, func(a string) bool { return !o.Invited(a) }):
		return team.Span{}, "others are invited to it, and it does not say that you are out of office"
	case doubt != "":
		return team.Span{}, doubt
	}
	return span, ""
}

// days gives the dates of the event where its owner lives. whole tells that it lasts all day; else the dates are those on which it takes
// up all the working hours.
func (e Event) days(o Owner) (span team.Span, whole bool, doubt string) {
	start, end := e.start, e.end
	if !start.read {
		return span, e.allDay, "its days are not clear"
	}
	if !end.read {
		days, rest, ok := ics.Length(e.length)
		switch {
		case ok:
			end = start.after(days, rest)
		case start.timed && !e.allDay:
			end = start
		default:
			end = start.after(1, 0)
		}
	}
	if !start.timed {
		return bounded(start.day, lastDay(start, end))
	}
	if here, there := start.in(o.Location), end.in(o.Location); here.midnight() && there.midnight() {
		start, end = here, there
	}
	sameZone := start.loc == end.loc
	if start.midnight() && end.midnight() && sameZone && start.day.Before(end.day) && (e.allDay || start.loc != time.UTC) {
		return bounded(start.day, end.day.Add(-1))
	}
	from, to := start.instant(o.Location), end.instant(o.Location)
	if to.Before(from) {
		return span, e.allDay, "it ends before it begins"
	}
	if to.Sub(from) > (longest+2)*24*time.Hour {
		return span, e.allDay, tooLong
	}
	works := false
	for d := team.DateOf(from.In(o.Location)); !to.Before(d.Instant(0, o.Location)); d = d.Add(1) {
		h := o.Hours(d)
		if d.Instant(h.Start, o.Location).Before(from) || to.Before(d.Instant(h.End, o.Location)) {
			continue
		}
		works = works || o.Works(d)
		if span.From.IsZero() {
			span.From = d
		}
		span.Through = d
	}
	switch {
	case !works:
		return team.Span{}, e.allDay, "it takes up no whole working day"
	case span.Through.Year > lastYear:
		return team.Span{}, e.allDay, wrongYear
	}
	return span, e.allDay, ""
}

// elsewhere tells of work in another place.
var elsewhere = regexp.MustCompile(`(?i)\b(wfh|home[ -]?office|working (from|at|in|remotely)|télétravail|teletrabajo|smart working|thuiswerken)\b`)

// lastDay is the last day of an event that begins on a date. Programs that get it wrong let it end on the day on which it begins.
func lastDay(start, end moment) team.Date {
	if end.midnight() && start.day != end.day {
		return end.day.Add(-1)
	}
	return end.day
}

const (
	tooLong   = "it is longer than a year"
	wrongYear = "its year cannot be right"
)

// bounded gives the days of an event that lasts all day, if they can be meant.
func bounded(from, through team.Date) (span team.Span, whole bool, doubt string) {
	switch {
	case through.Before(from):
		return span, true, "it ends before it begins"
	case through.Number()-from.Number() > longest:
		return span, true, tooLong
	case through.Year > lastYear:
		return span, true, wrongYear
	}
	return team.Span{From: from, Through: through}, true, ""
}

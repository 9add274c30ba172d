package team

import "slices"

// Span is a stretch of local dates, both ends included. A zero Through means that its end is not known.
type Span struct{ From, Through Date }

// Has tells whether the date is in the span.
func (s Span) Has(d Date) bool {
	return !d.Before(s.From) && (s.Through.IsZero() || !s.Through.Before(d))
}

// Words name the days: "on Mon 9 Mar", "from Mon 9 Mar to Fri 13 Mar", "from Mon 9 Mar on".
func (s Span) Words() string {
	switch {
	case s.Through.IsZero():
		return "from " + s.From.Short() + " on"
	case s.Through == s.From:
		return "on " + s.From.Short()
	}
	return "from " + s.From.Short() + " to " + s.Through.Short()
}

// Away is when someone is asked and told nothing: spans in order, none of which touches another.
type Away []Span

// NewAway puts spans in order and joins those that touch.
func NewAway(spans []Span) Away {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Number() - b.From.Number() })
	var list Away
	for _, s := range spans {
		if n := len(list); n > 0 && (list[n-1].Through.IsZero() || !list[n-1].Through.Add(1).Before(s.From)) {
			if last := &list[n-1]; s.Through.IsZero() || !last.Through.IsZero() && last.Through.Before(s.Through) {
				last.Through = s.Through
			}
			continue
		}
		list = append(list, s)
	}
	return list
}

// On gives the span that has the date.
func (a Away) On(d Date) (Span, bool) {
	for _, s := range a {
		if s.Has(d) {
			return s, true
		}
	}
	return Span{}, false
}

// Absent is someone who is away, as their team is told.
type Absent struct {
	MemberID int64
	Name     string
	Back     Date // the first day on which they work again; zero if that is not known
}

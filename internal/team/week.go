package team

import (
	"fmt"
	"strings"
	"time"
)

// Workdays are the days on which someone works: the same every week, or two kinds of week in turn.
type Workdays struct {
	Days  Weekdays
	Other Weekdays // of every second week; 0 if all are alike
	From  Date     // with Other: a day of a week in which Days hold
}

// ParseWorkdays reads "mon-fri", or "mon-fri / mon-thu from 2026-03-02" for two kinds of week in turn, of which the first holds in
// the week of that date.
func ParseWorkdays(s string) (w Workdays, err error) {
	first, other, alternate := strings.Cut(s, "/")
	if w.Days, err = ParseWeekdays(strings.TrimSpace(first)); err != nil || !alternate {
		return w, err
	}
	days, from, dated := strings.Cut(strings.TrimSpace(other), " from ")
	if !dated {
		return Workdays{}, fmt.Errorf("%q does not say in which week the first days hold; write it as %s / %s from 2026-03-02", s, strings.TrimSpace(first), days)
	}
	if w.Other, err = ParseWeekdays(days); err != nil {
		return Workdays{}, err
	}
	if w.From, err = ParseDate(strings.TrimSpace(from)); err != nil {
		return Workdays{}, err
	}
	return w, nil
}

// IsZero tells whether nothing is said.
func (w Workdays) IsZero() bool { return w == Workdays{} }

// On tells whether the date is one of the days. Weeks begin on Monday.
func (w Workdays) On(d Date) bool {
	if w.Other != 0 && !inWeekOf(d, w.From) {
		return w.Other.Has(d.Weekday())
	}
	return w.Days.Has(d.Weekday())
}

// WeekOf is the first day of the working week that the date is in: it begins after the longest row of days that are never worked on, and
// on Monday for who works every day.
func (w Workdays) WeekOf(d Date) Date {
	set := w.Days | w.Other
	first, longest := time.Monday, 0
	for i := 1; i <= 7; i++ {
		off := 0
		for off < 7 && !set.Has(time.Weekday((i+6-off)%7)) {
			off++
		}
		if day := time.Weekday(i % 7); set.Has(day) && off > longest {
			first, longest = day, off
		}
	}
	return d.Add(-int(d.Weekday()-first+7) % 7)
}

// inWeekOf tells whether of weeks that alternate the date is in one of the kind that the other is in.
func inWeekOf(d, other Date) bool { return (weekNumber(d)-weekNumber(other))%2 == 0 }

// weekNumber counts weeks that begin on Monday.
func weekNumber(d Date) int {
	n := d.Number() + 3 // 1970-01-01 was a Thursday
	if n < 0 {
		n -= 6
	}
	return n / 7
}

// String gives the form that ParseWorkdays reads.
func (w Workdays) String() string {
	if w.Other == 0 {
		return w.Days.String()
	}
	return w.Days.String() + " / " + w.Other.String() + " from " + w.From.String()
}

// WorkHours are the hours of a working day, and those of weekdays that have others, such as a short Friday.
type WorkHours struct {
	Hours          // of most days
	Day   [7]Hours // by weekday, Sunday first; the zero value is that of most days
}

// ParseWorkHours reads "09:00-17:00", or "09:00-17:00, fri 09:00-13:00" where some days have hours of their own.
func ParseWorkHours(s string) (w WorkHours, err error) {
	for i, piece := range strings.Split(s, ",") {
		days, hours, own := strings.Cut(strings.TrimSpace(piece), " ")
		if i == 0 {
			if w.Hours, err = ParseHours(strings.TrimSpace(piece)); err != nil {
				return WorkHours{}, err
			}
			continue
		}
		set, wrong := ParseWeekdays(days)
		if !own || wrong != nil {
			return WorkHours{}, fmt.Errorf("%q are not hours of some days; write them as 09:00-17:00, fri 09:00-13:00", strings.TrimSpace(piece))
		}
		h, err := ParseHours(strings.TrimSpace(hours))
		if err != nil {
			return WorkHours{}, err
		}
		for d := range w.Day {
			if set.Has(time.Weekday(d)) {
				w.Day[d] = h
			}
		}
	}
	return w, nil
}

// IsZero tells whether nothing is said.
func (w WorkHours) IsZero() bool { return w == WorkHours{} }

// On gives the hours of a weekday.
func (w WorkHours) On(d time.Weekday) Hours {
	if h := w.Day[d]; h != (Hours{}) {
		return h
	}
	return w.Hours
}

// String gives the form that ParseWorkHours reads: days with the same hours together, Monday first.
func (w WorkHours) String() string {
	text := w.Hours.String()
	done := Weekdays(0)
	for i := 1; i <= 7; i++ {
		h := w.Day[i%7]
		if h == (Hours{}) || done.Has(time.Weekday(i%7)) {
			continue
		}
		set := Weekdays(0)
		for j := i; j <= 7; j++ {
			if w.Day[j%7] == h {
				set |= 1 << (j % 7)
			}
		}
		done |= set
		for _, days := range strings.Split(set.String(), ",") {
			text += ", " + days + " " + h.String()
		}
	}
	return text
}

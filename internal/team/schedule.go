package team

import (
	"fmt"
	"slices"
	"strings"
)

// Schedule is on which days a check-in is asked. The zero value is every working day.
type Schedule struct {
	Days  Weekdays // on these weekdays, as far as they are worked on
	Every int      // with Days: only every second week (2)
	From  Date     // with Every: a day of a week in which it is asked
	Nth   int      // with Days, of which there is one then: the first to fourth of the month (1–4), the last (-1)
	Month int      // with Days 0: the first (1), second … or last (-1) working day of the month
}

var ordinals = []string{"first", "second", "third", "fourth"}

// scheduleForms are what a schedule may be, for messages.
const scheduleForms = `working days; mon,thu; every second tue from 2026-03-03; first mon of the month; last working day of the month`

// ParseSchedule reads "working days", "mon,thu", "every second tue from 2026-03-03", "first mon of the month" or "last working day of
// the month".
func ParseSchedule(s string) (Schedule, error) {
	wrong := fmt.Errorf("%q is not when a check-in is asked; write one of: %s", s, scheduleForms)
	words := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	if words == "working days" || words == "daily" {
		return Schedule{}, nil
	}
	if rest, ok := strings.CutPrefix(words, "every second "); ok {
		days, from, dated := strings.Cut(rest, " from ")
		set, err := ParseWeekdays(days)
		if err != nil {
			return Schedule{}, wrong
		}
		if !dated {
			return Schedule{}, fmt.Errorf("%q does not say in which week it begins; write it as every second %s from 2026-03-03", s, set)
		}
		d, err := ParseDate(from)
		if err != nil {
			return Schedule{}, err
		}
		return Schedule{Days: set, Every: 2, From: d}, nil
	}
	if monthly, ok := strings.CutSuffix(words, " of the month"); ok {
		which, what, _ := strings.Cut(monthly, " ")
		nth := slices.Index(ordinals, which) + 1
		if which == "last" {
			nth = -1
		}
		if nth == 0 {
			return Schedule{}, wrong
		}
		if what == "working day" {
			return Schedule{Month: nth}, nil
		}
		set, err := ParseWeekdays(what)
		if err != nil || set&(set-1) != 0 {
			return Schedule{}, wrong
		}
		return Schedule{Days: set, Nth: nth}, nil
	}
	set, err := ParseWeekdays(words)
	if err != nil {
		return Schedule{}, wrong
	}
	return Schedule{Days: set}, nil
}

// String gives the form that ParseSchedule reads.
func (s Schedule) String() string {
	nth := func(n int) string {
		if n < 0 {
			return "last"
		}
		return ordinals[n-1]
	}
	switch {
	case s.Month != 0:
		return nth(s.Month) + " working day of the month"
	case s.Nth != 0:
		return nth(s.Nth) + " " + s.Days.String() + " of the month"
	case s.Every != 0:
		return "every second " + s.Days.String() + " from " + s.From.String()
	case s.Days != 0:
		return s.Days.String()
	}
	return "working days"
}

// On tells whether the check-in is asked on a working day. works tells which days are worked on; a day of the month on which nobody
// works is moved to the next working day.
func (s Schedule) On(d Date, works func(Date) bool) bool {
	switch {
	case s.Month != 0:
		return s.nthWorkingDay(d, works)
	case s.Nth != 0:
		return s.movedTo(d, works)
	case s.Days != 0 && s.Every != 0:
		return s.Days.Has(d.Weekday()) && inWeekOf(d, s.From)
	case s.Days != 0:
		return s.Days.Has(d.Weekday())
	}
	return true
}

func (s Schedule) nthWorkingDay(d Date, works func(Date) bool) bool {
	first, step, left := Date{d.Year, d.Month, 1}, 1, s.Month
	if s.Month < 0 {
		first, step, left = Date{d.Year, d.Month + 1, 1}.Add(-1), -1, -s.Month
	}
	for day := first; day.Month == d.Month; day = day.Add(step) {
		if works(day) {
			if left--; left == 0 {
				return day == d
			}
		}
	}
	return false
}

// movedTo tells whether d is the day of the month itself, or the first working day after it.
func (s Schedule) movedTo(d Date, works func(Date) bool) bool {
	for day, n := d, 0; n < 14; day, n = day.Add(-1), n+1 {
		if n > 0 && works(day) {
			return false // it would have been asked then
		}
		if s.isNth(day) {
			return true
		}
	}
	return false
}

func (s Schedule) isNth(d Date) bool {
	if !s.Days.Has(d.Weekday()) {
		return false
	}
	if s.Nth < 0 {
		return d.Add(7).Month != d.Month
	}
	return (d.Day-1)/7+1 == s.Nth
}

package team

import (
	"fmt"
	"strings"
	"time"
)

// DayBoundary is the local wall time at which a day ends: what is written at 01:30 belongs to the day before.
const DayBoundary Clock = 4 * 60

// Clock is a local wall time in minutes since midnight, 0 to 1439.
type Clock int

// ParseClock reads "16:00" or "9:05".
func ParseClock(s string) (Clock, error) {
	hour, minute, ok := strings.Cut(s, ":")
	h, errHour := number(hour, 2)
	m, errMinute := number(minute, 2)
	if !ok || errHour != nil || errMinute != nil || len(minute) != 2 || h > 23 || m > 59 {
		return 0, fmt.Errorf("%q is not a time of day; write it as HH:MM, such as 16:00", s)
	}
	return Clock(h*60 + m), nil
}

func number(s string, most int) (int, error) {
	if s == "" || len(s) > most {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%q is not a number", s)
		}
		n = n*10 + int(r-'0')
	}
	return n, nil
}

// String gives the time as "16:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Hours is a span of local wall time within one day; Start is in it, End is not.
type Hours struct{ Start, End Clock }

// ParseHours reads "09:00-17:00". The start must come before the end.
func ParseHours(s string) (Hours, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Hours{}, fmt.Errorf("%q are not working hours; write them as 09:00-17:00", s)
	}
	start, err := ParseClock(strings.TrimSpace(from))
	if err != nil {
		return Hours{}, err
	}
	end, err := ParseClock(strings.TrimSpace(to))
	if err != nil {
		return Hours{}, err
	}
	if start >= end {
		return Hours{}, fmt.Errorf("%q are not working hours: they must start before they end", s)
	}
	return Hours{start, end}, nil
}

// String gives the hours as "09:00-17:00".
func (h Hours) String() string { return h.Start.String() + "-" + h.End.String() }

// Weekdays is a set of weekdays, a bit each, Sunday the lowest.
type Weekdays uint8

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseWeekdays reads "mon-fri", "sun-thu", "mon,wed,fri" or a mixture; a range may run across the week's end.
func ParseWeekdays(s string) (Weekdays, error) {
	var set Weekdays
	for _, piece := range strings.Split(strings.ToLower(s), ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(piece), "-")
		first, ok := weekday(from)
		last := first
		if ok && isRange {
			last, ok = weekday(to)
		}
		if !ok {
			return 0, fmt.Errorf("%q are not days of the week; write them as mon-fri or mon,wed,fri", s)
		}
		for d := first; ; d = (d + 1) % 7 {
			set |= 1 << d
			if d == last {
				break
			}
		}
	}
	return set, nil
}

func weekday(s string) (int, bool) {
	s = strings.TrimSpace(s)
	for i, name := range dayNames {
		full := strings.ToLower(time.Weekday(i).String())
		if s == name || s == full {
			return i, true
		}
	}
	return 0, false
}

// Has tells whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// String gives the shortest form that ParseWeekdays reads, Monday first: "mon-fri", "mon,wed,fri".
func (w Weekdays) String() string {
	var pieces []string
	for i := 1; i <= 7; {
		if !w.Has(time.Weekday(i % 7)) {
			i++
			continue
		}
		j := i
		for j < 7 && w.Has(time.Weekday((j+1)%7)) {
			j++
		}
		switch j - i {
		case 0:
			pieces = append(pieces, dayNames[i%7])
		case 1:
			pieces = append(pieces, dayNames[i%7], dayNames[j%7])
		default:
			pieces = append(pieces, dayNames[i%7]+"-"+dayNames[j%7])
		}
		i = j + 1
	}
	return strings.Join(pieces, ",")
}

// Date is a calendar day with no zone. Its zero value means no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the calendar day that t shows in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-03-09".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date; write it as 2026-03-09", s)
	}
	return DateOf(t), nil
}

// DateFromNumber is the inverse of Date.Number.
func DateFromNumber(n int) Date {
	return DateOf(time.Date(1970, time.January, 1+n, 0, 0, 0, 0, time.UTC))
}

// Number counts the days since 1970-01-01.
func (d Date) Number() int {
	return int(d.midnight().Unix() / (24 * 60 * 60)) // a time.Duration would end 292 years from 1970
}

func (d Date) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// IsZero tells whether this is no date at all.
func (d Date) IsZero() bool { return d == Date{} }

// Add gives the date n days later.
func (d Date) Add(n int) Date {
	if day := d.Day + n; 1 <= day && day <= 28 && time.January <= d.Month && d.Month <= time.December { // every month has it
		d.Day = day
		return d
	}
	return DateOf(d.midnight().AddDate(0, 0, n))
}

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Before tells whether d comes before o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// Compare is negative if d comes before o, positive if it comes after it, and else zero.
func (d Date) Compare(o Date) int { return d.midnight().Compare(o.midnight()) }

// Short gives "Mon 9 Mar".
func (d Date) Short() string { return d.midnight().Format("Mon 2 Jan") }

// String gives "2026-03-09".
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// Instant is the moment at which clocks in loc show c on d. A time that a daylight-saving change skips becomes the
// first valid instant after the gap; one that happens twice is taken the first time.
func (d Date) Instant(c Clock, loc *time.Location) time.Time {
	guess := time.Date(d.Year, d.Month, d.Day, 0, int(c), 0, 0, loc)
	const near = 27 * time.Hour // farther from a change than this there is but one such moment
	if start, end := guess.ZoneBounds(); (start.IsZero() || guess.Sub(start) > near) && (end.IsZero() || end.Sub(guess) > near) {
		return guess
	}
	wall := d.midnight().Add(time.Duration(c) * time.Minute)
	// The offsets in force well before and well after the wall time: every candidate uses one of them.
	_, before := guess.Add(-26 * time.Hour).Zone()
	_, after := guess.Add(26 * time.Hour).Zone()
	first := time.Time{}
	for _, offset := range candidates(guess, before, after) {
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if _, have := t.Zone(); have == offset && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if !first.IsZero() {
		return first
	}
	// In a gap: the transition is where the zone in force at the guess begins or ends.
	start, end := guess.ZoneBounds()
	shows := func(t time.Time) time.Time { // the wall time shown at t, as if it were UTC
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	for _, t := range []time.Time{start, end} {
		if !t.IsZero() && shows(t.In(loc)).After(wall) && shows(t.Add(-time.Second).In(loc)).Before(wall) {
			return t.In(loc)
		}
	}
	return guess
}

func candidates(guess time.Time, before, after int) []int {
	_, at := guess.Zone()
	offsets := []int{at}
	start, end := guess.ZoneBounds()
	for _, t := range []time.Time{start.Add(-time.Second), end} {
		if !t.IsZero() {
			_, offset := t.In(guess.Location()).Zone()
			offsets = append(offsets, offset)
		}
	}
	return append(offsets, before, after)
}

// IsIn tells whether the zone ever had the date: where the date line was moved, one is missing.
func (d Date) IsIn(loc *time.Location) bool {
	return DateOf(d.Instant(12*60, loc)) == d || DateOf(d.Instant(0, loc)) == d
}

// DayAt is the working day to which the instant belongs for a person in loc: the local date, or the one before it
// until DayBoundary.
func DayAt(t time.Time, loc *time.Location) Date {
	local := t.In(loc)
	d := DateOf(local)
	if Clock(local.Hour()*60+local.Minute()) < DayBoundary {
		return d.Add(-1)
	}
	return d
}

// DayEnd is the instant at which the day d ends for a person in loc.
func DayEnd(d Date, loc *time.Location) time.Time { return d.Add(1).Instant(DayBoundary, loc) }

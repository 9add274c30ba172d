package holiday

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/team"
)

// dateFrom is the number of a day; months and days beyond the end are carried over.
func dateFrom(year, month, day int) int {
	return team.Date{Year: year, Month: time.Month(month), Day: day}.Number()
}

func valid(year, month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

func daysOf(year, month int) int { return dateFrom(year, month+1, 1) - dateFrom(year, month, 1) }

// weekday of a day, Sunday 0.
func weekday(n int) int { return ((n+4)%7 + 7) % 7 }

// rule is a recurrence rule of whole days.
type rule struct {
	freq       string // DAILY, WEEKLY, MONTHLY, YEARLY
	interval   int
	count      int // 0 for no end
	until      int
	ends       bool // by until
	days       []nthDay
	monthDays  []int
	months     []int
	positions  []int
	weekBegins int // the day of the week, for WEEKLY
}

// nthDay is a day of the week, each (0) or the nth of a month or year, from the end if it is negative.
type nthDay struct{ nth, weekday int }

var dayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func parseRule(line int, text string) (*rule, error) {
	r := &rule{interval: 1, weekBegins: 1}
	wrong := func(format string, args ...any) error {
		return &Error{line, fmt.Sprintf(format, args...),
			"write the days as events of their own, or as a rule such as FREQ=YEARLY or FREQ=MONTHLY;BYDAY=1MO;UNTIL=20271231"}
	}
	if len(text) > 500 {
		return nil, wrong("the rule is longer than 500 characters")
	}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(text)), ";") {
		key, value, _ := strings.Cut(part, "=")
		numbers := func(least, most int) (list []int, err error) {
			for s := range strings.SplitSeq(value, ",") {
				n, err := strconv.Atoi(s)
				if err != nil || n == 0 || n < least || n > most {
					return nil, wrong("%s=%s is not understood", key, cut(value, 40))
				}
				list = append(list, n)
			}
			return list, nil
		}
		one := func() (int, error) {
			list, err := numbers(1, 100000)
			if err != nil || len(list) != 1 {
				return 0, wrong("%s=%s is not a number", key, cut(value, 40))
			}
			return list[0], nil
		}
		var err error
		switch key {
		case "":
		case "FREQ":
			if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, value) {
				return nil, wrong("FREQ=%s is not of whole days", cut(value, 40))
			}
			r.freq = value
		case "INTERVAL":
			r.interval, err = one()
		case "COUNT":
			r.count, err = one()
		case "UNTIL":
			day, _, _ := strings.Cut(value, "T")
			if r.until, r.ends = number(day); !r.ends {
				return nil, wrong("UNTIL=%s is not a date", cut(value, 40))
			}
		case "BYMONTHDAY":
			r.monthDays, err = numbers(-31, 31)
		case "BYMONTH":
			r.months, err = numbers(1, 12)
		case "BYSETPOS":
			r.positions, err = numbers(-366, 366)
		case "BYDAY":
			for s := range strings.SplitSeq(value, ",") {
				i := max(0, len(s)-2)
				d := nthDay{weekday: slices.Index(dayNames, s[i:])}
				if i > 0 {
					d.nth, err = strconv.Atoi(s[:i])
				}
				if err != nil || d.weekday < 0 || i > 0 && d.nth == 0 || d.nth < -53 || d.nth > 53 {
					return nil, wrong("BYDAY=%s is not understood", cut(value, 40))
				}
				r.days = append(r.days, d)
			}
		case "WKST":
			if r.weekBegins = slices.Index(dayNames, value); r.weekBegins < 0 {
				return nil, wrong("WKST=%s is not understood", cut(value, 40))
			}
		default:
			return nil, wrong("rules with %s are not understood", cut(key, 40))
		}
		if err != nil {
			return nil, err
		}
	}
	if r.freq == "" {
		return nil, wrong("the rule has no FREQ")
	}
	return r, nil
}

// starts are the days from one to another on which an event begins that first began on a day. It is false if that takes more steps
// than are left.
func (r *rule) starts(first, from, to int, left *int) (list []int, ok bool) {
	if r.ends && r.until < to {
		to = r.until
	}
	k := 0
	if r.count == 0 && from > first { // nothing to count: begin near the first day that is asked for
		k = max(0, r.periods(first, from)/r.interval-1)
	}
	price := 1 + r.work()/16
	for found := 0; ; k++ {
		if *left -= price; *left < 0 {
			return nil, false
		}
		begin, days := r.period(first, k*r.interval)
		if begin > to {
			return list, true
		}
		*left -= len(days)
		for _, n := range r.chosen(days) {
			if n < first {
				continue
			}
			if n > to {
				return list, true
			}
			if found++; r.count > 0 && found > r.count {
				return list, true
			}
			if n >= from {
				list = append(list, n)
			}
		}
	}
}

// work is about how much there is to compare in one period.
func (r *rule) work() int {
	n := (1 + len(r.monthDays)) * (1 + len(r.days))
	switch r.freq {
	case "WEEKLY":
		n *= 7
	case "YEARLY":
		n *= 1 + len(r.months) + len(r.monthDays)
	}
	return n
}

// periods are how many days, weeks, months or years lie between two days.
func (r *rule) periods(a, b int) int {
	x, y := team.DateFromNumber(a), team.DateFromNumber(b)
	switch r.freq {
	case "DAILY":
		return b - a
	case "WEEKLY":
		return (b - a) / 7
	case "MONTHLY":
		return (y.Year-x.Year)*12 + int(y.Month-x.Month)
	}
	return y.Year - x.Year
}

// chosen are the days at the rule's positions, or all of them.
func (r *rule) chosen(days []int) []int {
	slices.Sort(days)
	days = slices.Compact(days)
	if len(r.positions) == 0 {
		return days
	}
	var some []int
	for _, p := range r.positions {
		if p < 0 {
			p += len(days) + 1
		}
		if p >= 1 && p <= len(days) {
			some = append(some, days[p-1])
		}
	}
	slices.Sort(some)
	return slices.Compact(some)
}

// period gives the first day of the period that many after that of the first day, and the days in it that the rule names.
func (r *rule) period(first, after int) (begin int, days []int) {
	d := team.DateFromNumber(first)
	switch r.freq {
	case "DAILY":
		n := first + after
		if r.hasMonth(n) && r.hasWeekday(n) && r.hasMonthDay(n) {
			days = append(days, n)
		}
		return n, days
	case "WEEKLY":
		begin = first - (weekday(first)-r.weekBegins+7)%7 + 7*after
		for n := begin; n < begin+7; n++ {
			if r.hasMonth(n) && (len(r.days) == 0 && weekday(n) == weekday(first) || len(r.days) > 0 && r.hasWeekday(n)) {
				days = append(days, n)
			}
		}
		return begin, days
	case "MONTHLY":
		begin = dateFrom(d.Year, int(d.Month)+after, 1)
		if r.hasMonth(begin) {
			days = r.inSpan(begin, dateFrom(d.Year, int(d.Month)+after+1, 1), d.Day)
		}
		return begin, days
	}
	year := d.Year + after
	begin = dateFrom(year, 1, 1)
	switch {
	case len(r.months) == 0 && len(r.days) > 0 && len(r.monthDays) == 0:
		return begin, r.inSpan(begin, dateFrom(year+1, 1, 1), d.Day)
	case len(r.months) == 0 && len(r.monthDays) == 0:
		if valid(year, int(d.Month), d.Day) {
			days = append(days, dateFrom(year, int(d.Month), d.Day))
		}
		return begin, days
	}
	for month := 1; month <= 12; month++ {
		if len(r.months) == 0 || slices.Contains(r.months, month) {
			days = append(days, r.inSpan(dateFrom(year, month, 1), dateFrom(year, month+1, 1), d.Day)...)
		}
	}
	return begin, days
}

// inSpan gives the days of a month or a year, up to an end, that the rule names; otherwise the day of the month.
func (r *rule) inSpan(begin, end, otherwise int) (days []int) {
	if len(r.monthDays) > 0 {
		for _, m := range r.monthDays {
			n := begin + m - 1
			if m < 0 {
				n = end + m
			}
			if n >= begin && n < end && r.hasWeekday(n) {
				days = append(days, n)
			}
		}
		return days
	}
	if len(r.days) == 0 {
		if n := begin + otherwise - 1; n < end {
			days = append(days, n)
		}
		return days
	}
	for _, d := range r.days {
		first := begin + (d.weekday-weekday(begin)+7)%7
		last := end - 1 - (weekday(end-1)-d.weekday+7)%7
		n := first + 7*(d.nth-1)
		if d.nth < 0 {
			n = last + 7*(d.nth+1)
		}
		if d.nth != 0 {
			if n >= begin && n < end {
				days = append(days, n)
			}
			continue
		}
		for n := first; n < end; n += 7 {
			days = append(days, n)
		}
	}
	return days
}

func (r *rule) hasMonth(n int) bool {
	return len(r.months) == 0 || slices.Contains(r.months, int(team.DateFromNumber(n).Month))
}

func (r *rule) hasWeekday(n int) bool {
	return len(r.days) == 0 || slices.ContainsFunc(r.days, func(d nthDay) bool { return d.weekday == weekday(n) })
}

func (r *rule) hasMonthDay(n int) bool {
	if len(r.monthDays) == 0 {
		return true
	}
	d := team.DateFromNumber(n)
	return slices.Contains(r.monthDays, d.Day) || slices.Contains(r.monthDays, d.Day-daysOf(d.Year, int(d.Month))-1)
}

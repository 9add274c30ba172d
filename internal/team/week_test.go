package team

import (
	"strings"
	"testing"
	"time"
)

func TestWeeksInTurn(t *testing.T) {
	w, err := ParseWorkdays("mon-fri / mon-thu from 2026-03-04")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{
		"2026-03-02": true, "2026-03-06": true, "2026-03-07": false, // the week of the date itself, from its Monday on
		"2026-03-08": false, "2026-03-12": true, "2026-03-13": false, "2026-03-20": true, "2026-02-27": false, "2026-02-20": true,
		"2026-12-31": true, "2027-01-01": false, "2027-01-08": true, "1969-12-26": true, "1970-01-02": false,
	} {
		d, _ := ParseDate(day)
		if got := w.On(d); got != want {
			t.Errorf("%s %s: works %v, want %v", d.Weekday(), d, got, want)
		}
	}
}

func TestHoursOfSingleDays(t *testing.T) {
	w, err := ParseWorkHours("9:00-17:00, wed 13:00-17:00, thu-fri 09:00-13:00")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.String(), "09:00-17:00, wed 13:00-17:00, thu 09:00-13:00, fri 09:00-13:00"; got != want {
		t.Errorf("written %q, want %q", got, want)
	}
	if again, err := ParseWorkHours(w.String()); err != nil || again != w {
		t.Errorf("read back as %v, %v", again, err)
	}
	r := Rule{Hours: w}
	for _, c := range []struct {
		clock string
		day   int // of March 2026, which began on a Sunday
		want  string
	}{
		{"16:00", 2, "16:00"}, {"16:00", 6, "12:00"}, {"09:30", 4, "13:30"}, {"10:00", 6, "10:00"}, // kept from the end, or from the start
		{"20:00", 6, "20:00"}, {"07:00", 4, "07:00"}, // wanted outside the hours on every day
		{"09:00", 4, "13:00"}, {"12:59", 4, "16:59"},
	} {
		clock, err := ParseClock(c.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.ClockOn(clock, Date{2026, 3, c.day}).String(); got != c.want {
			t.Errorf("%s on 2026-03-%02d is %s, want %s", c.clock, c.day, got, c.want)
		}
	}
}

// TestSchedulesAgainstTheCalendar compares schedules with days picked from a calendar by hand.
func TestSchedulesAgainstTheCalendar(t *testing.T) {
	holidays := map[Date]bool{{2026, 4, 6}: true, {2026, 4, 30}: true} // Easter Monday, and a day off at the month's end
	works := func(d Date) bool {
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !holidays[d]
	}
	for _, c := range []struct{ schedule, april string }{
		{"working days", "1 2 3 7 8 9 10 13 14 15 16 17 20 21 22 23 24 27 28 29"},
		{"mon,thu", "2 9 13 16 20 23 27"},
		{"every second tue from 2026-03-03", "14 28"},
		{"every second mon,fri from 2026-04-10", "10 20 24"},
		{"first mon of the month", "7"}, // Easter Monday: moved
		{"second mon of the month", "13"},
		{"fourth thu of the month", "23"},
		{"last thu of the month", ""}, // the 30th is off: it comes in May
		{"first sun of the month", "7"},
		{"first working day of the month", "1"},
		{"fourth working day of the month", "7"},
		{"last working day of the month", "29"},
	} {
		s, err := ParseSchedule(c.schedule)
		if err != nil {
			t.Fatal(err)
		}
		var days []string
		for d := (Date{2026, 4, 1}); d.Month == 4; d = d.Add(1) {
			if works(d) && s.On(d, works) {
				days = append(days, strings.TrimLeft(d.String()[8:], "0"))
			}
		}
		if got := strings.Join(days, " "); got != c.april {
			t.Errorf("%s: asked on %s, want %s", c.schedule, got, c.april)
		}
		if s.String() != c.schedule {
			t.Errorf("%q is written %q", c.schedule, s)
		}
	}
	if s, _ := ParseSchedule("last thu of the month"); !s.On(Date{2026, 5, 1}, works) {
		t.Error("the last Thursday of April, which is off, is not moved to 1 May")
	}
	for _, bad := range []string{"", "monthly", "every second tue", "first mon", "fifth mon of the month", "first mon,tue of the month", "first of the month", "every third mon from 2026-03-02"} {
		if s, err := ParseSchedule(bad); err == nil {
			t.Errorf("%q reads as %q, want an error", bad, s)
		}
	}
}

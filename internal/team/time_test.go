package team

import (
	"testing"
	"time"
)

func TestWeekdaysReadAndWrite(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"mon-fri", "mon-fri"},
		{"Mon - Thu", "mon-thu"},
		{"sun-thu", "mon-thu,sun"},
		{"fri-mon", "mon,fri-sun"},
		{"monday,wednesday", "mon,wed"},
		{"mon,tue", "mon,tue"},
		{"mon-sun", "mon-sun"},
	} {
		days, err := ParseWeekdays(c.in)
		if err != nil || days.String() != c.want {
			t.Errorf("%q reads as %q, %v; want %q", c.in, days, err, c.want)
		}
		if again, err := ParseWeekdays(days.String()); err != nil || again != days {
			t.Errorf("%q does not read back: %v, %v", days, again, err)
		}
	}
	for _, bad := range []string{"", "mon-", "funday", "mon;tue", "-"} {
		if days, err := ParseWeekdays(bad); err == nil {
			t.Errorf("%q reads as %q, want an error", bad, days)
		}
	}
}

func TestClockAndHoursReadAndWrite(t *testing.T) {
	for _, good := range []string{"00:00", "09:05", "23:59"} {
		if c, err := ParseClock(good); err != nil || c.String() != good {
			t.Errorf("%q reads as %q, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "9", "24:00", "09:60", "9:5", "-1:00", "+9:00", "009:00", "9.30"} {
		if c, err := ParseClock(bad); err == nil {
			t.Errorf("%q reads as %q, want an error", bad, c)
		}
	}
	if h, err := ParseHours("9:00 - 17:30"); err != nil || h.String() != "09:00-17:30" {
		t.Errorf("hours read as %q, %v", h, err)
	}
	for _, bad := range []string{"17:00-09:00", "09:00", "09:00-09:00", ""} {
		if h, err := ParseHours(bad); err == nil {
			t.Errorf("%q reads as %q, want an error", bad, h)
		}
	}
}

func TestDatesCount(t *testing.T) {
	for d := (Date{1970, 1, 1}); d.Before(Date{2100, 1, 1}); d = d.Add(1) {
		if got := DateFromNumber(d.Number()); got != d {
			t.Fatalf("%s has number %d, which is %s", d, d.Number(), got)
		}
	}
	if d := (Date{2028, 2, 28}).Add(1); d != (Date{2028, 2, 29}) {
		t.Errorf("the day after 28 Feb 2028 is %s", d)
	}
}

// TestInstantAgainstWatchingTheClock compares Instant with walking through the day a minute at a time, in zones with
// gaps, overlaps, half-hour shifts, a skipped day and changes at midnight.
func TestInstantAgainstWatchingTheClock(t *testing.T) {
	for _, c := range []struct {
		zone string
		day  Date
	}{
		{"America/New_York", Date{2026, 3, 8}}, {"America/New_York", Date{2026, 11, 1}},
		{"Europe/Paris", Date{2026, 3, 29}}, {"Europe/Paris", Date{2026, 10, 25}},
		{"Australia/Lord_Howe", Date{2026, 10, 4}}, {"Australia/Lord_Howe", Date{2026, 4, 5}},
		{"America/Sao_Paulo", Date{2018, 11, 4}}, {"America/Sao_Paulo", Date{2018, 2, 17}},
		{"Asia/Beirut", Date{2024, 3, 31}}, {"Africa/Cairo", Date{2026, 4, 24}}, {"Africa/Cairo", Date{2026, 10, 29}},
		{"Pacific/Apia", Date{2011, 12, 29}}, {"Pacific/Apia", Date{2011, 12, 31}}, {"Africa/Casablanca", Date{2026, 2, 15}},
		{"Asia/Kolkata", Date{2026, 3, 8}}, {"Asia/Kathmandu", Date{2026, 3, 8}}, {"Asia/Tehran", Date{2022, 3, 22}},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		// The first instant, a minute apart, at which the wall shows the time or something later.
		start := time.Date(c.day.Year, c.day.Month, c.day.Day, 0, 0, 0, 0, time.UTC).Add(-15 * time.Hour)
		firstAtOrAfter := map[Clock]time.Time{}
		for m := 0; m < 60*42; m++ {
			at := start.Add(time.Duration(m) * time.Minute).In(loc)
			if DateOf(at) != c.day {
				continue
			}
			clock := Clock(at.Hour()*60 + at.Minute())
			for k := clock; k >= 0; k-- {
				if _, have := firstAtOrAfter[k]; have {
					break
				}
				firstAtOrAfter[k] = at
			}
		}
		for k := Clock(0); k < 24*60; k++ {
			want, ok := firstAtOrAfter[k]
			if !ok {
				continue // a gap that runs to the end of the day
			}
			if got := c.day.Instant(k, loc); !got.Equal(want) {
				t.Errorf("%s %s in %s is %s, want %s", c.day, k, c.zone, got, want)
				break
			}
		}
	}
}

func TestADaySkippedByTheDateLineBeginsAfterIt(t *testing.T) {
	loc, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	got := (Date{2011, 12, 30}).Instant(9*60, loc) // never was
	if want := time.Date(2011, 12, 31, 0, 0, 0, 0, loc); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheDayEndsAtFourInTheMorning(t *testing.T) {
	loc, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		hour, minute int
		want         Date
	}{{1, 30, Date{2026, 3, 2}}, {3, 59, Date{2026, 3, 2}}, {4, 0, Date{2026, 3, 3}}, {23, 59, Date{2026, 3, 3}}} {
		at := time.Date(2026, 3, 3, c.hour, c.minute, 0, 0, loc).UTC()
		if got := DayAt(at, loc); got != c.want {
			t.Errorf("%02d:%02d belongs to %s, want %s", c.hour, c.minute, got, c.want)
		}
	}
	if got, want := DayEnd(Date{2026, 3, 2}, loc), time.Date(2026, 3, 3, 4, 0, 0, 0, loc); !got.Equal(want) {
		t.Errorf("the day ends at %s, want %s", got, want)
	}
}

func TestMemberWinsOverTeamOverDefault(t *testing.T) {
	p := Person{Member: Member{Rule: Rule{Zone: "Asia/Tokyo", Digest: 0, DigestSet: true}}}
	r := p.RuleIn(Team{Defaults: Rule{Zone: "Europe/Paris", Prompt: 15 * 60, PromptSet: true, Digest: 8 * 60, DigestSet: true}})
	if r.Zone != "Asia/Tokyo" || r.Prompt != 15*60 || r.Digest != 0 || r.Hours.String() != "09:00-17:00" || r.Days.String() != "mon-fri" {
		t.Errorf("got %+v", r)
	}
}

func TestDatesFarFromNowAreCounted(t *testing.T) {
	for _, d := range []Date{{Year: 1, Month: 1, Day: 1}, {Year: 1604, Month: 2, Day: 29}, {Year: 1970, Month: 1, Day: 1}, {Year: 2300, Month: 12, Day: 31}, {Year: 9999, Month: 12, Day: 31}} {
		if got := DateFromNumber(d.Number()); got != d {
			t.Errorf("%v has the number %d, which is %v", d, d.Number(), got)
		}
	}
	if n := (Date{Year: 1604, Month: 1, Day: 1}).Number(); n != -133679 {
		t.Errorf("1604-01-01 has the number %d", n)
	}
}

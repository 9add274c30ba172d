package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLinesAreTakenApart(t *testing.T) {
	text := "BEGIN:VCALENDAR\n\nsummary;LANGUAGE=en;ALTREP=\"cid:a;b\":Quay\n  wall\nno line\nDTSTART;tzid=\"Europe/Oslo\";VALUE=DATE-TIME:2026\n\t0803T090000"
	const want = "1 BEGIN=VCALENDAR 3 SUMMARY=Quay wall 5 = 6 DTSTART=20260803T090000 "
	for _, form := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), "\ufeff" + text + "\n\n"} {
		got := ""
		for l := range Lines([]byte(form)) {
			got += fmt.Sprintf("%d %s=%s ", l.Number, l.Name, l.Value)
			switch l.Name {
			case "SUMMARY":
				if l.Param("altrep") != "cid:a;b" || l.Param("LANGUAGE") != "en" || l.Param("LANG") != "" {
					t.Errorf("parameters of %q", l.params)
				}
			case "DTSTART":
				if l.Param("TZID") != "Europe/Oslo" || l.Param("VALUE") != "DATE-TIME" {
					t.Errorf("parameters of %q", l.params)
				}
			}
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDatesTimesAndLengthsAreRead(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"20260803", "2026-08-03"}, {"20240229", "2024-02-29"}, {"20260229", ""}, {"20261301", ""}, {"00000101", ""}, {"2026-8-3", ""}, {"202608030", ""},
	} {
		d, ok := Date(c.value)
		if ok != (c.want != "") || ok && d.String() != c.want {
			t.Errorf("%s is %s, %t", c.value, d, ok)
		}
	}
	for _, c := range []struct{ value, want string }{
		{"093000", "09:30"}, {"235959Z", "23:59 UTC"}, {"0930", "09:30"}, {"0930z", "09:30 UTC"}, {"240000", ""}, {"096000", ""}, {"9:3000", ""}, {"", ""},
	} {
		clock, utc, ok := Time(c.value)
		got := ""
		if ok {
			got = clock.String()
		}
		if utc && ok {
			got += " UTC"
		}
		if got != c.want {
			t.Errorf("%s is %q, want %q", c.value, got, c.want)
		}
	}
	for _, c := range []struct {
		value string
		days  int
		rest  time.Duration
		ok    bool
	}{
		{"P3D", 3, 0, true}, {"P2W", 14, 0, true}, {"PT8H30M", 0, 8*time.Hour + 30*time.Minute, true}, {"+P1DT12H", 1, 12 * time.Hour, true}, {"p1dt1s", 1, time.Second, true},
		{"-P1D", 0, 0, false}, {"P", 0, 0, false}, {"P3", 0, 0, false}, {"P8H", 0, 0, false}, {"PTT1H", 0, 0, false}, {"P99999999D", 0, 0, false}, {"3D", 0, 0, false},
	} {
		if days, rest, ok := Length(c.value); days != c.days || rest != c.rest || ok != c.ok {
			t.Errorf("%s is %d days and %s, %t", c.value, days, rest, ok)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("BEGIN:VCALENDAR\r\nDTSTART;TZID=\"a;b\":20260803T090000Z\r\n \t\r\nDURATION:P1DT2H\n\n;:\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for l := range Lines([]byte(text)) {
			if l.Number <= last {
				t.Errorf("line %d after %d", l.Number, last)
			}
			last = l.Number
			l.Param("TZID")
			if s := Text(l.Value); strings.ContainsAny(s, "\r\n") {
				t.Errorf("%q is more than one line", s)
			}
			if days, rest, ok := Length(l.Value); ok && (days < 0 || rest < 0) {
				t.Errorf("%q is a negative length", l.Value)
			}
			if d, ok := Date(l.Value); ok && strings.ReplaceAll(d.String(), "-", "") != l.Value {
				t.Errorf("%q is read as %s", l.Value, d)
			}
		}
	})
}

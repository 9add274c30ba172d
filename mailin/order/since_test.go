package order

import (
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestADayIsTheNewestThatCanBeMeant(t *testing.T) {
	monday := team.Date{Year: 2026, Month: time.March, Day: 9}
	for words, want := range map[string]string{
		"monday": "2026-03-02", "Mon": "2026-03-02", "last monday": "2026-03-02", "sunday": "2026-03-08", "fri": "2026-03-06", "yesterday": "2026-03-08", "today": "2026-03-09",
		"last week": "2026-03-02", "last month": "2026-02-07", "3 mar": "2026-03-03", "Mar 3": "2026-03-03", "3rd March": "2026-03-03", "24 December": "2025-12-24", "9 mar": "2026-03-09",
		"2026-02-27": "2026-02-27", "2026-03-10": "", "31 feb": "", "mar": "", "3": "", "mon-fri": "", "mon,tue": "", "3 m": "", "": "",
	} {
		d, ok := Day(words, monday)
		if got := d.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s, %v; want %q", words, got, ok, want)
		}
	}
}

func FuzzDay(f *testing.F) {
	f.Add("last 3rd mar.", 20000)
	f.Fuzz(func(t *testing.T, words string, n int) {
		today := team.DateFromNumber(n % 100000)
		if d, ok := Day(words, today); ok && (today.Before(d) || d != d.Add(0)) {
			t.Errorf("%q on %s: %s", words, today, d)
		}
	})
}

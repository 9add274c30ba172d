package holiday

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

var from, to = team.Date{Year: 2027, Month: 1, Day: 1}, team.Date{Year: 2028, Month: 12, Day: 31}

func calendarOf(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\n" + e + "\nEND:VEVENT\n")
	}
	b.WriteString("END:VCALENDAR\n")
	return b.String()
}

func read(t *testing.T, text string) string {
	t.Helper()
	list, err := ReadICS(strings.NewReader(text), from, to)
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, h := range list {
		all = append(all, h.Date.String())
	}
	return strings.Join(all, " ")
}

func TestAllDayEventsAreHolidays(t *testing.T) {
	for _, c := range []struct{ says, event, want string }{
		{"one day", "DTSTART;VALUE=DATE:20270315", "2027-03-15"},
		{"without saying that it is a date", "DTSTART:20270315", "2027-03-15"},
		{"several days, the end not among them", "DTSTART;VALUE=DATE:20271230\nDTEND;VALUE=DATE:20280102", "2027-12-30 2027-12-31 2028-01-01"},
		{"a length", "DTSTART;VALUE=DATE:20270315\nDURATION:P2D", "2027-03-15 2027-03-16"},
		{"a time of day", "DTSTART:20270315T090000Z", ""},
		{"all day as Outlook has it", "DTSTART:20270315T000000\nDTEND:20270316T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "2027-03-15"},
		{"cancelled", "DTSTART;VALUE=DATE:20270315\nSTATUS:CANCELLED", ""},
		{"before and after", "DTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270102", "2027-01-01"},
		{"an alarm in it", "BEGIN:VALARM\nDTSTART:nonsense\nEND:VALARM\nDTSTART;VALUE=DATE:20270315", "2027-03-15"},
		{"more dates", "DTSTART;VALUE=DATE:20270315\nRDATE;VALUE=DATE:20270401,20270402", "2027-03-15 2027-04-01 2027-04-02"},
		{"a parameter with a colon", "DTSTART;X-A=\"a:b;c\";VALUE=DATE:20270315", "2027-03-15"},
		{"folded", "DTSTART;VALUE=DATE:2027\n 0315", "2027-03-15"},

		{"a birthday of 1604", "DTSTART;VALUE=DATE:16040229\nRRULE:FREQ=YEARLY", "2028-02-29"},
		{"a birthday of 1604, by month", "DTSTART;VALUE=DATE:16040315\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=15", "2027-03-15 2028-03-15"},
		{"every fourth year", "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;INTERVAL=4", "2028-01-01"},
		{"the fourth Thursday of November", "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2027-11-25 2028-11-23"},
		{"the last Monday of May", "DTSTART;VALUE=DATE:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "2027-05-31 2028-05-29"},
		{"the hundredth day by weeks", "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY;BYDAY=20MO", "2027-05-17 2028-05-15"},
		{"the last of each quarter's months", "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;UNTIL=20271231", "2027-01-31 2027-04-30 2027-07-31 2027-10-31"},
		{"the 31st, where there is one", "DTSTART;VALUE=DATE:20270131\nRRULE:FREQ=MONTHLY;COUNT=3", "2027-01-31 2027-03-31 2027-05-31"},
		{"counted from before", "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY;COUNT=3", "2027-01-01 2027-01-08"},
		{"two days of every second week", "DTSTART;VALUE=DATE:20270104\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270120", "2027-01-04 2027-01-06 2027-01-18 2027-01-20"},
		{"daily", "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20270131T000000Z", "2027-01-01 2027-01-11 2027-01-21 2027-01-31"},
		{"the last working day of the month", "DTSTART;VALUE=DATE:20270129\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2027-01-29 2027-02-26"},
		{"Friday the thirteenth", "DTSTART;VALUE=DATE:20260213\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2027-08-13 2028-10-13"},
		{"without one", "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20270102", "2027-01-01 2027-01-03"},
	} {
		if got := read(t, calendarOf("SUMMARY:x\n"+c.event)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.says, got, c.want)
		}
		crlf := strings.ReplaceAll(calendarOf(c.event), "\n", "\r\n")
		if got := read(t, crlf); got != c.want {
			t.Errorf("%s, CRLF: got %s, want %s", c.says, got, c.want)
		}
	}
	moved := calendarOf("UID:a\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=DAILY;COUNT=2", "UID:a\nRECURRENCE-ID;VALUE=DATE:20270102\nDTSTART;VALUE=DATE:20270201")
	if got := read(t, moved); got != "2027-01-01 2027-02-01" {
		t.Errorf("one that was moved: %s", got)
	}
}

func TestNamesAreReadOnOneLine(t *testing.T) {
	list, err := ReadICS(strings.NewReader(calendarOf(`SUMMARY;LANGUAGE=en:Founders\, friends\n& family \\o/`+"\nDTSTART:20270315", "DTSTART:20270316")), from, to)
	if err != nil || fmt.Sprint(list) != `[{2027-03-15 Founders, friends & family \o/} {2027-03-16 day off}]` {
		t.Errorf("%v, %v", list, err)
	}
}

func TestWhatIsWrongWithACalendarIsSaidWithItsLine(t *testing.T) {
	for _, c := range []struct {
		text, want string
		line       int
	}{
		{"", "the calendar is empty", 0},
		{"\n<html>", "this is no calendar", 2},
		{calendarOf("DTSTART:20270315")[:60], "cut off", 0},
		{calendarOf("SUMMARY:x", "SUMMARY:a\n b\nDTSTART;VALUE=DATE:20270230"), `DTSTART "20270230" is not a date`, 9},
		{calendarOf("DTSTART:20270101\nRRULE:FREQ=HOURLY"), "FREQ=HOURLY is not of whole days", 5},
		{calendarOf("DTSTART:20270101\nRRULE:FREQ=YEARLY;BYWEEKNO=20"), "BYWEEKNO", 5},
		{calendarOf("DTSTART:20270101\nRRULE:FREQ=YEARLY;INTERVAL=0"), "INTERVAL=0", 5},
		{strings.Repeat("x", maxFile+1), "larger than 1 MiB", 0},
	} {
		_, err := ReadICS(strings.NewReader(c.text), from, to)
		var e *Error
		if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Text, c.want) || e.Hint == "" {
			t.Errorf("%.60q: %v, want %q on line %d", c.text, err, c.want, c.line)
		}
	}
}

func hostile() map[string]string {
	fill := func(event string) string {
		return calendarOf(slices.Repeat([]string{event}, (maxFile-60)/(len(event)+len("BEGIN:VEVENT\n\nEND:VEVENT\n")))...)
	}
	all := "MO,TU,WE,TH,FR,SA,SU"
	monthDays := strings.TrimSuffix(strings.Repeat("29,30,", 40), ",")
	return map[string]string{
		"events of centuries":     fill("DTSTART:00010101\nDTEND:99991231"),
		"daily for ever":          fill("DTSTART:00010101\nRRULE:FREQ=DAILY"),
		"counted from long ago":   fill("DTSTART:00010101\nRRULE:FREQ=DAILY;COUNT=99999"),
		"never on any day":        fill("DTSTART:00010101\nRRULE:FREQ=YEARLY;COUNT=99999;BYMONTH=2;BYMONTHDAY=" + monthDays + ";BYDAY=" + all),
		"every day by name":       fill("DTSTART:00010101\nRRULE:FREQ=YEARLY;COUNT=99999;BYMONTHDAY=" + monthDays),
		"weeks of a month":        fill("DTSTART:00010101\nRRULE:FREQ=WEEKLY;COUNT=99999;BYMONTH=1;BYDAY=" + all),
		"a line folded for ever":  calendarOf("SUMMARY:" + strings.Repeat("a\n ", maxFile/3-40)),
		"a line of separators":    calendarOf("SUMMARY;" + strings.Repeat(";", maxFile-200) + ":x"),
		"dates without end":       calendarOf("DTSTART:20270101\nRDATE:" + strings.Repeat("20270101,", maxFile/9-20) + "20270101"),
		"exceptions without end":  calendarOf("DTSTART:20270101\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Repeat("20270101,", maxFile/9-20) + "20270101"),
		"components in an event":  calendarOf(strings.Repeat("BEGIN:X\n", maxFile/8-20)),
		"components about events": "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", maxFile/8-20),
	}
}

func TestAHostileMegabyteIsReadSoonOrTurnedAway(t *testing.T) {
	for name, text := range hostile() {
		if len(text) > maxFile {
			t.Fatalf("%s: %d bytes", name, len(text))
		}
		began := time.Now()
		_, _ = ReadICS(strings.NewReader(text), from, to)
		if took := time.Since(began); took > 3*time.Second { // a tenth of it on a quiet machine
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkHostileCalendar(b *testing.B) {
	for name, text := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, _ = ReadICS(strings.NewReader(text), from, to)
			}
		})
	}
}

func FuzzReadICS(f *testing.F) {
	f.Add(calendarOf("SUMMARY:x\nDTSTART;VALUE=DATE:20270315\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;COUNT=20\nEXDATE:20270401"))
	f.Add(calendarOf("DTSTART:16040229\nRRULE:FREQ=YEARLY;INTERVAL=3;UNTIL=20300101\nRDATE:20270101", "UID:a\nRECURRENCE-ID:20270102\nDTSTART:20270201T000000Z"))
	f.Add(calendarOf("DTSTART:20270101\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=-1MO,SU\nDURATION:P2W"))
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		list, err := ReadICS(strings.NewReader(text), from, to)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if err != nil && list != nil {
			t.Errorf("both %v and %v", list, err)
		}
		for i, h := range list {
			if h.Name == "" || h.Date.Before(from) || to.Before(h.Date) || i > 0 && !list[i-1].Date.Before(h.Date) {
				t.Errorf("%v at %d", h, i)
			}
		}
	})
}

package invite

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// calendar is a calendar of events, each given by its lines.
func calendar(method string, events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//harbour//quay//EN\n")
	if method != "" {
		b.WriteString("METHOD:" + method + "\n")
	}
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\n" + e + "\nEND:VEVENT\n")
	}
	b.WriteString("END:VCALENDAR\n")
	return b.String()
}

// kofi works from Monday to Friday, nine to five, in Berlin.
func kofi(t testing.TB, zone string) Owner {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return Owner{
		Name: "Kofi Mensah", Location: loc,
		Works:   func(d team.Date) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday },
		Hours:   func(team.Date) team.Hours { return team.Hours{Start: 9 * 60, End: 17 * 60} },
		Invited: func(a string) bool { return a == "kofi@example.com" || a == "updates@example.com" },
	}
}

func TestLeavesAreTheDaysOfEvents(t *testing.T) {
	const (
		busy    = "\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY"
		oof     = "\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-INTENDEDSTATUS:OOF"
		free    = "\nTRANSP:TRANSPARENT"
		outlook = "\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
		windows = ";TZID=W. Europe Standard Time:"
	)
	for _, c := range []struct{ says, event, zone, want string }{
		{"a date", "DTSTART;VALUE=DATE:20260803", "", "2026-08-03"},
		{"dates, the end not among them", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260815", "", "2026-08-03 2026-08-14"},
		{"dates without saying so", "DTSTART:20260803\nDTEND:20260805", "", "2026-08-03 2026-08-04"},
		{"a length of days", "DTSTART;VALUE=DATE:20260803\nDURATION:P1W", "", "2026-08-03 2026-08-09"},
		{"an end that is its beginning", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260803", "", "2026-08-03"},
		{"an end before the beginning", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260801", "", "it ends before it begins"},
		{"no beginning", "SUMMARY:Out of office", "", "its days are not clear"},
		{"dates are the same everywhere", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260804", "Pacific/Auckland", "2026-08-03"},
		{"over a year", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20280803", "", tooLong},
		{"a year", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20270803", "", "2026-08-03 2027-08-02"},
		{"the year 9999", "DTSTART;VALUE=DATE:99991231\nDTEND;VALUE=DATE:99991231", "", wrongYear},
		{"until the year 9999", "DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:99991231", "", tooLong},
		{"out of office in the year 9999", "DTSTART:99990803T000000Z\nDTEND:99990805T000000Z" + oof, "", wrongYear},
		{"out of office until the year 9999", "DTSTART:20260803T000000Z\nDTEND:99990805T000000Z" + oof, "", tooLong},

		{"midnights as Outlook has them", "DTSTART" + windows + "20260803T000000\nDTEND" + windows + "20260815T000000" + busy + outlook, "", "2026-08-03 2026-08-14"},
		{"midnights without the mark", "DTSTART" + windows + "20260803T000000\nDTEND" + windows + "20260804T000000", "", "2026-08-03"},
		{"midnights of a place far away", "DTSTART" + windows + "20260803T000000\nDTEND" + windows + "20260804T000000" + outlook, "Asia/Tokyo", "2026-08-03"},
		{"midnights that float", "DTSTART:20260803T000000\nDTEND:20260804T000000", "", "2026-08-03"},
		{"midnights of a zone that nobody knows", "DTSTART;TZID=Customized Time Zone:20260803T000000\nDTEND;TZID=Customized Time Zone:20260804T000000", "", "2026-08-03"},
		{"midnights where the clock has none", "DTSTART;TZID=America/Santiago:20260906T000000\nDTEND;TZID=America/Santiago:20260907T000000", "America/Santiago", "2026-09-06"},
		{"midnights at home, in UTC", "DTSTART:20260802T220000Z\nDTEND:20260804T220000Z", "", "2026-08-03 2026-08-04"},
		{"midnights of another place, in UTC", "DTSTART:20260802T220000Z\nDTEND:20260804T220000Z" + outlook, "Europe/Lisbon", "2026-08-03 2026-08-04"},
		{"midnights of UTC, all day", "DTSTART:20260803T000000Z\nDTEND:20260804T000000Z" + outlook, "", "2026-08-03"},
		{"24 hours of UTC are a time like any other", "DTSTART:20260803T000000Z\nDTEND:20260804T000000Z", "", ""},
		{"a night shift", "DTSTART:20260803T180000Z\nDTEND:20260804T060000Z", "", ""},

		{"out of office for days", "DTSTART" + windows + "20260803T080000\nDTEND" + windows + "20260805T180000" + oof, "", "2026-08-03 2026-08-05"},
		{"out of office from noon to noon", "DTSTART" + windows + "20260803T120000\nDTEND" + windows + "20260805T120000" + oof, "", "2026-08-04"},
		{"out of office at the dentist's", "DTSTART" + windows + "20260803T100000\nDTEND" + windows + "20260803T120000" + oof, "", "it takes up no whole working day"},
		{"out of office over a weekend", "DTSTART:20260807T150000Z\nDTEND:20260810T080000Z" + oof, "", "it takes up no whole working day"},
		{"out of office in another zone", "DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20260803T030000\nDTEND;TZID=America/New_York:20260803T110000" + oof, "", "2026-08-03"},
		{"out of office for a length", "DTSTART;TZID=Europe/Berlin:20260803T090000\nDURATION:P1DT8H" + oof, "", "2026-08-03 2026-08-04"},
		{"out of office for no time", "DTSTART:20260803T090000Z" + oof, "", "it takes up no whole working day"},
		{"out of office backwards", "DTSTART:20260805T090000Z\nDTEND:20260803T090000Z" + oof, "", "it ends before it begins"},
		{"out of office by its title", "SUMMARY:Out of office\nDTSTART;TZID=Europe/Berlin:20260803T000000\nDTEND;TZID=Europe/Berlin:20260805T000000" + free, "", "2026-08-03 2026-08-04"},
		{"out of office by its category", "SUMMARY:Ljubljana\nCATEGORIES:Travel,Vacation\nDTSTART;VALUE=DATE:20260803" + free, "", "2026-08-03"},
		{"a vacation that leaves others free", "SUMMARY:Kofi – vacation\nDTSTART;VALUE=DATE:20260803" + free, "", "2026-08-03"},
		{"out of office, with guests", "ATTENDEE:mailto:ola@example.com\nDTSTART;VALUE=DATE:20260803" + oof, "", "2026-08-03"},

		{"a birthday", "SUMMARY:Ola's birthday\nDTSTART;VALUE=DATE:20260803" + free, "", "it shows you as free"},
		{"free as Outlook has it", "DTSTART;VALUE=DATE:20260803\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", "", "it shows you as free"},
		{"work in another place", "DTSTART;VALUE=DATE:20260803\nX-MICROSOFT-CDO-INTENDEDSTATUS:WORKINGELSEWHERE", "", "it shows you as free"},
		{"work at home", "SUMMARY:WFH\nDTSTART;VALUE=DATE:20260803", "", "it says that you work"},
		{"tentative", "STATUS:TENTATIVE\nDTSTART;VALUE=DATE:20260803", "", "it is only tentative"},
		{"a day with guests", "SUMMARY:Release day\nATTENDEE:mailto:ola@example.com\nDTSTART;VALUE=DATE:20260803", "", "others are invited to it, and it does not say that you are out of office"},
		{"a day with oneself, us and a room", "ATTENDEE:MAILTO:Kofi@example.com\nATTENDEE:mailto:updates@example.com\nATTENDEE;CUTYPE=ROOM:mailto:quay@example.com\nDTSTART;VALUE=DATE:20260803", "", "2026-08-03"},
		{"every week", "DTSTART;VALUE=DATE:20260803\nRRULE:FREQ=WEEKLY", "", "it comes again, which I cannot follow"},
		{"out of office each day at noon", "DTSTART:20260803T100000Z\nDTEND:20260803T110000Z\nRRULE:FREQ=DAILY" + oof, "", "it comes again, which I cannot follow"},
		{"a meeting every week", "DTSTART:20260803T090000Z\nDTEND:20260803T100000Z\nRRULE:FREQ=WEEKLY", "", ""},
		{"a meeting", "SUMMARY:Crane review\nDTSTART:20260803T090000Z\nDTEND:20260803T100000Z" + busy, "", ""},
		{"a meeting about vacations", "SUMMARY:Vacation planning\nDTSTART:20260803T090000Z\nDTEND:20260803T100000Z", "", ""},
	} {
		zone := c.zone
		if zone == "" {
			zone = "Europe/Berlin"
		}
		for _, form := range []string{calendar("REQUEST", c.event), strings.ReplaceAll(calendar("REQUEST", c.event), "\n", "\r\n"), strings.ReplaceAll(calendar("REQUEST", c.event), ":", ":\n ")} {
			in, err := Read(form, "")
			if err != nil {
				t.Errorf("%s: %v", c.says, err)
				continue
			}
			span, doubt := in.Event.Leave(kofi(t, zone))
			got := doubt
			if !span.From.IsZero() {
				got += span.From.String()
				if span.Through != span.From {
					got += " " + span.Through.String()
				}
			}
			if got != c.want {
				t.Errorf("%s: got %q, want %q", c.says, got, c.want)
			}
		}
	}
}

func TestWhatAnInvitationSaysOfItsEventIsRead(t *testing.T) {
	in, err := Read(calendar("request", "UID:7@harbour\nSEQUENCE:3\nDTSTAMP:20260301T080000Z\nORGANIZER;CN=\"Mensah: Kofi\":MAILTO:Kofi@Example.com\n"+
		"ATTENDEE;CN=Ola:mailto:ola@example.com\nBEGIN:VALARM\nUID:alarm\nSUMMARY:Out of office\nEND:VALARM\nRECURRENCE-ID:20260803T090000Z\nDTSTART:20260803T090000Z"), "CANCEL")
	if err != nil {
		t.Fatal(err)
	}
	e := in.Event
	if got, want := fmt.Sprint(in.Method, in.More, e.UID, e.Instance, e.Sequence, e.Stamp.UTC(), e.Organizer, e.Guests, e.Called, e.Repeats),
		fmt.Sprint("REQUEST", false, "7@harbour", "20260803T090000Z", 3, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), "kofi@example.com", []string{"ola@example.com"}, false, false); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	organizer := func(line, want string) {
		t.Helper()
		if in, err := Read(calendar("", line), ""); err != nil || in.Event.Organizer != want {
			t.Errorf("%s: %q, %v", line, in.Event.Organizer, err)
		}
	}
	organizer("ORGANIZER:invalid:nomail", "")
	organizer("ORGANIZER;EMAIL=kofi@example.com:urn:uuid:4", "kofi@example.com")
	organizer("ORGANIZER;CN=Kofi;EMAIL=\"kofi@example.com\":mailto:2_GEYT@imip.me.com", "kofi@example.com")
	organizer("ORGANIZER:mailto:kofi@example.com?subject=x", "kofi@example.com")
	organizer("SUMMARY:x", "")

	say := func(text, method, want string) {
		t.Helper()
		in, err := Read(text, method)
		if got := fmt.Sprint(in.Method, " ", in.Event.Called, " ", in.Event.Repeats, " ", in.More); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	say(calendar("", "UID:1"), "", "PUBLISH false false false")
	say(calendar("", "UID:1"), "reply", "REPLY false false false")
	say(calendar("CANCEL", "UID:1"), "REQUEST", "CANCEL true false false")
	say(calendar("REQUEST", "UID:1\nSTATUS:CANCELLED"), "", "REQUEST true false false")
	say(calendar("REQUEST", "UID:1", "UID:2"), "", "REQUEST false false true")
	say(calendar("REQUEST", "SUMMARY:a", "SUMMARY:b"), "", "REQUEST false false true")
	say(calendar("REQUEST", "UID:1\nRRULE:FREQ=DAILY", "UID:1\nRECURRENCE-ID:20260803"), "", "REQUEST false true false")
	say(calendar("REQUEST", "UID:1\nRECURRENCE-ID:20260803", "UID:1\nRRULE:FREQ=DAILY"), "", "REQUEST false true false")
	say(calendar("REQUEST", "UID:1\nRECURRENCE-ID:20260803", "UID:1\nRECURRENCE-ID:20260804"), "", "REQUEST false true false")
	say("\ufeff"+calendar("REQUEST", "UID:1")+"junk", "", "REQUEST false false false")
}

func TestWhatIsNoCalendarIsSaid(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrNoCalendar, "<html>": ErrNoCalendar, "BEGIN:VEVENT\nEND:VEVENT": ErrNoCalendar, "END:VCALENDAR": ErrNoCalendar,
		calendar("REQUEST"): ErrNoEvent, calendar("REQUEST", "UID:1")[:80]: ErrCutOff, calendar("", "")[:40]: ErrCutOff,
		strings.Repeat("BEGIN:VCALENDAR\n", 100):                        ErrNoCalendar,
		"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR": ErrNoEvent,
	} {
		if _, err := Read(text, ""); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func TestZonesOfWindowsAreKnown(t *testing.T) {
	if n := len(windows()); n < 130 {
		t.Errorf("there are but %d zones", n)
	}
	for name, iana := range windows() {
		if _, err := time.LoadLocation(iana); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"Pacific Standard Time": "America/Los_Angeles", "india standard time": "Asia/Calcutta", "Asia/Tokyo": "Asia/Tokyo", "/freeassociation.sourceforge.net/Europe/Oslo": "Europe/Oslo",
		"utc": "Etc/UTC", "": "<nil>", "Local": "<nil>", "Harbour Time": "<nil>", "../../etc/passwd": "<nil>",
	} {
		got := "<nil>"
		if loc := zone(name); loc != nil {
			got = loc.String()
		}
		if got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

func TestHostileCalendarsAreReadInTime(t *testing.T) {
	begin := time.Now()
	zones := strings.Repeat("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=a/b/c/d/e:20260803T090000\nDTEND;TZID=f/g/h/i:20260803T090000\nEND:VEVENT\n", 10_000)
	for _, text := range []string{
		"BEGIN:VCALENDAR\n" + zones + "END:VCALENDAR\n",
		calendar("REQUEST", strings.Repeat("ATTENDEE:mailto:a@b.c\n", 50_000)+"DTSTART:20260803"),
		calendar("REQUEST", "DTSTART:20260803\nDURATION:P"+strings.Repeat("999999W", 100_000)),
		calendar("REQUEST", strings.Repeat("CATEGORIES:"+strings.Repeat("off,", 1000)+"\n", 250)+"DTSTART:20260803"),
		calendar("REQUEST", "SUMMARY:"+strings.Repeat("off ", 250_000)+"\nDTSTART:20260803"),
		"BEGIN:VCALENDAR\n" + strings.Repeat(" \n", 500_000),
	} {
		in, _ := Read(text, "")
		in.Event.Leave(kofi(t, "Europe/Berlin"))
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(calendar("REQUEST", "UID:1\nDTSTART;TZID=W. Europe Standard Time:20260803T000000\nDTEND;TZID=Europe/Berlin:20260804T000000\nX-MICROSOFT-CDO-INTENDEDSTATUS:OOF"), "Europe/Berlin")
	f.Add(calendar("CANCEL", "UID:1\nRECURRENCE-ID:20260803\nDTSTART;VALUE=DATE:20260803\nDURATION:P3DT4H\nSUMMARY:Out of office", "RRULE:FREQ=DAILY"), "Pacific/Apia")
	f.Fuzz(func(t *testing.T, text, zone string) {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			zone = "America/Santiago"
		}
		in, err := Read(text, "REQUEST")
		if err != nil {
			return
		}
		span, doubt := in.Event.Leave(kofi(t, zone))
		if s := span; !s.From.IsZero() && (doubt != "" || s.Through.Before(s.From) || s.Through.Year > lastYear || s.Through.Number()-s.From.Number() > longest+2) {
			t.Errorf("away %s to %s, %q", s.From, s.Through, doubt)
		}
		if in.Method == "" || len(in.Event.UID) > longestUID {
			t.Errorf("%+v", in)
		}
	})
}

package digest

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

func person(t *testing.T, rule team.Rule) team.Person {
	t.Helper()
	if _, err := rule.Location(); err != nil {
		t.Fatal(err)
	}
	return team.Person{
		Member: team.Member{ID: 1, Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com"}, Rule: rule},
		Teams:  []team.Membership{{Team: team.Team{ID: 1, Slug: "platform", CheckIns: []team.CheckIn{{ID: 5, TeamID: 1, Questions: team.DefaultQuestions(), Reminder: true}}}}},
	}
}

func at(t *testing.T, local, zone string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", local, loc)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestNextSlots(t *testing.T) {
	late := team.Rule{Zone: "Europe/Paris", Prompt: 23*60 + 50, PromptSet: true}
	for _, c := range []struct {
		says           string
		rule           team.Rule
		now            string
		prompt, digest string // local times
	}{
		{"before the day begins", team.Rule{Zone: "Asia/Tokyo"}, "2026-03-03 07:00", "2026-03-03 16:00", "2026-03-03 09:00"},
		{"within the window the slot is still given", team.Rule{Zone: "Asia/Tokyo"}, "2026-03-03 16:59", "2026-03-03 16:00", "2026-03-03 09:00"},
		{"after hours it is the next day's", team.Rule{Zone: "Asia/Tokyo"}, "2026-03-03 17:00", "2026-03-04 16:00", "2026-03-04 09:00"},
		{"Friday evening leads to Monday", team.Rule{Zone: "America/Los_Angeles"}, "2026-03-06 18:00", "2026-03-09 16:00", "2026-03-09 09:00"},
		{"Saturday in Brisbane is no working day though it is Friday in UTC", team.Rule{Zone: "Australia/Brisbane"}, "2026-03-07 08:00", "2026-03-09 16:00", "2026-03-09 09:00"},
		{"Sunday to Thursday", team.Rule{Zone: "Asia/Dubai", Days: team.Workdays{Days: 0b0011111}}, "2026-03-06 08:00", "2026-03-08 16:00", "2026-03-08 09:00"},
		{"a prompt wanted outside the hours may be half an hour late", late, "2026-03-04 00:19", "2026-03-03 23:50", "2026-03-04 09:00"},
		{"and no more", late, "2026-03-04 00:20", "2026-03-04 23:50", "2026-03-04 09:00"},
	} {
		p := person(t, c.rule)
		slots, err := Plan(p, at(t, c.now, c.rule.Zone))
		if err != nil || len(slots) != 3 || slots[2].Kind != team.WeeklySlot {
			t.Fatalf("%s: %v, %v", c.says, slots, err)
		}
		if want := at(t, c.prompt, c.rule.Zone); !slots[0].At.Equal(want) || slots[0].Kind != team.PromptSlot {
			t.Errorf("%s: prompt at %s, want %s", c.says, slots[0].At, want)
		}
		if want := at(t, c.digest, c.rule.Zone); !slots[1].At.Equal(want) || slots[1].Kind != team.DigestSlot {
			t.Errorf("%s: digest at %s, want %s", c.says, slots[1].At, want)
		}
	}
}

func TestTheReminderComesWithTheFirstDigestAfterThePrompt(t *testing.T) {
	friday := team.Date{Year: 2026, Month: 3, Day: 6}
	for _, c := range []struct {
		says string
		rule team.Rule
		sent time.Time
		want string // "": none
	}{
		{"asked on Friday afternoon, reminded on Monday morning", team.Rule{Zone: "Africa/Nairobi"}, time.Time{}, "2026-03-09 09:00"},
		{"asked in the morning and told in the afternoon, reminded the same day", team.Rule{Zone: "Africa/Nairobi", Prompt: 9 * 60, PromptSet: true, Digest: 16 * 60, DigestSet: true}, time.Time{}, "2026-03-06 16:00"},
		{"a short week", team.Rule{Zone: "America/Los_Angeles", Days: team.Workdays{Days: 1<<time.Wednesday | 1<<time.Friday}}, time.Time{}, "2026-03-11 09:00"},
		{"all but a week later", team.Rule{Zone: "Africa/Nairobi", Days: team.Workdays{Days: 1<<time.Thursday | 1<<time.Friday}}, time.Time{}, "2026-03-12 09:00"},
		{"once a week", team.Rule{Zone: "Africa/Nairobi", Days: team.Workdays{Days: 1 << time.Friday}}, time.Time{}, ""},
		{"asked after the digest of the day, as after an outage", team.Rule{Zone: "Africa/Nairobi", Prompt: 9 * 60, PromptSet: true, Digest: 12 * 60, DigestSet: true},
			time.Date(2026, 3, 6, 10, 0, 0, 0, time.UTC), "2026-03-09 12:00"},
	} {
		p := person(t, c.rule)
		in := p.Teams[0].Team
		reminder, err := ReminderFor(p, in, in.CheckIns[0], friday, c.sent)
		if err != nil {
			t.Fatal(err)
		}
		if c.want == "" || reminder == nil {
			if c.want != "" || reminder != nil {
				t.Errorf("%s: %+v, want %q", c.says, reminder, c.want)
			}
			continue
		}
		if want := at(t, c.want, c.rule.Zone); !reminder.At.Equal(want) || reminder.Day != friday {
			t.Errorf("%s: at %s for %s, want %s", c.says, reminder.At, reminder.Day, want)
		}
	}
}

func TestAnUnknownZoneIsAnErrorAndNeverLocalTime(t *testing.T) {
	p := person(t, team.Rule{Zone: "Asia/Tokyo"})
	for _, zone := range []string{"", "Local", "Asia/Tokio"} {
		p.Member.Rule.Zone = zone
		if slots, err := Plan(p, time.Unix(0, 0)); err == nil {
			t.Errorf("zone %q gives %v", zone, slots)
		}
	}
}

// TestEachWorkingDayHasOneSlot follows two years of slots, each computed from the one before at random delays, and compares
// them with a walk over the calendar that shares no code with the schedule.
func TestEachWorkingDayHasOneSlot(t *testing.T) {
	for _, zone := range []string{"America/Los_Angeles", "Asia/Kolkata", "Europe/Paris", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Apia"} {
		for _, clock := range []team.Clock{0, 2*60 + 30, 9 * 60, 16 * 60, 23*60 + 59} {
			p := person(t, team.Rule{Zone: zone, Digest: clock, DigestSet: true})
			loc, _ := time.LoadLocation(zone)
			now := time.Date(2026, 1, 1, 12, 0, 0, 0, loc)
			slot, err := NextDigest(p, team.Date{}, now)
			if err != nil {
				t.Fatal(err)
			}
			day := time.Date(slot.Day.Year, slot.Day.Month, slot.Day.Day, 12, 0, 0, 0, time.UTC)
			for n := 0; n < 520; n++ {
				if got := day.Format(time.DateOnly); slot.Day.String() != got {
					t.Fatalf("%s %s: slot %d is for %s, the calendar says %s", zone, clock, n, slot.Day, got)
				}
				local := slot.At.In(loc)
				wall := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Add(time.Duration(clock) * time.Minute)
				shown := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
				if late := shown.Sub(wall); late < 0 || late > time.Hour {
					t.Fatalf("%s %s: slot %d is at %s", zone, clock, n, local)
				}
				slot, err = NextDigest(p, slot.Day, slot.At.Add(time.Duration(n%29)*time.Minute))
				if err != nil {
					t.Fatal(err)
				}
				day = day.AddDate(0, 0, 1)
				for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
					day = day.AddDate(0, 0, 1)
				}
			}
		}
	}
}

// Samoa left out 30 December 2011: what is wanted late on the 29th is late on the 31st.
func TestAWindowStaysOpenOverADateThatIsLeftOut(t *testing.T) {
	p := person(t, team.Rule{Zone: "Pacific/Apia", Digest: 23*60 + 50, DigestSet: true})
	loc, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	slot, err := NextDigest(p, team.Date{}, time.Date(2011, 12, 31, 0, 10, 0, 0, loc))
	if want := (team.Date{Year: 2011, Month: 12, Day: 29}); err != nil || slot.Day != want {
		t.Errorf("the digest is that of %v, %v", slot, err)
	}
}

func BenchmarkNextDigest(b *testing.B) {
	p := team.Person{Member: team.Member{Rule: team.Rule{Zone: "America/Los_Angeles"}}}
	now := time.Date(2026, 3, 6, 18, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := NextDigest(p, team.Date{}, now); err != nil {
			b.Fatal(err)
		}
	}
}

func TestACheckInThatNeverFallsOnAWorkingDayKeepsNothingElseBack(t *testing.T) {
	p := aiko(platform)
	p.Member.Rule.Days, _ = team.ParseWorkdays("tue-fri")
	mondays, _ := team.ParseSchedule("mon")
	p.Teams[0].Team.CheckIns = []team.CheckIn{{ID: 10, TeamID: 1, Name: "week", Schedule: mondays}, {ID: 11, TeamID: 1, Name: "daily"}}
	slots, err := Plan(p, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range slots {
		got += fmt.Sprint(s.Kind, " ", s.CheckInID, " ", s.Day.Short(), "; ")
	}
	if want := "prompt 11 Tue 3 Mar; digest 0 Tue 3 Mar; weekly 0 Fri 6 Mar; "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// From Kiritimati to Pago Pago on a Friday morning that had nothing to say: there it is Thursday, and both days are still to come.
func TestADayBeforeTheLastIsToldBeyondTheDateLine(t *testing.T) {
	p := aiko(platform)
	p.Member.Rule.Zone, p.Told = "Pacific/Pago_Pago", march(6)
	for now, want := range map[string]string{"2026-03-05T19:10:00Z": "Thu 5 Mar", "2026-03-06T19:59:00Z": "Mon 9 Mar"} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		slots, err := Plan(p, at)
		if err != nil || len(slots) != 3 || slots[1].Kind != team.DigestSlot || slots[1].Day.Short() != want {
			t.Errorf("at %s: %+v, %v; want a digest of %s", now, slots, err, want)
		}
	}
}

func TestOneDigestAWeekComesOnTheFirstWorkingDayOfAWeekThatHadNone(t *testing.T) {
	for _, c := range []struct {
		says, days string
		told       team.Date
		missed     bool
		away       team.Span
		now, want  string
	}{
		{"never told", "mon-fri", team.Date{}, false, team.Span{}, "2026-03-04 07:00", "Wed 4 Mar"},
		{"told on Monday", "mon-fri", march(2), false, team.Span{}, "2026-03-03 07:00", "Mon 9 Mar"},
		{"told on Wednesday", "mon-fri", march(4), false, team.Span{}, "2026-03-04 10:00", "Mon 9 Mar"},
		{"told on Monday, but it could not be sent", "mon-fri", march(2), true, team.Span{}, "2026-03-02 18:00", "Tue 3 Mar"},
		{"away on Monday", "mon-fri", march(2), false, team.Span{From: march(7), Through: march(10)}, "2026-03-06 10:00", "Wed 11 Mar"},
		{"away for the whole week", "mon-fri", march(2), false, team.Span{From: march(9), Through: march(13)}, "2026-03-06 10:00", "Mon 16 Mar"},
		{"Sunday to Thursday", "sun-thu", march(1), false, team.Span{}, "2026-03-02 10:00", "Sun 8 Mar"},
		{"Monday, Wednesday and Friday", "mon,wed,fri", march(2), false, team.Span{}, "2026-03-03 10:00", "Mon 9 Mar"},
		{"Tuesday and Thursday", "tue,thu", march(3), false, team.Span{}, "2026-03-03 10:00", "Tue 10 Mar"},
		{"every day", "mon-sun", march(2), false, team.Span{}, "2026-03-03 10:00", "Mon 9 Mar"},
	} {
		days, err := team.ParseWorkdays(c.days)
		if err != nil {
			t.Fatal(err)
		}
		p := person(t, team.Rule{Zone: "Asia/Tokyo", Days: days, Digests: team.Weekly})
		if p.Told, p.Missed = c.told, c.missed; !c.away.From.IsZero() {
			p.Away = team.NewAway([]team.Span{c.away})
		}
		slots, err := Plan(p, at(t, c.now, "Asia/Tokyo"))
		if err != nil || len(slots) != 2 || slots[1].Day.Short() != c.want {
			t.Errorf("%s: %+v, %v; want %s", c.says, slots, err, c.want)
		}
	}
}

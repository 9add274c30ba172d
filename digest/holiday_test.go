package digest_test

import (
	"fmt"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/team"
)

// onDates has public holidays in every region.
type onDates map[team.Date]string

func (o onDates) On(_ string, d team.Date) (string, bool) { name, ok := o[d]; return name, ok }

func TestOnAHolidayNothingComesAndTheNextWorkingDayCoversIt(t *testing.T) {
	p := team.Person{
		Member: team.Member{ID: 1, Name: "Aiko", Addresses: []string{"aiko@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo", Holidays: "JP"}},
		Public: onDates{march(20): "Vernal Equinox Day", march(31): "Last"},
		Teams: []team.Membership{{Team: team.Team{ID: 1, Slug: "a", DaysOff: team.DaysOff{Own: []team.Holiday{{Date: march(23), Name: "Offsite"}}},
			CheckIns: []team.CheckIn{{Name: "daily", Reminder: true}, {Name: "retro", Schedule: team.Schedule{Month: -1}}, {Name: "first", Schedule: team.Schedule{Days: 1 << time.Monday, Nth: 4}}}}}},
	}
	list := func(p team.Person, from, through int) string {
		t.Helper()
		occasions, err := digest.Forecast(p, nil, march(from), march(through))
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, o := range occasions {
			text += fmt.Sprintf("%s %s%s, ", o.At.Format("2"), o.Kind, map[bool]string{true: " " + o.CheckIn.Name}[o.CheckIn.Name != ""])
		}
		return text
	}
	for _, c := range []struct {
		says          string
		from, through int
		want          string
	}{
		{"a public holiday on Friday and the team's day off on Monday", 19, 24,
			"19 digest, 19 reminder daily, 19 prompt daily, 19 weekly, 24 digest, 24 reminder daily, 24 prompt daily, 24 prompt first, "},
		{"the last working day is the one before the holiday", 30, 31, "30 digest, 30 reminder daily, 30 prompt daily, 30 prompt retro, "},
	} {
		if got := list(p, c.from, c.through); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.says, got, c.want)
		}
	}
	p.Rule.Holidays = team.NoHolidays
	if got := list(p, 20, 20); got != "20 digest, 20 reminder daily, 20 prompt daily, 20 weekly, " {
		t.Errorf("of one who keeps none: %s", got)
	}
	slot, err := digest.NextDigest(p, march(22), time.Date(2026, 3, 22, 23, 30, 0, 0, time.UTC)) // the morning of the 23rd in Tokyo
	if err != nil || slot.Day != march(24) {
		t.Errorf("the digest after the team's day off: %v, %v", slot, err)
	}
}

// The tables of a new version may know a holiday on which something is planned already.
func TestWhatIsPlannedOnAHolidayThatBecomesKnownIsPassedOver(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo", Holidays: "JP"}, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 12:00", "2026-03-05 18:00"), "Thu 16:00 prompt")
	d.public[march(6)] = "A day for the new emperor"
	expect(t, d.live("2026-03-06 08:00", "2026-03-10 12:00"), "Mon 09:00 reminder", "Mon 16:00 prompt", "Tue 09:00 reminder")
}

// After two weeks of holidays nobody is reminded of what was asked before them; over a long weekend they are.
func TestNobodyIsRemindedOfWhatWasAskedBeforeALongHoliday(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo", Holidays: "XX"}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	d.public[march(9)] = "Long weekend"
	for day := 11; day < 22; day++ {
		d.public[march(day)] = "Shutdown"
	}
	expect(t, d.live("2026-03-06 12:00", "2026-03-23 12:00"), "Fri 16:00 prompt", "Tue 09:00 reminder", "Tue 16:00 prompt")
	people, err := d.store.People(t.Context())
	must(t, err)
	for day, want := range map[int]int{10: 3, 23: 2} {
		if list, err := digest.Forecast(people[0], nil, march(day), march(day)); err != nil || len(list) != want {
			t.Errorf("on %d March %d mails are foreseen, want %d, %v", day, len(list), want, err)
		}
	}
}

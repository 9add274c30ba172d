package digest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// clocks are 24 times of the day at which a digest may be wanted, those around the usual changes among them.
func clocks() []team.Clock {
	var list []team.Clock
	for _, s := range strings.Fields("00:00 00:15 00:30 00:59 01:00 01:30 01:59 02:00 02:15 02:30 02:59 03:00 03:30 04:00 06:45 09:00 12:00 16:00 18:20 22:00 23:00 23:30 23:45 23:59") {
		c, err := team.ParseClock(s)
		if err != nil {
			panic(err)
		}
		list = append(list, c)
	}
	return list
}

// TestEveryZoneEveryTransitionEveryClock walks through the days around each change of each zone's clocks from 2000 to 2040, a minute at
// a time with nothing but a wall clock, and compares it with the digests that are planned: each local day that there is has exactly one,
// at the first minute at which the wall shows the time or, where that is skipped, something later. Zones that are other names for the
// same clocks are walked through once.
func TestEveryZoneEveryTransitionEveryClock(t *testing.T) {
	zones := zone.Names()
	if testing.Short() || mailtest.Race { // some of each part of the world
		var few []string
		for i := 0; i < len(zones); i += 15 {
			few = append(few, zones[i])
		}
		zones = few
	}
	walked := map[string]bool{}
	transitions, digests := 0, 0
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		list, clock := changes(loc)
		transitions += len(list)
		if walked[clock] {
			continue
		}
		walked[clock] = true
		for _, change := range list {
			w := watch(loc, change)
			for _, clock := range clocks() {
				digests += w.compare(t, zone, clock)
			}
		}
	}
	t.Logf("%d zones, %d of them with clocks of their own, %d transitions, %d digests compared", len(zones), len(walked), transitions, digests)
	if transitions < 10*len(zones) {
		t.Errorf("only %d transitions in %d zones", transitions, len(zones))
	}
}

// changes are the instants at which the zone's offset or name changes, and a text that is equal for zones with the same clocks.
func changes(loc *time.Location) (list []time.Time, clock string) {
	for at := time.Date(2000, 1, 1, 0, 0, 0, 0, loc); at.Year() < 2040; {
		_, end := at.ZoneBounds()
		_, offset := at.Zone()
		clock += fmt.Sprint(offset, " until ", end.Unix(), " ")
		if end.IsZero() {
			break
		}
		list = append(list, end)
		at = end
	}
	return list, clock
}

// watched is what the wall showed in the days around a change, a minute at a time.
type watched struct {
	loc   *time.Location
	start time.Time
	days  []team.Date // those that there were, without the first and the last, which were not seen whole
	wall  []int       // for each minute: the date's number × 1440 + the minutes since midnight
}

func watch(loc *time.Location, change time.Time) watched {
	w := watched{loc: loc, start: change.Add(-44 * time.Hour).Truncate(time.Minute)}
	seen := map[int]bool{}
	number, shown := 0, team.Date{}
	for m := range 88 * 60 {
		at := w.start.Add(time.Duration(m) * time.Minute).In(loc)
		if date := team.DateOf(at); date != shown {
			shown, number = date, date.Number()
			seen[number] = true
		}
		w.wall = append(w.wall, number*1440+at.Hour()*60+at.Minute())
	}
	numbers := slices.Sorted(maps.Keys(seen))
	for _, n := range numbers[1 : len(numbers)-1] {
		w.days = append(w.days, team.DateFromNumber(n))
	}
	return w
}

// compare follows the planned digests through the days and gives how many there were.
func (w watched) compare(t *testing.T, zone string, clock team.Clock) int {
	rule := team.Rule{Zone: zone, Days: team.Workdays{Days: 1<<7 - 1}, Hours: team.WorkHours{Hours: team.Hours{Start: 0, End: 23*60 + 59}}, Digest: clock, DigestSet: true}
	p := team.Person{Member: team.Member{ID: 1, Rule: rule}}
	after := w.days[0].Add(-1)
	for i, day := range w.days {
		want := w.first(day.Number(), clock)
		slot, err := NextDigest(p, after, want.Add(-time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if slot.Day != day || !slot.At.Equal(want) {
			t.Errorf("%s at %s: the digest after that of %s is for %s at %s; the wall says %s at %s", zone, clock, after, slot.Day, slot.At.In(w.loc), day, want.In(w.loc))
			return i
		}
		after = slot.Day
	}
	return len(w.days)
}

// first is the first minute of a day at which the wall shows the time or something later; where the day ends before, it is the first
// minute after it.
func (w watched) first(day int, clock team.Clock) time.Time {
	begun := false
	for m, shown := range w.wall {
		begun = begun || shown/1440 == day
		if begun && (shown/1440 == day && shown%1440 >= int(clock) || shown/1440 > day) {
			return w.start.Add(time.Duration(m) * time.Minute)
		}
	}
	return time.Time{}
}

package digest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/team"
)

// digests are those of what was made.
func digests(made []string) []string {
	return slices.DeleteFunc(slices.Clone(made), func(s string) bool { return !strings.HasSuffix(s, " digest") })
}

func TestOneDigestAWeekHoldsTheWholeWeekAndIsForeseen(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	weekly := team.Rule{Zone: "Asia/Tokyo", Digests: team.Weekly}
	d := newDesk(t, weekly, start)
	d.two(weekly, start)
	d.live("2026-03-02 08:00", "2026-03-02 12:00") // nothing yet: that was this week's turn
	for day := 3; day <= 7; day++ {
		d.says(march(day), d.at(fmt.Sprintf("2026-03-%02d 18:00", day)))
	}
	people, err := d.store.People(t.Context())
	must(t, err)
	foreseen, err := digest.Forecast(people[0], nil, march(3), march(17))
	must(t, err)
	var want []string
	for _, o := range foreseen {
		if o.Kind == team.DigestSlot {
			want = append(want, o.At.Format("Mon 2 Jan 15:04"))
		}
	}
	expect(t, want, "Mon 9 Mar 09:00", "Mon 16 Mar 09:00")
	expect(t, digests(d.live("2026-03-02 12:00", "2026-03-08 23:00")))
	turn, err := d.store.DigestTurn(t.Context(), people[0].ID, d.at("2026-03-09 09:00"))
	must(t, err)
	if n := len(turn.Reading[0].Entries); n != 5 {
		t.Errorf("%d updates in the week's digest, want 5", n)
	}
	expect(t, digests(d.live("2026-03-09 08:00", "2026-03-09 12:00")), "Mon 09:00 digest")
	d.says(march(9), d.at("2026-03-09 18:00"))
	expect(t, digests(d.live("2026-03-10 08:00", "2026-03-15 12:00")))
	d.two(team.Rule{Zone: "Asia/Tokyo"}, d.at("2026-03-15 12:00")) // daily again
	expect(t, digests(d.live("2026-03-15 12:30", "2026-03-16 18:00")), "Mon 09:00 digest")
	d.says(march(16), d.at("2026-03-16 18:00"))
	expect(t, digests(d.live("2026-03-16 18:01", "2026-03-17 12:00")), "Tue 09:00 digest")
}

// A week's digest that nobody could send on Monday is made again on Tuesday, and not a week later.
func TestOneDigestAWeekThatCouldNotBeSentComesTheNextDay(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	weekly := team.Rule{Zone: "Asia/Tokyo", Digests: team.Weekly}
	d := newDesk(t, weekly, start)
	d.two(weekly, start)
	d.says(march(2), d.at("2026-03-01 18:00"))
	_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-02 09:00")) // made, and not claimed
	must(t, err)
	expect(t, digests(d.live("2026-03-02 17:01", "2026-03-06 18:00")), "Tue 09:00 digest")
	d.says(march(3), d.at("2026-03-06 18:00"))
	expect(t, digests(d.live("2026-03-06 18:00", "2026-03-09 18:00")), "Mon 09:00 digest")
}

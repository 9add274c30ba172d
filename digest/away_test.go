package digest_test

import (
	"testing"
	"time"

	"daybreak/internal/team"
)

func march(day int) team.Date { return team.Date{Year: 2026, Month: time.March, Day: day} }

func TestNothingComesWhileAwayAndNoReminderOfWhatWasAskedBefore(t *testing.T) {
	start := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	people, err := d.store.People(t.Context())
	must(t, err)
	aiko := people[0].ID
	must(t, d.store.SetAway(t.Context(), aiko, team.Span{From: march(6), Through: march(10)}, start))
	expect(t, d.live("2026-03-04 12:00", "2026-03-12 12:00"), "Wed 16:00 prompt", "Thu 09:00 reminder", "Thu 16:00 prompt", "Wed 16:00 prompt", "Thu 09:00 reminder")

	// Back a day early.
	d = newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	must(t, d.store.SetAway(t.Context(), aiko, team.Span{From: march(5)}, start))
	expect(t, d.live("2026-03-05 12:00", "2026-03-20 12:00"))
	changed, err := d.store.EndAway(t.Context(), aiko, march(20))
	must(t, err)
	expect(t, d.live("2026-03-20 12:00", "2026-03-20 18:00"), "Fri 16:00 prompt")
	if again, err := d.store.EndAway(t.Context(), aiko, march(20)); !changed || again || err != nil {
		t.Errorf("back changed %v, a second time %v, %v", changed, again, err)
	}
}

func TestALeaveThatBeginsTodayStopsWhatIsStillToCome(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 07:00", "2026-03-05 12:00"))
	must(t, d.store.SetAway(t.Context(), 1, team.Span{From: march(5), Through: march(5)}, d.at("2026-03-05 12:00")))
	expect(t, d.live("2026-03-05 12:00", "2026-03-06 17:00"), "Fri 16:00 prompt")
}

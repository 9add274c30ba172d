package digest_test

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

// failTwice lets two mails to the desk's member fail for good.
func failTwice(t *testing.T, d *desk, now time.Time) {
	t.Helper()
	for i := range 2 {
		f := team.Failure{MemberID: 1, About: fmt.Sprint(now.Unix(), i), Hard: true, Why: "550 nobody here"}
		uid := uint32(now.Unix()) + uint32(i)
		must(t, d.store.Accept(t.Context(), team.Cursor{Account: "a", Validity: 1, LastUID: uid},
			[]team.Mail{{UID: uid, Outcome: team.Bounce, ReceivedAt: now, Failures: []team.Failure{f}}}, now))
	}
}

func TestWhereMailDoesNotArriveItIsTriedOnceAWeek(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-03 12:00", "2026-03-03 17:00"), "Tue 16:00 prompt")
	failTwice(t, d, d.at("2026-03-03 18:00"))
	expect(t, d.live("2026-03-03 18:00", "2026-03-11 12:00"))
	expect(t, d.live("2026-03-11 12:00", "2026-03-13 12:00"), "Wed 16:00 prompt") // a week and a bit later, and no reminder of it
	failTwice(t, d, d.at("2026-03-12 12:00"))                                     // the try fails, too
	expect(t, d.live("2026-03-13 12:00", "2026-03-19 12:00"), "Wed 16:00 prompt")
	// Nothing is heard of that one: mail arrives again.
	expect(t, d.live("2026-03-19 12:00", "2026-03-27 12:00"), "Wed 16:00 prompt", "Thu 09:00 reminder")
}

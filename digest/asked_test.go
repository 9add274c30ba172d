package digest_test

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// asks has Aiko ask for a digest, and gives the text of what she gets at once.
func (d *desk) asks(a team.NewAnswer, now time.Time, result team.SendResult) string {
	d.t.Helper()
	people, err := d.store.People(d.t.Context())
	must(d.t, err)
	d.answered++
	a.MemberID = people[0].ID
	must(d.t, d.store.Accept(d.t.Context(), team.Cursor{Account: "a", Validity: 1, LastUID: d.answered},
		[]team.Mail{{UID: d.answered, Outcome: team.Command, MemberID: a.MemberID, ReceivedAt: now, Answer: &a}}, now))
	_, err = d.scheduler.Tick(d.t.Context(), now)
	must(d.t, err)
	mails, err := d.store.ClaimOutgoing(d.t.Context(), now, time.Hour, 100)
	must(d.t, err)
	text := ""
	for _, m := range mails {
		text += m.Subject + "\n" + string(m.Raw)
		must(d.t, d.store.Finish(d.t.Context(), m.ID, m.Epoch, result, now))
	}
	return text
}

func TestWhatADigestNowToldIsInNoOther(t *testing.T) {
	tokyo, start := team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	sent := team.SendResult{State: team.SentOut}
	d := newDesk(t, tokyo, start)
	d.two(tokyo, start)
	ask := func(kind team.AnswerKind, day team.Date, at, want string) {
		t.Helper()
		if got := d.asks(team.NewAnswer{Kind: kind, Day: day}, d.at(at), sent); !strings.Contains(got, want) {
			t.Errorf("at %s %s gives\n%s\nwithout %q", at, kind, got, want)
		}
	}
	ask(team.AnswerFull, team.Date{}, "2026-03-04 10:00", "You have had no digest yet")
	d.says(march(4), d.at("2026-03-04 18:00"))
	ask(team.AnswerSince, march(4), "2026-03-04 19:00", "the crane page")
	ask(team.AnswerDigest, team.Date{}, "2026-03-04 20:00", "the crane page") // outside her hours, but she has just written
	ask(team.AnswerDigest, team.Date{}, "2026-03-04 20:01", "There is nothing that you were not told yet")
	ask(team.AnswerFull, team.Date{}, "2026-03-04 20:02", "the crane page")
	ask(team.AnswerSince, march(4), "2026-03-04 20:03", "the crane page")
	ask(team.AnswerSince, march(5), "2026-03-05 08:00", "Nobody has written since Thu 5 Mar")
	expect(t, digests(d.live("2026-03-05 08:30", "2026-03-05 12:00"))) // told already

	// On a day that had its digest another can be asked for, and the next day's tells the rest.
	d.says(march(5), d.at("2026-03-05 18:00"))
	expect(t, digests(d.live("2026-03-06 08:00", "2026-03-06 09:30")), "Fri 09:00 digest")
	d.says(march(6), d.at("2026-03-06 10:00"))
	ask(team.AnswerDigest, team.Date{}, "2026-03-06 11:00", "the crane page")
	d.says(march(6), d.at("2026-03-06 12:00"))
	expect(t, digests(d.live("2026-03-06 12:30", "2026-03-09 12:00")), "Mon 09:00 digest")
}

// A digest that was asked for and could not be sent is told by the next one.
func TestADigestNowThatWasRefusedIsToldByTheNext(t *testing.T) {
	tokyo, start := team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, tokyo, start)
	d.two(tokyo, start)
	d.says(march(4), d.at("2026-03-04 18:00"))
	d.asks(team.NewAnswer{Kind: team.AnswerDigest}, d.at("2026-03-04 20:00"), team.SendResult{State: team.Failed, Code: 554, Line: "554 no"})
	expect(t, digests(d.live("2026-03-05 08:30", "2026-03-05 12:00")), "Thu 09:00 digest")
}

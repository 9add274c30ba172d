package digest_test

import (
	"fmt"
	"strings"
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

func TestTheLeadsAreToldOnceWithinTheirHours(t *testing.T) {
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	member := func(name, addr, zone string, lead bool) team.RosterMember {
		return team.RosterMember{Lead: lead, Member: team.Member{Name: name, Addresses: []string{addr}, Rule: team.Rule{Zone: zone}}}
	}
	_, err := d.store.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team: team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions()}}},
		Members: []team.RosterMember{
			member("Aiko Tanaka", "aiko@example.com", "Asia/Tokyo", true), member("Mia Rossi", "mia@example.com", "Europe/Rome", true),
			member("Dev Patel", "dev@example.com", "Asia/Kolkata", false),
		},
	}}}, false, start)
	must(t, err)
	notices := func(at string) (mails []team.Outgoing) {
		t.Helper()
		now := d.at(at)
		_, err := d.scheduler.Tick(t.Context(), now)
		must(t, err)
		all, err := d.store.ClaimOutgoing(t.Context(), now, time.Minute, 100)
		must(t, err)
		for _, m := range all {
			must(t, d.store.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
			if m.Kind == team.NoticeMail {
				mails = append(mails, m)
			}
		}
		return mails
	}
	failTwice(t, d, d.at("2026-03-03 15:00")) // 07:00 in Rome
	if got := notices("2026-03-03 15:05"); len(got) != 0 {
		t.Fatalf("%d notices in the night", len(got))
	}
	got := notices("2026-03-03 17:05") // 09:05 in Rome
	if len(got) != 1 || got[0].To != "mia@example.com" {
		t.Fatalf("%d notices, not one to Mia", len(got))
	}
	for _, want := range []string{"Mail to Aiko Tanaka (aiko@example.com) does not arrive, Mia.", "550 nobody here", "one mail a week"} {
		if !strings.Contains(strings.Join(strings.Fields(got[0].Text), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, got[0].Text)
		}
	}
	failTwice(t, d, d.at("2026-03-03 17:10"))
	if got := notices("2026-03-04 17:05"); len(got) != 0 {
		t.Errorf("told again: %q", got[0].Subject)
	}
}

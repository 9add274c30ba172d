package store

import (
	"testing"
	"time"

	"daybreak/internal/team"
)

// order accepts a mail of a member's that sets something.
func order(t *testing.T, s *Store, uid uint32, m team.Mail) {
	t.Helper()
	m.UID, m.Outcome, m.ReceivedAt, m.From = uid, team.Command, start, "mia@example.com"
	must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{m}, start))
}

func TestWhatAMemberChoseHoldsUntilTheFileSaysSomethingElse(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	file, err := s.Roster(t.Context())
	must(t, err)
	index := func(r team.Roster) *team.Rule {
		for i, m := range r.Teams[0].Members {
			if m.Member.Address() == "mia@example.com" {
				return &r.Teams[0].Members[i].Member.Rule
			}
		}
		t.Fatal("Mia is not in the file")
		return nil
	}
	apply := func(r team.Roster, zone string, actions ...string) {
		t.Helper()
		changes, err := s.ApplyRoster(t.Context(), r, false, start)
		must(t, err)
		var got []string
		for _, c := range changes {
			got = append(got, c.Action)
		}
		equal(t, "changes", got, actions)
		equal(t, "zone", person(t, s, "mia@example.com").Member.Rule.Zone, zone)
	}
	order(t, s, 1, team.Mail{MemberID: mia.ID, Set: &team.Setting{Part: "zone", Rule: team.Rule{Zone: "Europe/Lisbon"}}})
	apply(file, "Europe/Lisbon", team.Keep)
	apply(file, "Europe/Lisbon", team.Keep)

	exported, err := s.Roster(t.Context())
	must(t, err)
	apply(exported, "Europe/Lisbon") // what was exported is what is; it is the file now
	index(exported).Zone = "Asia/Tokyo"
	apply(exported, "Asia/Tokyo", "change")

	order(t, s, 2, team.Mail{MemberID: mia.ID, Set: &team.Setting{Part: "zone", Rule: team.Rule{Zone: "Europe/Lisbon"}}})
	order(t, s, 3, team.Mail{MemberID: mia.ID, Set: &team.Setting{Part: "zone", Rule: team.Rule{Zone: "Asia/Tokyo"}}})
	index(exported).Zone = "Europe/Paris"
	apply(exported, "Europe/Paris", "change") // she had gone back to what the file said
}

func TestAChangeOfZoneIsPlannedAnew(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	must(t, s.Plan(t.Context(), mia.ID, nil))
	order(t, s, 1, team.Mail{MemberID: mia.ID, Set: &team.Setting{Part: "zone", Rule: team.Rule{Zone: "Asia/Tokyo"}}})
	list, err := s.Unplanned(t.Context(), 10)
	must(t, err)
	found := false
	for _, p := range list {
		found = found || p.ID == mia.ID && p.DigestRule().Zone == "Asia/Tokyo"
	}
	equal(t, "Mia is planned anew", found, true)
}

func TestEachChangeIsInTheLog(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	yes := true
	leave := team.Span{From: date2026(3, 16), Through: date2026(3, 20)}
	order(t, s, 1, team.Mail{MemberID: mia.ID, Pause: &yes})
	order(t, s, 2, team.Mail{MemberID: mia.ID, Pause: &yes}) // nothing new
	order(t, s, 3, team.Mail{MemberID: mia.ID, Away: &leave})
	order(t, s, 4, team.Mail{MemberID: mia.ID, Back: date2026(3, 18)})
	must(t, s.SetPaused(t.Context(), mia.ID, false, start))
	order(t, s, 5, team.Mail{MemberID: mia.ID, Undo: true}) // the end of the leave
	must(t, s.RemoveMember(t.Context(), mia.ID, start))
	list, err := s.Changes(t.Context(), mia.ID, start.Add(-time.Second), 100)
	must(t, err)
	var got []string
	for _, c := range list {
		got = append(got, words(c.By, c.What, c.Was, "→", c.Is, c.Undoes))
	}
	equal(t, "log", got, []string{
		words("admin", "removed from every team", "", "→", "", false),
		words("mail", "away", "2026-03-16/2026-03-17", "→", "2026-03-16/2026-03-20", true),
		words("admin", "paused", "yes", "→", "", false),
		words("mail", "away", "2026-03-16/2026-03-20", "→", "2026-03-16/2026-03-17", false),
		words("mail", "away", "", "→", "2026-03-16/2026-03-20", false),
		words("mail", "paused", "", "→", "yes", false),
		words("admin", "add member mia@example.com: Mia Rossi, joins platform", "", "→", "", false),
	})
	equal(t, "away", person(t, s, "mia@example.com").Away, team.Away{leave})
}

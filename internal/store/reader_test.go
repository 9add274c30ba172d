package store

import (
	"slices"
	"testing"
	"time"

	"daybreak/internal/team"
)

// waiting is a database in which a prompt and its reminder, a digest of two teams and a receipt wait for Mia, and each of the first
// three for Aiko.
func waiting(t *testing.T) *Store {
	t.Helper()
	s := open(t)
	apply(t, s, rosterTeam("a", aiko, twoAddresses(), dev), rosterTeam("b", twoAddresses(), dev))
	dev := person(t, s, "dev@example.com")
	for i, in := range dev.Teams {
		m := update(dev, uint32(i+1), "for "+in.Team.Slug)
		m.Update.TeamID, m.Update.CheckInID = in.Team.ID, in.Team.CheckIns[0].ID
		accept1(t, s, m)
	}
	for _, addr := range []string{"mia@example.com", "aiko@example.com"} {
		p := person(t, s, addr)
		slot := team.Slot{Kind: team.PromptSlot, CheckInID: p.Teams[0].Team.CheckIns[0].ID, Day: monday, At: start}
		must(t, s.Plan(t.Context(), p.ID, []team.Slot{slot}))
		reminder := slot
		reminder.Kind = team.ReminderSlot
		commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.PromptMail, p, monday), Next: []team.Slot{reminder}})
		commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.ReminderMail, p, monday)})
		commit1(t, s, team.Turned{Turn: dueDigest(t, s, p, monday), Mail: outgoing(team.DigestMail, p, monday)})
	}
	enqueued(t, s, 1)
	return s
}

func twoAddresses() team.RosterMember {
	return member("Mia Rossi", "Europe/Paris", "mia@example.com", "mia@home.example")
}

func TestWhoMayReadIsLookedAtAgainWhenAMailIsSent(t *testing.T) {
	all := []string{"prompt", "reminder", "digest", "receipt"}
	withAddresses := func(addresses ...string) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			m := member("Mia Rossi", "Europe/Paris", addresses...)
			apply(t, s, rosterTeam("a", aiko, m, dev), rosterTeam("b", m, dev))
		}
	}
	for name, test := range map[string]struct {
		meanwhile func(*testing.T, *Store)
		claimed   []string // of Mia's
		why       string
		next      []string // her next digest
	}{
		"nothing": {func(*testing.T, *Store) {}, all, "", nil},
		"the member is paused": {
			func(t *testing.T, s *Store) {
				must(t, s.SetPaused(t.Context(), person(t, s, "mia@example.com").ID, true, start))
			},
			[]string{"receipt"}, "the member is paused", []string{"Dev Patel: for a", "Dev Patel: for b"}},
		"the address is not theirs any more": {
			withAddresses("mia@home.example", "mia@new.example"),
			nil, "the address is no longer the member's", []string{"Dev Patel: for a", "Dev Patel: for b"}},
		"the address is theirs, though not the main one": {withAddresses("mia@home.example", "mia@example.com"), all, "", nil},
		"the address is somebody else's": {
			func(t *testing.T, s *Store) {
				m := member("Mia Rossi", "Europe/Paris", "mia@home.example")
				apply(t, s, rosterTeam("a", aiko, m, dev), rosterTeam("b", m, dev),
					rosterTeam("c", member("Max Moss", "UTC", "max@example.com", "mia@example.com")))
			},
			nil, "the address is no longer the member's", []string{"Dev Patel: for a", "Dev Patel: for b"}},
		"the member has answered": {
			func(t *testing.T, s *Store) {
				accept1(t, s, update(person(t, s, "mia@example.com"), 30, "an answer"))
			},
			[]string{"prompt", "digest", "receipt"}, "the member has answered meanwhile", []string{"Mia Rossi: an answer"}},
		"the check-in was removed": {
			func(t *testing.T, s *Store) {
				a := rosterTeam("a", aiko, twoAddresses(), dev)
				a.Team.CheckIns[0].Name = "another"
				apply(t, s, a)
			},
			[]string{"digest", "receipt"}, "the check-in was removed", nil},
		"the member has left one team": {
			func(t *testing.T, s *Store) { apply(t, s, rosterTeam("a", aiko, dev)) },
			[]string{"receipt"}, "the member has left the team", []string{"Dev Patel: for b"}},
		"the member has left the team that was not asked": {
			func(t *testing.T, s *Store) { apply(t, s, rosterTeam("b", dev)) },
			[]string{"prompt", "reminder", "receipt"}, "the member has left the team", []string{"Dev Patel: for a"}},
		"the member has left every team": {
			func(t *testing.T, s *Store) {
				must(t, s.RemoveMember(t.Context(), person(t, s, "mia@example.com").ID, start))
			},
			[]string{"receipt"}, "the member is in no team any more", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := waiting(t)
			mia := person(t, s, "mia@example.com").ID
			test.meanwhile(t, s)
			var claimed []string
			for _, m := range claim(t, s, start, 3) {
				if m.MemberID == mia {
					claimed = append(claimed, string(m.Kind))
				}
			}
			for _, m := range claim(t, s, start, 100) { // those behind
				if m.MemberID == mia {
					claimed = append(claimed, string(m.Kind))
				}
			}
			equal(t, "claimed", claimed, test.claimed)
			st, err := s.Status(t.Context(), start, 0)
			must(t, err)
			var lines []string
			for _, m := range st.Failed {
				if !slices.Contains(lines, m.Line) {
					lines = append(lines, m.Line)
				}
			}
			if len(claimed) < len(all) {
				equal(t, "why", lines, []string{test.why})
				equal(t, "given up", st.Outbox[team.Expired]-len(st.Failed), 0)
			} else {
				equal(t, "why", lines, []string(nil))
			}

			must(t, s.SetPaused(t.Context(), mia, false, start))
			p, _, err := s.Person(t.Context(), mia)
			must(t, err)
			if len(p.Teams) == 0 {
				return
			}
			turn := dueDigest(t, s, p, monday.Add(1))
			equal(t, "the next digest", texts(turn), test.next)
			if len(test.next) == 0 {
				return
			}
			m := outgoing(team.DigestMail, p, monday.Add(1))
			commit1(t, s, team.Turned{Turn: turn, Mail: m})
			equal(t, "the next digest's address", claim(t, s, start, 100)[0].To, p.Address())
			equal(t, "and the one after it", texts(dueDigest(t, s, p, monday.Add(2))), []string(nil))
		})
	}
}

func TestOneWhoLeavesAndComesBackIsNotToldWhatWasGivenUp(t *testing.T) {
	s := waiting(t)
	apply(t, s, rosterTeam("a", aiko, dev))
	claim(t, s, start, 100)
	_, err := s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{rosterTeam("a", aiko, twoAddresses(), dev)}}, false, start.Add(time.Hour))
	must(t, err)
	equal(t, "the next digest", texts(dueDigest(t, s, person(t, s, "mia@example.com"), monday.Add(1))), []string{"Dev Patel: for b"})
}

func TestADigestThatTellsAgainIsLookedAtAgainToo(t *testing.T) {
	s := waiting(t)
	mia := person(t, s, "mia@example.com")
	must(t, s.SetPaused(t.Context(), mia.ID, true, start))
	claim(t, s, start, 100)
	must(t, s.SetPaused(t.Context(), mia.ID, false, start))
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, mia, monday.Add(1)), Mail: outgoing(team.DigestMail, mia, monday.Add(1))})
	apply(t, s, rosterTeam("a", aiko, dev))
	equal(t, "claimed", len(claim(t, s, start, 100)), 0)
	equal(t, "the next digest", texts(dueDigest(t, s, person(t, s, "mia@example.com"), monday.Add(2))), []string{"Dev Patel: for b"})
}

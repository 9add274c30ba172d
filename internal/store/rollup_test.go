package store

import (
	"slices"
	"testing"
	"time"

	"daybreak/internal/team"
)

// packs are what newcomers are owed at an instant: who, and what was said before.
func packs(t *testing.T, s *Store, now time.Time) (list []string) {
	t.Helper()
	notices, err := s.Notices(t.Context(), now, 100)
	must(t, err)
	for _, n := range notices {
		if n.Kind != team.NewcomerNotice {
			continue
		}
		text := n.Person.Name + " in " + n.Team.Slug
		for _, said := range texts(*n.Before) {
			text += "; " + said
		}
		list = append(list, text)
	}
	return list
}

func TestWhoeverJoinsATeamThatHasWrittenIsToldOfItOnce(t *testing.T) {
	s := platform(t)
	m, d := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	minutes := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	noor := member("Noor Haddad", "UTC", "noor@example.com")
	old := update(d, 1, "long ago")
	must(t, s.Accept(t.Context(), cursor(1), []team.Mail{old}, start.AddDate(0, 0, -15)))
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko))
	equal(t, "of a team that has written nothing for two weeks", packs(t, s, minutes(5)), []string(nil))

	apply(t, s, rosterTeam("platform", aiko, mia, dev), rosterTeam("growth", aiko))
	must(t, s.Accept(t.Context(), cursor(2), []team.Mail{update(m, 2, "yesterday")}, start.AddDate(0, 0, -1)))
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko, noor))
	must(t, s.Accept(t.Context(), cursor(3), []team.Mail{update(m, 3, "since then")}, minutes(1)))
	want := []string{"Noor Haddad in platform; Mia Rossi: yesterday"}
	equal(t, "at once", packs(t, s, start), []string(nil))
	equal(t, "a little later", packs(t, s, minutes(5)), want)
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko, noor))
	equal(t, "after the same file", packs(t, s, minutes(5)), want)

	// Who is out again before it is made is told nothing, and in again once.
	apply(t, s, rosterTeam("platform", aiko, mia, dev), rosterTeam("growth", aiko, noor))
	equal(t, "out again", packs(t, s, minutes(5)), []string(nil))
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko, noor))
	equal(t, "in again", packs(t, s, minutes(5)), []string{"Noor Haddad in platform; Mia Rossi: yesterday; Mia Rossi: since then"})

	// Made, and not sent while they are in the team: it does not leave.
	notices, err := s.Notices(t.Context(), minutes(5), 100)
	must(t, err)
	i := slices.IndexFunc(notices, func(n team.Notice) bool { return n.Kind == team.NewcomerNotice })
	mail := outgoing(team.NoticeMail, notices[i].Person, monday)
	must(t, s.CommitNotice(t.Context(), notices[i].ID, *mail, minutes(5)))
	equal(t, "made", packs(t, s, minutes(5)), []string(nil))
	apply(t, s, rosterTeam("platform", aiko, mia, dev), rosterTeam("growth", aiko, noor))
	claimed, err := s.ClaimOutgoing(t.Context(), minutes(6), time.Hour, 10)
	must(t, err)
	if len(claimed) != 0 {
		t.Errorf("%q goes to who has left the team", claimed[0].Subject)
	}
}

// dueRollup plans a roll-up for a day and gives its turn.
func dueRollup(t *testing.T, s *Store, p team.Person, d team.Date, now time.Time) team.Turn {
	t.Helper()
	must(t, s.Plan(t.Context(), p.ID, []team.Slot{{Kind: team.WeeklySlot, Day: d, At: now, Until: now.Add(time.Hour)}}))
	turns, err := s.Due(t.Context(), now, 100)
	must(t, err)
	i := slices.IndexFunc(turns, func(turn team.Turn) bool { return turn.Slot.MemberID == p.ID && turn.Slot.Kind == team.WeeklySlot })
	if i < 0 {
		t.Fatalf("no roll-up is due for %s", p.Name)
	}
	return turns[i]
}

func TestARollUpIsStoredOnceAWeekWithWhatItTold(t *testing.T) {
	s := platform(t)
	m, d := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	must(t, s.Accept(t.Context(), cursor(1), []team.Mail{update(m, 1, "one")}, start))
	friday := monday.Add(4)
	roll := func(day team.Date, at time.Time, key string) team.Turn {
		turn := dueRollup(t, s, d, day, at)
		mail := outgoing(team.WeeklyMail, d, day)
		mail.Dedupe = key
		mail.Marks = map[string]int64{"a1": 1}
		must(t, s.Commit(t.Context(), []team.Turned{{Turn: turn, Mail: mail, Told: true}}, at))
		return turn
	}
	first := start.AddDate(0, 0, 4)
	equal(t, "the first", texts(roll(friday, first, "first")), []string{"Mia Rossi: one"})
	must(t, s.Accept(t.Context(), cursor(2), []team.Mail{update(m, 2, "two")}, first.Add(time.Minute)))
	equal(t, "the same week's other day", texts(roll(friday.Add(1), first.AddDate(0, 0, 1), "again")), []string{"Mia Rossi: two"})
	equal(t, "the next", texts(roll(friday.Add(7), first.AddDate(0, 0, 7), "second")), []string{"Mia Rossi: two"}) // the one between was not stored
	if st, err := s.Status(t.Context(), start, 0); err != nil || st.Outbox[team.Queued] != 2 {
		t.Errorf("%v wait, %v", st.Outbox, err)
	}
	sent, ok, err := s.Sent(t.Context(), team.WeeklyMail, d.ID, 0, friday)
	must(t, err)
	if !ok || sent.Kind != team.WeeklyMail || sent.Marks["a1"] != 1 || sent.Day != friday {
		t.Errorf("sent is %+v, %v", sent, ok)
	}
	p := person(t, s, "dev@example.com")
	if p.Rolled != friday.Add(7) {
		t.Errorf("the last one was %s", p.Rolled)
	}
}

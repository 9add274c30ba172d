package store

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

func date2026(month time.Month, day int) team.Date {
	return team.Date{Year: 2026, Month: month, Day: day}
}

func TestLeavesAreJoinedCutAndCalledOff(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com").ID
	set := func(from, through team.Date) {
		t.Helper()
		must(t, s.SetAway(t.Context(), mia, team.Span{From: from, Through: through}, start))
	}
	end := func(from team.Date, want string) {
		t.Helper()
		back, calledOff, err := s.EndAway(t.Context(), mia, from, start)
		must(t, err)
		equal(t, fmt.Sprint("ended from ", from), fmt.Sprint(back, calledOff), want)
	}
	is := func(want string) {
		t.Helper()
		got := ""
		for _, s := range person(t, s, "mia@example.com").Away {
			got += day(s.From) + "/" + day(s.Through) + " "
		}
		equal(t, "away", got, want)
	}
	is("")
	set(date2026(3, 9), date2026(3, 11))
	set(date2026(3, 12), date2026(3, 13)) // touches
	set(date2026(5, 1), team.Date{})
	is("2026-03-09/2026-03-13 2026-05-01/ ")
	end(date2026(3, 11), "true []")
	is("2026-03-09/2026-03-10 2026-05-01/ ")
	end(date2026(3, 11), "false [{2026-05-01 -0001-11-30}]") // not away: what is to come is called off
	is("2026-03-09/2026-03-10 ")
	end(date2026(3, 11), "false []")
	set(date2026(3, 20), date2026(3, 25))
	end(date2026(3, 20), "true []")
	is("2026-03-09/2026-03-10 ")
	if err := s.SetAway(t.Context(), 99, team.Span{From: date2026(3, 1)}, start); KindOf(err) != Unknown {
		t.Errorf("nobody's leave: %v", err)
	}
}

func TestADigestTellsWhoOfTheTeamIsAway(t *testing.T) {
	s := platform(t)
	aiko, mia := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com")
	must(t, s.SetAway(t.Context(), mia.ID, team.Span{From: monday, Through: monday.Add(4)}, start))
	turn := dueDigest(t, s, aiko, monday)
	equal(t, "away", fmt.Sprint(turn.Reading[0].Away), fmt.Sprint([]team.Absent{{MemberID: mia.ID, Name: "Mia Rossi", Back: monday.Add(7)}}))
	must(t, s.Plan(t.Context(), aiko.ID, nil))
	must(t, s.Plan(t.Context(), mia.ID, nil))
	turn = dueDigest(t, s, mia, monday)
	equal(t, "away, as she is told herself", len(turn.Reading[0].Away), 0)
	must(t, s.Plan(t.Context(), mia.ID, nil))
	turn = dueDigest(t, s, aiko, monday.Add(7))
	equal(t, "away on the day of her return", len(turn.Reading[0].Away), 0)
}

func TestADigestOfNewsComesWithTheMembersOfItsTeam(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("platform", aiko, mia), rosterTeam("growth", mia, dev))
	reader := person(t, s, "mia@example.com")
	accept1(t, s, update(person(t, s, "dev@example.com"), 1, "done"))
	turn := dueDigest(t, s, reader, monday)
	equal(t, "teams", len(turn.Reading), 2)
	for _, r := range turn.Reading {
		names := ""
		for _, p := range r.Members {
			names += p.Name + " in " + p.RuleIn(r.Team).Zone + ", "
		}
		want := "Mia Rossi in Europe/Paris, Dev Patel in Asia/Kolkata, "
		if r.Team.Slug == "platform" { // from which there is no news
			want = ""
		}
		equal(t, "members of "+r.Team.Slug, names, want)
	}
}

func TestAMailsLeaveIsStoredWithItsOutcome(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	arrives := func(uid uint32, outcome team.Outcome, change func(*team.Mail)) {
		t.Helper()
		m := update(mia, uid)
		m.Outcome, m.Update = outcome, nil
		change(&m)
		accept1(t, s, m)
	}
	is := func(want string) {
		t.Helper()
		got := ""
		for _, s := range person(t, s, "mia@example.com").Away {
			got += day(s.From) + "/" + day(s.Through) + " "
		}
		equal(t, "away", got, want)
	}
	answers := func(want string) {
		t.Helper()
		list, err := s.Answers(t.Context(), start, 10)
		must(t, err)
		got := ""
		for _, a := range list {
			got += fmt.Sprintf("%s %s/%s ", a.Kind, day(a.Away.From), day(a.Away.Through))
		}
		equal(t, "answers", got, want)
	}
	leave := func(from, through int) func(*team.Mail) {
		return func(m *team.Mail) { m.Away = &team.Span{From: date2026(8, from), Through: date2026(8, through)} }
	}
	revision := func() int { return number(t, s, fmt.Sprintf(`SELECT revision FROM member WHERE id = %d`, mia.ID)) }
	before := revision()
	arrives(1, team.AutoReply, leave(3, 14))
	equal(t, "what waits in the outbox is looked at again", revision() > before, true)
	arrives(2, team.AutoReply, leave(4, 14)) // says nothing new
	equal(t, "spans that are kept", number(t, s, `SELECT COUNT(*) FROM away WHERE source = 'note'`), 1)
	is("2026-08-03/2026-08-14 ")
	answers("")

	arrives(3, team.Command, func(m *team.Mail) {
		leave(15, 21)(m)
		m.Answer = &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerAway}
	})
	is("2026-08-03/2026-08-21 ")
	answers("away 2026-08-15/2026-08-21 ")
	back := func(m *team.Mail) {
		m.Back, m.Answer = date2026(8, 10), &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerBack}
	}
	arrives(4, team.Command, back)
	is("2026-08-03/2026-08-09 ")
	arrives(4, team.Command, back) // at its place already
	arrives(5, team.Command, back)
	answers("away / back / here / ")
	arrives(6, team.AutoReply, func(m *team.Mail) { leave(20, 21)(m); m.MemberID = 0 })
	is("2026-08-03/2026-08-09 ")
}

func TestWhatIsAskedOfSomebodyWhoGoesAwayIsDueWhenTheyAreBack(t *testing.T) {
	s := platform(t)
	aiko, mia := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com")
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	is := func(want string) {
		t.Helper()
		turn, err := s.DigestTurn(t.Context(), aiko.ID, start)
		must(t, err)
		equal(t, "due", turn.Reading[0].Open[0].Due.In(paris).Format("Mon 2 Jan 15:04"), want)
	}
	m := update(aiko, 1, "Can we drop it?")
	m.Update.Items[0].Kind, m.Update.Items[0].Asked, m.Update.Items[0].Due = team.Ask, mia.ID, monday.Add(2).Instant(12*60, paris)
	accept1(t, s, m)
	is("Wed 4 Mar 12:00")
	must(t, s.SetAway(t.Context(), mia.ID, team.Span{From: monday.Add(3), Through: monday.Add(3)}, start)) // from the day after
	is("Wed 4 Mar 12:00")
	must(t, s.SetAway(t.Context(), mia.ID, team.Span{From: monday.Add(1), Through: monday.Add(4)}, start))
	is("Mon 9 Mar 17:00")
	must(t, s.SetAway(t.Context(), mia.ID, team.Span{From: monday.Add(7)}, start)) // nobody knows until when
	is("Mon 9 Mar 17:00")
	_, _, err = s.EndAway(t.Context(), mia.ID, monday.Add(15), start)
	must(t, err)
	is("Tue 17 Mar 17:00")
}

package store

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"daybreak/internal/team"
)

// week is what a roll-up from a day on would be made of for a person, at an instant.
func week(t *testing.T, s *Store, p team.Person, from team.Date, now time.Time) team.Turn {
	t.Helper()
	turn := team.Turn{Person: p}
	must(t, s.read(t.Context(), "reading a week", func(ctx context.Context, tx *sql.Conn) (err error) {
		turn.Reading, err = readingOfDays(ctx, tx, p, p.Teams, from, team.RollupDays, now)
		return err
	}))
	return turn
}

func TestAWeekHasWhatWasSaidOnItsDaysToWhoWasInTheTeam(t *testing.T) {
	s := platform(t)
	m, d := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	days := func(n int) time.Time { return start.AddDate(0, 0, n) }
	says := func(uid uint32, n int, said team.Mail) {
		must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{said}, days(n)))
	}
	says(1, 0, update(m, 1, "the first week"))
	stuck := update(d, 2, "the vendor is silent")
	stuck.Update.Items[0].Kind = team.Blocker
	says(2, 1, stuck)
	says(3, 7, update(m, 3, "the second week"))
	item := week(t, s, d, monday, days(7)).Reading[0].Entries[0].Items[0].ID
	says(4, 8, answering(d, 4, remark(item, "late, but thanks")))

	equal(t, "the first week", texts(week(t, s, d, monday, days(7))), []string{"Mia Rossi: the first week", "Dev Patel: the vendor is silent"})
	equal(t, "its answers", threads(week(t, s, d, monday, days(9))), []string(nil))
	equal(t, "the second week", texts(week(t, s, d, monday.Add(7), days(9))), []string{"Mia Rossi: the second week"})
	equal(t, "its answers", threads(week(t, s, d, monday.Add(7), days(9))), []string{`Dev Patel on Mia Rossi's "the first week": late, but thanks`})
	equal(t, "a week of silence", texts(week(t, s, d, monday.Add(14), days(15))), []string(nil))

	both := week(t, s, d, monday, days(7)).Reading[0]
	blocker := both.Entries[1].Items[0].ID
	if len(both.Open) != 1 || both.Settled[blocker] {
		t.Errorf("open %v, settled %v, though nobody has said that it goes on", both.Open, both.Settled)
	}
	closing := remark(blocker, "they have answered")
	closing.Closes = true
	says(5, 9, answering(m, 5, closing))
	if r := week(t, s, d, monday, days(9)).Reading[0]; len(r.Open) != 0 || !r.Settled[blocker] {
		t.Errorf("open %v, settled %v, though it is not in the way any more", r.Open, r.Settled)
	}

	// Who joins later is not told what was said before, and a team that they are not in has no place in theirs.
	noor := member("Noor Haddad", "UTC", "noor@example.com")
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko))
	late := person(t, s, "noor@example.com")
	says(6, 10, update(m, 6, "said to all"))
	equal(t, "to who has joined since", texts(week(t, s, late, monday.Add(7), days(11))), []string{"Mia Rossi: said to all"})
	if turn := week(t, s, late, monday.Add(7), days(11)); len(turn.Reading) != 1 || len(turn.Reading[0].Threads) != 0 {
		t.Errorf("reads %d teams, with threads %v", len(turn.Reading), threads(turn))
	}
}

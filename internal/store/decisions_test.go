package store

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestDecisionsAreListedForWhoMayReadThem(t *testing.T) {
	s := platform(t)
	m, d := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	days := func(n int) time.Time { return start.AddDate(0, 0, n) }
	uid := uint32(0)
	decides := func(p team.Person, n int, words string, change func(*team.NewUpdate)) {
		uid++
		said := update(p, uid, "beside it")
		u := said.Update
		u.Day = monday.Add(n)
		u.Items = append(u.Items, team.NewItem{Kind: team.Decision, Question: -1, Text: words})
		if change != nil {
			change(u)
		}
		must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{said}, days(n)))
	}
	list := func(p team.Person, since team.Date) team.Turn {
		t.Helper()
		var turn team.Turn
		must(t, s.read(t.Context(), "", func(ctx context.Context, tx *sql.Conn) (err error) {
			turn.Reading, err = decisions(ctx, tx, p, since)
			return err
		}))
		return turn
	}
	decides(m, 0, "rope", nil)
	decides(m, 1, "chain", nil)
	decides(m, 1, "wire", func(u *team.NewUpdate) { u.Replace = true })
	decides(d, 2, "blue", nil)
	equal(t, "all", texts(list(d, team.Date{})), []string{"Mia Rossi: rope", "Mia Rossi: wire", "Dev Patel: blue"})
	equal(t, "since Tuesday", texts(list(d, monday.Add(1))), []string{"Mia Rossi: wire", "Dev Patel: blue"})
	item := list(d, team.Date{}).Reading[0].Entries[0].Items[0].ID
	uid++
	must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{answering(d, uid, remark(item, "a thick one"))}, days(3)))
	equal(t, "with what was answered", threads(list(m, team.Date{})), []string{`Dev Patel on Mia Rossi's "rope": a thick one`})

	noor := member("Noor Haddad", "UTC", "noor@example.com")
	apply(t, s, rosterTeam("platform", aiko, mia, dev, noor), rosterTeam("growth", aiko))
	late := person(t, s, "noor@example.com")
	equal(t, "to who came later", texts(list(late, team.Date{})), []string(nil))
	decides(m, 4, "green", nil)
	equal(t, "to who is in the team by then", texts(list(late, team.Date{})), []string{"Mia Rossi: green"})
	equal(t, "what was answered before", threads(list(late, team.Date{})), []string(nil))
	both := person(t, s, "aiko@example.com")
	if turn := list(both, team.Date{}); len(turn.Reading) != 2 || len(turn.Reading[1].Entries)+len(turn.Reading[0].Entries) != 4 {
		t.Errorf("who is in two teams reads %v", texts(turn))
	}
}

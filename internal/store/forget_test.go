package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// everywhere is where a text stands in the database: table.column, for each.
func everywhere(t *testing.T, s *Store, text string) (places []string) {
	t.Helper()
	tables, err := s.readers.Query(`SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`)
	must(t, err)
	var columns [][2]string
	for tables.Next() {
		var c [2]string
		must(t, tables.Scan(&c[0], &c[1]))
		columns = append(columns, c)
	}
	must(t, tables.Close())
	for _, c := range columns {
		rows, err := s.readers.Query(fmt.Sprintf(`SELECT "%s" FROM "%s"`, c[1], c[0]))
		must(t, err)
		for rows.Next() {
			var v sql.RawBytes
			must(t, rows.Scan(&v))
			if bytes.Contains(bytes.ToLower(v), []byte(strings.ToLower(text))) {
				places = append(places, c[0]+"."+c[1])
			}
		}
		must(t, rows.Close())
	}
	return places
}

func TestNothingOfAForgottenMemberStays(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	yes := true
	leave := team.Span{From: date2026(3, 16), Through: date2026(3, 20)}
	said := update(mia, 1, "the importer secret")
	said.From, said.Subject, said.Raw, said.Identity = "mia@example.com", "importer secret", []byte("From: mia@example.com\r\n\r\nthe importer secret"), "x"
	accept1(t, s, said)
	accept1(t, s, update(dev, 2, "what Dev said"))
	held := team.Mail{UID: 3, Outcome: team.Held, From: "mia@example.com", Subject: "held secret", Raw: []byte("a held secret"), ReceivedAt: start}
	must(t, s.Accept(t.Context(), cursor(3), []team.Mail{held}, start))
	order(t, s, 4, team.Mail{MemberID: mia.ID, Away: &leave})
	order(t, s, 5, team.Mail{MemberID: mia.ID, Alias: "mia@secret.example"})
	order(t, s, 6, team.Mail{MemberID: mia.ID, Name: "Mia Secret", Answer: &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerChanged}})
	order(t, s, 7, team.Mail{MemberID: mia.ID, Pause: &yes})
	sent := outgoing(team.DigestMail, dev, monday)
	sent.Text, sent.Raw = "Mia: the importer secret", []byte("Mia: the importer secret")
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, dev, monday), Mail: sent})
	for _, m := range claim(t, s, start.Add(time.Second), 10) {
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, start))
	}
	for _, text := range []string{"secret", "mia@example.com"} {
		if len(everywhere(t, s, text)) < 4 {
			t.Fatalf("%q is in %q only", text, everywhere(t, s, text))
		}
	}
	order(t, s, 8, team.Mail{MemberID: mia.ID, Forget: true, Subject: "yes, secret", Raw: []byte("From: mia@example.com secret")})
	for _, text := range []string{"secret", "mia@example.com", "Mia Rossi"} {
		if places := everywhere(t, s, text); len(places) > 0 {
			t.Errorf("%q stands in %q", text, places)
		}
	}
	equal(t, "what Dev said", len(everywhere(t, s, "what Dev said")) > 0, true)
	if _, known, err := s.PersonByAddress(t.Context(), "mia@example.com"); err != nil || known {
		t.Errorf("she is known: %v, %v", known, err)
	}
	changes, err := s.Changes(t.Context(), mia.ID, time.Time{}, 1)
	must(t, err)
	equal(t, "the log", changes[0].What, "forgotten")
}

func TestADigestThatWaitsTellsTheRestWhenAMemberIsForgotten(t *testing.T) {
	s := platform(t)
	mia, dev, aiko := person(t, s, "mia@example.com"), person(t, s, "dev@example.com"), person(t, s, "aiko@example.com")
	accept1(t, s, update(mia, 1, "Mia's"))
	accept1(t, s, update(dev, 2, "Dev's"))
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, aiko, monday), Mail: outgoing(team.DigestMail, aiko, monday)})
	must(t, s.Forget(t.Context(), mia.ID, start))
	equal(t, "claimed", len(claim(t, s, start, 10)), 0)
	equal(t, "the next digest", texts(dueDigest(t, s, aiko, monday.Add(1))), []string{"Dev Patel: Dev's"})
}

func TestATeamFileDoesNotBringAForgottenMemberBack(t *testing.T) {
	s := platform(t)
	file, err := s.Roster(t.Context())
	must(t, err)
	must(t, s.Forget(t.Context(), person(t, s, "mia@example.com").ID, start))
	changes, err := s.ApplyRoster(t.Context(), file, false, start)
	must(t, err)
	if len(changes) != 1 || changes[0].Action != team.Keep || !strings.Contains(changes[0].Detail, "asked to be forgotten") {
		t.Errorf("%+v", changes)
	}
	was, err := s.Readmit(t.Context(), "Mia@example.com", start)
	must(t, err)
	equal(t, "was forgotten", was, true)
	_, err = s.ApplyRoster(t.Context(), file, false, start)
	must(t, err)
	equal(t, "is back", person(t, s, "mia@example.com").Name, "Mia Rossi")
}

func TestEverythingIsAllThatIsHeld(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	said := update(mia, 1, "the importer")
	said.Raw = []byte("Subject: today\r\n\r\nthe importer")
	accept1(t, s, said)
	all, err := s.Everything(t.Context(), mia.ID)
	must(t, err)
	rows := map[string]int{}
	for _, p := range all.Parts {
		rows[p.Name] = len(p.Rows)
	}
	for name, want := range map[string]int{"member": 1, "addresses": 1, "teams": 1, "updates": 1, "days_answered": 1, "mails_received": 1} {
		equal(t, name, rows[name], want)
	}
	equal(t, "her mail", string(all.Mails[0].Raw), string(said.Raw))
}

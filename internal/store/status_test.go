package store

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestTheStatusTellsWhatWasDoneAndWhatComes(t *testing.T) {
	s := platform(t)
	apply(t, s, rosterTeam("infra", mia))
	aiko, mia, dev := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	for i, subject := range []string{"older", "newer"} {
		accept1(t, s, team.Mail{
			UID: uint32(i + 1), Outcome: team.Held, Reason: "who is it", From: "mallory@example.org", Subject: subject,
			ReceivedAt: start.Add(time.Duration(i) * time.Hour),
		})
	}
	accept1(t, s, update(dev, 3, "news"))
	checkin := aiko.Teams[0].Team.CheckIns[0].ID
	must(t, s.Plan(t.Context(), aiko.ID, []team.Slot{
		{Kind: team.PromptSlot, CheckInID: checkin, Day: monday, At: start.Add(3 * time.Hour)},
		{Kind: team.DigestSlot, Day: monday, At: start.Add(2 * time.Hour)},
	}))
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: start.Add(time.Hour)}}))
	must(t, s.Plan(t.Context(), dev.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: start.Add(4 * time.Hour)}}))

	st, err := s.Status(t.Context(), start, 3)
	must(t, err)
	equal(t, "outcomes", st.Outcomes, map[team.Outcome]int{team.Held: 2, team.Stored: 1})
	held := []team.KeptMail{
		{ID: 2, UID: 2, From: "mallory@example.org", Subject: "newer", ReceivedAt: start.Add(time.Hour), Outcome: team.Held, Reason: "who is it"},
		{ID: 1, UID: 1, From: "mallory@example.org", Subject: "older", ReceivedAt: start, Outcome: team.Held, Reason: "who is it"},
	}
	equal(t, "held", st.Held, held)
	list, err := s.Mails(t.Context(), team.Held, 1)
	must(t, err)
	equal(t, "the newest held", list, held[:1])
	list, err = s.Mails(t.Context(), "", 10)
	must(t, err)
	if len(list) != 3 || list[0].Outcome != team.Stored {
		t.Errorf("all mails: %+v", list)
	}
	var upcoming []string
	for _, u := range st.Upcoming {
		upcoming = append(upcoming, words(u.Slot.At.Format("15:04"), u.Slot.Kind, u.Name, u.Address, u.Zone, u.Team+"/"+u.CheckIn))
	}
	equal(t, "upcoming", upcoming, []string{
		"09:00 digest Mia Rossi mia@example.com Europe/Paris /",
		"10:00 digest Aiko Tanaka aiko@example.com Asia/Tokyo platform/",
		"11:00 prompt Aiko Tanaka aiko@example.com Asia/Tokyo platform/daily",
	})
}

func TestAPreviewShowsWhatIsNewAndChangesNothing(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(dev, 1, "news"))
	for range 2 {
		turn, err := s.DigestTurn(t.Context(), mia.ID, start.Add(time.Hour))
		must(t, err)
		equal(t, "at that time", texts(turn), []string{"Dev Patel: news"})
	}
	turn, err := s.DigestTurn(t.Context(), mia.ID, start.Add(-time.Hour))
	must(t, err)
	equal(t, "before it was said", texts(turn), []string(nil))
	if _, err := s.DigestTurn(t.Context(), 99, start); KindOf(err) != Unknown {
		t.Errorf("for nobody: %v", err)
	}
}

func TestTheStatusTellsFromWhomNothingIsHeard(t *testing.T) {
	s := platform(t)
	aiko, dev := person(t, s, "aiko@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(aiko, 1, "news"))
	accept1(t, s, update(dev, 2, "news"))
	later := start.AddDate(0, 0, 40)
	quiet := func() (all []string) {
		st, err := s.Status(t.Context(), later, 1)
		must(t, err)
		for _, q := range st.Quiet {
			all = append(all, q.Address)
		}
		return all
	}
	if got := quiet(); len(got) > 0 { // nobody asked them
		t.Errorf("quiet are %v", got)
	}
	for i := range 3 {
		must(t, s.write(t.Context(), "asking", func(ctx context.Context, tx *sql.Conn) error {
			outbox, _, err := enqueue(ctx, tx, team.Outgoing{
				Dedupe: fmt.Sprint("prompt", i), Kind: team.PromptMail, MemberID: aiko.ID, To: aiko.Address(), MessageID: fmt.Sprint(i, "@example.com"), Raw: []byte("x"),
				CreatedAt: start, ExpiresAt: later, State: team.Queued,
			}, start)
			if err != nil {
				return err
			}
			if err := exec(ctx, tx, `UPDATE outbox SET state = 'sent' WHERE id = ?1`, outbox); err != nil {
				return err
			}
			return exec(ctx, tx, `INSERT INTO prompt (kind, checkin_id, member_id, day, questions, outbox_id, made_at) VALUES ('prompt', ?1, ?2, ?3, '[]', ?4, 0)`,
				aiko.Teams[0].Team.CheckIns[0].ID, aiko.ID, day(team.DateOf(start.AddDate(0, 0, 10+i))), outbox)
		}))
	}
	equal(t, "quiet", quiet(), []string{"aiko@example.com"})
	accept1(t, s, team.Mail{UID: 9, Outcome: team.Command, MemberID: aiko.ID, ReceivedAt: later.AddDate(0, 0, -1)})
	if got := quiet(); len(got) > 0 {
		t.Errorf("after a word from her quiet are %v", got)
	}
}

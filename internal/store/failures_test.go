package store

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"daybreak/internal/team"
)

// bounced lets a report arrive that a mail to Mia failed.
func bounced(t testing.TB, s *Store, f team.Failure, when time.Time) {
	t.Helper()
	f.MemberID = person(t, s, "mia@example.com").ID
	uid := lastUID(t, s) + 1
	must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{{UID: uid, Outcome: team.Bounce, ReceivedAt: when, Failures: []team.Failure{f}}}, when))
}

func hours(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }

func TestTooManyFailuresStopWhatIsSent(t *testing.T) {
	hard := func(about string) team.Failure { return team.Failure{About: about, Hard: true, Why: "550 nobody here"} }
	soft := func(about string) team.Failure { return team.Failure{About: about, Why: "452 full"} }
	for _, c := range []struct {
		says  string
		fails []team.Failure
		at    []int // hours after the start
		stops bool
	}{
		{"one for good is not enough", []team.Failure{hard("a")}, []int{0}, false},
		{"two for good are", []team.Failure{hard("a"), hard("b")}, []int{0, 40}, true},
		{"two reports of one mail are one failure", []team.Failure{soft("a"), hard("a"), hard("a")}, []int{0, 1, 2}, false},
		{"a mail that was late fails for good at last", []team.Failure{soft("a"), soft("b"), hard("a"), hard("b")}, []int{0, 1, 2, 3}, true},
		{"two for good in three days are not", []team.Failure{hard("a"), hard("b")}, []int{0, 72}, false},
		{"four passing ones are not", []team.Failure{soft("a"), soft("b"), soft("c"), soft("d")}, []int{0, 24, 48, 72}, false},
		{"five passing ones in a week are", []team.Failure{soft("a"), soft("b"), soft("c"), soft("d"), soft("")}, []int{0, 24, 48, 72, 96}, true},
		{"five in a longer time are not", []team.Failure{soft("a"), soft("b"), soft("c"), soft("d"), soft("e")}, []int{0, 48, 96, 144, 192}, false},
		{"mails that nobody can name count each", []team.Failure{soft(""), soft(""), soft(""), soft(""), soft("")}, []int{0, 1, 2, 3, 4}, true},
	} {
		s := platform(t)
		for i, f := range c.fails {
			bounced(t, s, f, hours(c.at[i]))
		}
		p := person(t, s, "mia@example.com")
		if p.Reachable() == c.stops {
			t.Errorf("%s: reachable %v, %+v", c.says, p.Reachable(), p.Unreached)
		}
		if c.stops {
			equal(t, c.says, words(p.Unreached.Since.Equal(hours(c.at[len(c.at)-1])), p.Unreached.Why != ""), "true true")
			st, err := s.Status(t.Context(), hours(100), 0)
			must(t, err)
			equal(t, "the status", words(len(st.Unreached), st.Unreached[0].Name), "1 Mia Rossi")
		}
		equal(t, "others", person(t, s, "aiko@example.com").Reachable(), true)
	}
}

func TestAnyMailFromThemBringsThemBack(t *testing.T) {
	s := platform(t)
	stop := func() {
		bounced(t, s, team.Failure{Hard: true, About: words(lastUID(t, s))}, start)
		bounced(t, s, team.Failure{Hard: true, About: words(lastUID(t, s))}, start)
		equal(t, "stopped", person(t, s, "mia@example.com").Reachable(), false)
	}
	mia := person(t, s, "mia@example.com")
	for _, outcome := range []team.Outcome{team.Empty, team.Command, team.AutoReply, team.Held} {
		stop()
		uid := lastUID(t, s) + 1
		accept1(t, s, team.Mail{UID: uid, Outcome: outcome, MemberID: mia.ID})
		equal(t, string(outcome), person(t, s, "mia@example.com").Reachable(), true)
		equal(t, "what failed before is forgotten", number(t, s, `SELECT COUNT(*) FROM failure`), 0)
	}
	stop()
	accept1(t, s, team.Mail{UID: lastUID(t, s) + 1, Outcome: team.Stored, MemberID: person(t, s, "dev@example.com").ID, Update: update(person(t, s, "dev@example.com"), 1, "x").Update})
	equal(t, "another's mail", person(t, s, "mia@example.com").Reachable(), false)
	must(t, s.SetPaused(t.Context(), mia.ID, false, start))
	equal(t, "resumed", person(t, s, "mia@example.com").Reachable(), true)
}

func TestARefusalAtTheDoorCountsAsABounce(t *testing.T) {
	for _, c := range []struct {
		says  string
		r     team.SendResult
		stops bool
	}{
		{"the recipient is refused", team.SendResult{State: team.Failed, Code: 550, Line: "550 5.1.1 nobody here", Refused: true}, true},
		{"the server has something against us", team.SendResult{State: team.Failed, Code: 550, Line: "550 not from you"}, false},
		{"the recipient's mailbox was full until the end", team.SendResult{State: team.Expired, Code: 452, Line: "452 full", Refused: true}, false},
		{"it is tried again", team.SendResult{State: team.Queued, Code: 550, NextAt: start, Refused: true}, false},
	} {
		s := platform(t)
		enqueued(t, s, 2)
		for _, m := range claim(t, s, start, 10) {
			_, err := s.writer.ExecContext(t.Context(), `UPDATE outbox SET message_id = ?1 WHERE id = ?2`, m.Dedupe+"@example.com", m.ID)
			must(t, err)
			must(t, s.Finish(t.Context(), m.ID, m.Epoch, c.r, start))
		}
		equal(t, c.says, !person(t, s, "mia@example.com").Reachable(), c.stops)
		if c.stops { // the mail's own name is that of its token
			bounced(t, s, team.Failure{About: "receipt 1", Hard: true}, start)
			equal(t, "a report of the same mail", number(t, s, `SELECT COUNT(*) FROM failure`), 2)
		}
	}
}

func TestWhatWaitsIsNotSentWhereMailDoesNotArrive(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{{Kind: team.PromptSlot, CheckInID: mia.Teams[0].Team.CheckIns[0].ID, Day: monday, At: start, Until: hours(8)}}))
	turn := due(t, s)[0]
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.PromptMail, mia, monday)})
	equal(t, "queued", queued(t, s), 1)
	bounced(t, s, team.Failure{About: "a", Hard: true}, start.Add(time.Second))
	bounced(t, s, team.Failure{About: "b", Hard: true}, start.Add(time.Second))
	equal(t, "claimed", len(claim(t, s, start.Add(time.Minute), 10)), 0)
	equal(t, "given up", number(t, s, `SELECT COUNT(*) FROM outbox WHERE state = 'expired'`), 1)
}

func TestAnotherDaybreakIsSentOneMailAndNoMore(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	mail := func(n int) team.Outgoing {
		return team.Outgoing{Dedupe: words(n), Kind: team.PromptMail, MemberID: mia.ID, To: "mia@example.com", From: "a@example.com",
			MessageID: words(n), Raw: []byte("\r\n")}
	}
	must(t, s.write(t.Context(), "test", func(ctx context.Context, tx *sql.Conn) error {
		for n := range 3 {
			if _, _, err := enqueue(ctx, tx, mail(n), start); err != nil {
				return err
			}
		}
		return nil
	}))
	uid := lastUID(t, s) + 1
	accept1(t, s, team.Mail{UID: uid, Outcome: team.AutoReply, MemberID: mia.ID, From: "mia@example.com", Daybreak: true})
	mia = person(t, s, "mia@example.com")
	equal(t, "nothing was sent yet", words(mia.Reachable(), mia.Unreached.Daybreak, mia.MayTry(start)), "false true true")
	claimed, err := s.ClaimOutgoing(t.Context(), start, time.Minute, 10)
	must(t, err)
	equal(t, "of three that wait one is sent", words(len(claimed), claimed[0].MessageID), "1 0")
	must(t, s.Finish(t.Context(), claimed[0].ID, claimed[0].Epoch, team.SendResult{State: team.SentOut}, start))
	must(t, s.write(t.Context(), "test", func(ctx context.Context, tx *sql.Conn) error {
		may, err := probe(ctx, tx, mia.ID, start)
		equal(t, "one more may be made", words(may), "true")
		return err
	}))
	for _, weeks := range []int{0, 1, 2, 50} {
		equal(t, "later", words(person(t, s, "mia@example.com").MayTry(hours(weeks*7*24))), "false")
		must(t, s.write(t.Context(), "test", func(ctx context.Context, tx *sql.Conn) error {
			may, err := probe(ctx, tx, mia.ID, hours(weeks*7*24))
			equal(t, "yet another", words(may), "false")
			return err
		}))
	}
	accept1(t, s, team.Mail{UID: uid + 1, Outcome: team.Empty, MemberID: mia.ID})
	equal(t, "a person writes from there", words(person(t, s, "mia@example.com").Reachable(), person(t, s, "mia@example.com").Unreached.Daybreak), "true false")
}

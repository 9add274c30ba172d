package store

import (
	"errors"
	"testing"
	"time"

	"daybreak/internal/team"
)

// sought looks for the one mail that is unanswered then, with the result.
func sought(t *testing.T, s *Store, now time.Time, r team.SendResult) {
	t.Helper()
	list, err := s.Unanswered(t.Context(), now, 10)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d mails are unanswered", len(list))
	}
	must(t, s.Sought(t.Context(), list[0].ID, list[0].Epoch, r, now))
}

func TestAMailThatIsFoundIsSentAsOfItsDot(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 2)
	claim(t, s, start, 1)
	dot := start.Add(5 * time.Second)
	must(t, s.MarkDot(t.Context(), 1, 1, dot))
	none, err := s.Unanswered(t.Context(), start.Add(time.Minute), 10)
	equal(t, "unanswered while it is claimed", words(len(none), err), "0 <nil>")
	_, err = s.RecoverOutgoing(t.Context(), start.Add(time.Minute))
	must(t, err)
	list, err := s.Unanswered(t.Context(), start.Add(time.Minute), 10)
	must(t, err)
	m := list[0]
	equal(t, "unanswered", words(len(list), m.ID, m.Epoch, m.MessageID, m.DotAt.Equal(dot)), "1 1 1 receipt-2-2026-03-02@example.com true")
	sought(t, s, start.Add(time.Minute), team.SendResult{State: team.Dot, NextAt: start.Add(2 * time.Minute), Line: "not yet"})
	none, err = s.Unanswered(t.Context(), start.Add(time.Minute), 10)
	equal(t, "unanswered before it is looked for again", words(len(none), err), "0 <nil>")
	if err := s.Sought(t.Context(), 1, 0, team.SendResult{State: team.SentOut}, start); !errors.Is(err, ErrStale) {
		t.Errorf("with another epoch: %v", err)
	}
	sought(t, s, start.Add(2*time.Minute), team.SendResult{State: team.SentOut, Line: "found"})
	equal(t, "it is", number(t, s, `SELECT COUNT(*) FROM outbox WHERE id = 1 AND state = 'sent' AND line = 'found' AND dot_at = 0 AND finished_at = `+words(ms(dot))), 1)
	if err := s.Sought(t.Context(), 1, 1, team.SendResult{State: team.Dot}, start); !errors.Is(err, ErrStale) {
		t.Errorf("of a mail that is sent: %v", err)
	}
	if err := s.Sought(t.Context(), 2, 0, team.SendResult{State: team.Failed}, start); err == nil {
		t.Error("a search made a mail fail")
	}
}

// A daemon that was down for long must not take a mail for lapsed that may have been read: what it told would be told again.
func TestAMailThatMayHaveBeenSentIsNotGivenUpBeforeItIsLookedFor(t *testing.T) {
	late := start.Add(48 * time.Hour)
	for _, giveUp := range []struct {
		name string
		do   func(t *testing.T, s *Store)
	}{
		{"by time", func(t *testing.T, s *Store) { must(t, s.Lapse(t.Context(), late)) }},
		{"by a claim", func(t *testing.T, s *Store) { equal(t, "claimed", len(claim(t, s, late, 10)), 0) }},
	} {
		t.Run(giveUp.name, func(t *testing.T) {
			s := platform(t)
			enqueued(t, s, 1)
			_, err := s.writer.ExecContext(t.Context(), `UPDATE outbox SET expires_at = ?1`, ms(start.Add(12*time.Hour)))
			must(t, err)
			claim(t, s, start, 1)
			must(t, s.MarkDot(t.Context(), 1, 1, start))
			giveUp.do(t, s)
			equal(t, "given up before", number(t, s, `SELECT COUNT(*) FROM outbox WHERE state = 'expired'`), 0)
			sought(t, s, late, team.SendResult{State: team.Dot, Line: "not found"})
			giveUp.do(t, s)
			equal(t, "given up after", number(t, s, `SELECT COUNT(*) FROM outbox WHERE state = 'expired'`), 1)
		})
	}
}

package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"daybreak/internal/team"
)

// enqueued puts n receipts into the outbox.
func enqueued(t testing.TB, s *Store, n int) {
	t.Helper()
	mia := person(t, s, "mia@example.com")
	for i := range n {
		uid := lastUID(t, s) + 1
		now := start.Add(time.Duration(i) * 25 * time.Hour) // beyond the cap on answers
		must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{{
			UID: uid, Outcome: team.Command, MemberID: mia.ID, Answer: &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerHelp},
		}}, now))
		answers, err := s.Answers(t.Context(), now, 1)
		must(t, err)
		m := *outgoing(team.ReceiptMail, mia, monday)
		m.Dedupe = fmt.Sprint("receipt ", uid)
		must(t, s.CommitAnswer(t.Context(), answers[0].ID, m, start))
	}
}

func claim(t testing.TB, s *Store, now time.Time, limit int) []team.Outgoing {
	t.Helper()
	list, err := s.ClaimOutgoing(t.Context(), now, time.Minute, limit)
	must(t, err)
	return list
}

func nextOutgoing(t testing.TB, s *Store) time.Duration {
	t.Helper()
	next, ok, err := s.NextOutgoing(t.Context())
	must(t, err)
	if !ok {
		return -1
	}
	return next.Sub(start)
}

func TestAClaimIsALease(t *testing.T) {
	s := platform(t)
	equal(t, "nothing to send", nextOutgoing(t, s), -1)
	enqueued(t, s, 2)
	equal(t, "due", nextOutgoing(t, s), 0)
	mine := claim(t, s, start, 1)
	want := outgoing(team.ReceiptMail, person(t, s, "mia@example.com"), monday)
	want.ID, want.Dedupe, want.State, want.Attempts, want.Epoch = 1, "receipt 1", team.Queued, 1, 1
	equal(t, "claimed", fmt.Sprintf("%+v", mine[0]), fmt.Sprintf("%+v", *want))
	equal(t, "the other one", claim(t, s, start, 10)[0].ID, 2)
	equal(t, "none left", len(claim(t, s, start.Add(59*time.Second), 10)), 0)
	equal(t, "the lease's end", nextOutgoing(t, s), time.Minute)

	theirs := claim(t, s, start.Add(time.Minute), 1)
	equal(t, "claimed again", words(theirs[0].ID, theirs[0].Attempts, theirs[0].Epoch), "1 2 2")
	late := start.Add(61 * time.Second)
	if err := s.MarkDot(t.Context(), 1, 1, late); !errors.Is(err, ErrStale) {
		t.Errorf("marking with the old epoch: %v", err)
	}
	if err := s.Finish(t.Context(), 1, 1, team.SendResult{State: team.SentOut}, late); !errors.Is(err, ErrStale) {
		t.Errorf("finishing with the old epoch: %v", err)
	}
	must(t, s.MarkDot(t.Context(), 1, 2, late))
	must(t, s.Finish(t.Context(), 1, 2, team.SendResult{State: team.SentOut, Code: 250, Line: "ok"}, late))
	if err := s.Finish(t.Context(), 1, 2, team.SendResult{State: team.Queued, NextAt: late}, late); !errors.Is(err, ErrStale) {
		t.Errorf("finishing what is sent: %v", err)
	}
	if err := s.Finish(t.Context(), 2, 1, team.SendResult{State: "lost"}, late); err == nil {
		t.Error("an unknown state was stored")
	}
}

func TestAMailWhoseDotIsUnknownIsClaimedAgain(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 1)
	claim(t, s, start, 1)
	if err := s.MarkDot(t.Context(), 1, 1, start.Add(time.Minute)); !errors.Is(err, ErrStale) {
		t.Errorf("marking after the lease's end: %v", err)
	}
	must(t, s.MarkDot(t.Context(), 1, 1, start.Add(50*time.Second)))
	equal(t, "claimed while the lease renewed by the dot lasts", len(claim(t, s, start.Add(time.Minute), 1)), 0)
	equal(t, "claimed after it, before it was looked for", len(claim(t, s, start.Add(110*time.Second), 1)), 0)
	sought(t, s, start.Add(110*time.Second), team.SendResult{State: team.Dot})
	again := claim(t, s, start.Add(110*time.Second), 1)
	equal(t, "claimed after that", words(again[0].State, again[0].Epoch), "dot 2")
	must(t, s.Finish(t.Context(), 1, 2, team.SendResult{State: team.Queued, NextAt: start.Add(time.Hour), Code: 450, Line: "later"}, start))
	equal(t, "next", nextOutgoing(t, s), time.Hour)
	equal(t, "state then", claim(t, s, start.Add(time.Hour), 1)[0].State, team.Queued)
}

func TestAClaimGivenBackUntriedIsNoAttempt(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 1)
	untried := team.SendResult{State: team.Queued, NextAt: start.Add(time.Minute), Untried: true}
	claim(t, s, start, 1)
	must(t, s.Finish(t.Context(), 1, 1, untried, start))
	again := claim(t, s, start.Add(time.Minute), 1)
	equal(t, "claimed again", words(again[0].State, again[0].Attempts, again[0].Epoch), "queued 1 2")
	must(t, s.MarkDot(t.Context(), 1, 2, start.Add(time.Minute)))
	sought(t, s, start.Add(time.Hour), team.SendResult{State: team.Dot})
	claim(t, s, start.Add(time.Hour), 1)
	must(t, s.Finish(t.Context(), 1, 3, untried, start))
	again = claim(t, s, start.Add(time.Hour), 1)
	equal(t, "with an unknown dot", words(again[0].State, again[0].Attempts, again[0].Epoch), "dot 2 4")
}

func TestADaemonThatStartsSendsWhatADeadOneHeld(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 3)
	claim(t, s, start, 2)
	must(t, s.MarkDot(t.Context(), 1, 1, start))
	must(t, s.Finish(t.Context(), 2, 1, team.SendResult{State: team.Queued, NextAt: start.Add(time.Hour)}, start))
	n, err := s.RecoverOutgoing(t.Context(), start.Add(time.Second))
	equal(t, "recovered", words(n, err), "1 <nil>")
	sought(t, s, start.Add(time.Second), team.SendResult{State: team.Dot})
	var ids []string
	for _, m := range claim(t, s, start.Add(time.Second), 10) {
		ids = append(ids, words(m.ID, m.State))
	}
	equal(t, "claimed", ids, []string{"1 dot", "3 queued"})
}

func TestWhatIsTooLateIsNotSent(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 2)
	claim(t, s, start, 1)
	must(t, s.Finish(t.Context(), 1, 1, team.SendResult{State: team.Queued, NextAt: start, Line: "450 busy"}, start))
	equal(t, "at its last moment", len(claim(t, s, start.Add(12*time.Hour-time.Millisecond), 1)), 1)
	equal(t, "after it", len(claim(t, s, start.Add(12*time.Hour), 10)), 0)
	equal(t, "when the claim has run out", len(claim(t, s, start.Add(13*time.Hour), 10)), 0)
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	equal(t, "states", st.Outbox, map[team.OutboxState]int{team.Expired: 2})
	equal(t, "why", st.Failed[1].Line+"/"+st.Failed[0].Line, "its useful life was over/its useful life was over; the last try: 450 busy")
}

func TestManyThatAreTooLateDoNotHideTheOneThatIsNot(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 5)
	_, err := s.writer.Exec(`UPDATE outbox SET expires_at = 1 WHERE id < 5`)
	must(t, err)
	list := claim(t, s, start, 2)
	if len(list) != 1 || list[0].ID != 5 {
		t.Errorf("claimed %v", list)
	}
}

func TestADigestThatCouldNotBeSentIsNewsAgain(t *testing.T) {
	for name, test := range map[string]struct {
		end   func(*testing.T, *Store)
		later bool // it is told after a leave of three weeks as well
	}{
		"refused": {func(t *testing.T, s *Store) {
			claim(t, s, start, 1)
			must(t, s.Finish(t.Context(), 1, 1, team.SendResult{State: team.Failed, Code: 550, Line: "no"}, start))
		}, false},
		"too late":                {func(t *testing.T, s *Store) { claim(t, s, start.Add(13*time.Hour), 1) }, true},
		"too late, and not tried": {func(t *testing.T, s *Store) { must(t, s.Lapse(t.Context(), start.Add(13*time.Hour))) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := platform(t)
			mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
			accept1(t, s, update(dev, 1, "news"))
			commit1(t, s, team.Turned{Turn: dueDigest(t, s, mia, monday), Mail: outgoing(team.DigestMail, mia, monday)})
			accept1(t, s, update(dev, 2, "more"))
			equal(t, "before", texts(dueDigest(t, s, mia, monday.Add(1))), []string{"Dev Patel: more"})
			test.end(t, s)
			turn := dueDigest(t, s, mia, monday.Add(1))
			equal(t, "after", texts(turn), []string{"Dev Patel: news", "Dev Patel: more"})
			equal(t, "the digest before", turn.Previous, time.Time{})
			turns, err := s.Due(t.Context(), start.Add(21*24*time.Hour), 1)
			must(t, err)
			want := []string{"Dev Patel: more"}
			if test.later {
				want = []string{"Dev Patel: news", "Dev Patel: more"}
			}
			equal(t, "three weeks later", texts(turns[0]), want)
		})
	}
}

func TestNothingIsSentToOneWhoHasLeft(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	accept1(t, s, update(mia, 1, "news"))
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, mia, monday), Mail: outgoing(team.DigestMail, mia, monday)})
	must(t, s.RemoveMember(t.Context(), mia.ID, start))
	equal(t, "claimed", len(claim(t, s, start, 10)), 0)
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	equal(t, "why", st.Failed[0].Line, "the member is in no team any more")
}

func TestManyWorkersSendEachMailOnce(t *testing.T) {
	s := platform(t)
	const mails = 40
	enqueued(t, s, mails)
	sent := map[int64]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 2 { // readers beside them
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := s.Status(t.Context(), start, 10); err != nil {
						t.Errorf("reading beside writes: %v", err)
						return
					}
				}
			}
		})
	}
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for {
				list, err := s.ClaimOutgoing(t.Context(), start, time.Hour, 3)
				if err != nil || len(list) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				for _, m := range list {
					if err := s.MarkDot(t.Context(), m.ID, m.Epoch, start); err != nil {
						t.Error(err)
					}
					mu.Lock()
					sent[m.ID]++
					mu.Unlock()
					if err := s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, start); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	workers.Wait()
	close(stop)
	wg.Wait()
	equal(t, "mails sent", len(sent), mails)
	for id, n := range sent {
		if n != 1 {
			t.Errorf("mail %d was sent %d times", id, n)
		}
	}
}

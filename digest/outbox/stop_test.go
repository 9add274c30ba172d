package outbox

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestAStopWaitsForTheAnswerToTheDot(t *testing.T) {
	for name, c := range map[string]struct {
		answerAfter, drainFor, wait time.Duration
		state                       team.OutboxState
	}{
		"that comes":             {9 * time.Minute, 0, 9 * time.Minute, team.SentOut},
		"that never comes":       {time.Hour, 0, 10 * time.Minute, team.Dot},
		"for as long as is said": {9 * time.Minute, 20 * time.Second, 25 * time.Second, team.Dot},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.put(time.Now(), letters(3)...)
				s := &script{does: func(_, mail int, p Phase) string {
					if mail == 2 && p == PhaseDot {
						time.Sleep(c.answerAfter)
					}
					return usual
				}}
				o := d.outbox(s.server())
				o.DrainFor = c.drainFor
				stop := d.running(o)
				began := time.Now()
				time.Sleep(5 * time.Second)
				stop()
				if took := time.Since(began); took != c.wait {
					t.Errorf("ended after %s, want %s", took, c.wait)
				}
				if got := d.row(2); got.state != c.state {
					t.Errorf("the mail is %+v, want %s", got, c.state)
				}
				if got := d.row(3); got.state != team.Queued || got.next.After(time.Now()) {
					t.Errorf("the mail after it is %+v, want it due", got)
				}
				s.serving.Wait()
			})
		})
	}
}

func TestAStopBeforeTheDotEndsAtOnceAndTheMailIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(3)...)
		s := &script{does: once(1, 2, PhaseRcpt, hangs)}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(5 * time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("ended after %s", took)
		}
		if got := d.states(); got != "sent queued queued " || d.row(2).next.After(time.Now()) {
			t.Errorf("states %s, %+v", got, d.row(2))
		}
		s.serving.Wait()
		again := d.outbox(s.server())
		stop = d.running(again)
		time.Sleep(time.Second)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 3)
	})
}

func TestAHundredStopsUnderLoadDoubleNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(300)...)
		random := rand.New(rand.NewPCG(7, 7))
		s := &script{does: func(session, mail int, p Phase) string {
			time.Sleep(time.Duration((session*7+mail*13+len(p)*5)%20) * time.Millisecond)
			return usual
		}}
		for range 100 {
			stop := d.running(d.outbox(s.server()))
			time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
			stop()
			s.serving.Wait()
		}
		done := len(s.all())
		if done < 50 {
			t.Errorf("only %d mails in a hundred starts", done)
		}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 300)
	})
}

func TestRunTakesUpWhatADeadProcessHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		now := time.Now()
		d.put(now, letters(2)...)
		dead, err := d.ClaimOutgoing(t.Context(), now, 15*time.Minute, 10)
		if err != nil || len(dead) != 2 {
			t.Fatal(dead, err)
		}
		if err := d.MarkDot(t.Context(), dead[0].ID, dead[0].Epoch, now); err != nil {
			t.Fatal(err)
		}
		s := &script{}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(time.Second)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 2)
	})
}

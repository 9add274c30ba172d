package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestAnUnreachableServerCostsNoMailAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(30)...)
		s := &script{}
		server := s.server()
		var mu sync.Mutex
		var tries []time.Time
		var up atomic.Bool
		server.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			mu.Lock()
			tries = append(tries, time.Now())
			mu.Unlock()
			if !up.Load() {
				return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			}
			return s.dial(ctx, network, addr)
		}
		o := d.outbox(server)
		stop := d.running(o)
		for range 3 * 60 * 4 { // kicks must not make it worse
			time.Sleep(15 * time.Second)
			select {
			case o.Kick <- struct{}{}:
			default:
			}
		}
		if e := (*Error)(nil); !errors.As(o.Trouble(), &e) || e.Phase != PhaseDial || e.Hint == "" {
			t.Errorf("trouble: %v", o.Trouble())
		}
		for id := int64(1); id <= 30; id++ {
			if r := d.row(id); r.attempts != 0 || r.state != team.Queued {
				t.Errorf("mail %d is %+v", id, r)
			}
		}
		up.Store(true)
		time.Sleep(20 * time.Minute)
		stop()
		s.serving.Wait()
		for i := 1; i < len(tries); i++ {
			gap, least := tries[i].Sub(tries[i-1]), min(time.Minute<<min(i-1, 10), 15*time.Minute)
			if gap < least || gap > least+least/4 {
				t.Errorf("try %d came after %s, want %s to a quarter more", i, gap, least)
			}
		}
		wantOnce(t, s.all(), 30)
		if o.Trouble() != nil {
			t.Errorf("trouble: %v", o.Trouble())
		}
	})
}

// The last mail that waits may be withdrawn, as when its reader leaves the team. That must not leave behind that nothing can be sent.
func TestAServerThatIsBackWhenNothingWaitsAnyMoreIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letter(1))
		s := &script{}
		server := s.server()
		var up atomic.Bool
		tries := 0
		server.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			tries++
			if !up.Load() {
				return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			}
			return s.dial(ctx, network, addr)
		}
		o := d.outbox(server)
		stop := d.running(o)
		time.Sleep(12 * time.Hour)
		if _, err := d.db.Exec(`UPDATE outbox SET state = 'expired'`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(12 * time.Hour)
		if o.Trouble() == nil {
			t.Error("a server that is away is no trouble")
		}
		up.Store(true)
		time.Sleep(20 * time.Minute)
		if o.Trouble() != nil {
			t.Errorf("trouble: %v", o.Trouble())
		}
		before := tries
		time.Sleep(24 * time.Hour)
		stop()
		s.serving.Wait()
		if tries != before || before < 80 || before > 110 || s.all() != nil {
			t.Errorf("%d tries, %d of them when all was well; %d mails", tries, tries-before, len(s.all()))
		}
	})
}

func TestAWrongPasswordIsTriedOnceAMinuteAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		s := &script{extensions: []string{"AUTH PLAIN"}, does: func(_, _ int, p Phase) string {
			return map[Phase]string{PhaseAuth: "535 5.7.8 no"}[p]
		}}
		server := s.server()
		server.Auth = Auth{User: "u", Password: password("secret")}
		o := d.outbox(server)
		stop := d.running(o)
		time.Sleep(2*time.Minute + 55*time.Second)
		stop()
		s.serving.Wait()
		if n := strings.Count(s.commands(), "AUTH PLAIN"); n != 2 {
			t.Errorf("%d logins in 2:55 minutes", n)
		}
		wantError(t, o.Trouble(), PhaseAuth, "check user")
	})
}

func TestAMailIsTriedAfter1And5And15And60MinutesUntilItsUsefulLifeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		began := time.Now()
		m := letter(1)
		m.ExpiresAt = began.Add(12 * time.Hour)
		d.put(began, m)
		var tries []int // minutes
		s := &script{does: func(_, _ int, p Phase) string {
			if p == PhaseRcpt {
				tries = append(tries, int(time.Since(began).Round(time.Minute)/time.Minute))
				return "451 4.7.1 greylisted"
			}
			return usual
		}}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(24 * time.Hour)
		stop()
		s.serving.Wait()
		if got, want := fmt.Sprint(tries), "[0 1 6 21 81 141 201 261 321 381 441 501 561 621 681]"; got != want {
			t.Errorf("tried at minutes %s, want %s", got, want)
		}
		if r := d.row(1); r.state != team.Expired || r.code != 451 || !strings.Contains(r.line, "greylisted") {
			t.Errorf("%+v", r)
		}
	})
}

func TestAServerThatEndsEachConnectionAfterTenMailsGetsThemAllWithoutDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(55)...)
		s := &script{does: func(_, mail int, p Phase) string {
			if mail > 10 && p == PhaseMail {
				return "421 4.7.0 enough for one connection"
			}
			return usual
		}}
		o := d.outbox(s.server())
		began := time.Now()
		if sent, err := o.Drain(t.Context(), began); sent != 55 || err != nil || time.Since(began) != 0 {
			t.Errorf("sent %d, %v in %s", sent, err, time.Since(began))
		}
		o.Close()
		s.serving.Wait()
		wantOnce(t, s.all(), 55)
	})
}

func TestAServerThatTakes30AMinuteGetsThemAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(100)...)
		var window []time.Time
		s := &script{does: func(_, _ int, p Phase) string {
			if p != PhaseRcpt {
				return usual
			}
			for len(window) > 0 && time.Since(window[0]) >= time.Minute {
				window = window[1:]
			}
			if len(window) >= 30 {
				return "450 4.3.2 slower"
			}
			window = append(window, time.Now())
			return usual
		}}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(3 * time.Hour)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 100)
	})
}

// whom is the recipient of a RCPT, from what was heard last.
func (s *script) whom() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.heard) - 1; i >= 0; i-- {
		if to, ok := strings.CutPrefix(s.heard[i], "RCPT TO:"); ok {
			return to
		}
	}
	return ""
}

// toEach are letters to so many people.
func toEach(n int) []team.Outgoing {
	all := letters(n)
	for i := range all {
		all[i].To = fmt.Sprintf("m%d@example.com", i+1)
	}
	return all
}

func TestGreylistedMailIsDeliveredAfterSixMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		began := time.Now()
		d.put(began, toEach(20)...)
		tries := map[string][]int{} // minutes
		s := &script{}
		s.does = func(_, _ int, p Phase) string {
			if p != PhaseRcpt {
				return usual
			}
			to := s.whom()
			tries[to] = append(tries[to], int(time.Since(began).Round(time.Minute)/time.Minute))
			if time.Since(began) < 5*time.Minute {
				return "450 4.2.0 Greylisted, see you in 300 seconds"
			}
			return usual
		}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(time.Hour)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 20)
		for to, minutes := range tries {
			if fmt.Sprint(minutes) != "[0 1 6]" {
				t.Errorf("%s was tried at minutes %v", to, minutes)
			}
		}
	})
}

func TestUnderARateThatIsTooHighForTheServerEachMailKeepsItsBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), toEach(150)...)
		tries := map[string][]time.Time{}
		var window []time.Time
		s := &script{}
		s.does = func(_, _ int, p Phase) string {
			if p != PhaseRcpt {
				return usual
			}
			to := s.whom()
			tries[to] = append(tries[to], time.Now())
			for len(window) > 0 && time.Since(window[0]) >= time.Minute {
				window = window[1:]
			}
			if window = append(window, time.Now()); len(window) > 30 {
				return "450 4.3.2 slower"
			}
			return usual
		}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(12 * time.Hour)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 150)
		for to, at := range tries {
			for i := 1; i < len(at); i++ {
				if gap := at[i].Sub(at[i-1]); gap < backoff(i) || gap > backoff(i)+time.Minute {
					t.Errorf("try %d of %s came after %s, want %s", i+1, to, gap, backoff(i))
				}
			}
		}
	})
}

func TestWithItsPaceSetAServerThatTakes30AMinuteRefusesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(100)...)
		var taken []time.Time
		refused := 0
		s := &script{does: func(_, _ int, p Phase) string {
			if p != PhaseRcpt {
				return usual
			}
			taken = append(taken, time.Now())
			if n := len(taken); n > 30 && taken[n-1].Sub(taken[n-31]) < time.Minute {
				refused++
				return "450 4.3.2 slower"
			}
			return usual
		}}
		o := d.outbox(s.server())
		o.Pace = Pace{N: 25, Per: time.Minute}
		began := time.Now()
		stop := d.running(o)
		time.Sleep(time.Hour)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 100)
		if last := taken[len(taken)-1].Sub(began); refused > 0 || last > 5*time.Minute {
			t.Errorf("%d refused, the last after %s", refused, last)
		}
		for i := 25; i < len(taken); i++ {
			if span := taken[i].Sub(taken[i-25]); span < time.Minute {
				t.Errorf("26 mails within %s", span)
			}
		}
	})
}

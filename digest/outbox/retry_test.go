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

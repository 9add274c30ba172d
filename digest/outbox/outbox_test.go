package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestDueMailIsSentOverOneConnectionAndEachOnce(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) // a virtual clock
	d.put(now, letters(120)...)
	d.put(now.Add(time.Hour), letter(121))
	s := &script{}
	o := d.outbox(s.server())
	told := 0
	o.Sent = func(m team.Outgoing, r team.SendResult, _ time.Duration) {
		if told++; m.ID != int64(told) || r.State != team.SentOut {
			t.Errorf("told of mail %d: %+v", m.ID, r)
		}
	}
	if sent, err := o.Drain(t.Context(), now); sent != 120 || err != nil {
		t.Errorf("sent %d, %v", sent, err)
	}
	wantOnce(t, s.all(), 120)
	if s.sessions != 1 || told != 120 {
		t.Errorf("%d connections, told of %d mails", s.sessions, told)
	}
	if sent, err := o.Drain(t.Context(), now.Add(time.Hour)); sent != 1 || err != nil || s.sessions != 1 {
		t.Errorf("sent %d, %v, %d connections", sent, err, s.sessions)
	}
}

func TestAPaceOf25AMinuteTakes4MinutesFor100Mails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(100)...)
		s := &script{}
		o := d.outbox(s.server())
		o.Pace = Pace{25, time.Minute}
		began := time.Now()
		if sent, err := o.Drain(t.Context(), began); sent != 100 || err != nil {
			t.Errorf("sent %d, %v", sent, err)
		}
		if took := time.Since(began); took < 3*time.Minute+57*time.Second || took > 4*time.Minute {
			t.Errorf("took %s", took)
		}
		o.Close()
		s.serving.Wait()
		wantOnce(t, s.all(), 100)
	})
}

func TestASlowPaceDoesNotHoldAConnectionOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		s := &script{}
		o := d.outbox(s.server())
		o.Pace = Pace{2, time.Minute}
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
		if s.sessions != 5 || strings.Count(s.commands(), "QUIT") != 5 {
			t.Errorf("%d connections", s.sessions)
		}
	})
}

func TestAnIdleConnectionIsClosedAndAKickOpensAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letter(1))
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(14 * time.Second)
		if strings.Contains(s.commands(), "QUIT") || len(s.all()) != 1 {
			t.Errorf("heard\n%s", s.commands())
		}
		time.Sleep(2 * time.Second)
		if !strings.HasSuffix(s.commands(), "QUIT") {
			t.Errorf("heard\n%s", s.commands())
		}
		time.Sleep(20 * time.Second)
		d.put(time.Now(), letter(2))
		o.Kick <- struct{}{}
		synctest.Wait()
		if len(s.all()) != 2 || s.sessions != 2 {
			t.Errorf("%d mails, %d connections", len(s.all()), s.sessions)
		}
		d.put(time.Now().Add(5*time.Second), letter(3)) // nobody tells of it
		time.Sleep(61 * time.Second)
		if len(s.all()) != 3 {
			t.Error("due mail waits for more than a minute")
		}
		stop()
		s.serving.Wait()
	})
}

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

// cutter ends a connection after a number of bytes in both directions.
type cutter struct {
	net.Conn
	left *int
}

func (c cutter) Read(b []byte) (int, error) {
	if *c.left <= 0 {
		c.Close()
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b[:min(len(b), *c.left)])
	*c.left -= n
	return n, err
}

func (c cutter) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b[:min(len(b), *c.left)])
	if *c.left -= n; err == nil && n < len(b) {
		c.Close()
		err = net.ErrClosed
	}
	return n, err
}

func TestASessionCutAtAnyByteLosesNoMailAndDoublesOnlyAtTheDot(t *testing.T) {
	d := newDesk(t)
	s := &script{extensions: []string{"SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES"}}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	doubled := 0
	for cut := 1; ; cut++ {
		first, second := letter(2*cut-1), letter(2*cut)
		d.put(now, first, second)
		left := cut
		server := s.server()
		server.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := s.dial(ctx, network, addr)
			if left > 0 {
				return cutter{conn, &left}, err
			}
			return conn, err
		}
		o := &Outbox{Store: d, Server: server}
		o.Drain(t.Context(), now)
		o.Close()
		uncut := left > 0
		s.serving.Wait()
		before := copies(t, s.all())
		states := map[string]team.OutboxState{first.MessageID: d.row(first.ID).state, second.MessageID: d.row(second.ID).state}
		for range 5 {
			now = now.Add(20 * time.Minute)
			o.Drain(t.Context(), now)
		}
		o.Close()
		s.serving.Wait()
		after := copies(t, s.all())
		for id, state := range states {
			switch {
			case after[id] == 2 && before[id] == 1 && state == team.Dot:
				doubled++
			case after[id] != 1:
				t.Errorf("cut at byte %d: %s was taken %d times and then %d times, it was %s", cut, id, before[id], after[id], state)
			}
		}
		if d.row(first.ID).state != team.SentOut || d.row(second.ID).state != team.SentOut {
			t.Errorf("cut at byte %d: %+v, %+v", cut, d.row(first.ID), d.row(second.ID))
		}
		if uncut {
			t.Logf("a session has %d bytes; %d cuts made a second copy", cut-1, doubled)
			if answers := 2 * len("250 2.0.0 queued as 1000\r\n"); cut < 500 || doubled == 0 || doubled > answers {
				t.Errorf("%d cuts of %d made a second copy, the answers to the dots have %d bytes", doubled, cut-1, answers)
			}
			return
		}
		s.mu.Lock()
		s.taken = nil
		s.mu.Unlock()
	}
}

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

func TestASentMailThatCannotBeRecordedHoldsTheOthersAndIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		d.forbid("sent")
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		if n := len(s.all()); n != 1 {
			t.Errorf("%d mails were sent while no result could be recorded", n)
		}
		d.allow("sent")
		time.Sleep(2 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
		if d.states() != "sent sent sent sent sent " {
			t.Errorf("states %s", d.states())
		}
	})
}

func TestAFullDiskStopsSendingBeforeTheDot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		d.forbid("dot")
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		if len(s.all()) != 0 || strings.Contains(s.commands(), "QUIT") {
			t.Errorf("%d mails were sent without their mark; heard\n%s", len(s.all()), s.commands())
		}
		d.allow("dot")
		time.Sleep(20 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
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

func TestNoGoroutineIsLeftAfter200Connections(t *testing.T) {
	d := newDesk(t)
	s := &script{does: func(session, mail int, p Phase) string {
		switch {
		case p == PhaseDot && session%4 == 0:
			return quits
		case p == PhaseRcpt && session%4 == 1:
			return quits
		case p == PhaseGreeting && session%4 == 2:
			return "421 no"
		}
		return usual
	}}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	o := &Outbox{Store: d, Server: s.server(), Log: slog.New(slog.DiscardHandler)}
	round := func(i int) {
		d.put(now, letter(i))
		for range 4 {
			now = now.Add(time.Hour)
			o.Drain(t.Context(), now)
			o.Close()
		}
		s.serving.Wait()
	}
	round(1)
	before := runtime.NumGoroutine()
	for i := 2; s.sessions < 200; i++ {
		round(i)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines after %d connections, %d at first", after, s.sessions, before)
	}
}

package outbox

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"testing"
	"time"

	"daybreak/internal/team"
)

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

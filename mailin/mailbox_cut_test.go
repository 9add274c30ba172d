package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

// counted counts the bytes that come from the server.
type counted struct {
	net.Conn
	n *int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	*c.n += int64(n)
	return n, err
}

// session takes in what is new over one connection with faults.
func session(ctx context.Context, m *mailin.Mailbox) error {
	s, err := m.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.CatchUp(ctx, time.Now())
	return err
}

// cutEverywhere lives through a session of five mails for each byte that the server sends, ending the connection there, and
// then through sessions without faults. Each mail must have come exactly once, as it was sent.
func cutEverywhere(t *testing.T, reset bool) {
	server, m, _ := memory(t)
	var want string
	for i := range 5 {
		server.Deliver(letterOf(fmt.Sprint("m", i), 60*i))
		want += fmt.Sprint(" m", i)
	}
	var faults mailtest.Faults
	var length int64
	m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
		conn, err := server.DialIMAP(ctx)
		if err != nil {
			return nil, err
		}
		return faults.Wrap(counted{conn, &length}), nil
	}
	fresh := func() *ledger {
		l := newLedger()
		l.known, l.cursor = true, team.Cursor{Account: account, Validity: server.UIDValidity()}
		m.Store, m.Receive = l, l.receive
		return l
	}
	fresh()
	if err := session(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	end, cut := length, 0
	for at := int64(1); at <= end; at++ {
		l := fresh()
		faults = mailtest.Faults{CutAt: at, Reset: reset}
		if err := session(t.Context(), m); err != nil {
			cut++
		}
		faults = mailtest.Faults{}
		if err := session(t.Context(), m); err != nil {
			t.Fatalf("cut at byte %d: the session after it gave %v", at, err)
		}
		if got := " " + l.subjects(); got != want {
			t.Fatalf("cut at byte %d: received %q, want %q", at, got, want)
		}
		l.check(t, want[1:])
	}
	// What follows the last mail is the answer to LOGOUT, which nobody misses.
	if cut < int(end)*8/10 {
		t.Errorf("only %d of %d cuts were noticed", cut, end)
	}
	t.Logf("%d cuts, %d noticed", end, cut)
}

func TestACutAtAnyByteLosesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("closed", func(t *testing.T) { cutEverywhere(t, false) })
	t.Run("reset", func(t *testing.T) { cutEverywhere(t, true) })
	after := runtime.NumGoroutine()
	for deadline := time.Now().Add(5 * time.Second); after > before && time.Now().Before(deadline); after = runtime.NumGoroutine() {
		runtime.Gosched()
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after thousands of sessions", before, after)
	}
}

func TestACutConnectionOnAFineNetworkIsNotBlamedOnAMail(t *testing.T) {
	server, m, l := memory(t)
	l.known, l.cursor = true, team.Cursor{Account: account, Validity: server.UIDValidity()}
	deliver(t, server, "a", "b", "c")
	var faults mailtest.Faults
	m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
		conn, err := server.DialIMAP(ctx)
		if err != nil {
			return nil, err
		}
		return faults.Wrap(conn), nil
	}
	// Every connection dies before the first mail is through: none of the mails is at fault.
	for range 20 {
		faults = mailtest.Faults{CutAt: 560}
		if err := session(t.Context(), m); err == nil || errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	}
	l.check(t, "")
	faults = mailtest.Faults{}
	if err := session(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	l.check(t, "a b c")
}

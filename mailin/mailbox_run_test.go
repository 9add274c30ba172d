package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

func TestNewMailIsHeardOfAtOnceByIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		defer run(t, m)()
		time.Sleep(time.Hour + 7*time.Second)
		deliver(t, server, "a")
		sent := time.Now()
		<-l.arrived
		if waited := time.Since(sent); waited > time.Second {
			t.Errorf("it took %v", waited)
		}
	})
}

func TestTheMailboxIsLookedAtEveryFiveMinutesEvenIfIdleIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, m, l := memory(t)
		var last atomic.Int64
		m.Seen = func(now time.Time) { last.Store(now.Unix()) }
		stop := run(t, m)
		for range 100 {
			time.Sleep(17 * time.Minute)
			if since := time.Since(time.Unix(last.Load(), 0)); since > 5*time.Minute+time.Second {
				t.Fatalf("last seen %v ago", since)
			}
		}
		stop()
		if n := len(l.seen); n < 300 || n > 400 {
			t.Errorf("looked %d times in 28 hours", n)
		}
	})
}

func TestFourteenQuietDaysTakeOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		dials := 0
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) { dials++; return server.DialIMAP(ctx) }
		stop := run(t, m)
		time.Sleep(14 * 24 * time.Hour)
		deliver(t, server, "after two weeks")
		<-l.arrived
		stop()
		l.check(t, "after two weeks")
		if dials != 1 {
			t.Errorf("connected %d times", dials)
		}
	})
}

func TestADroppedConnectionIsMadeAnewAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		stop := run(t, m)
		synctest.Wait()
		var want []string
		for i := range 20 {
			subject := fmt.Sprint("m", i)
			want = append(want, subject)
			server.DropIMAP()
			deliver(t, server, subject)
			sent := time.Now()
			<-l.arrived
			if late := time.Since(sent); late > 2*time.Second {
				t.Errorf("%s came after %v", subject, late)
			}
			time.Sleep(2 * time.Minute)
		}
		stop()
		l.check(t, strings.Join(want, " "))
	})
}

func TestWhileTheServerIsAwayItIsTriedLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		var back atomic.Bool
		var tries []time.Time
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			tries = append(tries, time.Now())
			if !back.Load() {
				return nil, errors.New("no route")
			}
			return server.DialIMAP(ctx)
		}
		l.known, l.cursor = true, team.Cursor{Account: account, Validity: server.UIDValidity()}
		stop := run(t, m)
		time.Sleep(24 * time.Hour)
		back.Store(true)
		deliver(t, server, "a")
		since := time.Now()
		<-l.arrived
		if late := time.Since(since); late > 15*time.Minute {
			t.Errorf("noticed after %v", late)
		}
		stop()
		if first := tries[1].Sub(tries[0]); first > 1100*time.Millisecond {
			t.Errorf("tried again only after %v", first)
		}
		if n := len(tries); n < 24*4 || n > 24*8+20 {
			t.Errorf("tried %d times in a day", n)
		}
	})
}

func TestARefusedLoginIsTriedAtMostOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, _ := memory(t)
		m.Auth = password("wrong")
		var tries []time.Time
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			tries = append(tries, time.Now())
			return server.DialIMAP(ctx)
		}
		stop := run(t, m)
		time.Sleep(6 * time.Hour)
		stop()
		if len(tries) < 10 {
			t.Errorf("only %d tries", len(tries))
		}
		for i := 1; i < len(tries); i++ {
			if gap := tries[i].Sub(tries[i-1]); gap < time.Minute || gap > 16*time.Minute {
				t.Errorf("the next try came after %v", gap)
			}
		}
	})
}

func TestASilentServerIsLeftInNinetySeconds(t *testing.T) {
	// Without faults a session from greeting to IDLE is this long; it is stalled after each of these bytes.
	for _, at := range []int64{1, 5, 60, 150, 300, 400, 500, 600, 700, 800, 900, 1000} {
		synctest.Test(t, func(t *testing.T) {
			server, m, l := memory(t)
			l.known, l.cursor = true, team.Cursor{Account: account, Validity: server.UIDValidity()}
			deliver(t, server, "a", "b")
			dials := 0
			m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
				conn, err := server.DialIMAP(ctx)
				if dials++; dials == 1 && err == nil {
					conn = mailtest.Faults{StallAt: at}.Wrap(conn)
				}
				return conn, err
			}
			began := time.Now()
			stop := run(t, m)
			<-l.arrived
			<-l.arrived
			if took := time.Since(began); took > 92*time.Second {
				t.Errorf("stalled at byte %d: the mails came after %v", at, took)
			}
			stop()
			l.check(t, "a b")
		})
	}
}

func TestASilentDeathInIdleIsNoticedInTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		var first atomic.Pointer[deadLine]
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := server.DialIMAP(ctx)
			line := &deadLine{Conn: conn}
			first.CompareAndSwap(nil, line)
			return line, err
		}
		stop := run(t, m)
		time.Sleep(time.Hour)
		first.Load().dead.Store(true)
		deliver(t, server, "a")
		sent := time.Now()
		<-l.arrived
		if late := time.Since(sent); late > 10*time.Minute {
			t.Errorf("the mail came after %v", late)
		}
		stop()
	})
}

// deadLine is a connection on which nothing comes any more once it is dead.
type deadLine struct {
	net.Conn
	dead atomic.Bool
}

func (c *deadLine) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.dead.Load() {
			return n, err
		}
	}
}

func TestWithoutIdleTheMailboxIsPolled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		m.PollEvery = 2 * time.Minute
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := server.DialIMAP(ctx)
			return &replaced{conn, " IDLE", ""}, err
		}
		stop := run(t, m)
		time.Sleep(time.Hour + time.Second)
		deliver(t, server, "a")
		sent := time.Now()
		<-l.arrived
		if late := time.Since(sent); late > 2*time.Minute || late < time.Second {
			t.Errorf("the mail came after %v", late)
		}
		stop()
	})
}

// replaced changes words that the server says. It works line by line.
type replaced struct {
	net.Conn
	from, to string
}

func (c *replaced) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return copy(b, strings.ReplaceAll(string(b[:n]), c.from, c.to)), err
}

func TestWhatCannotBeStoredComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		stop := run(t, m)
		synctest.Wait()
		l.mu.Lock()
		l.broken = errors.New("disk full")
		l.mu.Unlock()
		deliver(t, server, "a", "b")
		time.Sleep(3 * time.Hour)
		l.check(t, "")
		l.mu.Lock()
		l.broken = nil
		l.mu.Unlock()
		deliver(t, server, "c")
		time.Sleep(15 * time.Minute)
		stop()
		l.check(t, "a b c")
	})
}

func TestALongCommitDoesNotEndTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		var dials atomic.Int32
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			dials.Add(1)
			return server.DialIMAP(ctx)
		}
		m.Batch = 1
		m.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
			time.Sleep(7 * time.Minute)
			return l.receive(ctx, c, batch)
		}
		stop := run(t, m)
		time.Sleep(time.Minute)
		deliver(t, server, "a", "b", "c")
		time.Sleep(time.Hour)
		stop()
		l.check(t, "a b c")
		if n := dials.Load(); n != 1 {
			t.Errorf("connected %d times", n)
		}
	})
}

func TestALargeMailComesThroughASlowLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		server.Deliver(letterOf("large", 4<<20))
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := server.DialIMAP(ctx)
			return mailtest.Faults{Rate: 6 << 10}.Wrap(conn), err
		}
		began := time.Now()
		if n := catchUp(t, m); n != 1 {
			t.Errorf("%d mails received", n)
		}
		if took := time.Since(began); took < 10*time.Minute {
			t.Errorf("it took only %v", took)
		}
		l.check(t, "large")
	})
}

func TestAServerThatTricklesIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{greeting: "* OK " + strings.Repeat("x", 1000)}
		m := &mailin.Mailbox{Addr: "script:143", Security: mailin.Plain, Auth: password("secret")}
		m.Dial = func(ctx context.Context, addr string) (net.Conn, error) {
			conn, err := s.dial(ctx, addr)
			return mailtest.Faults{Rate: 1}.Wrap(conn), err
		}
		began := time.Now()
		_, err := m.Open(t.Context())
		if took := time.Since(began); err == nil || took > 100*time.Second {
			t.Errorf("left after %v with %v", took, err)
		}
	})
}

func TestTheFolderIsOpenedAnewEachHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		live(t, s)
		n := 0
		for _, line := range s.heard {
			if strings.Contains(line, " EXAMINE ") {
				n++
			}
		}
		if n < 22 || n > 25 {
			t.Errorf("opened %d times in a day", n)
		}
	})
}

func TestCancelEndsEveryStep(t *testing.T) {
	for _, stall := range []int64{0, 1, 30, 100, 200, 400, 600, 800} {
		synctest.Test(t, func(t *testing.T) {
			server, m, _ := memory(t)
			m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
				conn, err := server.DialIMAP(ctx)
				if err != nil {
					return nil, err
				}
				return mailtest.Faults{StallAt: stall}.Wrap(conn), nil
			}
			stop := run(t, m)
			time.Sleep(30 * time.Second)
			began := time.Now()
			stop()
			if took := time.Since(began); took > time.Second {
				t.Errorf("stalled at byte %d: stopping took %v", stall, took)
			}
		})
	}
}

func TestAFloodEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, _ := memory(t)
		flood := strings.Repeat("x", 4<<20)
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := server.DialIMAP(ctx)
			return &prefixed{conn, strings.NewReader("* OK " + flood)}, err
		}
		_, err := m.Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), "sent more than") {
			t.Errorf("got %v", err)
		}
	})
}

type prefixed struct {
	net.Conn
	first *strings.Reader
}

func (c *prefixed) Read(b []byte) (int, error) {
	if c.first.Len() > 0 {
		return c.first.Read(b)
	}
	return c.Conn.Read(b)
}

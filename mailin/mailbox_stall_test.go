package mailin_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// stalling is a connection on which the answer to one command does not come to its end: after some bytes of it nothing comes any more, or one
// byte a second until the next command.
type stalling struct {
	net.Conn
	command string // words of it; "": the greeting is what stalls
	after   int
	trickle bool
	began   *atomic.Int64 // Unix ns, 0 before

	mu   sync.Mutex
	ends time.Time // deadline
	hit  bool
	came int    // bytes of the answer
	buf  []byte // that came from the server and were not given out yet
}

func (c *stalling) Write(b []byte) (int, error) {
	c.mu.Lock()
	if c.hit && c.trickle {
		c.hit, c.command = false, "never again"
	}
	if c.command != "" && bytes.Contains(b, []byte(c.command)) && c.began.Load() == 0 {
		c.hit = true
	}
	c.mu.Unlock()
	return c.Conn.Write(b)
}

func (c *stalling) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	c.ends = t
	c.mu.Unlock()
	return c.Conn.SetReadDeadline(t)
}

func (c *stalling) Read(b []byte) (int, error) {
	if len(c.buf) == 0 {
		more := make([]byte, 4096)
		n, err := c.Conn.Read(more)
		if err != nil {
			return 0, err
		}
		c.buf = more[:n]
	}
	c.mu.Lock()
	c.hit = c.hit || c.command == "" && c.began.Load() == 0
	hit, most := c.hit, len(c.buf)
	if hit {
		most = min(most, c.after-c.came)
	}
	c.mu.Unlock()
	if most <= 0 {
		c.began.CompareAndSwap(0, time.Now().UnixNano())
		if !c.trickle {
			for {
				if _, err := c.Conn.Read(b); err != nil {
					return 0, err
				}
			}
		}
		time.Sleep(time.Second)
		most = 1
		c.mu.Lock()
		over := !c.ends.IsZero() && time.Now().After(c.ends)
		c.mu.Unlock()
		if over {
			return 0, os.ErrDeadlineExceeded
		}
	}
	n := copy(b, c.buf[:most])
	c.buf = c.buf[n:]
	if hit {
		c.came += n
	}
	return n, nil
}

func TestWhereverTheServerFallsSilentItIsLeftInTime(t *testing.T) {
	const command, idle = 93 * time.Second, 10*time.Minute + 2*time.Second
	for _, c := range []struct {
		state, command string
		after          int
		within         time.Duration // until what came meanwhile is received
	}{
		{"greeting", "", 0, command},
		{"within the greeting", "", 20, command},
		{"login", " AUTHENTICATE ", 0, command},
		{"capabilities", " CAPABILITY", 0, command},
		{"introduction", " ID ", 0, command},
		{"opening the folder", " EXAMINE ", 0, command},
		{"within the folder's numbers", " EXAMINE ", 40, command},
		{"search", " UID SEARCH ", 0, command},
		{"sizes", "(UID RFC822.SIZE)", 0, command},
		{"bodies", "BODY.PEEK[]", 0, command},
		{"within a body", "BODY.PEEK[]", 150, command},
		{"beginning to idle", " IDLE", 0, idle},
		{"the end of idling", "DONE", 0, idle},
		{"looking again", " NOOP", 0, idle},
	} {
		for _, trickle := range []bool{false, true} {
			t.Run(fmt.Sprint(c.state, ", trickling ", trickle), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &script{caps: "SASL-IR AUTH=PLAIN ID IDLE", validity: 77, mails: map[uint32]string{1: string(letter("m1")), 2: string(letter("m2"))}}
					idling := ""
					s.command = func(tag, line string) (string, bool) {
						switch {
						case line == "IDLE":
							idling = tag
							return "+ idling\r\n", true
						case tag == "DONE":
							return idling + " OK done\r\n", true
						}
						return "", false
					}
					var began atomic.Int64
					dials := 0
					l := newLedger()
					l.known, l.cursor = true, team.Cursor{Account: account, Validity: 77, BaselineAt: time.Now()}
					m := &mailin.Mailbox{Account: account, Addr: "script:143", Security: mailin.Plain, Auth: password("secret"), Store: l, Receive: l.receive}
					m.Dial = func(ctx context.Context, addr string) (net.Conn, error) {
						conn, err := s.dial(ctx, addr)
						if dials++; dials == 1 {
							conn = &stalling{Conn: conn, command: c.command, after: c.after, trickle: trickle, began: &began}
						}
						return conn, err
					}
					stop := run(t, m)
					for range 3600 {
						if began.Load() != 0 {
							break
						}
						time.Sleep(time.Second)
					}
					s.mu.Lock()
					s.mails[3] = string(letter("m3"))
					s.mu.Unlock()
					for n, within := range []time.Duration{c.within, c.within, idle} {
						<-l.arrived
						if took := time.Since(time.Unix(0, began.Load())); took > within {
							t.Errorf("mail %d was there after %v", n+1, took)
						}
					}
					stop()
					l.check(t, "m1 m2 m3")
					if dials > 2 || dials != 2 && !trickle {
						t.Errorf("it took %d connections", dials)
					}
				})
			})
		}
	}
}

func TestFiveHundredConnectionsLeaveNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) { return server.DialIMAP(ctx) }
		stop := run(t, m)
		synctest.Wait() // the first start takes nothing that is there
		lose := func(times int) int {
			for i := range times {
				server.DropIMAP()
				deliver(t, server, fmt.Sprint("m", i))
				<-l.arrived
				time.Sleep(2 * time.Minute)
			}
			synctest.Wait()
			return runtime.NumGoroutine()
		}
		before := lose(5)
		if after := lose(500); after > before {
			t.Errorf("%d goroutines after 5 connections, %d after 505", before, after)
		}
		stop()
		if n := len(l.mails()); n != 505 {
			t.Errorf("%d mails received", n)
		}
	})
}

// garbage are lines that no server should say, or that the library does not know or does not take.
var garbage = strings.Split(strings.TrimSpace(`
* VANISHED (EARLIER) 41,43:116
* LSUB (\Noinferiors) "." Junk
* XQUUX 3 things
* XLIST (\Inbox) "/" INBOX
* 2 FETCH (UID 2 X-GM-MSGID 1278455344230334865)
* 2 FETCH (UID 2 FLAGS (od]d))
* 2 FETCH (UID 2 FLAGS (\Seen)
* 2 FETCH (UID 4294967296)
* 2 FETCH (UID 2 INTERNALDATE "00-Jan-0000 00:00:00 +0000")
* 2 FETCH (UID 2 ENVELOPE (NIL NIL))
* 2 FETCH (UID 2 BODYSTRUCTURE ((("text"))))
* 2 FETCH (UID 2 RFC822.SIZE -1)
* 2 FETCH (UID 2 BODY[] {12
* 0 FETCH (FLAGS ())
* 99999999999 EXISTS
* -1 EXISTS
* 1 EXPUNGE extra
* 0 EXPUNGE
* RECENT
* FLAGS (\Answered \Flagged
* OK [UIDVALIDITY 18446744073709551615] too many
* OK [PERMANENTFLAGS (\Deleted \*] no end
* OK [BADCHARSET ((US-ASCII))] nested
* OK [HIGHESTMODSEQ zero] no number
* OK [UIDNEXT] none
* NO
* PREAUTH again
* CAPABILITY
* SEARCH one two
* ESEARCH (TAG "A1" UID ALL 1:
* ESEARCH UID COUNT x
* LIST (\HasNoChildren) "/
* STATUS INBOX (MESSAGES x)
* ENABLED QRESYNC CONDSTORE
* QUOTA "" (STORAGE 10 512 MESSAGE)
* THREAD (2)(3 6 (4 23))
* SORT 5 3 4 1 2
* ID ("name" NIL)
* METADATA "" (/shared/comment {5}
* NAMESPACE NIL NIL
ZZ99 OK nobody asked
+ go on
OK
*
`), "\n")

func TestWhateverLineTheServerAddsAllMailArrives(t *testing.T) {
	lines := append(garbage, "", "\x00\x01\xff", strings.Repeat("x", 70_000), "* OK \xe4\xf6\xfc", "\t* 3 EXISTS")
	if len(lines) < 35 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		name := fmt.Sprintf("%.40q", line)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, at := range []string{"AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH 1:5 (UID RFC822.SIZE)", "UID FETCH 1:5 (UID RFC822.SIZE BODY"} {
				synctest.Test(t, func(t *testing.T) {
					s := &script{}
					times := 0
					s.command = func(tag, said string) (string, bool) {
						if !strings.HasPrefix(said, at) || times == 3 {
							return "", false
						}
						times++
						command := s.command
						s.command = nil
						defer func() { s.command = command }()
						return line + "\r\n" + s.answer(tag, said), true
					}
					l := live(t, s)
					l.check(t, "m1 m2 m3 m4 m5")
					if s.greeted > 8 || times == 0 {
						t.Errorf("before the answer to %s: said %d times, it took %d connections", at, times, s.greeted)
					}
				})
			}
			synctest.Test(t, func(t *testing.T) { // always, before one mail
				s := &script{fetch: about3(func(_ int, answer string) string { return line + "\r\n" + answer })}
				l := live(t, s)
				if got := l.subjects(); got != "m1 m2 m3 m4 m5" && got != "m1 m2 !3 m4 m5" {
					t.Errorf("before mail 3: received %q", got)
				}
				if s.asked[3] > 5 { // once with the others, three times alone, once for its beginning
					t.Errorf("mail 3 was asked for %d times", s.asked[3])
				}
			})
		})
	}
}

func TestATroubleThatComesTwentyTimesCostsNoMailAndNoLockOut(t *testing.T) {
	for _, c := range []struct {
		says, at, answer string // with the tag in place of %s
		login            bool   // a refusal, after which logins are a minute apart
	}{
		{"too many connections", "AUTHENTICATE", "%s NO [LIMIT] Maximum number of connections exceeded\r\n", true},
		{"the back end is away", "AUTHENTICATE", "%s NO [UNAVAILABLE] Temporary authentication failure\r\n", true},
		{"the password is refused", "AUTHENTICATE", "%s NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", true},
		{"the account is in use", "AUTHENTICATE", "%s NO [INUSE] Mailbox is locked by POP server\r\n", true},
		{"BYE at the login", "AUTHENTICATE", "* BYE [UNAVAILABLE] Shutting down\r\n\x00", false},
		{"BYE at the search", "UID SEARCH", "* BYE Disconnected for inactivity\r\n\x00", false},
		{"BYE at a fetch", "UID FETCH", "* BYE [LIMIT] Too much bandwidth\r\n\x00", false},
		{"BYE beside an answer", "NOOP", "* BYE Server shutting down\r\n%s OK\r\n\x00", false},
		{"the folder is away", "EXAMINE", "%s NO [UNAVAILABLE] Mailbox is being moved\r\n", false},
		{"the folder may not be opened", "EXAMINE", "%s NO [NOPERM] Permission denied\r\n", false},
		{"the search is throttled", "UID SEARCH", "%s NO [THROTTLED] Request is throttled. Suggested Backoff Time: 299742 milliseconds\r\n", false},
		{"over quota", "UID FETCH", "%s NO [OVERQUOTA] Account exceeded command or bandwidth limits.\r\n", false},
	} {
		t.Run(c.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{}
				times, last := 0, time.Time{}
				s.command = func(tag, line string) (string, bool) {
					if strings.HasPrefix(line, "AUTHENTICATE") && c.login {
						if gap := time.Since(last); gap < time.Minute {
							t.Errorf("login %d came %v after the one before", times+1, gap)
						}
						last = time.Now()
					}
					if times == 20 || !strings.HasPrefix(line, c.at) {
						return "", false
					}
					times++
					return strings.ReplaceAll(c.answer, "%s", tag), true
				}
				live(t, s).check(t, "m1 m2 m3 m4 m5")
				if times != 20 {
					t.Errorf("it happened %d times", times)
				}
			})
		})
	}
}

func TestForEachLoginAFreshTokenIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{caps: "SASL-IR AUTH=XOAUTH2"}
		asked, logins, last := 0, 0, time.Time{}
		s.command = func(tag, line string) (string, bool) {
			if !strings.HasPrefix(line, "AUTHENTICATE") {
				return "", false
			}
			if gap := time.Since(last); gap < time.Minute {
				t.Errorf("login %d came %v after the one before", logins+1, gap)
			}
			last = time.Now()
			logins++
			return tag + " NO [AUTHENTICATIONFAILED] Invalid credentials (expired)\r\n", logins <= 20
		}
		live(t, s, func(m *mailin.Mailbox, _ *ledger) {
			m.Auth = mailin.Auth{User: "updates@example.com", Token: func(context.Context) (string, error) {
				asked++
				return fmt.Sprint("token", asked), nil
			}}
		}).check(t, "m1 m2 m3 m4 m5")
		if asked != 21 || logins != 21 {
			t.Errorf("%d tokens for %d logins", asked, logins)
		}
	})
}

package mailin_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

// dovecot starts a real server and a mailbox that reads it into a ledger, by implicit TLS.
func dovecot(t testing.TB) (*mailtest.DovecotServer, *mailin.Mailbox, *ledger) {
	t.Helper()
	server := mailtest.Dovecot(t)
	l := newLedger()
	return server, &mailin.Mailbox{
		Account: account, Addr: server.TLSAddr, TLS: &tls.Config{RootCAs: server.Roots}, Auth: password(server.Password),
		Store: l, Receive: l.receive,
	}, l
}

func TestDovecotByEachKindOfConnection(t *testing.T) {
	server, m, _ := dovecot(t)
	for _, c := range []struct {
		name     string
		addr     string
		security mailin.Security
		trusted  bool
		hint     string // "" if it works
	}{
		{"implicit TLS", server.TLSAddr, mailin.ImplicitTLS, true, ""},
		{"STARTTLS", server.Addr, mailin.StartTLS, true, ""},
		{"clear text on loopback", server.Addr, mailin.Plain, false, ""},
		{"implicit TLS, unknown authority", server.TLSAddr, mailin.ImplicitTLS, false, "signed by nobody"},
		{"STARTTLS, unknown authority", server.Addr, mailin.StartTLS, false, "signed by nobody"},
		{"TLS on the clear port", server.Addr, mailin.ImplicitTLS, true, "does not speak TLS on this port"},
		{"another name", strings.Replace(server.TLSAddr, "127.0.0.1", "127.0.0.2", 1), mailin.ImplicitTLS, true, "nothing listens there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := *m
			m.Addr, m.Security = c.addr, c.security
			if !c.trusted {
				m.TLS = nil
			}
			s, err := m.Open(t.Context())
			if err != nil {
				if hint := mailin.Hint(err); c.hint == "" || !strings.Contains(hint, c.hint) {
					t.Errorf("error %v with hint %q", err, hint)
				}
				return
			}
			defer s.Close()
			if c.hint != "" {
				t.Fatal("let in")
			}
			if caps := strings.Join(s.Capabilities(), " "); !strings.Contains(caps, "IDLE") {
				t.Errorf("capabilities are %s", caps)
			}
		})
	}
	t.Run("a name that is not in the certificate", func(t *testing.T) {
		m := *m
		m.TLS = &tls.Config{RootCAs: server.Roots, ServerName: "imap.example.com"}
		if _, err := m.Open(t.Context()); !strings.Contains(mailin.Hint(err), "another name") {
			t.Errorf("error %v with hint %q", err, mailin.Hint(err))
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		m := *m
		m.Auth = password("battery staple")
		_, err := m.Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), "AUTHENTICATIONFAILED") || !strings.Contains(mailin.Hint(err), "password_file") {
			t.Errorf("error %v with hint %q", err, mailin.Hint(err))
		}
	})
	t.Run("a missing folder", func(t *testing.T) {
		m := *m
		m.Folder = "Nowhere"
		if _, err := m.Open(t.Context()); !strings.Contains(mailin.Hint(err), "folder") {
			t.Errorf("error %v with hint %q", err, mailin.Hint(err))
		}
	})
}

func TestClearTextLeavesThisMachineOnlyThroughAnOwnDial(t *testing.T) {
	outside := outsideAddr(t)
	listener, err := net.Listen("tcp", net.JoinHostPort(outside, "0"))
	if err != nil {
		t.Skip("no address but loopback")
	}
	defer listener.Close()
	m := &mailin.Mailbox{Addr: listener.Addr().String(), Security: mailin.Plain, Auth: password("secret"), Store: newLedger(), Receive: newLedger().receive}
	err = m.Run(t.Context())
	if err == nil || !strings.Contains(mailin.Hint(err), "imaps://") {
		t.Errorf("error %v with hint %q", err, mailin.Hint(err))
	}
}

// outsideAddr is an address of this machine that is not a loopback one.
func outsideAddr(t *testing.T) string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	for _, a := range addrs {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			return ip.IP.String()
		}
	}
	t.Skip("no address but loopback")
	return ""
}

func TestDovecotFirstStartThenThreeHundredMails(t *testing.T) {
	server, m, l := dovecot(t)
	server.Deliver(letter("old"))
	if n := catchUp(t, m); n != 0 {
		t.Errorf("%d mails received at the first start", n)
	}
	var want []string
	for i := range 300 {
		subject := fmt.Sprint("m", i)
		want = append(want, subject)
		server.Deliver(letterOf(subject, i*37))
	}
	if n := catchUp(t, m); n != 300 {
		t.Errorf("%d mails received", n)
	}
	l.check(t, strings.Join(want, " "))
	for i, raw := range l.mails() {
		if string(raw.Bytes) != string(letterOf(fmt.Sprint("m", i), i*37)) {
			t.Fatalf("mail %d came changed", i)
		}
	}
	if n := catchUp(t, m); n != 0 {
		t.Errorf("%d mails came again", n)
	}
}

func TestDovecotTellsOfNewMailByIdleAndIsFoundAgainAfterARestart(t *testing.T) {
	server, m, l := dovecot(t)
	open := make(chan struct{}, 100)
	m.Seen = func(time.Time) { open <- struct{}{} }
	stop := run(t, m)
	<-open
	arrive := func(subject string, within time.Duration) {
		t.Helper()
		began := time.Now()
		server.Deliver(letter(subject))
		select {
		case <-l.arrived:
			t.Logf("%s came after %v", subject, time.Since(began).Round(time.Millisecond))
		case <-time.After(within):
			t.Errorf("%s did not come in %v", subject, within)
		}
	}
	arrive("pushed", 10*time.Second)
	server.Stop()
	server.Start()
	arrive("restarted", 20*time.Second)
	stop()
	l.check(t, "pushed restarted")
}

func TestDovecotExpungesMailsWhileTheyAreFetched(t *testing.T) {
	server, m, l := dovecot(t)
	catchUp(t, m)
	for i := range 30 {
		server.Deliver(letter(fmt.Sprintf("m%02d", i)))
	}
	m.Batch = 10
	receive := m.Receive
	m.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
		server.Expunge("the words of m11\r\n") // the session still thinks that they are there
		server.Expunge("the words of m25\r\n")
		return receive(ctx, c, batch)
	}
	if n := catchUp(t, m); n != 28 {
		t.Errorf("%d mails received: %s", n, l.subjects())
	}
	for _, raw := range l.mails() {
		if raw.Problem != "" || len(raw.Bytes) == 0 {
			t.Errorf("mail %d: %d bytes, problem %q", raw.UID, len(raw.Bytes), raw.Problem)
		}
	}
	if strings.Contains(l.subjects(), "m11") || strings.Contains(l.subjects(), "m25") {
		t.Errorf("received %s", l.subjects())
	}
}

func TestDovecotNumbersItsMailsAnew(t *testing.T) {
	server, m, l := dovecot(t)
	server.DeliverAt(letter("old"), time.Now().Add(-30*24*time.Hour))
	catchUp(t, m)
	server.Deliver(letter("a"))
	catchUp(t, m)
	before := l.cursor
	server.ResetValidity()
	server.Deliver(letter("b"))
	catchUp(t, m)
	if l.cursor.Validity == before.Validity || !l.cursor.BaselineAt.Equal(before.BaselineAt) {
		t.Errorf("the cursor was %+v and is %+v", before, l.cursor)
	}
	l.check(t, "a a b")
}

func TestDovecotImportSince(t *testing.T) {
	server, m, l := dovecot(t)
	for _, days := range []int{100, 50, 20, 10} {
		server.DeliverAt(letter(fmt.Sprint("d", days)), time.Now().AddDate(0, 0, -days))
	}
	m.ImportSince = time.Now().AddDate(0, 0, -30)
	catchUp(t, m)
	l.check(t, "d20 d10")
}

func TestDovecotCutAtEvery97thByte(t *testing.T) {
	server, m, _ := dovecot(t)
	var want string
	for i := range 5 {
		server.Deliver(letterOf(fmt.Sprint("m", i), 60*i))
		want += fmt.Sprint(" m", i)
	}
	first := newLedger()
	first.known = true
	m.Store, m.Receive = first, first.receive
	catchUp(t, m) // learns the validity
	fresh := func() *ledger {
		l := newLedger()
		l.known, l.cursor = true, team.Cursor{Account: account, Validity: first.cursor.Validity}
		m.Store, m.Receive = l, l.receive
		return l
	}
	m.Security = mailin.Plain
	var faults atomic.Pointer[mailtest.Faults]
	faults.Store(&mailtest.Faults{})
	proxy, err := mailtest.StartProxy(server.Addr, func(int) mailtest.Faults { return *faults.Load() })
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	m.Addr = proxy.Addr()
	fresh()
	catchUp(t, m)
	end := proxy.Bytes()
	for at := int64(1); at <= end; at += 97 {
		l := fresh()
		faults.Store(&mailtest.Faults{CutAt: at, Reset: at%2 == 0})
		m.Addr = proxy.Addr()
		session(t.Context(), m)
		m.Addr = server.Addr
		if err := session(t.Context(), m); err != nil {
			t.Fatalf("cut at byte %d: the session after it gave %v", at, err)
		}
		if got := " " + l.subjects(); got != want {
			t.Fatalf("cut at byte %d: received %q, want %q", at, got, want)
		}
		l.check(t, want[1:])
	}
	t.Logf("cut at %d places of %d bytes", end/97+1, end)
}

package mailin_test

import (
	"bytes"
	"context"
	"errors"
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

// ledgers stand for the database of a mailbox with several folders: one for each account.
type ledgers map[string]*ledger

func (l ledgers) of(account string) *ledger {
	return l[account[strings.LastIndexByte(account, '/')+1:]]
}

func (l ledgers) Cursor(ctx context.Context, account string) (team.Cursor, bool, error) {
	return l.of(account).Cursor(ctx, account)
}

func (l ledgers) Baseline(ctx context.Context, c team.Cursor) error {
	return l.of(c.Account).Baseline(ctx, c)
}

func (l ledgers) MailboxSeen(ctx context.Context, account string, now time.Time) error {
	return l.of(account).MailboxSeen(ctx, account, now)
}

func (l ledgers) receive(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
	return l.of(c.Account).receive(ctx, c, batch)
}

// withJunk is a memory server with a folder for junk beside the inbox, and a mailbox that reads both.
func withJunk(t testing.TB) (*mailtest.Server, *mailin.Mailbox, ledgers) {
	t.Helper()
	server, m, inbox := memory(t)
	if err := server.MakeFolder("Junk"); err != nil {
		t.Fatal(err)
	}
	all := ledgers{"INBOX": inbox, "Junk": newLedger()}
	m.Store, m.Receive = all, all.receive
	m.Others = []mailin.Folder{{Account: "updates@example.com/Junk", Name: "Junk", Junk: true}}
	return server, m, all
}

func deliverTo(t testing.TB, server *mailtest.Server, folder string, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		if _, err := server.DeliverTo(folder, letter(subject)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSeveralFoldersAreReadOverOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, all := withJunk(t)
		deliverTo(t, server, "Junk", "old")
		dials := 0
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) { dials++; return server.DialIMAP(ctx) }
		stop := run(t, m)
		for range 20 {
			time.Sleep(37 * time.Minute)
			deliverTo(t, server, "Junk", "j")
			sent := time.Now()
			deliver(t, server, "a")
			<-all["INBOX"].arrived
			if waited := time.Since(sent); waited > time.Second {
				t.Errorf("in the first folder it took %v", waited)
			}
			<-all["Junk"].arrived
			if waited := time.Since(sent); waited > 5*time.Minute+time.Second {
				t.Errorf("in the other folder it took %v", waited)
			}
		}
		stop()
		all["INBOX"].check(t, strings.TrimSpace(strings.Repeat("a ", 20)))
		all["Junk"].check(t, strings.TrimSpace(strings.Repeat("j ", 20)))
		if dials != 1 {
			t.Errorf("it took %d connections", dials)
		}
		for name, l := range all {
			for _, raw := range l.mails() {
				if raw.Junk != (name == "Junk") {
					t.Errorf("mail %d of %s: junk %v", raw.UID, name, raw.Junk)
				}
			}
			if len(l.seen) < 100 || l.baseline != 1 {
				t.Errorf("%s was seen %d times, its baseline was set %d times", name, len(l.seen), l.baseline)
			}
		}
	})
}

func TestWhatComesWhileAnotherFolderIsReadIsTakenInAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, all := withJunk(t)
		catchUp(t, m)
		deliverTo(t, server, "Junk", "j")
		m.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
			if batch[0].Junk {
				deliver(t, server, "a")
			}
			return all.receive(ctx, c, batch)
		}
		time.Sleep(time.Hour)
		if n := catchUp(t, m); n != 2 {
			t.Errorf("%d mails received", n)
		}
		all["INBOX"].check(t, "a")
	})
}

func TestAFolderThatIsMissingKeepsNoOtherMailOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, all := withJunk(t)
		m.Others = append([]mailin.Folder{{Account: "updates@example.com/Later", Name: "Later"}}, m.Others...)
		all["Later"] = newLedger()
		dials := 0
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) { dials++; return server.DialIMAP(ctx) }
		stop := run(t, m)
		for range 24 {
			time.Sleep(time.Hour)
			deliverTo(t, server, "Junk", "j")
			deliver(t, server, "a")
			sent := time.Now()
			<-all["INBOX"].arrived
			<-all["Junk"].arrived
			if waited := time.Since(sent); waited > 6*time.Minute {
				t.Errorf("it took %v", waited)
			}
		}
		if err := server.MakeFolder("Later"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Minute)
		deliverTo(t, server, "Later", "l")
		time.Sleep(6 * time.Minute)
		stop()
		all["Later"].check(t, "l")
		if dials != 1 {
			t.Errorf("it took %d connections", dials)
		}
	})
}

// endsAt is a connection that the server ends when it hears the words, unless it is well.
type endsAt struct {
	net.Conn
	words string
	well  *atomic.Bool
}

func (c endsAt) Write(b []byte) (int, error) {
	if !c.well.Load() && bytes.Contains(b, []byte(c.words)) {
		c.Close()
		return 0, errors.New("the server is gone")
	}
	return c.Conn.Write(b)
}

func TestAFolderThatEndsEachConnectionRestsWhileTheOthersAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, all := withJunk(t)
		var well atomic.Bool
		dials := 0
		m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			dials++
			conn, err := server.DialIMAP(ctx)
			return endsAt{conn, `EXAMINE "Junk"`, &well}, err
		}
		stop := run(t, m)
		time.Sleep(time.Minute)
		for range 48 {
			deliver(t, server, "a")
			sent := time.Now()
			<-all["INBOX"].arrived
			if waited := time.Since(sent); waited > 2*time.Second {
				t.Errorf("it took %v", waited)
			}
			time.Sleep(30 * time.Minute)
		}
		if dials < 20 || dials > 40 { // once an hour, and a few times more at first
			t.Errorf("it took %d connections in a day", dials)
		}
		deliverTo(t, server, "Junk", "old")
		well.Store(true)
		time.Sleep(66 * time.Minute)
		deliverTo(t, server, "Junk", "j")
		time.Sleep(6 * time.Minute)
		stop()
		all["Junk"].check(t, "j")
	})
}

func TestABadMailInAnotherFolderIsSetAsideAndKeepsNothingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{mails: map[uint32]string{}}
		for _, subject := range []string{"m1", "m2", "m3", "m4"} {
			s.mails[uint32(len(s.mails)+1)] = string(letter(subject))
		}
		inJunk := false
		s.command = func(_, line string) (string, bool) {
			if name, ok := strings.CutPrefix(line, "EXAMINE "); ok {
				inJunk = strings.Trim(name, `"`) == "Junk"
			}
			return "", false
		}
		s.fetch = func(uid uint32, _ int, _ bool, answer string) string {
			if inJunk && uid == 2 {
				return "\x00"
			}
			return answer
		}
		junk := newLedger()
		junk.known, junk.cursor = true, team.Cursor{Account: "updates@example.com/Junk", Validity: 77, BaselineAt: time.Now()}
		inbox := live(t, s, func(m *mailin.Mailbox, l *ledger) {
			all := ledgers{"INBOX": l, "Junk": junk}
			m.Store, m.Receive = all, all.receive
			m.Others = []mailin.Folder{{Account: "updates@example.com/Junk", Name: "Junk", Junk: true}}
		})
		inbox.check(t, "m1 m2 m3 m4")
		junk.check(t, "m1 !2 m3 m4")
	})
}

func TestTheFolderForJunkIsFound(t *testing.T) {
	for _, c := range []struct{ caps, list, want string }{
		{"", "* LIST () \"/\" INBOX\r\n", ""},
		{"SPECIAL-USE LIST-EXTENDED", "* LIST (\\HasNoChildren) \"/\" Junk\r\n* LIST (\\Junk) \"/\" \"Unerw&APw-nscht\"\r\n", "Unerwünscht"},
		{"SPECIAL-USE", "* LIST (\\HasNoChildren \\Junk) \"/\" \"[Gmail]/Spam\"\r\n", "[Gmail]/Spam"},
		{"", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"Junk E-mail\"\r\n* LIST () \"/\" Spam\r\n", "Junk E-mail"},
		{"", "* LIST () \".\" INBOX.Spam\r\n", "INBOX.Spam"},
		{"", "* LIST (\\Noselect) \"/\" Junk\r\n* LIST () NIL Spam\r\n", "Spam"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{caps: strings.TrimSpace("SASL-IR AUTH=PLAIN " + c.caps)}
			s.command = func(tag, line string) (string, bool) {
				extended := strings.HasSuffix(line, " RETURN (SPECIAL-USE)")
				if extended != (c.caps == "SPECIAL-USE LIST-EXTENDED") {
					return tag + " BAD what\r\n", strings.HasPrefix(line, "LIST")
				}
				return c.list + tag + " OK\r\n", strings.HasPrefix(line, "LIST")
			}
			m := &mailin.Mailbox{Addr: "script:143", Security: mailin.Plain, Auth: password("secret"), Dial: s.dial}
			session, err := m.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			if got, err := session.JunkFolder(t.Context()); got != c.want || err != nil {
				t.Errorf("with %q found %q, %v", c.list, got, err)
			}
		})
	}
}

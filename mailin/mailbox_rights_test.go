package mailin_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/mailin"
)

const roundsOfRights = 20

// heard is a log that several goroutines write.
type heard struct {
	mu  sync.Mutex
	log bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

// await waits until the log has a line with all these words, and forgets what it has.
func (h *heard) await(t *testing.T, words ...string) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		said := h.log.String()
		h.mu.Unlock()
		for line := range strings.Lines(said) {
			missing := false
			for _, w := range words {
				missing = missing || !strings.Contains(line, w)
			}
			if !missing {
				h.mu.Lock()
				h.log.Reset()
				h.mu.Unlock()
				return
			}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t.Fatalf("no line with %q in\n%s", words, h.log.String())
}

// shared is a Dovecot on which folders have rights, and a mailbox that reads the inbox and one folder more.
func shared(t *testing.T, o mailtest.DovecotOptions) (*mailtest.DovecotServer, *mailin.Mailbox, ledgers, *heard) {
	t.Helper()
	server := mailtest.DovecotWith(t, o)
	server.Folder("Team")
	all := ledgers{"INBOX": newLedger(), "Team": newLedger()}
	all["updates@example.com"] = all["INBOX"]
	said := &heard{}
	return server, &mailin.Mailbox{
		Account: account, Addr: server.TLSAddr, TLS: &tls.Config{RootCAs: server.Roots}, Auth: password(server.Password),
		Store: all, Receive: all.receive, Others: []mailin.Folder{{Account: account + "/Team", Name: "Team"}},
		PollEvery: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(said, nil)),
	}, all, said
}

func TestDovecotOverQuotaIsReadAllTheSame(t *testing.T) {
	server, m, all, _ := shared(t, mailtest.DovecotOptions{Quota: 4 << 10})
	catchUp(t, m)
	var want []string
	for n := range roundsOfRights {
		want = append(want, fmt.Sprint("m", n))
		server.Deliver(letterOf(want[n], 512)) // as it comes from a server that is less strict
		s, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.CatchUp(t.Context(), time.Now())
		if err != nil || got != 1 {
			t.Fatalf("round %d: received %d: %v", n, got, err)
		}
		full, err := s.Fullness(t.Context())
		if err != nil || n == 0 && full > 0.5 || n >= 8 && full < 1 {
			t.Fatalf("round %d: it is full to %v: %v", n, full, err)
		}
		s.Close()
	}
	all["INBOX"].check(t, strings.Join(want, " "))
	if n := server.Seen("INBOX"); n > 0 {
		t.Errorf("%d mails are marked as seen", n)
	}
}

func TestDovecotWithoutQuotaIsNotFull(t *testing.T) {
	_, m, _, _ := shared(t, mailtest.DovecotOptions{})
	s, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if full, err := s.Fullness(t.Context()); full != 0 || err != nil {
		t.Errorf("it is full to %v: %v", full, err)
	}
}

func TestDovecotFoldersThatMayOnlyBeRead(t *testing.T) {
	server, m, all, said := shared(t, mailtest.DovecotOptions{Rights: true})
	server.Allow("INBOX", "lr")
	server.Allow("Team", "lr")
	catchUp(t, m)
	var inbox, team []string
	for n := range roundsOfRights {
		inbox, team = append(inbox, fmt.Sprint("a", n)), append(team, fmt.Sprint("b", n))
		server.Deliver(letter(inbox[n]))
		server.DeliverInto("Team", letter(team[n]))
		time.Sleep(m.PollEvery)
		if got := catchUp(t, m); got != 2 {
			t.Fatalf("round %d: received %d", n, got)
		}
	}
	all["INBOX"].check(t, strings.Join(inbox, " "))
	all["Team"].check(t, strings.Join(team, " "))
	if strings.Contains(said.log.String(), "level=WARN") {
		t.Errorf("there is nothing to complain about:\n%s", said.log.String())
	}
}

// TestDovecotTakesTheRightToReadAFolder does so again and again while it is polled. The inbox is read meanwhile, and the folder when it may be read again.
func TestDovecotTakesTheRightToReadAFolder(t *testing.T) {
	server, m, all, said := shared(t, mailtest.DovecotOptions{Rights: true})
	catchUp(t, m)
	stop := run(t, m)
	var inbox, team []string
	for n := range roundsOfRights {
		rights := []string{"", "l", "ls"}[n%3] // unseen, it is as if it were not there
		server.Allow("Team", rights)
		inbox, team = append(inbox, fmt.Sprint("a", n)), append(team, fmt.Sprint("b", n))
		hint := "may not read"
		if rights == "" {
			hint = "exists"
		}
		said.await(t, "a folder cannot be read; the others are", "folder=Team", hint)
		server.DeliverInto("Team", letter(team[n]))
		server.Deliver(letter(inbox[n]))
		awaitMail(t, all["INBOX"], n+1)
		if got := len(all["Team"].mails()); got != n {
			t.Fatalf("round %d: %d mails came from a folder that may not be read", n, got-n)
		}
		server.Allow("Team", "lr")
		awaitMail(t, all["Team"], n+1)
	}
	stop()
	all["INBOX"].check(t, strings.Join(inbox, " "))
	all["Team"].check(t, strings.Join(team, " "))
}

// TestDovecotTakesTheRightToReadTheInbox: the other folder is read meanwhile.
func TestDovecotTakesTheRightToReadTheInbox(t *testing.T) {
	server, m, all, said := shared(t, mailtest.DovecotOptions{Rights: true})
	catchUp(t, m)
	var inbox, team []string
	for n := range roundsOfRights {
		inbox, team = append(inbox, fmt.Sprint("a", n)), append(team, fmt.Sprint("b", n))
		server.Allow("INBOX", "l")
		server.Deliver(letter(inbox[n]))
		server.DeliverInto("Team", letter(team[n]))
		stop := run(t, m)
		said.await(t, "mailbox lost", "INBOX", "Permission denied", "may not read")
		awaitMail(t, all["Team"], n+1)
		if got := len(all["INBOX"].mails()); got != n {
			t.Fatalf("round %d: %d mails came from an inbox that may not be read", n, got-n)
		}
		server.Allow("INBOX", "lr")
		awaitMail(t, all["INBOX"], n+1)
		stop()
	}
	all["INBOX"].check(t, strings.Join(inbox, " "))
	all["Team"].check(t, strings.Join(team, " "))
}

// awaitMail waits until a ledger has so many mails.
func awaitMail(t *testing.T, l *ledger, n int) {
	t.Helper()
	for until := time.After(20 * time.Second); len(l.mails()) < n; {
		select {
		case <-l.arrived:
		case <-until:
			t.Fatalf("%d mails came, want %d", len(l.mails()), n)
		}
	}
}

package mailin_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/mailin"
)

func sentLetter(id string) []byte {
	return fmt.Appendf(nil, "From: updates@example.com\r\nTo: mia@example.com\r\nMessage-ID: <%s>\r\nSubject: Platform\r\n\r\nHello.\r\n", id)
}

func find(t *testing.T, f *mailin.SentFolder, ids ...string) string {
	t.Helper()
	there, kept, err := f.Find(t.Context(), ids, time.Now().Add(-48*time.Hour))
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(strings.Join(there, " "), " kept ", kept)
}

func TestSentMailIsFoundWhereTheProviderKeepsIt(t *testing.T) {
	for _, c := range []struct {
		name, folder, hide, said string
		want                     string
	}{
		{"by its special use", "Ausgang", "", "", "b@example.com kept true"},
		{"by its name", "Sent Items", " SPECIAL-USE", "", "b@example.com kept true"},
		{"by its name in another language", "Éléments envoyés", " SPECIAL-USE", "", "b@example.com kept true"},
		{"as the configuration says", "Ausgang", " SPECIAL-USE", "Ausgang", "b@example.com kept true"},
		{"nowhere, as no folder looks like it", "Ausgang", " SPECIAL-USE", "", " kept false"},
		{"nowhere, as there is none", "", "", "", " kept false"},
		{"nowhere, as the configuration is wrong", "Sent", "", "Sentt", "error opening the folder Sentt: imap: NO [NONEXISTENT] No such mailbox"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, m, _ := memory(t, func(o *mailtest.Options) { o.Sent = c.folder })
				m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
					conn, err := server.DialIMAP(ctx)
					return &replaced{conn, c.hide, ""}, err
				}
				if c.folder != "" {
					for _, id := range []string{"b@example.com", "bb@example.com"} {
						if err := server.File(sentLetter(id)); err != nil {
							t.Fatal(err)
						}
					}
				}
				deliver(t, server, "not here") // and a mail in the inbox is none that was sent
				if _, err := server.Deliver(sentLetter("c@example.com")); err != nil {
					t.Fatal(err)
				}
				f := &mailin.SentFolder{Mailbox: m, Name: c.said}
				if got := find(t, f, "a@example.com", "b@example.com", "c@example.com"); got != c.want {
					t.Errorf("found %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestSentMailIsFoundInDovecot(t *testing.T) {
	server := mailtest.DovecotWith(t, mailtest.DovecotOptions{Sent: "Ausgang"})
	m := &mailin.Mailbox{Account: account, Addr: server.TLSAddr, TLS: &tls.Config{RootCAs: server.Roots}, Auth: password(server.Password)}
	f := &mailin.SentFolder{Mailbox: m}
	if got := find(t, f, "a@example.com"); got != " kept true" {
		t.Fatalf("found %q in an empty folder", got)
	}
	server.File(sentLetter("a@example.com"))
	server.Deliver(sentLetter("b@example.com"))
	if got := find(t, f, "b@example.com", "a@example.com"); got != "a@example.com kept true" {
		t.Errorf("found %q", got)
	}
	server.File([]byte("Date: Mon, 2 Mar 2026 09:00:00 +0900\r\nIn-Reply-To: <m1@example.com>\r\nMessage-ID:\r\n <c@example.com>\r\nSubject: A long\r\n\r\nHello.\r\n"))
	list, kept, err := f.List(t.Context(), time.Now().Add(-48*time.Hour))
	if err != nil || !kept || len(list) != 1 || list[0].MessageID != "c@example.com" || list[0].InReplyTo != "m1@example.com" ||
		!list[0].Date.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("listed %+v, %v, %v", list, kept, err)
	}
	if got := find(t, &mailin.SentFolder{Mailbox: m, Name: "Ausgang"}, "a@example.com"); got != "a@example.com kept true" {
		t.Errorf("found %q where the folder is named", got)
	}
}

func TestASilentServerIsNotWaitedForLongerThanSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var other net.Conn
		m := &mailin.Mailbox{Account: account, Addr: "imap.example.com:143", Security: mailin.Plain, Auth: password("secret")}
		m.Dial = func(context.Context, string) (client net.Conn, _ error) {
			client, other = net.Pipe()
			return client, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_, _, err := (&mailin.SentFolder{Mailbox: m}).Find(ctx, []string{"a@example.com"}, began)
		if took := time.Since(began); err == nil || took != 20*time.Second {
			t.Errorf("%v after %s", err, took)
		}
		other.Close()
	})
}

func TestARefusedLoginIsHeededByAllWhoReadTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, m, _ := memory(t)
		m.Auth, m.Logins = password("wrong"), new(mailin.Logins)
		other := *m
		other.Auth = password("secret")
		f := &mailin.SentFolder{Mailbox: &other}
		if _, err := m.Open(t.Context()); err == nil {
			t.Fatal("let in with a wrong password")
		}
		time.Sleep(59 * time.Second)
		got := find(t, f, "a@example.com")
		if !strings.Contains(got, "within a minute") || !strings.Contains(got, "NO") {
			t.Errorf("a minute after a refusal: %q", got)
		}
		time.Sleep(time.Second)
		if got := find(t, f, "a@example.com"); got != " kept false" {
			t.Errorf("after it: %q", got)
		}
	})
}

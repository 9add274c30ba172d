package mailtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const ours = "updates@team.example"

func start(t *testing.T, o Options) *Server {
	t.Helper()
	o.Address = ours
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// both runs a test over loopback and over pipes in a bubble; every goroutine must have ended when it is over.
func both(t *testing.T, run func(t *testing.T, tcp bool)) {
	t.Run("over loopback", func(t *testing.T) { run(t, true) })
	t.Run("over pipes in a bubble", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { run(t, false) })
	})
}

func login(t *testing.T, s *Server, options *imapclient.Options) *imapclient.Client {
	t.Helper()
	conn, err := s.DialIMAP(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, options)
	if err := c.Login(ours, "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func fetchAll(t *testing.T, c *imapclient.Client) []*imapclient.FetchMessageBuffer {
	t.Helper()
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	body := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func send(t *testing.T, s *Server, from, to, raw string) error {
	t.Helper()
	conn, err := s.DialSMTP(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClient(conn)
	defer c.Close()
	if s.options.Password != "" {
		if err := c.Auth(sasl.NewPlainClient("", ours, s.options.Password)); err != nil {
			return err
		}
	}
	if err := c.SendMail(from, []string{to}, strings.NewReader(raw)); err != nil {
		return err
	}
	return c.Quit()
}

func TestDeliveredMailIsFetchedUnchangedWhileIdleTellsOfIt(t *testing.T) {
	both(t, func(t *testing.T, tcp bool) {
		s := start(t, Options{Password: "secret", TCP: tcp})
		defer s.Close()
		exists := make(chan uint32, 9)
		c := login(t, s, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: func(d *imapclient.UnilateralDataMailbox) { exists <- *d.NumMessages }}})
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		idle, err := c.Idle()
		if err != nil {
			t.Fatal(err)
		}
		raw := []byte("Subject: \xff odd\n\r\nbytes \x80 and no end of line")
		uid, err := s.Deliver(raw)
		if err != nil || uid != 1 {
			t.Fatalf("uid %d, %v", uid, err)
		}
		if n := <-exists; n != 1 {
			t.Fatalf("IDLE tells of %d messages", n)
		}
		if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
			t.Fatal(err)
		}
		got := fetchAll(t, c)
		if len(got) != 1 || !bytes.Equal(got[0].BodySection[0].Bytes, raw) || got[0].RFC822Size != int64(len(raw)) {
			t.Fatalf("got %d messages, first %q of size %d", len(got), got[0].BodySection[0].Bytes, got[0].RFC822Size)
		}
	})
}

func TestMailSentToTheMailboxArrivesInItAndAllMailIsSeen(t *testing.T) {
	both(t, func(t *testing.T, tcp bool) {
		at := time.Date(2026, 3, 6, 7, 0, 0, 0, time.UTC)
		hooked := 0
		s := start(t, Options{Password: "secret", TCP: tcp, Now: func() time.Time { return at },
			OnDelivery: func(Delivery) { hooked++ }})
		defer s.Close()
		const raw = "From: aiko@tanaka.example\r\nSubject: x\r\n\r\n.dot\r\ngrüße\r\n"
		for _, to := range []string{"camille@elsewhere.example", "Updates+abc@team.example", ours, "updatesx@team.example"} {
			forged := ""
			if to == ours {
				forged = "Authentication-Results: MX.team.example;\r\n\tdmarc=pass header.from=tanaka.example\r\n"
			}
			if err := send(t, s, "aiko@tanaka.example", to, forged+raw); err != nil {
				t.Fatal(err)
			}
		}
		d := s.Deliveries()
		if len(d) != 4 || d[0].To != "camille@elsewhere.example" || string(d[0].Raw) != raw || !d[0].At.Equal(at) || hooked != 4 {
			t.Fatalf("%d deliveries, %d hooked, first %q", len(d), hooked, d[0])
		}
		if s.Messages() != 2 {
			t.Fatalf("%d messages in the inbox, want 2", s.Messages())
		}
		c := login(t, s, nil)
		for i, to := range []string{"Updates+abc@team.example", ours} {
			body := string(fetchAll(t, c)[i].BodySection[0].Bytes)
			if !strings.HasPrefix(body, "Return-Path: <aiko@tanaka.example>\r\nDelivered-To: "+to+
				"\r\nAuthentication-Results: mx.team.example; spf=pass smtp.mailfrom=aiko@tanaka.example\r\nReceived: ") ||
				!strings.Contains(body, "; Fri, 06 Mar 2026 07:00:00 +0000\r\n"+raw) {
				t.Fatalf("in the inbox: %q", body)
			}
		}
	})
}

func TestRefusedRecipientsAndWrongPasswordsAreRefused(t *testing.T) {
	both(t, func(t *testing.T, tcp bool) {
		s := start(t, Options{Password: "secret", Token: "token", TCP: tcp, Refuse: func(_, to string) error {
			if to == "gone@elsewhere.example" {
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such person"}
			}
			return nil
		}})
		defer s.Close()
		var refusal *smtp.SMTPError
		if err := send(t, s, ours, "gone@elsewhere.example", "x: y\r\n\r\n"); !errors.As(err, &refusal) || refusal.Code != 550 {
			t.Errorf("a refused recipient gave %v", err)
		}
		conn, _ := s.DialSMTP(t.Context())
		c := smtp.NewClient(conn)
		defer c.Close()
		for _, extension := range []string{"SMTPUTF8", "SIZE", "8BITMIME"} {
			if ok, _ := c.Extension(extension); !ok {
				t.Errorf("SMTP does not offer %s", extension)
			}
		}
		if err := c.Auth(sasl.NewPlainClient("", ours, "wrong")); !errors.As(err, &refusal) || refusal.Code != 535 {
			t.Errorf("a wrong SMTP password gave %v", err)
		}
		if err := c.Mail("a@b.example", nil); err == nil {
			t.Error("mail was taken without a login")
		}
		if err := c.Auth(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: ours, Token: "token"})); err != nil {
			t.Errorf("a right SMTP token gave %v", err)
		}
		conn, _ = s.DialIMAP(t.Context())
		i := imapclient.New(conn, nil)
		defer i.Close()
		var no *imap.Error
		if err := i.Login(ours, "wrong").Wait(); !errors.As(err, &no) || no.Code != imap.ResponseCodeAuthenticationFailed {
			t.Errorf("a wrong IMAP password gave %v", err)
		}
		if err := i.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: ours, Token: "token"})); err != nil {
			t.Errorf("a right IMAP token gave %v", err)
		}
	})
}

func TestNewValidityKeepsTheMailsUnderNewNumbersAndEndsConnections(t *testing.T) {
	both(t, func(t *testing.T, tcp bool) {
		s := start(t, Options{Password: "secret", TCP: tcp})
		defer s.Close()
		for _, subject := range []string{"one", "two", "three"} {
			if _, err := s.Deliver([]byte("Subject: " + subject + "\r\n\r\n")); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Expunge(2); err != nil || s.Messages() != 2 {
			t.Fatalf("%d messages after expunging, %v", s.Messages(), err)
		}
		c, before := login(t, s, nil), s.UIDValidity()
		if err := s.ResetValidity(true); err != nil {
			t.Fatal(err)
		}
		<-c.Closed()
		c = login(t, s, nil)
		if got := fetchAll(t, c); len(got) != 2 || got[1].UID != 2 || s.UIDValidity() == before {
			t.Fatalf("%d messages, validity %d then %d", len(got), before, s.UIDValidity())
		}
		if err := s.ResetValidity(false); err != nil || s.Messages() != 0 {
			t.Fatalf("%d messages after a reset to nothing, %v", s.Messages(), err)
		}
	})
}

func TestASlowReaderHoldsUpNobodyInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, Options{Password: "secret"})
		defer s.Close()
		if _, err := s.Deliver([]byte("Subject: big\r\n\r\n" + strings.Repeat("x", 1<<20))); err != nil {
			t.Fatal(err)
		}
		conn, _ := s.DialIMAP(t.Context())
		io.WriteString(conn, "a LOGIN \"updates@team.example\" secret\r\nb SELECT INBOX\r\nc FETCH 1 BODY[TEXT]\r\n")
		synctest.Wait()
		if _, err := s.Deliver([]byte("Subject: next\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // a bubble whose clock stands would end this test by its time limit
		if got, _ := io.ReadAll(conn); len(got) < 1<<20 {
			t.Fatalf("read %d bytes", len(got))
		}
	})
}

func TestPipesKeepDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := newPipe("x")
		began := time.Now()
		client.SetDeadline(time.Now().Add(time.Minute))
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		client.SetDeadline(time.Time{})
		io.WriteString(server, "last words")
		server.Close()
		if got, err := io.ReadAll(client); string(got) != "last words" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("writing to a closed side gave %v", err)
		}
	})
}

func TestCloseEndsEverythingThatIsOpen(t *testing.T) {
	both(t, func(t *testing.T, tcp bool) {
		s := start(t, Options{Password: "secret", TCP: tcp})
		c := login(t, s, nil)
		c.Select("INBOX", nil).Wait()
		if _, err := c.Idle(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := s.DialSMTP(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Fatal(err)
		}
		<-c.Closed()
		if _, err := s.DialIMAP(context.Background()); err == nil {
			t.Error("a closed server takes connections")
		}
	})
}

func TestAMailThatIsRemovedFromOneFolderStaysInAnotherUnderTheSameNumber(t *testing.T) {
	s := start(t, Options{Password: "secret"})
	defer s.Close()
	if err := s.MakeFolder("Team"); err != nil {
		t.Fatal(err)
	}
	raw := []byte("Subject: \xfe kept\r\n\r\n")
	first, err := s.Deliver(raw)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.DeliverTo("Team", []byte("Subject: goes\r\n\r\n"))
	if err != nil || second != first {
		t.Fatalf("UID %d and %d, error %v", first, second, err)
	}
	if err := s.Remove("Team", second); err != nil {
		t.Fatal(err)
	}
	if got := fetchAll(t, login(t, s, nil)); len(got) != 1 || string(got[0].BodySection[0].Bytes) != string(raw) {
		t.Errorf("in the inbox is %v", got)
	}
	if _, err := s.Move(inbox, first, "Team", false); err != nil {
		t.Error(err)
	}
}

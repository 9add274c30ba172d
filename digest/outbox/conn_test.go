package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestTwoMailsOnOneConnectionTakeNoMoreCommandsThanNeeded(t *testing.T) {
	s := &script{extensions: []string{"SIZE 1000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"}}
	c := s.connect(t)
	for n := range 2 {
		if r := c.Send(t.Context(), letter(n), noMark); r.Verdict != Accepted || r.Code != 250 || !strings.HasPrefix(r.Line, "250 2.0.0 queued as") {
			t.Fatalf("mail %d: %+v", n, r)
		}
	}
	c.Close()
	s.serving.Wait()
	size := len(appendData(nil, letter(0).Raw))
	mail := fmt.Sprintf("MAIL FROM:<updates@example.com> SIZE=%d\nRCPT TO:<aiko@example.com>\nDATA\n", size)
	if got, want := s.commands(), "EHLO daybreak.example\n"+mail+mail+"QUIT"; got != want {
		t.Errorf("heard:\n%s\nwant:\n%s", got, want)
	}
	for n, m := range s.all() {
		if m.raw != string(letter(n).Raw) {
			t.Errorf("mail %d came as %q", n, m.raw)
		}
	}
	if c.Extensions()["SIZE"] != "1000000" {
		t.Errorf("extensions %v", c.Extensions())
	}
}

func TestTheDotIsMarkedWhenAllBytesAreOverAndBeforeItIsSent(t *testing.T) {
	s := &script{}
	c := s.connect(t)
	r := c.Send(t.Context(), letter(1), func() error {
		if len(s.all()) != 0 {
			t.Error("the mail was taken before the mark")
		}
		return nil
	})
	if r.Verdict != Accepted || len(s.all()) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestWithoutTheMarkNoDotIsSentAndTheConnectionIsDropped(t *testing.T) {
	s := &script{}
	c := s.connect(t)
	full := errors.New("disk full")
	r := c.Send(t.Context(), letter(1), func() error { return full })
	s.serving.Wait()
	if r.Verdict != Temporary || !errors.Is(r.Err, full) || !c.Closed() {
		t.Errorf("%+v", r)
	}
	if strings.Contains(s.commands(), "QUIT") || len(s.all()) != 0 {
		t.Errorf("%d mails taken, heard:\n%s", len(s.all()), s.commands())
	}
	if r := c.Send(t.Context(), letter(1), noMark); r.Verdict != Temporary || !r.Lost {
		t.Errorf("a closed connection says %+v", r)
	}
}

func TestARefusedSenderOrRecipientIsResetAndTheConnectionIsKept(t *testing.T) {
	for _, phase := range []Phase{PhaseMail, PhaseRcpt} {
		refused := false
		s := &script{does: func(_, _ int, p Phase) string {
			if p == phase && !refused {
				refused = true
				return "550-5.1.1 no such user\r\n550 5.1.1 at all"
			}
			return usual
		}}
		c := s.connect(t)
		r := c.Send(t.Context(), letter(1), noMark)
		if r.Verdict != Refused || r.Code != 550 || r.Line != "550 5.1.1 no such user 5.1.1 at all" || r.Lost || c.Closed() {
			t.Errorf("%s: %+v", phase, r)
		}
		if r.Err.Phase != phase || r.Err.Enhanced != "5.1.1" || r.Err.Hint == "" {
			t.Errorf("%s: %+v", phase, r.Err)
		}
		if r := c.Send(t.Context(), letter(2), noMark); r.Verdict != Accepted {
			t.Errorf("%s: the next mail: %+v", phase, r)
		}
		if strings.Count(s.commands(), "RSET") != 1 {
			t.Errorf("%s: heard:\n%s", phase, s.commands())
		}
	}
}

func TestParametersAreGivenWhenOfferedAndNeededOnly(t *testing.T) {
	all := []string{"8BITMIME", "SMTPUTF8", "SIZE 1000"}
	plain := func(m *team.Outgoing) {}
	for _, c := range []struct {
		name       string
		extensions []string
		change     func(*team.Outgoing)
		want       string // the MAIL and RCPT commands, or the refusal
	}{
		{"nothing offered", nil, plain, "MAIL FROM:<updates@example.com> RCPT TO:<aiko@example.com>"},
		{"a bounce address", nil, func(m *team.Outgoing) { m.From = "" }, "MAIL FROM:<> RCPT TO:<aiko@example.com>"},
		{"size", []string{"SIZE"}, func(m *team.Outgoing) { m.Raw = []byte("a\n.b") }, "MAIL FROM:<updates@example.com> SIZE=8 RCPT TO:<aiko@example.com>"},
		{"8 bit", all, func(m *team.Outgoing) { m.Raw = []byte("é") }, "MAIL FROM:<updates@example.com> SIZE=4 BODY=8BITMIME RCPT TO:<aiko@example.com>"},
		{"8 bit not offered", nil, func(m *team.Outgoing) { m.Raw = []byte("é") }, "MAIL FROM:<updates@example.com> RCPT TO:<aiko@example.com>"},
		{"local part", all, func(m *team.Outgoing) { m.To, m.Raw = "愛子@example.com", nil }, "MAIL FROM:<updates@example.com> SIZE=0 SMTPUTF8 RCPT TO:<愛子@example.com>"},
		{"local part not offered", nil, func(m *team.Outgoing) { m.To = "愛子@example.com" }, "no SMTPUTF8"},
		{"domain", nil, func(m *team.Outgoing) { m.To = "aiko@bücher.example" }, "MAIL FROM:<updates@example.com> RCPT TO:<aiko@xn--bcher-kva.example>"},
		{"too large", all, func(m *team.Outgoing) { m.Raw = bytes.Repeat([]byte("x"), 999) }, "1001 bytes and the server takes 1000"},
		{"line ends in the recipient", all, func(m *team.Outgoing) { m.To = "aiko@example.com>\r\nRCPT TO:<eve@example.com" }, "not an address"},
		{"a line end in the sender", all, func(m *team.Outgoing) { m.From = "updates@example.com\n" }, "not an address"},
		{"a parameter in the recipient", all, func(m *team.Outgoing) { m.To = "aiko@example.com> NOTIFY=NEVER" }, "not an address"},
		{"no recipient", all, func(m *team.Outgoing) { m.To = "" }, "not an address"},
		{"no domain", all, func(m *team.Outgoing) { m.To = "aiko@" }, "not an address"},
	} {
		s := &script{extensions: c.extensions}
		conn := s.connect(t)
		m := letter(1)
		c.change(&m)
		r := conn.Send(t.Context(), m, noMark)
		heard := strings.Split(s.commands(), "\n")[1:]
		if strings.HasPrefix(c.want, "MAIL") {
			if got := strings.Join(heard[:min(2, len(heard))], " "); got != c.want || r.Verdict != Accepted {
				t.Errorf("%s: %q, %+v; want %q", c.name, got, r, c.want)
			}
		} else if r.Verdict != Refused || !strings.Contains(r.Line, c.want) || len(heard) != 0 || conn.Closed() {
			t.Errorf("%s: %q, %+v; want a refusal with %q and no word to the server", c.name, heard, r, c.want)
		}
	}
}

func TestAStopDuringAStallReturnsAtOnceUntilTheDotIsSent(t *testing.T) {
	for _, phase := range []Phase{PhaseMail, PhaseRcpt, PhaseData} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{does: func(_, _ int, p Phase) string {
				if p == phase {
					return hangs
				}
				return usual
			}}
			c := s.connect(t)
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
			defer cancel()
			began := time.Now()
			r := c.Send(ctx, letter(1), noMark)
			if r.Verdict != Temporary || time.Since(began) != 7*time.Second || !c.Closed() {
				t.Errorf("%s: after %s: %+v", phase, time.Since(began), r)
			}
			s.serving.Wait()
		})
	}
}

func TestAStopDuringConnectReturnsAtOnce(t *testing.T) {
	for _, phase := range []Phase{PhaseGreeting, PhaseHello, PhaseAuth} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{extensions: []string{"AUTH PLAIN"}, does: func(_, _ int, p Phase) string {
				if p == phase {
					return hangs
				}
				return usual
			}}
			server := s.server()
			server.Auth = Auth{User: "u", Password: func(context.Context) (string, error) { return "secret", nil }}
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
			defer cancel()
			began := time.Now()
			_, err := server.Connect(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 7*time.Second {
				t.Errorf("%s: after %s: %v", phase, time.Since(began), err)
			}
			s.serving.Wait()
		})
	}
}

func TestEachStepHasTheDeadlineOfTheStandard(t *testing.T) {
	for phase, want := range map[Phase]time.Duration{
		PhaseGreeting: 5 * time.Minute, PhaseHello: 5 * time.Minute, PhaseMail: 5 * time.Minute, PhaseRcpt: 5 * time.Minute,
		PhaseData: 2 * time.Minute, PhaseDot: 10 * time.Minute, "quit": 5 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{does: func(_, _ int, p Phase) string {
				if p == phase {
					return hangs
				}
				return usual
			}}
			began := time.Now()
			c, err := s.server().Connect(t.Context())
			var r Result
			if err == nil {
				r = c.Send(t.Context(), letter(1), noMark)
				c.Close()
			}
			if time.Since(began) != want {
				t.Errorf("%s: took %s, want %s: %v %+v", phase, time.Since(began), want, err, r)
			}
			if phase == PhaseDot && r.Verdict != Unknown {
				t.Errorf("no answer to the dot: %+v", r)
			}
			s.serving.Wait()
		})
	}
}

func TestABodyThatNobodyReadsEndsAfterThreeMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe() // a pipe without a reader takes nothing
		go func() {
			b := make([]byte, 1000)
			for _, reply := range []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go"} {
				io.WriteString(server, reply+"\r\n")
				if reply != "354 go" {
					server.Read(b)
				}
			}
		}()
		c, err := (&Server{Addr: "smtp.example.com:25", Security: Plain, Dial: func(context.Context, string, string) (net.Conn, error) { return client, nil }}).Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		r := c.Send(t.Context(), letter(1), noMark)
		if r.Verdict != Temporary || r.Err.Phase != PhaseBody || time.Since(began).Round(time.Minute) != 3*time.Minute {
			t.Errorf("after %s: %+v", time.Since(began), r)
		}
	})
}

func TestAServerThatTalksWithoutEndIsLeft(t *testing.T) {
	client, server := net.Pipe()
	written := make(chan int)
	go func() {
		total, line := 0, bytes.Repeat([]byte("220-x"), 1000)
		for {
			n, err := server.Write(line)
			total += n
			if err != nil {
				written <- total
				return
			}
		}
	}()
	_, err := (&Server{Addr: "smtp.example.com:25", Security: Plain, Dial: func(context.Context, string, string) (net.Conn, error) { return client, nil }}).Connect(t.Context())
	if e := (*Error)(nil); !errors.As(err, &e) || e.Phase != PhaseGreeting {
		t.Errorf("%v", err)
	}
	if total := <-written; total > answerLimit+10000 {
		t.Errorf("%d bytes were read", total)
	}
}

func TestWhatIsSaidOutOfTurnIsNotTakenForAnAnswer(t *testing.T) {
	s := &script{does: func(_, _ int, p Phase) string {
		if p == PhaseDot {
			return "250 queued\r\n250 and so is the next"
		}
		return usual
	}}
	c := s.connect(t)
	if r := c.Send(t.Context(), letter(1), noMark); r.Verdict != Accepted {
		t.Fatalf("%+v", r)
	}
	if r := c.Send(t.Context(), letter(2), noMark); r.Verdict != Temporary || !r.Lost || !c.Closed() {
		t.Errorf("%+v", r)
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{"a@b.example", "a@b>\r\nDATA", "愛@bücher.example", "\"a b\"@c", "a@b\u2028c", "@", "a@\xff", "a@b@c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		clean, needsUTF8, err := envelope(address)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("%q: the error has two lines: %q", address, err)
			}
			return
		}
		if strings.ContainsAny(clean, "\r\n\x00 \t<>") || !strings.Contains(clean, "@") {
			t.Fatalf("%q goes out as %q", address, clean)
		}
		if !needsUTF8 && !is7bit([]byte(clean)) {
			t.Fatalf("%q goes out as %q without SMTPUTF8", address, clean)
		}
	})
}

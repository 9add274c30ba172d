package outbox

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybreak/internal/team"
)

// What a script may do besides answering with the line it gives.
const (
	usual = ""      // as a server that is well
	hangs = "stall" // reads on and says nothing
	quits = "close" // closes without a word; after the final dot the mail is taken nevertheless
	slow  = "slow"  // answers as a server that is well, a second before our patience ends
)

// slowly is how long a slow server takes in each phase.
func slowly(phase Phase) time.Duration {
	d := Deadlines{}.orDefault()
	limit := map[Phase]time.Duration{PhaseData: d.Data, PhaseBody: d.Block, PhaseDot: d.Dot, "quit": d.Quit}[phase]
	return cmp.Or(limit, d.Command) - time.Second
}

// script is an SMTP server that does what a test tells it to, phase by phase. A 421 ends the connection.
type script struct {
	does       func(session, mail int, phase Phase) string // sessions and mails of a session count from 1; nil: all is usual
	extensions []string
	secure     *tls.Config // for STARTTLS, or from the start if implicit
	implicit   bool
	network    bool // loopback instead of memory

	mu       sync.Mutex
	sessions int
	heard    []string // commands, without those that a test asks for by phase
	taken    []taken
	serving  sync.WaitGroup
}

type taken struct {
	from, to string
	raw      string
	session  int
}

// dial opens a connection in memory, or over loopback for TLS.
func (s *script) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	if s.secure != nil || s.network { // both sides may write at once in a handshake, which a pipe does not take
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		if client, err = net.Dial("tcp", listener.Addr().String()); err != nil {
			return nil, err
		}
		if server, err = listener.Accept(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.sessions++
	session := s.sessions
	s.mu.Unlock()
	s.serving.Go(func() {
		defer server.Close()
		if s.implicit {
			server = tls.Server(server, s.secure)
		}
		s.serve(server, session)
	})
	return client, nil
}

// server is a Server that reaches the script.
func (s *script) server() *Server {
	return &Server{Addr: "smtp.example.com:587", Security: Plain, Dial: s.dial, Hello: "daybreak.example"}
}

func (s *script) connect(t *testing.T) *Conn {
	t.Helper()
	c, err := s.server().Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.drop)
	return c
}

func (s *script) commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.heard, "\n")
}

func (s *script) all() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.taken...)
}

func (s *script) hear(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, line)
}

func (s *script) serve(conn net.Conn, session int) {
	in := bufio.NewReader(conn)
	mail := 1
	// answer does what is told in the phase, or says the usual. It returns false when the connection is over.
	answer := func(phase Phase, reply string) (string, bool) {
		if s.does != nil {
			if told := s.does(session, mail, phase); told == slow {
				time.Sleep(slowly(phase))
			} else if told != usual {
				reply = told
			}
		}
		switch reply {
		case hangs:
			_, _ = io.Copy(io.Discard, in)
			return reply, false
		case quits:
			return reply, false
		}
		_, err := io.WriteString(conn, reply+"\r\n")
		return reply, err == nil && !strings.HasPrefix(reply, "421")
	}
	if _, ok := answer(PhaseGreeting, "220 ready"); !ok {
		return
	}
	var from, to string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.hear(line)
		verb, argument, _ := strings.Cut(line, " ")
		ok := true
		switch strings.ToUpper(verb) {
		case "EHLO":
			lines := append([]string{"script"}, s.extensions...)
			for i := range lines {
				lines[i] = "250-" + lines[i]
			}
			lines[len(lines)-1] = strings.Replace(lines[len(lines)-1], "250-", "250 ", 1)
			_, ok = answer(PhaseHello, strings.Join(lines, "\r\n"))
		case "HELO":
			_, ok = answer(PhaseHello, "250 script")
		case "STARTTLS":
			if _, ok = answer(PhaseStartTLS, "220 go"); ok && s.secure != nil {
				conn = tls.Server(conn, s.secure)
				in = bufio.NewReader(conn)
			}
		case "AUTH":
			_, ok = answer(PhaseAuth, "235 welcome")
		case "MAIL":
			var told string
			from, to = "", ""
			if told, ok = answer(PhaseMail, "250 sender ok"); strings.HasPrefix(told, "250") {
				from = argument
			}
		case "RCPT":
			usual, told := "250 recipient ok", ""
			if from == "" {
				usual = "503 5.5.1 who sends it?"
			}
			if told, ok = answer(PhaseRcpt, usual); strings.HasPrefix(told, "250") {
				to = argument
			}
		case "DATA":
			usual, told := "354 go on", ""
			if to == "" {
				usual = "554 5.5.1 to whom?"
			}
			if told, ok = answer(PhaseData, usual); !ok || !strings.HasPrefix(told, "354") {
				break
			}
			ok = s.takeMail(conn, in, taken{from, to, "", session}, mail, answer)
			mail++
		case "RSET":
			_, ok = answer("rset", "250 reset")
		case "QUIT":
			answer("quit", "221 bye")
			return
		default:
			_, ok = answer("", "500 what?")
		}
		if !ok {
			return
		}
	}
}

func (s *script) takeMail(conn net.Conn, in *bufio.Reader, m taken, mail int, answer func(Phase, string) (string, bool)) bool {
	var raw bytes.Buffer
	told := usual
	if s.does != nil {
		told = s.does(m.session, mail, PhaseBody)
	}
	if told != usual {
		b := make([]byte, 10)
		if _, err := io.ReadFull(conn, b); err != nil {
			return false
		}
		raw.Write(b)
		switch told {
		case slow:
			time.Sleep(slowly(PhaseBody))
		case hangs:
			time.Sleep(slowly(PhaseBody) + 2*time.Second)
			return false
		case quits:
			return false
		default: // it has heard enough
			_, _ = io.WriteString(conn, told+"\r\n")
			return false
		}
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false // half a mail is no mail
		}
		if line == ".\r\n" {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	m.raw = raw.String()
	s.mu.Lock()
	s.taken = append(s.taken, m)
	number := len(s.taken)
	s.mu.Unlock()
	told, ok := answer(PhaseDot, fmt.Sprintf("250 2.0.0 queued as %d", number))
	if told[0] == '4' || told[0] == '5' {
		s.mu.Lock()
		s.taken = slices.DeleteFunc(s.taken, func(t taken) bool { return t == m }) // another session may have taken one since
		s.mu.Unlock()
	}
	return ok
}

// letter is a mail as the composer would hand it over.
func letter(n int) team.Outgoing {
	id := fmt.Sprintf("m%d@example.com", n)
	raw := fmt.Sprintf("Message-ID: <%s>\r\nFrom: updates@example.com\r\nTo: aiko@example.com\r\nSubject: Mail %d\r\n\r\nHello.\r\n.a line with a dot\r\n.\r\nBye.\r\n", id, n)
	return team.Outgoing{ID: int64(n), Dedupe: id, Kind: team.DigestMail, From: "updates@example.com", To: "aiko@example.com",
		MessageID: id, Subject: fmt.Sprintf("Mail %d", n), Raw: []byte(raw)}
}

func messageID(raw string) string {
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(raw))).ReadMIMEHeader()
	if err != nil {
		return ""
	}
	return strings.Trim(header.Get("Message-Id"), "<>")
}

func noMark() error { return nil }

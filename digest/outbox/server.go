package outbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"daybreak/internal/failpoint"

	"github.com/wneessen/go-mail/smtp"
)

// Security is how a connection is protected. There is no fallback from one to another.
type Security int

// The kinds of protection.
const (
	ImplicitTLS Security = iota // TLS from the first byte (RFC 8314), usually port 465
	StartTLS                    // TLS by STARTTLS before anything else, usually port 587
	Plain                       // none: to loopback, or through a Dial of one's own
)

// Deadlines bound each step. A zero part takes the default, which is that of RFC 5321 §4.5.3.2.
type Deadlines struct {
	Connect time.Duration // to have a connection, with TLS: 30 s
	Command time.Duration // for the answer to each of greeting, EHLO, AUTH, MAIL and RCPT: 5 min
	Data    time.Duration // for the answer to DATA: 2 min
	Block   time.Duration // to hand over each block of a mail: 3 min
	Dot     time.Duration // for the answer to the final dot: 10 min
	Quit    time.Duration // for the answer to QUIT, which changes nothing any more: 5 s
}

func (d Deadlines) orDefault() Deadlines {
	for _, part := range []struct {
		of       *time.Duration
		standard time.Duration
	}{
		{&d.Connect, 30 * time.Second}, {&d.Command, 5 * time.Minute}, {&d.Data, 2 * time.Minute},
		{&d.Block, 3 * time.Minute}, {&d.Dot, 10 * time.Minute}, {&d.Quit, 5 * time.Second},
	} {
		if *part.of <= 0 {
			*part.of = part.standard
		}
	}
	return d
}

// Server is the submission server through which mail is sent.
type Server struct {
	Addr      string // host:port
	Security  Security
	TLS       *tls.Config                                                       // nil for the system's authorities and the name in Addr
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // nil for a net.Dialer
	Hello     string                                                            // our name in EHLO; "" for our address on the connection
	Auth      Auth
	Deadlines Deadlines

	oneByOne bool // it says that it takes commands together, and mixed up the answers
}

func (s *Server) host() string {
	if host, _, err := net.SplitHostPort(s.Addr); err == nil {
		return host
	}
	return s.Addr
}

func (s *Server) port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// loopback tells whether Addr can only be this machine.
func (s *Server) loopback() bool {
	host := s.host()
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// Connect opens a session that is ready for mail: connected, protected, greeted, logged in. The error is an *Error.
// Ending ctx ends the attempt at once.
func (s *Server) Connect(ctx context.Context) (*Conn, error) {
	if s.Security == Plain && s.Dial == nil && !s.loopback() {
		return nil, s.explain(&Error{
			Phase: PhaseSetup, Line: "without TLS only this machine itself is allowed",
			Hint: fmt.Sprintf("url = \"smtps://%s:465\"", s.host()), Err: errors.New("plain connection to another machine"),
		})
	}
	deadlines := s.Deadlines.orDefault()
	failpoint.Here("smtp-connect")
	raw, err := s.dial(ctx, deadlines.Connect)
	if err != nil {
		return nil, s.explain(fail(PhaseDial, err))
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	client, err := s.open(ctx, raw, deadlines)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		raw.Close()
		if ctx.Err() != nil { // what the closed connection says is not the reason
			err = fail(PhaseDial, context.Cause(ctx))
		}
		return nil, s.explain(fail(PhaseHello, err))
	}
	c := &Conn{server: s, client: client, raw: raw, deadlines: deadlines}
	c.readExtensions()
	failpoint.Here("smtp-connected")
	return c, nil
}

func (s *Server) dial(ctx context.Context, limit time.Duration) (*wire, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dial := s.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	raw, err := dial(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	return &wire{Conn: raw, left: answerLimit}, nil
}

// open takes a new connection to where mail can be sent.
func (s *Server) open(ctx context.Context, raw *wire, deadlines Deadlines) (*smtp.Client, error) {
	var conn net.Conn = raw
	if s.Security == ImplicitTLS {
		secure := tls.Client(raw, s.tlsConfig())
		ctx, cancel := context.WithTimeout(ctx, deadlines.Connect)
		defer cancel()
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, fail(PhaseTLS, err)
		}
		conn = secure
	}
	if err := conn.SetDeadline(time.Now().Add(deadlines.Command)); err != nil {
		return nil, fail(PhaseGreeting, err)
	}
	client, err := smtp.NewClient(conn, s.host())
	if err != nil {
		return nil, fail(PhaseGreeting, err)
	}
	if err := client.UpdateDeadline(deadlines.Command); err != nil {
		return nil, fail(PhaseHello, err)
	}
	if err := client.Hello(s.hello(raw)); err != nil {
		return nil, fail(PhaseHello, err)
	}
	if s.Security == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, fail(PhaseStartTLS, errors.New("the server does not offer STARTTLS"))
		}
		if err := client.UpdateDeadline(deadlines.Command); err != nil {
			return nil, fail(PhaseStartTLS, err)
		}
		if err := client.StartTLS(s.tlsConfig()); err != nil {
			return nil, fail(PhaseStartTLS, err)
		}
	}
	if err := client.UpdateDeadline(deadlines.Command); err != nil {
		return nil, fail(PhaseAuth, err)
	}
	if err := s.login(ctx, client); err != nil {
		return nil, fail(PhaseAuth, err)
	}
	return client, nil
}

func (s *Server) tlsConfig() *tls.Config {
	config := &tls.Config{}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = s.host()
	}
	if config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS12
	}
	return config
}

// hello is the name to greet with. Without one RFC 5321 §4.1.4 wants the address.
func (s *Server) hello(conn net.Conn) string {
	if s.Hello != "" {
		return s.Hello
	}
	local, ok := conn.LocalAddr().(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case local.IP.To4() != nil:
		return "[" + local.IP.String() + "]"
	default:
		return "[IPv6:" + local.IP.String() + "]"
	}
}

// answerLimit is how many bytes a server may send for each thing that we send. A TLS handshake fits with room to spare.
const answerLimit = 256 << 10

// wire is the network connection below TLS. It ends a server that talks without end.
type wire struct {
	net.Conn
	left  int  // bytes that may still be read
	whole bool // the last write went out to its end
}

func (w *wire) Read(b []byte) (int, error) {
	if w.left <= 0 {
		return 0, errors.New("the server sends more than an answer")
	}
	n, err := w.Conn.Read(b[:min(len(b), w.left)])
	w.left -= n
	return n, err
}

func (w *wire) Write(b []byte) (int, error) {
	w.left = answerLimit
	n, err := w.Conn.Write(b)
	w.whole = n == len(b)
	return n, err
}

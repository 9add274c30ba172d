package mailtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// smtpSide is the running SMTP server.
type smtpSide struct {
	server   *smtp.Server
	listener *listener
	serving  chan error
}

func serveSMTP(s *Server, l *listener) *smtpSide {
	side := &smtpSide{listener: l, serving: make(chan error, 1)}
	side.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &smtpSession{server: s, open: s.options.Password == ""}, nil
	}))
	_, side.server.Domain, _ = strings.Cut(s.options.Address, "@")
	side.server.AllowInsecureAuth = true
	side.server.EnableSMTPUTF8 = true
	side.server.MaxMessageBytes = 35 << 20
	side.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { side.serving <- side.server.Serve(l) }()
	return side
}

func (side *smtpSide) close() error {
	side.listener.Close()
	err := <-side.serving
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	side.listener.drop()
	// All connections are closed, so that their goroutines end; this waits for them.
	err = errors.Join(err, side.server.Shutdown(context.Background()))
	side.listener.wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("closing the SMTP server: %w", err)
	}
	return nil
}

// smtpSession takes the mails of one connection.
type smtpSession struct {
	server *Server
	open   bool // logged in, or no login is asked for
	from   string
	to     []string
}

var _ smtp.AuthSession = (*smtpSession)(nil)

func (s *smtpSession) AuthMechanisms() []string {
	var mechs []string
	if s.server.options.Password != "" {
		mechs = append(mechs, sasl.Plain)
	}
	if s.server.options.Token != "" {
		mechs = append(mechs, xoauth2, sasl.OAuthBearer)
	}
	return mechs
}

func (s *smtpSession) Auth(mech string) (sasl.Server, error) {
	server := s.server.saslServer(mech, func() { s.open = true })
	if server == nil {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return smtpRefusal{server}, nil
}

// smtpRefusal turns any refusal of a login into SMTP's answer for it.
type smtpRefusal struct{ sasl.Server }

func (r smtpRefusal) Next(response []byte) ([]byte, bool, error) {
	challenge, done, err := r.Server.Next(response)
	if err != nil {
		return nil, false, smtp.ErrAuthFailed
	}
	return challenge, done, nil
}

func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if !s.open {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.options.Refuse != nil {
		if err := s.server.options.Refuse(s.from, to); err != nil {
			return err
		}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		if err := s.server.accept(Delivery{From: s.from, To: to, Raw: raw, At: s.server.options.Now()}); err != nil {
			return err
		}
	}
	return nil
}

func (s *smtpSession) Reset() { s.from, s.to = "", nil }

func (s *smtpSession) Logout() error { return nil }

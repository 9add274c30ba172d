// Package mailtest is the other side of the wire for the demo and for tests: an IMAP and an SMTP server in memory, and
// mail clients that write replies the way real ones do. Real protocol libraries run on both ends, so what works here is
// the program itself and not a picture of it. Everything may be used inside a testing/synctest bubble.
//
// Real servers and a real browser can be started beside them, where the machine has these. It knows nothing of what the program does with
// its mail.
package mailtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// Options say how a Server is started.
type Options struct {
	// Address is the mailbox's address. It is the user name for IMAP and SMTP as well.
	Address string
	// Password opens the mailbox. SMTP asks for it too, unless it is empty.
	Password string
	// Token, if not empty, is an access token that opens the mailbox by XOAUTH2 and OAUTHBEARER.
	Token string
	// Into is the folder into which mail for the address goes, which has to be made; "": the inbox.
	Into string
	// TCP makes the servers listen on free ports of 127.0.0.1; otherwise connections are pipes in memory.
	TCP bool
	// Now is the clock that dates deliveries, nil for time.Now.
	Now func() time.Time
	// Forget keeps no mail that SMTP has accepted, so that Deliveries has none: for runs of many days.
	Forget bool
	// OnDelivery is called with each mail that SMTP has accepted, before the client is told so.
	OnDelivery func(Delivery)
	// Sent, if not empty, is a folder into which each mail that SMTP has accepted is filed, as many providers do.
	Sent string
	// Refuse is asked at each RCPT; an error, best an *smtp.SMTPError, is what the client is answered. nil refuses nobody.
	Refuse func(from, to string) error
}

// Delivery is one mail for one recipient as accepted by SMTP.
type Delivery struct {
	From, To string // of the envelope
	Raw      []byte // as it came after DATA
	At       time.Time
}

// Server is a mailbox with an IMAP and an SMTP server in front of it. Its methods may be called from any goroutine.
type Server struct {
	options Options
	user    *imapmemserver.User
	imap    *imapSide
	smtp    *smtpSide

	mu         sync.Mutex
	deliveries []Delivery
	letters    map[place]letter
	changed    chan struct{} // closed and made anew when a mailbox changes
	closed     bool
}

// Start starts both servers. Close ends them.
func Start(o Options) (*Server, error) {
	if !strings.Contains(o.Address, "@") {
		return nil, fmt.Errorf("starting a mail server: %q is not an address", o.Address)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, user: imapmemserver.NewUser(o.Address, o.Password),
		letters: map[place]letter{}, changed: make(chan struct{})}
	if err := s.user.Create(inbox, nil); err != nil {
		return nil, fmt.Errorf("making the inbox: %w", err)
	}
	if o.Sent != "" {
		if err := s.user.Create(o.Sent, &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{imap.MailboxAttrSent}}); err != nil {
			return nil, fmt.Errorf("making the folder of sent mails: %w", err)
		}
	}
	imapAt, err := listen(o.TCP, "imap")
	if err != nil {
		return nil, err
	}
	smtpAt, err := listen(o.TCP, "smtp")
	if err != nil {
		imapAt.Close()
		return nil, err
	}
	s.imap = serveIMAP(s, imapAt)
	s.smtp = serveSMTP(s, smtpAt)
	return s, nil
}

// Close ends every connection and returns when all goroutines of the servers have ended. It may be called twice.
func (s *Server) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	return errors.Join(s.imap.close(), s.smtp.close())
}

// IMAPAddr is where IMAP listens, as host:port. Without TCP it is a name that only DialIMAP can reach.
func (s *Server) IMAPAddr() string { return s.imap.listener.Addr().String() }

// SMTPAddr is where SMTP listens, as host:port. Without TCP it is a name that only DialSMTP can reach.
func (s *Server) SMTPAddr() string { return s.smtp.listener.Addr().String() }

// DialIMAP connects to the IMAP server, without TLS.
func (s *Server) DialIMAP(ctx context.Context) (net.Conn, error) { return s.imap.listener.dial(ctx) }

// DialSMTP connects to the SMTP server, without TLS.
func (s *Server) DialSMTP(ctx context.Context) (net.Conn, error) { return s.smtp.listener.dial(ctx) }

// DropIMAP ends every IMAP connection, as a server that restarts does. New ones are taken as before.
func (s *Server) DropIMAP() { s.imap.listener.drop() }

// DropSMTP ends every SMTP connection. New ones are taken as before.
func (s *Server) DropSMTP() { s.smtp.listener.drop() }

// Deliveries are all mails that SMTP has accepted so far, in order, one for each recipient.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivery(nil), s.deliveries...)
}

// File puts a mail into the folder of sent mails.
func (s *Server) File(raw []byte) error {
	if _, err := s.put(s.options.Sent, raw, &imap.AppendOptions{}); err != nil {
		return fmt.Errorf("filing a sent mail: %w", err)
	}
	return nil
}

// accept takes a mail from SMTP. What is for the mailbox's address, or for it with a plus part, goes into the inbox.
func (s *Server) accept(d Delivery) error {
	if !s.options.Forget {
		s.mu.Lock()
		s.deliveries = append(s.deliveries, d)
		s.mu.Unlock()
	}
	if s.options.Sent != "" {
		if err := s.File(d.Raw); err != nil {
			return err
		}
	}
	if s.ours(d.To) {
		if _, err := s.DeliverTo(cmp.Or(s.options.Into, inbox), transit(d.Raw, d.At, d.From, d.To)); err != nil {
			return err
		}
	}
	if s.options.OnDelivery != nil {
		s.options.OnDelivery(d)
	}
	return nil
}

func (s *Server) ours(to string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(s.options.Address), "@")
	gotLocal, gotDomain, _ := strings.Cut(strings.ToLower(to), "@")
	base, _, _ := strings.Cut(gotLocal, "+")
	return domain == gotDomain && (local == gotLocal || local == base)
}

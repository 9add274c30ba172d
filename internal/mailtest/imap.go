package mailtest

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// imapSide is the running IMAP server.
type imapSide struct {
	server   *imapserver.Server
	listener *listener
	serving  chan error
}

func serveIMAP(s *Server, l *listener) *imapSide {
	side := &imapSide{listener: l, serving: make(chan error, 1)}
	side.server = imapserver.New(&imapserver.Options{
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0),
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapNamespace: {},
			imap.CapESearch: {}, imap.CapListExtended: {}, imap.CapListStatus: {}, imap.CapStatusSize: {},
			imap.CapLiteralPlus: {}, imap.CapSpecialUse: {},
		},
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			session := &imapSession{server: s}
			if held, ok := c.NetConn().(*heldConn); ok {
				session.ended = held.sessionEnded
			}
			return session, nil, nil
		},
	})
	l.untilSessionEnds = true
	go func() { side.serving <- side.server.Serve(l) }()
	return side
}

func (side *imapSide) close() error {
	side.listener.Close()
	serveErr := <-side.serving // before the server is closed: the library takes no Close while it begins to serve
	err := side.server.Close()
	side.listener.drop()
	if serveErr != nil && !errors.Is(serveErr, net.ErrClosed) {
		err = errors.Join(err, serveErr)
	}
	side.listener.wait()
	if err != nil {
		return fmt.Errorf("closing the IMAP server: %w", err)
	}
	return nil
}

// imapSession is one client's session: the library's, with logins by token and mails given out as they came.
type imapSession struct {
	*imapmemserver.UserSession // nil until the login
	server                     *Server
	validity                   uint32 // of the selected mailbox
	ended                      func()
}

var _ imapserver.SessionIMAP4rev2 = (*imapSession)(nil)
var _ imapserver.SessionSASL = (*imapSession)(nil)

func (s *imapSession) Login(username, password string) error {
	if err := s.server.user.Login(username, password); err != nil {
		return err
	}
	s.UserSession = imapmemserver.NewUserSession(s.server.user)
	return nil
}

func (s *imapSession) AuthenticateMechanisms() []string {
	if s.server.options.Token == "" {
		return []string{sasl.Plain}
	}
	return []string{sasl.Plain, xoauth2, sasl.OAuthBearer}
}

func (s *imapSession) Authenticate(mech string) (sasl.Server, error) {
	server := s.server.saslServer(mech, func() { s.UserSession = imapmemserver.NewUserSession(s.server.user) })
	if server == nil {
		return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Text: "SASL mechanism not supported"}
	}
	return server, nil
}

// Idle tells the client of every change. The memory server's own may miss one that comes right after the client was told
// that it idles, before it listens.
func (s *imapSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	for {
		changed := s.server.changes()
		if err := s.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}

// List tells of the folder of sent mails by its special use as well, which the memory server forgets.
func (s *imapSession) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if sent := s.server.options.Sent; sent != "" && options.ReturnSpecialUse {
		if err := w.WriteList(&imap.ListData{Mailbox: sent, Delim: '/', Attrs: []imap.MailboxAttr{imap.MailboxAttrSent}}); err != nil {
			return err
		}
	}
	return s.UserSession.List(w, ref, patterns, options)
}

func (s *imapSession) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, o *imap.StoreOptions) error {
	defer s.server.change()
	return s.UserSession.Store(w, set, flags, o)
}

func (s *imapSession) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	defer s.server.change()
	return s.UserSession.Expunge(w, uids)
}

func (s *imapSession) Copy(set imap.NumSet, to string) (*imap.CopyData, error) {
	defer s.server.change()
	return s.UserSession.Copy(set, to)
}

func (s *imapSession) Move(w *imapserver.MoveWriter, set imap.NumSet, to string) error {
	defer s.server.change()
	return s.UserSession.Move(w, set, to)
}

func (s *imapSession) Close() error {
	err := s.UserSession.Close()
	if s.ended != nil {
		s.ended()
	}
	return err
}

package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// Auth is how to log in. The zero Auth does not. Secrets are asked for at each login, so that a changed password or a
// renewed token is taken without a restart.
type Auth struct {
	User     string
	Password func(ctx context.Context) (string, error) // PLAIN, LOGIN, SCRAM or CRAM-MD5
	Token    func(ctx context.Context) (string, error) // an OAuth 2 access token for XOAUTH2 or OAUTHBEARER; goes before Password
}

// login logs in with the best that both sides know. It is only called on TLS, loopback or a Dial of the caller's.
func (s *Server) login(ctx context.Context, client *smtp.Client) error {
	if s.Auth.Token == nil && s.Auth.Password == nil {
		return nil
	}
	_, offer := client.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(offer))
	var mech smtp.Auth
	var err error
	if s.Auth.Token != nil {
		mech, err = s.tokenLogin(ctx, offered)
	} else {
		mech, err = s.passwordLogin(ctx, offered)
	}
	if err != nil {
		return err
	}
	if mech == nil {
		return fmt.Errorf("no way to log in that both sides know; the server offers %q", offer)
	}
	err = client.Auth(mech)
	if told, ok := mech.(*tokenAuth); ok && err != nil && told.challenge != "" {
		err = fmt.Errorf("%w (%s)", err, oneLine(told.challenge))
	}
	return err
}

func (s *Server) passwordLogin(ctx context.Context, offered []string) (smtp.Auth, error) {
	password, err := s.Auth.Password(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the password: %w", err)
	}
	user, host := s.Auth.User, s.host()
	switch has := func(mech string) bool { return slices.Contains(offered, mech) }; {
	case has("PLAIN"):
		return smtp.PlainAuth("", user, password, host, true), nil
	case has("LOGIN"):
		return smtp.LoginAuth(user, password, host, true), nil
	case has("SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(user, password), nil
	case has("SCRAM-SHA-1"):
		return smtp.ScramSHA1Auth(user, password), nil
	case has("CRAM-MD5"):
		return smtp.CRAMMD5Auth(user, password), nil
	}
	return nil, nil
}

func (s *Server) tokenLogin(ctx context.Context, offered []string) (smtp.Auth, error) {
	a := &tokenAuth{user: s.Auth.User}
	switch {
	case slices.Contains(offered, "XOAUTH2"):
		a.mech = "XOAUTH2"
	case slices.Contains(offered, "OAUTHBEARER"):
		a.mech = "OAUTHBEARER"
	default:
		return nil, nil
	}
	var err error
	if a.token, err = s.Auth.Token(ctx); err != nil {
		return nil, fmt.Errorf("getting a token: %w", err)
	}
	a.host, a.port, _ = net.SplitHostPort(s.Addr)
	return a, nil
}

// tokenAuth logs in with an access token. go-mail's own XOAUTH2 drops what the server says about a refused token, and
// it has no OAUTHBEARER (RFC 7628).
type tokenAuth struct {
	mech, user, token, host, port string
	challenge                     string // the server's words on why not
}

func (a *tokenAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	if strings.ContainsAny(a.user+a.token, "\x00\x01\r\n") {
		return "", nil, errors.New("control character in user or token")
	}
	if a.mech == "XOAUTH2" {
		return a.mech, []byte("user=" + a.user + "\x01auth=Bearer " + a.token + "\x01\x01"), nil
	}
	user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(a.user)
	return a.mech, []byte("n,a=" + user + ",\x01host=" + a.host + "\x01port=" + a.port + "\x01auth=Bearer " + a.token + "\x01\x01"), nil
}

// Next answers the challenge that tells of an error, so that the server goes on to refuse with a code.
func (a *tokenAuth) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	a.challenge = string(challenge)
	if a.mech == "XOAUTH2" {
		return []byte{}, nil
	}
	return []byte{1}, nil
}

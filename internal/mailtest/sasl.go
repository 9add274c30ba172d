package mailtest

import (
	"bytes"
	"crypto/subtle"
	"errors"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-sasl"
)

const xoauth2 = "XOAUTH2"

// saslServer is the server side of one login, nil for a mechanism that is not offered. It calls welcome on success.
func (s *Server) saslServer(mech string, welcome func()) sasl.Server {
	byToken := func(user, token string) bool {
		return user == s.options.Address && subtle.ConstantTimeCompare([]byte(token), []byte(s.options.Token)) == 1
	}
	switch {
	case mech == sasl.Plain:
		return sasl.NewPlainServer(func(identity, username, password string) error {
			if identity != "" && identity != username {
				return errors.New("no other identity")
			}
			if err := s.user.Login(username, password); err != nil {
				return err
			}
			welcome()
			return nil
		})
	case mech == sasl.OAuthBearer && s.options.Token != "":
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if !byToken(o.Username, o.Token) {
				return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			welcome()
			return nil
		})
	case mech == xoauth2 && s.options.Token != "":
		return &xoauth2Server{check: byToken, welcome: welcome}
	}
	return nil
}

// xoauth2Server is the server side of Google's and Microsoft's XOAUTH2: a refusal is a challenge with the reason, which
// the client answers with an empty line before it is told NO.
type xoauth2Server struct {
	check   func(user, token string) bool
	welcome func()
	refused bool
}

func (x *xoauth2Server) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.refused {
		return nil, false, imapserver.ErrAuthFailed
	}
	if response == nil {
		return []byte{}, false, nil
	}
	var user, token string
	for _, field := range bytes.Split(response, []byte{1}) {
		if rest, ok := bytes.CutPrefix(field, []byte("user=")); ok {
			user = string(rest)
		}
		if rest, ok := bytes.CutPrefix(field, []byte("auth=Bearer ")); ok {
			token = string(rest)
		}
	}
	if !x.check(user, token) {
		x.refused = true
		return []byte(`{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`), false, nil
	}
	x.welcome()
	return nil, true, nil
}

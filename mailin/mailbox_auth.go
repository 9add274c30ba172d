package mailin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// login proves who we are by the best way that the server offers. A refusal is a *loginError.
func (s *Session) login(ctx context.Context) error {
	auth := s.mailbox.Auth
	asking, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if auth.Token != nil {
		token, err := auth.Token(asking)
		if err != nil {
			return fmt.Errorf("asking for an access token: %w", err)
		}
		return s.loginWith(ctx, func() error { return s.byToken(auth.User, token) })
	}
	password, err := auth.Password(asking)
	if err != nil {
		return fmt.Errorf("asking for the password: %w", err)
	}
	if strings.ContainsAny(password, "\x00\r\n") {
		return s.refusal(errors.New("the password holds a line break or a null byte"))
	}
	return s.loginWith(ctx, func() error { return s.byPassword(auth.User, password) })
}

func (s *Session) loginWith(ctx context.Context, f func() error) error {
	if err := s.mailbox.Logins.tooSoon(time.Now()); err != nil {
		return s.refusal(err)
	}
	err := s.do(ctx, forCommand(), f)
	var no *imap.Error
	var oauth *sasl.OAuthBearerError
	if errors.As(err, &no) || errors.As(err, &oauth) || errors.Is(err, errNoMechanism) {
		s.mailbox.Logins.refuse(err, time.Now())
		return s.refusal(err)
	}
	if err != nil {
		return fmt.Errorf("logging in as %s: %w", s.mailbox.Auth.User, err)
	}
	return nil
}

func (s *Session) refusal(err error) error {
	return &loginError{user: s.mailbox.Auth.User, host: s.mailbox.host(), token: s.mailbox.Auth.Token != nil, err: err}
}

// Logins makes those who read one account heed a refusal that any of them got: a server may lock an account to which somebody tries to get in
// too often. The zero Logins knows of none, and a nil one is heeded by nobody.
type Logins struct {
	mu      sync.Mutex
	refused time.Time
	words   error
}

func (l *Logins) refuse(words error, now time.Time) {
	if l != nil {
		l.mu.Lock()
		l.refused, l.words = now, words
		l.mu.Unlock()
	}
}

// tooSoon is an error while a refusal is less than a minute old.
func (l *Logins) tooSoon(now time.Time) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if age := now.Sub(l.refused); l.words != nil && age >= 0 && age < loginPause {
		return fmt.Errorf("not tried within a minute after the server had said: %w", l.words)
	}
	return nil
}

var errNoMechanism = errors.New("the server offers no way to log in that we know")

func (s *Session) byToken(user, token string) error {
	caps := s.client.Caps()
	switch {
	case caps.Has(imap.AuthCap(sasl.OAuthBearer)):
		options := &sasl.OAuthBearerOptions{Username: user, Token: token, Host: s.mailbox.host()}
		if _, port, err := net.SplitHostPort(s.mailbox.Addr); err == nil {
			options.Port, _ = strconv.Atoi(port)
		}
		return s.client.Authenticate(sasl.NewOAuthBearerClient(options))
	case caps.Has(imap.AuthCap(xoauth2)):
		client := &xoauth2Client{user: user, token: token}
		err := s.client.Authenticate(client)
		if err != nil && client.status != "" {
			return fmt.Errorf("%w (status %s)", err, client.status)
		}
		return err
	}
	return fmt.Errorf("%w: with an access token it takes neither XOAUTH2 nor OAUTHBEARER", errNoMechanism)
}

func (s *Session) byPassword(user, password string) error {
	caps := s.client.Caps()
	if caps.Has(imap.AuthCap(sasl.Plain)) {
		err := s.client.Authenticate(sasl.NewPlainClient("", user, password))
		var answer *imap.Error
		if !errors.As(err, &answer) || answer.Type != imap.StatusResponseTypeBad {
			return err
		}
		// BAD: it does not know what it offers. A refused password is NO and is not tried twice.
	}
	if caps.Has(imap.CapLoginDisabled) {
		return fmt.Errorf("%w: it has switched off LOGIN and offers %s", errNoMechanism, strings.Join(mechanisms(caps), ", "))
	}
	return s.client.Login(user, password).Wait()
}

func mechanisms(caps imap.CapSet) []string {
	names := caps.AuthMechanisms()
	if len(names) == 0 {
		return []string{"nothing else"}
	}
	return names
}

const xoauth2 = "XOAUTH2"

// xoauth2Client is Google's and Microsoft's own mechanism for access tokens, older than OAUTHBEARER:
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
type xoauth2Client struct {
	user, token string
	status      string // why the server refused, as it says before it does
}

// Start gives the only thing that there is to say.
func (c *xoauth2Client) Start() (mechanism string, first []byte, err error) {
	return xoauth2, []byte("user=" + c.user + "\x01auth=Bearer " + c.token + "\x01\x01"), nil
}

// Next gives the empty answer after which the server refuses.
func (c *xoauth2Client) Next(challenge []byte) ([]byte, error) {
	var refused struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(challenge, &refused); err != nil {
		return nil, fmt.Errorf("reading the server's XOAUTH2 challenge: %w", err)
	}
	c.status = refused.Status
	return []byte{}, nil
}

// loginError is a server's refusal to let us in.
type loginError struct {
	user, host string
	token      bool // we came with an access token
	err        error
}

// Error gives the server's own words.
func (e *loginError) Error() string { return fmt.Sprintf("logging in as %s: %v", e.user, e.err) }

// Unwrap gives the server's answer.
func (e *loginError) Unwrap() error { return e.err }

// busy tells whether the server did not judge us at all.
func (e *loginError) busy() bool {
	var answer *imap.Error
	return errors.As(e.err, &answer) && isTemporary(answer)
}

// isTemporary tells whether a NO says something about the server's day and nothing about what was asked.
func isTemporary(answer *imap.Error) bool {
	switch answer.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeLimit, imap.ResponseCodeInUse, imap.ResponseCodeOverQuota, "THROTTLED":
		return true
	}
	text := strings.ToLower(answer.Text)
	for _, word := range []string{"throttl", "bandwidth limit", "too many", "try again", "temporar"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

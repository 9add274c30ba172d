package mailin_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"daybreak/internal/mailtest"
	"daybreak/mailin"
)

func TestLoginByEachMechanism(t *testing.T) {
	token := func(word string) mailin.Auth {
		return mailin.Auth{User: "updates@example.com", Token: func(context.Context) (string, error) { return word, nil }}
	}
	for _, c := range []struct {
		name, hide string // hide: capabilities that the client does not see
		auth       mailin.Auth
		refused    string // "" or what the error says
	}{
		{"PLAIN", "", password("secret"), ""},
		{"LOGIN", " AUTH=PLAIN", password("secret"), ""},
		{"OAUTHBEARER", "", token("t0ken"), ""},
		{"XOAUTH2", " AUTH=OAUTHBEARER", token("t0ken"), ""},
		{"wrong PLAIN", "", password("wrong"), "NO"},
		{"wrong LOGIN", " AUTH=PLAIN", password("wrong"), "NO"},
		{"wrong OAUTHBEARER", "", token("old"), "OAUTHBEARER authentication error (invalid"},
		{"wrong XOAUTH2", " AUTH=OAUTHBEARER", token("old"), "NO"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, m, _ := memory(t, func(o *mailtest.Options) { o.Token = "t0ken" })
				m.Auth = c.auth
				m.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
					conn, err := server.DialIMAP(ctx)
					return &replaced{conn, c.hide, ""}, err
				}
				s, err := m.Open(t.Context())
				if c.refused == "" {
					if err != nil {
						t.Fatal(err)
					}
					if caps := strings.Join(s.Capabilities(), " "); !strings.Contains(caps, "IMAP4rev1") {
						t.Errorf("capabilities are %q", caps)
					}
					s.Close()
					return
				}
				if err == nil {
					t.Fatal("let in")
				}
				if !strings.Contains(err.Error(), c.refused) || mailin.Hint(err) == "" {
					t.Errorf("error %q with hint %q", err, mailin.Hint(err))
				}
				if strings.Contains(err.Error(), "wrong") || strings.Contains(err.Error(), "old") {
					t.Errorf("the error tells the secret: %v", err)
				}
			})
		})
	}
}

// open opens a session with a script.
func open(t *testing.T, s *script, auth mailin.Auth) error {
	t.Helper()
	s.validity, s.mails = 77, map[uint32]string{}
	m := &mailin.Mailbox{Account: account, Addr: "script:143", Security: mailin.Plain, Auth: auth, Dial: s.dial}
	session, err := m.Open(t.Context())
	if err == nil {
		session.Close()
	}
	return err
}

func TestARefusedTokenIsAnsweredWithAnEmptyLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pending string
		s := &script{caps: "SASL-IR AUTH=XOAUTH2"}
		s.command = func(tag, line string) (string, bool) {
			switch {
			case strings.HasPrefix(line, "AUTHENTICATE"):
				pending = tag
				return "+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer"}`)) + "\r\n", true
			case tag == "" && line == "":
				return pending + " NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n", true
			}
			return "", false
		}
		err := open(t, s, mailin.Auth{User: "a@b.example", Token: func(context.Context) (string, error) { return "old", nil }})
		if want := "logging in as a@b.example: imap: NO [AUTHENTICATIONFAILED] Invalid credentials (Failure) (status 400)"; err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
		if !slices.Contains(s.heard, "") {
			t.Errorf("the server heard %q", s.heard)
		}
	})
}

func TestAServerThatDoesNotKnowPlainIsAskedByLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{caps: "SASL-IR AUTH=PLAIN"}
		s.command = func(tag, line string) (string, bool) {
			return tag + " BAD unknown mechanism\r\n", strings.HasPrefix(line, "AUTHENTICATE")
		}
		if err := open(t, s, password("sec\"ret")); err != nil {
			t.Error(err)
		}
		if last := s.heard[len(s.heard)-4:]; !slices.ContainsFunc(last, func(line string) bool {
			return strings.HasSuffix(line, `LOGIN "updates@example.com" "sec\"ret"`)
		}) {
			t.Errorf("the server heard %q", s.heard)
		}
	})
}

func TestAPasswordIsNotSentToAServerThatHasSwitchedOffLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{caps: "LOGINDISABLED AUTH=CRAM-MD5"}
		err := open(t, s, password("secret"))
		if err == nil || !strings.Contains(err.Error(), "CRAM-MD5") || mailin.Hint(err) == "" {
			t.Errorf("error %v with hint %q", err, mailin.Hint(err))
		}
		if strings.Contains(fmt.Sprint(s.heard), "secret") {
			t.Errorf("the server heard %q", s.heard)
		}
	})
}

func TestTheServersWordsAreKept(t *testing.T) {
	for _, c := range []struct{ says, want string }{
		{"* BYE too many connections from your address\r\n\x00", "too many connections from your address"},
		{"* NO go away\r\n\x00", "go away"},
		{"\x00", "the server closed the connection"},
		{"SSH-2.0-OpenSSH_9.2\r\n\x00", "greeting script:143"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{greeting: c.says}
			err := open(t, s, password("secret"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.command = func(tag, line string) (string, bool) {
			return "* BYE Session expired, please login again.\r\n\x00", strings.HasPrefix(line, "EXAMINE")
		}
		if err := open(t, s, password("secret")); err == nil || !strings.Contains(err.Error(), "Session expired, please login again.") {
			t.Errorf("got %v", err)
		}
	})
}

func TestAMissingFolderIsSaidSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.command = func(tag, line string) (string, bool) {
			return tag + " NO [NONEXISTENT] no such mailbox\r\n", strings.HasPrefix(line, "EXAMINE")
		}
		err := open(t, s, password("secret"))
		if err == nil || !strings.Contains(err.Error(), "no such mailbox") || !strings.Contains(mailin.Hint(err), "folder") {
			t.Errorf("error %v with hint %q", err, mailin.Hint(err))
		}
	})
}

func TestARefusalHasAHintForItsProvider(t *testing.T) {
	for _, c := range []struct{ host, says, hint string }{
		{"imap.gmail.com:993", "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)", "https://myaccount.google.com/apppasswords"},
		{"imap.gmail.com:993", "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "app password"},
		{"imap.gmail.com:993", "NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)", "sign in once"},
		{"imap.gmail.com:993", "NO [ALERT] Your account is not enabled for IMAP use. (Failure)", "switch it on"},
		{"outlook.office365.com:993", "NO LOGIN failed.", "[imap.oauth]"},
		{"mail.example.com:993", "NO AUTHENTICATE failed: Basic authentication is disabled.", "[imap.oauth]"},
		{"mail.example.com:993", "NO [AUTHENTICATIONFAILED] Authentication failed.", "password_file"},
		{"mail.example.com:993", "NO [LIMIT] Maximum number of connections exceeded", "closing other mail clients"},
		{"mail.example.com:993", "NO [UNAVAILABLE] Temporary authentication failure.", "tried again"},
		{"imap.notgmail.com:993", "NO no", "password_file"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{caps: "SASL-IR AUTH=PLAIN"}
			s.command = func(tag, line string) (string, bool) {
				return tag + " " + c.says + "\r\n", strings.HasPrefix(line, "AUTHENTICATE")
			}
			m := &mailin.Mailbox{Addr: c.host, Security: mailin.Plain, Auth: password("secret"), Dial: s.dial}
			_, err := m.Open(t.Context())
			if err == nil {
				t.Fatal("let in")
			}
			if hint := mailin.Hint(err); !strings.Contains(hint, c.hint) {
				t.Errorf("%s says %q: hint %q, want %q in it", c.host, c.says, hint, c.hint)
			}
			if words, _, _ := strings.Cut(c.says[3:], ":"); !strings.Contains(err.Error(), words) {
				t.Errorf("error %q leaves out the server's words", err)
			}
		})
	}
}

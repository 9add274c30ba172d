package mailin_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

func TestAnAnswerToIDThatCannotBeReadIsAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{caps: "SASL-IR AUTH=PLAIN ID"}
		s.command = func(tag, line string) (string, bool) {
			return "* ID (\"name\" NIL)\r\n" + tag + " OK\r\n", strings.HasPrefix(line, "ID ")
		}
		live(t, s).check(t, "m1 m2 m3 m4 m5")
		if s.greeted != 2 {
			t.Errorf("it took %d connections", s.greeted)
		}
	})
}

func TestAFirstStartWithoutUIDNEXTGoesByTheHighestUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{uidNext: "-"}
		l := live(t, s, func(_ *mailin.Mailbox, l *ledger) { l.known = false })
		l.check(t, "")
		if l.cursor.LastUID != 5 {
			t.Errorf("the cursor is at %d", l.cursor.LastUID)
		}
		s.mails[9] = string(letter("m9"))
		live(t, s, func(m *mailin.Mailbox, _ *ledger) { m.Store, m.Receive = l, l.receive })
		l.check(t, "m9")
	})
}

func TestAServerThatRefusesToSearchAnEmptyFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{mails: map[uint32]string{}, uidNext: "-"}
		s.command = func(tag, line string) (string, bool) {
			return tag + " BAD invalid sequence\r\n", strings.HasPrefix(line, "UID SEARCH") && len(s.mails) == 0
		}
		l := live(t, s, func(_ *mailin.Mailbox, l *ledger) { l.known = false })
		if len(l.seen) == 0 || s.greeted != 1 {
			t.Errorf("seen %d times in %d connections", len(l.seen), s.greeted)
		}
	})
}

func TestAServerRestoredFromACopyIsLookedThroughAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		l := live(t, s, func(_ *mailin.Mailbox, l *ledger) { l.cursor.LastUID = 40 })
		l.check(t, "m1 m2 m3 m4 m5")
		if l.baseline != 1 {
			t.Errorf("the cursor was set %d times", l.baseline)
		}
	})
}

func TestAStaleUIDNEXTChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{uidNext: "3"}
		l := live(t, s, func(_ *mailin.Mailbox, l *ledger) { l.cursor.LastUID = 4 })
		l.check(t, "m5")
		if l.baseline != 0 {
			t.Errorf("the cursor was set %d times", l.baseline)
		}
	})
}

func TestAHugeSearchAnswerIsTakenInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{mails: map[uint32]string{}}
		for uid := range uint32(12_000) {
			s.mails[2*uid+1] = "x"
		}
		l := newLedger()
		l.arrived = make(chan struct{}, 20_000)
		l.known, l.cursor = true, team.Cursor{Account: account, Validity: 77, BaselineAt: time.Now()}
		live(t, s, func(m *mailin.Mailbox, _ *ledger) { m.Store, m.Receive = l, l.receive })
		if n := len(l.mails()); n != 12_000 || len(l.wrong) > 0 {
			t.Errorf("%d mails, %v", n, l.wrong)
		}
	})
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

package mailin_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// FuzzWhateverTheServerSays puts bytes in place of the server's n-th answer. The session must end or go on, in bounded time and
// memory, and nothing may be received that was not asked for.
func FuzzWhateverTheServerSays(f *testing.F) {
	for _, said := range []string{
		"* BYE\r\n", "* 3 FETCH (UID 3 BODY[] NIL)\r\nT4 OK\r\n", "* SEARCH 1 0 4294967295 2\r\nT4 OK\r\n", "* ESEARCH (TAG \"T4\") UID ALL 1:4294967295\r\n",
		"T5 NO [BADCHARSET (US-ASCII)] no\r\n", "* OK [UIDVALIDITY 99999999999] x\r\n", "+ \r\n", "* 1 FETCH (UID 1 BODY[] {5}\r\nabc", "\x00\xff",
		"* FLAGS (foo]bar)\r\n", "* 0 EXISTS\r\n* 0 EXPUNGE\r\nT6 OK\r\n", "* LIST () \"/\" x\r\nT7 OK [COPYUID 1 2 3] x\r\n",
	} {
		for n := range 8 {
			f.Add(n, said)
		}
	}
	f.Fuzz(func(t *testing.T, n int, said string) {
		synctest.Test(t, func(t *testing.T) {
			s := &script{caps: "SASL-IR AUTH=PLAIN ID", mails: map[uint32]string{1: string(letter("m1")), 2: string(letter("m2"))}, validity: 77}
			answered := 0
			s.command = func(string, string) (string, bool) {
				answered++
				return said, answered == n
			}
			l := newLedger()
			l.known, l.cursor = true, team.Cursor{Account: account, Validity: 77, BaselineAt: time.Now()}
			m := &mailin.Mailbox{Account: account, Addr: "script:143", Security: mailin.Plain, Auth: password("secret"), Store: l,
				Receive: l.receive, Dial: s.dial, Log: nil}
			ctx, cancel := context.WithTimeout(t.Context(), 48*time.Hour)
			defer cancel()
			m.Run(ctx)
			got := l.subjects()
			if l.cursor.LastUID < 2 && l.cursor.Validity == 77 {
				t.Errorf("after two days the cursor is at %d, received %q", l.cursor.LastUID, got)
			}
			for _, wrong := range l.wrong {
				t.Error(wrong)
			}
			// What the server says can be a mail of its own, but what it has is not lost.
			if !strings.Contains(strings.ToUpper(said), "FETCH") && !strings.Contains(strings.ToUpper(said), "SEARCH") &&
				!strings.Contains(strings.ToUpper(said), "UIDVALIDITY") && got != "m1 m2" {
				t.Errorf("received %q", got)
			}
		})
	})
}

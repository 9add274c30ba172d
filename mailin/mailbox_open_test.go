package mailin_test

import (
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

package outbox

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestWhatIsAboutUsHoldsTheOutboxAndFailsNoMail(t *testing.T) {
	const held, waits, failed = "queued queued ", "queued sent ", "failed sent "
	for _, c := range []struct {
		phase Phase
		says  string
		want  string // the states after the first mail got this answer once
		hint  string // if it is held
	}{
		{PhaseMail, "502 5.7.0 Please authenticate first", held, "set user and password_file under [smtp]"},
		{PhaseMail, "503 5.5.1 You need to log in first", held, "set user and password_file under [smtp]"},
		{PhaseMail, "550 5.7.1 we do not like you", held, "takes no mail from this sender"},
		{PhaseMail, "550 never", held, "takes no mail from this sender"},
		{PhaseMail, "553 5.7.1 <x@y>: Sender address rejected: not owned by u", held, "send as"},
		{PhaseMail, "552 5.3.4 message size exceeds fixed limit", failed, ""},
		{PhaseMail, "552 too large", failed, ""},
		{PhaseMail, "554 5.3.4 too large", failed, ""},
		{PhaseMail, "550 5.2.3 too long", failed, ""},
		{PhaseMail, "550 5.1.1 no such user", failed, ""},
		{PhaseMail, "451 4.3.0 later", waits, ""},

		{PhaseRcpt, "530 5.7.0 authentication required", held, "wants a login first"},
		{PhaseRcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example", held, "refuses this machine"},
		{PhaseRcpt, "554 5.7.1 <aiko@example.com>: Relay access denied", waits, ""},
		{PhaseRcpt, "553 5.7.1 <x@y>: Sender address rejected: not owned by u", waits, ""},
		{PhaseRcpt, "550 5.7.1 we do not like you", failed, ""},
		{PhaseRcpt, "552 5.2.2 mailbox over quota", failed, ""},
		{PhaseRcpt, "550 5.7.1 user has received too many messages per hour, rate limit", failed, ""},
		{PhaseRcpt, "450 4.2.1 the user you are trying to contact is receiving mail at a rate that is over the limit", waits, ""},

		{PhaseMail, "550 5.4.5 Daily user sending limit exceeded. abc - gsmtp", held, "a slower pace"},
		{PhaseRcpt, "550-5.4.5 Daily SMTP relay sending limit exceeded for customer", held, "a slower pace"},
		{PhaseRcpt, "452 4.5.3 Too many recipients", held, "a slower pace"},
		{PhaseRcpt, "450 4.7.1 Error: too much mail from 192.0.2.1", held, "a slower pace"},
		{PhaseData, "550 5.7.1 Daily user sending limit exceeded", held, "a slower pace"},
		{PhaseDot, "550 5.4.5 Daily user sending quota exceeded", held, "a slower pace"},
		{PhaseDot, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", held, "a slower pace"},
		{PhaseDot, "550 5.7.232 your message can't be sent because your trial tenant has exceeded its daily limit", held, "a slower pace"},
		{PhaseDot, "454 Throttling failure: Maximum sending rate exceeded.", held, "a slower pace"},
		{PhaseDot, "454 Throttling failure: Daily message quota exceeded.", held, "a slower pace"},
		{PhaseDot, "550 Domain example.com has exceeded the max emails per hour (150/150) allowed", held, "a slower pace"},
		{PhaseDot, "552 5.2.3 Your message exceeded our message size limits", failed, ""},
		{PhaseDot, "550 5.7.1 this looks like spam", failed, ""},
		{PhaseDot, "554 5.6.0 the relay refuses mail over its size limit", failed, ""},
	} {
		d := newDesk(t)
		now := time.Now()
		d.put(now, letters(2)...)
		line := c.says
		if line[3] == '-' { // an answer has a last line
			line += "\r\n" + line[:3] + " that is all"
		}
		s := &script{does: once(1, 1, c.phase, line)}
		o := d.outbox(s.server())
		_, err := o.Drain(t.Context(), now)
		if got := d.states(); got != c.want {
			t.Errorf("%s: %s: states %s, want %s", c.phase, c.says, got, c.want)
		}
		if c.want == held {
			wantError(t, err, c.phase, c.hint)
			wantError(t, o.Trouble(), c.phase, c.hint)
			if !strings.Contains(err.Error(), c.says[4:9]) || !strings.HasPrefix(d.row(1).line, c.says[:3]) {
				t.Errorf("%s: %v, %+v: want the server's line", c.says, err, d.row(1))
			}
		} else if err != nil || o.Trouble() != nil {
			t.Errorf("%s: %s: %v, trouble %v", c.phase, c.says, err, o.Trouble())
		}
	}
}

func TestARelayWithoutLoginThatWantsOneGivesNoMailUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(20)...)
		var loggedIn atomic.Bool
		s := &script{does: func(_, _ int, p Phase) string {
			if p == PhaseMail && !loggedIn.Load() {
				return "502 5.7.0 Please authenticate first"
			}
			return usual
		}}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if tries := strings.Count(s.commands(), "MAIL FROM"); tries < 10 || tries > 20 {
			t.Errorf("tried %d times in three hours", tries)
		}
		if got := d.states(); got != strings.Repeat("queued ", 20) {
			t.Errorf("states %s", got)
		}
		wantError(t, o.Trouble(), PhaseMail, "set user and password_file")
		loggedIn.Store(true)
		time.Sleep(25 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 20)
		if o.Trouble() != nil {
			t.Errorf("trouble: %v", o.Trouble())
		}
	})
}

func TestTheOnlyMailIsTriedLessAndLessWhileSendingIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letter(1))
		s := &script{does: func(_, _ int, p Phase) string {
			return map[Phase]string{PhaseMail: "550 5.7.1 account suspended"}[p]
		}}
		o := d.outbox(s.server())
		stop := d.running(o)
		for range 3 * 60 * 6 {
			time.Sleep(10 * time.Second)
			if e := (*Error)(nil); !errors.As(o.Trouble(), &e) {
				t.Fatal("there is no trouble while it lasts")
			}
		}
		stop()
		s.serving.Wait()
		if tries := strings.Count(s.commands(), "MAIL FROM"); tries < 10 || tries > 20 {
			t.Errorf("tried %d times in three hours", tries)
		}
	})
}

func TestAMailThatAServerMisjudgesDoesNotStandInTheWayOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(10)...)
		if _, err := d.db.Exec(`UPDATE outbox SET mail_from = 'odd@example.com' WHERE id = 1`); err != nil {
			t.Fatal(err)
		}
		s := &script{}
		s.does = func(_, _ int, p Phase) string {
			if heard := s.commands(); p == PhaseMail && strings.Contains(heard[strings.LastIndex(heard, "\n"):], "odd@") {
				return "550 5.7.1 an odd one"
			}
			return usual
		}
		stop := d.running(d.outbox(s.server()))
		time.Sleep(90 * time.Second)
		if n := len(s.all()); n != 9 {
			t.Errorf("%d of the other 9 were sent", n)
		}
		stop()
		s.serving.Wait()
	})
}

func TestAServerThatRefusesTheNullSenderHoldsNothing(t *testing.T) {
	for says, want := range map[string]string{
		"550 5.7.1 null sender not allowed":   "queued sent ",
		"502 5.7.0 Please authenticate first": "queued queued ",
		"552 5.3.4 too large":                 "failed sent ",
	} {
		d := newDesk(t)
		now := time.Now()
		receipt := letter(1)
		receipt.From, receipt.Kind = "", team.ReceiptMail
		d.put(now, receipt, letter(2))
		s := &script{does: once(1, 1, PhaseMail, says)}
		o := d.outbox(s.server())
		_, err := o.Drain(t.Context(), now)
		if got := d.states(); got != want || (err != nil) != strings.HasPrefix(says, "502") {
			t.Errorf("%s: states %s, %v", says, got, err)
		}
	}
}

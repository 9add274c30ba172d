package outbox

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

func TestDueMailIsSentOverOneConnectionAndEachOnce(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) // a virtual clock
	d.put(now, letters(120)...)
	d.put(now.Add(time.Hour), letter(121))
	s := &script{}
	o := d.outbox(s.server())
	told := 0
	o.Sent = func(m team.Outgoing, r team.SendResult, _ time.Duration) {
		if told++; m.ID != int64(told) || r.State != team.SentOut {
			t.Errorf("told of mail %d: %+v", m.ID, r)
		}
	}
	if sent, err := o.Drain(t.Context(), now); sent != 120 || err != nil {
		t.Errorf("sent %d, %v", sent, err)
	}
	wantOnce(t, s.all(), 120)
	if s.sessions != 1 || told != 120 {
		t.Errorf("%d connections, told of %d mails", s.sessions, told)
	}
	if sent, err := o.Drain(t.Context(), now.Add(time.Hour)); sent != 1 || err != nil || s.sessions != 1 {
		t.Errorf("sent %d, %v, %d connections", sent, err, s.sessions)
	}
}

func TestAPaceOf25AMinuteTakes4MinutesFor100Mails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(100)...)
		s := &script{}
		o := d.outbox(s.server())
		o.Pace = Pace{25, time.Minute}
		began := time.Now()
		if sent, err := o.Drain(t.Context(), began); sent != 100 || err != nil {
			t.Errorf("sent %d, %v", sent, err)
		}
		if took := time.Since(began); took < 3*time.Minute+57*time.Second || took > 4*time.Minute {
			t.Errorf("took %s", took)
		}
		o.Close()
		s.serving.Wait()
		wantOnce(t, s.all(), 100)
	})
}

func TestASlowPaceDoesNotHoldAConnectionOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		s := &script{}
		o := d.outbox(s.server())
		o.Pace = Pace{2, time.Minute}
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
		if s.sessions != 5 || strings.Count(s.commands(), "QUIT") != 5 {
			t.Errorf("%d connections", s.sessions)
		}
	})
}

func TestAnIdleConnectionIsClosedAndAKickOpensAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letter(1))
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(14 * time.Second)
		if strings.Contains(s.commands(), "QUIT") || len(s.all()) != 1 {
			t.Errorf("heard\n%s", s.commands())
		}
		time.Sleep(2 * time.Second)
		if !strings.HasSuffix(s.commands(), "QUIT") {
			t.Errorf("heard\n%s", s.commands())
		}
		time.Sleep(20 * time.Second)
		d.put(time.Now(), letter(2))
		o.Kick <- struct{}{}
		synctest.Wait()
		if len(s.all()) != 2 || s.sessions != 2 {
			t.Errorf("%d mails, %d connections", len(s.all()), s.sessions)
		}
		d.put(time.Now().Add(5*time.Second), letter(3)) // nobody tells of it
		time.Sleep(61 * time.Second)
		if len(s.all()) != 3 {
			t.Error("due mail waits for more than a minute")
		}
		stop()
		s.serving.Wait()
	})
}

func TestASentMailThatCannotBeRecordedHoldsTheOthersAndIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		d.forbid("sent")
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		if n := len(s.all()); n != 1 {
			t.Errorf("%d mails were sent while no result could be recorded", n)
		}
		d.allow("sent")
		time.Sleep(2 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
		if d.states() != "sent sent sent sent sent " {
			t.Errorf("states %s", d.states())
		}
	})
}

func TestAFullDiskStopsSendingBeforeTheDot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(5)...)
		d.forbid("dot")
		s := &script{}
		o := d.outbox(s.server())
		stop := d.running(o)
		time.Sleep(10 * time.Minute)
		if len(s.all()) != 0 || strings.Contains(s.commands(), "QUIT") {
			t.Errorf("%d mails were sent without their mark; heard\n%s", len(s.all()), s.commands())
		}
		d.allow("dot")
		time.Sleep(20 * time.Minute)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 5)
	})
}

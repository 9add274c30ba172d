package outbox

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

// sentFolder is where a provider keeps what was sent, or does not.
type sentFolder struct {
	keeps bool
	err   error
	ids   []string
	looks []time.Time
	lasts time.Duration // how long a look takes
}

func (f *sentFolder) find(ctx context.Context, ids []string, since time.Time) (there []string, kept bool, err error) {
	f.looks = append(f.looks, time.Now())
	select {
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case <-time.After(f.lasts):
	}
	for _, id := range f.ids {
		if slices.Contains(ids, id) {
			there = append(there, id)
		}
	}
	return there, f.keeps, f.err
}

// crashed leaves two mails: the first was handed over to its final dot when the process died at now, the second waits.
func crashed(t *testing.T) (d *desk, now time.Time) {
	d, now = newDesk(t), time.Now()
	d.put(now, letters(2)...)
	dead, err := d.ClaimOutgoing(t.Context(), now, 15*time.Minute, 1)
	if err != nil || len(dead) != 1 {
		t.Fatal(dead, err)
	}
	if err := d.MarkDot(t.Context(), 1, dead[0].Epoch, now); err != nil {
		t.Fatal(err)
	}
	return d, now
}

func TestAMailWhoseAnswerWasLostIsLookedForBeforeItIsSentAgain(t *testing.T) {
	first := letter(1).MessageID
	for name, c := range map[string]struct {
		folder sentFolder
		down   time.Duration // from the crash to the next start
		again  time.Duration // after that start the first mail is sent again; -1: it is not
		looks  int
		line   string
	}{
		"it is there":                       {sentFolder{keeps: true, ids: []string{first}}, 0, -1, 1, foundLine},
		"it is there after a long time":     {sentFolder{keeps: true, ids: []string{first}}, 72 * time.Hour, -1, 1, foundLine},
		"it is not there yet, and never is": {sentFolder{keeps: true}, 10 * time.Second, 50 * time.Second, 2, "250 2.0.0 queued as 2"},
		"it is not there for long":          {sentFolder{keeps: true}, time.Hour, 0, 1, "250 2.0.0 queued as 1"},
		"there is no such folder":           {sentFolder{}, 0, 0, 1, "250 2.0.0 queued as 1"},
		"the mailbox cannot be reached":     {sentFolder{err: errors.New("refused")}, 0, 10 * time.Minute, 3, "250 2.0.0 queued as 2"},
		"the mailbox says nothing":          {sentFolder{lasts: time.Hour}, 0, 12 * time.Minute, 3, "250 2.0.0 queued as 2"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, _ := crashed(t)
				time.Sleep(c.down)
				s := &script{}
				o := d.outbox(s.server())
				o.Filed = c.folder.find
				var hooked []team.OutboxState
				o.Sent = func(m team.Outgoing, r team.SendResult, _ time.Duration) {
					if m.ID == 1 {
						hooked = append(hooked, r.State)
					}
				}
				began := time.Now()
				stop := d.running(o)
				count := func() int { return copies(t, s.all())[first] }
				if c.again > 0 {
					time.Sleep(c.again - time.Second)
					if count() != 0 {
						t.Errorf("sent again within %s", time.Since(began))
					}
				}
				time.Sleep(5 * time.Minute)
				stop()
				s.serving.Wait()
				want := 1
				if c.again < 0 {
					want = 0
				}
				if got := count(); got != want {
					t.Errorf("sent again %d times, want %d", got, want)
				}
				if len(c.folder.looks) != c.looks {
					t.Errorf("looked at %v", c.folder.looks)
				}
				if r := d.row(1); r.state != team.SentOut || r.line != c.line {
					t.Errorf("the mail is %+v", r)
				}
				if !slices.Equal(hooked, []team.OutboxState{team.SentOut}) {
					t.Errorf("told of %v", hooked)
				}
				for _, m := range s.all() {
					if m.raw != string(letter(1).Raw) && m.raw != string(letter(2).Raw) {
						t.Errorf("sent other bytes: %q", m.raw)
					}
				}
				if got := copies(t, s.all())[letter(2).MessageID]; got != 1 {
					t.Errorf("the other mail was sent %d times", got)
				}
			})
		})
	}
}

// An answer may be lost without a crash: the claim runs out, and then the mail is looked for as well.
func TestALostAnswerIsLookedForWhenTheClaimHasRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(2)...)
		s := &script{does: once(1, 1, PhaseDot, quits)}
		folder := sentFolder{keeps: true, ids: []string{letter(1).MessageID}}
		o := d.outbox(s.server())
		o.Filed = folder.find
		stop := d.running(o)
		time.Sleep(time.Hour)
		stop()
		s.serving.Wait()
		wantOnce(t, s.all(), 2)
		if r := d.row(1); r.state != team.SentOut || r.line != foundLine || len(folder.looks) != 1 {
			t.Errorf("the mail is %+v after looks at %v", r, folder.looks)
		}
	})
}

// What may have been read is not given up as too late and told again: it is looked for, whatever became of the daemon meanwhile.
func TestAMailThatIsTooLateIsLookedForToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, found := range []bool{true, false} {
			d := newDesk(t)
			m := letter(1)
			m.ExpiresAt = time.Now().Add(12 * time.Hour)
			d.put(time.Now(), m)
			dead, err := d.ClaimOutgoing(t.Context(), time.Now(), 15*time.Minute, 1)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.MarkDot(t.Context(), 1, dead[0].Epoch, time.Now()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(48 * time.Hour)
			folder, want := sentFolder{keeps: true}, team.Expired
			if found {
				folder.ids, want = []string{m.MessageID}, team.SentOut
			}
			s := &script{}
			o := d.outbox(s.server())
			o.Filed = folder.find
			stop := d.running(o)
			time.Sleep(time.Minute)
			stop()
			s.serving.Wait()
			if r := d.row(1); r.state != want || len(s.all()) != 0 {
				t.Errorf("found %v: the mail is %+v, and %d were sent", found, r, len(s.all()))
			}
		}
	})
}

func TestAStopDoesNotWaitForALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := crashed(t)
		folder := sentFolder{lasts: time.Hour}
		o := d.outbox((&script{}).server())
		o.Filed = folder.find
		stop := d.running(o)
		time.Sleep(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("ended after %s", took)
		}
		if r := d.row(1); r.state != team.Dot {
			t.Errorf("the mail is %+v", r)
		}
	})
}

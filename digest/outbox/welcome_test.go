package outbox

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
)

// A mail whose member's hours have changed since it was made is looked at again, and only such a mail.
func TestAMailIsLookedAtAgainIfItsMembersHoursHaveChanged(t *testing.T) {
	d := newDesk(t)
	now := time.Now()
	_, err := d.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{Team: team.Team{Slug: "platform", Name: "Platform"},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko", Addresses: []string{"aiko@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo"}}}}}}}, false, now)
	if err != nil {
		t.Fatal(err)
	}
	d.put(now, letters(4)...)
	for _, change := range []string{
		`UPDATE outbox SET member_id = 1, rcpt_to = 'aiko@example.com', revision = (SELECT revision FROM member WHERE id = 1)`,
		`UPDATE outbox SET revision = revision - 1 WHERE id IN (2, 3, 4)`,
		`UPDATE outbox SET kind = 'receipt' WHERE id = 3`,
		`UPDATE outbox SET state = 'dot' WHERE id = 4`,
	} {
		if _, err := d.db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	s := &script{}
	o := d.outbox(s.server())
	asked := ""
	o.Welcome = func(_ context.Context, m team.Outgoing, now time.Time) (time.Time, error) {
		asked += fmt.Sprint(m.ID, " ")
		if m.ID == 3 { // an answer that is too late for today
			return now.Add(time.Hour), nil
		}
		return time.Time{}, nil
	}
	sent, err := o.Drain(t.Context(), now)
	if err != nil || sent != 2 || asked != "2 3 " {
		t.Errorf("%d sent, asked about %s, %v", sent, asked, err)
	}
	if next, _, err := d.NextOutgoing(t.Context()); err != nil || next.Sub(now).Round(time.Minute) != time.Hour {
		t.Errorf("the answer leaves at %s, %v", next, err)
	}
	if got := d.states(); got != "sent expired queued sent " || d.row(2).line != "it is outside the member's hours now" {
		t.Errorf("states %s, %+v", got, d.row(2))
	}
}

func TestAMailWhoseTimeRunsOutWhileOthersGoIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		now := time.Now()
		mails := letters(3)
		for i := range mails {
			mails[i].ExpiresAt = now.Add(25 * time.Second) // all are claimed before
		}
		d.put(now, mails...)
		s := &script{}
		o := d.outbox(s.server())
		o.Pace = Pace{3, time.Minute}
		sent, err := o.Drain(t.Context(), now)
		if got := d.states(); err != nil || sent != 2 || got != "sent sent expired " {
			t.Errorf("%d sent, %v, states %s", sent, err, got)
		}
		o.Close()
		s.serving.Wait()
	})
}

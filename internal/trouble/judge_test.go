package trouble

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// morning is a Wednesday.
var morning = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

func TestSilenceIsATroubleAndAQuietDayIsNot(t *testing.T) {
	ago := func(d time.Duration) time.Time { return morning.Add(-d) }
	well := team.Vitals{LookedAt: ago(time.Minute), MailAt: ago(time.Hour), DigestAt: ago(time.Hour), CheckedAt: ago(time.Hour)}
	for _, c := range []struct {
		says   string
		change func(*team.Vitals)
		want   team.TroubleKind // "" for none
		since  time.Time
	}{
		{"all well", func(*team.Vitals) {}, "", time.Time{}},
		{"nothing was ever done", func(v *team.Vitals) { *v = team.Vitals{} }, "", time.Time{}},
		{"a weekend without a mail", func(v *team.Vitals) { v.MailAt = ago(90 * time.Hour) }, "", time.Time{}},
		{"two days on which nobody answered", func(v *team.Vitals) { v.AskedOn, v.AskedAt = 2, ago(60*time.Hour) }, "", time.Time{}},
		{"three such days", func(v *team.Vitals) { v.AskedOn, v.AskedAt = 3, ago(60*time.Hour) }, team.NoMailTrouble, ago(60 * time.Hour)},
		{"a digest that was just made", func(v *team.Vitals) { v.OwedAt = ago(50 * time.Minute) }, "", time.Time{}},
		{"a digest that should have left", func(v *team.Vitals) { v.OwedAt = ago(2 * time.Hour) }, team.NoDigestTrouble, ago(2 * time.Hour)},
		{"a mail that waits a little", func(v *team.Vitals) { v.Waiting, v.WaitsAt = 1, ago(time.Hour) }, "", time.Time{}},
		{"a mail that waits too long", func(v *team.Vitals) { v.Waiting, v.WaitsAt = 1, ago(61*time.Minute) }, team.WaitingTrouble, ago(61 * time.Minute)},
		{"a slot that nobody acts on", func(v *team.Vitals) { v.DueAt = ago(2 * time.Hour) }, team.BehindTrouble, ago(2 * time.Hour)},
		{"a digest given up", func(v *team.Vitals) { v.GivenUp, v.GivenUpAt = 1, ago(time.Hour) }, team.GivenUpTrouble, ago(time.Hour)},
		{"a mail that could not be read", func(v *team.Vitals) { v.Unread, v.UnreadAt = 2, ago(time.Hour) }, team.UnreadTrouble, ago(time.Hour)},
		{"a mail to the admin that came back", func(v *team.Vitals) { v.Refused, v.RefusedAt = "550 no", ago(time.Hour) }, team.AdminTrouble, ago(time.Hour)},
		{"damage", func(v *team.Vitals) { v.Damage = "row 3 missing" }, team.DamagedTrouble, ago(time.Hour)},
	} {
		v := well
		c.change(&v)
		list := Judge(v, morning)
		if c.want == "" && len(list) > 0 || c.want != "" && (len(list) != 1 || list[0].Kind != c.want || !list[0].Since.Equal(c.since)) {
			t.Errorf("%s: %+v, want %q since %s", c.says, list, c.want, c.since)
		}
		for _, got := range list {
			if got.What == "" || got.Hint == "" || strings.HasSuffix(got.What, ".") || !judged(got.Kind) {
				t.Errorf("%s: it is told as %+v", c.says, got)
			}
		}
	}
}

func TestTheMailboxIsUnseenAfterAQuarterOfAnHour(t *testing.T) {
	if _, unseen := Unseen("", morning.Add(-Silence), morning); unseen {
		t.Error("too soon")
	}
	if got, unseen := Unseen("", morning.Add(-Silence-time.Second), morning); !unseen || got.Kind != team.MailboxTrouble {
		t.Errorf("%+v %t", got, unseen)
	}
}

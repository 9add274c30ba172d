package mailin_test

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestAMailOfAnotherDaybreakIsNeverAnsweredAndStopsWhatIsSentThere(t *testing.T) {
	const prompt = "Auto-Submitted: auto-generated\nList-Id: <crew.daybreak.example.com>\n"
	for _, c := range []struct {
		says  string
		mail  mail
		proof bool // the server says that the sender is forged
		stops bool
	}{
		{"from a member's main address", mail{extra: prompt + "X-Daybreak: Aiko@example.com\n"}, false, true},
		{"from another address of theirs", mail{from: "aiko@home.example", extra: prompt + "X-Daybreak: aiko@home.example\n"}, false, false},
		{"in another's name", mail{extra: prompt + "X-Daybreak: updates@other.example\n"}, false, false},
		{"by ourselves", mail{extra: prompt + "X-Daybreak: " + own + "\n"}, false, false},
		{"without its mark", mail{extra: prompt}, false, false},
		{"with its mark alone", mail{extra: "X-Daybreak: aiko@example.com\n"}, false, true},
		{"from nobody known", mail{from: "updates@other.example", extra: prompt + "X-Daybreak: updates@other.example\n"}, false, false},
		{"forged", mail{extra: prompt + "X-Daybreak: aiko@example.com\n"}, true, false},
	} {
		o := newOffice(t)
		if c.proof {
			o.checks("mx.example.com", team.SendersWarn)
			c.mail.extra = dmarcBad + c.mail.extra
		}
		got := o.take(o.raw(c.mail))
		if got.Outcome != team.AutoReply || got.Answer != nil || got.Update != nil {
			t.Errorf("%s: %s (%s), %+v", c.says, got.Outcome, got.Reason, got.Answer)
		}
		if got.Daybreak != c.stops || o.reachable("aiko@example.com") == c.stops {
			t.Errorf("%s: stops %v (%s)", c.says, got.Daybreak, got.Reason)
		}
		if c.stops != strings.Contains(got.Reason, "nothing more is sent there") {
			t.Errorf("%s: %s", c.says, got.Reason)
		}
		o.receiver.Proof = nil
		if got := o.take(o.raw(mail{})); got.Outcome != team.Stored || !o.reachable("aiko@example.com") {
			t.Errorf("%s: a mail of hers is %s (%s), reachable %v", c.says, got.Outcome, got.Reason, o.reachable("aiko@example.com"))
		}
	}
}

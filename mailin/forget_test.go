package mailin_test

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestWhoAsksToBeForgottenIsAskedAndThenGone(t *testing.T) {
	for _, c := range []struct {
		says, from, answer, extra string
		outcome                   team.Outcome
		gone                      bool
	}{
		{"yes", "", "yes", "", team.Command, true},
		{"yes, and a name", "", "Yes\n\nAiko", "", team.Command, true},
		{"no", "", "no", "", team.Command, false},
		{"words", "", "Yes, but first tell me what becomes of my updates.", "", team.Held, false}, // for one of two teams
		{"yes from elsewhere", "Aiko <aiko@other.example>", "yes", "", team.Held, false},
		{"yes from another member", "Mia <mia@example.com>", "yes", "", team.Held, false},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			if got := o.take(o.raw(mail{body: "Forget me, please"})); got.Outcome != team.Command || got.Forget {
				t.Fatalf("asking is %s: %s", got.Outcome, got.Reason)
			}
			if !strings.HasPrefix(o.roster(), "platform: Aiko Tanaka") {
				t.Fatalf("before a yes in the teams are %s", o.roster())
			}
			_, replyTo := o.receiptFor(team.AnswerForget)
			got := o.take(o.raw(mail{from: c.from, to: replyTo, subject: "Re: Erase all of it?", body: c.answer, extra: c.extra}))
			_, known, err := o.store.PersonByAddress(t.Context(), "aiko@example.com")
			must(t, err)
			if got.Outcome != c.outcome || known == c.gone {
				t.Errorf("%s: %s; she is known: %v", got.Outcome, got.Reason, known)
			}
			if c.gone {
				if got := o.take(o.raw(mail{subject: "today", body: "Done: one thing more"})); got.Outcome == team.Stored {
					t.Errorf("what came later is %s: %s", got.Outcome, got.Reason)
				}
				if o.owed() != "" {
					t.Errorf("owed %q", o.owed())
				}
			}
		})
	}
}

// A yes that our server calls forged, or that it knows nothing of, erases nobody.
func TestAForgedYesForgetsNobody(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", "")
	o.take(o.raw(mail{extra: spfPass, body: "forget me"}))
	_, replyTo := o.receiptFor(team.AnswerForget)
	if got := o.take(o.raw(mail{to: replyTo, subject: "Re: Erase all of it?", body: "yes", extra: spfNone})); got.Outcome != team.Held {
		t.Errorf("%s: %s", got.Outcome, got.Reason)
	}
	if _, known, err := o.store.PersonByAddress(t.Context(), "aiko@example.com"); err != nil || !known {
		t.Errorf("she is gone: %v", err)
	}
}

func TestWhatIsHeldOfAMemberIsSentOnceADay(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "my data"}))
	a, _ := o.receiptFor(team.AnswerData)
	if a.Data == nil || len(a.Data.Parts) == 0 || len(a.Data.Mails) != 1 {
		t.Errorf("%+v", a.Data)
	}
	o.take(o.raw(mail{body: "My data, please"}))
	if d := o.doubt(); !strings.Contains(d.Why, "since yesterday") {
		t.Errorf("the second is answered with %+v", d)
	}
}

package mailin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// receiptFor makes the one receipt of the kind that is owed, as the scheduler would, and gives the address that replies to it go to.
func (o *office) receiptFor(kind team.AnswerKind) (owed team.Answer, replyTo string) {
	o.t.Helper()
	answers, err := o.store.Answers(o.t.Context(), o.now, 10)
	must(o.t, err)
	answers = slices.DeleteFunc(answers, func(a team.Answer) bool { return a.Kind != kind })
	if len(answers) != 1 {
		o.t.Fatalf("%d receipts of the kind %s are owed, want one", len(answers), kind)
	}
	a := answers[0]
	tok := o.sign(token.Token{Kind: token.Receipt, Member: o.aiko.ID, ID: a.ID, Day: monday, Expires: monday.Add(90)})
	must(o.t, o.store.CommitAnswer(o.t.Context(), a.ID, team.Outgoing{
		Dedupe: "receipt:" + tok, Kind: team.ReceiptMail, MemberID: o.aiko.ID, To: "aiko@example.com", MessageID: token.MessageID(own, tok),
		Subject: "Re: Platform: what happened today, Aiko?", Text: "What Platform will read from you\n\nAIKO TANAKA\n  note   Moved the billing jobs.\n", Raw: []byte("\r\n"), ExpiresAt: o.now.Add(time.Hour),
	}, o.now))
	return a, token.Address(own, tok)
}

// holds is what the team will read of Monday.
func (o *office) holds() string {
	o.t.Helper()
	var words []string
	mia, _, err := o.store.PersonByAddress(o.t.Context(), "mia@example.com")
	must(o.t, err)
	must(o.t, o.store.Plan(o.t.Context(), mia.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: o.now.Add(-time.Minute), Until: o.now.Add(time.Hour)}}))
	turns, err := o.store.Due(o.t.Context(), o.now, 10)
	must(o.t, err)
	for _, turn := range turns {
		for _, r := range turn.Reading {
			for _, e := range r.Entries {
				for _, item := range e.Items {
					words = append(words, item.Text)
				}
			}
		}
	}
	return strings.Join(words, " | ")
}

// vague is a reply of which nobody can tell what is quoted.
const vague = "On Mon, Mar 9, 2026 at 4:00 PM Anna Bell <anna@example.net> wrote:\n\nMoved the billing jobs.\n"

func (o *office) receipts(setting team.Receipts) {
	o.t.Helper()
	roster, err := o.store.Roster(o.t.Context())
	must(o.t, err)
	for i := range roster.Teams {
		roster.Teams[i].Team.Defaults.Receipts = setting
	}
	_, err = o.store.ApplyRoster(o.t.Context(), roster, false, o.now)
	must(o.t, err)
}

func TestWhoGetsAReceipt(t *testing.T) {
	encrypted := "-----BEGIN PGP MESSAGE-----\n\nhQEMA0000000000000000\n-----END PGP MESSAGE-----\n"
	for _, c := range []struct {
		says    string
		setting team.Receipts
		body    string
		want    team.AnswerKind // "" for none
	}{
		{"a clear mail", "", "Moved the billing jobs.", ""},
		{"an unclear mail", "", vague, team.AnswerUnsure},
		{"a mail without words", "", "> - What got done?\n", team.AnswerEmpty},
		{"an encrypted mail", "", encrypted, team.AnswerEncrypted},
		{"a clear mail, always", team.ReceiptsAlways, "Moved the billing jobs.", team.AnswerUnderstood},
		{"an unclear mail, always", team.ReceiptsAlways, vague, team.AnswerUnsure},
		{"an unclear mail, never", team.ReceiptsNever, vague, ""},
		{"a mail without words, never", team.ReceiptsNever, "> - What got done?\n", ""},
		{"an encrypted mail, never", team.ReceiptsNever, encrypted, ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.receipts(c.setting)
			got := o.take(o.raw(mail{body: c.body}))
			kind := team.AnswerKind("")
			if got.Answer != nil {
				kind = got.Answer.Kind
			}
			if kind != c.want {
				t.Errorf("%s (%s), confidence %.2f: answer %q, want %q", got.Outcome, got.Reason, got.Confidence, kind, c.want)
			}
		})
	}
}

func TestAReplyToAReceiptReplacesWhatItShowed(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "Wrote the runbook."}))
	o.now = o.now.Add(time.Minute)
	o.take(o.raw(mail{body: vague}))
	o.now = o.now.Add(time.Minute)
	owed, replyTo := o.receiptFor(team.AnswerUnsure)
	if owed.Kind != team.AnswerUnsure || len(owed.Said.Entries) != 2 || owed.Said.Day != monday || owed.Said.Team.Slug != "platform" {
		t.Fatalf("the receipt shows %+v", owed)
	}
	o.now = o.now.Add(time.Minute)
	o.take(o.raw(mail{body: "And the crane page."})) // after the receipt: it does not show this
	o.now = o.now.Add(time.Minute)
	if got := o.take(o.raw(mail{to: replyTo, body: "Moved the billing jobs and wrote the runbook."})); got.Outcome != team.Stored || got.Answer != nil {
		t.Fatalf("the correction: %s: %s, answer %+v", got.Outcome, got.Reason, got.Answer)
	}
	if got, want := o.holds(), "And the crane page. | Moved the billing jobs and wrote the runbook."; got != want {
		t.Errorf("after a correction: %q, want %q", got, want)
	}
	o.now = o.now.Add(time.Minute)
	o.take(o.raw(mail{to: replyTo, body: "Wrote the runbook only."}))
	if got, want := o.holds(), "And the crane page. | Wrote the runbook only."; got != want {
		t.Errorf("after a second correction: %q, want %q", got, want)
	}
}

func TestAYesToAReceiptChangesNothing(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: vague}))
	_, replyTo := o.receiptFor(team.AnswerUnsure)
	if got := o.take(o.raw(mail{to: replyTo, body: "Yes, thanks!"})); got.Outcome != team.Command || got.Answer != nil {
		t.Errorf("%s: %s, answer %+v", got.Outcome, got.Reason, got.Answer)
	}
	if got := o.holds(); got != "Moved the billing jobs." {
		t.Errorf("the team reads %q", got)
	}
}

// What a person says again to put it right looks like the receipt, which showed it: it must not be taken for a quotation.
func TestACorrectionMaySayTheSameWordsAgain(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: vague}))
	_, replyTo := o.receiptFor(team.AnswerUnsure)
	o.take(o.raw(mail{to: replyTo, body: "Moved the billing jobs.\n\nOn Mon, Mar 9, 2026 at 5:31 PM Platform <updates@example.com> wrote:\n> What Platform will read from you\n>\n> AIKO TANAKA\n>   note   Moved the billing jobs.\n"}))
	if got := o.holds(); got != "Moved the billing jobs." {
		t.Errorf("the team reads %q", got)
	}
}

func TestOneReceiptForSeveralUnclearMailsOfADay(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: vague}))
	o.take(o.raw(mail{body: strings.ReplaceAll(vague, "billing", "tide")}))
	owed, _ := o.receiptFor(team.AnswerUnsure)
	if len(owed.Said.Entries) != 2 {
		t.Errorf("the receipt shows %d mails, want both", len(owed.Said.Entries))
	}
	o.take(o.raw(mail{body: strings.ReplaceAll(vague, "billing", "crane")}))
	o.take(o.raw(mail{body: "correction: Nothing was moved."}))
	if answers, err := o.store.Answers(t.Context(), o.now, 10); err != nil || len(answers) != 0 {
		t.Errorf("a receipt is owed for what was replaced: %+v %v", answers, err)
	}
}

func TestWhoAsksSomebodyWhoCannotBeAskedIsTold(t *testing.T) {
	for _, c := range []struct{ body, held, why string }{
		{"ask @nobody may we drop it?", "note ask @nobody may we drop it?", `nobody in Platform is called "nobody"`},
		{"ask @aiko may we drop it?", "note ask @aiko may we drop it?", `"aiko" is you`},
		{"Done: the jobs\n\nask @mia and @nobody may we drop it?", "done the jobs|ask @mia and @nobody may we drop it?", `nobody in Platform is called "nobody"`},
		{"ask @mia one?\nask @mia two?", "ask @mia one?|ask @mia two?", ""},
	} {
		o := newOffice(t)
		m := o.take(o.raw(mail{body: c.body}))
		var held []string
		for _, i := range m.Update.Items {
			held = append(held, string(i.Kind)+" "+i.Text)
		}
		why := ""
		if m.Answer != nil && m.Answer.Kind == team.AnswerUnasked {
			why = m.Answer.Doubt.Why
		}
		if strings.Join(held, "|") != c.held || why != c.why {
			t.Errorf("%q holds %q and tells %q (%+v)", c.body, held, why, m.Answer)
		}
		if c.why == "" {
			continue
		}
		if owed, _ := o.receiptFor(team.AnswerUnasked); owed.Doubt.Why != c.why {
			t.Errorf("%q: owed is %+v", c.body, owed)
		}
	}
}

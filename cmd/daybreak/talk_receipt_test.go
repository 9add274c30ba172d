package main

import (
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// soon lets come what is owed at once, and gives the newest mail of the day.
func (p *pair) receipt(who string, day int) (text string, raw []byte) {
	p.t.Helper()
	must(p.t, p.world.work(p.ctx))
	return p.newest(who, team.ReceiptMail, day)
}

func TestWhatAnswersAnItemIsShownAndCanBeTakenBack(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables\n\nIn the way: the crane is stuck"})
	p.answer(kofi, "mutt", 2, mailtest.Answer{Text: "receipts always"})
	p.until(3, 10)
	p.answerTo(kofi, team.DigestMail, "gmail-web", 3, mailtest.Answer{Text: "a1 well done\n\na2 solved, it moves again"})
	text, raw := p.receipt(kofi, 3)
	p.has("the receipt", text, "Passed on", "Your answers are passed on", "Ines, Mon 2 Mar, “the tide tables”: well done", "Ines, Mon 2 Mar, “the crane is stuck”: solved, it moves again", `"undo"`)
	p.reply(kofi, "mutt", raw, mailtest.Answer{Text: "undo"})
	text, _ = p.receipt(kofi, 3)
	p.has("the answer", text, "Taken back", "is taken back, Kofi")
	p.until(4, 10)
	digest, _ := p.newest(ines, team.DigestMail, 4)
	p.lacks("Ines's digest", digest, "well done", "solved")
	digest, _ = p.newest(kofi, team.DigestMail, 4)
	p.lacks("Kofi's digest", digest, "well done")
	p.answerTo(kofi, team.DigestMail, "mutt", 3, mailtest.Answer{Text: "👍 a1"})
	p.until(4, 16)
	p.answer(ines, "mutt", 4, mailtest.Answer{Text: "Done: the lamps"})
	p.until(5, 10)
	digest, _ = p.newest(ines, team.DigestMail, 5)
	p.has("Ines's next digest", digest, "↳ 👍 Kofi")
	digest, _ = p.newest(kofi, team.DigestMail, 5)
	p.has("Kofi's digest, for what was closed is open again", digest, "Ines: the crane is stuck")
}

func TestAnAnswerToAnItemThatThereIsNotIsAskedAbout(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables\n\nIn the way: the crane is stuck"})
	p.until(3, 10)
	if m := p.answerTo(kofi, team.DigestMail, "gmail-web", 3, mailtest.Answer{Text: "a99 thanks"}); m.Outcome != team.Command || m.Update != nil {
		t.Errorf("it is %s, with %s", m.Outcome, itemsOf(m))
	}
	text, _ := p.receipt(kofi, 3)
	p.has("the question", text, "Which item?", "There is no a99 in the mail that you answer, Kofi; there is a1–a2.", "a99 thanks")
	m := p.answerTo(kofi, team.DigestMail, "mutt", 3, mailtest.Answer{Text: "a1 thanks\n\na7: and this"})
	if m.Outcome != team.Stored || len(m.Comments) != 1 || m.Update != nil {
		t.Errorf("beside another answer it is %s, with %d comments", m.Outcome, len(m.Comments))
	}
	for _, text := range []string{"a9 is the road to Sines\n\nI drive there today", "b7 is the berth", "A1 is the road to Porto, closed"} {
		if m := p.answerTo(kofi, team.DigestMail, "mutt", 3, mailtest.Answer{Text: text}); m.Outcome != team.Stored || m.Answer != nil && m.Answer.Kind == team.AnswerStray {
			t.Errorf("%q is %s", text, m.Outcome)
		}
	}
	if m := p.answer(kofi, "mutt", 2, mailtest.Answer{Text: "q9 we plan on Friday"}); m.Update == nil {
		t.Errorf("in an answer to a prompt it is %s", m.Outcome)
	}
}

func TestTheReceiptOfAnAskSaysWhenItIsRead(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "receipts always"})
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables\n\nask @kofi can we close the old lock?"})
	text, _ := p.receipt(ines, 2)
	p.has("the receipt", text, "Kofi reads this Tue 3 Mar, 09:00 (Lisbon); an answer is due Tue 3 Mar, 16:00 (Lisbon).")
	p.until(6, 16)
	p.answer(ines, "mutt", 6, mailtest.Answer{Text: "ask @kofi where is the key?"})
	text, _ = p.receipt(ines, 6)
	p.has("the receipt on Friday", text, "Kofi reads this Mon 9 Mar, 09:00 (Lisbon); an answer is due Mon 9 Mar, 16:00 (Lisbon).")
}

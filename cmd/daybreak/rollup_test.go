package main

import (
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// A week of two people ends with its roll-up, which is a place to talk as a digest is.
func TestAWeekEndsWithARollUpThatCanBeAnswered(t *testing.T) {
	for _, client := range []string{"gmail-web", "outlook-desktop", "apple-iphone", "mutt"} {
		t.Run(client, func(t *testing.T) {
			p := newPair(t)
			p.until(2, 16)
			p.answer(ines, client, 2, mailtest.Answer{Text: "Done: the tide tables\n\nNext: the import of the quays\n\nIn the way: the diver does not come"})
			p.until(4, 16)
			p.answer(ines, client, 4, mailtest.Answer{Text: "Done: the import of the quays\n\nDecision: we keep the old lock"})
			p.until(6, 15)
			p.answer(kofi, client, 5, mailtest.Answer{Text: "Done: the crane page"})
			if week, _ := p.newest(kofi, team.WeeklyMail, 6); week != "" {
				t.Errorf("it comes before its time:\n%s", week)
			}
			p.until(6, 17)
			week, _ := p.newest(kofi, team.WeeklyMail, 6)
			p.has("Kofi's week", week, "Harbour · Mon 2 Mar to Fri 6 Mar · 6 items", "INES DUARTE\n  Mon    the tide tables ", "  Wed    the import of the quays ",
				"Decided\n=======\n\nINES DUARTE\n  Wed    we keep the old lock ", "Still stuck\n===========\n\nINES DUARTE\n  4 days the diver does not come ", "KOFI MENSAH\n  Thu    the crane page ")
			p.answerTo(kofi, team.WeeklyMail, client, 6, mailtest.Answer{Text: "a4 good, it is a fine lock"})
			p.until(9, 10)
			digest, _ := p.newest(ines, team.DigestMail, 9)
			p.has("Ines's next digest", digest, "we keep the old lock", "↳ Kofi: good, it is a fine lock")
			p.until(13, 17)
			week, _ = p.newest(kofi, team.WeeklyMail, 13)
			if week != "" {
				t.Errorf("nobody but Kofi said anything since, and he gets\n%s", week)
			}
			week, _ = p.newest(ines, team.WeeklyMail, 13)
			p.has("Ines's next week", week, "Harbour · Mon 9 Mar to Fri 13 Mar · 1 item, 1 comment", "Only answers are new: 1 still stuck.", "Said before\n===========", "↳ Kofi: good, it is a fine lock")
		})
	}
}

// Whoever wants none is sent none, and their digests go on.
func TestWhoWantsNoRollUpGetsNone(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables"})
	p.until(3, 10)
	p.answerTo(kofi, team.DigestMail, "mutt", 3, mailtest.Answer{Text: "no roll-up"})
	p.until(3, 16)
	p.answer(ines, "mutt", 3, mailtest.Answer{Text: "Done: the quays"})
	p.until(4, 10)
	digest, _ := p.newest(kofi, team.DigestMail, 4)
	p.has("Kofi's digest", digest, "the quays")
	p.until(6, 18)
	if week, _ := p.newest(kofi, team.WeeklyMail, 6); week != "" {
		t.Errorf("he gets\n%s", week)
	}
}

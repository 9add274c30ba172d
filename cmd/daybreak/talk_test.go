package main

import (
	"fmt"
	"strings"
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// lacks fails if the text has any of the words.
func (p *pair) lacks(what, text string, unwanted ...string) {
	p.t.Helper()
	for _, w := range unwanted {
		if strings.Contains(text, w) {
			p.t.Errorf("%s has %q:\n%s", what, w, text)
		}
	}
}

func TestAnAskIsShownUntilItIsAnswered(t *testing.T) {
	for _, client := range []string{"gmail-web", "outlook-desktop", "apple-iphone", "mutt"} {
		t.Run(client, func(t *testing.T) {
			p := newPair(t)
			p.until(2, 16)
			p.answer(ines, client, 2, mailtest.Answer{Text: "Done: the tide tables\n\nask @kofi can we close the old lock? by thu"})
			p.until(3, 10)
			digest, _ := p.newest(kofi, team.DigestMail, 3)
			p.has("Kofi's digest", digest, "1 question for you", "FOR YOU\n  Ines asks you: @kofi can we close the old lock? by thu ", "answer by Thu 5 Mar, 17:00 (Lisbon)")
			p.until(3, 16)
			prompt, _ := p.newest(kofi, team.PromptMail, 3)
			p.has("Kofi's prompt", prompt, "WAITING FOR YOU\n  Ines asks you: @kofi can we close the old lock?", "[q1]")
			p.until(4, 10)
			digest, _ = p.newest(kofi, team.DigestMail, 4)
			p.has("Kofi's next digest, with no other news", digest, "Harbour · Wednesday 4 March · 1 question for you", "Ines asks you:")
			p.until(4, 16)
			p.answerTo(kofi, team.PromptMail, client, 4, mailtest.Answer{Text: "q1 yes, it leaks anyway\n\nDone: the cranes"})
			p.until(5, 10)
			digest, _ = p.newest(ines, team.DigestMail, 5)
			p.has("Ines's digest", digest, "1 update, 1 comment", "FOR YOU\n  You, Mon 2 Mar: @kofi can we close the old lock? by thu ", "↳ Kofi: yes, it leaks anyway", "done   the cranes")
			p.lacks("Ines's digest", digest, "not answered yet")
			digest, _ = p.newest(kofi, team.DigestMail, 5)
			if digest != "" {
				t.Errorf("Kofi is told of what he has answered:\n%s", digest)
			}
			p.until(5, 16)
			prompt, _ = p.newest(kofi, team.PromptMail, 5)
			p.lacks("Kofi's last prompt", prompt, "WAITING")
		})
	}
}

func TestAnAskIsAnsweredByItsMarkAloneAndTheDayIsStillAskedAbout(t *testing.T) {
	for _, client := range []string{"gmail-web", "outlook-desktop", "mutt"} {
		t.Run(client, func(t *testing.T) {
			p := newPair(t)
			p.until(2, 16)
			p.answer(ines, client, 2, mailtest.Answer{Text: "ask @kofi can we close the old lock? by thu"})
			p.until(3, 16)
			p.answerTo(kofi, team.PromptMail, client, 3, mailtest.Answer{Text: "q1 yes, on Thursday"})
			p.until(4, 10)
			digest, _ := p.newest(ines, team.DigestMail, 4)
			p.has("Ines's digest", digest, "1 comment", "You, Mon 2 Mar: @kofi can we close the old lock?", "↳ Kofi: yes, on Thursday")
			p.lacks("Ines's digest", digest, "not answered yet")
			if digest, _ = p.newest(kofi, team.DigestMail, 4); digest != "" {
				t.Errorf("Kofi is told of what he has answered:\n%s", digest)
			}
			if reminder, _ := p.newest(kofi, team.ReminderMail, 4); reminder == "" {
				t.Error("Kofi, who said nothing of his day, is not reminded of it")
			}
		})
	}
}

func TestTheOnlyQuestionInAMailIsAnsweredByPlainWords(t *testing.T) {
	for _, c := range []struct {
		to     team.MailKind
		words  string
		asked  string // with the question
		answer string // "" if it stays open
	}{
		{team.DigestMail, "Yes, please do.", "", "Yes, please do."},
		{team.DigestMail, "It leaks anyway, so close it when you like.", "", "It leaks anyway, so close it when you like."},
		{team.DigestMail, "Yesterday I saw it leak.", "", "Yesterday I saw it leak."},
		{team.DigestMail, "Done: the crane", "", ""},
		{team.DigestMail, "fyi: I am in the tower until noon", "", ""},
		{team.DigestMail, "@ines which lock?", "", ""},
		{team.DigestMail, "Yes, please do.", "\n\nDone: the tide tables", "Yes, please do."},
		{team.DigestMail, "It leaks anyway, so close it when you like.", "\n\nDone: the tide tables", ""},
		{team.DigestMail, "yes", "\n\n@kofi may we paint it?", ""}, // which of the two?
		{team.PromptMail, "Yes, please do.", "", "Yes, please do."},
		{team.PromptMail, "No, not yet. Thanks, Kofi", "", "No, not yet."},
		{team.PromptMail, "I closed it.", "", ""},
		{team.PromptMail, "nothing", "", ""},
		{team.PromptMail, "yes", "\n\n@kofi may we paint it?", ""},
	} {
		p := newPair(t)
		p.until(2, 16)
		p.answer(ines, "mutt", 2, mailtest.Answer{Text: "ask @kofi can we close the old lock? by thu" + c.asked})
		p.until(3, 16)
		p.answerTo(kofi, c.to, "gmail-web", 3, mailtest.Answer{Text: c.words})
		p.until(4, 10)
		digest, _ := p.newest(ines, team.DigestMail, 4)
		if c.answer == "" {
			if !strings.Contains(digest, "not answered yet") {
				p.until(4, 16) // nobody has any news
				digest, _ = p.newest(kofi, team.PromptMail, 4)
				p.has("after "+c.words+" Kofi's prompt", digest, "Ines asks you: @kofi can we close the old lock?")
			}
			continue
		}
		p.has("after "+c.words+" Ines's digest", digest, "↳ Kofi: "+c.answer)
		p.lacks("Ines's digest", digest, "not answered yet", "note ")
	}
}

func TestAnAskThatIsOverdueComesFirst(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Kofi, where are the keys? @kofi?"})
	p.until(3, 10)
	digest, _ := p.newest(kofi, team.DigestMail, 3)
	p.has("Kofi's digest", digest, "answer by Tue 3 Mar, 16:00 (Lisbon)")
	p.until(4, 10)
	digest, _ = p.newest(kofi, team.DigestMail, 4)
	p.has("Kofi's next digest", digest, "an answer was due Tue 3 Mar, 16:00 (Lisbon)")
	p.answerTo(kofi, team.DigestMail, "gmail-web", 4, mailtest.Answer{Text: "👍"})
	p.until(5, 10)
	if digest, _ = p.newest(kofi, team.DigestMail, 5); digest != "" {
		t.Errorf("it is open still:\n%s", digest)
	}
}

func TestWhatIsInTheWayStaysUntilSomebodySaysThatItIsNot(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(kofi, "thunderbird", 2, mailtest.Answer{Text: "Done: a page\n\nIn the way: the diver does not come"})
	p.until(3, 10)
	digest, _ := p.newest(ines, team.DigestMail, 3)
	p.has("the first digest", digest, "stuck  the diver does not come")
	p.lacks("the first digest", digest, "STILL STUCK")
	p.until(3, 16)
	p.answer(kofi, "thunderbird", 3, mailtest.Answer{Text: "Done: another page"})
	p.until(4, 10)
	digest, _ = p.newest(ines, team.DigestMail, 4)
	p.has("the next digest", digest, "done   another page", "STILL STUCK\n  Kofi: the diver does not come ", "since Mon 2 Mar, 2 days")
	p.answerTo(ines, team.DigestMail, "outlook-web", 4, mailtest.Answer{Text: "a2 solved, she comes tomorrow"})
	p.until(4, 16)
	p.answer(kofi, "thunderbird", 4, mailtest.Answer{Text: "Done: a third page"})
	p.until(5, 10)
	digest, _ = p.newest(kofi, team.DigestMail, 5)
	p.has("Kofi's digest", digest, "You, Mon 2 Mar: the diver does not come", "↳ Ines: solved, she comes tomorrow")
	digest, _ = p.newest(ines, team.DigestMail, 5)
	p.has("the last digest", digest, "done   a third page")
	p.lacks("the last digest", digest, "diver")
}

func TestWhoIsStuckIsAskedAboutItAndClosesItByItsMark(t *testing.T) {
	for _, client := range []string{"gmail-web", "outlook-desktop", "apple-iphone", "mutt"} {
		p := newPair(t)
		p.until(2, 16)
		p.answer(kofi, client, 2, mailtest.Answer{Text: "In the way:\n- the diver does not come\n- the crane is stuck"})
		p.until(3, 10)
		p.answer(ines, client, 2, mailtest.Answer{Text: "Done: the tide tables"})
		p.until(3, 16)
		prompt, _ := p.newest(kofi, team.PromptMail, 3)
		p.has("Kofi's prompt", prompt, "STILL IN THE WAY\n  Mon 2 Mar: the diver does not come ", "[b1]\n", "  Mon 2 Mar: the crane is stuck ", "[b2]\n", `"b1 solved" closes one; "In the way: nothing"`)
		ines3, _ := p.newest(ines, team.PromptMail, 3)
		p.lacks("Ines's prompt", ines3, "IN THE WAY\n", "diver")
		p.answer(kofi, client, 3, mailtest.Answer{Text: "b2 solved, it was the fuse\n\nDone: a page"})
		p.until(4, 10)
		digest, _ := p.newest(ines, team.DigestMail, 4)
		p.has("Ines's digest", digest, "STILL STUCK\n  Kofi: the diver does not come ", "NO LONGER STUCK\n  Kofi, Mon 2 Mar: the crane is stuck ", "↳ Kofi: solved, it was the fuse")
		digest, _ = p.newest(kofi, team.DigestMail, 4)
		p.has("Kofi's digest", digest, "FOR YOU\n  You are stuck: the diver does not come ", "since Mon 2 Mar, 2 days")
		p.lacks("Kofi's digest", digest, "crane")
		p.until(4, 16)
		prompt, _ = p.newest(kofi, team.PromptMail, 4)
		p.has("Kofi's next prompt", prompt, "STILL IN THE WAY\n  Mon 2 Mar: the diver does not come ", `"b1 solved" closes it.`)
		p.lacks("Kofi's next prompt", prompt, "crane")
	}
}

func TestNothingInTheWayClosesWhatWasAndIsToldOnce(t *testing.T) {
	p := newPair(t)
	p.until(2, 16)
	p.answer(kofi, "mutt", 2, mailtest.Answer{Text: "Done: a page\n\nIn the way:\n- the diver does not come\n- the crane is stuck"})
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "In the way: no rain"})
	p.until(3, 16)
	p.answer(kofi, "gmail-web", 3, mailtest.Answer{Text: "receipts always"})
	said := p.answer(kofi, "gmail-web", 3, mailtest.Answer{Text: "Done: another page"}) // nothing is said of what is in the way
	if said.Update.Unstuck {
		t.Error("what is not said is taken for nothing")
	}
	p.until(4, 10)
	digest, _ := p.newest(ines, team.DigestMail, 4)
	p.has("Ines's digest", digest, "STILL STUCK\n  Kofi: the diver does not come ", "  Kofi: the crane is stuck ")
	p.until(4, 16)
	p.answer(kofi, "gmail-web", 4, mailtest.Answer{Text: "In the way: Nothing."})
	receipt, _ := p.receipt(kofi, 4)
	p.has("the receipt", receipt, "“the diver does not come”: not in the way any more", "“the crane is stuck”: not in the way any more")
	p.until(5, 10)
	digest, _ = p.newest(ines, team.DigestMail, 5)
	p.has("Ines's next digest", digest, "Harbour · Thursday 5 March · 2 no longer stuck\n\nNothing is in the way of Kofi any more.", "NO LONGER STUCK\n  Kofi, Mon 2 Mar: the diver does not come ", "↳ Kofi: nothing is in the way any more", "  Kofi, Mon 2 Mar: the crane is stuck ",
		"You are stuck: no rain")
	p.lacks("Ines's next digest", digest, "STILL STUCK", "comment")
	p.until(5, 16)
	prompt, _ := p.newest(kofi, team.PromptMail, 5)
	p.lacks("Kofi's prompt", prompt, "STILL IN THE WAY")
	p.answer(kofi, "gmail-web", 5, mailtest.Answer{Text: "Done: a third page"})
	p.until(6, 10)
	digest, _ = p.newest(ines, team.DigestMail, 6)
	p.has("Ines's last digest", digest, "a third page")
	p.lacks("Ines's last digest", digest, "STUCK", "diver", "crane")
}

func TestWhoAskedAndTheLeadAreToldOnceThatNobodyHasAnswered(t *testing.T) {
	const rui = "rui@harbour.example"
	lead := inLisbon("Rui Costa", rui)
	lead.Lead = true
	p := newTeam(t, inLisbon("Ines Duarte", ines), inLisbon("Kofi Mensah", kofi), lead)
	p.until(2, 12)
	p.write(ines, "ask @kofi can we close the old lock?")
	got := map[string][]int{}
	for day := 3; day <= 13; day++ { // the second week's roll-up is no digest
		p.until(day, 12)
		for _, who := range []string{ines, kofi, rui} {
			if text, _ := p.newest(who, team.DigestMail, day); text != "" {
				got[who] = append(got[who], day)
			}
		}
	}
	want := map[string][]int{
		ines: {4},                             // due on the third at noon
		kofi: {3, 4, 5, 6, 9, 10, 11, 12, 13}, // who is asked, each working day
		rui:  {3, 5},                          // the update, and a working day after it was due
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("digests came on %v, want %v", got, want)
	}
	digest, _ := p.newest(ines, team.DigestMail, 4)
	p.has("Ines's digest", digest, "Harbour · Wednesday 4 March · 1 question not answered\n\nAn answer was due and has not come.\n\nFOR YOU\n  You asked Kofi, Mon 2 Mar: @kofi can we close the old lock?", "not answered yet; it was due Tue 3 Mar, 12:00 (Lisbon)")
	digest, _ = p.newest(rui, team.DigestMail, 5)
	p.has("Rui's digest", digest, "Harbour · Thursday 5 March · 1 question not answered", "Ines asked Kofi, Mon 2 Mar: @kofi can we close", "nobody has answered")
}

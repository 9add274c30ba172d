package main

import (
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
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

// Who joins, by the team file or as a lead adds them, is told once what was written before and who is who, within their hours; and can answer it.
func TestANewcomerIsToldWhatWasWrittenAndWhoIsWho(t *testing.T) {
	const sam, noor = "sam@harbour.example", "noor@harbour.example"
	p := newPair(t)
	person := func(name, address string, lead bool) team.RosterMember {
		return team.RosterMember{Lead: lead, Member: team.Member{Name: name, Addresses: []string{address}, Rule: team.Rule{Zone: "Europe/Lisbon"}}}
	}
	join := func(more ...team.RosterMember) {
		t.Helper()
		roster := team.Roster{Teams: []team.RosterTeam{{
			Team:    team.Team{Slug: "harbour", Name: "Harbour", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}},
			Members: append([]team.RosterMember{person("Ines Duarte", ines, true), person("Kofi Mensah", kofi, false)}, more...),
		}}}
		_, err := p.world.store.ApplyRoster(p.ctx, roster, false, p.world.clock.Now())
		must(t, err)
	}
	join()
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables\n\nIn the way: the diver does not come"})
	p.answer(kofi, "mutt", 2, mailtest.Answer{Text: "Done: the crane page"})
	p.until(3, 20) // after hours
	join(person("Sam Okafor", sam, false))
	p.until(3, 22)
	if text, _ := p.newest(sam, team.NoticeMail, 3); text != "" {
		t.Errorf("in the evening comes\n%s", text)
	}
	p.until(4, 9)
	p.until(4, 10)
	pack, raw := p.newest(sam, team.NoticeMail, 4)
	p.has("Sam's first mail", pack, "You are in Harbour now.", "Who is who\n==========\n\n  - Ines Duarte (lead): Lisbon, Mon–Fri 09:00–17:00\n  - Kofi Mensah: Lisbon", "the tide tables", "the crane page ",
		"Still stuck\n===========\n\nINES DUARTE\n  1 day  the diver does not come ", "You get this once, as you have joined Harbour.")
	p.reply(sam, "gmail-web", raw, mailtest.Answer{Text: "a2 my sister dives, shall I ask her?"})
	join(person("Sam Okafor", sam, false))
	p.until(5, 10)
	if again, _ := p.newest(sam, team.NoticeMail, 5); again != "" {
		t.Errorf("a second time comes\n%s", again)
	}
	digest, _ := p.newest(ines, team.DigestMail, 5)
	p.has("Ines's digest", digest, "the diver does not come", "Sam: my sister dives, shall I ask her?")

	p.answerTo(ines, team.DigestMail, "mutt", 5, mailtest.Answer{Text: "add noor@harbour.example Noor Haddad Europe/Lisbon"})
	p.until(5, 11)
	var subjects []string
	for _, d := range p.got[noor] {
		subjects = append(subjects, mime.Read(d.Raw).Subject)
	}
	if len(subjects) != 2 || subjects[1] != "Harbour: who is who, and the last two weeks" {
		t.Errorf("Noor got %q", subjects)
	}
}

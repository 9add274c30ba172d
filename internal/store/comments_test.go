package store

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

// answering is a mail that answers items.
func answering(p team.Person, uid uint32, comments ...team.NewComment) team.Mail {
	m := update(p, uid)
	m.Update, m.Comments = nil, comments
	return m
}

func remark(item int64, words string) team.NewComment {
	return team.NewComment{ItemID: item, Kind: team.Remark, Text: words}
}

func reaction(item int64, emoji string) team.NewComment {
	return team.NewComment{ItemID: item, Kind: team.Reaction, Text: emoji}
}

// threads are what a turn's readings tell of answers: "Name on item: text", those that are no news in brackets.
func threads(turn team.Turn) []string {
	var list []string
	for _, r := range turn.Reading {
		for _, t := range r.Threads {
			for _, c := range t.Comments {
				line := fmt.Sprintf("%s on %s's %q: %s", c.Name, t.Name, t.Text, c.Text)
				if !c.News {
					line = "(" + line + ")"
				}
				list = append(list, line)
			}
		}
	}
	return list
}

func TestAnAnswerToAnItemIsToldOnceToEachReaderWithItsThread(t *testing.T) {
	s := platform(t)
	mia, dev, aiko := person(t, s, "mia@example.com"), person(t, s, "dev@example.com"), person(t, s, "aiko@example.com")
	accept1(t, s, update(mia, 1, "moved the jobs"))
	turn := dueDigest(t, s, dev, monday)
	item := turn.Reading[0].Entries[0].Items[0].ID
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, dev, monday)})

	accept1(t, s, answering(dev, 2, remark(item, "why?"), reaction(item, "👍")))
	said := []string{`Dev Patel on Mia Rossi's "moved the jobs": why?`, `Dev Patel on Mia Rossi's "moved the jobs": 👍`}
	turn = dueDigest(t, s, mia, monday)
	equal(t, "to the author", threads(turn), said)
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday)})
	equal(t, "to whom the item is new too", threads(dueDigest(t, s, aiko, monday)), said)

	accept1(t, s, answering(mia, 3, remark(item, "it was slow"), reaction(item, "👍")))
	accept1(t, s, answering(dev, 4, reaction(item, "👍")))
	turn = dueDigest(t, s, dev, monday.Add(1))
	equal(t, "the thread, to who had begun it", threads(turn), []string{
		`Dev Patel on Mia Rossi's "moved the jobs": why?`, `Dev Patel on Mia Rossi's "moved the jobs": 👍`,
		`Mia Rossi on Mia Rossi's "moved the jobs": it was slow`, `Mia Rossi on Mia Rossi's "moved the jobs": 👍`})
	turn = dueDigest(t, s, mia, monday.Add(1))
	equal(t, "what the author knew is no news", threads(turn), []string{
		`(Dev Patel on Mia Rossi's "moved the jobs": why?)`, `(Dev Patel on Mia Rossi's "moved the jobs": 👍)`,
		`Mia Rossi on Mia Rossi's "moved the jobs": it was slow`, `Mia Rossi on Mia Rossi's "moved the jobs": 👍`})
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday.Add(1))})
	equal(t, "nothing a second time", threads(dueDigest(t, s, mia, monday.Add(2))), []string(nil))
	equal(t, "an answer is no update of the day", dueDigest(t, s, aiko, monday).Answered, false)
}

func TestAnAnswerGoesToItsItemsTeamAlone(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("platform", aiko, mia), rosterTeam("garden", mia, dev))
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	m := update(mia, 1, "to the platform")
	for _, in := range mia.Teams {
		if in.Team.Slug == "platform" {
			m.Update.TeamID, m.Update.CheckInID = in.Team.ID, in.Team.CheckIns[0].ID
		}
	}
	accept1(t, s, m)
	item := dueDigest(t, s, person(t, s, "aiko@example.com"), monday).Reading[0].Entries[0].Items[0].ID
	accept1(t, s, answering(dev, 2, remark(item, "I should not know of this")))
	accept1(t, s, answering(mia, 3, remark(item, "to the platform alone")))
	equal(t, "who is in both", threads(dueDigest(t, s, mia, monday)), []string{`Mia Rossi on Mia Rossi's "to the platform": to the platform alone`})
	equal(t, "who is in the other", threads(dueDigest(t, s, dev, monday)), []string(nil))
	equal(t, "who is in that one", len(threads(dueDigest(t, s, person(t, s, "aiko@example.com"), monday))), 1)
}

func TestWhatWasTakenBackIsAnsweredWithoutItsWords(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "a slip"))
	item := dueDigest(t, s, dev, monday).Reading[0].Entries[0].Items[0].ID
	correction := update(mia, 2, "as it is")
	correction.Update.Replace = true
	accept1(t, s, correction)
	accept1(t, s, answering(dev, 3, remark(item, "really?")))
	equal(t, "the thread", threads(dueDigest(t, s, mia, monday)), []string{`Dev Patel on Mia Rossi's "": really?`})
}

func TestADigestThatCouldNotBeSentTellsAnswersAgain(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "moved the jobs"))
	item := dueDigest(t, s, dev, monday).Reading[0].Entries[0].Items[0].ID
	accept1(t, s, answering(dev, 2, remark(item, "why?")))
	turn := dueDigest(t, s, mia, monday)
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday)})
	claimed, err := s.ClaimOutgoing(t.Context(), start, time.Minute, 10)
	must(t, err)
	for _, m := range claimed {
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Expired, Code: 452, Line: "452 full"}, start))
	}
	equal(t, "again", threads(dueDigest(t, s, mia, monday.Add(1))), []string{`Dev Patel on Mia Rossi's "moved the jobs": why?`})
}

func TestAForgottenMembersAnswersGo(t *testing.T) {
	s := platform(t)
	mia, dev, aiko := person(t, s, "mia@example.com"), person(t, s, "dev@example.com"), person(t, s, "aiko@example.com")
	accept1(t, s, update(mia, 1, "of Mia"))
	accept1(t, s, update(aiko, 2, "of Aiko"))
	entries := dueDigest(t, s, dev, monday).Reading[0].Entries
	ofMia, ofAiko := entries[0].Items[0].ID, entries[1].Items[0].ID
	accept1(t, s, answering(dev, 3, remark(ofMia, "to Mia"), remark(ofAiko, "to Aiko")))
	accept1(t, s, answering(mia, 4, remark(ofAiko, "from Mia")))
	must(t, s.Forget(t.Context(), mia.ID, start))
	equal(t, "what is left", threads(dueDigest(t, s, aiko, monday)), []string{`Dev Patel on Aiko Tanaka's "of Aiko": to Aiko`})
}

func TestWhatWasAnsweredToAnItemOutlivesIt(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	m := update(mia, 1, "moved the jobs")
	m.Update.Items = append(m.Update.Items, team.NewItem{Kind: team.Note, Question: -1, Text: "Sent from my phone"})
	m.Raw = []byte("From: mia\r\n\r\n")
	accept1(t, s, m)
	items := dueDigest(t, s, dev, monday).Reading[0].Entries[0].Items
	accept1(t, s, answering(dev, 2, remark(items[1].ID, "mine, too")))
	earlier, err := s.Earlier(t.Context(), time.Time{}, 0, 10)
	if err != nil || len(earlier) != 2 {
		t.Fatal(earlier, err)
	}
	now := earlier[0].Mail
	u := *now.Update
	u.Items = u.Items[:1]
	now.Update = &u
	n, err := s.Reread(t.Context(), []team.Reread{{Earlier: earlier[0], Now: now}}, start)
	equal(t, "changed", words(n, err), words(1, nil))
	equal(t, "what was said of it", threads(dueDigest(t, s, mia, monday)), []string{`Dev Patel on Mia Rossi's "": mine, too`})
	earlier, err = s.Earlier(t.Context(), time.Time{}, 0, 10)
	equal(t, "what it says now", words(earlier[0].Mail.Update.Items, err), words(u.Items, nil))
}

func TestAForgottenMembersOpenItemsGoFromMailsThatShowedThemAgain(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, says(mia, 1, monday, team.NewItem{Kind: team.Blocker, Text: "the diver does not come"}))
	for day := range 2 { // told as news, then as what is open still
		turn := dueDigest(t, s, dev, monday.Add(day))
		if len(turn.Reading[0].Open) != 1 {
			t.Fatalf("%d things are open on day %d", len(turn.Reading[0].Open), day)
		}
		mail := outgoing(team.DigestMail, dev, monday.Add(day))
		mail.Text, mail.Marks = "the diver does not come", map[string]int64{"a1": turn.Reading[0].Open[0].ItemID}
		commit1(t, s, team.Turned{Turn: turn, Mail: mail})
	}
	must(t, s.Forget(t.Context(), mia.ID, start))
	for day := range 2 {
		sent, _, err := s.Sent(t.Context(), team.DigestMail, dev.ID, 0, monday.Add(day))
		must(t, err)
		equal(t, fmt.Sprint("what is kept of the digest of day ", day), sent.Text, "")
	}
	equal(t, "what is open", len(dueDigest(t, s, dev, monday.Add(3)).Reading[0].Open), 0)
}

package store

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"daybreak/internal/team"
)

// privately is a mail that says something to the author of an item alone.
func privately(p team.Person, uid uint32, item int64, words string) team.Mail {
	m := update(p, uid)
	m.Outcome, m.Update, m.Unkept = team.Command, nil, true
	m.Raw = []byte("From: them\r\n\r\nprivate: " + words + "\r\n")
	m.Private = []team.NewPrivate{{ItemID: item, Text: words}}
	m.Answer = &team.NewAnswer{MemberID: p.ID, Kind: team.AnswerPrivate}
	return m
}

func TestWordsForOneAloneAreKeptUntilTheyAreSentAndNoLonger(t *testing.T) {
	const secret = "a secret of Dev's"
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "moved the jobs"))
	item := dueDigest(t, s, dev, monday).Reading[0].Entries[0].Items[0].ID
	m := privately(dev, 2, item, secret)
	accept1(t, s, m)
	accept1(t, s, m) // the mailbox gives it again after a crash
	equal(t, "while it waits it is kept", everywhere(t, s, secret), []string{"private.words"})
	all, err := s.Everything(t.Context(), mia.ID)
	equal(t, "what is held of Mia has nothing of it", holdsWord(all, secret), false)
	must(t, err)
	all, err = s.Everything(t.Context(), dev.ID)
	equal(t, "nor what is held of Dev", holdsWord(all, secret), false)
	must(t, err)

	owed, err := s.Notices(t.Context(), start, 10)
	must(t, err)
	if len(owed) != 1 || owed[0].Person.ID != mia.ID || owed[0].About.ID != dev.ID || owed[0].Words != secret || owed[0].Item != "moved the jobs" {
		t.Fatalf("owed is %+v, want Dev's words to Mia", owed)
	}
	mail := *outgoing(team.NoticeMail, mia, monday)
	mail.Text, mail.Raw = "Dev: "+secret, []byte("Dev: "+secret)
	must(t, s.CommitNotice(t.Context(), owed[0].ID, mail, start))
	must(t, s.CommitNotice(t.Context(), owed[0].ID, mail, start)) // composed by two
	equal(t, "then it is in the outbox alone", everywhere(t, s, secret), []string{"letter.body", "letter.raw"})
	claimed := claim(t, s, start.Add(time.Second), 10)
	equal(t, "one mail", len(claimed), 1)
	_, err = s.RecoverOutgoing(t.Context(), start.Add(2*time.Second)) // a crash while it is sent
	must(t, err)
	claimed = claim(t, s, start.Add(3*time.Second), 10)
	equal(t, "its words are still there", string(claimed[0].Raw), "Dev: "+secret)
	must(t, s.Finish(t.Context(), claimed[0].ID, claimed[0].Epoch, team.SendResult{State: team.SentOut}, start.Add(4*time.Second)))
	equal(t, "once it is sent it is nowhere", everywhere(t, s, secret), []string(nil))
	owed, err = s.Notices(t.Context(), start.Add(time.Hour), 10)
	equal(t, "nothing more is owed", words(len(owed), err), words(0, nil))
	answers, err := s.Answers(t.Context(), start, 10)
	must(t, err)
	equal(t, "Dev is told to whom it went", answers[0].Told, []string{"Mia Rossi"})
	sent, ok, err := s.Sent(t.Context(), team.NoticeMail, mia.ID, 1, monday)
	equal(t, "whoever answers From is known to answer Dev", words(ok && sent.Notice.About == dev.ID, err), words(true, nil))
}

func TestWhoseWordsForOneAloneCouldNotBeSentIsTold(t *testing.T) {
	const secret = "a secret of Dev's"
	for says, lose := range map[string]func(s *Store, mia team.Person){
		"refused": func(s *Store, mia team.Person) {
			owed, err := s.Notices(t.Context(), start, 10)
			must(t, err)
			mail := *outgoing(team.NoticeMail, mia, monday)
			mail.Text, mail.Raw = secret, []byte(secret)
			must(t, s.CommitNotice(t.Context(), owed[0].ID, mail, start))
			m := claim(t, s, start.Add(time.Second), 10)[0]
			must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Failed, Code: 554, Line: "no"}, start.Add(time.Second)))
		},
		"too late": func(s *Store, mia team.Person) { must(t, s.Lapse(t.Context(), start.Add(privateLife))) },
	} {
		s := platform(t)
		mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
		accept1(t, s, update(mia, 1, "moved the jobs"))
		accept1(t, s, privately(dev, 2, dueDigest(t, s, dev, monday).Reading[0].Entries[0].Items[0].ID, secret))
		lose(s, mia)
		equal(t, says+": it is nowhere", everywhere(t, s, secret), []string(nil))
		owed, err := s.Notices(t.Context(), start.Add(privateLife), 10)
		must(t, err)
		if len(owed) != 1 || owed[0].Kind != team.LostNotice || owed[0].Person.ID != dev.ID || owed[0].About.ID != mia.ID {
			t.Errorf("%s: owed is %+v, want word to Dev", says, owed)
		}
	}
}

func TestWordsForOneAloneGoToFellowsOnly(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("platform", aiko, mia), rosterTeam("garden", dev))
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "moved the jobs"))
	item := dueDigest(t, s, person(t, s, "aiko@example.com"), monday).Reading[0].Entries[0].Items[0].ID
	accept1(t, s, privately(dev, 2, item, "from another team"))
	accept1(t, s, privately(mia, 3, item, "to myself"))
	owed, err := s.Notices(t.Context(), start, 10)
	equal(t, "owed", words(len(owed), err), words(0, nil))
	for _, secret := range []string{"from another team", "to myself"} {
		equal(t, secret, everywhere(t, s, secret), []string(nil))
	}
	answers, err := s.Answers(t.Context(), start, 10)
	must(t, err)
	equal(t, "both are told", answers[0].Doubt.Why != "" && answers[1].Doubt.Why != "", true)
}

func holdsWord(all *team.Everything, word string) bool {
	for _, p := range all.Parts {
		for _, row := range p.Rows {
			for _, f := range row {
				if f.Value == word {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(all.Mails, func(m team.HeldMail) bool { return bytes.Contains(m.Raw, []byte(word)) })
}

package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"daybreak/internal/team"
)

// atOnceFor has a member told at once what is answered where they take part.
func atOnceFor(t *testing.T, s *Store, uid uint32, p team.Person) {
	t.Helper()
	order(t, s, uid, team.Mail{MemberID: p.ID, Set: &team.Setting{Part: "comments", Rule: team.Rule{Comments: team.CommentsAtOnce}}})
}

// noticed are the notices owed by then about comments: "to Mia: why? (because)", those that are no news in brackets.
func noticed(t *testing.T, s *Store, now time.Time) (list []team.Notice, told []string) {
	t.Helper()
	list, err := s.Notices(t.Context(), now, 10)
	must(t, err)
	for _, n := range list {
		line := "to " + n.Person.Name + ":"
		for _, c := range n.Thread.Comments {
			if c.News {
				line += " " + c.Text
			} else {
				line += " (" + c.Text + ")"
			}
		}
		told = append(told, line)
	}
	return list, told
}

// mailOf is the mail of a notice about comments.
func mailOf(n team.Notice) team.Outgoing {
	m := *outgoing(team.NoticeMail, n.Person, monday)
	m.Dedupe, m.MessageID, m.Tells = fmt.Sprintf("notice:%d", n.ID), fmt.Sprintf("notice-%d@x", n.ID), nil
	m.Marks = map[string]int64{"a1": n.Thread.ItemID}
	for _, c := range n.Thread.Comments {
		if c.News {
			m.Tells = append(m.Tells, c.ID)
		}
	}
	return m
}

// itemOfMia is what Mia says on Monday, which Dev was told.
func itemOfMia(t *testing.T, s *Store) (mia, dev team.Person, item int64) {
	t.Helper()
	mia, dev = person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "moved the jobs"))
	turn := dueDigest(t, s, dev, monday)
	item = turn.Reading[0].Entries[0].Items[0].ID
	m := outgoing(team.DigestMail, dev, monday)
	m.Subject, m.Marks = "Platform · Mon 2 Mar", map[string]int64{"b7": item}
	commit1(t, s, team.Turned{Turn: turn, Mail: m})
	for _, m := range claim(t, s, start.Add(time.Second), 10) {
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, start.Add(time.Second)))
	}
	return mia, dev, item
}

func TestACommentIsToldAtOnceToWhoWantsThatAndNotAgain(t *testing.T) {
	s := platform(t)
	mia, dev, item := itemOfMia(t, s)
	aiko := person(t, s, "aiko@example.com")
	for i, p := range []team.Person{mia, dev, aiko} {
		atOnceFor(t, s, uint32(10+i), p)
	}
	accept1(t, s, answering(dev, 2, remark(item, "why?"), reaction(item, "👍"))) // Dev takes part from here on
	accept1(t, s, answering(aiko, 3, remark(item, "yes, why?")))
	_, told := noticed(t, s, start)
	equal(t, "for a while they gather", told, []string(nil))
	list, told := noticed(t, s, start.Add(gathering))
	equal(t, "then", told, []string{"to Mia Rossi: why? (👍) yes, why?", "to Dev Patel: (why?) (👍) yes, why?"})
	equal(t, "in the thread of the digest that showed it", list[1].Shown.Subject, "Platform · Mon 2 Mar")
	equal(t, "with its mark", list[1].Shown.Marks, map[string]int64{"b7": item})
	for _, n := range list {
		must(t, s.CommitNotice(t.Context(), n.ID, mailOf(n), start.Add(gathering)))
		must(t, s.CommitNotice(t.Context(), n.ID, mailOf(n), start.Add(gathering))) // after a crash
	}
	_, told = noticed(t, s, start.Add(time.Hour))
	equal(t, "once", told, []string(nil))
	equal(t, "one mail to each", len(claim(t, s, start.Add(time.Hour), 10)), 2)
	turn := dueDigest(t, s, mia, monday)
	equal(t, "the author's digest has what was no comment", threads(turn), []string{
		`(Dev Patel on Mia Rossi's "moved the jobs": why?)`, `Dev Patel on Mia Rossi's "moved the jobs": 👍`, `(Aiko Tanaka on Mia Rossi's "moved the jobs": yes, why?)`})
	sent, ok, err := s.Sent(t.Context(), team.NoticeMail, mia.ID, list[0].ID, monday)
	equal(t, "a reply is about the item", words(sent.Marks, err), words(map[string]int64{"a1": item}, nil))
	equal(t, "known", ok, true)
}

func TestACommentThatComesWhileItsMailIsMadeIsNotLost(t *testing.T) {
	s := platform(t)
	mia, dev, item := itemOfMia(t, s)
	atOnceFor(t, s, 10, mia)
	accept1(t, s, answering(dev, 2, remark(item, "one")))
	list, _ := noticed(t, s, start.Add(gathering))
	accept1(t, s, answering(dev, 3, remark(item, "two"))) // at the same clock: it joins
	must(t, s.CommitNotice(t.Context(), list[0].ID, mailOf(list[0]), start.Add(gathering)))
	list, told := noticed(t, s, start.Add(gathering))
	equal(t, "the mail without it is not made", told, []string{"to Mia Rossi: one two"})
	must(t, s.CommitNotice(t.Context(), list[0].ID, mailOf(list[0]), start.Add(gathering)))
	equal(t, "one mail has both", len(claim(t, s, start.Add(time.Hour), 10)), 1)
}

func TestACommentThatCouldNotBeSentAtOnceIsToldByTheNextDigestOnce(t *testing.T) {
	s := platform(t)
	mia, dev, item := itemOfMia(t, s)
	atOnceFor(t, s, 10, mia)
	accept1(t, s, answering(dev, 2, remark(item, "why?")))
	list, _ := noticed(t, s, start.Add(gathering))
	must(t, s.CommitNotice(t.Context(), list[0].ID, mailOf(list[0]), start.Add(gathering)))

	turn := dueDigest(t, s, mia, monday) // a digest passes while the mail waits: it leaves it to that
	equal(t, "meanwhile", slices.ContainsFunc(threads(turn), func(l string) bool { return l[0] != '(' }), false)
	commit1(t, s, team.Turned{Turn: turn, Told: true})
	m := claim(t, s, start.Add(time.Hour), 10)[0]
	must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Failed, Code: 554, Line: "no"}, start.Add(time.Hour)))

	why := []string{`Dev Patel on Mia Rossi's "moved the jobs": why?`}
	turn = dueDigest(t, s, mia, monday.Add(1))
	equal(t, "the next one", threads(turn), why)
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday.Add(1))})
	equal(t, "and no other", threads(dueDigest(t, s, mia, monday.Add(2))), []string(nil))
	m = claim(t, s, start.Add(2*time.Hour), 10)[0]
	must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Expired}, start.Add(2*time.Hour)))
	equal(t, "unless that could not be sent either", threads(dueDigest(t, s, mia, monday.Add(2))), why)
}

func TestADigestTellsWhatWaitsToBeToldAtOnceInItsPlace(t *testing.T) {
	s := platform(t)
	mia, dev, item := itemOfMia(t, s)
	atOnceFor(t, s, 10, mia)
	accept1(t, s, answering(dev, 2, remark(item, "why?")))
	list, _ := noticed(t, s, start.Add(gathering))
	must(t, s.PutOffNotice(t.Context(), list[0].ID, start.Add(time.Hour))) // for her hours
	why := []string{`Dev Patel on Mia Rossi's "moved the jobs": why?`}
	turn := dueDigest(t, s, mia, monday)
	equal(t, "the digest", threads(turn), why)
	accept1(t, s, answering(dev, 3, remark(item, "tell me"))) // while it is made
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday)})
	list, told := noticed(t, s, start.Add(time.Hour))
	equal(t, "what came later is told at once", told, []string{"to Mia Rossi: (why?) tell me"})
	must(t, s.CommitNotice(t.Context(), list[0].ID, mailOf(list[0]), start.Add(time.Hour)))
	equal(t, "and by no digest", threads(dueDigest(t, s, mia, monday.Add(1)))[0][0], byte('('))

	accept1(t, s, answering(dev, 4, remark(item, "now")))
	turn = dueDigest(t, s, mia, monday.Add(1))
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday.Add(1))})
	_, told = noticed(t, s, start.Add(24*time.Hour))
	equal(t, "nothing is left for a mail of its own", told, []string(nil))
	for _, m := range claim(t, s, start.Add(24*time.Hour), 10) {
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Expired}, start.Add(24*time.Hour)))
	}
	_, told = noticed(t, s, start.Add(48*time.Hour))
	equal(t, "nor if the digest could not be sent", told, []string(nil))
	turn = dueDigest(t, s, mia, monday.Add(2))
	equal(t, "which the next one tells", slices.Contains(threads(turn), `Dev Patel on Mia Rossi's "moved the jobs": now`), true)
}

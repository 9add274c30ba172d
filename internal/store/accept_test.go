package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

func outcomes(t testing.TB, s *Store) map[team.Outcome]int {
	t.Helper()
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	return st.Outcomes
}

func lastUID(t testing.TB, s *Store) uint32 {
	t.Helper()
	c, _, err := s.Cursor(t.Context(), account)
	must(t, err)
	return c.LastUID
}

func TestACursorIsUnknownUntilItsBaseline(t *testing.T) {
	s := open(t)
	_, ok, err := s.Cursor(t.Context(), account)
	equal(t, "known before", words(ok, err), "false <nil>")
	must(t, s.MailboxSeen(t.Context(), account, start))
	_, ok, err = s.Cursor(t.Context(), account)
	equal(t, "known after it was only looked at", words(ok, err), "false <nil>")
	must(t, s.Baseline(t.Context(), cursor(41)))
	c, _, err := s.Cursor(t.Context(), account)
	must(t, err)
	equal(t, "cursor", c, cursor(41))
	must(t, s.MailboxSeen(t.Context(), account, start.Add(time.Hour)))
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	equal(t, "seen", st.Mailboxes, []team.MailboxStatus{{Cursor: cursor(41), SeenAt: start.Add(time.Hour)}})

	must(t, s.Baseline(t.Context(), team.Cursor{Account: account, Validity: 8}))
	c, _, err = s.Cursor(t.Context(), account)
	must(t, err)
	equal(t, "cursor after the UIDs have changed", c, team.Cursor{Account: account, Validity: 8, BaselineAt: start})
	if err := s.Accept(t.Context(), cursor(50), nil, start); !errors.Is(err, ErrStale) {
		t.Errorf("accepting with the old validity: %v", err)
	}
}

// What is wrong with a mail itself is told from what is wrong with the database, and nothing of its batch is stored.
func TestTheMailThatCannotBeAcceptedIsNamed(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	nowhere, odd := update(mia, 2, "two"), update(mia, 3, "three")
	nowhere.Update.CheckInID = 99
	odd.Outcome = team.Held
	for _, m := range []team.Mail{nowhere, odd} {
		err := s.Accept(t.Context(), cursor(4), []team.Mail{update(mia, 1, "one"), m, update(mia, 4, "four")}, start)
		if own := (*team.Unacceptable)(nil); !errors.As(err, &own) || own.UID != m.UID {
			t.Errorf("got %v, want it to name message %d", err, m.UID)
		}
		equal(t, "stored", outcomes(t, s), map[team.Outcome]int{})
	}
	must(t, s.Close())
	err := s.Accept(t.Context(), cursor(1), []team.Mail{update(mia, 1, "one")}, start)
	if own := (*team.Unacceptable)(nil); err == nil || errors.As(err, &own) {
		t.Errorf("a database that is closed is laid upon message %v", own)
	}
}

func TestAMailIsAcceptedOnce(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	m := update(mia, 1, "one")
	accept1(t, s, m)
	accept1(t, s, m)
	equal(t, "the same place twice", outcomes(t, s), map[team.Outcome]int{team.Stored: 1})

	pause := true
	copied := m
	copied.UID, copied.Pause, copied.Answer = 2, &pause, &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerHelp}
	accept1(t, s, copied)
	equal(t, "a copy at another place", outcomes(t, s), map[team.Outcome]int{team.Stored: 1, team.Duplicate: 1})
	equal(t, "paused by the copy", person(t, s, "mia@example.com").Paused, false)
	equal(t, "entries", number(t, s, "SELECT COUNT(*) FROM entry"), 1)
	equal(t, "answers owed for the copy", number(t, s, "SELECT COUNT(*) FROM answer"), 0)
	equal(t, "raw bodies of both", number(t, s, "SELECT COUNT(*) FROM raw"), 1)
	equal(t, "cursor", lastUID(t, s), 2)

	must(t, s.Accept(t.Context(), cursor(1), nil, start))
	equal(t, "cursor after an older one", lastUID(t, s), 2)
	nameless := team.Mail{UID: 3, Outcome: team.Quarantined, Reason: "gone", ReceivedAt: start}
	accept1(t, s, nameless)
	nameless.UID = 4
	accept1(t, s, nameless)
	equal(t, "mails without identity are no copies of each other", outcomes(t, s)[team.Quarantined], 2)
}

func TestACopyThatDidNothingHidesNoMailThatDoes(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	uid := uint32(0)
	for _, first := range []team.Outcome{team.List, team.Refused, team.Held, team.AutoReply, team.Quarantined, team.Duplicate} {
		m := update(mia, uid+1, "by way of "+string(first))
		m.Identity = string(first)
		for _, outcome := range []team.Outcome{first, team.Stored, first, team.Stored} {
			uid++
			m := m
			m.UID, m.Outcome = uid, outcome
			if outcome != team.Stored {
				m.Update = nil
			}
			accept1(t, s, m)
		}
	}
	equal(t, "outcomes", outcomes(t, s), map[team.Outcome]int{
		team.List: 1, team.Refused: 1, team.Held: 1, team.AutoReply: 1, team.Quarantined: 1, team.Stored: 6, team.Duplicate: 13,
	})
	equal(t, "entries", number(t, s, "SELECT COUNT(*) FROM entry"), 6)
}

func TestAcceptTellsWhatBecameOfEachMail(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	tell := func(mails []team.Mail) (list []string) {
		for _, m := range mails {
			list = append(list, words(m.UID, m.Outcome, m.Reason, m.Update != nil, m.Pause != nil, m.Answer != nil))
		}
		return list
	}
	first, pause := update(mia, 1, "one"), true
	copied := first
	copied.UID = 2
	command := team.Mail{
		UID: 3, Identity: "p", Outcome: team.Command, Reason: "it says stop", MemberID: mia.ID, Pause: &pause,
		Answer: &team.NewAnswer{MemberID: mia.ID, Kind: team.AnswerPaused}, ReceivedAt: start,
	}
	again := command
	again.UID = 4
	mails := []team.Mail{first, copied, command, again}
	bad := update(mia, 5, "bad")
	bad.Update.CheckInID = 99
	before := tell(mails)
	if err := s.Accept(t.Context(), cursor(5), append(mails, bad), start); err == nil {
		t.Fatal("a mail about an unknown check-in was accepted")
	}
	equal(t, "after an error", tell(mails), before)
	must(t, s.Accept(t.Context(), cursor(4), mails, start))
	want := []string{
		"1 stored an answer true false false", "2 duplicate a copy of mail 1 false false false",
		"3 command it says stop false true true", "4 duplicate a copy of mail 3 false false false",
	}
	equal(t, "what became of them", tell(mails), want)

	other := update(mia, 1, "judged anew")
	other.Outcome, other.Reason, other.Update, other.Identity = team.Held, "now it would be held", nil, ""
	mails = []team.Mail{other, copied, command}
	must(t, s.Accept(t.Context(), cursor(4), mails, start))
	equal(t, "a second time", tell(mails), []string{
		"1 stored an answer false false false", want[1], "3 command it says stop false false false",
	})
}

func TestABatchIsAcceptedWholeOrNotAtAll(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	accept1(t, s, update(mia, 1, "before"))
	bad := update(mia, 3, "bad")
	bad.Update.CheckInID = 99
	err := s.Accept(t.Context(), cursor(3), []team.Mail{update(mia, 2, "good"), bad}, start)
	if err == nil || !strings.Contains(err.Error(), "message 3: team 1 has no check-in 99") {
		t.Errorf("error: %v", err)
	}
	equal(t, "cursor", lastUID(t, s), 1)
	equal(t, "outcomes", outcomes(t, s), map[team.Outcome]int{team.Stored: 1})
	equal(t, "entries", number(t, s, "SELECT COUNT(*) FROM entry"), 1)
	equal(t, "raw bodies", number(t, s, "SELECT COUNT(*) FROM raw"), 1)
	equal(t, "the team's number", number(t, s, "SELECT seq FROM team"), 1)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Accept(ctx, cursor(2), []team.Mail{update(mia, 2, "good")}, start); !errors.Is(err, context.Canceled) {
		t.Errorf("accepting after the end: %v", err)
	}
	mismatched := update(mia, 4)
	mismatched.Outcome = team.Held
	if err := s.Accept(t.Context(), cursor(4), []team.Mail{mismatched}, start); err == nil {
		t.Error("a held mail with an update was accepted")
	}
}

func TestRawMailIsReadBackAsItCame(t *testing.T) {
	s := open(t)
	noise := make([]byte, 3000)
	rand.Read(noise)
	raws := [][]byte{bytes.Repeat([]byte("a line of a mail\r\n"), 5000), noise, []byte("x"), nil}
	var mails []team.Mail
	for i, raw := range raws {
		mails = append(mails, team.Mail{UID: uint32(i + 1), Raw: raw, Outcome: team.Refused, ReceivedAt: start})
	}
	must(t, s.Accept(t.Context(), cursor(4), mails, start))
	for i, want := range raws {
		raw, err := s.RawMail(t.Context(), int64(i+1))
		must(t, err)
		if !bytes.Equal(raw, want) {
			t.Errorf("mail %d: %d bytes, want %d", i+1, len(raw), len(want))
		}
	}
	if n := number(t, s, "SELECT LENGTH(body) FROM raw WHERE id = 1"); n > 1000 {
		t.Errorf("90,000 bytes of repetition are kept in %d", n)
	}
	if _, err := s.RawMail(t.Context(), 99); KindOf(err) != Unknown {
		t.Errorf("a mail that is not there: %v", err)
	}
}

func TestTextThatOtherEnginesRefuseIsCleaned(t *testing.T) {
	s := platform(t)
	m := update(person(t, s, "mia@example.com"), 1, "a\x00b\xffc")
	m.Subject = "\xff\x00"
	accept1(t, s, m)
	turn := dueDigest(t, s, person(t, s, "dev@example.com"), monday)
	equal(t, "text", texts(turn), []string{"Mia Rossi: ab\uFFFDc"})
}

func TestPausingByMailTakesTheSlotsAway(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	digestSlot(t, s, mia, monday)
	yes, no := true, false
	command := team.Mail{UID: 1, Identity: "p", Outcome: team.Command, MemberID: mia.ID, Pause: &yes, ReceivedAt: start}
	accept1(t, s, command)
	equal(t, "paused", person(t, s, "mia@example.com").Paused, true)
	equal(t, "due", len(due(t, s)), 0)
	equal(t, "unplanned", names(t, s), []string{"Aiko Tanaka", "Dev Patel"})
	digestSlot(t, s, mia, monday)
	equal(t, "due after planning the paused", len(due(t, s)), 0)
	command.UID, command.Identity, command.Pause = 2, "r", &no
	accept1(t, s, command)
	equal(t, "unplanned after resuming", names(t, s), []string{"Aiko Tanaka", "Mia Rossi", "Dev Patel"})
}

func names(t testing.TB, s *Store) []string {
	t.Helper()
	people, err := s.Unplanned(t.Context(), 100)
	must(t, err)
	var list []string
	for _, p := range people {
		list = append(list, p.Name)
	}
	return list
}

func TestAMemberIsOwedAtMostTenAnswersADay(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	uid := uint32(0)
	ask := func(p team.Person, now time.Time) {
		uid++
		must(t, s.Accept(t.Context(), cursor(uid), []team.Mail{{
			UID: uid, Identity: fmt.Sprint(uid), Outcome: team.Command, MemberID: p.ID, Subject: "help", MessageID: fmt.Sprint(uid, "@x"),
			Answer: &team.NewAnswer{MemberID: p.ID, Kind: team.AnswerHelp}, ReceivedAt: now,
		}}, now))
	}
	for range 12 {
		ask(mia, start)
	}
	ask(dev, start)
	answers, err := s.Answers(t.Context(), start, 100)
	must(t, err)
	equal(t, "answers owed", len(answers), 11)
	ask(mia, start.Add(25*time.Hour))
	answers, err = s.Answers(t.Context(), start.Add(25*time.Hour), 100)
	must(t, err)
	equal(t, "answers owed the day after", len(answers), 12)
	first := answers[0]
	equal(t, "the first", words(first.ID, first.Kind, first.Person.Name, first.Subject, first.MessageID), "1 help Mia Rossi help 1@x")

	mail := *outgoing(team.ReceiptMail, mia, monday)
	must(t, s.CommitAnswer(t.Context(), first.ID, mail, start))
	mail.Dedupe = "another"
	must(t, s.CommitAnswer(t.Context(), first.ID, mail, start))
	equal(t, "mails for one answer", queued(t, s), 1)
	answers, err = s.Answers(t.Context(), start.Add(25*time.Hour), 100)
	must(t, err)
	equal(t, "answers still owed", len(answers), 11)
	sent, ok, err := s.Sent(t.Context(), team.ReceiptMail, mia.ID, first.ID, monday)
	must(t, err)
	equal(t, "the receipt as sent", words(ok, sent.Kind, sent.MemberID, sent.Day, sent.Text), words(true, "receipt", mia.ID, "2026-03-02", mail.Text))
}

func TestTheWordsOfAQuestionAreThoseThatWereAsked(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0]
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{{Kind: team.PromptSlot, CheckInID: checkin.ID, Day: monday, At: start, Until: start}}))
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.PromptMail, mia, monday)})
	changed := rosterTeam("platform", aiko, member("Mia Rossi", "Europe/Paris", "mia@example.com"), dev)
	changed.Team.CheckIns[0].Questions = []string{"How was it?"}
	apply(t, s, changed)
	accept1(t, s, update(mia, 1, "done", "next", "more than was asked"))
	turn := dueDigest(t, s, person(t, s, "dev@example.com"), monday)
	var asked []string
	for _, item := range turn.Reading[0].Entries[0].Items {
		asked = append(asked, fmt.Sprint(item.Question, " ", item.Asked))
	}
	equal(t, "asked", asked, []string{"0 What got done?", "1 What is next?", "2 "})
	sent, ok, err := s.Sent(t.Context(), team.PromptMail, mia.ID, checkin.ID, monday)
	must(t, err)
	equal(t, "the prompt's questions", words(ok, sent.Questions), "true [What got done? What is next?]")
}

func TestAUIDThatMeansAnotherMailNowIsAnotherMail(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	c := team.Cursor{Account: account, Validity: 7, BaselineAt: start}
	take := func(uid uint32, identity, words string) {
		t.Helper()
		m := update(mia, uid, words)
		m.Identity = identity
		c.LastUID = uid
		must(t, s.Accept(t.Context(), c, []team.Mail{m}, start))
	}
	must(t, s.Baseline(t.Context(), c))
	take(1, "first", "one")
	take(2, "second", "two")
	c.LastUID = 0
	must(t, s.Baseline(t.Context(), c)) // the server was restored from a copy and gives UID 2 again, with the same UIDVALIDITY
	take(1, "first", "one")
	take(2, "another", "three")
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	equal(t, "outcomes", st.Outcomes, map[team.Outcome]int{team.Stored: 3, team.Duplicate: 1})
}

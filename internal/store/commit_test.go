package store

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestADigestHoldsWhatTheReaderHasNotHad(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "first"))
	accept1(t, s, update(dev, 2, "second", "third"))
	turn := dueDigest(t, s, mia, monday)
	equal(t, "others' and own", texts(turn), []string{"Mia Rossi: first", "Dev Patel: second", "Dev Patel: third"})
	equal(t, "the digest before", turn.Previous, time.Time{})
	r := turn.Reading[0]
	equal(t, "from, through and team", words(r.From, r.Through, r.Team.Slug), "0 2 platform")
	e := r.Entries[1]
	equal(t, "an entry", words(e.MemberID == dev.ID, e.Zone, e.CheckIn, e.Day, e.Seq, e.At.Equal(start), e.Correction, e.Items[1].Seq, e.Items[0].Asked),
		"true Asia/Kolkata daily 2026-03-02 2 true false 2 What got done?")

	mail := outgoing(team.DigestMail, mia, monday)
	mail.Marks = map[string]int64{"a1": e.Items[0].ID}
	commit1(t, s, team.Turned{Turn: turn, Mail: mail})
	sent, _, err := s.Sent(t.Context(), team.DigestMail, mia.ID, 0, monday)
	equal(t, "the marks", words(sent.Marks, err), words(mail.Marks, nil))
	equal(t, "outbox", queued(t, s), 1)
	accept1(t, s, update(dev, 3, "fourth"))
	turn = dueDigest(t, s, mia, monday.Add(1))
	equal(t, "the day after", texts(turn), []string{"Dev Patel: fourth"})
	equal(t, "the digest before that", turn.Previous, start)
	equal(t, "another reader", texts(dueDigest(t, s, dev, monday)), []string{"Mia Rossi: first", "Dev Patel: second", "Dev Patel: third", "Dev Patel: fourth"})
}

func TestANewcomerReadsNoHistory(t *testing.T) {
	s := platform(t)
	accept1(t, s, update(person(t, s, "mia@example.com"), 1, "before"))
	apply(t, s, rosterTeam("platform", aiko, mia, dev, member("Noor", "UTC", "noor@example.com")))
	noor := person(t, s, "noor@example.com")
	equal(t, "on joining", texts(dueDigest(t, s, noor, monday)), []string(nil))
	accept1(t, s, update(person(t, s, "mia@example.com"), 2, "after"))
	equal(t, "after joining", texts(dueDigest(t, s, noor, monday)), []string{"Mia Rossi: after"})
}

func TestTeamsDoNotReadEachOther(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("a", aiko, mia), rosterTeam("b", dev, mia))
	accept1(t, s, update(person(t, s, "aiko@example.com"), 1, "for a"))
	accept1(t, s, update(person(t, s, "dev@example.com"), 2, "for b"))
	equal(t, "in a", texts(dueDigest(t, s, person(t, s, "aiko@example.com"), monday)), []string{"Aiko Tanaka: for a"})
	equal(t, "in b", texts(dueDigest(t, s, person(t, s, "dev@example.com"), monday)), []string{"Dev Patel: for b"})
	both := dueDigest(t, s, person(t, s, "mia@example.com"), monday)
	equal(t, "in both", texts(both), []string{"Aiko Tanaka: for a", "Dev Patel: for b"})
}

func TestACorrectionWithdrawsWhatWasSaidBefore(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "wrong"))
	accept1(t, s, update(dev, 2, "right"))
	other := update(mia, 3, "another day")
	other.Update.Day = monday.Add(-1)
	accept1(t, s, other)
	correction := update(mia, 4, "better")
	correction.Update.Replace = true
	accept1(t, s, correction)
	turn := dueDigest(t, s, dev, monday)
	equal(t, "what is read", texts(turn), []string{"Dev Patel: right", "Mia Rossi: another day", "Mia Rossi: better"})
	equal(t, "a correction", turn.Reading[0].Entries[2].Correction, true)
}

func TestArchivedMailIsNeverNews(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(mia, 1, "new"))
	old := update(mia, 2, "old")
	old.Update.Archive, old.Update.Replace = true, true
	accept1(t, s, old)
	turn := dueDigest(t, s, dev, monday)
	equal(t, "what is read", texts(turn), []string{"Mia Rossi: new"})
	equal(t, "through", turn.Reading[0].Through, 1)
	equal(t, "entries kept", number(t, s, "SELECT COUNT(*) FROM entry"), 2)
}

func TestATurnIsCommittedOnce(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(dev, 1, "news"))
	turn := dueDigest(t, s, mia, monday)
	next := team.Slot{Kind: team.DigestSlot, Day: monday.Add(1), At: start.Add(24 * time.Hour), Until: start.Add(36 * time.Hour)}
	turned := team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday), Next: []team.Slot{next}}
	commit1(t, s, turned, turned)
	commit1(t, s, turned)
	equal(t, "mails", queued(t, s), 1)
	at, ok, err := s.NextSlot(t.Context())
	must(t, err)
	equal(t, "next slot", words(ok, at.Equal(next.At)), "true true")
}

func TestADigestOfADayThatHadOneOnlyMovesTheSlot(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(dev, 1, "news"))
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, mia, monday), Mail: outgoing(team.DigestMail, mia, monday)})
	accept1(t, s, update(dev, 2, "later news"))
	again := outgoing(team.DigestMail, mia, monday)
	again.Dedupe = "planned anew that day"
	turned := team.Turned{Turn: dueDigest(t, s, mia, monday), Mail: again}
	turned.Next = []team.Slot{{Kind: team.DigestSlot, Day: monday.Add(1), At: start, Until: start}}
	commit1(t, s, turned)
	equal(t, "mails", queued(t, s), 1)
	turns := due(t, s)
	equal(t, "what is due then", words(len(turns), turns[0].Slot.Day, texts(turns[0])), "1 2026-03-03 [Dev Patel: later news]")
}

func TestADigestWhoseReaderHasReadOnIsComposedAnew(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	accept1(t, s, update(dev, 1, "news"))
	digestSlot(t, s, dev, monday)
	stale := dueDigest(t, s, mia, monday)
	fine := due(t, s)[1]
	equal(t, "the other turn", fine.Person.Name, "Dev Patel")
	stale.Reading[0].From = 7
	commit1(t, s, team.Turned{Turn: stale, Mail: outgoing(team.DigestMail, mia, monday)}, team.Turned{Turn: fine, Mail: outgoing(team.DigestMail, dev, monday)})
	equal(t, "mails: only the other's", queued(t, s), 1)
	turns := due(t, s)
	equal(t, "still due", words(len(turns), turns[0].Person.Name, texts(turns[0])), "1 Mia Rossi [Dev Patel: news]")
}

func TestNothingNewMovesTheSlotAndNoMarks(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	accept1(t, s, update(mia, 1, "own"))
	turn := dueDigest(t, s, mia, monday)
	commit1(t, s, team.Turned{Turn: turn, Next: []team.Slot{{Kind: team.DigestSlot, Day: monday.Add(1), At: start, Until: start}}})
	equal(t, "digests", number(t, s, "SELECT COUNT(*) FROM digest"), 0)
	turns := due(t, s)
	equal(t, "the next", words(turns[0].Slot.Day, texts(turns[0])), "2026-03-03 [Mia Rossi: own]")
}

func TestWhatHappensBetweenDueAndCommitIsNotUndone(t *testing.T) {
	for name, meanwhile := range map[string]func(*testing.T, *Store, team.Person){
		"paused": func(t *testing.T, s *Store, p team.Person) { must(t, s.SetPaused(t.Context(), p.ID, true, start)) },
		"left":   func(t *testing.T, s *Store, p team.Person) { must(t, s.RemoveMember(t.Context(), p.ID, start)) },
		"planned for another time": func(t *testing.T, s *Store, p team.Person) {
			must(t, s.Plan(t.Context(), p.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: start.Add(time.Hour), Until: start}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := platform(t)
			mia := person(t, s, "mia@example.com")
			accept1(t, s, update(mia, 1, "news"))
			turn := dueDigest(t, s, mia, monday)
			meanwhile(t, s, mia)
			commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, mia, monday), Next: []team.Slot{turn.Slot}})
			equal(t, "mails", queued(t, s), 0)
			equal(t, "due", len(due(t, s)), 0)
		})
	}
}

func TestAPromptAndItsReminder(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	slot := team.Slot{Kind: team.PromptSlot, CheckInID: checkin, Day: monday, At: start, Until: start.Add(time.Hour)}
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{slot}))
	turn := due(t, s)[0]
	equal(t, "the turn", words(turn.Team.Slug, turn.CheckIn.Name, turn.Answered, turn.Prompt), "platform daily false <nil>")
	reminder := slot
	reminder.Kind = team.ReminderSlot
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.PromptMail, mia, monday), Next: []team.Slot{reminder}})
	sent, ok, err := s.Sent(t.Context(), team.PromptMail, mia.ID, checkin, monday)
	must(t, err)
	equal(t, "the prompt as sent", sent, team.Sent{Kind: team.PromptMail, MemberID: mia.ID, TeamID: 1, CheckInID: checkin, Day: monday,
		Questions: []string{"What got done?", "What is next?"}, Plan: []string{}, MessageID: fmt.Sprintf("prompt-%d-2026-03-02@example.com", mia.ID),
		Subject: "A prompt", Text: fmt.Sprintf("the text of prompt-%d-2026-03-02", mia.ID)})
	equal(t, "it was sent", ok, true)

	turn = due(t, s)[0]
	equal(t, "the reminder's prompt", words(turn.Slot.Kind, turn.Prompt.Text == sent.Text, turn.Answered), "reminder true false")
	must(t, s.Plan(t.Context(), mia.ID, nil))
	equal(t, "reminders due after planning", len(due(t, s)), 1)
	accept1(t, s, update(mia, 1, "here"))
	equal(t, "answered", due(t, s)[0].Answered, true)
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.ReminderMail, mia, monday)})
	_, ok, err = s.Sent(t.Context(), team.ReminderMail, mia.ID, checkin, monday)
	must(t, err)
	equal(t, "the reminder was sent", ok, true)

	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{slot}))
	again := outgoing(team.PromptMail, mia, monday)
	again.Dedupe = "again"
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: again})
	equal(t, "mails after prompting for the same day", queued(t, s), 2)
	equal(t, "due then", len(due(t, s)), 0)
	_, ok, err = s.Sent(t.Context(), team.DigestMail, mia.ID, 0, monday)
	equal(t, "a digest that was not made", words(ok, err), "false <nil>")
}

func TestAReminderKeepsTheQuestionsThatItsPromptAsked(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	slot := team.Slot{Kind: team.PromptSlot, CheckInID: checkin, Day: monday, At: start}
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{slot}))
	reminder := slot
	reminder.Kind = team.ReminderSlot
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.PromptMail, mia, monday), Next: []team.Slot{reminder}})
	changed := rosterTeam("platform", aiko, member("Mia Rossi", "Europe/Paris", "mia@example.com"), dev)
	changed.Team.CheckIns[0].Questions = []string{"How was it?"}
	apply(t, s, changed)
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.ReminderMail, mia, monday)})
	sent, _, err := s.Sent(t.Context(), team.ReminderMail, mia.ID, checkin, monday)
	must(t, err)
	equal(t, "the reminder's questions", sent.Questions, []string{"What got done?", "What is next?"})
}

func TestARemovedCheckInIsNoLongerDue(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	slots := []team.Slot{
		{Kind: team.PromptSlot, CheckInID: checkin, Day: monday, At: start, Until: start},
		{Kind: team.ReminderSlot, CheckInID: checkin, Day: monday, At: start, Until: start},
		{Kind: team.DigestSlot, Day: monday, At: start, Until: start},
		{Kind: team.PromptSlot, CheckInID: 99, Day: monday, At: start, Until: start},
	}
	must(t, s.Plan(t.Context(), mia.ID, slots))
	equal(t, "due of known check-ins", len(due(t, s)), 3)
	without := rosterTeam("platform", aiko, member("Mia Rossi", "Europe/Paris", "mia@example.com"), dev)
	without.Team.CheckIns[0].Name = "another"
	apply(t, s, without)
	equal(t, "due", words(len(due(t, s)), due(t, s)[0].Slot.Kind), "1 digest")
}

func TestAChangeWhileAMemberIsPlannedPlansThemAgain(t *testing.T) {
	s := platform(t)
	equal(t, "unplanned", names(t, s), []string{"Aiko Tanaka", "Mia Rossi", "Dev Patel"})
	mia := person(t, s, "mia@example.com")
	apply(t, s, rosterTeam("platform", aiko, member("Mia Rossi", "UTC", "mia@example.com"), dev))
	must(t, s.Plan(t.Context(), mia.ID, nil))
	equal(t, "unplanned after planning by the old zone", names(t, s), []string{"Aiko Tanaka", "Mia Rossi", "Dev Patel"})
	must(t, s.Plan(t.Context(), mia.ID, nil))
	equal(t, "unplanned after planning by the new one", names(t, s), []string{"Aiko Tanaka", "Dev Patel"})
}

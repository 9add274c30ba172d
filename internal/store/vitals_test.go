package store

import (
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestTheVitalsTellWhatWasDoneLastAndWhatIsOwed(t *testing.T) {
	s := platform(t)
	aiko, dev := person(t, s, "aiko@example.com"), person(t, s, "dev@example.com")
	checkin := aiko.Teams[0].Team.CheckIns[0].ID
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	look := func(h int) team.Vitals {
		t.Helper()
		v, err := s.Vitals(t.Context(), at(h))
		must(t, err)
		return v
	}
	equal(t, "a new database", look(0), team.Vitals{})

	// A prompt on each of four days, which is sent; nobody answers.
	for day := range 4 {
		ask(t, s, aiko, checkin, monday.Add(day), at(24*day))
	}
	v := look(24*3 + 12)
	equal(t, "days on which somebody was asked and that are over", v.AskedOn, 3)
	equal(t, "the first", v.AskedAt, at(0))

	// Then somebody writes.
	m := update(dev, 1, "news")
	m.ReceivedAt = at(80)
	accept1(t, s, m)
	v = look(100)
	equal(t, "the last mail", v.MailAt, at(80))
	equal(t, "days without an answer", v.AskedOn, 0)

	must(t, s.NoteCheckup(t.Context(), at(90), ""))
	must(t, s.NoteCheckup(t.Context(), at(99), "row 3 missing"))
	v = look(100)
	equal(t, "the last look at all", v.CheckedAt, at(99))
	equal(t, "what it found", v.Damage, "row 3 missing")
}

func TestAMailWaitsSinceItShouldHaveLeftHoweverOftenItIsTried(t *testing.T) {
	s := platform(t)
	enqueued(t, s, 1)
	v, err := s.Vitals(t.Context(), start.Add(time.Hour))
	must(t, err)
	equal(t, "mails that wait", v.Waiting, 1)
	equal(t, "since when it waits before it is tried", v.WaitsAt, start)
	now := start
	for _, pause := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, time.Hour} {
		m := claim(t, s, now, 1)[0]
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Queued, NextAt: now.Add(pause), Line: "450 later"}, now))
		v, err := s.Vitals(t.Context(), now)
		must(t, err)
		equal(t, "mails that wait", v.Waiting, 1)
		equal(t, "since when it waits", v.WaitsAt, start)
		now = now.Add(pause)
	}

	// Who waits for their hours does not wait too long.
	m := claim(t, s, now, 1)[0]
	must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
	enqueued(t, s, 1)
	m = claim(t, s, now, 1)[0]
	must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Queued, NextAt: now.Add(5 * time.Hour), Untried: true}, now))
	v, err = s.Vitals(t.Context(), now)
	must(t, err)
	equal(t, "mails that wait too long", v.Waiting, 0)
}

func TestADigestThatIsNotSentIsOwedUntilAnotherIs(t *testing.T) {
	s := platform(t)
	aiko, mia := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com")
	accept1(t, s, update(person(t, s, "dev@example.com"), 1, "news"))
	turn := dueDigest(t, s, aiko, monday)
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, aiko, monday)})
	look := func(now time.Time) team.Vitals {
		t.Helper()
		v, err := s.Vitals(t.Context(), now)
		must(t, err)
		return v
	}
	equal(t, "owed while it waits", look(start.Add(2*time.Hour)).OwedAt, start)
	end := start.Add(12 * time.Hour)
	must(t, s.Lapse(t.Context(), end))
	v := look(end)
	equal(t, "owed when it was given up", v.OwedAt, start)
	equal(t, "given up within a day", v.GivenUp, 1)
	equal(t, "since", v.GivenUpAt, end)
	equal(t, "given up two days later", look(end.Add(48*time.Hour)).GivenUp, 0)

	turn = dueDigest(t, s, mia, monday)
	mail := outgoing(team.DigestMail, mia, monday)
	mail.ExpiresAt = time.Time{}
	commit1(t, s, team.Turned{Turn: turn, Mail: mail})
	m := claim(t, s, end, 1)[0]
	must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, end))
	v = look(end)
	equal(t, "owed when another was sent", v.OwedAt, time.Time{})
	equal(t, "the last digest", v.DigestAt, end)
}

// ask sends a member a prompt.
func ask(t *testing.T, s *Store, p team.Person, checkin int64, day team.Date, now time.Time) {
	t.Helper()
	slot := team.Slot{MemberID: p.ID, Kind: team.PromptSlot, CheckInID: checkin, Day: day, At: now, Until: now.Add(time.Hour)}
	must(t, s.Plan(t.Context(), p.ID, []team.Slot{slot}))
	turns, err := s.Due(t.Context(), now, 1)
	must(t, err)
	mail := outgoing(team.PromptMail, p, day)
	mail.ExpiresAt = time.Time{}
	must(t, s.Commit(t.Context(), []team.Turned{{Turn: turns[0], Mail: mail}}, now))
	for _, m := range claim(t, s, now, 10) {
		must(t, s.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
	}
}

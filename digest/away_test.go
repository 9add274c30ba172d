package digest_test

import (
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/team"
)

func march(day int) team.Date { return team.Date{Year: 2026, Month: time.March, Day: day} }

func TestNothingComesWhileAwayAndNoReminderOfWhatWasAskedBefore(t *testing.T) {
	start := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	people, err := d.store.People(t.Context())
	must(t, err)
	aiko := people[0].ID
	must(t, d.store.SetAway(t.Context(), aiko, team.Span{From: march(6), Through: march(10)}, start))
	expect(t, d.live("2026-03-04 12:00", "2026-03-12 12:00"), "Wed 16:00 prompt", "Thu 09:00 reminder", "Thu 16:00 prompt", "Wed 16:00 prompt", "Thu 09:00 reminder")

	// Back a day early.
	d = newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	must(t, d.store.SetAway(t.Context(), aiko, team.Span{From: march(5)}, start))
	expect(t, d.live("2026-03-05 12:00", "2026-03-20 12:00"))
	back, _, err := d.store.EndAway(t.Context(), aiko, march(20), start)
	must(t, err)
	expect(t, d.live("2026-03-20 12:00", "2026-03-20 18:00"), "Fri 16:00 prompt")
	if again, _, err := d.store.EndAway(t.Context(), aiko, march(20), start); !back || again || err != nil {
		t.Errorf("back %v, a second time %v, %v", back, again, err)
	}
}

func TestALeaveThatBeginsTodayStopsWhatIsStillToCome(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 07:00", "2026-03-05 12:00"))
	must(t, d.store.SetAway(t.Context(), 1, team.Span{From: march(5), Through: march(5)}, d.at("2026-03-05 12:00")))
	expect(t, d.live("2026-03-05 12:00", "2026-03-06 17:00"), "Fri 16:00 prompt")
}

// A prompt that waited until its member's hours were others was not asked: the later one of that day is, and else nobody is reminded.
func TestAPromptThatIsHeldIsAskedLaterThatDay(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	for _, c := range []struct {
		says  string
		state team.OutboxState
		rule  team.Rule
		want  []string
	}{
		{"held as it is asked later", team.Expired, team.Rule{Zone: "Asia/Tokyo", Prompt: 16*60 + 30, PromptSet: true}, []string{"Thu 16:30 prompt", "Fri 09:00 reminder"}},
		{"held and not asked later", team.Expired, team.Rule{Zone: "Asia/Tokyo", Prompt: 10 * 60, PromptSet: true, Hours: team.WorkHours{Hours: team.Hours{Start: 9 * 60, End: 16 * 60}}}, nil},
		{"refused", team.Failed, tokyo, nil},
	} {
		d := newDesk(t, tokyo, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
		expect(t, d.quarters("2026-03-05 12:00", "2026-03-05 15:45"))
		_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-05 16:00"))
		must(t, err)
		mails, err := d.store.ClaimOutgoing(t.Context(), d.at("2026-03-05 16:00"), time.Hour, 10)
		must(t, err)
		must(t, d.store.Finish(t.Context(), mails[0].ID, mails[0].Epoch, team.SendResult{State: c.state, Code: 554}, d.at("2026-03-05 16:01")))
		d.apply(c.rule, d.at("2026-03-05 16:02"))
		t.Log(c.says)
		expect(t, d.quarters("2026-03-05 16:15", "2026-03-06 09:45"), c.want...)
	}
}

// A mail that waits while its member's hours change leaves within the new ones or not at all; what a digest held is told in the next.
func TestMailThatWaitsLeavesWithinTheHoursThatHoldThen(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
	now := d.at("2026-03-05 16:00")
	_, err := d.scheduler.Tick(t.Context(), now)
	must(t, err)
	claim := func() team.Outgoing {
		t.Helper()
		mails, err := d.store.ClaimOutgoing(t.Context(), now, 0, 10)
		must(t, err)
		if len(mails) != 1 {
			t.Fatalf("%d mails wait, want one", len(mails))
		}
		return mails[0]
	}
	if m := claim(); m.Revised || m.Kind != team.PromptMail {
		t.Errorf("%+v", m)
	}
	for _, c := range []struct {
		says string
		rule team.Rule
		want string // when it may come; "": not any more
	}{
		{"the same zone", team.Rule{Zone: "Asia/Tokyo", Digest: 10 * 60, DigestSet: true}, "16:00"},
		{"asked a little earlier", team.Rule{Zone: "Asia/Tokyo", Prompt: 15 * 60, PromptSet: true}, "15:00"},
		{"asked later", team.Rule{Zone: "Asia/Tokyo", Prompt: 16*60 + 30, PromptSet: true}, "16:30"},
		{"asked by a time whose hours are over", team.Rule{Zone: "Asia/Tokyo", Hours: team.WorkHours{Hours: team.Hours{Start: 7 * 60, End: 15 * 60}}, Prompt: 14 * 60, PromptSet: true}, ""},
		{"in the afternoon of another zone", team.Rule{Zone: "Europe/Paris"}, "00:00"},
		{"at the time of the day before", team.Rule{Zone: "Pacific/Honolulu", Hours: team.WorkHours{Hours: team.Hours{Start: 9 * 60, End: 23 * 60}}, Prompt: 20 * 60, PromptSet: true}, "15:00"}, // the day after
	} {
		d.apply(c.rule, now)
		m := claim()
		people, err := d.store.People(t.Context())
		must(t, err)
		welcome, err := digest.WelcomeAt(people[0], m, now)
		must(t, err)
		at := ""
		if !welcome.IsZero() {
			at = welcome.In(now.Location()).Format("15:04")
		}
		if !m.Revised || at != c.want {
			t.Errorf("%s: revised %v, welcome at %q, want %q", c.says, m.Revised, at, c.want)
		}
	}
	d.apply(team.Rule{Zone: "Asia/Tokyo"}, now)
	must(t, d.store.SetAway(t.Context(), 1, team.Span{From: march(5), Through: march(5)}, now))
	people, err := d.store.People(t.Context())
	must(t, err)
	mails, err := d.store.ClaimOutgoing(t.Context(), now, time.Hour, 10)
	must(t, err)
	m := mails[0]
	if at, err := digest.WelcomeAt(people[0], m, now); !at.IsZero() || err != nil {
		t.Errorf("on leave it is welcome at %v, %v", at, err)
	}
	must(t, d.store.Finish(t.Context(), m.ID, m.Epoch, team.SendResult{State: team.Expired, Line: team.OutsideHours}, now))
	if status, err := d.store.Status(t.Context(), now, 0); err != nil || status.Outside != 1 || status.Merged != 0 {
		t.Errorf("%d held, %d merged, %v", status.Outside, status.Merged, err)
	}
}

// Answers come at once, and those that were kept back by an outage, of us or of the server, in working hours.
func TestAnswersThatComeLateWaitForTheWorkingHours(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	people, err := d.store.People(t.Context())
	must(t, err)
	aiko := people[0]
	for _, c := range []struct{ says, due, now, want string }{
		{"written at night and answered at once", "2026-03-07 02:40", "2026-03-07 03:00", "2026-03-07 03:00"},
		{"Friday's in the night to Saturday", "2026-03-06 15:00", "2026-03-07 03:00", "2026-03-09 09:00"},
		{"this morning's", "2026-03-06 09:30", "2026-03-06 14:00", "2026-03-06 14:00"},
		{"this afternoon's in the evening", "2026-03-05 16:30", "2026-03-05 17:45", "2026-03-06 09:00"},
	} {
		want := d.at(c.want)
		for _, kind := range []team.AnswerKind{team.AnswerChanged, team.AnswerHelp, team.AnswerUnsure} {
			if at, err := digest.AnswerAt(team.Answer{Kind: kind, Person: aiko, ReceivedAt: d.at(c.due)}, d.at(c.now)); err != nil || !at.Equal(want) {
				t.Errorf("%s: %s is made at %s, %v", c.says, kind, at, err)
			}
		}
		for _, kind := range []team.MailKind{team.ReceiptMail, team.NoticeMail} {
			if at, err := digest.WelcomeAt(aiko, team.Outgoing{Kind: kind, CreatedAt: d.at(c.due)}, d.at(c.now)); err != nil || !at.Equal(want) {
				t.Errorf("%s: a %s is sent at %s, %v", c.says, kind, at, err)
			}
		}
	}
	nowhere := team.Person{Member: team.Member{ID: 9}} // who has left the team that gave them a zone
	if at, err := digest.AnswerAt(team.Answer{Kind: team.AnswerPaused, Person: nowhere, ReceivedAt: d.at("2026-03-05 16:30")}, d.at("2026-03-07 03:00")); err != nil || !at.Equal(d.at("2026-03-07 03:00")) {
		t.Errorf("who has no hours is answered at %s, %v", at, err)
	}
}

// A leave over the end of the month has the monthly check-in asked before it. If it is called off, it is not asked again.
func TestAMonthlyCheckInIsAskedOnceThoughALeaveIsCalledOff(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, tokyo, start)
	_, err := d.store.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team: team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{
			{Name: "review", Questions: team.DefaultQuestions(), Schedule: team.Schedule{Month: -1}}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com"}, Rule: tokyo}}},
	}}}, false, start)
	must(t, err)
	must(t, d.store.SetAway(t.Context(), 1, team.Span{From: march(27), Through: march(31)}, start))
	expect(t, d.live("2026-03-05 12:00", "2026-03-29 12:00"), "Thu 16:00 prompt")
	_, _, err = d.store.EndAway(t.Context(), 1, march(30), d.at("2026-03-30 09:30"))
	must(t, err)
	expect(t, d.live("2026-03-30 09:30", "2026-04-30 18:00"), "Thu 16:00 prompt") // April's
}

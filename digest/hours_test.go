package digest_test

import (
	"cmp"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/templates"
)

// desk is the scheduler over a real database with one member, whose clock is set by hand.
type desk struct {
	t         *testing.T
	store     *store.Store
	scheduler *digest.Scheduler
	rule      team.Rule
	public    onDates // holidays of every region
	diligent  bool    // the member answers when reminded
	answered  uint32
}

func newDesk(t *testing.T, rule team.Rule, now time.Time) *desk {
	t.Helper()
	public := onDates{}
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "daybreak.db"), Public: public})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	keys, err := s.Keys(t.Context())
	must(t, err)
	set, err := templates.Load()
	must(t, err)
	d := &desk{t: t, store: s, public: public, scheduler: &digest.Scheduler{Store: s, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Compose: &digest.Composer{Address: "updates@example.com", Keys: keys, Templates: set}}}
	d.apply(rule, now)
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// apply gives the member a rule, as team apply does.
func (d *desk) apply(rule team.Rule, now time.Time) {
	d.t.Helper()
	_, err := d.store.ApplyRoster(d.t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team:    team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com"}, Rule: rule}}},
	}}}, false, now)
	must(d.t, err)
	d.rule = rule
}

func (d *desk) at(local string) time.Time {
	d.t.Helper()
	loc, err := d.rule.Location()
	must(d.t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", local, loc)
	must(d.t, err)
	return at
}

// live lets the time pass from slot to slot and gives what was made, with the local time; nothing is sent.
func (d *desk) live(from, to string) []string {
	d.t.Helper()
	var made []string
	now, end := d.at(from), d.at(to)
	for {
		_, err := d.scheduler.Tick(d.t.Context(), now)
		must(d.t, err)
		mails, err := d.store.ClaimOutgoing(d.t.Context(), now, time.Hour, 100)
		must(d.t, err)
		for _, m := range mails {
			must(d.t, d.store.Finish(d.t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
			loc, _ := d.rule.Location()
			made = append(made, now.In(loc).Format("Mon 15:04 ")+string(m.Kind))
			if d.diligent && m.Kind == team.ReminderMail {
				d.answer(team.DateOf(now.In(loc)), now)
			}
		}
		next, ok, err := d.store.NextSlot(d.t.Context())
		must(d.t, err)
		if !ok || next.After(end) {
			return made
		}
		now = next
	}
}

// answer stores an update of the member's for a day.
func (d *desk) answer(day team.Date, now time.Time) {
	d.t.Helper()
	people, err := d.store.People(d.t.Context())
	must(d.t, err)
	in := people[0].Teams[0].Team
	d.answered++
	must(d.t, d.store.Accept(d.t.Context(), team.Cursor{Account: "a", Validity: 1, LastUID: d.answered}, []team.Mail{{UID: d.answered, Outcome: team.Stored, MemberID: people[0].ID, ReceivedAt: now,
		Update: &team.NewUpdate{MemberID: people[0].ID, TeamID: in.ID, CheckInID: in.CheckIns[0].ID, Day: day.Add(-20), Items: []team.NewItem{{Kind: team.Done, Question: -1, Text: "done"}}}}}, now))
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func TestAWeekWithoutAnswers(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 12:00", "2026-03-09 12:00"), "Thu 16:00 prompt", "Fri 09:00 reminder", "Fri 16:00 prompt", "Mon 09:00 reminder")
}

func TestThoseToldInTheAfternoonAreRemindedTheSameDay(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo", Prompt: 9 * 60, PromptSet: true, Digest: 16 * 60, DigestSet: true}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 08:00", "2026-03-06 17:00"), "Thu 09:00 prompt", "Thu 16:00 reminder", "Fri 09:00 prompt", "Fri 16:00 reminder")
}

func TestThoseAskedAndToldAtTheSameTimeAreReminded(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo", Prompt: 9 * 60, PromptSet: true}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 08:00", "2026-03-06 17:00"), "Thu 09:00 prompt", "Fri 09:00 reminder", "Fri 09:00 prompt")
}

func TestAReminderFollowsTheRuleOfItsDay(t *testing.T) {
	start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	expect(t, d.live("2026-03-06 12:00", "2026-03-06 18:00"), "Fri 16:00 prompt")
	d.apply(team.Rule{Zone: "America/Los_Angeles"}, d.at("2026-03-07 12:00"))
	expect(t, d.live("2026-03-07 12:00", "2026-03-09 12:00"), "Mon 09:00 reminder")

	d = newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, start)
	expect(t, d.live("2026-03-06 12:00", "2026-03-06 18:00"), "Fri 16:00 prompt")
	d.apply(team.Rule{Zone: "Asia/Tokyo", Days: team.Workdays{Days: 1<<time.Wednesday | 1<<time.Thursday}}, d.at("2026-03-07 12:00"))
	expect(t, d.live("2026-03-07 12:00", "2026-03-11 12:00"), "Wed 09:00 reminder")
}

func TestWhatCouldNotBeSentInTheWorkingHoursIsNotSentInTheNight(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-05 12:00"))
	must(t, err)
	_, err = d.scheduler.Tick(t.Context(), d.at("2026-03-05 16:00"))
	must(t, err)
	mails, err := d.store.ClaimOutgoing(t.Context(), d.at("2026-03-05 17:01"), time.Hour, 100) // the server was away until now
	must(t, err)
	status, err := d.store.Status(t.Context(), d.at("2026-03-05 17:01"), 0)
	must(t, err)
	if len(mails) != 0 || status.Outbox[team.Expired] != 1 {
		t.Errorf("%d mails are sent after hours; the outbox is %v", len(mails), status.Outbox)
	}
}

// A server that is away for a day: nobody claims anything meanwhile.
func TestADigestThatWaitedTooLongIsTakenUpByTheNext(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	member := func(name, addr string) team.RosterMember {
		return team.RosterMember{Member: team.Member{Name: name, Addresses: []string{addr}, Rule: d.rule}}
	}
	_, err := d.store.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team:    team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions()}}},
		Members: []team.RosterMember{member("Aiko Tanaka", "aiko@example.com"), member("Mia Rossi", "mia@example.com")},
	}}}, false, d.at("2026-03-04 12:00"))
	must(t, err)
	_, err = d.scheduler.Tick(t.Context(), d.at("2026-03-04 12:00"))
	must(t, err)
	d.answer(march(24), d.at("2026-03-04 18:00"))
	for _, day := range []string{"2026-03-05", "2026-03-06"} {
		_, err := d.scheduler.Tick(t.Context(), d.at(day+" 09:00"))
		must(t, err)
	}
	mails, err := d.store.ClaimOutgoing(t.Context(), d.at("2026-03-06 09:30"), time.Hour, 100)
	must(t, err)
	if len(mails) != 1 || mails[0].Kind != team.DigestMail || mails[0].To != "mia@example.com" || mails[0].Day != march(6) {
		t.Errorf("%+v waits", mails)
	}
	if status, err := d.store.Status(t.Context(), d.at("2026-03-06 09:30"), 0); err != nil || status.Outside != 0 || status.Merged != 1 {
		t.Errorf("%d held, %d merged, %v", status.Outside, status.Merged, err)
	}
}

// Who is asked a little before the end of their hours is not asked after it, however late the prompt is.
func TestALatePromptIsNotSentAfterHours(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo", Prompt: 16*60 + 45, PromptSet: true}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-05 12:00", "2026-03-05 18:00"), "Thu 16:45 prompt")
	expect(t, d.live("2026-03-06 17:00", "2026-03-06 18:00"))
}

// Three working days without an answer make the prompt a weekly one, which says so; an answer brings it back.
func TestAPromptThatNobodyAnswersBecomesWeekly(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	expect(t, d.live("2026-03-02 12:00", "2026-03-20 12:00"), "Mon 16:00 prompt", "Tue 09:00 reminder", "Tue 16:00 prompt", "Wed 09:00 reminder",
		"Wed 16:00 prompt", "Thu 09:00 reminder", "Thu 16:00 prompt", "Fri 09:00 reminder", // this one says it
		"Thu 16:00 prompt", "Fri 09:00 reminder", "Thu 16:00 prompt", "Fri 09:00 reminder")

	d.apply(team.Rule{Zone: "Asia/Tokyo", Digest: 10 * 60, DigestSet: true}, d.at("2026-03-20 12:00")) // planning anew does not ask earlier
	expect(t, d.live("2026-03-20 12:00", "2026-03-25 12:00"))

	d.answer(march(24), d.at("2026-03-25 12:00"))
	expect(t, d.live("2026-03-25 12:00", "2026-03-27 18:00"), "Wed 16:00 prompt", "Thu 10:00 reminder", "Thu 16:00 prompt", "Fri 10:00 reminder", "Fri 16:00 prompt")
}

// What is added to a day for which something was said already is an answer as well.
func TestAnAnswerForADayThatHasOneBringsThePromptBack(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	d.answer(march(19), d.at("2026-03-02 12:00")) // as the one below, for 27 February
	expect(t, d.live("2026-03-02 15:00", "2026-03-06 12:00"), "Mon 16:00 prompt", "Tue 09:00 reminder", "Tue 16:00 prompt", "Wed 09:00 reminder",
		"Wed 16:00 prompt", "Thu 09:00 reminder", "Thu 16:00 prompt", "Fri 09:00 reminder")
	d.answer(march(19), d.at("2026-03-06 12:00"))
	expect(t, d.live("2026-03-06 12:00", "2026-03-10 12:00"), "Fri 16:00 prompt", "Mon 09:00 reminder", "Mon 16:00 prompt", "Tue 09:00 reminder")
}

// quarters lets the time pass a quarter of an hour at a time, and gives what was made, with the local time.
func (d *desk) quarters(from, to string) (made []string) {
	d.t.Helper()
	for now := d.at(from); !now.After(d.at(to)); now = now.Add(15 * time.Minute) {
		made = append(made, d.look(now)...)
	}
	return made
}

// look gives what is made and sent at a moment.
func (d *desk) look(now time.Time) (made []string) {
	d.t.Helper()
	_, err := d.scheduler.Tick(d.t.Context(), now)
	must(d.t, err)
	mails, err := d.store.ClaimOutgoing(d.t.Context(), now, time.Hour, 100)
	must(d.t, err)
	loc, err := d.rule.Location()
	must(d.t, err)
	for _, m := range mails {
		must(d.t, d.store.Finish(d.t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
		made = append(made, now.In(loc).Format("Mon 15:04 ")+string(m.Kind))
	}
	return made
}

// says stores an update of Mia's, whom Aiko reads.
func (d *desk) says(day team.Date, now time.Time) {
	d.t.Helper()
	people, err := d.store.People(d.t.Context())
	must(d.t, err)
	in := people[1].Teams[0].Team
	d.answered++
	must(d.t, d.store.Accept(d.t.Context(), team.Cursor{Account: "a", Validity: 1, LastUID: d.answered}, []team.Mail{{UID: d.answered, Outcome: team.Stored, MemberID: people[1].ID, ReceivedAt: now,
		Update: &team.NewUpdate{MemberID: people[1].ID, TeamID: in.ID, CheckInID: in.CheckIns[0].ID, Day: day, Items: []team.NewItem{{Kind: team.Done, Question: -1, Text: "the crane page"}}}}}, now))
}

// two gives Aiko a rule, and the team another member, who is asked nothing in these hours.
func (d *desk) two(rule team.Rule, now time.Time) {
	d.t.Helper()
	days, err := team.ParseWorkdays("sun")
	must(d.t, err)
	_, err = d.store.ApplyRoster(d.t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team: team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com"}, Rule: rule}},
			{Member: team.Member{Name: "Mia Rossi", Addresses: []string{"mia@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo", Days: days}}}},
	}}}, false, now)
	must(d.t, err)
	d.rule = rule
}

// What is said after the digest's time waits for the next morning, whatever is set anew meanwhile.
func TestADigestThatHadNothingToSayIsOverWithForTheDay(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	for says, rule := range map[string]team.Rule{
		"asked at another time":       {Zone: "Asia/Tokyo", Prompt: 16*60 + 30, PromptSet: true},
		"told later, and set by noon": {Zone: "Asia/Tokyo", Digest: 15 * 60, DigestSet: true, Prompt: 16*60 + 30, PromptSet: true},
	} {
		start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		d := newDesk(t, tokyo, start)
		d.two(tokyo, start)
		expect(t, d.quarters("2026-03-05 08:00", "2026-03-05 10:00"))
		d.says(march(5), d.at("2026-03-05 10:00"))
		d.two(rule, d.at("2026-03-05 11:05"))
		got := d.quarters("2026-03-05 11:15", "2026-03-06 15:00")
		if want := "Fri " + cmp.Or(rule.Digest, 9*60).String() + " digest"; !slices.Contains(got, want) || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Thu") && strings.HasSuffix(s, "digest") }) {
			t.Errorf("%s: %q, want %q", says, got, want)
		}
	}

	// One whose turn was not taken, as the daemon was not there, stays open.
	start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, tokyo, start)
	d.two(tokyo, start)
	d.says(march(4), d.at("2026-03-04 18:00"))
	expect(t, d.quarters("2026-03-05 08:00", "2026-03-05 08:00"))
	d.two(team.Rule{Zone: "Asia/Tokyo", Prompt: 16*60 + 30, PromptSet: true}, d.at("2026-03-05 11:05"))
	expect(t, d.quarters("2026-03-05 11:15", "2026-03-05 12:00"), "Thu 11:15 digest")
}

// From Auckland to Denver on a Monday evening, where it is Monday morning: the day has had its digest.
func TestADayThatComesAgainBeyondTheDateLineHasHadItsDigest(t *testing.T) {
	auckland := team.Rule{Zone: "Pacific/Auckland"}
	start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, auckland, start)
	d.two(auckland, start)
	expect(t, d.quarters("2026-03-09 08:00", "2026-03-09 10:00"))
	now := d.at("2026-03-09 20:00")
	d.two(team.Rule{Zone: "America/Denver"}, now)
	d.says(march(9), now)
	expect(t, d.quarters("2026-03-09 01:00", "2026-03-10 10:00"), "Mon 16:00 prompt", "Tue 09:00 reminder", "Tue 09:00 digest")
}

// For five minutes the clock is a day ahead: Tuesday comes all the same, once, and so does Wednesday, also if the daemon was restarted
// in between.
func TestAClockThatWasADayAheadCostsNoDay(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	for _, c := range []struct {
		ahead, back string
		want        []string
	}{
		{"2026-03-11 08:00", "2026-03-10 08:05", []string{"Tue 09:05 reminder", "Tue 09:05 digest", "Tue 16:05 prompt", "Wed 09:05 reminder", "Wed 16:05 prompt"}},
		// What was made too early is that day's; its news come with the next.
		{"2026-03-11 10:00", "2026-03-10 10:05", []string{"Tue 10:05 reminder", "Tue 16:05 prompt", "Wed 09:05 reminder", "Wed 16:05 prompt"}},
		// An hour ahead: it came early, and does not come again.
		{"2026-03-10 09:30", "2026-03-10 08:35", []string{"Tue 16:05 prompt", "Wed 09:05 reminder", "Wed 16:05 prompt"}},
	} {
		start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		d := newDesk(t, tokyo, start)
		d.two(tokyo, start)
		expect(t, d.quarters("2026-03-09 12:00", "2026-03-09 17:00"), "Mon 16:00 prompt")
		d.says(march(9), d.at("2026-03-09 18:00"))
		d.look(d.at(c.ahead))
		d.look(d.at(c.ahead))
		t.Log(c.ahead)
		expect(t, d.quarters(c.back, "2026-03-11 17:05"), c.want...)
	}
}

// A clock that is put right by some minutes plans nobody anew.
func TestAClockThatIsPutRightByMinutesChangesNothing(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		local string
		back  time.Duration
	}{
		{"2026-03-09 10:00", 0}, {"2026-03-09 09:52", 0}, {"2026-03-09 10:04", 0}, {"2026-03-09 10:06", 0}, {"2026-03-09 09:50", 16 * time.Minute}, {"2026-03-09 09:50", 0},
	} {
		if back, err := d.store.Clock(t.Context(), d.at(c.local)); back != c.back || err != nil {
			t.Errorf("at %s it was set back by %v, want %v, %v", c.local, back, c.back, err)
		}
	}
}

// After an outage the digest of the day comes at once and says that it is late; that of one who is back at eleven does not.
func TestADigestAfterAnOutageSaysSoAndOneAfterALeaveDoesNot(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	for _, back := range []bool{false, true} {
		start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		d := newDesk(t, tokyo, start)
		d.two(tokyo, start)
		d.look(d.at("2026-03-04 18:00"))
		d.says(march(4), d.at("2026-03-04 18:00"))
		if back {
			must(t, d.store.SetAway(t.Context(), 1, team.Span{From: march(5), Through: march(9)}, d.at("2026-03-04 18:00")))
			d.look(d.at("2026-03-05 10:00"))
			_, _, err := d.store.EndAway(t.Context(), 1, march(5), d.at("2026-03-05 11:00"))
			must(t, err)
		}
		_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-05 11:00"))
		must(t, err)
		mails, err := d.store.ClaimOutgoing(t.Context(), d.at("2026-03-05 11:00"), time.Hour, 10)
		must(t, err)
		if len(mails) != 1 || strings.Contains(mails[0].Text, "This came late: it was due at 09:00.") == back {
			t.Errorf("back from leave %v: %+v", back, mails)
		}
	}
}

// The digest that had nothing to say while the clock was an hour ahead has its turn at the right time.
func TestADigestThatAClockAheadPassedOverHasItsTurn(t *testing.T) {
	tokyo := team.Rule{Zone: "Asia/Tokyo"}
	start := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, tokyo, start)
	d.two(tokyo, start)
	expect(t, d.quarters("2026-03-10 08:00", "2026-03-10 08:15"))
	expect(t, d.look(d.at("2026-03-10 09:30")))
	d.says(march(9), d.at("2026-03-10 08:35"))
	expect(t, d.quarters("2026-03-10 08:35", "2026-03-10 10:00"), "Tue 09:05 digest")
}

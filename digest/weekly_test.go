package digest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/team"
)

// digests are those of what was made.
func digests(made []string) []string {
	return slices.DeleteFunc(slices.Clone(made), func(s string) bool { return !strings.HasSuffix(s, " digest") })
}

func TestOneDigestAWeekHoldsTheWholeWeekAndIsForeseen(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	weekly := team.Rule{Zone: "Asia/Tokyo", Digests: team.Weekly}
	d := newDesk(t, weekly, start)
	d.two(weekly, start)
	d.live("2026-03-02 08:00", "2026-03-02 12:00") // nothing yet: that was this week's turn
	for day := 3; day <= 7; day++ {
		d.says(march(day), d.at(fmt.Sprintf("2026-03-%02d 18:00", day)))
	}
	people, err := d.store.People(t.Context())
	must(t, err)
	foreseen, err := digest.Forecast(people[0], nil, march(3), march(17))
	must(t, err)
	var want []string
	for _, o := range foreseen {
		if o.Kind == team.DigestSlot {
			want = append(want, o.At.Format("Mon 2 Jan 15:04"))
		}
	}
	expect(t, want, "Mon 9 Mar 09:00", "Mon 16 Mar 09:00")
	expect(t, digests(d.live("2026-03-02 12:00", "2026-03-08 23:00")))
	turn, err := d.store.DigestTurn(t.Context(), people[0].ID, d.at("2026-03-09 09:00"))
	must(t, err)
	if n := len(turn.Reading[0].Entries); n != 5 {
		t.Errorf("%d updates in the week's digest, want 5", n)
	}
	expect(t, digests(d.live("2026-03-09 08:00", "2026-03-09 12:00")), "Mon 09:00 digest")
	d.says(march(9), d.at("2026-03-09 18:00"))
	expect(t, digests(d.live("2026-03-10 08:00", "2026-03-15 12:00")))
	d.two(team.Rule{Zone: "Asia/Tokyo"}, d.at("2026-03-15 12:00")) // daily again
	expect(t, digests(d.live("2026-03-15 12:30", "2026-03-16 18:00")), "Mon 09:00 digest")
	d.says(march(16), d.at("2026-03-16 18:00"))
	expect(t, digests(d.live("2026-03-16 18:01", "2026-03-17 12:00")), "Tue 09:00 digest")
}

// A week's digest that nobody could send on Monday is made again on Tuesday, and not a week later.
func TestOneDigestAWeekThatCouldNotBeSentComesTheNextDay(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	weekly := team.Rule{Zone: "Asia/Tokyo", Digests: team.Weekly}
	d := newDesk(t, weekly, start)
	d.two(weekly, start)
	d.says(march(2), d.at("2026-03-01 18:00"))
	_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-02 09:00")) // made, and not claimed
	must(t, err)
	expect(t, digests(d.live("2026-03-02 17:01", "2026-03-06 18:00")), "Tue 09:00 digest")
	d.says(march(3), d.at("2026-03-06 18:00"))
	expect(t, digests(d.live("2026-03-06 18:00", "2026-03-09 18:00")), "Mon 09:00 digest")
}

// rollups are those of what was made.
func rollups(made []string) []string {
	return slices.DeleteFunc(slices.Clone(made), func(s string) bool { return !strings.HasSuffix(s, " weekly") })
}

// rollupDesk is a desk at which Mia has said something on Monday 2 March.
func rollupDesk(t *testing.T, rule team.Rule) *desk {
	t.Helper()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	d := newDesk(t, rule, start)
	d.two(rule, start)
	d.says(march(2), d.at("2026-03-02 10:00"))
	return d
}

func TestARollUpComesOnceOnTheLastWorkingDayOfAWeekThatHadWords(t *testing.T) {
	days := func(s string) team.Workdays { return parse(t, team.ParseWorkdays, s) }
	hours := parse(t, team.ParseWorkHours, "09:00-17:00, fri 09:00-13:00")
	for _, c := range []struct {
		says string
		rule team.Rule
		away team.Span
		want []string
	}{
		{"by default", team.Rule{Zone: "Asia/Tokyo"}, team.Span{}, []string{"Fri 16:00 weekly"}},
		{"a short Friday", team.Rule{Zone: "Asia/Tokyo", Hours: hours}, team.Span{}, []string{"Fri 12:00 weekly"}},
		{"a week from Sunday", team.Rule{Zone: "Asia/Tokyo", Days: days("sun-thu"), Prompt: 15 * 60, PromptSet: true}, team.Span{}, []string{"Thu 15:00 weekly"}},
		{"weeks in turn", team.Rule{Zone: "Asia/Tokyo", Days: days("mon-fri / mon-thu from 2026-03-09")}, team.Span{}, []string{"Thu 16:00 weekly"}},
		{"Friday off", team.Rule{Zone: "Asia/Tokyo"}, team.Span{From: march(6), Through: march(6)}, []string{"Thu 16:00 weekly"}},
		{"away from Wednesday to the next Thursday", team.Rule{Zone: "Asia/Tokyo"}, team.Span{From: march(4), Through: march(12)}, []string{"Tue 16:00 weekly"}},
		{"away for two weeks", team.Rule{Zone: "Asia/Tokyo"}, team.Span{From: march(2), Through: march(13)}, []string(nil)},
		{"not wanted", team.Rule{Zone: "Asia/Tokyo", Rollup: team.RollupNever}, team.Span{}, []string(nil)},
		{"digests that are of a week themselves", team.Rule{Zone: "Asia/Tokyo", Digests: team.Weekly}, team.Span{}, []string(nil)},
	} {
		t.Run(c.says, func(t *testing.T) {
			d := rollupDesk(t, c.rule)
			people, err := d.store.People(t.Context())
			must(t, err)
			if !c.away.From.IsZero() {
				must(t, d.store.SetAway(t.Context(), people[0].ID, c.away, d.at("2026-03-02 11:00")))
			}
			people, err = d.store.People(t.Context())
			must(t, err)
			occasions, err := digest.Forecast(people[0], nil, march(2), march(15))
			must(t, err)
			var foreseen []string
			for _, o := range occasions {
				if o.Kind == team.WeeklySlot {
					foreseen = append(foreseen, o.At.Format("Mon 15:04 ")+string(o.Kind))
				}
			}
			made := rollups(d.live("2026-03-02 11:00", "2026-03-15 12:00")) // nobody says anything in the second week
			if !slices.Equal(made, c.want) {
				t.Errorf("made %q, want %q", made, c.want)
			}
			for _, m := range made {
				if !slices.Contains(foreseen, m) {
					t.Errorf("made %s, but foreseen was %q", m, foreseen)
				}
			}
			if len(c.want) == 0 && c.away.From.IsZero() && len(foreseen) > 0 {
				t.Errorf("foreseen is %q, but it never comes", foreseen)
			}
		})
	}
}

// In the weeks in which clocks change it comes at the same wall time.
func TestARollUpComesByTheWallWhenClocksChange(t *testing.T) {
	for _, c := range []struct {
		zone string
		utc  []string
	}{
		{"America/New_York", []string{"2026-03-06 21:00", "2026-03-13 20:00"}},
		{"Europe/Paris", []string{"2026-03-27 15:00", "2026-04-03 14:00"}},
	} {
		d := rollupDesk(t, team.Rule{Zone: c.zone})
		var got []string
		for _, want := range c.utc {
			at := parse(t, func(s string) (time.Time, error) { return time.Parse("2006-01-02 15:04", s) }, want)
			d.look(at.Add(-48 * time.Hour)) // what was before it
			d.says(team.DateOf(at), at.Add(-2*time.Hour))
			for now := at.Add(-90 * time.Minute); now.Before(at.Add(90 * time.Minute)); now = now.Add(15 * time.Minute) {
				if len(rollups(d.look(now))) > 0 {
					got = append(got, now.UTC().Format("2006-01-02 15:04"))
				}
			}
		}
		expect(t, got, c.utc...)
	}
}

// rollup is what comes at a moment as a roll-up, "" for nothing.
func (d *desk) rollup(at string) string {
	d.t.Helper()
	_, err := d.scheduler.Tick(d.t.Context(), d.at(at))
	must(d.t, err)
	mails, err := d.store.ClaimOutgoing(d.t.Context(), d.at(at), time.Hour, 100)
	must(d.t, err)
	text := ""
	for _, m := range mails {
		must(d.t, d.store.Finish(d.t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, d.at(at)))
		if m.Kind == team.WeeklyMail {
			text += m.Subject + "\n" + m.Text
		}
	}
	return text
}

func TestARollUpTellsWhatWasSaidSinceTheOneBefore(t *testing.T) {
	d := rollupDesk(t, team.Rule{Zone: "Asia/Tokyo"})
	d.live("2026-03-02 11:00", "2026-03-06 12:00")
	first := d.rollup("2026-03-06 16:00")
	if !strings.Contains(first, "Platform · Mon 2 Mar to Fri 6 Mar · 1 item\n") || !strings.Contains(first, "the crane page") {
		t.Errorf("the first is\n%s", first)
	}
	d.says(march(6), d.at("2026-03-06 16:30"))
	d.live("2026-03-06 16:30", "2026-03-13 12:00")
	d.says(march(12), d.at("2026-03-13 12:00"))
	second := d.rollup("2026-03-13 16:00")
	if !strings.Contains(second, "Platform · Mon 9 Mar to Fri 13 Mar · 2 items\n") || !strings.Contains(second, "6 Mar") || !strings.Contains(second, "Thu") {
		t.Errorf("the second is\n%s", second)
	}
	d.says(march(18), d.at("2026-03-18 12:00"))
	_, err := d.scheduler.Tick(t.Context(), d.at("2026-03-20 16:00")) // made, and nobody takes it
	must(t, err)
	expect(t, rollups(d.live("2026-03-20 17:01", "2026-03-27 12:00")))
	d.says(march(26), d.at("2026-03-27 12:00"))
	third := d.rollup("2026-03-27 16:00")
	if !strings.Contains(third, "Platform · Sat 14 Mar to Fri 27 Mar · 2 items\n") {
		t.Errorf("after one that could not be sent it is\n%s", third)
	}
	expect(t, rollups(d.live("2026-03-27 16:01", "2026-04-02 12:00"))) // and nobody has said anything since
}

// A daemon that starts again, new rules, and clocks that step do not bring it twice, nor outside the hours.
func TestARollUpIsNeverDoubled(t *testing.T) {
	d := rollupDesk(t, team.Rule{Zone: "Asia/Tokyo"})
	d.live("2026-03-02 11:00", "2026-03-06 15:00")
	expect(t, rollups(d.quarters("2026-03-06 15:00", "2026-03-06 16:00")), "Fri 16:00 weekly")
	d.says(march(6), d.at("2026-03-06 16:05"))
	d.two(team.Rule{Zone: "Asia/Tokyo", Prompt: 16*60 + 30, PromptSet: true}, d.at("2026-03-06 16:10"))
	expect(t, rollups(d.quarters("2026-03-06 16:15", "2026-03-06 18:00")))
	expect(t, rollups(d.quarters("2026-03-05 15:00", "2026-03-06 18:00"))) // the clock was a day ahead
	d.two(team.Rule{Zone: "Asia/Tokyo", Days: parse(t, team.ParseWorkdays, "mon-sat")}, d.at("2026-03-06 18:30"))
	expect(t, rollups(d.live("2026-03-06 18:30", "2026-03-08 12:00"))) // the week has got another day

	// The hours of the last day are over before it could be sent, and then the week ends a day later than was known.
	d = rollupDesk(t, team.Rule{Zone: "Asia/Tokyo"})
	people, err := d.store.People(t.Context())
	must(t, err)
	must(t, d.store.SetAway(t.Context(), people[0].ID, team.Span{From: march(6), Through: march(6)}, d.at("2026-03-02 11:00")))
	d.live("2026-03-02 11:00", "2026-03-05 12:00")
	_, err = d.scheduler.Tick(t.Context(), d.at("2026-03-05 16:00"))
	must(t, err)
	_, _, err = d.store.EndAway(t.Context(), people[0].ID, march(5), d.at("2026-03-05 16:10"))
	must(t, err)
	expect(t, rollups(d.quarters("2026-03-05 16:15", "2026-03-06 18:00")), "Fri 16:00 weekly")
}

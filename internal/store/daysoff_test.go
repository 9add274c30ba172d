package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"daybreak/internal/team"
)

// everyFourth has a holiday in region XX on the fourth of each month.
type everyFourth struct{}

func (everyFourth) On(region string, d team.Date) (string, bool) {
	return "Fourth", region == "XX" && d.Day == 4
}

func TestHolidaysAreKeptAndHold(t *testing.T) {
	s := openWith(t, Options{Path: filepath.Join(t.TempDir(), "daybreak.db"), Public: everyFourth{}})
	with := func(r team.RosterMember, holidays string) team.RosterMember {
		r.Member.Rule.Holidays = holidays
		return r
	}
	platform := rosterTeam("platform", with(aiko, "none"), mia)
	platform.Team.Defaults.Holidays = "YY, XX"
	platform.Team.DaysOff = team.DaysOff{
		Own:      []team.Holiday{{Date: date2026(3, 6), Name: "Offsite"}},
		Calendar: "days.ics",
		Events:   []team.Holiday{{Date: date2026(3, 9), Name: "Founders, friends"}, {Date: date2026(3, 10), Name: "More"}},
	}
	apply(t, s, platform, rosterTeam("infra", mia))
	works := func(says, want string) {
		t.Helper()
		got := ""
		for _, addr := range []string{"aiko@example.com", "mia@example.com"} {
			p := person(t, s, addr)
			for _, m := range p.Teams {
				for d := date2026(3, 4); d.Before(date2026(3, 11)); d = d.Add(1) {
					if name, from, ok := p.Holiday(d, m.Team); ok {
						got += fmt.Sprintf("%s %s %d %s (%s); ", p.Name[:1], m.Team.Slug, d.Day, name, from)
					}
				}
			}
		}
		equal(t, says, got, want)
	}
	off := "6 Offsite (team platform); "
	events := "9 Founders, friends (team platform); "
	more := "10 More (team platform); "
	works("holidays", "A platform "+off+"A platform "+events+"A platform "+more+
		"M platform 4 Fourth (XX); M platform "+off+"M platform "+events+"M platform "+more)
	whole, err := s.Roster(t.Context())
	must(t, err)
	equal(t, "exported and applied", lines(apply(t, s, whole.Teams...)), "")
	must(t, s.Plan(t.Context(), person(t, s, "mia@example.com").ID, nil))

	platform.Team.DaysOff.Own = nil
	platform.Team.DaysOff.Events = platform.Team.DaysOff.Events[:1]
	platform.Team.Defaults.Holidays = ""
	equal(t, "changes", lines(apply(t, s, platform)), `change team platform: holidays YY, XX → unset
change team platform: day off removed: 2026-03-06 Offsite
change team platform: day of the calendar removed: 2026-03-10 More
`)
	works("holidays after it", "A platform "+events+"M platform "+events)
	unplanned, err := s.Unplanned(t.Context(), 10)
	must(t, err)
	equal(t, "to be planned anew", len(unplanned), 2)
}

func TestWhoIsAwayIsBackAfterTheHoliday(t *testing.T) {
	s := openWith(t, Options{Path: filepath.Join(t.TempDir(), "daybreak.db"), Public: everyFourth{}})
	platform := rosterTeam("platform", aiko, mia)
	platform.Team.Defaults.Holidays = "XX"
	apply(t, s, platform)
	aiko, mia := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com")
	must(t, s.SetAway(t.Context(), mia.ID, team.Span{From: monday, Through: monday.Add(1)}, start))
	turn := dueDigest(t, s, aiko, monday)
	equal(t, "back", turn.Reading[0].Away[0].Back, date2026(3, 5))
}

func TestTheMembersOfADigestsTeamHaveTheirHolidays(t *testing.T) {
	s := openWith(t, Options{Path: filepath.Join(t.TempDir(), "daybreak.db"), Public: everyFourth{}})
	platform := rosterTeam("platform", aiko, mia)
	platform.Team.Defaults.Holidays = "XX"
	apply(t, s, platform)
	aiko, mia := person(t, s, "aiko@example.com"), person(t, s, "mia@example.com")
	accept1(t, s, update(mia, 1, "done"))
	r := dueDigest(t, s, aiko, monday).Reading[0]
	equal(t, "members", len(r.Members), 2)
	for _, p := range r.Members {
		equal(t, p.Name+" works on the fourth", p.WorksOn(date2026(3, 4), r.Team), false)
		equal(t, p.Name+" works on the third", p.WorksOn(date2026(3, 3), r.Team), true)
	}
}

package main

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/digest"
	"daybreak/internal/team"
)

// TestWhatIsDueIsWhatTheLedgerSays compares what is planned for a person at random moments, and what may still be sent then, with the
// ledger. Nothing is stored, so that a million cases take minutes: -rapid.checks says how many.
func TestWhatIsDueIsWhatTheLedgerSays(t *testing.T) {
	slots := 0
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger()
		h := history{start: rapid.SampledFrom(historyStarts).Draw(rt, "start")}
		p := &someone{name: "Ann", own: drawRules(rt, false), off: map[int]bool{}}
		l.people = []*someone{p}
		person := team.Person{Member: team.Member{ID: 1, Rule: ruleOf(rt, p.own)}, Public: knownDays{}}
		now := mustTime("2006-01-02 15:04", h.start).Unix()
		today := int(now / dayLength)
		for in := range rapid.IntRange(1, 2).Draw(rt, "teams") {
			g := &groupOf{rules: drawRules(rt, true), off: map[int]bool{}}
			off := team.DaysOff{}
			if day := today + rapid.IntRange(0, 12).Draw(rt, "day off"); day%3 == 0 {
				g.off[day] = true
				off.Own = []team.Holiday{{Date: team.DateFromNumber(day), Name: "Outing"}}
			}
			l.teams, p.teams = append(l.teams, g), append(p.teams, in)
			id := int64(in + 1)
			person.Teams = append(person.Teams, team.Membership{Team: team.Team{ID: id, Slug: fmt.Sprint("team", in), Defaults: ruleOf(rt, g.rules),
				DaysOff: off, CheckIns: []team.CheckIn{{ID: id, TeamID: id, Name: "daily", Reminder: true}}}})
		}
		if rapid.Bool().Draw(rt, "told") {
			p.told = today + rapid.IntRange(-9, 0).Draw(rt, "told day")
			person.Told = team.DateFromNumber(p.told)
			if p.told%2 == 0 {
				p.rolled, person.Rolled = p.told, person.Told
			}
		}
		var spans []team.Span
		for range rapid.IntRange(0, 2).Draw(rt, "leaves") {
			first := today + rapid.IntRange(-3, 9).Draw(rt, "first")
			last := first + rapid.IntRange(0, 5).Draw(rt, "more")
			spans = append(spans, team.Span{From: team.DateFromNumber(first), Through: team.DateFromNumber(last)})
			for day := first; day <= last; day++ {
				p.off[day] = true
			}
		}
		person.Away = team.NewAway(spans)
		for range 5 {
			now += int64(rapid.IntRange(0, 2*dayLength).Draw(rt, "later"))
			slots += compareDue(rt, l, person, now)
		}
	})
	t.Logf("%d slots compared", slots)
}

// compareDue compares all slots of the only person at a moment, and when mails of the days around it may be sent.
func compareDue(t tester, l *ledger, person team.Person, now int64) int {
	planned, err := digest.Plan(person, time.Unix(now, 0))
	if err != nil {
		t.Fatalf("%v", err)
	}
	rule, kinds := l.rule(0, 0), 1+len(person.Teams)
	if rule.rollup != "never" && rule.digests != "weekly" {
		kinds++
	}
	if len(planned) != kinds {
		t.Fatalf("%d slots are planned, want %d: %v", len(planned), kinds, planned)
	}
	for _, slot := range planned {
		o := chanceOf{team: int(slot.CheckInID) - 1}
		if slot.Kind == team.WeeklySlot {
			o.team = -2
		}
		want, at, until := l.nextAfter(o, now)
		if slot.Day.Number() != want.day || slot.At.Unix() != at || slot.Until.Unix() != until {
			t.Fatalf("at %s: %s of team %d is planned for %s at %s until %s; the ledger says %s at %s until %s; %+v, away %v",
				clockText(now), slot.Kind, o.team, slot.Day, clockText(slot.At.Unix()), clockText(slot.Until.Unix()),
				dayText(want.day), clockText(at), clockText(until), l.rule(0, max(o.team, 0)), l.people[0].off)
		}
		m := team.Outgoing{Kind: team.MailKind(slot.Kind), CheckInID: slot.CheckInID}
		for _, o.day = range l.around(o, now) {
			m.Day = team.DateFromNumber(o.day)
			from, until, ok := l.window(o)
			welcome, err := digest.WelcomeAt(person, m, time.Unix(now, 0))
			if !ok || now >= until {
				from = time.Time{}.Unix()
			}
			if err != nil || welcome.Unix() != from {
				t.Fatalf("at %s: %s of %s is welcome at %v, want %s, %v", clockText(now), m.Kind, m.Day, welcome, clockText(from), err)
			}
		}
	}
	return len(planned)
}

// nextAfter is the first window that is not over at a moment.
func (l *ledger) nextAfter(o chanceOf, now int64) (next chanceOf, at, until int64) {
	for o.day = int(now/dayLength) - 2; ; o.day++ {
		told := o.team == -1 && o.day == l.people[0].told || o.team < 0 && l.weekIsTold(o)
		if at, until, ok := l.window(o); ok && now < until && !told {
			return o, at, until
		}
	}
}

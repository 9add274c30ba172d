package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/internal/team"
)

// version is what a member's calendar says of an event at one time: the day on which they are away for it, 0 for none.
type version struct {
	instance string
	sequence int
	day      int
	called   bool
}

// holds gives the days that hold after all versions of an event, by their sequences alone.
func holds(versions []version) string {
	latest := map[string]version{}
	for _, v := range versions {
		if l, ok := latest[v.instance]; !ok || l.sequence < v.sequence {
			latest[v.instance] = v
		}
	}
	var days []string
	for instance, v := range latest {
		whole, ok := latest[""]
		if v.day != 0 && (instance == "" || !ok || whole.sequence < v.sequence) {
			days = append(days, day(date2026(8, v.day)))
		}
	}
	slices.Sort(days)
	return strings.Join(slices.Compact(days), " ")
}

func TestWhatHoldsOfAnEventDoesNotDependOnTheOrderOfItsVersions(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	uid := uint32(0)
	rapid.Check(t, func(r *rapid.T) {
		name := fmt.Sprintf("%d@quay", uid)
		var versions []version
		for n := range rapid.IntRange(1, 6).Draw(r, "versions") {
			v := version{instance: rapid.SampledFrom([]string{"", "", "20260801", "20260802"}).Draw(r, "instance"), sequence: n, day: rapid.IntRange(0, 4).Draw(r, "day")}
			v.called = v.day == 0 && rapid.Bool().Draw(r, "called off")
			versions = append(versions, v)
		}
		want := holds(versions)
		for _, v := range rapid.Permutation(versions).Draw(r, "order") {
			uid++
			m := update(mia, uid)
			m.Update, m.Outcome = nil, team.Command
			m.Event = &team.Event{UID: name, Instance: v.instance, Sequence: v.sequence, Stamp: start, Called: v.called, Today: monday}
			if v.day != 0 {
				m.Away = &team.Span{From: date2026(8, v.day), Through: date2026(8, v.day)}
			}
			accept1(t, s, m)
		}
		var got []string
		must(t, s.read(t.Context(), "reading an event's days", func(ctx context.Context, tx *sql.Conn) (err error) {
			got, err = all(ctx, tx, func(row scanner) (d string, err error) { return d, row.Scan(&d) }, `
				SELECT DISTINCT w.from_day FROM event e JOIN away w ON w.event_id = e.id WHERE e.uid = ?1 ORDER BY w.from_day`, name)
			return err
		}))
		if strings.Join(got, " ") != want {
			r.Fatalf("away %v, want %s", got, want)
		}
	})
}

func TestAnEventThatIsMovedOrEndedIsAnsweredOnce(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	says := func(uid uint32, sequence int, away *team.Span, kind team.AnswerKind) {
		t.Helper()
		m := update(mia, uid)
		m.Update, m.Outcome = nil, team.Command
		m.Event = &team.Event{UID: "7@quay", Sequence: sequence, Stamp: start.Add(time.Duration(sequence) * time.Minute), Called: away == nil, Today: date2026(8, 5)}
		m.Away, m.Answer = away, &team.NewAnswer{MemberID: mia.ID, Kind: kind}
		accept1(t, s, m)
	}
	answers := func(what, want string) {
		t.Helper()
		list, err := s.Answers(t.Context(), start, 10)
		must(t, err)
		got := ""
		for _, a := range list {
			got += fmt.Sprintf("%d %s %v; ", a.ID, a.Kind, a.CalledOff)
		}
		equal(t, what, got, want)
	}
	span := func(from, through int) *team.Span {
		return &team.Span{From: date2026(8, from), Through: date2026(8, through)}
	}
	says(1, 0, span(10, 14), team.AnswerAway)
	answers("set", "1 away []; ")
	says(2, 1, span(11, 14), team.AnswerAway)
	answers("moved", "2 away []; ")
	says(3, 2, span(11, 14), team.AnswerAway)
	answers("told again", "2 away []; ")
	says(4, 3, nil, team.AnswerCalledOff)
	answers("called off", "4 called-off [{2026-08-11 2026-08-14}]; ")
	says(5, 4, nil, team.AnswerCalledOff)
	answers("called off again", "4 called-off [{2026-08-11 2026-08-14}]; ")
	says(6, 5, span(3, 14), team.AnswerAway)
	must(t, s.SetAway(t.Context(), mia.ID, *span(5, 6), start))
	says(7, 6, nil, team.AnswerCalledOff)
	answers("called off while away, and away all the same", "4 called-off [{2026-08-11 2026-08-14}]; 6 away []; ")
	equal(t, "away", fmt.Sprint(person(t, s, "mia@example.com").Away), "[{2026-08-03 2026-08-06}]")
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Due are up to limit slots whose time has come, the soonest first, with everything needed to act on them. It costs in proportion
// to what is due. What the turns hold is shared between them and must not be changed. Of what is due at the same time a reminder comes
// before the prompt: the next reminder, which the prompt brings, takes its place. A roll-up comes after it.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (turns []team.Turn, err error) {
	err = s.read(ctx, "reading what is due", func(ctx context.Context, tx *sql.Conn) error {
		slots, err := all(ctx, tx, scanSlot, `
			SELECT member_id, kind, checkin_id, day, due_at, until_at, opened
			FROM slot WHERE due_at <= ?1
			ORDER BY due_at, member_id, kind DESC, checkin_id LIMIT ?2 + 0`, ms(now), limit)
		if err != nil || len(slots) == 0 {
			return err
		}
		slices.SortStableFunc(slots, func(a, b team.Slot) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.MemberID, b.MemberID), cmp.Compare(truth(a.Kind == team.WeeklySlot), truth(b.Kind == team.WeeklySlot)))
		})
		members := make([]int64, len(slots))
		for i, slot := range slots {
			members[i] = slot.MemberID
		}
		found, err := s.people(ctx, tx, members)
		if err != nil {
			return err
		}
		turns = make([]team.Turn, 0, len(slots))
		for _, slot := range slots {
			turn := team.Turn{Slot: slot, Person: found[slot.MemberID]}
			if !slot.Kind.Personal() {
				var ok bool
				if turn.Team, turn.CheckIn, ok = checkInOf(turn.Person, slot.CheckInID); !ok {
					continue // cannot be: such slots go when the check-in or the member does
				}
			}
			turns = append(turns, turn)
		}
		if err := addAnswered(ctx, tx, turns); err != nil {
			return err
		}
		if err := addPrompts(ctx, tx, turns); err != nil {
			return err
		}
		if err := addUnanswered(ctx, tx, turns); err != nil {
			return err
		}
		if err := addPlans(ctx, tx, turns); err != nil {
			return err
		}
		if err := addRollups(ctx, tx, turns, now); err != nil {
			return err
		}
		return s.addReadings(ctx, tx, turns, now)
	})
	return turns, err
}

func checkInOf(p team.Person, id int64) (team.Team, team.CheckIn, bool) {
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			if c.ID == id {
				return m.Team, c, true
			}
		}
	}
	return team.Team{}, team.CheckIn{}, false
}

// about names what a prompt or an update is about.
type about struct {
	member, checkin int64
	day             team.Date
}

func aboutOf(slot team.Slot) about { return about{slot.MemberID, slot.CheckInID, slot.Day} }

// aboutQuery runs a query once for each day among the turns of the kinds, with that day as ?1 and the members in a list.
func aboutQuery(turns []team.Turn, kinds []team.SlotKind, do func(day, list string, args []any) error) error {
	byDay := map[team.Date][]int64{}
	for _, t := range turns {
		if slices.Contains(kinds, t.Slot.Kind) {
			byDay[t.Slot.Day] = append(byDay[t.Slot.Day], t.Slot.MemberID)
		}
	}
	for d, members := range byDay {
		err := inLists(members, 2, func(list string, args []any) error {
			return do(day(d), list, append([]any{day(d)}, args...))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func addAnswered(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	answered := map[about]bool{}
	err := aboutQuery(turns, []team.SlotKind{team.PromptSlot, team.ReminderSlot}, func(day, list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (a about, err error) { return a, row.Scan(&a.member, &a.checkin) }, `
			SELECT member_id, checkin_id FROM "update" WHERE day = ?1 AND member_id IN (`+list+`)`, args...)
		for _, a := range some {
			a.day, _ = date(day) // it is one of ours
			answered[a] = true
		}
		return err
	})
	for i := range turns {
		turns[i].Answered = answered[aboutOf(turns[i].Slot)]
	}
	return err
}

func addPrompts(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	prompts := map[about]*team.Sent{}
	err := aboutQuery(turns, []team.SlotKind{team.ReminderSlot}, func(day, list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (team.Sent, error) {
			var finished int64
			sent, err := scanSent(row, &finished)
			sent.SentAt = at(finished)
			return sent, err
		}, `
			SELECT `+promptColumns+`, o.finished_at`+fromPrompts+`
			WHERE p.day = ?1 AND p.kind = 'prompt' AND o.state NOT IN ('failed', 'expired') AND p.member_id IN (`+list+`)`, args...)
		for i := range some {
			prompts[about{some[i].MemberID, some[i].CheckInID, some[i].Day}] = &some[i]
		}
		return err
	})
	for i := range turns {
		if turns[i].Slot.Kind == team.ReminderSlot {
			turns[i].Prompt = prompts[aboutOf(turns[i].Slot)]
		}
	}
	return err
}

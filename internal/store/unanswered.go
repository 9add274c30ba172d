package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// unansweredDays is how far back prompts are counted that nobody answered: over that, a leave lies between, and all begins anew.
const unansweredDays = 35

// addUnanswered adds to the prompt turns how many prompts of the check-in before them were sent and not answered since the member last
// wrote for it, the day of the newest, and that of the newest of all that were sent.
func addUnanswered(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	type asked struct {
		member, checkin int64
		day             string
		made            int64
	}
	scan := func(row scanner) (a asked, err error) { return a, row.Scan(&a.member, &a.checkin, &a.day, &a.made) }
	prompts, answers := map[about][]asked{}, map[about]int64{}
	err := aboutQuery(turns, []team.SlotKind{team.PromptSlot}, func(before, list string, args []any) error {
		now, err := date(before)
		if err != nil {
			return err
		}
		since, args := params(len(args)+1, 1), append(args, day(now.Add(-unansweredDays)))
		sent, err := all(ctx, tx, scan, `
			SELECT p.member_id, p.checkin_id, p.day, p.made_at
			FROM prompt p JOIN outbox o ON o.id = p.outbox_id
			WHERE p.day < ?1 AND p.member_id IN (`+list+`) AND p.day >= `+since+` AND p.kind = 'prompt' AND o.state NOT IN ('failed', 'expired')`, args...)
		if err != nil {
			return err
		}
		said, err := all(ctx, tx, scan, `
			SELECT member_id, checkin_id, day, made_at FROM "update"
			WHERE member_id IN (`+list+`) AND day >= `+since, args...) // for tomorrow, too
		for _, a := range sent {
			key := about{a.member, a.checkin, now}
			prompts[key] = append(prompts[key], a)
		}
		for _, a := range said {
			key := about{a.member, a.checkin, now}
			answers[key] = max(answers[key], a.made)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind != team.PromptSlot {
			continue
		}
		key, last, asked := aboutOf(t.Slot), "", ""
		for _, a := range prompts[key] {
			asked = max(asked, a.day)
			if a.made > answers[key] {
				t.Unanswered++
				last = max(last, a.day)
			}
		}
		if t.LastAsked, err = date(last); err != nil {
			return err
		}
		if t.Asked, err = date(asked); err != nil {
			return err
		}
	}
	return nil
}

// Silences are by check-in the prompts before a day that a person has not answered.
func (s *Store) Silences(ctx context.Context, p team.Person, before team.Date) (map[int64]team.Silence, error) {
	var turns []team.Turn
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			turns = append(turns, team.Turn{Slot: team.Slot{MemberID: p.ID, Kind: team.PromptSlot, CheckInID: c.ID, Day: before}})
		}
	}
	silences := map[int64]team.Silence{}
	err := s.read(ctx, "reading what was not answered", func(ctx context.Context, tx *sql.Conn) error {
		err := addUnanswered(ctx, tx, turns)
		for _, t := range turns {
			silences[t.Slot.CheckInID] = t.Silence
		}
		return err
	})
	return silences, err
}

// askAgain has a member's slots computed anew whose next prompt of the check-in was put off because they did not answer.
func askAgain(ctx context.Context, tx *sql.Conn, member, checkin int64) error {
	_, putOff, err := one(ctx, tx, scanInt, `
		SELECT due_at FROM slot WHERE member_id = ?1 AND kind = 'prompt' AND checkin_id = ?2 AND rarely = 1`, member, checkin)
	if err != nil || !putOff {
		return err
	}
	return replan(ctx, tx, member)
}

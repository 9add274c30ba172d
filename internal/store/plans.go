package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

const (
	planDays  = 21 // of what a member said, to find what they planned: more than a thing planned is carried, with what it was moved from
	planItems = 9  // a prompt lists no more: each has one digit
)

// addPlans adds to the prompt turns what their members planned and have not said yet what became of. It reads three weeks of a member's items
// of a check-in at most.
func addPlans(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	told := map[about][]team.Told{} // by the prompt
	err := aboutQuery(turns, []team.SlotKind{team.PromptSlot}, func(before, list string, args []any) error {
		asked, err := date(before)
		if err != nil {
			return err
		}
		since := params(len(args)+1, 1)
		_, err = all(ctx, tx, func(row scanner) (n none, err error) {
			prompt := about{day: asked}
			var item team.Told
			var dayText string
			if err = row.Scan(&prompt.member, &prompt.checkin, &dayText, &item.Kind, &item.Text); err == nil {
				item.Day, err = date(dayText)
				told[prompt] = append(told[prompt], item)
			}
			return n, err
		}, `
			SELECT u.member_id, u.checkin_id, u.day, i.kind, i.words
			FROM "update" u JOIN entry e ON e.update_id = u.id JOIN item i ON i.entry_id = e.id
			WHERE u.day < ?1 AND u.member_id IN (`+list+`) AND u.day >= `+since+` AND e.withdrawn_at IS NULL
				AND (i.kind IN ('plan', 'done', 'blocker') OR i.words LIKE '`+team.Dropped+`%')
			ORDER BY u.day, e.id, i.position`,
			append(args, day(asked.Add(-planDays)))...)
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
		planned, lapsed := team.Carried(told[aboutOf(t.Slot)], t.Slot.Day)
		if len(planned) > 0 {
			t.PlanDay = planned[0].Last
		}
		for _, p := range planned[:min(len(planned), planItems)] {
			t.Plan, t.Carried = append(t.Plan, p.Text), append(t.Carried, p)
		}
		for _, p := range lapsed { // the prompt before has asked about it
			if !t.Asked.IsZero() && t.Asked.Number()-p.Last.Number() <= team.PlanDays {
				t.Lapsed = append(t.Lapsed, p)
			}
		}
	}
	return nil
}

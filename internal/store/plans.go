package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"daybreak/internal/team"
)

const (
	planDays  = 14 // a plan that is older is not asked about any more
	planItems = 9  // a prompt lists no more: each has one digit
)

// addPlans adds to the prompt turns what their members planned last: in the newest update of the check-in that says anything. It reads
// two weeks of a member's updates at most, and the items of one.
func addPlans(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	newest := map[about]said{} // by the prompt
	err := aboutQuery(turns, []team.SlotKind{team.PromptSlot}, func(before, list string, args []any) error {
		asked, err := date(before)
		if err != nil {
			return err
		}
		since := params(len(args)+1, 1)
		some, err := all(ctx, tx, scanSaid, `
			SELECT u.id, u.member_id, u.checkin_id, u.day
			FROM "update" u
			WHERE u.day < ?1 AND u.member_id IN (`+list+`) AND u.day >= `+since+`
				AND EXISTS (
					SELECT 1 FROM entry e JOIN item i ON i.entry_id = e.id
					WHERE e.update_id = u.id AND e.withdrawn_at IS NULL)`,
			append(args, day(asked.Add(-planDays)))...)
		for _, s := range some {
			prompt := about{s.member, s.checkin, asked}
			if last, ok := newest[prompt]; !ok || last.day.Before(s.day) {
				newest[prompt] = s
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	var updates []int64
	for i := range turns {
		if last, ok := newest[aboutOf(turns[i].Slot)]; ok && turns[i].Slot.Kind == team.PromptSlot {
			updates = append(updates, last.update)
		}
	}
	plans, err := plansOf(ctx, tx, updates)
	for i := range turns {
		t := &turns[i]
		if last, ok := newest[aboutOf(t.Slot)]; ok && t.Slot.Kind == team.PromptSlot && len(plans[last.update]) > 0 {
			t.Plan, t.PlanDay = plans[last.update], last.day
		}
	}
	return err
}

// said is an update that says something.
type said struct {
	update, member, checkin int64
	day                     team.Date
}

func scanSaid(row scanner) (s said, err error) {
	var dayText string
	if err = row.Scan(&s.update, &s.member, &s.checkin, &dayText); err == nil {
		s.day, err = date(dayText)
	}
	return s, err
}

// planned is one item of a plan, with its place in the update.
type planned struct {
	update, entry, position int64
	words                   string
}

func scanPlanned(row scanner) (p planned, err error) {
	return p, row.Scan(&p.update, &p.entry, &p.position, &p.words)
}

// plansOf are the plans of updates, in the order in which they were said, each once.
func plansOf(ctx context.Context, tx *sql.Conn, updates []int64) (map[int64][]string, error) {
	plans := map[int64][]string{}
	err := inLists(updates, 1, func(list string, args []any) error {
		items, err := all(ctx, tx, scanPlanned, `
			SELECT e.update_id, e.id, i.position, i.words
			FROM entry e JOIN item i ON i.entry_id = e.id
			WHERE e.update_id IN (`+list+`) AND e.withdrawn_at IS NULL AND i.kind = 'plan'`, args...)
		slices.SortFunc(items, func(a, b planned) int {
			return cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.position, b.position))
		})
		for _, item := range items {
			if plan := plans[item.update]; len(plan) < planItems && !slices.Contains(plan, item.words) {
				plans[item.update] = append(plan, item.words)
			}
		}
		return err
	})
	return plans, err
}

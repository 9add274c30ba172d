package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// addOpen notes of an entry's items what stays open: what is in the way, and what somebody is asked.
func addOpen(ctx context.Context, tx *sql.Conn, entry int64, already int, items []team.NewItem) error {
	opens := func(i team.NewItem) bool { return i.Kind == team.Blocker || i.Kind == team.Ask && i.Asked != 0 }
	for i, item := range items {
		if !opens(item) {
			continue
		}
		err := exec(ctx, tx, `
			INSERT INTO open_item (item_id, team_id, since, asked_id, due_at)
			SELECT i.id, e.team_id, u.day, ?3, ?4
			FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id
			WHERE i.entry_id = ?1 AND i.position = ?2 AND e.seq IS NOT NULL
			ON CONFLICT (item_id) DO NOTHING`, entry, already+i, orNull(item.Asked), ms(item.Due))
		if err != nil {
			return err
		}
	}
	return nil
}

// answerOpen closes an open item if the comment on it does that: an answer of whom it asks, or the word of anybody that what was in the way
// is not any more. Who asked may say, too, that it is settled.
func answerOpen(ctx context.Context, tx *sql.Conn, member int64, c team.NewComment, now time.Time) error {
	return exec(ctx, tx, `
		UPDATE open_item SET closed_at = ?3, closed_by = ?2
		WHERE item_id = ?1 AND closed_at IS NULL AND (asked_id = ?2 OR ?4 = 1 AND (asked_id IS NULL OR EXISTS (
			SELECT 1 FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE i.id = ?1 AND u.member_id = ?2)))`,
		c.ItemID, member, ms(now), truth(c.Closes))
}

// AskedOf are those of the items that ask the member something, answered or not, if they still stand.
func (s *Store) AskedOf(ctx context.Context, member int64, items []int64) (asked []int64, err error) {
	err = s.read(ctx, "reading what a member is asked", func(ctx context.Context, tx *sql.Conn) error {
		return inLists(items, 2, func(list string, args []any) error {
			some, err := all(ctx, tx, func(row scanner) (id int64, err error) { return id, row.Scan(&id) }, `
				SELECT o.item_id
				FROM open_item o JOIN item i ON i.id = o.item_id JOIN entry e ON e.id = i.entry_id
				WHERE o.asked_id = ?1 AND e.withdrawn_at IS NULL AND o.item_id IN (`+list+`)
				ORDER BY o.item_id`, append([]any{member}, args...)...)
			asked = append(asked, some...)
			return err
		})
	})
	return asked, err
}

// solve closes what of a member's own is in the way in a team, if an update says that nothing is any more. What they say of a later day stays
// open. Each item gets a comment of its own, by which readers are told once; before the places of what the mail itself answers to items.
func solve(ctx context.Context, tx *sql.Conn, mail int64, u team.NewUpdate, now time.Time) error {
	if !u.Unstuck || u.Archive {
		return nil
	}
	stuck, err := all(ctx, tx, scanInt, `
		SELECT o.item_id
		FROM open_item o JOIN item i ON i.id = o.item_id JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id
		WHERE o.closed_at IS NULL AND o.team_id = ?1 AND o.since <= ?3 AND u.member_id = ?2 AND i.kind = 'blocker' AND e.withdrawn_at IS NULL
		ORDER BY o.item_id`, u.TeamID, u.MemberID, day(u.Day))
	if err != nil {
		return err
	}
	c := commenting{mail, u.MemberID, now, map[int64]int64{}}
	for i, item := range stuck {
		if err := c.put(ctx, tx, -1-i, team.NewComment{ItemID: item, Kind: team.Solved, Closes: true}); err != nil {
			return err
		}
	}
	return nil
}

// openIn gives what is open in teams on a day. What was said longer ago than team.OpenDays is not any more.
func openIn(ctx context.Context, tx *sql.Conn, teams []int64, now time.Time) (map[int64][]team.Open, error) {
	type inTeam struct {
		in int64
		team.Open
	}
	found := map[int64][]team.Open{}
	oldest := day(team.DateOf(now.UTC()).Add(-team.OpenDays))
	err := inLists(teams, 2, func(list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (o inTeam, err error) {
			var since string
			var due int64
			err = row.Scan(&o.in, &o.ItemID, &o.MemberID, &o.Name, &o.Kind, &o.Text, &since, &o.Asked, &o.AskedBy, &due)
			if err == nil {
				o.Since, err = date(since)
			}
			if due != 0 {
				o.Due = at(due)
			}
			return o, err
		}, `
			SELECT o.team_id, o.item_id, u.member_id, a.name, i.kind, i.words, o.since, COALESCE(o.asked_id, 0), COALESCE(k.name, ''), o.due_at
			FROM open_item o
				JOIN item i ON i.id = o.item_id
				JOIN entry e ON e.id = i.entry_id
				JOIN "update" u ON u.id = e.update_id
				JOIN member a ON a.id = u.member_id
				JOIN membership s ON s.member_id = u.member_id AND s.team_id = o.team_id
				LEFT JOIN member k ON k.id = o.asked_id
			WHERE o.closed_at IS NULL AND o.since >= ?1 AND e.withdrawn_at IS NULL AND o.team_id IN (`+list+`)
				AND (o.asked_id IS NULL OR EXISTS (SELECT 1 FROM membership z WHERE z.member_id = o.asked_id AND z.team_id = o.team_id))
			ORDER BY o.since, o.item_id`, append([]any{oldest}, args...)...)
		for _, o := range some {
			found[o.in] = append(found[o.in], o.Open)
		}
		return err
	})
	return found, err
}

// addOpenItems adds to what readers read, and to what is asked of a member, what is open in their teams.
func addOpenItems(ctx context.Context, tx *sql.Conn, turns []team.Turn, now time.Time) error {
	var teams []int64
	for _, t := range turns {
		if t.Slot.Kind == team.PromptSlot {
			teams = append(teams, t.Team.ID)
		}
		for _, r := range t.Reading {
			teams = append(teams, r.Team.ID)
		}
	}
	slices.Sort(teams)
	open, err := openIn(ctx, tx, slices.Compact(teams), now)
	if err != nil || len(open) == 0 {
		return err
	}
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind == team.PromptSlot {
			t.Open = open[t.Team.ID]
		}
		for j := range t.Reading {
			t.Reading[j].Open = open[t.Reading[j].Team.ID]
		}
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// unsay takes back what a mail of a member's answered to items, if they were shown that, and opens again what it closed. It tells whether there
// was anything.
func unsay(ctx context.Context, tx *sql.Conn, mail, member int64, now time.Time) (bool, error) {
	_, shown, err := one(ctx, tx, scanInt, `SELECT mail_id FROM answer WHERE mail_id = ?1 AND member_id = ?2 AND kind = 'answered'`, mail, member)
	if err != nil || !shown {
		return false, err
	}
	err = exec(ctx, tx, `
		UPDATE open_item SET closed_at = NULL, closed_by = NULL
		WHERE item_id IN (SELECT c.item_id FROM comment c WHERE c.mail_id = ?1 AND c.made_at = open_item.closed_at AND c.withdrawn_at IS NULL) AND closed_by = ?2`,
		mail, member)
	if err != nil {
		return false, err
	}
	n, err := changed(ctx, tx, `UPDATE comment SET withdrawn_at = ?3 WHERE mail_id = ?1 AND member_id = ?2 AND withdrawn_at IS NULL`, mail, member, ms(now))
	return n > 0, err
}

// addedBy are the items that a mail answers, each with what the mail says about it.
func addedBy(ctx context.Context, tx *sql.Conn, mail int64) ([]team.Thread, error) {
	return readThreads(ctx, tx, 0, `
		WHERE n.mail_id = ?1) AND c.mail_id = ?1 AND c.withdrawn_at IS NULL
		ORDER BY c.item_id, c.id`, mail)
}

// addAsks adds what of an answer's update asks somebody, and when they are told of it.
func (s *Store) addAsks(ctx context.Context, tx *sql.Conn, update int64, a *team.Answer) error {
	var asked []int64
	asks, err := all(ctx, tx, func(row scanner) (k team.SaidAsk, err error) {
		var due, seen int64
		if err = row.Scan(&k.ItemID, &k.Asked.ID, &due, &seen); err != nil {
			return k, err
		}
		if k.Due = at(due); seen != 0 {
			k.Seen = at(seen)
		}
		asked = append(asked, k.Asked.ID)
		return k, nil
	}, `
		SELECT o.item_id, o.asked_id, o.due_at, COALESCE((
			SELECT MIN(s.due_at) FROM slot s
			WHERE s.member_id = o.asked_id AND (s.kind = 'digest' OR s.kind = 'prompt' AND s.checkin_id IN (SELECT c.id FROM checkin c WHERE c.team_id = o.team_id))), 0)
		FROM entry e JOIN item i ON i.entry_id = e.id JOIN open_item o ON o.item_id = i.id
		WHERE e.update_id = ?1 AND e.withdrawn_at IS NULL AND o.closed_at IS NULL AND o.asked_id IS NOT NULL
		ORDER BY o.item_id`, update)
	if err != nil || len(asks) == 0 {
		return err
	}
	people, err := s.people(ctx, tx, asked)
	for i := range asks {
		asks[i].Asked = people[asks[i].Asked.ID]
	}
	a.Said.Asks = asks
	return err
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// notify owes each lead of a member's teams the word that mail to the member does not arrive.
func notify(ctx context.Context, tx *sql.Conn, member int64, when time.Time) error {
	return exec(ctx, tx, `
		INSERT INTO notice (member_id, about_id, due_at)
		SELECT DISTINCT l.member_id, ?1, ?2
		FROM membership s JOIN membership l ON l.team_id = s.team_id JOIN member m ON m.id = l.member_id AND m.daybreak = 0
		WHERE s.member_id = ?1 AND l.lead = 1 AND l.member_id <> s.member_id`, member, ms(when))
}

// Notices are those owed and due, the oldest first. What is over already, since mail arrives again, is owed no more.
func (s *Store) Notices(ctx context.Context, now time.Time, limit int) (list []team.Notice, err error) {
	err = s.read(ctx, "reading the notices owed", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (n team.Notice, err error) { return n, row.Scan(&n.ID, &n.Person.ID, &n.About.ID) }, `
			SELECT n.id, n.member_id, n.about_id
			FROM notice n JOIN member m ON m.id = n.about_id JOIN member l ON l.id = n.member_id
			WHERE n.made_at IS NULL AND n.due_at <= ?1 AND m.unreached_at <> 0 AND l.daybreak = 0
			ORDER BY n.due_at, n.id LIMIT ?2`, ms(now), limit)
		if err != nil || len(list) == 0 {
			return err
		}
		var ids []int64
		for _, n := range list {
			ids = append(ids, n.Person.ID, n.About.ID)
		}
		found, err := s.people(ctx, tx, ids)
		for i := range list {
			list[i].Person, list[i].About = found[list[i].Person.ID], found[list[i].About.ID]
		}
		return err
	})
	return list, err
}

// PutOffNotice keeps an owed notice back until then.
func (s *Store) PutOffNotice(ctx context.Context, id int64, until time.Time) error {
	return s.write(ctx, fmt.Sprintf("putting off notice %d", id), func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE notice SET due_at = ?2 WHERE id = ?1 AND made_at IS NULL`, id, ms(until))
	})
}

// CommitNotice stores a notice's mail and that it is no longer owed. One that is not owed any more is left as it is.
func (s *Store) CommitNotice(ctx context.Context, id int64, m team.Outgoing, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("making notice %d", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `UPDATE notice SET made_at = ?2 WHERE id = ?1 AND made_at IS NULL`, id, ms(now))
		if err != nil || n == 0 {
			return err
		}
		outbox, fresh, err := enqueue(ctx, tx, m, now)
		if err != nil || !fresh {
			return err
		}
		return exec(ctx, tx, `UPDATE notice SET outbox_id = ?2 WHERE id = ?1`, id, outbox)
	})
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// Unanswered are the mails whose final dot may have been sent, of which no answer came while they were claimed, and which have not been
// looked for since. Of each it has what it takes to find it. Until Sought is called for them they are neither claimed nor given up.
func (s *Store) Unanswered(ctx context.Context, now time.Time, limit int) (list []team.Outgoing, err error) {
	err = s.read(ctx, "looking for mail whose answer was lost", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (m team.Outgoing, err error) {
			var created, dot int64
			err = row.Scan(&m.ID, &m.Kind, &m.MemberID, &m.To, &m.MessageID, &m.Attempts, &m.Epoch, &created, &dot)
			m.State, m.CreatedAt, m.DotAt = team.Dot, at(created), at(dot)
			return m, err
		}, `
			SELECT id, kind, COALESCE(member_id, 0), rcpt_to, message_id, attempts, epoch, created_at, dot_at FROM outbox
			WHERE state = 'dot' AND dot_at <> 0 AND next_at <= ?1
			ORDER BY next_at LIMIT ?2 + 0`, ms(now), limit)
		return err
	})
	return list, err
}

// Sought notes what came of looking for an unanswered mail: it is sent, as of its final dot, or its state stays Dot, and it is either
// looked for again at r.NextAt or, without one, due. With an older epoch than the row's the error is ErrStale.
func (s *Store) Sought(ctx context.Context, id, epoch int64, r team.SendResult, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("noting whether mail %d was sent", id), func(ctx context.Context, tx *sql.Conn) error {
		var n int64
		var err error
		switch {
		case r.State == team.SentOut:
			n, err = changed(ctx, tx, `
				UPDATE outbox SET state = 'sent', finished_at = dot_at, dot_at = 0, next_at = 0, lease = 0, code = 0, line = ?3
				WHERE id = ?1 AND epoch = ?2 AND state = 'dot' AND dot_at <> 0`, id, epoch, clean(r.Line))
		case r.State != team.Dot:
			return fmt.Errorf("a search cannot end as %q", r.State)
		case r.NextAt.IsZero():
			n, err = changed(ctx, tx, `
				UPDATE outbox SET dot_at = 0, next_at = ?4, lease = 0, line = ?3
				WHERE id = ?1 AND epoch = ?2 AND state = 'dot' AND dot_at <> 0`, id, epoch, clean(r.Line), ms(now))
		default:
			n, err = changed(ctx, tx, `
				UPDATE outbox SET next_at = ?4, lease = 0, line = ?3
				WHERE id = ?1 AND epoch = ?2 AND state = 'dot' AND dot_at <> 0`, id, epoch, clean(r.Line), ms(r.NextAt))
		}
		if err == nil && n == 0 {
			err = ErrStale
		}
		if err != nil || r.State != team.SentOut {
			return err
		}
		return sentPrivate(ctx, tx, id, false, now)
	})
}

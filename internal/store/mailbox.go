package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// Cursor is how far a mailbox has been read; false means that it was never seen. Its name is that of now: see Arrange.
func (s *Store) Cursor(ctx context.Context, account string) (c team.Cursor, ok bool, err error) {
	err = s.read(ctx, "reading the cursor", func(ctx context.Context, tx *sql.Conn) (err error) {
		var status team.MailboxStatus
		status, ok, err = one(ctx, tx, scanMailbox, `
			SELECT account, validity, last_uid, new_from, baseline_at, seen_at FROM mailbox WHERE account = ?1`, account)
		c = status.Cursor
		return err
	})
	return c, ok, err
}

func scanMailbox(row scanner) (m team.MailboxStatus, err error) {
	var baseline, seen int64
	err = row.Scan(&m.Cursor.Account, &m.Cursor.Validity, &m.Cursor.LastUID, &m.Cursor.NewFrom, &baseline, &seen)
	m.Cursor.BaselineAt, m.SeenAt = at(baseline), at(seen)
	return m, err
}

// Baseline sets a cursor where a mailbox is first read, or is read anew because its UIDs have changed. Without BaselineAt the one
// that is known is kept.
func (s *Store) Baseline(ctx context.Context, c team.Cursor) error {
	return s.write(ctx, "setting the cursor", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `
			INSERT INTO mailbox (account, validity, numbering, last_uid, new_from, baseline_at, seen_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, 0)
			ON CONFLICT (account) DO UPDATE SET
				validity = excluded.validity,
				numbering = mailbox.numbering + 1,
				last_uid = excluded.last_uid,
				new_from = excluded.new_from,
				baseline_at = CASE WHEN excluded.baseline_at = 0 THEN mailbox.baseline_at ELSE excluded.baseline_at END`,
			c.Account, int64(c.Validity), int64(c.LastUID), int64(c.NewFrom), ms(c.BaselineAt))
	})
}

// MailboxSeen notes that a mailbox was looked at with success. One without a cursor is not known yet and stays so.
func (s *Store) MailboxSeen(ctx context.Context, account string, now time.Time) error {
	return s.write(ctx, "noting that the mailbox answers", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE mailbox SET seen_at = ?2 WHERE account = ?1`, account, ms(now))
	})
}

// numbered is a mailbox with its present numbering.
type numbered struct{ id, numbering int64 }

// passCursor moves a mailbox's cursor forward. A cursor of another validity than the known one is stale.
func passCursor(ctx context.Context, tx *sql.Conn, c team.Cursor) (box numbered, err error) {
	box, ok, err := one(ctx, tx, func(row scanner) (b numbered, err error) { return b, row.Scan(&b.id, &b.numbering) }, `
		INSERT INTO mailbox (account, validity, numbering, last_uid, new_from, baseline_at, seen_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, 0)
		ON CONFLICT (account) DO UPDATE SET
			last_uid = CASE WHEN excluded.last_uid > mailbox.last_uid THEN excluded.last_uid ELSE mailbox.last_uid END
		WHERE mailbox.validity = excluded.validity
		RETURNING id, numbering`,
		c.Account, int64(c.Validity), int64(c.LastUID), int64(c.NewFrom), ms(c.BaselineAt))
	if err == nil && !ok {
		err = fmt.Errorf("mailbox %s has another UIDVALIDITY than %d: %w", c.Account, c.Validity, ErrStale)
	}
	return box, err
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Restored tells whether the database was restored from a backup and has not caught up yet with what happened since, and how far it has.
func (s *Store) Restored(ctx context.Context) (through time.Time, ok bool, err error) {
	err = s.read(ctx, "looking whether the database was restored", func(ctx context.Context, tx *sql.Conn) error {
		var t int64
		t, ok, err = one(ctx, tx, scanInt, `SELECT through FROM restored WHERE id = 1`)
		through = at(t)
		return err
	})
	return through, ok, err
}

// Relived notes how far a restored database has caught up.
func (s *Store) Relived(ctx context.Context, through time.Time) error {
	return s.write(ctx, "noting how far the database has caught up", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE restored SET through = ?1 WHERE id = 1`, ms(through))
	})
}

// CaughtUp notes that a restored database knows now what happened since. Unanswered says that nobody can tell which answers were sent
// meanwhile: then none is owed any more, but the questions about mails that wait for them.
func (s *Store) CaughtUp(ctx context.Context, unanswered bool) error {
	return s.write(ctx, "noting that the database has caught up", func(ctx context.Context, tx *sql.Conn) error {
		if unanswered {
			if err := exec(ctx, tx, `DELETE FROM answer WHERE answered_at IS NULL AND kind <> ?1`, string(team.AnswerConfirm)); err != nil {
				return err
			}
		}
		return exec(ctx, tx, `DELETE FROM restored WHERE id = 1`)
	})
}

// Unsent are the mails that wait to be sent, each with what it takes to find it, and the Message-ID of the mail that it answers.
func (s *Store) Unsent(ctx context.Context) (list []team.Unsent, err error) {
	err = s.read(ctx, "listing the mails that wait", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (m team.Unsent, err error) {
			return m, row.Scan(&m.ID, &m.MessageID, &m.Answers)
		}, `
			SELECT o.id, o.message_id, COALESCE(m.message_id, '')
			FROM outbox o LEFT JOIN answer a ON a.outbox_id = o.id LEFT JOIN mail m ON m.id = a.mail_id
			WHERE o.state IN ('queued', 'dot')`)
		return err
	})
	return list, err
}

// FoundSent notes of a mail that waits that it was sent at a time.
func (s *Store) FoundSent(ctx context.Context, id int64, then time.Time) error {
	return s.write(ctx, fmt.Sprintf("noting that mail %d was sent", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `
			UPDATE outbox SET state = 'sent', finished_at = ?2, dot_at = 0, next_at = 0, lease = 0, code = 0, line = 'found among the sent mails'
			WHERE id = ?1 AND state IN ('queued', 'dot')`, id, ms(then))
		if err != nil || n == 0 {
			return err
		}
		return sentPrivate(ctx, tx, id, false, then)
	})
}

// Shown are the words of the items that a mail in the outbox shows.
func (s *Store) Shown(ctx context.Context, id int64) (words []string, err error) {
	err = s.read(ctx, fmt.Sprintf("reading what mail %d shows", id), func(ctx context.Context, tx *sql.Conn) error {
		text, _, err := one(ctx, tx, func(row scanner) (text string, err error) { return text, row.Scan(&text) }, `SELECT marks FROM letter WHERE outbox_id = ?1`, id)
		if err != nil {
			return err
		}
		var marks map[string]int64
		if err := json.Unmarshal([]byte(text), &marks); err != nil {
			return err
		}
		return inLists(slices.Collect(maps.Values(marks)), 1, func(list string, args []any) error {
			some, err := all(ctx, tx, func(row scanner) (text string, err error) { return text, row.Scan(&text) }, `SELECT words FROM item WHERE id IN (`+list+`)`, args...)
			words = append(words, some...)
			return err
		})
	})
	return words, err
}

// OweAgain notes of a digest that was sent that it may not have told all that it should have: its reader's next one tells it again.
func (s *Store) OweAgain(ctx context.Context, id int64) error {
	return s.write(ctx, fmt.Sprintf("owing again what mail %d told", id), func(ctx context.Context, tx *sql.Conn) error {
		return giveBack(ctx, tx, id)
	})
}

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

// BehindSince notes that the database knows nothing of what happened since a time, as one that was restored, unless that is noted already.
func (s *Store) BehindSince(ctx context.Context, through time.Time) error {
	return s.write(ctx, "noting that it is a restored one", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `INSERT INTO restored (id, through) VALUES (1, ?1) ON CONFLICT (id) DO NOTHING`, ms(through))
	})
}

// Relived notes how far a restored database has caught up.
func (s *Store) Relived(ctx context.Context, through time.Time) error {
	return s.write(ctx, "noting how far the database has caught up", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE restored SET through = ?1 WHERE id = 1`, ms(through))
	})
}

// Gone keeps the number of a mail that was answered before the database was restored, and that is in the mailbox no more: no other mail may have it,
// as its answer, and replies to that, are known by it.
func (s *Store) Gone(ctx context.Context, number int64, messageID string, then time.Time) error {
	return s.write(ctx, "keeping the number of a mail that is gone", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `
			INSERT INTO mail (
				id, mailbox_id, numbering, uid, identity, raw_id, size, truncated, message_id, sender, subject,
				written_at, received_at, accepted_at, outcome, reason, member_id, confidence, missed, unclaimed)
			SELECT ?1, MIN(b.id), -1, ?1, NULL, NULL, 0, 0, ?2, '', '', 0, ?3, ?3, ?4, ?5, NULL, 1, 0, 0
			FROM mailbox b WHERE NOT EXISTS (SELECT 1 FROM mail m WHERE m.id >= ?1) HAVING COUNT(*) > 0`,
			number, clean(messageID), ms(then), string(team.Old), "it was answered, and was gone when the database was restored")
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

// SentAs are the tokens with which mails were sent that have another one here, since the database was restored, and that other one.
func (s *Store) SentAs(ctx context.Context) (tokens map[string]string, err error) {
	tokens = map[string]string{}
	err = s.read(ctx, "reading with which tokens mails were sent", func(ctx context.Context, tx *sql.Conn) error {
		_, err := all(ctx, tx, func(row scanner) (none, error) {
			var sent, here string
			err := row.Scan(&sent, &here)
			tokens[sent] = here
			return none{}, err
		}, `SELECT token, here FROM sent_as`)
		return err
	})
	return tokens, err
}

// NoteSentAs notes that the mail with a token here was sent with another one.
func (s *Store) NoteSentAs(ctx context.Context, sent, here string) error {
	return s.write(ctx, "noting with which token a mail was sent", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `INSERT INTO sent_as (token, here) VALUES (?1, ?2) ON CONFLICT (token) DO UPDATE SET here = excluded.here`, sent, here)
	})
}

// FoundSent notes of a mail that waits that one in its place was sent: when, what stood in it if that was something else, and whether it may
// not have told all that it should have, so that its reader's next digest tells it again.
func (s *Store) FoundSent(ctx context.Context, id int64, f team.FoundSent) error {
	marks, err := json.Marshal(f.Marks)
	if err != nil {
		return fmt.Errorf("the marks of mail %d: %w", id, err)
	}
	return s.write(ctx, fmt.Sprintf("noting that mail %d was sent", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `
			UPDATE outbox SET state = 'sent', finished_at = ?2, dot_at = 0, next_at = 0, lease = 0, code = 0, line = 'found among the sent mails'
			WHERE id = ?1 AND state IN ('queued', 'dot')`, id, ms(f.At))
		if err != nil || n == 0 {
			return err
		}
		if f.Marks != nil {
			if err := exec(ctx, tx, `UPDATE letter SET body = ?2, marks = ?3 WHERE outbox_id = ?1`, id, f.Text, string(marks)); err != nil {
				return err
			}
		}
		if f.Short {
			if err := giveBack(ctx, tx, id); err != nil {
				return err
			}
		}
		return sentPrivate(ctx, tx, id, false, f.At)
	})
}

// Shown are the items that a mail in the outbox shows, by their marks.
func (s *Store) Shown(ctx context.Context, id int64) (shown map[string]team.ShownItem, err error) {
	shown = map[string]team.ShownItem{}
	err = s.read(ctx, fmt.Sprintf("reading what mail %d shows", id), func(ctx context.Context, tx *sql.Conn) error {
		text, _, err := one(ctx, tx, func(row scanner) (text string, err error) { return text, row.Scan(&text) }, `SELECT marks FROM letter WHERE outbox_id = ?1`, id)
		if err != nil {
			return err
		}
		var marks map[string]int64
		if err := json.Unmarshal([]byte(text), &marks); err != nil {
			return err
		}
		words := map[int64]string{}
		err = inLists(slices.Collect(maps.Values(marks)), 1, func(list string, args []any) error {
			_, err := all(ctx, tx, func(row scanner) (none, error) {
				var id int64
				var text string
				err := row.Scan(&id, &text)
				words[id] = text
				return none{}, err
			}, `SELECT id, words FROM item WHERE id IN (`+list+`)`, args...)
			return err
		})
		for mark, id := range marks {
			if text, ok := words[id]; ok {
				shown[mark] = team.ShownItem{ID: id, Words: text}
			}
		}
		return err
	})
	return shown, err
}

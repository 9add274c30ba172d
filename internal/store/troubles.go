package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

const troubleQuery = `
	SELECT t.kind, t.about, t.since, t.ended_at, t.what, t.hint, t.told, t.told_at, t.over_told,
		CASE WHEN o.state = 'queued' AND o.lease = 0 THEN 1 ELSE 0 END
	FROM trouble t LEFT JOIN outbox o ON o.id = t.outbox_id`

func scanTrouble(row scanner) (t team.Trouble, err error) {
	var since, ended, told, over, waits int64
	err = row.Scan(&t.Kind, &t.About, &since, &ended, &t.What, &t.Hint, &t.Told, &told, &over, &waits)
	t.Since, t.Ended, t.ToldAt, t.OverTold, t.Waits = at(since), at(ended), at(told), over != 0, waits != 0
	return t, err
}

// Troubles are those that last, and of each other name the one that was last.
func (s *Store) Troubles(ctx context.Context) (list []team.Trouble, err error) {
	err = s.read(ctx, "reading the troubles", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, scanTrouble, troubleQuery+` ORDER BY t.since, t.kind, t.about`)
		return err
	})
	return list, err
}

// NoteTroubles keeps what is the matter now: what is new begins, what is not there any more is over. One that is known keeps the time since when
// it is so.
func (s *Store) NoteTroubles(ctx context.Context, present []team.Trouble, now time.Time) error {
	return s.write(ctx, "noting the troubles", func(ctx context.Context, tx *sql.Conn) error {
		known, err := all(ctx, tx, scanTrouble, troubleQuery)
		if err != nil {
			return err
		}
		here := map[team.TroubleName]bool{}
		for _, t := range present {
			here[t.Name()] = true
			err := exec(ctx, tx, `
				INSERT INTO trouble (kind, about, since, ended_at, what, hint, told, told_at, over_told) VALUES (?1, ?5, ?2, 0, ?3, ?4, 0, 0, 0)
				ON CONFLICT (kind, about) DO UPDATE SET
					since = CASE WHEN trouble.ended_at = 0 THEN trouble.since ELSE excluded.since END,
					told = CASE WHEN trouble.ended_at = 0 THEN trouble.told ELSE 0 END,
					ended_at = 0, what = excluded.what, hint = excluded.hint, over_told = 0`, string(t.Kind), ms(t.Since), clean(t.What), clean(t.Hint), t.About)
			if err != nil {
				return err
			}
		}
		for _, t := range known {
			if here[t.Name()] || !t.Ended.IsZero() {
				continue
			}
			if err := exec(ctx, tx, `UPDATE trouble SET ended_at = ?2 WHERE kind = ?1 AND about = ?3`, string(t.Kind), ms(now), t.About); err != nil {
				return err
			}
		}
		return nil
	})
}

// TellTroubles puts a mail into the outbox that tells the admin of troubles, and notes that each of them was told. What another such mail that
// is not sent yet told is in this one.
func (s *Store) TellTroubles(ctx context.Context, told []team.Trouble, m team.Outgoing, now time.Time) error {
	return s.write(ctx, "telling the admin", func(ctx context.Context, tx *sql.Conn) error {
		err := exec(ctx, tx, `
			UPDATE outbox SET state = 'expired', finished_at = ?1, line = 'a newer mail tells it'
			WHERE state = 'queued' AND lease = 0 AND id IN (SELECT outbox_id FROM trouble)`, ms(now))
		if err != nil {
			return err
		}
		id, fresh, err := enqueue(ctx, tx, m, now)
		if err != nil || !fresh {
			return err
		}
		for _, t := range told {
			err := exec(ctx, tx, `
				UPDATE trouble SET
					told = told + ?3, told_at = ?2, over_told = CASE WHEN ended_at <> 0 THEN 1 ELSE 0 END, outbox_id = ?4
				WHERE kind = ?1 AND about = ?5`, string(t.Kind), ms(now), truth(t.Ended.IsZero()), id, t.About)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// adminRefused is why the last mail to the admin came back, and when, if that was after a time.
func adminRefused(ctx context.Context, tx *sql.Conn, after time.Time) (line string, when time.Time, err error) {
	_, _, err = one(ctx, tx, func(row scanner) (none, error) {
		var t int64
		err := row.Scan(&line, &t)
		when = at(t)
		return none{}, err
	}, `
		SELECT o.line, o.finished_at FROM trouble t JOIN outbox o ON o.id = t.outbox_id
		WHERE o.state = 'failed' AND o.finished_at > ?1 ORDER BY o.finished_at DESC LIMIT 1`, ms(after))
	return line, when, err
}

// adminUnreached notes that a mail to the admin came back.
func adminUnreached(ctx context.Context, tx *sql.Conn, f team.Failure, when time.Time) error {
	if !f.Hard || f.About == "" {
		return nil
	}
	return exec(ctx, tx, `
		UPDATE outbox SET state = 'failed', line = ?2, finished_at = ?3
		WHERE state = 'sent' AND message_id LIKE ?1 AND id IN (SELECT outbox_id FROM trouble)`, clean(f.About)+"@%", clean(f.Why), ms(when))
}

// forgetTroubles forgets what was the matter with mailboxes that are not among those named: nobody looks at them any more.
func forgetTroubles(ctx context.Context, tx *sql.Conn, named []string) error {
	known, err := all(ctx, tx, scanTrouble, troubleQuery)
	if err != nil {
		return err
	}
	for _, t := range known {
		if t.Kind != team.MailboxTrouble && t.Kind != team.LoginTrouble || slices.Contains(named, t.About) {
			continue
		}
		if err := exec(ctx, tx, `DELETE FROM trouble WHERE kind = ?1 AND about = ?2`, string(t.Kind), t.About); err != nil {
			return err
		}
	}
	return nil
}

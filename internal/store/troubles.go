package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

const troubleQuery = `
	SELECT t.kind, t.since, t.ended_at, t.what, t.hint, t.told, t.told_at, t.over_told,
		CASE WHEN o.state = 'queued' AND o.lease = 0 THEN 1 ELSE 0 END
	FROM trouble t LEFT JOIN outbox o ON o.id = t.outbox_id`

func scanTrouble(row scanner) (t team.Trouble, err error) {
	var since, ended, told, over, waits int64
	err = row.Scan(&t.Kind, &since, &ended, &t.What, &t.Hint, &t.Told, &told, &over, &waits)
	t.Since, t.Ended, t.ToldAt, t.OverTold, t.Waits = at(since), at(ended), at(told), over != 0, waits != 0
	return t, err
}

// Troubles are those that last, and of each other kind the one that was last.
func (s *Store) Troubles(ctx context.Context) (list []team.Trouble, err error) {
	err = s.read(ctx, "reading the troubles", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, scanTrouble, troubleQuery+` ORDER BY t.since, t.kind`)
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
		here := map[team.TroubleKind]bool{}
		for _, t := range present {
			here[t.Kind] = true
			err := exec(ctx, tx, `
				INSERT INTO trouble (kind, since, ended_at, what, hint, told, told_at, over_told) VALUES (?1, ?2, 0, ?3, ?4, 0, 0, 0)
				ON CONFLICT (kind) DO UPDATE SET
					since = CASE WHEN trouble.ended_at = 0 THEN trouble.since ELSE excluded.since END,
					told = CASE WHEN trouble.ended_at = 0 THEN trouble.told ELSE 0 END,
					ended_at = 0, what = excluded.what, hint = excluded.hint, over_told = 0`, string(t.Kind), ms(t.Since), clean(t.What), clean(t.Hint))
			if err != nil {
				return err
			}
		}
		for _, t := range known {
			if here[t.Kind] || !t.Ended.IsZero() {
				continue
			}
			if err := exec(ctx, tx, `UPDATE trouble SET ended_at = ?2 WHERE kind = ?1`, string(t.Kind), ms(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

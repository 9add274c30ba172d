package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

const (
	clockNoted   = 5 * time.Minute  // between two notes of what the clock shows
	remindedFor  = 8                // days back for which a reminder may still come, and a day for zones
	clockSetBack = 10 * time.Minute // a clock that is set back by less was hardly wrong: no window is shorter
)

// Clock notes what the wall clock shows. If it was set back, by more than ten minutes from the latest that it showed before, it was
// ahead: everybody is planned anew, as their slots may have moved past days that are still to come, and answers that wait for a time
// that the clock showed are due. It gives by how much it was set back, 0 if it was not.
func (s *Store) Clock(ctx context.Context, now time.Time) (back time.Duration, err error) {
	var shown time.Time
	look := func(ctx context.Context, tx *sql.Conn) error {
		latest, _, err := one(ctx, tx, scanInt, `SELECT shown_at FROM clock WHERE id = 1`)
		shown = at(latest)
		return err
	}
	if err := s.read(ctx, "reading what the clock showed", look); err != nil {
		return 0, err
	}
	if back = shown.Sub(now); back <= clockSetBack && back > -clockNoted {
		return 0, nil
	}
	err = s.write(ctx, "noting what the clock shows", func(ctx context.Context, tx *sql.Conn) error {
		err := exec(ctx, tx, `INSERT INTO clock (id, shown_at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET shown_at = excluded.shown_at`, ms(now))
		if err != nil || back <= clockSetBack {
			return err
		}
		return setBack(ctx, tx, now, back)
	})
	return max(back, 0), err
}

// setBack takes back what was done by a clock that was ahead: digests and roll-ups that had their turn at times that are to come have it again,
// and so have reminders; when these are due is looked at then. The marks of what was made keep it from being made twice. Mails that wait for
// another try, or for an answer that was lost, wait as long as they would have; those that wait for somebody's hours are looked at again.
func setBack(ctx context.Context, tx *sql.Conn, now time.Time, by time.Duration) error {
	err := exec(ctx, tx, `
		UPDATE member SET planned = 0, revision = revision + 1, told_day = CASE WHEN told_at > ?1 THEN '' ELSE told_day END,
			rolled_day = CASE WHEN rolled_at > ?1 THEN '' ELSE rolled_day END`, ms(now))
	if err != nil {
		return err
	}
	err = exec(ctx, tx, `
		INSERT INTO slot (member_id, kind, checkin_id, day, due_at, until_at, rarely, opened)
		SELECT p.member_id, 'reminder', p.checkin_id, p.day, ?1, ?1, 0, 0
		FROM prompt p
			JOIN checkin c ON c.id = p.checkin_id AND c.reminder = 1 AND c.removed_at IS NULL
			JOIN membership s ON s.member_id = p.member_id AND s.team_id = c.team_id
			JOIN member m ON m.id = p.member_id AND m.paused = 0
		WHERE p.kind = 'prompt' AND p.day > ?2 AND NOT EXISTS (
			SELECT 1 FROM prompt n
			WHERE n.member_id = p.member_id AND n.checkin_id = p.checkin_id AND (n.day > p.day OR n.day = p.day AND n.kind = 'reminder'))
		ON CONFLICT (member_id, kind, checkin_id) DO NOTHING`, ms(now), day(team.DateOf(now).Add(-remindedFor)))
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, `UPDATE answer SET due_at = ?1 WHERE answered_at IS NULL AND due_at > ?1`, ms(now)); err != nil {
		return err
	}
	if err := exec(ctx, tx, `UPDATE notice SET due_at = ?1 WHERE made_at IS NULL AND due_at > ?1`, ms(now)); err != nil {
		return err
	}
	return exec(ctx, tx, `
		UPDATE outbox SET next_at = CASE
			WHEN lease = 0 AND kind IN ('receipt', 'notice') OR next_at - ?2 < ?1 THEN ?1
			ELSE next_at - ?2 END
		WHERE state IN ('queued', 'dot') AND next_at > ?1`, ms(now), by.Milliseconds())
}

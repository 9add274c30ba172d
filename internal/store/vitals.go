package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

const (
	silentFrom  = 24 * time.Hour      // without any mail, from when on it is looked who was asked meanwhile
	silentUntil = 30 * 24 * time.Hour // and how far back
	dayOver     = 18 * time.Hour      // after a prompt, a working day has been time to answer
	happened    = 24 * time.Hour      // for how long something that happened is told
	refusedFor  = 72 * time.Hour      // for how long it is that a mail to the admin came back
)

// Vitals are the last successes of the daemon, and what it owes.
func (s *Store) Vitals(ctx context.Context, now time.Time) (v team.Vitals, err error) {
	err = s.read(ctx, "reading the last successes", func(ctx context.Context, tx *sql.Conn) error {
		v, err = vitals(ctx, tx, now)
		return err
	})
	return v, err
}

func vitals(ctx context.Context, tx *sql.Conn, now time.Time) (v team.Vitals, err error) {
	look := func(into *time.Time, query string, args ...any) {
		if err != nil {
			return
		}
		var t int64
		if t, _, err = one(ctx, tx, scanInt, query, args...); t != 0 {
			*into = at(t)
		}
	}
	several := func(n *int, first *time.Time, query string, args ...any) {
		if err != nil {
			return
		}
		_, _, err = one(ctx, tx, func(row scanner) (none, error) {
			var t int64
			err := row.Scan(n, &t)
			*first = at(t)
			return none{}, err
		}, query, args...)
	}
	look(&v.LookedAt, `SELECT COALESCE(MAX(seen_at), 0) FROM mailbox`)
	for _, o := range team.Outcomes() {
		if o == team.Own || o == team.Probe || o == team.Old { // which say nothing of what others send
			continue
		}
		var last time.Time
		look(&last, `SELECT received_at FROM mail WHERE outcome = ?1 AND received_at <= ?2 ORDER BY received_at DESC LIMIT 1`, string(o), ms(now))
		if last.After(v.MailAt) {
			v.MailAt = last
		}
	}
	if now.Sub(v.MailAt) > silentFrom {
		since := v.MailAt
		if far := now.Add(-silentUntil); since.Before(far) {
			since = far
		}
		several(&v.AskedOn, &v.AskedAt, `
			SELECT COUNT(DISTINCT p.day), COALESCE(MIN(o.finished_at), 0)
			FROM outbox o JOIN prompt p ON p.outbox_id = o.id
			WHERE o.kind = 'prompt' AND o.state = 'sent' AND o.finished_at > ?1 AND o.finished_at <= ?2`, ms(since), ms(now.Add(-dayOver)))
	}
	look(&v.DigestAt, `SELECT finished_at FROM outbox WHERE kind = 'digest' AND state = 'sent' ORDER BY finished_at DESC LIMIT 1`)
	look(&v.OwedAt, `
		SELECT COALESCE(MIN(created_at), 0) FROM outbox
		WHERE state IN ('queued', 'dot') AND kind = 'digest' AND created_at > ?1`, ms(v.DigestAt))
	var failed time.Time
	look(&failed, `
		SELECT COALESCE(MIN(created_at), 0) FROM outbox
		WHERE state IN ('failed', 'expired') AND finished_at > ?1 AND kind = 'digest' AND created_at > ?2 AND (state = 'failed' OR line LIKE ?3)`,
		ms(now.Add(-silentUntil)), ms(v.DigestAt), lateLine)
	if !failed.IsZero() && (v.OwedAt.IsZero() || failed.Before(v.OwedAt)) {
		v.OwedAt = failed
	}
	several(&v.Waiting, &v.WaitsAt, `
		SELECT COUNT(*), COALESCE(MIN(`+wantedAt+`), 0) FROM outbox
		WHERE state IN ('queued', 'dot') AND (attempts > 0 OR next_at <= ?1)`, ms(now))
	look(&v.DueAt, `SELECT due_at FROM slot WHERE due_at <= ?1 AND opened = 0 ORDER BY due_at LIMIT 1`, ms(now)) // the others were late when they were planned
	several(&v.GivenUp, &v.GivenUpAt, `
		SELECT COUNT(*), COALESCE(MIN(finished_at), 0) FROM outbox
		WHERE state IN ('failed', 'expired') AND finished_at > ?1 AND kind = 'digest' AND line LIKE ?2`, ms(now.Add(-happened)), lateLine)
	several(&v.Unread, &v.UnreadAt, `
		SELECT COUNT(*), COALESCE(MIN(accepted_at), 0) FROM mail WHERE outcome = 'quarantined' AND accepted_at > ?1`, ms(now.Add(-happened)))
	if err != nil {
		return v, err
	}
	if v.Refused, v.RefusedAt, err = adminRefused(ctx, tx, now.Add(-refusedFor)); err != nil {
		return v, err
	}
	_, _, err = one(ctx, tx, func(row scanner) (none, error) {
		var t int64
		err := row.Scan(&t, &v.Damage)
		v.CheckedAt = at(t)
		return none{}, err
	}, `SELECT checked_at, damage FROM checkup WHERE id = 1`)
	return v, err
}

// lateLine is how the line of a mail begins that was given up as its useful life was over.
const lateLine = "its useful life was over%"

// wantedAt is when a mail in the outbox should have left: what was tried is put off by more each time, see the outbox.
const wantedAt = `
			CASE attempts WHEN 0 THEN next_at WHEN 1 THEN next_at - 60000 WHEN 2 THEN next_at - 360000 WHEN 3 THEN next_at - 1260000
				ELSE next_at - 1260000 - (attempts - 3) * 3600000 END`

// NoteCheckup keeps when the whole database was looked at for damage, and what was found; "" for none.
func (s *Store) NoteCheckup(ctx context.Context, now time.Time, damage string) error {
	return s.write(ctx, "noting that the database was looked at", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `
			INSERT INTO checkup (id, checked_at, damage) VALUES (1, ?1, ?2)
			ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at, damage = excluded.damage`, ms(now), clean(damage))
	})
}

// LastCheckup is when the whole database was last looked at for damage; zero for never.
func (s *Store) LastCheckup(ctx context.Context) (last time.Time, err error) {
	err = s.read(ctx, "reading when the database was looked at", func(ctx context.Context, tx *sql.Conn) error {
		t, _, err := one(ctx, tx, scanInt, `SELECT checked_at FROM checkup WHERE id = 1`)
		last = at(t)
		return err
	})
	return last, err
}

// DueBetween are the times at which something is planned, in order.
func (s *Store) DueBetween(ctx context.Context, from, to time.Time) (due []time.Time, err error) {
	err = s.read(ctx, "reading when something is due", func(ctx context.Context, tx *sql.Conn) error {
		due, err = all(ctx, tx, func(row scanner) (time.Time, error) {
			t, err := scanInt(row)
			return at(t), err
		}, `SELECT due_at FROM slot WHERE due_at > ?1 AND due_at < ?2 GROUP BY due_at ORDER BY due_at`, ms(from), ms(to))
		return err
	})
	return due, err
}

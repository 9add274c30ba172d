package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// How much mail may fail until nothing more is sent to a member. What failed longer ago is forgotten.
const (
	hardFailures = 2 // for good, within hardSpan
	hardSpan     = 48 * time.Hour
	softFailures = 5 // of any sort, within softSpan
	softSpan     = 7 * 24 * time.Hour
)

// fail notes a failure that came to be known at a time. If there have been too many, nothing is sent to the member any more but a try
// each week, and the leads of their teams are told. A mail that failed before fails once, and for good if any report says so.
func fail(ctx context.Context, tx *sql.Conn, f team.Failure, when time.Time) error {
	var about any
	if f.About != "" {
		about = clean(f.About)
	}
	err := exec(ctx, tx, `
		INSERT INTO failure (member_id, about, hard, why, failed_at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (member_id, about) DO UPDATE SET
			hard = CASE WHEN excluded.hard = 1 THEN 1 ELSE failure.hard END,
			why = CASE WHEN excluded.hard = 1 AND failure.hard = 0 THEN excluded.why ELSE failure.why END`,
		f.MemberID, about, truth(f.Hard), clean(f.Why), ms(when))
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, `DELETE FROM failure WHERE member_id = ?1 AND failed_at < ?2`, f.MemberID, ms(when.Add(-4*softSpan))); err != nil {
		return err
	}
	if f.Hard && f.About != "" {
		if err := undelivered(ctx, tx, f, when); err != nil {
			return err
		}
	}
	n, err := changed(ctx, tx, `
		UPDATE member SET unreached_at = ?2, probed_at = ?2, unreached_why = ?3
		WHERE id = ?1 AND unreached_at = 0 AND (
			?5 <= (SELECT COUNT(*) FROM failure f WHERE f.member_id = ?1 AND f.hard = 1 AND f.failed_at > ?4)
			OR ?7 <= (SELECT COUNT(*) FROM failure f WHERE f.member_id = ?1 AND f.failed_at > ?6))`,
		f.MemberID, ms(when), clean(f.Why), ms(when.Add(-hardSpan)), hardFailures, ms(when.Add(-softSpan)), softFailures)
	if err != nil || n == 0 {
		return err
	}
	return notify(ctx, tx, team.UnreachedNotice, f.MemberID, when)
}

// readByDaybreak notes that a member's main address is that of another daybreak. Nothing more is sent there, except one mail if there was
// none yet: it has our mark, by which the other stops as well. The leads of their teams are told.
func readByDaybreak(ctx context.Context, tx *sql.Conn, member int64, addr string, now time.Time) error {
	n, err := changed(ctx, tx, `
		UPDATE member SET daybreak = 1, unreached_at = ?2, unreached_why = 'it is the address of another daybreak', probed_at = CASE
			WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.member_id = ?1 AND o.rcpt_to = ?3 AND (o.state IN ('dot', 'sent') OR o.lease > 0)) THEN ?2 ELSE 0 END
		WHERE id = ?1 AND daybreak = 0`, member, ms(now), clean(addr))
	if err != nil || n == 0 {
		return err
	}
	return notify(ctx, tx, team.UnreachedNotice, member, now)
}

// reached forgets what failed to reach a member: they have written, or somebody says that all is well.
func reached(ctx context.Context, tx *sql.Conn, member int64) error {
	if err := exec(ctx, tx, `DELETE FROM failure WHERE member_id = ?1`, member); err != nil {
		return err
	}
	n, err := changed(ctx, tx, `
		UPDATE member SET unreached_at = 0, probed_at = 0, unreached_why = '', daybreak = 0 WHERE id = ?1 AND unreached_at <> 0`, member)
	if err != nil || n == 0 {
		return err
	}
	return exec(ctx, tx, `DELETE FROM notice WHERE about_id = ?1 AND made_at IS NULL AND kind = 'unreached'`, member)
}

// probe tells whether a mail may be made for a member whom mail does not reach, as the week's try. If the try before went well,
// as far as anybody knows, mail reaches them again.
func probe(ctx context.Context, tx *sql.Conn, member int64, now time.Time) (bool, error) {
	well, _, err := one(ctx, tx, scanInt, `
		SELECT COUNT(*) FROM member m
		WHERE m.id = ?1 AND m.daybreak = 0 AND m.probed_at > m.unreached_at AND m.probed_at <= ?2
			AND NOT EXISTS (SELECT 1 FROM failure f WHERE f.member_id = m.id AND f.failed_at >= m.probed_at)`,
		member, ms(now.Add(-team.ProbeEvery)))
	if err != nil {
		return false, err
	}
	if well > 0 {
		return true, reached(ctx, tx, member)
	}
	n, err := changed(ctx, tx, `
		UPDATE member SET probed_at = ?2
		WHERE id = ?1 AND (unreached_at = 0 OR daybreak = 0 AND probed_at <= ?3 OR daybreak = 1 AND probed_at = 0)`, member, ms(now), ms(now.Add(-team.ProbeEvery)))
	return n > 0, err
}

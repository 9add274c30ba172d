package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// readingOfDays is what was said in teams of a person's on days of theirs since they are in them, and what is open there now.
func readingOfDays(ctx context.Context, tx *sql.Conn, p team.Person, in []team.Membership, from team.Date, days int, now time.Time) ([]team.Reading, error) {
	loc, err := p.DigestRule().Location()
	if err != nil {
		return nil, err
	}
	var list []team.Reading
	for _, m := range in {
		s := span{team: m.Team.ID}
		joined, _, err := one(ctx, tx, scanInt, `SELECT joined_seq FROM membership WHERE member_id = ?1 AND team_id = ?2`, p.ID, m.Team.ID)
		if err != nil {
			return nil, err
		}
		if s.from, err = seqBefore(ctx, tx, s.team, from.Instant(0, loc)); err != nil {
			return nil, err
		}
		if s.through, err = seqBefore(ctx, tx, s.team, from.Add(days).Instant(0, loc)); err != nil {
			return nil, err
		}
		s.from = max(s.from, joined)
		r, err := readingOfSpan(ctx, tx, s)
		if err != nil {
			return nil, err
		}
		r.Team = m.Team
		list = append(list, r)
	}
	turns := []team.Turn{{Person: p, Reading: list}}
	err = addOpenItems(ctx, tx, turns, now)
	return turns[0].Reading, err
}

// readingOfSpan is what was said in a span of a team's, and what of it was open and is not any more.
func readingOfSpan(ctx context.Context, tx *sql.Conn, s span) (r team.Reading, err error) {
	if s.from >= s.through {
		return r, nil
	}
	r.From, r.Through, r.Settled = s.from, s.through, map[int64]bool{}
	if r.Entries, err = entriesOf(ctx, tx, s); err != nil {
		return r, err
	}
	if r.Threads, err = threadsIn(ctx, tx, s); err != nil {
		return r, err
	}
	settled, err := all(ctx, tx, scanInt, `
		SELECT o.item_id FROM open_item o JOIN item i ON i.id = o.item_id JOIN entry e ON e.id = i.entry_id
		WHERE o.team_id = ?1 AND o.closed_at IS NOT NULL AND e.team_id = ?1 AND e.seq > ?2 AND e.seq <= ?3`, s.team, s.from, s.through)
	for _, id := range settled {
		r.Settled[id] = true
	}
	return r, err
}

// seqBefore is the number of the last that became visible in a team before a time.
func seqBefore(ctx context.Context, tx *sql.Conn, in int64, t time.Time) (int64, error) {
	said, _, err := one(ctx, tx, scanInt, `
		SELECT o.seq FROM entry o WHERE o.team_id = ?1 AND o.seq IS NOT NULL AND o.accepted_at < ?2 ORDER BY o.seq DESC LIMIT 1`, in, ms(t))
	if err != nil {
		return 0, err
	}
	answered, _, err := one(ctx, tx, scanInt, `SELECT COALESCE(MAX(seq), 0) FROM comment WHERE team_id = ?1 AND made_at < ?2`, in, ms(t))
	return max(said, answered), err
}

package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// heardWithin is how long ago the last word may be of somebody who counts as quiet: later it is no news.
const heardWithin = 120 * 24 * time.Hour

// quiet finds from whom nothing was heard for long, though their mail seems to arrive.
func (s *Store) quiet(ctx context.Context, tx *sql.Conn, now time.Time) ([]team.Quiet, error) {
	heard := map[int64]team.Date{}
	note := func(row scanner) (n none, err error) {
		var member, received int64
		var dayText string
		if err := row.Scan(&member, &dayText, &received); err != nil {
			return n, err
		}
		d := team.DateOf(at(received))
		if dayText != "" {
			d, err = date(dayText)
		}
		if heard[member].Before(d) {
			heard[member] = d
		}
		return n, err
	}
	if _, err := all(ctx, tx, note, `SELECT member_id, MAX(day), 0 FROM "update" GROUP BY member_id`); err != nil {
		return nil, err
	}
	_, err := all(ctx, tx, note, `
		SELECT member_id, '', MAX(received_at) FROM mail
		WHERE outcome IN ('stored', 'command', 'empty', 'auto-reply') AND received_at > ?1 AND member_id IS NOT NULL GROUP BY member_id`, ms(now.Add(-heardWithin)))
	if err != nil {
		return nil, err
	}
	first := team.DateOf(now.Add(-heardWithin))
	ids, err := all(ctx, tx, scanInt, `SELECT DISTINCT s.member_id FROM membership s JOIN member m ON m.id = s.member_id WHERE m.paused = 0 AND m.unreached_at = 0`)
	if err != nil {
		return nil, err
	}
	list, err := s.peopleInOrder(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var known []team.Heard
	for _, p := range list {
		h := team.Heard{Person: p, Last: heard[p.ID]}
		if h.Last.Before(first) {
			continue
		}
		if h.Last.Before(team.DateOf(now).Add(-7)) { // the others are asked about by nobody
			h.Asked, err = askedSince(ctx, tx, p.ID, h.Last)
		}
		if err != nil {
			return nil, err
		}
		known = append(known, h)
	}
	return team.QuietSince(known, now), nil
}

// askedSince counts the prompts and reminders after a day that the server took.
func askedSince(ctx context.Context, tx *sql.Conn, member int64, last team.Date) (int, error) {
	n, _, err := one(ctx, tx, scanInt, `
		SELECT COUNT(*) FROM prompt p JOIN outbox o ON o.id = p.outbox_id WHERE p.member_id = ?1 AND p.day > ?2 AND o.state = 'sent'`, member, day(last))
	return int(n), err
}

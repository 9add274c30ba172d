package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// A roll-up tells what was said since the one before it that was sent, or if there was none on as many days as a week has; more than
// rollupMost days before its own are left out.
const rollupMost = 35

// RollupTurn is what a roll-up for the member would be made of at now, whether one is due or not. It changes nothing.
func (s *Store) RollupTurn(ctx context.Context, member int64, now time.Time) (team.Turn, error) {
	return s.turnAt(ctx, "reading what was said since a roll-up", team.WeeklySlot, member, now,
		func(ctx context.Context, tx *sql.Conn, turns []team.Turn, now time.Time) error {
			if err := addRollups(ctx, tx, turns, now); err != nil {
				return err
			}
			return addOpenItems(ctx, tx, turns, now)
		})
}

// addRollups adds to the turns of roll-ups what was said in their readers' teams since the ones before. Readers who read the same share it.
func addRollups(ctx context.Context, tx *sql.Conn, turns []team.Turn, now time.Time) error {
	known := map[span]team.Reading{}
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind != team.WeeklySlot {
			continue
		}
		loc, err := t.Person.DigestRule().Location()
		if err != nil {
			return nil // whoever writes it comes upon it, and it keeps no other waiting
		}
		previous, _, err := one(ctx, tx, scanInt, `
			SELECT COALESCE(MAX(made_at), 0) FROM rollup WHERE member_id = ?1 AND lapsed = 0 AND made_at <= ?2`, t.Slot.MemberID, ms(now))
		if err != nil {
			return err
		}
		if previous != 0 {
			t.Previous = at(previous)
		}
		t.Reading = nil
		for _, m := range t.Person.Teams {
			s, err := unrolled(ctx, tx, t.Slot, m.Team.ID, loc, now)
			if err != nil {
				return err
			}
			r, ok := known[s]
			if !ok {
				if r, err = readingOfSpan(ctx, tx, s); err != nil {
					return err
				}
				known[s] = r
			}
			r.Team, r.From, r.Through = m.Team, s.from, s.through
			t.Reading = append(t.Reading, r)
		}
	}
	return nil
}

// unrolled is the part of a team's that a roll-up tells its reader.
func unrolled(ctx context.Context, tx *sql.Conn, slot team.Slot, in int64, loc *time.Location, now time.Time) (s span, err error) {
	s.team = in
	told, before, err := one(ctx, tx, scanInt, `
		SELECT r.through_seq FROM rollup u JOIN rollup_reading r ON r.rollup_id = u.id AND r.team_id = ?2
		WHERE u.member_id = ?1 AND u.lapsed = 0 AND u.made_at <= ?3 ORDER BY u.made_at DESC LIMIT 1`, slot.MemberID, in, ms(now))
	if err != nil {
		return s, err
	}
	days := rollupMost
	if !before {
		days = team.RollupDays
	}
	if s.from, err = seqBefore(ctx, tx, in, slot.Day.Add(1-days).Instant(0, loc)); err != nil {
		return s, err
	}
	_, _, err = one(ctx, tx, func(row scanner) (n none, err error) {
		var joined int64
		err = row.Scan(&joined, &s.through)
		s.from = max(s.from, told, joined)
		return n, err
	}, `
		SELECT m.joined_seq, t.seq FROM membership m JOIN team t ON t.id = m.team_id WHERE m.member_id = ?1 AND m.team_id = ?2`, slot.MemberID, in)
	return s, err
}

// commitRollup notes that a roll-up was made, and what it told. It takes the place of one of its week that was given up.
func commitRollup(ctx context.Context, tx *sql.Conn, t team.Turned, outbox int64, now time.Time) error {
	slot := t.Turn.Slot
	week := t.Turn.Person.DigestRule().Days.WeekOf(slot.Day)
	// By other rules, before the clock was set back, the week may have had another first day.
	_, had, err := one(ctx, tx, scanInt, `
		SELECT id FROM rollup WHERE member_id = ?1 AND lapsed = 0 AND day >= ?2 AND day < ?3 LIMIT 1`, slot.MemberID, day(week), day(week.Add(7)))
	if err != nil {
		return err
	}
	if had {
		return errMade
	}
	id, fresh, err := one(ctx, tx, scanInt, `
		INSERT INTO rollup (member_id, week, day, outbox_id, made_at, lapsed) VALUES (?1, ?2, ?3, ?4, ?5, 0)
		ON CONFLICT (member_id, week) DO UPDATE SET day = excluded.day, outbox_id = excluded.outbox_id, made_at = excluded.made_at, lapsed = 0
			WHERE rollup.lapsed = 1
		RETURNING id`, slot.MemberID, day(week), day(slot.Day), outbox, ms(now))
	if err != nil {
		return err
	}
	if !fresh {
		return errMade
	}
	if err := exec(ctx, tx, `DELETE FROM rollup_reading WHERE rollup_id = ?1`, id); err != nil {
		return err
	}
	for _, r := range t.Turn.Reading {
		err := exec(ctx, tx, `INSERT INTO rollup_reading (rollup_id, team_id, from_seq, through_seq) VALUES (?1, ?2, ?3, ?4)`,
			id, r.Team.ID, r.From, r.Through)
		if err != nil {
			return err
		}
	}
	return nil
}

// unroll takes back that the week of a roll-up that has not left is over with: where it ends on another day since, it may have one then.
func unroll(ctx context.Context, tx *sql.Conn, outbox int64) error {
	member, ok, err := one(ctx, tx, scanInt, `
		UPDATE member SET rolled_day = ''
		WHERE id = (SELECT r.member_id FROM rollup r WHERE r.outbox_id = ?1) AND rolled_day = (SELECT r.day FROM rollup r WHERE r.outbox_id = ?1)
		RETURNING id`, outbox)
	if err != nil || !ok {
		return err
	}
	return replan(ctx, tx, member)
}

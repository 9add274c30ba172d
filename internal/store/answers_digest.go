package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// aboutDigest says since when a digest is to be, or which one is meant.
type aboutDigest struct {
	day   team.Date
	asked int64 // the mail that had asked for it
}

// addDigest adds to an answer what the digest is made of that it is.
func (s *Store) addDigest(ctx context.Context, tx *sql.Conn, a *team.Answer, about aboutDigest, now time.Time) error {
	loc, err := a.Person.DigestRule().Location()
	if err != nil {
		return nil // whoever writes the answer comes upon it, and it keeps no other waiting
	}
	turn := team.Turn{Person: a.Person, Slot: team.Slot{MemberID: a.Person.ID, Kind: team.DigestSlot, Day: team.DateOf(now.In(loc)), At: now}}
	switch a.Kind {
	case team.AnswerSince:
		turn.Slot.Day = about.day
		turn.Reading, err = readingSince(ctx, tx, a.Person, about.day.Instant(0, loc))
	case team.AnswerWeek:
		turn.Slot.Day = about.day
		turn.Reading, err = readingOfDays(ctx, tx, a.Person, a.Person.Teams, about.day, team.RollupDays, now)
	case team.AnswerDecisions:
		turn.Slot.Day = about.day
		turn.Reading, err = decisions(ctx, tx, a.Person, about.day)
	case team.AnswerFull:
		found := false
		if turn.Slot.Day, turn.Reading, found, err = readingOf(ctx, tx, a.Person, about); err != nil || !found {
			return err
		}
	default:
		turns := []team.Turn{turn}
		err = s.addReadings(ctx, tx, turns, now)
		turn = turns[0]
	}
	a.Turn = &turn
	return err
}

// readingSince is what was said in a person's teams since a time, and since they are in them.
func readingSince(ctx context.Context, tx *sql.Conn, p team.Person, since time.Time) ([]team.Reading, error) {
	var list []team.Reading
	for _, in := range p.Teams {
		entries, err := readEntries(ctx, tx, itemsOfEntries+`
			WHERE e.team_id = ?1 AND e.withdrawn_at IS NULL
				AND e.seq > (SELECT s.joined_seq FROM membership s WHERE s.member_id = ?2 AND s.team_id = ?1)
				AND e.seq > COALESCE((
				SELECT o.seq FROM entry o WHERE o.team_id = ?1 AND o.seq IS NOT NULL AND o.accepted_at < (
					SELECT CASE WHEN s.joined_at > ?3 THEN s.joined_at ELSE ?3 END FROM membership s WHERE s.member_id = ?2 AND s.team_id = ?1)
				ORDER BY o.seq DESC LIMIT 1), 0)
			ORDER BY e.seq, i.position`, in.Team.ID, p.ID, ms(since))
		if err != nil {
			return nil, err
		}
		threads, err := threadsSince(ctx, tx, in.Team.ID, p.ID, since)
		if err != nil {
			return nil, err
		}
		list = append(list, team.Reading{Team: in.Team, Entries: entries, Threads: threads})
	}
	return list, nil
}

// readingOf is what holds now of what a digest told, or the person's last one, of the teams that they are in still.
func readingOf(ctx context.Context, tx *sql.Conn, p team.Person, about aboutDigest) (d team.Date, list []team.Reading, found bool, err error) {
	type made struct {
		id  int64
		day string
	}
	scan := func(row scanner) (m made, err error) { return m, row.Scan(&m.id, &m.day) }
	which, ok, err := one(ctx, tx, scan, `
		SELECT id, day FROM digest WHERE member_id = ?1 AND (asked = ?3 AND asked <> 0 OR asked = 0 AND ?3 = 0 AND day = ?2)`,
		p.ID, day(about.day), about.asked)
	if err == nil && !ok { // or it answers what is no digest of its own
		which, ok, err = one(ctx, tx, scan, `
			SELECT id, day FROM digest WHERE member_id = ?1 AND lapsed = 0 ORDER BY made_at DESC, id DESC LIMIT 1`, p.ID)
	}
	if err != nil || !ok {
		return d, nil, false, err
	}
	if d, err = date(which.day); err != nil {
		return d, nil, false, err
	}
	spans, err := all(ctx, tx, scanSpan, `
		SELECT r.id, r.member_id, r.team_id, r.from_seq, r.through_seq
		FROM digest_reading r JOIN membership s ON s.member_id = r.member_id AND s.team_id = r.team_id
		WHERE r.digest_id = ?1 AND r.from_seq >= s.joined_seq
		ORDER BY r.from_seq`, which.id)
	if err != nil {
		return d, nil, false, err
	}
	for _, in := range p.Teams {
		reading := team.Reading{Team: in.Team}
		for _, told := range spans {
			if told.team != in.Team.ID {
				continue
			}
			entries, err := entriesOf(ctx, tx, told)
			if err != nil {
				return d, nil, false, err
			}
			reading.Entries = append(reading.Entries, entries...)
			threads, err := threadsIn(ctx, tx, told)
			if err != nil {
				return d, nil, false, err
			}
			reading.Threads = joined(reading.Threads, threads)
		}
		list = append(list, reading)
	}
	return d, list, true, nil
}

// CommitAsked stores the mail of a digest that a mail asked for, that the answer is no longer owed, and what the member was told with it. If
// some of that was told by another digest meanwhile, the answer stays owed.
func (s *Store) CommitAsked(ctx context.Context, id int64, t team.Turned, now time.Time) error {
	err := s.write(ctx, fmt.Sprintf("answering mail %d with a digest", id), func(ctx context.Context, tx *sql.Conn) error {
		outbox, made, err := commitAnswer(ctx, tx, id, *t.Mail, now)
		if err != nil || !made {
			return err
		}
		return commitDigest(ctx, tx, t, id, outbox, now)
	})
	if errors.Is(err, errMoved) || errors.Is(err, errMade) {
		return nil
	}
	return err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"
)

// What may have become of a turn between Due and Commit. Each undoes a part of what was made of it and fails nothing else.
var (
	errMoved = errors.New("the turn is no longer due, or what it showed was given out by another") // undoes all: Due gives it again
	errMade  = errors.New("the mail was made already, or is not wanted any more")                  // undoes the mail: the slots move on
)

// Commit stores what was made of turns in one transaction: for each the mark that the prompt or digest was made, the outbox row, the
// reader's marks and the slots that follow. A turn that is not due any more, or whose reader's marks have moved since, is left
// as if it had not been committed; a prompt or digest that was made before is not made again.
func (s *Store) Commit(ctx context.Context, turned []team.Turned, now time.Time) error {
	act := fmt.Sprintf("committing %d turns", len(turned))
	commitAll := func(undo undoer) error {
		return s.write(ctx, act, func(ctx context.Context, tx *sql.Conn) error {
			for _, t := range turned {
				err := undo(ctx, tx, "turn", errMoved, func() error { return commit(ctx, tx, t, now, undo) })
				if err != nil {
					return fmt.Errorf("%s of member %d: %w", t.Turn.Slot.Kind, t.Turn.Slot.MemberID, err)
				}
			}
			return nil
		})
	}
	err := commitAll(undoingNothing)
	if errors.Is(err, errMoved) || errors.Is(err, errMade) { // seldom: then each turn by itself
		err = commitAll(undoing)
	}
	return err
}

// undoer runs do; what was done before the error undo is undone then, and the error is none.
type undoer func(ctx context.Context, tx *sql.Conn, name string, undo error, do func() error) error

// undoing undoes just what do did, and the transaction goes on.
func undoing(ctx context.Context, tx *sql.Conn, name string, undo error, do func() error) error {
	if err := exec(ctx, tx, "SAVEPOINT "+name); err != nil {
		return err
	}
	if err := do(); errors.Is(err, undo) {
		if err := exec(ctx, tx, "ROLLBACK TO SAVEPOINT "+name); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return exec(ctx, tx, "RELEASE SAVEPOINT "+name)
}

// undoingNothing leaves it to the caller to undo the whole transaction.
func undoingNothing(_ context.Context, _ *sql.Conn, _ string, _ error, do func() error) error {
	return do()
}

func commit(ctx context.Context, tx *sql.Conn, t team.Turned, now time.Time, undo undoer) error {
	slot, following := t.Turn.Slot, t.Next
	acted := []any{slot.MemberID, string(slot.Kind), slot.CheckInID, day(slot.Day), ms(slot.At)}
	var n int64
	var err error
	if i := slices.IndexFunc(following, func(s team.Slot) bool { return s.Kind == slot.Kind && s.CheckInID == slot.CheckInID }); i >= 0 {
		next := following[i]
		following = slices.Delete(slices.Clone(following), i, i+1)
		n, err = changed(ctx, tx, `
			UPDATE slot SET day = ?6, due_at = ?7, until_at = ?8, rarely = ?9, opened = ?10
			WHERE member_id = ?1 AND kind = ?2 AND checkin_id = ?3 AND day = ?4 AND due_at = ?5`,
			append(acted, day(next.Day), ms(next.At), ms(next.Until), truth(next.Rarely), truth(next.Opened))...)
	} else {
		n, err = changed(ctx, tx, `
			DELETE FROM slot
			WHERE member_id = ?1 AND kind = ?2 AND checkin_id = ?3 AND day = ?4 AND due_at = ?5`, acted...)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return errMoved
	}
	failpoint.Here("slot-has-moved")
	if t.Told {
		done := `UPDATE member SET told_day = ?2, told_at = ?3 WHERE id = ?1`
		if slot.Kind == team.WeeklySlot {
			done = `UPDATE member SET rolled_day = ?2, rolled_at = ?3 WHERE id = ?1`
		}
		if err := exec(ctx, tx, done, slot.MemberID, day(slot.Day), ms(now)); err != nil {
			return err
		}
	}
	if t.Mail != nil {
		if err := undo(ctx, tx, "mail", errMade, func() error { return commitMail(ctx, tx, t, now) }); err != nil {
			return err
		}
	}
	for _, next := range following {
		next.MemberID = slot.MemberID
		if err := putSlot(ctx, tx, next); err != nil {
			return err
		}
	}
	return nil
}

func commitMail(ctx context.Context, tx *sql.Conn, t team.Turned, now time.Time) error {
	slot := t.Turn.Slot
	if !t.Turn.Person.Reachable() {
		may, err := probe(ctx, tx, slot.MemberID, now)
		if err != nil {
			return err
		}
		if !may {
			return errMade
		}
	}
	outbox, fresh, err := enqueue(ctx, tx, *t.Mail, now)
	if err != nil {
		return err
	}
	if !fresh {
		return errMade
	}
	failpoint.Here("mail-is-in-outbox")
	switch slot.Kind {
	case team.DigestSlot:
		return commitDigest(ctx, tx, t, 0, outbox, now)
	case team.WeeklySlot:
		return commitRollup(ctx, tx, t, outbox, now)
	}
	asked, plan, planDay := t.Turn.CheckIn.Questions, t.Turn.Plan, t.Turn.PlanDay
	if p := t.Turn.Prompt; p != nil { // a reminder repeats what its prompt asked
		asked, plan, planDay = p.Questions, p.Plan, p.PlanDay
	}
	n, err := changed(ctx, tx, `
		INSERT INTO prompt (kind, checkin_id, member_id, day, questions, plan, plan_day, outbox_id, made_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (member_id, day, checkin_id, kind) DO NOTHING`,
		string(slot.Kind), slot.CheckInID, slot.MemberID, day(slot.Day), textsJSON(asked), textsJSON(plan), day(planDay), outbox, ms(now))
	if err == nil && n == 0 {
		err = errMade
	}
	return err
}

// commitDigest notes that a digest was made, which a mail asked for, 0 for none, and what it told. It takes the place of one of its day that
// was given up.
func commitDigest(ctx context.Context, tx *sql.Conn, t team.Turned, asked, outbox int64, now time.Time) error {
	slot := t.Turn.Slot
	digest, fresh, err := one(ctx, tx, scanInt, `
		INSERT INTO digest (member_id, day, outbox_id, made_at, lapsed, asked) VALUES (?1, ?2, ?3, ?4, 0, ?5)
		ON CONFLICT (member_id, day, asked) DO UPDATE SET outbox_id = excluded.outbox_id, made_at = excluded.made_at, lapsed = 0
			WHERE digest.lapsed = 1
		RETURNING id`, slot.MemberID, day(slot.Day), outbox, ms(now), asked)
	if err != nil {
		return err
	}
	if !fresh {
		return errMade
	}
	for _, r := range t.Turn.Reading {
		if err := commitReading(ctx, tx, digest, slot.MemberID, r, now); err != nil {
			return err
		}
		if err := commitAtOnce(ctx, tx, digest, slot.MemberID, r.Threads, now); err != nil {
			return err
		}
	}
	return nil
}

// commitReading moves the reader's mark of one team and notes which digest told what.
func commitReading(ctx context.Context, tx *sql.Conn, digest, member int64, r team.Reading, now time.Time) error {
	n, err := changed(ctx, tx, `
		UPDATE membership SET read_seq = ?4 WHERE member_id = ?1 AND team_id = ?2 AND read_seq = ?3`,
		member, r.Team.ID, r.From, r.Through)
	if err != nil {
		return err
	}
	if n == 0 {
		return errMoved
	}
	for _, id := range r.Again {
		n, err := changed(ctx, tx, `
			UPDATE digest_reading SET digest_id = ?1, owed = 0 WHERE id = ?2 AND member_id = ?3 AND owed = 1`, digest, id, member)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved
		}
	}
	if r.From == r.Through {
		return nil
	}
	return exec(ctx, tx, `
		INSERT INTO digest_reading (digest_id, member_id, team_id, from_seq, through_seq, made_at, owed)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)`,
		digest, member, r.Team.ID, r.From, r.Through, ms(now))
}

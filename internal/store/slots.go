package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// Unplanned are members who are in a team and not paused, and whose slots must be computed anew.
func (s *Store) Unplanned(ctx context.Context, limit int) (list []team.Person, err error) {
	type revised struct{ member, revision int64 }
	var found []revised
	err = s.read(ctx, "reading unplanned members", func(ctx context.Context, tx *sql.Conn) error {
		found, err = all(ctx, tx, func(row scanner) (r revised, err error) { return r, row.Scan(&r.member, &r.revision) }, `
			SELECT m.id, m.revision FROM member m
			WHERE m.planned = 0 AND m.paused = 0
				AND EXISTS (SELECT 1 FROM membership s WHERE s.member_id = m.id)
			ORDER BY m.id LIMIT ?1 + 0`, limit)
		if err != nil {
			return err
		}
		ids := make([]int64, len(found))
		for i, r := range found {
			ids[i] = r.member
		}
		list, err = s.peopleInOrder(ctx, tx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range found {
		s.planned[r.member] = r.revision
	}
	return list, nil
}

// Plan replaces a member's prompt, digest and roll-up slots and marks the member as planned, unless something has changed since Unplanned
// gave the member out. A member who is paused or in no team gets no slots.
func (s *Store) Plan(ctx context.Context, member int64, slots []team.Slot) error {
	s.mu.Lock()
	revision, given := s.planned[member]
	delete(s.planned, member)
	s.mu.Unlock()
	return s.write(ctx, fmt.Sprintf("planning member %d", member), func(ctx context.Context, tx *sql.Conn) error {
		if err := exec(ctx, tx, `DELETE FROM slot WHERE member_id = ?1 AND kind IN ('prompt', 'digest', 'weekly')`, member); err != nil {
			return err
		}
		for _, slot := range slots {
			slot.MemberID = member
			if err := putSlot(ctx, tx, slot); err != nil {
				return err
			}
		}
		return exec(ctx, tx, `
			UPDATE member SET planned = 1 WHERE id = ?1 AND (revision = ?2 OR ?3 = 0)`, member, revision, truth(given))
	})
}

// putSlot stores a slot in place of the one of the same kind and check-in. It does nothing for a member who is paused, or whose
// teams do not have the check-in.
func putSlot(ctx context.Context, tx *sql.Conn, slot team.Slot) error {
	return exec(ctx, tx, `
		INSERT INTO slot (member_id, kind, checkin_id, day, due_at, until_at, rarely, opened)
		SELECT m.id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM member m
		WHERE m.id = ?1 AND m.paused = 0 AND EXISTS (
			SELECT 1 FROM membership s
			WHERE s.member_id = m.id AND (?3 = 0 OR EXISTS (
				SELECT 1 FROM checkin c WHERE c.id = ?3 AND c.team_id = s.team_id AND c.removed_at IS NULL)))
		ON CONFLICT (member_id, kind, checkin_id) DO UPDATE SET
			day = excluded.day, due_at = excluded.due_at, until_at = excluded.until_at, rarely = excluded.rarely, opened = excluded.opened`,
		slot.MemberID, string(slot.Kind), slot.CheckInID, day(slot.Day), ms(slot.At), ms(slot.Until), truth(slot.Rarely), truth(slot.Opened))
}

// NextSlot is when the next slot is due; false means that nothing is planned.
func (s *Store) NextSlot(ctx context.Context) (next time.Time, ok bool, err error) {
	err = s.read(ctx, "looking for the next slot", func(ctx context.Context, tx *sql.Conn) error {
		var t int64
		t, ok, err = one(ctx, tx, scanInt, `SELECT due_at FROM slot ORDER BY due_at LIMIT 1`)
		next = at(t)
		return err
	})
	return next, ok, err
}

func scanSlot(row scanner) (slot team.Slot, err error) {
	var dayText string
	var due, until int64
	if err := row.Scan(&slot.MemberID, &slot.Kind, &slot.CheckInID, &dayText, &due, &until, &slot.Opened); err != nil {
		return slot, err
	}
	slot.At, slot.Until = at(due), at(until)
	slot.Day, err = date(dayText)
	return slot, err
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
)

// unending is kept for the last day of a leave whose end is not known.
const unending = "9999-12-31"

// SetAway notes that a member is away.
func (s *Store) SetAway(ctx context.Context, member int64, span team.Span, now time.Time) error {
	return s.write(ctx, "noting that a member is away", func(ctx context.Context, tx *sql.Conn) error {
		if err := mustKnow(ctx, tx, member); err != nil {
			return err
		}
		return setAway(ctx, tx, change{by: byAdmin, member: member}, span, 0, now)
	})
}

// EndAway ends a member's leave: they work again from the day on. back tells that they were away then; else what was to come is called
// off.
func (s *Store) EndAway(ctx context.Context, member int64, from team.Date, now time.Time) (back bool, calledOff []team.Span, err error) {
	err = s.write(ctx, "noting that a member is back", func(ctx context.Context, tx *sql.Conn) error {
		if err := mustKnow(ctx, tx, member); err != nil {
			return err
		}
		back, calledOff, err = endAway(ctx, tx, change{by: byAdmin, member: member}, from, now)
		return err
	})
	return back, calledOff, err
}

// setAway notes a leave of the change's member, and logs it. event is 0 if it comes from none.
func setAway(ctx context.Context, tx *sql.Conn, c change, span team.Span, event int64, now time.Time) error {
	if err := insertAway(ctx, tx, c, span, event, now); err != nil {
		return err
	}
	c.what, c.became = changeAway, spansText([]team.Span{span})
	if err := logChange(ctx, tx, c, now); err != nil {
		return err
	}
	return replan(ctx, tx, c.member)
}

func insertAway(ctx context.Context, tx *sql.Conn, c change, span team.Span, event int64, now time.Time) error {
	err := exec(ctx, tx, `
		INSERT INTO away (member_id, from_day, through_day, source, mail_id, event_id, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		c.member, day(span.From), throughOf(span), c.by, orNull(c.mail), orNull(event), ms(now))
	if err != nil {
		return err
	}
	return putOffAnswers(ctx, tx, c.member, span)
}

// putOffAnswers puts off what a member is asked and what is due during a leave of theirs, until they are back.
func putOffAnswers(ctx context.Context, tx *sql.Conn, member int64, leave team.Span) error {
	type ask struct{ item, team, due int64 }
	asks, err := all(ctx, tx, func(row scanner) (k ask, err error) { return k, row.Scan(&k.item, &k.team, &k.due) }, `
		SELECT item_id, team_id, due_at FROM open_item WHERE asked_id = ?1 AND closed_at IS NULL ORDER BY item_id`, member)
	if err != nil || len(asks) == 0 {
		return err
	}
	found, err := people(ctx, tx, []int64{member})
	if err != nil {
		return err
	}
	p := found[member]
	for _, k := range asks {
		in, ok := p.Team(k.team)
		if !ok {
			continue
		}
		if due := ms(p.AnswerAfter(in, leave, at(k.due))); due > k.due {
			if err := exec(ctx, tx, `UPDATE open_item SET due_at = ?2 WHERE item_id = ?1`, k.item, due); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteAway notes what an auto-responder says, which says it again with each mail.
func noteAway(ctx context.Context, tx *sql.Conn, member int64, span team.Span, mail int64, now time.Time) error {
	found, err := people(ctx, tx, []int64{member})
	if err != nil {
		return err
	}
	if known, ok := found[member].Away.On(span.From); ok && (known.Through.IsZero() || !span.Through.IsZero() && known.Has(span.Through)) {
		return nil
	}
	return setAway(ctx, tx, change{by: byNote, mail: mail, member: member}, span, 0, now)
}

// endAway ends the leave of the change's member on a day, and logs it.
func endAway(ctx context.Context, tx *sql.Conn, c change, from team.Date, now time.Time) (back bool, calledOff []team.Span, err error) {
	member := c.member
	found, err := people(ctx, tx, []int64{member})
	if err != nil {
		return false, nil, err
	}
	last := unending // not away then: all that is to come
	span, back := found[member].Away.On(from)
	if back {
		last = throughOf(span)
	} else {
		for _, s := range found[member].Away {
			if from.Before(s.From) {
				calledOff = append(calledOff, s)
			}
		}
	}
	ended, err := all(ctx, tx, func(row scanner) (s team.Span, err error) {
		var from, through string
		if err := row.Scan(&from, &through); err != nil {
			return s, err
		}
		return spanOf(from, through)
	}, `
		SELECT from_day, through_day FROM away
		WHERE member_id = ?1 AND (from_day >= ?2 AND from_day <= ?3 OR from_day < ?2 AND through_day >= ?2) ORDER BY id`, member, day(from), last)
	if err != nil || len(ended) == 0 {
		return false, nil, err
	}
	var remain []team.Span
	for _, s := range ended {
		if s.From.Before(from) {
			remain = append(remain, team.Span{From: s.From, Through: from.Add(-1)})
		}
	}
	err = exec(ctx, tx, `DELETE FROM away WHERE member_id = ?1 AND from_day >= ?2 AND from_day <= ?3`, member, day(from), last)
	if err != nil {
		return false, nil, err
	}
	err = exec(ctx, tx, `UPDATE away SET through_day = ?3 WHERE member_id = ?1 AND from_day < ?2 AND through_day >= ?2`,
		member, day(from), day(from.Add(-1)))
	if err != nil {
		return false, nil, err
	}
	if back && span.Through.IsZero() { // until now it was not known when they would be back
		if err := putOffAnswers(ctx, tx, member, team.Span{From: span.From, Through: from.Add(-1)}); err != nil {
			return false, nil, err
		}
	}
	c.what, c.was, c.became = changeAway, spansText(ended), spansText(remain)
	if err := logChange(ctx, tx, c, now); err != nil {
		return false, nil, err
	}
	return back, calledOff, replan(ctx, tx, member)
}

// throughOf is the form in which the end of a span is kept.
func throughOf(s team.Span) string {
	if s.Through.IsZero() {
		return unending
	}
	return day(s.Through)
}

// spanOf reads a span as it is kept.
func spanOf(from, through string) (s team.Span, err error) {
	if s.From, err = date(from); err == nil && through != unending {
		s.Through, err = date(through)
	}
	return s, err
}

// spansText is the form in which several spans are kept.
func spansText(spans []team.Span) string {
	var list []string
	for _, s := range spans {
		list = append(list, day(s.From)+"/"+throughOf(s))
	}
	return strings.Join(list, " ")
}

// parseSpans is the inverse of spansText.
func parseSpans(text string) (spans []team.Span, err error) {
	for _, piece := range strings.Fields(text) {
		from, through, _ := strings.Cut(piece, "/")
		s, err := spanOf(from, through)
		if err != nil {
			return nil, err
		}
		spans = append(spans, s)
	}
	return spans, nil
}

// addAway adds to the members when they are away.
func addAway(ctx context.Context, tx *sql.Conn, list string, args []any, found map[int64]team.Person) error {
	type leave struct {
		member int64
		span   team.Span
	}
	leaves, err := all(ctx, tx, func(row scanner) (l leave, err error) {
		var from, through string
		if err := row.Scan(&l.member, &from, &through); err != nil {
			return l, err
		}
		l.span, err = spanOf(from, through)
		return l, err
	}, `SELECT member_id, from_day, through_day FROM away WHERE member_id IN (`+list+`) ORDER BY member_id, from_day`, args...)
	for i := 0; i < len(leaves); {
		j := i
		var spans []team.Span
		for ; j < len(leaves) && leaves[j].member == leaves[i].member; j++ {
			spans = append(spans, leaves[j].span)
		}
		p := found[leaves[i].member]
		p.Away = team.NewAway(spans)
		found[leaves[i].member] = p
		i = j
	}
	return err
}

// addAbsent adds to the digest turns who of their teams is away on their day, by name. It looks only at
// the leaves of those teams: there may be far more of others.
func (s *Store) addAbsent(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	var first team.Date
	teamIDs := map[int64]bool{}
	for _, t := range turns {
		if t.Slot.Kind != team.DigestSlot {
			continue
		}
		if first.IsZero() || t.Slot.Day.Before(first) {
			first = t.Slot.Day
		}
		for _, r := range t.Reading {
			teamIDs[r.Team.ID] = true
		}
	}
	var ids []int64
	err := inLists(slices.Sorted(maps.Keys(teamIDs)), 2, func(list string, args []any) error {
		some, err := all(ctx, tx, scanInt, `
			SELECT DISTINCT a.member_id FROM membership s JOIN away a ON a.member_id = s.member_id
			WHERE a.through_day >= ?1 AND s.team_id IN (`+list+`)`, append([]any{day(first)}, args...)...)
		ids = append(ids, some...)
		return err
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	people, err := s.people(ctx, tx, ids)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind != team.DigestSlot {
			continue
		}
		for j := range t.Reading {
			r := &t.Reading[j]
			for _, id := range ids {
				if absent, ok := absentFrom(people[id], r.Team, t.Slot); ok {
					r.Away = append(r.Away, absent)
				}
			}
			slices.SortFunc(r.Away, func(a, b team.Absent) int {
				return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.MemberID, b.MemberID))
			})
		}
	}
	return nil
}

func absentFrom(p team.Person, t team.Team, slot team.Slot) (team.Absent, bool) {
	span, away := p.Away.On(slot.Day)
	_, in := p.Team(t.ID)
	if !away || !in || p.ID == slot.MemberID {
		return team.Absent{}, false
	}
	return team.Absent{MemberID: p.ID, Name: p.Name, Back: p.Back(span, t)}, true
}

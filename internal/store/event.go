package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// outdated tells whether this version of a member's event is known already, or a later one. What calls an event off comes after what is
// else said of it in the same version.
func outdated(ctx context.Context, tx *sql.Conn, member int64, e team.Event) (bool, error) {
	_, known, err := one(ctx, tx, scanInt, `
		SELECT id FROM event
		WHERE member_id = ?1 AND uid = ?2 AND instance IN ('', ?3)
			AND (sequence > ?4 OR sequence = ?4 AND stamped_at > ?5 OR sequence = ?4 AND stamped_at = ?5 AND ?6 = 0)
		LIMIT 1`, member, clean(e.UID), clean(e.Instance), e.Sequence, ms(e.Stamp), truth(e.Called))
	return known, err
}

// told is a leave that an event told of.
type told struct {
	id, mail int64
	span     team.Span
}

// event makes a member's leaves fit what their calendar says now of an event.
func (a *accepting) event(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) error {
	e := *m.Event
	id, _, err := one(ctx, tx, scanInt, `
		INSERT INTO event (member_id, uid, instance, sequence, stamped_at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (member_id, uid, instance) DO UPDATE SET sequence = excluded.sequence, stamped_at = excluded.stamped_at
		RETURNING id`, m.MemberID, clean(e.UID), clean(e.Instance), e.Sequence, ms(e.Stamp))
	if err != nil {
		return err
	}
	leaves, err := all(ctx, tx, func(row scanner) (t told, err error) {
		var from, through string
		if err := row.Scan(&t.id, &t.mail, &from, &through); err != nil {
			return t, err
		}
		t.span, err = spanOf(from, through)
		return t, err
	}, `
		SELECT w.id, COALESCE(w.mail_id, 0), w.from_day, w.through_day FROM event e JOIN away w ON w.event_id = e.id
		WHERE e.member_id = ?1 AND e.uid = ?2 AND (e.instance = ?3 OR ?3 = '')
			AND (e.sequence < ?4 OR e.sequence = ?4 AND e.stamped_at <= ?5)
		ORDER BY w.from_day`, m.MemberID, clean(e.UID), clean(e.Instance), e.Sequence, ms(e.Stamp))
	if err != nil {
		return err
	}
	if m.Away == nil {
		return a.endTold(ctx, tx, mail, leaves, m)
	}
	if len(leaves) == 1 && leaves[0].span == *m.Away {
		m.Answer = nil // it was answered; what tells of it may be the whole event now, and not one of its days
		return exec(ctx, tx, `UPDATE away SET event_id = ?2 WHERE id = ?1`, leaves[0].id, id)
	}
	for _, t := range leaves {
		if err := forget(ctx, tx, t); err != nil {
			return err
		}
	}
	return setAway(ctx, tx, change{by: byEvent, mail: mail, member: m.MemberID, was: spansText(spansOf(leaves))}, *m.Away, id, a.now)
}

func spansOf(leaves []told) (spans []team.Span) {
	for _, t := range leaves {
		spans = append(spans, t.span)
	}
	return spans
}

// endTold ends the leaves of an event that is none any more. The days that are over stay.
func (a *accepting) endTold(ctx context.Context, tx *sql.Conn, mail int64, leaves []told, m *team.Mail) error {
	today, back := m.Event.Today, false
	var calledOff, remain []team.Span
	for _, t := range leaves {
		switch {
		case !t.span.From.Before(today):
			if err := forget(ctx, tx, t); err != nil {
				return err
			}
			calledOff = append(calledOff, t.span)
		case t.span.Has(today):
			if err := exec(ctx, tx, `UPDATE away SET through_day = ?2 WHERE id = ?1`, t.id, day(today.Add(-1))); err != nil {
				return err
			}
			back = true
			remain = append(remain, team.Span{From: t.span.From, Through: today.Add(-1)})
		default:
			remain = append(remain, t.span)
		}
	}
	if !back && len(calledOff) == 0 {
		m.Answer = answerEnd(m.Answer, false, nil)
		return nil
	}
	c := change{by: byEvent, mail: mail, member: m.MemberID, what: changeAway, was: spansText(spansOf(leaves)), became: spansText(remain)}
	if err := logChange(ctx, tx, c, a.now); err != nil {
		return err
	}
	found, err := people(ctx, tx, []int64{m.MemberID})
	if err != nil {
		return err
	}
	_, away := found[m.MemberID].Away.On(today) // by another leave
	m.Answer = answerEnd(m.Answer, back && !away, calledOff)
	return replan(ctx, tx, m.MemberID)
}

// answerEnd is what is answered to the end of a leave, for an answer that says so. Another one stays as it is.
func answerEnd(a *team.NewAnswer, back bool, calledOff []team.Span) *team.NewAnswer {
	if a == nil || a.Kind != team.AnswerBack && a.Kind != team.AnswerCalledOff {
		return a
	}
	end := *a
	switch {
	case back:
		end.Kind = team.AnswerBack
	case len(calledOff) > 0:
		end.Kind, end.CalledOff = team.AnswerCalledOff, calledOff
	case a.Kind == team.AnswerBack:
		end.Kind = team.AnswerHere
	default:
		return nil // nothing was ended
	}
	return &end
}

// forget removes a leave, and the answer that would still tell of it.
func forget(ctx context.Context, tx *sql.Conn, t told) error {
	if err := exec(ctx, tx, `DELETE FROM answer WHERE mail_id = ?1 AND kind = 'away' AND answered_at IS NULL`, t.mail); err != nil {
		return err
	}
	return exec(ctx, tx, `DELETE FROM away WHERE id = ?1`, t.id)
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

const (
	questionsADay = 3                   // a member is asked so often at most whether a mail was theirs, whoever writes in their name
	questionLife  = 14 * 24 * time.Hour // after which another mail is asked about anew
)

// askWhose asks a member whether a held mail was theirs. There is one question for each address at a time: more mails from it join that.
func (a *accepting) askWhose(ctx context.Context, tx *sql.Conn, mail int64, c team.Confirm) error {
	err := exec(ctx, tx, `
		UPDATE confirmation SET settled_at = ?3, verdict = 'lapsed'
		WHERE member_id = ?1 AND addr = ?2 AND settled_at IS NULL AND asked_at <= ?4`,
		c.MemberID, clean(c.Address), ms(a.now), ms(a.now.Add(-questionLife)))
	if err != nil {
		return err
	}
	id, open, err := one(ctx, tx, scanInt, `SELECT id FROM confirmation WHERE member_id = ?1 AND addr = ?2 AND settled_at IS NULL`,
		c.MemberID, clean(c.Address))
	if err != nil {
		return err
	}
	if !open {
		id, open, err = one(ctx, tx, scanInt, `
			INSERT INTO confirmation (member_id, addr, mail_id, asked_at, verdict)
			SELECT m.id, ?2, ?3, ?4, '' FROM member m
			WHERE m.id = ?1 AND m.daybreak = 0 AND EXISTS (SELECT 1 FROM membership s WHERE s.member_id = ?1)
				AND ?6 > (SELECT COUNT(*) FROM confirmation c WHERE c.member_id = ?1 AND c.asked_at > ?5)
			RETURNING id`,
			c.MemberID, clean(c.Address), mail, ms(a.now), ms(a.now.Add(-24*time.Hour)), questionsADay)
		if err != nil || !open { // it stays with the admin
			return err
		}
		err := exec(ctx, tx, `INSERT INTO answer (mail_id, member_id, kind, owed_at, due_at) VALUES (?1, ?2, ?3, ?4, ?4)`,
			mail, c.MemberID, string(team.AnswerConfirm), ms(a.now))
		if err != nil {
			return err
		}
	}
	return exec(ctx, tx, `UPDATE mail SET confirmation_id = ?2 WHERE id = ?1`, mail, id)
}

// settle carries out a member's answer to the question whether mails were theirs: a yes makes them so and remembers their address. An
// answer to a question that is not open any more does nothing.
func (a *accepting) settle(ctx context.Context, tx *sql.Conn, by int64, m *team.Mail) error {
	verdict := "no"
	if m.Settles.Yes {
		verdict = "yes"
	}
	type question struct {
		id   int64
		addr string
	}
	q, open, err := one(ctx, tx, func(row scanner) (q question, err error) { return q, row.Scan(&q.id, &q.addr) }, `
		UPDATE confirmation SET settled_at = ?3, settled_by = ?4, verdict = ?5
		WHERE mail_id = ?1 AND member_id = ?2 AND settled_at IS NULL
		RETURNING id, addr`, m.Settles.Mail, m.MemberID, ms(a.now), by, verdict)
	if err != nil || !open {
		m.Answer = nil
		return err
	}
	if !m.Settles.Yes {
		return nil
	}
	if _, err := addAddress(ctx, tx, change{by: byMail, mail: by, member: m.MemberID}, q.addr, a.now); err != nil {
		return err
	}
	owner, err := ownerOf(ctx, tx, q.addr)
	if err != nil || owner != m.MemberID { // it has become another's
		m.Answer = nil
		return err
	}
	for i := range m.Settles.Mails {
		if err := a.release(ctx, tx, q.id, &m.Settles.Mails[i]); err != nil {
			return err
		}
	}
	return nil
}

// HeldMail gives a mail that is held.
func (s *Store) HeldMail(ctx context.Context, id int64) (e team.Earlier, err error) {
	err = s.read(ctx, "reading a held mail", func(ctx context.Context, tx *sql.Conn) error {
		list, err := earlier(ctx, tx, ` WHERE m.id = ?1 AND m.outcome = 'held' AND m.raw_id IS NOT NULL`, id)
		if err == nil && len(list) == 0 {
			err = unknown("no mail %d is held", id)
		}
		if err != nil {
			return err
		}
		e = list[0]
		return nil
	})
	return e, err
}

// Release makes a held mail what it is as its member's, since the admin says that it is theirs.
func (s *Store) Release(ctx context.Context, r team.Reread, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("accepting held mail %d", r.Earlier.ID), func(ctx context.Context, tx *sql.Conn) error {
		a := accepting{now: now}
		if err := a.lookUp(ctx, tx, []team.Mail{r.Now}); err != nil {
			return err
		}
		if err := a.release(ctx, tx, 0, &r); err != nil {
			return err
		}
		c := change{by: byAdmin, member: r.Now.MemberID, what: fmt.Sprintf("accept held mail %d", r.Earlier.ID)}
		return logChange(ctx, tx, c, now)
	})
}

// Refuse has a held mail stay out for good. It stays readable.
func (s *Store) Refuse(ctx context.Context, id int64, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("refusing held mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `UPDATE mail SET outcome = 'refused', reason = 'the admin refused it; it was held: ' || reason WHERE id = ?1 AND outcome = 'held'`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return unknown("no mail %d is held", id)
		}
		return logChange(ctx, tx, change{by: byAdmin, what: fmt.Sprintf("refuse held mail %d", id)}, now)
	})
}

// release makes a held mail what it is now that its sender is known, if it is held and, with a question, that is about it. It is not answered
// itself.
func (a *accepting) release(ctx context.Context, tx *sql.Conn, question int64, r *team.Reread) error {
	m := &r.Now
	m.Answer, m.Elsewhere = nil, nil
	if _, copied := a.effective[m.Identity]; copied && m.Identity != "" {
		m.Outcome, m.Reason = team.Duplicate, "a copy of it came from a known sender"
		withoutEffects(m)
	}
	n, err := changed(ctx, tx, `
		UPDATE mail SET outcome = ?3, reason = ?4, confidence = ?5, member_id = ?6
		WHERE id = ?1 AND (confirmation_id = ?2 OR ?2 = 0) AND outcome = 'held'`,
		r.Earlier.ID, question, string(m.Outcome), clean(m.Reason), m.Confidence, orNull(m.MemberID))
	if err != nil || n == 0 {
		return err
	}
	m.Confirm, m.Settles = nil, nil
	return a.do(ctx, tx, r.Earlier.ID, m)
}

// InQuestion gives the held mails about which a member was asked, the oldest first. mail is the first of them.
func (s *Store) InQuestion(ctx context.Context, member, mail int64) (list []team.Earlier, err error) {
	err = s.read(ctx, "reading the mails in question", func(ctx context.Context, tx *sql.Conn) error {
		list, err = earlier(ctx, tx, `
			WHERE m.outcome = 'held' AND m.raw_id IS NOT NULL AND m.confirmation_id IN (
				SELECT c.id FROM confirmation c WHERE c.mail_id = ?1 AND c.member_id = ?2 AND c.settled_at IS NULL)
			ORDER BY m.id`, mail, member)
		return err
	})
	return list, err
}

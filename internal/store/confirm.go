package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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
		unclear(m, team.Doubt{Why: q.addr + " cannot be an address of yours here"})
		return err
	}
	return a.releaseAll(ctx, tx, q.id, by, m)
}

// releaseAll makes the mails in question what they are as their member's, and has m, the yes, answered with what came of them. What one of
// them asks for, such as a digest, comes as an answer of its own. A mail has one answer: the first of these was answered with the question,
// so that what it asks for answers the yes if that need not tell of others, else one of those.
func (a *accepting) releaseAll(ctx context.Context, tx *sql.Conn, question, by int64, m *team.Mail) error {
	var given []team.NewAnswer
	var forFirst *team.NewAnswer
	var told int64 // one of the others
	confirmed := team.NewAnswer{MemberID: m.MemberID, Kind: team.AnswerConfirmed}
	for _, r := range m.Settles.Mails {
		done, err := a.release(ctx, tx, question, &r)
		if err != nil {
			return err
		}
		if r.Now.Forget && done { // nobody is there any more to whom the rest could belong
			m.Answer, m.Elsewhere = nil, nil
			return nil
		}
		id, answer := r.Earlier.ID, r.Now.Answer
		switch {
		case !done:
		case answer == nil || !answer.Kind.Gives():
			told = id
			why, err := undone(ctx, tx, id, &r.Now)
			if err != nil {
				return err
			}
			if why.Why == "" {
				break
			}
			c := team.Came{Mail: id, Doubt: why}
			if answer != nil {
				c.Words = answer.Words
			}
			confirmed.Came = append(confirmed.Came, c)
		case slices.ContainsFunc(given, func(g team.NewAnswer) bool { return gives(g, *answer) }):
		case id == m.Settles.Mail:
			given, forFirst = append(given, *answer), answer
		default:
			given = append(given, *answer)
			if err := owe(ctx, tx, id, *answer, a.now); err != nil {
				return err
			}
		}
	}
	switch m.Answer = &confirmed; {
	case forFirst != nil && told != 0:
		return owe(ctx, tx, told, *forFirst, a.now)
	case forFirst != nil:
		m.Answer = forFirst
	case told == 0 && len(given) > 0:
		m.Answer = nil
	}
	return nil
}

// gives tells whether two answers would be the same.
func gives(a, b team.NewAnswer) bool {
	return a.Kind == b.Kind && a.TeamID == b.TeamID && a.Day == b.Day && a.Asked == b.Asked
}

// undone says why a mail that was held has not done what its writer wanted; nothing if it has.
func undone(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) (d team.Doubt, err error) {
	switch {
	case m.Outcome == team.Held || m.Outcome == team.Old:
		return team.Doubt{Why: m.Reason}, nil
	case m.Answer == nil:
		return d, nil
	}
	switch m.Answer.Kind {
	case team.AnswerUnclear:
		d = m.Answer.Doubt
	case team.AnswerNoUndo:
		d.Why = "there is no change of yours that could be taken back"
	case team.AnswerHere:
		d.Why = "I had no leave of yours"
	case team.AnswerEmpty:
		d.Why = "I found no words of yours in it"
	case team.AnswerEncrypted:
		d.Why = "I cannot read encrypted mail"
	case team.AnswerPrivate:
		d = m.Answer.Doubt
	case team.AnswerUndated:
		d.Why = "I noted no leave: " + m.Answer.Doubt.Why
	case team.AnswerHeading:
		d = m.Answer.Doubt
	case team.AnswerUnasked:
		d = m.Answer.Doubt
		d.Why = "not all whom it asks were asked: " + d.Why
	case team.AnswerNotice:
		d.Why = "what answers such a mail of mine I read for orders only"
	case team.AnswerInvited:
		d.Why = "it says neither yes nor no"
	default:
		_, done, err := one(ctx, tx, scanInt, `SELECT id FROM change WHERE mail_id = ?1 LIMIT 1`, mail)
		if err == nil && !done {
			d.Why = "it would change nothing"
		}
		return d, err
	}
	return d, nil
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
		if _, err := a.release(ctx, tx, 0, &r); err != nil {
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
// itself: r tells what its answer would be.
func (a *accepting) release(ctx context.Context, tx *sql.Conn, question int64, r *team.Reread) (done bool, err error) {
	m := &r.Now
	if m.Elsewhere = nil; m.Answer != nil && m.Update != nil && m.Answer.Kind.IsReceipt() { // it gets none
		m.Answer = nil
	}
	if _, copied := a.effective[m.Identity]; copied && m.Identity != "" {
		m.Outcome, m.Reason = team.Duplicate, "a copy of it came from a known sender"
		withoutEffects(m)
	}
	n, err := changed(ctx, tx, `
		UPDATE mail SET outcome = ?3, reason = ?4, confidence = ?5, member_id = ?6
		WHERE id = ?1 AND (confirmation_id = ?2 OR ?2 = 0) AND outcome = 'held'`,
		r.Earlier.ID, question, string(m.Outcome), clean(m.Reason), m.Confidence, orNull(m.MemberID))
	if err != nil || n == 0 {
		return false, err
	}
	m.Confirm, m.Settles = nil, nil
	_, err = a.carryOut(ctx, tx, r.Earlier.ID, m)
	return true, err
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

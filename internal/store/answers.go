package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// answersADay is how many answers a member gets within any 24 hours: whoever writes more is a machine.
const answersADay = 10

// owe notes an answer to a mail, unless the member has had enough of them. Who is invited is told once how to answer.
func owe(ctx context.Context, tx *sql.Conn, mail int64, a team.NewAnswer, now time.Time) error {
	return oweAbout(ctx, tx, mail, nil, a, now)
}

// oweReceipt notes that a member is to be shown an update of theirs. One that is owed for it already would show the same, but for
// what was left out of the later mail.
func oweReceipt(ctx context.Context, tx *sql.Conn, mail, update int64, a team.NewAnswer, now time.Time) error {
	if err := oweNoReceipt(ctx, tx, update); err != nil {
		return err
	}
	return oweAbout(ctx, tx, mail, update, a, now)
}

// oweNoReceipt takes back the receipts that are still owed for an update.
func oweNoReceipt(ctx context.Context, tx *sql.Conn, update int64) error {
	return exec(ctx, tx, `DELETE FROM answer WHERE update_id = ?1 AND answered_at IS NULL`, update)
}

func oweAbout(ctx context.Context, tx *sql.Conn, mail int64, update any, a team.NewAnswer, now time.Time) error {
	leftOut := []byte("[]")
	if len(a.LeftOut) > 0 {
		leftOut, _ = json.Marshal(a.LeftOut) // strings can always be written
	}
	return exec(ctx, tx, `
		INSERT INTO answer (mail_id, member_id, kind, owed_at, due_at, update_id, left_out, doubt, attempts, zone_offset, called_off, team_id, about_day, about_mail, refused)
		SELECT ?1, m.id, ?3, ?4, ?4, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16 FROM member m
		WHERE m.id = ?2 AND EXISTS (SELECT 1 FROM address d WHERE d.member_id = m.id) AND ?6 > (SELECT COUNT(*) FROM answer a WHERE a.member_id = ?2 AND a.owed_at > ?5)
			AND NOT (?3 = 'invited' AND EXISTS (SELECT 1 FROM answer a WHERE a.member_id = ?2 AND a.kind = 'invited'))`,
		mail, a.MemberID, string(a.Kind), ms(now), ms(now.Add(-24*time.Hour)), answersADay, update, clean(string(leftOut)),
		clean(a.Doubt.Why), textsJSON(a.Doubt.Try), a.Offset, spansText(a.CalledOff), orNull(a.TeamID), day(a.Day), a.Asked, refusedJSON(a.Came))
}

// Answers are the answers owed and due, the oldest first. The ID of an answer is that of the mail that it answers.
func (s *Store) Answers(ctx context.Context, now time.Time, limit int) (list []team.Answer, err error) {
	err = s.read(ctx, "reading the answers owed", func(ctx context.Context, tx *sql.Conn) error {
		var updates, about, inTeam []int64
		var digests []aboutDigest
		list, err = all(ctx, tx, func(row scanner) (a team.Answer, err error) {
			var received, update, whose, changedTeam, listed int64
			var leftOut, from, through, attempts, calledOff string
			var undoes int64
			var asked aboutDigest
			var aboutDay string
			err = row.Scan(&a.ID, &a.Person.ID, &a.Kind, &a.Subject, &a.MessageID, &received, &update, &leftOut, &from, &through, &calledOff,
				&a.Doubt.Why, &attempts, &a.Offset, &a.Changed.Part, &a.Changed.Was, &a.Changed.Is, &undoes,
				&whose, &changedTeam, &listed, &a.InQuestion.Address, &aboutDay, &asked.asked)
			if err != nil {
				return a, err
			}
			if asked.day, err = date(aboutDay); err != nil {
				return a, err
			}
			if a.CalledOff, err = parseSpans(calledOff); err != nil {
				return a, err
			}
			if from != "" {
				if a.Away, err = spanOf(from, through); err != nil {
					return a, err
				}
			}
			a.Changed.Undone = undoes != 0
			if a.Doubt.Try, err = parseTexts(attempts); err != nil {
				return a, err
			}
			a.ReceivedAt, a.InQuestion.Subject = at(received), a.Subject
			updates, about = append(updates, update), append(about, listed)
			a.Changed.Whose.ID, a.Changed.Team.ID = whose, changedTeam
			digests = append(digests, asked)
			inTeam = append(inTeam, changedTeam)
			return a, json.Unmarshal([]byte(leftOut), &a.Said.LeftOut)
		}, `
			SELECT a.mail_id, a.member_id, a.kind, m.subject, m.message_id, m.received_at, COALESCE(a.update_id, 0), a.left_out,
				COALESCE(w.from_day, ''), COALESCE(w.through_day, ''), a.called_off,
				a.doubt, a.attempts, a.zone_offset, COALESCE(c.what, ''), COALESCE(c.was, ''), COALESCE(c.became, ''), COALESCE(c.undoes, 0),
				CASE WHEN c.asked_by IS NULL THEN 0 ELSE COALESCE(c.member_id, 0) END, COALESCE(c.team_id, 0), COALESCE(a.team_id, 0),
				COALESCE((SELECT q.addr FROM confirmation q WHERE q.mail_id = a.mail_id OR q.settled_by = a.mail_id), ''), a.about_day, a.about_mail
			FROM answer a JOIN mail m ON m.id = a.mail_id
			LEFT JOIN away w ON w.mail_id = a.mail_id AND w.member_id = a.member_id
			LEFT JOIN change c ON c.id = (
				SELECT MAX(id) FROM change
				WHERE mail_id = a.mail_id AND (member_id = a.member_id AND asked_by IS NULL OR asked_by = a.member_id))
			WHERE a.answered_at IS NULL AND a.due_at <= ?1
			ORDER BY a.mail_id LIMIT ?2 + 0`, ms(now), limit)
		if err != nil {
			return err
		}
		var ids []int64
		for _, a := range list {
			ids = append(ids, a.Person.ID, a.Changed.Whose.ID)
		}
		found, err := s.people(ctx, tx, ids)
		if err != nil {
			return err
		}
		known, err := teams(ctx, tx, inTeam)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Person = found[list[i].Person.ID]
			changed := &list[i].Changed
			changed.Whose, changed.Team = found[changed.Whose.ID], known[changed.Team.ID]
			if list[i].Kind == team.AnswerData || list[i].Kind == team.AnswerForget {
				if list[i].Data, err = everything(ctx, tx, list[i].Person.ID); err != nil {
					return err
				}
			}
			if list[i].Kind.IsDigest() {
				if err := s.addDigest(ctx, tx, &list[i], digests[i], now); err != nil {
					return err
				}
			}
			if list[i].Kind == team.AnswerPrivate {
				if list[i].Told, err = toldAlone(ctx, tx, list[i].ID); err != nil {
					return err
				}
			}
			if list[i].Kind == team.AnswerMembers {
				if err := s.addRoster(ctx, tx, &list[i], about[i]); err != nil {
					return err
				}
			}
			if list[i].Kind == team.AnswerChanged {
				if list[i].Came, err = s.cameOfOrders(ctx, tx, list[i].ID, list[i].Person.ID); err != nil {
					return err
				}
			}
			if list[i].Kind == team.AnswerConfirmed {
				if list[i].Came, err = s.cameOf(ctx, tx, list[i].ID, list[i].Person.ID); err != nil {
					return err
				}
			}
			if updates[i] != 0 {
				if err := addSaid(ctx, tx, updates[i], &list[i]); err != nil {
					return err
				}
				if err := s.addAsks(ctx, tx, updates[i], &list[i]); err != nil {
					return err
				}
			}
			if list[i].Kind == team.AnswerAdded || list[i].Kind.IsReceipt() {
				if list[i].Added, err = addedBy(ctx, tx, list[i].ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return list, err
}

// addSaid adds what an answer shows: all that holds of an update.
func addSaid(ctx context.Context, tx *sql.Conn, update int64, a *team.Answer) error {
	_, _, err := one(ctx, tx, func(row scanner) (n none, err error) {
		var dayText string
		t := &a.Said.Team
		if err := row.Scan(&t.ID, &t.Slug, &t.Name, &a.Said.CheckIn, &dayText); err != nil {
			return n, err
		}
		a.Said.Day, err = date(dayText)
		return n, err
	}, `
		SELECT t.id, t.slug, t.name, c.name, u.day
		FROM "update" u JOIN team t ON t.id = u.team_id JOIN checkin c ON c.id = u.checkin_id
		WHERE u.id = ?1`, update)
	if err != nil {
		return err
	}
	a.Said.Entries, err = entriesOfUpdate(ctx, tx, update)
	return err
}

// PutOffAnswer keeps an owed answer back until then.
func (s *Store) PutOffAnswer(ctx context.Context, id int64, until time.Time) error {
	return s.write(ctx, fmt.Sprintf("putting off the answer to mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE answer SET due_at = ?2 WHERE mail_id = ?1 AND answered_at IS NULL`, id, ms(until))
	})
}

// CommitAnswer stores an answer's mail and that it is no longer owed. An answer that is not owed any more is left as it is.
func (s *Store) CommitAnswer(ctx context.Context, id int64, m team.Outgoing, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("answering mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		_, _, err := commitAnswer(ctx, tx, id, m, now)
		return err
	})
}

// commitAnswer gives the answer's mail in the outbox. It is not made if the answer is not owed any more.
func commitAnswer(ctx context.Context, tx *sql.Conn, id int64, m team.Outgoing, now time.Time) (outbox int64, made bool, err error) {
	n, err := changed(ctx, tx, `UPDATE answer SET answered_at = ?2 WHERE mail_id = ?1 AND answered_at IS NULL`, id, ms(now))
	if err != nil || n == 0 {
		return 0, false, err
	}
	outbox, made, err = enqueue(ctx, tx, m, now)
	if err != nil || !made {
		return 0, false, err
	}
	return outbox, true, exec(ctx, tx, `UPDATE answer SET outbox_id = ?2 WHERE mail_id = ?1`, id, outbox)
}

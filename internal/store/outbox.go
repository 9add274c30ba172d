package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
)

// enqueue puts a mail into the outbox, due at once. If one with the same Dedupe is there, nothing is done and fresh is false.
func enqueue(ctx context.Context, tx *sql.Conn, m team.Outgoing, now time.Time) (id int64, fresh bool, err error) {
	created := m.CreatedAt
	if created.IsZero() {
		created = now
	}
	id, fresh, err = one(ctx, tx, scanInt, `
		INSERT INTO outbox (
			dedupe, kind, state, member_id, mail_from, rcpt_to, message_id, subject, created_at, expires_at,
			next_at, lease, epoch, attempts, code, line, finished_at, revision)
		VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0, '', 0,
			COALESCE((SELECT m.revision FROM member m WHERE m.id = ?3), 0))
		ON CONFLICT (dedupe) DO NOTHING
		RETURNING id`,
		m.Dedupe, string(m.Kind), orNull(m.MemberID), m.From, m.To, m.MessageID, clean(m.Subject), ms(created), ms(m.ExpiresAt), ms(now))
	if err != nil || !fresh {
		return id, fresh, err
	}
	marks := []byte("{}")
	if len(m.Marks) > 0 {
		if marks, err = json.Marshal(m.Marks); err != nil {
			return id, true, err
		}
	}
	return id, true, exec(ctx, tx, `INSERT INTO letter (outbox_id, body, raw, marks) VALUES (?1, ?2, ?3, ?4)`, id, clean(m.Text), m.Raw, string(marks))
}

// ClaimOutgoing leases up to limit mails that are due: until now+lease nobody else gets them, and whoever does later gets a
// higher epoch. Each counts as an attempt from here on. Mails whose useful life is over are given up instead, and so are those
// that their member may or would not read any more. What Unanswered gives is left alone: it may have been sent.
func (s *Store) ClaimOutgoing(ctx context.Context, now time.Time, lease time.Duration, limit int) (list []team.Outgoing, err error) {
	err = s.write(ctx, "claiming outgoing mail", func(ctx context.Context, tx *sql.Conn) error {
		if err := giveUp(ctx, tx, now, limit); err != nil {
			return err
		}
		ids, err := all(ctx, tx, scanInt, `
			UPDATE outbox SET next_at = ?1 + ?2, lease = ?2, epoch = epoch + 1, attempts = attempts + 1
			WHERE id IN (
				SELECT id FROM outbox
				WHERE state IN ('queued', 'dot') AND dot_at = 0 AND next_at <= ?1
				ORDER BY next_at, id LIMIT ?3 + 0)
			RETURNING id`, ms(now), lease.Milliseconds(), limit)
		if err != nil {
			return err
		}
		list = make([]team.Outgoing, 0, len(ids))
		return inLists(ids, 1, func(in string, args []any) error {
			some, err := all(ctx, tx, scanOutgoing, `
				SELECT o.id, o.dedupe, o.kind, COALESCE(o.member_id, 0), o.mail_from, o.rcpt_to, o.message_id, o.subject, l.body, l.raw,
					o.created_at, o.expires_at, o.state, o.attempts, o.epoch, COALESCE(m.revision, o.revision) <> o.revision,
					COALESCE(p.checkin_id, 0), COALESCE(p.day, g.day, w.day, ''), `+askedAt+`
				FROM outbox o
					JOIN letter l ON l.outbox_id = o.id
					LEFT JOIN member m ON m.id = o.member_id
					LEFT JOIN prompt p ON p.outbox_id = o.id
					LEFT JOIN digest g ON g.outbox_id = o.id
					LEFT JOIN rollup w ON w.outbox_id = o.id
				WHERE o.id IN (`+in+`)`, args...)
			list = append(list, some...)
			return err
		})
	})
	slices.SortFunc(list, func(a, b team.Outgoing) int { return int(a.ID - b.ID) })
	return list, err
}

// askedAt is when the prompt was sent that the reminder p is about.
const askedAt = `COALESCE((
						SELECT a.finished_at FROM prompt q JOIN outbox a ON a.id = q.outbox_id
						WHERE p.kind = 'reminder' AND q.member_id = p.member_id AND q.day = p.day AND q.checkin_id = p.checkin_id AND q.kind = 'prompt'), 0)`

func scanOutgoing(row scanner) (m team.Outgoing, err error) {
	var created, expires, asked int64
	var dayText string
	err = row.Scan(&m.ID, &m.Dedupe, &m.Kind, &m.MemberID, &m.From, &m.To, &m.MessageID, &m.Subject, &m.Text, &m.Raw,
		&created, &expires, &m.State, &m.Attempts, &m.Epoch, &m.Revised, &m.CheckInID, &dayText, &asked)
	m.CreatedAt, m.ExpiresAt, m.AskedAt = at(created), at(expires), at(asked)
	if err == nil {
		m.Day, err = date(dayText)
	}
	return m, err
}

// giveUp ends what is no longer wanted of the first limit mails that are due, until all of these are wanted. It looks no further:
// thousands may be due. Hours may lie between a mail and its sending, so who may read it is looked at again: whoever is paused, has
// left its team, even if they have come back, or has given up its address does not get it, and who has answered is not reminded. A
// receipt only answers, and goes to whoever has the address still, unless it is a digest of a team that they have left.
func giveUp(ctx context.Context, tx *sql.Conn, now time.Time, limit int) error {
	for {
		looked, err := all(ctx, tx, scanUnwanted, `
			SELECT o.id, CASE
				WHEN `+lifeOver+` THEN `+lifeOverWhy+`
				WHEN o.member_id IS NULL THEN ''
				WHEN NOT EXISTS (SELECT 1 FROM address a WHERE a.addr = o.rcpt_to AND a.member_id = o.member_id)
					THEN 'the address is no longer the member''s'
				WHEN EXISTS (
					SELECT 1 FROM member m JOIN outbox e ON e.member_id = m.id
					WHERE m.id = o.member_id AND m.daybreak = 1 AND e.id <> o.id AND e.rcpt_to = o.rcpt_to
						AND (e.state IN ('dot', 'sent') OR e.state = 'queued' AND (e.lease > 0 OR e.id < o.id)))
					THEN 'another daybreak reads the mail'
				WHEN o.kind = 'receipt' AND NOT EXISTS (SELECT 1 FROM digest g WHERE g.outbox_id = o.id) THEN ''
				WHEN o.kind = 'notice' AND EXISTS (SELECT 1 FROM notice n WHERE n.outbox_id = o.id AND n.kind IN ('turned-away', 'removed')) THEN ''
				WHEN o.kind = 'notice' AND EXISTS (SELECT 1 FROM notice n WHERE n.outbox_id = o.id AND n.kind = 'invitation') THEN CASE
					WHEN EXISTS (SELECT 1 FROM member m WHERE m.id = o.member_id AND m.paused = 1) THEN 'the member is paused'
					WHEN EXISTS (SELECT 1 FROM notice n JOIN invitation i ON i.notice_id = n.id WHERE n.outbox_id = o.id AND i.verdict = '') THEN ''
					ELSE 'the invitation was withdrawn' END
				WHEN NOT EXISTS (SELECT 1 FROM membership s WHERE s.member_id = o.member_id) THEN 'the member is in no team any more'
				WHEN o.kind = 'notice' AND EXISTS (
					SELECT 1 FROM notice n WHERE n.outbox_id = o.id AND n.kind = 'newcomer' AND NOT EXISTS (
						SELECT 1 FROM membership s WHERE s.member_id = n.member_id AND s.team_id = n.team_id)) THEN 'the member has left the team'
				WHEN o.kind <> 'receipt' AND EXISTS (SELECT 1 FROM member m WHERE m.id = o.member_id AND m.paused = 1) THEN 'the member is paused'
				WHEN o.kind <> 'receipt' AND EXISTS (
					SELECT 1 FROM member m WHERE m.id = o.member_id AND m.daybreak = 0 AND m.unreached_at > o.created_at)
					THEN 'mail to the member fails'
				WHEN EXISTS (
					SELECT 1 FROM prompt p JOIN checkin c ON c.id = p.checkin_id
					WHERE p.outbox_id = o.id AND c.removed_at IS NOT NULL) THEN 'the check-in was removed'
				WHEN EXISTS (
					SELECT 1 FROM prompt p JOIN checkin c ON c.id = p.checkin_id
					WHERE p.outbox_id = o.id AND NOT EXISTS (
						SELECT 1 FROM membership s WHERE s.member_id = p.member_id AND s.team_id = c.team_id))
				OR EXISTS (
					SELECT 1 FROM digest g JOIN digest_reading r ON r.digest_id = g.id
					WHERE g.outbox_id = o.id AND NOT EXISTS (
						SELECT 1 FROM membership s
						WHERE s.member_id = r.member_id AND s.team_id = r.team_id AND s.joined_seq <= r.from_seq))
				OR EXISTS (
					SELECT 1 FROM rollup w JOIN rollup_reading r ON r.rollup_id = w.id
					WHERE w.outbox_id = o.id AND NOT EXISTS (
						SELECT 1 FROM membership s
						WHERE s.member_id = w.member_id AND s.team_id = r.team_id AND s.joined_seq <= r.from_seq))
					THEN 'the member has left the team'
				WHEN o.kind = 'reminder' AND EXISTS (
					SELECT 1 FROM prompt p JOIN "update" u ON u.member_id = p.member_id AND u.day = p.day AND u.checkin_id = p.checkin_id
					WHERE p.outbox_id = o.id) THEN 'the member has answered meanwhile'
				ELSE '' END
			FROM outbox o
			WHERE o.state IN ('queued', 'dot') AND o.dot_at = 0 AND o.next_at <= ?1
			ORDER BY o.next_at, o.id LIMIT ?2 + 0`, ms(now), limit)
		if err != nil {
			return err
		}
		ended := 0
		for _, u := range looked {
			if u.why == "" {
				continue
			}
			ended++
			if err := expire(ctx, tx, u.id, u.why, now); err != nil {
				return err
			}
		}
		if ended == 0 {
			return nil
		}
	}
}

// unwanted is a mail that is not sent any more, and why.
type unwanted struct {
	id  int64
	why string // "": it is wanted
}

func scanUnwanted(row scanner) (u unwanted, err error) { return u, row.Scan(&u.id, &u.why) }

// That the useful life of a mail is over at ?1, and how that is put.
const (
	lifeOver    = `o.expires_at <> 0 AND o.expires_at <= ?1`
	lifeOverWhy = `'its useful life was over' || CASE WHEN o.line = '' THEN '' ELSE '; the last try: ' || o.line END`
)

// Waiting are the prompts, reminders, digests and roll-ups of people that wait to be sent, by member.
func (s *Store) Waiting(ctx context.Context, people []team.Person) (waiting map[int64][]team.Outgoing, err error) {
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	waiting = map[int64][]team.Outgoing{}
	err = s.read(ctx, "reading what waits for members", func(ctx context.Context, tx *sql.Conn) error {
		return inLists(ids, 1, func(list string, args []any) error {
			some, err := all(ctx, tx, func(row scanner) (m team.Outgoing, err error) {
				var expires, asked int64
				var dayText string
				if err := row.Scan(&m.ID, &m.Kind, &m.MemberID, &expires, &m.CheckInID, &dayText, &asked); err != nil {
					return m, err
				}
				m.ExpiresAt, m.AskedAt = at(expires), at(asked)
				m.Day, err = date(dayText)
				return m, err
			}, `
				SELECT o.id, o.kind, o.member_id, o.expires_at, COALESCE(p.checkin_id, 0), COALESCE(p.day, g.day, w.day, ''), `+askedAt+`
				FROM outbox o
					LEFT JOIN prompt p ON p.outbox_id = o.id
					LEFT JOIN digest g ON g.outbox_id = o.id
					LEFT JOIN rollup w ON w.outbox_id = o.id
				WHERE o.member_id IN (`+list+`) AND o.state = 'queued' AND o.lease = 0 AND o.kind IN ('prompt', 'reminder', 'digest', 'weekly')`, args...)
			for _, m := range some {
				waiting[m.MemberID] = append(waiting[m.MemberID], m)
			}
			return err
		})
	})
	return waiting, err
}

// EndAt says when the useful life of mails that wait ends, by new rules of their members. Those that end now are given up.
func (s *Store) EndAt(ctx context.Context, ends map[int64]time.Time, now time.Time) error {
	return s.write(ctx, "giving mail that waits another end", func(ctx context.Context, tx *sql.Conn) error {
		for id, end := range ends {
			waits, err := changed(ctx, tx, `
				UPDATE outbox SET expires_at = ?2, next_at = CASE WHEN next_at > ?2 THEN ?2 ELSE next_at END
				WHERE id = ?1 AND state = 'queued' AND lease = 0`, id, ms(end))
			if err == nil && waits > 0 && !end.After(now) {
				err = expire(ctx, tx, id, team.OutsideHours, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Lapse gives up the mails whose useful life is over. While the server is away nobody claims any, and what digests held that were not
// sent belongs into those that are made now.
func (s *Store) Lapse(ctx context.Context, now time.Time) error {
	const over = `
		SELECT o.id, ` + lifeOverWhy + `
		FROM outbox o
		WHERE o.state IN ('queued', 'dot') AND o.dot_at = 0 AND o.next_at <= ?1 AND ` + lifeOver + ` LIMIT ?2 + 0`
	any := false
	err := s.read(ctx, "looking for mail that is too late", func(ctx context.Context, tx *sql.Conn) (err error) {
		_, any, err = one(ctx, tx, scanUnwanted, over, ms(now), 1)
		if err == nil && !any {
			_, any, err = one(ctx, tx, scanInt, `SELECT 1 FROM private WHERE words <> '' AND owed_at <= ?1 LIMIT 1`, ms(now.Add(-privateLife)))
		}
		return err
	})
	if err != nil || !any {
		return err
	}
	return s.write(ctx, "giving up mail that is too late", func(ctx context.Context, tx *sql.Conn) error {
		if err := lapsePrivate(ctx, tx, now); err != nil {
			return err
		}
		for {
			list, err := all(ctx, tx, scanUnwanted, over, ms(now), most)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, u := range list {
				if err := expire(ctx, tx, u.id, u.why, now); err != nil {
					return err
				}
			}
		}
	})
}

// expire gives a mail up.
func expire(ctx context.Context, tx *sql.Conn, outbox int64, why string, now time.Time) error {
	if err := unmark(ctx, tx, outbox); err != nil {
		return err
	}
	err := exec(ctx, tx, `
		UPDATE outbox SET state = 'expired', lease = 0, dot_at = 0, finished_at = ?2, line = ?3 WHERE id = ?1`, outbox, ms(now), why)
	if err == nil {
		err = sentPrivate(ctx, tx, outbox, true, now)
	}
	if err != nil {
		return err
	}
	return giveBack(ctx, tx, outbox)
}

// unmark takes back the mark of a prompt, a digest or a roll-up that is about to be given up and has not left: where the clock was set back, its day
// may have one again. Nobody is reminded of such a prompt; what such a digest told stays owed. It does nothing for other mails.
func unmark(ctx context.Context, tx *sql.Conn, outbox int64) error {
	n, err := changed(ctx, tx, `
		UPDATE outbox SET dedupe = dedupe || ' given up ' || id WHERE id = ?1 AND kind IN ('prompt', 'digest', 'weekly') AND state = 'queued'`, outbox)
	if err != nil || n == 0 {
		return err
	}
	if err := unroll(ctx, tx, outbox); err != nil {
		return err
	}
	return exec(ctx, tx, `DELETE FROM prompt WHERE outbox_id = ?1`, outbox)
}

// giveBack notes that a digest or a roll-up could not be sent: the reader's next one has to tell what it held. Who gets one a week gets that on their
// next working day. It does nothing for other mails.
func giveBack(ctx context.Context, tx *sql.Conn, outbox int64) error {
	if err := giveBackAtOnce(ctx, tx, outbox); err != nil {
		return err
	}
	if err := exec(ctx, tx, `UPDATE rollup SET lapsed = 1 WHERE outbox_id = ?1`, outbox); err != nil {
		return err
	}
	digest, ok, err := one(ctx, tx, scanInt, `UPDATE digest SET lapsed = 1 WHERE outbox_id = ?1 RETURNING id`, outbox)
	if err != nil || !ok {
		return err
	}
	weekly, ok, err := one(ctx, tx, scanInt, `
		SELECT m.id FROM member m JOIN digest d ON d.member_id = m.id
		WHERE d.id = ?1 AND d.asked = 0 AND (m.digests = 'weekly' OR m.digests = '' AND EXISTS (
			SELECT 1 FROM membership s JOIN team t ON t.id = s.team_id WHERE s.member_id = m.id AND t.digests = 'weekly'))`, digest)
	if err == nil && ok {
		err = replan(ctx, tx, weekly)
	}
	if err != nil {
		return err
	}
	return exec(ctx, tx, `UPDATE digest_reading SET owed = 1 WHERE digest_id = ?1`, digest)
}

// MarkDot notes that the final dot is about to be sent, after which the server may have the mail whatever we hear of it. The lease
// begins anew. After it has ended, or with an older epoch, the error is ErrStale and nothing may be sent.
func (s *Store) MarkDot(ctx context.Context, id, epoch int64, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("marking outgoing mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `
			UPDATE outbox SET state = 'dot', dot_at = ?3, next_at = ?3 + lease
			WHERE id = ?1 AND epoch = ?2 AND state IN ('queued', 'dot') AND lease > 0 AND next_at > ?3`, id, epoch, ms(now))
		if err == nil && n == 0 {
			err = ErrStale
		}
		return err
	})
}

// Finish stores how an attempt ended; one that did not take place leaves the row as it was before the claim. A mail is looked at again when its
// useful life ends at the latest, so that what it held is told in time. With an older epoch than the row's, or if the row has ended, the error
// is ErrStale.
func (s *Store) Finish(ctx context.Context, id, epoch int64, r team.SendResult, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("finishing outgoing mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		next, finished := ms(r.NextAt), int64(0)
		switch r.State {
		case team.Queued:
		case team.SentOut, team.Failed, team.Expired:
			next, finished = 0, ms(now)
		default:
			return fmt.Errorf("an attempt cannot end as %q", r.State)
		}
		if r.State == team.Expired {
			if err := unmark(ctx, tx, id); err != nil {
				return err
			}
		}
		n, err := changed(ctx, tx, `
			UPDATE outbox SET
				state = CASE WHEN ?8 = 1 THEN state ELSE ?3 END,
				code = CASE WHEN ?8 = 1 THEN code ELSE ?5 END,
				line = CASE WHEN ?8 = 1 THEN line ELSE ?6 END,
				dot_at = CASE WHEN ?8 = 1 THEN dot_at ELSE 0 END,
				attempts = attempts - ?8, next_at = CASE WHEN expires_at <> 0 AND expires_at < ?4 THEN expires_at ELSE ?4 END, lease = 0, finished_at = ?7
			WHERE id = ?1 AND epoch = ?2 AND state IN ('queued', 'dot') AND lease > 0`,
			id, epoch, string(r.State), next, int64(r.Code), clean(r.Line), finished, truth(r.Untried && r.State == team.Queued))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrStale
		}
		if finished != 0 {
			if err := sentPrivate(ctx, tx, id, r.State != team.SentOut, now); err != nil {
				return err
			}
		}
		if r.State != team.Failed && r.State != team.Expired {
			return nil
		}
		if r.Refused {
			if err := refused(ctx, tx, id, r, now); err != nil {
				return err
			}
		}
		return giveBack(ctx, tx, id)
	})
}

// refused notes that the server would not take a mail for its member.
func refused(ctx context.Context, tx *sql.Conn, id int64, r team.SendResult, now time.Time) error {
	f, ok, err := one(ctx, tx, func(row scanner) (f team.Failure, err error) { return f, row.Scan(&f.MemberID, &f.About) }, `
		SELECT member_id, message_id FROM outbox WHERE id = ?1 AND member_id IS NOT NULL`, id)
	if err != nil || !ok {
		return err
	}
	f.About, _, _ = strings.Cut(f.About, "@")
	f.Hard, f.Why = r.Code >= 500, r.Line
	return fail(ctx, tx, f, now)
}

// NextOutgoing is when the next mail is due or the next lease ends; false means that there is nothing to send.
func (s *Store) NextOutgoing(ctx context.Context) (next time.Time, ok bool, err error) {
	err = s.read(ctx, "looking for outgoing mail", func(ctx context.Context, tx *sql.Conn) error {
		var t int64
		t, ok, err = one(ctx, tx, scanInt, `
			SELECT next_at FROM outbox WHERE state IN ('queued', 'dot') ORDER BY next_at LIMIT 1`)
		next = at(t)
		return err
	})
	return next, ok, err
}

// RecoverOutgoing makes mails due that were leased when the last daemon ended, and gives their number. It is only for a daemon
// that starts, alone on its database.
func (s *Store) RecoverOutgoing(ctx context.Context, now time.Time) (n int, err error) {
	err = s.write(ctx, "recovering outgoing mail", func(ctx context.Context, tx *sql.Conn) error {
		rows, err := changed(ctx, tx, `
			UPDATE outbox SET next_at = ?1, lease = 0 WHERE state IN ('queued', 'dot') AND lease > 0`, ms(now))
		n = int(rows)
		return err
	})
	return n, err
}

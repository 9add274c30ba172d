package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Earlier gives up to limit kept mails that arrived since, the oldest first, of those with an ID above after: mails that people or
// machines sent and of which the bytes are there. Those of our own and copies are left out.
func (s *Store) Earlier(ctx context.Context, since time.Time, after int64, limit int) (list []team.Earlier, err error) {
	err = s.read(ctx, "reading earlier mails", func(ctx context.Context, tx *sql.Conn) error {
		list, err = earlier(ctx, tx, `
			WHERE m.id > ?1 AND m.received_at >= ?2 AND m.raw_id IS NOT NULL AND m.outcome NOT IN ('own', 'probe', 'duplicate', 'old')
			ORDER BY m.id LIMIT ?3 + 0`, after, ms(since), limit)
		return err
	})
	return list, err
}

// earlier reads accepted mails with what they say now, by a query's conditions.
func earlier(ctx context.Context, tx *sql.Conn, where string, args ...any) (list []team.Earlier, err error) {
	entries := map[int64]int{} // entry → place in the list
	places := map[int64]int{}  // mail → likewise
	var ids []int64
	list, err = all(ctx, tx, func(row scanner) (e team.Earlier, err error) {
		var uid, member, written, received, accepted, newFrom, baseline int64
		var u team.NewUpdate
		var entry, corrects sql.NullInt64
		var dayText, account string
		m := &e.Mail
		err = row.Scan(&e.ID, &uid, &m.Identity, &m.Size, &m.Truncated, &m.MessageID, &m.From, &m.Subject, &written, &received, &accepted,
			&m.Outcome, &m.Reason, &member, &m.Confidence, &newFrom, &baseline, &account, &e.Copied,
			&entry, &u.Replace, &u.Archive, &corrects, &u.TeamID, &u.CheckInID, &dayText)
		if err != nil {
			return e, err
		}
		m.UID, m.MemberID, m.Date, m.ReceivedAt, e.AcceptedAt = uint32(uid), member, at(written), at(received), at(accepted)
		e.Cursor = team.Cursor{Account: account, NewFrom: uint32(newFrom), BaselineAt: at(baseline)}
		if m.Outcome == team.Stored {
			if u.Day, err = date(dayText); err != nil {
				return e, err
			}
			u.MemberID, u.Corrects = member, corrects.Int64
			u.Replace = u.Replace && u.Corrects == 0
			m.Update = &u
		}
		places[e.ID] = len(ids)
		if entry.Valid {
			entries[entry.Int64] = len(ids)
		}
		ids = append(ids, e.ID)
		return e, nil
	}, `
			SELECT m.id, m.uid, COALESCE(m.identity, ''), m.size, m.truncated, m.message_id, m.sender, m.subject, m.written_at, m.received_at,
				m.accepted_at, m.outcome, m.reason, COALESCE(m.member_id, 0), m.confidence,
				CASE WHEN b.numbering = m.numbering THEN b.new_from ELSE 0 END, b.baseline_at, b.account,
				EXISTS (
					SELECT 1 FROM mail c
					WHERE c.identity = m.identity AND c.outcome IN ('stored', 'command') AND c.id <> m.id),
				e.id, COALESCE(e.correction, 0), CASE WHEN e.id IS NOT NULL AND e.seq IS NULL THEN 1 ELSE 0 END, e.corrects,
				COALESCE(u.team_id, 0), COALESCE(u.checkin_id, 0), COALESCE(u.day, '')
			FROM mail m
				JOIN mailbox b ON b.id = m.mailbox_id
				LEFT JOIN entry e ON e.mail_id = m.id
				LEFT JOIN "update" u ON u.id = e.update_id`+where, args...)
	if err != nil {
		return nil, err
	}
	if err := addEarlierComments(ctx, tx, list, ids, places); err != nil {
		return nil, err
	}
	of := make([]int64, 0, len(entries))
	for entry := range entries {
		of = append(of, entry)
	}
	slices.Sort(of)
	err = inLists(of, 1, func(in string, args []any) error {
		_, err := all(ctx, tx, func(row scanner) (n none, err error) {
			var entry int64
			var item team.NewItem
			err = row.Scan(&entry, &item.Kind, &item.Question, &item.Text)
			u := list[entries[entry]].Mail.Update
			if u != nil {
				u.Items = append(u.Items, item)
			}
			return n, err
		}, `SELECT entry_id, kind, question, words FROM item WHERE entry_id IN (`+in+`) AND words <> '' ORDER BY entry_id, position`, args...)
		return err
	})
	return list, err
}

// addEarlierComments adds what the mails answer to items. One that does nothing else is no update.
func addEarlierComments(ctx context.Context, tx *sql.Conn, list []team.Earlier, ids []int64, places map[int64]int) error {
	return inLists(ids, 1, func(in string, args []any) error {
		_, err := all(ctx, tx, func(row scanner) (n none, err error) {
			var mail int64
			var c team.NewComment
			if err := row.Scan(&mail, &c.ItemID, &c.Kind, &c.Text); err != nil {
				return n, err
			}
			m := &list[places[mail]].Mail
			m.Comments = append(m.Comments, c)
			if m.Update != nil && m.Update.TeamID == 0 {
				m.Update = nil
			}
			return n, nil
		}, `SELECT mail_id, item_id, kind, words FROM comment c WHERE mail_id IN (`+in+`) AND kind <> 'solved' AND `+heldComment+` ORDER BY mail_id, position`, args...)
		return err
	})
}

// Reread makes earlier mails what another reading says they are, all in one transaction, and gives how many of them it has changed. One
// that has become something else since it was looked at is left as it is. What an update says is changed where it is: digests that told it
// are not told again. What becomes an update now is news.
func (s *Store) Reread(ctx context.Context, list []team.Reread, now time.Time) (done int, err error) {
	err = s.write(ctx, fmt.Sprintf("changing %d mails that are read differently", len(list)), func(ctx context.Context, tx *sql.Conn) error {
		done = 0
		a := accepting{now: now}
		mails := make([]team.Mail, len(list))
		for i, r := range list {
			mails[i] = r.Now
		}
		if err := a.lookUp(ctx, tx, mails); err != nil {
			return err
		}
		for _, r := range list {
			if r.Kept != "" {
				continue
			}
			changed, err := a.reread(ctx, tx, r)
			if err != nil {
				return fmt.Errorf("mail %d: %w", r.Earlier.ID, err)
			}
			if changed {
				done++
			}
		}
		return nil
	})
	return done, err
}

func (a *accepting) reread(ctx context.Context, tx *sql.Conn, r team.Reread) (bool, error) {
	n, err := changed(ctx, tx, `UPDATE mail SET outcome = ?3, reason = ?4, confidence = ?5, member_id = ?6 WHERE id = ?1 AND outcome = ?2`,
		r.Earlier.ID, string(r.Earlier.Mail.Outcome), string(r.Now.Outcome), clean(r.Now.Reason), r.Now.Confidence, orNull(r.Now.MemberID))
	if err != nil || n == 0 {
		return false, err
	}
	if err := changeComments(ctx, tx, r.Earlier.ID, r.Now.MemberID, r.Now.Comments, a.now); err != nil {
		return false, err
	}
	entry, there, err := one(ctx, tx, scanInt, `SELECT id FROM entry WHERE mail_id = ?1`, r.Earlier.ID)
	switch {
	case err != nil:
		return false, err
	case r.Now.Update == nil && there:
		return true, exec(ctx, tx, `UPDATE entry SET withdrawn_at = ?2 WHERE id = ?1 AND withdrawn_at IS NULL`, entry, ms(a.now))
	case r.Now.Update == nil:
		return true, nil
	case !there:
		_, err := a.addEntry(ctx, tx, r.Earlier.ID, *r.Now.Update)
		return true, err
	}
	u := r.Now.Update
	if was := r.Earlier.Mail.Update; was == nil || u.Replace != was.Replace {
		if err := turnCorrection(ctx, tx, entry, u.Replace); err != nil {
			return false, err
		}
	}
	return true, a.changeItems(ctx, tx, entry, *u)
}

// turnCorrection makes an entry one that replaces what was said before it for its day, or one that adds to that.
func turnCorrection(ctx context.Context, tx *sql.Conn, entry int64, replaces bool) error {
	if err := exec(ctx, tx, `UPDATE entry SET correction = ?2 WHERE id = ?1`, entry, truth(replaces)); err != nil {
		return err
	}
	if replaces {
		return exec(ctx, tx, `
			UPDATE entry SET withdrawn_at = (SELECT c.accepted_at FROM entry c WHERE c.id = ?1)
			WHERE update_id = (SELECT c.update_id FROM entry c WHERE c.id = ?1) AND id < ?1 AND withdrawn_at IS NULL`, entry)
	}
	return exec(ctx, tx, `
		UPDATE entry SET withdrawn_at = NULL
		WHERE update_id = (SELECT c.update_id FROM entry c WHERE c.id = ?1) AND id < ?1
			AND withdrawn_at = (SELECT c.accepted_at FROM entry c WHERE c.id = ?1)`, entry)
}

// changeItems makes an entry's items those of the update. They keep their IDs in their order, by which digests name them. An entry
// without any says nothing.
func (a *accepting) changeItems(ctx context.Context, tx *sql.Conn, entry int64, u team.NewUpdate) error {
	asked := a.askedIn(u)
	for i, item := range u.Items {
		question, words := askedWords(item, asked)
		n, err := changed(ctx, tx, `UPDATE item SET kind = ?3, question = ?4, asked = ?5, words = ?6 WHERE entry_id = ?1 AND position = ?2`,
			entry, i, string(item.Kind), question, words, clean(item.Text))
		if err != nil {
			return err
		}
		if n == 0 {
			if err := addItems(ctx, tx, entry, i, u.Items[i:], asked); err != nil {
				return err
			}
			break
		}
	}
	err := exec(ctx, tx, `DELETE FROM open_item WHERE item_id IN (SELECT id FROM item WHERE entry_id = ?1 AND position >= ?2)`, entry, len(u.Items))
	if err != nil {
		return err
	}
	err = exec(ctx, tx, `
		DELETE FROM item WHERE entry_id = ?1 AND position >= ?2 AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.item_id = item.id)`, entry, len(u.Items))
	if err != nil {
		return err
	}
	return exec(ctx, tx, `UPDATE item SET words = '' WHERE entry_id = ?1 AND position >= ?2`, entry, len(u.Items)) // what was answered to them stays
}

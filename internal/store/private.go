package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// privateLife is how long words for one person alone wait until they can be sent: over a leave. Then they are gone, and who said them is told.
const privateLife = 30 * 24 * time.Hour

// addPrivate owes members what a mail says to each of them alone. Its bytes are kept no longer, if it was held before.
func (a *accepting) addPrivate(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) error {
	if !m.Unkept {
		return nil
	}
	raw, kept, err := one(ctx, tx, scanInt, `SELECT raw_id FROM mail WHERE id = ?1 AND raw_id IS NOT NULL`, mail)
	if err == nil && kept {
		if err = exec(ctx, tx, `UPDATE mail SET raw_id = NULL, subject = ?2 WHERE id = ?1`, mail, clean(m.Subject)); err == nil {
			err = dropRaws(ctx, tx, []int64{raw})
		}
	}
	if err != nil {
		return err
	}
	for _, p := range m.Private {
		to, ok, err := one(ctx, tx, scanInt, `
			SELECT r.id FROM member r
			WHERE r.id = CASE WHEN ?3 <> 0 THEN ?3 ELSE COALESCE((
					SELECT u.member_id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE i.id = ?2), 0) END
				AND r.id <> ?1 AND EXISTS (
					SELECT 1 FROM membership own JOIN membership s ON s.team_id = own.team_id WHERE own.member_id = ?1 AND s.member_id = r.id)
				AND r.paused = 0 AND r.daybreak = 0 AND r.unreached_at = 0`, m.MemberID, p.ItemID, p.MemberID)
		if err != nil {
			return err
		}
		if !ok {
			if m.Answer != nil {
				told := *m.Answer
				told.Doubt = team.Doubt{Why: "whom it is for gets no mail from here, or is yourself"}
				m.Answer = &told
			}
			continue
		}
		notice, err := tell(ctx, tx, team.PrivateNotice, to, m.MemberID, 0, a.now)
		if err == nil {
			err = exec(ctx, tx, `INSERT INTO private (notice_id, mail_id, item_id, words, owed_at) VALUES (?1, ?2, ?3, ?4, ?5)`,
				notice, mail, p.ItemID, clean(p.Text), ms(a.now))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addWords adds to notices what they have to tell their readers alone.
func addWords(ctx context.Context, tx *sql.Conn, list []team.Notice) error {
	for i := range list {
		n := &list[i]
		if n.Kind != team.PrivateNotice {
			continue
		}
		_, _, err := one(ctx, tx, func(row scanner) (none, error) { return none{}, row.Scan(&n.Words, &n.Item) }, `
			SELECT p.words, COALESCE((
				SELECT i.words FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id
				WHERE i.id = p.item_id AND u.member_id = ?2 AND e.withdrawn_at IS NULL), '')
			FROM private p WHERE p.notice_id = ?1`, n.ID, n.Person.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// toldAlone are the names of those to whom a mail's words go alone.
func toldAlone(ctx context.Context, tx *sql.Conn, mail int64) ([]string, error) {
	names, err := all(ctx, tx, scanName, `
		SELECT m.name FROM private p JOIN notice n ON n.id = p.notice_id JOIN member m ON m.id = n.member_id WHERE p.mail_id = ?1 ORDER BY p.notice_id`, mail)
	slices.Sort(names)
	return slices.Compact(names), err
}

// sentPrivate erases what a mail said to one person alone: it was sent, or is given up. Of what could not be sent its writer is told.
func sentPrivate(ctx context.Context, tx *sql.Conn, outbox int64, lost bool, now time.Time) error {
	n, err := changed(ctx, tx, `
		UPDATE letter SET body = '', raw = '' WHERE outbox_id = ?1
			AND EXISTS (SELECT 1 FROM outbox o WHERE o.id = ?1 AND o.kind = 'notice') AND EXISTS (SELECT 1 FROM notice n WHERE n.outbox_id = ?1 AND n.kind = 'private')`, outbox)
	if err != nil || n == 0 || !lost {
		return err
	}
	return tellLost(ctx, tx, `n.outbox_id = ?3`, outbox, now)
}

// tellLost owes the writer of what was for one person alone the word that it could not be sent.
func tellLost(ctx context.Context, tx *sql.Conn, which string, arg any, now time.Time) error {
	return exec(ctx, tx, `
		INSERT INTO notice (member_id, about_id, due_at, kind)
		SELECT n.about_id, n.member_id, ?1, ?2 FROM notice n WHERE n.kind = 'private' AND `+which, ms(now), string(team.LostNotice), arg)
}

// lapsePrivate gives up what has waited too long to be told to one person alone.
func lapsePrivate(ctx context.Context, tx *sql.Conn, now time.Time) error {
	late, err := all(ctx, tx, scanInt, `
		SELECT n.id FROM private p JOIN notice n ON n.id = p.notice_id WHERE p.words <> '' AND p.owed_at <= ?1 AND n.made_at IS NULL`, ms(now.Add(-privateLife)))
	for _, id := range late {
		err = tellLost(ctx, tx, `n.id = ?3`, id, now)
		if err == nil {
			err = madePrivate(ctx, tx, id)
		}
		if err == nil {
			err = exec(ctx, tx, `UPDATE notice SET made_at = ?2 WHERE id = ?1`, id, ms(now))
		}
		if err != nil {
			return err
		}
	}
	return err
}

// madePrivate takes words out of where they wait: they are in the outbox, or given up.
func madePrivate(ctx context.Context, tx *sql.Conn, notice int64) error {
	return exec(ctx, tx, `UPDATE private SET words = '' WHERE notice_id = ?1`, notice)
}

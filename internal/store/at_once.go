package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"daybreak/internal/team"
)

// gathering is how long a comment that is told at once waits for others on the same item, so that they come in one mail.
const gathering = 2 * time.Minute

// atOnce owes a comment to the readers who want it at once: the item's author and those who have answered it. Their next digest does not
// tell it then: that there is a row of the reader and the comment decides it. But a digest that comes before the notice is made, which may have
// to wait for the reader's hours, tells it in its place.
func atOnce(ctx context.Context, tx *sql.Conn, comment int64, now time.Time) error {
	type place struct{ member, from, item int64 }
	readers, err := all(ctx, tx, func(row scanner) (p place, err error) { return p, row.Scan(&p.member, &p.from, &p.item) }, `
		SELECT m.id, c.member_id, c.item_id
		FROM comment c JOIN team t ON t.id = c.team_id JOIN membership s ON s.team_id = c.team_id JOIN member m ON m.id = s.member_id
		WHERE c.id = ?1 AND m.id <> c.member_id AND CASE m.comments WHEN '' THEN t.comments ELSE m.comments END = 'at once'
			AND m.paused = 0 AND m.daybreak = 0 AND m.unreached_at = 0
			AND (m.id = (SELECT u.member_id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE i.id = c.item_id)
				OR EXISTS (SELECT 1 FROM comment o WHERE o.item_id = c.item_id AND o.member_id = m.id AND o.kind = 'comment' AND o.withdrawn_at IS NULL))
		ORDER BY m.id`, comment)
	for _, p := range readers {
		notice, open, err := one(ctx, tx, scanInt, `
			SELECT id FROM notice WHERE member_id = ?1 AND kind = 'comments' AND item_id = ?2 AND made_at IS NULL AND due_at > ?3`, p.member, p.item, ms(now))
		if err == nil && !open {
			if notice, err = tell(ctx, tx, team.CommentsNotice, p.member, p.from, 0, now.Add(gathering)); err == nil {
				err = exec(ctx, tx, `UPDATE notice SET item_id = ?2 WHERE id = ?1`, notice, p.item)
			}
		}
		if err == nil {
			err = exec(ctx, tx, `INSERT INTO at_once (member_id, comment_id, notice_id, owed) VALUES (?1, ?2, ?3, 0)`, p.member, comment, notice)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// addThreads adds to notices about comments the item with what was answered to it, and the digest that showed it.
func addThreads(ctx context.Context, tx *sql.Conn, list []team.Notice) error {
	for i := range list {
		n := &list[i]
		if n.Kind != team.CommentsNotice {
			continue
		}
		told, err := all(ctx, tx, scanInt, `SELECT comment_id FROM at_once WHERE notice_id = ?1 AND digest_id IS NULL`, n.ID)
		if err != nil {
			return err
		}
		threads, err := readThreads(ctx, tx, 0, `
			WHERE n.id IN (SELECT o.comment_id FROM at_once o WHERE o.notice_id = ?1 AND o.digest_id IS NULL)) AND c.withdrawn_at IS NULL ORDER BY c.item_id, c.id`, n.ID)
		if err != nil {
			return err
		}
		if len(threads) == 0 {
			continue
		}
		n.Thread = threads[0]
		for k := range n.Thread.Comments {
			c := &n.Thread.Comments[k]
			c.News = slices.Contains(told, c.ID)
		}
		if n.Shown, err = showed(ctx, tx, n.Person.ID, n.Thread.ItemID); err != nil {
			return err
		}
	}
	return nil
}

// showedOf is how many digests are looked through for the one that showed an item.
const showedOf = 40

// showed is the newest digest of a reader that showed an item, else their newest one. Its Marks have but that item.
func showed(ctx context.Context, tx *sql.Conn, member, item int64) (team.Sent, error) {
	list, err := all(ctx, tx, func(row scanner) (t team.Sent, err error) {
		var marks string
		if err = row.Scan(&t.MessageID, &t.Subject, &marks); err == nil {
			err = json.Unmarshal([]byte(marks), &t.Marks)
		}
		return t, err
	}, `
		SELECT o.message_id, o.subject, l.marks FROM digest g JOIN outbox o ON o.id = g.outbox_id JOIN letter l ON l.outbox_id = o.id
		WHERE g.member_id = ?1 AND o.state = 'sent' ORDER BY g.id DESC LIMIT ?2 + 0`, member, showedOf)
	if err != nil || len(list) == 0 {
		return team.Sent{}, err
	}
	for _, t := range list {
		for mark, of := range t.Marks {
			if of == item {
				t.Marks = map[string]int64{mark: item}
				return t, nil
			}
		}
	}
	list[0].Marks = nil
	return list[0], nil
}

// tellsAll tells whether a notice's mail has all the comments that the notice is about by now.
func tellsAll(ctx context.Context, tx *sql.Conn, notice int64, tells []int64) (bool, error) {
	about, err := all(ctx, tx, scanInt, `
		SELECT o.comment_id FROM at_once o JOIN comment c ON c.id = o.comment_id WHERE o.notice_id = ?1 AND o.digest_id IS NULL AND c.withdrawn_at IS NULL`, notice)
	for _, id := range about {
		if !slices.Contains(tells, id) {
			return false, err
		}
	}
	return true, err
}

// giveBackAtOnce notes that what was to be told at once could not be sent, or a digest that told it instead: the reader's next one has to.
func giveBackAtOnce(ctx context.Context, tx *sql.Conn, outbox int64) error {
	return exec(ctx, tx, `
		UPDATE at_once SET owed = 1, digest_id = NULL
		WHERE notice_id IN (SELECT n.id FROM notice n WHERE n.outbox_id = ?1 AND n.kind = 'comments') AND digest_id IS NULL
			OR digest_id IN (SELECT g.id FROM digest g WHERE g.outbox_id = ?1)`, outbox)
}

// withAtOnce takes from what is news to a reader what they were told at once, and adds what could not be.
func withAtOnce(ctx context.Context, tx *sql.Conn, member, in int64, threads []team.Thread) ([]team.Thread, error) {
	owed, err := readThreads(ctx, tx, 0, `
		WHERE n.id IN (SELECT o.comment_id FROM at_once o WHERE o.member_id = ?1 AND o.owed = 1) AND n.team_id = ?2 AND n.withdrawn_at IS NULL)
			AND c.withdrawn_at IS NULL
		ORDER BY c.item_id, c.id`, member, in)
	if err != nil || len(threads) == 0 && len(owed) == 0 {
		return threads, err
	}
	state := map[int64]int64{}
	for _, list := range [][]team.Thread{threads, owed} {
		for _, t := range list {
			_, err := all(ctx, tx, func(row scanner) (n none, err error) {
				var comment, owed int64
				err = row.Scan(&comment, &owed)
				state[comment] = owed
				return n, err
			}, `
				SELECT o.comment_id, CASE WHEN n.made_at IS NULL AND o.digest_id IS NULL THEN 1 ELSE o.owed END
				FROM comment c JOIN at_once o ON o.comment_id = c.id AND o.member_id = ?1 JOIN notice n ON n.id = o.notice_id
				WHERE c.item_id = ?2`, member, t.ItemID)
			if err != nil {
				return nil, err
			}
		}
	}
	for i := range owed {
		for k := range owed[i].Comments {
			owed[i].Comments[k].News = false
		}
	}
	threads = joined(threads, owed)
	if len(state) == 0 {
		return threads, nil
	}
	threads = slices.Clone(threads) // they are shared with other readers
	for i := range threads {
		threads[i].Comments = slices.Clone(threads[i].Comments)
		for k := range threads[i].Comments {
			c := &threads[i].Comments[k]
			if owed, is := state[c.ID]; is {
				c.News = owed == 1
			}
		}
	}
	return threads, nil
}

// commitAtOnce notes that a digest tells what could not be told at once, or not yet.
func commitAtOnce(ctx context.Context, tx *sql.Conn, digest, member int64, threads []team.Thread, now time.Time) error {
	for _, t := range threads {
		for _, c := range t.Comments {
			if !c.News {
				continue
			}
			err := exec(ctx, tx, `
				UPDATE at_once SET owed = 0, digest_id = ?3
				WHERE member_id = ?1 AND comment_id = ?2 AND (owed = 1 OR digest_id IS NULL AND EXISTS (
					SELECT 1 FROM notice n WHERE n.id = at_once.notice_id AND n.made_at IS NULL))`, member, c.ID, digest)
			if err != nil {
				return err
			}
		}
	}
	return exec(ctx, tx, `
		UPDATE notice SET made_at = ?2
		WHERE member_id = ?1 AND kind = 'comments' AND made_at IS NULL AND NOT EXISTS (
			SELECT 1 FROM at_once o WHERE o.notice_id = notice.id AND o.digest_id IS NULL)`, member, ms(now))
}

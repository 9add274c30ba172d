package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// commenting are the comments of a mail on their way into the database.
type commenting struct {
	mail, member int64
	now          time.Time
	numbers      map[int64]int64 // team → the number of what this mail says there
}

// addComments stores what a mail answers to items.
func addComments(ctx context.Context, tx *sql.Conn, mail, member int64, comments []team.NewComment, now time.Time) error {
	c := commenting{mail, member, now, map[int64]int64{}}
	for i, comment := range comments {
		if err := c.put(ctx, tx, i, comment); err != nil {
			return err
		}
	}
	return nil
}

// put stores a mail's comment at its place, in place of what was there. It goes to the readers of its item's team as news, if the member is in
// that still, and if it does not react to the item in the same way again. Else it is kept as what nobody is told.
func (c *commenting) put(ctx context.Context, tx *sql.Conn, position int, comment team.NewComment) error {
	in, ok, err := one(ctx, tx, scanInt, `
		SELECT e.team_id FROM item i JOIN entry e ON e.id = i.entry_id JOIN membership s ON s.team_id = e.team_id AND s.member_id = ?2
		WHERE i.id = ?1 AND e.seq IS NOT NULL`, comment.ItemID, c.member)
	if err != nil || !ok {
		return err
	}
	if err := answerOpen(ctx, tx, c.member, comment, c.now); err != nil {
		return err
	}
	again := false
	if comment.Kind == team.Reaction {
		_, again, err = one(ctx, tx, scanInt, `
			SELECT id FROM comment WHERE item_id = ?1 AND member_id = ?2 AND kind = 'reaction' AND words = ?3 AND withdrawn_at IS NULL`,
			comment.ItemID, c.member, clean(comment.Text))
		if err != nil {
			return err
		}
	}
	seq := int64(0)
	if !again {
		if seq, ok = c.numbers[in]; !ok {
			if seq, err = nextSeq(ctx, tx, in); err != nil {
				return err
			}
			c.numbers[in] = seq
		}
	}
	id, _, err := one(ctx, tx, scanInt, `
		INSERT INTO comment (item_id, team_id, seq, member_id, mail_id, position, kind, words, made_at, withdrawn_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, CASE WHEN ?3 = 0 THEN ?9 END)
		ON CONFLICT (mail_id, position) DO UPDATE SET item_id = excluded.item_id, team_id = excluded.team_id, seq = excluded.seq,
			kind = excluded.kind, words = excluded.words, made_at = excluded.made_at, withdrawn_at = excluded.withdrawn_at
		RETURNING id`,
		comment.ItemID, in, seq, c.member, c.mail, position, string(comment.Kind), clean(comment.Text), ms(c.now))
	if err != nil || again || comment.Kind != team.Remark {
		return err
	}
	if err := exec(ctx, tx, `DELETE FROM at_once WHERE comment_id = ?1`, id); err != nil { // it was another before
		return err
	}
	return atOnce(ctx, tx, id, c.now)
}

// heldComment is a condition on comments c: that it holds, or was never told as it said nothing new. It is what its mail says.
const heldComment = `(c.withdrawn_at IS NULL OR c.seq = 0)`

// changeComments makes what a mail answers to items what another reading finds. Words are changed in place: digests that told them are not
// told again. What answers another item is news, and what is not said any more is taken back.
func changeComments(ctx context.Context, tx *sql.Conn, mail, member int64, comments []team.NewComment, now time.Time) error {
	put := commenting{mail, member, now, map[int64]int64{}}
	for i, comment := range comments {
		n, err := changed(ctx, tx, `
			UPDATE comment AS c SET kind = ?4, words = ?5 WHERE mail_id = ?1 AND position = ?2 AND item_id = ?3 AND `+heldComment+`
				AND (c.withdrawn_at IS NULL OR kind = ?4 AND words = ?5)`, mail, i, comment.ItemID, string(comment.Kind), clean(comment.Text))
		if err == nil && n == 0 {
			err = put.put(ctx, tx, i, comment)
		}
		if err != nil {
			return err
		}
	}
	if err := exec(ctx, tx, `DELETE FROM comment WHERE mail_id = ?1 AND position >= ?2 AND seq = 0`, mail, len(comments)); err != nil {
		return err
	}
	return exec(ctx, tx, `UPDATE comment SET withdrawn_at = ?3 WHERE mail_id = ?1 AND position >= ?2 AND withdrawn_at IS NULL`, mail, len(comments), ms(now))
}

// nextSeq is the number of what becomes visible next in a team.
func nextSeq(ctx context.Context, tx *sql.Conn, id int64) (int64, error) {
	n, ok, err := one(ctx, tx, scanInt, `UPDATE team SET seq = seq + 1 WHERE id = ?1 RETURNING seq`, id)
	if err == nil && !ok {
		err = unknown("there is no team %d", id)
	}
	return n, err
}

// threadsIn are the items of a team that were commented on within a span, each with what was answered to it up to its end.
func threadsIn(ctx context.Context, tx *sql.Conn, s span) ([]team.Thread, error) {
	if s.from >= s.through {
		return nil, nil
	}
	return readThreads(ctx, tx, s.from, `
		WHERE n.team_id = ?1 AND n.seq > ?2 AND n.seq <= ?3 AND n.withdrawn_at IS NULL)
			AND c.seq <= ?3 AND c.withdrawn_at IS NULL
		ORDER BY c.item_id, c.id`, s.team, s.from, s.through)
}

// threadsSince are the items of a team that were commented on since a time, and since the member is in it.
func threadsSince(ctx context.Context, tx *sql.Conn, in, member int64, since time.Time) ([]team.Thread, error) {
	joined, _, err := one(ctx, tx, scanInt, `SELECT joined_seq FROM membership WHERE member_id = ?2 AND team_id = ?1`, in, member)
	if err != nil {
		return nil, err
	}
	before, _, err := one(ctx, tx, scanInt, `SELECT COALESCE(MAX(seq), 0) FROM comment WHERE team_id = ?1 AND made_at < ?2`, in, ms(since))
	if err != nil {
		return nil, err
	}
	last, _, err := one(ctx, tx, scanInt, `SELECT seq FROM team WHERE id = ?1`, in)
	if err != nil {
		return nil, err
	}
	return threadsIn(ctx, tx, span{team: in, from: max(joined, before), through: last})
}

// readThreads reads the comments on the items that a condition on comments n names, and these items. What has a number above known is news.
func readThreads(ctx context.Context, tx *sql.Conn, known int64, where string, args ...any) ([]team.Thread, error) {
	var list []team.Thread
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var t team.Thread
		var c team.Comment
		var dayText string
		err = row.Scan(&t.ItemID, &t.MemberID, &t.Name, &t.Kind, &dayText, &t.Text, &c.ID, &c.Seq, &c.MemberID, &c.Name, &c.Kind, &c.Text, &c.Closed)
		if err != nil {
			return n, err
		}
		if k := len(list); k == 0 || list[k-1].ItemID != t.ItemID {
			if t.Day, err = date(dayText); err != nil {
				return n, err
			}
			list = append(list, t)
		}
		c.News = c.Seq > known
		last := &list[len(list)-1]
		last.Comments = append(last.Comments, c)
		return n, nil
	}, `
		SELECT c.item_id, u.member_id, a.name, i.kind, u.day, CASE WHEN e.withdrawn_at IS NULL THEN i.words ELSE '' END,
			c.id, c.seq, c.member_id, m.name, c.kind, c.words, CASE WHEN i.kind = 'blocker' AND o.closed_at = c.made_at AND o.closed_by = c.member_id THEN 1 ELSE 0 END
		FROM comment c
			LEFT JOIN open_item o ON o.item_id = c.item_id
			JOIN member m ON m.id = c.member_id
			JOIN item i ON i.id = c.item_id
			JOIN entry e ON e.id = i.entry_id
			JOIN "update" u ON u.id = e.update_id
			JOIN member a ON a.id = u.member_id
		WHERE c.item_id IN (SELECT n.item_id FROM comment n`+where, args...)
	slices.SortStableFunc(list, func(a, b team.Thread) int { return int(firstNews(a) - firstNews(b)) })
	return list, err
}

// firstNews is the number of the first comment that is news.
func firstNews(t team.Thread) int64 {
	for _, c := range t.Comments {
		if c.News {
			return c.Seq
		}
	}
	return 0
}

// threadCache has the threads of the spans that several readers share.
type threadCache map[[3]int64][]team.Thread

// of gives what a reader has not had of what was answered in a team: in the span that is new, and in those that could not be sent.
func (cache threadCache) of(ctx context.Context, tx *sql.Conn, fresh span, again []span) (list []team.Thread, err error) {
	for _, s := range append(slices.Clip(again), fresh) {
		if s.team != fresh.team {
			continue
		}
		key := [3]int64{s.team, s.from, s.through}
		threads, ok := cache[key]
		if !ok {
			if threads, err = threadsIn(ctx, tx, s); err != nil {
				return nil, err
			}
			cache[key] = threads
		}
		list = joined(list, threads)
	}
	return list, nil
}

// joined adds threads to others. Of one that is among these, each comment is there once.
func joined(list, more []team.Thread) []team.Thread {
	if len(list) == 0 {
		return more
	}
	list = slices.Clone(list)
	for _, t := range more {
		i := slices.IndexFunc(list, func(o team.Thread) bool { return o.ItemID == t.ItemID })
		if i < 0 {
			list = append(list, t)
			continue
		}
		comments := slices.Clone(list[i].Comments)
		for _, c := range t.Comments {
			if k := slices.IndexFunc(comments, func(o team.Comment) bool { return o.ID == c.ID }); k >= 0 {
				comments[k].News = comments[k].News || c.News
			} else {
				comments = append(comments, c)
			}
		}
		list[i].Comments = comments
	}
	return list
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// notify owes each lead of a member's teams word of the member.
func notify(ctx context.Context, tx *sql.Conn, kind team.NoticeKind, member int64, when time.Time) error {
	return exec(ctx, tx, `
		INSERT INTO notice (member_id, about_id, due_at, kind)
		SELECT DISTINCT l.member_id, ?1, ?2, ?3
		FROM membership s JOIN membership l ON l.team_id = s.team_id JOIN member m ON m.id = l.member_id AND m.daybreak = 0
		WHERE s.member_id = ?1 AND l.lead = 1 AND l.member_id <> s.member_id`, member, ms(when), string(kind))
}

// tell owes a member one notice, and gives its ID.
func tell(ctx context.Context, tx *sql.Conn, kind team.NoticeKind, member, about, teamID int64, when time.Time) (int64, error) {
	id, _, err := one(ctx, tx, scanInt, `
		INSERT INTO notice (member_id, about_id, due_at, kind, team_id) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id`,
		member, about, ms(when), string(kind), orNull(teamID))
	return id, err
}

// Notices are those owed and due, the oldest first. What is over already, such as that mail does not arrive when it does again, is owed no
// more.
func (s *Store) Notices(ctx context.Context, now time.Time, limit int) (list []team.Notice, err error) {
	err = s.read(ctx, "reading the notices owed", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (n team.Notice, err error) {
			return n, row.Scan(&n.ID, &n.Kind, &n.Person.ID, &n.About.ID, &n.Team.ID)
		}, `
			SELECT n.id, n.kind, n.member_id, n.about_id, COALESCE(n.team_id, 0)
			FROM notice n JOIN member m ON m.id = n.about_id JOIN member r ON r.id = n.member_id
			WHERE n.made_at IS NULL AND n.due_at <= ?1 AND r.paused = 0 AND r.daybreak = 0 AND CASE n.kind
				WHEN 'unreached' THEN m.unreached_at <> 0
				WHEN 'welcome' THEN EXISTS (SELECT 1 FROM membership s WHERE s.member_id = n.member_id AND s.team_id = n.team_id)
				WHEN 'newcomer' THEN EXISTS (SELECT 1 FROM membership s WHERE s.member_id = n.member_id AND s.team_id = n.team_id)
				WHEN 'admitted' THEN EXISTS (SELECT 1 FROM membership s WHERE s.member_id = n.member_id AND s.team_id = n.team_id)
				WHEN 'comments' THEN EXISTS (
					SELECT 1 FROM at_once a JOIN comment c ON c.id = a.comment_id JOIN membership s ON s.team_id = c.team_id
					WHERE a.notice_id = n.id AND a.digest_id IS NULL AND c.withdrawn_at IS NULL AND s.member_id = n.member_id)
				WHEN 'turned-away' THEN 1 = 1
				WHEN 'removed' THEN 1 = 1
				WHEN 'asks' THEN EXISTS (
					SELECT 1 FROM request q JOIN membership s ON s.team_id = q.team_id
					WHERE q.member_id = n.about_id AND q.team_id = n.team_id AND q.verdict = '' AND s.member_id = n.member_id AND s.lead = 1)
				WHEN 'invitation' THEN EXISTS (SELECT 1 FROM invitation i WHERE i.notice_id = n.id AND i.verdict = '')
				ELSE EXISTS (SELECT 1 FROM membership s WHERE s.member_id = n.member_id) END
			ORDER BY n.due_at, n.id LIMIT ?2 + 0`, ms(now), limit)
		if err != nil || len(list) == 0 {
			return err
		}
		var ids, teamIDs []int64
		for _, n := range list {
			ids, teamIDs = append(ids, n.Person.ID, n.About.ID), append(teamIDs, n.Team.ID)
		}
		found, err := s.people(ctx, tx, ids)
		if err != nil {
			return err
		}
		known, err := teams(ctx, tx, teamIDs)
		if err != nil {
			return err
		}
		for i := range list {
			n := &list[i]
			n.Person, n.About, n.Team = found[n.Person.ID], found[n.About.ID], known[n.Team.ID]
			if n.Kind == team.InvitationNotice {
				n.Person.Teams = append([]team.Membership{{Team: n.Team}}, n.Person.Teams...)
			}
		}
		if err := addThreads(ctx, tx, list); err != nil {
			return err
		}
		if err := s.addBefore(ctx, tx, list, now); err != nil {
			return err
		}
		return addWords(ctx, tx, list)
	})
	return list, err
}

// sentNotice is a notice that was sent, as needed to understand a reply to it.
func sentNotice(ctx context.Context, tx *sql.Conn, member, id int64) (sent team.Sent, ok bool, err error) {
	sent, ok, err = one(ctx, tx, func(row scanner) (t team.Sent, err error) {
		t.Kind, t.MemberID, t.Notice = team.NoticeMail, member, &team.SentNotice{ID: id}
		var made int64
		var marks string
		err = row.Scan(&t.Notice.Kind, &t.Notice.About, &t.TeamID, &made, &t.MessageID, &t.Subject, &t.Text, &marks)
		if err == nil {
			err = json.Unmarshal([]byte(marks), &t.Marks)
		}
		t.Day = team.DateOf(at(made))
		return t, err
	}, `
		SELECT n.kind, n.about_id, COALESCE(n.team_id, 0), n.made_at, o.message_id, o.subject, l.body, l.marks
		FROM notice n JOIN outbox o ON o.id = n.outbox_id JOIN letter l ON l.outbox_id = o.id
		WHERE n.id = ?1 AND n.member_id = ?2`, id, member)
	if err == nil && ok && sent.Notice.Kind == team.InvitationNotice {
		var found map[int64]team.Team
		found, err = teams(ctx, tx, []int64{sent.TeamID})
		into := found[sent.TeamID]
		sent.Notice.Invites = &into
	}
	return sent, ok, err
}

// PutOffNotice keeps an owed notice back until then.
func (s *Store) PutOffNotice(ctx context.Context, id int64, until time.Time) error {
	return s.write(ctx, fmt.Sprintf("putting off notice %d", id), func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE notice SET due_at = ?2 WHERE id = ?1 AND made_at IS NULL`, id, ms(until))
	})
}

// CommitNotice stores a notice's mail and that it is no longer owed. One that is not owed any more is left as it is.
func (s *Store) CommitNotice(ctx context.Context, id int64, m team.Outgoing, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("making notice %d", id), func(ctx context.Context, tx *sql.Conn) error {
		if all, err := tellsAll(ctx, tx, id, m.Tells); err != nil || !all { // another came meanwhile
			return err
		}
		n, err := changed(ctx, tx, `UPDATE notice SET made_at = ?2 WHERE id = ?1 AND made_at IS NULL`, id, ms(now))
		if err != nil || n == 0 {
			return err
		}
		if err := madePrivate(ctx, tx, id); err != nil {
			return err
		}
		outbox, fresh, err := enqueue(ctx, tx, m, now)
		if err != nil || !fresh {
			return err
		}
		return exec(ctx, tx, `UPDATE notice SET outbox_id = ?2 WHERE id = ?1`, id, outbox)
	})
}

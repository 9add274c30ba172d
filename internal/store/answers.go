package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// answersADay is how many answers a member gets within any 24 hours: whoever writes more is a machine.
const answersADay = 10

// owe notes an answer to a mail, unless the member has had enough of them.
func owe(ctx context.Context, tx *sql.Conn, mail int64, a team.NewAnswer, now time.Time) error {
	return exec(ctx, tx, `
		INSERT INTO answer (mail_id, member_id, kind, owed_at)
		SELECT ?1, m.id, ?3, ?4 FROM member m
		WHERE m.id = ?2 AND ?6 > (SELECT COUNT(*) FROM answer a WHERE a.member_id = ?2 AND a.owed_at > ?5)`,
		mail, a.MemberID, string(a.Kind), ms(now), ms(now.Add(-24*time.Hour)), answersADay)
}

// Answers are the answers still owed, the oldest first. The ID of an answer is that of the mail that it answers.
func (s *Store) Answers(ctx context.Context, limit int) (list []team.Answer, err error) {
	err = s.read(ctx, "reading the answers owed", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (a team.Answer, err error) {
			return a, row.Scan(&a.ID, &a.Person.ID, &a.Kind, &a.Subject, &a.MessageID)
		}, `
			SELECT a.mail_id, a.member_id, a.kind, m.subject, m.message_id
			FROM answer a JOIN mail m ON m.id = a.mail_id
			WHERE a.answered_at IS NULL
			ORDER BY a.mail_id LIMIT ?1`, limit)
		if err != nil {
			return err
		}
		ids := make([]int64, len(list))
		for i, a := range list {
			ids[i] = a.Person.ID
		}
		found, err := people(ctx, tx, ids)
		for i := range list {
			list[i].Person = found[list[i].Person.ID]
		}
		return err
	})
	return list, err
}

// CommitAnswer stores an answer's mail and that it is no longer owed. An answer that is not owed any more is left as it is.
func (s *Store) CommitAnswer(ctx context.Context, id int64, m team.Outgoing, now time.Time) error {
	return s.write(ctx, fmt.Sprintf("answering mail %d", id), func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `UPDATE answer SET answered_at = ?2 WHERE mail_id = ?1 AND answered_at IS NULL`, id, ms(now))
		if err != nil || n == 0 {
			return err
		}
		outbox, fresh, err := enqueue(ctx, tx, m, now)
		if err != nil || !fresh {
			return err
		}
		return exec(ctx, tx, `UPDATE answer SET outbox_id = ?2 WHERE mail_id = ?1`, id, outbox)
	})
}

package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// Sent is a mail that we made for a member, as needed to understand a reply to it. For a digest checkin means nothing; for a
// receipt it is the ID of the mail that was answered, and the day means nothing.
func (s *Store) Sent(ctx context.Context, kind team.MailKind, member, checkin int64, d team.Date) (sent team.Sent, ok bool, err error) {
	err = s.read(ctx, "reading what was sent", func(ctx context.Context, tx *sql.Conn) error {
		switch kind {
		case team.PromptMail, team.ReminderMail:
			sent, ok, err = one(ctx, tx, scanSent, `
				SELECT p.kind, p.member_id, c.team_id, p.checkin_id, p.day, p.questions, o.message_id, l.body
				FROM prompt p JOIN checkin c ON c.id = p.checkin_id JOIN outbox o ON o.id = p.outbox_id JOIN letter l ON l.outbox_id = o.id
				WHERE p.checkin_id = ?1 AND p.member_id = ?2 AND p.day = ?3 AND p.kind = ?4`,
				checkin, member, day(d), string(kind))
		case team.DigestMail:
			sent, ok, err = one(ctx, tx, scanSent, `
				SELECT o.kind, g.member_id, 0, 0, g.day, '[]', o.message_id, l.body
				FROM digest g JOIN outbox o ON o.id = g.outbox_id JOIN letter l ON l.outbox_id = o.id
				WHERE g.member_id = ?1 AND g.day = ?2`, member, day(d))
		case team.ReceiptMail:
			sent, ok, err = one(ctx, tx, scanSent, `
				SELECT o.kind, a.member_id, 0, 0, '', '[]', o.message_id, l.body
				FROM answer a JOIN outbox o ON o.id = a.outbox_id JOIN letter l ON l.outbox_id = o.id
				WHERE a.mail_id = ?1 AND a.member_id = ?2`, checkin, member)
			sent.Day = d
		}
		return err
	})
	return sent, ok, err
}

// LatestPrompt is the newest prompt made for a member, of any check-in.
func (s *Store) LatestPrompt(ctx context.Context, member int64) (sent team.Sent, ok bool, err error) {
	err = s.read(ctx, "reading the latest prompt", func(ctx context.Context, tx *sql.Conn) error {
		sent, ok, err = one(ctx, tx, scanSent, `
			SELECT p.kind, p.member_id, c.team_id, p.checkin_id, p.day, p.questions, o.message_id, l.body
			FROM prompt p JOIN checkin c ON c.id = p.checkin_id JOIN outbox o ON o.id = p.outbox_id JOIN letter l ON l.outbox_id = o.id
			WHERE p.member_id = ?1 AND p.kind = 'prompt'
			ORDER BY p.made_at DESC, p.id DESC LIMIT 1`, member)
		return err
	})
	return sent, ok, err
}

func scanSent(row scanner) (sent team.Sent, err error) {
	var dayText, questions string
	err = row.Scan(&sent.Kind, &sent.MemberID, &sent.TeamID, &sent.CheckInID, &dayText, &questions, &sent.MessageID, &sent.Text)
	if err != nil {
		return sent, err
	}
	if sent.Day, err = date(dayText); err != nil {
		return sent, err
	}
	if sent.Questions, err = parseQuestions(questions); len(sent.Questions) == 0 {
		sent.Questions = nil
	}
	return sent, err
}

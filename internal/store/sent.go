package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"daybreak/internal/team"
)

// promptColumns are what scanSent reads of a prompt.
const promptColumns = "p.kind, p.member_id, c.team_id, p.checkin_id, p.day, p.questions, p.plan, p.plan_day, l.marks, o.message_id, o.subject, l.body"

// sentPrompts and sentDigests choose what scanSent reads, fromPrompts where it is; a condition follows them.
const (
	sentPrompts = `
			SELECT ` + promptColumns + fromPrompts
	fromPrompts = `
			FROM prompt p JOIN checkin c ON c.id = p.checkin_id JOIN outbox o ON o.id = p.outbox_id JOIN letter l ON l.outbox_id = o.id`
	sentDigests = `
			SELECT o.kind, g.member_id, 0, 0, g.day, '[]', '[]', '', l.marks, o.message_id, o.subject, l.body
			FROM digest g JOIN outbox o ON o.id = g.outbox_id JOIN letter l ON l.outbox_id = o.id`
)

// Sent is a mail that we made for a member, as needed to understand a reply to it. For a digest checkin means nothing; for a
// receipt it is the ID of the mail that was answered, and the day means nothing.
func (s *Store) Sent(ctx context.Context, kind team.MailKind, member, checkin int64, d team.Date) (sent team.Sent, ok bool, err error) {
	err = s.read(ctx, "reading what was sent", func(ctx context.Context, tx *sql.Conn) (err error) {
		sent, ok, err = sentMail(ctx, tx, team.Reference{Kind: kind, MemberID: member, ID: checkin, Day: d})
		return err
	})
	return sent, ok, err
}

func sentMail(ctx context.Context, tx *sql.Conn, m team.Reference) (sent team.Sent, ok bool, err error) {
	switch m.Kind {
	case team.PromptMail, team.ReminderMail:
		sent, ok, err = one(ctx, tx, scanOneSent, sentPrompts+`
				WHERE p.checkin_id = ?1 AND p.member_id = ?2 AND p.day = ?3 AND p.kind = ?4`,
			m.ID, m.MemberID, day(m.Day), string(m.Kind))
	case team.DigestMail:
		sent, ok, err = one(ctx, tx, scanOneSent, sentDigests+`
				WHERE g.member_id = ?1 AND g.day = ?2 AND g.asked = 0`, m.MemberID, day(m.Day))
	case team.WeeklyMail:
		sent, ok, err = one(ctx, tx, scanOneSent, `
				SELECT o.kind, w.member_id, 0, 0, w.day, '[]', '[]', '', l.marks, o.message_id, o.subject, l.body
				FROM rollup w JOIN outbox o ON o.id = w.outbox_id JOIN letter l ON l.outbox_id = o.id
				WHERE w.member_id = ?1 AND w.day = ?2`, m.MemberID, day(m.Day))
	case team.NoticeMail:
		sent, ok, err = sentNotice(ctx, tx, m.MemberID, m.ID)
	case team.ReceiptMail:
		confirms, forgets := false, false
		sent, ok, err = one(ctx, tx, func(row scanner) (team.Sent, error) { return scanSent(row, &confirms, &forgets) }, `
				SELECT CASE WHEN a.kind IN ('digest', 'since', 'full') THEN 'digest' ELSE o.kind END, a.member_id, COALESCE(u.team_id, 0), COALESCE(u.checkin_id, 0), COALESCE(u.day, ''),
					COALESCE(p.questions, c.questions, '[]'), COALESCE(p.plan, '[]'), COALESCE(p.plan_day, ''), l.marks, o.message_id, o.subject, l.body,
					CASE WHEN a.kind = 'confirm' THEN 1 ELSE 0 END, CASE WHEN a.kind = 'forget' THEN 1 ELSE 0 END
				FROM answer a
					JOIN outbox o ON o.id = a.outbox_id
					JOIN letter l ON l.outbox_id = o.id
					LEFT JOIN "update" u ON u.id = a.update_id
					LEFT JOIN checkin c ON c.id = u.checkin_id
					LEFT JOIN prompt p ON p.member_id = u.member_id AND p.day = u.day AND p.checkin_id = u.checkin_id AND p.kind = 'prompt'
				WHERE a.mail_id = ?1 AND a.member_id = ?2`, m.ID, m.MemberID)
		sent.Answered, sent.Confirms, sent.Forgets = m.ID, confirms, forgets
		if sent.CheckInID == 0 {
			sent.Day = m.Day
		}
	}
	return sent, ok, err
}

// Referred is whom the addresses belong to and which of the mails we sent, for many at once: what PersonByAddress and Sent give for
// each of them.
func (s *Store) Referred(ctx context.Context, addresses []string, mails []team.Reference) (team.Referred, error) {
	r := team.Referred{People: map[string]team.Person{}, Sent: map[team.Reference]team.Sent{}}
	err := s.read(ctx, "reading what mails refer to", func(ctx context.Context, tx *sql.Conn) error {
		if err := s.addOwners(ctx, tx, addresses, r.People); err != nil {
			return err
		}
		prompts, digests := map[team.Date][]int64{}, map[team.Date][]int64{}
		for _, m := range mails {
			switch m.Kind {
			case team.PromptMail, team.ReminderMail:
				prompts[m.Day] = append(prompts[m.Day], m.MemberID)
			case team.DigestMail:
				digests[m.Day] = append(digests[m.Day], m.MemberID)
			default:
				sent, ok, err := sentMail(ctx, tx, m)
				if err != nil {
					return err
				}
				if ok {
					r.Sent[m] = sent
				}
			}
		}
		err := sentOf(ctx, tx, prompts, r.Sent, sentPrompts+`
			WHERE p.day = ?1 AND p.member_id IN (`)
		if err != nil {
			return err
		}
		return sentOf(ctx, tx, digests, r.Sent, sentDigests+`
			WHERE g.day = ?1 AND g.asked = 0 AND g.member_id IN (`)
	})
	return r, err
}

// sentOf adds what was sent to members on days, by a query that lacks the list of members.
func sentOf(ctx context.Context, tx *sql.Conn, byDay map[team.Date][]int64, to map[team.Reference]team.Sent, query string) error {
	for d, members := range byDay {
		err := inLists(members, 2, func(list string, args []any) error {
			some, err := all(ctx, tx, scanOneSent, query+list+`)`, append([]any{day(d)}, args...)...)
			for _, m := range some {
				to[team.Reference{Kind: m.Kind, MemberID: m.MemberID, ID: m.CheckInID, Day: m.Day}] = m
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addOwners adds whom the addresses belong to.
func (s *Store) addOwners(ctx context.Context, tx *sql.Conn, addresses []string, to map[string]team.Person) error {
	type owned struct {
		addr   string
		member int64
	}
	clean := make([]string, len(addresses))
	for i, a := range addresses {
		clean[i] = team.CleanAddress(a)
	}
	return inLists(clean, 1, func(list string, args []any) error {
		owners, err := all(ctx, tx, func(row scanner) (o owned, err error) { return o, row.Scan(&o.addr, &o.member) },
			`SELECT addr, member_id FROM address WHERE addr IN (`+list+`)`, args...)
		if err != nil {
			return err
		}
		ids := make([]int64, len(owners))
		for i, o := range owners {
			ids[i] = o.member
		}
		found, err := s.people(ctx, tx, ids)
		for _, o := range owners {
			to[o.addr] = found[o.member]
		}
		return err
	})
}

// LatestPrompts are, for each check-in of the member's present teams, the newest prompt or reminder that was made for the member and
// not given up; the newest first.
func (s *Store) LatestPrompts(ctx context.Context, member int64) (list []team.Sent, err error) {
	type made struct {
		team.Sent
		at, id int64
	}
	err = s.read(ctx, "reading the latest prompts", func(ctx context.Context, tx *sql.Conn) error {
		found, err := all(ctx, tx, func(row scanner) (m made, err error) {
			m.Sent, err = scanSent(row, &m.at, &m.id)
			return m, err
		}, `
			SELECT `+promptColumns+`, p.made_at, p.id
			FROM membership s
				JOIN checkin c ON c.team_id = s.team_id AND c.removed_at IS NULL
				JOIN prompt p ON p.id = (
					SELECT n.id FROM prompt n JOIN outbox w ON w.id = n.outbox_id
					WHERE n.member_id = s.member_id AND n.checkin_id = c.id AND w.state NOT IN ('failed', 'expired')
					ORDER BY n.made_at DESC, n.id DESC LIMIT 1)
				JOIN outbox o ON o.id = p.outbox_id
				JOIN letter l ON l.outbox_id = o.id
			WHERE s.member_id = ?1`, member)
		slices.SortFunc(found, func(a, b made) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id)) })
		for _, m := range found {
			list = append(list, m.Sent)
		}
		return err
	})
	return list, err
}

func scanOneSent(row scanner) (team.Sent, error) { return scanSent(row) }

// scanSent reads what was sent, and more columns that come after it.
func scanSent(row scanner, more ...any) (sent team.Sent, err error) {
	var dayText, questions, plan, planDay, marks string
	err = row.Scan(append([]any{
		&sent.Kind, &sent.MemberID, &sent.TeamID, &sent.CheckInID, &dayText, &questions, &plan, &planDay, &marks,
		&sent.MessageID, &sent.Subject, &sent.Text,
	}, more...)...)
	if err != nil {
		return sent, err
	}
	if sent.Day, err = date(dayText); err != nil {
		return sent, err
	}
	if sent.PlanDay, err = date(planDay); err != nil {
		return sent, err
	}
	if sent.Questions, err = parseTexts(questions); err != nil {
		return sent, err
	}
	if marks != "{}" {
		if err := json.Unmarshal([]byte(marks), &sent.Marks); err != nil {
			return sent, fmt.Errorf("the marks of a mail: %w", err)
		}
	}
	sent.Plan, err = parseTexts(plan)
	return sent, err
}

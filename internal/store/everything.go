package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
)

// holdings are all places where something of a member is kept, with what they are called for the member. Columns that end in _at are times.
// Of the mails that they were sent the words are left out: they are other people's, and in the member's own mailbox.
var holdings = []struct{ name, query string }{
	{"member", `
		SELECT name, zone, days AS days_bits, weeks, hours_start AS hours_start_minutes, hours_end AS hours_end_minutes, day_hours, prompt_at AS prompt_minutes,
			digest_at AS digest_minutes, digests, rollup, receipts, comments, holidays, paused, told_day, rolled_day, unreached_at, unreached_why, other_offset, made_at
		FROM member WHERE id = ?1`},
	{"addresses", `SELECT addr AS address, CASE source WHEN '' THEN 'team file, admin' ELSE source END AS from_where FROM address WHERE member_id = ?1 ORDER BY position`},
	{"may_write_for_them", `SELECT addr AS address, made_at FROM delegate WHERE member_id = ?1 ORDER BY addr`},
	{"teams", `
		SELECT t.slug AS team, t.name, s.lead, s.joined_at
		FROM membership s JOIN team t ON t.id = s.team_id WHERE s.member_id = ?1 ORDER BY s.id`},
	{"teams_left", `
		SELECT t.slug AS team, t.name, f.lead, f.joined_at
		FROM former f JOIN team t ON t.id = f.team_id WHERE f.member_id = ?1 ORDER BY f.team_id`},
	{"updates", `
		SELECT u.day, t.slug AS team, c.name AS checkin, i.kind, i.asked AS question, i.words, e.written_by, e.accepted_at, e.withdrawn_at
		FROM "update" u JOIN team t ON t.id = u.team_id JOIN checkin c ON c.id = u.checkin_id
			JOIN entry e ON e.update_id = u.id JOIN item i ON i.entry_id = e.id
		WHERE u.member_id = ?1 ORDER BY u.day, e.id, i.position`},
	{"comments", `
		SELECT t.slug AS team, c.kind, c.words, c.made_at, c.withdrawn_at
		FROM comment c JOIN team t ON t.id = c.team_id WHERE c.member_id = ?1 ORDER BY c.id`},
	{"open_items", `
		SELECT t.slug AS team, o.since, CASE WHEN o.asked_id = ?1 THEN 'asked of you' ELSE 'yours' END AS whose, o.due_at, o.closed_at
		FROM open_item o JOIN team t ON t.id = o.team_id JOIN item i ON i.id = o.item_id JOIN entry e ON e.id = i.entry_id
			JOIN "update" u ON u.id = e.update_id WHERE o.asked_id = ?1 OR u.member_id = ?1 ORDER BY o.item_id`},
	{"days_answered", `
		SELECT u.day, t.slug AS team, c.name AS checkin, u.made_at
		FROM "update" u JOIN team t ON t.id = u.team_id JOIN checkin c ON c.id = u.checkin_id WHERE u.member_id = ?1 ORDER BY u.day, u.id`},
	{"mails_received", `
		SELECT m.id AS number, m.sender, m.subject, m.message_id, m.written_at, m.received_at, m.outcome, m.reason, m.size, m.confidence
		FROM mail m WHERE m.member_id = ?1 ORDER BY m.id`},
	{"mails_sent", `
		SELECT o.kind, o.rcpt_to AS to_address, o.subject, o.message_id, o.state, o.line AS server_line, o.created_at, o.finished_at
		FROM outbox o WHERE o.member_id = ?1 ORDER BY o.id`},
	{"prompts", `
		SELECT p.kind, c.name AS checkin, p.day, p.questions, p.plan, p.plan_day, p.made_at
		FROM prompt p JOIN checkin c ON c.id = p.checkin_id WHERE p.member_id = ?1 ORDER BY p.id`},
	{"digests", `SELECT day, made_at, lapsed FROM digest WHERE member_id = ?1 ORDER BY id`},
	{"rollups", `SELECT day, made_at, lapsed FROM rollup WHERE member_id = ?1 ORDER BY id`},
	{"answers", `SELECT kind, doubt, left_out, refused AS not_done, owed_at, answered_at FROM answer WHERE member_id = ?1 ORDER BY mail_id`},
	{"leaves", `SELECT from_day, through_day, source, made_at FROM away WHERE member_id = ?1 ORDER BY from_day`},
	{"calendar_events", `SELECT uid, instance, sequence, stamped_at FROM event WHERE member_id = ?1 ORDER BY id`},
	{"changes", `SELECT made_at, made_by, what, was, became FROM change WHERE member_id = ?1 OR asked_by = ?1 ORDER BY id`},
	{"chosen_settings", `SELECT part, filed AS team_file FROM chosen WHERE member_id = ?1 ORDER BY part`},
	{"chosen_teams", `SELECT t.slug AS team, p.filed AS in_team_file FROM chosen_place p JOIN team t ON t.id = p.team_id WHERE p.member_id = ?1 ORDER BY t.slug`},
	{"failures", `SELECT failed_at, hard, why FROM failure WHERE member_id = ?1 ORDER BY id`},
	{"questions_whether_a_mail_was_theirs", `SELECT addr AS address, asked_at, settled_at, verdict FROM confirmation WHERE member_id = ?1 ORDER BY id`},
	{"questions_whether_they_moved", `SELECT zone_offset AS seconds_ahead_of_utc FROM asked_zone WHERE member_id = ?1 ORDER BY zone_offset`},
	{"invitations", `SELECT addr AS address, asked_at, settled_at, verdict FROM invitation WHERE member_id = ?1 ORDER BY id`},
	{"requests_to_join", `SELECT t.slug AS team, q.asked_at, q.settled_at, q.verdict FROM request q JOIN team t ON t.id = q.team_id WHERE q.member_id = ?1 ORDER BY q.id`},
	{"notices", `SELECT kind, due_at, made_at FROM notice WHERE member_id = ?1 OR about_id = ?1 ORDER BY id`},
	{"planned", `SELECT kind, day, due_at, until_at FROM slot WHERE member_id = ?1 ORDER BY due_at`},
}

// mailsMost is how many bytes of a member's own mails go with what is held of them. More than that few mail servers would take.
const mailsMost = 10 << 20

// Everything is all that is held of a member.
func (s *Store) Everything(ctx context.Context, member int64) (all *team.Everything, err error) {
	err = s.read(ctx, "reading what is held of a member", func(ctx context.Context, tx *sql.Conn) error {
		all, err = everything(ctx, tx, member)
		return err
	})
	return all, err
}

func everything(ctx context.Context, tx *sql.Conn, member int64) (*team.Everything, error) {
	var found team.Everything
	for _, h := range holdings {
		part := team.HeldPart{Name: h.name}
		var err error
		if part.Rows, err = heldRows(ctx, tx, h.query, member); err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		found.Parts = append(found.Parts, part)
	}
	type kept struct{ mail, raw int64 }
	mails, err := all(ctx, tx, func(row scanner) (k kept, err error) { return k, row.Scan(&k.mail, &k.raw) }, `
		SELECT id, raw_id FROM mail WHERE member_id = ?1 AND raw_id IS NOT NULL ORDER BY id DESC`, member)
	if err != nil {
		return nil, err
	}
	room := mailsMost
	for _, k := range mails { // the newest are the most wanted
		raw, err := rawOf(ctx, tx, k.raw)
		if err != nil {
			return nil, err
		}
		if room -= len(raw); room < 0 {
			found.LeftOut++
			continue
		}
		found.Mails = append(found.Mails, team.HeldMail{Number: k.mail, Raw: raw})
	}
	return &found, nil
}

// heldRows reads rows with the names of their columns.
func heldRows(ctx context.Context, tx *sql.Conn, query string, member int64) (list [][]team.HeldField, err error) {
	rows, err := tx.QueryContext(ctx, query, member)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, dest := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, damaged(err)
		}
		fields := make([]team.HeldField, len(names))
		for i, name := range names {
			fields[i] = team.HeldField{Name: name, Value: heldValue(name, values[i])}
		}
		list = append(list, fields)
	}
	return list, rows.Err()
}

// heldValue is a value as people and programs read it.
func heldValue(name string, value any) any {
	switch v := value.(type) {
	case int64:
		if strings.HasSuffix(name, "_at") {
			if v == 0 {
				return nil
			}
			return at(v).UTC().Format(time.RFC3339)
		}
	case []byte:
		return string(v)
	}
	return value
}

// onceADay has m answered with less than all that is held of its member, if they got that within a day.
func (a *accepting) onceADay(ctx context.Context, tx *sql.Conn, m *team.Mail) error {
	_, had, err := one(ctx, tx, scanInt, `SELECT mail_id FROM answer WHERE member_id = ?1 AND kind = 'data' AND owed_at > ?2 LIMIT 1`,
		m.MemberID, ms(a.now.Add(-24*time.Hour)))
	if err == nil && had {
		unclear(m, team.Doubt{Why: "all that I hold of you was sent to you since yesterday"})
	}
	return err
}

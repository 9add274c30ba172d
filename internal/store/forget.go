package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Forget erases a member for good: see erase.
func (s *Store) Forget(ctx context.Context, member int64, now time.Time) error {
	return s.write(ctx, "forgetting a member", func(ctx context.Context, tx *sql.Conn) error {
		if err := mustKnow(ctx, tx, member); err != nil {
			return err
		}
		return erase(ctx, tx, change{by: byAdmin, member: member}, now)
	})
}

// erasures blank or delete what is kept of the member ?1, in an order in which nothing refers to what is gone. What must stay for others, such
// as the numbers by which everybody has read up to somewhere, stays without a word or an address.
var erasures = []string{
	// What they said, wherever it stands: their words, the mails that brought them, and what was sent of them to others.
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (
		SELECT a.outbox_id FROM answer a WHERE a.outbox_id IS NOT NULL AND a.kind IN ('since', 'full', 'members') AND EXISTS (
			SELECT 1 FROM "update" u JOIN membership s ON s.team_id = u.team_id WHERE u.member_id = ?1 AND s.member_id = a.member_id))`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (SELECT o.id FROM outbox o WHERE o.member_id = ?1)`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (
		SELECT n.outbox_id FROM notice n JOIN membership s ON s.team_id = n.team_id
		WHERE n.kind = 'newcomer' AND n.outbox_id IS NOT NULL AND s.member_id = ?1)`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (
		SELECT n.outbox_id FROM notice n JOIN at_once a ON a.notice_id = n.id JOIN comment c ON c.id = a.comment_id
			JOIN item i ON i.id = c.item_id JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id
		WHERE n.outbox_id IS NOT NULL AND (u.member_id = ?1 OR EXISTS (SELECT 1 FROM comment o WHERE o.item_id = c.item_id AND o.member_id = ?1)))`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (SELECT n.outbox_id FROM notice n WHERE n.about_id = ?1 AND n.outbox_id IS NOT NULL)`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (
		SELECT a.outbox_id FROM answer a JOIN change c ON c.mail_id = a.mail_id WHERE c.member_id = ?1 AND a.outbox_id IS NOT NULL)`,
	`UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (
		SELECT a.outbox_id FROM change c JOIN mail h ON h.id = c.mail_id JOIN confirmation q ON q.id = h.confirmation_id
			JOIN answer a ON a.mail_id = q.settled_by WHERE c.member_id = ?1 AND a.outbox_id IS NOT NULL)`,
	`DELETE FROM private WHERE notice_id IN (SELECT n.id FROM notice n WHERE n.member_id = ?1 OR n.about_id = ?1)`,
	`UPDATE outbox SET subject = '' WHERE id IN (SELECT n.outbox_id FROM notice n WHERE n.about_id = ?1 AND n.outbox_id IS NOT NULL)`,
	`UPDATE outbox SET rcpt_to = '', subject = '', line = '' WHERE member_id = ?1`,
	`UPDATE open_item SET asked_id = NULL, closed_at = COALESCE(closed_at, 0) WHERE asked_id = ?1`,
	`UPDATE open_item SET closed_by = NULL WHERE closed_by = ?1`,
	`DELETE FROM open_item WHERE item_id IN (
		SELECT i.id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1)`,
	`DELETE FROM at_once WHERE member_id = ?1 OR comment_id IN (SELECT c.id FROM comment c WHERE c.member_id = ?1 OR c.item_id IN (
		SELECT i.id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1))`,
	`DELETE FROM comment WHERE member_id = ?1 OR item_id IN (
		SELECT i.id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1)`,
	`DELETE FROM item WHERE entry_id IN (SELECT e.id FROM entry e JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1)`,
	`UPDATE prompt SET plan = '[]' WHERE member_id = ?1`,
	`UPDATE answer SET left_out = '[]', doubt = '', attempts = '[]', called_off = '', refused = '[]' WHERE member_id = ?1`,
	`DELETE FROM answer WHERE member_id = ?1 AND answered_at IS NULL`,

	// Where and when they are.
	`DELETE FROM away WHERE member_id = ?1`,
	`DELETE FROM event WHERE member_id = ?1`,
	`DELETE FROM slot WHERE member_id = ?1`,
	`DELETE FROM asked_zone WHERE member_id = ?1`,
	`DELETE FROM delegate WHERE member_id = ?1 OR addr IN (SELECT a.addr FROM address a WHERE a.member_id = ?1)`,
	`UPDATE entry SET written_by = '' WHERE written_by IN (SELECT a.addr FROM address a WHERE a.member_id = ?1)`,
	`DELETE FROM chosen WHERE member_id = ?1`,
	`DELETE FROM chosen_place WHERE member_id = ?1`,
	`DELETE FROM former WHERE member_id = ?1`,
	`DELETE FROM request WHERE member_id = ?1`,
	`DELETE FROM failure WHERE member_id = ?1`,
	`UPDATE confirmation SET addr = '', verdict = CASE WHEN settled_at IS NULL THEN 'lapsed' ELSE verdict END, settled_at = COALESCE(settled_at, asked_at)
		WHERE member_id = ?1`,
	`UPDATE invitation SET addr = 'forgotten ' || id, verdict = CASE verdict WHEN '' THEN 'no' ELSE verdict END WHERE member_id = ?1`,
	`UPDATE change SET was = '', became = '' WHERE member_id = ?1`,
	`DELETE FROM notice WHERE made_at IS NULL AND (member_id = ?1 OR about_id = ?1)
		AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.notice_id = notice.id)`,

	// Who they are.
	`UPDATE mail SET sender = '', subject = '', message_id = '', identity = NULL, raw_id = NULL, reason = 'erased: its sender asked to be forgotten'
		WHERE member_id = ?1 OR sender IN (SELECT a.addr FROM address a WHERE a.member_id = ?1)`,
	`DELETE FROM membership WHERE member_id = ?1`,
	`DELETE FROM address WHERE member_id = ?1`,
	`UPDATE member SET name = '', zone = '', days = 0, weeks = '', hours_start = 0, hours_end = 0, day_hours = '', prompt_at = NULL, digest_at = NULL,
			digests = '', rollup = '', receipts = '', comments = '', holidays = '', paused = 1, planned = 1, revision = revision + 1, unreached_at = 0, unreached_why = '',
			daybreak = 0, other_offset = NULL, other_mails = 0, tells_zone = 0
		WHERE id = ?1`,
}

// erase erases the change's member: their words, mails, addresses, name, settings and all that says where they are. It cannot be undone. Rows
// that others refer to stay, of a member without a name. The teams' leads are told that somebody has left. Their addresses stay as what they
// hash to, so that a team file that has them still does not bring them back.
func erase(ctx context.Context, tx *sql.Conn, c change, now time.Time) error {
	told, err := tellings(ctx, tx, c.member)
	if err != nil {
		return err
	}
	shown, err := showings(ctx, tx, c.member)
	if err != nil {
		return err
	}
	told = append(told, shown...)
	unsent, err := all(ctx, tx, scanInt, `
		SELECT o.id FROM outbox o WHERE o.state IN ('queued', 'dot') AND (o.member_id = ?1
			OR EXISTS (SELECT 1 FROM notice n WHERE n.outbox_id = o.id AND n.about_id = ?1)
			OR EXISTS (SELECT 1 FROM notice n JOIN membership s ON s.team_id = n.team_id WHERE n.outbox_id = o.id AND n.kind = 'newcomer' AND s.member_id = ?1)
			OR EXISTS (SELECT 1 FROM notice n JOIN at_once a ON a.notice_id = n.id JOIN comment c ON c.id = a.comment_id WHERE n.outbox_id = o.id AND c.member_id = ?1)
			OR EXISTS (SELECT 1 FROM answer a WHERE a.outbox_id = o.id AND a.kind IN ('since', 'full', 'members')))`, c.member)
	if err != nil {
		return err
	}
	err = inLists(told, 1, func(list string, args []any) error {
		more, err := all(ctx, tx, scanInt, `SELECT id FROM outbox WHERE state IN ('queued', 'dot') AND id IN (`+list+`)`, args...)
		unsent = append(unsent, more...)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range unsent { // the readers' next digests tell what others said in these
		if err := expire(ctx, tx, id, "a member was forgotten", now); err != nil {
			return err
		}
	}
	err = inLists(told, 1, func(list string, args []any) error {
		return exec(ctx, tx, `UPDATE letter SET body = '', raw = '' WHERE outbox_id IN (`+list+`)`, args...)
	})
	if err != nil {
		return err
	}
	raws, err := all(ctx, tx, scanInt, `
		SELECT raw_id FROM mail
		WHERE raw_id IS NOT NULL AND (member_id = ?1 OR sender IN (SELECT a.addr FROM address a WHERE a.member_id = ?1))`, c.member)
	if err != nil {
		return err
	}
	places, err := all(ctx, tx, scanInt, `SELECT team_id FROM membership WHERE member_id = ?1`, c.member)
	if err != nil {
		return err
	}
	addresses, err := all(ctx, tx, scanName, `SELECT addr FROM address WHERE member_id = ?1`, c.member)
	if err != nil {
		return err
	}
	for _, addr := range addresses {
		if err := exec(ctx, tx, `INSERT INTO forgotten (hash, forgotten_at) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING`, hashOf(addr), ms(now)); err != nil {
			return err
		}
	}
	for _, addr := range addresses { // the log has them in words, too, and that of leads
		err := exec(ctx, tx, `
			UPDATE change SET what = CASE WHEN what LIKE ?1 THEN 'erased' ELSE what END, was = '', became = ''
			WHERE what LIKE ?1 OR was LIKE ?1 OR became LIKE ?1`, "%"+addr+"%")
		if err != nil {
			return err
		}
	}
	for _, statement := range erasures {
		if err := exec(ctx, tx, statement, c.member); err != nil {
			return err
		}
	}
	if err := dropRaws(ctx, tx, raws); err != nil {
		return err
	}
	for _, t := range places {
		if err := tellLeads(ctx, tx, team.LeftNotice, c.member, t, now); err != nil {
			return err
		}
	}
	c.what, c.was, c.became = changeForgotten, "", ""
	return logChange(ctx, tx, c, now)
}

// tellings are the mails of digests and roll-ups, in the outbox, that told what a member said.
func tellings(ctx context.Context, tx *sql.Conn, member int64) ([]int64, error) {
	said := map[int64][]int64{} // team → numbers
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var in, seq int64
		err = row.Scan(&in, &seq)
		said[in] = append(said[in], seq)
		return n, err
	}, `
		SELECT e.team_id, e.seq FROM entry e JOIN "update" u ON u.id = e.update_id
		WHERE u.member_id = ?1 AND e.seq IS NOT NULL
		UNION
		SELECT c.team_id, c.seq FROM comment c
		WHERE c.item_id IN (SELECT o.item_id FROM comment o WHERE o.member_id = ?1) OR c.item_id IN (
			SELECT i.id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1)
		ORDER BY 1, 2`, member)
	if err != nil {
		return nil, err
	}
	var told []int64
	for in, seqs := range said { // readings are not looked up by their numbers else: all are looked at once
		spans, err := all(ctx, tx, scanSpan, `
			SELECT d.outbox_id, r.member_id, r.team_id, r.from_seq, r.through_seq
			FROM digest_reading r JOIN digest d ON d.id = r.digest_id
			WHERE r.team_id = ?1 AND r.through_seq >= ?2 AND r.from_seq < ?3
			UNION ALL
			SELECT w.outbox_id, w.member_id, r.team_id, r.from_seq, r.through_seq
			FROM rollup_reading r JOIN rollup w ON w.id = r.rollup_id
			WHERE r.team_id = ?1 AND r.through_seq >= ?2 AND r.from_seq < ?3`, in, seqs[0], seqs[len(seqs)-1])
		if err != nil {
			return nil, err
		}
		for _, s := range spans {
			if i, _ := slices.BinarySearch(seqs, s.from+1); i < len(seqs) && seqs[i] <= s.through {
				told = append(told, s.id)
			}
		}
	}
	return told, nil
}

// showings are the mails, in the outbox, that show an item of a member's by a mark: as one that is open still, or is answered.
func showings(ctx context.Context, tx *sql.Conn, member int64) ([]int64, error) {
	ids, err := all(ctx, tx, scanInt, `
		SELECT i.id FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id WHERE u.member_id = ?1`, member)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	own := make(map[int64]bool, len(ids))
	for _, id := range ids {
		own[id] = true
	}
	var shown []int64
	_, err = all(ctx, tx, func(row scanner) (n none, err error) {
		var outbox int64
		var text string
		var marks map[string]int64
		if err = row.Scan(&outbox, &text); err == nil {
			err = json.Unmarshal([]byte(text), &marks)
		}
		for _, id := range marks {
			if own[id] {
				shown = append(shown, outbox)
				break
			}
		}
		return n, err
	}, `SELECT outbox_id, marks FROM letter WHERE marks <> '{}' AND body <> ''`)
	return shown, err
}

// dropRaws deletes mails as they came, unless they are another mail's too.
func dropRaws(ctx context.Context, tx *sql.Conn, raws []int64) error {
	return inLists(raws, 1, func(list string, args []any) error {
		shared, err := all(ctx, tx, scanInt, `SELECT raw_id FROM mail WHERE raw_id IN (`+list+`)`, args...)
		if err != nil {
			return err
		}
		for _, raw := range args {
			if slices.ContainsFunc(shared, func(id int64) bool { return any(id) == raw }) {
				continue
			}
			if err := exec(ctx, tx, `DELETE FROM raw WHERE id = ?1`, raw); err != nil {
				return err
			}
		}
		return nil
	})
}

// hashOf is what is kept of an address whose owner asked to be forgotten.
func hashOf(addr string) string {
	sum := sha256.Sum256([]byte("forgotten\x00" + team.CleanAddress(addr)))
	return hex.EncodeToString(sum[:])
}

// isForgotten tells whether the owner of an address asked to be forgotten.
func isForgotten(ctx context.Context, tx *sql.Conn, addr string) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT 1 FROM forgotten WHERE hash = ?1`, hashOf(addr))
	return ok, err
}

// leaveOutForgotten takes those from the roster who asked to be forgotten.
func (a *applying) leaveOutForgotten(ctx context.Context, tx *sql.Conn) error {
	gone := map[string]bool{} // main addresses
	for _, w := range a.persons {
		for _, addr := range w.Addresses {
			forgotten, err := isForgotten(ctx, tx, addr)
			if err != nil {
				return err
			}
			if forgotten {
				gone[w.Address()] = true
				a.change(team.Keep, "member "+w.Address(), "left out, as they asked to be forgotten (take them out of the file)")
				break
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	teams := slices.Clone(a.roster.Teams)
	for i := range teams {
		teams[i].Members = slices.DeleteFunc(slices.Clone(teams[i].Members), func(m team.RosterMember) bool {
			return gone[team.CleanAddress(m.Member.Address())]
		})
	}
	a.roster.Teams = teams
	a.persons = slices.DeleteFunc(a.persons, func(w *wanted) bool { return gone[w.Address()] })
	return nil
}

// Readmit lets an address be a member's again whose owner asked to be forgotten. It tells whether it was such a one.
func (s *Store) Readmit(ctx context.Context, addr string, now time.Time) (was bool, err error) {
	err = s.write(ctx, "readmitting an address", func(ctx context.Context, tx *sql.Conn) error {
		n, err := changed(ctx, tx, `DELETE FROM forgotten WHERE hash = ?1`, hashOf(addr))
		if was = n > 0; err != nil || !was {
			return err
		}
		return logChange(ctx, tx, change{by: byAdmin, what: "readmitted " + team.CleanAddress(addr)}, now)
	})
	return was, err
}

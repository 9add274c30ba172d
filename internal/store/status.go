package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// troubles is how many held and failed mails a status shows, and of members whom mail does not reach.
const troubles = 20

// unclaimedFor is how long a status shows a complaint of which nobody knows whose it is.
const unclaimedFor = 30 * 24 * time.Hour

// Status is what the daemon has done and will do, with the next upcoming slots.
func (s *Store) Status(ctx context.Context, now time.Time, upcoming int) (st team.Status, err error) {
	st.Outcomes, st.Outbox = map[team.Outcome]int{}, map[team.OutboxState]int{}
	err = s.read(ctx, "reading the status", func(ctx context.Context, tx *sql.Conn) error {
		if st.Mailboxes, err = all(ctx, tx, scanMailbox, `
			SELECT account, validity, last_uid, new_from, baseline_at, seen_at FROM mailbox ORDER BY account`); err != nil {
			return err
		}
		if err := count(ctx, tx, st.Outcomes, `SELECT outcome, COUNT(*) FROM mail GROUP BY outcome`); err != nil {
			return err
		}
		if err := count(ctx, tx, st.Outbox, `SELECT state, COUNT(*) FROM outbox GROUP BY state`); err != nil {
			return err
		}
		_, _, err := one(ctx, tx, func(row scanner) (n none, err error) { return n, row.Scan(&st.Outside, &st.Merged) }, `
			SELECT COUNT(CASE WHEN state = 'expired' AND line = ?1 THEN 1 END), COUNT(CASE WHEN kind = 'digest' THEN 1 END)
			FROM outbox WHERE state IN ('failed', 'expired')`, team.OutsideHours)
		if err != nil {
			return err
		}
		_, _, err = one(ctx, tx, func(row scanner) (n none, err error) { return n, row.Scan(&st.Missed.Today, &st.Missed.All) }, `
			SELECT COUNT(CASE WHEN received_at > ?1 THEN 1 END), COUNT(*) FROM mail WHERE missed = 1`, ms(now.Add(-24*time.Hour)))
		if err != nil {
			return err
		}
		if st.Unclaimed, err = all(ctx, tx, scanKept, keptQuery+` WHERE unclaimed = 1 AND received_at > ?1 ORDER BY received_at DESC, id DESC LIMIT ?2 + 0`,
			ms(now.Add(-unclaimedFor)), troubles); err != nil {
			return err
		}
		if st.Held, err = all(ctx, tx, scanKept, keptQuery+` WHERE outcome = 'held' ORDER BY received_at DESC, id DESC LIMIT ?1 + 0`, troubles); err != nil {
			return err
		}
		if st.Failed, err = all(ctx, tx, func(row scanner) (m team.FailedMail, err error) {
			var finished int64
			err = row.Scan(&m.To, &m.Subject, &m.Line, &finished)
			m.At = at(finished)
			return m, err
		}, `
			SELECT rcpt_to, subject, line, finished_at FROM outbox
			WHERE state IN ('failed', 'expired') ORDER BY finished_at DESC, id DESC LIMIT ?1 + 0`, troubles); err != nil {
			return err
		}
		unreached, err := all(ctx, tx, scanInt, `SELECT id FROM member WHERE unreached_at <> 0 ORDER BY unreached_at DESC, id LIMIT ?1 + 0`, troubles)
		if err != nil {
			return err
		}
		if st.Unreached, err = s.peopleInOrder(ctx, tx, unreached); err != nil {
			return err
		}
		if st.Quiet, err = s.quiet(ctx, tx, now); err != nil {
			return err
		}
		if st.Vitals, err = vitals(ctx, tx, now); err != nil {
			return err
		}
		if st.Troubles, err = all(ctx, tx, scanTrouble, troubleQuery+` WHERE t.ended_at = 0 ORDER BY t.since, t.kind, t.about`); err != nil {
			return err
		}
		st.Upcoming, err = upcomingSlots(ctx, tx, upcoming)
		return err
	})
	return st, err
}

const keptQuery = `SELECT id, uid, sender, subject, received_at, size, outcome, reason FROM mail`

func scanKept(row scanner) (m team.KeptMail, err error) {
	var received int64
	err = row.Scan(&m.ID, &m.UID, &m.From, &m.Subject, &received, &m.Size, &m.Outcome, &m.Reason)
	m.ReceivedAt = at(received)
	return m, err
}

// Mails are the newest arrived mails of the outcome, of all of them if it is "".
func (s *Store) Mails(ctx context.Context, outcome team.Outcome, limit int) (list []team.KeptMail, err error) {
	err = s.read(ctx, "reading mails", func(ctx context.Context, tx *sql.Conn) error {
		if outcome == "" {
			list, err = all(ctx, tx, scanKept, keptQuery+` ORDER BY id DESC LIMIT ?1 + 0`, limit)
		} else {
			list, err = all(ctx, tx, scanKept, keptQuery+` WHERE outcome = ?1 ORDER BY received_at DESC, id DESC LIMIT ?2 + 0`, string(outcome), limit)
		}
		return err
	})
	return list, err
}

// count fills into with the numbers of rows by their first column.
func count[K ~string](ctx context.Context, tx *sql.Conn, into map[K]int, query string) error {
	type group struct {
		key K
		n   int
	}
	groups, err := all(ctx, tx, func(row scanner) (g group, err error) { return g, row.Scan(&g.key, &g.n) }, query)
	for _, g := range groups {
		into[g.key] = g.n
	}
	return err
}

func upcomingSlots(ctx context.Context, tx *sql.Conn, limit int) ([]team.Upcoming, error) {
	slots, err := all(ctx, tx, scanSlot, `
		SELECT member_id, kind, checkin_id, day, due_at, until_at, opened
		FROM slot ORDER BY due_at, member_id, kind, checkin_id LIMIT ?1 + 0`, limit)
	if err != nil {
		return nil, err
	}
	members := make([]int64, len(slots))
	for i, slot := range slots {
		members[i] = slot.MemberID
	}
	found, err := people(ctx, tx, members)
	list := make([]team.Upcoming, 0, len(slots))
	for _, slot := range slots {
		p := found[slot.MemberID]
		u := team.Upcoming{Slot: slot, Name: p.Name, Address: p.Address(), Zone: p.DigestRule().Zone}
		if t, c, ok := checkInOf(p, slot.CheckInID); ok {
			u.Team, u.CheckIn, u.Zone = t.Slug, c.Name, p.RuleIn(t).Zone
		} else if len(p.Teams) == 1 {
			u.Team = p.Teams[0].Team.Slug
		}
		list = append(list, u)
	}
	return list, err
}

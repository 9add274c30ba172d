package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/team"
)

// How often leads are asked: a member asks three times a day, and a team that has said no only after a month again.
const (
	requestsADay  = 3
	requestsAgain = 30 * 24 * time.Hour
)

// Teams are all teams, with their slugs and names only.
func (s *Store) Teams(ctx context.Context) (list []team.Team, err error) {
	err = s.read(ctx, "reading the teams", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (t team.Team, err error) { return t, row.Scan(&t.ID, &t.Slug, &t.Name) },
			`SELECT id, slug, name FROM team ORDER BY slug`)
		return err
	})
	return list, err
}

// leave takes a member out of a team, and has its leads told.
func leave(ctx context.Context, tx *sql.Conn, c change, now time.Time) error {
	left, err := unenrol(ctx, tx, c, now)
	if err != nil || !left {
		return err
	}
	return tellLeads(ctx, tx, team.LeftNotice, c.member, c.team, now)
}

// tellLeads owes each lead of a team word of a member.
func tellLeads(ctx context.Context, tx *sql.Conn, kind team.NoticeKind, about, teamID int64, now time.Time) error {
	leads, err := all(ctx, tx, scanInt, `
		SELECT s.member_id FROM membership s JOIN member m ON m.id = s.member_id AND m.daybreak = 0
		WHERE s.team_id = ?1 AND s.lead = 1 AND s.member_id <> ?2`, teamID, about)
	for _, lead := range leads {
		if _, err := tell(ctx, tx, kind, lead, about, teamID, now); err != nil {
			return err
		}
	}
	return err
}

// ask has the leads of a team asked whether a member may join, or has m answered why not. Only who is or was in a team here may ask.
func (a *accepting) ask(ctx context.Context, tx *sql.Conn, c change, m *team.Mail) error {
	_, known, err := one(ctx, tx, scanInt, `
		SELECT 1 FROM member m WHERE m.id = ?1 AND (
			EXISTS (SELECT 1 FROM membership s WHERE s.member_id = m.id) OR EXISTS (SELECT 1 FROM former f WHERE f.member_id = m.id))`, c.member)
	if err != nil {
		return err
	}
	if !known {
		m.Answer = nil
		return nil
	}
	_, led, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE team_id = ?1 AND lead = 1 LIMIT 1`, c.team)
	if err != nil {
		return err
	}
	today, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM request WHERE member_id = ?1 AND asked_at > ?2`, c.member, ms(a.now.Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	_, asked, err := one(ctx, tx, scanInt, `
		SELECT id FROM request WHERE member_id = ?1 AND team_id = ?2 AND (verdict = '' OR verdict = 'no' AND settled_at > ?3)`,
		c.member, c.team, ms(a.now.Add(-requestsAgain)))
	switch {
	case err != nil:
		return err
	case !led:
		unclear(m, team.Doubt{Why: "nobody leads that team who could decide it; whoever runs daybreak can add you"})
		return nil
	case asked:
		unclear(m, team.Doubt{Why: "its leads were asked already"})
		return nil
	case today >= requestsADay:
		unclear(m, team.Doubt{Why: fmt.Sprintf("you have asked %d times since yesterday, which is enough", today)})
		return nil
	}
	err = exec(ctx, tx, `INSERT INTO request (member_id, team_id, asked_at, verdict) VALUES (?1, ?2, ?3, '')`, c.member, c.team, ms(a.now))
	if err != nil {
		return err
	}
	if err := tellLeads(ctx, tx, team.AsksNotice, c.member, c.team, a.now); err != nil {
		return err
	}
	slug, err := slugOf(ctx, tx, c.team)
	if err != nil {
		return err
	}
	c.what, c.became = changeAsks, slug
	return logChange(ctx, tx, c, a.now)
}

// withdrawRequest takes back that a member asks to join a team.
func withdrawRequest(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	n, err := changed(ctx, tx, `
		UPDATE request SET verdict = 'withdrawn', settled_at = ?3 WHERE member_id = ?1 AND team_id = ?2 AND verdict = ''`, c.member, last.team, ms(now))
	if err != nil || n == 0 {
		return false, err
	}
	c.team, c.what, c.was = last.team, changeAsks, last.became
	return true, logChange(ctx, tx, c, now)
}

// decide carries out what a lead says to a member who asks to join.
func decide(ctx context.Context, tx *sql.Conn, c change, yes bool, now time.Time) (*team.Doubt, error) {
	verdict := "no"
	if yes {
		verdict = "yes"
	}
	n, err := changed(ctx, tx, `
		UPDATE request SET verdict = ?3, settled_at = ?4 WHERE member_id = ?1 AND team_id = ?2 AND verdict = ''`, c.member, c.team, verdict, ms(now))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return &team.Doubt{Why: "that is decided already, or they do not ask any more"}, nil
	}
	if !yes {
		slug, err := slugOf(ctx, tx, c.team)
		if err != nil {
			return nil, err
		}
		c.what, c.was = changeAsks, slug
		if err := logChange(ctx, tx, c, now); err != nil {
			return nil, err
		}
		_, err = tell(ctx, tx, team.TurnedAwayNotice, c.member, c.asked, c.team, now)
		return nil, err
	}
	if err := lendZone(ctx, tx, c); err != nil {
		return nil, err
	}
	if _, err := enrol(ctx, tx, c, false, now); err != nil {
		return nil, err
	}
	_, err = tell(ctx, tx, team.AdmittedNotice, c.member, c.asked, c.team, now)
	return nil, err
}

// lendZone gives a member who would have no zone in a team the one of their other team, else that of the lead.
func lendZone(ctx context.Context, tx *sql.Conn, c change) error {
	found, err := people(ctx, tx, []int64{c.member, c.asked})
	if err != nil {
		return err
	}
	known, err := teams(ctx, tx, []int64{c.team})
	if err != nil {
		return err
	}
	if _, err := found[c.member].RuleIn(known[c.team]).Location(); err == nil {
		return nil
	}
	zone := found[c.member].DigestRule().Zone
	if zone == "" {
		zone = found[c.asked].RuleIn(known[c.team]).Zone
	}
	return exec(ctx, tx, `UPDATE member SET zone = ?2 WHERE id = ?1`, c.member, zone)
}

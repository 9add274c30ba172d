package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// invite has somebody asked, once and for all, whether they want to be in a team.
func invite(ctx context.Context, tx *sql.Conn, c change, addr string, now time.Time) error {
	notice, err := tell(ctx, tx, team.InvitationNotice, c.member, c.asked, c.team, now)
	if err != nil {
		return err
	}
	err = exec(ctx, tx, `
		INSERT INTO invitation (addr, member_id, team_id, lead_id, notice_id, asked_at, verdict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')`,
		addr, c.member, c.team, c.asked, notice, ms(now))
	if err != nil {
		return err
	}
	c.what, c.became = changeInvited, addr
	return logChange(ctx, tx, c, now)
}

// invitation is into which team, and by whom.
type invitation struct{ team, lead int64 }

func scanInvitation(row scanner) (i invitation, err error) { return i, row.Scan(&i.team, &i.lead) }

// turnInvitation withdraws an invitation that is not answered, or lets a withdrawn one hold again. A mail that was sent is not sent again.
func turnInvitation(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	from, to, addr := "", "withdrawn", last.became
	if addr == "" {
		from, to, addr = "withdrawn", "", last.was
	}
	n, err := changed(ctx, tx, `UPDATE invitation SET verdict = ?3 WHERE addr = ?1 AND verdict = ?2`, addr, from, to)
	if err != nil || n == 0 {
		return false, err
	}
	c.what, c.was, c.became = changeInvited, last.became, last.was
	return true, logChange(ctx, tx, c, now)
}

// settleInvitation carries out an answer to an invitation. Who says no gets no answer to that, and is never asked again; they may still say
// yes.
func (a *accepting) settleInvitation(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) error {
	if m.Joins.Notice == 0 {
		_, err := decline(ctx, tx, m.MemberID, a.now)
		return err
	}
	verdict := "no"
	if m.Joins.Yes {
		verdict = "yes"
	}
	i, open, err := one(ctx, tx, scanInvitation, `
		UPDATE invitation SET settled_at = ?3, verdict = ?4
		WHERE notice_id = ?1 AND member_id = ?2 AND (verdict IN ('', 'undelivered') OR verdict = 'no' AND ?4 = 'yes')
		RETURNING team_id, lead_id`, m.Joins.Notice, m.MemberID, ms(a.now), verdict)
	switch {
	case err != nil:
		return err
	case !open && m.Joins.Yes:
		unclear(m, team.Doubt{Why: "the invitation does not hold any more"})
		return nil
	case !open:
		m.Answer = nil
		return nil
	case !m.Joins.Yes:
		m.Answer = nil
		_, err := tell(ctx, tx, team.DeclinedNotice, i.lead, m.MemberID, i.team, a.now)
		return err
	}
	if _, err := enrol(ctx, tx, change{by: byMail, mail: mail, member: m.MemberID, team: i.team}, false, a.now); err != nil {
		return err
	}
	_, err = tell(ctx, tx, team.JoinedNotice, i.lead, m.MemberID, i.team, a.now)
	return err
}

// undelivered has the lead told who invited somebody, if the mail that failed for good is that which asks them. It is not sent again.
func undelivered(ctx context.Context, tx *sql.Conn, f team.Failure, when time.Time) error {
	i, open, err := one(ctx, tx, scanInvitation, `
		UPDATE invitation SET verdict = 'undelivered' WHERE member_id = ?1 AND verdict = '' AND notice_id IN (
			SELECT n.id FROM notice n JOIN outbox o ON o.id = n.outbox_id
			WHERE n.member_id = ?1 AND SUBSTR(o.message_id, 1, LENGTH(?2) + 1) = ?2 || '@')
		RETURNING team_id, lead_id`, f.MemberID, clean(f.About))
	if err != nil || !open {
		return err
	}
	_, err = tell(ctx, tx, team.UndeliveredNotice, i.lead, f.MemberID, i.team, when)
	return err
}

// decline answers all open invitations of a member with no, and tells how many there were.
func decline(ctx context.Context, tx *sql.Conn, member int64, now time.Time) (int, error) {
	open, err := all(ctx, tx, scanInvitation, `
		UPDATE invitation SET settled_at = ?2, verdict = 'no' WHERE member_id = ?1 AND verdict IN ('', 'undelivered')
		RETURNING team_id, lead_id`, member, ms(now))
	if err != nil {
		return 0, err
	}
	for _, i := range open {
		if _, err := tell(ctx, tx, team.DeclinedNotice, i.lead, member, i.team, now); err != nil {
			return 0, err
		}
	}
	return len(open), nil
}

// Invited are those who are asked whether they want to be in a team, and have not answered, by name.
func (s *Store) Invited(ctx context.Context, teamID int64) (list []team.Person, err error) {
	err = s.read(ctx, "reading whom a team invited", func(ctx context.Context, tx *sql.Conn) error {
		ids, err := all(ctx, tx, scanInt, `
			SELECT m.id FROM member m JOIN invitation i ON i.member_id = m.id WHERE i.team_id = ?1 AND i.verdict = '' ORDER BY m.name, m.id`, teamID)
		if err != nil {
			return err
		}
		list, err = s.peopleInOrder(ctx, tx, ids)
		return err
	})
	return list, err
}

// Members are those who are in a team, by name.
func (s *Store) Members(ctx context.Context, teamID int64) (list []team.Person, err error) {
	err = s.read(ctx, "reading a team's members", func(ctx context.Context, tx *sql.Conn) error {
		list, err = s.members(ctx, tx, teamID)
		return err
	})
	return list, err
}

func (s *Store) members(ctx context.Context, tx *sql.Conn, teamID int64) ([]team.Person, error) {
	ids, err := all(ctx, tx, scanInt, `
		SELECT m.id FROM member m JOIN membership s ON s.member_id = m.id WHERE s.team_id = ?1 ORDER BY m.name, m.id`, teamID)
	if err != nil {
		return nil, err
	}
	return s.peopleInOrder(ctx, tx, ids)
}

// addRoster adds to an answer who is in the team that it is about, or in all that the person leads.
func (s *Store) addRoster(ctx context.Context, tx *sql.Conn, a *team.Answer, about int64) error {
	for _, in := range a.Person.Teams {
		if !in.Lead || about != 0 && in.Team.ID != about {
			continue
		}
		list, err := s.members(ctx, tx, in.Team.ID)
		if err != nil {
			return err
		}
		invited, err := all(ctx, tx, scanName, `SELECT addr FROM invitation WHERE team_id = ?1 AND verdict = ''`, in.Team.ID)
		if err != nil {
			return err
		}
		slices.Sort(invited)
		a.Members = append(a.Members, team.TeamMembers{Team: in.Team, Members: list, Invited: invited})
	}
	return nil
}

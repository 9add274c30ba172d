package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"daybreak/internal/team"
)

// ImportMembers puts persons into a team, or has them invited by one of its leads, and gives what changes by that; a dry run gives the same
// and changes nothing. Who is known already keeps what is set for them. As after an order by mail they stay in the team when a team file
// is applied that does not name them. All of it is done or nothing.
func (s *Store) ImportMembers(ctx context.Context, slug string, list []team.RosterMember, invites, dryRun bool, now time.Time) (changes []team.Change, err error) {
	err = s.write(ctx, "importing members", func(ctx context.Context, tx *sql.Conn) error {
		changes = nil
		teamID, ok, err := one(ctx, tx, scanInt, `SELECT id FROM team WHERE slug = ?1`, slug)
		if err == nil && !ok {
			err = unknown("there is no team %q", slug)
		}
		if err != nil {
			return err
		}
		found, err := teams(ctx, tx, []int64{teamID})
		if err != nil {
			return err
		}
		i := importing{team: found[teamID], now: now}
		if invites {
			var ok bool
			i.lead, ok, err = one(ctx, tx, scanInt, `SELECT member_id FROM membership WHERE team_id = ?1 AND lead = 1 ORDER BY id LIMIT 1`, teamID)
			if err == nil && !ok {
				err = refuse("nobody leads %s, in whose name others could be invited", i.team.Name)
			}
			if err != nil {
				return err
			}
		}
		for _, m := range list {
			c, err := i.member(ctx, tx, m)
			if err != nil {
				return err
			}
			changes = append(changes, c)
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return changes, nil
}

// importing is a table of members on its way into a team.
type importing struct {
	team team.Team
	lead int64 // in whose name they are invited, 0: they are put into it
	now  time.Time
}

// member imports one of them.
func (i importing) member(ctx context.Context, tx *sql.Conn, m team.RosterMember) (team.Change, error) {
	addr := m.Member.Address()
	became := team.Change{Action: "add", What: "member " + addr}
	c := change{by: byAdmin, team: i.team.ID}
	for _, a := range m.Member.Addresses {
		if gone, err := isForgotten(ctx, tx, a); err != nil || gone {
			became.Action, became.Detail = team.Keep, "left out, as the owner of "+a+" asked to be forgotten"
			return became, err
		}
		owner, err := ownerOf(ctx, tx, a)
		switch {
		case err != nil:
			return became, err
		case owner != 0 && c.member != 0 && owner != c.member:
			return became, refuse("the addresses of %s belong to two people", addr)
		case owner != 0:
			c.member = owner
		}
	}
	_, in, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE member_id = ?1 AND team_id = ?2`, c.member, c.team)
	if err != nil || in {
		became.Action, became.Detail = team.Keep, "in "+i.team.Slug+" already"
		return became, err
	}
	_, asked, err := one(ctx, tx, scanName, `SELECT verdict FROM invitation WHERE addr = ?1`, addr)
	if err != nil || asked && i.lead != 0 {
		became.Action, became.Detail = team.Keep, "was asked before, and nobody is asked twice"
		return became, err
	}
	became.Detail = m.Member.Name + ", joins " + i.team.Slug
	if c.member == 0 {
		c.member, _, err = one(ctx, tx, scanInt, `
			INSERT INTO member (name, `+ruleNames+`, paused, planned, revision, made_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, 1, ?15)
			RETURNING id`, append(append([]any{clean(m.Member.Name)}, ruleArgs(m.Member.Rule)...), ms(i.now))...)
		if err != nil {
			return became, err
		}
		for position, a := range m.Member.Addresses {
			if err := exec(ctx, tx, `INSERT INTO address (addr, member_id, position) VALUES (?1, ?2, ?3)`, a, c.member, position); err != nil {
				return became, err
			}
		}
	}
	found, err := people(ctx, tx, []int64{c.member})
	if err != nil {
		return became, err
	}
	if _, wrong := found[c.member].RuleIn(i.team).Location(); wrong != nil {
		if m.Member.Rule.Zone == "" {
			return became, refuse("%s has no zone", addr)
		}
		if err := exec(ctx, tx, `UPDATE member SET zone = ?2 WHERE id = ?1`, c.member, m.Member.Rule.Zone); err != nil {
			return became, err
		}
	}
	if i.lead != 0 {
		became.Detail = m.Member.Name + ", is invited to " + i.team.Slug
		c.asked = i.lead
		return became, invite(ctx, tx, c, addr, i.now)
	}
	if _, err := enrol(ctx, tx, c, false, i.now); err != nil || !m.Lead {
		return became, err
	}
	became.Detail += " as a lead"
	return became, exec(ctx, tx, `UPDATE membership SET lead = 1 WHERE team_id = ?1 AND member_id = ?2`, c.team, c.member)
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
)

// newcomersADay is how many people a lead adds or invites within any 24 hours: their mail is not to be a way to write to strangers. It is
// less than the answers a day, so that all of it is answered.
const newcomersADay = 8

// obeyLead carries out what a lead orders for a team, or has m answered why not. Of several orders those that can be are carried out.
func (a *accepting) obeyLead(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) error {
	doubt, err := a.obeyOne(ctx, tx, mail, m.MemberID, *m.Lead)
	switch {
	case err != nil:
		return err
	case len(m.Lead.More) == 0 && doubt != nil:
		unclear(m, *doubt)
		return nil
	case len(m.Lead.More) == 0:
		return nil
	}
	all := append([]team.LeadOrder{*m.Lead}, m.Lead.More...)
	var not []team.Came
	for i, o := range all {
		if i > 0 {
			if doubt, err = a.obeyOne(ctx, tx, mail, m.MemberID, o); err != nil {
				return err
			}
		}
		if doubt != nil {
			not = append(not, team.Came{Mail: mail, Words: string(o.Act) + " " + o.Address, Doubt: *doubt})
		}
	}
	notDone(m, not)
	return nil
}

// obeyOne carries out one order of a lead's, or says why not.
func (a *accepting) obeyOne(ctx context.Context, tx *sql.Conn, mail, lead int64, o team.LeadOrder) (doubt *team.Doubt, err error) {
	by := change{by: byMail, mail: mail, asked: lead, team: o.TeamID}
	may, err := leads(ctx, tx, lead, o.TeamID)
	if err != nil {
		return nil, err
	}
	switch {
	case !may:
		doubt = &team.Doubt{Why: "only a lead of the team can do that"}
	case o.Act == team.SetRule:
		doubt, err = setForTeam(ctx, tx, by, o.Set, a.now)
	case o.Act == team.RemoveMember:
		by.member = o.Member
		err = remove(ctx, tx, by, a.now)
	case o.Act == team.AdmitMember || o.Act == team.TurnAway:
		by.member = o.Member
		doubt, err = decide(ctx, tx, by, o.Act == team.AdmitMember, a.now)
	default:
		doubt, err = newcomer(ctx, tx, by, o, a.now)
	}
	return doubt, err
}

// takeOut takes a member out of a team at a lead's word, and has them told, unless they were not even told that they are in it.
func takeOut(ctx context.Context, tx *sql.Conn, c change, now time.Time) (bool, error) {
	_, unaware, err := one(ctx, tx, scanInt, `
		SELECT id FROM notice WHERE member_id = ?1 AND team_id = ?2 AND kind = 'welcome' AND made_at IS NULL LIMIT 1`, c.member, c.team)
	if err != nil {
		return false, err
	}
	gone, err := unenrol(ctx, tx, c, now)
	if err != nil || !gone || unaware {
		return gone, err
	}
	_, err = tell(ctx, tx, team.RemovedNotice, c.member, c.asked, c.team, now)
	return true, err
}

// remove takes a member out of a team, or withdraws what invites them to it.
func remove(ctx context.Context, tx *sql.Conn, c change, now time.Time) error {
	gone, err := takeOut(ctx, tx, c, now)
	if err != nil || gone {
		return err
	}
	invited, err := all(ctx, tx, scanName, `SELECT addr FROM invitation WHERE member_id = ?1 AND team_id = ?2 AND verdict = ''`, c.member, c.team)
	for _, addr := range invited {
		if _, err := turnInvitation(ctx, tx, c, change{became: addr}, now); err != nil {
			return err
		}
	}
	return err
}

func leads(ctx context.Context, tx *sql.Conn, member, teamID int64) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE member_id = ?1 AND team_id = ?2 AND lead = 1`, member, teamID)
	return ok, err
}

// newcomer adds or invites somebody, or says why not.
func newcomer(ctx context.Context, tx *sql.Conn, c change, o team.LeadOrder, now time.Time) (*team.Doubt, error) {
	today, _, err := one(ctx, tx, scanInt, `
		SELECT COUNT(*) FROM change
		WHERE asked_by = ?1 AND made_at > ?2 AND what IN (?3, ?4) AND became <> '' AND undoes IS NULL`,
		c.asked, ms(now.Add(-24*time.Hour)), changeTeam, changeInvited)
	if err != nil {
		return nil, err
	}
	if today >= newcomersADay {
		return &team.Doubt{Why: fmt.Sprintf("you have added or invited %d people since yesterday, which is as many as I take in a day; go on tomorrow", today)}, nil
	}
	found, err := teams(ctx, tx, []int64{o.TeamID})
	if err != nil {
		return nil, err
	}
	t := found[o.TeamID]
	verdict, asked, err := one(ctx, tx, scanName, `SELECT verdict FROM invitation WHERE addr = ?1`, o.Address)
	if err != nil {
		return nil, err
	}
	switch {
	case asked && o.Act == team.InviteMember:
		return &team.Doubt{Why: o.Address + " was asked before, and I ask nobody twice"}, nil
	case asked && verdict != "yes":
		return &team.Doubt{Why: o.Address + " was asked and has not said yes, so that only they can decide it, by replying to that mail"}, nil
	}
	if gone, err := isForgotten(ctx, tx, o.Address); err != nil || gone {
		return &team.Doubt{Why: "the owner of " + o.Address + " asked to be forgotten here"}, err
	}
	if c.member, err = ownerOf(ctx, tx, o.Address); err != nil {
		return nil, err
	}
	if doubt, err := mayJoin(ctx, tx, c, o, t); doubt != nil || err != nil {
		return doubt, err
	}
	if c.member == 0 {
		if c.member, err = newMember(ctx, tx, c, o, t, now); err != nil {
			return nil, err
		}
	}
	if doubt, err := hasZone(ctx, tx, c, o, t); doubt != nil || err != nil {
		return doubt, err
	}
	if o.Act == team.InviteMember {
		return nil, invite(ctx, tx, c, o.Address, now)
	}
	if _, err := enrol(ctx, tx, c, false, now); err != nil {
		return nil, err
	}
	_, err = tell(ctx, tx, team.WelcomeNotice, c.member, c.asked, c.team, now)
	return nil, err
}

// mayJoin says why somebody who is known already cannot be put into a team; nil if they can.
func mayJoin(ctx context.Context, tx *sql.Conn, c change, o team.LeadOrder, t team.Team) (*team.Doubt, error) {
	_, in, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE member_id = ?1 AND team_id = ?2`, c.member, c.team)
	if err != nil || in {
		return &team.Doubt{Why: o.Address + " is in " + t.Name + " already"}, err
	}
	own, left, err := one(ctx, tx, scanInt, `
		SELECT CASE WHEN made_by = 'mail' AND asked_by IS NULL AND became = '' THEN 1 ELSE 0 END
		FROM change WHERE member_id = ?1 AND team_id = ?2 AND what = ?3 ORDER BY id DESC LIMIT 1`, c.member, c.team, changeTeam)
	if err != nil || left && own == 1 {
		return &team.Doubt{Why: o.Address + " has left " + t.Name + " themselves, so that only they can come back"}, err
	}
	return nil, nil
}

// newMember makes a member of whom a lead has named, in no team yet.
func newMember(ctx context.Context, tx *sql.Conn, c change, o team.LeadOrder, t team.Team, now time.Time) (int64, error) {
	zone := o.Zone
	if zone == "" && o.Act == team.InviteMember { // they may read it before they are in the team
		lead, err := people(ctx, tx, []int64{c.asked})
		if err != nil {
			return 0, err
		}
		zone = cmp.Or(t.Defaults.Zone, lead[c.asked].RuleIn(t).Zone)
	}
	id, _, err := one(ctx, tx, scanInt, `
		INSERT INTO member (name, zone, days, hours_start, hours_end, paused, planned, revision, made_at)
		VALUES (?1, ?2, 0, 0, 0, 0, 0, 1, ?3)
		RETURNING id`, clean(cmp.Or(o.Name, team.NameFrom(o.Address))), zone, ms(now))
	if err != nil {
		return 0, err
	}
	return id, exec(ctx, tx, `INSERT INTO address (addr, member_id, position) VALUES (?1, ?2, 0)`, o.Address, id)
}

// hasZone says why nobody would know what day it is for a newcomer, nil if it is known. What the member has set themselves stays.
func hasZone(ctx context.Context, tx *sql.Conn, c change, o team.LeadOrder, t team.Team) (*team.Doubt, error) {
	found, err := people(ctx, tx, []int64{c.member, c.asked})
	if err != nil {
		return nil, err
	}
	if _, err := found[c.member].RuleIn(t).Location(); err == nil {
		return nil, nil
	}
	if o.Zone != "" {
		return nil, exec(ctx, tx, `UPDATE member SET zone = ?2 WHERE id = ?1`, c.member, o.Zone)
	}
	words := strings.Join(strings.Fields(strings.Join([]string{string(o.Act), o.Address, o.Name, "tz", found[c.asked].RuleIn(t).Zone, "team", t.Slug}, " ")), " ")
	return &team.Doubt{Why: "it does not say in which zone " + o.Address + " is", Try: []string{words}}, nil
}

// setForTeam changes a part of a team's rule, and logs it if that is anything new. Whoever would have no zone then keeps it from that.
func setForTeam(ctx context.Context, tx *sql.Conn, c change, s team.Setting, now time.Time) (*team.Doubt, error) {
	part, ok := team.RulePartOf(s.Part)
	if !ok {
		return nil, unknown("a rule has no part %q", s.Part)
	}
	found, err := teams(ctx, tx, []int64{c.team})
	if err != nil {
		return nil, err
	}
	t := found[c.team]
	c.what, c.was = s.Part, part.Text(t.Defaults)
	part.Take(&t.Defaults, s.Rule)
	if c.became = part.Text(t.Defaults); c.became == c.was {
		return nil, nil
	}
	members, err := all(ctx, tx, scanInt, `SELECT member_id FROM membership WHERE team_id = ?1`, c.team)
	if err != nil {
		return nil, err
	}
	if s.Part == "zone" {
		known, err := people(ctx, tx, members)
		if err != nil {
			return nil, err
		}
		for _, id := range members {
			if _, err := known[id].RuleIn(t).Location(); err != nil {
				return &team.Doubt{Why: known[id].Name + " has no other zone"}, nil
			}
		}
	}
	if err := chooseForTeam(ctx, tx, c); err != nil {
		return nil, err
	}
	columns := strings.Split(ruleNames, ", ")
	for i := range columns {
		columns[i] += fmt.Sprintf(" = ?%d", i+2)
	}
	if err := exec(ctx, tx, `UPDATE team SET `+strings.Join(columns, ", ")+` WHERE id = ?1`, append([]any{c.team}, ruleArgs(t.Defaults)...)...); err != nil {
		return nil, err
	}
	for _, id := range members {
		if err := replan(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return nil, logChange(ctx, tx, c, now)
}

// chooseForTeam notes that a lead set a part of the team's rule, unless it is again what the team file states.
func chooseForTeam(ctx context.Context, tx *sql.Conn, c change) error {
	err := exec(ctx, tx, `
		INSERT INTO chosen_team (team_id, part, filed) VALUES (?1, ?2, ?3) ON CONFLICT (team_id, part) DO NOTHING`, c.team, c.what, clean(c.was))
	if err != nil {
		return err
	}
	return exec(ctx, tx, `DELETE FROM chosen_team WHERE team_id = ?1 AND part = ?2 AND filed = ?3`, c.team, c.what, clean(c.became))
}

// undoOrders takes all changes back that a mail of a lead's made, the last of which is given, and names those that do not hold any more.
func undoOrders(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (undone bool, not []team.Came, err error) {
	made, err := all(ctx, tx, scanChange, `
		SELECT `+changeColumns+` FROM change WHERE mail_id = ?1 AND asked_by = ?2 ORDER BY id DESC`, last.mail, last.asked)
	if err != nil {
		return false, nil, err
	}
	for _, each := range made {
		done, err := undoForTeam(ctx, tx, c, each, now)
		if err != nil {
			return false, nil, err
		}
		undone = undone || done
		if !done {
			about, err := people(ctx, tx, []int64{each.member})
			if err != nil {
				return false, nil, err
			}
			not = append(not, team.Came{Mail: c.mail, Doubt: team.Doubt{Why: about[each.member].Address() + " was changed since"}})
		}
	}
	return undone, not, nil
}

// undoForTeam takes a change back that a lead made, if they lead the team still and it still holds.
func undoForTeam(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	c.undoes, c.member, c.team, c.asked = last.id, last.member, last.team, last.asked
	if may, err := leads(ctx, tx, c.asked, c.team); err != nil || !may {
		return false, err
	}
	switch last.what {
	case changeTeam:
		if last.became == "" {
			return enrol(ctx, tx, c, true, now)
		}
		return takeOut(ctx, tx, c, now)
	case changeInvited:
		return turnInvitation(ctx, tx, c, last, now)
	case changeAsks: // they know that the answer is no
		return false, nil
	}
	part, ok := team.RulePartOf(last.what)
	if !ok {
		return false, unknown("a rule has no part %q", last.what)
	}
	found, err := teams(ctx, tx, []int64{c.team})
	if err != nil || part.Text(found[c.team].Defaults) != last.became {
		return false, err
	}
	before, err := part.Parse(last.was)
	if err != nil {
		return false, err
	}
	doubt, err := setForTeam(ctx, tx, c, team.Setting{Part: last.what, Rule: before}, now)
	return doubt == nil, err
}

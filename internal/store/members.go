package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"daybreak/internal/team"
)

// applyPersons stores who the persons are, apart from their places in teams.
func (a *applying) applyPersons(ctx context.Context, tx *sql.Conn) error {
	named := map[int64]bool{} // teams
	for _, t := range a.known.teams {
		named[t.ID] = slices.ContainsFunc(a.roster.Teams, func(r team.RosterTeam) bool { return r.Team.Slug == t.Slug })
	}
	slugs, leads := map[int64]string{}, map[int64]map[string]bool{}
	for _, t := range a.known.teams {
		slugs[t.ID] = t.Slug
	}
	for _, w := range a.persons {
		leads[w.ID] = w.leads
	}
	elsewhere := map[int64]bool{} // members of teams in which the roster does not have them, and leaves them
	for _, m := range a.known.memberships {
		filed, chosen := a.places[place{m.member, m.team}]
		_, listed := leads[m.member][slugs[m.team]]
		elsewhere[m.member] = elsewhere[m.member] || !named[m.team] || chosen && !filed && !listed
	}
	chosen, err := chosenParts(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range a.persons {
		if err := w.respect(ctx, tx, chosen[w.ID], a.known.people[w.ID].Member, elsewhere[w.ID]); err != nil {
			return err
		}
		if elsewhere[w.ID] {
			w.keep(a.known.people[w.ID].Member)
		}
	}
	if err := a.keepConfirmed(ctx, tx); err != nil {
		return err
	}
	moved, err := a.moves(elsewhere)
	if err != nil {
		return err
	}
	for _, w := range a.persons {
		have := a.known.people[w.ID].Member
		rules := ruleChanges(have.Rule, w.Rule)
		if w.ID == 0 {
			values := append([]any{clean(w.Name)}, ruleArgs(w.Rule)...)
			w.fresh = true
			w.ID, _, err = one(ctx, tx, scanInt, `
				INSERT INTO member (name, `+ruleNames+`, paused, planned, revision, made_at)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, 1, ?15)
				RETURNING id`, append(values, a.now)...)
			if err != nil {
				return err
			}
			continue
		}
		details := append(without(
			differ("name", have.Name, w.Name),
			differ("addresses", commas(have.Addresses), commas(w.Addresses))), rules...)
		for _, d := range details {
			w.changes = append(w.changes, team.Change{Action: "change", What: "member " + w.Address(), Detail: d})
		}
		if len(rules) > 0 {
			a.replan[w.ID] = true
		}
		if len(details) == 0 {
			continue
		}
		if err := exec(ctx, tx, `UPDATE member SET name = ?2 WHERE id = ?1`, w.ID, clean(w.Name)); err != nil {
			return err
		}
		if err := storeRule(ctx, tx, w.ID, w.Rule); err != nil {
			return err
		}
		if have.Rule.Zone != w.Rule.Zone {
			if err := forgetOffsets(ctx, tx, w.ID); err != nil {
				return err
			}
		}
	}
	if err := a.storeAddresses(ctx, tx, moved); err != nil {
		return err
	}
	return a.applyDelegates(ctx, tx, elsewhere)
}

// respect leaves what the person chose by mail as it is, unless the roster states something else than it did before: the newest word counts.
// In a team that is not all of theirs the roster may leave it unsaid.
func (w *wanted) respect(ctx context.Context, tx *sql.Conn, chosen map[string]string, have team.Member, elsewhere bool) error {
	if filed, ok := chosen[changeName]; ok && w.Name == filed && w.Name != have.Name {
		w.changes = append(w.changes, kept(w.Address(), changeName, have.Name, w.Name))
		w.Name = have.Name
	} else if ok && w.Name != filed {
		if err := exec(ctx, tx, `DELETE FROM chosen WHERE member_id = ?1 AND part = ?2`, w.ID, changeName); err != nil {
			return err
		}
	}
	for _, part := range team.RuleParts() {
		filed, ok := chosen[part.Key]
		now, is := part.Text(w.Rule), part.Text(have.Rule)
		switch {
		case !ok || elsewhere && now == "":
		case now == filed:
			part.Take(&w.Rule, have.Rule)
			w.changes = append(w.changes, kept(w.Address(), part.Name, is, now))
		default:
			if err := exec(ctx, tx, `DELETE FROM chosen WHERE member_id = ?1 AND part = ?2`, w.ID, part.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// kept tells of what a person chose by mail.
func kept(addr, what, is, filed string) team.Change {
	return team.Change{
		Action: team.Keep, What: "member " + addr, Detail: fmt.Sprintf("%s %s, which they chose by mail (the file: %s)", what, orUnset(is), orUnset(filed)),
	}
}

// keep leaves what the roster does not state about a person as it is.
func (w *wanted) keep(have team.Member) {
	for _, f := range team.RuleParts() {
		if f.Text(w.Rule) == "" {
			f.Take(&w.Rule, have.Rule)
		}
	}
	for _, addr := range have.Addresses {
		if !slices.Contains(w.Addresses, addr) {
			w.Addresses = append(w.Addresses, addr)
		}
	}
}

// keepConfirmed leaves people the addresses that they have confirmed by mail, unless the roster gives one to somebody else.
func (a *applying) keepConfirmed(ctx context.Context, tx *sql.Conn) error {
	type owned struct {
		member int64
		addr   string
	}
	confirmed, err := all(ctx, tx, func(row scanner) (o owned, err error) { return o, row.Scan(&o.member, &o.addr) },
		`SELECT member_id, addr FROM address WHERE source = 'mail' ORDER BY member_id, position`)
	if err != nil {
		return err
	}
	claimed := map[string]bool{}
	for _, w := range a.persons {
		for _, addr := range w.Addresses {
			claimed[addr] = true
		}
	}
	for _, o := range confirmed {
		i := slices.IndexFunc(a.persons, func(w *wanted) bool { return w.ID == o.member })
		if i >= 0 && !claimed[o.addr] {
			w := a.persons[i]
			w.Addresses, w.confirmed = append(w.Addresses, o.addr), append(w.confirmed, o.addr)
		}
	}
	return nil
}

// moves are the addresses that pass from members who are in no team any more, or will be in none, to a person of the roster. An address that belongs to
// someone who stays is an error.
func (a *applying) moves(elsewhere map[int64]bool) (moved []string, err error) {
	owner := map[string]int64{}
	for id, p := range a.known.people {
		for _, addr := range p.Addresses {
			owner[addr] = id
		}
	}
	listed := map[int64]*wanted{}
	claimed := map[string]*wanted{}
	for _, w := range a.persons {
		if w.ID != 0 {
			listed[w.ID] = w
		}
		for _, addr := range w.Addresses {
			if other := claimed[addr]; other != nil {
				return nil, belongsToBoth(addr, other.Member, w.Member)
			}
			claimed[addr] = w
		}
	}
	for _, w := range a.persons {
		for _, addr := range w.Addresses {
			id, taken := owner[addr]
			if !taken || id == w.ID || listed[id] != nil { // a listed owner gives it up: nobody else claims it
				continue
			}
			have := a.known.people[id]
			if elsewhere[id] {
				return nil, belongsToBoth(addr, have.Member, w.Member)
			}
			why := "who is in no team"
			if len(have.Teams) > 0 {
				why = "who leaves"
			}
			moved = append(moved, addr)
			w.changes = append(w.changes, team.Change{
				Action: "change", What: "member " + w.Address(), Detail: "takes " + addr + " over from " + have.Name + ", " + why,
			})
		}
	}
	return moved, nil
}

// storeAddresses gives each person their addresses. All that change hands are let go first.
func (a *applying) storeAddresses(ctx context.Context, tx *sql.Conn, moved []string) error {
	for _, addr := range moved {
		if err := exec(ctx, tx, `DELETE FROM address WHERE addr = ?1`, addr); err != nil {
			return err
		}
	}
	var changed []*wanted
	for _, w := range a.persons {
		if slices.Equal(a.known.people[w.ID].Addresses, w.Addresses) {
			continue
		}
		changed = append(changed, w)
		if err := exec(ctx, tx, `DELETE FROM address WHERE member_id = ?1`, w.ID); err != nil {
			return err
		}
	}
	for _, w := range changed {
		for position, addr := range w.Addresses {
			source := ""
			if slices.Contains(w.confirmed, addr) {
				source = "mail"
			}
			err := exec(ctx, tx, `INSERT INTO address (addr, member_id, position, source) VALUES (?1, ?2, ?3, ?4)`, addr, w.ID, position, source)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// applyMemberships makes exactly the roster's persons members of a team.
func (a *applying) applyMemberships(ctx context.Context, tx *sql.Conn, teamID int64, want team.RosterTeam, replanAll bool) error {
	slug := want.Team.Slug
	if err := a.forgetPlaces(ctx, tx, teamID, slug); err != nil {
		return err
	}
	have := map[int64]membership{}
	for _, m := range a.known.memberships {
		if m.team == teamID {
			have[m.member] = m
		}
	}
	stays := map[int64]bool{}
	for _, w := range a.persons {
		lead, listed := w.leads[slug]
		if !listed {
			continue
		}
		what := "member " + w.Address()
		old, joined := have[w.ID]
		if _, kept := a.places[place{w.ID, teamID}]; kept && !joined {
			a.change(team.Keep, what, "not in "+slug+", as a mail or an import said (the file has them in it)")
			a.changes, w.changes = append(a.changes, w.changes...), nil
			continue
		}
		stays[w.ID] = true
		if !joined {
			detail := "joins " + slug
			if w.fresh {
				detail, w.fresh = w.Name+", "+detail, false
			}
			if lead {
				detail += " as a lead"
			}
			a.change("add", what, detail)
			if err := join(ctx, tx, teamID, w.ID, lead, a.now); err != nil {
				return err
			}
		} else if old.lead != lead {
			a.change("change", what, differ("lead of "+slug, yesNo(old.lead), yesNo(lead)))
			err := exec(ctx, tx, `UPDATE membership SET lead = ?3 WHERE team_id = ?1 AND member_id = ?2`, teamID, w.ID, truth(lead))
			if err != nil {
				return err
			}
		}
		a.changes = append(a.changes, w.changes...)
		w.changes = nil
		if !joined || replanAll {
			a.replan[w.ID] = true
		}
	}
	for _, m := range a.known.memberships {
		if m.team != teamID || stays[m.member] {
			continue
		}
		if _, kept := a.places[place{m.member, teamID}]; kept {
			a.change(team.Keep, "member "+a.known.people[m.member].Address(), "in "+slug+", as a mail or an import said (the file does not have them in it)")
			if replanAll {
				a.replan[m.member] = true
			}
			continue
		}
		a.change("remove", "member "+a.known.people[m.member].Address(), "leaves "+slug)
		a.replan[m.member] = true
		if err := exec(ctx, tx, `DELETE FROM membership WHERE team_id = ?1 AND member_id = ?2`, teamID, m.member); err != nil {
			return err
		}
	}
	return nil
}

// join makes someone a member of a team, whose digests tell what is said from now on.
func join(ctx context.Context, tx *sql.Conn, teamID, member int64, lead bool, now int64) error {
	err := exec(ctx, tx, `
		INSERT INTO membership (team_id, member_id, lead, read_seq, joined_seq, joined_at)
		SELECT id, ?2, ?3, seq, seq, ?4 FROM team WHERE id = ?1`, teamID, member, truth(lead), now)
	if err != nil {
		return err
	}
	return tellNewcomer(ctx, tx, member, teamID, at(now))
}

// forgetPlaces forgets which places in a team were given or taken by mail where the roster does not say any more what it said then: what it
// says now counts.
func (a *applying) forgetPlaces(ctx context.Context, tx *sql.Conn, teamID int64, slug string) error {
	listed := map[int64]bool{}
	for _, w := range a.persons {
		_, listed[w.ID] = w.leads[slug]
	}
	for p, filed := range a.places {
		if p.team != teamID || filed == listed[p.member] {
			continue
		}
		delete(a.places, p)
		if err := exec(ctx, tx, `DELETE FROM chosen_place WHERE member_id = ?1 AND team_id = ?2`, p.member, p.team); err != nil {
			return err
		}
	}
	return nil
}

// respectTeam leaves what leads chose by mail for a team as it is, unless the roster states something else than it did then.
func (a *applying) respectTeam(ctx context.Context, tx *sql.Conn, have team.Team, want *team.Team) error {
	chosen := map[string]string{}
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var part, filed string
		err = row.Scan(&part, &filed)
		chosen[part] = filed
		return n, err
	}, `SELECT part, filed FROM chosen_team WHERE team_id = ?1`, have.ID)
	if err != nil {
		return err
	}
	for _, part := range team.RuleParts() {
		filed, ok := chosen[part.Key]
		now, is := part.Text(want.Defaults), part.Text(have.Defaults)
		switch {
		case !ok:
		case now == filed:
			part.Take(&want.Defaults, have.Defaults)
			a.change(team.Keep, "team "+have.Slug, part.Name+" "+orUnset(is)+", as a lead chose by mail (the file: "+orUnset(now)+")")
		default:
			if err := exec(ctx, tx, `DELETE FROM chosen_team WHERE team_id = ?1 AND part = ?2`, have.ID, part.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// Who makes changes.
const (
	byMail  = "mail"
	byNote  = "note"     // of an auto-responder
	byEvent = "calendar" // an event in the member's
	byLink  = "link"     // to unsubscribe
	byAdmin = "admin"
)

// What is changed beside the parts of a rule.
const (
	changePaused   = "paused"  // yes or ""
	changeAddress  = "address" // another of the member's
	changeAway     = "away"    // spans, see spansText
	changeTeam     = "team"    // the slug of the one in which the member has a place, or ""
	changeInvited  = "invited" // the address that is asked, or ""
	changeName     = "name"
	changeDelegate = "delegate"     // an address that may write for the member
	changeWritten  = "written"      // by what address an update was, for the member
	changeAsks     = "asks to join" // the slug of the team, or ""

	changeForgotten = "forgotten" // all of the member is erased
)

// change is one row of the log of changes.
type change struct {
	id           int64
	by           string
	mail, member int64 // 0 for none
	what         string
	was, became  string
	undoes       int64

	team  int64 // whose rule, or in which the member's place changed; 0 for none
	asked int64 // the lead who asked for it; 0: the member, or not by mail
}

func logChange(ctx context.Context, tx *sql.Conn, c change, now time.Time) error {
	return exec(ctx, tx, `
		INSERT INTO change (made_at, made_by, mail_id, member_id, what, was, became, undoes, team_id, asked_by)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
		ms(now), c.by, orNull(c.mail), orNull(c.member), clean(c.what), clean(c.was), clean(c.became), orNull(c.undoes),
		orNull(c.team), orNull(c.asked))
}

// Changes are the changes since a time, the newest first and at most so many; those of one member, or of all for member 0.
func (s *Store) Changes(ctx context.Context, member int64, since time.Time, limit int) (list []team.LoggedChange, err error) {
	err = s.read(ctx, "reading the changes", func(ctx context.Context, tx *sql.Conn) error {
		list, err = all(ctx, tx, func(row scanner) (c team.LoggedChange, err error) {
			var made int64
			var undoes int64
			err = row.Scan(&made, &c.By, &c.MailID, &c.Address, &c.What, &c.Was, &c.Is, &undoes, &c.Team, &c.AskedBy)
			c.At, c.Undoes = at(made), undoes != 0
			return c, err
		}, `
			SELECT c.made_at, c.made_by, COALESCE(c.mail_id, 0), COALESCE(a.addr, ''), c.what, c.was, c.became, COALESCE(c.undoes, 0),
				COALESCE(t.slug, ''), COALESCE(l.addr, '')
			FROM change c
				LEFT JOIN address a ON a.member_id = c.member_id AND a.position = 0
				LEFT JOIN team t ON t.id = c.team_id
				LEFT JOIN address l ON l.member_id = c.asked_by AND l.position = 0
			WHERE (?1 = 0 OR c.member_id = ?1 OR c.asked_by = ?1) AND c.made_at >= ?2
			ORDER BY c.id DESC LIMIT ?3 + 0`, member, ms(since), limit)
		return err
	})
	return list, err
}

// set changes a part of the member's own rule as they ask for it by mail, and logs it if that is anything new.
func set(ctx context.Context, tx *sql.Conn, c change, s team.Setting, now time.Time) error {
	part, ok := team.RulePartOf(s.Part)
	if !ok {
		return unknown("a rule has no part %q", s.Part)
	}
	found, err := people(ctx, tx, []int64{c.member})
	if err != nil {
		return err
	}
	rule := found[c.member].Member.Rule
	was := part.Text(rule)
	part.Take(&rule, s.Rule)
	if part.Text(rule) == was {
		return nil
	}
	if err := choose(ctx, tx, c.member, s.Part, was, part.Text(rule)); err != nil {
		return err
	}
	if err := storeRule(ctx, tx, c.member, rule); err != nil {
		return err
	}
	if err := replan(ctx, tx, c.member); err != nil {
		return err
	}
	if s.Part == "zone" { // they may be asked again whether they moved
		if err := forgetOffsets(ctx, tx, c.member); err != nil {
			return err
		}
	}
	c.what, c.was, c.became = s.Part, was, part.Text(rule)
	return logChange(ctx, tx, c, now)
}

// choose notes that a member set a part of their rule themselves, unless it is again what the team file states. Was is what it stated if they
// had not done so before.
func choose(ctx context.Context, tx *sql.Conn, member int64, part, was, is string) error {
	err := exec(ctx, tx, `
		INSERT INTO chosen (member_id, part, filed) VALUES (?1, ?2, ?3) ON CONFLICT (member_id, part) DO NOTHING`, member, part, clean(was))
	if err != nil {
		return err
	}
	return exec(ctx, tx, `DELETE FROM chosen WHERE member_id = ?1 AND part = ?2 AND filed = ?3`, member, part, clean(is))
}

// chosenParts are the parts of their rules that members chose by mail, with what the team file stated for each.
func chosenParts(ctx context.Context, tx *sql.Conn) (map[int64]map[string]string, error) {
	found := map[int64]map[string]string{}
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var member int64
		var part, filed string
		err = row.Scan(&member, &part, &filed)
		if found[member] == nil {
			found[member] = map[string]string{}
		}
		found[member][part] = filed
		return n, err
	}, `SELECT member_id, part, filed FROM chosen`)
	return found, err
}

func storeRule(ctx context.Context, tx *sql.Conn, member int64, rule team.Rule) error {
	return exec(ctx, tx, `
		UPDATE member SET zone = ?2, days = ?3, hours_start = ?4, hours_end = ?5, prompt_at = ?6, digest_at = ?7, receipts = ?8, weeks = ?9,
			day_hours = ?10, holidays = ?11, digests = ?12, comments = ?13, rollup = ?14
		WHERE id = ?1`, append([]any{member}, ruleArgs(rule)...)...)
}

// undo takes the last change back that the member made by mail, for themselves or as a lead, before c's mail came, and logs that. It tells
// whether there was one that still holds; of several that one mail of a lead's made, those that do not are named.
func undo(ctx context.Context, tx *sql.Conn, c change, now time.Time) (bool, []team.Came, error) {
	last, ok, err := one(ctx, tx, scanChange, `
		SELECT `+changeColumns+`
		FROM change WHERE made_by = 'mail' AND (member_id = ?1 AND asked_by IS NULL OR asked_by = ?1) AND mail_id < ?2
		ORDER BY id DESC LIMIT 1`, c.member, c.mail)
	if err != nil || !ok {
		return false, nil, err
	}
	if last.asked != 0 {
		return undoOrders(ctx, tx, c, last, now)
	}
	undone, err := undoOwn(ctx, tx, c, last, now)
	return undone, nil, err
}

const changeColumns = `id, mail_id, what, was, became, COALESCE(member_id, 0), COALESCE(team_id, 0), COALESCE(asked_by, 0)`

func scanChange(row scanner) (c change, err error) {
	return c, row.Scan(&c.id, &c.mail, &c.what, &c.was, &c.became, &c.member, &c.team, &c.asked)
}

// undoOwn takes a change back that the member made for themselves.
func undoOwn(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	c.undoes = last.id
	switch last.what {
	case changeTeam:
		c.team = last.team
		if last.became == "" {
			return enrol(ctx, tx, c, true, now)
		}
		return unenrol(ctx, tx, c, now)
	case changeAsks:
		return withdrawRequest(ctx, tx, c, last, now)
	case changePaused:
		return pause(ctx, tx, c, last.was != "", now)
	case changeAway:
		return restoreAway(ctx, tx, c, last, now)
	case changeName:
		return restoreName(ctx, tx, c, last, now)
	case changeDelegate:
		addr, may := last.became, false
		if addr == "" {
			addr, may = last.was, true
		}
		n, err := allow(ctx, tx, c, addr, may, now)
		return n > 0, err
	case changeWritten:
		return restoreWritten(ctx, tx, c, last, now)
	case changeAddress:
		if last.became == "" {
			return addAddress(ctx, tx, c, last.was, now)
		}
		return dropAddress(ctx, tx, c, last.became, now)
	}
	return restorePart(ctx, tx, c, last, now)
}

// addAddress makes an address one of the member's, and logs it. It tells whether it is theirs now and was not before.
func addAddress(ctx context.Context, tx *sql.Conn, c change, addr string, now time.Time) (bool, error) {
	n, err := changed(ctx, tx, `
		INSERT INTO address (addr, member_id, position, source)
		SELECT ?1, ?2, COALESCE(MAX(position), 0) + 1, 'mail' FROM address a WHERE a.member_id = ?2
		ON CONFLICT (addr) DO NOTHING`, addr, c.member)
	if err != nil || n == 0 {
		return false, err
	}
	c.what, c.became = changeAddress, addr
	return true, logChange(ctx, tx, c, now)
}

// dropAddress takes an address from the member that they had added by mail, and logs it.
func dropAddress(ctx context.Context, tx *sql.Conn, c change, addr string, now time.Time) (bool, error) {
	n, err := changed(ctx, tx, `DELETE FROM address WHERE addr = ?1 AND member_id = ?2 AND source = 'mail'`, addr, c.member)
	if err != nil || n == 0 {
		return false, err
	}
	c.what, c.was = changeAddress, addr
	return true, logChange(ctx, tx, c, now)
}

// AddAlias makes an address another one of a member's, as one does that they confirmed by mail: a team file leaves it.
func (s *Store) AddAlias(ctx context.Context, member int64, addr string, now time.Time) error {
	return s.write(ctx, "adding an address", func(ctx context.Context, tx *sql.Conn) error {
		added, err := addAddress(ctx, tx, change{by: byAdmin, member: member}, addr, now)
		if err != nil || added {
			return err
		}
		owner, err := ownerOf(ctx, tx, addr)
		switch {
		case err != nil:
			return err
		case owner == member:
			return refuse("%s is an address of theirs already", addr)
		}
		return refuse("%s is the address of somebody else", addr)
	})
}

// DropAlias takes an address from a member that they confirmed by mail, or that AddAlias gave them.
func (s *Store) DropAlias(ctx context.Context, member int64, addr string, now time.Time) error {
	return s.write(ctx, "taking an address away", func(ctx context.Context, tx *sql.Conn) error {
		dropped, err := dropAddress(ctx, tx, change{by: byAdmin, member: member}, addr, now)
		if err != nil || dropped {
			return err
		}
		owner, err := ownerOf(ctx, tx, addr)
		switch {
		case err != nil:
			return err
		case owner == member:
			return refuse("%s is an address that a team file gives them; take it out there, and apply the file", addr)
		}
		return refuse("%s is no address of theirs", addr)
	})
}

// unalias takes an address from the member, if it is one that they added by mail, or has m answered why not.
func (a *accepting) unalias(ctx context.Context, tx *sql.Conn, c change, m *team.Mail) error {
	dropped, err := dropAddress(ctx, tx, c, m.Unalias, a.now)
	if err != nil || dropped {
		return err
	}
	owner, err := ownerOf(ctx, tx, m.Unalias)
	why := m.Unalias + " is no address of yours here"
	if owner == m.MemberID {
		why = m.Unalias + " is not one that you have added by mail; whoever runs daybreak can take it out"
	}
	unclear(m, team.Doubt{Why: why})
	return err
}

// ownerOf is the member to whom an address belongs, 0 for nobody.
func ownerOf(ctx context.Context, tx *sql.Conn, addr string) (int64, error) {
	owner, _, err := one(ctx, tx, scanInt, `SELECT member_id FROM address WHERE addr = ?1`, addr)
	return owner, err
}

// restorePart gives a part of the member's rule the value that it had before a change, unless it has become something else since.
func restorePart(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	part, ok := team.RulePartOf(last.what)
	if !ok {
		return false, unknown("a rule has no part %q", last.what)
	}
	found, err := people(ctx, tx, []int64{c.member})
	if err != nil || part.Text(found[c.member].Member.Rule) != last.became {
		return false, err
	}
	before, err := part.Parse(last.was)
	if err != nil {
		return false, err
	}
	return true, set(ctx, tx, c, team.Setting{Part: last.what, Rule: before}, now)
}

// restoreAway takes away the leaves that a change made and puts those back that it ended, unless they have become something else since.
func restoreAway(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	made, err := parseSpans(last.became)
	if err != nil {
		return false, err
	}
	ended, err := parseSpans(last.was)
	if err != nil {
		return false, err
	}
	for _, s := range made {
		// The leave that a mail set is known by the mail; what is left of one that was cut, by its days.
		n, err := changed(ctx, tx, `DELETE FROM away WHERE member_id = ?1 AND from_day = ?2 AND through_day = ?3 AND (mail_id = ?4 OR ?5 = 1)`,
			c.member, day(s.From), throughOf(s), last.mail, truth(len(ended) > 0))
		if err != nil || n == 0 {
			return false, err
		}
	}
	for _, s := range ended {
		if err := insertAway(ctx, tx, c, s, 0, now); err != nil {
			return false, err
		}
	}
	c.what, c.was, c.became = changeAway, last.became, last.was
	if err := logChange(ctx, tx, c, now); err != nil {
		return false, err
	}
	return true, replan(ctx, tx, c.member)
}

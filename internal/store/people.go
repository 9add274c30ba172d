package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Person is the member with that ID. One who has left every team is still found, without teams.
func (s *Store) Person(ctx context.Context, id int64) (p team.Person, ok bool, err error) {
	err = s.read(ctx, "reading a member", func(ctx context.Context, tx *sql.Conn) error {
		found, err := s.people(ctx, tx, []int64{id})
		p, ok = found[id]
		return err
	})
	return p, ok, err
}

// PersonByAddress is the member to whom the address belongs. One who has left every team is still found, without teams.
func (s *Store) PersonByAddress(ctx context.Context, addr string) (p team.Person, ok bool, err error) {
	err = s.read(ctx, "reading a member", func(ctx context.Context, tx *sql.Conn) error {
		id, known, err := one(ctx, tx, scanInt, `SELECT member_id FROM address WHERE addr = ?1`, team.CleanAddress(addr))
		if err != nil || !known {
			return err
		}
		found, err := s.people(ctx, tx, []int64{id})
		p, ok = found[id]
		return err
	})
	return p, ok, err
}

// People are all who are in a team, by name.
func (s *Store) People(ctx context.Context) (list []team.Person, err error) {
	err = s.read(ctx, "reading the members", func(ctx context.Context, tx *sql.Conn) error {
		ids, err := all(ctx, tx, scanInt, `
			SELECT m.id FROM member m
			WHERE EXISTS (SELECT 1 FROM membership s WHERE s.member_id = m.id)
			ORDER BY m.name, m.id`)
		if err != nil {
			return err
		}
		list, err = s.peopleInOrder(ctx, tx, ids)
		return err
	})
	return list, err
}

// SetPaused stops or resumes everything that is sent to a member. Resumed, they are sent mail even if it did not arrive before.
func (s *Store) SetPaused(ctx context.Context, member int64, paused bool, now time.Time) error {
	return s.write(ctx, "pausing or resuming a member", func(ctx context.Context, tx *sql.Conn) error {
		if err := mustKnow(ctx, tx, member); err != nil {
			return err
		}
		if !paused {
			if err := reached(ctx, tx, member); err != nil {
				return err
			}
		}
		_, err := pause(ctx, tx, change{by: byAdmin, member: member}, paused, now)
		return err
	})
}

// Unsubscribe pauses a member who asked for it by the link in a mail. Who was invited has said no.
func (s *Store) Unsubscribe(ctx context.Context, member int64, now time.Time) error {
	return s.write(ctx, "unsubscribing a member", func(ctx context.Context, tx *sql.Conn) error {
		declined, err := decline(ctx, tx, member, now)
		if err != nil {
			return err
		}
		_, in, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE member_id = ?1`, member)
		if err != nil || declined > 0 && !in { // they may still say yes
			return err
		}
		_, err = pause(ctx, tx, change{by: byLink, member: member}, true, now)
		return err
	})
}

// RemoveMember takes a member out of every team. What they said stays.
func (s *Store) RemoveMember(ctx context.Context, member int64, now time.Time) error {
	return s.write(ctx, "removing a member", func(ctx context.Context, tx *sql.Conn) error {
		if err := mustKnow(ctx, tx, member); err != nil {
			return err
		}
		if err := exec(ctx, tx, `DELETE FROM membership WHERE member_id = ?1`, member); err != nil {
			return err
		}
		if err := logChange(ctx, tx, change{by: byAdmin, member: member, what: "removed from every team"}, now); err != nil {
			return err
		}
		return replan(ctx, tx, member)
	})
}

func mustKnow(ctx context.Context, tx *sql.Conn, member int64) error {
	_, ok, err := one(ctx, tx, scanInt, `SELECT id FROM member WHERE id = ?1`, member)
	if err == nil && !ok {
		err = unknown("there is no member %d", member)
	}
	return err
}

// pause pauses or resumes the change's member, and logs it if that is anything new.
func pause(ctx context.Context, tx *sql.Conn, c change, paused bool, now time.Time) (bool, error) {
	n, err := changed(ctx, tx, `UPDATE member SET paused = ?2 WHERE id = ?1 AND paused <> ?2`, c.member, truth(paused))
	if err != nil || n == 0 {
		return false, err
	}
	c.what, c.was, c.became = changePaused, "yes", ""
	if paused {
		c.was, c.became = "", "yes"
	}
	if err := logChange(ctx, tx, c, now); err != nil {
		return false, err
	}
	return true, replan(ctx, tx, c.member)
}

// replan has a member's slots computed anew. Slots that no longer may be acted on go at once: all of a member who is paused or in
// no team, and those of check-ins of teams that the member is not in.
func replan(ctx context.Context, tx *sql.Conn, member int64) error {
	if err := exec(ctx, tx, `UPDATE member SET planned = 0, revision = revision + 1 WHERE id = ?1`, member); err != nil {
		return err
	}
	return exec(ctx, tx, `
		DELETE FROM slot WHERE member_id = ?1 AND NOT (
			EXISTS (SELECT 1 FROM member m WHERE m.id = ?1 AND m.paused = 0)
			AND EXISTS (
				SELECT 1 FROM membership s
				WHERE s.member_id = ?1 AND (slot.checkin_id = 0 OR EXISTS (
					SELECT 1 FROM checkin c
					WHERE c.id = slot.checkin_id AND c.team_id = s.team_id AND c.removed_at IS NULL))))`, member)
}

func (s *Store) peopleInOrder(ctx context.Context, tx *sql.Conn, ids []int64) ([]team.Person, error) {
	found, err := s.people(ctx, tx, ids)
	list := make([]team.Person, 0, len(ids))
	for _, id := range ids {
		if p, ok := found[id]; ok {
			list = append(list, p)
		}
	}
	return list, err
}

// people reads members with their addresses, teams and leaves, in five queries for each list. Unknown IDs are left out.
func people(ctx context.Context, tx *sql.Conn, ids []int64) (map[int64]team.Person, error) {
	found := make(map[int64]team.Person, len(ids))
	type pair struct {
		member, team int64
		text         string
		lead         int64
	}
	var memberships []pair
	err := inLists(ids, 1, func(list string, args []any) error {
		members, err := all(ctx, tx, func(row scanner) (m team.Member, err error) {
			var rule ruleColumns
			var since, probed int64
			var told, rolled string
			if err := row.Scan(append([]any{&m.ID, &m.Name, &m.Paused, &since, &probed, &m.Unreached.Why, &m.Unreached.Daybreak, &told, &rolled, &m.Missed}, rule.dest()...)...); err != nil {
				return m, err
			}
			if m.Told, err = date(told); err != nil {
				return m, err
			}
			if m.Rolled, err = date(rolled); err != nil {
				return m, err
			}
			m.Unreached.Since, m.Unreached.Probed = at(since), at(probed)
			m.Rule, err = rule.rule()
			return m, err
		}, `
			SELECT id, name, paused, unreached_at, probed_at, unreached_why, daybreak, told_day, rolled_day,
				EXISTS (SELECT 1 FROM digest d WHERE d.member_id = member.id AND d.day = told_day AND d.asked = 0 AND d.lapsed = 1), `+ruleNames+`
			FROM member WHERE id IN (`+list+`)`, args...)
		if err != nil {
			return err
		}
		addresses, err := all(ctx, tx, func(row scanner) (p pair, err error) { return p, row.Scan(&p.member, &p.text) },
			`SELECT member_id, addr FROM address WHERE member_id IN (`+list+`) ORDER BY member_id, position`, args...)
		if err != nil {
			return err
		}
		more, err := all(ctx, tx, func(row scanner) (p pair, err error) { return p, row.Scan(&p.member, &p.team, &p.lead) },
			`SELECT member_id, team_id, lead FROM membership WHERE member_id IN (`+list+`) ORDER BY id`, args...)
		if err != nil {
			return err
		}
		memberships = append(memberships, more...)
		for _, m := range members {
			found[m.ID] = team.Person{Member: m}
		}
		for _, a := range addresses {
			p := found[a.member]
			p.Addresses = append(p.Addresses, a.text)
			found[a.member] = p
		}
		return addAway(ctx, tx, list, args, found)
	})
	if err != nil {
		return nil, err
	}
	var teamIDs []int64
	for _, m := range memberships {
		teamIDs = append(teamIDs, m.team)
	}
	known, err := teams(ctx, tx, teamIDs)
	for _, m := range memberships {
		p := found[m.member]
		p.Teams = append(p.Teams, team.Membership{Team: known[m.team], Lead: m.lead != 0})
		found[m.member] = p
	}
	return found, err
}

// teams reads teams with their check-ins.
func teams(ctx context.Context, tx *sql.Conn, ids []int64) (map[int64]team.Team, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make(map[int64]team.Team, len(ids))
	err := inLists(ids, 1, func(list string, args []any) error {
		some, err := all(ctx, tx, scanTeam, `
			SELECT id, slug, name, sender_check, response, `+ruleNames+`, `+daysOffNames+`
			FROM team WHERE id IN (`+list+`)`, args...)
		if err != nil {
			return err
		}
		checkins, err := all(ctx, tx, func(row scanner) (c team.CheckIn, err error) {
			var questions, schedule string
			if err := row.Scan(&c.ID, &c.TeamID, &c.Name, &questions, &c.Reminder, &schedule); err != nil {
				return c, err
			}
			if schedule != "" {
				if c.Schedule, err = team.ParseSchedule(schedule); err != nil {
					return c, err
				}
			}
			c.Questions, err = parseTexts(questions)
			return c, err
		}, `
			SELECT id, team_id, name, questions, reminder, schedule
			FROM checkin WHERE team_id IN (`+list+`) AND removed_at IS NULL
			ORDER BY team_id, position, id`, args...)
		if err != nil {
			return err
		}
		for _, t := range some {
			found[t.ID] = t
		}
		for _, c := range checkins {
			t := found[c.TeamID]
			t.CheckIns = append(t.CheckIns, c)
			found[c.TeamID] = t
		}
		return nil
	})
	return found, err
}

func scanTeam(row scanner) (t team.Team, err error) {
	var rule ruleColumns
	var off daysOffColumns
	if err := row.Scan(slices.Concat([]any{&t.ID, &t.Slug, &t.Name, &t.SenderCheck, &t.Response}, rule.dest(), off.dest())...); err != nil {
		return t, err
	}
	if t.Defaults, err = rule.rule(); err != nil {
		return t, err
	}
	t.DaysOff, err = off.daysOff()
	return t, err
}

// ruleNames are the columns in which a rule is kept.
const ruleNames = "zone, days, hours_start, hours_end, prompt_at, digest_at, receipts, weeks, day_hours, holidays, digests, comments, rollup"

// ruleColumns are a rule as it is kept, in the order of ruleNames.
type ruleColumns struct {
	zone            string
	days            int64
	start, end      int64
	prompt, digest  sql.NullInt64
	receipts        string
	weeks, dayHours string
	holidays        string
	digests         string
	comments        string
	rollup          string
}

func (r *ruleColumns) dest() []any {
	return []any{&r.zone, &r.days, &r.start, &r.end, &r.prompt, &r.digest, &r.receipts, &r.weeks, &r.dayHours, &r.holidays, &r.digests, &r.comments, &r.rollup}
}

func (r *ruleColumns) rule() (team.Rule, error) {
	days, hours := team.Workdays{Days: team.Weekdays(r.days)}, team.WorkHours{Hours: team.Hours{Start: team.Clock(r.start), End: team.Clock(r.end)}}
	var wrongDays, wrongHours error
	if r.weeks != "" {
		days, wrongDays = team.ParseWorkdays(r.weeks)
	}
	if r.dayHours != "" {
		hours, wrongHours = team.ParseWorkHours(r.dayHours)
	}
	return team.Rule{
		Zone: r.zone, Days: days, Hours: hours,
		Prompt: team.Clock(r.prompt.Int64), PromptSet: r.prompt.Valid,
		Digest: team.Clock(r.digest.Int64), DigestSet: r.digest.Valid,
		Digests:  team.Digests(r.digests),
		Receipts: team.Receipts(r.receipts),
		Comments: team.Comments(r.comments),
		Rollup:   team.Rollup(r.rollup),
		Holidays: r.holidays,
	}, errors.Join(wrongDays, wrongHours)
}

// ruleArgs are a rule's values in the order of ruleNames.
func ruleArgs(r team.Rule) []any {
	weeks, dayHours := "", ""
	if r.Days.Other != 0 {
		weeks = r.Days.String()
	}
	if r.Hours.Day != [7]team.Hours{} {
		dayHours = r.Hours.String()
	}
	return []any{
		r.Zone, int64(r.Days.Days), int64(r.Hours.Start), int64(r.Hours.End),
		sql.NullInt64{Int64: int64(r.Prompt), Valid: r.PromptSet},
		sql.NullInt64{Int64: int64(r.Digest), Valid: r.DigestSet},
		string(r.Receipts), weeks, dayHours, clean(r.Holidays), string(r.Digests), string(r.Comments), string(r.Rollup),
	}
}

// textsJSON keeps texts in one column, as a JSON array.
func textsJSON(texts []string) string {
	if texts == nil {
		texts = []string{}
	}
	text, _ := json.Marshal(texts) // strings can always be written
	return string(text)
}

// parseTexts is the inverse of textsJSON; no texts are nil.
func parseTexts(text string) (texts []string, err error) {
	if err = json.Unmarshal([]byte(text), &texts); len(texts) == 0 {
		texts = nil
	}
	return texts, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
)

// Roster gives all teams with their check-ins and members in the form that ApplyRoster takes: applying it changes nothing.
func (s *Store) Roster(ctx context.Context) (r team.Roster, err error) {
	err = s.read(ctx, "reading the teams", func(ctx context.Context, tx *sql.Conn) error {
		known, err := rosterState(ctx, tx)
		if err != nil {
			return err
		}
		filed, err := filedDelegates(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range known.teams {
			out := team.RosterTeam{Team: t}
			out.Team.ID = 0
			out.Team.CheckIns = slices.Clone(t.CheckIns)
			for i := range out.Team.CheckIns {
				out.Team.CheckIns[i].ID, out.Team.CheckIns[i].TeamID = 0, 0
			}
			for _, m := range known.memberships {
				if m.team == t.ID {
					member := known.people[m.member].Member
					member.Delegates = filed[member.ID]
					member.ID, member.Paused = 0, false
					out.Members = append(out.Members, team.RosterMember{Member: member, Lead: m.lead})
				}
			}
			r.Teams = append(r.Teams, out)
		}
		return nil
	})
	return r, err
}

// known is what the database has of teams and people.
type known struct {
	teams       []team.Team // in the order in which they were made
	people      map[int64]team.Person
	memberships []membership // in the order of joining
}

type membership struct {
	team, member int64
	lead         bool
}

func rosterState(ctx context.Context, tx *sql.Conn) (k known, err error) {
	ids, err := all(ctx, tx, scanInt, `SELECT id FROM team ORDER BY id`)
	if err != nil {
		return k, err
	}
	found, err := teams(ctx, tx, slices.Clone(ids))
	if err != nil {
		return k, err
	}
	for _, id := range ids {
		k.teams = append(k.teams, found[id])
	}
	members, err := all(ctx, tx, scanInt, `SELECT id FROM member ORDER BY id`)
	if err != nil {
		return k, err
	}
	if k.people, err = people(ctx, tx, members); err != nil {
		return k, err
	}
	k.memberships, err = all(ctx, tx, func(row scanner) (m membership, err error) {
		return m, row.Scan(&m.team, &m.member, &m.lead)
	}, `SELECT team_id, member_id, lead FROM membership ORDER BY id`)
	return k, err
}

// errDryRun undoes what a dry run has done.
var errDryRun = errors.New("dry run")

// ApplyRoster makes teams, check-ins and members as the roster says, and gives what changes by that; a dry run gives the same and
// changes nothing. Teams that the roster does not name stay. Members and check-ins that it does not name leave its teams; what
// they said stays. A person who is also in a team that the roster does not name keeps what the roster does not state about them.
// A newcomer's first digest begins with what is said after joining.
func (s *Store) ApplyRoster(ctx context.Context, r team.Roster, dryRun bool, now time.Time) ([]team.Change, error) {
	const act = "applying the teams"
	list, err := persons(r)
	if err != nil {
		return nil, s.fault(act, err)
	}
	a := applying{roster: r, persons: list, now: ms(now), replan: map[int64]bool{}}
	err = s.write(ctx, act, func(ctx context.Context, tx *sql.Conn) error {
		if err := a.leaveOutForgotten(ctx, tx); err != nil {
			return err
		}
		if err := a.apply(ctx, tx); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return a.changes, nil
}

// applying is one roster being applied.
type applying struct {
	roster  team.Roster
	persons []*wanted
	now     int64
	known   known
	changes []team.Change
	replan  map[int64]bool // members whose slots must be computed anew
	places  map[place]bool // given or taken by mail, with whether the file had them then
}

func (a *applying) change(action, what string, details ...string) {
	if len(details) == 0 {
		details = []string{""}
	}
	for _, d := range details {
		a.changes = append(a.changes, team.Change{Action: action, What: what, Detail: d})
	}
}

func (a *applying) apply(ctx context.Context, tx *sql.Conn) (err error) {
	if a.known, err = rosterState(ctx, tx); err != nil {
		return err
	}
	if a.places, err = chosenPlaces(ctx, tx); err != nil {
		return err
	}
	identify(a.persons, a.known.people)
	if err := a.applyPersons(ctx, tx); err != nil {
		return err
	}
	for _, t := range a.roster.Teams {
		if err := a.applyTeam(ctx, tx, t); err != nil {
			return err
		}
	}
	if err := a.checkZones(ctx, tx); err != nil {
		return err
	}
	if err := a.log(ctx, tx); err != nil {
		return err
	}
	for member := range a.replan {
		if err := replan(ctx, tx, member); err != nil {
			return err
		}
	}
	return nil
}

// log puts what the roster changes into the log of changes.
func (a *applying) log(ctx context.Context, tx *sql.Conn) error {
	ids := map[string]int64{}
	for id, p := range a.known.people {
		ids["member "+p.Address()] = id
	}
	for _, w := range a.persons {
		ids["member "+w.Address()] = w.ID
	}
	for _, c := range a.changes {
		if c.Action == team.Keep {
			continue
		}
		what := c.Action + " " + c.What
		if c.Detail != "" {
			what += ": " + c.Detail
		}
		if err := logChange(ctx, tx, change{by: byAdmin, member: ids[c.What], what: what}, at(a.now)); err != nil {
			return err
		}
	}
	return nil
}

// checkZones makes sure that everyone's day is known.
func (a *applying) checkZones(ctx context.Context, tx *sql.Conn) error {
	ids := make([]int64, len(a.persons))
	for i, w := range a.persons {
		ids[i] = w.ID
	}
	for p := range a.places { // some stay whom the roster does not name
		if !slices.Contains(ids, p.member) {
			ids = append(ids, p.member)
		}
	}
	found, err := people(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, m := range found[id].Teams {
			if _, err := found[id].RuleIn(m.Team).Location(); err != nil {
				return refuse("%s in team %s: %w", found[id].Address(), m.Team.Slug, err)
			}
		}
	}
	return nil
}

func (a *applying) applyTeam(ctx context.Context, tx *sql.Conn, want team.RosterTeam) error {
	i := slices.IndexFunc(a.known.teams, func(t team.Team) bool { return t.Slug == want.Team.Slug })
	var have team.Team
	if i >= 0 {
		have = a.known.teams[i]
	}
	if err := a.respectTeam(ctx, tx, have, &want.Team); err != nil {
		return err
	}
	rules := ruleChanges(have.Defaults, want.Team.Defaults)
	daysOff := daysOffChanges(have.DaysOff, want.Team.DaysOff)
	senders := without(differ("sender_check", string(have.SenderCheck), string(want.Team.SenderCheck)))
	values := slices.Concat([]any{want.Team.Slug, clean(want.Team.Name)}, ruleArgs(want.Team.Defaults), daysOffArgs(want.Team.DaysOff),
		[]any{string(want.Team.SenderCheck), string(want.Team.Response)})
	response := without(differ("response", string(have.Response), string(want.Team.Response)))
	if i < 0 {
		a.change("add", "team "+want.Team.Slug, want.Team.Name)
		id, _, err := one(ctx, tx, scanInt, `
			INSERT INTO team (slug, name, `+ruleNames+`, `+daysOffNames+`, sender_check, response, seq, made_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, 0, ?21)
			RETURNING id`, append(values, a.now)...)
		if err != nil {
			return err
		}
		have.ID = id
	} else if details := slices.Concat(without(differ("name", have.Name, want.Team.Name)), rules, daysOff, senders, response); len(details) > 0 {
		a.change("change", "team "+want.Team.Slug, details...)
		err := exec(ctx, tx, `
			UPDATE team SET name = ?2, zone = ?3, days = ?4, hours_start = ?5, hours_end = ?6, prompt_at = ?7, digest_at = ?8, receipts = ?9, weeks = ?10,
				day_hours = ?11, holidays = ?12, digests = ?13, comments = ?14, rollup = ?15, own_days = ?16, calendar = ?17, calendar_days = ?18, sender_check = ?19,
				response = ?20
			WHERE slug = ?1`, values...)
		if err != nil {
			return err
		}
	}
	replan, err := a.applyCheckIns(ctx, tx, have, want.Team)
	if err != nil {
		return err
	}
	return a.applyMemberships(ctx, tx, have.ID, want, replan || len(rules)+len(daysOff) > 0)
}

func (a *applying) applyCheckIns(ctx context.Context, tx *sql.Conn, have, want team.Team) (replan bool, err error) {
	index := func(list []team.CheckIn, name string) int {
		return slices.IndexFunc(list, func(c team.CheckIn) bool { return c.Name == name })
	}
	var order []int // positions that check-ins which stay had before
	for position, c := range want.CheckIns {
		what := "check-in " + want.Slug + "/" + c.Name
		questions := textsJSON(c.Questions)
		if i := index(have.CheckIns, c.Name); i >= 0 {
			old := have.CheckIns[i]
			order = append(order, i)
			details := without(
				differ("questions", strings.Join(old.Questions, " "), strings.Join(c.Questions, " ")),
				differ("days", old.Schedule.String(), c.Schedule.String()),
				differ("reminder", onOff(old.Reminder), onOff(c.Reminder)))
			replan = replan || old.Schedule != c.Schedule
			if len(details) > 0 {
				a.change("change", what, details...)
			}
			if old.Reminder && !c.Reminder {
				if err := exec(ctx, tx, `DELETE FROM slot WHERE checkin_id = ?1 AND kind = 'reminder'`, old.ID); err != nil {
					return false, err
				}
			}
		} else {
			a.change("add", what, strings.Join(c.Questions, " "))
			replan = true
		}
		err := exec(ctx, tx, `
			INSERT INTO checkin (team_id, name, questions, reminder, position, schedule) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT (team_id, name) DO UPDATE SET
				questions = excluded.questions, reminder = excluded.reminder, position = excluded.position, schedule = excluded.schedule,
				removed_at = NULL`,
			have.ID, c.Name, questions, truth(c.Reminder), position, scheduleText(c.Schedule))
		if err != nil {
			return false, err
		}
	}
	if !slices.IsSorted(order) {
		var names []string
		for _, c := range want.CheckIns {
			names = append(names, c.Name)
		}
		a.change("change", "team "+want.Slug, "check-ins now in the order "+commas(names))
	}
	for _, c := range have.CheckIns {
		if index(want.CheckIns, c.Name) < 0 {
			a.change("remove", "check-in "+want.Slug+"/"+c.Name)
			replan = true
			if err := exec(ctx, tx, `UPDATE checkin SET removed_at = ?2 WHERE id = ?1`, c.ID, a.now); err != nil {
				return false, err
			}
		}
	}
	return replan, nil
}

// scheduleText is the form in which a schedule is kept; every working day is "".
func scheduleText(s team.Schedule) string {
	if s == (team.Schedule{}) {
		return ""
	}
	return s.String()
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// without gives the texts that are not empty.
func without(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

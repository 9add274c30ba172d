package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"daybreak/internal/team"
)

// undoneMail is a mail that was held, and has not done what its writer wanted, as it is stored.
type undoneMail struct {
	Mail  int64    `json:"mail"`
	Words string   `json:"words,omitempty"`
	Why   string   `json:"why"`
	Try   []string `json:"try,omitempty"`
}

func refusedJSON(came []team.Came) string {
	list := []undoneMail{}
	for _, c := range came {
		list = append(list, undoneMail{c.Mail, c.Words, c.Doubt.Why, c.Doubt.Try})
	}
	text, _ := json.Marshal(list) // strings can always be written
	return clean(string(text))
}

func refusedIn(ctx context.Context, tx *sql.Conn, mail int64) (not []undoneMail, err error) {
	text, _, err := one(ctx, tx, scanName, `SELECT refused FROM answer WHERE mail_id = ?1`, mail)
	if err != nil {
		return nil, err
	}
	return not, json.Unmarshal([]byte(text), &not)
}

// cameOfOrders tells what came of each of several orders that a lead gave in one mail, first what was done; nothing of a single one.
func (s *Store) cameOfOrders(ctx context.Context, tx *sql.Conn, mail, lead int64) ([]team.Came, error) {
	not, err := refusedIn(ctx, tx, mail)
	if err != nil {
		return nil, err
	}
	var whose, in []int64
	list, err := all(ctx, tx, func(row scanner) (c team.Came, err error) {
		is := &c.Changed
		c.Mail = mail
		err = row.Scan(&is.Part, &is.Was, &is.Is, &is.Undone, &is.Whose.ID, &is.Team.ID)
		whose, in = append(whose, is.Whose.ID), append(in, is.Team.ID)
		return c, err
	}, `
		SELECT what, was, became, undoes IS NOT NULL, COALESCE(member_id, 0), COALESCE(team_id, 0)
		FROM change WHERE mail_id = ?1 AND asked_by = ?2 ORDER BY id`, mail, lead)
	if err != nil || len(list)+len(not) < 2 {
		return nil, err
	}
	people, err := s.people(ctx, tx, whose)
	if err != nil {
		return nil, err
	}
	known, err := teams(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	for i := range list {
		is := &list[i].Changed
		is.Whose, is.Team = people[is.Whose.ID], known[is.Team.ID]
	}
	for _, n := range not {
		list = append(list, team.Came{Mail: mail, Words: n.Words, Doubt: team.Doubt{Why: n.Why, Try: n.Try}})
	}
	return list, nil
}

// cameOf tells of the mails that a member's yes released what came of those that changed something or were not done.
func (s *Store) cameOf(ctx context.Context, tx *sql.Conn, yes, member int64) ([]team.Came, error) {
	not, err := refusedIn(ctx, tx, yes)
	if err != nil {
		return nil, err
	}
	whose, in := []int64{}, []int64{}
	list, err := all(ctx, tx, func(row scanner) (c team.Came, err error) {
		var undoes int64
		is := &c.Changed
		if err := row.Scan(&c.Mail, &is.Part, &is.Was, &is.Is, &undoes, &is.Whose.ID, &is.Team.ID); err != nil {
			return c, err
		}
		is.Undone = undoes != 0
		whose, in = append(whose, is.Whose.ID), append(in, is.Team.ID)
		for _, r := range not {
			if r.Mail == c.Mail {
				c.Words, c.Doubt = r.Words, team.Doubt{Why: r.Why, Try: r.Try}
			}
		}
		if is.Part != changeAway {
			return c, nil
		}
		if c.Ended, err = parseSpans(is.Was); err != nil {
			return c, err
		}
		c.Away, err = parseSpans(is.Is)
		return c, err
	}, `
		SELECT h.id, COALESCE(c.what, ''), COALESCE(c.was, ''), COALESCE(c.became, ''), COALESCE(c.undoes, 0),
			CASE WHEN c.asked_by IS NULL THEN 0 ELSE COALESCE(c.member_id, 0) END, COALESCE(c.team_id, 0)
		FROM confirmation q JOIN mail h ON h.confirmation_id = q.id
			LEFT JOIN change c ON c.id = (
				SELECT MAX(id) FROM change WHERE mail_id = h.id AND (member_id = ?2 AND asked_by IS NULL OR asked_by = ?2))
		WHERE q.settled_by = ?1
		ORDER BY h.id`, yes, member)
	if err != nil {
		return nil, err
	}
	people, err := s.people(ctx, tx, whose)
	if err != nil {
		return nil, err
	}
	known, err := teams(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	var came []team.Came
	for _, c := range list {
		c.Changed.Whose, c.Changed.Team = people[c.Changed.Whose.ID], known[c.Changed.Team.ID]
		if c.Changed.Part != "" || c.Doubt.Why != "" {
			came = append(came, c)
		}
	}
	return came, nil
}

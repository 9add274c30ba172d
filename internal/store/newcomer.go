package store

import (
	"context"
	"database/sql"
	"time"

	"daybreak/internal/team"
)

// newcomerDays are the days before a newcomer's joining of which they are told.
const newcomerDays = 14

// settled is how long after a joining a newcomer is told: after they are welcomed, and not if whoever put them in takes it back at once.
const settled = time.Minute

// tellNewcomer owes somebody who has joined a team what was written there in the last two weeks, and who is who. Where nothing was
// written, as when a team begins, there is nothing to tell.
func tellNewcomer(ctx context.Context, tx *sql.Conn, member, teamID int64, now time.Time) error {
	if err := exec(ctx, tx, `DELETE FROM notice WHERE member_id = ?1 AND team_id = ?2 AND kind = 'newcomer' AND made_at IS NULL`, member, teamID); err != nil {
		return err
	}
	before, err := seqBefore(ctx, tx, teamID, now.AddDate(0, 0, -newcomerDays))
	if err != nil {
		return err
	}
	_, written, err := one(ctx, tx, scanInt, `
		SELECT 1 FROM entry WHERE team_id = ?1 AND seq > ?2 AND withdrawn_at IS NULL LIMIT 1`, teamID, before)
	if err != nil || !written {
		return err
	}
	_, err = tell(ctx, tx, team.NewcomerNotice, member, member, teamID, now.Add(settled))
	return err
}

// addBefore adds to the notices of newcomers what was written in the team before they joined, and who is in it.
func (s *Store) addBefore(ctx context.Context, tx *sql.Conn, list []team.Notice, now time.Time) error {
	for i := range list {
		n := &list[i]
		if n.Kind != team.NewcomerNotice {
			continue
		}
		in := span{team: n.Team.ID}
		joined, _, err := one(ctx, tx, func(row scanner) (at int64, err error) { return at, row.Scan(&at, &in.through) }, `
			SELECT joined_at, joined_seq FROM membership WHERE member_id = ?1 AND team_id = ?2`, n.Person.ID, n.Team.ID)
		if err != nil {
			return err
		}
		if in.from, err = seqBefore(ctx, tx, in.team, at(joined).AddDate(0, 0, -newcomerDays)); err != nil {
			return err
		}
		r, err := readingOfSpan(ctx, tx, in)
		if err != nil {
			return err
		}
		r.Team = n.Team
		if r.Members, err = s.members(ctx, tx, n.Team.ID); err != nil {
			return err
		}
		turns := []team.Turn{{Person: n.Person, Slot: team.Slot{MemberID: n.Person.ID, At: at(joined)}, Reading: []team.Reading{r}}}
		if err := addOpenItems(ctx, tx, turns, now); err != nil {
			return err
		}
		n.Before = &turns[0]
	}
	return nil
}

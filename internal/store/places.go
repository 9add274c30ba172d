package store

import (
	"context"
	"database/sql"
	"time"
)

// enrol gives a member a place in a team, as a change by mail does, and logs it. It tells whether they had none. Who had one before has it
// again as it was, with what came meanwhile unread, if that is wanted; else they begin with what is said from now on.
func enrol(ctx context.Context, tx *sql.Conn, c change, again bool, now time.Time) (bool, error) {
	_, in, err := one(ctx, tx, scanInt, `SELECT id FROM membership WHERE member_id = ?1 AND team_id = ?2`, c.member, c.team)
	if err != nil || in {
		return false, err
	}
	err = exec(ctx, tx, `
		DELETE FROM notice WHERE member_id = ?1 AND team_id = ?2 AND kind = 'removed' AND made_at IS NULL`, c.member, c.team)
	if err != nil {
		return false, err
	}
	n := int64(0)
	if again {
		n, err = changed(ctx, tx, `
			INSERT INTO membership (id, team_id, member_id, lead, read_seq, joined_seq, joined_at)
			SELECT CASE WHEN EXISTS (SELECT 1 FROM membership s WHERE s.id = f.membership_id) THEN NULL ELSE f.membership_id END,
				f.team_id, f.member_id, f.lead, f.read_seq, f.joined_seq, f.joined_at
			FROM former f WHERE f.member_id = ?1 AND f.team_id = ?2`, c.member, c.team)
	}
	if err == nil && n == 0 {
		err = join(ctx, tx, c.team, c.member, false, ms(now))
	}
	if err != nil {
		return false, err
	}
	return true, placed(ctx, tx, c, true, now)
}

// unenrol takes a member's place in a team, as a change by mail does, and logs it. It tells whether they had one. What they said stays.
func unenrol(ctx context.Context, tx *sql.Conn, c change, now time.Time) (bool, error) {
	err := exec(ctx, tx, `
		INSERT INTO former (member_id, team_id, membership_id, lead, read_seq, joined_seq, joined_at)
		SELECT member_id, team_id, id, lead, read_seq, joined_seq, joined_at FROM membership WHERE member_id = ?1 AND team_id = ?2
		ON CONFLICT (member_id, team_id) DO UPDATE SET
			membership_id = excluded.membership_id, lead = excluded.lead, read_seq = excluded.read_seq, joined_seq = excluded.joined_seq, joined_at = excluded.joined_at`,
		c.member, c.team)
	if err != nil {
		return false, err
	}
	n, err := changed(ctx, tx, `DELETE FROM membership WHERE member_id = ?1 AND team_id = ?2`, c.member, c.team)
	if err != nil || n == 0 {
		return false, err
	}
	err = exec(ctx, tx, `
		DELETE FROM notice WHERE member_id = ?1 AND team_id = ?2 AND kind IN ('welcome', 'newcomer') AND made_at IS NULL`, c.member, c.team)
	if err != nil {
		return false, err
	}
	return true, placed(ctx, tx, c, false, now)
}

// placed notes that a member has, or has not, a place in a team since a mail said so: in the log, and for the next team file.
func placed(ctx context.Context, tx *sql.Conn, c change, in bool, now time.Time) error {
	err := exec(ctx, tx, `
		INSERT INTO chosen_place (member_id, team_id, filed) VALUES (?1, ?2, ?3) ON CONFLICT (member_id, team_id) DO NOTHING`,
		c.member, c.team, truth(!in))
	if err != nil {
		return err
	}
	err = exec(ctx, tx, `DELETE FROM chosen_place WHERE member_id = ?1 AND team_id = ?2 AND filed = ?3`, c.member, c.team, truth(in))
	if err != nil {
		return err
	}
	slug, err := slugOf(ctx, tx, c.team)
	if err != nil {
		return err
	}
	c.what, c.was, c.became = changeTeam, slug, ""
	if in {
		c.was, c.became = "", slug
	}
	if err := logChange(ctx, tx, c, now); err != nil {
		return err
	}
	return replan(ctx, tx, c.member)
}

func slugOf(ctx context.Context, tx *sql.Conn, id int64) (string, error) {
	slug, ok, err := one(ctx, tx, scanName, `SELECT slug FROM team WHERE id = ?1`, id)
	if err == nil && !ok {
		err = unknown("there is no team %d", id)
	}
	return slug, err
}

// place is a member's in a team.
type place struct{ member, team int64 }

// chosenPlaces are those that were given or taken by mail, with whether the team file had them then.
func chosenPlaces(ctx context.Context, tx *sql.Conn) (map[place]bool, error) {
	found := map[place]bool{}
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var p place
		var filed int64
		err = row.Scan(&p.member, &p.team, &filed)
		found[p] = filed != 0
		return n, err
	}, `SELECT member_id, team_id, filed FROM chosen_place`)
	return found, err
}

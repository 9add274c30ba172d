package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/spell"
)

func scanName(row scanner) (name string, err error) { return name, row.Scan(&name) }

func nameOf(ctx context.Context, tx *sql.Conn, member int64) (string, error) {
	name, _, err := one(ctx, tx, scanName, `SELECT name FROM member WHERE id = ?1`, member)
	return name, err
}

// rename calls a member something else, as they ask for by mail, and logs it if that is anything new. It holds until a team file calls them
// something else than it did. taken tells that somebody who reads them is called that: nobody's words may look like another's.
func rename(ctx context.Context, tx *sql.Conn, c change, name string, now time.Time) (taken bool, err error) {
	was, err := nameOf(ctx, tx, c.member)
	if name = clean(name); err != nil || was == name {
		return false, err
	}
	others, err := all(ctx, tx, scanName, `
		SELECT m.name FROM member m
		WHERE m.id <> ?1 AND EXISTS (
			SELECT 1 FROM membership own JOIN membership s ON s.team_id = own.team_id WHERE own.member_id = ?1 AND s.member_id = m.id)`, c.member)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(others, func(o string) bool { return spell.Seen(o) == spell.Seen(name) }) {
		return true, nil
	}
	if err := choose(ctx, tx, c.member, changeName, was, name); err != nil {
		return false, err
	}
	if err := exec(ctx, tx, `UPDATE member SET name = ?2 WHERE id = ?1`, c.member, name); err != nil {
		return false, err
	}
	c.what, c.was, c.became = changeName, was, name
	return false, logChange(ctx, tx, c, now)
}

// restoreName calls a member what they were called before a change, unless they are called something else since.
func restoreName(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	is, err := nameOf(ctx, tx, c.member)
	if err != nil || is != last.became {
		return false, err
	}
	taken, err := rename(ctx, tx, c, last.was, now)
	return !taken, err
}

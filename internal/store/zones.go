package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// Rezone has those planned anew whose clocks go otherwise than when it was called before, or were not known then, and gives the zones.
// The zone data may have been updated in between. It is for a daemon that starts, which has read the data.
func (s *Store) Rezone(ctx context.Context) (changed []string, err error) {
	err = s.write(ctx, "looking for zones whose clocks have changed", func(ctx context.Context, tx *sql.Conn) error {
		known := map[string]string{}
		names, err := all(ctx, tx, func(row scanner) (name string, err error) {
			var clocks string
			err = row.Scan(&name, &clocks)
			known[name] = clocks
			return name, err
		}, `
			SELECT n.name, COALESCE(z.clocks, '')
			FROM (SELECT zone AS name FROM member UNION SELECT zone FROM team) n LEFT JOIN zone z ON z.name = n.name
			WHERE n.name <> '' ORDER BY n.name`)
		if err != nil {
			return err
		}
		for _, name := range names {
			clocks, err := team.Rule{Zone: name}.Clocks()
			if err != nil || clocks == known[name] {
				continue // of a zone that is not known planning tells
			}
			if err := rezone(ctx, tx, name, clocks); err != nil {
				return err
			}
			changed = append(changed, name)
		}
		return nil
	})
	return changed, err
}

// rezone has those planned anew who live by a zone, whether it is their own or that of a team.
func rezone(ctx context.Context, tx *sql.Conn, zone, clocks string) error {
	err := exec(ctx, tx, `
		UPDATE member SET planned = 0, revision = revision + 1
		WHERE zone = ?1 OR zone = '' AND EXISTS (
			SELECT 1 FROM membership s JOIN team t ON t.id = s.team_id WHERE s.member_id = member.id AND t.zone = ?1)`, zone)
	if err != nil {
		return err
	}
	return exec(ctx, tx, `
		INSERT INTO zone (name, clocks) VALUES (?1, ?2)
		ON CONFLICT (name) DO UPDATE SET clocks = excluded.clocks`, zone, clocks)
}

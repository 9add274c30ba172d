package store

import (
	"context"
	"database/sql"

	"daybreak/internal/team"
)

// decisions are what was decided in a person's teams on a day or later, and since they are in them: the newest ones, with what was answered
// to them.
func decisions(ctx context.Context, tx *sql.Conn, p team.Person, since team.Date) ([]team.Reading, error) {
	var list []team.Reading
	for _, in := range p.Teams {
		entries, err := readEntries(ctx, tx, itemsOfEntries+`
			WHERE i.id IN (
				SELECT d.id FROM item d JOIN entry w ON w.id = d.entry_id JOIN "update" o ON o.id = w.update_id
				WHERE d.kind = 'decision' AND w.team_id = ?1 AND w.withdrawn_at IS NULL AND o.day >= ?3
					AND w.seq > (SELECT s.joined_seq FROM membership s WHERE s.member_id = ?2 AND s.team_id = ?1)
				ORDER BY o.day DESC, d.id DESC LIMIT ?4 + 0)
			ORDER BY e.seq, i.position`, in.Team.ID, p.ID, day(since), team.MostDecisions)
		if err != nil {
			return nil, err
		}
		threads, err := readThreads(ctx, tx, 0, `
			WHERE n.item_id IN (
				SELECT d.id FROM item d JOIN entry w ON w.id = d.entry_id JOIN "update" o ON o.id = w.update_id
				WHERE d.kind = 'decision' AND w.team_id = ?1 AND w.withdrawn_at IS NULL AND o.day >= ?3)
				AND n.team_id = ?1 AND n.withdrawn_at IS NULL
				AND n.seq > (SELECT s.joined_seq FROM membership s WHERE s.member_id = ?2 AND s.team_id = ?1))
				AND c.seq > (SELECT s.joined_seq FROM membership s WHERE s.member_id = ?2 AND s.team_id = ?1)
				AND c.withdrawn_at IS NULL
			ORDER BY c.item_id, c.id`, in.Team.ID, p.ID, day(since))
		if err != nil {
			return nil, err
		}
		list = append(list, team.Reading{Team: in.Team, Entries: entries, Threads: threads})
	}
	return list, nil
}

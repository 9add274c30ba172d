package store

import (
	"context"
	"database/sql"
	"slices"
	"sort"
	"time"

	"daybreak/internal/team"
)

// Due are up to limit slots whose time has come, the soonest first, with everything needed to act on them. It costs in proportion
// to what is due. What the turns hold is shared between them and must not be changed.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (turns []team.Turn, err error) {
	err = s.read(ctx, "reading what is due", func(ctx context.Context, tx *sql.Tx) error {
		slots, err := all(ctx, tx, scanSlot, `
			SELECT member_id, kind, checkin_id, day, due_at, until_at
			FROM slot WHERE due_at <= ?1
			ORDER BY due_at, member_id, kind, checkin_id LIMIT ?2`, ms(now), limit)
		if err != nil || len(slots) == 0 {
			return err
		}
		members := make([]int64, len(slots))
		for i, slot := range slots {
			members[i] = slot.MemberID
		}
		found, err := people(ctx, tx, members)
		if err != nil {
			return err
		}
		turns = make([]team.Turn, 0, len(slots))
		for _, slot := range slots {
			turn := team.Turn{Slot: slot, Person: found[slot.MemberID]}
			if slot.Kind != team.DigestSlot {
				var ok bool
				if turn.Team, turn.CheckIn, ok = checkInOf(turn.Person, slot.CheckInID); !ok {
					continue // cannot be: such slots go when the check-in or the member does
				}
			}
			turns = append(turns, turn)
		}
		if err := addAnswered(ctx, tx, turns); err != nil {
			return err
		}
		if err := addPrompts(ctx, tx, turns); err != nil {
			return err
		}
		return addReadings(ctx, tx, turns)
	})
	return turns, err
}

func checkInOf(p team.Person, id int64) (team.Team, team.CheckIn, bool) {
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			if c.ID == id {
				return m.Team, c, true
			}
		}
	}
	return team.Team{}, team.CheckIn{}, false
}

// about names what a prompt or an update is about.
type about struct {
	member, checkin int64
	day             team.Date
}

func aboutOf(slot team.Slot) about { return about{slot.MemberID, slot.CheckInID, slot.Day} }

// aboutQuery runs a query once for each day among the turns of the kinds, with that day as ?1 and the members in a list.
func aboutQuery(turns []team.Turn, kinds []team.SlotKind, do func(day, list string, args []any) error) error {
	byDay := map[team.Date][]int64{}
	for _, t := range turns {
		if slices.Contains(kinds, t.Slot.Kind) {
			byDay[t.Slot.Day] = append(byDay[t.Slot.Day], t.Slot.MemberID)
		}
	}
	for d, members := range byDay {
		err := inLists(members, 2, func(list string, args []any) error {
			return do(day(d), list, append([]any{day(d)}, args...))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func addAnswered(ctx context.Context, tx *sql.Tx, turns []team.Turn) error {
	answered := map[about]bool{}
	err := aboutQuery(turns, []team.SlotKind{team.PromptSlot, team.ReminderSlot}, func(day, list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (a about, err error) { return a, row.Scan(&a.member, &a.checkin) }, `
			SELECT member_id, checkin_id FROM "update" WHERE day = ?1 AND member_id IN (`+list+`)`, args...)
		for _, a := range some {
			a.day, _ = date(day) // it is one of ours
			answered[a] = true
		}
		return err
	})
	for i := range turns {
		turns[i].Answered = answered[aboutOf(turns[i].Slot)]
	}
	return err
}

func addPrompts(ctx context.Context, tx *sql.Tx, turns []team.Turn) error {
	prompts := map[about]*team.Sent{}
	err := aboutQuery(turns, []team.SlotKind{team.ReminderSlot}, func(day, list string, args []any) error {
		some, err := all(ctx, tx, scanSent, `
			SELECT p.kind, p.member_id, c.team_id, p.checkin_id, p.day, p.questions, o.message_id, o.body
			FROM prompt p JOIN checkin c ON c.id = p.checkin_id JOIN outbox o ON o.id = p.outbox_id
			WHERE p.day = ?1 AND p.kind = 'prompt' AND p.member_id IN (`+list+`)`, args...)
		for i := range some {
			prompts[about{some[i].MemberID, some[i].CheckInID, some[i].Day}] = &some[i]
		}
		return err
	})
	for i := range turns {
		if turns[i].Slot.Kind == team.ReminderSlot {
			turns[i].Prompt = prompts[aboutOf(turns[i].Slot)]
		}
	}
	return err
}

// addReadings adds to the digest turns what is new to their readers. The entries of a team are read once for all its readers.
func addReadings(ctx context.Context, tx *sql.Tx, turns []team.Turn) error {
	var readers []int64
	for _, t := range turns {
		if t.Slot.Kind == team.DigestSlot {
			readers = append(readers, t.Slot.MemberID)
		}
	}
	type mark struct{ member, team, from, through int64 }
	marks := map[int64][]mark{}
	from, through := map[int64]int64{}, map[int64]int64{} // team → what all its readers together need
	previous := map[int64]time.Time{}
	err := inLists(readers, 1, func(list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (m mark, err error) { return m, row.Scan(&m.member, &m.team, &m.from, &m.through) }, `
			SELECT s.member_id, s.team_id, s.read_seq, t.seq
			FROM membership s JOIN team t ON t.id = s.team_id
			WHERE s.member_id IN (`+list+`) ORDER BY s.id`, args...)
		if err != nil {
			return err
		}
		for _, m := range some {
			marks[m.member] = append(marks[m.member], m)
			if lowest, ok := from[m.team]; !ok || m.from < lowest {
				from[m.team] = m.from
			}
			through[m.team] = m.through
		}
		type made struct{ member, at int64 }
		last, err := all(ctx, tx, func(row scanner) (m made, err error) { return m, row.Scan(&m.member, &m.at) }, `
			SELECT m.id, COALESCE((SELECT MAX(d.made_at) FROM digest d WHERE d.member_id = m.id AND d.lapsed = 0), 0)
			FROM member m WHERE m.id IN (`+list+`)`, args...)
		for _, m := range last {
			previous[m.member] = at(m.at)
		}
		return err
	})
	if err != nil {
		return err
	}
	entries := map[int64][]team.Entry{}
	for id, lowest := range from {
		if lowest < through[id] {
			if entries[id], err = entriesOf(ctx, tx, id, lowest, through[id]); err != nil {
				return err
			}
		}
	}
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind != team.DigestSlot {
			continue
		}
		t.Previous = previous[t.Slot.MemberID]
		for j, m := range marks[t.Slot.MemberID] { // in the order of Person.Teams
			list := entries[m.team]
			first := sort.Search(len(list), func(k int) bool { return list[k].Seq > m.from })
			t.Reading = append(t.Reading, team.Reading{
				Team: t.Person.Teams[j].Team, From: m.from, Through: m.through, Entries: slices.Clip(list[first:]),
			})
		}
	}
	return nil
}

// entriesOf are a team's entries with from < seq ≤ through that have not been withdrawn, in order.
func entriesOf(ctx context.Context, tx *sql.Tx, teamID, from, through int64) ([]team.Entry, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT e.seq, e.accepted_at, e.correction, u.member_id, u.day, m.name, m.zone, t.zone, c.name,
			i.id, i.kind, i.question, i.asked, i.words
		FROM entry e
			JOIN "update" u ON u.id = e.update_id
			JOIN member m ON m.id = u.member_id
			JOIN team t ON t.id = e.team_id
			JOIN checkin c ON c.id = u.checkin_id
			JOIN item i ON i.entry_id = e.id
		WHERE e.team_id = ?1 AND e.seq > ?2 AND e.seq <= ?3 AND e.withdrawn_at IS NULL
		ORDER BY e.seq, i.position`, teamID, from, through)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []team.Entry
	for rows.Next() {
		e := team.Entry{TeamID: teamID}
		var item team.Item
		var accepted int64
		var dayText, teamZone string
		err := rows.Scan(&e.Seq, &accepted, &e.Correction, &e.MemberID, &dayText, &e.Name, &e.Zone, &teamZone, &e.CheckIn,
			&item.ID, &item.Kind, &item.Question, &item.Asked, &item.Text)
		if err != nil {
			return nil, err
		}
		item.Seq = e.Seq
		if n := len(list); n > 0 && list[n-1].Seq == e.Seq {
			list[n-1].Items = append(list[n-1].Items, item)
			continue
		}
		if e.Zone == "" {
			e.Zone = teamZone
		}
		e.At = at(accepted)
		if e.Day, err = date(dayText); err != nil {
			return nil, err
		}
		e.Items = []team.Item{item}
		list = append(list, e)
	}
	return list, rows.Err()
}

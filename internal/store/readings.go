package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sort"
	"time"

	"daybreak/internal/team"
)

// againFor is how long what a digest held that was refused goes on into the reader's next one. Longer ago it is no news any
// more, and to an address that is dead it would only grow.
const againFor = 14 * 24 * time.Hour

// span is a part of a team's entries: from < seq ≤ through.
type span struct{ id, member, team, from, through int64 }

func scanSpan(row scanner) (s span, err error) {
	return s, row.Scan(&s.id, &s.member, &s.team, &s.from, &s.through)
}

// readers are those of a batch of turns who get a digest, and what they have not had.
type readers struct {
	marks    map[int64][]span // member → a span for each team, in the order of joining
	again    map[int64][]span // member → what could not be sent
	previous map[int64]time.Time
}

// addReadings adds to the digest turns what is new to their readers, and to these and the prompts what is open in their teams. The entries of a team are read once for all its readers.
func (s *Store) addReadings(ctx context.Context, tx *sql.Conn, turns []team.Turn, now time.Time) error {
	var members []int64
	for _, t := range turns {
		if t.Slot.Kind == team.DigestSlot {
			members = append(members, t.Slot.MemberID)
		}
	}
	r, err := readersOf(ctx, tx, members, now)
	if err != nil {
		return err
	}
	entries, err := r.entries(ctx, tx)
	if err != nil {
		return err
	}
	threads := threadCache{}
	for i := range turns {
		t := &turns[i]
		if t.Slot.Kind != team.DigestSlot {
			continue
		}
		t.Previous = r.previous[t.Slot.MemberID]
		for j, mark := range r.marks[t.Slot.MemberID] {
			reading := team.Reading{Team: t.Person.Teams[j].Team, From: mark.from, Through: mark.through}
			for _, old := range r.again[t.Slot.MemberID] {
				if old.team == mark.team {
					reading.Again = append(reading.Again, old.id)
					reading.Entries = append(reading.Entries, within(entries[old.team], old)...)
				}
			}
			if fresh := within(entries[mark.team], mark); reading.Entries == nil {
				reading.Entries = fresh // shared with the other readers
			} else {
				reading.Entries = append(reading.Entries, fresh...)
			}
			if reading.Threads, err = threads.of(ctx, tx, mark, r.again[t.Slot.MemberID]); err != nil {
				return err
			}
			if reading.Threads, err = withAtOnce(ctx, tx, t.Slot.MemberID, mark.team, reading.Threads); err != nil {
				return err
			}
			t.Reading = append(t.Reading, reading)
		}
	}
	if err := s.addAbsent(ctx, tx, turns); err != nil {
		return err
	}
	if err := s.addMembers(ctx, tx, turns); err != nil {
		return err
	}
	return addOpenItems(ctx, tx, turns, now)
}

// addMembers adds to what is new from a team who is in it.
func (s *Store) addMembers(ctx context.Context, tx *sql.Conn, turns []team.Turn) error {
	members := map[int64][]team.Person{}
	for _, t := range turns {
		for _, r := range t.Reading {
			if len(r.Entries) > 0 {
				members[r.Team.ID] = nil
			}
		}
	}
	type place struct{ team, member int64 }
	var places []place
	var ids []int64
	err := inLists(slices.Sorted(maps.Keys(members)), 1, func(list string, args []any) error {
		some, err := all(ctx, tx, func(row scanner) (p place, err error) { return p, row.Scan(&p.team, &p.member) },
			`SELECT team_id, member_id FROM membership WHERE team_id IN (`+list+`) ORDER BY team_id, member_id`, args...)
		for _, p := range some {
			places = append(places, p)
			ids = append(ids, p.member)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	found, err := s.people(ctx, tx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, p := range places {
		members[p.team] = append(members[p.team], found[p.member])
	}
	for _, t := range turns {
		for i := range t.Reading {
			if r := &t.Reading[i]; len(r.Entries) > 0 {
				r.Members = members[r.Team.ID]
			}
		}
	}
	return nil
}

func readersOf(ctx context.Context, tx *sql.Conn, members []int64, now time.Time) (readers, error) {
	r := readers{marks: map[int64][]span{}, again: map[int64][]span{}, previous: map[int64]time.Time{}}
	err := inLists(members, 1, func(list string, args []any) error {
		marks, err := all(ctx, tx, scanSpan, `
			SELECT s.id, s.member_id, s.team_id, s.read_seq, t.seq
			FROM membership s JOIN team t ON t.id = s.team_id
			WHERE s.member_id IN (`+list+`) ORDER BY s.id`, args...)
		if err != nil {
			return err
		}
		again, err := all(ctx, tx, scanSpan, `
			SELECT r.id, r.member_id, r.team_id, r.from_seq, r.through_seq
			FROM digest_reading r
				JOIN membership s ON s.member_id = r.member_id AND s.team_id = r.team_id
				JOIN digest d ON d.id = r.digest_id
				JOIN outbox o ON o.id = d.outbox_id
			WHERE r.owed = 1 AND r.from_seq >= s.joined_seq AND r.member_id IN (`+list+`)
				AND (o.state <> 'failed' OR r.made_at > `+params(len(args)+1, 1)+`)
			ORDER BY r.from_seq`, append(args, ms(now.Add(-againFor)))...)
		if err != nil {
			return err
		}
		made, err := all(ctx, tx, func(row scanner) (p [2]int64, err error) { return p, row.Scan(&p[0], &p[1]) }, `
			SELECT m.id, COALESCE((SELECT MAX(d.made_at) FROM digest d WHERE d.member_id = m.id AND d.lapsed = 0), 0)
			FROM member m WHERE m.id IN (`+list+`)`, args...)
		for _, s := range marks {
			r.marks[s.member] = append(r.marks[s.member], s)
		}
		for _, s := range again {
			r.again[s.member] = append(r.again[s.member], s)
		}
		for _, p := range made {
			r.previous[p[0]] = at(p[1])
		}
		return err
	})
	return r, err
}

// entries reads for each team what all the readers together need.
func (r readers) entries(ctx context.Context, tx *sql.Conn) (map[int64][]team.Entry, error) {
	need := map[int64]span{}
	for _, spans := range []map[int64][]span{r.marks, r.again} {
		for _, list := range spans {
			for _, s := range list {
				n, ok := need[s.team]
				if !ok {
					n = s
				}
				n.from, n.through = min(n.from, s.from), max(n.through, s.through)
				need[s.team] = n
			}
		}
	}
	entries := map[int64][]team.Entry{}
	for id, s := range need {
		if s.from < s.through {
			var err error
			if entries[id], err = entriesOf(ctx, tx, s); err != nil {
				return nil, err
			}
		}
	}
	return entries, nil
}

// within are the entries of a span. They share the list's memory, but nothing can be appended into it.
func within(list []team.Entry, s span) []team.Entry {
	after := func(seq int64) int {
		return sort.Search(len(list), func(i int) bool { return list[i].Seq > seq })
	}
	return slices.Clip(list[after(s.from):after(s.through)])
}

// entriesOf are the entries of a span that have not been withdrawn, in order.
func entriesOf(ctx context.Context, tx *sql.Conn, s span) ([]team.Entry, error) {
	return readEntries(ctx, tx, itemsOfEntries+`
		WHERE e.team_id = ?1 AND e.seq > ?2 AND e.seq <= ?3 AND e.withdrawn_at IS NULL
		ORDER BY e.seq, i.position`, s.team, s.from, s.through)
}

// entriesOfUpdate are what holds of an update, in the order in which it came.
func entriesOfUpdate(ctx context.Context, tx *sql.Conn, update int64) ([]team.Entry, error) {
	return readEntries(ctx, tx, itemsOfEntries+`
		WHERE e.update_id = ?1 AND e.withdrawn_at IS NULL
		ORDER BY e.id, i.position`, update)
}

// itemsOfEntries gives a row for each item; a condition follows, and an order that puts those of an entry one after the other.
const itemsOfEntries = `
		SELECT e.id, e.team_id, COALESCE(e.seq, 0), e.accepted_at, e.correction, u.member_id, u.day, m.name, m.zone, t.zone, c.name, e.written_by,
			i.id, i.kind, i.question, i.asked, i.words
		FROM entry e
			JOIN "update" u ON u.id = e.update_id
			JOIN member m ON m.id = u.member_id
			JOIN team t ON t.id = e.team_id
			JOIN checkin c ON c.id = u.checkin_id
			JOIN item i ON i.entry_id = e.id`

// readEntries runs a query that begins with itemsOfEntries.
func readEntries(ctx context.Context, tx *sql.Conn, query string, args ...any) ([]team.Entry, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []team.Entry
	last := int64(0)
	for rows.Next() {
		var e team.Entry
		var item team.Item
		var id, accepted int64
		var dayText, teamZone string
		err := rows.Scan(&id, &e.TeamID, &e.Seq, &accepted, &e.Correction, &e.MemberID, &dayText, &e.Name, &e.Zone, &teamZone, &e.CheckIn, &e.By,
			&item.ID, &item.Kind, &item.Question, &item.Asked, &item.Text)
		if err != nil {
			return nil, err
		}
		item.Seq = e.Seq
		if n := len(list); n > 0 && id == last {
			list[n-1].Items = append(list[n-1].Items, item)
			continue
		}
		last = id
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

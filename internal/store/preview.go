package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// DigestTurn is what a digest for the member would be made of at now, whether one is due or not. It changes nothing.
func (s *Store) DigestTurn(ctx context.Context, member int64, now time.Time) (turn team.Turn, err error) {
	err = s.read(ctx, "reading what is new to a member", func(ctx context.Context, tx *sql.Conn) error {
		found, err := s.people(ctx, tx, []int64{member})
		if err != nil {
			return err
		}
		p, ok := found[member]
		if !ok {
			return unknown("there is no member %d", member)
		}
		loc, err := p.DigestRule().Location()
		if err != nil {
			return err
		}
		turns := []team.Turn{{Person: p, Slot: team.Slot{MemberID: member, Kind: team.DigestSlot, Day: team.DateOf(now.In(loc)), At: now}}}
		if err := s.addReadings(ctx, tx, turns, now); err != nil {
			return err
		}
		turn = turns[0]
		for i := range turn.Reading { // what came later than the time that is looked at
			turn.Reading[i].Entries = slices.DeleteFunc(slices.Clone(turn.Reading[i].Entries), func(e team.Entry) bool { return e.At.After(now) })
		}
		return nil
	})
	return turn, err
}

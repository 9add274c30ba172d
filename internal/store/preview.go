package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// DigestTurn is what a digest for the member would be made of at now, whether one is due or not. It changes nothing.
func (s *Store) DigestTurn(ctx context.Context, member int64, now time.Time) (team.Turn, error) {
	return s.turnAt(ctx, "reading what is new to a member", team.DigestSlot, member, now, s.addReadings)
}

// DecisionsTurn is what the list of decisions would be made of that a member asks for at now. It changes nothing.
func (s *Store) DecisionsTurn(ctx context.Context, member int64, now time.Time) (team.Turn, error) {
	return s.turnAt(ctx, "reading what was decided", team.DigestSlot, member, now, func(ctx context.Context, tx *sql.Conn, turns []team.Turn, _ time.Time) (err error) {
		turns[0].Slot.Day = team.Date{} // since ever
		turns[0].Reading, err = decisions(ctx, tx, turns[0].Person, team.Date{})
		return err
	})
}

// turnAt is a turn of the kind for the member at now, with what add puts into it of what had been said by then. It changes nothing.
func (s *Store) turnAt(ctx context.Context, doing string, kind team.SlotKind, member int64, now time.Time,
	add func(context.Context, *sql.Conn, []team.Turn, time.Time) error) (turn team.Turn, err error) {
	err = s.read(ctx, doing, func(ctx context.Context, tx *sql.Conn) error {
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
		turns := []team.Turn{{Person: p, Slot: team.Slot{MemberID: member, Kind: kind, Day: team.DateOf(now.In(loc)), At: now}}}
		if err := add(ctx, tx, turns, now); err != nil {
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

package trouble

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Archive is what a checkup needs of the database.
type Archive interface {
	// LastCheckup is when the whole database was last looked at for damage; zero for never.
	LastCheckup(ctx context.Context) (time.Time, error)
	// DueBetween are the times at which something is planned.
	DueBetween(ctx context.Context, from, to time.Time) ([]time.Time, error)
	// Check reads the whole database, beside those who write; damage is an error.
	Check(ctx context.Context) error
	// NoteCheckup keeps when that was done, and the damage that was found, "" for none.
	NoteCheckup(ctx context.Context, now time.Time, damage string) error
}

// Checkup reads the whole database once a day, when the least is going on.
type Checkup struct {
	Store   Archive
	Damaged func(error) bool // tells damage from another trouble, such as that the daemon stops
	Log     *slog.Logger
	Now     func() time.Time // time.Now if it is nil
}

const (
	checkEvery = 24 * time.Hour
	checkFirst = time.Minute // after the start, if it is long ago: what waited goes first
	checkAgain = time.Hour   // after one that could not be done
	checkStep  = time.Minute // between two looks at the clock
)

// Run does so until ctx ends.
func (c *Checkup) Run(ctx context.Context) error {
	next := time.Time{}
	for {
		now := time.Now()
		if c.Now != nil {
			now = c.Now()
		}
		if next.IsZero() || next.After(now.Add(2*checkEvery)) { // the second: the clock was set back
			if at, err := c.next(ctx, now); err == nil {
				next = at
			}
		}
		if !next.IsZero() && !now.Before(next) {
			if next = (time.Time{}); c.look(ctx, now) != nil {
				next = now.Add(checkAgain)
			}
			continue
		}
		timer := time.NewTimer(checkStep)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// next is when to look: soon if the last time is a day ago, else in the middle of the longest time in which nothing is due.
func (c *Checkup) next(ctx context.Context, now time.Time) (time.Time, error) {
	last, err := c.Store.LastCheckup(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if now.Sub(last) >= checkEvery || last.After(now) {
		return now.Add(checkFirst), nil
	}
	from := last.Add(checkEvery / 2)
	if from.Before(now) {
		from = now
	}
	due, err := c.Store.DueBetween(ctx, from, from.Add(checkEvery))
	if err != nil {
		return time.Time{}, err
	}
	return calmest(due, from, from.Add(checkEvery)), nil
}

// calmest is the middle of the longest time between two of the moments, which are in order.
func calmest(due []time.Time, from, to time.Time) time.Time {
	middle, longest, before := from, time.Duration(-1), from
	for _, at := range append(due[:len(due):len(due)], to) {
		if gap := at.Sub(before); gap > longest {
			middle, longest = before.Add(gap/2), gap
		}
		before = at
	}
	return middle
}

// look reads everything and keeps what came of it.
func (c *Checkup) look(ctx context.Context, now time.Time) error {
	began := time.Now()
	damage := ""
	switch err := c.Store.Check(ctx); {
	case err == nil:
		c.Log.Info("the whole database was looked at and is sound", "took", time.Since(began).Round(time.Millisecond))
	case c.Damaged(err):
		damage = err.Error()
		c.Log.Error("the database is damaged", "error", err)
	default:
		if ctx.Err() == nil {
			c.Log.Warn("the database could not be looked at", "error", err)
		}
		return err
	}
	if err := c.Store.NoteCheckup(ctx, now, damage); err != nil {
		c.Log.Warn("that the database was looked at could not be kept", "error", err)
		return fmt.Errorf("noting a checkup: %w", err)
	}
	return nil
}

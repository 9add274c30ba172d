package main

import (
	"context"
	"sync"
	"time"
)

// turns lets several readers go on one at a time, each with what happened first of all that is still to come: nobody goes on before it is known
// what everybody has next.
type turns struct {
	mu      sync.Mutex
	readers int
	waiting map[int]turn // by reader
}

type turn struct {
	at   time.Time
	come chan struct{}
}

func newTurns(readers int) *turns { return &turns{readers: readers, waiting: map[int]turn{}} }

// wait ends a reader's turn and gives it the next, for something that happened at a time.
func (t *turns) wait(ctx context.Context, reader int, at time.Time) error {
	mine := turn{at, make(chan struct{})}
	t.mu.Lock()
	t.waiting[reader] = mine
	t.next()
	t.mu.Unlock()
	select {
	case <-mine.come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave ends a reader's turn for good.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readers--
	t.next()
}

// next gives the turn to the earliest, if all are known.
func (t *turns) next() {
	if len(t.waiting) < t.readers || len(t.waiting) == 0 {
		return
	}
	first := -1
	for reader, w := range t.waiting {
		if first < 0 || w.at.Before(t.waiting[first].at) || w.at.Equal(t.waiting[first].at) && reader < first {
			first = reader
		}
	}
	close(t.waiting[first].come)
	delete(t.waiting, first)
}

package store

import (
	"sync"
	"time"
)

// steady is how long the database has to do as it is told again until a trouble counts as over: on a full disk now and then a small write
// finds room.
const steady = 2 * time.Minute

// standing is how the database does, by what came of the last reads and writes.
type standing struct {
	mu          sync.Mutex
	err         *Error // nil: well
	since, last time.Time
	wrote       time.Time // with success
}

// note takes in how a read or a write ended.
func (s *standing) note(err error, wrote bool) {
	kind := KindOf(err)
	switch kind {
	case "":
		if err != nil || !wrote {
			return
		}
	case Busy, Full, Corrupt, Disk, Denied:
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if kind == "" {
		s.wrote = now
		return
	}
	if s.over(now) || s.err.Kind != Corrupt && s.err.Kind != kind {
		s.since = now
	} else if s.err.Kind == Corrupt {
		return
	}
	s.err, s.last = errorOf(err), now
}

// over tells whether there is no trouble any more. Damage does not pass.
func (s *standing) over(now time.Time) bool {
	return s.err == nil || s.err.Kind != Corrupt && s.wrote.After(s.last) && now.Sub(s.last) >= steady
}

// Standing is the trouble that the database is in, by its last reads and writes, and since when; nil if it is in none. One that another look
// at everything does not find any more is over.
func (s *Store) Standing() (trouble *Error, since time.Time) {
	s.standing.mu.Lock()
	defer s.standing.mu.Unlock()
	if s.standing.over(time.Now()) {
		return nil, time.Time{}
	}
	return s.standing.err, s.standing.since
}

// sound notes that all of the database was looked at, and is whole.
func (s *standing) sound() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil && s.err.Kind == Corrupt {
		s.err = nil
	}
}

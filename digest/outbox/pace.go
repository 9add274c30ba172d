package outbox

import "time"

// Pace is how fast mail may leave: N mails in each Per, evenly spaced, so that no window of that length holds more.
// The zero Pace is no limit.
type Pace struct {
	N   int
	Per time.Duration
}

func (p Pace) interval() time.Duration {
	if p.N < 1 || p.Per <= 0 {
		return 0
	}
	return p.Per / time.Duration(p.N)
}

// bucket holds one token at most. It knows no clock.
type bucket struct {
	free time.Time // when the next token is there
}

// take takes the next token and tells how long to wait for it.
func (b *bucket) take(p Pace, now time.Time) time.Duration {
	interval := p.interval()
	wait := b.free.Sub(now)
	if wait < 0 || interval == 0 {
		wait = 0
	} else if wait > interval { // the clock was set back
		wait = interval
	}
	b.free = now.Add(wait + interval)
	return wait
}

package outbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Pace is how fast mail may leave: N mails in each Per, evenly spaced, so that no window of that length holds more.
// The zero Pace is no limit.
type Pace struct {
	N   int
	Per time.Duration
}

// ParsePace reads "10/s", "25/min" or "500/h"; "2000/day" too.
func ParsePace(s string) (Pace, error) {
	number, unit, ok := strings.Cut(strings.TrimSpace(s), "/")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	var per time.Duration
	switch strings.TrimSpace(unit) {
	case "s", "sec", "second":
		per = time.Second
	case "m", "min", "minute":
		per = time.Minute
	case "h", "hour":
		per = time.Hour
	case "d", "day":
		per = 24 * time.Hour
	}
	if !ok || err != nil || n < 1 || n > 1_000_000 || per == 0 {
		return Pace{}, fmt.Errorf("%q is not a pace; write a number and a unit such as 10/s, 25/min or 500/h", s)
	}
	return Pace{n, per}, nil
}

// String is the form that ParsePace reads; "" without a limit.
func (p Pace) String() string {
	units := map[time.Duration]string{time.Second: "s", time.Minute: "min", time.Hour: "h", 24 * time.Hour: "day"}
	switch unit, ok := units[p.Per]; {
	case p.N < 1 || p.Per <= 0:
		return ""
	case ok:
		return fmt.Sprintf("%d/%s", p.N, unit)
	default:
		return fmt.Sprintf("%d/%s", p.N, p.Per)
	}
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

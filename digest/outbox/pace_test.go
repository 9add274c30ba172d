package outbox

import (
	"testing"
	"time"
)

func TestNoWindowHoldsMoreThanThePaceAllows(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	pace := Pace{25, time.Minute}
	var b bucket
	var left []time.Time
	now := start
	for i := range 200 {
		if i == 60 {
			now = now.Add(time.Hour) // idle: nothing is saved up
		}
		now = now.Add(b.take(pace, now))
		left = append(left, now)
	}
	for i := 25; i < len(left); i++ {
		if d := left[i].Sub(left[i-25]); d < time.Minute {
			t.Fatalf("26 mails in %s", d)
		}
	}
	if d := left[59].Sub(left[0]); d != 59*pace.Per/25 {
		t.Errorf("60 mails took %s", d)
	}
}

func TestAClockSetBackDoesNotStopTheMail(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	pace := Pace{1, time.Minute}
	var b bucket
	b.take(pace, now)
	if wait := b.take(pace, now.Add(-24*time.Hour)); wait != time.Minute {
		t.Errorf("waits %s after the clock was set back by a day", wait)
	}
	if wait := b.take(Pace{}, now); wait != 0 {
		t.Errorf("no pace waits %s", wait)
	}
}

package main

import (
	"sync/atomic"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// TestAMailInTheSentFolderIsNotSentAgain kills the daemon when the server has a prompt and has not said so yet. Where the server files
// what is sent, nobody gets a second one; where it does not, the second is the same to the byte.
func TestAMailInTheSentFolderIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sent, said string
		copies           int
	}{
		{"kept", "Sent Items", "mail found among the sent ones", 1},
		{"not kept", "", "mail will be sent again", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var stalls atomic.Bool
			stalls.Store(true)
			taken := make(chan struct{}, 10)
			release := make(chan struct{})
			h := newHouse(t, "", func(o *mailtest.Options) {
				o.Sent = c.sent
				o.OnDelivery = func(mailtest.Delivery) {
					taken <- struct{}{}
					if stalls.Load() {
						<-release
					}
				}
			})
			h.people("Aiko")
			d := startDaemon(t, h.config)
			<-taken
			d.kill()
			stalls.Store(false)
			close(release)
			if s := h.status(); s.Outbox[team.Dot] != 1 {
				t.Fatalf("the outbox has %v after the kill", s.Outbox)
			}
			d = startDaemon(t, h.config)
			d.await(c.said)
			for range 500 {
				if h.status().Outbox[team.SentOut] == 1 {
					break
				}
				d.pause(20 * time.Millisecond)
			}
			d.stop()
			all := h.server.Deliveries()
			if len(all) != c.copies {
				t.Errorf("%d copies were sent", len(all))
			}
			for _, m := range all {
				if string(m.Raw) != string(all[0].Raw) {
					t.Error("two copies differ")
				}
			}
			if s := h.status(); s.Outbox[team.SentOut] != 1 {
				t.Errorf("the outbox has %v", s.Outbox)
			}
		})
	}
}

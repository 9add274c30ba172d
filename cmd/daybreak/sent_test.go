package main

import (
	"strings"
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
		second           string // a second account keeps it, under this configuration
		copies           int
	}{
		{"kept", "Sent Items", "mail found among the sent ones", "", 1},
		{"not kept", "", "mail will be sent again", "", 2},
		{"kept in the account that says so", "", "mail found among the sent ones", "sent_folder = \"Sent Items\"\n", 1},
		{"kept in an account that does not say so", "", "mail will be sent again", "folder = \"INBOX\"\n", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var stalls atomic.Bool
			stalls.Store(true)
			taken := make(chan struct{}, 10)
			release := make(chan struct{})
			second, err := mailtest.Start(mailtest.Options{Address: oldAddress, Password: houseSecret, TCP: true, Sent: "Sent Items"})
			must(t, err)
			t.Cleanup(func() { _ = second.Close() })
			h := newHouse(t, "", func(o *mailtest.Options) {
				o.Sent = c.sent
				o.OnDelivery = func(d mailtest.Delivery) {
					if err := second.File(d.Raw); err != nil {
						t.Error(err)
					}
					taken <- struct{}{}
					if stalls.Load() {
						<-release
					}
				}
			})
			if c.second != "" {
				h.rewrite("[imap]", "[[imap]]")
				h.rewrite("[smtp]", strings.Replace(oldAccount, "127.0.0.1:1143", second.IMAPAddr(), 1)+c.second+"[smtp]")
			}
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

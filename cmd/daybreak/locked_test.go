package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// TestADatabaseThatIsHeldExclusivelyLosesNothing has this process keep the database of a daemon to itself, for six seconds or for DAYBREAK_HOLD,
// such as 60s, while people write and others are to be asked.
func TestADatabaseThatIsHeldExclusivelyLosesNothing(t *testing.T) {
	t.Parallel()
	hold := 6 * time.Second // longer than the daemon waits
	if text := os.Getenv("DAYBREAK_HOLD"); text != "" {
		var err error
		hold, err = time.ParseDuration(text)
		must(t, err)
	}
	h := newHouse(t, "")
	h.people("Aiko", "Mia")
	d := startDaemon(t, h.config)
	d.await("mailbox open")
	h.eventually(d, "asked", func(s team.Status) bool { return s.Outbox[team.SentOut] == 2 })
	h.apply(askedNow(time.Now(), "Aiko", "Mia", "Dev"))

	db, err := sql.Open("sqlite3", h.database()+"?_txlock=exclusive")
	must(t, err)
	defer db.Close()
	held, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	must(t, err)
	const mails = 20
	for i := range mails {
		h.deliver(letter([]string{"Aiko", "Mia"}[i%2], fmt.Sprintf("thing%02d", i)))
	}
	d.await("another program is writing to the database and does not let go")
	d.pause(hold)
	if got := h.status(); got.Outcomes[team.Stored] != 0 { // which may be read meanwhile
		t.Errorf("while another has it %v is stored", got.Outcomes)
	}
	if got := h.server.Messages(); got != mails {
		t.Errorf("%d mails are on the server, of %d", got, mails)
	}
	must(t, held.Rollback())

	free := time.Now()
	h.eventually(d, "stored", func(s team.Status) bool { return s.Outcomes[team.Stored] == mails })
	t.Logf("held for %s; %s later all is stored", hold, time.Since(free).Round(time.Millisecond))
	h.deliver(letter("Dev", "last")) // which also wakes the scheduler
	h.eventually(d, "asked", func(s team.Status) bool { return s.Outcomes[team.Stored] == mails+1 })
	d.stop()
	asked := map[string]int{}
	for _, m := range h.server.Deliveries() {
		asked[m.To]++
	}
	for _, name := range []string{"aiko", "mia", "dev"} {
		if asked[name+"@example.com"] != 1 {
			t.Errorf("asked are %v", asked)
			break
		}
	}
	s, err := store.Open(t.Context(), store.Options{Path: h.database(), QuickCheck: true})
	must(t, err)
	must(t, s.Close())
}

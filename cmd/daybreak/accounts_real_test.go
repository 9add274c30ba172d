package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// TestTwoUsersOfDovecotAreRead runs the daemon on two accounts of one Dovecot. Then one of them has another password.
func TestTwoUsersOfDovecotAreRead(t *testing.T) {
	t.Parallel()
	box := mailtest.DovecotWith(t, mailtest.DovecotOptions{Scripts: map[string]string{oldAddress: ""}})
	h := newHouse(t, "[http]\nlisten = \"127.0.0.1:0\"\n")
	h.people("Aiko", "Mia")
	account := func(user, secret string) string {
		_, domain, _ := strings.Cut(user, "@")
		return fmt.Sprintf("[[imap]]\nurl = \"imap://%s\"\nuser = %q\npassword_file = %q\nauthserv_id = \"mx.%s\"\n", box.Addr, user, secret, domain)
	}
	text, err := os.ReadFile(h.config)
	must(t, err)
	_, smtp, _ := strings.Cut(string(text), "[smtp]\n")
	smtp = strings.Replace(smtp, "password_file = \"secret\"", "password_file = \"sending\"", 1)
	must(t, os.WriteFile(h.config, []byte("address = \"updates@example.com\"\n"+account(box.User, "secret")+account(oldAddress, "other")+"[smtp]\n"+smtp), 0o600))
	for name, secret := range map[string]string{"secret": box.Password, "other": box.Password, "sending": houseSecret} {
		must(t, os.WriteFile(filepath.Join(h.dir, name), []byte(secret+"\n"), 0o600))
	}
	first := func(raw []byte) { box.Deliver(mailtest.Transit(raw, time.Now(), box.User)) }
	second := func(raw []byte) { box.DeliverTo(oldAddress, mailtest.Transit(raw, time.Now(), oldAddress)) }

	first(letter("Aiko", "before"))
	second(letter("Mia", "earlier"))
	d := startDaemon(t, h.config)
	d.await(`"mailbox open","mailbox":"updates@example.com/INBOX"`)
	d.await(`"mailbox open","mailbox":"` + oldAddress + ` at`)
	outcomes := func(stored, copies int) {
		t.Helper()
		var got map[team.Outcome]int
		for range 1000 {
			if got = h.status().Outcomes; got[team.Stored] == stored && got[team.Duplicate] == copies && len(got) <= 2 {
				return
			}
			d.pause(20 * time.Millisecond)
		}
		t.Errorf("the outcomes are %v, want %d stored and %d copies", got, stored, copies)
	}
	first(letter("Aiko", "plankton"))
	outcomes(1, 0)
	second(letter("Mia", "krill"))
	outcomes(2, 0)
	both := letter("Aiko", "whale")
	second(both)
	outcomes(3, 0)
	first(both)
	outcomes(3, 1)
	d.stop()

	must(t, os.WriteFile(filepath.Join(h.dir, "other"), []byte("wrong\n"), 0o600))
	first(letter("Aiko", "orca"))
	d = startDaemon(t, h.config)
	outcomes(4, 1)
	d.await(`"mailbox lost","mailbox":"` + oldAddress + ` at`)
	r, err := http.Get(field(t, d, "health and metrics", "address") + "/readyz")
	must(t, err)
	ready, err := io.ReadAll(r.Body)
	must(t, err)
	must(t, r.Body.Close())
	if want := "mailbox " + oldAddress + " at " + box.Addr + ": not seen since the start\n"; r.StatusCode != http.StatusServiceUnavailable || string(ready) != want {
		t.Errorf("/readyz says %d %q, want %q", r.StatusCode, ready, want)
	}
	first(letter("Mia", "squid"))
	outcomes(5, 1)
	d.stop()
}

package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
)

func TestServeIsNotReadyWhileNothingCanBeSent(t *testing.T) {
	t.Parallel()
	const more = "[http]\nlisten = \"127.0.0.1:0\"\n"
	h := newHouse(t, more)
	h.people("Aiko")
	way, err := mailtest.StartProxy(h.server.SMTPAddr(), func(int) mailtest.Faults { return mailtest.Faults{CutAt: 1} })
	must(t, err)
	defer way.Close()
	h.configure(h.server.IMAPAddr(), way.Addr(), more)
	d := startDaemon(t, h.config)
	d.await("mailbox open")
	d.await("sending is held")
	base := field(t, d, "health and metrics", "address")
	get := func(path string) string {
		t.Helper()
		r, err := http.Get(base + path)
		must(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		must(t, err)
		return r.Status[:4] + string(body)
	}
	for range 100 { // a line is logged a moment before it counts
		if !strings.HasPrefix(get("/readyz"), "503 mailbox") {
			break
		}
		d.pause(20 * time.Millisecond)
	}
	for path, want := range map[string]string{
		"/livez":   "200 ok\n",
		"/readyz":  "503 outbox: sending through " + way.Addr() + ": greeting: ",
		"/metrics": "\ndaybreak_sending_up 0\n",
	} {
		if have := get(path); !strings.Contains(have, want) || strings.Contains(have, "[smtp]") {
			t.Errorf("%s: %q, want %q", path, have, want)
		}
	}
	d.stop()
}

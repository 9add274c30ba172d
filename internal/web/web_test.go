package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

func health(ping error) *Health {
	return &Health{Ping: func(context.Context) error { return ping }, Mailboxes: []*Mailbox{{}}, Silence: 15 * time.Minute, Deadlock: 30 * time.Minute}
}

func TestLiveAndReadyAreDifferentQuestions(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		says        string
		ping        error
		seen, beat  time.Duration // ago; 0 for never
		live, ready string        // a part of the trouble, "" for none
	}{
		{"all well", nil, time.Minute, time.Minute, "", ""},
		{"just started", nil, 0, time.Second, "", "not seen since the start"},
		{"mail server away", nil, time.Hour, time.Minute, "", "last seen 1h0m0s ago"},
		{"mailbox loop hangs", nil, time.Hour, time.Hour, "done nothing for 1h0m0s", "done nothing"},
		{"database away", errors.New("disk is gone"), time.Minute, time.Minute, "disk is gone", "disk is gone"},
	} {
		h := health(c.ping)
		if c.seen != 0 {
			h.Mailboxes[0].Seen(now.Add(-c.seen))
		}
		h.Mailboxes[0].Beat(now.Add(-c.beat))
		for _, q := range []struct {
			name string
			err  error
			want string
		}{{"live", h.Live(t.Context(), now), c.live}, {"ready", h.Ready(t.Context(), now), c.ready}} {
			switch {
			case q.want == "" && q.err != nil:
				t.Errorf("%s: %s: %v, want none", c.says, q.name, q.err)
			case q.want != "" && (q.err == nil || !strings.Contains(q.err.Error(), q.want)):
				t.Errorf("%s: %s: %v, want %q", c.says, q.name, q.err, q.want)
			}
		}
	}
}

func TestTheHandlerAnswers(t *testing.T) {
	h := health(nil)
	h.Mailboxes[0].Beat(time.Now())
	m := NewMetrics(h, func(context.Context) (team.Status, error) {
		return team.Status{Outbox: map[team.OutboxState]int{team.Queued: 3}, Outcomes: map[team.Outcome]int{team.Stored: 5}, Quiet: []team.Quiet{{Domain: "example.org"}},
			Vitals: team.Vitals{MailAt: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}}, nil
	})
	m.Mail(team.Mail{Outcome: team.Stored, Missed: true})
	m.Made(team.DigestMail, 2*time.Second)
	handler := Handler(h, m, nil)
	get := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code, w.Body.String()
	}
	if code, body := get("GET", "/livez"); code != 200 || body != "ok\n" {
		t.Errorf("/livez: %d %q", code, body)
	}
	if code, body := get("GET", "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "mailbox") {
		t.Errorf("/readyz: %d %q", code, body)
	}
	h.Mailboxes[0].Seen(time.Now())
	if code, _ := get("GET", "/readyz"); code != 200 {
		t.Errorf("/readyz after the mailbox was seen: %d", code)
	}
	since := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	h.Troubles = func() []team.Trouble {
		return []team.Trouble{{Kind: team.WaitingTrouble, What: "3 mails wait", Since: since}, {Kind: team.GivenUpTrouble, What: "1 digest", Since: since}}
	}
	if code, body := get("GET", "/readyz"); code != http.StatusServiceUnavailable || body != "waiting: 3 mails wait, since 2026-03-02T08:00:00Z\n" {
		t.Errorf("/readyz in trouble: %d %q", code, body)
	}
	h.Sending = func() error { return errors.New("login: 535 5.7.8 no") }
	if code, body := get("GET", "/readyz"); code != http.StatusServiceUnavailable || body != "outbox: login: 535 5.7.8 no\n" {
		t.Errorf("/readyz while nothing can be sent: %d %q", code, body)
	}
	if code, _ := get("GET", "/livez"); code != 200 {
		t.Errorf("/livez while nothing can be sent: %d", code)
	}
	if _, body := get("GET", "/metrics"); !strings.Contains(body, "\ndaybreak_reply_address_misses_total 1\n") {
		t.Error("/metrics does not count the mail to a reply address that is not ours")
	}
	if _, body := get("GET", "/metrics"); !strings.Contains(body, "\ndaybreak_sending_up 0\n") {
		t.Error("/metrics says that mail can be sent")
	}
	if _, body := get("GET", "/metrics"); !strings.Contains(body, "\ndaybreak_trouble{name=\"waiting\"} 1\n") || !strings.Contains(body, "\ndaybreak_trouble{name=\"mailbox\"} 0\n") {
		t.Error("/metrics does not tell the troubles")
	}
	h.Sending, h.Troubles = func() error { return nil }, nil
	if code, _ := get("GET", "/readyz"); code != 200 {
		t.Errorf("/readyz when mail can be sent again: %d", code)
	}
	code, body := get("GET", "/metrics")
	for _, want := range []string{`daybreak_mails_total{outcome="stored"} 1`, `daybreak_mails_total{outcome="bounce"} 0`,
		`daybreak_made_total{kind="digest"} 1`, `daybreak_outbox{state="queued"} 3`, `daybreak_mails_stored{outcome="stored"} 5`, `daybreak_database_up 1`, `daybreak_sending_up 1`, `daybreak_quiet{of="domain"} 1`, `daybreak_quiet{of="member"} 0`, `daybreak_last_mail_timestamp_seconds 1.7724384e+09`, `daybreak_last_digest_timestamp_seconds 0`} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("/metrics: %d, no line %q", code, want)
		}
	}
	if code, _ := get("POST", "/livez"); code != http.StatusMethodNotAllowed {
		t.Errorf("POST /livez: %d", code)
	}
}

func TestOfSeveralMailboxesItIsToldWhichIsOutOfReach(t *testing.T) {
	now := time.Now()
	h := health(nil)
	h.Mailboxes = []*Mailbox{{Name: "one at a.example"}, {Name: "two at b.example"}}
	for _, m := range h.Mailboxes {
		m.Beat(now)
	}
	ready := func(want string) {
		t.Helper()
		if got := h.Ready(t.Context(), now); got == nil && want != "" || got != nil && got.Error() != want {
			t.Errorf("ready: %v, want %q", got, want)
		}
	}
	ready("mailbox one at a.example: not seen since the start\nmailbox two at b.example: not seen since the start")
	h.Mailboxes[0].Seen(now)
	h.Mailboxes[1].Seen(now.Add(-time.Hour))
	h.Mailboxes[1].Beat(now)
	ready("mailbox two at b.example: last seen 1h0m0s ago")
	w := httptest.NewRecorder()
	Handler(h, NewMetrics(h, func(context.Context) (team.Status, error) { return team.Status{}, nil }), nil).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, name := range []string{"one at a.example", "two at b.example"} {
		if line := "daybreak_mailbox_seen_timestamp_seconds{mailbox=\"" + name + "\"} 1."; !strings.Contains(w.Body.String(), line) {
			t.Errorf("/metrics has no line %q", line)
		}
	}
	h.Mailboxes[1].Seen(now)
	ready("")
	h.Mailboxes[0].Beat(now.Add(-time.Hour))
	if err := h.Live(t.Context(), now); err == nil || err.Error() != "mailbox one at a.example: the loop has done nothing for 1h0m0s" {
		t.Errorf("live: %v", err)
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
)

// house is a directory with a configuration, servers for it, and a team of which everybody is asked at once.
type house struct {
	t      testing.TB
	dir    string
	config string
	server *mailtest.Server
}

const houseSecret = "correct horse battery"

// newHouse starts the servers and writes the configuration, with more lines of it at the end.
func newHouse(t testing.TB, more string, change ...func(*mailtest.Options)) *house {
	t.Helper()
	o := mailtest.Options{Address: "updates@example.com", Password: houseSecret, TCP: true}
	for _, c := range change {
		c(&o)
	}
	server, err := mailtest.Start(o)
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	h := &house{t: t, dir: t.TempDir(), server: server}
	h.configure(server.IMAPAddr(), server.SMTPAddr(), more)
	h.secret(houseSecret)
	return h
}

func (h *house) configure(imap, smtp, more string) {
	h.t.Helper()
	h.config = filepath.Join(h.dir, "daybreak.toml")
	must(h.t, os.WriteFile(h.config, fmt.Appendf(nil, `address = "updates@example.com"
[imap]
url = "imap://%s"
password_file = "secret"
authserv_id = "mx.example.com"
[smtp]
url = "smtp://%s"
user = "updates@example.com"
password_file = "secret"
%s`, imap, smtp, more), 0o600))
}

// rewrite changes a part of the configuration.
func (h *house) rewrite(old, now string) {
	h.t.Helper()
	text, err := os.ReadFile(h.config)
	must(h.t, err)
	must(h.t, os.WriteFile(h.config, []byte(strings.Replace(string(text), old, now, 1)), 0o600))
}

func (h *house) secret(text string) {
	h.t.Helper()
	must(h.t, os.WriteFile(filepath.Join(h.dir, "secret"), []byte(text+"\n"), 0o600))
}

func (h *house) database() string { return filepath.Join(h.dir, "daybreak.db") }

// people makes a team of members who are asked as soon as the daemon runs.
func (h *house) people(names ...string) {
	h.t.Helper()
	h.apply(askedNow(time.Now(), names...))
}

func (h *house) apply(roster team.Roster) {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), store.Options{Path: h.database()})
	must(h.t, err)
	defer s.Close()
	_, err = s.ApplyRoster(h.t.Context(), roster, false, time.Now())
	must(h.t, err)
}

// askedNow is a team of members who live where it is the middle of the day, and who are asked from midnight on.
func askedNow(now time.Time, names ...string) team.Roster {
	rule := team.Rule{Zone: middayZone(now), Days: team.Workdays{Days: 1<<7 - 1}, Hours: team.WorkHours{Hours: team.Hours{End: 23*60 + 59}}, PromptSet: true, Digest: 23*60 + 59, DigestSet: true}
	t := team.RosterTeam{Team: team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions()}}}}
	for _, name := range names {
		t.Members = append(t.Members, team.RosterMember{Member: team.Member{Name: name, Addresses: []string{strings.ToLower(name) + "@example.com"}, Rule: rule}})
	}
	return team.Roster{Teams: []team.RosterTeam{t}}
}

// status is what the database knows now.
func (h *house) status() team.Status {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), store.Options{Path: h.database(), ReadOnly: true})
	must(h.t, err)
	defer s.Close()
	status, err := s.Status(h.t.Context(), time.Now(), 10)
	must(h.t, err)
	return status
}

// letter is a mail of a member to the team, with a word that stands nowhere else.
func letter(from, word string) []byte {
	return fmt.Appendf(nil, "From: %[1]s@example.com\r\nTo: updates@example.com\r\nSubject: update\r\nMessage-ID: <%[2]s@example.com>\r\n\r\nI finished %[2]s.\r\n", strings.ToLower(from), word)
}

// deliver has a mail's sender hand it in.
func (h *house) deliver(raw []byte) {
	h.t.Helper()
	_, err := h.server.Deliver(mailtest.Transit(raw, time.Now(), recipient(raw)))
	must(h.t, err)
}

func TestALinkInAMailUnsubscribesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://updates.example.com\"\n")
	h.people("Aiko")
	d := startDaemon(t, h.config)
	d.await("health and metrics")
	base := field(t, d, "health and metrics", "address")
	s, err := store.Open(t.Context(), store.Options{Path: h.database(), ReadOnly: true})
	must(t, err)
	defer s.Close()
	keys, err := s.Keys(t.Context())
	must(t, err)
	aiko, _, err := s.PersonByAddress(t.Context(), "aiko@example.com")
	must(t, err)
	link := base + "/u/" + keys.Sign(token.Token{Kind: token.Unsubscribe, Member: aiko.ID, Expires: team.DateOf(time.Now().UTC()).Add(1)})
	r, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	must(t, err)
	must(t, r.Body.Close())
	after, _, err := s.Person(t.Context(), aiko.ID)
	must(t, err)
	if r.StatusCode != http.StatusOK || !after.Paused {
		t.Errorf("status %d, paused %v", r.StatusCode, after.Paused)
	}
	d.stop()
}

func TestServeTellsWhetherItLivesAndIsReady(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "[http]\nlisten = \"127.0.0.1:0\"\n")
	h.people("Aiko")
	var open atomic.Bool
	way, err := mailtest.StartProxy(h.server.IMAPAddr(), func(int) mailtest.Faults {
		if open.Load() {
			return mailtest.Faults{}
		}
		return mailtest.Faults{CutAt: 1}
	})
	must(t, err)
	defer way.Close()
	h.configure(way.Addr(), h.server.SMTPAddr(), "[http]\nlisten = \"127.0.0.1:0\"\n")
	d := startDaemon(t, h.config)
	d.await("mailbox lost")
	base := field(t, d, "health and metrics", "address")
	get := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get(base + path)
		must(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		must(t, err)
		return r.StatusCode, string(body)
	}
	want := func(path string, code int, parts ...string) {
		t.Helper()
		for tries := 0; ; tries++ { // a line is logged a moment before it is counted
			have, body := get(path)
			missing := slices.IndexFunc(parts, func(part string) bool { return !strings.Contains(body, part) })
			if have == code && missing < 0 {
				return
			} else if tries == 100 {
				t.Fatalf("%s: %d %q, want %d with %q", path, have, body, code, parts)
			}
			d.pause(20 * time.Millisecond)
		}
	}
	want("/livez", 200, "ok\n")
	want("/readyz", 503, "mailbox: not seen since the start\n")
	want("/metrics", 200, "daybreak_mailbox_seen_timestamp_seconds 0\n", "daybreak_database_up 1\n", `daybreak_mails_total{outcome="stored"} 0`)
	want("/", 404)
	open.Store(true)
	d.await("mailbox open")
	want("/readyz", 200, "ok\n")
	h.deliver(letter("Aiko", "plankton"))
	d.await(`"outcome":"stored"`)
	want("/metrics", 200, `daybreak_mails_total{outcome="stored"} 1`, `daybreak_mails_stored{outcome="stored"} 1`, `daybreak_next_due_timestamp_seconds{kind="prompt"} `)
	d.stop()
	if _, err := http.Get(base + "/livez"); err == nil {
		t.Error("the address still answers")
	}
}

// field is a value of the log line with the message.
func field(t *testing.T, d *daemonUnderTest, message, name string) string {
	t.Helper()
	for line := range strings.Lines(d.log.String()) {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message {
			return fmt.Sprint(entry[name])
		}
	}
	t.Fatalf("no line %q in\n%s", message, d.log.String())
	return ""
}

func TestServeEndsSoon(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		imap, smtp mailtest.Faults
		await      string
	}{
		"when it is idle":                          {await: "mailbox open"},
		"while IMAP does not greet":                {imap: mailtest.Faults{StallAt: 1}, await: "mail sent"},
		"while IMAP stops in the middle":           {imap: mailtest.Faults{StallAt: 300}, await: "mail sent"},
		"while IMAP sends a byte now and then":     {imap: mailtest.Faults{Rate: 10}, await: "mail sent"},
		"while SMTP does not greet":                {smtp: mailtest.Faults{StallAt: 1}, await: "mailbox open"},
		"while SMTP stops in the middle":           {smtp: mailtest.Faults{StallAt: 200}, await: "mailbox open"},
		"while SMTP ends the connection each time": {smtp: mailtest.Faults{CutAt: 30}, await: "sending is held"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "")
			h.people("Aiko")
			h.configure(through(t, h.server.IMAPAddr(), c.imap), through(t, h.server.SMTPAddr(), c.smtp), "")
			d := startDaemon(t, h.config)
			d.await(c.await)
			d.pause(200 * time.Millisecond) // by now both sides wait for the other
			began := time.Now()
			d.stop()
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s\n%s", took, d.log)
			}
			if n := len(h.server.Deliveries()); n > 1 || h.status().Outbox[team.SentOut] > n {
				t.Errorf("%d mails were taken, the outbox has %v", n, h.status().Outbox)
			}
		})
	}
}

// through is an address at which the server is reached with the faults.
func through(t *testing.T, server string, f mailtest.Faults) string {
	t.Helper()
	way, err := mailtest.StartProxy(server, func(int) mailtest.Faults { return f })
	must(t, err)
	t.Cleanup(func() { _ = way.Close() })
	return way.Addr()
}

func TestServeFinishesTheMailInFlight(t *testing.T) {
	t.Parallel()
	taken, answer := make(chan struct{}, 10), make(chan struct{})
	release := sync.OnceFunc(func() { close(answer) })
	h := newHouse(t, "", func(o *mailtest.Options) {
		o.OnDelivery = func(mailtest.Delivery) { taken <- struct{}{}; <-answer } // the answer to the final dot waits
	})
	t.Cleanup(release)
	h.people("Aiko", "Mia")
	d := startDaemon(t, h.config)
	<-taken
	must(t, d.cmd.Process.Signal(syscall.SIGTERM))
	d.await("stopping: what is in flight is finished first")
	d.pause(300 * time.Millisecond) // it waits for the answer
	release()
	must(t, d.ended(0))
	sent := len(h.server.Deliveries())
	if got := h.status().Outbox; got[team.SentOut] != sent || got[team.Dot] != 0 || got[team.SentOut]+got[team.Queued] != 2 {
		t.Errorf("%d mails were taken, the outbox has %v", sent, got)
	}
	d = startDaemon(t, h.config)
	d.await("mailbox open")
	for h.status().Outbox[team.SentOut] != 2 {
		d.pause(20 * time.Millisecond)
	}
	d.stop()
	if got := addressees(h.server.Deliveries()); got != "aiko@example.com mia@example.com" {
		t.Errorf("mails went to %s", got)
	}
}

// addressees of mails, in order of the alphabet.
func addressees(all []mailtest.Delivery) string {
	var to []string
	for _, d := range all {
		to = append(to, d.To)
	}
	return strings.Join(slices.Sorted(slices.Values(to)), " ")
}

func TestServeLogsNeitherSecretsNorMails(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.people("Aiko")
	h.secret("wrong " + houseSecret)
	d := startDaemon(t, h.config, "--log-level", "debug")
	d.await("mailbox lost") // the server has refused it
	d.await("sending is held")
	d.stop()
	log := d.log.String()
	h.secret(houseSecret)
	d = startDaemon(t, h.config, "--log-level", "debug")
	d.await("mailbox open")
	d.await(`"msg":"mail sent"`)
	h.deliver(letter("Aiko", "plankton"))
	d.await(`"outcome":"stored"`)
	h.deliver([]byte("From: stranger@elsewhere.example\r\nTo: updates@example.com\r\nSubject: zooplankton\r\n\r\nkrill\r\n"))
	d.await(`"outcome":"refused"`)
	d.stop()
	log += d.log.String()
	for _, secret := range []string{houseSecret, "plankton", "krill", "What got done"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log:\n%s", secret, log)
		}
	}
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestServeTellsSystemd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	defer l.Close()
	cmd := exec.Command("daybreak", "--config", h.config, "serve")
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=200000")
	d := runDaemon(t, cmd)
	next := func() string {
		t.Helper()
		must(t, l.SetReadDeadline(time.Now().Add(10*time.Second)))
		b := make([]byte, 100)
		n, err := l.Read(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, d.log.String())
		}
		return string(b[:n])
	}
	if got := next(); got != "READY=1" {
		t.Errorf("first %q", got)
	}
	for range 3 {
		if got := next(); got != "WATCHDOG=1" {
			t.Errorf("then %q", got)
		}
	}
	must(t, d.cmd.Process.Signal(syscall.SIGTERM))
	got := next()
	for got == "WATCHDOG=1" {
		got = next()
	}
	if got != "STOPPING=1" {
		t.Errorf("at the end %q", got)
	}
	must(t, d.ended(0))
}

func TestServeWithAWatchdogThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	cmd := exec.Command("daybreak", "--config", h.config, "serve")
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET=/nonexistent/notify", "WATCHDOG_USEC=100000")
	d := runDaemon(t, cmd)
	d.await("telling systemd") // it says so and works
	d.await("mailbox open")
	d.stop()
}

package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// links are the links of a database with one member, who is given with them.
func links(t *testing.T) (*Unsubscribe, *store.Store, int64) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "daybreak.db")})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	_, err = s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team:    team.Team{Slug: "platform", Name: "Platform <b>", CheckIns: []team.CheckIn{{Name: "daily"}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko <i>Tanaka", Addresses: []string{"aiko@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo"}}}},
	}}}, false, time.Now())
	must(t, err)
	aiko, _, err := s.PersonByAddress(t.Context(), "aiko@example.com")
	must(t, err)
	keys, err := s.Keys(t.Context())
	must(t, err)
	set, err := templates.Load()
	must(t, err)
	return &Unsubscribe{Keys: keys, Store: s, Pages: set, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, s, aiko.ID
}

func (u *Unsubscribe) ask(method, token, body string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	u.Register(mux)
	r := httptest.NewRequest(method, UnsubscribePath+url.PathEscape(token), strings.NewReader(body))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestALinkAsksAndOnlyAPostActs(t *testing.T) {
	u, s, aiko := links(t)
	paused := func(want bool) {
		t.Helper()
		p, _, err := s.Person(t.Context(), aiko)
		must(t, err)
		if p.Paused != want {
			t.Errorf("paused %v, want %v", p.Paused, want)
		}
	}
	link := u.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: aiko, Expires: team.DateOf(time.Now().UTC())})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w := u.ask(method, link, "")
		if w.Code != http.StatusOK || w.Header().Get("Set-Cookie") != "" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "form-action 'self'") {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
		if body := w.Body.String(); method == http.MethodGet && (!strings.Contains(body, `<form method="post">`) || !strings.Contains(body, "Platform &lt;b&gt;") || strings.Contains(body, "<i>")) {
			t.Errorf("the page is %s", body)
		}
	}
	if w := u.ask(http.MethodPost, link, "url=https%3A%2F%2Fscanner.example"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="One-Click"`) {
		t.Errorf("another post: %d %s", w.Code, w.Body)
	}
	paused(false)
	w := u.ask(http.MethodPost, link, "List-Unsubscribe=One-Click")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<h1>Stopped</h1>") {
		t.Errorf("a post: %d %s", w.Code, w.Body)
	}
	paused(true)
	if again := u.ask(http.MethodPost, link, ""); again.Code != http.StatusOK {
		t.Errorf("a second post: %d", again.Code)
	}
	if w := u.ask(http.MethodGet, link, ""); !strings.Contains(w.Body.String(), "<h1>Stopped</h1>") || strings.Contains(w.Body.String(), "<form") {
		t.Errorf("afterwards it asks: %s", w.Body)
	}
	changes, err := s.Changes(t.Context(), aiko, time.Time{}, 1)
	must(t, err)
	if len(changes) != 1 || changes[0].By != "link" || changes[0].What != "paused" || changes[0].Is != "yes" {
		t.Errorf("the log has %+v", changes)
	}
}

func TestALinkThatIsNotOneStopsNothing(t *testing.T) {
	u, s, aiko := links(t)
	today := team.DateOf(time.Now().UTC())
	good := u.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: aiko, Expires: today})
	for name, link := range map[string]string{
		"expired":       u.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: aiko, Expires: today.Add(-1)}),
		"of a mail":     u.Keys.Sign(token.Token{Kind: token.Digest, Member: aiko, Day: today, Expires: today}),
		"of nobody":     u.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: 99, Expires: today}),
		"changed":       good[:len(good)-3] + "abc",
		"cut":           good[:20],
		"something":     "<script>",
		"much too long": strings.Repeat("a", 5000),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := u.ask(method, link, "List-Unsubscribe=One-Click")
			if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "This link is of no use") || strings.Contains(w.Body.String(), "Aiko") {
				t.Errorf("%s, %s: %d %s", name, method, w.Code, w.Body)
			}
		}
	}
	p, _, err := s.Person(t.Context(), aiko)
	must(t, err)
	if p.Paused {
		t.Error("one of them stopped the mails")
	}
}

// full is a database that cannot be written to.
type full struct{ *store.Store }

func (full) Unsubscribe(context.Context, int64, time.Time) error { return errors.New("disk full") }

func TestWhoCouldNotBeUnsubscribedIsToldSo(t *testing.T) {
	u, s, aiko := links(t)
	var log bytes.Buffer
	u.Store, u.Log = full{s}, slog.New(slog.NewTextHandler(&log, nil))
	link := u.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: aiko, Expires: team.DateOf(time.Now().UTC())})
	w := u.ask(http.MethodPost, link, "List-Unsubscribe=One-Click")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "That did not work") || !strings.Contains(log.String(), "disk full") {
		t.Errorf("%d %s; log %s", w.Code, w.Body, log.String())
	}
}

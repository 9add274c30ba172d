package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// UnsubscribePath is what the links that mails carry begin with, behind the public address. The token follows.
const UnsubscribePath = "/u/"

// Unsubscribe answers the links of List-Unsubscribe (RFC 8058): GET shows what a button would do and changes nothing, since mail filters
// follow links; a POST with what mail programs and the button send acts at once. Another POST is taken for a GET: some filters send such.
type Unsubscribe struct {
	Keys  token.Keys
	Store UnsubscribeStore
	Pages *templates.Set
	Log   *slog.Logger
}

// UnsubscribeStore is what the links need of the database.
type UnsubscribeStore interface {
	Person(ctx context.Context, id int64) (team.Person, bool, error)
	// Unsubscribe pauses a member who asked for it by a link.
	Unsubscribe(ctx context.Context, member int64, now time.Time) error
}

// Register adds the links to a mux.
func (u *Unsubscribe) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+UnsubscribePath+"{token}", u.serve)
	mux.HandleFunc("POST "+UnsubscribePath+"{token}", u.serve)
}

func (u *Unsubscribe) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", templates.FormPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10)) // as a form of either encoding
	page, status := u.act(r, r.Method == http.MethodPost && bytes.Contains(body, []byte("One-Click")))
	w.WriteHeader(status)
	if err := u.Pages.UnsubscribePage(w, page); err != nil {
		u.Log.Error("showing the page to unsubscribe", "error", err)
	}
}

// act does what a request asks for and gives the page to be shown.
func (u *Unsubscribe) act(r *http.Request, stop bool) (templates.UnsubscribePage, int) {
	now := time.Now()
	t, err := u.Keys.Verify(r.PathValue("token"), now)
	if err != nil || t.Kind != token.Unsubscribe {
		return templates.UnsubscribePage{State: templates.UnknownLink, Expired: errors.Is(err, token.ErrExpired)}, http.StatusNotFound
	}
	p, ok, err := u.Store.Person(r.Context(), t.Member)
	if err == nil && !ok {
		return templates.UnsubscribePage{State: templates.UnknownLink}, http.StatusNotFound
	}
	page := templates.UnsubscribePage{Name: p.Name}
	for _, in := range p.Teams {
		page.Teams = append(page.Teams, in.Team.Name)
	}
	if err == nil && stop {
		err = u.Store.Unsubscribe(r.Context(), t.Member, now)
		p.Paused = true
	}
	if err != nil {
		u.Log.Error("unsubscribing", "member", t.Member, "error", err)
		return templates.UnsubscribePage{State: templates.TroubleWithLink}, http.StatusServiceUnavailable
	}
	page.State = templates.AskUnsubscribe
	if p.Paused || len(p.Teams) == 0 {
		page.State = templates.Unsubscribed
	}
	if stop {
		u.Log.Info("unsubscribed by link", "member", t.Member)
	}
	return page, http.StatusOK
}

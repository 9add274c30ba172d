// Package web is what the daemon shows on its loopback address: whether it lives, whether it is ready, its metrics, and the pages of
// links in its mails.
//
// In come the functions that look at the database and the mailbox; out goes an http.Handler. It takes no decisions and changes
// nothing but that a member who unsubscribes is paused.
package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"daybreak/internal/team"
)

// Health tells whether the daemon does its work, from last successes and not from last errors.
type Health struct {
	Ping      func(context.Context) error // asks the database
	Mailboxes []*Mailbox                  // all that are read
	Silence   time.Duration               // how long a mailbox may be out of reach before the daemon is not ready
	Deadlock  time.Duration               // how long a mailbox loop may do nothing at all before the watchdog acts
	Sending   func() error                // why nothing can be sent at the moment, nil if nothing is known against it; the func may be nil
	Troubles  func() []team.Trouble       // what else is the matter, the gravest first; the func may be nil
}

// Mailbox is what is known of a mailbox and of the loop that reads it.
type Mailbox struct {
	Name string // "" if there is no other

	seen atomic.Int64 // Unix ms of the last successful look at it
	beat atomic.Int64 // Unix ms of the loop's last sign of life
}

// Seen notes that the mailbox was looked at with success.
func (m *Mailbox) Seen(at time.Time) {
	m.seen.Store(at.UnixMilli())
	m.Beat(at)
}

// Beat notes that the loop does something, be it only a failed attempt.
func (m *Mailbox) Beat(at time.Time) { m.beat.Store(at.UnixMilli()) }

// SeenAt is the last successful look at the mailbox; zero if there was none.
func (m *Mailbox) SeenAt() time.Time {
	if ms := m.seen.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// String is what it is called in words.
func (m *Mailbox) String() string {
	if m.Name == "" {
		return "mailbox"
	}
	return "mailbox " + m.Name
}

// pingLimit is how long the database may take to answer.
const pingLimit = 5 * time.Second

// Live says what keeps the daemon from going on by itself, so that only a restart helps: a database that does not answer, a mailbox
// loop that stands still. A mail server that is away is no reason to restart.
func (h *Health) Live(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	if err := h.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	for _, m := range h.Mailboxes {
		if still := now.Sub(time.UnixMilli(m.beat.Load())); still > h.Deadlock {
			return fmt.Errorf("%s: the loop has done nothing for %s", m, still.Round(time.Second))
		}
	}
	return nil
}

// Ready says what keeps the daemon from doing its whole work now.
func (h *Health) Ready(ctx context.Context, now time.Time) error {
	if err := h.Live(ctx, now); err != nil {
		return err
	}
	var errs []error
	for _, m := range h.Mailboxes {
		seen := m.SeenAt()
		if seen.IsZero() {
			errs = append(errs, fmt.Errorf("%s: not seen since the start", m))
		} else if silent := now.Sub(seen); silent > h.Silence {
			errs = append(errs, fmt.Errorf("%s: last seen %s ago", m, silent.Round(time.Second)))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if err := h.sending(); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	for _, t := range h.troubles() {
		if !t.Kind.Happens() {
			errs = append(errs, fmt.Errorf("%s: %s, since %s", t.Kind, t.What, t.Since.UTC().Format(time.RFC3339)))
		}
	}
	return errors.Join(errs...)
}

func (h *Health) troubles() []team.Trouble {
	if h.Troubles == nil {
		return nil
	}
	return h.Troubles()
}

func (h *Health) sending() error {
	if h.Sending == nil {
		return nil
	}
	return h.Sending()
}

// Handler serves /livez, /readyz and /metrics, and the links to unsubscribe if there are such.
func Handler(h *Health, m *Metrics, links *Unsubscribe) http.Handler {
	mux := http.NewServeMux()
	answer := func(look func(context.Context, time.Time) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			if err := look(r.Context(), time.Now()); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprintln(w, err)
				return
			}
			fmt.Fprintln(w, "ok")
		}
	}
	mux.HandleFunc("GET /livez", answer(h.Live))
	mux.HandleFunc("GET /readyz", answer(h.Ready))
	mux.Handle("GET /metrics", m.handler())
	if links != nil {
		links.Register(mux)
	}
	return mux
}

// Server gives an HTTP server with limits for the handler.
func Server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           http.MaxBytesHandler(handler, 64<<10),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

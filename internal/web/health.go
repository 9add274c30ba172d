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
	Ping     func(context.Context) error // asks the database
	Silence  time.Duration               // how long the mailbox may be out of reach before the daemon is not ready
	Deadlock time.Duration               // how long the mailbox loop may do nothing at all before the watchdog acts
	Sending  func() error                // why nothing can be sent at the moment, nil if nothing is known against it; the func may be nil
	Troubles func() []team.Trouble       // what else is the matter, the gravest first; the func may be nil

	seen atomic.Int64 // Unix ms of the last successful look at the mailbox
	beat atomic.Int64 // Unix ms of the mailbox loop's last sign of life
}

// Seen notes that the mailbox was looked at with success.
func (h *Health) Seen(at time.Time) {
	h.seen.Store(at.UnixMilli())
	h.Beat(at)
}

// Beat notes that the mailbox loop does something, be it only a failed attempt.
func (h *Health) Beat(at time.Time) { h.beat.Store(at.UnixMilli()) }

// SeenAt is the last successful look at the mailbox; zero if there was none.
func (h *Health) SeenAt() time.Time {
	if ms := h.seen.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
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
	if still := now.Sub(time.UnixMilli(h.beat.Load())); still > h.Deadlock {
		return fmt.Errorf("mailbox: the loop has done nothing for %s", still.Round(time.Second))
	}
	return nil
}

// Ready says what keeps the daemon from doing its whole work now.
func (h *Health) Ready(ctx context.Context, now time.Time) error {
	if err := h.Live(ctx, now); err != nil {
		return err
	}
	seen := h.SeenAt()
	if seen.IsZero() {
		return fmt.Errorf("mailbox: not seen since the start")
	}
	if silent := now.Sub(seen); silent > h.Silence {
		return fmt.Errorf("mailbox: last seen %s ago", silent.Round(time.Second))
	}
	if err := h.sending(); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	var errs []error
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

package mailin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"daybreak/internal/failpoint"
)

const (
	shortestPause = time.Second
	longestPause  = 15 * time.Minute
	loginPause    = time.Minute // the shortest after the server has not let us in
	storePause    = time.Minute // the longest after our own database was in trouble
)

// Run keeps the mailbox read until ctx ends: it connects, takes in what is new, waits for more, and after each failure connects
// again, later each time. It gives nil when ctx ends, and an error only for a Mailbox that can never work.
func (m *Mailbox) Run(ctx context.Context) error {
	if err := m.usable(); err != nil {
		return err
	}
	failures := 0
	for {
		m.beat()
		moved, lived, err := m.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		var insecure *insecureError
		if errors.As(err, &insecure) {
			return err
		}
		if moved > 0 || lived > time.Minute {
			failures = 0
		}
		m.beat()
		wait := pause(failures, err)
		failures++
		if m.Lost != nil {
			m.Lost(err)
		}
		m.log().Warn("mailbox lost", "error", err, "hint", Hint(err), "again_in", wait.Round(time.Second))
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

func (m *Mailbox) beat() {
	if m.Beat != nil {
		m.Beat(time.Now())
	}
}

func (m *Mailbox) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

// usable tells what is missing.
func (m *Mailbox) usable() error {
	switch {
	case m.Addr == "":
		return errors.New("the mailbox has no server")
	case m.Store == nil || m.Receive == nil:
		return errors.New("the mailbox has nowhere to put its mail")
	case (m.Auth.Password == nil) == (m.Auth.Token == nil):
		return errors.New("the mailbox needs a password or an access token, and not both")
	}
	return nil
}

// session is one connection from its beginning to its end, which is always an error. It tells how many mails were received and
// how long the connection was good.
func (m *Mailbox) session(ctx context.Context) (moved int, lived time.Duration, err error) {
	s, err := m.enter(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	var good time.Time
	for {
		m.beat()
		n, err := s.CatchUp(ctx, m.now())
		moved += n
		if err == nil && good.IsZero() {
			good = time.Now()
			m.log().Info("mailbox open", "server", m.Addr, "idle", s.canIdle())
		}
		if err == nil {
			err = s.Wait(ctx)
		}
		if err != nil {
			if !good.IsZero() {
				lived = time.Since(good)
			}
			return moved, lived, err
		}
	}
}

// pause is how long to wait after so many failures: twice as long each time, jittered.
func pause(failures int, err error) time.Duration {
	wait := longestPause
	if failures < 10 {
		wait = min(longestPause, shortestPause<<failures)
	}
	var login *loginError
	if errors.As(err, &login) {
		wait = max(wait, 2*loginPause)
	}
	var ours *storeError
	if errors.As(err, &ours) { // a full disk, a lock: it is not the server that wants to be left alone
		wait = min(wait, storePause)
	}
	return wait/2 + rand.N(wait/2)
}

// sleep waits, and tells whether it did so to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Wait waits until the server tells of new mail, or until it is time to look again. It uses IDLE if the server offers it.
func (s *Session) Wait(ctx context.Context) error {
	failpoint.Here("imap-wait")
	m := s.mailbox
	poll := cmp.Or(m.PollEvery, defaultPollEvery)
	if s.canIdle() {
		err := s.idle(ctx, min(poll, cmp.Or(m.IdleFor, defaultIdleFor)))
		if !isAnswer(err) {
			return err
		}
		m.log().Warn("the server refuses IDLE; looking from time to time instead", "error", err, "every", poll)
		s.noIdle = true
	}
	s.conn.expect(atRest())
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.client.Closed():
		return s.lost(errors.New("the connection ended"))
	case <-s.news:
	case <-timer.C:
	}
	return nil
}

func (s *Session) idle(ctx context.Context, longest time.Duration) error {
	err := s.do(ctx, forCommand(), func() error {
		idle, err := s.client.Idle()
		if err != nil {
			return err
		}
		s.conn.expect(forIdle(longest))
		timer := time.NewTimer(longest)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-s.client.Closed():
		case <-s.news:
		case <-timer.C:
		}
		s.conn.expect(forCommand())
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
	if err != nil && !isAnswer(err) {
		return fmt.Errorf("waiting for mail: %w", err)
	}
	return err
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// watchPoll is how often a folder is looked at if the server does not tell of new mail by itself.
const watchPoll = 3 * time.Second

// watch looks at a folder from the moment at which it is opened, with a place of its own: the daemon's, in the database, is
// left alone. A nil watch can be closed.
type watch struct {
	account account
	folder  string
	session *mailin.Session
	place   *place
	marks   map[string]incoming // the probes that came, by their mark
}

// openWatch logs in and notes what is in the folder already. The longest wait that is planned says how often to look.
func openWatch(ctx context.Context, a account, folder string, longest time.Duration) (*watch, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	w := &watch{account: a, folder: folder, place: &place{}, marks: map[string]incoming{}}
	box := a.mailbox()
	box.Others = nil
	box.Folder, box.Store, box.Receive, box.PollEvery = folder, w.place, w.receive, min(watchPoll, longest/4)
	var err error
	if w.session, err = box.Open(ctx); err != nil {
		return nil, err
	}
	if _, err = w.session.CatchUp(ctx, time.Now()); err != nil { // sets the place behind what is there
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *watch) close() {
	if w != nil {
		w.session.Close()
	}
}

var errNotHere = errors.New("it did not come")

// wait waits for the first of some mails, for d at most, and notes when they came.
func (w *watch) wait(ctx context.Context, d time.Duration, awaited ...*arrival) error {
	end := time.Now().Add(d)
	for {
		if _, err := w.session.CatchUp(ctx, time.Now()); err != nil {
			return err
		}
		found := false
		for _, a := range awaited {
			if it, ok := w.marks[a.mark]; ok && a.came.IsZero() {
				a.came, a.incoming, found = time.Now(), it, true
			}
		}
		if found {
			return nil
		}
		if !time.Now().Before(end) {
			return errNotHere
		}
		if err := w.session.Wait(ctx); err != nil {
			return err
		}
	}
}

func (w *watch) receive(_ context.Context, c team.Cursor, batch []mailin.Raw) error {
	for _, raw := range batch {
		m, err := mail.ReadMessage(bytes.NewReader(raw.Bytes))
		if err != nil {
			continue // not ours: we write mails that can be read
		}
		if mark := m.Header.Get(mailin.ProbeHeader); mark != "" {
			w.marks[mark] = incoming{m.Header, raw.Bytes}
		}
	}
	w.place.cursor = c
	return nil
}

// place is how far a folder has been read, in memory.
type place struct {
	cursor team.Cursor
	isSet  bool
}

// Cursor gives the place.
func (p *place) Cursor(_ context.Context, account string) (team.Cursor, bool, error) {
	if p.isSet && p.cursor.Account != account {
		return team.Cursor{}, false, fmt.Errorf("the place of %s is not that of %s", p.cursor.Account, account)
	}
	return p.cursor, p.isSet, nil
}

// Baseline sets the place.
func (p *place) Baseline(_ context.Context, c team.Cursor) error {
	p.cursor, p.isSet = c, true
	return nil
}

// MailboxSeen does nothing.
func (p *place) MailboxSeen(context.Context, string, time.Time) error { return nil }

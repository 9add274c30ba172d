package main

import (
	"errors"
	"slices"
	"sync"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/trouble"
	"daybreak/mailin"
)

// loginPatience is how long a mailbox may refuse us until that is a trouble: some do for a minute.
const loginPatience = 5 * time.Minute

// lookout gathers what the loops of the daemon say of themselves.
type lookout struct {
	store     *store.Store
	boxes     []*boxLook
	outbox    *outbox.Outbox
	scheduler *digest.Scheduler

	mu   sync.Mutex
	held time.Time // since when nothing can be sent; zero if nothing is known against it
	sent bool      // something was, since the start
}

// boxLook is what the loop of one mailbox says of itself.
type boxLook struct {
	now     func() time.Time
	started time.Time
	name    string // "" if there is no other

	mu      sync.Mutex
	seen    time.Time // with success
	lost    error     // why it was lost since; nil if it was not
	refused time.Time // since when it does not let us in; zero if it does
}

// sawIt notes that the mailbox was looked at with success.
func (l *boxLook) sawIt(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen, l.lost, l.refused = at, nil, time.Time{}
}

// lostIt notes why a session ended.
func (l *boxLook) lostIt(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = err
	switch {
	case !mailin.LoginRefused(err):
		l.refused = time.Time{}
	case l.refused.IsZero():
		l.refused = l.now()
	}
}

// sentMail notes that a server has taken a mail.
func (l *lookout) sentMail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = true
}

// sources are the parts of the daemon that tell of themselves.
func (l *lookout) sources() []trouble.Source {
	list := []trouble.Source{
		{Kinds: []team.TroubleKind{team.DamagedTrouble, team.FullTrouble, team.LockedTrouble, team.DiskTrouble}, Look: l.database},
		{Kinds: []team.TroubleKind{team.SendingTrouble}, Look: l.sending},
		{Kinds: []team.TroubleKind{team.BehindTrouble}, Look: l.making},
	}
	for _, b := range l.boxes {
		list = append(list, trouble.Source{Kinds: []team.TroubleKind{team.MailboxTrouble, team.LoginTrouble}, About: b.name, Look: b.look})
	}
	return list
}

func (l *lookout) database(time.Time) (*team.Trouble, bool) {
	err, since := l.store.Standing()
	if err == nil {
		return nil, true
	}
	t := &team.Trouble{Kind: team.DiskTrouble, Since: since, What: "the database does not do as it is told: " + err.Error(), Hint: err.Hint}
	switch err.Kind {
	case store.Full:
		t.Kind, t.What = team.FullTrouble, "the disk of the database is full: mail stays on its server, and nothing is sent"
	case store.Busy:
		t.Kind, t.What = team.LockedTrouble, "another program keeps the database to itself: mail stays on its server, and nothing is sent"
	case store.Corrupt:
		t.Kind, t.What = team.DamagedTrouble, err.Error()
	}
	return t, true
}

func (l *boxLook) look(now time.Time) (*team.Trouble, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.seen
	if seen.IsZero() {
		seen = l.started
	}
	if l.lost != nil && store.KindOf(l.lost) != "" { // which is told of by itself
		return nil, false
	}
	if !l.refused.IsZero() && now.Sub(l.refused) > loginPatience {
		return &team.Trouble{Kind: team.LoginTrouble, About: l.name, Since: l.refused, What: trouble.Mailbox(l.name) + " does not let us in: " + l.lost.Error(),
			Hint: mailin.Hint(l.lost)}, true
	}
	t, unseen := trouble.Unseen(l.name, seen, now)
	if !unseen {
		return nil, !l.seen.IsZero()
	}
	if l.lost != nil {
		t.What += ": " + l.lost.Error()
		if hint := mailin.Hint(l.lost); hint != "" {
			t.Hint = hint
		}
	}
	return &t, true
}

func (l *lookout) sending(now time.Time) (*team.Trouble, bool) {
	err := l.outbox.Trouble()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.held = time.Time{}
		return nil, l.sent
	}
	if l.held.IsZero() {
		l.held = now
	}
	if now.Sub(l.held) < loginPatience {
		return nil, false
	}
	t := &team.Trouble{Kind: team.SendingTrouble, Since: l.held, What: "nothing can be sent: " + err.Error()}
	if e := (*outbox.Error)(nil); errors.As(err, &e) {
		t.Hint = e.Hint
	}
	return t, true
}

// remembered is for how long something that could not be made is a trouble: it is tried again sooner.
const remembered = 15 * time.Minute

func (l *lookout) making(now time.Time) (*team.Trouble, bool) {
	if err := l.scheduler.Trouble(now.Add(-remembered)); err != nil {
		return &team.Trouble{Kind: team.BehindTrouble, Since: now, What: "something that is due cannot be made: " + err.Error(), Hint: "daybreak check; if it finds nothing, the log says which mail it is"}, true
	}
	return nil, true
}

// troublesOf are those that are shown of a database, beside which a daemon may run: what it knows, and what the last successes show.
func troublesOf(s team.Status, boxes []account, runs bool, now time.Time) []team.Trouble {
	var list []team.Trouble
	add := func(t team.Trouble) {
		if !slices.ContainsFunc(list, func(have team.Trouble) bool { return have.Name() == t.Name() }) {
			list = append(list, t)
		}
	}
	if len(s.Mailboxes) > 0 && !runs {
		add(team.Trouble{Kind: team.StoppedTrouble, Since: s.Vitals.LookedAt, What: "daybreak does not run", Hint: "daybreak serve, or systemctl start daybreak"})
	}
	for _, t := range s.Troubles {
		add(t)
	}
	for _, t := range trouble.Judge(s.Vitals, now) {
		add(t)
	}
	for _, a := range boxes {
		seen := s.Vitals.LookedAt
		if a.name != "" {
			seen = seenAt(s, a.in(a.Folder))
		}
		if t, unseen := trouble.Unseen(a.name, seen, now); unseen && runs && !seen.IsZero() {
			if !slices.ContainsFunc(list, func(t team.Trouble) bool { return t.Kind == team.LoginTrouble && t.About == a.name }) {
				add(t)
			}
		}
	}
	order := team.Troubles()
	slices.SortStableFunc(list, func(a, b team.Trouble) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return list
}

// seenAt is when a folder was last looked at with success; zero for never.
func seenAt(s team.Status, name string) time.Time {
	for _, m := range s.Mailboxes {
		if m.Cursor.Account == name {
			return m.SeenAt
		}
	}
	return time.Time{}
}

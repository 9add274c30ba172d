package trouble

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"daybreak/internal/team"
)

// Store is what the watch needs of the database. Each method is one transaction.
type Store interface {
	// Vitals are the last successes, and what is owed.
	Vitals(ctx context.Context, now time.Time) (team.Vitals, error)
	// Troubles are those that last, and of each other kind the one that was last.
	Troubles(ctx context.Context) ([]team.Trouble, error)
	// NoteTroubles keeps what is the matter now; what it leaves out is over.
	NoteTroubles(ctx context.Context, present []team.Trouble, now time.Time) error
	// TellTroubles puts a mail to the admin into the outbox, and notes what it tells.
	TellTroubles(ctx context.Context, told []team.Trouble, m team.Outgoing, now time.Time) error
}

// Source is a part of the daemon that tells of itself. Until it has tried, it is not sure that it is well.
type Source struct {
	Kinds []team.TroubleKind // that it may tell of
	About string             // as in a Trouble, of which it tells
	Look  func(now time.Time) (t *team.Trouble, sure bool)
}

// Watch looks from time to time at what is the matter. Its exported fields are set before it runs.
type Watch struct {
	Store   Store
	Sources []Source
	Compose func(list []team.Trouble, now time.Time) (team.Outgoing, error) // writes to the admin; nil if there is none
	Kick    func()                                                          // there is mail to be sent; may be nil
	Log     *slog.Logger
	Now     func() time.Time // the wall clock; time.Now if it is nil
	Every   time.Duration    // between two looks; a minute if it is zero

	known   map[team.TroubleName]team.Trouble // that last, as they are kept or are to be kept
	read    bool                              // what an earlier daemon knew is among them
	unkept  bool                              // the store has not taken the latest
	wall    time.Time                         // at the last look
	stepped *team.Trouble
	late    map[team.TroubleKind]bool // what was so at the last look, and is a trouble if it stays so

	mu      sync.Mutex
	present []team.Trouble
}

const (
	every    = time.Minute
	stepOver = 2 * time.Minute // by less a clock was hardly wrong
	dayLong  = 24 * time.Hour  // for how long it is told that the clock was set
)

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	wait := w.Every
	if wait == 0 {
		wait = every
	}
	ticker := time.NewTicker(wait)
	defer ticker.Stop()
	for last := time.Now(); ; {
		now, wall := time.Now(), time.Now()
		if w.Now != nil {
			wall = w.Now()
		}
		if err := w.Look(ctx, wall, now.Sub(last)); err != nil && ctx.Err() == nil {
			w.Log.Warn("what is the matter could not be kept or told", "error", err)
		}
		last = now
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Troubles are those that the last look found, the gravest first.
func (w *Watch) Troubles() []team.Trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.present
}

// Look finds what is the matter at now, after so much time has passed since the last look, by a clock that is never set.
func (w *Watch) Look(ctx context.Context, now time.Time, passed time.Duration) error {
	now = now.Round(0)
	w.clock(now, passed)
	vitals, err := w.Store.Vitals(ctx, now)
	if err == nil && !w.read {
		err = w.remember(ctx)
	}
	present := w.find(vitals, err == nil, now)
	if w.follow(present) {
		w.unkept = true
	}
	w.mu.Lock()
	w.present = present
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("looking what is the matter: %w", err)
	}
	if w.unkept {
		if err := w.Store.NoteTroubles(ctx, present, now); err != nil {
			return fmt.Errorf("keeping what is the matter: %w", err)
		}
		w.unkept = false
	}
	return w.tell(ctx, now)
}

// tell writes to the admin what they should know by now.
func (w *Watch) tell(ctx context.Context, now time.Time) error {
	if w.Compose == nil {
		return nil
	}
	kept, err := w.Store.Troubles(ctx)
	if err != nil {
		return err
	}
	list := ToTell(kept, now)
	if len(list) == 0 {
		return nil
	}
	mail, err := w.Compose(list, now)
	if err != nil {
		return err
	}
	if err := w.Store.TellTroubles(ctx, list, mail, now); err != nil {
		return err
	}
	w.Log.Info("the admin is told", "troubles", kindsOf(list))
	if w.Kick != nil {
		w.Kick()
	}
	return nil
}

// remember reads what an earlier daemon knew to be the matter.
func (w *Watch) remember(ctx context.Context) error {
	list, err := w.Store.Troubles(ctx)
	if err != nil {
		return err
	}
	known := map[team.TroubleName]team.Trouble{}
	for _, t := range list {
		if t.Ended.IsZero() {
			known[t.Name()] = t
		}
	}
	for name, t := range w.known {
		if before, ok := known[name]; ok {
			t.Since = before.Since
		}
		known[name] = t
	}
	w.known, w.read = known, true
	return nil
}

// clock compares the wall clock with one that is never set.
func (w *Watch) clock(now time.Time, passed time.Duration) {
	if !w.wall.IsZero() {
		by, what := now.Sub(w.wall)-passed, ""
		switch {
		case by > stepOver:
			what = fmt.Sprintf("the clock went forward by %s at once: it was set, or the machine slept", by.Round(time.Minute))
		case by < -stepOver:
			what = fmt.Sprintf("the clock was set back by %s", (-by).Round(time.Minute))
		}
		if what != "" {
			w.stepped = &team.Trouble{Kind: team.ClockTrouble, Since: now, What: what, Hint: "timedatectl   # tells whether the clock is kept right; mails went out by the wrong time as long as it was wrong"}
		}
	}
	w.wall = now
}

// find gives what is the matter, the gravest first, each once. What nobody is sure of is as it was.
func (w *Watch) find(v team.Vitals, read bool, now time.Time) []team.Trouble {
	var list []team.Trouble
	add := func(t team.Trouble) {
		if !slices.ContainsFunc(list, func(have team.Trouble) bool { return have.Name() == t.Name() }) {
			list = append(list, t)
		}
	}
	for _, s := range w.Sources {
		t, sure := s.Look(now)
		if t != nil {
			add(*t)
			continue
		}
		for _, kind := range s.Kinds {
			if known, ok := w.known[team.TroubleName{Kind: kind, About: s.About}]; ok && !sure {
				add(known)
			}
		}
	}
	if w.stepped != nil && now.Sub(w.stepped.Since) < dayLong && !now.Before(w.stepped.Since) {
		add(*w.stepped)
	}
	if read {
		late := map[team.TroubleKind]bool{}
		for _, t := range Judge(v, now) {
			if followsFrom(t.Kind, list) {
				continue
			}
			if t.Kind == team.BehindTrouble || t.Kind == team.WaitingTrouble { // the machine may just have awoken, or a server be there again
				if late[t.Kind] = true; !w.late[t.Kind] {
					continue
				}
			}
			add(t)
		}
		w.late = late
	} else { // it is told by the database's own trouble that nothing can be said of these
		for _, t := range w.known {
			if judged(t.Kind) {
				add(t)
			}
		}
	}
	order := team.Troubles()
	slices.SortStableFunc(list, func(a, b team.Trouble) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	for i, t := range list {
		if known, ok := w.known[t.Name()]; ok && known.Since.Before(t.Since) {
			list[i].Since = known.Since
		}
	}
	return list
}

// followsFrom tells whether a trouble is but what comes of another, graver one.
func followsFrom(k team.TroubleKind, list []team.Trouble) bool {
	switch k {
	case team.WaitingTrouble, team.NoDigestTrouble, team.BehindTrouble:
		return slices.ContainsFunc(list, func(t team.Trouble) bool {
			return t.Kind == team.SendingTrouble || t.Kind == team.FullTrouble || t.Kind == team.LockedTrouble
		})
	}
	return false
}

// follow logs what began and what is over, and tells whether anything is other than before.
func (w *Watch) follow(present []team.Trouble) (changed bool) {
	here := map[team.TroubleName]team.Trouble{}
	for _, t := range present {
		here[t.Name()] = t
		before, known := w.known[t.Name()]
		if !known {
			about(w.Log, t).Error("trouble", "name", t.Kind, "since", t.Since.UTC().Format(time.RFC3339), "what", t.What, "hint", t.Hint)
		}
		changed = changed || !known || before.What != t.What || before.Hint != t.Hint
	}
	for name, t := range w.known {
		if _, still := here[name]; still {
			continue
		}
		changed = true
		if !t.Kind.Happens() {
			about(w.Log, t).Info("well again", "name", t.Kind, "since", t.Since.UTC().Format(time.RFC3339))
		}
	}
	w.known = here
	return changed
}

// about makes the log name which of several things a trouble is about.
func about(log *slog.Logger, t team.Trouble) *slog.Logger {
	if t.About == "" {
		return log
	}
	return log.With("about", t.About)
}

package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// PointNames are the places at which the program can be made to die: before and after each commit and each step on the network.
func PointNames() []string {
	var names []string
	acts := func(acts ...string) {
		for _, act := range acts {
			names = append(names, "commit-"+act, "committed-"+act)
		}
	}
	acts("setting-the-cursor", "planning-member")
	names = append(names,
		"imap-connect", "imap-greeted", "imap-logged-in", "imap-examined", "imap-fetch", "imap-fetched", "imap-wait",
		"composed", "outcome-is-stored", "slot-has-moved", "mail-is-in-outbox",
		"smtp-connect", "smtp-connected", "smtp-mail", "smtp-data", "smtp-body", "smtp-dot", "smtp-dot-sent", "smtp-answered")
	acts("accepting-mails", "noting-that-the-mailbox-answers", "noting-what-the-clock-shows", "committing-turns", "answering-mail",
		"answering-mail-with-a-digest", "claiming-outgoing-mail", "marking-outgoing-mail", "finishing-outgoing-mail", "recovering-outgoing-mail",
		"noting-whether-mail-was-sent")
	return names
}

// isOfFirstStart tells whether the point is only passed when the program sees its mailbox and its members for the first time.
func isOfFirstStart(point string) bool {
	return strings.HasSuffix(point, "-setting-the-cursor") || strings.HasSuffix(point, "-planning-member")
}

// Points says how the program dies at each point.
type Points struct {
	Program string
	Dir     func() (string, error) // an empty directory for each world
	Servers func() (Servers, error)
	Seed    uint64
	Times   int      // at each; 3 if zero
	Names   []string // all if nil
	Told    func(PointResult)

	UntilBreach bool // end at the first
}

// PointResult is what came of dying at one point.
type PointResult struct {
	Name     string
	Deaths   int
	Dots     int
	Breaches []Breach
}

// Run lets the program die at each point, and judges each time when it has come to rest after its restart. Each first start is in a new
// world, all else in one that goes on. What is only seen when that has ended is the result named end.
func (p Points) Run(ctx context.Context) (results []PointResult, err error) {
	names := p.Names
	if names == nil {
		names = PointNames()
	}
	var world *world
	for i, name := range names {
		if world == nil || isOfFirstStart(name) {
			w, end, err := p.world(ctx, p.Seed+uint64(i))
			if err != nil {
				return nil, err
			}
			defer end()
			if world = w; !isOfFirstStart(name) {
				if err := w.begin(ctx); err != nil {
					if b, ok := asBreach(err); ok {
						return append(results, PointResult{Name: "first start", Breaches: []Breach{b}}), nil
					}
					return nil, err
				}
			}
		}
		r, err := p.point(ctx, world, name)
		if b, ok := asBreach(err); ok {
			r = &PointResult{Name: name, Breaches: []Breach{b}}
		} else if err != nil {
			return nil, fmt.Errorf("at %s: %w", name, err)
		}
		if results = append(results, *r); p.Told != nil {
			p.Told(*r)
		}
		if len(r.Breaches) > 0 && p.UntilBreach {
			return results, nil
		}
		if len(r.Breaches) > 0 || isOfFirstStart(name) {
			world = nil
		}
	}
	if world != nil {
		if _, err := world.rest(ctx); err != nil {
			if b, ok := asBreach(err); ok {
				return append(results, PointResult{Name: "end", Breaches: []Breach{b}}), nil
			}
			return nil, err
		}
		v, err := world.Seen.Judge(ctx, world.database(), true)
		if err != nil {
			return nil, err
		}
		results = append(results, PointResult{Name: "end", Breaches: v.Breaches})
	}
	return results, nil
}

func (p Points) world(ctx context.Context, seed uint64) (*world, func(), error) {
	dir, err := p.Dir()
	if err != nil {
		return nil, nil, err
	}
	servers, err := p.Servers()
	if err != nil {
		return nil, nil, err
	}
	w, err := newWorld(ctx, p.Program, dir, seed, 4, servers)
	return w, func() { servers.Close() }, err
}

// point lets the program die at one point. Meanwhile the clock goes on and mail arrives.
func (p Points) point(ctx context.Context, w *world, name string) (*PointResult, error) {
	r := &PointResult{Name: name}
	times := p.Times
	switch {
	case isOfFirstStart(name):
		times = 1
	case times == 0:
		times = 3
	}
	for tries := 0; r.Deaths < times && tries < times+8; tries++ {
		nth := 1 + r.Deaths
		if tries > r.Deaths+1 { // it is not passed that often
			nth = 1
		}
		if strings.HasSuffix(name, "-noting-whether-mail-was-sent") { // one must have been at its dot before
			if _, _, err := w.dieAt(ctx, "smtp-dot-sent:1:kill"); err != nil {
				return nil, err
			}
			nth = 1
		}
		died, dots, err := w.dieAt(ctx, fmt.Sprintf("%s:%d:kill", name, nth))
		if err != nil {
			return nil, err
		}
		if died {
			r.Deaths, r.Dots = r.Deaths+1, r.Dots+dots
			if _, err := w.settle(ctx); err != nil {
				return nil, err
			}
		}
		v, err := w.Seen.Judge(ctx, w.database(), false)
		if err != nil {
			return nil, err
		}
		if r.Breaches = v.Breaches; len(v.Breaches) > 0 {
			return r, nil
		}
		w.forward(2 * time.Hour)
	}
	if r.Deaths == 0 {
		r.Breaches = append(r.Breaches, Breach{"drill", "the program never came by " + name})
	}
	return r, nil
}

// dieAt lets the program run, with mail that arrives and somebody who wants a digest at once, until it dies at the point or has nothing to do.
func (w *world) dieAt(ctx context.Context, point string) (died bool, dots int, err error) {
	opened, err := w.ask(ctx, `SELECT COUNT(*) FROM mailbox`)
	if err != nil {
		return false, 0, err
	}
	if opened > 0 { // what lies in a mailbox that was never seen is left alone
		arrivals, err := w.Write(w.now())
		if err != nil {
			return false, 0, err
		}
		raw, held := w.order("digest now", w.now())
		order, err := w.arrival(raw, held, w.now())
		if err != nil {
			return false, 0, err
		}
		for _, a := range append(arrivals, order) {
			w.deliver(a)
		}
	}
	p, err := serve(w.program, w.config(), w.ahead, point)
	if err != nil {
		return false, 0, err
	}
	defer p.cmd.Process.Kill()
	db, err := openRead(w.database())
	if err != nil {
		return false, 0, err
	}
	defer db.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.Now().Add(restless)
	for ready, calm := false, 0; calm < 5; {
		select {
		case <-p.done:
			if !p.signalled(syscall.SIGKILL) {
				return false, 0, p.unexpected()
			}
			ids, err := w.atDot(ctx)
			if err := errors.Join(err, w.look(), w.Failed()); err != nil {
				return false, 0, err
			}
			w.Seen.Died(ids)
			return true, len(ids), nil
		case <-ctx.Done():
			return false, 0, ctx.Err()
		case <-p.ready:
			ready = true
			<-tick.C
		case <-tick.C:
		}
		what, err := busy(ctx, db, w.now(), w.Seen.holds())
		switch {
		case err != nil:
			return false, 0, err
		case ready && what == "":
			calm++
		case time.Now().After(limit):
			return false, 0, &unrest{what + "\n" + p.said()}
		}
	}
	return false, 0, p.stop()
}

// PrintPoints writes what came of each point as a table.
func PrintPoints(out io.Writer, results []PointResult) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "point\tdeaths\tin dot\tbreaches")
	var all []Breach
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\n", r.Name, r.Deaths, r.Dots, len(r.Breaches))
		all = append(all, r.Breaches...)
	}
	t.Flush()
	printBreaches(out, all)
}

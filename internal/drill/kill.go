package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// Kill says how the program is killed again and again.
type Kill struct {
	Program string // as Build made it
	Dir     string // for its configuration and database; empty
	Servers Servers
	Seed    uint64
	Rounds  int
	Teams   int                  // of five people each; 24 if zero
	Longest time.Duration        // that the program lives, about; 400 ms if zero
	Round   func(done, dots int) // told after each round; may be nil
}

// KillResult is what came of it.
type KillResult struct {
	*Verdict
	Kills    int
	Days     float64         // that the program's clock went through
	Restarts []time.Duration // from the start of the process until the mailbox is open, sorted
	Took     time.Duration
}

// Run kills the program as often as it is said, lets it come to rest, and judges.
func (k Kill) Run(ctx context.Context) (*KillResult, error) {
	began := time.Now()
	teams := k.Teams
	if teams == 0 {
		teams = 24
	}
	w, err := newWorld(ctx, k.Program, k.Dir, k.Seed, teams, k.Servers)
	if err != nil {
		return nil, err
	}
	r := &KillResult{}
	if err := w.begin(ctx); err != nil {
		return nil, err
	}
	dots := 0
	for round := range k.Rounds {
		if err := w.goOn(ctx); err != nil {
			return nil, err
		}
		n, restart, err := k.round(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", round, err)
		}
		r.Kills++
		dots += n
		if restart > 0 {
			r.Restarts = append(r.Restarts, restart)
		}
		if k.Round != nil {
			k.Round(round+1, dots)
		}
	}
	settled, err := w.rest(ctx)
	b, waits := asBreach(err)
	if err != nil && !waits {
		return nil, err
	}
	r.Restarts = append(r.Restarts, settled...)
	slices.Sort(r.Restarts)
	if r.Verdict, err = w.Seen.Judge(ctx, w.database(), true); err != nil {
		return nil, err
	}
	if waits {
		r.Breaches = append(r.Breaches, b)
	}
	r.Days, r.Took = w.ahead.Hours()/24, time.Since(began)
	return r, nil
}

// begin lets the program see the mailbox for the first time.
func (w *world) begin(ctx context.Context) error {
	w.Seen.begins(w.now)
	if _, err := w.settle(ctx); err != nil {
		return fmt.Errorf("the first start: %w", err)
	}
	return nil
}

// goOn sets the clock forward, to when more is due. Where much of what was due is not done yet it stands still: what waits for longer than
// its useful life is given up, as it should be.
func (w *world) goOn(ctx context.Context) error {
	const backlog = 10
	due, err := w.ask(ctx, `
		SELECT (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'dot')) + (SELECT COUNT(*) FROM slot WHERE due_at <= ?1)`, w.now().UnixMilli())
	if err == nil && due < backlog {
		w.forward(30*time.Minute + time.Duration(w.random.Int64N(int64(2*time.Hour))))
	}
	return err
}

// round starts the program, lets mail arrive before and while it runs, and kills it at a random moment.
func (k Kill) round(ctx context.Context, w *world) (dots int, restart time.Duration, err error) {
	longest := k.Longest
	if longest == 0 {
		longest = 400 * time.Millisecond
	}
	arrivals, err := w.Write(w.now())
	if err != nil {
		return 0, 0, err
	}
	before := len(arrivals) / 2
	for _, a := range arrivals[:before] {
		w.deliver(a)
	}
	p, err := serve(k.Program, w.config(), w.ahead, "")
	if err != nil {
		return 0, 0, err
	}
	life := time.Duration(w.random.Int64N(int64(longest)))
	if w.random.IntN(4) > 0 { // else it dies while it starts, perhaps
		select {
		case <-p.ready:
		case <-p.done:
		case <-ctx.Done():
		}
	}
	rest := arrivals[before:]
	for _, a := range rest {
		p.wait(ctx, life/time.Duration(len(rest)+1))
		w.deliver(a)
	}
	p.wait(ctx, life/time.Duration(len(rest)+1))
	if err := errors.Join(p.kill(), ctx.Err(), w.look(), w.Failed()); err != nil {
		return 0, 0, err
	}
	ids, err := w.atDot(ctx)
	if err != nil {
		return 0, 0, err
	}
	w.Seen.Died(ids)
	return len(ids), p.restart(), nil
}

// look makes sure that all is known that SMTP has accepted.
func (w *world) look() error {
	if w.servers.look == nil {
		return nil
	}
	return w.servers.look()
}

// rest lets the program run, in steps of its clock, until everybody has been told everything.
func (w *world) rest(ctx context.Context) (restarts []time.Duration, err error) {
	const step, steps = 2 * time.Hour, 20
	for i := range steps {
		if i == 0 {
			arrivals, err := w.Write(w.now())
			if err != nil {
				return nil, err
			}
			for _, a := range arrivals {
				w.deliver(a)
			}
		}
		restart, err := w.settle(ctx)
		if err := errors.Join(err, w.look(), w.Failed()); err != nil {
			return nil, fmt.Errorf("coming to rest: %w", err)
		}
		restarts = append(restarts, restart)
		if i < steps-1 {
			w.forward(step)
		}
	}
	return restarts, nil
}

// Print writes the figures as a table, and the first breaches.
func (r *KillResult) Print(out io.Writer) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	at := func(part int) time.Duration {
		if len(r.Restarts) == 0 {
			return 0
		}
		return r.Restarts[(len(r.Restarts)-1)*part/100].Round(time.Millisecond)
	}
	for _, row := range []struct {
		what  string
		value any
	}{
		{"kills", r.Kills}, {"days of its clock", fmt.Sprintf("%.1f", r.Days)}, {"mails delivered", r.Held}, {"updates", r.Updates},
		{"orders", r.Orders}, {"mails sent", r.Mails}, {"digests", r.Digests}, {"lost", r.Lost}, {"doubled", r.Doubled},
		{"digests missed", r.Missed}, {"wrong reader", r.WrongReader}, {"in dot at a kill", r.Dots}, {"second copies", r.SecondCopies},
		{"restart to ready, p50", at(50)}, {"restart to ready, max", at(100)}, {"took", r.Took.Round(time.Second)},
	} {
		fmt.Fprintf(t, "%s\t%v\n", row.what, row.value)
	}
	t.Flush()
	printBreaches(out, r.Breaches)
}

func printBreaches(out io.Writer, breaches []Breach) {
	const most = 20
	for i, b := range breaches {
		if i == most {
			fmt.Fprintf(out, "… and %d more\n", len(breaches)-most)
			break
		}
		fmt.Fprintln(out, b)
	}
}

// Temp makes an empty directory, in memory where the machine has such.
func Temp() (string, error) {
	if os.Getenv("TMPDIR") == "" {
		if dir, err := os.MkdirTemp("/dev/shm", "daybreak-drill-"); err == nil {
			return dir, nil
		}
	}
	return os.MkdirTemp("", "daybreak-drill-")
}

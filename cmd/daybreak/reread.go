package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
)

func newRereadCommand(app *App) *cobra.Command {
	var since string
	var apply, asJSON bool
	c := &cobra.Command{
		Use:   "reread",
		Short: "Read the kept mails anew after an upgrade and show what is read differently; --apply changes it",
		Long: `Read the kept mails anew, as of when they arrived, and show what this version of daybreak reads differently. Nothing is
changed without --apply, and nothing is sent.

With --apply what an update says is changed where it is: it stays with its member, team and day, and digests that told it are not told
again. A mail that becomes an update only now is news, marked late; one that is an update no longer is withdrawn. Orders are not carried
out a second time, and mail from senders who were not known stays refused.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			r := rereading{app: app, apply: apply, asJSON: asJSON}
			if since != "" {
				day, err := team.ParseDate(since)
				if err != nil {
					return withHint(misuse{fmt.Errorf("--since: %w", err)}, "daybreak reread --since 2026-03-01")
				}
				r.since = day.Instant(0, time.Local)
			}
			access := toLook
			if apply {
				access = toChange
			}
			return app.withStore(cmd.Context(), access, func(c *config.Config, s *store.Store) error {
				anew, err := reader(cmd.Context(), c, s)
				if err != nil {
					return err
				}
				r.store, r.reader = s, anew
				return r.run(cmd.Context())
			})
		},
	}
	c.Flags().StringVar(&since, "since", "", "only mails that arrived on this `DATE` (2026-03-01) or later")
	c.Flags().BoolVar(&apply, "apply", false, "change what is read differently")
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON line for each mail that is read differently")
	return c
}

// rereading is one run of the command.
type rereading struct {
	app           *App
	store         *store.Store
	reader        *mailin.Reader
	since         time.Time
	apply, asJSON bool

	read, differ, kept, changed int
}

// rereadAtOnce is how many mails are looked up, and changed, in one go.
const rereadAtOnce = 200

func (r *rereading) run(ctx context.Context) error {
	bar := r.progress()
	for after := int64(0); ; {
		mails, err := r.store.Earlier(ctx, r.since, after, rereadAtOnce)
		if err != nil {
			return err
		}
		if len(mails) == 0 {
			break
		}
		after = mails[len(mails)-1].ID
		differ, err := r.readAnew(ctx, mails)
		if err != nil {
			return err
		}
		if err := bar.Clear(); err != nil {
			return err
		}
		for _, d := range differ {
			if err := r.show(d); err != nil {
				return err
			}
		}
		if r.apply && len(differ) > 0 {
			n, err := r.store.Reread(ctx, differ, time.Now())
			if err != nil {
				return err
			}
			r.changed += n
		}
		r.read += len(mails)
		if err := bar.Add(len(mails)); err != nil {
			return err
		}
	}
	if err := bar.Finish(); err != nil {
		return err
	}
	if r.asJSON {
		return nil
	}
	return r.sum()
}

// progress is a bar on a terminal, and nothing elsewhere.
func (r *rereading) progress() *progressbar.ProgressBar {
	out := io.Discard
	if isTerminal(r.app.Err) {
		out = r.app.Err
	}
	return progressbar.NewOptions(-1, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription("reading mails"), progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
}

// readAnew gives those of the mails that are read differently, in order.
func (r *rereading) readAnew(ctx context.Context, mails []team.Earlier) ([]team.Reread, error) {
	all, differs := make([]team.Reread, len(mails)), make([]bool, len(mails))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mails {
		group.Go(func() error {
			raw, err := r.store.RawMail(ctx, m.ID)
			if err == nil {
				all[i], differs[i], err = r.reader.Reread(ctx, m, raw)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var list []team.Reread
	for i, d := range differs {
		if d {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// show prints one mail that is read differently.
func (r *rereading) show(d team.Reread) error {
	r.differ++
	if d.Kept != "" {
		r.kept++
	}
	m := d.Earlier.Mail
	lines := mailin.Difference(d)
	if r.asJSON {
		e := json.NewEncoder(r.app.Out)
		e.SetEscapeHTML(false)
		return e.Encode(map[string]any{
			"mail": d.Earlier.ID, "from": m.From, "subject": m.Subject, "received_at": rfc3339(m.ReceivedAt), "was": m.Outcome, "is": d.Now.Outcome,
			"reason": d.Now.Reason, "difference": append([]string{}, lines...), "stays": d.Kept,
		})
	}
	fmt.Fprintf(r.app.Out, "mail %d  %s  %s  %q\n", d.Earlier.ID, m.ReceivedAt.Local().Format("2006-01-02 15:04"), m.From, m.Subject)
	if m.Outcome != d.Now.Outcome {
		fmt.Fprintf(r.app.Out, "  %s → %s: %s\n", m.Outcome, d.Now.Outcome, d.Now.Reason)
	}
	for _, l := range lines {
		fmt.Fprintf(r.app.Out, "  %s\n", l)
	}
	if d.Kept != "" {
		fmt.Fprintf(r.app.Out, "  stays as it is: %s\n", d.Kept)
	}
	fmt.Fprintln(r.app.Out)
	return nil
}

// sum says how many mails were read, differ and were changed.
func (r *rereading) sum() error {
	fmt.Fprintf(r.app.Out, "%s read, %d differently", count(r.read, "mail"), r.differ)
	if r.kept > 0 {
		fmt.Fprintf(r.app.Out, ", %d of them left as they are", r.kept)
	}
	switch {
	case r.apply:
		fmt.Fprintf(r.app.Out, "; %s changed\n", count(r.changed, "mail"))
	case r.differ > r.kept:
		fmt.Fprint(r.app.Out, "; nothing was changed\nTo change them: daybreak reread --apply (back up first)\n")
	default:
		fmt.Fprintln(r.app.Out)
	}
	return nil
}

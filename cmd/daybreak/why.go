package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daybreak/digest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newWhyCommand(app *App) *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:   "why MEMBER",
		Short: "Show which rule decides when a member is asked and told, and what comes next",
		Long: `Show which rule decides when a member is asked and told (their own, their team's or the default) and what comes next, in their own
time, now or at --at.

MEMBER is any address of theirs, or their name if only one has it. TIME is a local time of theirs such as "2026-03-09 09:00", or
RFC 3339 such as 2026-03-09T09:00:00+09:00.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withMember(cmd.Context(), toLook, args[0], func(ctx context.Context, app *App, st *store.Store, p team.Person) error {
				now, err := previewTime(p, at)
				if err != nil {
					return err
				}
				silent, err := silences(ctx, st, p)
				if err != nil {
					return err
				}
				return printWhy(app, p, silent, now)
			})
		},
	}
	c.Flags().StringVar(&at, "at", "", "as of this `TIME` (default now)")
	return c
}

func printWhy(app *App, p team.Person, silent map[int64]team.Silence, now time.Time) error {
	rule := p.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return fmt.Errorf("%s: %w", p.Address(), err)
	}
	local := now.In(loc)
	fmt.Fprintf(app.Out, "%s <%s>, %s (%s)\n\n", p.Name, p.Address(), local.Format("Mon 2 Jan 2006 15:04 -07:00"), rule.Zone)
	w := table(app.Out)
	for i, m := range p.Teams {
		for _, part := range team.RuleParts() {
			text, origin := part.Text(p.RuleIn(m.Team)), p.Origin(part, m.Team)
			if i > 0 && (origin == "own" || text == part.Text(rule)) {
				continue // said already
			}
			if i > 0 {
				origin += ", for what " + m.Team.Slug + " asks"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", part.Name, text, origin)
		}
		for _, c := range m.Team.CheckIns {
			fmt.Fprintf(w, "check-in\t%s\t%s/%s\n", c.Schedule, m.Team.Slug, c.Name)
		}
	}
	fmt.Fprintln(w)
	today := team.DateOf(local)
	if s, away := p.Away.On(today); away {
		fmt.Fprintf(w, "today\t%s: away %s\tdaybreak member back %s\n", today.Short(), spanWords(s), p.Address())
	} else if name, from, holiday := p.Holiday(today, p.DigestTeam()); holiday && rule.Days.On(today) {
		fmt.Fprintf(w, "today\t%s: %s, a holiday\t%s\n", today.Short(), name, from)
	} else if rule.Days.On(today) {
		fmt.Fprintf(w, "today\t%s: works %s\t\n", today.Short(), rule.Hours.On(today.Weekday()))
	} else {
		fmt.Fprintf(w, "today\t%s: no working day (%s)\t\n", today.Short(), rule.Days)
	}
	if p.Paused {
		fmt.Fprintf(w, "next\tnothing: paused\tdaybreak member resume %s\n", p.Address())
		return w.Flush()
	}
	if !p.Reachable() {
		fmt.Fprintf(w, "mail\t%s\tdaybreak member resume %s\n", unreachedWords(p), p.Address())
	}
	for _, line := range silenceWords(p, silent) {
		fmt.Fprintf(w, "asked\t%s\t\n", line)
	}
	next, err := nextOf(p, silent, now)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Address(), err)
	}
	for _, o := range next {
		fmt.Fprintf(w, "next %s\t%s\t%s\n", o.Kind, o.At.Format("Mon 2 Jan 15:04 -07:00"), subjectOf(o))
	}
	return w.Flush()
}

// nextOf is the next occasion of each kind and check-in after now.
func nextOf(p team.Person, silent map[int64]team.Silence, now time.Time) ([]digest.Occasion, error) {
	today := team.DateOf(now.UTC()).Add(-1)
	list, err := digest.Forecast(p, silent, today, today.Add(70))
	var next []digest.Occasion
	seen := map[string]bool{}
	for _, o := range list {
		key := string(o.Kind) + o.Team.Slug + "/" + o.CheckIn.Name
		if o.At.Before(now) || seen[key] {
			continue
		}
		seen[key] = true
		next = append(next, o)
	}
	return next, err
}

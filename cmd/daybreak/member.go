package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newMemberCommand(app *App) *cobra.Command {
	c := &cobra.Command{Use: "member", Short: "List, show, import, pause, resume, remove and forget members"}
	c.AddCommand(
		newMemberList(app),
		memberAction(app, toLook, "show MEMBER", "Show one member: addresses, zone, days, hours, teams", showMember),
		memberAction(app, toChange, "pause MEMBER", "Ask and send a member nothing until resumed", setPaused(true)),
		memberAction(app, toChange, "resume MEMBER", "Ask and tell a paused member again", setPaused(false)),
		newMemberImport(app),
		newMemberAlias(app),
		newMemberAway(app),
		memberAction(app, toChange, "back MEMBER", "End a member's leave today, or call off one that is to come", endAway),
		memberAction(app, toChange, "remove MEMBER", "Take a member out of every team; what they said stays", removeMember),
		newMemberForget(app),
		newMemberReadmit(app),
	)
	return c
}

func newMemberList(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the members of all teams, a line each", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				people, err := s.People(cmd.Context())
				if err != nil {
					return err
				}
				if len(people) == 0 {
					fmt.Fprintln(app.Out, "no members yet; make some with: daybreak team apply FILE")
					return nil
				}
				w := table(app.Out)
				for _, p := range people {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s", p.Address(), p.Name, p.DigestRule().Zone, slugs(p))
					switch {
					case p.Paused:
						fmt.Fprint(w, "\tpaused")
					case !p.Reachable():
						fmt.Fprint(w, "\tmail does not arrive")
					}
					fmt.Fprintln(w)
				}
				return w.Flush()
			})
		},
	}
}

func slugs(p team.Person) string {
	var all []string
	for _, m := range p.Teams {
		all = append(all, m.Team.Slug)
	}
	return strings.Join(all, ",")
}

type memberFunc func(ctx context.Context, app *App, s *store.Store, p team.Person) error

func memberAction(app *App, what access, use, short string, act memberFunc) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		Long: short + ".\n\nMEMBER is any address of theirs, or their name if only one has it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withMember(cmd.Context(), what, args[0], act)
		},
	}
}

// withMember does something with the member whom the word names.
func (a *App) withMember(ctx context.Context, what access, word string, act memberFunc) error {
	return a.withStore(ctx, what, func(_ *config.Config, s *store.Store) error {
		p, err := memberNamed(ctx, s, word)
		if err != nil {
			return err
		}
		return act(ctx, a, s, p)
	})
}

// memberNamed is the member of a team whom the word names.
func memberNamed(ctx context.Context, s *store.Store, word string) (team.Person, error) {
	people, err := s.People(ctx)
	if err != nil {
		return team.Person{}, err
	}
	return findPerson(people, word)
}

// findPerson gives the one whom the word names: an address, a whole name, or the beginning of either.
func findPerson(people []team.Person, word string) (team.Person, error) {
	want := strings.ToLower(strings.TrimSpace(word))
	var close []team.Person
	for _, p := range people {
		for _, a := range p.Addresses {
			if a == want {
				return p, nil
			}
		}
		if strings.EqualFold(p.Name, want) || want != "" && (strings.HasPrefix(strings.ToLower(p.Name), want) || strings.HasPrefix(p.Address(), want)) {
			close = append(close, p)
		}
	}
	switch len(close) {
	case 1:
		return close[0], nil
	case 0:
		return team.Person{}, withHint(fmt.Errorf("there is no member %q", word), "daybreak member list")
	}
	var names []string
	for _, p := range close {
		names = append(names, p.Address())
	}
	return team.Person{}, withHint(fmt.Errorf("%q may be %s", word, strings.Join(names, " or ")), "give the whole address")
}

func showMember(_ context.Context, app *App, _ *store.Store, p team.Person) error {
	w := table(app.Out)
	fmt.Fprintf(w, "name\t%s\n", p.Name)
	fmt.Fprintf(w, "addresses\t%s\n", strings.Join(p.Addresses, ", "))
	r := p.DigestRule()
	zone := r.Zone
	if loc, err := r.Location(); err == nil {
		zone += time.Now().In(loc).Format(" (now Mon 15:04, -07:00)")
	}
	fmt.Fprintf(w, "zone\t%s\n", zone)
	fmt.Fprintf(w, "works\t%s %s\n", r.Days, r.Hours)
	if r.Holidays != team.NoHolidays {
		fmt.Fprintf(w, "holidays\t%s\n", r.Holidays)
	}
	fmt.Fprintf(w, "digest\t%s\n", r.Digest)
	for _, m := range p.Teams {
		role := ""
		if m.Lead {
			role = ", lead"
		}
		fmt.Fprintf(w, "team\t%s%s, asked at %s\n", m.Team.Slug, role, p.RuleIn(m.Team).Prompt)
	}
	if p.Paused {
		fmt.Fprintf(w, "state\tpaused\n")
	}
	if !p.Reachable() {
		fmt.Fprintf(w, "mail\t%s\n", unreachedWords(p))
	}
	for _, s := range p.Away {
		fmt.Fprintf(w, "away\t%s\n", spanWords(s))
	}
	return w.Flush()
}

// unreachedWords tells that mail does not arrive at a member, and when it is tried next.
func unreachedWords(p team.Person) string {
	if p.Unreached.Daybreak {
		return "is read by another daybreak since " + p.Unreached.Since.Local().Format("2 Jan 15:04") + "; nothing is sent there"
	}
	words := "does not arrive since " + p.Unreached.Since.Local().Format("2 Jan 15:04") + because(p.Unreached.Why)
	return words + "; one try a week, the next from " + p.Unreached.Probed.Add(team.ProbeEvery).Local().Format("2 Jan") + " on"
}

// spanWords is a leave in words.
func spanWords(s team.Span) string {
	switch {
	case s.Through.IsZero():
		return "from " + s.From.String() + " on"
	case s.Through == s.From:
		return s.From.String()
	}
	return s.From.String() + " to " + s.Through.String()
}

func newMemberAway(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "away MEMBER [FROM [THROUGH]]", Short: "Ask and tell a member nothing on these days",
		Long: `Ask and tell a member nothing from one of their days to another, both included; without THROUGH until daybreak member back, without
FROM from today on. When they are back they get one digest of everything since.

MEMBER is any address of theirs, or their name if only one has it. Dates are written 2026-08-03.`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			var s team.Span
			for i, into := range []*team.Date{&s.From, &s.Through} {
				if len(args) <= i+1 {
					continue
				}
				d, err := team.ParseDate(args[i+1])
				if err != nil {
					return withHint(misuse{err}, fmt.Sprintf("daybreak member away %s 2026-08-03 2026-08-14", args[0]))
				}
				*into = d
			}
			if !s.Through.IsZero() && s.Through.Before(s.From) {
				return withHint(misuse{fmt.Errorf("%s comes before %s", s.Through, s.From)}, fmt.Sprintf("daybreak member away %s %s %s", args[0], s.Through, s.From))
			}
			return app.withMember(cmd.Context(), toChange, args[0], func(ctx context.Context, app *App, st *store.Store, p team.Person) error {
				if s.From.IsZero() {
					today, err := todayOf(p)
					if err != nil {
						return err
					}
					s.From = today
				}
				if err := st.SetAway(ctx, p.ID, s, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(app.Out, "%s is away %s\n", p.Address(), spanWords(s))
				return nil
			})
		},
	}
}

// todayOf is the date where the member is.
func todayOf(p team.Person) (team.Date, error) {
	loc, err := p.DigestRule().Location()
	if err != nil {
		return team.Date{}, fmt.Errorf("%s: %w", p.Address(), err)
	}
	return team.DateOf(time.Now().In(loc)), nil
}

func endAway(ctx context.Context, app *App, s *store.Store, p team.Person) error {
	today, err := todayOf(p)
	if err != nil {
		return err
	}
	back, calledOff, err := s.EndAway(ctx, p.ID, today, time.Now())
	switch {
	case err != nil:
		return err
	case back:
		fmt.Fprintf(app.Out, "%s is back\n", p.Address())
	case len(calledOff) == 0:
		fmt.Fprintf(app.Out, "nothing changes: %s is not away\n", p.Address())
	}
	for _, span := range calledOff {
		fmt.Fprintf(app.Out, "called off: %s away %s\n", p.Address(), spanWords(span))
	}
	return nil
}

func setPaused(paused bool) memberFunc {
	return func(ctx context.Context, app *App, s *store.Store, p team.Person) error {
		word := map[bool]string{true: "paused", false: "resumed"}[paused]
		if p.Paused == paused && (paused || p.Reachable()) {
			fmt.Fprintf(app.Out, "nothing changes: %s is %s already\n", p.Address(), map[bool]string{true: "paused", false: "not paused"}[paused])
			return nil
		}
		if err := s.SetPaused(ctx, p.ID, paused, time.Now()); err != nil {
			return err
		}
		fmt.Fprintf(app.Out, "%s %s\n", word, p.Address())
		return nil
	}
}

func removeMember(ctx context.Context, app *App, s *store.Store, p team.Person) error {
	if err := s.RemoveMember(ctx, p.ID, time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(app.Out, "removed %s from %s; what they said stays\n", p.Address(), slugs(p))
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/holiday"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newTeamCommand(app *App) *cobra.Command {
	c := &cobra.Command{Use: "team", Short: "Make, show and export teams"}
	c.AddCommand(newTeamApply(app), newTeamList(app), newTeamShow(app), newTeamExport(app))
	return c
}

func newTeamApply(app *App) *cobra.Command {
	dryRun := false
	c := &cobra.Command{
		Use:   "apply FILE",
		Short: "Make teams, check-ins and members as a team file says, and show what changes",
		Long: `Make teams, check-ins and members as a team file says, and show what changes.

Members and check-ins that the file does not name leave the team; what they said stays.
Teams that the file does not name stay as they are. A second apply changes nothing.
A calendar that a team names is read now, from the team file's folder; apply again when it has changed.
FILE may be - for standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			roster, err := readRoster(app.In, args[0])
			if err != nil {
				return err
			}
			return app.applying(cmd.Context(), dryRun, func(s *store.Store) error {
				changes, err := s.ApplyRoster(cmd.Context(), roster, dryRun, time.Now())
				if store.KindOf(err) == store.Refused {
					return withHint(err, "daybreak team export   # shows who has which address now")
				}
				if err != nil {
					return err
				}
				printChanges(app.Out, changes, dryRun)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	return c
}

// applying opens the database to apply a team file to it. To try that on a database which is not there, an empty one elsewhere will do:
// trying leaves no trace.
func (a *App) applying(ctx context.Context, dryRun bool, f func(*store.Store) error) error {
	if c, err := a.loadConfig(); err == nil && dryRun {
		if _, err := os.Stat(c.Database); errors.Is(err, fs.ErrNotExist) {
			dir, err := os.MkdirTemp("", "daybreak-")
			if err != nil {
				return fmt.Errorf("making a place for an empty database: %w", err)
			}
			defer os.RemoveAll(dir)
			s, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, "empty.db")})
			if err != nil {
				return err
			}
			defer s.Close()
			return f(s)
		}
	}
	return a.withStore(ctx, toMake, func(_ *config.Config, s *store.Store) error { return f(s) })
}

// rosterOf gives all teams, and says of each member whether they are paused, which is in no team file.
func rosterOf(ctx context.Context, s *store.Store) (team.Roster, error) {
	roster, err := s.Roster(ctx)
	if err != nil {
		return roster, err
	}
	people, err := s.People(ctx)
	paused := map[string]bool{}
	for _, p := range people {
		paused[p.Address()] = p.Paused
	}
	for _, t := range roster.Teams {
		for i := range t.Members {
			t.Members[i].Member.Paused = paused[t.Members[i].Member.Address()]
		}
	}
	return roster, err
}

func readRoster(in io.Reader, path string) (team.Roster, error) {
	roster, err := parseRoster(in, path)
	if err != nil {
		err = unreadable(err, path, "daybreak init --sample-team > team.toml   # writes one to begin with")
		return roster, mistakes(err, "daybreak init --sample-team   # shows how each line is written")
	}
	dir := "."
	if path != "-" {
		dir = filepath.Dir(path)
	}
	today := team.DateOf(time.Now())
	for i := range roster.Teams {
		off := &roster.Teams[i].Team.DaysOff
		if off.Calendar == "" {
			continue
		}
		name := off.Calendar
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if off.Events, err = readCalendar(name, today); err != nil {
			return roster, fmt.Errorf("team %s: %w", roster.Teams[i].Team.Slug, err)
		}
	}
	return roster, nil
}

const calendarYears = 10 // ahead, for which the events of a calendar that come again are noted

// readCalendar gives the days off that a calendar file holds, from the year before today on.
func readCalendar(name string, today team.Date) ([]team.Holiday, error) {
	const again = "daybreak team apply FILE   # with the calendar beside it: curl -sSfo holidays.ics URL saves a feed"
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		if err == nil {
			err = errors.New("it is no file")
		}
		return nil, withHint(fmt.Errorf("reading the calendar %s: %w", name, err), again)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, withHint(fmt.Errorf("reading the calendar: %w", err), again)
	}
	defer f.Close()
	list, err := holiday.ReadICS(f, team.Date{Year: today.Year - 1, Month: time.January, Day: 1}, team.Date{Year: today.Year + calendarYears, Month: time.December, Day: 31})
	if wrong := (*holiday.Error)(nil); errors.As(err, &wrong) {
		return nil, withHint(fmt.Errorf("the calendar %s: %w", name, err), wrong.Hint)
	}
	return list, err
}

func parseRoster(in io.Reader, path string) (team.Roster, error) {
	if path != "-" {
		return config.LoadRoster(path)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return team.Roster{}, fmt.Errorf("reading standard input: %w", err)
	}
	return config.ParseRoster(data, "standard input")
}

var changeSigns = map[string]string{"add": "+", "change": "~", "remove": "-", team.Keep: "="}

func printChanges(w io.Writer, changes []team.Change, dryRun bool) {
	made := 0
	for _, c := range changes {
		if c.Action != team.Keep {
			made++
		}
		fmt.Fprintf(w, "%s %s", changeSigns[c.Action], c.What)
		if c.Detail != "" {
			fmt.Fprintf(w, ": %s", c.Detail)
		}
		fmt.Fprintln(w)
	}
	switch {
	case made == 0:
		fmt.Fprintln(w, "nothing changes")
	case dryRun:
		fmt.Fprintf(w, "%s would be made; nothing was changed\n", count(made, "change"))
	default:
		fmt.Fprintf(w, "%s made\n", count(made, "change"))
	}
}

// count gives "1 change" or "3 changes".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func newTeamList(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the teams, a line each", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				roster, err := rosterOf(cmd.Context(), s)
				if err != nil {
					return err
				}
				if len(roster.Teams) == 0 {
					fmt.Fprintln(app.Out, "no teams yet; make one with: daybreak team apply FILE")
					return nil
				}
				w := table(app.Out)
				for _, t := range roster.Teams {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Team.Slug, t.Team.Name, count(len(t.Members), "member"), count(len(t.Team.CheckIns), "check-in"))
				}
				return w.Flush()
			})
		},
	}
}

func table(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

func newTeamShow(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "show TEAM", Short: "Show one team: its check-ins and who is asked and told when", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				roster, err := rosterOf(cmd.Context(), s)
				if err != nil {
					return err
				}
				t, err := findTeam(roster, args[0])
				if err != nil {
					return err
				}
				return showTeam(app.Out, t)
			})
		},
	}
}

// findTeam gives the team with the slug, or says which there are.
func findTeam(r team.Roster, slug string) (team.RosterTeam, error) {
	var have []string
	for _, t := range r.Teams {
		if t.Team.Slug == slug {
			return t, nil
		}
		have = append(have, t.Team.Slug)
	}
	if len(have) == 0 {
		return team.RosterTeam{}, withHint(fmt.Errorf("there is no team %q; there is none at all", slug), "daybreak team apply FILE")
	}
	return team.RosterTeam{}, withHint(fmt.Errorf("there is no team %q", slug), "the teams are: "+strings.Join(have, ", "))
}

func showTeam(out io.Writer, t team.RosterTeam) error {
	fmt.Fprintf(out, "%s (%s)\n", t.Team.Name, t.Team.Slug)
	for _, c := range t.Team.CheckIns {
		fmt.Fprintf(out, "\ncheck-in %s", c.Name)
		if !c.Reminder {
			fmt.Fprint(out, ", no reminder")
		}
		fmt.Fprintln(out)
		for _, q := range c.Questions {
			fmt.Fprintf(out, "  - %s\n", q)
		}
	}
	fmt.Fprintln(out)
	w := table(out)
	for _, m := range t.Members {
		p := team.Person{Member: m.Member}
		r := p.RuleIn(t.Team)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s %s\tasked %s\ttold %s", m.Member.Name, m.Member.Address(), r.Zone, r.Days, r.Hours, r.Prompt, r.Digest)
		if words := remarks(m); words != "" {
			fmt.Fprint(w, "\t"+words)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func remarks(m team.RosterMember) string {
	var words []string
	if m.Lead {
		words = append(words, "lead")
	}
	if m.Member.Paused {
		words = append(words, "paused")
	}
	if n := len(m.Member.Addresses); n > 1 {
		words = append(words, "also "+strings.Join(m.Member.Addresses[1:], ", "))
	}
	return strings.Join(words, "; ")
}

func newTeamExport(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "export [TEAM...]", Short: "Print teams in the form that team apply reads", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				roster, err := rosterOf(cmd.Context(), s)
				if err != nil {
					return err
				}
				for _, slug := range args {
					if _, err := findTeam(roster, slug); err != nil {
						return err
					}
				}
				if len(args) > 0 {
					roster.Teams = slices.DeleteFunc(roster.Teams, func(t team.RosterTeam) bool { return !slices.Contains(args, t.Team.Slug) })
				}
				_, err = app.Out.Write(config.FormatRoster(roster))
				return err
			})
		},
	}
}

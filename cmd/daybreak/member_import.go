package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
)

func newMemberImport(app *App) *cobra.Command {
	var slug string
	var dryRun, invites bool
	c := &cobra.Command{
		Use:   "import FILE.csv --team TEAM",
		Short: "Put the people of a table into a team, or invite them",
		Long: `Put the people of a table into a team, or invite them, and show what changes.

The first line names the columns: address, name, zone, lead, hours, days, prompt, digest, digests, rollup, receipts, holidays; only the
address must be there. They are parted by commas, semicolons or tabs. What they hold is written as in a team file; a zone may be
a city. If anything is wrong with a line, nothing is imported. Who is in the team already, or known from another, keeps what is set
for them. A team file that is applied later leaves them in the team. FILE may be - for standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if slug == "" {
				return withHint(misuse{fmt.Errorf("it does not say into which team")}, "daybreak member import "+args[0]+" --team TEAM")
			}
			data, name, err := readTable(app.In, args[0])
			if err != nil {
				return err
			}
			return app.withStore(cmd.Context(), toChange, func(_ *config.Config, s *store.Store) error {
				roster, err := s.Roster(cmd.Context())
				if err != nil {
					return err
				}
				into, err := findTeam(roster, slug)
				if err != nil {
					return err
				}
				list, err := config.ParseMembers(data, name, into.Team)
				if err != nil {
					return mistakes(err, "daybreak member import --help   # tells how a line is written")
				}
				changes, err := s.ImportMembers(cmd.Context(), into.Team.Slug, list, invites, dryRun, time.Now())
				if err != nil {
					return err
				}
				printChanges(app.Out, changes, dryRun)
				return nil
			})
		},
	}
	c.Flags().StringVar(&slug, "team", "", "the team's slug")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	c.Flags().BoolVar(&invites, "invite", false, "ask them first, in the name of the team's first lead: only who replies yes is in the team")
	return c
}

func readTable(in io.Reader, path string) (data []byte, name string, err error) {
	if path == "-" {
		data, err = io.ReadAll(in)
		return data, "standard input", err
	}
	if data, err = os.ReadFile(path); err != nil {
		return nil, "", unreadable(fmt.Errorf("reading the table: %w", err), path, "write the path of a CSV file with a line for each person")
	}
	return data, path, nil
}

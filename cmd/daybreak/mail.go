package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newMailCommand(app *App) *cobra.Command {
	c := &cobra.Command{Use: "mail", Short: "List the mails that arrived with what became of them, get one back, decide about held ones", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() }}
	c.AddCommand(newMailList(app), newMailRaw(app), newMailAccept(app), newMailRefuse(app))
	return c
}

func newMailList(app *App) *cobra.Command {
	var outcome string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List the newest mails with their outcome and its reason", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o := team.Outcome(outcome); o != "" && !slices.Contains(team.Outcomes(), o) {
				return withHint(misuse{fmt.Errorf("there is no outcome %q", outcome)}, fmt.Sprintf("the outcomes are %s", words(team.Outcomes())))
			}
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				list, err := s.Mails(cmd.Context(), team.Outcome(outcome), limit)
				if err != nil {
					return err
				}
				if len(list) == 0 {
					fmt.Fprintln(app.Out, "no mails")
					return nil
				}
				w := table(app.Out)
				for _, m := range list {
					fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%q\t%s\n", m.ID, m.ReceivedAt.Local().Format("2006-01-02 15:04"), m.Outcome, m.From, m.Subject, m.Reason)
				}
				return w.Flush()
			})
		},
	}
	c.Flags().StringVar(&outcome, "outcome", "", "only mails with this `OUTCOME`, such as held")
	c.Flags().IntVarP(&limit, "number", "n", 20, "how many at most")
	return c
}

// words joins what has a name, for people.
func words[T ~string](list []T) string {
	text := ""
	for i, w := range list {
		if i > 0 {
			text += ", "
		}
		text += string(w)
	}
	return text
}

func newMailRaw(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "raw ID", Short: "Print one mail as it came; with `| daybreak explain -` one sees why", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return withHint(misuse{fmt.Errorf("%q is not the number of a mail", args[0])}, "daybreak mail list")
			}
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				raw, err := s.RawMail(cmd.Context(), id)
				if err != nil {
					return err
				}
				_, err = app.Out.Write(raw)
				return err
			})
		},
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/drill"
)

func newSabotageCommand() *cobra.Command {
	var seed uint64
	var rounds int
	c := &cobra.Command{
		Use:   "sabotage [WORDS]",
		Short: "Break the engine on purpose, in one way after another, and show which drill notices",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			all := drill.Sabotages()
			done := progress(len(all))
			var missed error
			fmt.Fprintf(cmd.OutOrStdout(), "seed %d\n", seed)
			for i, s := range all {
				if len(args) > 0 && !strings.Contains(s.Name, args[0]) {
					continue
				}
				done(i, s.Name)
				dir, err := drill.Temp()
				if err != nil {
					return err
				}
				r, err := s.Find(cmd.Context(), dir, seed, rounds)
				if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
					return err
				}
				if r.Drill == "" {
					missed = errors.New("a sabotage was not noticed")
				}
				drill.PrintSabotages(cmd.OutOrStdout(), *r)
			}
			return missed
		},
	}
	c.Flags().Uint64Var(&seed, "seed", uint64(time.Now().UnixNano()), "of all that is random but the machine's own timing")
	c.Flags().IntVarP(&rounds, "rounds", "n", 60, "how often the daemon is killed where no point has shown anything")
	return c
}

package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/drill"
)

func newPointsCommand() *cobra.Command {
	p := drill.Points{}
	var delay time.Duration
	var files bool
	c := &cobra.Command{
		Use:   "points [NAME…]",
		Short: "Let the daemon die at each of its failpoints, before and after each commit and each step on the network",
		RunE: func(cmd *cobra.Command, names []string) error {
			return inTemp(cmd.Context(), false, func(dir, program string) error {
				if len(names) == 0 {
					names = drill.PointNames()
				}
				done := progress(len(names))
				n := 0
				p.Program, p.Names = program, names
				p.Dir = func() (string, error) { return os.MkdirTemp(dir, "world-") }
				p.Servers = func() (drill.Servers, error) { return drill.Memory(delay, files) }
				p.Told = func(r drill.PointResult) { n++; done(n, r.Name) }
				results, err := p.Run(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "seed %d\n", p.Seed)
				drill.PrintPoints(cmd.OutOrStdout(), results)
				for _, r := range results {
					if len(r.Breaches) > 0 {
						return errBreached
					}
				}
				return nil
			})
		},
	}
	c.Flags().IntVar(&p.Times, "times", 3, "at each")
	c.Flags().Uint64Var(&p.Seed, "seed", uint64(time.Now().UnixNano()), "of all that is random but the machine's own timing")
	c.Flags().DurationVar(&delay, "delay", 20*time.Millisecond, "until the SMTP server answers the final dot")
	c.Flags().BoolVar(&files, "files", true, "the provider files what it sends among the sent mails")
	return c
}

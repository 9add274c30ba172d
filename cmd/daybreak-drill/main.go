// Command daybreak-drill hurts the daemon on purpose and shows whether anything was lost or came twice. It needs the Go toolchain and the
// sources: it builds the program anew, with failpoints.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/drill"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRootCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "daybreak-drill: error: %v\n", err)
		os.Exit(1)
	}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "daybreak-drill",
		Short:         "Hurt the daemon on purpose and show whether anything was lost or came twice",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newKillCommand(), newPointsCommand(), newSabotageCommand())
	return root
}

var errBreached = errors.New("what must never fail has failed")

// inTemp builds the program in a directory of its own, which goes when do is done.
func inTemp(ctx context.Context, keep bool, do func(dir, program string) error) error {
	dir, err := drill.Temp()
	if err != nil {
		return err
	}
	if keep {
		fmt.Fprintln(os.Stderr, "kept in", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	program, err := drill.Build(ctx, dir, nil)
	if err != nil {
		return err
	}
	return do(dir, program)
}

func newKillCommand() *cobra.Command {
	k := drill.Kill{}
	var delay time.Duration
	var keep, files, real bool
	c := &cobra.Command{
		Use:   "kill",
		Short: "Kill the daemon at random moments while it reads, asks, composes and sends",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inTemp(cmd.Context(), keep, func(dir, program string) error {
				bench := &workbench{}
				defer bench.clear()
				start := func() (drill.Servers, error) { return drill.Memory(delay, files) }
				if real {
					start = bench.servers
				}
				servers, err := start()
				if err != nil {
					return err
				}
				defer servers.Close()
				k.Program, k.Dir, k.Servers = program, dir, servers
				done := progress(k.Rounds)
				k.Round = func(n, dots int) { done(n, fmt.Sprintf("%d in dot", dots)) }
				r, err := k.Run(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "seed %d, the server answers the dot in %v, files among the sent mails: %v\n", k.Seed, delay, files)
				r.Print(cmd.OutOrStdout())
				if len(r.Breaches) > 0 {
					return errBreached
				}
				return nil
			})
		},
	}
	c.Flags().IntVarP(&k.Rounds, "rounds", "n", 200, "how often")
	c.Flags().Uint64Var(&k.Seed, "seed", uint64(time.Now().UnixNano()), "of all that is random but the machine's own timing")
	c.Flags().DurationVar(&delay, "delay", 0, "until the SMTP server answers the final dot")
	c.Flags().BoolVar(&files, "files", false, "the provider files what it sends among the sent mails")
	c.Flags().BoolVar(&real, "real", false, "between Dovecot and smtp-sink instead of servers in memory")
	c.Flags().DurationVar(&k.Longest, "longest", 400*time.Millisecond, "that the daemon lives, about")
	c.Flags().IntVar(&k.Teams, "teams", 24, "of five people each")
	c.Flags().BoolVar(&keep, "keep", false, "keep configuration and database")
	return c
}

package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
)

func newKeyCommand(app *App) *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Change the secret that signs reply addresses", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() }}
	c.AddCommand(&cobra.Command{
		Use:   "rotate",
		Short: "Sign reply addresses with a new secret from the daemon's next start on",
		Long: `Sign reply addresses with a new secret from the daemon's next start on. Replies to mail that was signed with one of the fifteen
secrets before it are still known.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toChange, func(_ *config.Config, s *store.Store) error {
				if err := s.RotateKey(cmd.Context(), time.Now()); err != nil {
					return err
				}
				fmt.Fprintln(app.Out, "made a new key; restart the daemon to use it")
				return nil
			})
		},
	})
	return c
}

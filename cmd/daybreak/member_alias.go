package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newMemberAlias(app *App) *cobra.Command {
	remove := false
	c := &cobra.Command{
		Use:   "alias MEMBER ADDRESS",
		Short: "Take mail from another address for a member's, too, or with --remove not any more",
		Long: "Take mail from another address for a member's, too, as \"alias ADDRESS\" in a mail of theirs does. It stays when a team file is applied.\n" +
			"With --remove it is not taken for theirs any more; an address that a team file gives them is taken out there.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			addr := team.CleanAddress(args[1])
			return app.withMember(cmd.Context(), toChange, args[0], func(ctx context.Context, app *App, s *store.Store, p team.Person) error {
				if remove {
					return dropAlias(ctx, app, s, p, addr)
				}
				if !team.SureAddress(addr) {
					return withHint(fmt.Errorf("%q is not an address that can be taken", args[1]), "daybreak member alias "+p.Address()+" me@home.example")
				}
				if err := s.AddAlias(ctx, p.ID, addr, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(app.Out, "mail from %s is taken for that of %s, too\n", addr, p.Address())
				return nil
			})
		},
	}
	c.Flags().BoolVar(&remove, "remove", false, "not any more")
	return c
}

func dropAlias(ctx context.Context, app *App, s *store.Store, p team.Person, addr string) error {
	if err := s.DropAlias(ctx, p.ID, addr, time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(app.Out, "mail from %s is not taken for that of %s any more\n", addr, p.Address())
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newMemberForget(app *App) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "forget MEMBER", Short: "Erase all that is held of a member, for good",
		Long: `Erase all that is held of a member: their words, their mails, the copies of their words in what was sent to others, their name, addresses
and settings. It cannot be undone. Of their addresses stays what they hash to, so that a team file that has them still does not bring
them back: daybreak member readmit does.

What is in mailboxes stays there, also in the one that daybreak reads, and so does what backups hold.

MEMBER is any address of theirs, or their name if only one has it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return app.withStore(ctx, toChange, func(_ *config.Config, s *store.Store) error {
				p, err := anyMemberNamed(ctx, s, args[0])
				if err != nil {
					return err
				}
				if !yes {
					return withHint(misuse{errors.New("it cannot be undone")}, "daybreak member forget "+p.Address()+" --yes")
				}
				if err := s.Forget(ctx, p.ID, time.Now()); err != nil {
					return err
				}
				_, err = fmt.Fprintf(app.Out, "%s (%s) is forgotten; take them out of the team file, and delete their mails from the mailbox\n", p.Name, p.Address())
				return err
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return c
}

// anyMemberNamed is the member whom the word names, also one who is in no team.
func anyMemberNamed(ctx context.Context, s *store.Store, word string) (team.Person, error) {
	p, known, err := s.PersonByAddress(ctx, word)
	if err != nil || known {
		return p, err
	}
	return memberNamed(ctx, s, word)
}

func newMemberReadmit(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "readmit ADDRESS", Short: "Let an address be a member's again whose owner asked to be forgotten", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toChange, func(_ *config.Config, s *store.Store) error {
				was, err := s.Readmit(cmd.Context(), args[0], time.Now())
				if err != nil {
					return err
				}
				if !was {
					return withHint(fmt.Errorf("nobody with the address %s asked to be forgotten", args[0]), "daybreak member list")
				}
				_, err = fmt.Fprintf(app.Out, "%s can be a member's again\n", args[0])
				return err
			})
		},
	}
}

package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newMailAccept(app *App) *cobra.Command {
	var word string
	c := &cobra.Command{
		Use: "accept ID", Short: "Take a held mail as its member's after all", Args: cobra.ExactArgs(1),
		Long: `Take a held mail as its member's after all: it becomes an update, or is carried out, as of when it came. Its member is whoever has
the address that it is from; for any other address say whose it is with --member. Nobody is written to.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHeld(cmd.Context(), app, args[0], func(ctx context.Context, c *config.Config, s *store.Store, held team.Earlier) error {
				p, err := writerOf(ctx, s, held, word)
				if err != nil {
					return err
				}
				raw, err := s.RawMail(ctx, held.ID)
				if err != nil {
					return err
				}
				r, err := reader(ctx, c, s)
				if err != nil {
					return err
				}
				read, err := r.Confirmed(ctx, p, held, raw)
				if err != nil {
					return err
				}
				if read.Now.Outcome == team.Held || read.Now.Outcome == team.Quarantined {
					return fmt.Errorf("mail %d cannot be taken for %s: %s", held.ID, p.Address(), read.Now.Reason)
				}
				if err := s.Release(ctx, read, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(app.Out, "accepted as %s's: %s, %s\n", p.Address(), read.Now.Outcome, read.Now.Reason)
				return nil
			})
		},
	}
	c.Flags().StringVar(&word, "member", "", "whose it is: an address of theirs, or their name")
	return c
}

// writerOf is the member whose mail a held one is to be: whom the word names, else whose address it is from.
func writerOf(ctx context.Context, s *store.Store, held team.Earlier, word string) (team.Person, error) {
	if word != "" {
		return memberNamed(ctx, s, word)
	}
	p, known, err := s.PersonByAddress(ctx, held.Mail.From)
	if err == nil && !known {
		err = withHint(fmt.Errorf("%s is not an address of any member", held.Mail.From), fmt.Sprintf("daybreak mail accept %d --member MEMBER", held.ID))
	}
	return p, err
}

func newMailRefuse(app *App) *cobra.Command {
	return &cobra.Command{
		Use: "refuse ID", Short: "Leave a held mail out for good; it stays readable", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHeld(cmd.Context(), app, args[0], func(ctx context.Context, _ *config.Config, s *store.Store, held team.Earlier) error {
				if err := s.Refuse(ctx, held.ID, time.Now()); err != nil {
					return err
				}
				fmt.Fprintf(app.Out, "refused mail %d of %s\n", held.ID, held.Mail.From)
				return nil
			})
		},
	}
}

// withHeld does something with the held mail that has the number.
func withHeld(ctx context.Context, app *App, number string, do func(context.Context, *config.Config, *store.Store, team.Earlier) error) error {
	const look = "daybreak mail list --outcome held"
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return withHint(misuse{fmt.Errorf("%q is not the number of a mail", number)}, look)
	}
	return app.withStore(ctx, toChange, func(c *config.Config, s *store.Store) error {
		held, err := s.HeldMail(ctx, id)
		if store.KindOf(err) == store.Unknown {
			return withHint(err, look)
		}
		if err != nil {
			return err
		}
		return do(ctx, c, s, held)
	})
}

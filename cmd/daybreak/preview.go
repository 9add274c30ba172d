package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newPreviewCommand(app *App) *cobra.Command {
	var at, html string
	c := &cobra.Command{
		Use:   "preview MEMBER",
		Short: "Show the digest that a member would get; sends nothing",
		Long: `Show the digest that a member would get now, or at --at. Nothing is sent or marked.

MEMBER is any address of theirs, or their name if only one has it. TIME is a local time of theirs such as "2026-03-09 09:00", or
RFC 3339 such as 2026-03-09T09:00:00+09:00.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return app.withStore(ctx, toLook, func(c *config.Config, s *store.Store) error {
				p, err := memberNamed(ctx, s, args[0])
				if err != nil {
					return err
				}
				now, err := previewTime(p, at)
				if err != nil {
					return err
				}
				turn, err := s.DigestTurn(ctx, p.ID, now)
				if err != nil {
					return err
				}
				composer, err := newComposer(ctx, c.Address, c.HTTP.PublicURL, s)
				if err != nil {
					return err
				}
				letter, _, ok, err := composer.DigestLetter(turn, now)
				if err != nil {
					return err
				}
				if !ok {
					fmt.Fprintf(app.Out, "nothing new for %s: no digest would be sent\n", p.Address())
					return nil
				}
				if html != "" {
					if err := os.WriteFile(html, []byte(letter.HTML), 0o600); err != nil {
						return fmt.Errorf("writing the HTML: %w", err)
					}
				}
				_, err = fmt.Fprintf(app.Out, "Subject: %s\n\n%s", letter.Subject, letter.Plain())
				return err
			})
		},
	}
	c.Flags().StringVar(&at, "at", "", "the `TIME` at which the digest would be made (default now)")
	c.Flags().StringVar(&html, "html", "", "also write the HTML to this `FILE`")
	return c
}

// previewTime reads a time in the person's zone.
func previewTime(p team.Person, text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	loc, err := p.DigestRule().Location()
	if err != nil {
		return time.Time{}, err
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			return team.DateOf(t).Instant(team.Clock(t.Hour()*60+t.Minute()), loc), nil
		}
	}
	return time.Time{}, withHint(misuse{fmt.Errorf("--at %q is not a time", text)}, `write it as "2026-03-09 09:00" (their local time) or 2026-03-09T09:00:00+09:00`)
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/digest"
	"daybreak/internal/config"
	"daybreak/internal/spell"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
	"daybreak/templates"
)

func newPreviewCommand(app *App) *cobra.Command {
	var at, html string
	var open bool
	kinds := previewKinds()
	half := len(kinds) / 2
	c := &cobra.Command{
		Use:   "preview MEMBER [KIND]",
		Short: "Show a mail as a member would get it; sends nothing",
		Long: `Show the digest that a member would get now, or at --at. Nothing is sent or marked. With "weekly" it is the roll-up that comes on
the last working day of their week, with "decisions" the list that they get by that order.

With another KIND, show that mail instead: names, teams and times in it are theirs, the rest is an example.

  ` + strings.Join(kinds[:half], ", ") + `,
  ` + strings.Join(kinds[half:], ", ") + `

MEMBER is any address of theirs, or their name if only one has it. TIME is a local time of theirs such as "2026-03-09 09:00", or
RFC 3339 such as 2026-03-09T09:00:00+09:00.`,
		Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return kinds, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := "digest"
			if len(args) > 1 {
				kind = args[1]
			}
			if !slices.Contains(kinds, kind) {
				err := misuse{fmt.Errorf("there is no mail of the kind %q", kind)}
				if near := spell.Nearest(kind, kinds); near != "" {
					return withHint(err, fmt.Sprintf("daybreak preview %q %s", args[0], near))
				}
				return withHint(err, "it is one of "+strings.Join(kinds, ", "))
			}
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
				composer, err := newComposer(ctx, c.Address, c.HTTP.PublicURL, s)
				if err != nil {
					return err
				}
				var subject, text, page string
				if slices.Contains(toldKinds(), kind) {
					letter, none, err := previewTold(ctx, s, composer, kind, p, now)
					if err != nil {
						return err
					}
					if none != "" {
						fmt.Fprintln(app.Out, none)
						return nil
					}
					subject, text, page = letter.Subject, letter.Plain(), letter.HTML
				} else {
					m, err := composer.Preview(kind, p, now)
					if err != nil {
						return err
					}
					subject, text, page = m.Subject, m.Text, mime.Read(m.Raw).HTML
				}
				if html == "" && open {
					if html, err = temporaryPage(); err != nil {
						return err
					}
				}
				if html != "" {
					if err := os.WriteFile(html, []byte(page), 0o600); err != nil {
						return fmt.Errorf("writing the HTML: %w", err)
					}
				}
				if open {
					return openPage(html)
				}
				_, err = fmt.Fprintf(app.Out, "Subject: %s\n\n%s", subject, text)
				return err
			})
		},
	}
	c.Flags().StringVar(&at, "at", "", "the `TIME` at which the mail would be made (default now)")
	c.Flags().StringVar(&html, "html", "", "also write the HTML to this `FILE`")
	c.Flags().BoolVar(&open, "open", false, "show the HTML in a browser instead")
	return c
}

// previewKinds are the mails that can be looked at.
func previewKinds() []string { return append(toldKinds(), digest.PreviewKinds()...) }

// toldKinds are the mails that are made of what was said.
func toldKinds() []string { return []string{"digest", "weekly", "decisions"} }

// previewTold makes of what was said the digest that a member would get, the roll-up of their week, or the list of decisions; or says
// that none would be sent.
func previewTold(ctx context.Context, s *store.Store, c *digest.Composer, kind string, p team.Person, now time.Time) (l templates.Letter, none string, err error) {
	var turn team.Turn
	var ok bool
	switch kind {
	case "digest":
		none = "nothing new for " + p.Address() + ": no digest would be sent"
		if turn, err = s.DigestTurn(ctx, p.ID, now); err == nil {
			l, _, ok, err = c.DigestLetter(turn, now)
		}
	case "weekly":
		none = "nothing new for " + p.Address() + ": no roll-up would be sent"
		if turn, err = s.RollupTurn(ctx, p.ID, now); err == nil {
			l, _, ok, err = c.RollupLetter(turn)
		}
	default:
		none = "nothing was decided that " + p.Address() + " may read"
		if turn, err = s.DecisionsTurn(ctx, p.ID, now); err == nil {
			l, _, ok, err = c.DecisionsLetter(turn, now)
		}
	}
	if ok {
		none = ""
	}
	return l, none, err
}

// temporaryPage is a file for a page that a browser is to show. It stays, since the browser reads it after this command has ended.
func temporaryPage() (string, error) {
	f, err := os.CreateTemp("", "daybreak-preview-*.html")
	if err != nil {
		return "", fmt.Errorf("making a file for the browser: %w", err)
	}
	return f.Name(), f.Close()
}

// openPage shows a file in the browser that $BROWSER names, or in the desktop's.
func openPage(file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	command := []string{"xdg-open"}
	switch named := strings.Fields(os.Getenv("BROWSER")); {
	case len(named) > 0:
		command = named
	case runtime.GOOS == "darwin":
		command = []string{"open"}
	case runtime.GOOS == "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	if err := exec.Command(command[0], append(command[1:], path)...).Run(); err != nil {
		return withHint(fmt.Errorf("opening a browser with %s: %w", command[0], err), "open "+path+" in a browser, or set BROWSER")
	}
	return nil
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

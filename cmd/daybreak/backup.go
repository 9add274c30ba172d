package main

import (
	"context"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
)

func newBackupCommand(app *App) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a checked copy of the database to a file, while the daemon runs",
		Long: `Write a copy of the database to a file, as of one moment, while the daemon runs. The copy is checked from end to end before the file
appears. It holds what people wrote and the secret of the reply addresses, so only its owner may read it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				return app.backup(cmd.Context(), s, args[0], force)
			})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	return c
}

func (a *App) backup(ctx context.Context, s *store.Store, path string, force bool) error {
	var progress func(done, all int64)
	if isTerminal(a.Err) {
		bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(a.Err), progressbar.OptionSetDescription("copying"), progressbar.OptionShowBytes(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		progress = func(done, all int64) { bar.ChangeMax64(all); _ = bar.Set64(done) }
		defer bar.Close()
	}
	h, err := s.Backup(ctx, path, force, progress)
	if err == nil {
		fmt.Fprintf(a.Out, "wrote %s, %s, checked: %s\n", path, bytesText(h.Size), holds(h))
	}
	return err
}

func newRestoreCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the database, which is kept beside it",
		Long: `Put a backup in the place of the database. The daemon has to be stopped. The backup is checked from end to end first, and the database that
it replaces is kept beside it, under a name that is told.

When the daemon starts on it, it first finds out what happened since the backup: it reads the mails that came since once more, and looks which of its own mails are
in the folder where the provider keeps what is sent. What was sent is not sent again, and what a digest told is not told again. Where there
is no such folder, the next digests tell again what came since the backup, so that nothing is lost; no mail that came since is answered; and
today's prompt may come a second time. Changes made by commands since the backup have to be made again.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := app.config()
			if err != nil {
				return err
			}
			return app.restore(cmd.Context(), c, args[0], time.Now())
		},
	}
}

func (a *App) restore(ctx context.Context, c *config.Config, from string, now time.Time) error {
	r, err := store.Restore(ctx, from, c.Database, now)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "restored %s from %s: %s\n", c.Database, from, holds(r.Holding))
	if r.Aside != "" {
		fmt.Fprintf(a.Out, "kept the database before it as %s\n", r.Aside)
	}
	if !r.Through.IsZero() {
		fmt.Fprint(a.Out, reliveText)
	}
	return nil
}

// reliveText says what the daemon will do with a restored database.
const reliveText = `at its next start daybreak finds out what happened since, from the mailbox and from the folder of sent mails; where there is no such
folder, the next digests tell again what came since the backup, and no mail that came since is answered
`

// holds tells what a database holds, and as of when.
func holds(h store.Holding) string {
	text := fmt.Sprintf("%s, %s, %s received, %s, %s sent, %d waiting", counted(h.Teams, "team"), counted(h.Members, "member"), counted(h.Mails, "mail"),
		counted(h.Updates, "update"), counted(h.Sent, "mail"), h.Waiting)
	if !h.Through.IsZero() {
		text += ", as of " + h.Through.Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	return text
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// bytesText is a number of bytes for people.
func bytesText(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

package main

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newRootCommand(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "daybreak",
		Short:         "An asynchronous daily update for a remote team, with nothing but email",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			hint := "daybreak help   # lists the commands"
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "daybreak " + near[0]
			}
			return withHint(misuse{fmt.Errorf("there is no command %q", args[0])}, hint)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.PersistentFlags().StringVar(&app.ConfigPath, "config", "",
		"configuration `FILE` (default ./daybreak.toml, then /etc/daybreak/daybreak.toml)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withHint(misuse{err}, cmd.CommandPath()+" --help")
	})
	root.AddCommand(newDemoCommand(app), newInitCommand(app), newCheckCommand(app), newServeCommand(app), newTeamCommand(app), newMemberCommand(app), newStatusCommand(app),
		newPreviewCommand(app), newExplainCommand(app), newVersionCommand(app))
	for _, c := range root.Commands() {
		strictArgs(c)
	}
	return root
}

// strictArgs makes wrong arguments of a command, and of those below it, a misuse with a hint.
func strictArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err == nil || errors.As(err, &misuse{}) {
				return err
			}
			return withHint(misuse{err}, cmd.UseLine())
		}
	}
	for _, sub := range c.Commands() {
		strictArgs(sub)
	}
}

func newVersionCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := fmt.Fprintln(app.Out, "daybreak", version())
			return err
		},
	}
}

// version is the module's version, or the revision that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && v == "devel" {
			v += "-" + s.Value[:12]
		}
	}
	return v + " " + info.GoVersion
}

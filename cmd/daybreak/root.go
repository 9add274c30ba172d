package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func newRootCommand(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "daybreak",
		Short:         "An asynchronous daily update for a remote team, with nothing but email",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&app.ConfigPath, "config", "",
		"configuration `FILE` (default ./daybreak.toml, then /etc/daybreak/daybreak.toml)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withHint(misuse{err}, cmd.CommandPath()+" --help")
	})
	root.AddCommand(newDemoCommand(app), newInitCommand(app), newCheckCommand(app), newServeCommand(app), newTeamCommand(app), newMemberCommand(app), newStatusCommand(app),
		newMailCommand(app), newAuditCommand(app), newPreviewCommand(app), newSimulateCommand(app), newWhyCommand(app), newExplainCommand(app), newRereadCommand(app), newKeyCommand(app), newBackupCommand(app), newRestoreCommand(app), newDKIMCommand(app), newVersionCommand(app))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	strictArgs(root)
	return root
}

// strictArgs makes wrong arguments of a command, and of those below it, a misuse that says what would be right. A command that only
// has others below it prints its help.
func strictArgs(c *cobra.Command) {
	check := c.Args
	switch {
	case c.HasSubCommands():
		c.SuggestionsMinimumDistance = 2
		c.RunE = func(cmd *cobra.Command, args []string) error { return cmd.Help() }
		c.Args = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return noCommand(cmd, args)
		}
	case c.Name() == "help":
		c.Args = func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				return noCommand(about, rest)
			}
			return err
		}
	case check != nil:
		c.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err == nil || errors.As(err, &misuse{}) {
				return err
			}
			return wrongArgs(cmd, args)
		}
	}
	for _, sub := range c.Commands() {
		strictArgs(sub)
	}
}

// noCommand says that the first of the words is no command below c, and which line was probably meant.
func noCommand(c *cobra.Command, words []string) error {
	hint := c.CommandPath() + " --help   # lists the commands"
	if meant := near(c, words[0]); meant != nil {
		hint = meantLine(meant, words[1:])
	}
	_, path, _ := strings.Cut(c.CommandPath()+" "+words[0], " ")
	return withHint(misuse{fmt.Errorf("there is no command %q", path)}, hint)
}

// near is the command below c that the word names or probably means, nil if there is none.
func near(c *cobra.Command, word string) *cobra.Command {
	names := append([]string{word}, c.SuggestionsFor(word)...)
	for _, name := range names {
		for _, sub := range c.Commands() {
			if sub.Name() == name {
				return sub
			}
		}
	}
	return nil
}

// meantLine is the command line with the words that follow the command, put right as far as they name commands.
func meantLine(c *cobra.Command, words []string) string {
	for len(words) > 0 && c.HasSubCommands() {
		sub := near(c, words[0])
		if sub == nil {
			return c.CommandPath() + " --help   # lists the commands"
		}
		c, words = sub, words[1:]
	}
	line := c.CommandPath()
	for _, word := range words {
		if strings.ContainsAny(word, " '\"$&;()<>|*?") {
			word = strconv.Quote(word)
		}
		line += " " + word
	}
	return line
}

// wrongArgs says how many arguments a command takes: none, or the one that its usage names.
func wrongArgs(c *cobra.Command, args []string) error {
	path := c.CommandPath()
	_, name, _ := strings.Cut(path, " ")
	_, operand, _ := strings.Cut(c.Use, " ")
	switch {
	case operand == "":
		return withHint(misuse{fmt.Errorf("%s takes no %q", name, args[0])}, path+" --help")
	case len(args) == 0:
		return withHint(misuse{fmt.Errorf("%s needs %s", name, operand)}, fmt.Sprintf("%s %s   # --help says more", path, operand))
	}
	hint := fmt.Sprintf("%s %q", path, strings.Join(args, " ")) // a name has spaces
	if strings.HasPrefix(operand, "FILE") {
		hint = path + " " + args[0]
	}
	return withHint(misuse{fmt.Errorf("%s takes one %s, not %d words", name, operand, len(args))}, hint)
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

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
)

func newInitCommand(app *App) *cobra.Command {
	i := &initializer{app: app, dns: net.DefaultResolver, preset: config.OAuthPresetOf}
	var sample, sampleTeam, unit bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Find and try the mailbox's servers and write a commented daybreak.toml",
		Long: `Find and try the mailbox's servers and write a commented daybreak.toml.

It asks for the mailbox's address and password, finds the IMAP and SMTP servers (a table of known providers, the domain's SRV
records, else it asks), logs in to both, and writes daybreak.toml and the password's file, readable by you alone. What exists
is never overwritten without --force.

Without a terminal the answers are read from the input, a line each: what of address, IMAP url and SMTP url is neither given
as a flag nor found, then the password.`,
		Example: `  daybreak init
  daybreak init --address updates@example.com --imap imaps://mail.example.com --smtp smtps://mail.example.com
  sudo daybreak init --dir /etc/daybreak
  daybreak init --unit | sudo tee /etc/systemd/system/daybreak.service`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var texts []string
			for _, print := range []struct {
				asked bool
				text  func() string
			}{{sample, config.Sample}, {sampleTeam, config.SampleTeam}, {unit, config.Unit}} {
				if print.asked {
					texts = append(texts, print.text())
				}
			}
			switch {
			case len(texts) > 1:
				return withHint(misuse{errors.New("only one thing can be printed at a time")}, "daybreak init --sample")
			case len(texts) == 1:
				_, err := io.WriteString(app.Out, texts[0])
				return err
			}
			if app.ConfigPath != "" && i.dir != "" {
				return withHint(misuse{errors.New("--config and --dir both say where to write")}, "daybreak init --dir DIRECTORY")
			}
			i.ask = &dialog{in: app.In, out: app.Err}
			err := i.run(cmd.Context())
			if errors.Is(err, context.Canceled) {
				return errors.New("stopped; nothing was written")
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&i.address, "address", "", "the mailbox's `ADDRESS`")
	f.StringVar(&i.admin, "admin", "", "your own `ADDRESS`, to be told by mail what is the matter")
	f.StringVar(&i.imap, "imap", "", "the IMAP server's `URL`, such as imaps://imap.example.com:993")
	f.StringVar(&i.smtp, "smtp", "", "the SMTP server's `URL`, such as smtps://smtp.example.com:465")
	f.StringVar(&i.user, "user", "", "the `NAME` to log in with (default the address)")
	f.StringVar(&i.dir, "dir", "", "the `DIRECTORY` to write to (default the current one)")
	f.StringVar(&i.clientID, "client-id", "", "the `ID` of the application that you registered, for Microsoft")
	f.StringVar(&i.tenant, "tenant", "", "the `ID` or domain of the organisation, for Microsoft")
	f.BoolVar(&i.force, "force", false, "overwrite what is there")
	f.BoolVar(&i.noTry, "no-try", false, "write without logging in")
	f.BoolVar(&sample, "sample", false, "print a commented daybreak.toml and do nothing else")
	f.BoolVar(&sampleTeam, "sample-team", false, "print a commented team file and do nothing else")
	f.BoolVar(&unit, "unit", false, "print a systemd unit and do nothing else")
	return c
}

// initializer writes a first configuration.
type initializer struct {
	app    *App
	ask    *dialog
	dns    resolver
	preset func(provider string) (config.OAuthPreset, bool)

	dir, address, imap, smtp, user string
	admin, clientID, tenant        string
	force, noTry                   bool

	draft  config.Draft
	secret string // the password, or the refresh token

	accessToken string
	file        string // the configuration's
}

func (i *initializer) run(ctx context.Context) error {
	i.file = i.app.ConfigPath
	if i.file == "" {
		i.file = filepath.Join(i.dir, "daybreak.toml")
	}
	i.draft = config.SampleDraft()
	if err := i.refuseToOverwrite(i.file); err != nil {
		return err
	}
	if err := i.askAddress(ctx); err != nil {
		return err
	}
	if i.admin != "" {
		clean, wrong, hint := config.CheckAdmin(i.admin, i.draft.Address)
		if wrong != "" {
			return withHint(fmt.Errorf("--admin: %s", wrong), hint)
		}
		i.draft.Admin = clean
	}
	servers, err := i.askServers(ctx)
	if err != nil {
		return err
	}
	if servers.note != "" {
		fmt.Fprintf(i.app.Out, "note: %s: %s\n", servers.name, servers.note)
	}
	if servers.oauth != "" {
		err = i.authorize(ctx, servers.oauth)
	} else {
		err = i.askPassword(ctx)
	}
	if err != nil {
		return err
	}
	if err := i.try(ctx); err != nil {
		return err
	}
	return i.write()
}

// secretPath is the file of the password or the token.
func (i *initializer) secretPath() string {
	name := i.draft.Secret
	if i.draft.OAuth != nil {
		name = i.draft.OAuth.RefreshTokenFile
	}
	return filepath.Join(filepath.Dir(i.file), name)
}

func (i *initializer) refuseToOverwrite(path string) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || i.force && err == nil:
		return nil
	case err != nil:
		return fmt.Errorf("looking for %s: %w", path, err)
	}
	return withHint(fmt.Errorf("%s exists already", path), "daybreak check   # tries it; daybreak init --force writes a new one in its place")
}

// answer asks until check has nothing to say; without a terminal it asks once.
func (i *initializer) answer(ctx context.Context, prompt, missing, hint string, check func(string) error) (string, error) {
	for {
		text, err := i.ask.line(ctx, prompt)
		if errors.Is(err, io.EOF) {
			return "", withHint(errors.New(missing), hint)
		}
		if err != nil {
			return "", err
		}
		if err = check(text); err == nil {
			return text, nil
		}
		if i.ask.terminal() == nil {
			return "", err
		}
		fmt.Fprintln(i.app.Err, err)
		if remedy := remedyFor(err); remedy != "" {
			fmt.Fprintf(i.app.Err, "  %s\n", remedy)
		}
	}
}

func (i *initializer) askAddress(ctx context.Context) error {
	check := func(text string) error {
		clean, wrong, hint := config.CheckAddress(text)
		if wrong == "" {
			wrong, hint = config.CheckOwnAddress(clean)
		}
		if wrong != "" {
			return withHint(errors.New(wrong), hint)
		}
		i.draft.Address = clean
		return nil
	}
	err := error(nil)
	if i.address != "" {
		err = check(i.address)
	} else {
		_, err = i.answer(ctx, "Address of the mailbox: ", "no address", "daybreak init --address updates@example.com", check)
	}
	i.draft.IMAPUser = cmp.Or(i.user, i.draft.Address)
	i.draft.SMTPUser = i.draft.IMAPUser
	return err
}

// askServers fills in the servers: as said by flags, as found, as asked for.
func (i *initializer) askServers(ctx context.Context) (found, error) {
	f := found{}
	if i.imap == "" || i.smtp == "" {
		fmt.Fprintf(i.app.Out, "looking for the servers of %s …\n", i.draft.Address)
		if f = findServers(ctx, i.dns, i.draft.Address); ctx.Err() != nil {
			return f, ctx.Err()
		}
		if f.imap == "" && f.smtp == "" {
			fmt.Fprintln(i.app.Out, "none found; the provider's help pages say which they are")
		} else {
			fmt.Fprintf(i.app.Out, "found: %s\n", f.how)
		}
	}
	for _, s := range []struct {
		protocol, flag, known string
		into                  *string
	}{{"imap", i.imap, f.imap, &i.draft.IMAP}, {"smtp", i.smtp, f.smtp, &i.draft.SMTP}} {
		check := func(text string) error {
			if text == "" {
				return errors.New("nothing typed")
			}
			if !strings.Contains(text, "://") && !strings.Contains(text, "@") {
				text = s.protocol + "s://" + text
			}
			server, err := config.ParseServer(s.protocol, text)
			if p := (config.Problem{}); errors.As(err, &p) {
				return withHint(errors.New(p.Text), p.Hint)
			}
			*s.into = server.Scheme + "://" + server.Addr()
			return nil
		}
		text, err := cmp.Or(s.flag, s.known), error(nil)
		if text != "" {
			err = check(text)
		} else {
			name := strings.ToUpper(s.protocol)
			_, err = i.answer(ctx, fmt.Sprintf("%s server (such as %ss://%s.example.com): ", name, s.protocol, s.protocol),
				"no "+name+" server", fmt.Sprintf("daybreak init --%s %ss://%s.example.com", s.protocol, s.protocol, s.protocol), check)
		}
		if err != nil {
			return f, err
		}
		fmt.Fprintf(i.app.Out, "  %s\n", *s.into)
	}
	if s, err := config.ParseServer("smtp", i.draft.SMTP); err == nil && s.Security == config.Plain && s.Port == 25 {
		i.draft.SMTPUser = "" // this machine's own relay
	}
	if i.imap != "" && i.smtp != "" || i.user != "" {
		f.oauth = "" // somebody knows better
	}
	return f, nil
}

// Google shows app passwords in four groups.
var grouped = regexp.MustCompile(`^[a-z]{4}( [a-z]{4}){3}$`)

func (i *initializer) askPassword(ctx context.Context) error {
	if err := i.refuseToOverwrite(i.secretPath()); err != nil {
		return err
	}
	for {
		text, err := i.ask.secret(ctx, fmt.Sprintf("Password of %s (not shown): ", i.draft.IMAPUser))
		if errors.Is(err, io.EOF) || err == nil && strings.TrimSpace(text) == "" && i.ask.terminal() == nil {
			return withHint(errors.New("no password"), "daybreak init < FILE   # with the password on the last line")
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if grouped.MatchString(text) {
			text = strings.ReplaceAll(text, " ", "")
		}
		i.secret = text
		return nil
	}
}

// write writes the secret and the configuration, or neither.
func (i *initializer) write() error {
	secret := i.secretPath()
	if err := os.MkdirAll(filepath.Dir(i.file), 0o755); err != nil {
		return fmt.Errorf("making the directory: %w", err)
	}
	if err := i.writeFile(secret, i.secret+"\n"); err != nil {
		return err
	}
	if err := i.writeFile(i.file, i.draft.Text()); err != nil {
		if !i.force {
			os.Remove(secret)
		}
		return err
	}
	fmt.Fprintf(i.app.Out, "wrote %s and %s, readable by you alone\n", i.file, secret)
	daybreak := "daybreak"
	if i.file != configPaths[0] && i.file != configPaths[1] {
		daybreak += " --config " + i.file
	}
	fmt.Fprintf(i.app.Out, "next: %s check   # sends itself a mail and waits for it\n", daybreak)
	underSystemd := strings.HasPrefix(i.file, "/etc/")
	if underSystemd {
		fmt.Fprintln(i.app.Out, "next: daybreak init --unit > /etc/systemd/system/daybreak.service && systemctl enable --now daybreak")
	}
	fmt.Fprintln(i.app.Out, "next: daybreak init --sample-team > team.toml   # then write your team into it")
	fmt.Fprintf(i.app.Out, "next: %s team apply team.toml\n", daybreak)
	if !underSystemd {
		fmt.Fprintf(i.app.Out, "next: %s serve\n", daybreak)
	}
	return nil
}

// writeFile writes a file for its owner alone. It does not touch one that is there without --force.
func (i *initializer) writeFile(path, text string) error {
	if err := i.refuseToOverwrite(path); err != nil {
		return err
	}
	return writePrivate(path, text)
}

// writePrivate writes a file for its owner alone. It never leaves half a file.
func writePrivate(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".daybreak-*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

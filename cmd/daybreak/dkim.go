package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"daybreak/digest"
	"daybreak/internal/config"
)

func newDKIMCommand(app *App) *cobra.Command {
	c := &cobra.Command{Use: "dkim", Short: "Make a key that signs outgoing mail", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() }}
	var kind, selector string
	initialize := &cobra.Command{
		Use:   "init",
		Short: "Make a key that signs outgoing mail (DKIM), and say what to publish and to write",
		Long: `Make a key that signs outgoing mail (DKIM), beside the configuration and readable by you alone, and say which DNS record to publish
and which lines to write into the configuration. Nothing is signed before they stand there, and no key is ever overwritten.

It is for mail servers that do not sign themselves; most providers do. To change the key, make one with another --selector, publish it,
then change the lines; the old record can go a week later, when no mail signed with it is on its way any more.`,
		Example: `  daybreak dkim init
  daybreak dkim init --type ed25519 --selector 2027a`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if wrong := config.CheckSelector(selector); wrong != "" {
				return withHint(misuse{errors.New(wrong)}, "daybreak dkim init --selector daybreak2")
			}
			if kind != "rsa" && kind != "ed25519" {
				return withHint(misuse{fmt.Errorf("there is no key of the type %q", kind)}, "daybreak dkim init --type rsa   # or ed25519")
			}
			conf, err := app.loadConfig()
			if err != nil {
				return err
			}
			return app.makeSigningKey(conf, kind, selector)
		},
	}
	initialize.Flags().StringVar(&kind, "type", "rsa", "`TYPE` of the key: rsa, which everyone can check, or ed25519, which is short and which some cannot check yet")
	initialize.Flags().StringVar(&selector, "selector", "daybreak", "`NAME` of the key in the DNS")
	c.AddCommand(initialize)
	return c
}

// makeSigningKey makes a key, writes it to a file and says what is to be done with it.
func (a *App) makeSigningKey(conf *config.Config, kind, selector string) error {
	name := "dkim-" + selector + ".key"
	path := filepath.Join(filepath.Dir(conf.File), name)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("%s exists already", path), "daybreak dkim init --selector "+selector+"2   # makes another beside it")
	}
	var key crypto.Signer
	var err error
	if kind == "ed25519" {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	} else {
		key, err = rsa.GenerateKey(rand.Reader, config.DKIMBits)
	}
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	text, err := config.FormatKey(key)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	_, domain, _ := strings.Cut(conf.Address, "@")
	if conf.DKIM.Selector != "" {
		domain = conf.DKIM.Domain
	}
	sign := digest.DKIM{Domain: domain, Selector: selector, Key: key}
	record, err := sign.Record()
	if err != nil {
		return err
	}
	if err := writePrivate(path, string(text)); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "wrote %s, readable by you alone\n\n", path)
	fmt.Fprintf(a.Out, "Publish this TXT record in the DNS of %s:\n  name   %s\n  value  %s\n", domain, sign.Name(), record)
	fmt.Fprintf(a.Out, "or, as a line of a zone file:\n  %s. IN TXT %s\n\n", sign.Name(), quoted(record))
	fmt.Fprintf(a.Out, "Then write into %s", conf.File)
	if conf.DKIM.Selector != "" {
		fmt.Fprint(a.Out, ", in place of what [dkim] says now")
	}
	fmt.Fprintf(a.Out, ":\n  [dkim]\n  selector = %q\n  key_file = %q\n", selector, name)
	if filepath.IsAbs(conf.File) && strings.HasPrefix(conf.File, "/etc/") {
		fmt.Fprintf(a.Out, "and into the unit, if systemd hands over the configuration:\n  LoadCredential=%s:%s\n", name, path)
	}
	fmt.Fprintln(a.Out, "\nnext: daybreak check   # looks the record up; then restart the daemon")
	return nil
}

// quoted writes the value of a TXT record for a zone file: strings of at most 255 characters.
func quoted(record string) string {
	var pieces []string
	for piece := range slices.Chunk([]byte(record), 255) {
		pieces = append(pieces, `"`+string(piece)+`"`)
	}
	return strings.Join(pieces, " ")
}

// dkim looks whether the DNS has the record with which others can check the signatures on our mail. It gives what signs, nil if nothing
// does.
func (c *checker) dkim(ctx context.Context, conf *config.Config) *digest.DKIM {
	sign, err := signatures(conf)
	var record string
	if err == nil && sign != nil {
		record, err = sign.Record()
	}
	switch {
	case err != nil:
		c.fail("dkim", err, "")
		return nil
	case sign == nil:
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	lookup := c.app.LookupTXT
	if lookup == nil {
		lookup = net.DefaultResolver.LookupTXT
	}
	var found []string
	var failure error
	err = sign.Check(func(name string) ([]string, error) {
		found, failure = lookup(ctx, name)
		return found, failure
	})
	publish := fmt.Sprintf("publish a TXT record %s with the value\n%s", sign.Name(), record)
	var dns *net.DNSError
	switch {
	case errors.As(failure, &dns) && dns.IsNotFound:
		c.fail("dkim", fmt.Errorf("the DNS has no TXT record %s; until it does, others take the signatures for broken", sign.Name()), publish)
	case failure != nil:
		c.fail("dkim", fmt.Errorf("looking up %s: %w", sign.Name(), failure), "try again in a minute, or on another machine: dig TXT "+sign.Name())
	case err != nil && len(found) > 1:
		c.fail("dkim", fmt.Errorf("there are %d TXT records %s, of which nobody can tell the right one", len(found), sign.Name()), "leave only the one with the value\n"+record)
	case err != nil:
		c.fail("dkim", fmt.Errorf("the TXT record %s does not fit the key: %s", sign.Name(), strings.TrimPrefix(err.Error(), "dkim: ")), publish)
	default:
		c.ok("dkim", "mail is signed by %s; the record %s fits", sign.Domain, sign.Name())
		if slices.ContainsFunc(found, onTrial) {
			c.warn("dkim", "the record says t=y, a trial: many take the mail for unsigned; publish it without")
		}
	}
	return sign
}

// signature looks whether a mail has arrived as it was signed. Some providers change what they send.
func (c *checker) signature(sign *digest.DKIM, a *arrival) {
	if sign == nil {
		return
	}
	if err := sign.Holds(a.raw); err != nil {
		c.fail("dkim", fmt.Errorf("the probe came changed, and its signature does not hold: %s", strings.TrimPrefix(err.Error(), "dkim: ")),
			"take [dkim] out and let the provider sign, since its servers change mail on the way")
		return
	}
	c.ok("dkim", "the probe came as it was signed")
}

// onTrial tells whether a key's record asks not to be relied on (RFC 6376 §3.6.1).
func onTrial(record string) bool {
	for tag := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) == "t" {
			return slices.Contains(strings.Split(strings.ReplaceAll(value, " ", ""), ":"), "y")
		}
	}
	return false
}

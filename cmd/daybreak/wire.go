package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/proof"
	"daybreak/templates"
)

// account is one of those that are read.
type account struct {
	config.IMAP
	label string // begins the names of its folders in the database: our address for the first, which had no other, and else what it is called
	name  string // by which people know it, "" if there is no other
}

// accounts gives the configured accounts, the first one first.
func accounts(c *config.Config) []account {
	var list []account
	for n, i := range c.Accounts() {
		a := account{IMAP: i, label: i.Name()}
		if n == 0 {
			a.label = c.Address
		}
		if len(c.More) > 0 {
			a.name = i.Name()
		}
		list = append(list, a)
	}
	return list
}

// in names a folder in the database.
func (a account) in(folder string) string { return a.label + "/" + folder }

// mailbox gives the account's mailbox, without store and receiver.
func (a account) mailbox() *mailin.Mailbox {
	security := map[config.Security]mailin.Security{config.TLS: mailin.ImplicitTLS, config.StartTLS: mailin.StartTLS, config.Plain: mailin.Plain}
	auth := mailin.Auth{User: a.User, Token: a.Token}
	if auth.Token == nil {
		auth.Password = a.Secret.Read
	}
	var others []mailin.Folder
	for _, name := range a.Others {
		others = append(others, mailin.Folder{Account: a.in(name), Name: name})
	}
	if junk := a.Junk; junk != "" {
		others = append(others, mailin.Folder{Account: a.in(junk), Name: junk, Junk: true})
	}
	return &mailin.Mailbox{
		Account:  a.in(a.Folder),
		Addr:     a.Addr(),
		Security: security[a.Security],
		Folder:   a.Folder,
		Others:   others,
		Auth:     auth,
	}
}

// colon begins what is said of the account, if there are others.
func (a account) colon() string {
	if a.name == "" {
		return ""
	}
	return a.name + ": "
}

// section is where the account's keys are written.
func (a account) section() string {
	if a.name == "" {
		return "[imap]"
	}
	return "the [[imap]] of " + a.name
}

// log names the account if there are others.
func (a account) log(log *slog.Logger) *slog.Logger {
	if a.name == "" {
		return log
	}
	return log.With("account", a.name)
}

// arrange makes the database know the accounts' folders by their names of now.
func arrange(ctx context.Context, s *store.Store, list []account) error {
	var folders []team.Folder
	var names []string
	for _, a := range list {
		names = append(names, a.name)
		for _, f := range a.Folders() {
			folders = append(folders, team.Folder{Account: a.in(f), Server: a.Name(), Name: f})
		}
	}
	return s.Arrange(ctx, folders, names)
}

// sentFolder gives the folder in which the provider may keep what is sent.
func sentFolder(c *config.Config) *mailin.SentFolder {
	a := accounts(c)[c.SentIn()]
	return &mailin.SentFolder{Mailbox: a.mailbox(), Name: a.Sent}
}

// submission gives the configured SMTP server.
func submission(c *config.Config) *outbox.Server {
	security := map[config.Security]outbox.Security{config.TLS: outbox.ImplicitTLS, config.StartTLS: outbox.StartTLS, config.Plain: outbox.Plain}
	auth := outbox.Auth{User: c.SMTP.User, Token: c.SMTP.Token}
	if auth.Token == nil && auth.User != "" {
		auth.Password = c.SMTP.Secret.Read
	}
	_, domain, _ := strings.Cut(c.Address, "@")
	return &outbox.Server{Addr: c.SMTP.Addr(), Security: security[c.SMTP.Security], Hello: domain, Auth: auth}
}

// senderCheck gives what looks for proof of who sent a mail that came to an account.
func senderCheck(c *config.Config, i config.IMAP, keys *proof.Keys) *proof.Checker {
	return &proof.Checker{Own: c.Address, AuthservID: i.AuthservID, Host: i.Host, Keys: keys}
}

// reader gives what understands the mails that come to the configured accounts.
func reader(ctx context.Context, c *config.Config, s *store.Store) (*mailin.Reader, error) {
	keys, err := s.Keys(ctx)
	if err != nil {
		return nil, err
	}
	sentAs, err := s.SentAs(ctx)
	if err != nil {
		return nil, err
	}
	known := new(proof.Keys)
	r := &mailin.Reader{Address: c.Address, Keys: keys, SentAs: sentAs, Directory: s, Proof: senderCheck(c, c.IMAP, known), ProofIn: map[string]*proof.Checker{}}
	for _, a := range accounts(c)[1:] {
		if own := a.Address(); own != "" && own != c.Address && !slices.Contains(r.Others, own) {
			r.Others = append(r.Others, own)
		}
		check := senderCheck(c, a.IMAP, known)
		check.Also = a.Address()
		for _, f := range a.Folders() {
			r.ProofIn[a.in(f)] = check
		}
	}
	return r, nil
}

// signatures gives what signs outgoing mail, nil if nothing does.
func signatures(c *config.Config) (*digest.DKIM, error) {
	if c.DKIM.Selector == "" {
		return nil, nil
	}
	key, err := c.DKIM.Key()
	if err != nil {
		return nil, err
	}
	return &digest.DKIM{Domain: c.DKIM.Domain, Selector: c.DKIM.Selector, Key: key}, nil
}

// newComposer gives what writes the mails of the configured address, with links below the public URL if there is one.
func newComposer(ctx context.Context, address, publicURL string, s *store.Store) (*digest.Composer, error) {
	keys, err := s.Keys(ctx)
	if err != nil {
		return nil, err
	}
	set, err := templates.Load()
	if err != nil {
		return nil, fmt.Errorf("loading the templates: %w", err)
	}
	return &digest.Composer{Address: address, Keys: keys, Templates: set, PublicURL: publicURL}, nil
}

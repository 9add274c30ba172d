package main

import (
	"context"
	"fmt"
	"strings"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/mailin"
	"daybreak/mailin/proof"
	"daybreak/templates"
)

// mailbox gives the configured mailbox, without store and receiver.
func mailbox(c *config.Config) *mailin.Mailbox {
	security := map[config.Security]mailin.Security{config.TLS: mailin.ImplicitTLS, config.StartTLS: mailin.StartTLS, config.Plain: mailin.Plain}
	auth := mailin.Auth{User: c.IMAP.User, Token: c.IMAP.Token}
	if auth.Token == nil {
		auth.Password = c.IMAP.Secret.Read
	}
	account := func(folder string) string { return c.Address + "/" + folder }
	var others []mailin.Folder
	for _, name := range c.IMAP.Others {
		others = append(others, mailin.Folder{Account: account(name), Name: name})
	}
	if junk := c.IMAP.Junk; junk != "" {
		others = append(others, mailin.Folder{Account: account(junk), Name: junk, Junk: true})
	}
	return &mailin.Mailbox{
		Account:  account(c.IMAP.Folder),
		Addr:     c.IMAP.Addr(),
		Security: security[c.IMAP.Security],
		Folder:   c.IMAP.Folder,
		Others:   others,
		Auth:     auth,
	}
}

// sentFolder gives the folder in which the provider may keep what is sent.
func sentFolder(c *config.Config) *mailin.SentFolder {
	return &mailin.SentFolder{Mailbox: mailbox(c), Name: c.IMAP.Sent}
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

// senderCheck gives what looks for proof of who sent a mail.
func senderCheck(c *config.Config) *proof.Checker {
	return &proof.Checker{Own: c.Address, AuthservID: c.IMAP.AuthservID, Host: c.IMAP.Host, Keys: new(proof.Keys)}
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

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
	"daybreak/mailin/proof"
)

// probe is a mail that daybreak sends to itself.
type probe struct {
	*checker
	conf   *config.Config
	conn   *outbox.Conn
	sign   *digest.DKIM // nil if mail is not signed
	inbox  *watch       // of the first account
	others []*watch     // of the other accounts
	all    *watch       // Gmail's folder of all mail, nil elsewhere
	junk   *watch       // the folder for junk if that is read

	plus arrival // of the mail to the plus address
	in   *watch  // where it came
}

// arrival is one mail that is sent and awaited.
type arrival struct {
	mark string // in its header
	to   string
	sent time.Time
	came time.Time // zero until then
	incoming
}

// incoming is a mail as it came.
type incoming struct {
	header mail.Header
	raw    []byte
}

// run sends the probe and waits for it. It tells whether it came.
func (p *probe) run(ctx context.Context) bool {
	if slices.Contains(p.inbox.session.Capabilities(), "X-GM-EXT-1") {
		p.openAllMail(ctx)
	}
	defer p.all.close()
	if name := p.conf.IMAP.Junk; name != "" {
		p.junk, _ = openWatch(ctx, p.inbox.account, name, p.timeout) // that it cannot be opened has been said
	}
	defer p.junk.close()
	mark := newMark()
	p.plus = arrival{mark: mark, to: token.Address(p.conf.Address, "probe-"+mark)}
	if err := p.send(ctx, &p.plus); err != nil {
		remedy := remedyFor(err)
		if remedy == "" {
			remedy = plusRemedy(p.conf)
		}
		p.fail("probe", fmt.Errorf("sending to %s: %w", p.plus.to, err), remedy)
		return false
	}
	half := p.timeout / 2
	p.in = p.inbox
	if p.inbox.wait(ctx, half, &p.plus) == nil {
		p.ok("probe", "to %s arrived after %s", p.plus.to, p.plus.came.Sub(p.plus.sent).Round(100*time.Millisecond))
		return true
	}
	if p.all != nil && p.all.wait(ctx, 0, &p.plus) == nil {
		p.ok("probe", "lies in %s: Gmail files mail to oneself with the sent copy; replies of others arrive in %s", p.all.folder, p.conf.IMAP.Folder)
		return true
	}
	if p.junk != nil && p.junk.wait(ctx, 0, &p.plus) == nil {
		p.ok("probe", "lies in %s: the server takes it for junk; replies that land there are read", p.junk.folder)
		return true
	}
	for _, w := range p.others {
		if w.wait(ctx, 0, &p.plus) == nil {
			p.in = w
			p.ok("probe", "to %s arrived in %s, which is read", p.plus.to, w.account.name)
			return true
		}
	}
	// Is it the plus address that does not work, or is nothing delivered at all?
	plain := arrival{mark: newMark(), to: p.conf.Address}
	plainErr := p.send(ctx, &plain)
	err := p.inbox.wait(ctx, p.timeout-half, &plain, &p.plus)
	switch {
	case ctx.Err() != nil:
		return false
	case !p.plus.came.IsZero():
		p.ok("probe", "to %s arrived after %s", p.plus.to, p.plus.came.Sub(p.plus.sent).Round(time.Second))
		return true
	case plainErr == nil && !plain.came.IsZero():
		p.fail("probe", fmt.Errorf("mail to %s arrives, mail to %s does not", plain.to, p.plus.to), plusRemedy(p.conf))
	case errors.Is(err, errNotHere):
		p.fail("probe", fmt.Errorf("SMTP has taken the mail to %s, but it is not in %s after %s", p.plus.to, p.conf.IMAP.Folder, p.timeout),
			fmt.Sprintf("look for the subject %q in the spam folder; is %s the address of this mailbox? or wait longer: daybreak check --timeout %s",
				p.plus.subject(), p.conf.Address, 5*p.timeout))
	default:
		p.fail("probe", fmt.Errorf("waiting for it: %w", err), remedyFor(err))
	}
	return false
}

func newMark() string { return strings.ToLower(rand.Text())[:16] }

// plusRemedy says how plus addresses are switched on.
func plusRemedy(c *config.Config) string {
	if strings.HasSuffix(c.IMAP.Host, "office365.com") || strings.HasSuffix(c.IMAP.Host, "outlook.com") {
		return "switch plus addresses on: Set-OrganizationConfig -DisablePlusAddressInRecipients $false"
	}
	return fmt.Sprintf("switch plus addresses on for %s (Postfix: recipient_delimiter = +), or use a mailbox that has them", c.Address)
}

func (a *arrival) subject() string { return "daybreak check " + a.mark }

// send sends one mail to ourselves.
func (p *probe) send(ctx context.Context, a *arrival) error {
	a.sent = time.Now()
	m := team.Outgoing{From: p.conf.Address, To: a.to, MessageID: token.MessageID(p.conf.Address, "probe-"+a.mark), Subject: a.subject(), CreatedAt: a.sent}
	m.Raw = []byte(strings.Join([]string{
		"From: daybreak <" + m.From + ">",
		"To: <" + m.To + ">",
		"Subject: " + m.Subject,
		"Date: " + a.sent.Format("Mon, 02 Jan 2006 15:04:05 -0700"),
		"Message-ID: <" + m.MessageID + ">",
		mailin.ProbeHeader + ": " + a.mark,
		"Auto-Submitted: auto-generated",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=us-ascii",
		"",
		"daybreak check sent this to itself to see whether it arrives. It can be deleted.",
		"",
	}, "\r\n"))
	if p.sign != nil {
		signed, err := p.sign.Sign(m.Raw)
		if err != nil {
			return err
		}
		m.Raw = signed
	}
	result := p.conn.Send(ctx, m, func() error { return nil })
	switch {
	case result.Verdict == outbox.Accepted:
		return nil
	case result.Err != nil:
		return result.Err
	}
	return errors.New(result.Line)
}

// openAllMail watches the folder in which Gmail keeps everything, if it can be found.
func (p *probe) openAllMail(ctx context.Context) {
	for _, folder := range []string{"[Gmail]/All Mail", "[Google Mail]/All Mail"} {
		if w, err := openWatch(ctx, p.inbox.account, folder, p.timeout); err == nil {
			p.all = w
			return
		}
	}
}

// stamp is the date that the last server wrote into the probe when it came there, and the server's name.
func (a *arrival) stamp() (at time.Time, by string, ok bool) {
	received := a.header.Get("Received")
	i := strings.LastIndexByte(received, ';')
	if i < 0 {
		return time.Time{}, "", false
	}
	at, err := mail.ParseDate(strings.TrimSpace(received[i+1:]))
	if err != nil {
		return time.Time{}, "", false
	}
	by = "the mail server"
	words := strings.Fields(received[:i])
	if j := slices.Index(words, "by"); j >= 0 && j+1 < len(words) {
		by = words[j+1]
	}
	return at, by, true
}

// senders says by what name the mailbox's server signs what it finds out about senders, and proposes to believe it. Many servers state
// nothing about mail to oneself: then there is nothing to say.
func (c *checker) senders(conf *config.Config, in account, a *arrival) {
	id := proof.SignedAs(a.header.Get("Authentication-Results"))
	have := in.AuthservID
	switch {
	case id == "":
	case senderCheck(conf, in.IMAP, nil).IsAuthserv(id):
		c.ok("senders", "what %s finds out about them is believed", have)
	case have != "":
		c.warn("senders", "the mailbox's server signs what it finds out about them as %s, not as %s; write under %s: authserv_id = %q", id, have, in.section(), id)
	default:
		c.warn("senders", "nobody vouches for them yet, but the mailbox's server can; write under %s: authserv_id = %q", in.section(), id)
	}
	for _, other := range accounts(conf) {
		if other.AuthservID == "" && other.name != in.name { // no mail of ours shows what its server states
			c.warn("senders", "nobody vouches for those who write to %s yet; if mail there has lines Authentication-Results, write their first word under its [[imap]]: authserv_id = \"…\"", other.name)
		}
	}
}

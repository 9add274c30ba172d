// Package proof tells whether a mail comes from the domain that its From names. In go a mail's bytes, the Message read of them, and
// what is known of our own side: our address and the name by which the mailbox's server signs its findings. Out comes evidence in one
// word and in a sentence.
//
// It proves a domain, not a person: who may write in whose name, and what becomes of a mail without proof, is decided elsewhere. It
// knows no database. Only the keys of DKIM signatures and DMARC policies are looked up in the network, and only those of the domain in From.
//
// What is believed, in this order:
//
//   - The findings of our own server (Authentication-Results, RFC 8601) where its authserv-id is configured. The field can be forged by
//     whoever writes the mail, so that just those count that our server must have put on top (§5, §7.1): the topmost run of fields with
//     our authserv-id. It is looked for from the top down, and not beyond a Received line of a foreign server nor a field with a foreign
//     authserv-id, since both were there before our server saw the mail, nor below From, Date or another field that authors write. A server
//     states each method once, all in one field or each in its own: a field that names one again, or several after another, ends the run.
//     Where our server states one method and takes no foreign field with its own name away, as §5 asks it to, another can be forged below.
//   - Else our own check of the DKIM signatures (RFC 6376, 8301, 8463).
//
// A domain counts if it has the same organizational domain as the one in From (relaxed alignment, RFC 7489 §3.1). ARC (RFC 8617) is not
// believed: it needs a list of forwarders that are trusted.
//
// A valid signature may be sent on by anyone who has the mail (RFC 6376 §8.6). It is proof only if it covers From, Subject, Message-ID
// and that one of To and Cc in which our address is, so that the mail was written to us; a second copy of such a mail is known by its
// Message-ID. SPF needs none of this: it says who handed the mail over.
package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"daybreak/internal/token"
	"daybreak/mailin/mime"
)

// Verdict is what the evidence comes to.
type Verdict string

// The verdicts.
const (
	None Verdict = "none" // nothing speaks for the mail or against it
	Pass Verdict = "pass" // it comes from the domain of its From
	Fail Verdict = "fail" // our own server says that it does not
)

// Evidence is what a mail has to show for its From.
type Evidence struct {
	Verdict Verdict
	Method  string // by which it passed or failed: spf, dkim or dmarc; "" for None
	Domain  string // of From, "" if it has none
	Why     string // in words
}

// Checker checks mails that arrive at one mailbox. It is safe for use by several goroutines.
type Checker struct {
	Own        string // our address
	Also       string // the mailbox's, if that is another; ""
	AuthservID string // of the mailbox's server: a name, "*.example.com" for all below it, Unnamed, or "" if it is not known
	Host       string // of the mailbox's server, which belongs to our side too; may be ""
	Keys       *Keys  // nil: signatures are not checked here
}

// Unnamed in place of an authserv-id stands for the findings of Microsoft 365, which state none.
const Unnamed = "none"

// Check weighs the evidence for a mail's From. It may take as long as a DNS query.
func (c *Checker) Check(ctx context.Context, raw []byte, m *mime.Message) Evidence {
	if m.ManyFrom || len(m.From) != 1 {
		return Evidence{Verdict: None, Why: "it has not just one author"}
	}
	domain := domainOf(m.From[0].Addr)
	e := Evidence{Verdict: None, Domain: domain}
	fields, why := readHeader(raw)
	if why != "" { // what one reader takes for the body another takes for the header
		e.Why = why
		return e
	}
	bound := c.bound(fields, m)
	if found := c.stated(fields); len(found) > 0 {
		if e = weigh(found, domain, fields, bound); e.Verdict != None {
			return e
		}
	}
	if c.Keys == nil {
		if e.Why == "" {
			e.Why = "nobody vouches for " + domain
		}
		return e
	}
	if verified := c.verify(ctx, raw, fields, domain, bound); verified.Verdict == Pass || e.Why == "" {
		return verified
	}
	return e
}

// bound gives the fields that a signature must cover to be proof that the mail was written to us; why it cannot be, if so.
func (c *Checker) bound(fields []field, m *mime.Message) (b binding) {
	b.must = []string{"from"}
	for _, name := range []string{"from", "to", "cc", "subject", "date", "message-id", "content-type", "content-transfer-encoding"} {
		if count(fields, name) > 1 {
			b.why = "it has two lines of " + name
			return b
		}
	}
	if count(fields, "subject") > 0 {
		b.must = append(b.must, "subject")
	}
	if m.MessageID == "" {
		b.why = "it has no Message-ID, so that a copy could not be told from it"
		return b
	}
	b.must = append(b.must, "message-id")
	switch {
	case slices.ContainsFunc(m.To, c.isOwn):
		b.must = append(b.must, "to")
	case slices.ContainsFunc(m.Cc, c.isOwn):
		b.must = append(b.must, "cc")
	default:
		b.why = "neither To nor Cc has our address, so that it may have been written to somebody else"
	}
	return b
}

func (c *Checker) isOwn(a mime.Address) bool {
	for _, own := range []string{c.Own, c.Also} {
		if own != "" && (a.Addr == own || token.FromAddress(own, a.Addr) != "") {
			return true
		}
	}
	return false
}

// binding is what a signature must cover.
type binding struct {
	must []string // names of fields, lower-case
	why  string   // why no signature is enough, "" if one may be
}

// lacks tells why a signature over the fields is no proof; "" if it is.
func (b binding) lacks(covered []string) string {
	if b.why != "" {
		return b.why
	}
	for _, name := range b.must {
		if !slices.ContainsFunc(covered, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) }) {
			return "the signature does not cover " + name
		}
	}
	return ""
}

// domainOf is the domain of an address, in ASCII where it has such a form.
func domainOf(addr string) string { return plain(addr[strings.LastIndexByte(addr, '@')+1:]) }

// plain is the form in which domains are compared.
func plain(domain string) string {
	domain = strings.ToLower(strings.Trim(strings.TrimSpace(domain), "<>."))
	if a, err := idna.Lookup.ToASCII(domain); err == nil {
		return a
	}
	return domain
}

// organization is the organizational domain: what is registered below a public suffix, else the domain itself.
func organization(domain string) string {
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// aligned tells whether two domains belong to one organization.
func aligned(a, b string) bool {
	a, b = plain(a), plain(b)
	return a != "" && organization(a) == organization(b)
}

// none is evidence of nothing.
func none(domain, format string, args ...any) Evidence {
	return Evidence{Verdict: None, Domain: domain, Why: fmt.Sprintf(format, args...)}
}

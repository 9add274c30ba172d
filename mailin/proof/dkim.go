package proof

import (
	"bytes"
	"context"
	"errors"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

const (
	mostSignatures = 8               // of a mail that are looked at
	lookupTime     = 5 * time.Second // for all keys of a mail
)

// verify checks the mail's own signatures. Those of other domains than From's are no proof, and their keys are not asked for.
func (c *Checker) verify(ctx context.Context, raw []byte, fields []field, domain string, bound binding) Evidence {
	signed := slices.ContainsFunc(fields, func(f field) bool { return f.name == "dkim-signature" && aligned(tagsOf(f.value)["d"], domain) })
	if !signed {
		return none(domain, "nobody vouches for %s, and it is not signed by it", domain)
	}
	if bound.why != "" {
		return none(domain, "it is signed, but %s", bound.why)
	}
	if !bytes.Contains(raw, []byte("\r\n")) { // it was a file
		raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		MaxVerifications: mostSignatures,
		LookupTXT: func(name string) ([]string, error) {
			_, of, _ := strings.Cut(name, "._domainkey.")
			if !aligned(of, domain) {
				return nil, errors.New("it is of another domain")
			}
			return c.Keys.lookUp(ctx, name, organization(plain(of)))
		},
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return none(domain, "its signatures cannot be checked: %v", err)
	}
	why := "it is not signed by " + domain
	for _, v := range list {
		if !aligned(v.Domain, domain) {
			continue
		}
		if v.Err != nil {
			why = "its signature of " + v.Domain + " does not hold: " + strings.TrimPrefix(v.Err.Error(), "dkim: ")
			continue
		}
		if lacks := bound.lacks(v.HeaderKeys); lacks != "" {
			why = lacks
			continue
		}
		return Evidence{Pass, "dkim", domain, "it is signed by " + v.Domain}
	}
	return none(domain, "%s", why)
}

// Strict tells whether a domain says that mail without proof is not from it: by a DMARC policy (RFC 7489 §6.3) of quarantine or reject. It
// may take as long as a DNS query; where there is no answer, it does not say so.
func (c *Checker) Strict(ctx context.Context, domain string) bool {
	if c.Keys == nil || domain == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	org := organization(domain)
	for _, d := range slices.Compact([]string{domain, org}) {
		txt, err := c.Keys.lookUp(ctx, "_dmarc."+d, "_dmarc."+org)
		for _, record := range txt {
			tags := tagsOf(record)
			if err != nil || !strings.EqualFold(tags["v"], "DMARC1") {
				continue
			}
			policy := tags["p"]
			if sub, ok := tags["sp"]; ok && d != domain {
				policy = sub
			}
			return strings.EqualFold(policy, "quarantine") || strings.EqualFold(policy, "reject")
		}
	}
	return false
}

// How long what was asked of the DNS is kept, and how much may be asked in vain.
const (
	keyKept    = time.Hour
	noKeyKept  = 10 * time.Minute
	mostKept   = 1000
	mostInVain = 20 // keys of one organization that are not there, within vainTime
	vainTime   = time.Minute
)

// Keys looks up the keys of signatures in the DNS, and the policies of domains, and remembers them. Whoever sends many mails with signatures whose keys are not there,
// or cannot be had, keeps nobody waiting for long: after some of them their domain is not asked any more for a minute.
type Keys struct {
	LookupTXT func(ctx context.Context, name string) ([]string, error) // nil: the system's resolver

	mu   sync.Mutex
	kept map[string]answer
	vain map[string]vain // by organization
}

type answer struct {
	txt   []string
	err   error
	until time.Time
}

type vain struct {
	count int
	until time.Time
}

var (
	errVain = errors.New("too many of its keys were not to be had a moment ago")
	errTest = errors.New("its key is marked as a test") // RFC 6376 §3.6.1: as if it were not signed
)

// lookUp gives the TXT records of a name below an organization's domain.
func (k *Keys) lookUp(ctx context.Context, name, org string) ([]string, error) {
	now := time.Now()
	k.mu.Lock()
	a, known := k.kept[name]
	v := k.vain[org]
	k.mu.Unlock()
	if known && now.Before(a.until) {
		return a.txt, a.err
	}
	if v.count >= mostInVain && now.Before(v.until) {
		return nil, errVain
	}
	lookup := k.LookupTXT
	if lookup == nil {
		lookup = resolve
	}
	txt, err := lookup(ctx, name)
	if err == nil && slices.ContainsFunc(txt, onTrial) {
		txt, err = nil, errTest
	}
	k.keep(name, org, answer{txt, err, now}, now)
	return txt, err
}

// reserved are names for documents and tests (RFC 2606, 6761): nobody's mail is from there, whatever the DNS says of them.
var reserved = regexp.MustCompile(`(^|\.)(example|example\.(com|net|org)|test|invalid|localhost)$`)

// resolve asks the system's resolver.
func resolve(ctx context.Context, name string) ([]string, error) {
	if reserved.MatchString(name) {
		return nil, &net.DNSError{Err: "the name is reserved", Name: name, IsNotFound: true}
	}
	return net.DefaultResolver.LookupTXT(ctx, name)
}

// keep remembers an answer for a while.
func (k *Keys) keep(name, org string, a answer, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= mostKept {
		k.kept = map[string]answer{}
	}
	if k.vain == nil || len(k.vain) >= mostKept {
		k.vain = map[string]vain{}
	}
	var dns *net.DNSError
	switch {
	case a.err == nil, errors.Is(a.err, errTest):
		a.until = now.Add(keyKept)
	case errors.As(a.err, &dns) && dns.IsNotFound:
		a.until = now.Add(noKeyKept)
		k.waste(org, 1, now)
	default: // perhaps it is there in a minute
		a.until = now.Add(vainTime)
		k.waste(org, mostInVain, now)
	}
	k.kept[name] = a
}

func (k *Keys) waste(org string, n int, now time.Time) {
	v := k.vain[org]
	if !now.Before(v.until) {
		v = vain{until: now.Add(vainTime)}
	}
	v.count += n
	k.vain[org] = v
}

// onTrial tells whether a key record has the flag t=y.
func onTrial(record string) bool {
	return slices.Contains(strings.Split(tagsOf(record)["t"], ":"), "y")
}

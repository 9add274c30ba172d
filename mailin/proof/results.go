package proof

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// finding is one result that our own server states.
type finding struct {
	method string // spf, dkim, dmarc
	value  string // pass, fail, none …
	domain string // that was checked, "" if it is not said
	helo   bool   // with spf: of the server that handed the mail over, which stands for a null sender (RFC 7208 §2.4)
}

// stated gives what our own server has found; see the package's comment for what is taken for its word.
func (c *Checker) stated(fields []field) []finding {
	if c.AuthservID == "" {
		return nil
	}
	for i, f := range fields {
		switch f.name {
		case "received":
			if !c.ourServer(receiver(f.value)) {
				return nil
			}
		case "authentication-results":
			return c.run(fields[i:])
		case "from", "to", "cc", "subject", "date", "message-id", "mime-version", "reply-to", "sender": // its author wrote what is below
			return nil
		}
	}
	return nil
}

// run reads the fields of our server that follow each other.
func (c *Checker) run(fields []field) (all []finding) {
	seen := map[string]bool{}
	for _, f := range fields {
		if f.name != "authentication-results" {
			break
		}
		id, found := readResults(f.value)
		if !c.IsAuthserv(id) {
			break
		}
		methods := map[string]bool{}
		for _, r := range found {
			if seen[r.method] {
				return all
			}
			methods[r.method] = true
		}
		if len(all) > 0 && len(methods) > 1 {
			return all
		}
		maps.Copy(seen, methods)
		all = append(all, found...)
		if len(methods) > 1 {
			return all
		}
	}
	return all
}

// SignedAs is the name by which a server signs an Authentication-Results field, Unnamed if it gives none but results; "" if the field
// cannot be read.
func SignedAs(value string) string {
	id, _ := readResults(value)
	return id
}

// readResults reads one Authentication-Results field. A result that cannot be read is none. go-msgauth's reader knows neither comments nor
// quoted strings, so that what is in them is taken out before, and gives up at the first result that it does not understand, so that it
// gets each by itself.
func readResults(value string) (id string, found []finding) {
	id, rest, _ := strings.Cut(withoutComments(value), ";")
	if strings.Contains(id, "=") {
		id, rest = Unnamed, id+";"+rest
	} else if words := strings.Fields(id); len(words) > 0 && (len(words) == 1 || words[1] == "1") {
		id = strings.ToLower(words[0])
	} else {
		return "", nil
	}
	for part := range strings.SplitSeq(rest, ";") {
		_, results, err := authres.Parse("x;" + part)
		if err != nil {
			continue
		}
		for _, r := range results {
			switch r := r.(type) {
			case *authres.SPFResult:
				f := finding{method: "spf", value: string(r.Value), domain: domainOf(strings.Trim(r.From, "<>"))}
				if f.domain == "" {
					f.domain, f.helo = domainOf(r.Helo), true
				}
				found = append(found, f)
			case *authres.DKIMResult:
				d := r.Domain
				if d == "" {
					d = r.Identifier
				}
				found = append(found, finding{method: "dkim", value: string(r.Value), domain: domainOf(d)})
			case *authres.DMARCResult:
				found = append(found, finding{method: "dmarc", value: string(r.Value), domain: domainOf(r.From)})
			}
		}
	}
	return id, found
}

// IsAuthserv tells whether the name is that by which the mailbox's server signs.
func (c *Checker) IsAuthserv(id string) bool {
	own := strings.ToLower(c.AuthservID)
	if below, ok := strings.CutPrefix(own, "*"); ok {
		return strings.HasSuffix(id, below) && len(id) > len(below)
	}
	return id == own
}

// ourServer tells whether a host that took the mail on is of our side. Hosts without a domain, and those that give an address of the
// network in place of a name, are taken for such: they stand above what the border has put there.
func (c *Checker) ourServer(host string) bool {
	host = strings.ToLower(strings.Trim(host, "[]."))
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true
	}
	own := strings.TrimPrefix(c.AuthservID, "*.")
	if own == Unnamed {
		own = "outlook.com"
	}
	return aligned(host, own) || aligned(host, domainOf(c.Own)) || c.Host != "" && aligned(host, c.Host)
}

// receiver is the host that wrote a Received line, "" if it does not say.
func receiver(value string) string {
	words := strings.Fields(withoutComments(value))
	if len(words) > 2 && strings.EqualFold(words[0], "from") { // the name after it is the sender's to choose
		words = words[2:]
	}
	for i, w := range words {
		if strings.EqualFold(w, "by") && i+1 < len(words) {
			return strings.TrimRight(words[i+1], ";")
		}
	}
	return ""
}

// weigh gives the verdict of our server's findings on a mail from the domain.
func weigh(found []finding, domain string, fields []field, bound binding) Evidence {
	e := none(domain, "our server found no proof for %s", domain)
	for _, f := range found {
		if f.method == "dmarc" && f.value == "fail" && (f.domain == "" || aligned(f.domain, domain)) {
			return Evidence{Fail, f.method, domain, "our server says that it does not come from " + domain + " (dmarc=fail)"}
		}
	}
	for _, f := range found {
		if f.value != "pass" || !aligned(f.domain, domain) || f.helo && !unsent(fields) {
			continue
		}
		if f.method != "spf" {
			if why := unbound(fields, domain, bound); why != "" {
				e.Why = "our server says " + f.method + "=pass, but " + why
				continue
			}
		}
		return Evidence{Pass, f.method, domain, "our server says " + f.method + "=pass for " + f.domain}
	}
	return e
}

// unsent tells whether the mail's envelope named no sender. Such mail is a program's.
func unsent(fields []field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.name == "return-path" && f.value == "<>" }) && count(fields, "return-path") == 1
}

// unbound tells why the signatures of a domain, one of which our server found good, do not show that the mail was written to us; "" if they
// do. Which one it was is not sure, so that all must.
func unbound(fields []field, domain string, bound binding) string {
	why := "it has no signature of " + domain
	for _, f := range fields {
		if f.name != "dkim-signature" {
			continue
		}
		tags := tagsOf(f.value)
		if !aligned(tags["d"], domain) {
			continue
		}
		if _, cut := tags["l"]; cut {
			return "the signature covers only the beginning of the body"
		}
		if why = bound.lacks(strings.Split(tags["h"], ":")); why != "" {
			return why
		}
	}
	return why
}

// tagsOf reads a list of tags (RFC 6376 §3.2), without blanks.
func tagsOf(value string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(value, ";") {
		if k, v, ok := strings.Cut(part, "="); ok {
			tags[strings.TrimSpace(k)] = strings.Join(strings.Fields(v), "")
		}
	}
	return tags
}

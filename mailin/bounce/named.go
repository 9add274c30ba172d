package bounce

import (
	"strings"

	"daybreak/mailin/mime"
)

// maxNamed is how many addresses Named gives.
const maxNamed = 100

// Named gives what looks like an address at a domain in a report and in the mail that it returns: in its fields, in the head of
// what is returned, in the text. Message-IDs look like addresses too. The likeliest to be the mail's own come first.
func Named(m *mime.Message, domain string) []string {
	var found []string
	seen := map[string]bool{}
	suffix := "@" + strings.ToLower(domain)
	put := func(s string) {
		if len(found) >= maxNamed || !strings.Contains(strings.ToLower(s), suffix) {
			return
		}
		for _, one := range mentions(s) {
			if strings.HasSuffix(one.addr, suffix) && !seen[one.addr] && len(found) < maxNamed {
				seen[one.addr] = true
				found = append(found, one.addr)
			}
		}
	}
	if m.Report != nil {
		put(m.Report.MessageID)
		for _, g := range m.Report.Fields {
			for _, value := range g {
				put(value)
			}
		}
	}
	for i := range m.Parts {
		p := &m.Parts[i]
		if p.Message != nil {
			for _, f := range p.Message.Header {
				put(f.Value)
			}
		}
	}
	for i := range m.Body {
		put(shortened(m.Body[i].Text))
	}
	for i := range m.Parts {
		if p := &m.Parts[i]; p.Message == nil && p.Type != "text/html" && len(p.Text) > 0 && !strings.Contains(m.Plain, p.Text) {
			for line := range strings.Lines(p.Text) {
				put(shortened(line))
			}
		}
	}
	return found
}

// Package bounce reads what mail servers tell of mail that they could not deliver, and what mailbox providers tell of mail that
// their users complained about. In comes a parsed mail that is such a report; out come the addresses that it is about, with the
// status that it states, and the addresses by which a mail of ours may be known in it. It is made for the reports of any server:
// it looks for the fields of RFC 3464 first, then for the ways in which texts name a recipient. It does not tell reports from other
// mail but by Tells, looks nothing up and stores nothing.
package bounce

import (
	"strings"

	"daybreak/mailin/mime"
)

// Failure is an address that a mail did not reach, or has not reached yet.
type Failure struct {
	Recipient string // in lower case, as the server knows it that failed; a local name without a domain if that is all that is told
	Original  string // the address that the mail was sent to, where the report names it as another one; else ""
	Status    string // as stated, such as "5.1.1" (RFC 3463), else ""
	Permanent bool   // trying again is of no use
	Why       string // the server's words, one line, at most maxWhy bytes; may be ""

	late bool // it is only late as yet, whatever the words are
}

// The limits of what is looked at and kept of a report.
const (
	maxLines    = 2000 // of its text
	maxLine     = 2000 // bytes of a line
	maxWords    = 8000 // bytes of text that are looked through for what is said of a recipient
	nearby      = 80   // bytes around an address that tell what it is
	maxMentions = 2000 // of addresses in it
	maxFailures = 100
	maxWhy      = 300 // bytes of the server's words
)

// Read finds the addresses that a bounce is about, in the order in which it names them. There are none in a report that all is well, and in one
// that names nobody.
func Read(m *mime.Message) []Failure {
	if n, kind := readNotice(m); kind == "bounce" {
		return n.bounced()
	}
	t := readText(m)
	failures, told := t.fields(m)
	switch {
	case len(failures) > 0:
	case told: // it is a report, and not of a failure
		return nil
	default:
		failures = t.named(m)
	}
	for i := range failures {
		t.complete(&failures[i], len(failures) == 1)
	}
	return failures
}

// named are the failed recipients of a report without fields that could be read.
func (t *text) named(m *mime.Message) []Failure {
	var failures []Failure
	if list := headerRecipients(m); len(list) > 0 {
		for _, addr := range list {
			failures = add(failures, Failure{Recipient: addr})
		}
		return failures
	}
	if failures = t.anchored(); len(failures) > 0 {
		return failures
	}
	for i := range m.Parts {
		if within := m.Parts[i].Message; within != nil && within.Report != nil { // a report that was passed on
			if failures = Read(within); len(failures) > 0 {
				return failures
			}
		}
	}
	if failures = t.returnedTo(m); len(failures) > 0 {
		return failures
	}
	return t.anyone()
}

// headerRecipients reads the X-Failed-Recipients lines of Exim and Gmail.
func headerRecipients(m *mime.Message) []string {
	var list []string
	for _, value := range m.Header.All("X-Failed-Recipients") {
		for _, one := range mentions(value) {
			list = append(list, one.addr)
		}
	}
	return list
}

// add adds a failure, unless there is one of that recipient already: then what is new about it is added to that.
func add(list []Failure, f Failure) []Failure {
	for i := range list {
		if g := &list[i]; g.Recipient == f.Recipient {
			if g.Status == "" {
				g.Status, g.Permanent = f.Status, f.Permanent
			}
			if g.Why == "" {
				g.Why = f.Why
			}
			return list
		}
	}
	if len(list) >= maxFailures {
		return list
	}
	return append(list, f)
}

// oneLine makes words a short line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > maxWhy {
		s = s[:maxWhy]
		s = strings.ToValidUTF8(s, "")
	}
	return s
}

package bounce

import (
	"slices"
	"strings"

	"daybreak/mailin/mime"
)

// complaintFields name in an abuse report who complained, the surest first.
var complaintFields = []string{"original-rcpt-to", "removal-recipient", "original-recipient", "final-recipient", "x-original-rcpt-to"}

// complaintLines name in the head of a returned mail whom it was brought to.
var complaintLines = []string{"X-HmXmrOriginalRecipient", "X-Original-To", "Delivered-To", "Envelope-To"}

// Complained finds who complained in an abuse report (RFC 5965). Many providers leave the address out: then it is that to which the mail was
// sent, and there is none
// if that is left out too.
func Complained(m *mime.Message) []Failure {
	var failures []Failure
	put := func(addr string) {
		if isAddress(addr) {
			failures = add(failures, Failure{Recipient: addr, Permanent: true, Why: "complained"})
		}
	}
	if n, kind := readNotice(m); kind == "complaint" {
		for _, r := range n.Complaint.ComplainedRecipients {
			put(typed(r.EmailAddress))
		}
		return failures
	}
	if !Stops(m) {
		return nil
	}
	groups := feedback(m)
	for _, name := range complaintFields {
		for _, g := range groups {
			if len(failures) == 0 {
				put(typed(g[name]))
			}
		}
	}
	for i := range m.Parts {
		within := m.Parts[i].Message
		if within == nil || len(failures) > 0 {
			continue
		}
		for _, name := range complaintLines {
			if list := mentions(within.Header.First(name)); len(list) > 0 && len(failures) == 0 {
				put(list[0].addr)
			}
		}
		for _, a := range within.To {
			if len(within.To) == 1 && len(failures) == 0 {
				put(a.Addr)
			}
		}
	}
	return failures
}

// Stops tells whether a report is of somebody who complained: others say that a mail is no spam, or how it was signed.
func Stops(m *mime.Message) bool {
	for _, g := range feedback(m) {
		switch strings.ToLower(strings.TrimSpace(g["feedback-type"])) {
		case "not-spam", "auth-failure", "dkim", "dmarc":
			return false
		}
	}
	return true
}

// feedback gives the fields of an abuse report: those of its part, or those that stand in its text.
func feedback(m *mime.Message) []map[string]string {
	if m.Report != nil && m.Report.Type == "feedback-report" {
		return m.Report.Fields
	}
	group := map[string]string{}
	for i := range m.Body[:min(len(m.Body), openingLines)] {
		l := &m.Body[i]
		if name, value, ok := strings.Cut(l.Text, ":"); ok && l.Quote == 0 && field.MatchString(l.Text) {
			if name = strings.ToLower(name); group[name] == "" {
				group[name] = strings.TrimSpace(value)
			}
		}
	}
	if group["feedback-type"] == "" || group["user-agent"] == "" && group["version"] == "" {
		return nil
	}
	return []map[string]string{group}
}

// IsComplaint tells whether a mail is a complaint: an abuse report of RFC 5965, even if its fields are in its text; the reports of Outlook.com,
// which return
// the mail with a line of their own on top; the notices of Amazon SES.
func IsComplaint(m *mime.Message) bool {
	if _, kind := readNotice(m); kind == "complaint" || len(feedback(m)) > 0 || m.Report != nil && m.Report.Type == "feedback-report" {
		return true
	}
	if !strings.Contains(strings.ToLower(m.Subject), "complaint about message") {
		return false
	}
	return slices.ContainsFunc(m.Parts, func(p mime.Part) bool { return p.Message != nil && p.Message.Header.Has(complaintLines[0]) })
}

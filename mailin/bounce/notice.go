package bounce

import (
	"encoding/json"
	"strings"

	"daybreak/mailin/mime"
)

// notice is what Amazon SES tells of a bounce or a complaint through SNS: JSON in the text of a mail.
type notice struct {
	NotificationType string
	EventType        string
	Bounce           struct {
		BounceType        string // "Permanent", "Transient" or "Undetermined"
		BouncedRecipients []struct{ EmailAddress, Action, Status, DiagnosticCode string }
	}
	Complaint struct {
		ComplainedRecipients  []struct{ EmailAddress string }
		ComplaintFeedbackType string
	}
}

// readNotice reads the notice in a mail. kind is "bounce", "complaint", another in lower case, or "" if there is none. It is told by its own
// fields, so that mail in which somebody writes JSON is not taken for one.
func readNotice(m *mime.Message) (n notice, kind string) {
	at := strings.IndexFunc(m.Plain, func(r rune) bool { return r > ' ' })
	if at < 0 || m.Plain[at] != '{' || !strings.Contains(m.Plain, `"mail"`) || !strings.Contains(m.Plain, "Type") {
		return n, ""
	}
	whole := strings.NewReplacer("!\r\n ", "", "!\n ", "").Replace(m.Plain[at:]) // servers break long lines so
	if err := json.NewDecoder(strings.NewReader(whole)).Decode(&n); err != nil {
		return n, ""
	}
	if kind = strings.ToLower(n.NotificationType); kind == "" {
		kind = strings.ToLower(n.EventType)
	}
	return n, kind
}

func (n *notice) bounced() []Failure {
	var failures []Failure
	for _, r := range n.Bounce.BouncedRecipients {
		if addr := typed(r.EmailAddress); addr != "" {
			status := statusField(r.Status)
			lasts, known := permanent(status, r.DiagnosticCode)
			if !known {
				lasts = n.Bounce.BounceType == "Permanent"
			}
			failures = add(failures, Failure{Recipient: addr, Status: status, Permanent: lasts, Why: oneLine(strings.TrimPrefix(r.DiagnosticCode, "smtp;"))})
		}
	}
	return failures
}

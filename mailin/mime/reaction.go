package mime

import (
	"encoding/json"
	"strings"
)

// gmailReaction is the type of the part in which Gmail says with what its user reacts, beside words for other programs
// (developers.google.com/workspace/gmail/reactions/format).
const gmailReaction = "text/vnd.google.email-reaction+json"

// mostReaction is how many bytes of a reaction are kept: a flag of a region and a family of four have 28 each.
const mostReaction = 80

// react finds a reaction: Gmail's, or a part with Content-Disposition: reaction (RFC 9078).
func (m *mail) react() {
	for i := range m.leaves {
		l, p := &m.leaves[i], &m.Parts[i]
		said := ""
		switch {
		case p.Type == gmailReaction:
			var r struct{ Emoji string }
			if said = "?"; json.Unmarshal([]byte(strings.TrimSpace(p.Text)), &r) == nil && r.Emoji != "" {
				said = r.Emoji
			}
		case p.Disposition == "reaction" && p.Type == "text/plain":
			said = p.Text
		}
		if said = strings.Join(strings.Fields(said), " "); said == "" || len(said) > mostReaction {
			continue
		}
		m.Reaction, m.Reacts = said, p.Type == gmailReaction || l.choice || m.Format == "none"
		return
	}
}

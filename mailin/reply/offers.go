package reply

import (
	"regexp"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// mailLink is a link to write a mail, as programs put it behind the words that it was under; linked is that or its address, as we do.
var (
	mailLink = regexp.MustCompile(`(?i)[<(\[]?mailto:[^\s<>()\[\]]*[>)\]]?`)
	linked   = regexp.MustCompile(mailLink.String() + `|<[^\s<>]+@[^\s<>]+>`)
)

// offered is what a prompt's HTML part has under each thing planned, at the end of a line.
var offered = regexp.MustCompile(`(?i)(^|\s)\[?` + strings.Join(team.PlanAnswers(), `\]?\s*[·•|?]\s*\[?`) + `\]?\s*$`)

// withoutOffers takes the links out of a body that a prompt has under each thing planned. They are in its HTML part only, and are no
// answers: "done · moved · dropped".
func withoutOffers(body []mime.Line, sent *Original) []mime.Line {
	if sent == nil || len(sent.Plan) == 0 {
		return body
	}
	var kept []mime.Line // nil while nothing was taken out
	for i, l := range body {
		text, ours := withoutOffer(l.Text, i+1 < len(body) && strings.HasPrefix(strings.ToLower(body[i+1].Text), "<mailto:"))
		if ours && kept == nil {
			kept = append(make([]mime.Line, 0, len(body)), body[:i]...)
		}
		if ours && text == "" {
			continue
		}
		if kept != nil {
			l.Text = text
			kept = append(kept, l)
		}
	}
	if kept == nil {
		return body
	}
	return kept
}

// withoutOffer gives what else is in a line, and tells whether it had some of the links. Their addresses may have been wrapped onto the next one.
func withoutOffer(line string, wrapped bool) (string, bool) {
	if !wrapped && !strings.Contains(strings.ToLower(line), "dropped") && !strings.Contains(strings.ToLower(line), "mailto:") {
		return line, false
	}
	bare := linked.ReplaceAllString(line, " ")
	if at := offered.FindStringIndex(bare); at != nil {
		return strings.TrimRight(bare[:at[0]], " \t\u00a0"), true
	}
	bare = mailLink.ReplaceAllString(line, " ")
	words := strings.FieldsFunc(bare, func(c rune) bool { return strings.ContainsRune(" \t\u00a0·•|[]>", c) })
	if bare == line && !wrapped || len(words) > 2 {
		return line, false
	}
	for _, w := range words {
		if !slices.Contains(team.PlanAnswers(), strings.ToLower(w)) {
			return line, false
		}
	}
	return "", true
}

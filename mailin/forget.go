package mailin

import (
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/reply"
)

// forgets takes a member's answer to the question whether all that is held of them is to be erased, if the mail is one. Only a plain yes does it.
func forgets(v *Verdict) bool {
	if v.Answers == nil || !v.Answers.Forgets {
		return false
	}
	words := strings.TrimSpace(v.Reading.Reply)
	first, _, _ := strings.Cut(words, "\n")
	switch {
	case reply.Affirms(words) || reply.Affirms(first):
		v.Mail.Forget = true
		v.end(team.Command, "it says yes to being forgotten")
	case reply.Denies(words) || reply.Denies(first):
		v.end(team.Command, "it says no to being forgotten")
	default:
		return false
	}
	return true
}

package mailin

import "daybreak/internal/team"

// forgets takes a member's answer to the question whether all that is held of them is to be erased, if the mail is one. Only a plain yes does it.
func forgets(v *Verdict) bool {
	if v.Answers == nil || !v.Answers.Forgets {
		return false
	}
	switch yes, no := v.saysYesOrNo(); {
	case yes:
		v.Mail.Forget = true
		v.end(team.Command, "it says yes to being forgotten")
	case no:
		v.end(team.Command, "it says no to being forgotten")
	default:
		return false
	}
	return true
}

package mailin

import (
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/order"
	"daybreak/mailin/reply"
)

// consents takes the answer of somebody who is asked whether they want to be in a team, if the mail is one. Only a plain yes is one; what
// asks for no more mail is a no.
func (r *Reader) consents(v *Verdict) bool {
	if v.Answers == nil || v.Answers.Notice == nil || v.Answers.Notice.Invites == nil {
		return false
	}
	if _, in := v.Person.Team(v.Answers.TeamID); in {
		return false
	}
	yes, no := v.saysYesOrNo()
	t := v.told()
	stops := t.order != nil && (t.order.Kind == order.Pause || t.order.Kind == order.Forget) || unsubscribing(v.Message)
	into := v.Answers.Notice.Invites.Name
	v.Mail.Joins = &team.Joins{Notice: v.Answers.Notice.ID}
	switch {
	case stops || no:
		v.end(team.Command, "it says no to being in %s", into)
	case yes:
		v.Mail.Joins.Yes = true
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerChanged}
		v.end(team.Command, "it says yes to being in %s", into)
	default:
		v.Mail.Joins = nil
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerInvited}
		v.end(team.Command, "it says neither yes nor no to being in %s", into)
	}
	return true
}

// saysYesOrNo tells whether the whole of what its writer says, or the first line of it, is a yes or a no. It may be both.
func (v *Verdict) saysYesOrNo() (yes, no bool) {
	words := strings.TrimSpace(v.Reading.Reply)
	first, _, _ := strings.Cut(words, "\n")
	return reply.Affirms(words) || reply.Affirms(first), reply.Denies(words) || reply.Denies(first)
}

// repliesToNotice tells whether a mail answers a notice that is not about its writer's own days: words of it are for us, and no update.
func repliesToNotice(v *Verdict) bool {
	if v.Answers != nil {
		return v.Answers.Notice != nil && v.Answers.Notice.Kind != team.WelcomeNotice && v.Answers.Notice.Kind != team.CommentsNotice &&
			v.Answers.Notice.Kind != team.NewcomerNotice
	}
	return v.found != nil && v.found.err == nil && v.found.token.Kind == token.Notice
}

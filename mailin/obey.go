package mailin

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/order"
)

// unsubscribe is the subject of the mail that a client sends for List-Unsubscribe, often with a sentence of its own below.
const unsubscribe = "unsubscribe"

// obey carries out an order to daybreak, if the mail is one. What looks like one and cannot be carried out is answered, and is no update.
func (r *Reader) obey(ctx context.Context, v *Verdict, now time.Time) (bool, error) {
	words := strings.TrimSpace(v.Reading.Reply)
	o, doubt := order.Read(words)
	subject := strings.TrimSpace(v.Message.Subject)
	if o == nil && (len(v.Reading.Items) == 0 && v.Reading.Short == "" || strings.EqualFold(subject, unsubscribe)) {
		words = subject
		o, doubt = order.Read(words)
	}
	var forTeam *team.LeadOrder
	if o != nil && o.ForLeads() {
		var err error
		if forTeam, doubt, err = r.forTeam(ctx, v, o); err != nil {
			return false, err
		}
		if forTeam == nil {
			o = nil
		}
	}
	if o != nil && o.Kind == order.Full && o.Words != "" && (v.Answers == nil || v.Answers.Kind != team.DigestMail) {
		o = nil // the word alone says it below a digest only
	}
	var place team.Team
	if o != nil && (o.Kind == order.Leave || o.Kind == order.Join) {
		var err error
		if place, doubt, err = r.place(ctx, v, o); err != nil {
			return false, err
		}
		if place.ID == 0 || doubt != nil {
			o = nil
		}
	}
	if o != nil && o.Doubt != nil {
		o, doubt = nil, o.Doubt
	}
	switch old := now.Sub(v.Mail.ReceivedAt); {
	case o == nil && doubt == nil:
		return false, nil
	case old > orderLimit:
		v.end(team.Old, "it says %q, but arrived %d days ago", words, int(old.Hours()/24))
		return true, nil
	case doubt != nil:
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnclear, Doubt: *doubt, Words: words}
		v.end(team.Command, "it says %q, which looks like an order, but %s", words, doubt.Why)
		return true, nil
	}
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Words: words}
	kind := &v.Mail.Answer.Kind
	switch o.Kind {
	case order.Pause, order.Resume:
		pause := o.Kind == order.Pause
		v.Mail.Pause, *kind = &pause, team.AnswerResumed
		if pause {
			*kind = team.AnswerPaused
		}
	case order.Help:
		*kind = team.AnswerHelp
	case order.Settings:
		*kind = team.AnswerRule
	case order.Undo:
		v.Mail.Undo, *kind = true, team.AnswerChanged
	case order.Name:
		v.Mail.Name, *kind = o.Words, team.AnswerChanged
	case order.Data:
		*kind = team.AnswerData
	case order.Forget:
		*kind = team.AnswerForget
	case order.Leave:
		v.Mail.Leave, *kind = place.ID, team.AnswerChanged
	case order.Join:
		v.Mail.Join, *kind = place.ID, team.AnswerChanged
	case order.Digest, order.Since, order.Full:
		r.digest(v, *o)
	case order.Alias:
		if o.Address == r.Address || token.FromAddress(r.Address, o.Address) != "" {
			v.Mail.Answer.Kind, v.Mail.Answer.Doubt.Why = team.AnswerUnclear, "that address is my own"
			break
		}
		v.Mail.Alias, *kind = o.Address, team.AnswerChanged
	case order.Unalias:
		v.Mail.Unalias, *kind = o.Address, team.AnswerChanged
	case order.List:
		v.Mail.Answer.TeamID, *kind = forTeam.TeamID, team.AnswerMembers
	case order.Add, order.Invite, order.Remove, order.SetTeam:
		v.Mail.Lead, *kind = forTeam, team.AnswerChanged
	case order.Set:
		if why := unsettable(*v.Person, *o); why != "" {
			v.Mail.Answer.Kind, v.Mail.Answer.Doubt.Why = team.AnswerUnclear, why
			break
		}
		v.Mail.Set, *kind = &team.Setting{Part: o.Part, Rule: o.Rule}, team.AnswerChanged
	}
	v.end(team.Command, "it says %q", strings.ToLower(strings.Trim(words, " .!")))
	if part, ok := team.RulePartOf(o.Part); ok && v.Mail.Set != nil {
		v.Mail.Reason += ", which sets " + part.Name + " " + cmp.Or(part.Text(o.Rule), "as the team has it")
	}
	return true, nil
}

// unsettable says why a part of the person's rule cannot be set, "" if it can.
func unsettable(p team.Person, o order.Order) string {
	if o.Part != "zone" || o.Rule.Zone != "" {
		return ""
	}
	p.Member.Rule.Zone = ""
	for _, in := range p.Teams {
		if _, err := p.RuleIn(in.Team).Location(); err != nil {
			return fmt.Sprintf("%s has no zone of its own that could hold for you", in.Team.Name)
		}
	}
	return ""
}

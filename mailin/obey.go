package mailin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/mime"
	"daybreak/mailin/order"
	"daybreak/mailin/reply"
)

// unsubscribe is the subject of the mail that a client sends for List-Unsubscribe, often with a sentence of its own below.
const unsubscribe = "unsubscribe"

// unsubscribing tells whether a mail has the subject of List-Unsubscribe.
func unsubscribing(m *mime.Message) bool {
	return strings.EqualFold(strings.TrimSpace(m.Subject), unsubscribe)
}

// told is what a mail orders, or seems to.
type told struct {
	order *order.Order
	doubt *team.Doubt // why what looks like an order is none
	words string      // which are the order
	more  string      // what else its writer says
	above bool        // the words are the first line of what they say, more is below it
}

// told finds the order in a mail: all of what it says, its first line, or its subject.
func (v *Verdict) told() (t told) {
	said := strings.TrimSpace(v.Reading.Reply)
	t.words = said
	if t.order, t.doubt = order.Read(said); t.order != nil || t.doubt != nil {
		if q := v.Reading.Items; t.order != nil && len(q) == 1 && q[0].Question >= 0 && order.Above(said, *t.order) < order.Clear {
			v.heading = &team.Doubt{Why: fmt.Sprintf("%q stands where it may as well be an answer", said), Try: []string{said}}
			return told{}
		}
		return t
	}
	subject := strings.TrimSpace(v.Message.Subject)
	if first, rest := order.First(said); first != "" && !unsubscribing(v.Message) {
		t = told{words: first, more: rest, above: true}
		if t.order, t.doubt = order.Read(first); t.order != nil || t.doubt != nil {
			return v.weighed(t)
		}
	}
	if !v.ownSubject() {
		return told{}
	}
	t = told{words: subject, more: said}
	if t.order, t.doubt = order.Read(subject); len(v.Reading.Items) == 0 && v.Reading.Short == "" || unsubscribing(v.Message) {
		t.more = "" // a sentence that the client wrote
		return t
	}
	if t.order == nil { // what is spelled wrong there is about something
		return told{}
	}
	return v.weighed(t)
}

// ownSubject tells whether the mail's subject is its writer's, and not that of a mail which it answers.
func (v *Verdict) ownSubject() bool {
	_, isReply := replyTo(v.Message.Subject)
	return !isReply && (v.Answers == nil || strings.TrimSpace(v.Message.Subject) != v.Answers.Subject)
}

// weighed is what counts as an order of what has other words beside it. Where the words may well be no order at all, nothing is told; where
// they may be, v has why they are not taken for one, and all of it is an update.
func (v *Verdict) weighed(t told) told {
	if reply.Courteous(t.more, v.Person.Name) {
		t.more = ""
		return t
	}
	trust, remark := order.Asked, order.Remark(t.more)
	if t.order != nil {
		trust = order.Above(t.words, *t.order)
	}
	switch {
	case trust == order.Clear, trust == order.Doubted && remark:
		return t
	case t.doubt != nil && remark:
		v.heading = t.doubt
	case trust == order.Asked && remark, trust > order.None && order.OfMail(t.more):
		v.heading = &team.Doubt{Why: fmt.Sprintf("%q may be the heading of what is below it", t.words), Try: []string{t.words}}
	}
	return told{}
}

// besides stores what is said beside an order, if it is an update, and else says in the order's answer that it is not. What is but a remark to
// an order is no update, unless it is always one.
func (r *Reader) besides(v *Verdict, t told, always bool) error {
	if t.more == "" {
		return nil
	}
	by, why, where := v.Mail.Answer, v.Mail.Reason, "in no update"
	prompted := v.Answers != nil && (v.Answers.Kind == team.PromptMail || v.Answers.Kind == team.ReminderMail)
	if !repliesToNotice(v) && (always || prompted || !order.Remark(t.more)) {
		if t.above {
			v.Reading = reply.Below(v.Message, original(v.Answers), t.words)
		}
		if err := r.update(v); err != nil {
			return err
		}
		if u := v.Mail.Update; u != nil {
			where = "in your update for " + u.Day.Short()
			v.Mail.Reason = why + "; beside that " + v.Mail.Reason
		} else {
			v.end(team.Command, "%s", why)
		}
	}
	if by != nil {
		by.LeftOut = []team.LeftOut{{Words: shortened(t.more), Why: where}}
	}
	v.Mail.Answer = by
	return nil
}

// obey carries out an order to daybreak, if the mail is one or begins with one. What looks like one and cannot be carried out is answered, and
// is no update unless it says more.
func (r *Reader) obey(ctx context.Context, v *Verdict, now time.Time) (bool, error) {
	t := v.told()
	o, doubt, words := t.order, t.doubt, t.words
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
	case o == nil && doubt == nil, old > orderLimit && t.more != "":
		return false, nil
	case doubt != nil && t.more != "":
		v.heading = doubt
		return false, nil
	case t.more != "" && o.Kind == order.Remove && o.Name != "": // perhaps from something else than the team
		v.heading = &team.Doubt{Why: fmt.Sprintf("there are other words below %q", words), Try: []string{words}}
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
		if v.Mail.Undo, *kind = true, team.AnswerChanged; v.Answers != nil && v.Answers.Kind == team.ReceiptMail {
			v.Mail.Unsay = v.Answers.Answered
		}
	case order.Name:
		if isOurs(o.Words, *v.Person) {
			v.Mail.Answer.Kind, v.Mail.Answer.Doubt.Why = team.AnswerUnclear, fmt.Sprintf("%q would be taken for something else than a person; a name of your own is fine", o.Words)
			break
		}
		v.Mail.Name, *kind = o.Words, team.AnswerChanged
	case order.Data:
		*kind = team.AnswerData
	case order.Forget:
		*kind = team.AnswerForget
	case order.Leave:
		v.Mail.Leave, *kind = place.ID, team.AnswerChanged
	case order.Join:
		v.Mail.Join, *kind = place.ID, team.AnswerChanged
	case order.Digest, order.Since, order.Full, order.Week, order.Decisions:
		r.digest(v, *o)
	case order.Alias, order.Delegate:
		if o.Address == r.Address || token.FromAddress(r.Address, o.Address) != "" {
			v.Mail.Answer.Kind, v.Mail.Answer.Doubt.Why = team.AnswerUnclear, "that address is my own"
			break
		}
		if *kind = team.AnswerChanged; o.Kind == order.Delegate {
			v.Mail.Delegate = o.Address
		} else {
			v.Mail.Alias = o.Address
		}
	case order.Undelegate:
		v.Mail.Undelegate, *kind = o.Address, team.AnswerChanged
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
	if v.Mail.Answer.Kind == team.AnswerUnclear && t.more != "" {
		v.heading, v.Mail.Answer = &v.Mail.Answer.Doubt, nil
		return false, nil
	}
	v.end(team.Command, "it says %q", strings.ToLower(strings.Trim(words, " .!")))
	if part, ok := team.RulePartOf(o.Part); ok && v.Mail.Set != nil {
		v.Mail.Reason += ", which sets " + part.Name + " " + cmp.Or(part.Text(o.Rule), "as the team has it")
	}
	return true, r.besides(v, t, false)
}

// ours are names that nobody has, since they stand for somebody else in what we write.
var ours = []string{"all", "admin", "administrator", "anybody", "anyone", "daybreak", "everybody", "everyone", "lead", "mailer daemon", "mailer-daemon", "me", "nobody", "no one", "postmaster", "somebody", "someone",
	"support", "team", "the team", "unknown", "us", "you"}

// isOurs tells whether a name would be taken for us, for a team of the person's, or for all of them.
func isOurs(name string, p team.Person) bool {
	seen := spell.Seen(name)
	return slices.Contains(ours, seen) || slices.ContainsFunc(p.Teams, func(m team.Membership) bool {
		return seen == spell.Seen(m.Team.Name) || seen == spell.Seen(m.Team.Slug)
	})
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

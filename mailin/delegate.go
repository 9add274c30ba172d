package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/order"
	"daybreak/mailin/reply"
)

// inStead takes an update that an assistant or a program writes for a member who allows it, if the mail begins with "for:" and their name or
// address. Whoever is no member is told nothing, whether it was taken or not. sender is the member whose mail it else is, nil for nobody's.
func (r *Reader) inStead(ctx context.Context, v *Verdict, sender *team.Person) (done bool, err error) {
	if r.confirmed != nil || v.stranger || v.Message.ManyFrom || len(v.Message.From) != 1 || v.Mail.From == "" {
		return false, nil
	}
	var allowing []team.Person
	if sender == nil {
		if allowing, err = r.Directory.Allowing(ctx, v.Mail.From); err != nil || len(allowing) == 0 {
			return false, err
		}
		v.Reading = r.reading(v.Message, nil)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(v.Reading.Reply), "\n")
	whom := order.ReadFor(first)
	if whom == "" {
		return false, nil
	}
	if sender != nil {
		if allowing, err = r.Directory.Allowing(ctx, v.Mail.From); err != nil {
			return false, err
		}
	}
	means := func(p team.Person) bool {
		return slices.Contains(p.Addresses, strings.ToLower(whom)) || isNamed(p.Name, whom)
	}
	meant := slices.DeleteFunc(allowing, func(p team.Person) bool { return !means(p) || len(p.Teams) == 0 })
	switch {
	case len(meant) == 1:
		return true, r.writes(ctx, v, meant[0], first)
	case sender == nil && v.Mail.Confirm != nil: // it answers a mail of ours, and its owner is asked about it
		return false, nil
	case sender == nil:
		v.end(team.Refused, "%s may not write for %q", v.Mail.From, whom)
		return true, nil
	case len(meant) > 1:
		return true, v.mayNot(whom, "several who allow that are called so; write their address instead")
	}
	for _, in := range sender.Teams {
		members, err := r.Directory.Members(ctx, in.Team.ID)
		if err != nil {
			return false, fmt.Errorf("looking up the members of %s: %w", in.Team.Slug, err)
		}
		if i := slices.IndexFunc(members, means); i >= 0 && members[i].ID != sender.ID {
			return true, v.mayNot(whom, fmt.Sprintf("%s has not allowed it. They can, with a mail that says only \"delegate %s\"", members[i].Name, v.Mail.From))
		}
	}
	return false, nil
}

// mayNot tells a member why they cannot write for another.
func (v *Verdict) mayNot(whom, why string) error {
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnclear, Doubt: team.Doubt{Why: "it is for " + whom + ", and " + why}}
	v.end(team.Command, "it is for %q, and %s", whom, why)
	return nil
}

// writes makes the mail the member's update of the day, below the line that says for whom it is. They are always told, and can undo it.
func (r *Reader) writes(ctx context.Context, v *Verdict, p team.Person, line string) (err error) {
	by := v.Mail.From
	v.Person, v.Mail.MemberID, v.Answers, v.Mail.Elsewhere = &p, p.ID, nil, nil
	v.Mail.Confirm = nil // it is nobody's question whether that address is theirs
	if f := v.found; f != nil && f.err == nil && f.token.Member == p.ID {
		if v.Answers, err = r.answered(ctx, v); err != nil {
			return err
		}
	}
	v.How = "what " + by + " writes for them"
	v.Reading = reply.Below(v.Message, nil, line)
	v.Mail.Confidence = v.Reading.Confidence
	if err := r.update(v); err != nil {
		return err
	}
	if v.Mail.Answer = nil; v.Mail.Update == nil {
		return nil
	}
	v.Mail.Update.By, v.Mail.Update.Replace = by, false
	v.Mail.Answer = &team.NewAnswer{MemberID: p.ID, Kind: team.AnswerUnderstood}
	r.believe(ctx, v)
	v.Mail.Confirm = nil
	return nil
}

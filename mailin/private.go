package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/reply"
)

// private takes what the mail says to one person alone. Nothing of that is kept: neither its bytes, nor a subject of its own. It is done if
// there is such a thing, and nothing else in the mail is an order then.
func (r *Reader) private(ctx context.Context, v *Verdict) (done bool, err error) {
	found := v.Reading.Private
	back := v.Answers != nil && v.Answers.Notice != nil && v.Answers.Notice.Kind == team.PrivateNotice
	if back { // a program that answers From, where Reply-To has the person's own address
		found = []reply.Private{{Text: v.Reading.Reply}}
		for _, p := range v.Reading.Private {
			found[0].Text = strings.TrimSpace(found[0].Text + "\n\n" + p.Text)
		}
	}
	if len(found) == 0 {
		return false, nil
	}
	v.Mail.Unkept = true
	if v.ownSubject() {
		v.Mail.Subject = ""
	}
	if v.archive {
		v.end(team.Old, "it was for one person alone, before daybreak was first started here")
		return true, nil
	}
	a := &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerPrivate}
	for _, p := range found {
		to := team.NewPrivate{Text: p.Text}
		var doubt *team.Doubt
		switch {
		case back && p.Text == "":
			continue
		case back:
			to.MemberID = v.Answers.Notice.About
		default:
			if doubt, err = r.toWhom(ctx, v, p, &to); err != nil {
				return false, err
			}
		}
		if doubt != nil {
			a.Doubt = *doubt
			continue
		}
		v.Mail.Private = append(v.Mail.Private, to)
	}
	rest := len(v.Reading.Items) > 0 || len(v.Reading.Comments) > 0 || v.Reading.Short != ""
	if rest && !back {
		if err := r.update(v); err != nil {
			return false, err
		}
	}
	reason := fmt.Sprintf("%d of what it says is for one person alone, and not kept", len(found))
	switch v.Mail.Outcome {
	case team.Stored:
		v.Mail.Reason += "; " + reason
	case team.Held: // it could not be asked about: its bytes are not kept
		a.Doubt = team.Doubt{Why: "the rest of the mail does not say for which of your teams it is"}
		fallthrough
	default:
		v.end(team.Command, "%s", reason)
	}
	v.Mail.Answer = a
	return true, nil
}

// toWhom finds whom private words are for; the doubt says why nobody is.
func (r *Reader) toWhom(ctx context.Context, v *Verdict, p reply.Private, to *team.NewPrivate) (doubt *team.Doubt, err error) {
	var marks map[string]int64
	if v.Answers != nil {
		marks = v.Answers.Marks
	}
	item, known := marks[p.Mark]
	only, one := onlyItem(v)
	switch {
	case p.Mark != "" && !known:
		return &team.Doubt{Why: fmt.Sprintf("the mail that you answer shows no item %s", p.Mark)}, nil
	case p.To != "":
		to.ItemID = item
		to.MemberID, doubt, err = r.fellow(ctx, v, p.To)
		return doubt, err
	case p.Mark != "":
		to.ItemID = item
	case one:
		to.ItemID = only
	case len(marks) > 0:
		return &team.Doubt{Why: "it does not say for whom it is", Try: []string{"private " + slices.Min(keys(marks)) + ": …"}}, nil
	default:
		return &team.Doubt{Why: "it does not say for whom it is", Try: []string{"private @name: …"}}, nil
	}
	return nil, nil
}

func keys(marks map[string]int64) (list []string) {
	for m := range marks {
		list = append(list, m)
	}
	return list
}

// fellow finds another member of the writer's teams by name or address.
func (r *Reader) fellow(ctx context.Context, v *Verdict, called string) (id int64, doubt *team.Doubt, err error) {
	found := map[int64]bool{}
	for _, in := range v.Person.Teams {
		members, err := r.Directory.Members(ctx, in.Team.ID)
		if err != nil {
			return 0, nil, fmt.Errorf("looking up the members of %s: %w", in.Team.Slug, err)
		}
		for _, p := range members {
			if p.ID != v.Person.ID && (isNamed(p.Name, called) || slices.Contains(p.Addresses, team.CleanAddress(called))) {
				found[p.ID], id = true, p.ID
			}
		}
	}
	switch len(found) {
	case 0:
		return 0, &team.Doubt{Why: fmt.Sprintf("nobody else in your teams is called %q", called)}, nil
	case 1:
		return id, nil, nil
	}
	return 0, &team.Doubt{Why: fmt.Sprintf("several in your teams are called %q", called), Try: []string{"private @their.address@example.com: …"}}, nil
}

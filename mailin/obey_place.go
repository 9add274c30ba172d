package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/mailin/order"
)

// place finds the team that a member wants to leave or to join. Words that name none are no order: then both are zero.
func (r *Reader) place(ctx context.Context, v *Verdict, o *order.Order) (team.Team, *team.Doubt, error) {
	own := teamsOf(v.Person.Teams)
	if o.Kind == order.Leave {
		t, doubt := r.left(v, own, o)
		return t, doubt, nil
	}
	known, err := r.Directory.Teams(ctx)
	if err != nil {
		return team.Team{}, nil, fmt.Errorf("looking up the teams: %w", err)
	}
	t, meant := called(known, o.Team)
	switch {
	case meant != "":
		return t, &team.Doubt{Why: fmt.Sprintf("I know no team %q", o.Team), Try: []string{"join " + meant}}, nil
	case slices.ContainsFunc(own, func(in team.Team) bool { return in.ID == t.ID }):
		return t, &team.Doubt{Why: "you are in " + t.Name + " already"}, nil
	}
	return t, nil, nil
}

// left is the team that a member wants to leave: the one that they name, else the one of the address that they wrote to or of the mail that
// they answer, else their only one.
func (r *Reader) left(v *Verdict, own []team.Team, o *order.Order) (team.Team, *team.Doubt) {
	if o.Team != "" {
		t, meant := called(own, o.Team)
		if meant != "" {
			return t, &team.Doubt{Why: fmt.Sprintf("you are in no team %q", o.Team), Try: []string{"leave " + meant}}
		}
		return t, nil
	}
	i := r.meant(v, own)
	switch {
	case i >= 0:
		return own[i], nil
	case len(own) == 1:
		return own[0], nil
	case len(own) == 0:
		return team.Team{}, &team.Doubt{Why: "you are in no team"}
	}
	d := &team.Doubt{Why: "you are in several teams, and it does not say which you want to leave"}
	for _, t := range own {
		d.Try = append(d.Try, "leave "+t.Slug)
	}
	return team.Team{}, d
}

// meant is which of the teams an order without one is for: the one of the address that it was sent to, else the one whose mail it answers; -1 if
// neither tells.
func (r *Reader) meant(v *Verdict, teams []team.Team) int {
	i := slices.IndexFunc(teams, func(t team.Team) bool { return r.names(v.Message, t) })
	if i < 0 && v.Answers != nil {
		i = slices.IndexFunc(teams, func(t team.Team) bool { return v.Answers.TeamID == t.ID })
	}
	return i
}

func teamsOf(places []team.Membership) []team.Team {
	teams := make([]team.Team, len(places))
	for i, m := range places {
		teams[i] = m.Team
	}
	return teams
}

// asksFromOutside tells whether a mail is one of the few orders that hold for who is in no team, or seems to be.
func asksFromOutside(v *Verdict) bool {
	if v.Answers != nil && (v.Answers.Forgets || v.Answers.Confirms) {
		return true
	}
	t := v.told()
	if t.order == nil && t.doubt != nil {
		for _, try := range t.doubt.Try {
			if o, _ := order.Read(try); o != nil && holdsOutside(*o) {
				return true
			}
		}
	}
	return t.order != nil && holdsOutside(*t.order)
}

func holdsOutside(o order.Order) bool {
	return slices.Contains([]order.Kind{order.Undo, order.Join, order.Data, order.Forget}, o.Kind)
}

// called is the team of those that words name; meant is the slug of one that they name but for a slip.
func called(teams []team.Team, words string) (t team.Team, meant string) {
	for _, t := range teams {
		if isCalled(t, words) {
			return t, ""
		}
	}
	for _, t := range teams {
		if w := strings.ToLower(words); len(w) > 4 && spell.Distance(w, t.Slug) == 1 {
			return team.Team{}, t.Slug
		}
	}
	return team.Team{}, ""
}

// admits takes a lead's answer to the question whether somebody may join their team, if the mail is one.
func (r *Reader) admits(v *Verdict) bool {
	if v.Answers == nil || v.Answers.Notice == nil || v.Answers.Notice.Kind != team.AsksNotice {
		return false
	}
	act, says := team.AdmitMember, "yes"
	switch yes, no := v.saysYesOrNo(); {
	case no:
		act, says = team.TurnAway, "no"
	case !yes:
		return false
	}
	v.Mail.Lead = &team.LeadOrder{Act: act, TeamID: v.Answers.TeamID, Member: v.Answers.Notice.About}
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerChanged}
	v.end(team.Command, "it says %s to somebody who asks to join", says)
	return true
}

package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/order"
)

// forTeam finds the teams that an order of a lead's is for, together with those that stand beside it.
func (r *Reader) forTeam(ctx context.Context, v *Verdict, o *order.Order) (*team.LeadOrder, *team.Doubt, error) {
	first, doubt, err := r.forOneTeam(ctx, v, o)
	if first == nil || err != nil {
		return nil, doubt, err
	}
	for _, other := range o.More {
		other.Words = o.Words // what is proposed instead is for all
		l, doubt, err := r.forOneTeam(ctx, v, &other)
		if l == nil || err != nil {
			return nil, doubt, err
		}
		first.More = append(first.More, *l)
	}
	return first, nil, nil
}

// forOneTeam finds the team that a single order is for, and for a removal the member. Words that are none of a team's or a member's may be
// no order at all: then both are nil.
func (r *Reader) forOneTeam(ctx context.Context, v *Verdict, o *order.Order) (*team.LeadOrder, *team.Doubt, error) {
	p := *v.Person
	places := p.Teams
	if o.Team != "" {
		i := slices.IndexFunc(places, func(m team.Membership) bool { return isCalled(m.Team, o.Team) })
		switch {
		case i >= 0:
			places = places[i : i+1]
		case o.Unsure:
			return nil, nil, nil
		default:
			return nil, r.noTeam(p, o), nil
		}
	}
	removes := removal{}
	if o.Kind == order.Remove {
		var err error
		if removes, err = r.whom(ctx, places, o); err != nil {
			return nil, nil, err
		}
		if removes.doubt != nil || len(removes.in) == 0 {
			return nil, removes.doubt, nil
		}
		places = removes.in
	}
	led := slices.DeleteFunc(slices.Clone(places), func(m team.Membership) bool { return !m.Lead })
	if len(led) == 0 {
		d := &team.Doubt{Why: "only a lead of " + names(places) + " can do that"}
		if own, ok := strings.CutPrefix(o.Words, "settings "); ok { // perhaps they mean their own
			d.Try = []string{own}
		}
		return nil, d, nil
	}
	if o.Kind == order.List {
		all := &team.LeadOrder{}
		if o.Team != "" {
			all.TeamID = led[0].Team.ID
		}
		return all, nil, nil
	}
	into, doubt := r.which(v, places, led, o)
	if doubt != nil {
		return nil, doubt, nil
	}
	l := &team.LeadOrder{TeamID: into.ID, Address: o.Address, Name: o.Name, Zone: o.Rule.Zone, Set: team.Setting{Part: o.Part, Rule: o.Rule}}
	switch o.Kind {
	case order.Add, order.Invite:
		l.Act, l.Set = team.AddMember, team.Setting{}
		if o.Kind == order.Invite {
			l.Act = team.InviteMember
		}
		if o.Address == r.Address || token.FromAddress(r.Address, o.Address) != "" {
			return nil, &team.Doubt{Why: "that address is my own"}, nil
		}
	case order.Remove:
		gone := removes.who
		switch {
		case gone.ID == p.ID:
			return nil, &team.Doubt{Why: "that is you; whoever runs daybreak can take a lead out of a team"}, nil
		case gone.Leads(into.ID):
			return nil, &team.Doubt{Why: gone.Name + " leads " + into.Name + ", too; whoever runs daybreak can take a lead out of a team"}, nil
		}
		*l = team.LeadOrder{Act: team.RemoveMember, TeamID: into.ID, Member: gone.ID}
	default:
		*l = team.LeadOrder{Act: team.SetRule, TeamID: into.ID, Set: l.Set}
	}
	return l, nil, nil
}

// isCalled tells whether a word is a team's slug or its name, of which "team" may have been taken for a word of the order.
func isCalled(t team.Team, word string) bool {
	name := strings.Join(strings.Fields(t.Name), " ")
	return strings.EqualFold(t.Slug, word) || slices.ContainsFunc([]string{word, "team " + word, word + " team"}, func(w string) bool { return strings.EqualFold(name, w) })
}

func names(places []team.Membership) string {
	var all []string
	for _, m := range places {
		all = append(all, m.Team.Name)
	}
	return strings.Join(all, " or ")
}

// noTeam is the doubt about a team that is none of the person's.
func (r *Reader) noTeam(p team.Person, o *order.Order) *team.Doubt {
	d := &team.Doubt{Why: fmt.Sprintf("you lead no team %q", o.Team)}
	for _, m := range p.Teams {
		if m.Lead && o.Words != "" {
			d.Try = append(d.Try, o.Words+" team "+m.Team.Slug)
		}
	}
	return d
}

// which is the team that an order without one is for: the one named after the plus of the address that it was sent to, else the one whose
// mail it answers, else the only one that the person leads. Led are those of the places that they lead.
func (r *Reader) which(v *Verdict, places, led []team.Membership, o *order.Order) (team.Team, *team.Doubt) {
	i := r.meant(v, teamsOf(places))
	d := &team.Doubt{Why: "you lead several teams, and it does not say which is meant"}
	switch {
	case i >= 0 && places[i].Lead:
		return places[i].Team, nil
	case i >= 0:
		d.Why = fmt.Sprintf("your mail is to %s, which you do not lead", places[i].Team.Name)
	case len(led) == 1:
		return led[0].Team, nil
	}
	for _, l := range led {
		if o.Words != "" {
			d.Try = append(d.Try, o.Words+" team "+l.Team.Slug)
		}
	}
	return team.Team{}, d
}

// removal is whom an order removes, and the teams in which they are.
type removal struct {
	who   team.Person
	in    []team.Membership
	doubt *team.Doubt
}

// whom finds the member whom an order to remove somebody means, or who is invited and has not answered, by address or name. In no team is who is not found: "remove dead code".
func (r *Reader) whom(ctx context.Context, places []team.Membership, o *order.Order) (found removal, err error) {
	var near []string // what may have been meant
	namesakes := map[int64]team.Person{}
	for _, m := range places {
		members, err := r.Directory.Members(ctx, m.Team.ID)
		if err != nil {
			return found, fmt.Errorf("looking up the members of %s: %w", m.Team.Slug, err)
		}
		if m.Lead { // it is not for others to know who is invited
			invited, err := r.Directory.Invited(ctx, m.Team.ID)
			if err != nil {
				return found, fmt.Errorf("looking up whom %s invited: %w", m.Team.Slug, err)
			}
			members = append(members, invited...)
		}
		for _, p := range members {
			switch {
			case o.Address != "" && slices.Contains(p.Addresses, o.Address), o.Name != "" && isNamed(p.Name, o.Name):
				namesakes[p.ID], found.who = p, p
				found.in = append(found.in, m)
			case o.Address != "":
				near = append(near, p.Address())
			case isNearly(p.Name, o.Name), sharesName(p.Name, o.Name):
				near = append(near, p.Address())
			}
		}
	}
	switch {
	case len(namesakes) > 1:
		found.doubt = &team.Doubt{Why: fmt.Sprintf("several are called %q", o.Name)}
		for _, p := range namesakes {
			found.doubt.Try = append(found.doubt.Try, "remove "+p.Address())
		}
		slices.Sort(found.doubt.Try)
	case len(namesakes) == 1, o.Address == "" && len(near) == 0:
	case o.Address == "":
		found.doubt = &team.Doubt{Why: fmt.Sprintf("nobody is called %q", o.Name)}
		for _, addr := range near {
			found.doubt.Try = append(found.doubt.Try, "remove "+addr)
		}
	case !slices.ContainsFunc(places, func(m team.Membership) bool { return m.Lead }): // it is not theirs to know who is in the team
		found.doubt = &team.Doubt{Why: "only a lead of " + names(places) + " can do that"}
	default:
		found.doubt = &team.Doubt{Why: o.Address + " is in no team of yours"}
		if meant := spell.Nearest(o.Address, near); meant != "" {
			found.doubt.Try = []string{"remove " + meant}
		}
	}
	return found, nil
}

// isNamed tells whether words are a person's name, or their first or last one.
func isNamed(name, words string) bool {
	parts := strings.Fields(name)
	return strings.EqualFold(strings.Join(parts, " "), words) || len(parts) > 1 && (strings.EqualFold(parts[0], words) || strings.EqualFold(parts[len(parts)-1], words))
}

// isNearly tells whether words are a person's name but for a slip: two letters swapped in it, or one too many, too few or wrong in a long one.
func isNearly(name, words string) bool {
	for _, n := range append(strings.Fields(name), name) {
		n, w := strings.ToLower(n), strings.ToLower(words)
		if spell.Distance(n, w) == 1 && len(w) > 2 && (len(w) > 5 || sameLetters(n, w)) {
			return true
		}
	}
	return false
}

// sharesName tells whether words are two names or more, of which the first or the last is the person's: it may be a namesake who is meant.
func sharesName(name, words string) bool {
	own, said := strings.Fields(strings.ToLower(name)), strings.Fields(strings.ToLower(words))
	return len(own) > 1 && len(said) > 1 && (own[0] == said[0] || own[len(own)-1] == said[len(said)-1])
}

func sameLetters(a, b string) bool {
	s, t := []rune(a), []rune(b)
	slices.Sort(s)
	slices.Sort(t)
	return slices.Equal(s, t)
}

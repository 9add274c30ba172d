package team

// Act is what a lead orders for a team.
type Act string

// The acts.
const (
	AddMember    Act = "add"
	InviteMember Act = "invite"
	RemoveMember Act = "remove"
	SetRule      Act = "set"       // a part of the team's rule
	AdmitMember  Act = "admit"     // one who asks to join
	TurnAway     Act = "turn away" // one who asks to join
)

// LeadOrder is what a lead orders for a team of theirs.
type LeadOrder struct {
	Act     Act
	TeamID  int64
	Address string      // with AddMember and InviteMember
	Name    string      // likewise
	Zone    string      // likewise, "" if none is given
	Member  int64       // with RemoveMember, AdmitMember and TurnAway; with RemoveMember it may be somebody who is invited only
	Set     Setting     // with SetRule
	More    []LeadOrder // with AddMember and InviteMember: the others whom the same mail adds or invites
}

// Joins is an answer to an invitation.
type Joins struct {
	Notice int64 // that invited; 0: all that did, to say no
	Yes    bool
}

// TeamMembers are those who are in a team, and those who are asked to be.
type TeamMembers struct {
	Team    Team
	Members []Person // by name
	Invited []string // addresses, those who have not answered
}

// Leads tells whether the person leads a team.
func (p Person) Leads(team int64) bool {
	for _, m := range p.Teams {
		if m.Team.ID == team {
			return m.Lead
		}
	}
	return false
}

package digest

import (
	"cmp"
	"fmt"
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// changedForTeam says what a lead's order has changed, or where a member has their place now, in sentences.
func changedForTeam(c team.Changed) string {
	who, t := named(c.Whose), c.Team.Name
	switch {
	case c.Part == "team" && c.Whose.ID == 0 && c.Is != "":
		return "You are in " + t + " now."
	case c.Part == "team" && c.Whose.ID == 0:
		return "You have left " + t + "."
	case c.Part == "asks to join" && c.Whose.ID != 0:
		return who + " is told that the answer is no, and is not in " + t + "."
	case c.Part == "asks to join" && c.Is != "":
		return "Those who lead " + t + " are asked whether you may join. One of them decides, and I tell you."
	case c.Part == "asks to join":
		return "You do not ask to be in " + t + " any more."
	case c.Part == "team" && c.Is == "":
		return who + " is not in " + t + " any more. What they said stays."
	case c.Part == "team" && c.Undone:
		return who + " is in " + t + " again."
	case c.Part == "team":
		r := c.Whose.RuleIn(c.Team)
		return who + " is in " + t + " now, and is asked " + when(r, r.Prompt) + ". A mail tells them so, and how to stop it."
	case c.Part == "invited" && c.Is == "":
		return c.Was + " is not invited to " + t + " any more; a yes would come too late."
	case c.Part == "invited" && c.Undone:
		return c.Is + " is invited to " + t + " again, and not asked a second time."
	case c.Part == "invited":
		return c.Is + " is asked once whether they want to be in " + t + ". After a yes they are, and I tell you."
	}
	part, ok := team.RulePartOf(c.Part)
	if !ok {
		return ""
	}
	holds := cmp.Or(c.Is, part.Text((team.Person{}).RuleIn(c.Team)), "not set")
	return fmt.Sprintf("In %s: %s %s from now on, %s before. Whoever has set their own keeps it.", t, part.Name, holds, cmp.Or(c.Was, "not set"))
}

// roster lists who is in teams, a line each, with the team in front if there are several.
func roster(view *templates.Receipt, teams []team.TeamMembers) {
	if len(teams) == 1 {
		view.Into = teams[0].Team.Name
	}
	for _, t := range teams {
		front := ""
		if len(teams) > 1 {
			front = t.Team.Name + ": "
		}
		for _, p := range t.Members {
			words := []string{front + p.Name, p.Address(), zone.City(p.RuleIn(t.Team).Zone)}
			if p.Leads(t.Team.ID) {
				words = append(words, "lead")
			}
			if !p.Reachable() {
				words = append(words, "mail does not arrive")
			}
			view.Lines = append(view.Lines, strings.Join(words, ", "))
		}
		for _, addr := range t.Invited {
			view.Lines = append(view.Lines, front+addr+", asked, and has not answered")
		}
	}
}

// teamSettings is what is set for the teams that a person leads, a line each.
func teamSettings(p team.Person) []string {
	var lines []string
	for _, m := range p.Teams {
		if !m.Lead {
			continue
		}
		var parts []string
		rule := (team.Person{}).RuleIn(m.Team)
		for _, part := range team.RuleParts() {
			if text := part.Text(rule); text != "" {
				parts = append(parts, part.Name+" "+text)
			}
		}
		lines = append(lines, m.Team.Name+", which you lead: "+strings.Join(parts, ", "))
	}
	return lines
}

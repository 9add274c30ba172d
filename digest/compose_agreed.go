package digest

import (
	"daybreak/internal/team"
	"daybreak/templates"
)

// agreed says within what time questions are answered in a person's teams: "within a working day in Platform and within 4 hours of work in
// Growth", without the names if there is one team only.
func agreed(p team.Person) string {
	var list []string
	for _, in := range p.Teams {
		if in.Team.Response == "" {
			continue
		}
		words := in.Team.Response.Words()
		if len(p.Teams) > 1 {
			words += " in " + templates.Line(in.Team.Name, 40)
		}
		list = append(list, words)
	}
	return templates.Series(list, "and")
}

package config

import (
	"fmt"
	"strings"

	"daybreak/internal/team"
)

// FormatRoster writes a roster as a team file, which ParseRoster reads back to the same. Whether a member is paused is
// not part of a team file: it stands there as a comment.
func FormatRoster(r team.Roster) []byte {
	var b strings.Builder
	if len(r.Teams) == 0 {
		b.WriteString("# There is no team yet.\n")
	}
	for i, rt := range r.Teams {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("[[team]]\n")
		pair(&b, "slug", rt.Team.Slug)
		pair(&b, "name", rt.Team.Name)
		formatRule(&b, rt.Team.Defaults)
		if rt.Team.SenderCheck != "" {
			pair(&b, "sender_check", string(rt.Team.SenderCheck))
		}
		if rt.Team.Response != "" {
			pair(&b, "response", string(rt.Team.Response))
		}
		if rt.Team.DaysOff.Calendar != "" {
			pair(&b, "calendar", rt.Team.DaysOff.Calendar)
		}
		if len(rt.Team.CheckIns) == 0 {
			b.WriteString("checkin = []\n")
		}
		formatDaysOff(&b, rt.Team.DaysOff.Own)
		for _, c := range rt.Team.CheckIns {
			b.WriteString("\n[[team.checkin]]\n")
			pair(&b, "name", c.Name)
			list(&b, "questions", c.Questions)
			if c.Schedule != (team.Schedule{}) {
				pair(&b, "days", c.Schedule.String())
			}
			if !c.Reminder {
				b.WriteString("reminder = false\n")
			}
		}
		for _, m := range rt.Members {
			b.WriteString("\n[[team.member]]\n")
			if m.Member.Paused {
				b.WriteString("# paused\n")
			}
			pair(&b, "name", m.Member.Name)
			list(&b, "addresses", m.Member.Addresses)
			if len(m.Member.Delegates) > 0 {
				list(&b, "delegates", m.Member.Delegates)
			}
			formatRule(&b, m.Member.Rule)
			if m.Lead {
				b.WriteString("lead = true\n")
			}
		}
	}
	return []byte(b.String())
}

func formatRule(b *strings.Builder, r team.Rule) {
	for _, part := range team.RuleParts() {
		if text := part.Text(r); text != "" {
			pair(b, part.Key, text)
		}
	}
}

func pair(b *strings.Builder, key, value string) { fmt.Fprintf(b, "%s = %s\n", key, quote(value)) }

func list(b *strings.Builder, key string, values []string) {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	if line := key + " = [" + strings.Join(quoted, ", ") + "]\n"; len(line) <= 110 || len(values) < 2 {
		b.WriteString(line)
		return
	}
	b.WriteString(key + " = [\n")
	for _, q := range quoted {
		b.WriteString("  " + q + ",\n")
	}
	b.WriteString("]\n")
}

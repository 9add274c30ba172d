package digest

import (
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/zone"
	"daybreak/templates"
)

// changed says what an order has changed, in sentences; "" if nothing.
func changed(a team.Answer, now time.Time) string {
	c := a.Changed
	if c.Team.ID != 0 {
		return changedForTeam(c)
	}
	holds := c.Is // at the time of the order: another may have come since
	part, ok := team.RulePartOf(c.Part)
	if ok && holds == "" {
		holds = part.Text(a.Person.DigestRule())
	}
	switch c.Part {
	case "":
		return ""
	case "paused":
		switch {
		case c.Is != "" && c.Undone:
			return "You get no prompts and no digests again."
		case c.Is != "":
			return "You get no prompts and no digests from now on; \"resume\" starts them again."
		}
		return "You get prompts and digests again."
	case "away":
		return "Your leave is again as it was before."
	case "address":
		if c.Is == "" {
			return "Mail from " + c.Was + " is not taken for yours any more."
		}
		return "Mail from " + c.Is + " is taken for yours, too. What I send goes to " + a.Person.Address() + " as before."
	case "delegate":
		if c.Is == "" {
			return "Nothing from " + c.Was + " is taken as yours any more."
		}
		return "What " + c.Is + " writes below the line \"for: " + shortName(a.Person.Name) + "\" is your update from now on. You are told each time."
	case "written":
		return "What " + c.Was + " wrote for you is taken back."
	case "zone":
		if loc, err := (team.Rule{Zone: holds}).Location(); err == nil {
			return sentence("Your zone is", c, holds, ": it is "+clock(now, loc)+" for you")
		}
	case "working_days":
		if days, err := team.ParseWorkdays(holds); err == nil {
			holds = workdays(days)
		}
		return sentence("Your working days are", c, holds, "")
	case "working_hours":
		return sentence("Your working hours are", c, holds, "")
	case "prompt":
		return sentence("Your prompt time is", c, holds, "")
	case "digest":
		return sentence("Your digest time is", c, holds, "")
	case "digests":
		return sentence("Your digests are", c, holds, "")
	case "rollup":
		return sentence("What you set for roll-ups is", c, holds, "")
	case "name":
		return sentence("Your name here is", c, holds, "")
	case "comments":
		return sentence("Comments where you take part come", c, holds, "")
	case "receipts":
		return sentence("What you set for receipts is", c, holds, "")
	}
	return ""
}

// sentence says what holds after a change, with more behind it, and what held before.
func sentence(what string, c team.Changed, holds, more string) string {
	text := what + " " + holds + " now" + more
	if c.Is == "" {
		text = what + " your team's again, " + holds + more
	}
	if c.Was != "" {
		text += "; before, it was " + c.Was
	}
	return text + "."
}

// tries are orders that may have been meant; those that set a zone with the time there.
func tries(orders []string, now time.Time) []string {
	var lines []string
	for _, o := range orders {
		if name, ok := strings.CutPrefix(o, "tz "); ok {
			if loc, err := (team.Rule{Zone: name}).Location(); err == nil {
				o += " (it is " + clock(now, loc) + " there)"
			}
		}
		lines = append(lines, o)
	}
	return lines
}

// settings is what is set for a person, a line each.
func settings(p team.Person) []string {
	lines := []string{"Name: " + p.Name}
	rule := p.DigestRule()
	for _, part := range team.RuleParts() {
		from := "by default"
		switch p.Origin(part, p.DigestTeam()) {
		case "own":
			from = "your own"
		case "team " + p.DigestTeam().Slug:
			from = "your team's"
		}
		name := strings.ToUpper(part.Name[:1]) + part.Name[1:]
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", name, part.Text(rule), from))
	}
	for _, s := range p.Away {
		lines = append(lines, "Away: "+s.Words())
	}
	return lines
}

// moved asks whether a person moved.
func moved(view *templates.Receipt, a team.Answer, now time.Time) {
	rule := a.Person.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return
	}
	view.Offset = "UTC" + now.In(time.FixedZone("", a.Offset)).Format("-07:00")
	view.Zone = rule.Zone + now.In(loc).Format(" (UTC-07:00)")
	var known []string
	for _, in := range a.Person.Teams {
		if in.Team.Defaults.Zone != "" {
			known = append(known, in.Team.Defaults.Zone)
		}
	}
	var orders []string
	for _, name := range zone.At(a.Offset, now, known) {
		orders = append(orders, "tz "+name)
	}
	view.Lines = tries(orders, now)
}

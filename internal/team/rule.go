package team

// RulePart is one part of a rule that a person or a team may state.
type RulePart struct {
	Name string            // in words
	Key  string            // in a team file
	Text func(Rule) string // as a team file states it, "" if it is not stated
	Take func(into *Rule, from Rule)
}

// RuleParts are all parts of a rule.
func RuleParts() []RulePart {
	return []RulePart{
		{"zone", "zone", func(r Rule) string { return r.Zone }, func(into *Rule, from Rule) { into.Zone = from.Zone }},
		{"working days", "working_days", func(r Rule) string { return r.Days.String() }, func(into *Rule, from Rule) { into.Days = from.Days }},
		{"working hours", "working_hours", func(r Rule) string {
			if r.Hours.IsZero() {
				return ""
			}
			return r.Hours.String()
		}, func(into *Rule, from Rule) { into.Hours = from.Hours }},
		{"holidays", "holidays", func(r Rule) string { return r.Holidays }, func(into *Rule, from Rule) { into.Holidays = from.Holidays }},
		{"prompt", "prompt", func(r Rule) string {
			if !r.PromptSet {
				return ""
			}
			return r.Prompt.String()
		}, func(into *Rule, from Rule) { into.Prompt, into.PromptSet = from.Prompt, from.PromptSet }},
		{"digest", "digest", func(r Rule) string {
			if !r.DigestSet {
				return ""
			}
			return r.Digest.String()
		}, func(into *Rule, from Rule) { into.Digest, into.DigestSet = from.Digest, from.DigestSet }},
		{"receipts", "receipts", func(r Rule) string { return string(r.Receipts) }, func(into *Rule, from Rule) { into.Receipts = from.Receipts }},
	}
}

// Origin says who stated a part of the rule that holds for the person in the team: "own", "team platform" or "default".
func (p Person) Origin(part RulePart, t Team) string {
	switch {
	case part.Text(p.Member.Rule) != "":
		return "own"
	case part.Text(t.Defaults) != "":
		return "team " + t.Slug
	}
	return "default"
}

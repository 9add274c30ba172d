package team

// RulePart is one part of a rule that a person or a team may state.
type RulePart struct {
	Name  string            // in words
	Key   string            // in a team file
	Text  func(Rule) string // as a team file states it, "" if it is not stated
	Take  func(into *Rule, from Rule)
	parse func(into *Rule, text string) error // the inverse of Text, for a part that is stated
}

// RuleParts are all parts of a rule.
func RuleParts() []RulePart {
	return []RulePart{
		{
			Name: "zone", Key: "zone",
			Text:  func(r Rule) string { return r.Zone },
			Take:  func(into *Rule, from Rule) { into.Zone = from.Zone },
			parse: func(r *Rule, text string) error { r.Zone = text; _, err := r.Location(); return err },
		}, {
			Name: "working days", Key: "working_days",
			Text:  func(r Rule) string { return r.Days.String() },
			Take:  func(into *Rule, from Rule) { into.Days = from.Days },
			parse: func(r *Rule, text string) (err error) { r.Days, err = ParseWorkdays(text); return err },
		}, {
			Name: "working hours", Key: "working_hours",
			Text:  func(r Rule) string { return unless(r.Hours.IsZero(), r.Hours.String()) },
			Take:  func(into *Rule, from Rule) { into.Hours = from.Hours },
			parse: func(r *Rule, text string) (err error) { r.Hours, err = ParseWorkHours(text); return err },
		}, {
			Name: "holidays", Key: "holidays",
			Text:  func(r Rule) string { return r.Holidays },
			Take:  func(into *Rule, from Rule) { into.Holidays = from.Holidays },
			parse: func(r *Rule, text string) error { r.Holidays = text; return nil },
		}, {
			Name: "prompt", Key: "prompt",
			Text: func(r Rule) string { return unless(!r.PromptSet, r.Prompt.String()) },
			Take: func(into *Rule, from Rule) { into.Prompt, into.PromptSet = from.Prompt, from.PromptSet },
			parse: func(r *Rule, text string) (err error) {
				r.Prompt, err = ParseClock(text)
				r.PromptSet = true
				return err
			},
		}, {
			Name: "digest", Key: "digest",
			Text: func(r Rule) string { return unless(!r.DigestSet, r.Digest.String()) },
			Take: func(into *Rule, from Rule) { into.Digest, into.DigestSet = from.Digest, from.DigestSet },
			parse: func(r *Rule, text string) (err error) {
				r.Digest, err = ParseClock(text)
				r.DigestSet = true
				return err
			},
		}, {
			Name: "digests", Key: "digests",
			Text:  func(r Rule) string { return string(r.Digests) },
			Take:  func(into *Rule, from Rule) { into.Digests = from.Digests },
			parse: func(r *Rule, text string) (err error) { r.Digests, err = ParseDigests(text); return err },
		}, {
			Name: "roll-up", Key: "rollup",
			Text:  func(r Rule) string { return string(r.Rollup) },
			Take:  func(into *Rule, from Rule) { into.Rollup = from.Rollup },
			parse: func(r *Rule, text string) (err error) { r.Rollup, err = ParseRollup(text); return err },
		}, {
			Name: "receipts", Key: "receipts",
			Text:  func(r Rule) string { return string(r.Receipts) },
			Take:  func(into *Rule, from Rule) { into.Receipts = from.Receipts },
			parse: func(r *Rule, text string) (err error) { r.Receipts, err = ParseReceipts(text); return err },
		}, {
			Name: "comments", Key: "comments",
			Text:  func(r Rule) string { return string(r.Comments) },
			Take:  func(into *Rule, from Rule) { into.Comments = from.Comments },
			parse: func(r *Rule, text string) (err error) { r.Comments, err = ParseComments(text); return err },
		},
	}
}

// unless gives the text if there is one.
func unless(not bool, text string) string {
	if not {
		return ""
	}
	return text
}

// Parse gives a rule that states only the part, as Text gave it.
func (p RulePart) Parse(text string) (Rule, error) {
	var r Rule
	if text == "" {
		return r, nil
	}
	err := p.parse(&r, text)
	return r, err
}

// RulePartOf gives the part of a rule that has a key.
func RulePartOf(key string) (RulePart, bool) {
	for _, part := range RuleParts() {
		if part.Key == key {
			return part, true
		}
	}
	return RulePart{}, false
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

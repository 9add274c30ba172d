package templates

// Decisions is the list of what was decided in a reader's teams: the themes of its roll-ups are months.
type Decisions struct {
	Weekly
	Since  string // "Sun 1 Mar"; "" since ever
	Newest int    // how many there are at most of a team, if there may be older ones, else 0
}

// Decisions renders the mail that tells what was decided.
func (s *Set) Decisions(v Decisions) (Letter, error) {
	v.Weekly = v.Weekly.clean()
	w := words{set: s}
	page := mailPage{Title: w.line("decisions.title", v), Lead: w.line("decisions.lead", v), FootLines: w.lines("decisions.foot", v)}
	return s.rollups(v.Weekly, page, w.err)
}

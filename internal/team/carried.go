package team

import (
	"slices"
	"strings"
)

// Planned is a thing that a member planned, and has not said yet what became of.
type Planned struct {
	Text  string
	Since Date // when they planned it first
	Last  Date // and last
}

// Told is an item of a member's with its day, in the order in which they were said.
type Told struct {
	Day  Date
	Kind Kind
	Text string
}

const (
	// PlanDays is for how many days a thing planned is asked about.
	PlanDays = 7
	// Dropped stands before the words of a thing planned that was given up.
	Dropped = "Dropped: "
)

// PlanAnswers are the words that a prompt offers as links under each thing that was planned: behind its number they say what became of it.
func PlanAnswers() []string { return []string{"done", "moved", "dropped"} }

// Carried gives what is still planned before a day, by what a member told: what they planned last first, then what is left from before, the
// newer first. A thing that they told of again, in the same words or with more behind them, is as that says. lapsed is what they planned
// last more than PlanDays ago.
func Carried(told []Told, before Date) (planned, lapsed []Planned) {
	var list []Planned
	for _, t := range told {
		if !t.Day.Before(before) {
			continue
		}
		since := t.Day
		text, dropped := strings.CutPrefix(t.Text, Dropped)
		if t.Kind == Plan || t.Kind == Done || t.Kind == Blocker || dropped {
			i := slices.IndexFunc(list, func(o Planned) bool { return goesOn(o.Text, text) })
			if i >= 0 && t.Kind == Plan && list[i].Last == t.Day { // said twice
				list[i].Text = t.Text
				continue
			}
			if i >= 0 {
				since = list[i].Since
				list = slices.Delete(list, i, i+1)
			}
		}
		if t.Kind == Plan {
			list = append(list, Planned{t.Text, since, t.Day})
		}
	}
	slices.SortStableFunc(list, func(a, b Planned) int { return b.Last.Compare(a.Last) })
	for _, o := range list {
		if before.Number()-o.Last.Number() > PlanDays {
			lapsed = append(lapsed, o)
		} else {
			planned = append(planned, o)
		}
	}
	return planned, lapsed
}

// goesOn tells whether words are those of a thing planned, or these with more behind them, as what became of it.
func goesOn(planned, words string) bool {
	planned = strings.TrimRight(planned, " .")
	rest, ok := cutFold(words, planned)
	rest = strings.TrimLeft(rest, ".")
	return ok && (rest == "" || strings.HasPrefix(rest, " (") || strings.HasPrefix(rest, "\n"))
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

package digest

import (
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/templates"
)

// Of how many mails that were held an answer tells what came of them, and how much of each.
const (
	cameMost   = 20
	orderLimit = 120 // characters of the order in it
)

// came says what came of the mails that a yes has released: of a single one that changed something in the letter itself, else a line for each.
func came(view *templates.Receipt, a team.Answer, now time.Time) {
	for _, c := range a.Came {
		line := cameOf(a, c, now)
		if line == "" {
			continue
		}
		view.Undoable = view.Undoable || c.Doubt.Why == "" && !c.Changed.Undone
		view.Lines = append(view.Lines, line)
	}
	switch n := len(view.Lines); {
	case n == 1 && len(a.Came) == 1 && a.Came[0].Doubt.Why == "":
		view.Changed, view.Lines = view.Lines[0], nil
	case n > cameMost:
		view.Lines = append(view.Lines[:cameMost], fmt.Sprintf("and %d more", n-cameMost))
	}
}

// orders says what came of each of several orders in a mail.
func orders(view *templates.Receipt, a team.Answer, now time.Time) {
	if len(a.Came) == 0 {
		return
	}
	view.Changed, view.Undoable = "", false
	for _, c := range a.Came {
		view.Lines = append(view.Lines, cameOf(a, c, now))
		if c.Doubt.Why == "" {
			view.Changed, view.Undoable = "Each order is answered below.", view.Undoable || !c.Changed.Undone
		}
	}
}

// cameOf says what came of one of them.
func cameOf(a team.Answer, c team.Came, now time.Time) string {
	switch {
	case c.Doubt.Why != "":
		line := "Not done"
		if c.Words != "" {
			line += `: "` + templates.Line(c.Words, orderLimit) + `"`
		}
		line += ", for this reason: " + c.Doubt.Why + "."
		if len(c.Doubt.Try) > 0 {
			line += ` Reply with only "` + strings.Join(c.Doubt.Try, `" or "`) + `".`
		}
		return line
	case c.Changed.Part != "away" || c.Changed.Undone:
		a.Changed = c.Changed
		return changed(a, now)
	case len(c.Away) == 0:
		return "You are not away " + spans(c.Ended) + " any more."
	case len(c.Ended) == 0:
		return "You are away " + spans(c.Away) + "."
	}
	return "You are away " + spans(c.Away) + " now, no longer " + spans(c.Ended) + "."
}

func spans(list []team.Span) string {
	var days []string
	for _, s := range list {
		days = append(days, s.Words())
	}
	return strings.Join(days, ", ")
}

package order

import (
	"regexp"
	"slices"
	"strings"
)

// First takes a text apart whose first line, but for a greeting, stands alone, into that line and what is below it. first is "" if no line
// does, or nothing is below it.
func First(text string) (first, rest string) {
	for text = strings.TrimSpace(text); text != ""; {
		var line string
		line, rest, _ = strings.Cut(text, "\n")
		text = strings.TrimSpace(rest)
		switch {
		case polite(line) == "":
			continue
		case text == "", len(line) > longest:
			return "", ""
		}
		if next, _, _ := strings.Cut(rest, "\n"); strings.TrimSpace(next) != "" && polite(next) != "" {
			return "", ""
		}
		return strings.TrimSpace(line), text
	}
	return "", ""
}

// Trust says how far a line that is an order is one above other words.
type Trust int

// The degrees of it.
const (
	None    Trust = iota // it is none
	Heading              // it may be the heading of anything
	Asked                // it may be, and who writes it above a short remark is asked
	Doubted              // it is an order above a short remark; above more it may be the heading of that
	Clear                // nobody begins an update with it
)

// headings and ambiguous are words that are orders alone, and that stand above things that people tell of, too.
var (
	headings = []string{"status", "settings", "list", "members", "weekly", "daily", "weekly digest", "weekly digests", "daily digest", "daily digests", "full", "full digest", "week", "this week", "last week", "digest week",
		"leave", "start", "subscribe"}
	ambiguous = []string{"stop", "resume", "undo", "help", "my data"}
)

// Above says what the order in a line may be if other words are below it.
func Above(first string, o Order) Trust {
	l := strings.ToLower(polite(first))
	switch {
	case o.Said && !strings.Contains(l, " "):
		return None
	case slices.Contains(headings, l), o.Kind == List, o.Kind == Decisions:
		return Heading
	case o.Kind == Name, o.Doubt != nil:
		return Asked
	case slices.Contains(ambiguous, l), o.Kind == Remove && o.Name != "":
		return Doubted
	}
	return Clear
}

// marked are lines as they stand in an update: with the mark of a list, a number or a label.
var marked = regexp.MustCompile(`(?m)^\s*([-*+•·–—]|\d+[.)]|\[.?\])\s|:(\s|$)`)

// ofMail are words by which people write about the mail that they get.
var ofMail = regexp.MustCompile(`(?i)\b(e?-?mails?|digests?|prompts?|reminders?|daybreak|please|instead|from now on|unsubscribe|this list)\b`)

// Remark tells whether the words below an order are but a remark to it, such as "I have moved.", and not an update with points of its own.
func Remark(words string) bool {
	words = strings.TrimSpace(words)
	return len(words) <= 2*longest && strings.Count(words, "\n") < 3 && !strings.Contains(words, "\n\n") && !marked.MatchString(words)
}

// OfMail tells whether a remark is about mail, so that the line above it is hardly the heading of an update.
func OfMail(words string) bool { return Remark(words) && ofMail.MatchString(words) }

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file, or something about it that deserves a warning.
type Problem struct {
	File string
	Line int    // from 1, 0 if it is about the file as a whole
	Text string // what is wrong, with the offending word
	Hint string // what is right, "" if Text says it

	cause error
}

// Error gives "file:line: text; hint".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": " + p.Text)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Unwrap gives the error beneath, if there is one.
func (p Problem) Unwrap() error { return p.cause }

// Errors are all the mistakes of one file, in order of their lines.
type Errors []Problem

// Error gives one line a mistake.
func (e Errors) Error() string {
	if len(e) == 1 {
		return e[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistakes", len(e))
	for _, p := range e {
		b.WriteString("\n  " + strings.ReplaceAll(p.Error(), "\n", "\n  "))
	}
	return b.String()
}

// Unwrap gives each mistake as an error of its own.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, p := range e {
		errs[i] = p
	}
	return errs
}

func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return e
}

// nearest is the word that was probably meant, "" if none is near.
func nearest(word string, words []string) string {
	best, bestDistance := "", min(max(len(word)/3, 1), 4)+1
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, previous := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row := make([]int, len(t)+1)
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := previous[j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			row[j] = min(change, previous[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(t)]
}

// didYouMean names the word that was probably meant, if there is one, and all that are allowed.
func didYouMean(meant string, allowed []string) string {
	list := "allowed: " + strings.Join(allowed, ", ")
	if meant != "" {
		return fmt.Sprintf("did you mean %q? (%s)", meant, list)
	}
	return list
}

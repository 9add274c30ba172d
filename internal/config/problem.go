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

// didYouMean names the word that was probably meant, if there is one, and all that are allowed.
func didYouMean(meant string, allowed []string) string {
	list := "allowed: " + strings.Join(allowed, ", ")
	if meant != "" {
		return fmt.Sprintf("did you mean %q? (%s)", meant, list)
	}
	return list
}

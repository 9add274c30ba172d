package main

import (
	"fmt"
	"testing"

	"daybreak/internal/team"
)

func TestMarksAreThoseThatWerePrinted(t *testing.T) {
	const text = "FOR YOU\n  You, Sun 1 Mar: The release, on Thursday.      [e1]\n\nDEV PATEL\n  done     Rotated the signing keys; all\n" +
		"           services picked them up.                 [a1]\n  next     The release, on Thursday.                [a2]\n  stuck    Waiting.\n  fyi      👍 [a4]\n"
	for _, c := range []struct {
		shown map[string]team.ShownItem
		want  string
	}{
		{map[string]team.ShownItem{"a1": {ID: 1, Words: "Rotated the signing keys; all services picked them up."}}, "map[a1:1]"},
		{map[string]team.ShownItem{"b1": {ID: 1, Words: "Rotated the signing keys; all services picked them up."}}, "map[a1:1]"},
		{map[string]team.ShownItem{"e1": {ID: 2, Words: "The release, on Thursday."}, "a1": {ID: 3, Words: "The release, on Thursday."}}, "map[a2:3 e1:2]"},
		{map[string]team.ShownItem{"a1": {ID: 4, Words: "Nothing of the kind."}}, "map[]"},
		{map[string]team.ShownItem{"a4": {ID: 5, Words: "👍"}}, "map[a4:5]"},
	} {
		if got := fmt.Sprint(printed(text, c.shown)); got != c.want {
			t.Errorf("%v: %s, want %s", c.shown, got, c.want)
		}
	}
}

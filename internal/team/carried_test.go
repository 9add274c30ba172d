package team

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatWasPlannedIsCarriedUntilSomethingIsSaidOfIt(t *testing.T) {
	march := func(d int) Date { return Date{2026, 3, d} }
	plan := func(d int, text string) Told { return Told{march(d), Plan, text} }
	for _, c := range []struct {
		name   string
		told   []Told
		day    int
		want   string
		lapsed string
	}{
		{"nothing", nil, 3, "", ""},
		{"of the day before", []Told{plan(2, "Load test."), plan(2, "lunch")}, 3, "Load test. 2 | lunch 2", ""},
		{"done", []Told{plan(2, "Load test."), plan(2, "lunch"), {march(3), Done, "load test"}}, 4, "lunch 2", ""},
		{"done, with more", []Told{plan(2, "Load test."), {march(3), Done, "Load test (it holds)"}}, 4, "", ""},
		{"done, with a paragraph", []Told{plan(2, "Load test"), {march(3), Done, "Load test\nIt holds."}}, 4, "", ""},
		{"something longer is another thing", []Told{plan(2, "Load"), {march(3), Done, "Load test"}}, 4, "Load 2", ""},
		{"moved", []Told{plan(2, "Load test"), plan(3, "Load test (to Thursday)"), plan(3, "lunch")}, 4, "Load test (to Thursday) 2 | lunch 3", ""},
		{"dropped", []Told{plan(2, "Load test"), {march(3), Note, "Dropped: Load test"}}, 4, "", ""},
		{"a note of the same words says nothing of it", []Told{plan(2, "Load test"), {march(3), Note, "Load test"}}, 4, "Load test 2", ""},
		{"stuck", []Told{plan(2, "Load test"), {march(3), Blocker, "Load test"}}, 4, "", ""},
		{"the newest first", []Told{plan(2, "a"), plan(2, "b"), plan(3, "c")}, 4, "c 3 | a 2 | b 2", ""},
		{"of the day itself", []Told{plan(3, "a")}, 3, "", ""},
		{"a week later", []Told{plan(2, "a")}, 9, "a 2", ""},
		{"more than a week later", []Told{plan(2, "a"), plan(4, "b")}, 10, "b 4", "a 2"},
		{"moved from day to day it stays", []Told{plan(2, "a"), plan(5, "a"), plan(9, "a")}, 10, "a 2", ""},
		{"planned anew after it was done", []Told{plan(2, "a"), {march(3), Done, "a"}, plan(9, "a")}, 10, "a 9", ""},
	} {
		words := func(list []Planned) string {
			var all []string
			for _, p := range list {
				all = append(all, fmt.Sprint(p.Text, " ", p.Since.Day))
			}
			return strings.Join(all, " | ")
		}
		planned, lapsed := Carried(c.told, march(c.day))
		if words(planned) != c.want || words(lapsed) != c.lapsed {
			t.Errorf("%s: planned %q, lapsed %q, want %q and %q", c.name, words(planned), words(lapsed), c.want, c.lapsed)
		}
	}
}

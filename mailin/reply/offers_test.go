package reply

import (
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func TestLinksUnderAPlanAreNoAnswers(t *testing.T) {
	for text, want := range map[string]string{
		"1. Write the notes.\ndone · moved · dropped\n2. Lunch":                                                 "1. Write the notes.\n2. Lunch",
		"1. Write the notes. Done · moved · dropped":                                                            "1. Write the notes.",
		"done<mailto:updates%2Ba@example.com?body=1%20done> · moved<mailto:b> · dropped<mailto:c>\nmine":        "mine",
		"done\n<mailto:updates%2Ba@example.com?body=1%20done> · moved\n<mailto:b@c> · dropped\n<mailto:d>\nx":   "x",
		"[done](mailto:a) · [moved](mailto:b) · [dropped](mailto:c)":                                            "",
		"Lunch. done <updates+a@example.com> · moved <updates+a@example.com> · dropped <updates+a@example.com>": "Lunch.",
		"moved <mia@example.com>":         "moved <mia@example.com>",
		"done":                            "done",
		"1 done, 2 moved, 3 dropped":      "1 done, 2 moved, 3 dropped",
		"done, moved, dropped":            "done, moved, dropped",
		"the ball was dropped":            "the ball was dropped",
		"write to mailto:mia@example.com": "write to mailto:mia@example.com",
		"moved\nmine":                     "moved\nmine",
	} {
		var body []mime.Line
		for l := range strings.SplitSeq(text, "\n") {
			body = append(body, mime.Line{Text: l})
		}
		var got []string
		for _, l := range withoutOffers(body, &Original{Plan: []string{"Write the notes.", "Lunch"}}) {
			got = append(got, l.Text)
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if len(withoutOffers(body, &Original{})) != len(body) {
			t.Errorf("%q: lines went though there was no plan", text)
		}
	}
}

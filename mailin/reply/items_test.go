package reply

import (
	"strings"
	"testing"
)

func TestTextsInOneBlockAreGivenToTheQuestions(t *testing.T) {
	sent := planPrompt()
	sent.Plan = nil
	for _, line := range table(t, "items.txt") {
		words, want, _ := strings.Cut(line, " => ")
		text := strings.ReplaceAll(words, "⏎", "\n")
		r := Explain(from("Ines Duarte", "ines@harbour.example", text+"\n\nOn Tue, 3 Mar 2026, Harbour wrote:\n> "+strings.ReplaceAll(sent.Text, "\n", "\n> ")), sent)
		if got := said(r.Items); got != want {
			t.Errorf("%s\n got %s\nwant %s\nsteps %q", words, got, want, r.Steps[3:])
		}
	}
}

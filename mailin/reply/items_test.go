package reply

import (
	"strings"
	"testing"

	"daybreak/mailin/mime"
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

// What is marked as for information, as needed or as decided is that wherever it stands.
func TestMarksOfWhatIsExpectedHoldUnderAQuestionAndWithoutOne(t *testing.T) {
	sent := planPrompt()
	sent.Plan = nil
	below := "> What got done?\nThe import.\nfyi: the old one is off\nneed: its password\nDécision : plus d'export à la main\n\n> What is next?\nLunch.\n\nFYI: I am off at noon\n"
	if got, want := said(Explain(from("Ines Duarte", "ines@harbour.example", below), sent).Items),
		"D The import.; N the old one is off; A its password; X plus d'export à la main; P Lunch.; N I am off at noon"; got != want {
		t.Errorf("below the questions:\n got %s\nwant %s", got, want)
	}
	alone := "need: a reviewer\n\nFYI: the office is closed\n\nEntscheidung: Seil"
	for name, o := range map[string]*Original{"a digest": {Text: "Harbour · Tuesday 3 March · 1 update\n\nKOFI MENSAH\n  done   A page.   [a1]\n", Marks: []string{"a1"}}, "nothing": nil} {
		if got, want := said(Explain(from("Ines Duarte", "ines@harbour.example", alone), o).Items), "A a reviewer; N the office is closed; X Seil"; got != want {
			t.Errorf("an answer to %s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestEachLineThatAsksSomebodyIsAnItem(t *testing.T) {
	for words, want := range map[string]string{
		"ask @dev one?⏎ask @ines two?":                                                       "note ask @dev one? | note ask @ines two?",
		"ask @dev one⏎ask: @ines two":                                                        "note ask @dev one | ask @ines two",
		"ask @dev is it up?⏎It was down on Monday.⏎@ines was it?":                            "note ask @dev is it up?⏎It was down on Monday. | note @ines was it?",
		"The lamps are up.⏎ask @dev where are the ropes?":                                    "note The lamps are up. | note ask @dev where are the ropes?",
		"We talked for long about the lock and about the gate, so I⏎ask @dev to look at it.": "note We talked for long about the lock and about the gate, so I ask @dev to look at it.",
		"I talked with⏎@dev about it, did you?":                                              "note I talked with⏎@dev about it, did you?",
	} {
		r := Read(&mime.Message{Subject: "Re: Harbour", Body: mime.PlainLines(strings.ReplaceAll(words, "⏎", "\n"))}, digestOriginal())
		if got := answered(r); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}

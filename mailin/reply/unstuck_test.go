package reply

import (
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func TestNothingClosesWhatIsInTheWayOnlyAsTheAnswerToThat(t *testing.T) {
	const asked = "Harbour: what happened today, Kofi?\n\n  - What got done?\n  - What is next?\n  - What is in the way?\n"
	questions := []string{"What got done?", "What is next?", "What is in the way?"}
	quoted := func(answers ...string) string { // below each question
		lines := "On Tue, 3 Mar 2026 at 16:00, Harbour <updates@example.com> wrote:\n> Harbour: what happened today, Kofi?\n>\n"
		for i, q := range questions {
			lines += ">   - " + q + "\n" + answers[i] + "\n"
		}
		return lines
	}
	for words, want := range map[string]bool{
		"Done: the crane\nIn the way: nothing":       true,
		"Done: the crane\nIn the way: Nothing.":      true,
		"In the way: nothing":                        true,
		"Erledigt: der Kran\nBlocker: nichts":        true,
		"Fait : la grue\nBlocages : rien":            true,
		"Hecho: la grúa\nBloqueos: nada":             true,
		"1. The crane.\n2. The lock.\n3. Nothing.":   true,
		"In the way:\n- nothing":                     true,
		quoted("The crane.", "The lock.", "nothing"): true,
		quoted("", "", "nothing"):                    false, // it may stand below all of them
		quoted("nothing", "", ""):                    false,
		quoted("The crane.", "The lock.", ""):        false,
		quoted("The crane.", "nothing", "the diver"): false,
		"nothing":                                       false,
		"Done: nothing\nNext: the lock":                 false,
		"Done: the crane":                               false,
		"Done: the crane\nIn the way: -":                false,
		"Done: the crane\nIn the way:":                  false,
		"In the way: nothing new, still the diver":      false,
		"In the way:\n- nothing\n- but the diver":       false,
		"Done: nothing\n\nIn the way: the diver is ill": false,
	} {
		sent := &Original{Text: asked, Questions: questions}
		if r := Read(&mime.Message{Subject: "Re: Harbour", Body: mime.PlainLines(words)}, sent); r.Unstuck != want {
			t.Errorf("%q says %v that nothing is in the way: %+v", words, r.Unstuck, r.Items)
		}
	}
	if r := Read(&mime.Message{Body: mime.PlainLines("nothing")}, &Original{Text: "Is it blocked?", Questions: questions[2:]}); !r.Unstuck || r.Short != Nothing {
		t.Errorf("the answer to the only question says %v and %q", r.Unstuck, r.Short)
	}
	if r := Read(&mime.Message{Body: mime.PlainLines(strings.ReplaceAll("Done: the crane\nIn the way: nothing", "\n", "\n\n"))}, nil); !r.Unstuck {
		t.Error("a mail of its own does not say it")
	}
}

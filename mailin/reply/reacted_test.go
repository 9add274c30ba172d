package reply

import "testing"

func TestReactionsThatProgramsPutIntoWords(t *testing.T) {
	for words, want := range map[string]string{
		"👍\n\nMia Rossi reacted to your message:":                          "👍",
		"❤️ Mia Rossi reacted to your message:\n":                          "❤️",
		"Mia Rossi reacted to your message:":                               "?",
		"👍 Mia Rossi hat auf Ihre Nachricht reagiert:":                     "👍",
		"Liked “Write down who may open the lock gate”":                    "👍",
		"Loved \"The new berth plan is ready for the pilots to look at.\"": "❤️",
		"Reacted 🎉 to “Moved the crane bookings…”":                         "🎉",
		"Liked “the crane page”":                                           "", // not ours: their own words
		"Liked “Moved the crane bookings” and more":                        "",
		"Nobody reacted to your message: why?":                             "",
		"I reacted to your message: late.":                                 "",
		"reacted to your message:":                                         "",
		"":                                                                 "",
	} {
		if got := ReactedBy(words, digestSent); got != want {
			t.Errorf("%q is a reaction with %q, want %q", words, got, want)
		}
	}
}

package reply

import (
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

// toOne shows what a mail says to one person alone.
func toOne(r Reading) string {
	var all []string
	for _, p := range r.Private {
		to := p.Mark
		if p.To != "" {
			to = "@" + p.To
		}
		all = append(all, to+": "+strings.ReplaceAll(p.Text, "\n", "⏎"))
	}
	return strings.Join(all, " | ")
}

func TestPrivateWordsAreForOneAlone(t *testing.T) {
	for _, c := range []struct{ words, alone, rest string }{
		{"private: are you well?", ": are you well?", ""},
		{"Private: are you well?⏎⏎Call me.⏎a1 is fine", ": are you well?⏎⏎Call me.⏎a1 is fine", ""},
		{"a1 private: not like that", "a1: not like that", ""},
		{"[A1] PRIVATE - not like that", "a1: not like that", ""},
		{"private a1: not like that", "a1: not like that", ""},
		{"private a1 not like that", "a1: not like that", ""},
		{"*private* b1: hm", "b1: hm", ""},
		{"- private: hm", ": hm", ""},
		{"private @tove: hm", "@tove: hm", ""},
		{"private @tove hm", "@tove: hm", ""},
		{"private to @Tove Lund: hm", "@Tove Lund: hm", ""},
		{"private tove@example.com: hm", "@tove@example.com: hm", ""},
		{"@tove private: hm", "@tove: hm", ""},
		{"privé a2 : hm", "a2: hm", ""},
		{"Privat: geht es dir gut?", ": geht es dir gut?", ""},
		{"private⏎⏎are you well?", ": ⏎⏎are you well?", ""},
		{"a99 private: hm", "a99: hm", ""},
		{"a1 thanks!⏎⏎private b1: uno⏎⏎private a2: duo⏎tres", "b1: uno | a2: duo⏎tres", "a1:thanks!"},
		{"I am in today.⏎⏎private: hm", ": hm", "note I am in today."},
		{"private: pause", ": pause", ""},
		{"Private keys were rotated.", "", "note Private keys were rotated."},
		{"Privately owned now", "", "note Privately owned now"},
		{"a1 private keys leak!", "", "a1:private keys leak!"},
		{"it is private: no", "", "note it is private: no"},
		{"private:", "", ""},
	} {
		words := strings.ReplaceAll(c.words, "⏎", "\n")
		for _, quote := range []string{digestQuoted, ""} {
			r := Explain(&mime.Message{Subject: "Re: Harbour", Body: mime.PlainLines(words + quote)}, digestOriginal())
			got := strings.ReplaceAll(toOne(r), ": ⏎⏎", ": ")
			if want := strings.ReplaceAll(c.alone, ": ⏎⏎", ": "); got != want || answered(r) != c.rest {
				t.Errorf("%q is to one %q, to all %q; want %q and %q", words, got, answered(r), want, c.rest)
			}
			for _, p := range r.Private {
				if strings.Contains(r.Reply+strings.Join(r.Steps, "\n"), p.Text) {
					t.Errorf("%q: what is private is told again in %q or %q", words, r.Reply, r.Steps)
				}
				for _, e := range r.Elided {
					if strings.Contains(e.Text, p.Text) {
						t.Errorf("%q: what is private is among what was left out: %q", words, e.Text)
					}
				}
			}
		}
	}
}

func TestPrivateWordsBelowAnItemAreForItsAuthor(t *testing.T) {
	quoted := func(s string) string { return strings.ReplaceAll("> "+s, "\n", "\n> ") }
	for _, c := range []struct{ body, want string }{
		{quoted("  next   Write down who may open the lock gate.                     [a2]") + "\nprivate: hm", "a2: hm"},
		{quoted(strings.TrimRight(digestSent, "\n")) + "\n\nprivate: hm", ": hm"}, // below all of them
	} {
		r := Read(&mime.Message{Subject: "Re: Harbour", Body: mime.PlainLines(c.body)}, digestOriginal())
		if got := toOne(r); got != c.want {
			t.Errorf("%q is to one %q, want %q", c.body, got, c.want)
		}
	}
}

func TestPrivateWordsWithoutADigest(t *testing.T) {
	for words, want := range map[string]string{
		"private @tove: hm": "@tove: hm", "private: hm": ": hm", "private\n\nhm": "", "Private - beta is open": "", "Done: the crane\nprivate @tove hm": "@tove: hm",
	} {
		if got := toOne(Read(&mime.Message{Subject: "x", Body: mime.PlainLines(words)}, nil)); got != want {
			t.Errorf("%q is to one %q, want %q", words, got, want)
		}
	}
}

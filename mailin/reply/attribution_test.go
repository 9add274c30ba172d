package reply

import (
	"os"
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func blocks(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, b := range strings.Split(string(text), "\n\n") {
		if b = strings.Trim(b, "\n"); b != "" && !strings.HasPrefix(b, "#") {
			all = append(all, strings.ReplaceAll(b, "~\n", "\n"))
		}
	}
	return all
}

func plain(text string) *mime.Message {
	return &mime.Message{Plain: text, Body: mime.PlainLines(text), Format: "plain"}
}

func TestLinesAboveAQuoteAreKnownInManyLanguages(t *testing.T) {
	for _, file := range []string{"testdata/attributions.txt", "testdata/headers.txt"} {
		for _, lead := range blocks(t, file) {
			for _, c := range []struct{ name, body, want string }{
				{"below an empty line", "The import is done.\n\n" + lead + "\n\nHow was Tuesday?\n", "The import is done."},
				{"below the words", "The import is done.\n" + lead + "\nHow was Tuesday?\n", "The import is done."},
				{"above a marked quote", "The import\nis done\n\n" + lead + "\n> How was Tuesday?\n\nBoth quays.\n", "The import\nis done\n\nBoth quays."},
			} {
				if strings.HasPrefix(lead, "Quoting") && c.name != "above a marked quote" {
					continue // nothing but an address: only a quote below makes it what it is
				}
				if got := Explain(plain(c.body), nil); got.Reply != c.want {
					t.Errorf("%s:\n%s\n→ %q, want %q\n%s", c.name, c.body, got.Reply, c.want, strings.Join(got.Steps, "\n"))
				}
			}
		}
	}
}

func TestProseThatLooksLikeAClientsLineIsKept(t *testing.T) {
	for _, words := range blocks(t, "testdata/prose.txt") {
		if strings.HasPrefix(words, "> ") {
			continue
		}
		for _, body := range []string{
			words,
			words + "\n\nAnd this is more.",
			words + "\n- the crane\n- the berth",
			"Good day.\n\n" + words,
			"Good day.\n" + words + "\nAnd this is more.",
			"Good day.\n\n" + words + "\n\nAnd this is more.\n\nAnd more.",
		} {
			if got := Explain(plain(body), nil); got.Reply != body {
				t.Errorf("%s\n→ %q\n%s", body, got.Reply, strings.Join(got.Steps, "\n"))
			}
		}
	}
}

// Nobody but the person may have written it: nothing is above, no quote is below.
func TestALineLikeAnAttributionAboveAllWordsIsKeptUnlessItHasAnAddress(t *testing.T) {
	for _, line := range []string{
		"On 3 March 2026, Kofi wrote:",
		"Le 3 mars 2026, Kofi a écrit :",
		"Am 3. März 2026 schrieb Kofi:",
		"El 3 de marzo de 2026 a las 9:12 Kofi escribió:",
		"3 марта 2026 г. Кофи написал:",
		"2026年3月3日、伊藤さんが書きました:",
	} {
		words := line + "\nthe list of berths is open.\n\nI closed it today."
		if got := Explain(plain(words), nil); got.Reply != words {
			t.Errorf("%s → %q\n%s", line, got.Reply, strings.Join(got.Steps, "\n"))
		}
		if got := Explain(plain(line+"\n> the list is open\n\nI closed it."), nil); got.Reply != "I closed it." {
			t.Errorf("%s above a quote → %q", line, got.Reply)
		}
		addressed := "On 3 March 2026 at 9:12, Kofi <kofi@crew.example> wrote:\n\nthe list is open."
		if got := Explain(plain(addressed), nil); got.Reply != "the list is open." {
			t.Errorf("%s → %q", addressed, got.Reply)
		}
	}
}

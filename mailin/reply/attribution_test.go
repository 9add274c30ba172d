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

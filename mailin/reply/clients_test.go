package reply

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/mailin/mime"
)

// answers are what people write, with the items that it makes ("" if that depends on the client).
var answers = []struct {
	name   string
	answer mailtest.Answer
	items  string
}{
	{"one line", mailtest.Answer{Text: "Import done, crane page tomorrow."}, "note -1: Import done, crane page tomorrow.\n"},
	{"two paragraphs", mailtest.Answer{Text: "The import is done, all quays, and the tests are green again after quite some work on the old data.\n\nTomorrow the crane page."},
		"note -1: The import is done, all quays, and the tests are green again after quite some work on the old data.\nplan 1: Tomorrow the crane page.\n"},
	{"headings", mailtest.Answer{Text: "Done: tide table import\nNext: crane page\nBlocked: waiting for the API key"},
		"done 0: tide table import\nplan 1: crane page\nblocker 2: waiting for the API key\n"},
	{"headings with lists", mailtest.Answer{Text: "Done:\n- tide table import\n- two bugs\n\nNext:\n- crane page"},
		"done 0: tide table import\ndone 0: two bugs\nplan 1: crane page\n"},
	{"numbers", mailtest.Answer{Text: "1. import\n2. crane page\n3. none"}, "done 0: import\nplan 1: crane page\n"},
	{"signed", mailtest.Answer{Text: "Import done.\n\nCrane page tomorrow.", Signature: "Ines Duarte\nHarbour software\n+351 21 000 000"},
		"note -1: Import done.\nnote -1: Crane page tomorrow.\n"},
	{"like a quote", mailtest.Answer{Text: "On Monday I wrote to the port:\nthe crane is theirs.\n\nFrom: Lisbon, with rain."},
		"note -1: On Monday I wrote to the port:⏎the crane is theirs.\nnote -1: From: Lisbon, with rain.\n"},
	{"repeats the plan", mailtest.Answer{Text: "Review the crane booking page\n\nThat is all."}, "note -1: Review the crane booking page\nnote -1: That is all.\n"},
	{"correction", mailtest.Answer{Text: "Correction: two quays are missing."}, "note -1: two quays are missing.\n"},
	{"German", mailtest.Answer{Text: "Erledigt: Import für die Kais\nAls Nächstes: Kranseite\nProbleme: keine"}, "done 0: Import für die Kais\nplan 1: Kranseite\n"},
	{"Japanese", mailtest.Answer{Text: "完了：潮位表の取り込み\n次：クレーン予約画面\n課題：なし"}, "done 0: 潮位表の取り込み\nplan 1: クレーン予約画面\n"},
	{"Russian", mailtest.Answer{Text: "Импорт готов.\n\nЗавтра страница кранов."}, "note -1: Импорт готов.\nplan 1: Завтра страница кранов.\n"},
	{"under each question", mailtest.Answer{Under: []string{"The import, all quays.", "The crane page.", "Nothing."}}, ""},
	{"under two questions", mailtest.Answer{Under: []string{"- the import\n- two bugs", "", "The API key, still: the port\nhas not answered."}}, ""},
}

func TestRepliesOfEveryClientInEveryLocaleAreRead(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is thousands of mails, and one goroutine")
	}
	original, err := os.ReadFile("testdata/prompt.eml")
	if err != nil {
		t.Fatal(err)
	}
	sent := prompt(t)
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 3, 17, 12, 41, 0, lisbon)
	read, wrong := 0, 0
	for _, client := range mailtest.Clients()[:16] { // those with a writer of their own; TestCorpus has all
		for _, locale := range mailtest.Locales() {
			for _, a := range answers {
				answer := a.answer
				answer.Questions = sent.Questions
				raw, err := client.Reply([]byte(strings.ReplaceAll(string(original), "\n", "\r\n")),
					mailtest.Identity{Name: "Ines Duarte", Address: "ines@harbour.example", Locale: locale}, at, answer)
				if err != nil {
					t.Fatal(err)
				}
				m := mime.Read(raw)
				got := Explain(m, sent)
				want, items := wantOf(client, answer), a.items
				if items == "" && client.Interleaves {
					items = wantItems(answer)
				}
				if client.Name == "thunderbird-html" { // there the Enter key makes a paragraph
					items = strings.NewReplacer("port:⏎", "port:\nnote -1: ", "port⏎", "port\nblocker 2: ").Replace(items)
				}
				read++
				name := fmt.Sprintf("%s/%s/%s", client.Name, locale, a.name)
				if fold(got.Reply) != fold(want) {
					t.Errorf("%s: reply:\n%s\nwanted:\n%s\nsteps:\n%s\nbody:\n%s", name, got.Reply, want, strings.Join(got.Steps, "\n"), mime.Text(m.Body))
					wrong++
				} else if items != "" && listed(got.Items) != items {
					t.Errorf("%s: items:\n%s\nwanted:\n%s\nsteps:\n%s", name, listed(got.Items), items, strings.Join(got.Steps, "\n"))
					wrong++
				}
				if blind := Explain(m, nil); fold(blind.Reply) != fold(want) {
					t.Errorf("%s: without the text that we sent: reply:\n%s\nwanted:\n%s\nsteps:\n%s", name, blind.Reply, want, strings.Join(blind.Steps, "\n"))
					wrong++
				}
				if wrong > 3 {
					t.Fatal("and more")
				}
			}
		}
	}
	t.Logf("%d replies read", read)
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u200b", "").Replace(s)), " ")
}

func wantOf(c mailtest.Client, a mailtest.Answer) string {
	pieces := append([]string{strings.TrimPrefix(a.Text, "Correction: ")}, a.Under...)
	return strings.Join(pieces, "\n\n")
}

func wantItems(a mailtest.Answer) string {
	kinds := []string{"done", "plan", "blocker"}
	var b strings.Builder
	for i, s := range a.Under {
		if s == "" || s == "Nothing." {
			continue
		}
		for _, l := range strings.Split(strings.ReplaceAll(s, "port\nhas", "port⏎has"), "\n") {
			fmt.Fprintf(&b, "%s %d: %s\n", kinds[i], i, strings.TrimPrefix(l, "- "))
		}
	}
	return b.String()
}

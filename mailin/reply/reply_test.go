package reply

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

var update = flag.Bool("update", false, "write what is read into the cases; look at the difference before committing it")

func prompt(t testing.TB) *Original {
	t.Helper()
	text, err := os.ReadFile("testdata/prompt.txt")
	if err != nil {
		t.Fatal(err)
	}
	return &Original{Text: string(text), Questions: team.DefaultQuestions()}
}

// Every file in testdata/cases is a mail (plain, html or eml), the words that its writer would call their own, and the
// items. "sent" beside it, if only as an empty file, says that it answers testdata/prompt.txt.
func TestRepliesAreReadAsTheirWritersMeantThem(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			var sent *Original
			if _, ok := parts["sent"]; ok {
				sent = prompt(t)
			}
			got := Explain(message(parts), sent)
			want := Reading{Reply: strings.Trim(parts["reply"], "\n")}
			items := listed(got.Items)
			if *update {
				for i, f := range archive.Files {
					switch f.Name {
					case "reply":
						archive.Files[i].Data = []byte(got.Reply + "\n")
					case "items":
						archive.Files[i].Data = []byte(items)
					}
				}
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.Reply != want.Reply {
				t.Errorf("reply:\n%s\nwanted:\n%s\nsteps:\n%s", got.Reply, want.Reply, strings.Join(got.Steps, "\n"))
			}
			if wanted, ok := parts["items"]; ok && items != wanted {
				t.Errorf("items:\n%s\nwanted:\n%s\nsteps:\n%s", items, wanted, strings.Join(got.Steps, "\n"))
			}
		})
	}
}

func message(parts map[string]string) *mime.Message {
	if raw, ok := parts["eml"]; ok {
		return mime.Read([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	}
	m := &mime.Message{Plain: parts["plain"], HTML: parts["html"], Format: "plain"}
	if m.Plain == "" {
		m.Format, m.Body = "html", mime.HTMLLines(m.HTML)
	}
	if m.Plain != "" {
		m.Body = mime.PlainLines(m.Plain)
	}
	if m.Subject = strings.TrimSpace(parts["subject"]); m.Subject == "" {
		m.Subject = "Re: Harbour: how was Tuesday, Ines?"
	}
	if from, ok := parts["from"]; ok {
		name, addr, _ := strings.Cut(strings.TrimSpace(from), " <")
		m.From = []mime.Address{{Name: name, Addr: strings.Trim(addr, ">")}}
	}
	return m
}

// listed writes items a line each: kind, question, text.
func listed(items []team.NewItem) string {
	var b strings.Builder
	for _, it := range items {
		fmt.Fprintf(&b, "%s %d: %s\n", it.Kind, it.Question, strings.ReplaceAll(it.Text, "\n", "⏎"))
	}
	return b.String()
}

func TestQuestionsTellWhatTheyAskFor(t *testing.T) {
	for _, c := range []struct {
		question string
		want     team.Kind
	}{
		{"What got done?", team.Done},
		{"What is next?", team.Plan},
		{"What is in the way?", team.Blocker},
		{"Any blockers?", team.Blocker},
		{"Are you stuck on anything?", team.Blocker},
		{"What did you finish today?", team.Done},
		{"What's your plan for tomorrow?", team.Plan},
		{"What are you working on?", team.Plan},
		{"How do you feel?", team.Note},
		{"Anything else?", team.Note},
		{"Was hast du heute geschafft?", team.Done},
		{"Was kommt als Nächstes?", team.Plan},
		{"Was ist im Weg?", team.Blocker},
		{"Qu'est-ce qui est bloquant ? Des obstacles ?", team.Blocker},
		{"¿Qué sigue mañana?", team.Plan},
		{"今日やったことは?", team.Done},
		{"次にやることは何ですか?", team.Plan},
		{"困っていることはありますか?", team.Blocker},
		{"Что сделано?", team.Done},
		{"Что мешает?", team.Blocker},
		{"", team.Note},
	} {
		if got := QuestionKind(c.question); got != c.want {
			t.Errorf("QuestionKind(%q) = %s, want %s", c.question, got, c.want)
		}
	}
}

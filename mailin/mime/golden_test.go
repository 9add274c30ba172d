package mime

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the .want files anew")

// TestMails reads every mail of testdata and compares what was understood with the text beside it.
func TestMails(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := Read(raw)
			checkLimits(t, m)
			got, want := describe(m, ""), strings.TrimSuffix(file, ".eml")+".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != got {
				t.Errorf("%s is not what was understood (-update writes it):\n%s", want, difference(string(text), got))
			}
		})
	}
}

// describe writes a Message for people to read.
func describe(m *Message, indent string) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(indent+fmt.Sprintf(format, args...), " ") + "\n")
	}
	people := func(what string, list []Address) {
		for _, a := range list {
			line("%s: %q %s", what, a.Name, a.Addr)
		}
	}
	people("from", m.From)
	people("sender", m.Sender)
	people("reply-to", m.ReplyTo)
	people("to", m.To)
	people("cc", m.Cc)
	line("subject: %s", m.Subject)
	if !m.Date.IsZero() {
		line("date: %s", m.Date.Format(time.RFC3339))
	}
	for _, when := range m.Received {
		line("received: %s", when.Format(time.RFC3339))
	}
	line("id: %s", m.MessageID)
	if ids := append(append([]string{}, m.InReplyTo...), m.References...); len(ids) > 0 {
		line("answers: %s", strings.Join(ids, " "))
	}
	for _, d := range m.Defects {
		line("defect: %s", d)
	}
	for _, a := range m.Attachments {
		inline := ""
		if a.Inline {
			inline = "inline"
		}
		line("attachment: %q %s %d %s", a.Name, a.Type, a.Size, inline)
	}
	if m.Reaction != "" {
		line("reaction: %s alone=%t", m.Reaction, m.Reacts)
	}
	if m.Report != nil {
		line("report: %s of %q", m.Report.Type, m.Report.MessageID)
		for i, group := range m.Report.Fields {
			for _, name := range []string{"reporting-mta", "final-recipient", "action", "status", "diagnostic-code", "feedback-type", "disposition"} {
				if v := group[name]; v != "" {
					line("  %d %s: %s", i+1, name, v)
				}
			}
		}
	}
	lines := func(what string, lines []Line) {
		line("%s:", what)
		for _, l := range lines {
			marks := strings.Repeat(">", l.Quote)
			if l.Quote > 0 {
				marks += l.From
			}
			if l.Sign {
				marks += "~"
			}
			line("  %s|%s", marks, l.Text)
		}
	}
	lines("body from "+m.Format, m.Body)
	if m.HTML != "" && m.Format == "plain" {
		lines("html", HTMLLines(m.HTML))
	}
	for _, p := range m.Parts {
		line("part: %s %q %d bytes of text", p.Type, p.Name, len(p.Text))
		if p.Message != nil {
			b.WriteString(describe(p.Message, indent+"    "))
		}
	}
	return b.String()
}

// difference shows the first lines that differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n  want %s\n  got  %s", i+1, a, b)
		}
	}
	return ""
}

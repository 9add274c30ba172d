package templates

import (
	"html/template"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func load(t testing.TB) *Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestABrokenTemplateIsFoundAtStart(t *testing.T) {
	for name, broken := range map[string]string{
		"a field that is not there":     `{{define "digest"}}{{.Nonsense}}{{end}}`,
		"a subject of nothing":          `{{define "digest.subject"}}{{""}}{{end}}`,
		"a text part of nothing":        `{{define "receipt"}}{{""}}{{end}}`,
		"a word that is used elsewhere": `{{define "orders"}}{{.Nonsense}}{{end}}`,
	} {
		s := load(t)
		if _, err := s.text.Parse(broken); err != nil {
			t.Fatal(err)
		}
		if err := s.check(); err == nil {
			t.Errorf("%s was not found", name)
		}
	}
	s := load(t)
	fresh, err := template.New("html").Funcs(functions).Funcs(htmlFunctions).ParseFS(files, "*.html", "*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	s.html = template.Must(fresh.Parse(`{{define "mail"}}{{.Nonsense}}{{end}}`))
	if err := s.check(); err == nil {
		t.Error("a page with a field that is not there was not found")
	}
}

func TestPagesNeedNoScriptAndNothingRemote(t *testing.T) {
	s := load(t)
	evil := `"><script>alert(1)</script>`
	inbox := sampleInbox()
	inbox.People[0].Name, inbox.People[0].Mails[0].Subject, inbox.People[0].Mails[0].URL = evil, evil, "javascript:alert(1)"
	for _, view := range []View{HTMLView, TextView, SourceView} {
		mail := sampleMail(view)
		mail.Body, mail.Mail.Subject, mail.Person.Name, mail.From = evil, evil, evil, evil
		for name, render := range map[string]func(*strings.Builder) error{
			"inbox": func(b *strings.Builder) error { return s.InboxPage(b, inbox) },
			"mail":  func(b *strings.Builder) error { return s.MailPage(b, mail) },
		} {
			var b strings.Builder
			if err := render(&b); err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(strings.NewReader(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				if slices.Contains([]string{"script", "img", "link", "object", "embed", "form", "base"}, n.Data) {
					t.Errorf("%s has a <%s>", name, n.Data)
				}
				for _, a := range n.Attr {
					remote := (a.Key == "src" || a.Key == "href") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#")
					if strings.HasPrefix(a.Key, "on") || remote {
						t.Errorf("%s has <%s %s=%q>", name, n.Data, a.Key, a.Val)
					}
				}
				if n.Data == "iframe" && !hasAttribute(n, "sandbox") {
					t.Error("the frame has no sandbox")
				}
			}
		}
	}
}

func hasAttribute(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// TestOurVoice holds what we say ourselves to the house's manners.
func TestOurVoice(t *testing.T) {
	s := load(t)
	rude := regexp.MustCompile(`(?i)!|excit|sorry|oops|missed|forgot|click|please|just reply`)
	for _, p := range []func() (Letter, error){
		func() (Letter, error) { return s.Prompt(samplePrompt()) },
		func() (Letter, error) { return s.Reminder(samplePrompt()) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(PausedReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(ResumedReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(HelpReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(UnderstoodReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(UnsureReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(EmptyReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(EncryptedReceipt)) },
		func() (Letter, error) { return s.Receipt(sampleReceipt(ConfirmReceipt)) },
		func() (Letter, error) { return s.Digest(sampleDigest()) },
	} {
		l, err := p()
		if err != nil {
			t.Fatal(err)
		}
		if found := rude.FindString(l.Subject + l.Text); found != "" {
			t.Errorf("%q says %q", l.Subject, found)
		}
	}
}

// TestGreysCanBeRead holds the colours of the mails to WCAG AA against the ground on which they may stand.
func TestGreysCanBeRead(t *testing.T) {
	for _, c := range []struct{ ink, paper string }{
		{"#1d2126", "#ffffff"}, {"#667079", "#ffffff"}, {"#1c5fb0", "#ffffff"},
		{"#e3e6e9", "#121212"}, {"#9aa4ad", "#121212"}, {"#8cb8f5", "#121212"}, {"#9aa4ad", "#2b2b2b"}, {"#5d6770", "#ffffff"},
	} {
		if got := contrast(c.ink, c.paper); got < 4.5 {
			t.Errorf("%s on %s has a contrast of %.2f", c.ink, c.paper, got)
		}
	}
	b, err := files.ReadFile("mail.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, ink := range []string{"#1d2126", "#e3e6e9", "#9aa4ad", "#8cb8f5", "#667079"} {
		if !strings.Contains(string(b), ink) {
			t.Errorf("the colour %s is not in use any more", ink)
		}
	}
}

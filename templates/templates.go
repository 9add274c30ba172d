// Package templates holds the mails and pages that people see, embedded, and turns plain facts into them.
//
// In come view structs with people's words as they wrote them; out come subjects, text parts of at most 72 columns and HTML
// documents. What people wrote never becomes markup, a link of another scheme than http, https and mailto, or a change of
// direction for what follows it. The package decides nothing about who is told what or when, and knows no mail format.
//
// The words are in the *.txt templates ("prompt.subject", "prompt.lead" …) and are shared by the text and the HTML of a mail.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
	"unicode/utf8"
)

//go:embed *.html *.txt prompt digest weekly receipt trouble page
var files embed.FS

// Set is all templates, parsed and checked. It can be used by many goroutines at once.
type Set struct {
	text   *texttemplate.Template
	html   *template.Template
	shared shared
}

// Load parses all templates and renders each once with a sample.
func Load() (*Set, error) {
	text, err := texttemplate.New("text").Funcs(functions).ParseFS(files, "*.txt", "*/*.txt")
	if err != nil {
		return nil, fmt.Errorf("parsing the text templates: %w", err)
	}
	html, err := template.New("html").Funcs(functions).Funcs(htmlFunctions).ParseFS(files, "*.html", "*/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the HTML templates: %w", err)
	}
	s := &Set{text: text, html: html}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

var functions = map[string]any{
	"and_":      func(names []string) string { return Series(names, "and") },
	"or_":       func(names []string) string { return Series(names, "or") },
	"count":     count,
	"direction": direction,
	"number":    func(i int) int { return i + 1 },
	"join":      func(names []string) string { return strings.Join(runningOn(names), ", ") },
	"underline": func(s string) string { return strings.Repeat("=", min(width(s), Columns)) },
	"upper":     strings.ToUpper,
}

var htmlFunctions = template.FuncMap{
	// outlook wraps markup that only Outlook for Windows reads, which lays out by Word's rules.
	"outlook": func(s template.HTML) template.HTML { return "<!--[if mso]>" + s + "<![endif]-->" },
}

// Prompt renders the mail that asks.
func (s *Set) Prompt(v Prompt) (Letter, error) { return s.prompt("prompt", v) }

// Reminder renders the mail that asks again.
func (s *Set) Reminder(v Prompt) (Letter, error) { return s.prompt("reminder", v) }

func (s *Set) prompt(kind string, v Prompt) (Letter, error) {
	v.Team, v.CheckIn, v.Reader = Line(v.Team, nameLimit), Line(v.CheckIn, nameLimit), Line(v.Reader, nameLimit)
	v.Foot = v.Foot.clean()
	questions := make([]string, len(v.Questions))
	for i, q := range v.Questions {
		questions[i] = Line(q, questionLimit)
	}
	v.Questions = questions
	plan := make([]string, len(v.Plan))
	for i, words := range v.Plan {
		plan[i] = gist(words, planLimit)
	}
	v.Plan = plan
	lapsed := make([]string, len(v.Lapsed))
	for i, words := range v.Lapsed {
		lapsed[i] = strings.TrimRight(gist(words, planLimit), ".")
	}
	v.Lapsed = lapsed
	w := words{set: s}
	p := struct {
		mailPage
		Prompt
		PlanLead, PlanHint string
		PlanLapsed         string
		StuckHint          string
		Planned            []planned
		Waits, Stays       []topicPage
	}{Prompt: v}
	for _, t := range cleanTopics(v.Waiting) {
		p.Waits = append(p.Waits, t.page(false))
	}
	for _, t := range cleanTopics(v.Stuck) {
		p.Stays = append(p.Stays, t.page(false))
	}
	if len(v.Stuck) > 0 {
		p.StuckHint = w.line("prompt.stuck.hint", v)
	}
	if len(v.Plan) > 0 {
		p.PlanLead, p.PlanHint = w.line("prompt.plan", v), w.line("prompt.plan.hint", v)
	}
	if len(v.Lapsed) > 0 {
		p.PlanLapsed = w.line("prompt.lapsed", v)
	}
	p.Subject = w.line(kind+".subject", v)
	p.Planned = offers(v, p.Subject)
	p.Title = p.Subject
	p.Lead = w.line(kind+".lead", v)
	p.Preheader = p.Lead
	p.FootLines = w.lines(kind+".foot", v)
	if w.err != nil {
		return Letter{}, w.err
	}
	return s.letter("prompt", p.Subject, p, p, nil, nil)
}

// planned is a thing planned with the links that say what became of it.
type planned struct {
	Words  string
	Since  string // "since Thu 26 Feb"
	Offers []offer
}

// offer is a link that begins a mail which needs but to be sent.
type offer struct {
	Word string
	URL  template.URL // made of nothing but escaped words
}

// offers adds to each thing planned the links that answer it.
func offers(v Prompt, subject string) []planned {
	list := make([]planned, len(v.Plan))
	for i, words := range v.Plan {
		list[i].Words = words
		if i < len(v.Since) {
			list[i].Since = v.Since[i]
		}
		for _, word := range v.Offers {
			link := "mailto:" + strings.ReplaceAll(escapeURL(v.ReplyTo), "%40", "@") + "?subject=" + escapeURL("Re: "+subject) + "&body=" + escapeURL(fmt.Sprintf("%d %s", i+1, word))
			list[i].Offers = append(list[i].Offers, offer{word, template.URL(link)})
		}
	}
	return list
}

// escapeURL writes words as a part of a link (RFC 6068): a space is no plus there.
func escapeURL(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// Digest renders the mail that tells. What would make it too long is left out, and the mail says so.
func (s *Set) Digest(v Digest) (Letter, error) {
	v = v.clean()
	w := words{set: s}
	page := mailPage{
		Subject: w.line("digest.subject", v), Title: w.line("digest.title", v), Lead: w.line("digest.lead", v),
		FootLines: w.lines("digest.foot", v),
	}
	page.Preheader = page.Lead
	if w.err != nil {
		return Letter{}, w.err
	}
	inText, inHTML, err := s.fill(v, page)
	if err != nil {
		return Letter{}, err
	}
	return s.letter("digest", page.Subject, inText, inHTML, inText.people(), inHTML.people())
}

// mailPage is what every mail's templates need.
type mailPage struct {
	Subject, Title, Preheader, Lead string
	FootLines                       []string
}

// letter renders both parts of a mail, and puts into each the people who are set already.
func (s *Set) letter(kind, subject string, text, html any, inText, inHTML [][]string) (Letter, error) {
	b := scratch.Get().(*bytes.Buffer)
	defer scratch.Put(b)
	b.Reset()
	if err := s.text.ExecuteTemplate(b, kind, text); err != nil {
		return Letter{}, fmt.Errorf("rendering the text of a %s: %w", kind, err)
	}
	l := Letter{Subject: subject}
	var err error
	if l.Text, err = fillIn(rewrap(b.Bytes()), put+"\n", inText); err != nil {
		return Letter{}, fmt.Errorf("rendering the text of a %s: %w", kind, err)
	}
	b.Reset()
	if err = s.html.ExecuteTemplate(b, kind, html); err != nil {
		return Letter{}, fmt.Errorf("rendering the HTML of a %s: %w", kind, err)
	}
	if l.HTML, err = fillIn(b.String(), put, inHTML); err != nil {
		return Letter{}, fmt.Errorf("rendering the HTML of a %s: %w", kind, err)
	}
	return l, nil
}

// fillIn puts the pieces of each section where the template has the mark for them.
func fillIn(page, mark string, sections [][]string) (string, error) {
	if n := strings.Count(page, mark); n != len(sections) {
		return "", fmt.Errorf("there are %d places for the people of %d teams", n, len(sections))
	}
	if len(sections) == 0 {
		return page, nil
	}
	size := len(page)
	for _, pieces := range sections {
		for _, p := range pieces {
			size += len(p)
		}
	}
	var b strings.Builder
	b.Grow(size)
	for _, pieces := range sections {
		before, after, _ := strings.Cut(page, mark)
		b.WriteString(before)
		for _, p := range pieces {
			b.WriteString(p)
		}
		page = after
	}
	b.WriteString(page)
	return b.String(), nil
}

// scratch is room for texts that are not set yet.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// words renders templates that are one sentence or a few. It keeps the first error.
type words struct {
	set *Set
	err error
}

// line gives the template's words as one line.
func (w *words) line(name string, v any) string {
	return strings.Join(strings.Fields(w.render(name, v)), " ")
}

// lines gives the template's words line by line.
func (w *words) lines(name string, v any) []string {
	return strings.FieldsFunc(w.render(name, v), func(r rune) bool { return r == '\n' })
}

func (w *words) render(name string, v any) string {
	if w.err != nil {
		return ""
	}
	var b strings.Builder
	if err := w.set.text.ExecuteTemplate(&b, name, v); err != nil {
		w.err = fmt.Errorf("rendering %s: %w", name, err)
	}
	return b.String()
}

// Series joins names as in a sentence: "Aiko, Dev and Mia".
func Series(names []string, and string) string {
	names = runningOn(names)
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " " + and + " " + names[n-1]
	}
	return strings.Join(names, "")
}

// runningOn ends names in scripts that run from right to left with a mark (U+200E), without which two of them and the comma between them
// would change places. No mail program knows <bdi>.
func runningOn(names []string) []string {
	list := names
	for i, name := range names {
		if !slices.ContainsFunc([]rune(name), isRTL) {
			continue
		}
		if &list[0] == &names[0] {
			list = slices.Clone(names)
		}
		list[i] += "\u200e"
	}
	return list
}

// Count puts a number before a noun: "1 item", "3 items".
func Count(n int, noun string) string { return count(n, noun) }

func count(n int, noun string) string {
	if n != 1 && noun != "people" {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Names in a subject, other lines of ours, and lines that come from a mail, in characters.
const (
	nameLimit     = 60
	questionLimit = 200
	planLimit     = 140
	subjectLimit  = 120
)

func (f Foot) clean() Foot {
	f.Teams = cleanAll(f.Teams)
	return f
}

// UnsubscribePage writes the page that a link to unsubscribe leads to.
func (s *Set) UnsubscribePage(w io.Writer, v UnsubscribePage) error {
	v.Name, v.Teams = Line(v.Name, nameLimit), cleanAll(v.Teams)
	return s.page(w, "unsubscribe", v)
}

// InboxPage writes the page that lists everyone's mails.
func (s *Set) InboxPage(w io.Writer, v InboxPage) error {
	return s.page(w, "inbox", v)
}

// MailPage writes the page that shows one mail.
func (s *Set) MailPage(w io.Writer, v MailPage) error {
	return s.page(w, "mail", v)
}

func (s *Set) page(w io.Writer, name string, v any) error {
	var b strings.Builder
	if err := s.html.ExecuteTemplate(&b, name, v); err != nil {
		return fmt.Errorf("rendering the page %s: %w", name, err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// check renders a sample of everything.
func (s *Set) check() error {
	letters := map[string]func() (Letter, error){
		"prompt":   func() (Letter, error) { return s.Prompt(samplePrompt()) },
		"reminder": func() (Letter, error) { return s.Reminder(samplePrompt()) },
		"digest":   func() (Letter, error) { return s.Digest(sampleDigest()) },
		"decisions": func() (Letter, error) {
			return s.Decisions(Decisions{Weekly: sampleWeekly(), Since: "Sun 1 Mar", Newest: 500})
		},
		"weekly":   func() (Letter, error) { return s.Weekly(sampleWeekly()) },
		"troubles": func() (Letter, error) { return s.Troubles(sampleTroubles()) },
	}
	for _, kind := range ReceiptKinds() {
		letters[string(kind)] = func() (Letter, error) { return s.Receipt(sampleReceipt(kind)) }
	}
	for kind, render := range letters {
		l, err := render()
		if err != nil {
			return fmt.Errorf("checking the templates: %w", err)
		}
		if err := l.check(); err != nil {
			return fmt.Errorf("checking the templates: %s: %w", kind, err)
		}
	}
	for _, state := range []UnsubscribeState{AskUnsubscribe, Unsubscribed, TroubleWithLink, UnknownLink} {
		if err := s.UnsubscribePage(io.Discard, UnsubscribePage{State: state, Name: "Aiko Tanaka", Teams: []string{"Platform"}}); err != nil {
			return fmt.Errorf("checking the templates: %w", err)
		}
	}
	if err := s.InboxPage(io.Discard, sampleInbox()); err != nil {
		return fmt.Errorf("checking the templates: %w", err)
	}
	for _, v := range []MailPage{sampleMail(HTMLView), sampleMail(TextView), sampleMail(SourceView)} {
		if err := s.MailPage(io.Discard, v); err != nil {
			return fmt.Errorf("checking the templates: %w", err)
		}
	}
	return nil
}

// check finds what a changed template could break without an error.
func (l Letter) check() error {
	switch {
	case l.Subject == "" || strings.ContainsAny(l.Subject, "\r\n"):
		return fmt.Errorf("the subject is %q", l.Subject)
	case strings.TrimSpace(l.Text) == "" || strings.Contains(l.Text, "<no value>"):
		return fmt.Errorf("the text part is empty or lacks a value")
	case !strings.Contains(l.HTML, "</html>") || !utf8.ValidString(l.HTML):
		return fmt.Errorf("the HTML part is not a whole document")
	}
	return nil
}

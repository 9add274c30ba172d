package digest

import (
	"bytes"
	"maps"
	"mime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// words are all that others choose of a mail.
type words struct {
	name    string // of a member, also of the reader
	team    string // of teams, check-ins and questions
	subject string // of a mail that is answered, its Message-ID and what it came from
	item    string // of an update, a plan, and what was left out
	doubt   string // why something was not understood, what a server said, what was set
}

// composed gives, by name, how to compose one mail of each kind with words of others.
func composed(t testing.TB, c *Composer) map[string]func(words) (team.Outgoing, error) {
	t.Helper()
	now := tuesday(t)
	teams := func(w words) (one, two team.Team) {
		one, two = platform, growth
		one.Name, two.Name = w.team, w.team
		one.CheckIns = []team.CheckIn{{ID: 10, TeamID: 1, Name: "daily", Reminder: true}, {ID: 11, TeamID: 1, Name: w.team, Questions: []string{w.team, w.item}}}
		return one, two
	}
	reader := func(w words) team.Person {
		one, two := teams(w)
		p := aiko(one, two)
		p.Name = w.name
		return p
	}
	entry := func(w words) team.Entry {
		e := said(2, w.name, paris, march(2), 1, "done: a", "next: b", "note: c", "? x", "stuck: d")
		for i := range e.Items {
			e.Items[i].Text = w.item
		}
		e.Items[3].Asked, e.CheckIn = w.team, w.team
		return e
	}
	ask := func(w words) team.Turn {
		turn := asking()
		turn.Person = reader(w)
		turn.Team, _ = teams(w)
		turn.CheckIn = turn.Team.CheckIns[1]
		turn.Plan = []string{w.item, w.doubt}
		return turn
	}
	list := map[string]func(words) (team.Outgoing, error){
		"prompt": func(w words) (team.Outgoing, error) { return c.Prompt(ask(w), now) },
		"reminder": func(w words) (team.Outgoing, error) {
			turn := ask(w)
			turn.Prompt = &team.Sent{Kind: team.PromptMail, MemberID: 1, TeamID: 1, CheckInID: 11, Day: march(2), MessageID: w.subject, Questions: []string{w.team, w.item}, Plan: turn.Plan}
			return c.Reminder(turn, now)
		},
		"digest": func(w words) (team.Outgoing, error) {
			turn := reading(reader(w), map[*team.Team][]team.Entry{&platform: {entry(w)}, &growth: {entry(w)}})
			turn.Reading[0].Team, turn.Reading[1].Team = teams(w)
			turn.Reading[0].Away = []team.Absent{{MemberID: 4, Name: w.name, Back: march(9)}, {MemberID: 5, Name: w.team}}
			turn.Reading[0].Members = eightZones()
			for i := range turn.Reading[0].Members {
				turn.Reading[0].Members[i].Name = w.name
			}
			m, _, err := c.Digest(turn, now)
			return m, err
		},
		"digest of one team": func(w words) (team.Outgoing, error) {
			p := reader(w)
			p.Teams = p.Teams[:1]
			turn := reading(p, map[*team.Team][]team.Entry{&platform: {entry(w), correction(entry(w))}})
			turn.Reading[0].Team = p.Teams[0].Team
			m, _, err := c.Digest(turn, now)
			return m, err
		},
		"notice": func(w words) (team.Outgoing, error) {
			n := noticing()
			n.Person = reader(w)
			n.About.Name, n.About.Addresses, n.About.Unreached.Why = w.name, []string{w.subject}, w.doubt
			return c.Notice(n, now)
		},
	}
	for name, n := range notices() {
		list[name] = func(w words) (team.Outgoing, error) {
			n := n
			n.Person, n.About.Name = reader(w), w.name
			if !strings.HasPrefix(name, "notice-private") { // it is answered to that address, which is one then
				n.About.Addresses = []string{w.subject}
			}
			n.Team, _ = teams(w)
			return c.Notice(n, now)
		}
	}
	answers := receipts()
	for _, kind := range []team.AnswerKind{team.AnswerPaused, team.AnswerResumed, team.AnswerHelp, team.AnswerAway, team.AnswerBack, team.AnswerHere, team.AnswerCalledOff} {
		answers[string(kind)] = team.Answer{Kind: kind, Away: team.Span{From: march(9), Through: march(20)}, CalledOff: []team.Span{{From: march(9)}}}
	}
	for name, a := range answers {
		list["receipt-"+name] = func(w words) (team.Outgoing, error) {
			a := a
			a.ID, a.Person, a.Subject, a.MessageID = 7, reader(w), w.subject, w.subject
			if !a.Said.Day.IsZero() {
				a.Said.Team, _ = teams(w)
				a.Said.CheckIn = w.team
				a.Said.Entries = []team.Entry{entry(w)}
			}
			a.Said.LeftOut = []team.LeftOut{{Words: w.item, Why: "quoted"}, {Words: w.subject, Why: "signature"}}
			a.Doubt = team.Doubt{Why: w.doubt, Try: []string{"tz " + w.doubt, w.doubt, "tz Asia/Tokyo"}}
			if a.Changed.Part != "" {
				a.Changed.Was, a.Changed.Is = w.doubt, w.doubt
			}
			if a.Changed.Team.ID != 0 {
				a.Changed.Team, _ = teams(w)
				a.Changed.Whose.Name, a.Changed.Whose.Addresses = w.name, []string{w.subject}
			}
			if len(a.Members) > 0 {
				one, two := teams(w)
				a.Members = []team.TeamMembers{{Team: one, Members: []team.Person{reader(w), reader(w)}, Invited: []string{w.subject}}, {Team: two}}
			}
			if a.InQuestion.Address != "" {
				a.InQuestion = team.InQuestion{Address: w.subject, Subject: w.subject}
			}
			return c.Answer(a, now)
		}
	}
	return list
}

// shape is what a mail is made of apart from words.
type shape struct {
	headers map[string]bool
	made    map[string]bool // "td", "td style=…", of the HTML
	styles  map[string]bool // the texts of style elements, and comments
}

func (s shape) add(t testing.TB, m team.Outgoing) {
	t.Helper()
	p := parse(t, m)
	for key := range p.header {
		s.headers[key] = true
	}
	for what, text := range markup(t, p.html) {
		s.made[what] = true
		if text != "" {
			s.styles[text] = true
		}
	}
}

// markup gives what a document has of elements and attributes, with the values of those that no words of others belong into, and the
// texts of style elements and comments.
func markup(t testing.TB, doc string) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode:
			list["comment "+n.Data] = n.Data
		case n.Type == html.ElementNode && (n.Data == "style" || n.Data == "script"):
			list[n.Data] = n.FirstChild.Data
		case n.Type == html.ElementNode:
			list[n.Data] = ""
			for _, a := range n.Attr {
				what := n.Data + " " + a.Key
				if !slices.Contains([]string{"href", "start", "dir", "aria-label"}, a.Key) {
					what += "=" + a.Val
				}
				list[what] = ""
			}
		}
	}
	return list
}

// harmless is the shape of mails of ordinary words, with all that words may be set as.
func harmless(t testing.TB, c *Composer) shape {
	t.Helper()
	s := shape{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for name, m := range mails(t, c) {
		if !strings.HasSuffix(name, "hostile") {
			s.add(t, m)
		}
	}
	rich := "See https://example.com/a?b=c, then:\n\n- one\n- two\n\n3. three\n4. four\n\n```\ncode\n```\n\n> quoted\n\nالعربية"
	for _, compose := range composed(t, c) {
		for _, w := range []words{
			{"Aiko Tanaka", "Platform", "abc@mail.example.org", rich, "it is not clear"}, {"آيكو", "פלטפורמה", "Re: hello", "plain", "550 no"}, {"a", rich, rich, rich, rich},
		} {
			m, err := compose(w)
			if err != nil {
				t.Fatal(err)
			}
			s.add(t, m)
		}
	}
	return s
}

// check fails for whatever in a mail is not words.
func (s shape) check(t testing.TB, name string, m team.Outgoing) {
	t.Helper()
	p := parse(t, m)
	checkLines(t, name, m.Raw)
	block, _, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
	if n := len(fieldNames(block)); n != len(p.header) {
		t.Errorf("%s: there are %d header fields of %d names", name, n, len(p.header))
	}
	for key, values := range p.header {
		if !s.headers[key] || len(values) != 1 {
			t.Errorf("%s: the header %s is %q", name, key, values)
		}
		plain, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil {
			t.Errorf("%s: %s cannot be decoded: %v", name, key, err)
		}
		checkCharacters(t, name+" "+key, plain)
		if strings.Contains(plain, "\n") {
			t.Errorf("%s: %s has several lines: %q", name, key, plain)
		}
	}
	answered := "" // any reply address of ours
	if strings.HasPrefix(name, "notice-private") {
		answered = "dev@example.com"
	}
	for key, want := range map[string]string{"From": "updates@example.com", "To": "aiko@example.com", "Reply-To": answered} {
		list, err := p.header.AddressList(key)
		if err != nil || len(list) != 1 || want != "" && list[0].Address != want || want == "" && !strings.HasPrefix(list[0].Address, "updates+") {
			t.Errorf("%s: %s is %q: %v", name, key, p.header.Get(key), err)
		}
	}
	if m.To != "aiko@example.com" || m.From != "" && m.From != "updates@example.com" {
		t.Errorf("%s: it goes from %q to %q", name, m.From, m.To)
	}
	checkHTML(t, name, p.html)
	for what, text := range markup(t, p.html) {
		if !s.made[what] || text != "" && !s.styles[text] {
			t.Errorf("%s: there is %.200q", name, what)
		}
	}
	checkCharacters(t, name+" HTML", html.UnescapeString(p.html))
	checkCharacters(t, name+" text", p.text)
	if p.text != m.Text {
		t.Errorf("%s: the text part is not what was sent", name)
	}
}

// fieldNames are the names of header fields, one for each, as they stand.
func fieldNames(block []byte) []string {
	var names []string
	for line := range bytes.SplitSeq(block, []byte("\r\n")) {
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
			name, _, _ := bytes.Cut(line, []byte(":"))
			names = append(names, string(name))
		}
	}
	return names
}

// attacks are words that try to be more than words.
var attacks = []string{
	"x\r\nBcc: all@example.org", "x\nX-Evil: 1\n\nbody", "x\r\n\r\n<html><script>alert(1)</script>", "a\rb\x00c\x1b[31m",
	"a\" <b@example.org>, \"c", "=?utf-8?q?x=0D=0ABcc:_y=40z.org?=", "=?utf-8?b?4oCuZ25w?=", "\u202egnp.exe\u2066 turned \u2069\u202c", "\u2028Bcc: x\u0085y",
	"--daybreak-x\r\nContent-Type: text/html\r\n\r\n<b>part</b>\r\n--daybreak-x--", "</td></tr></table><style>*{display:none}</style><script>x</script><img src=x onerror=x>",
	"https://a.example/\"onmouseover=\"x http://b.example/'><svg/onload=x> mailto:a@b.example?subject=x%0d%0aBcc:c@d.example",
	"javascript:alert(1) vbscript:x data:text/html,<script>x</script> JaVaScRiPt:x file:///etc/passwd [x](javascript:x) <javascript:x>",
	"javascript://a.example/%0ahttps://b.example", "https:javascript:x http:\\\\x", "{{.Token}} {{template \"top\"}} <!--[if mso]><b>x<![endif]--> --> ]]>",
	"<a@b.example>\r\nX: y", "a@b.example>\r\nX: y", strings.Repeat("ü", 700), strings.Repeat("<", 3000), strings.Repeat("&#x202e;", 50), "&#8238;&#10;&lt;script&gt;", "\xff\xfe\x80", ".\r\n.\r\nQUIT", "From x\n.\n", "```\n</pre><b>\n```", "", " ", "\u2067", "\u200f\u061c\ufeff\u00ad",
}

func TestNobodysWordsBecomeMoreThanWords(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is one goroutine")
	}
	c := testComposer(t)
	s := harmless(t, c)
	for name, compose := range composed(t, c) {
		for _, a := range attacks {
			m, err := compose(words{a, a, a, a, a})
			if err != nil {
				t.Fatalf("%s with %.30q: %v", name, a, err)
			}
			if m.Raw == nil && strings.TrimSpace(a) == "" { // nothing was said, so there is no digest
				continue
			}
			s.check(t, name+" with "+a[:min(len(a), 30)], m)
		}
	}
}

// FuzzCompose puts any words into one mail of each kind, one after the other.
func FuzzCompose(f *testing.F) {
	c := testComposer(f)
	s, all := harmless(f, c), composed(f, c)
	kinds := slices.Sorted(maps.Keys(all))
	for i, a := range attacks {
		b := attacks[(i+7)%len(attacks)]
		f.Add(byte(i), a, b, a+b, b+"\n"+a, b)
	}
	f.Fuzz(func(t *testing.T, kind byte, name, teamName, subject, item, doubt string) {
		if len(name)+len(teamName)+len(subject)+len(item)+len(doubt) > 20_000 {
			return
		}
		what := kinds[int(kind)%len(kinds)]
		m, err := all[what](words{name, teamName, subject, item, doubt})
		if err != nil {
			t.Fatal(err)
		}
		if m.Raw != nil || !strings.HasPrefix(what, "digest") { // there may be nothing to tell
			s.check(t, what, m)
		}
	})
}

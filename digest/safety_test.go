package digest

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/width"

	"daybreak/internal/team"
)

// checkHTML parses a mail's HTML and fails for anything that our templates do not make.
func checkHTML(t testing.TB, name, doc string) {
	t.Helper()
	known := clients(t)
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			if !strings.HasPrefix(n.Data, "[if mso]>") || !strings.HasSuffix(n.Data, "<![endif]") {
				t.Errorf("%s: there is a comment: %.60q", name, n.Data)
			}
		case html.ElementNode:
			if !known["element "+n.Data] {
				t.Errorf("%s: there is an element <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				if !known["attribute "+a.Key] {
					t.Errorf("%s: <%s> has an attribute %s=%.60q", name, n.Data, a.Key, a.Val)
				}
				checkAttribute(t, name, n, a)
			}
		}
	}
}

// planAnswer is what a link under a thing planned says.
var planAnswer = regexp.MustCompile(`^[1-9] (done|moved|dropped)$`)

func checkAttribute(t testing.TB, name string, n *html.Node, a html.Attribute) {
	t.Helper()
	switch {
	case a.Key == "href":
		u, err := url.Parse(a.Val)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
			t.Errorf("%s: there is a link to %q", name, a.Val)
		}
		if err == nil && u.Scheme == "mailto" && len(u.Query()) == 2 && u.Query().Has("subject") && planAnswer.MatchString(u.Query().Get("body")) {
			if to, err := url.PathUnescape(u.Opaque); err != nil || !strings.HasPrefix(to, "updates+") || strings.ContainsAny(to, "?&,") || n.FirstChild == nil || !strings.HasSuffix(a.Val, "%20"+n.FirstChild.Data) {
				t.Errorf("%s: the link %q to answer a plan", name, a.Val)
			}
			break
		}
		if n.FirstChild == nil || n.FirstChild.Data != a.Val {
			t.Errorf("%s: a link to %q shows something else", name, a.Val)
		}
	case a.Key == "style" && (strings.Contains(a.Val, "url(") || strings.Contains(a.Val, "expression")):
		t.Errorf("%s: a style is %q", name, a.Val)
	}
}

// checkText fails if a line of a text part is wider than 72 columns without being a link, or if it has characters that act.
func checkText(t testing.TB, name, text string) {
	t.Helper()
	if !utf8.ValidString(text) || !strings.HasSuffix(text, "\n") || strings.HasPrefix(text, "\n") {
		t.Errorf("%s: the text part is not whole", name)
	}
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		link := len(words) <= 2 && strings.Contains(line, ":")
		if columns(line) > 72 && !link {
			t.Errorf("%s: a line has %d columns: %q", name, columns(line), line)
		}
		if strings.TrimRight(line, " \t") != line {
			t.Errorf("%s: a line ends with blanks: %q", name, line)
		}
	}
	checkCharacters(t, name, text)
}

// checkCharacters fails for control characters and for marks that turn the direction of what follows.
func checkCharacters(t testing.TB, name, s string) {
	t.Helper()
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%s: the character %U came through", name, r)
			return
		}
	}
}

// columns is the width of a line on a terminal, reckoned otherwise than by the code that is tested.
func columns(line string) int {
	n := 0
	runes := []rune(line)
	for i, r := range runes {
		joined := i > 0 && runes[i-1] == 0x200d
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), joined, r >= 0x1f3fb && r <= 0x1f3ff:
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func TestMailsAreMadeOfNothingButOurOwnMarkup(t *testing.T) {
	for name, m := range mails(t, testComposer(t)) {
		p := parse(t, m)
		checkHTML(t, name, p.html)
		checkCharacters(t, name, p.html)
		checkText(t, name, p.text)
		if len(p.html) > 100_000 {
			t.Errorf("%s: the HTML has %d bytes", name, len(p.html))
		}
	}
}

func TestHeadingsDescendOneByOne(t *testing.T) {
	for name, m := range mails(t, testComposer(t)) {
		root, err := html.Parse(strings.NewReader(parse(t, m).html))
		if err != nil {
			t.Fatal(err)
		}
		level := byte('0')
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] <= '6' && n.Data != "hr" {
				if n.Data[1] > level+1 {
					t.Errorf("%s: <%s> follows <h%c>", name, n.Data, level)
				}
				level = n.Data[1]
			}
		}
		if level == '0' {
			t.Errorf("%s has no heading", name)
		}
	}
}

func TestALongDigestStaysUnderAHundredKilobytesAndSaysWhatIsLeftOut(t *testing.T) {
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: crowd(300, 4)})
	m, ok, err := testComposer(t).Digest(turn, tuesday(t))
	marks := m.Marks
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	p := parse(t, m)
	checkHTML(t, "crowd", p.html)
	if n := len(p.html); n > 100_000 || n < 70_000 {
		t.Errorf("the HTML has %d bytes", n)
	}
	shown := strings.Count(p.html, "aria-label=\"item ")
	left := "… " + itoa(1200-shown) + " more items from "
	if !strings.Contains(p.html, left) || !strings.Contains(p.html, "are left out here because this mail would be too long. The plain text part of this mail has them.") {
		t.Errorf("%d items are shown, but the mail does not say %q", shown, left)
	}
	if len(marks) != 1200 || strings.Count(p.text, "Item ") != 1200 || strings.Contains(p.text, "left out") {
		t.Errorf("the text part has %d items of %d", strings.Count(p.text, "Item "), len(marks))
	}
}

func TestOneEndlessItemDoesNotPushOutTheOthers(t *testing.T) {
	long := said(2, "Anna", paris, march(2), 1, "note: "+strings.Repeat("много слов ", 40_000))
	short := said(3, "Mia", paris, march(2), 2, "done: Short and sweet.")
	m, _, err := testComposer(t).Digest(reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {long, short}}), tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, m)
	checkText(t, "long", p.text)
	for part, s := range map[string]string{"text": p.text, "HTML": p.html} {
		if !strings.Contains(s, "Short and sweet.") || !strings.Contains(s, "… (the rest of this item") {
			t.Errorf("the %s lacks something", part)
		}
	}
	if len(p.html) > 100_000 || len(m.Raw) > 2_000_000 {
		t.Errorf("the HTML has %d bytes, the mail %d", len(p.html), len(m.Raw))
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// FuzzDigestItem puts any words of a person into a digest: as an item, as a name, as a question.
func FuzzDigestItem(f *testing.F) {
	for _, turn := range turns() {
		for _, e := range turn.Reading[0].Entries {
			for _, item := range e.Items {
				f.Add(item.Text, e.Name)
			}
		}
	}
	f.Add("```\n<b>\n", "a\nb")
	f.Add("- a\n  b\n- c\n\n    d\n1. e\n2) f", "")
	f.Add("https://a\u202e.example/(x)) mailto:@ http:// HTTP://X/?<>", "\u2066")
	c := testComposer(f)
	f.Fuzz(func(t *testing.T, words, name string) {
		e := said(2, name, paris, march(2), 1, "done: Before.", "note: x", "thanks: After.")
		e.Items[1].Text, e.Items[2].Text = words, words
		e.Items[1].Question, e.Items[1].Asked = 0, name
		turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {e}})
		m, ok, err := c.Digest(turn, tuesday(t))
		marks := m.Marks
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		p := parse(t, m)
		checkHTML(t, "fuzz", p.html)
		checkCharacters(t, "fuzz", p.html)
		if isASCII(words + name) {
			checkText(t, "fuzz", p.text)
		}
		checkCharacters(t, "fuzz", p.text)
		checkLines(t, "fuzz", m.Raw)
		if p.text != m.Text {
			t.Error("the text part is not what was sent")
		}
		for mark := range marks {
			if !strings.Contains(p.text, "["+mark+"]") || !strings.Contains(p.html, ">"+mark+"</span>") {
				t.Errorf("the item %s is not shown", mark)
			}
		}
		if !strings.Contains(p.text, "Before.") {
			t.Error("another item is gone")
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

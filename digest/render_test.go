package digest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// parsed is a mail read back by the standard library.
type parsed struct {
	header     mail.Header
	text, html string
	wire       string // the text as it is sent
	unbroken   string // the text with each paragraph on one line
}

func parse(t testing.TB, m team.Outgoing) parsed {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("reading back: %v", err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %q, error %v", kind, err)
	}
	p := parsed{header: msg.Header}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for i, want := range []string{"text/plain", "text/html"} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != want || params["charset"] != "UTF-8" {
			t.Fatalf("part %d is %q %v, error %v", i, kind, params, err)
		}
		var body io.Reader = quotedprintable.NewReader(part)
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		if i == 0 {
			if params["format"] != "flowed" {
				t.Fatalf("the text is %v", params)
			}
			p.wire = strings.ReplaceAll(string(b), "\r\n", "\n")
			for line := range strings.Lines(p.wire) { // RFC 3676 §4.2 and §4.4
				line = strings.TrimPrefix(line, " ")
				p.text += strings.TrimRight(line, " \n") + "\n"
				if p.unbroken += line; strings.HasSuffix(line, " \n") {
					p.unbroken = strings.TrimSuffix(p.unbroken, "\n")
				}
			}
		} else {
			p.html = strings.ReplaceAll(string(b), "\r\n", "\n")
		}
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		t.Fatalf("there is a third part: %v", err)
	}
	return p
}

func TestHeadersSayWhatTheMailIsAndHowToAnswerIt(t *testing.T) {
	c := testComposer(t)
	now := tuesday(t)
	all := mails(t, c)
	prompt := reminding(t, c).Prompt
	for name, m := range all {
		h := parse(t, m).header
		check := func(key, want string) {
			t.Helper()
			if got := h.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
			if n := len(h[key]); want != "" && n != 1 {
				t.Errorf("%s: there are %d %s", name, n, key)
			}
		}
		member, address, made := int64(1), "aiko@example.com", now
		if m.Kind == team.WeeklyMail {
			made = time.Date(2026, time.March, 6, 16, 0, 0, 0, now.Location()) // the last prompt of the week
		}
		toAdmin := strings.HasPrefix(name, "troubles") // who is no member as such
		if toAdmin {
			member, address = 0, "rosa@example.com"
		}
		local, domain, _ := strings.Cut(m.MessageID, "@")
		if domain != "example.com" || m.MessageID != strings.ToLower(m.MessageID) {
			t.Errorf("%s: the Message-ID is %q", name, m.MessageID)
		}
		tok, err := c.Keys.Verify(local, now)
		if err != nil || tok.Member != member || tok.Expires != tok.Day.Add(90) {
			t.Errorf("%s: the token says %+v, error %v", name, tok, err)
		}
		answer, err := h.AddressList("Reply-To")
		private, own := strings.HasPrefix(name, "notice-private"), "updates+"+local+"@example.com"
		if private { // it is answered without us
			own = "dev@example.com"
		}
		if err != nil || answer[0].Address != own {
			t.Errorf("%s: Reply-To is %v, error %v", name, answer, err)
		}
		from, err := h.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Address != "updates@example.com" {
			t.Errorf("%s: From is %v, error %v", name, from, err)
		}
		to, err := h.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != address || m.To != to[0].Address {
			t.Errorf("%s: To is %v, the envelope %q, error %v", name, to, m.To, err)
		}
		offset := "+0900"
		if name == "receipt-left-team" { // whoever is in no team may have no zone
			offset = "+0000"
		}
		if date, err := h.Date(); err != nil || !date.Equal(made) || !strings.HasSuffix(h.Get("Date"), offset) {
			t.Errorf("%s: Date is %q, error %v", name, h.Get("Date"), err)
		}
		check("Message-Id", "<"+m.MessageID+">")
		check("Mime-Version", "1.0")
		check("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply")
		check("User-Agent", "")
		check("X-Mailer", "")
		switch m.Kind {
		case team.ReceiptMail:
			check("Auto-Submitted", "auto-replied")
			if name != "receipt-confirm" { // which goes to somebody else than wrote
				check("In-Reply-To", "<abc@mail.example.org>")
				check("References", "<abc@mail.example.org>")
			}
			check("List-Id", "")
			check("List-Post", "")
			if m.From != "" {
				t.Errorf("%s: the envelope sender is %q", name, m.From)
			}
		case team.ReminderMail:
			check("In-Reply-To", "<"+prompt.MessageID+">")
			check("References", "<"+prompt.MessageID+">")
		default:
			thread := ""
			if name == "notice-comments" { // it joins that of the digest which showed the item
				thread = "<digest-of-tuesday@example.com>"
			}
			check("In-Reply-To", thread)
			check("References", thread)
		}
		unsubscribe, help := "<mailto:updates+"+local+"@example.com?subject=unsubscribe>", "<mailto:updates+"+local+"@example.com?subject=help>"
		if name == "receipt-left-team" || toAdmin { // whoever is in no team gets nothing that could be ended
			unsubscribe, help = "", ""
		}
		check("List-Unsubscribe", unsubscribe)
		check("List-Help", help)
		if m.Kind != team.ReceiptMail {
			check("Auto-Submitted", "auto-generated")
			want, wantName := "<platform.daybreak.example.com>", "Platform"
			if strings.HasSuffix(name, "-two-teams") || m.Kind == team.NoticeMail && name != "notice-newcomer" {
				want, wantName = "<daybreak.example.com>", "daybreak"
			}
			if private {
				wantName = "Dev Patel via daybreak"
			}
			check("List-Id", want)
			if post := h.Get("List-Post"); post != "" != (wantName == "Platform") || post != "" && post != "<mailto:updates+platform@example.com>" {
				t.Errorf("%s: List-Post is %q", name, post)
			}
			if from[0].Name != wantName || m.From != "updates@example.com" {
				t.Errorf("%s: From is %v, the envelope sender %q", name, from[0], m.From)
			}
		}
		if !m.CreatedAt.Equal(made) || !m.ExpiresAt.After(made) || m.MemberID != member || m.Dedupe == "" {
			t.Errorf("%s: the outbox row is %+v", name, m)
		}
	}
}

func TestEveryMailHasItsOwnPlaceInTheOutbox(t *testing.T) {
	seen := map[string]string{}
	all := mails(t, testComposer(t))
	for name, want := range map[string]string{
		"prompt": "prompt:1:10:2026-03-02", "reminder": "reminder:1:10:2026-03-02", "digest-quiet": "digest:1:2026-03-03", "receipt-help": "receipt:1:77",
	} {
		m := all[name]
		if m.Dedupe != want {
			t.Errorf("%s is %q in the outbox, want %q", name, m.Dedupe, want)
		}
		if other, ok := seen[m.MessageID]; ok {
			t.Errorf("%s and %s have one Message-ID", name, other)
		}
		seen[m.MessageID] = name
	}
}

func TestOneTurnAlwaysGivesTheSameBytes(t *testing.T) {
	first, second := mails(t, testComposer(t)), mails(t, testComposer(t))
	for name, m := range first {
		if !bytes.Equal(m.Raw, second[name].Raw) {
			t.Errorf("%s was rendered to other bytes the second time", name)
		}
	}
}

func TestTheTextPartIsKeptAsItIsSent(t *testing.T) {
	for name, m := range mails(t, testComposer(t)) {
		if got := parse(t, m).text; got != m.Text {
			t.Errorf("%s: kept is\n%q\nsent was\n%q", name, m.Text, got)
		}
	}
}

// TestParagraphsOfOursFlow: a program that is wider or narrower than 72 columns sets them anew, and leaves items as they are.
func TestParagraphsOfOursFlow(t *testing.T) {
	all := mails(t, testComposer(t))
	busy := parse(t, all["digest-busy"])
	for _, want := range []string{
		"\n36 items from Camila, Dev, Grace, Hana, Jonas, Lena, Mia, Oleg, Priya, Sam, Tomás and Wanjiru.\n",
		"\n           Fixed, with a test.                                      [j1]\n", "\n               if row.id not in seen:\n",
		"\n  next     The primary, on Sunday at 06:00 UTC. It is down for\n           about a minute.                                          [h2]\n",
	} {
		if !strings.Contains(busy.unbroken, want) {
			t.Errorf("unbroken it lacks %q:\n%s", want, busy.unbroken)
		}
	}
	help := parse(t, all["receipt-help"]).unbroken
	if want := "\n  - \"tz Lisbon\": you have moved\n"; !strings.Contains(help, want) {
		t.Errorf("unbroken it lacks %q:\n%s", want, help)
	}
	for name, m := range all {
		for line := range strings.Lines(parse(t, m).wire) {
			if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "From ") || strings.HasPrefix(line, "-- ") {
				t.Errorf("%s: a program may take the line %q for a quote, a mailbox's or a signature's", name, line)
			}
		}
	}
}

func TestLinesEndWithCRLFAndAreShort(t *testing.T) {
	for name, m := range mails(t, testComposer(t)) {
		checkLines(t, name, m.Raw)
	}
}

// checkLines fails if a line of a mail is longer than SMTP takes or ends otherwise than with CRLF, or if it is not ASCII.
func checkLines(t testing.TB, name string, raw []byte) {
	t.Helper()
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 78 && bytes.ContainsRune(bytes.TrimSpace(line), ' ') || len(line) > 200 {
			t.Errorf("%.20s: line %d has %d bytes: %.100q", name, i, len(line), line)
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%.20s: line %d has a bare CR, LF or NUL: %.100q", name, i, line)
		}
		for _, c := range line {
			if c >= 0x80 {
				t.Errorf("%.20s: line %d is not ASCII: %.100q", name, i, line)
				break
			}
		}
	}
}

func TestNoNameOrSubjectCanAddAHeader(t *testing.T) {
	c := testComposer(t)
	evil := []string{
		"x\r\nBcc: all@example.org", "x\nX-Evil: 1", "x\r\n\r\n<html>", "x\x00y", "a\" <b@example.org>, \"c", "=?utf-8?q?x=0D=0ABcc:_y?=",
		"\u202egro.elpmaxe", strings.Repeat("long ", 100), strings.Repeat("ü", 500), strings.Repeat("x", 3000), "\u2028Bcc: x", "(comment", "<>", ",;:", "",
	}
	allowed := map[string]bool{}
	for _, m := range mails(t, c) {
		for key := range parse(t, m).header {
			allowed[key] = true
		}
	}
	for _, words := range evil {
		bad := platform
		bad.Name = words
		person := aiko(bad)
		person.Name = words
		ask := asking()
		ask.Person, ask.Team = person, bad
		ask.CheckIn.Questions = []string{words}
		digest := reading(person, map[*team.Team][]team.Entry{&platform: {said(2, words, paris, march(2), 1, "done: "+words+".")}})
		digest.Reading[0].Team = bad
		var list []team.Outgoing
		m, err := c.Prompt(ask, tuesday(t))
		if err != nil {
			t.Fatalf("%.20q: %v", words, err)
		}
		list = append(list, m)
		if m, _, err = c.Digest(digest, tuesday(t)); err != nil {
			t.Fatalf("%.20q: %v", words, err)
		}
		list = append(list, m)
		if m, err = c.Answer(team.Answer{ID: 1, Kind: team.AnswerHelp, Person: person, Subject: words, MessageID: words + "@" + words}, tuesday(t)); err != nil {
			t.Fatalf("%.20q: %v", words, err)
		}
		for _, m := range append(list, m) {
			p := parse(t, m)
			checkLines(t, words, m.Raw)
			for key, values := range p.header {
				if !allowed[key] || len(values) != 1 {
					t.Errorf("%.20q: a %s has the header %s %q", words, m.Kind, key, values)
				}
			}
			if strings.ContainsAny(m.Subject, "\r\n\u202e") {
				t.Errorf("%.20q: the subject is %q", words, m.Subject)
			}
			for _, key := range []string{"From", "To", "Reply-To"} {
				if list, err := p.header.AddressList(key); err != nil || len(list) != 1 {
					t.Errorf("%.20q: %s is %q: %v", words, key, p.header.Get(key), err)
				}
			}
		}
	}
}

func TestOddMessageIDsAreNotRepeated(t *testing.T) {
	c := testComposer(t)
	for id, want := range map[string]bool{
		"abc@mail.example.org": true, "CAF+x.y_z=1$2@mx.example.org": true, "": false, "no-at": false, "a@b@c": true, "a b@c": false,
		"a@b>\r\nBcc: x": false, strings.Repeat("x", 900) + "@y": false, "ü@x": false,
	} {
		m, err := c.Answer(team.Answer{ID: 1, Kind: team.AnswerHelp, Person: aiko(platform), MessageID: id}, tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := parse(t, m).header.Get("In-Reply-To") != ""; got != want {
			t.Errorf("the Message-ID %q was repeated: %v, want %v", id, got, want)
		}
	}
}

func TestAddressesThatNoServerTakesAreRefused(t *testing.T) {
	c := testComposer(t)
	for addr, want := range map[string]string{
		"aiko@example.com": "aiko@example.com", "aiko@bücher.example": "aiko@xn--bcher-kva.example",
		"åke@example.com": "åke@example.com", "": "", "aiko": "", "a@b>, <c@d": "", "a@b\r\nBcc: x@y": "",
	} {
		turn := asking()
		turn.Person.Addresses = []string{addr}
		m, err := c.Prompt(turn, tuesday(t))
		if m.To != want || (err == nil) != (want != "") {
			t.Errorf("mail to %q goes to %q, error %v; want %q", addr, m.To, err, want)
		}
	}
}

func TestALinkToUnsubscribeStandsInTheHeaderWhereThereIsAnAddress(t *testing.T) {
	c := testComposer(t)
	c.PublicURL = "https://updates.example.com/team"
	m, err := c.Prompt(asking(), tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := msg.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post is %q", got)
	}
	both := regexp.MustCompile(`^<mailto:updates\+[a-z2-7]+@example\.com\?subject=unsubscribe>, <https://updates\.example\.com/team/u/([a-z2-7]+)>$`)
	found := both.FindStringSubmatch(msg.Header.Get("List-Unsubscribe"))
	if found == nil {
		t.Fatalf("List-Unsubscribe is %q", msg.Header.Get("List-Unsubscribe"))
	}
	link, err := c.Keys.Verify(found[1], tuesday(t).AddDate(1, 0, 0))
	if err != nil || link.Kind != token.Unsubscribe || link.Member != m.MemberID {
		t.Errorf("the link's token is %+v, %v", link, err)
	}
	for line := range bytes.Lines(m.Raw) {
		if len(line) > 200 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	receipt, err := c.Answer(team.Answer{ID: 1, Kind: team.AnswerHelp, Person: aiko(platform)}, tuesday(t))
	if err != nil || !bytes.Contains(receipt.Raw, []byte("One-Click")) {
		t.Errorf("an answer to a member has no link: %v", err)
	}
	receipt, err = c.Answer(team.Answer{ID: 1, Kind: team.AnswerHelp, Person: aiko()}, tuesday(t))
	if err != nil || bytes.Contains(receipt.Raw, []byte("List-")) {
		t.Errorf("an answer to somebody in no team has a link: %v", err)
	}
}

func TestEachMailMayHaveAnEnvelopeSenderOfItsOwn(t *testing.T) {
	c := testComposer(t)
	for _, verp := range []bool{false, true} {
		c.VERP = verp
		made, err := c.Prompt(asking(), tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		tok := token.FromMessageID(c.Address, made.MessageID)
		want := c.Address
		if verp {
			want = token.BounceAddress(c.Address, tok)
		}
		if made.From != want || made.From == c.Address == verp {
			t.Errorf("with verp %v it is sent by %s, not by %s", verp, made.From, want)
		}
	}
}

func TestAnAddressBeyondASCIIStaysAsItIs(t *testing.T) {
	turn := asking()
	turn.Person.Addresses = []string{"愛子@example.com"}
	m, err := testComposer(t).Prompt(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	to, err := msg.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "愛子@example.com" || to[0].Name != "Aiko Tanaka" || m.To != "愛子@example.com" {
		t.Errorf("To is %v (%q), the envelope %q, error %v", to, msg.Header.Get("To"), m.To, err)
	}
}

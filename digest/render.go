package digest

import (
	"bytes"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// message is everything that goes into one mail.
type message struct {
	kind    team.MailKind
	person  team.Person
	sender  string // the name in From
	list    string // the team's slug, "" for a mail of several teams
	letter  templates.Letter
	token   token.Token // without Expires
	dedupe  string
	date    time.Time // in the member's zone
	until   time.Time // when it is of no use any more
	answers string    // the Message-ID of the mail that this one follows, "" for none
	file    []byte    // dataFile, which it carries; nil for none
	reply   bool      // it answers a mail of the member's

	answerTo string // the address that a reply goes to, "" for ours
}

// render makes the mail's bytes: headers, then text and HTML as alternatives. They depend on the message only, but for
// the signature.
func (c *Composer) render(m message) (team.Outgoing, error) {
	m.letter.Subject = notEncoded(m.letter.Subject)
	tok := c.sign(&m.token)
	out := team.Outgoing{
		Dedupe: m.dedupe, Kind: m.kind, MemberID: m.person.ID, From: c.Address, To: m.person.Address(),
		MessageID: token.MessageID(c.Address, tok), Subject: m.letter.Subject, Text: m.letter.Plain(),
		CreatedAt: m.date, ExpiresAt: m.until, State: team.Queued,
	}
	switch {
	case m.reply:
		out.From = "" // nothing may ever answer it
	case c.VERP:
		out.From = token.BounceAddress(c.Address, tok)
	}
	from, err := address(m.sender, c.Address)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("rendering a %s for member %d: our address: %w", m.kind, m.person.ID, err)
	}
	to, err := address(m.person.Name, out.To)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("rendering a %s for member %d: %w", m.kind, m.person.ID, err)
	}
	out.To = to.Address
	answer := token.Address(c.Address, tok)

	boundary := "daybreak-" + tok
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary(boundary))
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	replyTo := &netmail.Address{Name: from.Name, Address: answer}
	if m.answerTo != "" {
		if replyTo, err = address(strings.TrimSuffix(m.sender, " via daybreak"), m.answerTo); err != nil {
			return team.Outgoing{}, fmt.Errorf("rendering a %s for member %d: %w", m.kind, m.person.ID, err)
		}
	}
	msg.ReplyToMailAddress(replyTo)
	msg.SetMessageIDWithValue(out.MessageID)
	msg.SetDateWithValue(m.date)
	msg.Subject(m.letter.Subject)
	msg.SetGenHeader(team.MarkHeader, c.Address)
	msg.SetGenHeader("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply")
	if m.reply { // to what one person wrote, which is no mail of a list
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
	} else {
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
		msg.SetGenHeader("List-Id", "<"+m.listID(c.Address)+">")
		if m.list != "" {
			msg.SetGenHeader("List-Post", "<mailto:"+token.Address(c.Address, m.list)+">")
		}
	}
	if m.person.ID != 0 && (!m.reply || len(m.person.Teams) > 0) { // whoever is asked and told can end it from any mail; the admin's address is in the configuration
		msg.SetGenHeader("List-Help", "<mailto:"+answer+"?subject=help>")
		unsubscribe := []string{"<mailto:" + answer + "?subject=unsubscribe>"}
		if c.PublicURL != "" {
			link := c.Keys.Sign(token.Token{Kind: token.Unsubscribe, Member: m.person.ID, Day: m.token.Day, Expires: m.token.Day.Add(linkDays)})
			unsubscribe = append(unsubscribe, "<"+c.PublicURL+"/u/"+link+">")
			msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
		msg.SetGenHeader("List-Unsubscribe", unsubscribe...)
	}
	if isMessageID(m.answers) {
		msg.SetGenHeader(mail.HeaderInReplyTo, "<"+m.answers+">")
		msg.SetGenHeader(mail.HeaderReferences, "<"+m.answers+">")
	}
	text := body(msg.SetBodyWriter, "text/plain; format=flowed", flowing(m.letter.Text))
	html := body(msg.AddAlternativeWriter, mail.TypeTextHTML, m.letter.HTML)

	var empty bytes.Buffer
	empty.Grow(4096)
	if _, err = msg.WriteTo(&empty); err == nil {
		out.Raw, err = splice(empty.Bytes(), boundary, text, html)
	}
	if err == nil && m.file != nil {
		out.Raw, err = attach(out.Raw, "daybreak-with-"+tok, dataFile, m.file)
	}
	if err == nil && c.DKIM != nil {
		out.Raw, err = c.DKIM.Sign(out.Raw)
	}
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("rendering a %s for member %d: %w", m.kind, m.person.ID, err)
	}
	return out, nil
}

// linkDays is how many days a link in a mail is of use.
const linkDays = 400

// listID is the List-Id (RFC 2919) of a team's mails, or of mails of several teams.
func (m message) listID(our string) string {
	_, domain, _ := strings.Cut(our, "@")
	if m.list == "" {
		return "daybreak." + domain
	}
	return m.list + ".daybreak." + domain
}

// headerName is how long a name in a header may be, in characters.
const headerName = 60

// address puts a name before an address. The domain is written in ASCII; a local part that is not stays as it is: the
// mail then goes only where SMTPUTF8 is offered (RFC 6531).
func address(name, addr string) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress("<" + addr + ">")
	if err != nil || strings.ContainsAny(addr, "<>\r\n") {
		return nil, fmt.Errorf("%q is not an address", addr)
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	local, domain := parsed.Address[:at], parsed.Address[at+1:]
	if domain, err = idna.Lookup.ToASCII(domain); err != nil {
		return nil, fmt.Errorf("the domain of %q: %w", addr, err)
	}
	return &netmail.Address{Name: notEncoded(templates.Line(name, headerName)), Address: local + "@" + domain}, nil
}

// notEncoded takes care that words in a header are not taken for an encoded word (RFC 2047): it could hold anything, such as marks that
// turn the direction of what follows, and mail programs decode it wherever it stands.
func notEncoded(s string) string { return strings.ReplaceAll(s, "=?", "= ?") }

var messageID = regexp.MustCompile(`^[!-;=?-~]{1,120}@[!-;=?-~]{1,120}$`)

// isMessageID tells whether what a mail calls its Message-ID can be repeated in a header. Some mails have odd ones or none.
func isMessageID(s string) bool { return messageID.MatchString(s) }

// body adds an empty part to a mail and gives what belongs into it.
func body(add func(mail.ContentType, func(io.Writer) (int64, error), ...mail.PartOption), kind mail.ContentType, words string) encoded {
	e, encoding := encode(words), mail.EncodingQP
	if e.base64 {
		encoding = mail.EncodingB64
	}
	add(kind, func(io.Writer) (int64, error) { return 0, nil }, mail.WithPartEncoding(encoding))
	return e
}

// flowing is a letter's text in the format=flowed (RFC 3676), in which a program of any width sets what goes on in the next line: a line
// that begins with a blank, ">" or "From " gets one blank before it, which the program takes away.
func flowing(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/16 + 64)
	for line := range strings.Lines(text) {
		if c := line[0]; c == ' ' || c == '>' || c == 'F' && strings.HasPrefix(line, "From ") {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

package mailtest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Client is a mail client as seen from the outside: the mails that it writes. The same input always gives the same bytes.
type Client struct {
	// Name is what the client is known by here, such as "gmail-web".
	Name string
	// Interleaves says that people who use it write between the quoted lines; the others write above the quote.
	Interleaves bool
	// IgnoresReplyTo says that a reply goes to From, as some phones' do, not to Reply-To. It may be set for any client.
	IgnoresReplyTo bool

	write func(*draft) []byte
	auto  func(*draft) []byte // nil: like most
}

// Identity is the person who uses a client.
type Identity struct {
	Name    string
	Address string
	// Locale is the language that the client is set to, one of Locales. "" is en.
	Locale string
}

// Answer is what the person writes. Lines are as typed; an empty line parts paragraphs.
type Answer struct {
	// Text is written above the quote.
	Text string
	// Under has an answer for each of Questions, "" for none. Clients that interleave write each under its question in
	// the quote; the others write them above it, a paragraph each.
	Under []string
	// Questions are the words to look for in the quote.
	Questions []string
	// Signature is put under the words the way the client does, "" for none.
	Signature string
	// NoQuote says that the person removed the quote, or that the client is set to make none.
	NoQuote bool
}

// Clients are all that are known, in a fixed order.
func Clients() []Client {
	return append([]Client{
		{Name: "gmail-web", write: gmailWeb},
		{Name: "gmail-android", write: gmailAndroid},
		{Name: "outlook-desktop", write: outlookDesktop, auto: exchangeAuto},
		{Name: "outlook-web", write: outlookWeb, auto: exchangeAuto},
		{Name: "outlook-ios", write: outlookIOS, auto: exchangeAuto},
		{Name: "apple-iphone", write: appleIPhone},
		{Name: "apple-mac", write: appleMac, Interleaves: true},
		{Name: "thunderbird", write: thunderbird, Interleaves: true},
		{Name: "thunderbird-html", write: thunderbirdHTML, Interleaves: true},
		{Name: "mutt", write: mutt, Interleaves: true},
		{Name: "k9", write: k9, Interleaves: true},
		{Name: "yahoo-web", write: yahooWeb},
		{Name: "proton", write: proton},
		{Name: "fastmail", write: fastmail},
		{Name: "android-mail", write: androidMail, IgnoresReplyTo: true},
		{Name: "japan-phone", write: japanPhone},
	}, moreClients()...)
}

// ClientNamed is the one of Clients with that name.
func ClientNamed(name string) (Client, error) {
	var names []string
	for _, c := range Clients() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Client{}, fmt.Errorf("no mail client %q; there are %s", name, strings.Join(names, ", "))
}

// Reply writes a reply to a mail as received. at is when it is sent, in the person's own zone.
func (c Client) Reply(original []byte, from Identity, at time.Time, a Answer) ([]byte, error) {
	o, err := readOriginal(original)
	if err != nil {
		return nil, fmt.Errorf("replying with %s: %w", c.Name, err)
	}
	d := c.draft(from, at, a)
	d.original = o
	d.to = o.replyTo
	if c.IgnoresReplyTo {
		d.to = o.from
	}
	d.subject = o.subject
	d.inReplyTo = o.messageID
	d.references = append(append([]string(nil), o.references...), o.messageID)
	d.stir(original)
	return c.write(d), nil
}

// Compose writes a mail that answers none.
func (c Client) Compose(from Identity, to, subject, text string, at time.Time) []byte {
	d := c.draft(from, at, Answer{Text: text})
	d.to = person{address: to}
	d.subject = subject
	d.stir([]byte(to + "\x00" + subject))
	return c.write(d)
}

// draft is a mail in the making.
type draft struct {
	client     Client
	from       Identity
	to         person
	subject    string // without a prefix for a reply
	inReplyTo  string
	references []string
	at         time.Time
	answer     Answer
	original   *original // nil: not a reply
	seed       [sha256.Size]byte
}

func (c Client) draft(from Identity, at time.Time, a Answer) *draft {
	d := &draft{client: c, from: from, at: at, answer: a}
	d.stir([]byte(fmt.Sprintf("%s %+v %s %+v", c.Name, from, at.Format(time.RFC3339Nano), a)))
	return d
}

// stir makes the identifiers depend on b too.
func (d *draft) stir(b []byte) {
	d.seed = sha256.Sum256(append(d.seed[:], b...))
}

const (
	digits   = "0123456789"
	hexLower = "0123456789abcdef"
	hexUpper = "0123456789ABCDEF"
	base64ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
)

// id is an identifier of n characters, another one for each label.
func (d *draft) id(label, alphabet string, n int) string {
	var b strings.Builder
	for block := uint32(0); b.Len() < n; block++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32(append(d.seed[:], label...), block))
		for _, x := range sum {
			if b.Len() < n {
				b.WriteByte(alphabet[int(x)%len(alphabet)])
			}
		}
	}
	return b.String()
}

// uuid has the form of a random UUID.
func (d *draft) uuid(label, alphabet string) string {
	s := d.id(label, alphabet, 32)
	return s[:8] + "-" + s[8:12] + "-4" + s[13:16] + "-" + string(alphabet[8+d.seed[0]%4]) + s[17:20] + "-" + s[20:]
}

// domain is that of the person's address.
func (d *draft) domain() string {
	_, domain, _ := strings.Cut(d.from.Address, "@")
	return domain
}

// words are what is written above the quote; answers only if they are not written under their questions.
func (d *draft) words(interleaved bool) string {
	pieces := []string{d.answer.Text}
	if !interleaved {
		pieces = append(pieces, d.answer.Under...)
	}
	kept := pieces[:0]
	for _, p := range pieces {
		if p = strings.TrimRight(strings.ReplaceAll(p, "\r\n", "\n"), "\n "); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n\n")
}

// interleaves tells whether answers go between the lines of the quote.
func (d *draft) interleaves() bool {
	return d.client.Interleaves && d.quotes() && len(d.answer.Under) > 0
}

// quotes tells whether the mail has a quote.
func (d *draft) quotes() bool { return d.original != nil && !d.answer.NoQuote }

// re is the subject with the prefix, unless it has one.
func (d *draft) re(prefix string) string {
	if d.original == nil || hasReplyPrefix(d.subject) {
		return d.subject
	}
	return prefix + d.subject
}

func hasReplyPrefix(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.HasPrefix(s, "re:") || strings.HasPrefix(s, "aw:") || strings.HasPrefix(s, "re :")
}

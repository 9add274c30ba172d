// Package mime turns the raw bytes of any mail into a Message.
//
// It is tolerant (whatever can be read is read, and what was wrong is noted), limited (depth, parts, text and time
// stay bounded on hostile input) and pure: it knows no database, fetches nothing and unpacks nothing but the text and the
// list of a winmail.dat.
//
// It scans bytes itself instead of standing on go-message's reader: that one refuses one mail in twelve of those seen
// in the wild (a header line without a colon loses the whole mail), takes quadratic time for nested parts, and would have
// to be fed a cleaned copy of every part. The scanner here passes over the input once, compares each line that begins with
// "--" with the few boundaries open at that point, and decodes only the text that is kept.
package mime

import "time"

// The limits of what is read of one mail.
const (
	MaxDepth  = 20        // of nested parts
	MaxParts  = 200       // of all levels together
	MaxText   = 1 << 20   // bytes of decoded text kept
	MaxHeader = 256 << 10 // bytes of one header block
	MaxFields = 2000      // of one header block
	MaxLines  = 100_000   // of one body
	MaxQuote  = 50        // depth of quotation told apart

	MaxAddresses = 2000 // of one kind, such as To; servers take 500 or 1,000 recipients

	MaxUnpacked = 32 << 20 // bytes of winmail.dat
)

// Message is one mail as read. All text in it is valid UTF-8 without NUL.
type Message struct {
	Header     Header
	From       []Address // every address of every From line
	ManyFrom   bool      // there was more than one From line: which of them a checker looked at is unknown
	Sender     []Address
	ReplyTo    []Address
	To, Cc     []Address
	Subject    string
	Date       time.Time   // zero if missing or unreadable; in the zone it states
	MessageID  string      // without angle brackets, "" if there is none
	InReplyTo  []string    // without angle brackets
	References []string    // without angle brackets, oldest first
	Received   []time.Time // of the Received lines, topmost first; unreadable ones are left out

	Plain  string // the text/plain parts, decoded, unflowed, LF line ends; "" if there are none
	HTML   string // the text/html parts as sent, decoded to UTF-8; "" if there are none
	Body   []Line // what a person would call the body: of every piece the plain form if it has words, else the HTML one
	Format string // where Body came from: "plain", "html", "report", "none"

	Report      *Report // of a delivery status notification or an abuse report
	Attachments []Attachment
	Parts       []Part // every leaf part, in order; those of a mail within this mail are in Part.Message
	Encrypted   bool   // the words are in a PGP or S/MIME envelope and cannot be read
	Reaction    string // with which its writer reacts by a button of their mail program: emoji, or what the program says instead, "?" for what cannot be read; "" for none
	Reacts      bool   // it does nothing else: its body, if there is one, is the program's for others that do not know reactions
	Defects     []string
}

// Address is a name and an addr-spec. Only Addr says who it is; the name is decoration and may lie.
type Address struct {
	Name string
	Addr string // lower-case domain and local part
}

// Line is one line of a body with what its markup says of it.
type Line struct {
	Text  string
	Quote int    // depth of quotation by markup (HTML blockquote, gmail_quote …) or by leading ">" (then Text has none)
	From  string // what made it a quote: "gt", or one of the names in htmlquote.go such as "gmail"; "" if Quote is 0
	Sign  bool   // inside markup that says signature (gmail_signature, moz-signature …)
}

// Attachment is a part that is not the body.
type Attachment struct {
	Name   string // decoded; "" if it has none
	Type   string // media type, lower-case
	Size   int64  // bytes, decoded
	Inline bool   // an image that is shown within the HTML, such as a logo in a signature; not a photo that stands in the text by itself
}

// Part is one leaf of the MIME tree.
type Part struct {
	Type        string // media type, lower-case
	Params      map[string]string
	Disposition string   // "inline", "attachment", "reaction" …, "" if it has none
	Name        string   // file name, "" if it has none
	Text        string   // decoded, only of text/* and message/* parts and of calendars; of message/rfc822 its body's text
	Message     *Message // of message/rfc822 and text/rfc822-headers: the mail within
	Calendar    bool     // it is an invitation, an answer to one, or other iCalendar data, whatever its type says
	Method      string   // of a calendar: "REQUEST", "REPLY", "CANCEL" …, "" if it says none
}

// Report is what a multipart/report says.
type Report struct {
	Type      string              // "delivery-status", "feedback-report", "disposition-notification"
	Fields    []map[string]string // groups of fields, names in lower case
	MessageID string              // of the mail it is about, without angle brackets, "" if not returned
}

// Header is the top header block: fields in order, values unfolded and decoded.
type Header []Field

// Field is one header line.
type Field struct{ Name, Value string }

// First returns the value of the first field of that name, "" if there is none.
func (h Header) First(name string) string {
	for i := range h {
		if equalFold(h[i].Name, name) {
			return h[i].Value
		}
	}
	return ""
}

// All returns the values of all fields of that name, topmost first.
func (h Header) All(name string) []string {
	var values []string
	for i := range h {
		if equalFold(h[i].Name, name) {
			values = append(values, h[i].Value)
		}
	}
	return values
}

// Has says whether there is a field of that name.
func (h Header) Has(name string) bool {
	for i := range h {
		if equalFold(h[i].Name, name) {
			return true
		}
	}
	return false
}

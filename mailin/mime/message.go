// Package mime turns the raw bytes of any mail into a Message.
//
// It is tolerant (whatever can be read is read, and what was wrong is noted), limited (depth, parts, text and time
// stay bounded on hostile input) and pure: it knows no database, fetches nothing and unpacks nothing.
package mime

import "time"

// The limits of what is read of one mail.
const (
	MaxDepth  = 20        // of nested parts
	MaxParts  = 200       // of all levels together
	MaxText   = 1 << 20   // bytes of decoded text kept
	MaxHeader = 256 << 10 // bytes of one header block
)

// Message is one mail as read.
type Message struct {
	Header     Header
	From       []Address // every address of every From line; more than one line is noted in Defects
	Sender     []Address
	ReplyTo    []Address
	To, Cc     []Address
	Subject    string
	Date       time.Time   // zero if missing or unreadable
	MessageID  string      // without angle brackets, "" if there is none
	InReplyTo  []string    // without angle brackets
	References []string    // without angle brackets, oldest first
	Received   []time.Time // of the Received lines, topmost first; unreadable ones are left out

	Plain  string // the text/plain parts, decoded, unflowed, LF line ends; "" if there are none
	HTML   string // the text/html part as sent, decoded to UTF-8; "" if there is none
	Body   []Line // what a person would call the body, from Plain or else HTML; see Lines
	Format string // where Body came from: "plain", "html", "report", "none"

	Report      *Report // of a delivery status notification or an abuse report
	Attachments []Attachment
	Parts       []Part // every leaf part, in order
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
	From  string // what made it a quote: "gt", "blockquote", "gmail", "outlook", "yahoo" …; "" if Quote is 0
	Sign  bool   // inside markup that says signature (gmail_signature, moz-signature …)
}

// Attachment is a part that is not the body.
type Attachment struct {
	Name   string // decoded; "" if it has none
	Type   string // media type, lower-case
	Size   int64  // bytes, decoded
	Inline bool   // an image shown within the text, such as a logo in a signature
}

// Part is one leaf of the MIME tree.
type Part struct {
	Type   string
	Params map[string]string
	Text   string // decoded, only of text/* and message/* parts
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

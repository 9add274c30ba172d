package templates

// InboxPage lists everyone's mails.
type InboxPage struct {
	Title  string
	Note   string // a sentence under the title
	People []InboxPerson
}

// InboxPerson is a person with the mails that they got, in the order in which they are to be listed.
type InboxPerson struct {
	Name    string
	Address string
	Zone    string // "Tokyo"
	Mails   []InboxMail
}

// InboxMail is one line of a list of mails.
type InboxMail struct {
	URL     string
	Kind    string // "digest"
	Subject string
	When    string // in the person's own time: "Tue 3 Mar, 09:00"
}

// View is a way to look at a mail.
type View string

// The ways to look at a mail.
const (
	HTMLView   View = "html"
	TextView   View = "text"
	SourceView View = "source"
)

// MailPage shows one mail in one way.
type MailPage struct {
	Person   InboxPerson // whose it is; its Mails are not needed
	Mail     InboxMail
	From     string
	View     View
	HTMLURL  string // of this page in each view
	TextURL  string
	RawURL   string
	FrameURL string // of the mail's HTML by itself, to be served with MailPolicy; with HTMLView
	Body     string // the text part or the source; with the other views
	BackURL  string // of the list
	PrevURL  string // of the person's mail before this one, "" for none
	NextURL  string // of the one after it, "" for none
}

// PagePolicy is the Content-Security-Policy with which pages are to be served. They need nothing but their own style sheet.
const PagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// MailPolicy is the Content-Security-Policy with which a mail's HTML by itself is to be served: no script, nothing remote, and
// links open outside the frame.
const MailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

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

// UnsubscribeState is what a link to unsubscribe leads to.
type UnsubscribeState string

// The states.
const (
	AskUnsubscribe  UnsubscribeState = "ask"     // the button would stop the mails
	Unsubscribed    UnsubscribeState = "done"    // they are stopped
	TroubleWithLink UnsubscribeState = "trouble" // it could not be done now
	UnknownLink     UnsubscribeState = "unknown" // the link is of no use
)

// UnsubscribePage is shown to who follows a link to unsubscribe.
type UnsubscribePage struct {
	State   UnsubscribeState
	Expired bool // with UnknownLink: it was one of ours
	Name    string
	Teams   []string
}

// Title is the heading of the page.
func (p UnsubscribePage) Title() string {
	switch p.State {
	case AskUnsubscribe:
		return "Stop these mails?"
	case Unsubscribed:
		return "Stopped"
	case TroubleWithLink:
		return "That did not work"
	}
	return "This link is of no use"
}

// FormPolicy is PagePolicy for pages whose button asks the same server for something.
const FormPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// PagePolicy is the Content-Security-Policy with which pages are to be served. They need nothing but their own style sheet.
const PagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// MailPolicy is the Content-Security-Policy with which a mail's HTML by itself is to be served: no script, nothing remote, and
// links open outside the frame.
const MailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

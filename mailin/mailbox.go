package mailin

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"

	"daybreak/internal/team"
)

// Raw is one mail as it lay in the mailbox.
type Raw struct {
	UID       uint32
	Bytes     []byte
	Size      int64  // in bytes as announced by the server; larger than len(Bytes) if Truncated
	Junk      bool   // it lay in a folder of what the server takes for junk
	Truncated bool   // only the first part was taken, because the mail is too large
	Problem   string // if not empty, why the mail could not be had: it is to be quarantined, and Bytes is its beginning or nil
}

// Security says how a connection to the server is protected.
type Security int

// The kinds of protection. Certificates are always verified.
const (
	ImplicitTLS Security = iota // TLS from the first byte (RFC 8314), port 993
	StartTLS                    // TLS by STARTTLS, with no way back to clear text, port 143
	Plain                       // none: to loopback addresses and through Mailbox.Dial only
)

// Auth is how to log in. Exactly one of Password and Token is set. Both are asked anew for each login.
type Auth struct {
	User     string
	Password func(ctx context.Context) (string, error)
	Token    func(ctx context.Context) (string, error) // an OAuth 2 access token, for OAUTHBEARER or XOAUTH2
}

// MailboxStore is what the mailbox needs of the database.
type MailboxStore interface {
	// Cursor is how far the account has been read; false if it was never seen.
	Cursor(ctx context.Context, account string) (team.Cursor, bool, error)
	// Baseline sets the cursor without any mail: at the first start, and when the server has numbered its mails anew.
	Baseline(ctx context.Context, c team.Cursor) error
	// MailboxSeen notes that the mailbox was looked at with success.
	MailboxSeen(ctx context.Context, account string, now time.Time) error
}

// Defaults of a Mailbox.
const (
	defaultPollEvery  = 5 * time.Minute
	defaultIdleFor    = 9 * time.Minute
	defaultBatch      = 100
	defaultBatchBytes = 8 << 20
	defaultMaxSize    = 25 << 20
	truncateTo        = 1 << 20
)

// Folder is a part of a Mailbox, with a cursor of its own.
type Folder struct {
	Account string // names it in the database, such as "updates@example.com/INBOX"
	Name    string
	Junk    bool // the server puts there what it takes for junk
}

// Mailbox is one account, read over one connection. Fill in the exported fields and call Run, or Open for a single session. A Mailbox is
// used by one goroutine at a time.
type Mailbox struct {
	Account  string // names the first folder in the database
	Addr     string // host:port
	Security Security
	TLS      *tls.Config // nil: the system's roots and the host of Addr
	Dial     func(ctx context.Context, addr string) (net.Conn, error)
	Folder   string   // the first, in which new mail is heard of at once; "": INBOX
	Others   []Folder // looked at every PollEvery as well
	Auth     Auth
	Logins   *Logins // shared by all who read the account; may be nil
	Store    MailboxStore

	// Receive gives each mail of the batch its outcome and moves the cursor to c, in one transaction. The mails are in
	// the order of their UIDs. After an error the same mails come again. It may see a mail twice if a commit succeeded
	// without being heard of, and after the server has numbered its mails anew.
	Receive func(ctx context.Context, c team.Cursor, batch []Raw) error

	// ImportSince makes the first start take in mail that arrived since that day. Zero: it takes nothing that is there.
	ImportSince time.Time

	Log  *slog.Logger     // nil: none
	Now  func() time.Time // what tells when mail came and the mailbox was seen; time.Now if nil
	Seen func(time.Time)  // told whenever the mailbox was looked at with success; may be nil
	Lost func(error)      // told of each session's end, with why; may be nil
	Beat func(time.Time)  // told whenever Run goes on, be it to a failed attempt: a sign that it does not hang; may be nil

	PollEvery  time.Duration // the longest time between two looks, whether IDLE works or not; 0: 5 minutes
	IdleFor    time.Duration // the longest IDLE; 0: 9 minutes
	Batch      int           // mails received at once; 0: 100
	BatchBytes int64         // bytes received at once, unless one mail alone is larger; 0: 8 MiB
	MaxSize    int64         // of a larger mail only the first MiB is taken; 0: 25 MiB

	junk    bool      // the first folder is the one for junk
	folders []*folder // the first and the others, across sessions
	noID    bool      // the server's answer to ID could not be read: it is not asked again
}

func (m *Mailbox) log() *slog.Logger {
	if m.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return m.Log.With("mailbox", m.Account)
}

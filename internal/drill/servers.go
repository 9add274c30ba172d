package drill

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"daybreak/internal/mailtest"
)

// Servers are the two servers of one mailbox.
type Servers struct {
	IMAP, SMTP     string // host:port
	User, Password string // the user is the mailbox's address
	OpenSMTP       bool   // without a login

	deliver func(raw []byte, at time.Time) error
	listen  func(func(from, to string, raw []byte))
	look    func() error // has listen told what it has not heard of yet; nil: it hears of all
	Close   func() error
}

// Memory are servers in this process, whose SMTP takes so long to answer the final dot. With files it first files each mail among the sent ones,
// as large providers do.
func Memory(delay time.Duration, files bool) (Servers, error) {
	const user, password = "updates@example.com", "only for drills"
	var mu sync.Mutex
	var told func(from, to string, raw []byte)
	now := time.Now()
	sent := ""
	if files {
		sent = "Sent"
	}
	s, err := mailtest.Start(mailtest.Options{Address: user, Password: password, TCP: true, Sent: sent,
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		},
		OnDelivery: func(d mailtest.Delivery) {
			mu.Lock()
			tell := told
			mu.Unlock()
			if tell != nil {
				tell(d.From, d.To, d.Raw)
			}
			if delay > 0 {
				time.Sleep(delay)
			}
		}})
	if err != nil {
		return Servers{}, fmt.Errorf("starting the servers: %w", err)
	}
	return Servers{IMAP: s.IMAPAddr(), SMTP: s.SMTPAddr(), User: user, Password: password, Close: s.Close,
		deliver: func(raw []byte, at time.Time) error {
			mu.Lock()
			now = at
			mu.Unlock()
			_, err := s.Deliver(raw)
			return err
		},
		listen: func(tell func(from, to string, raw []byte)) {
			mu.Lock()
			defer mu.Unlock()
			told = tell
		}}, nil
}

// Real are a real Dovecot and Postfix's smtp-sink, which end with t.
func Real(t mailtest.TB) Servers {
	box := mailtest.Dovecot(t)
	sink := mailtest.SMTPSink(t, "-dump")
	var tell func(from, to string, raw []byte)
	seen := map[string]bool{}
	return Servers{IMAP: box.Addr, SMTP: sink.Addr, User: box.User, Password: box.Password, OpenSMTP: true,
		Close: func() error { return nil },
		deliver: func(raw []byte, at time.Time) error {
			box.DeliverAt(raw, at)
			return nil
		},
		listen: func(t func(from, to string, raw []byte)) { tell = t },
		look: func() error {
			for _, m := range sink.Fresh(seen) {
				from, _, _ := strings.Cut(m.MailArgs, ">")
				for _, to := range m.RcptArgs {
					to, _, _ = strings.Cut(strings.TrimPrefix(to, "<"), ">")
					tell(strings.TrimPrefix(from, "<"), to, m.Raw)
				}
			}
			return nil
		}}
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/holiday"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/proof"
)

// serverPair is the two servers of one mailbox, on loopback.
type serverPair struct {
	imap, smtp     string // host:port
	user, password string // of IMAP; of SMTP too unless open
	open           bool
	deliver        func(raw []byte) error     // puts a mail into the mailbox
	sent           func() []mailtest.Delivery // everything that SMTP has accepted, in order
	close          func() error
}

// memoryServers are mail servers within this process.
func memoryServers(address string, now func() time.Time) (*serverPair, error) {
	const password = "only for the demo"
	s, err := mailtest.Start(mailtest.Options{Address: address, Password: password, TCP: true, Now: now})
	if err != nil {
		return nil, fmt.Errorf("starting the mail servers: %w", err)
	}
	return &serverPair{imap: s.IMAPAddr(), smtp: s.SMTPAddr(), user: address, password: password, sent: s.Deliveries, close: s.Close,
		deliver: func(raw []byte) error { _, err := s.Deliver(raw); return err }}, nil
}

// world is the real engine between mail servers and a database, on a clock that is set by hand.
type world struct {
	servers   *serverPair
	store     *store.Store
	scheduler *digest.Scheduler
	outbox    *outbox.Outbox
	receiver  *mailin.Receiver
	session   *mailin.Session
	clock     *clock

	delivered func(mailtest.Delivery) // told of each mail that was sent
	received  func(team.Mail)         // told of each mail that was read and stored
	taken     int                     // deliveries told so far
}

// clock shows the time that it was set to last.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// newWorld starts the engine between the servers and a new database at path. The clock shows when it begins. The world closes the
// servers.
func newWorld(ctx context.Context, path, address string, roster team.Roster, c *clock, servers *serverPair) (*world, error) {
	w := &world{clock: c, servers: servers}
	if err := w.start(ctx, path, address, roster); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) start(ctx context.Context, path, address string, roster team.Roster) (err error) {
	if w.store, err = store.Open(ctx, store.Options{Path: path, Exclusive: true, Public: new(holiday.Calendar)}); err != nil {
		return err
	}
	if _, err = w.store.ApplyRoster(ctx, roster, false, w.clock.Now()); err != nil {
		return err
	}
	composer, err := newComposer(ctx, address, "", w.store)
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	secret := func(context.Context) (string, error) { return w.servers.password, nil }
	login := outbox.Auth{User: w.servers.user, Password: secret}
	if w.servers.open {
		login = outbox.Auth{}
	}
	w.scheduler = &digest.Scheduler{Store: w.store, Compose: composer, Log: quiet}
	w.outbox = &outbox.Outbox{Store: w.store, Log: quiet, Server: &outbox.Server{Addr: w.servers.smtp, Security: outbox.Plain, Auth: login}}
	w.receiver = &mailin.Receiver{Reader: mailin.Reader{Address: address, Keys: composer.Keys, Directory: w.store,
		Proof: &proof.Checker{Own: address, AuthservID: mailtest.Authserv(address)}}, Store: w.store, Log: quiet, Now: w.clock.Now,
		Done: func(m team.Mail) {
			if w.received != nil {
				w.received(m)
			}
		}}
	box := &mailin.Mailbox{Account: address, Addr: w.servers.imap, Security: mailin.Plain, Auth: mailin.Auth{User: w.servers.user, Password: secret}, Store: w.store}
	box.Receive = w.receiver.Receive
	if w.session, err = box.Open(ctx); err != nil {
		return err
	}
	return w.read(ctx) // the first look takes the baseline
}

// read takes in what has arrived in the mailbox.
func (w *world) read(ctx context.Context) error {
	_, err := w.session.CatchUp(ctx, w.clock.Now())
	return err
}

// work makes what is due now and sends it.
func (w *world) work(ctx context.Context) error {
	now := w.clock.Now()
	if _, err := w.scheduler.Tick(ctx, now); err != nil {
		return err
	}
	if _, err := w.outbox.Drain(ctx, now); err != nil {
		return err
	}
	all := w.servers.sent()
	for _, d := range all[w.taken:] {
		w.taken++
		if w.delivered != nil {
			w.delivered(d)
		}
	}
	return nil
}

// arrive lets a mail reach the mailbox, reads it through IMAP and does what follows from it.
func (w *world) arrive(ctx context.Context, raw []byte) error {
	if err := w.servers.deliver(raw); err != nil {
		return fmt.Errorf("delivering to the mailbox: %w", err)
	}
	if err := w.read(ctx); err != nil {
		return err
	}
	return w.work(ctx)
}

func (w *world) close() {
	if w.session != nil {
		_ = w.session.Close()
	}
	if w.outbox != nil {
		w.outbox.Close()
	}
	if w.store != nil {
		_ = w.store.Close()
	}
	_ = w.servers.close()
}

// listen takes the address, or a free port of the same host if it is taken.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, err
	}
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}

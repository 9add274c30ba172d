package mailin

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// ReceiveStore is what the receiver needs of the database.
type ReceiveStore interface {
	Directory
	// Referred is whom the addresses belong to and which of the mails we sent, as far as it is known.
	Referred(ctx context.Context, addresses []string, mails []team.Reference) (team.Referred, error)
	// InQuestion gives the held mails about which a member was asked, of which mail is the first.
	InQuestion(ctx context.Context, member, mail int64) ([]team.Earlier, error)
	RawMail(ctx context.Context, mail int64) ([]byte, error)
	// Accept stores mails with their outcomes and all that these do, and moves the cursor, in one transaction.
	Accept(ctx context.Context, c team.Cursor, mails []team.Mail, now time.Time) error
}

// Receiver gives each arrived mail its one outcome and stores it. It may receive from several mailboxes: one batch at a time.
type Receiver struct {
	Reader
	Store ReceiveStore
	Log   *slog.Logger
	Now   func() time.Time // nil: time.Now; the demo's clock
	Done  func(team.Mail)  // called for each mail once its outcome is stored; may be nil

	mu      sync.Mutex // while a batch is received
	misses  misses
	pace    pace
	refused map[lying]int // mails that brought Accept down, and how often one after the other
}

// lying is where a mail lies.
type lying struct {
	account string
	uid     uint32
}

// acceptTries is how often a mail may bring down the storing of its batch until it is set aside: what it refers to may just have been changed.
const acceptTries = 3

// Receive stores a batch of mails with their outcomes together with the cursor that passes them. After an error nothing of
// the batch is stored.
func (r *Receiver) Receive(ctx context.Context, c team.Cursor, raws []Raw) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.Now != nil {
		now = r.Now()
	}
	mails, err := r.read(ctx, c, raws, now)
	if err != nil {
		return err
	}
	for i := range mails {
		if err := r.readInQuestion(ctx, &mails[i]); err != nil {
			return err
		}
	}
	if err := r.accept(ctx, c, mails, raws, now); err != nil {
		return fmt.Errorf("storing %d mails: %w", len(mails), err)
	}
	r.pace.took(mails)
	for _, m := range mails {
		log := r.Log
		if m.Unproven != "" {
			log = log.With("unproven", m.Unproven)
		}
		if m.Unclaimed {
			log.Warn("a complaint of which nobody knows whose it is: that mail goes on", "uid", m.UID, "from", m.From)
		}
		level := slog.LevelInfo
		if m.Outcome == team.Junk {
			level = slog.LevelDebug
		}
		log.Log(ctx, level, "mail", "uid", m.UID, "outcome", m.Outcome, "reason", m.Reason, "member", m.MemberID, "bytes", m.Size)
		if r.Done != nil {
			r.Done(m)
		}
	}
	return nil
}

// accept stores mails. One that brings this down again and again is set aside, with all that it would do, or it would keep everyone else's
// mail out.
func (r *Receiver) accept(ctx context.Context, c team.Cursor, mails []team.Mail, raws []Raw, now time.Time) error {
	for {
		err := r.Store.Accept(ctx, c, mails, now)
		var own *team.Unacceptable
		if !errors.As(err, &own) {
			if err == nil {
				r.refused = nil
			}
			return err
		}
		if r.refused == nil {
			r.refused = map[lying]int{}
		}
		at := lying{c.Account, own.UID}
		if r.refused[at]++; r.refused[at] < acceptTries {
			return err
		}
		i := slices.IndexFunc(mails, func(m team.Mail) bool { return m.UID == own.UID })
		if i < 0 || mails[i].Outcome == team.Quarantined {
			return err
		}
		r.Log.Error("storing a mail", "uid", own.UID, "error", own.Err, "stack", own.Stack)
		mails[i] = setAside(raws[i], now, "daybreak could not store it: %v", own.Err).Mail
	}
}

// read understands a batch of mails. What all of them refer to is looked up at once.
func (r *Receiver) read(ctx context.Context, c team.Cursor, raws []Raw, now time.Time) ([]team.Mail, error) {
	verdicts := make([]Verdict, len(raws))
	err := eachOf(raws, func(i int, raw Raw) error {
		v := &verdicts[i]
		return r.safely(v, raw, now, func() error { *v = r.look(raw, c, now); return nil })
	})
	if err != nil {
		return nil, err
	}
	for i := range verdicts {
		r.misses.turnAway(&verdicts[i], now)
	}
	var addresses []string
	var references []team.Reference
	for _, v := range verdicts {
		for _, f := range v.Failed {
			addresses = append(addresses, f.Recipient, f.Original)
		}
		if v.Mail.Outcome != "" && !absent(&v) && v.calendar == nil && !r.isOfAnother(&v) {
			continue
		}
		addresses = append(addresses, v.Mail.From)
		if v.found != nil && v.found.err == nil {
			references = append(references, v.found.reference())
		}
	}
	referred, err := r.Store.Referred(ctx, addresses, references)
	if err != nil {
		return nil, fmt.Errorf("looking up what %d messages refer to: %w", len(raws), err)
	}
	r.pace.slow(verdicts, referred.People)
	reader := r.Reader
	reader.Directory = directory{r.Store, referred}
	mails := make([]team.Mail, len(raws))
	err = eachOf(raws, func(i int, raw Raw) error {
		v := &verdicts[i]
		if err := r.safely(v, raw, now, func() error { return reader.decide(ctx, v, now) }); err != nil {
			return fmt.Errorf("reading message %d: %w", raw.UID, err)
		}
		mails[i] = v.Mail
		*v = Verdict{} // the parsed mail is not needed any more
		return nil
	})
	return mails, err
}

// readInQuestion reads the mails that a member says are theirs.
func (r *Receiver) readInQuestion(ctx context.Context, m *team.Mail) error {
	if m.Settles == nil || !m.Settles.Yes {
		return nil
	}
	held, err := r.Store.InQuestion(ctx, m.MemberID, m.Settles.Mail)
	if err != nil || len(held) == 0 {
		return err
	}
	person, _, err := r.Directory.Person(ctx, m.MemberID)
	if err != nil {
		return err
	}
	for _, h := range held {
		raw, err := r.Store.RawMail(ctx, h.ID)
		if err != nil {
			return err
		}
		reread, err := r.Confirmed(ctx, person, h, raw)
		if err != nil {
			return err
		}
		m.Settles.Mails = append(m.Settles.Mails, reread)
	}
	return nil
}

// eachOf does something with each of the mails, on all processors.
func eachOf(raws []Raw, do func(i int, raw Raw) error) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, raw := range raws {
		group.Go(func() error { return do(i, raw) })
	}
	return group.Wait()
}

// safely reads mail that nobody has seen yet: one that brings the reader down is set aside, or it would do so again after each restart
// and keep everyone else's mail out.
func (r *Receiver) safely(v *Verdict, raw Raw, now time.Time, read func() error) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			r.Log.Error("reading a mail", "uid", raw.UID, "panic", trouble, "stack", string(debug.Stack()))
			*v, err = setAside(raw, now, "daybreak could not read it: %v", trouble), nil
		}
	}()
	return read()
}

// setAside is the verdict on a mail that daybreak has a defect with: it is kept for the admin, and does nothing.
func setAside(raw Raw, now time.Time, why string, args ...any) Verdict {
	v := Verdict{Message: &mime.Message{}, Mail: team.Mail{UID: raw.UID, Raw: raw.Bytes, Size: raw.Size, Truncated: raw.Truncated, ReceivedAt: now}}
	v.end(team.Quarantined, why, args...)
	return v
}

// directory knows already what a batch of mails refers to, and asks for the rest.
type directory struct {
	Directory
	known team.Referred
}

// PersonByAddress is the member to whom one of the batch's senders belongs.
func (d directory) PersonByAddress(_ context.Context, addr string) (team.Person, bool, error) {
	p, ok := d.known.People[addr]
	return p, ok, nil
}

// Sent is a mail of ours that one of the batch's tokens names.
func (d directory) Sent(_ context.Context, kind team.MailKind, member, checkin int64, day team.Date) (team.Sent, bool, error) {
	s, ok := d.known.Sent[team.Reference{Kind: kind, MemberID: member, ID: checkin, Day: day}]
	return s, ok, nil
}

// identity is equal for two copies of one mail, which differ in the lines that servers put on top: the same Message-ID, sender
// and body, or, without a Message-ID, the same date and subject. A mail that has neither is only equal to itself. It begins with the time
// at which the mail was written, so that the identities of mails that come in together are neighbours in an index.
func identity(raw []byte, m *mime.Message, from string) string {
	h := sha256.New()
	switch {
	case m.MessageID != "":
		fmt.Fprintf(h, "%s\x00%s\x00", m.MessageID, from)
		raw = body(raw)
	case !m.Date.IsZero():
		fmt.Fprintf(h, "\x00%s\x00%s\x00%s\x00", from, m.Header.First("Date"), m.Subject)
		raw = body(raw)
	}
	h.Write(raw)
	return fmt.Sprintf("%08x%x", uint32(m.Date.Unix()), h.Sum(nil))
}

// body is what follows the first empty line.
func body(raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\n' {
			continue
		}
		rest := raw[i+1:]
		if len(rest) > 0 && rest[0] == '\n' {
			return rest[1:]
		}
		if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return rest[2:]
		}
	}
	return nil
}

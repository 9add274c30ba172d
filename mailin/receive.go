package mailin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	"daybreak/internal/team"
)

// ReceiveStore is what the receiver needs of the database.
type ReceiveStore interface {
	Directory
	// Accept stores mails with their outcomes and all that these do, and moves the cursor, in one transaction.
	Accept(ctx context.Context, c team.Cursor, mails []team.Mail, now time.Time) error
}

// Receiver gives each arrived mail its one outcome and stores it.
type Receiver struct {
	Reader
	Store ReceiveStore
	Log   *slog.Logger
	Now   func() time.Time // nil: time.Now; the demo's clock
	Done  func(team.Mail)  // called for each mail once its outcome is stored; may be nil
}

// Receive stores a batch of mails with their outcomes together with the cursor that passes them. After an error nothing of
// the batch is stored.
func (r *Receiver) Receive(ctx context.Context, c team.Cursor, raws []Raw) error {
	now := time.Now()
	if r.Now != nil {
		now = r.Now()
	}
	mails := make([]team.Mail, 0, len(raws))
	for _, raw := range raws {
		v, err := r.Read(ctx, raw, c, now)
		if err != nil {
			return fmt.Errorf("reading message %d: %w", raw.UID, err)
		}
		mails = append(mails, v.Mail)
	}
	if err := r.Store.Accept(ctx, c, mails, now); err != nil {
		return fmt.Errorf("storing %d mails: %w", len(mails), err)
	}
	for _, m := range mails {
		r.Log.Info("mail", "uid", m.UID, "outcome", m.Outcome, "reason", m.Reason, "member", m.MemberID, "bytes", m.Size)
		if r.Done != nil {
			r.Done(m)
		}
	}
	return nil
}

// identity is equal for two copies of one mail, which differ in the lines that servers put on top: the same Message-ID, sender
// and body. A mail without Message-ID is only equal to itself.
func identity(raw []byte, messageID, from string) string {
	h := sha256.New()
	if messageID != "" {
		fmt.Fprintf(h, "%s\x00%s\x00", messageID, from)
		raw = body(raw)
	}
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))
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

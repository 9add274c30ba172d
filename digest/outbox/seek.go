package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Filed looks for mails of ours, by their Message-IDs, where the provider keeps what was sent through it, and gives those that are
// there. None was sent before since. Kept tells whether there is such a place at all.
type Filed func(ctx context.Context, ids []string, since time.Time) (there []string, kept bool, err error)

const (
	seekMost  = 100              // mails looked for at once; there is seldom more than one
	seekTime  = 2 * time.Minute  // that one look may take
	seekAgain = 5 * time.Minute  // after a look that failed: it is a login, and these are not to be hurried
	seekFor   = 10 * time.Minute // how long mails wait for a look that does not fail
	fileTime  = time.Minute      // that the provider may take from the final dot until the mail is in its place
	clockSlip = 48 * time.Hour   // by which the provider's clock may differ from ours, and its zone
)

// The lines of mails that were looked for.
const (
	foundLine    = "found among the sent mails; the server's answer to it was lost"
	notThereLine = "the server's answer was lost, and it is not among the sent mails"
	unkeptLine   = "the server's answer was lost, and nobody knows of a folder with sent mails"
	blindLine    = "the server's answer was lost, and the folder with sent mails cannot be read"
)

// seek looks for the mails whose answer was lost. One that is found is sent. The others are due again, once the provider has had the time to file
// them; and if nobody can look, after some time.
func (o *Outbox) seek(ctx context.Context, now time.Time) error {
	list, err := o.Store.Unanswered(ctx, now, seekMost)
	if err != nil {
		return fmt.Errorf("finding mail whose answer was lost: %w", err)
	}
	if len(list) == 0 {
		return nil
	}
	there, kept, err := o.look(ctx, list)
	switch {
	case ctx.Err() != nil:
		return nil
	case err == nil:
		o.blind = time.Time{}
	case o.blind.IsZero():
		o.blind = now
	}
	for _, m := range list {
		r := team.SendResult{State: team.Dot, Line: notThereLine}
		age := now.Sub(m.DotAt)
		switch {
		case slices.Contains(there, m.MessageID):
			r.State, r.Line = team.SentOut, foundLine
		case err != nil:
			r.Line = blindLine
			if wait := now.Sub(o.blind); wait >= 0 && wait < seekFor {
				r.NextAt = now.Add(seekAgain)
			}
		case !kept:
			r.Line = unkeptLine
		case age >= 0 && age < fileTime:
			r.NextAt = m.DotAt.Add(fileTime)
		}
		if err := o.Store.Sought(ctx, m.ID, m.Epoch, r, now); err != nil {
			return fmt.Errorf("recording whether mail %d was sent: %w", m.ID, err)
		}
		o.tellSought(m, r, err)
	}
	return nil
}

func (o *Outbox) look(ctx context.Context, list []team.Outgoing) (there []string, kept bool, err error) {
	if o.Filed == nil {
		return nil, false, nil
	}
	ids, since := make([]string, len(list)), list[0].DotAt
	for i, m := range list {
		ids[i] = m.MessageID
		if m.DotAt.Before(since) {
			since = m.DotAt
		}
	}
	ctx, cancel := context.WithTimeout(ctx, seekTime)
	defer cancel()
	return o.Filed(ctx, ids, since.Add(-clockSlip))
}

// tellSought logs what came of looking for a mail, and calls the hook for one that is found.
func (o *Outbox) tellSought(m team.Outgoing, r team.SendResult, err error) {
	attributes := []any{"mail", m.ID, "kind", m.Kind, "to", m.To, "dot", m.DotAt}
	switch {
	case r.State == team.SentOut:
		if o.Sent != nil {
			o.Sent(m, r, 0)
		}
		o.log().Info("mail found among the sent ones; it is not sent again", attributes...)
	case err != nil:
		o.log().Warn("mail whose answer was lost cannot be looked for", append(attributes, "error", err, "again", r.NextAt)...)
	case r.NextAt.IsZero():
		o.log().Warn("mail will be sent again", append(attributes, "why", r.Line)...)
	}
}

package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"daybreak/internal/team"
)

// backoff is how long after the nth attempt the next one follows.
func backoff(attempts int) time.Duration {
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	return steps[min(max(attempts, 1), len(steps))-1]
}

// setBack is how long the mail waits at which it showed that nothing can be sent: longer than the first hold, so that another
// goes before it. Should it be this mail after all, it does not stand in the way of the others.
const setBack = 2 * time.Minute

// resultOf is what becomes of the mail after an attempt. With Dot nothing is recorded: the row is marked already, and its
// claim is left to run out.
func resultOf(m team.Outgoing, r Result, now time.Time) team.SendResult {
	result := team.SendResult{Code: r.Code, Line: r.Line, Refused: r.Err != nil && r.Err.Phase == PhaseRcpt && r.Code >= 400}
	switch r.Verdict {
	case Accepted:
		result.State = team.SentOut
	case Refused:
		result.State = team.Failed
	case Unknown:
		result.State = team.Dot
	default:
		result.State, result.NextAt = team.Queued, now.Add(backoff(m.Attempts))
		if r.Held {
			result.NextAt = now.Add(setBack)
		}
		switch {
		case !r.Held && !m.ExpiresAt.IsZero() && !result.NextAt.Before(m.ExpiresAt):
			result.State, result.NextAt = team.Expired, time.Time{}
		case m.State == team.Dot: // this attempt failed, but the one before may have arrived
			result.State, result.NextAt = team.Dot, time.Time{}
		}
	}
	return result
}

// finished is a result on its way to the store.
type finished struct {
	id, epoch int64
	result    team.SendResult
	at, until time.Time // until: while the claim holds
}

// finish records a result. If the store does not take it now it is kept and tried before anything else is sent: a sent
// mail that is forgotten would be sent again.
func (o *Outbox) finish(ctx context.Context, m team.Outgoing, r team.SendResult, now, until time.Time) error {
	if r.State != team.Dot {
		o.unsettled = append(o.unsettled, finished{m.ID, m.Epoch, r, now, until})
	}
	return o.settle(ctx, now)
}

// giveBack returns claimed mails that were not tried.
func (o *Outbox) giveBack(ctx context.Context, mails []team.Outgoing, now, until time.Time) error {
	for _, m := range mails {
		if m.State == team.Queued {
			o.unsettled = append(o.unsettled, finished{m.ID, m.Epoch, team.SendResult{State: team.Queued, NextAt: now, Untried: true}, now, until})
		}
	}
	return o.settle(ctx, now)
}

// keepFor is how long a result is offered to a store that does not take it.
const keepFor = 24 * time.Hour

// settle hands kept results to the store. While a claim holds, its result has to be taken before anything else is sent.
// After that the result is still offered, in front of the next claim: a store that was out of order may take it yet,
// one that says the claim is not ours any more may not.
func (o *Outbox) settle(ctx context.Context, now time.Time) error {
	if len(o.unsettled) == 0 {
		return nil
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	var first error
	var kept []finished
	for _, f := range o.unsettled {
		if first != nil { // it would not take this one either
			kept = append(kept, f)
			continue
		}
		err := o.Store.Finish(ctx, f.id, f.epoch, f.result, f.at)
		switch {
		case err == nil:
		case now.Before(f.until):
			first = fmt.Errorf("recording that mail %d is %s: %w", f.id, f.result.State, err)
			kept = append(kept, f)
		case now.Before(f.until.Add(keepFor)):
			kept = append(kept, f)
		default:
			o.log().Error("the result of sending a mail is dropped", "mail", f.id, "state", f.result.State, "error", err)
		}
	}
	o.unsettled = kept
	return first
}

// outlive is a context for the store that does not end with ctx: what happened has to be recorded when stopping too.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}

// tell logs an attempt and calls the hook.
func (o *Outbox) tell(m team.Outgoing, r Result, result team.SendResult, network time.Duration) {
	if o.Sent != nil {
		o.Sent(m, result, network)
	}
	level, message := slog.LevelWarn, "mail not sent, will be tried again"
	switch {
	case result.State == team.SentOut:
		level, message = slog.LevelInfo, "mail sent"
	case result.State == team.Failed:
		level, message = slog.LevelError, "mail refused for good"
	case result.State == team.Expired:
		level, message = slog.LevelError, "mail expired before it could be sent"
	case r.Verdict == Unknown:
		message = "mail handed over, but the server's answer is lost; it will be sent again"
	}
	if !o.log().Enabled(context.Background(), level) {
		return
	}
	attributes := []any{"mail", m.ID, "kind", m.Kind, "to", m.To, "attempt", m.Attempts,
		"took", network.Round(time.Millisecond), "server", r.Line}
	if !result.NextAt.IsZero() {
		attributes = append(attributes, "next", result.NextAt)
	}
	if r.Err != nil && r.Err.Hint != "" {
		attributes = append(attributes, "hint", r.Err.Hint)
	}
	o.log().Log(context.Background(), level, message, attributes...)
}

func (o *Outbox) logHeld(err error, wait time.Duration) {
	attributes := []any{"error", err, "retry_in", wait.Round(time.Second)}
	if e := (*Error)(nil); errors.As(err, &e) && e.Hint != "" {
		attributes = append(attributes, "hint", e.Hint)
	}
	o.log().Error("sending is held", attributes...)
}

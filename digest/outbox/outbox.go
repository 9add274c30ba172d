// Package outbox sends what is in the outbox: rendered bytes go in, SMTP transactions come out, one recipient each and
// each mail once.
//
// It renders nothing and changes nothing but line ends and leading dots. When a mail is due, and that there is only one
// of it, is the store's word. What makes it send once: a claim pushes the next attempt into the future before the network
// is touched; the state dot is committed when all bytes are over and only the final dot is missing; after that the answer
// is waited for, even when the daemon stops. A mail whose answer was lost is first looked for where the provider keeps what was
// sent, if somebody can (Filed). If it is not there it is sent again with identical bytes, since the other choice is to lose
// it (RFC 1047).
package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"daybreak/internal/team"
)

// Store is what the outbox needs of the database. Each method is one transaction.
type Store interface {
	// ClaimOutgoing takes mails that are due: it pushes their next attempt to now+lease and counts the attempt and the
	// epoch up. Overdue mails become expired instead.
	ClaimOutgoing(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]team.Outgoing, error)
	// MarkDot notes that the final dot is about to be sent. It fails if the claim is not ours any more.
	MarkDot(ctx context.Context, id, epoch int64, now time.Time) error
	// Finish records how an attempt ended. A mail whose answer was lost is not finished: when its claim has run out it is
	// claimed again.
	Finish(ctx context.Context, id, epoch int64, r team.SendResult, now time.Time) error
	// NextOutgoing is when the next mail is due; false if there is none.
	NextOutgoing(ctx context.Context) (time.Time, bool, error)
	// Unanswered gives mails whose final dot may have been sent, whose claim has run out, and which have not been looked for since.
	Unanswered(ctx context.Context, now time.Time, limit int) ([]team.Outgoing, error)
	// Sought records what came of looking for one: SentOut; or Dot, and it is looked for again at NextAt or, without one, is due.
	Sought(ctx context.Context, id, epoch int64, r team.SendResult, now time.Time) error
	// RecoverOutgoing makes mails due that a dead process had claimed.
	RecoverOutgoing(ctx context.Context, now time.Time) (int, error)
}

// Outbox sends due mail through one server over one connection. It belongs to one goroutine: either Run or whoever
// calls Drain.
type Outbox struct {
	Store    Store
	Server   *Server
	Pace     Pace                                                            // the zero Pace waits for nothing, as a virtual clock wants it
	Log      *slog.Logger                                                    // nil for none
	Kick     chan struct{}                                                   // wakes Run; give it a buffer of one and send without waiting
	Sent     func(m team.Outgoing, r team.SendResult, network time.Duration) // told of each attempt; may be nil
	Filed    Filed                                                           // nil: nobody can look for mail that may have been sent
	Welcome  Welcome                                                         // nil: any mail is welcome at any time
	Idle     time.Duration                                                   // an unused connection is closed after it: 15 s if zero
	Longest  time.Duration                                                   // between two looks at the database: a minute if zero
	Now      func() time.Time                                                // the clock of Run; time.Now if nil
	DrainFor time.Duration                                                   // how long Run still waits for the answer to a final dot when it is stopped: 10 min if zero

	conn      *Conn
	used      time.Time // when conn was last used
	bucket    bucket
	losses    int        // connections in a row that ended without an opinion on any mail
	blind     time.Time  // since when nobody could look for what may have been sent; zero: it can be looked for
	unsettled []finished // results that the store has not taken yet
	trouble   atomic.Pointer[Error]
}

// Welcome is when a mail may reach its member: now or before means at once, a zero time not any more. It is asked of answers and notices,
// and of other mails whose member's rule has changed since they were made.
type Welcome func(ctx context.Context, m team.Outgoing, now time.Time) (time.Time, error)

const (
	batchMost  = 50          // mails claimed at once
	batchTime  = time.Minute // and no more than the pace lets out in this time
	lossesMost = 3           // connections lost in a row until the server counts as out of order
)

// Trouble is why nothing can be sent at the moment: an *Error with a hint, or nil. It may be called at any time.
func (o *Outbox) Trouble() error {
	if e := o.trouble.Load(); e != nil {
		return e
	}
	return nil
}

// Run sends mail as it becomes due until ctx ends. A mail whose final dot is sent then gets its answer awaited, for
// DrainFor at most; everything else in hand goes back to the queue. It returns nil.
//
// It begins by taking back what an earlier process had claimed, so only one process may run on one database.
func (o *Outbox) Run(ctx context.Context) error {
	defer o.Close()
	recovered, failures := false, 0
	for ctx.Err() == nil {
		var err error
		if !recovered {
			_, err = o.Store.RecoverOutgoing(ctx, o.now())
			recovered = err == nil
		}
		if err == nil {
			_, err = o.drain(ctx, o.now)
		}
		if ctx.Err() != nil {
			break
		}
		var wait time.Duration
		if err != nil {
			failures++
			wait = holdOff(err, failures)
			o.logHeld(err, wait)
		} else {
			if o.Trouble() == nil {
				failures = 0
			}
			if wait, err = o.untilNext(ctx); err != nil {
				o.logHeld(err, wait)
			}
		}
		o.rest(ctx, wait, err == nil)
	}
	if err := o.settle(ctx, o.now()); err != nil {
		o.log().Error("results of sending could not be recorded; the mails may be sent once more", "mails", len(o.unsettled), "error", err)
	}
	return nil
}

// untilNext is how long Run may sleep: to the next due mail, a second at least and the longest between two looks at most.
func (o *Outbox) untilNext(ctx context.Context) (time.Duration, error) {
	next, ok, err := o.Store.NextOutgoing(ctx)
	if err != nil || !ok {
		return o.longest(), err
	}
	return min(max(next.Sub(o.now()), time.Second), o.longest()), nil
}

func (o *Outbox) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

func (o *Outbox) longest() time.Duration { return cmp.Or(o.Longest, time.Minute) }

// rest waits for the time, a kick if it is welcome, or the end, and closes a connection that nothing uses meanwhile.
func (o *Outbox) rest(ctx context.Context, wait time.Duration, kickable bool) {
	kick := o.Kick
	if !kickable {
		kick = nil
	}
	var idle <-chan time.Time
	if o.conn != nil {
		timer := time.NewTimer(time.Until(o.used.Add(o.idle())))
		defer timer.Stop()
		idle = timer.C
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-kick:
			return
		case <-timer.C:
			return
		case <-idle:
			o.Close()
		}
	}
}

// holdOff is how long nothing is tried when the server (1 to 15 minutes) or the store (5 seconds to a minute) is out of
// order, and up to a quarter more, so that many do not come back at once. A login is never tried more often than once a minute.
func holdOff(err error, failures int) time.Duration {
	first, most := 5*time.Second, time.Minute
	if server := (*Error)(nil); errors.As(err, &server) {
		first, most = time.Minute, 15*time.Minute
	}
	d := min(first<<min(failures-1, 10), most)
	return d + rand.N(d/4)
}

// Drain sends everything that is due at now and returns how many mails the server took. An error says that the server or
// the store is out of order; what was claimed and not tried is given back then. With a Pace it waits between mails.
func (o *Outbox) Drain(ctx context.Context, now time.Time) (sent int, err error) {
	began := time.Now()
	return o.drain(ctx, func() time.Time { return now.Add(time.Since(began)) })
}

func (o *Outbox) drain(ctx context.Context, clock func() time.Time) (sent int, err error) {
	for more := true; more && ctx.Err() == nil; {
		if err := o.settle(ctx, clock()); err != nil {
			return sent, err
		}
		if err := o.seek(ctx, clock()); err != nil {
			return sent, err
		}
		next, ok, err := o.Store.NextOutgoing(ctx)
		if err != nil {
			return sent, err
		}
		if !ok || next.After(clock()) {
			return sent, o.ask(ctx)
		}
		// Before anything is claimed, so that an outage costs no mail an attempt.
		if err := o.connect(ctx); err != nil {
			return sent, err
		}
		var n int
		n, more, err = o.batch(ctx, clock)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// batch claims some mails and sends them.
func (o *Outbox) batch(ctx context.Context, clock func() time.Time) (sent int, more bool, err error) {
	claimed := clock()
	mails, err := o.Store.ClaimOutgoing(ctx, claimed, o.lease(), o.batchSize())
	if err != nil {
		return 0, false, fmt.Errorf("claiming mail: %w", err)
	}
	until := claimed.Add(o.lease())
	for i, m := range mails {
		o.pace(ctx, clock())
		if ctx.Err() != nil || clock().Sub(claimed) > o.lease()/3 {
			return sent, true, o.giveBack(ctx, mails[i:], clock(), until)
		}
		switch held, err := o.held(ctx, m, clock()); {
		case err != nil:
			return sent, false, errors.Join(err, o.giveBack(ctx, mails[i:], clock(), until))
		case held != nil:
			if err := o.finish(ctx, m, *held, clock(), until); err != nil {
				return sent, false, errors.Join(err, o.giveBack(ctx, mails[i+1:], clock(), until))
			}
			continue
		}
		began := time.Now()
		r, err := o.deliver(ctx, m, clock)
		if err == nil && ctx.Err() != nil && r.Lost { // stopped before the dot
			return sent, false, o.giveBack(ctx, mails[i:], clock(), until)
		}
		if err != nil {
			return sent, false, errors.Join(err, o.giveBack(ctx, mails[i:], clock(), until))
		}
		if r.Verdict == Accepted {
			sent++
		}
		result := resultOf(m, r, clock())
		o.tell(m, r, result, time.Since(began))
		err = o.finish(ctx, m, result, clock(), until)
		if down := o.verdictOnServer(r); down != nil {
			err = errors.Join(down, err)
		}
		if err != nil {
			return sent, false, errors.Join(err, o.giveBack(ctx, mails[i+1:], clock(), until))
		}
	}
	return sent, len(mails) > 0, nil
}

// held is what becomes of a mail that was claimed and is not sent now, nil if it is sent: its time may have run out while others went before
// it, and it may be outside its member's hours. One whose final dot may have been sent goes on: it may be there already.
func (o *Outbox) held(ctx context.Context, m team.Outgoing, now time.Time) (*team.SendResult, error) {
	switch {
	case m.State == team.Dot:
		return nil, nil
	case !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt):
		return &team.SendResult{State: team.Expired, Line: "its useful life was over"}, nil
	case o.Welcome == nil || m.MemberID == 0 || !m.Revised && !m.Kind.Waits(): // the admin is told at any time
		return nil, nil
	}
	at, err := o.Welcome(ctx, m, now)
	switch {
	case err != nil:
		return nil, fmt.Errorf("looking whether mail %d may be sent now: %w", m.ID, err)
	case at.IsZero():
		return &team.SendResult{State: team.Expired, Line: team.OutsideHours}, nil
	case at.After(now):
		return &team.SendResult{State: team.Queued, NextAt: at, Untried: true}, nil
	}
	return nil, nil
}

// deliver sends one mail. A connection that was used before may have died since, and some servers end one after so many
// mails: such a loss is no news of the mail nor of the server, and the mail is tried again at once on a new one. An error means that the mail was not tried.
func (o *Outbox) deliver(ctx context.Context, m team.Outgoing, clock func() time.Time) (Result, error) {
	for {
		if err := o.connect(ctx); err != nil {
			return Result{}, err
		}
		reused := o.conn.taken > 0
		r := o.conn.Send(ctx, m, func() error {
			ctx, cancel := outlive(ctx)
			defer cancel()
			return o.Store.MarkDot(ctx, m.ID, m.Epoch, clock())
		})
		o.used = time.Now()
		if o.conn.Closed() {
			o.conn = nil
		}
		switch {
		case r.Err != nil && r.Err.Phase == PhaseMark:
			return r, fmt.Errorf("noting the final dot of mail %d: %w", m.ID, r.Err.Err)
		case (reused || r.Code == badSequence) && r.Lost && r.Verdict == Temporary && ctx.Err() == nil:
			continue
		}
		return r, nil
	}
}

// verdictOnServer tells from how a mail fared whether the server is out of order.
func (o *Outbox) verdictOnServer(r Result) error {
	switch {
	case r.Held:
		o.losses = 0
		o.trouble.Store(r.Err)
		return r.Err
	case r.Verdict != Unknown && !r.Lost:
		o.losses = 0
		o.trouble.Store(nil)
		return nil
	case r.Code == 421 && r.Err.Phase != PhaseDot:
		o.losses = lossesMost
	default:
		o.losses++
	}
	if o.losses < lossesMost {
		return nil
	}
	o.trouble.Store(r.Err)
	return r.Err
}

// ask finds out, when there is no mail that would, whether a server that let nobody in is well again.
func (o *Outbox) ask(ctx context.Context) error {
	if e := o.trouble.Load(); e == nil || e.Phase.ofMail() {
		return nil
	}
	return o.connect(ctx)
}

func (o *Outbox) connect(ctx context.Context) error {
	if o.conn != nil {
		return nil
	}
	conn, err := o.Server.Connect(ctx)
	if err != nil {
		if e := (*Error)(nil); errors.As(err, &e) && ctx.Err() == nil {
			o.trouble.Store(e)
		}
		return err
	}
	conn.drainFor = o.DrainFor
	o.conn, o.used = conn, time.Now()
	if e := o.trouble.Load(); e != nil && !e.Phase.ofMail() { // else only a mail can tell
		o.trouble.Store(nil)
	}
	return nil
}

// Close says goodbye to the server. The outbox connects again when there is mail.
func (o *Outbox) Close() {
	if o.conn != nil {
		o.conn.Close()
		o.conn = nil
	}
}

// pace waits until the next mail may leave.
func (o *Outbox) pace(ctx context.Context, now time.Time) {
	wait := o.bucket.take(o.Pace, now)
	if wait <= 0 {
		return
	}
	if wait > o.idle() {
		o.Close()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (o *Outbox) idle() time.Duration {
	if o.Idle > 0 {
		return o.Idle
	}
	return 15 * time.Second
}

// lease is how long a claim holds, and then again from the mark before the dot: longer than the answer to the dot is
// waited for. A mail is begun in the first third only.
func (o *Outbox) lease() time.Duration { return o.Server.Deadlines.orDefault().Dot + 5*time.Minute }

func (o *Outbox) batchSize() int {
	interval := o.Pace.interval()
	if interval == 0 {
		return batchMost
	}
	return int(max(1, min(batchMost, batchTime/interval)))
}

func (o *Outbox) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

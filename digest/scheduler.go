package digest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"
)

// Store is what the scheduler needs of the database. Each method is one transaction.
type Store interface {
	// Clock notes what the wall clock shows and gives by how much it was set back: then everybody is unplanned.
	Clock(ctx context.Context, now time.Time) (back time.Duration, err error)
	// Unplanned gives active members whose slots must be computed anew.
	Unplanned(ctx context.Context, limit int) ([]team.Person, error)
	// Plan replaces a member's prompt, digest and roll-up slots.
	Plan(ctx context.Context, member int64, slots []team.Slot) error
	// Waiting gives the prompts, reminders, digests and roll-ups of people that have not been sent, by member.
	Waiting(ctx context.Context, people []team.Person) (map[int64][]team.Outgoing, error)
	// EndAt says when the useful life of mails that wait ends: mail → when. Those that end now are given up, as outside their reader's hours.
	EndAt(ctx context.Context, ends map[int64]time.Time, now time.Time) error
	// Lapse gives up the mails whose useful life is over: what digests among them held is told by the next.
	Lapse(ctx context.Context, now time.Time) error
	// Due gives slots whose time has come, soonest first, with all that is needed to act on them.
	Due(ctx context.Context, now time.Time, limit int) ([]team.Turn, error)
	// Commit stores what was made of turns: marks, outbox rows and following slots together.
	Commit(ctx context.Context, turned []team.Turned, now time.Time) error
	// NextSlot is when the next slot is due.
	NextSlot(ctx context.Context) (time.Time, bool, error)
	// Answers gives answers owed to members and due.
	Answers(ctx context.Context, now time.Time, limit int) ([]team.Answer, error)
	// PutOffAnswer keeps an owed answer back until then.
	PutOffAnswer(ctx context.Context, id int64, until time.Time) error
	// CommitAnswer stores an answer's mail and that it is no longer owed.
	CommitAnswer(ctx context.Context, id int64, m team.Outgoing, now time.Time) error
	// CommitAsked does so for a digest that was asked for, with what its reader was told by it. If another digest told some of it meanwhile,
	// the answer stays owed.
	CommitAsked(ctx context.Context, id int64, t team.Turned, now time.Time) error
	// Notices gives what is owed to leads and due.
	Notices(ctx context.Context, now time.Time, limit int) ([]team.Notice, error)
	// PutOffNotice keeps an owed notice back until then.
	PutOffNotice(ctx context.Context, id int64, until time.Time) error
	// CommitNotice stores a notice's mail and that it is no longer owed.
	CommitNotice(ctx context.Context, id int64, m team.Outgoing, now time.Time) error
}

// Scheduler asks the store what is due, composes it and stores it.
type Scheduler struct {
	Store   Store
	Compose *Composer
	Log     *slog.Logger
	Kick    <-chan struct{}                         // something was stored that may be due at once; may be nil
	Longest time.Duration                           // between two looks at the database; a minute if it is zero
	Now     func() time.Time                        // the clock of Run; time.Now if nil
	Made    func(team.MailKind, time.Duration)      // called for each mail put into the outbox, with how late it is; may be nil
	Skipped func(kind team.SlotKind, reason string) // called for each slot passed over without a mail, by several goroutines; may be nil

	failed atomic.Pointer[failure]
}

// failure is something due that could not be made.
type failure struct {
	at  time.Time
	err error
}

// Trouble is why something that is due could not be made since that time; nil if nothing is known against it. It may be called at any time.
func (s *Scheduler) Trouble(since time.Time) error {
	if f := s.failed.Load(); f != nil && !f.at.Before(since) {
		return f.err
	}
	return nil
}

// fail tells that something could not be made.
func (s *Scheduler) fail(now time.Time, act string, err error, about ...any) {
	s.Log.Error(act, append(about, "error", err)...)
	s.failed.Store(&failure{now, fmt.Errorf("%s: %w", act, err)})
}

const (
	batch   = 100
	longest = time.Minute      // between two looks at the database: clocks step, machines sleep, other programs write
	putOff  = 10 * time.Minute // until a turn that could not be composed is tried again
)

// Run makes what is due until ctx ends.
func (s *Scheduler) Run(ctx context.Context) error {
	failures := 0
	for ctx.Err() == nil {
		longest := cmp.Or(s.Longest, longest)
		wait := longest
		if _, err := s.Tick(ctx, s.now()); err == nil {
			failures = 0
			if at, ok, err := s.Store.NextSlot(ctx); err == nil && ok {
				wait = min(longest, max(at.Sub(s.now()), time.Second))
			}
		} else if ctx.Err() == nil { // a full disk is full for a while
			wait = min(longest, time.Second<<min(failures, 10))
			failures++
			s.Log.Error("scheduling", "error", err, "again_in", wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.Kick:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

func (s *Scheduler) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Tick plans what is unplanned and makes everything due at now. It gives the number of mails put into the outbox.
func (s *Scheduler) Tick(ctx context.Context, now time.Time) (made int, err error) {
	back, err := s.Store.Clock(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("noting the time: %w", err)
	}
	if back > 0 {
		s.Log.Warn("the clock was set back: everybody is planned anew", "by", back.Round(time.Second))
	}
	if err := s.Store.Lapse(ctx, now); err != nil {
		return 0, fmt.Errorf("giving up what is too late: %w", err)
	}
	if err := s.plan(ctx, now); err != nil {
		return 0, err
	}
	for {
		turns, err := s.Store.Due(ctx, now, batch)
		if err != nil {
			return made, fmt.Errorf("finding what is due: %w", err)
		}
		turned := s.turnAll(turns, now)
		if len(turned) > 0 {
			failpoint.Here("composed")
			if err := s.Store.Commit(ctx, turned, now); err != nil {
				return made, fmt.Errorf("storing what was due: %w", err)
			}
		}
		for _, t := range turned {
			if t.Mail != nil {
				made++
				s.made(t.Mail.Kind, now.Sub(t.Turn.Slot.At))
			}
		}
		if len(turns) < batch {
			break
		}
	}
	n, err := s.Answer(ctx, now)
	if made += n; err != nil {
		return made, err
	}
	n, err = s.notice(ctx, now)
	return made + n, err
}

func (s *Scheduler) made(kind team.MailKind, late time.Duration) {
	if s.Made != nil {
		s.Made(kind, late)
	}
}

func (s *Scheduler) skipped(slot team.Slot, reason string) {
	if s.Skipped != nil {
		s.Skipped(slot.Kind, reason)
	}
}

func (s *Scheduler) plan(ctx context.Context, now time.Time) error {
	for {
		people, err := s.Store.Unplanned(ctx, batch)
		if err != nil {
			return fmt.Errorf("finding unplanned members: %w", err)
		}
		waiting, err := s.Store.Waiting(ctx, people)
		if err != nil {
			return fmt.Errorf("finding what waits for unplanned members: %w", err)
		}
		ends := map[int64]time.Time{}
		for _, p := range people {
			for _, m := range waiting[p.ID] {
				if end, err := endOf(p, m, now); err == nil && !end.Equal(m.ExpiresAt) { // an error is said below
					ends[m.ID] = end
				}
			}
			slots, err := Plan(p, now)
			if err != nil { // not a reason to keep everyone else waiting
				s.fail(now, "planning", err, "member", p.ID)
			}
			if err := s.Store.Plan(ctx, p.ID, slots); err != nil {
				return fmt.Errorf("planning member %d: %w", p.ID, err)
			}
		}
		if len(ends) > 0 { // what ends now is told by the digest that is planned; and its reader may be planned anew
			if err := s.Store.EndAt(ctx, ends, now); err != nil {
				return fmt.Errorf("giving what waits the time of new rules: %w", err)
			}
		} else if len(people) < batch {
			return nil
		}
	}
}

// endOf is when the useful life of a mail that waits ends by the present rules: now, if it can come no more, or if another digest comes
// before it can, which then tells what it held.
func endOf(p team.Person, m team.Outgoing, now time.Time) (time.Time, error) {
	slot, err := slotOf(p, m, now)
	if slot == nil || err != nil {
		return now, err
	}
	if m.Kind == team.DigestMail {
		next, err := NextDigest(p, team.Date{}, now)
		if err != nil || next != nil && next.Day.Before(m.Day) {
			return now, err
		}
	}
	return slot.Until, nil
}

// turnAll makes of each due slot what is to be stored, on all processors. Each takes a row of neighbours: people of one team, who read
// the same words, are often such.
func (s *Scheduler) turnAll(turns []team.Turn, now time.Time) []team.Turned {
	turned := make([]team.Turned, len(turns))
	var composing sync.WaitGroup
	for n, workers := 0, runtime.GOMAXPROCS(0); n < workers; n++ {
		from, to := len(turns)*n/workers, len(turns)*(n+1)/workers
		composing.Go(func() {
			for i := from; i < to; i++ {
				turned[i] = s.turn(turns[i], now)
			}
		})
	}
	composing.Wait()
	return turned
}

// turn makes of one due slot what is to be stored. It cannot fail: a slot that cannot be made is put off.
func (s *Scheduler) turn(t team.Turn, now time.Time) team.Turned {
	out := team.Turned{Turn: t}
	var following *team.Slot
	var err error
	switch t.Slot.Kind {
	case team.PromptSlot:
		following, err = s.prompt(&out, now)
	case team.ReminderSlot:
		err = s.reminder(&out, now)
	case team.DigestSlot:
		following, err = s.digest(&out, now)
	case team.WeeklySlot:
		following, err = s.rollup(&out, now)
	default:
		err = fmt.Errorf("unknown kind of slot %q", t.Slot.Kind)
	}
	if err != nil {
		s.fail(now, "composing", err, "kind", t.Slot.Kind, "member", t.Person.ID, "day", t.Slot.Day.String())
		later := t.Slot
		later.At = now.Add(putOff)
		return team.Turned{Turn: t, Next: []team.Slot{later}}
	}
	if following != nil {
		out.Next = append(out.Next, *following)
	}
	return out
}

func (s *Scheduler) prompt(out *team.Turned, now time.Time) (*team.Slot, error) {
	t := out.Turn
	following, err := NextPrompt(t.Person, t.Team, t.CheckIn, t.Slot.Day, now)
	if err != nil {
		return nil, err
	}
	if !now.Before(t.Slot.Until) {
		s.skipped(t.Slot, "too late in the day")
		return following, nil
	}
	if !t.Person.MayTry(now) {
		s.skipped(t.Slot, "mail does not arrive")
		return following, nil
	}
	if !t.Person.WorksOn(t.Slot.Day, t.Team) { // a holiday that was not known when it was planned, as before an upgrade
		s.skipped(t.Slot, "no working day")
		return following, nil
	}
	if t.CheckIn.Schedule.Month != 0 && t.Asked.Year == t.Slot.Day.Year && t.Asked.Month == t.Slot.Day.Month {
		s.skipped(t.Slot, "asked this month") // before a leave that was called off since
		return following, nil
	}
	if Rarely(t.CheckIn, t.Silence) {
		week := t.LastAsked.Add(7)
		early := t.Unanswered > patience && t.Slot.Day.Before(week)
		if !early {
			week = t.Slot.Day.Add(7)
		}
		if following, err = NextPrompt(t.Person, t.Team, t.CheckIn, week.Add(-1), now); err != nil {
			return nil, err
		}
		if following != nil {
			following.Rarely = true
		}
		if early {
			s.skipped(t.Slot, "asked once a week")
			return following, nil
		}
	}
	mail, err := s.Compose.Prompt(t, now)
	if err != nil {
		return nil, err
	}
	out.Mail = &mail
	if t.CheckIn.Reminder {
		reminder, err := ReminderFor(t.Person, t.Team, t.CheckIn, t.Slot.Day, t.Slot.At)
		if err != nil {
			return nil, err
		}
		if reminder != nil {
			out.Next = append(out.Next, *reminder)
		}
	}
	return following, nil
}

// patience is how many prompts of a check-in for every working day may stay without an answer, one after the other, until it is asked
// only once a week. The next answer brings it back.
const patience = 3

// Rarely tells whether a check-in is asked once a week only, after what was not answered.
func Rarely(c team.CheckIn, s team.Silence) bool {
	return c.Schedule == team.Schedule{} && s.Unanswered >= patience
}

func (s *Scheduler) reminder(out *team.Turned, now time.Time) error {
	t := out.Turn
	switch {
	case t.Answered:
		s.skipped(t.Slot, "answered")
		return nil
	case !t.Person.Reachable():
		s.skipped(t.Slot, "mail does not arrive")
		return nil
	case t.Prompt == nil:
		s.skipped(t.Slot, "there was no prompt")
		return nil
	}
	sent := t.Prompt.SentAt
	if sent.IsZero() { // it waits still: the reminder comes with a digest after it
		sent = now
	}
	// The rule may have changed since the prompt was sent: it is the present one that counts.
	slot, err := ReminderFor(t.Person, t.Team, t.CheckIn, t.Slot.Day, sent)
	if err != nil {
		return err
	}
	switch {
	case slot == nil:
		s.skipped(t.Slot, "away since, or too long ago")
		return nil
	case now.Before(slot.At):
		out.Next = append(out.Next, *slot)
		return nil
	case !now.Before(slot.Until):
		s.skipped(t.Slot, "too late in the day")
		return nil
	}
	t.Slot.Until = slot.Until
	mail, err := s.Compose.Reminder(t, now)
	if err != nil {
		return err
	}
	out.Mail = &mail
	return nil
}

func (s *Scheduler) digest(out *team.Turned, now time.Time) (*team.Slot, error) {
	t := out.Turn
	following, err := NextDigest(t.Person, t.Slot.Day, now)
	if err != nil {
		return nil, err
	}
	if reason := untold(t, now); reason != "" {
		s.skipped(t.Slot, reason)
		return following, nil
	}
	mail, ok, err := s.Compose.Digest(t, now)
	if err != nil {
		return nil, err
	}
	out.Told = true
	told := t.Person
	told.Told, told.Missed = t.Slot.Day, false
	if following, err = NextDigest(told, t.Slot.Day, now); err != nil {
		return nil, err
	}
	if !ok {
		s.skipped(t.Slot, "nothing new")
		return following, nil
	}
	out.Mail = &mail
	return following, nil
}

// untold is why a digest or a roll-up tells nothing at now, "" if it does. What is new stays new for the next one.
func untold(t team.Turn, now time.Time) string {
	switch {
	case !now.Before(t.Slot.Until):
		return "too late in the day"
	case !t.Person.MayTry(now):
		return "mail does not arrive"
	case !t.Person.WorksOn(t.Slot.Day, t.Person.DigestTeam()):
		return "no working day"
	}
	return ""
}

// rollup makes a roll-up, unless nobody else has said anything since the one before.
func (s *Scheduler) rollup(out *team.Turned, now time.Time) (*team.Slot, error) {
	t := out.Turn
	following, err := NextRollup(t.Person, t.Slot.Day, now)
	if err != nil {
		return nil, err
	}
	if reason := untold(t, now); reason != "" {
		s.skipped(t.Slot, reason)
		return following, nil
	}
	mail, ok, err := s.Compose.Weekly(t, now)
	if err != nil {
		return nil, err
	}
	out.Told = true
	rolled := t.Person
	rolled.Rolled = t.Slot.Day
	if following, err = NextRollup(rolled, t.Slot.Day, now); err != nil {
		return nil, err
	}
	if !ok {
		s.skipped(t.Slot, "nothing new")
		return following, nil
	}
	out.Mail = &mail
	return following, nil
}

// Answer makes the answers that are owed and due at now, and nothing else. One that cannot be made is put off and keeps no other waiting.
func (s *Scheduler) Answer(ctx context.Context, now time.Time) (made int, err error) {
	for {
		answers, err := s.Store.Answers(ctx, now, batch)
		if err != nil {
			return made, fmt.Errorf("finding owed answers: %w", err)
		}
		for _, a := range answers {
			at, err := AnswerAt(a, now)
			var out team.Turned
			if err == nil && !at.After(now) {
				out, err = s.answerTo(a, now)
			}
			if err != nil {
				s.fail(now, "composing", err, "answer", a.Kind, "member", a.Person.ID)
				at = now.Add(putOff)
			}
			if at.After(now) {
				if err := s.Store.PutOffAnswer(ctx, a.ID, at); err != nil {
					return made, fmt.Errorf("putting off answer %d: %w", a.ID, err)
				}
				continue
			}
			if out.Told {
				err = s.Store.CommitAsked(ctx, a.ID, out, now)
			} else {
				err = s.Store.CommitAnswer(ctx, a.ID, *out.Mail, now)
			}
			if err != nil {
				return made, fmt.Errorf("storing answer %d: %w", a.ID, err)
			}
			made++
			s.made(out.Mail.Kind, 0)
		}
		if len(answers) < batch {
			return made, nil
		}
	}
}

// answerTo writes an answer; if it is told, it is a digest in place of the next one.
func (s *Scheduler) answerTo(a team.Answer, now time.Time) (team.Turned, error) {
	if a.Kind.IsDigest() {
		return s.Compose.Asked(a, now)
	}
	mail, err := s.Compose.Answer(a, now)
	return team.Turned{Mail: &mail}, err
}

// notice makes what is owed to leads, within their working hours. One that cannot be made is put off and keeps no other waiting.
func (s *Scheduler) notice(ctx context.Context, now time.Time) (made int, err error) {
	for {
		notices, err := s.Store.Notices(ctx, now, batch)
		if err != nil {
			return made, fmt.Errorf("finding owed notices: %w", err)
		}
		for _, n := range notices {
			at, err := noticeAt(n.Person, now)
			var mail team.Outgoing
			if err == nil && !at.After(now) {
				mail, err = s.Compose.Notice(n, now)
			}
			if err != nil {
				s.fail(now, "composing", err, "notice", n.ID, "member", n.Person.ID)
				at = now.Add(putOff)
			}
			if at.After(now) {
				if latest := now.Add(lookAgain); at.After(latest) {
					at = latest
				}
				if err := s.Store.PutOffNotice(ctx, n.ID, at); err != nil {
					return made, fmt.Errorf("putting off notice %d: %w", n.ID, err)
				}
				continue
			}
			if err := s.Store.CommitNotice(ctx, n.ID, mail, now); err != nil {
				return made, fmt.Errorf("storing notice %d: %w", n.ID, err)
			}
			made++
			s.made(mail.Kind, 0)
		}
		if len(notices) < batch {
			return made, nil
		}
	}
}

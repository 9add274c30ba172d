package digest

import (
	"time"

	"daybreak/internal/team"
)

// grace is how late a mail may still be sent that its member wants after their own working hours.
const grace = 30 * time.Minute

// Plan gives the next slot of everything that is due for the person from now on: one prompt for each check-in, one
// digest and one roll-up. A slot whose time has come but whose window is still open is given too, unless it is a digest or a roll-up that had
// its turn already; the store's unique marks make sure that none is acted on twice. Who is away without an end has none.
func Plan(p team.Person, now time.Time) ([]team.Slot, error) {
	var slots []team.Slot
	add := func(slot *team.Slot, err error) error {
		if slot != nil {
			slots = append(slots, *slot)
		}
		return err
	}
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			if err := add(NextPrompt(p, m.Team, c, team.Date{}, now)); err != nil {
				return nil, err
			}
		}
	}
	slot, err := NextDigest(p, team.Date{}, now)
	if slot != nil && slot.Day == p.Told { // a day before it is one that comes beyond the date line
		slot, err = NextDigest(p, p.Told, now)
	}
	if err := add(slot, err); err != nil {
		return nil, err
	}
	if err := add(NextRollup(p, team.Date{}, now)); err != nil {
		return nil, err
	}
	return slots, nil
}

// NextPrompt is the first prompt slot of a check-in for a day after the given one whose window is still open at now; nil if there is
// none to be seen.
func NextPrompt(p team.Person, t team.Team, c team.CheckIn, after team.Date, now time.Time) (*team.Slot, error) {
	rule := p.RuleIn(t)
	slot, err := next(&p, &t, &rule, c.Schedule, rule.Prompt, after, now)
	if slot != nil {
		slot.MemberID, slot.Kind, slot.CheckInID = p.ID, team.PromptSlot, c.ID
	}
	return slot, err
}

// NextDigest is the first digest slot for a day after the given one whose window is still open at now; nil if there is none to be seen.
// Who gets one a week has none in a week in which they had their turn, unless that one could not be sent.
func NextDigest(p team.Person, after team.Date, now time.Time) (*team.Slot, error) {
	in := p.DigestTeam()
	rule := p.RuleIn(in)
	slot, err := next(&p, &in, &rule, team.Schedule{}, rule.Digest, after, now)
	for weekly := rule.Digests == team.Weekly && !p.Missed; weekly && slot != nil && !p.Told.Before(rule.Days.WeekOf(slot.Day)); {
		slot, err = next(&p, &in, &rule, team.Schedule{}, rule.Digest, slot.Day, now)
	}
	if slot != nil {
		slot.MemberID, slot.Kind = p.ID, team.DigestSlot
	}
	return slot, err
}

// NextRollup is the first slot of a roll-up for a day after the given one whose window is still open at now; nil if there is none to be seen,
// or if the person gets none. It comes with the prompts of the last day of a working week on which they work: if they are away or have a
// holiday on those after it, that is an earlier one. A week in which they had it has no other.
func NextRollup(p team.Person, after team.Date, now time.Time) (*team.Slot, error) {
	in := p.DigestTeam()
	rule := p.RuleIn(in)
	if !rule.RollsUp() {
		return nil, nil
	}
	loc, err := rule.Location()
	if err != nil {
		return nil, err
	}
	last := func(d team.Date) bool {
		week := rule.Days.WeekOf(d)
		if !p.Rolled.Before(week) {
			return false
		}
		for later := d.Add(1); later.Before(week.Add(7)); later = later.Add(1) {
			if p.WorksBy(&rule, later, &in) && later.IsIn(loc) {
				return false
			}
		}
		return true
	}
	slot, err := next(&p, &in, &rule, team.Schedule{}, rule.Prompt, after, now)
	for slot != nil && !last(slot.Day) {
		slot, err = next(&p, &in, &rule, team.Schedule{}, rule.Prompt, slot.Day, now)
	}
	if slot != nil {
		slot.MemberID, slot.Kind = p.ID, team.WeeklySlot
	}
	return slot, err
}

// remindedWithin is how many days after a prompt its reminder comes at most. Who works on two days of a week is reminded of the last by then.
const remindedWithin = 6

// ReminderFor is the slot that reminds of the prompt for a day: with the first digest after it, as a rule on the next working day's
// morning, and after it was sent, which may have been late. Its Day is the prompt's day, since that is what it asks about. It is nil if the
// person is away in between, or works again only after a week or more: nobody is reminded of what was asked before a leave or a row of
// holidays.
func ReminderFor(p team.Person, t team.Team, c team.CheckIn, day team.Date, sent time.Time) (*team.Slot, error) {
	in, there := p.DigestTeam(), p.RuleIn(t)
	rule, after := p.RuleIn(in), day
	if rule.ClockOn(rule.Digest, day) > there.ClockOn(there.Prompt, day) { // the digest of the same day comes after the prompt
		after = day.Add(-1)
	}
	early := day.Instant(0, time.UTC).Add(-24 * time.Hour)
	slot, err := next(&p, &in, &rule, team.Schedule{}, rule.Digest, after, early)
	for slot != nil && !slot.At.After(sent) && slot.Day.Number()-day.Number() <= remindedWithin {
		slot, err = next(&p, &in, &rule, team.Schedule{}, rule.Digest, slot.Day, early)
	}
	if slot == nil || err != nil || slot.Day.Number()-day.Number() > remindedWithin {
		return nil, err
	}
	for d := day; d.Before(slot.Day); d = d.Add(1) {
		if _, away := p.Away.On(d); away {
			return nil, nil
		}
	}
	slot.MemberID, slot.Kind, slot.CheckInID, slot.Day = p.ID, team.ReminderSlot, c.ID, day
	return slot, nil
}

// WelcomeAt is when a mail that was made earlier may reach the person: now or before means at once, a zero time not any more. An answer
// or a notice that has become old in the outbox waits for their working hours. Others go in the slot that they were made for, as the rules
// have it now; a day may have moved meanwhile, and what was made for it is not sent on another.
func WelcomeAt(p team.Person, m team.Outgoing, now time.Time) (time.Time, error) {
	switch {
	case m.Kind.Waits() && now.Sub(m.CreatedAt) <= fresh:
		return now, nil
	case m.Kind == team.NoticeMail:
		return noticeAt(p, now)
	case m.Kind.Waits():
		return answerAt(p, now)
	}
	slot, err := slotOf(p, m, now)
	if slot == nil || err != nil {
		return time.Time{}, err
	}
	return slot.At, nil
}

// slotOf is the slot in which a mail that was made earlier may still come by the present rules; nil if there is none.
func slotOf(p team.Person, m team.Outgoing, now time.Time) (*team.Slot, error) {
	slot, err := slotFor(p, m, now)
	if slot == nil || err != nil || slot.Day != m.Day || !now.Before(slot.Until) {
		return nil, err
	}
	return slot, nil
}

// slotFor is the first slot for the day of a mail or, if that has none, after it; nil if there is none.
func slotFor(p team.Person, m team.Outgoing, now time.Time) (*team.Slot, error) {
	before := m.Day.Add(-1)
	if m.Kind == team.DigestMail {
		p.Told = team.Date{} // it had its turn with this mail
		return NextDigest(p, before, now)
	}
	if m.Kind == team.WeeklyMail {
		p.Rolled = team.Date{}
		return NextRollup(p, before, now)
	}
	for _, in := range p.Teams {
		for _, c := range in.Team.CheckIns {
			switch {
			case c.ID != m.CheckInID:
			case m.Kind == team.PromptMail:
				return NextPrompt(p, in.Team, c, before, now)
			case m.Kind == team.ReminderMail:
				return ReminderFor(p, in.Team, c, m.Day, m.AskedAt)
			}
		}
	}
	return nil, nil
}

// fresh is how soon after a mail its answer may come at any hour: whoever has just written is there to read it.
const fresh = time.Hour

// AnswerAt is when an answer is made: at once, but that to a mail that came some time ago, as after an outage, waits for the member's
// working hours.
func AnswerAt(a team.Answer, now time.Time) (time.Time, error) {
	if now.Sub(a.ReceivedAt) <= fresh {
		return now, nil
	}
	return answerAt(a.Person, now)
}

// answerAt is the next instant within the working hours of somebody who has written; now if they have none ahead: an answer is owed even
// to who is away without an end.
func answerAt(p team.Person, now time.Time) (time.Time, error) {
	at, ok, err := inHours(p, now)
	if err != nil || !ok {
		return now, err
	}
	return at, nil
}

// lookAgain is how soon it is looked again whether a notice may be made: whoever is away may come back early, and hours change.
const lookAgain = time.Hour

// noticeAt is the next instant within the person's working hours, when a notice may be made; of who has none ahead, being away without an
// end, it is when to look again.
func noticeAt(p team.Person, now time.Time) (time.Time, error) {
	at, ok, err := inHours(p, now)
	if err != nil || !ok {
		return now.Add(lookAgain), err
	}
	return at, nil
}

// inHours is the next instant from now on that is within the person's working hours, if there is one to be seen. Who is in no team has no
// hours, and any time will do.
func inHours(p team.Person, now time.Time) (at time.Time, ok bool, err error) {
	if len(p.Teams) == 0 {
		return now, true, nil
	}
	in := p.DigestTeam()
	rule := p.RuleIn(in)
	slot, err := next(&p, &in, &rule, team.Schedule{}, rule.Hours.Start, team.Date{}, now)
	switch {
	case err != nil || slot == nil:
		return now, false, err
	case slot.At.Before(now):
		return now, true, nil
	}
	return slot.At, true, nil
}

// farthest is how many days ahead the next working day is looked for: a check-in that comes once a month, in a month off, and more.
const farthest = 100

// next finds the first day after the given date (any, if it is zero) on which the person works by the rule that holds for them in the team,
// that is on the schedule, and on which the window that opens at the clock is not over at now. The window ends with that day's working
// hours, or soon after a clock that comes after them. A date that the zone never had, as where the date line was moved, is no day. It is nil
// for who is away without an end, and where there is no such day: a check-in of Mondays never asks those who do not work then.
func next(p *team.Person, t *team.Team, rule *team.Rule, schedule team.Schedule, clock team.Clock, after team.Date,
	now time.Time) (*team.Slot, error) {
	loc, err := rule.Location()
	if err != nil {
		return nil, err
	}
	// Days earlier than the local date, since a window may have been opened just before midnight, and a date left out since.
	day := team.DateOf(now.In(loc)).Add(-2)
	if !after.IsZero() && !after.Before(day) {
		day = after.Add(1)
	}
	works := func(d team.Date) bool { return p.WorksBy(rule, d, t) }
	for range farthest {
		if span, away := p.Away.On(day); away {
			if span.Through.IsZero() {
				return nil, nil
			}
			day = span.Through.Add(1)
			continue
		}
		if works(day) && schedule.On(day, works) {
			at := day.Instant(rule.ClockOn(clock, day), loc)
			until := day.Instant(rule.Hours.On(day.Weekday()).End, loc)
			if !at.Before(until) {
				until = at.Add(grace)
			}
			if now.Before(until) && (team.DateOf(at) == day || day.IsIn(loc)) {
				return &team.Slot{Day: day, At: at, Until: until, Opened: at.Before(now)}, nil
			}
		}
		day = day.Add(1)
	}
	return nil, nil
}

package team

import "time"

// Open is a thing said that stays open until somebody says what became of it: a blocker, or a question to somebody.
type Open struct {
	ItemID   int64
	MemberID int64 // who said it
	Name     string
	Kind     Kind
	Text     string
	Since    Date
	Asked    int64 // of an ask: who is asked
	AskedBy  string
	Due      time.Time // of an ask: when an answer is due
}

// OpenDays is for how many days a thing that nobody answers stays open.
const OpenDays = 28

// AnswerBy is when an answer to what somebody is asked at a time is due: as the team has agreed, else a working day later by their clock. What
// comes outside their hours counts from when these begin.
func (p Person) AnswerBy(t Team, asked time.Time) time.Time {
	loc, err := p.RuleIn(t).Location()
	if err != nil {
		return asked.Add(24 * time.Hour)
	}
	begun := p.works(t, asked, loc)
	if days, hours := t.Response.parts(); days > 0 {
		return p.later(t, begun, days, loc)
	} else {
		return p.worked(t, begun, time.Duration(hours)*time.Hour, loc)
	}
}

// AnswerOn is when an answer is due that somebody wants by a day, or by a clock of it in the asked person's zone: the last moment of the
// person's hours before that. If there is none since they were asked it is as AnswerBy gives it.
func (p Person) AnswerOn(t Team, d Date, clock *Clock, asked time.Time) time.Time {
	rule := p.RuleIn(t)
	loc, err := rule.Location()
	if err != nil {
		return p.AnswerBy(t, asked)
	}
	for n := range 30 {
		day := d.Add(-n)
		hours := rule.Hours.On(day.Weekday())
		end := hours.End
		if n == 0 && clock != nil {
			end = min(end, *clock)
		}
		if !p.WorksOn(day, t) || end <= hours.Start {
			continue
		}
		if due := day.Instant(end, loc); due.After(asked) {
			return due
		}
		break
	}
	return p.AnswerBy(t, asked)
}

// AnswerAfter is when an answer is due that had been due during a leave of theirs: at the end of their first day back.
func (p Person) AnswerAfter(t Team, leave Span, due time.Time) time.Time {
	loc, err := p.RuleIn(t).Location()
	if err != nil || leave.Through.IsZero() || !leave.Has(DateOf(due.In(loc))) {
		return due
	}
	day := p.workday(t, leave.Through.Add(1))
	return day.Instant(p.RuleIn(t).Hours.On(day.Weekday()).End, loc)
}

// Overdue tells whether a working day more has gone by since an answer was due.
func (p Person) Overdue(t Team, due, now time.Time) bool {
	loc, err := p.RuleIn(t).Location()
	if err != nil {
		return now.After(due.Add(24 * time.Hour))
	}
	return now.After(p.later(t, p.works(t, due, loc), 1, loc))
}

// works is the first moment from a time on at which the person is in their hours.
func (p Person) works(t Team, at time.Time, loc *time.Location) time.Time {
	day := DateOf(at.In(loc))
	if d := p.workday(t, day); d != day {
		return d.Instant(p.RuleIn(t).Hours.On(d.Weekday()).Start, loc)
	}
	hours := p.RuleIn(t).Hours.On(day.Weekday())
	if at.Before(day.Instant(hours.Start, loc)) {
		return day.Instant(hours.Start, loc)
	}
	if !at.Before(day.Instant(hours.End, loc)) {
		d := p.workday(t, day.Add(1))
		return d.Instant(p.RuleIn(t).Hours.On(d.Weekday()).Start, loc)
	}
	return at
}

// within is a clock on a day, within the person's hours of it.
func (p Person) within(t Team, d Date, clock Clock, loc *time.Location) time.Time {
	hours := p.RuleIn(t).Hours.On(d.Weekday())
	return d.Instant(min(max(clock, hours.Start), hours.End), loc)
}

// workday is the first day from d on which the person works, d itself if there is none within a year.
func (p Person) workday(t Team, d Date) Date {
	for n := range 366 {
		if p.WorksOn(d.Add(n), t) {
			return d.Add(n)
		}
	}
	return d
}

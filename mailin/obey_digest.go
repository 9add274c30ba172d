package mailin

import (
	"daybreak/internal/team"
	"daybreak/mailin/order"
)

// sinceLimit is how many days back a digest may be asked for. Older is for the archive.
const sinceLimit = 92

// digest has a member sent the digest that they ask for.
func (r *Reader) digest(v *Verdict, o order.Order) {
	a := v.Mail.Answer
	if len(v.Person.Teams) == 0 {
		a.Kind, a.Doubt.Why = team.AnswerUnclear, "you are in no team of which there could be one"
		return
	}
	switch o.Kind {
	case order.Digest:
		a.Kind = team.AnswerDigest
	case order.Full:
		if a.Kind = team.AnswerFull; v.Answers != nil && v.Answers.Kind == team.DigestMail {
			a.Day, a.Asked = v.Answers.Day, v.Answers.Answered
		}
	case order.Since, order.Week, order.Decisions:
		loc, err := v.Person.DigestRule().Location()
		if err != nil {
			a.Kind, a.Doubt.Why = team.AnswerUnclear, "you have no zone by which it could be known what day it is"
			return
		}
		today := team.DateOf(writtenAt(v.Mail).In(loc))
		if o.Kind == order.Week {
			a.Kind, a.Day = team.AnswerWeek, firstOfWeek(o.Words, today, v.Person.DigestRule().Days)
			return
		}
		day, ok := order.Day(o.Words, today)
		if o.Kind == order.Decisions {
			a.Kind, a.Day = team.AnswerDecisions, day // none: since ever
			return
		}
		if a.Kind, a.Day = team.AnswerSince, day; !ok || today.Number()-day.Number() > sinceLimit {
			a.Kind, a.Doubt = team.AnswerUnclear, team.Doubt{Why: "a digest goes three months back at most", Try: []string{"digest since " + today.Add(-sinceLimit).Short()[4:]}}
		}
	}
}

// firstOfWeek is the first day of the working week that is meant: "this" or "last", or else of the last seven days.
func firstOfWeek(which string, today team.Date, days team.Workdays) team.Date {
	switch which {
	case "this":
		return days.WeekOf(today)
	case "last":
		return days.WeekOf(today).Add(-team.RollupDays)
	}
	return today.Add(1 - team.RollupDays)
}

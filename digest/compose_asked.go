package digest

import (
	"fmt"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// Asked writes the digest that a member asked for by mail. If it is told, they have it in place of the next one; else it changes nothing.
func (c *Composer) Asked(a team.Answer, now time.Time) (team.Turned, error) {
	rule := a.Person.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return team.Turned{}, fmt.Errorf("composing a digest for member %d: %w", a.Person.ID, err)
	}
	var out team.Turned
	var letter templates.Letter
	d, since := c.asked(a, now)
	marks, news := d.marks, d.isNews()
	switch a.Kind {
	case team.AnswerWeek:
		letter, marks, news, err = c.WeekLetter(*a.Turn, now)
	case team.AnswerDecisions:
		letter, marks, news, err = c.DecisionsLetter(*a.Turn, now.In(loc))
	}
	if err != nil {
		return team.Turned{}, err
	}
	if !news {
		view := c.receipt(a, templates.NoNewsReceipt, rule)
		view.Since, view.Whole, view.Decisions = since, a.Turn == nil, a.Kind == team.AnswerDecisions
		if a.Kind == team.AnswerWeek {
			days := weekDays(a.Turn.Slot.Day, team.RollupDays, now, loc)
			view.Since, view.Until = days.from.Short(), days.through.Short()
		}
		letter, err = c.Templates.Receipt(view)
	} else if !rolledUp(a.Kind) {
		out.Turn, out.Told = *a.Turn, a.Kind == team.AnswerDigest
		letter, err = c.digestOf(d, a.Person)
	}
	if err != nil {
		return team.Turned{}, fmt.Errorf("composing a digest for member %d: %w", a.Person.ID, err)
	}
	sender := "daybreak"
	if in := a.Person.Teams; len(in) == 1 {
		sender = in[0].Team.Name
	}
	m, err := c.render(message{
		kind: team.ReceiptMail, person: a.Person, sender: sender, letter: letter, date: now.In(loc), until: now.Add(answerLife),
		answers: a.MessageID, reply: true,
		dedupe: fmt.Sprintf("receipt:%d:%d", a.Person.ID, a.ID),
		token:  token.Token{Kind: token.Receipt, Member: a.Person.ID, ID: a.ID, Day: team.DayAt(now, loc)},
	})
	m.Marks = marks
	out.Mail = &m
	return out, err
}

// rolledUp tells whether an answer is not shaped as a digest.
func rolledUp(k team.AnswerKind) bool { return k == team.AnswerWeek || k == team.AnswerDecisions }

// asked puts what a digest that was asked for is made of in order, and says since when it is, "" if that is not what was asked.
func (c *Composer) asked(a team.Answer, now time.Time) (d sorted, since string) {
	switch {
	case a.Kind == team.AnswerDecisions && !a.Turn.Slot.Day.IsZero():
		return d, near(a.Turn.Slot.Day, team.DateOf(now))
	case a.Turn == nil || rolledUp(a.Kind):
		return d, ""
	}
	d = c.sort(*a.Turn, now)
	if a.Kind == team.AnswerSince {
		since = a.Turn.Slot.Day.Short()
	}
	d.view.Asked, d.view.Since, d.view.Whole = true, since, a.Kind == team.AnswerFull
	return d, since
}

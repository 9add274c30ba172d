package digest

import (
	"fmt"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// Composer writes mails. It is pure: equal turns at an equal now give equal bytes, but for their signatures. It can be used by many
// goroutines at once.
type Composer struct {
	Address   string // ours, such as updates@example.com
	Keys      token.Keys
	Templates *templates.Set
	PublicURL string // before the links to unsubscribe, "" for no such links
	DKIM      *DKIM  // signs each mail; nil: the mail server does, or nobody
	VERP      bool   // the envelope sender names each mail, so that a bounce of it is known whatever it says
}

// How long mails are of use, after which they are not sent any more.
const (
	usefulLife = 12 * time.Hour     // of a prompt, a reminder and a digest whose slot has no end
	answerLife = 4 * 24 * time.Hour // of an answer and a notice, which may wait over a long weekend
)

// until is how long the mail of a slot is of use: to the end of its window, since nothing may arrive after a person's hours. What
// could not be sent by then is told in the next digest.
func until(slot team.Slot, now time.Time) time.Time {
	if slot.Until.IsZero() {
		return now.Add(usefulLife)
	}
	return slot.Until
}

// tokenDays is how many days a mail can be answered.
const tokenDays = 90

// sign sets until when a token can be answered and gives its text.
func (c *Composer) sign(t *token.Token) string {
	t.Expires = t.Day.Add(tokenDays)
	return c.Keys.Sign(*t)
}

// Prompt writes the mail that asks a member one check-in for one day.
func (c *Composer) Prompt(turn team.Turn, now time.Time) (team.Outgoing, error) {
	return c.ask(turn, now, nil)
}

// Reminder writes the mail that repeats turn.Prompt, in its thread and about its day.
func (c *Composer) Reminder(turn team.Turn, now time.Time) (team.Outgoing, error) {
	if turn.Prompt == nil {
		return team.Outgoing{}, fmt.Errorf("composing a reminder for member %d: there is no prompt to repeat", turn.Person.ID)
	}
	return c.ask(turn, now, turn.Prompt)
}

// ask writes a prompt, or the reminder of one.
func (c *Composer) ask(turn team.Turn, now time.Time, repeats *team.Sent) (team.Outgoing, error) {
	kind, day, questions := team.PromptMail, turn.Slot.Day, turn.CheckIn.Questions
	plan, planDay := turn.Plan, turn.PlanDay
	if repeats != nil {
		kind, day = team.ReminderMail, repeats.Day
		plan, planDay = repeats.Plan, repeats.PlanDay
		if len(repeats.Questions) > 0 {
			questions = repeats.Questions
		}
	}
	if len(questions) == 0 {
		questions = team.DefaultQuestions()
	}
	rule := turn.Person.RuleIn(turn.Team)
	loc, err := rule.Location()
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a %s for member %d: %w", kind, turn.Person.ID, err)
	}
	view := templates.Prompt{
		Team: turn.Team.Name, Reader: shortName(turn.Person.Name), Day: longDay(day), ShortDay: day.Short(), Questions: questions,
		Foot: templates.Foot{When: when(rule, rule.Prompt), Teams: []string{turn.Team.Name}},
	}
	if len(plan) > 0 {
		view.Plan, view.PlanDay = plan, near(planDay, day)
		for _, p := range turn.Carried {
			since := ""
			if p.Since != planDay {
				since = "since " + near(p.Since, day)
			}
			view.Since = append(view.Since, since)
		}
	}
	for _, p := range turn.Lapsed {
		view.Lapsed = append(view.Lapsed, p.Text)
	}
	if len(turn.Team.CheckIns) > 1 {
		view.CheckIn = turn.CheckIn.Name
	}
	var marks map[string]int64
	if repeats == nil {
		view.Waiting, view.Stuck, marks = waiting(turn, now)
	}
	view.Rarely = repeats == nil && Rarely(turn.CheckIn, turn.Silence)
	m := message{
		kind: kind, person: turn.Person, sender: turn.Team.Name, list: turn.Team.Slug, date: now.In(loc), until: until(turn.Slot, now),
		dedupe: fmt.Sprintf("%s:%d:%d:%s", kind, turn.Person.ID, turn.CheckIn.ID, day),
		token:  token.Token{Kind: token.Prompt, Member: turn.Person.ID, ID: turn.CheckIn.ID, Day: day},
	}
	if repeats != nil {
		m.token.Kind, m.answers = token.Reminder, repeats.MessageID
	}
	view.Offers, view.ReplyTo = team.PlanAnswers(), token.Address(c.Address, c.sign(&m.token))
	if repeats == nil {
		m.letter, err = c.Templates.Prompt(view)
	} else {
		m.letter, err = c.Templates.Reminder(view)
	}
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a %s for member %d: %w", kind, turn.Person.ID, err)
	}
	out, err := c.render(m)
	out.Marks = marks
	return out, err
}

// Digest writes what is new to one reader. It is not ok if others have said nothing new: then there is no mail.
func (c *Composer) Digest(turn team.Turn, now time.Time) (m team.Outgoing, ok bool, err error) {
	loc, err := turn.Person.DigestRule().Location()
	if err != nil {
		return team.Outgoing{}, false, fmt.Errorf("composing a digest for member %d: %w", turn.Person.ID, err)
	}
	letter, marks, ok, err := c.digestLetter(turn, now, lateFor(turn, loc, now))
	if err != nil || !ok {
		return team.Outgoing{}, false, err
	}
	out := message{
		kind: team.DigestMail, person: turn.Person, sender: "daybreak", letter: letter, date: now.In(loc), until: until(turn.Slot, now),
		dedupe: fmt.Sprintf("digest:%d:%s", turn.Person.ID, turn.Slot.Day),
		token:  token.Token{Kind: token.Digest, Member: turn.Person.ID, Day: turn.Slot.Day},
	}
	if len(turn.Reading) == 1 && len(turn.Person.Teams) <= 1 {
		out.sender, out.list = turn.Reading[0].Team.Name, turn.Reading[0].Team.Slug
	}
	m, err = c.render(out)
	m.Marks = marks
	return m, err == nil, err
}

// Weekly writes what was said in a reader's teams since their last roll-up, and what of it is open still. It is not ok if others have said
// nothing since: then there is no mail.
func (c *Composer) Weekly(turn team.Turn, now time.Time) (m team.Outgoing, ok bool, err error) {
	rule := turn.Person.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return team.Outgoing{}, false, fmt.Errorf("composing a roll-up for member %d: %w", turn.Person.ID, err)
	}
	letter, marks, ok, err := c.RollupLetter(turn)
	if err != nil || !ok {
		return team.Outgoing{}, false, err
	}
	out := message{
		kind: team.WeeklyMail, person: turn.Person, sender: "daybreak", letter: letter, date: now.In(loc), until: until(turn.Slot, now),
		dedupe: fmt.Sprintf("weekly:%d:%s", turn.Person.ID, rule.Days.WeekOf(turn.Slot.Day)),
		token:  token.Token{Kind: token.Weekly, Member: turn.Person.ID, Day: turn.Slot.Day},
	}
	if len(turn.Person.Teams) == 1 {
		out.sender, out.list = turn.Person.Teams[0].Team.Name, turn.Person.Teams[0].Team.Slug
	}
	m, err = c.render(out)
	m.Marks = marks
	return m, err == nil, err
}

// lateAfter is how long after its time a digest says that it comes late.
const lateAfter = 20 * time.Minute

// lateFor is the time for which a digest is late, "" if it is not. One whose time was over when it was planned, as at the end of a leave, is
// not.
func lateFor(turn team.Turn, loc *time.Location, now time.Time) string {
	rule := turn.Person.DigestRule()
	clock := rule.ClockOn(rule.Digest, turn.Slot.Day)
	if turn.Slot.Opened || now.Sub(turn.Slot.Day.Instant(clock, loc)) < lateAfter {
		return ""
	}
	return clock.String()
}

// DigestLetter is the digest before it becomes a mail, for a look at it.
func (c *Composer) DigestLetter(turn team.Turn, now time.Time) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	return c.digestLetter(turn, now, "")
}

// digestLetter makes a digest that is late for a time, "" if it is not.
func (c *Composer) digestLetter(turn team.Turn, now time.Time, late string) (l templates.Letter, marks map[string]int64, ok bool, err error) {
	d := c.sort(turn, now)
	d.view.Late = late
	if !d.isNews() {
		return templates.Letter{}, nil, false, nil
	}
	if l, err = c.digestOf(d, turn.Person); err != nil {
		return templates.Letter{}, nil, false, fmt.Errorf("composing a digest for member %d: %w", turn.Person.ID, err)
	}
	return l, d.marks, true, nil
}

// digestOf makes the letter of a digest.
func (c *Composer) digestOf(d sorted, p team.Person) (templates.Letter, error) {
	foot := c.foot(p)
	d.view.Foot.When, d.view.Foot.Addresses, d.view.Foot.Agreed = foot.When, foot.Addresses, foot.Agreed
	return c.Templates.Digest(d.view)
}

package mailin

import (
	"context"
	"slices"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin/invite"
	"daybreak/mailin/mime"
	"daybreak/mailin/reply"
)

// calendarPart is the event that a mail carries.
type calendarPart struct {
	invite.Invitation
	err      error
	message  bool // it is what the mail is for (iMIP, RFC 6047), whatever words stand beside it; else a file that came with these
	attached bool // it is shown as a file
	several  bool // there are other calendar files
}

// calendarIn gives the event that a mail carries: that of a part for calendar programs, else that of a file; nil for none.
func calendarIn(m *mime.Message) *calendarPart {
	var c *calendarPart
	var text string
	for i := range m.Parts {
		p := &m.Parts[i]
		if !p.Calendar || p.Text == "" {
			continue
		}
		attached := p.Disposition == "attachment"
		message := p.Type == "text/calendar" && (p.Params["method"] != "" || p.Name == "" && !attached)
		switch {
		case c == nil || message && !c.message:
			c, text = &calendarPart{message: message, attached: attached}, p.Text
			c.Invitation, c.err = invite.Read(p.Text, p.Method)
		case message == c.message && p.Text != text:
			c.several = true
		}
	}
	return c
}

// invited carries out what a member's own calendar program says by mail. done is false for a mail that is to be read as any other.
func (r *Reader) invited(v *Verdict, now time.Time) (done bool) {
	c := v.calendar
	if c == nil {
		return false
	}
	own := c.isOf(*v.Person)
	loc, err := v.Person.DigestRule().Location()
	if err != nil {
		return false
	}
	if !c.message && (c.err != nil || !own) {
		return false
	}
	if v.hasWords() && (!c.message || v.repliesToUs() || c.attached && !own) {
		if span, _ := c.Event.Leave(r.owner(v, *v.Person, loc)); own && !span.From.IsZero() && !c.Event.Called {
			v.doubt = "the event beside your words is not read"
		}
		return false
	}
	v.byProgram = true
	v.Reading = reply.Reading{Confidence: 1, Steps: []string{"it is for calendar programs: the words beside the event are not the sender's"}}
	if text := mime.Text(v.Message.Body); text != "" {
		v.Reading.Elided = []reply.Elided{{Text: text, Why: "what stands beside an event"}}
	}
	v.Mail.Confidence = 1
	switch {
	case c.err != nil:
		v.end(team.Empty, "it is for a calendar program, but %v", c.err)
		v.noLeave(c.err.Error())
	case !c.acts():
		v.end(team.Empty, "it answers an invitation (%s), which daybreak does not keep", c.Method)
	case !own:
		v.end(team.Empty, "it is an invitation to an event that is not the sender's own, which daybreak does not keep")
		if span, _ := c.Event.Leave(r.owner(v, *v.Person, loc)); c.Event.Organizer == "" && !span.From.IsZero() {
			v.noLeave("it does not say whose event it is")
		}
	default:
		r.event(v, loc, now)
	}
	return true
}

// hasWords tells whether words of the sender's own are found in the mail.
func (v *Verdict) hasWords() bool { return len(v.Reading.Items) > 0 || v.Reading.Short != "" }

// repliesToUs tells whether the mail names one of ours as the one that it answers. Programs that invite write no replies.
func (v *Verdict) repliesToUs() bool { return v.Answers != nil && len(v.Message.InReplyTo) > 0 }

// event carries out what an event of the member's own calendar says of their days.
func (r *Reader) event(v *Verdict, loc *time.Location, now time.Time) {
	c := v.calendar
	if c.More || c.several {
		v.end(team.Empty, "there is more than one event in it")
		v.noLeave("there is more than one event in it")
		return
	}
	e := v.eventOf(loc)
	span, doubt := c.Event.Leave(r.owner(v, *v.Person, loc))
	calledOff := &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerCalledOff}
	switch {
	case now.Sub(v.Mail.ReceivedAt) > orderLimit:
		v.tooOld(now)
	case e.Called:
		v.Mail.Event, v.Mail.Answer = e, calledOff
		v.end(team.Command, "it calls off an event of the sender's own calendar")
	case doubt != "":
		v.Mail.Event = e
		v.end(team.Empty, "it is an event of the sender's own calendar that may have been meant as a leave: %s", doubt)
		v.noLeave(doubt)
	case span.From.IsZero():
		v.Mail.Event, v.Mail.Answer = e, calledOff
		v.end(team.Empty, "it is an invitation to a meeting, which daybreak does not keep")
	case span.Through.Before(team.DateOf(now.In(loc))): // what was left of it is over, too
		v.Mail.Event, v.Mail.Answer = e, calledOff
		v.tooOld(now)
	default:
		v.Mail.Event, v.Mail.Away = e, &span
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerAway}
		v.end(team.Command, "an event of the sender's own calendar says that they are away %s", span.Words())
	}
	if e.UID == "" {
		v.Mail.Event = nil // nothing that is said later can be about it
	}
}

// automatic carries out what a calendar program sent by itself for a member. It is never answered.
func (r *Reader) automatic(ctx context.Context, v *Verdict, now time.Time) (done bool, err error) {
	c := v.calendar
	if c == nil || c.err != nil || !c.acts() {
		return false, nil
	}
	person, loc, err := r.behind(ctx, v)
	if err != nil || person == nil || !c.isOf(*person) {
		return false, err
	}
	if !r.vouched(ctx, v, *person, r.automaton(v, *person)) {
		return true, nil
	}
	outcome, reason := v.Mail.Outcome, v.Mail.Reason
	v.Person, v.Mail.MemberID = person, person.ID
	r.event(v, loc, now)
	v.Mail.Outcome, v.Mail.Reason, v.Mail.Answer = outcome, reason+", and "+v.Mail.Reason, nil
	return true, nil
}

// eventOf names the event of a mail for the store.
func (v *Verdict) eventOf(loc *time.Location) *team.Event {
	c := &v.calendar.Event
	written := writtenAt(v.Mail)
	e := &team.Event{UID: c.UID, Instance: c.Instance, Sequence: c.Sequence, Stamp: c.Stamp, Called: c.Called, Today: team.DateOf(written.In(loc))}
	if e.Stamp.IsZero() {
		e.Stamp = written
	}
	return e
}

// acts tells whether the event is told by whom it belongs to: others only answer.
func (c *calendarPart) acts() bool {
	return slices.Contains([]string{"REQUEST", "PUBLISH", "CANCEL"}, c.Method)
}

// isOf tells whether the event is the member's own. Of one that is published its organizer need not be named.
func (c *calendarPart) isOf(p team.Person) bool {
	if c.Event.Organizer == "" {
		return c.Method == "PUBLISH"
	}
	return slices.Contains(p.Addresses, c.Event.Organizer)
}

// owner is the member as the reading of their event needs them.
func (r *Reader) owner(v *Verdict, p team.Person, loc *time.Location) invite.Owner {
	rule := p.DigestRule()
	to := slices.Concat(v.Message.To, v.Message.Cc)
	return invite.Owner{
		Name: p.Name, Location: loc,
		Works: rule.Days.On,
		Hours: func(d team.Date) team.Hours { return rule.Hours.On(d.Weekday()) },
		Invited: func(a string) bool {
			return a == r.Address || slices.Contains(r.Others, a) || r.fromAddress(a) != "" || slices.Contains(p.Addresses, a) || len(to) == 1 && a == to[0].Addr
		},
	}
}

// noLeave lets the sender know why no leave is noted.
func (v *Verdict) noLeave(why string) {
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUndated, Doubt: team.Doubt{Why: why}}
}

package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin/absence"
	"daybreak/mailin/order"
	"daybreak/mailin/reply"
)

// leave carries out what a member says of their own days, if the mail is such an order or begins with one. doubt says what was not clear in
// one.
func (r *Reader) leave(v *Verdict, now time.Time) (doubt string, done bool, err error) {
	loc, zoneErr := v.Person.DigestRule().Location()
	if zoneErr != nil {
		return "", false, nil
	}
	order, t, doubt, ok := ordered(v, loc)
	if !ok {
		return doubt, false, nil
	}
	if now.Sub(v.Mail.ReceivedAt) > orderLimit || !order.Back && order.Away.Through.Before(team.DateOf(now.In(loc))) {
		if t.more != "" { // the rest of it is not too old
			return "it is over", false, nil
		}
		v.tooOld(now)
		return "", true, nil
	}
	if order.Back {
		v.Mail.Back = team.DateOf(writtenAt(v.Mail).In(loc))
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerBack}
		v.end(team.Command, "it says that the sender is back")
		return "", true, r.besides(v, t, true)
	}
	v.Mail.Away = &order.Away
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerAway}
	v.end(team.Command, "it says that the sender is away %s", order.Away.Words())
	return "", true, r.besides(v, t, true)
}

// tooOld refuses what was said of days off and cannot be meant any more.
func (v *Verdict) tooOld(now time.Time) {
	if days := int(now.Sub(v.Mail.ReceivedAt).Hours() / 24); days > 0 {
		v.end(team.Old, "it is about days off, but arrived %d days ago", days)
		return
	}
	v.end(team.Old, "it is about days off that are over")
}

// ordered reads an order from the reply, from the first line of it, or from the subject. t tells where it is and what else is said.
func ordered(v *Verdict, loc *time.Location) (o absence.Order, t told, doubt string, ok bool) {
	if v.Reading.Short != "" {
		return o, t, "", false
	}
	by := v.writer(writtenAt(v.Mail), loc)
	t.words = strings.TrimSpace(v.Reading.Reply)
	if o, doubt, ok = absence.ReadOrder(t.words, by); ok || doubt != "" {
		return o, t, doubt, ok
	}
	name := ""
	if v.Person != nil {
		name = v.Person.Name
	}
	beside := func(words, more string, above bool) bool {
		t = told{words: words, more: more, above: above}
		if reply.Courteous(more, name) {
			t.more = ""
		}
		o, doubt, ok = absence.ReadOrder(words, by)
		if ok && o.Back && t.more != "" { // else it tells of what they come back to
			ok = v.Person != nil && slices.ContainsFunc(v.Person.Away, func(s team.Span) bool { return s.Has(by.Today) })
		}
		return ok
	}
	if first, rest := order.First(t.words); first != "" && (beside(first, rest, true) || doubt != "") {
		return o, t, doubt, ok
	}
	if v.ownSubject() && beside(strings.TrimSpace(v.Message.Subject), strings.TrimSpace(v.Reading.Reply), false) {
		return o, t, "", true
	}
	if t.words == "" || t.more == "" {
		return o, t, doubt, ok
	}
	return o, t, "", false
}

// note sets the leave that an auto-responder's note tells of, if its sender is a member.
func (r *Reader) note(ctx context.Context, v *Verdict, now time.Time) error {
	if !absent(v) {
		return nil
	}
	person, loc, err := r.behind(ctx, v)
	if err != nil || person == nil {
		return err
	}
	span, ok := noted(v, loc)
	if !ok || span.Through.Before(team.DateOf(now.In(loc))) || !r.vouched(ctx, v, *person, r.automaton(v, *person)) {
		return nil
	}
	v.Person, v.Mail.MemberID, v.Mail.Away = person, person.ID, &span
	v.Mail.Reason += ", and that the sender is away " + span.Words()
	return nil
}

// behind gives the member in whose stead a program sent the mail, and their zone; nil if there is none.
func (r *Reader) behind(ctx context.Context, v *Verdict) (*team.Person, *time.Location, error) {
	if v.archive || v.Message.ManyFrom || len(v.Message.From) != 1 {
		return nil, nil, nil
	}
	person, known, err := r.Directory.PersonByAddress(ctx, v.Mail.From)
	if err != nil {
		return nil, nil, fmt.Errorf("looking up the sender: %w", err)
	}
	loc, zoneErr := person.DigestRule().Location()
	if !known || len(person.Teams) == 0 || zoneErr != nil {
		return nil, nil, nil
	}
	return &person, loc, nil
}

// vouched tells whether what a program sent in the person's stead counts. Nobody is asked about that: a program would not understand.
func (r *Reader) vouched(ctx context.Context, v *Verdict, p team.Person, k known) bool {
	if v.checker == nil || p.SenderCheck() == team.SendersOff {
		return true
	}
	v.Proof = v.checker.Check(ctx, v.Mail.Raw, v.Message)
	why := r.doubted(ctx, v, p.SenderCheck(), k)
	if why != "" {
		v.Mail.Reason += ", but " + why
	}
	return why == ""
}

// automaton is what is known of what a program sent in a member's stead.
func (r *Reader) automaton(v *Verdict, p team.Person) known {
	found := r.findToken(v.Message, v.Mail.ReceivedAt)
	return known{machine: true, answers: found != nil && found.err == nil && found.token.Member == p.ID}
}

// absent tells whether the mail may be the note of somebody who is away.
func absent(v *Verdict) bool {
	return v.Mail.Outcome == team.AutoReply && answersForSomebody(v.Message)
}

// noted reads a note. Its days are counted from the date that it states, however long it was on the way: an old one tells of days that are over.
func noted(v *Verdict, loc *time.Location) (team.Span, bool) {
	at := v.Mail.ReceivedAt
	if d := v.Mail.Date; !d.IsZero() && d.Before(at) {
		at = d
	}
	return absence.ReadNote(v.Message.Subject, reply.Read(v.Message, nil).Reply, v.writer(at, loc))
}

// claimed is the leave of a mail whose sender is nobody known, for Explain.
func (r *Reader) claimed(v *Verdict) *team.Span {
	loc := time.UTC
	if !v.Message.Date.IsZero() {
		loc = v.Message.Date.Location()
	}
	if c := v.calendar; c != nil && c.err == nil && c.acts() && len(v.Message.From) == 1 {
		claims := team.Person{Member: team.Member{Name: v.Message.From[0].Name, Addresses: []string{v.Mail.From}}}
		span, _ := c.Event.Leave(r.owner(v, claims, loc))
		if !c.isOf(claims) || c.Event.Called || c.More || span.From.IsZero() {
			return nil
		}
		return &span
	}
	if absent(v) {
		if span, ok := noted(v, loc); ok {
			return &span
		}
	}
	if order, _, _, ok := ordered(v, loc); v.Machine == "" && ok && !order.Back {
		return &order.Away
	}
	return nil
}

// writer is what matters of the mail's sender for reading their days off.
func (v *Verdict) writer(at time.Time, loc *time.Location) absence.Writer {
	w := absence.Writer{Today: team.DateOf(at.In(loc)), MonthFirst: monthFirst(loc), WeekBegins: time.Monday}
	if v.Person != nil {
		w.WeekBegins = weekBegins(v.Person.DigestRule().Days.Days)
	}
	return w
}

// weekBegins is the day on which the week begins of who works on these: Monday, but for those who are back at work before it.
func weekBegins(works team.Weekdays) time.Weekday {
	switch {
	case works.Has(time.Saturday) && !works.Has(time.Friday):
		return time.Saturday
	case works.Has(time.Sunday) && !works.Has(time.Saturday):
		return time.Sunday
	}
	return time.Monday
}

// monthFirst tells whether people of the zone may write the month before the day in numbers.
func monthFirst(loc *time.Location) bool {
	name := loc.String()
	return strings.HasPrefix(name, "America/") || strings.HasPrefix(name, "US/") || name == "Pacific/Honolulu" || name == "Asia/Manila"
}

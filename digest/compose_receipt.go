package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// Answer writes what daybreak owes a member for a mail of theirs: that an order was carried out, or a receipt. It has the null envelope
// sender.
func (c *Composer) Answer(a team.Answer, now time.Time) (team.Outgoing, error) {
	rule := a.Person.DigestRule()
	loc, err := zoneOf(a.Person)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing an answer to member %d: %w", a.Person.ID, err)
	}
	view := c.receipt(a, templates.ReceiptKind(a.Kind), rule)
	if s := a.Away; a.Kind == team.AnswerAway && !s.From.IsZero() {
		view.AwayFrom, view.Back = s.From.Short(), backAfter(a.Person, s).Short()
	}
	for _, s := range a.CalledOff {
		view.CalledOff = append(view.CalledOff, s.Words())
	}
	switch a.Kind {
	case team.AnswerChanged:
		c := a.Changed
		view.Left = c.Part == "team" && c.Whose.ID == 0 && c.Is == "" && !c.Undone
		view.Changed, view.Undoable = changed(a, now), !a.Changed.Undone
		view.ForTeam = a.Changed.Team.ID != 0 && (len(a.Person.Teams) == 0 || a.Changed.Part != "team" || a.Changed.Whose.ID != 0)
		orders(&view, a, now)
	case team.AnswerConfirmed:
		came(&view, a, now)
	case team.AnswerData:
		view.File, view.OlderMails = dataFile, a.Data.LeftOut
	case team.AnswerForget:
		view.Lines = erased(a)
	case team.AnswerPrivate:
		view.About, view.Lines = templates.Series(a.Told, "and"), a.Doubt.Try
	case team.AnswerStray:
		view.Lines = a.Doubt.Try
	case team.AnswerUnclear, team.AnswerHeading, team.AnswerUnasked:
		view.Lines = tries(a.Doubt.Try, now)
	case team.AnswerRule:
		view.Now, view.Lines = clock(now, loc), append(settings(a.Person), teamSettings(a.Person)...)
	case team.AnswerMembers:
		roster(&view, a.Members)
	case team.AnswerMoved:
		moved(&view, a, now)
	}
	view.Leads = slices.ContainsFunc(a.Person.Teams, func(m team.Membership) bool { return m.Lead })
	answers := a.MessageID
	if a.Kind == team.AnswerConfirm { // it goes to somebody else than perhaps wrote the mail
		view.Answered, answers = "", ""
	}
	if q := a.InQuestion; q.Address != "" {
		view.Suspect, view.HeldAbout, view.OfReader = q.Address, q.Subject, slices.Contains(a.Person.Addresses, q.Address)
	}
	for _, l := range a.Said.LeftOut {
		view.LeftOut = append(view.LeftOut, templates.LeftOut(l))
	}
	if a.Kind.IsReceipt() || a.Kind == team.AnswerAdded {
		view.Added = added(a, now.In(loc))
	}
	if a.Kind.IsReceipt() {
		c.show(&view, a, now.In(loc))
		view.Seen = seen(a, now)
	}
	letter, err := c.Templates.Receipt(view)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing an answer to member %d: %w", a.Person.ID, err)
	}
	var file []byte
	if a.Kind == team.AnswerData {
		if file, err = packData(a.Data, now); err != nil {
			return team.Outgoing{}, fmt.Errorf("composing an answer to member %d: %w", a.Person.ID, err)
		}
	}
	sender := "daybreak"
	switch {
	case a.Kind == team.AnswerConfirm, a.Kind == team.AnswerData, a.Kind == team.AnswerForget:
	case view.Team != "":
		sender = view.Team
	case len(a.Person.Teams) == 1:
		sender = a.Person.Teams[0].Team.Name
	}
	return c.render(message{
		kind: team.ReceiptMail, person: a.Person, sender: sender, letter: letter, date: now.In(loc), until: now.Add(answerLife),
		answers: answers, reply: true, file: file,
		dedupe: fmt.Sprintf("receipt:%d:%d", a.Person.ID, a.ID),
		token:  token.Token{Kind: token.Receipt, Member: a.Person.ID, ID: a.ID, Day: team.DayAt(now, loc)},
	})
}

// receipt is what all answers to a member say in the same way.
func (c *Composer) receipt(a team.Answer, kind templates.ReceiptKind, rule team.Rule) templates.Receipt {
	view := templates.Receipt{
		Kind: kind, Answered: a.Subject, Reader: shortName(a.Person.Name), Paused: a.Person.Paused,
		Address: c.Address, Digest: told(rule), Doubt: a.Doubt.Why,
	}
	for _, in := range a.Person.Teams {
		if len(in.Team.CheckIns) == 0 {
			continue
		}
		r := a.Person.RuleIn(in.Team)
		at := when(r, r.Prompt)
		i := slices.IndexFunc(view.Prompts, func(t templates.Time) bool { return t.When == at })
		if i < 0 {
			i = len(view.Prompts)
			view.Prompts = append(view.Prompts, templates.Time{When: at})
		}
		view.Prompts[i].Teams = append(view.Prompts[i].Teams, in.Team.Name)
	}
	return view
}

// backAfter is the first day after a leave whose end is known on which one of the person's teams works, or the day after it.
func backAfter(p team.Person, s team.Span) team.Date {
	var first team.Date
	for _, in := range p.Teams {
		if back := p.Back(s, in.Team); !back.IsZero() && (first.IsZero() || back.Before(first)) {
			first = back
		}
	}
	if first.IsZero() {
		first = s.Through.Add(1)
	}
	return first
}

// show adds what a receipt shows: what the member said, set as their team will read it.
func (c *Composer) show(view *templates.Receipt, a team.Answer, now time.Time) {
	said := a.Said
	if said.Day.IsZero() {
		return
	}
	view.Team, view.Day = said.Team.Name, longDay(said.Day)
	if t, ok := a.Person.Team(said.Team.ID); ok && len(t.CheckIns) > 1 {
		view.CheckIn = said.CheckIn
	}
	if n := len(said.Entries); n > 0 && a.Kind == team.AnswerUnderstood {
		view.By = said.Entries[n-1].By
	}
	view.Said.Name = a.Person.Name
	for _, p := range c.parts(said.Entries, said.Team, team.Turn{Slot: team.Slot{Day: team.DateOf(now)}}) {
		part := templates.Part{}
		if len(p.by) > 0 {
			part.Note = "written by " + strings.Join(p.by, ", ")
		}
		for _, g := range p.groups {
			shown := templates.Group{Label: g.label}
			for _, item := range g.items {
				shown.Items = append(shown.Items, templates.Item{Text: item.Text})
			}
			part.Groups = append(part.Groups, shown)
		}
		if len(part.Groups) > 0 {
			view.Said.Parts = append(view.Said.Parts, part)
		}
	}
}

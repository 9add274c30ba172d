package digest

import (
	"fmt"
	"slices"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// Notice writes to a lead what they should know of a member, or to somebody whom a lead has added or invited. Those do not know us yet:
// they are not told anything but who wants them where. Or it brings a member what another says to them alone.
func (c *Composer) Notice(n team.Notice, now time.Time) (team.Outgoing, error) {
	rule := n.Person.DigestRule()
	loc, err := zoneOf(n.Person)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: %w", n.Person.ID, err)
	}
	if n.Kind == team.NewcomerNotice {
		return c.newcomer(n, now, loc)
	}
	view := templates.Receipt{
		Kind: templates.ReceiptKind(n.Kind), Reader: shortName(n.Person.Name), Address: c.Address, Into: n.Team.Name,
		Now: clock(now, loc), Digest: when(rule, rule.Digest),
	}
	to, sender, answerTo, answers := n.Person, "daybreak", "", ""
	var marks map[string]int64
	switch n.Kind {
	case team.UnreachedNotice:
		view.About, view.Doubt = named(n.About), n.About.Unreached.Why
		if n.About.Unreached.Daybreak {
			view.Kind = templates.DaybreakReceipt
		}
	case team.RemovedNotice:
		view.About, view.Slug = n.About.Name, n.Team.Slug
	case team.LeftNotice:
		view.About, view.At = named(n.About), n.About.Address()
	case team.PrivateNotice:
		sender, answerTo = templates.Line(n.About.Name, 40)+" via daybreak", n.About.Address()
		view.By, view.At, view.HeldAbout = n.About.Name, n.About.Address(), n.Item
		view.Said = templates.Person{Name: n.About.Name, Parts: []templates.Part{{Groups: []templates.Group{{Label: "private", Items: []templates.Item{{Text: n.Words}}}}}}}
	case team.CommentsNotice:
		marks, answers = c.answered(&view, n, team.DayAt(now, loc)), n.Shown.MessageID
	case team.AdmittedNotice, team.TurnedAwayNotice:
		view.About = n.About.Name
		if t, ok := n.Person.Team(n.Team.ID); ok {
			in := n.Person.RuleIn(t)
			view.Prompts = []templates.Time{{Teams: []string{t.Name}, When: when(in, in.Prompt)}}
		}
	case team.WelcomeNotice, team.InvitationNotice:
		view.By, view.At = n.About.Name, n.About.Address()
		if t, ok := n.Person.Team(n.Team.ID); ok {
			in := n.Person.RuleIn(t)
			view.Prompts = []templates.Time{{Teams: []string{t.Name}, When: when(in, in.Prompt)}}
		}
		to.Name = "" // it is what the lead calls them
	default:
		view.About = named(n.About)
	}
	letter, err := c.Templates.Receipt(view)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: %w", n.Person.ID, err)
	}
	out, err := c.render(message{
		kind: team.NoticeMail, person: to, sender: sender, answerTo: answerTo, answers: answers, letter: letter, date: now.In(loc), until: now.Add(answerLife),
		dedupe: fmt.Sprintf("notice:%d", n.ID),
		token:  token.Token{Kind: token.Notice, Member: n.Person.ID, ID: n.ID, Day: team.DayAt(now, loc)},
	})
	out.Marks = marks
	for _, said := range n.Thread.Comments {
		if said.News {
			out.Tells = append(out.Tells, said.ID)
		}
	}
	return out, err
}

// answered sets what others have answered to an item, below it, and gives the item's mark: that which it had in the digest that showed it.
func (c *Composer) answered(view *templates.Receipt, n team.Notice, today team.Date) map[string]int64 {
	marks := n.Shown.Marks
	if len(marks) == 0 {
		marks = map[string]int64{"a1": n.Thread.ItemID}
	}
	item := templates.Item{Text: n.Thread.Text}
	for item.Mark = range marks {
	}
	if item.Text == "" {
		item.Text = "(taken back since)"
	}
	d := sorted{marking: newMarking(1), called: calledIn(team.Turn{Reading: []team.Reading{{Threads: []team.Thread{n.Thread}}}})}
	if talks := d.talks([]team.Thread{n.Thread}, n.Person.ID); len(talks) > 0 {
		item.Talk = talks[0].view
	}
	var by []string
	for _, said := range n.Thread.Comments {
		if name := d.called[said.Name]; said.News && !slices.Contains(by, name) {
			by = append(by, name)
		}
	}
	whose := d.called[n.Thread.Name] + "'s item"
	switch {
	case n.Thread.MemberID == n.Person.ID:
		whose = "your item"
	case len(by) == 1 && by[0] == d.called[n.Thread.Name]:
		whose = "their own item"
	}
	view.By, view.About, view.Answered = templates.Series(by, "and"), whose+" of "+near(n.Thread.Day, today), n.Shown.Subject
	label := "note"
	if i := slices.IndexFunc(kinds, func(k struct {
		kind  team.Kind
		label string
	}) bool {
		return k.kind == n.Thread.Kind
	}); i >= 0 {
		label = kinds[i].label
	}
	view.Said = templates.Person{Name: n.Thread.Name, Parts: []templates.Part{{Groups: []templates.Group{{Label: label, Items: []templates.Item{item}}}}}}
	return marks
}

// named is a member with their main address.
func named(p team.Person) string {
	if p.Name == "" && p.Address() == "" { // they asked to be forgotten
		return "Somebody"
	}
	return p.Name + " (" + p.Address() + ")"
}

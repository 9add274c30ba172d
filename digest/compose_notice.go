package digest

import (
	"fmt"
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
	view := templates.Receipt{
		Kind: templates.ReceiptKind(n.Kind), Reader: shortName(n.Person.Name), Address: c.Address, Into: n.Team.Name,
		Now: clock(now, loc), Digest: when(rule, rule.Digest),
	}
	to, sender, answerTo := n.Person, "daybreak", ""
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
	return c.render(message{
		kind: team.NoticeMail, person: to, sender: sender, answerTo: answerTo, letter: letter, date: now.In(loc), until: now.Add(answerLife),
		dedupe: fmt.Sprintf("notice:%d", n.ID),
		token:  token.Token{Kind: token.Notice, Member: n.Person.ID, ID: n.ID, Day: team.DayAt(now, loc)},
	})
}

// named is a member with their main address.
func named(p team.Person) string {
	if p.Name == "" && p.Address() == "" { // they asked to be forgotten
		return "Somebody"
	}
	return p.Name + " (" + p.Address() + ")"
}

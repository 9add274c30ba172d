package digest

import (
	"fmt"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// Notice writes to a lead that mail to a member of theirs does not arrive.
func (c *Composer) Notice(n team.Notice, now time.Time) (team.Outgoing, error) {
	loc, err := n.Person.DigestRule().Location()
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: %w", n.Person.ID, err)
	}
	kind := templates.UnreachedReceipt
	if n.About.Unreached.Daybreak {
		kind = templates.DaybreakReceipt
	}
	letter, err := c.Templates.Receipt(templates.Receipt{
		Kind: kind, Reader: shortName(n.Person.Name), Address: c.Address,
		Failing: n.About.Name + " (" + n.About.Address() + ")", Doubt: n.About.Unreached.Why,
	})
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a notice to member %d: %w", n.Person.ID, err)
	}
	return c.render(message{
		kind: team.NoticeMail, person: n.Person, sender: "daybreak", letter: letter, date: now.In(loc), until: now.Add(answerLife),
		dedupe: fmt.Sprintf("notice:%d", n.ID),
		token:  token.Token{Kind: token.Notice, Member: n.Person.ID, ID: n.ID, Day: team.DayAt(now, loc)},
	})
}

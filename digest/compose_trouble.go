package digest

import (
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// troubleLife is for how long a mail about troubles is of use: by then another tells what is still the matter.
const troubleLife = 8 * 24 * time.Hour

// Troubles writes to whoever runs daybreak what is the matter and what is over. Times are told in the zone of now.
func (c *Composer) Troubles(admin string, list []team.Trouble, now time.Time) (team.Outgoing, error) {
	view := templates.Troubles{Address: c.Address}
	show := func(at time.Time) string { return at.In(now.Location()).Format("Mon 2 Jan, 15:04 MST") }
	for _, t := range list {
		shown := templates.Trouble{Title: troubleTitle(t), What: t.What, Since: show(t.Since), Hint: t.Hint, Happened: t.Kind.Happens(),
			Loss: t.Kind == team.DamagedTrouble || t.Kind == team.DiskTrouble}
		if t.Ended.IsZero() {
			view.Now = append(view.Now, shown)
			continue
		}
		shown.Title, shown.Until = inThePast(shown.Title), show(t.Ended)
		view.Over = append(view.Over, shown)
	}
	letter, err := c.Templates.Troubles(view)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("composing a mail to the admin: %w", err)
	}
	id := now.Unix() / 10 // looks are further apart than that, and a token has no room for more
	return c.render(message{
		kind: team.NoticeMail, person: team.Person{Member: team.Member{Addresses: []string{admin}}}, sender: "daybreak", letter: letter, date: now, until: now.Add(troubleLife),
		dedupe: fmt.Sprintf("troubles:%d", id), token: token.Token{Kind: token.Notice, ID: id, Day: team.DateOf(now)},
	})
}

// inThePast is the title of a trouble that is over.
func inThePast(title string) string {
	return strings.NewReplacer(" is ", " was ", " does ", " did ", " can ", " could ", " cannot ", " could not ", " waits ", " waited ", " arrives", " arrived").Replace(title)
}

// troubleTitle names a trouble in a few words.
func troubleTitle(t team.Trouble) string {
	mailbox := "The mailbox"
	if t.About != "" {
		mailbox += " " + t.About
	}
	switch t.Kind {
	case team.MailboxTrouble:
		return mailbox + " is out of reach"
	case team.LoginTrouble:
		return mailbox + " does not let us in"
	case team.SendingTrouble:
		return "Nothing can be sent"
	case team.WaitingTrouble:
		return "Mail waits to be sent"
	case team.NoMailTrouble:
		return "No mail arrives"
	case team.NoDigestTrouble:
		return "No digest was sent"
	case team.BehindTrouble:
		return "What is due is not made"
	case team.FullTrouble:
		return "The disk is full"
	case team.LockedTrouble:
		return "The database is locked"
	case team.DamagedTrouble:
		return "The database is damaged"
	case team.DiskTrouble:
		return "The database cannot be used"
	case team.AdminTrouble:
		return "Mail to you is refused"
	case team.StoppedTrouble:
		return "daybreak does not run"
	case team.ClockTrouble:
		return "The clock was set"
	case team.GivenUpTrouble:
		return "Digests were given up"
	case team.UnreadTrouble:
		return "Mail could not be read"
	}
	return string(t.Kind)
}

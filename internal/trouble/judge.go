// Package trouble tells what keeps a daybreak from its work, by its last successes rather than by its last errors, and tells whoever runs it.
//
// In come the vitals that the database holds, and what the loops say of themselves; out go troubles, each with a name, since when it is so and
// what can be done about it: to the log, to whoever asks, and by mail to the admin, once a day for each at most. The package repairs nothing.
package trouble

import (
	"fmt"
	"time"

	"daybreak/internal/team"
)

// What is too long.
const (
	Silence  = 15 * time.Minute // without a look at the mailbox
	waitsFor = time.Hour        // in the outbox
	dueFor   = time.Hour        // that what is due is not made
	owedFor  = time.Hour        // that a digest is made and none leaves

	// silentDays are days on which people were asked and nothing at all arrived: no answer, no auto-responder, no bounce. One such day is a day
	// off that nobody wrote down, and two happen in a small team.
	silentDays = 3
)

// judged tells whether Judge finds the kind.
func judged(k team.TroubleKind) bool {
	switch k {
	case team.DamagedTrouble, team.WaitingTrouble, team.BehindTrouble, team.NoDigestTrouble, team.NoMailTrouble, team.AdminTrouble, team.GivenUpTrouble, team.UnreadTrouble:
		return true
	}
	return false
}

// Judge finds the troubles that the vitals show, but for the mailbox: see Unseen.
func Judge(v team.Vitals, now time.Time) (list []team.Trouble) {
	add := func(kind team.TroubleKind, since time.Time, hint, format string, args ...any) {
		list = append(list, team.Trouble{Kind: kind, Since: since, What: fmt.Sprintf(format, args...), Hint: hint})
	}
	if v.Damage != "" {
		add(team.DamagedTrouble, v.CheckedAt, "systemctl stop daybreak && daybreak restore FILE   # FILE is your latest backup; the damaged database is kept beside it",
			"the database is damaged (%s)", v.Damage)
	}
	if v.Waiting > 0 && now.Sub(v.WaitsAt) > waitsFor {
		add(team.WaitingTrouble, v.WaitsAt, "daybreak check   # says whether mail can be sent; daybreak status shows what was answered",
			"%s to be sent, for longer than an hour", count(v.Waiting, "mail waits", "mails wait"))
	}
	if !v.DueAt.IsZero() && now.Sub(v.DueAt) > dueFor {
		add(team.BehindTrouble, v.DueAt, "restart daybreak; if that changes nothing, its log says why", "prompts or digests that are due are not made")
	}
	if !v.OwedAt.IsZero() && now.Sub(v.OwedAt) > owedFor {
		add(team.NoDigestTrouble, v.OwedAt, "daybreak status   # shows what the server answered", "no digest could be sent, though some were made")
	}
	if v.AskedOn >= silentDays {
		add(team.NoMailTrouble, v.AskedAt, "answer a prompt yourself and look for that mail in the mailbox: plus addresses, a filter or a full mailbox may keep it away; daybreak check tries it",
			"no mail has arrived at all, though people were asked on %d days", v.AskedOn)
	}
	if !v.RefusedAt.IsZero() {
		add(team.AdminTrouble, v.RefusedAt, `admin = "…"   # in daybreak.toml: an address that takes mail`, "mail to the admin is refused: %s", v.Refused)
	}
	if v.GivenUp > 0 {
		add(team.GivenUpTrouble, v.GivenUpAt, "nothing: the next digests tell what they held",
			"%s could not be sent in time and %s given up", count(v.GivenUp, "digest", "digests"), were(v.GivenUp))
	}
	if v.Unread > 0 {
		add(team.UnreadTrouble, v.UnreadAt, "daybreak mail list --outcome quarantined", "%s arrived that could not be read and %s set aside", count(v.Unread, "mail", "mails"), were(v.Unread))
	}
	return list
}

// Unseen is the trouble that a mailbox was not looked at with success for too long, if it was not. Of several the name says which; "" is the only one.
func Unseen(name string, seen, now time.Time) (team.Trouble, bool) {
	t := team.Trouble{Kind: team.MailboxTrouble, About: name, Since: seen, What: Mailbox(name) + " is out of reach", Hint: "daybreak check   # says what keeps it from there"}
	return t, now.Sub(seen) > Silence
}

// Mailbox says which mailbox is meant.
func Mailbox(name string) string {
	if name == "" {
		return "the mailbox"
	}
	return "the mailbox " + name
}

func count(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

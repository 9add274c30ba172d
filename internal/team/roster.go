package team

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"
)

// Roster is what a team file says: teams with their check-ins and members. Teams that it does not name stay as they are.
type Roster struct{ Teams []RosterTeam }

// RosterTeam is one team of a Roster. Members and check-ins that it does not name leave the team; what they said stays.
type RosterTeam struct {
	Team    Team // ID 0; CheckIns without IDs
	Members []RosterMember
}

// RosterMember is one member of a RosterTeam.
type RosterMember struct {
	Member Member // ID 0
	Lead   bool
}

// Change is one difference between a roster and the database, in words.
type Change struct {
	Action string // "add", "change", "remove" or Keep
	What   string // "team platform", "member aiko@example.com", "check-in platform/daily"
	Detail string // "zone Asia/Tokyo → Europe/Paris", "" if there is nothing to add
}

// Keep is the action of what stays as it is although the roster states something else.
const Keep = "keep"

// Status is what the daemon has done and will do, as the database knows it.
type Status struct {
	Mailboxes []MailboxStatus
	Outcomes  map[Outcome]int
	Outbox    map[OutboxState]int
	Outside   int        // mails that were given up at the last moment, as their members' hours were others by then
	Merged    int        // digests that could not be sent: what they held is told by the next
	Upcoming  []Upcoming // the next slots, soonest first
	Held      []KeptMail // the newest first
	Failed    []FailedMail
	Missed    Missed
	Unclaimed []KeptMail // complaints of the last weeks of which nobody knows whose they are, the newest first
	Unreached []Person   // at whom mail does not arrive, the newest first
	Quiet     []Quiet    // from whom nothing is heard any more, the newest first
	Vitals    Vitals
	Troubles  []Trouble // that the daemon knows to last, the gravest first
}

// Missed counts the mails that came to reply addresses that daybreak did not make: guesses, or what is left of another database.
type Missed struct{ Today, All int }

// LoggedChange is one change to what holds for a member or a team.
type LoggedChange struct {
	At      time.Time
	By      string // mail, note (of an auto-responder), calendar (an event in the member's), link (to unsubscribe) or admin
	MailID  int64  // that asked for it, 0 for none
	Address string // the member's main one; "" for a team's change
	What    string // the key of a part of the rule, "paused", "away"; else words
	Was, Is string // "" for what is not set
	Undoes  bool   // it takes an earlier one back
	Team    string // the slug of the team whose rule it is, or in which the member's place changed; "" for none
	AskedBy string // the main address of the lead who asked for it by mail; "" for the member
}

// Folder is a folder that the daemon reads.
type Folder struct {
	Account string // as in a Cursor
	Server  string // where the account is, and who logs in: "updates@example.com at imap.example.com"
	Name    string
}

// MailboxStatus is how far a mailbox has been read and when it last answered.
type MailboxStatus struct {
	Cursor Cursor
	SeenAt time.Time // the last time that it was looked at with success, zero for never
}

// Upcoming is a slot with the names needed to show it.
type Upcoming struct {
	Slot    Slot
	Name    string
	Address string
	Zone    string
	Team    string // slug, "" for a digest of several teams
	CheckIn string
}

// KeptMail is an arrived mail with what became of it.
type KeptMail struct {
	ID            int64
	UID           uint32
	From, Subject string
	ReceivedAt    time.Time
	Size          int64 // in bytes, as the server announced it
	Outcome       Outcome
	Reason        string
}

// FailedMail is an outgoing mail that was given up.
type FailedMail struct {
	To, Subject string
	Line        string
	At          time.Time
}

// NameFrom makes a name of an address: "Mia Rossi" of mia.rossi@example.com.
func NameFrom(addr string) string {
	local, _, _ := strings.Cut(addr, "@")
	words := strings.FieldsFunc(local, func(c rune) bool { return strings.ContainsRune("._-+", c) })
	for i, w := range words {
		_, n := utf8.DecodeRuneInString(w)
		words[i] = strings.ToUpper(w[:n]) + w[n:]
	}
	return cmp.Or(strings.Join(words, " "), local)
}

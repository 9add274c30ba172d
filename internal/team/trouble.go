package team

import "time"

// TroubleKind names what keeps daybreak from its work, or what whoever runs it should know.
type TroubleKind string

// The troubles. Clock, GivenUp and Unread are things that happened: they are over after a day. The others last until they are over.
const (
	MailboxTrouble  TroubleKind = "mailbox"   // it is out of reach
	LoginTrouble    TroubleKind = "login"     // it does not let us in
	SendingTrouble  TroubleKind = "sending"   // nothing can be sent
	WaitingTrouble  TroubleKind = "waiting"   // mail waits too long to be sent
	NoMailTrouble   TroubleKind = "no-mail"   // nothing at all arrives though people are asked
	NoDigestTrouble TroubleKind = "no-digest" // none was sent though there were some
	BehindTrouble   TroubleKind = "behind"    // what is due is not made
	FullTrouble     TroubleKind = "disk-full"
	LockedTrouble   TroubleKind = "locked" // another program keeps the database to itself
	DamagedTrouble  TroubleKind = "damaged"
	DiskTrouble     TroubleKind = "disk"     // the database cannot be read or written
	AdminTrouble    TroubleKind = "admin"    // mail to the admin is refused
	StoppedTrouble  TroubleKind = "stopped"  // the daemon does not run
	ClockTrouble    TroubleKind = "clock"    // it was set, or the machine slept
	GivenUpTrouble  TroubleKind = "given-up" // digests were not sent in time
	UnreadTrouble   TroubleKind = "unread"   // mails arrived that could not be read
)

// Troubles lists every kind.
func Troubles() []TroubleKind {
	return []TroubleKind{DamagedTrouble, FullTrouble, LockedTrouble, DiskTrouble, StoppedTrouble, LoginTrouble, MailboxTrouble, SendingTrouble, WaitingTrouble,
		BehindTrouble, NoDigestTrouble, NoMailTrouble, AdminTrouble, GivenUpTrouble, UnreadTrouble, ClockTrouble}
}

// Happens tells whether the kind is something that happened once, and not a state that lasts.
func (k TroubleKind) Happens() bool {
	return k == ClockTrouble || k == GivenUpTrouble || k == UnreadTrouble
}

// Trouble is one of them as it is now or was last.
type Trouble struct {
	Kind  TroubleKind
	About string // which of several accounts is in trouble; "" if there is but one such thing
	Since time.Time
	Ended time.Time // zero while it lasts
	What  string    // one sentence without its full stop
	Hint  string    // what to do about it, "" if nothing is known

	Told     int       // how many mails told the admin of it since it began
	ToldAt   time.Time // of the last mail about one of its kind; zero for never
	OverTold bool      // that it is over was told too, or need not be
	Waits    bool      // the last mail about it is not sent yet
}

// TroubleName tells a trouble from all others.
type TroubleName struct {
	Kind  TroubleKind
	About string
}

// Name is what tells the trouble from all others.
func (t Trouble) Name() TroubleName { return TroubleName{t.Kind, t.About} }

// Vitals are the last successes of a daybreak, and what it owes, as its database tells them. A zero time is never, or none.
type Vitals struct {
	LookedAt time.Time // at the mailbox, with success
	MailAt   time.Time // the last mail arrived, whatever became of it
	AskedOn  int       // on how many days since that, by now over, prompts were sent
	AskedAt  time.Time // the first of these prompts
	DigestAt time.Time // the last digest was sent
	OwedAt   time.Time // the first digest was made that should have been sent since then
	WaitsAt  time.Time // since when the mail waits that should have left first
	Waiting  int       // mails that should have left
	DueAt    time.Time // when what should have been made first was due

	GivenUp   int // digests within a day
	GivenUpAt time.Time
	Unread    int // mails within a day
	UnreadAt  time.Time

	Refused   string // why the last mail to the admin came back, "" if it did not
	RefusedAt time.Time

	CheckedAt time.Time // the whole database was looked at for damage
	Damage    string    // that was found then
}

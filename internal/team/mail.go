package team

import (
	"fmt"
	"time"
)

// Outcome is what became of one arrived mail. Every mail has exactly one.
type Outcome string

// The outcomes.
const (
	Stored      Outcome = "stored"      // became (part of) an update
	Command     Outcome = "command"     // was an order to daybreak, or looked like one that could not be carried out
	Empty       Outcome = "empty"       // from a member, but with no words of their own
	Bounce      Outcome = "bounce"      // a delivery report
	AutoReply   Outcome = "auto-reply"  // written by a machine
	Complaint   Outcome = "complaint"   // an abuse report
	List        Outcome = "list"        // from a mailing list
	Own         Outcome = "own"         // sent by this daybreak
	Probe       Outcome = "probe"       // sent by `daybreak check`
	Duplicate   Outcome = "duplicate"   // a copy of a mail that has its outcome already
	Held        Outcome = "held"        // kept for the admin: it claims a member's voice without being from them
	Refused     Outcome = "refused"     // from nobody known
	Old         Outcome = "old"         // older than the first start
	Quarantined Outcome = "quarantined" // could not be had or read
	Junk        Outcome = "junk"        // lay in the folder for junk, and nothing shows that it should not
)

// Outcomes lists every outcome.
func Outcomes() []Outcome {
	return []Outcome{Stored, Command, Empty, Bounce, AutoReply, Complaint, List, Own, Probe, Duplicate, Held, Refused, Old, Quarantined, Junk}
}

// Cursor is how far a mailbox has been read. It is only ever moved together with the outcomes of the mails it passes.
type Cursor struct {
	Account    string // names mailbox and server, such as "updates@example.com/INBOX"
	Validity   uint32 // UIDVALIDITY
	LastUID    uint32
	NewFrom    uint32    // mails from this UID on came after the baseline was taken; those below are judged by their date
	BaselineAt time.Time // the first start: what arrived before is not ours to read
}

// Mail is one arrived mail with its outcome and everything that the outcome does. It is stored in one transaction.
type Mail struct {
	UID        uint32
	Identity   string // equal for two copies of one mail, see mailin; "" equals no other
	Raw        []byte
	Size       int64 // announced by the server; larger than len(Raw) if Truncated
	Truncated  bool
	MessageID  string
	From       string // the address
	Subject    string
	Date       time.Time // as the sender states, zero if not at all
	Elsewhere  *bool     // whether Date states another offset than the member's zone has then; nil if it cannot be believed
	ReceivedAt time.Time
	Outcome    Outcome
	Reason     string // one sentence, for people
	MemberID   int64  // whose voice it is, 0 if nobody's
	Confidence float64
	Update     *NewUpdate   // with Stored
	Comments   []NewComment // with Stored: what it answers to items, beside an update or alone
	Private    []NewPrivate // what it says to members alone
	Unkept     bool         // its bytes are not kept: some of its words are for one person alone, or it is junk
	Pause      *bool        // with Command: pause or resume the member
	Set        *Setting     // with Command: what the member sets of their rule
	Undo       bool         // with Command: the member takes their last change back
	Unsay      int64        // with Undo: the mail that their mail answered a receipt of; what it answered to items is taken back first, 0 for none
	Name       string       // with Command: what the member wants to be called
	Alias      string       // with Command: another address of the member's
	Leave      int64        // with Command: the team that the member leaves
	Join       int64        // with Command: the team into which the member wants; its leads are asked
	Forget     bool         // with Command: the member confirms that all that is held of them is to be erased
	Delegate   string       // with Command: an address that may write for the member
	Undelegate string       // with Command: one that may no more
	Unalias    string       // with Command: an address that is not the member's any more
	Lead       *LeadOrder   // with Command: what the member orders for a team of theirs
	Joins      *Joins       // with Command or Complaint: the answer to an invitation
	Away       *Span        // with Command or AutoReply: when the member is away
	Back       Date         // with Command: from when on the member is not away any more, zero for no word of it
	Event      *Event       // that it tells of, from the member's calendar: Away are its days, without them it is no leave, or not any more
	Answer     *NewAnswer   // what daybreak owes the member for it
	Unproven   string       // why it has no proof of its sender, if it counts all the same; "" if it has some or none was looked for
	Confirm    *Confirm     // with Held: whom to ask whether it is theirs
	Settles    *Settled     // with Command: the answer to such a question
	Missed     bool         // it came to a reply address that daybreak did not make
	Unclaimed  bool         // with Complaint: nobody knows whose it is
	Failures   []Failure    // with Bounce: the members whom it says that mail of ours did not reach
	Daybreak   bool         // with AutoReply: the member's main address is that of another daybreak
}

// Unacceptable is the error of a batch of mails of which one could not be stored for a reason of its own: not as the disk is full or the
// database is locked.
type Unacceptable struct {
	UID   uint32
	Err   error
	Stack string // where it was, if it was a panic
}

// Error says which mail it was and why.
func (e *Unacceptable) Error() string { return fmt.Sprintf("message %d: %v", e.UID, e.Err) }

// Unwrap gives the reason.
func (e *Unacceptable) Unwrap() error { return e.Err }

// MarkHeader stands in each mail of a daybreak, with its address: another one knows by it that no person wrote the mail.
const MarkHeader = "X-Daybreak"

// Failure is a mail of ours that did not reach a member, or has not yet.
type Failure struct {
	MemberID int64  // 0: it went to the admin
	About    string // names the mail, the same in each report of it; "" if it is not known
	Hard     bool   // trying again is of no use
	Why      string // the server's words
}

// Event names an event in a member's calendar, and which version of it a mail tells.
type Event struct {
	UID      string
	Instance string // the one that is meant of an event that comes again, "" for the whole
	Sequence int
	Stamp    time.Time // when this version was written, zero if that is not known
	Called   bool      // off
	Today    Date      // the member's, when the mail was written: a leave that it ends was until then
}

// DropOrders takes from a mail all that it does beside becoming part of an update.
func (m *Mail) DropOrders() {
	m.Pause, m.Set, m.Undo, m.Name, m.Alias, m.Away, m.Back, m.Event, m.Answer = nil, nil, false, "", "", nil, Date{}, nil, nil
	m.Confirm, m.Settles, m.Daybreak = nil, nil, false
	m.Delegate, m.Undelegate = "", ""
	m.Private = nil
	m.Unsay = 0
	m.Unalias, m.Lead, m.Joins, m.Leave, m.Join, m.Forget = "", nil, nil, 0, 0, false
}

// AnswerKind says what daybreak answers to a mail.
type AnswerKind string

// The answers.
const (
	AnswerPaused  AnswerKind = "paused"
	AnswerResumed AnswerKind = "resumed"
	AnswerHelp    AnswerKind = "help"
	AnswerAway    AnswerKind = "away"
	AnswerBack    AnswerKind = "back"
	AnswerHere    AnswerKind = "here"     // they said that they are back, and no leave was noted
	AnswerChanged AnswerKind = "changed"  // what they asked to set or to undo; Answer.Changed has what came of it
	AnswerNoUndo  AnswerKind = "no-undo"  // they have changed nothing by mail that could be undone
	AnswerUnclear AnswerKind = "unclear"  // an order that could not be carried out; Doubt has why
	AnswerRule    AnswerKind = "settings" // all that is set for them
	AnswerMembers AnswerKind = "members"  // who is in a team
	AnswerNotice  AnswerKind = "notice"   // that what replies to a notice is read for orders only
	AnswerInvited AnswerKind = "invited"  // that an answer to an invitation is neither yes nor no
	AnswerMoved   AnswerKind = "moved"    // whether they moved: their latest mails are dated in Offset, unlike their zone

	AnswerCalledOff AnswerKind = "called-off" // leaves that were to come are not any more

	AnswerUnderstood AnswerKind = "understood" // shows the update that the mail is part of
	AnswerUnsure     AnswerKind = "unsure"     // the same, of a mail that may have been misread
	AnswerEmpty      AnswerKind = "empty"      // no words of the member's own were found in it
	AnswerEncrypted  AnswerKind = "encrypted"  // its words cannot be read
	AnswerUndated    AnswerKind = "undated"    // a mail may have named days off; Doubt has why they were not understood, Said its words if they were stored

	AnswerHeading AnswerKind = "heading" // a mail may have begun with an order; Doubt has why it was not taken for one, Said its words

	AnswerUnasked AnswerKind = "unasked" // a mail asks somebody who cannot be asked; Doubt has why, Said its words

	AnswerAdded  AnswerKind = "answered" // shows what the mail answers to items
	AnswerUnsaid AnswerKind = "unsaid"   // what a mail answered to items is taken back
	AnswerStray  AnswerKind = "stray"    // it answers items that there are not; Doubt has which

	AnswerPrivate AnswerKind = "alone" // words of theirs went to somebody alone; Doubt has why others did not

	AnswerDigest AnswerKind = "digest" // all that they were not told yet, which then they were
	AnswerSince  AnswerKind = "since"  // what was said since NewAnswer.Day, whether they were told or not
	AnswerFull   AnswerKind = "full"   // a digest that they had, with nothing shortened

	AnswerWeek AnswerKind = "week" // what was said within RollupDays from NewAnswer.Day on, by theme

	AnswerDecisions AnswerKind = "decisions" // what was decided since NewAnswer.Day, or since ever if that is zero

	AnswerData   AnswerKind = "data"   // all that is held of them
	AnswerForget AnswerKind = "forget" // asks whether that is to be erased

	AnswerConfirm   AnswerKind = "confirm"   // asks whether a held mail was theirs
	AnswerConfirmed AnswerKind = "confirmed" // it was, and is taken as theirs now
)

// RollupDays are the days of a roll-up that a member asks for.
const RollupDays = 7

// MostDecisions is how many decisions of a team are told at once, the newest ones.
const MostDecisions = 500

// IsDigest tells whether the answer is a digest, the roll-up of a week, or what was decided.
func (k AnswerKind) IsDigest() bool {
	return k == AnswerDigest || k == AnswerSince || k == AnswerFull || k == AnswerWeek || k == AnswerDecisions
}

// Gives tells whether the answer is itself what its member asked for.
func (k AnswerKind) Gives() bool {
	switch k {
	case AnswerHelp, AnswerRule, AnswerMembers, AnswerData, AnswerForget:
		return true
	}
	return k.IsDigest()
}

// IsReceipt tells whether the answer is about what a mail said, not the answer to an order.
func (k AnswerKind) IsReceipt() bool {
	return k == AnswerUnderstood || k == AnswerUnsure || k == AnswerEmpty || k == AnswerEncrypted || k == AnswerUndated || k == AnswerHeading || k == AnswerUnasked
}

// NewAnswer is an answer owed to a member, composed and sent later.
type NewAnswer struct {
	MemberID int64
	Kind     AnswerKind
	LeftOut  []LeftOut // with a receipt; with an order what else was said, and what became of it
	// CalledOff are with AnswerCalledOff the leaves that the mail ended before they began. The store knows them.
	CalledOff []Span
	Doubt     Doubt
	Offset    int   // with AnswerMoved: seconds ahead of UTC
	TeamID    int64 // with AnswerMembers; 0: all that the member leads
	// Day is with AnswerSince, AnswerWeek and AnswerDecisions the first day, with AnswerFull that of the digest that is meant, zero for the last one; Asked is the mail that
	// had asked for that, 0 if it was the day's own.
	Day   Date
	Asked int64
	Words string // of the order that it answers
	Came  []Came // with AnswerConfirmed, and AnswerChanged by several orders: what has a Doubt; the store knows what was changed
}

// Came is what came of a mail that was held and counts now, and that has no answer of its own, or of one of several orders in a mail.
type Came struct {
	Mail    int64 // its ID; several orders of one mail have the same
	Changed Changed
	Away    []Span // with a changed leave: what it is now
	Ended   []Span // and what it was before
	Words   string // of its order, with a Doubt, "" if they are not known
	Doubt   Doubt  // why it was not done; zero if it was
}

// Doubt says why words were not understood as an order, and which orders may have been meant.
type Doubt struct {
	Why string
	Try []string // such as "tz Europe/Lisbon"
}

// Setting is a part of a member's own rule, by its key. If the rule does not state the part, the team's holds.
type Setting struct {
	Part string
	Rule Rule
}

// Changed is what came of an order to change or to undo something.
type Changed struct {
	Part    string // what of the rule; "paused", "away"; "" if there is nothing to undo or the last change cannot be undone
	Was, Is string // "" for what is not set
	Undone  bool   // it takes an earlier change back
	Team    Team   // whose rule, or in which a place changed; zero for none
	Whose   Person // with a lead's order the one whom it is about, else zero
}

// LeftOut is a part of a mail that was not taken for its writer's own words.
type LeftOut struct {
	Words string
	Why   string
}

// Answer is an owed answer with what is needed to write it.
type Answer struct {
	ID         int64
	Kind       AnswerKind
	Person     Person
	Subject    string // of the mail that is answered
	MessageID  string
	ReceivedAt time.Time
	Said       Said     // with a receipt
	Added      []Thread // with a receipt and AnswerAdded: the items that the mail answers, each with what it says
	Away       Span     // with AnswerAway: the leave that the mail set; zero if it is over already
	CalledOff  []Span   // with AnswerCalledOff
	Changed    Changed
	Doubt      Doubt
	Offset     int           // with AnswerMoved: seconds ahead of UTC
	Members    []TeamMembers // with AnswerMembers
	Told       []string      // with AnswerPrivate: the names of those to whom words go

	Data       *Everything // with AnswerData and AnswerForget
	Turn       *Turn       // with a digest: what it is made of; nil if there never was one
	InQuestion InQuestion  // with AnswerConfirm and AnswerConfirmed
	Came       []Came      // with AnswerConfirmed, in the order in which the mails came, and with AnswerChanged by several orders
}

// InQuestion is what a member is asked about: whether mail from an address was theirs.
type InQuestion struct {
	Address string
	Subject string // of the first such mail
}

// Said is all that a member has said for one check-in and one day, if anything, and what of the last mail was left out.
type Said struct {
	Team    Team
	CheckIn string
	Day     Date
	Entries []Entry
	Asks    []SaidAsk // of these, the open ones to somebody
	LeftOut []LeftOut
}

// SaidAsk is a question to a member, with when they are told of it.
type SaidAsk struct {
	ItemID int64
	Asked  Person
	Seen   time.Time // when their next mail comes that shows it; zero if none is to come
	Due    time.Time
}

// MailKind says what sort of mail we sent.
type MailKind string

// The kinds of mail that daybreak sends.
const (
	PromptMail   MailKind = "prompt"
	ReminderMail MailKind = "reminder"
	DigestMail   MailKind = "digest"
	WeeklyMail   MailKind = "weekly" // the roll-up of a week
	ReceiptMail  MailKind = "receipt"
	NoticeMail   MailKind = "notice" // to a lead
)

// Waits tells whether a mail of the kind waits for its member's working hours if it could not be sent at once. Others are about a day, and
// are not sent on another.
func (k MailKind) Waits() bool { return k == ReceiptMail || k == NoticeMail }

// NoticeKind says what a notice tells.
type NoticeKind string

// The notices. All but WelcomeNotice, InvitationNotice, AdmittedNotice, TurnedAwayNotice, RemovedNotice, PrivateNotice, NewcomerNotice and LostNotice
// are to a lead.
const (
	UnreachedNotice   NoticeKind = "unreached"   // mail to the member does not arrive
	ComplainedNotice  NoticeKind = "complained"  // the member's provider tells that they do not want our mail; they get no more
	JoinedNotice      NoticeKind = "joined"      // who was invited is in the team now
	DeclinedNotice    NoticeKind = "declined"    // who was invited does not want to be
	UndeliveredNotice NoticeKind = "undelivered" // the mail that invites them came back
	WelcomeNotice     NoticeKind = "welcome"     // to a member whom the lead has added
	InvitationNotice  NoticeKind = "invitation"  // to somebody who is asked whether they want to be in the team
	AsksNotice        NoticeKind = "asks"        // a member asks to join the team; the lead decides by a reply
	AdmittedNotice    NoticeKind = "admitted"    // to that member: they are in it now
	TurnedAwayNotice  NoticeKind = "turned-away" // to that member: they are not
	RemovedNotice     NoticeKind = "removed"     // to a member whom a lead has taken out of the team
	LeftNotice        NoticeKind = "left"        // the member has left the team
	PrivateNotice     NoticeKind = "private"     // what the member says to them alone
	CommentsNotice    NoticeKind = "comments"    // others have answered an item of theirs, or one that they answered
	NewcomerNotice    NoticeKind = "newcomer"    // what was written in a team before they joined, and who is who
	LostNotice        NoticeKind = "lost"        // what they said to the member alone could not be sent, and is gone
)

// Notice is a mail that nobody's mail has asked for, owed to a person.
type Notice struct {
	ID     int64
	Kind   NoticeKind
	Person Person // to whom; with InvitationNotice as if they were in the Team
	About  Person // the member, or the lead who added or invited
	Team   Team   // zero with UnreachedNotice, ComplainedNotice, PrivateNotice and LostNotice
	Words  string // with PrivateNotice
	Thread Thread // with CommentsNotice: the item with what was answered to it, of which what the reader is told here is news
	Shown  Sent   // with CommentsNotice: the digest that showed the reader the item, else the last one; zero for none
	Before *Turn  // with NewcomerNotice: what was written until they joined, and with it the team's Members
	Item   string // with PrivateNotice: the words of the reader's that these are about, "" for none
}

// Sent is a mail that we sent, as needed to understand a reply to it.
type Sent struct {
	Kind      MailKind
	MemberID  int64
	TeamID    int64 // 0 for a digest, and for a receipt that shows no update
	CheckInID int64 // likewise
	Day       Date
	Questions []string
	Plan      []string         // what the member planned last, whole, as it was numbered from 1 on
	PlanDay   Date             // for which they said it
	Marks     map[string]int64 // that it showed, with the items that they stand for
	MessageID string
	Subject   string
	Text      string    // the text part
	Answered  int64     // with a receipt, and a digest that was asked for: the mail that it answers
	Forgets   bool      // with a receipt: it asks whether all that is held of the member is to be erased
	Confirms  bool      // with a receipt: it asks whether that mail was theirs
	SentAt    time.Time // of the prompt that a reminder repeats: when the server took it, zero if it has not yet

	Notice *SentNotice // with a notice
}

// SentNotice is what is known of a notice beside its mail.
type SentNotice struct {
	ID      int64
	Kind    NoticeKind
	About   int64 // the member whom it is about
	Invites *Team // with InvitationNotice: into which team
}

// Reference names a mail that we sent, as its token does.
type Reference struct {
	Kind     MailKind
	MemberID int64
	ID       int64 // of the check-in, or for a receipt of the mail that it answers; 0 for a digest
	Day      Date
}

// Referred is whom and what mails refer to, as far as it is known.
type Referred struct {
	People map[string]Person // by address, each of the addresses that were asked for
	Sent   map[Reference]Sent
}

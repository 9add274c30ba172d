package team

import "time"

// OutboxState is where an outgoing mail stands.
type OutboxState string

// The states. A row moves queued → dot → sent; a failure takes it back to queued, or to failed or expired.
const (
	Queued  OutboxState = "queued"
	Dot     OutboxState = "dot" // the final dot may have been sent and its answer is not known yet
	SentOut OutboxState = "sent"
	Failed  OutboxState = "failed"  // refused for good
	Expired OutboxState = "expired" // its useful life ended before it could be sent
)

// OutsideHours is the line of a mail that was given up at the last moment, as its member's hours were others by then.
const OutsideHours = "it is outside the member's hours now"

// Outgoing is a mail to be sent, rendered to bytes.
type Outgoing struct {
	ID        int64
	Dedupe    string // a second row with the same is impossible
	Kind      MailKind
	MemberID  int64
	CheckInID int64  // of a prompt or a reminder that was claimed
	Day       Date   // that such a one, a digest or a roll-up is about; zero for others
	From      string // envelope sender, "" for the null sender
	To        string // envelope recipient
	MessageID string // without angle brackets
	Subject   string
	Text      string           // the text part, kept to recognise it in replies
	Marks     map[string]int64 // the marks that it shows (such as "a3"), with the items that they stand for
	Tells     []int64          // of a notice about comments: which
	Raw       []byte           // CRLF lines
	AskedAt   time.Time        // of a reminder that was claimed: when its prompt was sent
	DotAt     time.Time        // of one that is unanswered: when its final dot was sent
	CreatedAt time.Time
	ExpiresAt time.Time // not sent from then on
	State     OutboxState
	Attempts  int   // including the one that a claim has begun
	Revised   bool  // the member's hours, days or leaves may have changed since it was made
	Epoch     int64 // fencing: a result with an older one is turned away
}

// Unsent is a mail that waits to be sent, as far as it takes to find it elsewhere. Message-IDs are without angle brackets.
type Unsent struct {
	ID        int64
	MessageID string
	Answers   string // the Message-ID of the mail that it answers, "" if it answers none
}

// ShownItem is an item that a mail shows.
type ShownItem struct {
	ID    int64
	Words string
}

// FoundSent is what is known of a mail that was found among the sent ones, in the place of one in the outbox.
type FoundSent struct {
	At    time.Time
	Marks map[string]int64 // by which it showed its items, and then Text is what stood in it; nil: as the one in the outbox
	Text  string
	Short bool // it may not have told all that the one in the outbox tells
}

// SendResult is how one attempt ended.
type SendResult struct {
	State  OutboxState // SentOut, Queued (try again at NextAt), Failed or Expired
	NextAt time.Time
	Code   int    // the server's, 0 if it did not come to an answer
	Line   string // the server's line or the network's error, for people

	Refused bool // the server spoke of the recipient, and would not take a mail to them

	Untried bool // with Queued: the claim is given back without a try, which does not count as an attempt
}

// SlotKind says what is planned.
type SlotKind string

// The kinds of slot.
const (
	PromptSlot   SlotKind = "prompt"
	ReminderSlot SlotKind = "reminder"
	DigestSlot   SlotKind = "digest"
	WeeklySlot   SlotKind = "weekly" // the roll-up of a week
)

// Personal tells whether a slot of the kind is of all the member's teams, and of no check-in.
func (k SlotKind) Personal() bool { return k == DigestSlot || k == WeeklySlot }

// Slot is the next planned thing of one kind for one member. There is at most one for each (member, kind, check-in).
type Slot struct {
	MemberID  int64
	Kind      SlotKind
	CheckInID int64 // 0 for a digest and a roll-up
	Day       Date  // the local date it is about
	At        time.Time
	Until     time.Time // after this it is too late: the slot is passed over
	Rarely    bool      // a prompt that was put off by a week, since nobody answered
	Opened    bool      // its time had come when it was planned: it is not late
}

// Silence is how many prompts of a check-in, one after the other, a member has not answered.
type Silence struct {
	Unanswered int
	LastAsked  Date // the day of the newest of these
}

// Turn is everything needed to act on one due slot.
type Turn struct {
	Slot     Slot
	Person   Person
	Team     Team // of the check-in; zero for a digest and a roll-up
	CheckIn  CheckIn
	Silence            // with a prompt: before it
	Asked    Date      // with a prompt: the day of the newest before it, answered or not; zero if it was not asked for five weeks
	Answered bool      // the day has an update already
	Plan     []string  // with a prompt: what the member planned last, nine things at most
	PlanDay  Date      // for which they said it
	Carried  []Planned // the same with their ages
	Lapsed   []Planned // what was asked about before and is not any more
	Open     []Open    // with a prompt: what is open in the team; shared
	Prompt   *Sent     // with a reminder: the prompt it repeats, nil if it could not be sent
	Reading  []Reading // with a digest: what is new, a team each; with a roll-up: what was said since the one before
	Previous time.Time // with a digest or a roll-up: when the one before was made; zero if there was none
}

// Reading is what one reader has not had yet from one team. Committing the digest moves the reader's mark from From to Through.
type Reading struct {
	Team    Team
	From    int64
	Through int64
	Entries []Entry        // From < Seq ≤ Through, others' and their own, in order of Seq; those of Again come before
	Threads []Thread       // items with comments of which some are in that range, in the order of the first of these
	Open    []Open         // what is open in the team, the oldest first; shared
	Settled map[int64]bool // with a roll-up: the items that were open and are not any more
	Away    []Absent
	Members []Person // of the team, the reader too, if there is something new; shared
	Again   []int64  // names, for the store, what earlier digests held that could not be sent
}

// Turned is what was made of a Turn. It is committed in one transaction: the prompt or digest mark, the outbox row, the
// reader's marks, and the slots that follow. Each may be absent.
type Turned struct {
	Turn Turn
	Mail *Outgoing // nil: nothing is sent
	Told bool      // with a digest or a roll-up: it was made, or there was nothing to say; the day has had its turn
	Next []Slot    // replace those of the same kind and check-in; the acted slot itself is removed
}

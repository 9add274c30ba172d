package templates

import (
	"fmt"
	"slices"
	"strings"
)

// Letter is a mail before it becomes bytes.
type Letter struct {
	Subject string // one line
	Text    string // lines of at most Columns columns, ended by "\n"; one that ends with a blank goes on in the next
	HTML    string // a whole document
}

// Plain is the text without the blanks that tell where it goes on.
func (l Letter) Plain() string { return strings.ReplaceAll(l.Text, " \n", "\n") }

// Foot says why a mail comes and when.
type Foot struct {
	Addresses []string // to which one writes for each team, if a reply alone would not say for which it is
	When      string   // "Mon–Fri at 09:00 (Tokyo)"
	Teams     []string // the names of the teams for whose sake it comes
	Agreed    string   // within what time questions are answered: "within 4 hours of work in Platform"; "" if nothing was agreed
}

// Prompt asks a member about one day. A Reminder asks again.
type Prompt struct {
	Team      string
	CheckIn   string // named if the team has several
	Reader    string // as one would call them
	Day       string // "Tuesday 3 March"
	ShortDay  string // "Tue 3 Mar"
	Questions []string
	Waiting   []Topic  // what others wait for from the reader
	Stuck     []Topic  // what is in the reader's way still
	Rarely    bool     // nothing came for a while: it is asked once a week from now on
	Plan      []string // what the reader planned last, numbered from 1 on; no more than nine
	Since     []string // of each of these, "since Thu 26 Feb" if it is older than the rest; nil if none is
	Lapsed    []string // what is not asked about any more
	PlanDay   string   // for which they said it: "Mon 2 Mar"
	Offers    []string // what a link under each of these answers: "done", to the address ReplyTo
	ReplyTo   string
	Foot      Foot
}

// Digest is what one reader has not read yet.
type Digest struct {
	Day        string   // "Tuesday 3 March"
	ShortDay   string   // "Tue 3 Mar"
	Teams      []string // whose members said something
	Updates    int      // of others
	Items      int      // of others
	Comments   int      // of others, and new, as Reactions are
	Reactions  int
	Questions  int // that wait for an answer of the reader
	Unanswered int // of what others are asked, and to which an answer is due since the digest before
	Solved     int // of what was in the way, and of which its author says that it is not any more
	Names      []string
	Others     int     // how many more wrote than Names names
	Asked      bool    // the reader asked for it now
	Since      string  // asked for since this day, "Mon 2 Mar"; "" for what they had not been told
	Whole      bool    // asked for to be read whole: nothing is shortened
	Late       string  // when it was due, "09:00", if it comes later; "" if it does not
	ForYou     []Topic // what others answered to what the reader said, or where they had answered
	Sections   []Section
	Example    string // a mark of this digest, to show how one answers
	Foot       Foot
}

// News counts what is new, for the subject: "5 updates, 2 comments".
func (d Digest) News() string {
	var news []string
	if d.Updates > 0 {
		news = append(news, count(d.Updates, "update"))
	}
	if d.Comments > 0 {
		news = append(news, count(d.Comments, "comment"))
	}
	if d.Questions > 0 {
		news = append(news, count(d.Questions, "question")+" for you")
	}
	if len(news) == 0 && d.Solved > 0 {
		news = append(news, fmt.Sprintf("%d no longer stuck", d.Solved))
	}
	if len(news) == 0 && d.Unanswered > 0 {
		news = append(news, count(d.Unanswered, "question")+" not answered")
	}
	if len(news) == 0 {
		news = append(news, count(d.Reactions, "reaction"))
	}
	return strings.Join(news, ", ")
}

// Section is one team's part of a digest.
type Section struct {
	Team    string
	Updates int
	People  []Person
	Topics  []Topics // told before: what is new about them, and what is open still
	Own     string   // what the reader said themselves, counted: "3 items for Mon 2 Mar"; "" for nothing
	Away    string   // who is away: "Sam until Mon 9 Mar and Kofi"; "" for nobody
	Hours   string   // when others work, by the reader's clock: "(Tokyo): Mia from 16:00"; "" if that goes without saying
}

// Person is what one person said, in one part or in several.
type Person struct {
	Name  string
	Parts []Part
}

// Part is what a person said for one day and one check-in.
type Part struct {
	Note   string // "for Fri 27 Feb, late"; "" if there is nothing to note
	Groups []Group
}

// Group is items of one sort.
type Group struct {
	Label string // "done", or the question that they answer
	Items []Item
}

// Item is one thing said, with the mark by which it can be named.
type Item struct {
	Mark string // "a3"
	Text string // the person's words
	Talk        // below them
}

// ReceiptKind says what a Receipt is about.
type ReceiptKind string

// The receipts.
const (
	PausedReceipt  ReceiptKind = "paused"
	ResumedReceipt ReceiptKind = "resumed"
	HelpReceipt    ReceiptKind = "help"
	AwayReceipt    ReceiptKind = "away" // a leave is noted
	BackReceipt    ReceiptKind = "back" // a leave is ended
	HereReceipt    ReceiptKind = "here" // there was no leave to end

	CalledOffReceipt ReceiptKind = "called-off" // leaves that were to come are not any more
	ChangedReceipt   ReceiptKind = "changed"    // something was set, or a change taken back
	NoUndoReceipt    ReceiptKind = "no-undo"    // there is no change to take back
	UnclearReceipt   ReceiptKind = "unclear"    // an order was not understood
	SettingsReceipt  ReceiptKind = "settings"   // all that is set
	MovedReceipt     ReceiptKind = "moved"      // whether the reader moved

	UnderstoodReceipt ReceiptKind = "understood" // what a mail was taken for
	UnsureReceipt     ReceiptKind = "unsure"     // the same, and it may be wrong
	EmptyReceipt      ReceiptKind = "empty"      // a mail had no words of its own
	EncryptedReceipt  ReceiptKind = "encrypted"  // a mail could not be read
	HeadingReceipt    ReceiptKind = "heading"    // a mail may have begun with an order, which was not taken for one
	UnaskedReceipt    ReceiptKind = "unasked"    // a mail asks somebody who cannot be asked
	UndatedReceipt    ReceiptKind = "undated"    // a mail may have named days off, which were not understood

	DataReceipt       ReceiptKind = "data"        // all that is held of the reader
	ForgetReceipt     ReceiptKind = "forget"      // asks whether that is to be erased
	AsksReceipt       ReceiptKind = "asks"        // a member asks to join the reader's team
	AdmittedReceipt   ReceiptKind = "admitted"    // the reader asked so, and is in it now
	TurnedAwayReceipt ReceiptKind = "turned-away" // the reader asked so, and is not
	RemovedReceipt    ReceiptKind = "removed"     // a lead has taken the reader out of a team
	LeftReceipt       ReceiptKind = "left"        // a member has left the reader's team

	AnsweredReceipt ReceiptKind = "answered" // what the reader answered to items
	UnsaidReceipt   ReceiptKind = "unsaid"   // that is taken back
	StrayReceipt    ReceiptKind = "stray"    // the reader answered items that there are not
	AloneReceipt    ReceiptKind = "alone"    // what the reader said to somebody alone goes to them
	PrivateReceipt  ReceiptKind = "private"  // what somebody says to the reader alone
	CommentsReceipt ReceiptKind = "comments" // others have answered an item
	LostReceipt     ReceiptKind = "lost"     // what the reader said to somebody alone could not be sent

	NoNewsReceipt ReceiptKind = "no-news" // there is nothing for the digest that they asked for

	ConfirmReceipt   ReceiptKind = "confirm"   // asks whether a mail was the reader's
	ConfirmedReceipt ReceiptKind = "confirmed" // it was

	UnreachedReceipt ReceiptKind = "unreached" // mail to a member of the reader's team does not arrive
	DaybreakReceipt  ReceiptKind = "daybreak"  // another daybreak reads it

	MembersReceipt     ReceiptKind = "members"     // who is in the teams that the reader leads
	NoticeReceipt      ReceiptKind = "notice"      // what answers a notice is read for orders only
	ComplainedReceipt  ReceiptKind = "complained"  // a member of the reader's team gets no more mail, as their provider tells that they do not want it
	JoinedReceipt      ReceiptKind = "joined"      // somebody who was invited is in the reader's team now
	DeclinedReceipt    ReceiptKind = "declined"    // or does not want to be
	UndeliveredReceipt ReceiptKind = "undelivered" // or could not be asked
	WelcomeReceipt     ReceiptKind = "welcome"     // to somebody whom a lead has added
	InvitationReceipt  ReceiptKind = "invitation"  // asks a stranger whether they want to be in a team
	InvitedReceipt     ReceiptKind = "invited"     // the answer to that was neither yes nor no
)

// ReceiptKinds lists every kind.
func ReceiptKinds() []ReceiptKind {
	return []ReceiptKind{
		PausedReceipt, ResumedReceipt, HelpReceipt, AwayReceipt, BackReceipt, HereReceipt, CalledOffReceipt,
		ChangedReceipt, NoUndoReceipt, UnclearReceipt, SettingsReceipt, MovedReceipt,
		UnderstoodReceipt, UnsureReceipt, EmptyReceipt, EncryptedReceipt, UndatedReceipt, HeadingReceipt, UnaskedReceipt, NoNewsReceipt, DataReceipt, ForgetReceipt, AsksReceipt, AdmittedReceipt, TurnedAwayReceipt, RemovedReceipt, LeftReceipt, ConfirmReceipt, ConfirmedReceipt, UnreachedReceipt,
		MembersReceipt, NoticeReceipt, ComplainedReceipt, JoinedReceipt, DeclinedReceipt, UndeliveredReceipt, WelcomeReceipt, InvitationReceipt, InvitedReceipt,
		DaybreakReceipt, AnsweredReceipt, UnsaidReceipt, StrayReceipt, AloneReceipt, PrivateReceipt, CommentsReceipt, LostReceipt,
	}
}

// shows tells whether a receipt of the kind shows what its reader said.
func (k ReceiptKind) shows() bool {
	return slices.Contains([]ReceiptKind{UnderstoodReceipt, UnsureReceipt, EmptyReceipt, EncryptedReceipt, UndatedReceipt, HeadingReceipt, UnaskedReceipt}, k)
}

// Receipt tells a member that an order of theirs was carried out, what they can do, or what was understood of a mail.
type Receipt struct {
	Kind     ReceiptKind
	Answered string // the subject of the mail that is answered, "" for none
	Reader   string
	Paused   bool   // with HelpReceipt: nothing is sent to them now
	Address  string // to which one can write at any time
	Prompts  []Time // when they are asked
	Digest   string // when they are told: "Mon–Fri at 09:00 (Tokyo)"

	AwayFrom string   // with AwayReceipt: "Mon 3 Aug", "" if the leave is over
	Back     string   // with AwayReceipt: the first day of work after it
	Doubt    string   // with UnclearReceipt and UndatedReceipt: why it was not understood; without a Day of the latter it is an event in a calendar
	Changed  string   // with ChangedReceipt and ConfirmedReceipt, in sentences; "" if it was so before
	Undoable bool     // likewise: it can be taken back
	ForTeam  bool     // with ChangedReceipt: a lead's order for a team
	Leads    bool     // with HelpReceipt and SettingsReceipt: the reader leads a team
	Now      string   // with SettingsReceipt: "14:05", what the reader's clock shows
	Offset   string   // with MovedReceipt: "UTC+01:00", in which their mails are dated
	Zone     string   // with MovedReceipt: "Asia/Tokyo (UTC+09:00)", where they are asked and told
	Lines    []string // with ChangedReceipt what came of each of several orders, with SettingsReceipt what is set, with UnclearReceipt and MovedReceipt the orders that may be meant, with ConfirmedReceipt what came of each mail if not Changed

	File       string // with DataReceipt: the name of the attachment
	OlderMails int    // with DataReceipt: how many mails are left out of it

	Left      bool   // with ChangedReceipt: the reader has left a team
	Since     string // with NoNewsReceipt: the day since when, "Mon 2 Mar"; "" for what they had not been told
	Until     string // likewise: the last day, "" if there is none
	Whole     bool   // with NoNewsReceipt: a digest that there never was
	Decisions bool   // with NoNewsReceipt: it is about what was decided

	CalledOff []string // with CalledOffReceipt: "from Mon 3 Aug to Fri 14 Aug"

	Suspect   string // with ConfirmReceipt and ConfirmedReceipt: the address that the mail in question came from
	OfReader  bool   // with ConfirmReceipt: it is one of the reader's
	HeldAbout string // with ConfirmReceipt: the mail's subject; with PrivateReceipt what of the reader's it is about, "" for nothing

	About string // with what tells of a member, such as UnreachedReceipt: "Mia Rossi (mia@example.com)"; a server's words are the Doubt
	Into  string // with what is about the team that somebody is asked or added to, or was: its name
	Slug  string // with RemovedReceipt: what the team is called in orders
	By    string // with UnderstoodReceipt the address that wrote for the reader, "" if nobody did; with WelcomeReceipt and InvitationReceipt the lead's name, with PrivateReceipt the writer's
	At    string // likewise, of the lead or the writer: their address

	Team    string    // that will read what is Said
	CheckIn string    // named if the team has several
	Day     string    // "Tuesday 3 March", that it is about
	Said    Person    // as the team will read it; without Parts if the reader said that there is nothing
	Added   []string  // what their mail answers to items: "Dev, Mon 2 Mar, “Waiting for the vendor”: I can help"
	Seen    []string  // when who is asked is told: "Mia reads this Mon 9 Mar, 08:30 (Tokyo)"
	LeftOut []LeftOut // of their mail; below an order what else they said, and what became of it
}

// LeftOut is what was not taken for the reader's words.
type LeftOut struct {
	Words string
	Why   string // "signature"
}

// Time is when teams ask a member.
type Time struct {
	Teams []string
	When  string // "Mon–Fri at 16:00 (Tokyo)"
}

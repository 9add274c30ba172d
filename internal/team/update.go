package team

import "time"

// Kind says what an item is.
type Kind string

// The kinds of item.
const (
	Done     Kind = "done"
	Plan     Kind = "plan"
	Blocker  Kind = "blocker"
	Ask      Kind = "ask"
	Decision Kind = "decision"
	Thanks   Kind = "thanks"
	Note     Kind = "note"
)

// NewItem is one thing said, as read from a mail and not yet stored.
type NewItem struct {
	Kind     Kind
	Question int // index of the check-in's question that it answers, -1 for none
	Text     string
	Asked    int64     // with Ask: the member who is asked, 0 for nobody in particular
	Due      time.Time // with Asked: when their answer is due
}

// NewUpdate is what one mail adds to a member's update for one check-in and one day.
type NewUpdate struct {
	MemberID  int64
	TeamID    int64
	CheckInID int64
	Day       Date
	Items     []NewItem
	Replace   bool   // a correction: what was said before for that day is withdrawn
	Corrects  int64  // the receipt, by the mail that it answers, of which what it showed is withdrawn; 0 for none
	By        string // the address that wrote it for the member, "" for the member
	Unstuck   bool   // it answers what is in the way with nothing: what was, is not any more
	Archive   bool   // kept but not news: it is in no digest (old mail taken in at the first start)
}

// Item is one thing said, as stored. Seq counts a team's entries in the order in which they became visible: all items of one
// mail share it, and a reader who has read up to Seq has read everything before it.
type Item struct {
	ID       int64
	Seq      int64
	Kind     Kind
	Question int    // -1 for none
	Asked    string // the question's words when it was asked, "" for none
	Text     string
}

// Entry is what one mail contributed to an update, as a reader sees it.
type Entry struct {
	TeamID     int64
	MemberID   int64
	Name       string // the author's
	Zone       string // the author's
	CheckIn    string
	Day        Date
	Seq        int64
	At         time.Time // when it was accepted
	By         string    // the address that wrote it for them, "" for their own words
	Correction bool      // replaces what the author said before for that day
	Items      []Item
}

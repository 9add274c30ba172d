package team

// CommentKind says what is answered to an item.
type CommentKind string

// The kinds of comment.
const (
	Remark   CommentKind = "comment"  // words
	Reaction CommentKind = "reaction" // one emoji or a few
	Solved   CommentKind = "solved"   // no words: whose item it is has said that nothing is in the way any more
)

// NewComment is what a mail answers to an item, as read and not yet stored.
type NewComment struct {
	ItemID int64
	Kind   CommentKind
	Text   string
	Closes bool // it says that what was in the way is not any more, or that a question is settled
}

// Comment is what a member answered to an item, as stored. Its Seq is of the same count as that of the item's team's entries: who has read up
// to there has read the comment too.
type Comment struct {
	ID       int64
	Seq      int64
	MemberID int64
	Name     string
	Kind     CommentKind
	Text     string
	News     bool // to the reader for whom it was read
	Closed   bool // it is by this that what was in the way is not any more
}

// Thread is an item with what was answered to it, the oldest first.
type Thread struct {
	ItemID   int64
	MemberID int64 // who said it
	Name     string
	Kind     Kind
	Day      Date
	Text     string // "" if it was taken back since
	Comments []Comment
}

// NewPrivate is what a mail says to one member alone. It is kept until it was sent to them, and nowhere else.
type NewPrivate struct {
	ItemID   int64 // whose author it is for, 0 if it is not about one
	MemberID int64 // whom it is for; 0: the item's author
	Text     string
}

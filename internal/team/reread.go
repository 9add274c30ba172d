package team

import "time"

// Earlier is an arrived mail as it was accepted, to be read anew.
type Earlier struct {
	ID         int64
	Mail       Mail   // without Raw; its Update is what is stored of it now, nil if it is none
	Cursor     Cursor // of the mailbox, as far as it tells what came before the first start
	AcceptedAt time.Time
	Copied     bool // another copy of it has its effects
}

// Reread is what another reading of an earlier mail makes of it.
type Reread struct {
	Earlier Earlier
	Now     Mail
	Kept    string // why it stays as it is although it is read differently, "" if it can be changed
}

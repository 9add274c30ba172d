package team

// Everything is all that is held of a member.
type Everything struct {
	Parts   []HeldPart
	Mails   []HeldMail // that they sent, as they came
	LeftOut int        // how many of these are left out, as they would be too much for a mail
}

// HeldPart is one sort of what is held.
type HeldPart struct {
	Name string // "addresses"
	Rows [][]HeldField
}

// HeldField is one value of a row.
type HeldField struct {
	Name  string
	Value any // a string, a number or nil
}

// HeldMail is one mail.
type HeldMail struct {
	Number int64
	Raw    []byte
}

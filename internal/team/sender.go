package team

import "fmt"

// SenderCheck says how sure a team is that its members' mail is theirs before it counts.
type SenderCheck string

// The choices. SendersWarn is the default.
const (
	SendersOff     SenderCheck = "off"     // the address in From is enough
	SendersWarn    SenderCheck = "warn"    // an update that answers a mail of ours may lack proof, another may not, and no order
	SendersRequire SenderCheck = "require" // every mail needs proof
)

// ParseSenderCheck reads "off", "warn" or "require".
func ParseSenderCheck(s string) (SenderCheck, error) {
	switch c := SenderCheck(s); c {
	case SendersOff, SendersWarn, SendersRequire:
		return c, nil
	}
	return "", fmt.Errorf("%q is not how senders are checked; write off, warn or require", s)
}

// SenderCheck is the strictest of the person's teams.
func (p Person) SenderCheck() SenderCheck {
	strictness := map[SenderCheck]int{SendersOff: -1, SendersRequire: 1} // warn, and nothing stated: 0
	strictest := SendersOff
	for _, in := range p.Teams {
		if c := in.Team.SenderCheck; strictness[c] > strictness[strictest] {
			strictest = c
		}
	}
	if strictest == "" {
		return SendersWarn
	}
	return strictest
}

// Confirm is a question to a member: was a mail theirs, although it came from an address that is not known to be, or without proof.
type Confirm struct {
	MemberID int64
	Address  string // that it came from
}

// Settled is a member's answer to such a question.
type Settled struct {
	Mail  int64 // the first mail that the question is about
	Yes   bool
	Mails []Reread // with Yes: all mails that it is about, as their member's
}

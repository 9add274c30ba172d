package mailin

import (
	"time"

	"daybreak/internal/team"
)

// mailsAnHour is how many mails of one member are read that arrived within an hour: whoever sends more is a program, or somebody in their
// name. Mail of nobody known needs no such limit: it is refused unread.
const mailsAnHour = 60

// pace counts the mails of members by the hour in which they arrived, so that what waited during an outage is not taken for a flood.
type pace struct{ by map[hourOf]int }

type hourOf struct {
	member int64
	hour   int64 // since the epoch
}

func hourIn(member int64, m *team.Mail) hourOf {
	return hourOf{member, m.ReceivedAt.Unix() / int64(time.Hour/time.Second)}
}

// slow holds those mails of a batch that are too many. They are kept, and nobody is asked about them: the admin decides.
func (c *pace) slow(verdicts []Verdict, people map[string]team.Person) {
	batch := map[hourOf]int{}
	for i := range verdicts {
		v := &verdicts[i]
		p, known := people[v.Mail.From]
		if v.Mail.Outcome != "" || !known || v.junk && !v.genuine() { // anybody may put a member's address on junk
			continue
		}
		at := hourIn(p.ID, &v.Mail)
		if batch[at]++; batch[at]+c.by[at] > mailsAnHour {
			v.Mail.MemberID = p.ID
			v.end(team.Held, "it is one of more than %d within an hour from %s", mailsAnHour, v.Mail.From)
		}
	}
}

// took counts mails that are stored. If there are too many hours, counting begins anew.
func (c *pace) took(mails []team.Mail) {
	for i := range mails {
		if mails[i].MemberID == 0 {
			continue
		}
		if c.by == nil || len(c.by) >= sourcesAtOnce {
			c.by = map[hourOf]int{}
		}
		c.by[hourIn(mails[i].MemberID, &mails[i])]++
	}
}

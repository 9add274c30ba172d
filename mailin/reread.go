package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
)

// Reread reads an earlier mail anew, as of when it was accepted, and tells what this program makes of it. changes is false if that is
// what is stored already. Only what the mail says is looked at again: its words stay with their member, team and day, orders are not
// carried out a second time, and what nobody was known to have sent stays so.
func (r *Reader) Reread(ctx context.Context, earlier team.Earlier, raw []byte) (reread team.Reread, changes bool, err error) {
	defer func() { // as at its first reading: one mail must not keep all others from being read
		if trouble := recover(); trouble != nil {
			reread = team.Reread{Earlier: earlier, Kept: fmt.Sprintf("this program cannot read it: %v", trouble), Now: earlier.Mail}
			changes, err = earlier.Mail.Outcome != team.Quarantined, nil
		}
	}()
	then := *r
	if earlier.Mail.Outcome != team.Held { // what proved it then may not be had now
		then.Proof, then.ProofIn = nil, nil
	}
	then.Directory = directoryThen{r.Directory, earlier}
	then.ImportSince = time.Unix(1, 0) // what was taken in at the first start is read as that
	old := earlier.Mail
	v, err := then.Read(ctx, Raw{UID: old.UID, Bytes: raw, Size: old.Size, Truncated: old.Truncated}, earlier.Cursor, earlier.AcceptedAt)
	if err != nil {
		return reread, false, fmt.Errorf("reading mail %d anew: %w", earlier.ID, err)
	}
	reread = team.Reread{Earlier: earlier, Now: v.Mail}
	now := &reread.Now
	now.Raw = nil
	now.DropOrders()
	if was, is := old.Update, now.Update; was != nil && is != nil && was.TeamID != 0 { // 0: it said nothing, so nobody knows where
		is.MemberID, is.TeamID, is.CheckInID, is.Day = was.MemberID, was.TeamID, was.CheckInID, was.Day
		is.Corrects, is.Archive = was.Corrects, was.Archive
		if was.Corrects != 0 {
			is.Replace = was.Replace
		}
	}
	reread.Kept = stays(earlier, now.Outcome)
	return reread, differs(old, *now), nil
}

// differs tells whether two readings of a mail do something different.
func differs(old, now team.Mail) bool {
	if old.Outcome != now.Outcome || updates(old) != updates(now) || !slices.EqualFunc(old.Comments, now.Comments, sameComment) {
		return true
	}
	return updates(now) && (old.Update.Replace != now.Update.Replace || !slices.EqualFunc(old.Update.Items, now.Update.Items, sameWords))
}

// sameComment tells whether two answers to items say the same. What they close is not looked at again.
func sameComment(a, b team.NewComment) bool {
	return a.ItemID == b.ItemID && a.Kind == b.Kind && a.Text == b.Text
}

// sameWords tells whether two items say the same. Whom they ask until when is not looked at again.
func sameWords(a, b team.NewItem) bool {
	return a.Kind == b.Kind && a.Question == b.Question && a.Text == b.Text
}

// updates tells whether a mail does more than answer items.
func updates(m team.Mail) bool {
	return m.Update != nil && (len(m.Update.Items) > 0 || m.Update.Replace || len(m.Comments) == 0)
}

// stays says why a mail that is read differently is not changed; "" if it can be.
func stays(earlier team.Earlier, now team.Outcome) string {
	old := earlier.Mail.Outcome
	switch {
	case now == team.Command:
		return "an order is not carried out so much later"
	case old == team.Command:
		return "it was carried out as an order"
	case now == team.Held || now == team.Refused:
		return "its sender is not known any more"
	case old == team.Refused:
		return "its sender was not known when it came"
	case earlier.Copied && now == team.Stored:
		return "a copy of it is stored"
	}
	return ""
}

// directoryThen answers as the directory would have when a mail was accepted.
type directoryThen struct {
	Directory
	earlier team.Earlier
}

// LatestPrompts leaves out the prompts that the mail cannot have answered.
func (d directoryThen) LatestPrompts(ctx context.Context, member int64) ([]team.Sent, error) {
	if u := d.earlier.Mail.Update; u != nil {
		sent, ok, err := d.Sent(ctx, team.PromptMail, member, u.CheckInID, u.Day)
		if err != nil || !ok {
			return nil, err
		}
		return []team.Sent{sent}, nil
	}
	list, err := d.Directory.LatestPrompts(ctx, member)
	arrived := team.DateOf(d.earlier.Mail.ReceivedAt.Add(14 * time.Hour).UTC()) // wherever the member lives
	return slices.DeleteFunc(list, func(s team.Sent) bool { return arrived.Before(s.Day) }), err
}

// Difference shows how two readings of a mail differ, a line each: what was, with "-" before it, and what is, with "+".
func Difference(r team.Reread) []string {
	var lines []string
	old, now := said(r.Earlier.Mail), said(r.Now)
	for _, l := range old {
		if !slices.Contains(now, l) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range now {
		if !slices.Contains(old, l) {
			lines = append(lines, "+ "+l)
		}
	}
	if len(lines) == 0 && (len(old) > 0 || len(now) > 0) {
		lines = append(lines, "the same items in another order or number")
	}
	return lines
}

// said is what a mail did, a line for each thing.
func said(m team.Mail) []string {
	var lines []string
	for _, c := range m.Comments {
		lines = append(lines, fmt.Sprintf("%s on item %d: %s", c.Kind, c.ItemID, strings.ReplaceAll(c.Text, "\n", " ⏎ ")))
	}
	if m.Update == nil {
		return lines
	}
	if m.Update.Replace {
		lines = append(lines, "(replaces what was said before for that day)")
	}
	for _, i := range m.Update.Items {
		line := string(i.Kind)
		if i.Question >= 0 {
			line += fmt.Sprintf(" (question %d)", i.Question+1)
		}
		lines = append(lines, line+": "+strings.ReplaceAll(i.Text, "\n", " ⏎ "))
	}
	return lines
}

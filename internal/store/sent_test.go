package store

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestWhatManyMailsReferToIsWhatEachRefersTo(t *testing.T) {
	s := platform(t)
	ctx := t.Context()
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	for i, p := range []team.Person{mia, dev} { // a prompt and its reminder for Mia, a prompt for Dev on another day
		slot := team.Slot{Kind: team.PromptSlot, CheckInID: checkin, Day: monday.Add(i), At: start, Until: start.Add(time.Hour)}
		must(t, s.Plan(ctx, p.ID, []team.Slot{slot}))
		reminder := slot
		reminder.Kind = team.ReminderSlot
		commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.PromptMail, p, slot.Day), Next: []team.Slot{reminder}[i:]})
	}
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.ReminderMail, mia, monday)})
	accept1(t, s, update(mia, 1, "news"))
	commit1(t, s, team.Turned{Turn: dueDigest(t, s, dev, monday), Mail: outgoing(team.DigestMail, dev, monday)})
	enqueued(t, s, 1) // a receipt for Mia

	var references []team.Reference
	for _, kind := range []team.MailKind{team.PromptMail, team.ReminderMail, team.DigestMail, team.ReceiptMail, ""} {
		for _, p := range []team.Person{mia, dev} {
			for _, id := range []int64{0, checkin, 2} {
				for _, day := range []team.Date{monday, monday.Add(1), {}} {
					references = append(references, team.Reference{Kind: kind, MemberID: p.ID, ID: id, Day: day})
				}
			}
		}
	}
	addresses := []string{"mia@example.com", "aiko@home.example", "aiko@example.com", "nobody@example.com", "", "mia@example.com"}
	got, err := s.Referred(ctx, addresses, references)
	must(t, err)
	for _, addr := range addresses {
		p, known, err := s.PersonByAddress(ctx, addr)
		must(t, err)
		have, ok := got.People[addr]
		equal(t, "whose address is "+addr, fmt.Sprint(have, ok), fmt.Sprint(p, known))
	}
	found := map[team.MailKind]int{}
	for _, r := range references {
		m, known, err := s.Sent(ctx, r.Kind, r.MemberID, r.ID, r.Day)
		must(t, err)
		if r.Kind == team.DigestMail && r.ID != 0 { // a token of a digest has no ID
			continue
		}
		have, ok := got.Sent[r]
		equal(t, fmt.Sprintf("%+v is known", r), ok, known)
		if ok {
			equal(t, fmt.Sprintf("%+v", r), fmt.Sprintf("%+v", have), fmt.Sprintf("%+v", m))
			found[r.Kind]++
		}
	}
	equal(t, "found", fmt.Sprint(found), "map[digest:1 prompt:2 receipt:3 reminder:1]")
}

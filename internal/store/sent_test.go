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

func TestTheLatestPromptsAreOneForEachCheckInOfThePresentTeams(t *testing.T) {
	s := open(t)
	a, b := rosterTeam("a", aiko, mia), rosterTeam("b", mia, dev)
	a.Team.CheckIns = append(a.Team.CheckIns, team.CheckIn{Name: "weekly", Questions: []string{"How was it?"}})
	apply(t, s, a, b)
	mia, aiko := person(t, s, "mia@example.com"), person(t, s, "aiko@example.com")
	daily, weekly, other := mia.Teams[0].Team.CheckIns[0].ID, mia.Teams[0].Team.CheckIns[1].ID, mia.Teams[1].Team.CheckIns[0].ID
	send := func(p team.Person, kind team.SlotKind, checkin int64, day int) {
		t.Helper()
		slot := team.Slot{Kind: kind, CheckInID: checkin, Day: monday.Add(day), At: start}
		must(t, s.Plan(t.Context(), p.ID, []team.Slot{slot}))
		m := outgoing(team.MailKind(kind), p, slot.Day)
		m.Dedupe += fmt.Sprint(checkin)
		m.Subject = fmt.Sprint(kind, " ", checkin, " of ", slot.Day)
		i := len(due(t, s)) - 1
		must(t, s.Commit(t.Context(), []team.Turned{{Turn: due(t, s)[i], Mail: m}}, start.Add(time.Duration(day)*time.Hour)))
	}
	check := func(what string, want ...string) {
		t.Helper()
		list, err := s.LatestPrompts(t.Context(), mia.ID)
		must(t, err)
		var subjects []string
		for _, m := range list {
			one, _, err := s.Sent(t.Context(), m.Kind, mia.ID, m.CheckInID, m.Day)
			must(t, err)
			equal(t, what+", by its reference", one, m)
			subjects = append(subjects, m.Subject)
		}
		equal(t, what, subjects, want)
	}
	check("before the first")
	send(mia, team.PromptSlot, weekly, 0)
	send(mia, team.PromptSlot, daily, 0)
	send(mia, team.PromptSlot, daily, 2)
	send(mia, team.ReminderSlot, daily, 3)
	send(mia, team.PromptSlot, other, 1)
	send(aiko, team.PromptSlot, daily, 4)
	check("one for each, the newest first",
		words("reminder", daily, "of 2026-03-05"), words("prompt", other, "of 2026-03-03"), words("prompt", weekly, "of 2026-03-02"))
	_, err := s.writer.Exec(`UPDATE outbox SET state = 'failed' WHERE kind = 'reminder'`)
	must(t, err)
	check("after the newest could not be sent",
		words("prompt", daily, "of 2026-03-04"), words("prompt", other, "of 2026-03-03"), words("prompt", weekly, "of 2026-03-02"))
	a.Team.CheckIns = a.Team.CheckIns[:1]
	b.Members = b.Members[1:]
	apply(t, s, a, b)
	check("without a check-in that was removed and a team that was left", words("prompt", daily, "of 2026-03-04"))
}

package store

import (
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

// says is a mail that says items of kinds, "plan: …", for a day.
func says(p team.Person, uid uint32, day team.Date, items ...team.NewItem) team.Mail {
	m := update(p, uid)
	m.Update.Day, m.Update.Items = day, items
	return m
}

func plans(text string) team.NewItem { return team.NewItem{Kind: team.Plan, Question: 1, Text: text} }

func TestAPromptHasWhatIsPlannedStill(t *testing.T) {
	s := platform(t)
	mia, dev := person(t, s, "mia@example.com"), person(t, s, "dev@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	uid := uint32(0)
	say := func(p team.Person, day team.Date, items ...team.NewItem) {
		t.Helper()
		uid++
		accept1(t, s, says(p, uid, day, items...))
	}
	check := func(what string, p team.Person, day team.Date, want string) {
		t.Helper()
		slot := team.Slot{Kind: team.PromptSlot, CheckInID: checkin, Day: day, At: start, Until: start.Add(time.Hour)}
		must(t, s.Plan(t.Context(), p.ID, []team.Slot{slot}))
		for _, turn := range due(t, s) {
			if turn.Slot.MemberID == p.ID {
				got := words(turn.PlanDay, turn.Plan)
				if turn.PlanDay.IsZero() {
					got = fmt.Sprint(turn.Plan)
				}
				equal(t, what, got, want)
			}
		}
		must(t, s.Plan(t.Context(), p.ID, nil))
	}
	check("at first", mia, monday, "[]")
	say(mia, monday, team.NewItem{Kind: team.Done, Text: "the import"}, plans("the crane page"), plans("the berth page\n- old\n- new"))
	say(mia, monday, plans("lunch with Kofi"), plans("the crane page"))
	say(dev, monday, plans("the keys"))
	check("on the same day", mia, monday, "[]")
	check("on the next", mia, monday.Add(1), "2026-03-02 [the crane page the berth page\n- old\n- new lunch with Kofi]")
	check("of the other", dev, monday.Add(1), "2026-03-02 [the keys]")
	say(mia, monday.Add(1)) // off that day: it says nothing
	check("after a day without words", mia, monday.Add(2), "2026-03-02 [the crane page the berth page\n- old\n- new lunch with Kofi]")
	check("7 days later", mia, monday.Add(7), "2026-03-02 [the crane page the berth page\n- old\n- new lunch with Kofi]")
	check("8 days later", mia, monday.Add(8), "[]")
	say(mia, monday.Add(2), team.NewItem{Kind: team.Done, Text: "all of it"})
	check("after an update that says nothing of it", mia, monday.Add(3), "2026-03-02 [the crane page the berth page\n- old\n- new lunch with Kofi]")
	say(mia, monday.Add(3), team.NewItem{Kind: team.Done, Text: "the crane page"}, plans("the keys"))
	check("after one that says something of a part", mia, monday.Add(4), "2026-03-05 [the keys the berth page\n- old\n- new lunch with Kofi]")
	check("of a day in between", mia, monday.Add(2), "2026-03-02 [the crane page the berth page\n- old\n- new lunch with Kofi]")

	m := says(dev, uid+1, monday, plans("nothing but the keys"))
	m.Update.Replace = true
	accept1(t, s, m)
	check("after a correction", dev, monday.Add(1), "2026-03-02 [nothing but the keys]")
	var many []team.NewItem
	for i := range 12 {
		many = append(many, plans(fmt.Sprint("n", i+1)))
	}
	uid++
	say(dev, monday.Add(1), many...)
	check("more than can be numbered with one digit", dev, monday.Add(2), "2026-03-03 [n1 n2 n3 n4 n5 n6 n7 n8 n9]")
}

func TestAPromptAndItsReminderKeepThePlanThatTheyListed(t *testing.T) {
	s := platform(t)
	mia := person(t, s, "mia@example.com")
	checkin := mia.Teams[0].Team.CheckIns[0].ID
	accept1(t, s, says(mia, 1, monday, plans("the crane page"), plans("“lunch”, 昼")))
	slot := team.Slot{Kind: team.PromptSlot, CheckInID: checkin, Day: monday.Add(1), At: start, Until: start.Add(time.Hour)}
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{slot}))
	reminder := slot
	reminder.Kind = team.ReminderSlot
	commit1(t, s, team.Turned{Turn: due(t, s)[0], Mail: outgoing(team.PromptMail, mia, slot.Day), Next: []team.Slot{reminder}})
	accept1(t, s, says(mia, 2, monday, plans("came late"))) // what the reminder repeats stays what was numbered
	turn := due(t, s)[0]
	equal(t, "the prompt that the reminder repeats", words(turn.Prompt.PlanDay, turn.Prompt.Plan), "2026-03-02 [the crane page “lunch”, 昼]")
	commit1(t, s, team.Turned{Turn: turn, Mail: outgoing(team.ReminderMail, mia, slot.Day)})
	for _, kind := range []team.MailKind{team.PromptMail, team.ReminderMail} {
		sent, _, err := s.Sent(t.Context(), kind, mia.ID, checkin, slot.Day)
		must(t, err)
		equal(t, "the plan of the "+string(kind), words(sent.PlanDay, sent.Plan), "2026-03-02 [the crane page “lunch”, 昼]")
	}
}

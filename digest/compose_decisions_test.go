package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// decidedFor are lists of decisions that Aiko asked for.
func decidedFor() map[string]team.Answer {
	about := func(turn team.Turn, since team.Date) team.Answer {
		turn.Slot.Day = since
		return team.Answer{ID: 85, Kind: team.AnswerDecisions, Person: turn.Person, Subject: "decisions", MessageID: "abc@mail.example.org", Turn: &turn}
	}
	last := func(m time.Month, day int) team.Date { return team.Date{Year: 2025, Month: m, Day: day} }
	program := said(5, "Tomás Herrera", newYork, feb(27), 5, "decision: Interviews are on Wednesdays, and who asks writes down why before they do: what we want to know, how we would find out, and which answer would make us do something else.")
	program.By = "bot@example.org"
	usual := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(6, "Wanjiru Kamau", nairobi, last(time.December, 30), 1, "decision: No deploys between the years."),
		said(3, "Mia Rossi", paris, feb(25), 3, "decision: Retries are idempotent, or there are none:\n- billing\n- exports"),
		said(3, "Mia Rossi", paris, feb(27), 4, "decision: #4411 waits for the new queue.", "decision: Logs are kept for 30 days."),
		program,
		said(2, "Dev Patel", kolkata, march(2), 6, "decision: Python 3.8 goes on Friday, see https://example.com/py38."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 7, "decision: Exports are UTF-8."),
		said(2, "Dev Patel", kolkata, march(3), 8, "decision: The review day is Thursday."),
	}})
	usual.Reading[0].Threads = []team.Thread{{ItemID: 600, MemberID: 2, Name: "Dev Patel", Kind: team.Decision, Day: march(2), Text: "Python 3.8 goes on Friday.", Comments: []team.Comment{
		{ID: 1, Seq: 7, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "Not before the load test, please.", News: true},
		{ID: 2, Seq: 8, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Reaction, Text: "👍", News: true}}}}
	two := reading(aiko(platform, growth), map[*team.Team][]team.Entry{
		&platform: {said(2, "Dev Patel", kolkata, march(2), 1, "decision: Python 3.8 goes on Friday.")},
		&growth:   {said(6, "Wanjiru Kamau", nairobi, feb(26), 2, "decision: We keep the current search until summer."), said(7, "ליאור כהן", "Asia/Jerusalem", march(2), 3, "decision: החלטנו על חבל.")},
	})
	none := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: nil})
	return map[string]team.Answer{
		"decisions": about(usual, team.Date{}), "decisions-since": about(two, feb(1)), "decisions-none": about(none, team.Date{}), "decisions-none-since": about(none, last(time.March, 1)),
	}
}

func TestDecisionsAreListedByMonthTheNewestFirst(t *testing.T) {
	out, err := testComposer(t).Asked(decidedFor()["decisions"], tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Platform · 8 decisions"; out.Mail.Subject != want || out.Told {
		t.Errorf("the subject is %q, want %q; told %v", out.Mail.Subject, want, out.Told)
	}
	inOrder(t, out.Mail.Text, "\nMarch 2026\n==", "DEV PATEL", "Tue 3", "review day", "AIKO TANAKA", "Mon 2", "UTF-8", "DEV PATEL", "Mon 2", "Python 3.8", "↳ Mia: Not before", "↳ 👍 you", "\nFebruary 2026\n==",
		"TOMÁS HERRERA · written by bot@example.org", "Fri 27", "MIA ROSSI", "Fri 27", "#4411", "30 days", "Wed 25", "idempotent", "\nDecember 2025\n==", "WANJIRU KAMAU", "Tue 30", "between the years")
	for mark, item := range map[string]int64{"a1": 800, "a2": 600, "b1": 700} {
		if out.Mail.Marks[mark] != item {
			t.Errorf("%s is item %d, want %d", mark, out.Mail.Marks[mark], item)
		}
	}
}

func TestALongListOfDecisionsSaysWhatItLacks(t *testing.T) {
	var entries []team.Entry
	for n := range team.MostDecisions {
		entries = append(entries, said(int64(2+n%5), fmt.Sprintf("Person %d", n%5), paris, march(2).Add(-n), int64(n+1), fmt.Sprintf("decision: %d. "+strings.Repeat("What was decided here is rather long. ", 8), n)))
	}
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: entries})
	turn.Slot.Day = team.Date{}
	out, err := testComposer(t).Asked(team.Answer{ID: 86, Kind: team.AnswerDecisions, Person: aiko(platform), Turn: &turn}, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	page := parse(t, *out.Mail).html
	if n := strings.Count(out.Mail.Text, "rather long. What was"); n < team.MostDecisions {
		t.Errorf("the text part has %d of them", n)
	}
	if !strings.Contains(page, "more items from") || !strings.Contains(page, "there are 500 at most") || len(page) > 102_000 {
		t.Errorf("%d bytes do not say what they lack", len(page))
	}
}

package digest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

func feb(day int) team.Date { return team.Date{Year: 2026, Month: time.February, Day: day} }

// weeks are roll-ups of Wed 25 February to Tue 3 March that Aiko asked for.
func weeks() map[string]team.Answer {
	about := func(turn team.Turn) team.Answer {
		turn.Slot.Day = feb(25)
		return team.Answer{ID: 83, Kind: team.AnswerWeek, Person: turn.Person, Subject: "week", MessageID: "abc@mail.example.org", Turn: &turn}
	}
	on := func(e team.Entry, by string) team.Entry {
		e.By = by
		return e
	}
	usual := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(3, "Mia Rossi", paris, feb(25), 1, "done: Moved the billing jobs to the new queue; retries are idempotent now.", "next: Load test.", "stuck: The staging certificate is missing."),
		said(2, "Dev Patel", kolkata, feb(25), 2, "done: Rotated the signing keys.", "ask: Does anybody know a good library for right-to-left PDF text?", "next: Write down how."),
		said(3, "Mia Rossi", paris, feb(26), 3, "done: Closed #4411.", "done: Load test with Friday's peak:\n- 400 a second\n- no errors", "next: Tell support."),
		said(6, "Wanjiru Kamau", nairobi, feb(26), 4, "decision: We keep the current search until summer.", "ask: Who takes the interviews on Wednesday?"),
		on(said(5, "Tomás Herrera", newYork, feb(27), 5, "done: Read the three proposals.", "thanks: Dev, for staying late."), "bot@example.org"),
		said(2, "Dev Patel", kolkata, march(2), 6, "done: Wrote down how the rotation works.", "next: The replicas.", "stuck: Waiting for the vendor.", "ask: @aiko can we drop Python 3.8?", "ask: @mia is #4411 really closed?"),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 7, "done: The export writes UTF-8.", "note: I leave at 15:00 on Thursday.", "? What did you learn?", "note: To ask sooner."),
	}})
	r := &usual.Reading[0]
	r.Settled = map[int64]bool{102: true, 604: true}
	r.Open = []team.Open{
		{ItemID: 44, MemberID: 8, Name: "Sam Okafor", Kind: team.Blocker, Text: "No access to the staging cluster.\nThe form is at https://example.com/access.", Since: feb(12)},
		{ItemID: 602, MemberID: 2, Name: "Dev Patel", Kind: team.Blocker, Text: "Waiting for the vendor.", Since: march(2)},
		{ItemID: 603, MemberID: 2, Name: "Dev Patel", Kind: team.Ask, Text: "@aiko can we drop Python 3.8?", Since: march(2), Asked: 1, AskedBy: "Aiko Tanaka", Due: tuesdayUTC()},
		{ItemID: 45, MemberID: 8, Name: "Sam Okafor", Kind: team.Blocker, Text: "What is said after the week.", Since: march(4)},
	}
	r.Threads = []team.Thread{
		{ItemID: 201, MemberID: 2, Name: "Dev Patel", Kind: team.Ask, Day: feb(25), Text: "Does anybody know a good library for right-to-left PDF text?", Comments: []team.Comment{
			{ID: 1, Seq: 8, MemberID: 6, Name: "Wanjiru Kamau", Kind: team.Remark, Text: "HarfBuzz, and then any.", News: true}}},
		{ItemID: 202, MemberID: 2, Name: "Dev Patel", Kind: team.Plan, Day: feb(25), Text: "Write down how.", Comments: []team.Comment{
			{ID: 2, Seq: 8, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "Where?", News: true}, {ID: 5, Seq: 8, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Remark, Text: "In the wiki.", News: true}}},
		{ItemID: 604, MemberID: 2, Name: "Dev Patel", Kind: team.Ask, Day: march(2), Text: "@mia is #4411 really closed?", Comments: []team.Comment{
			{ID: 3, Seq: 8, MemberID: 3, Name: "Mia Rossi", Kind: team.Reaction, Text: "👍", News: true}}},
		{ItemID: 46, MemberID: 8, Name: "Sam Okafor", Kind: team.Done, Day: feb(20), Text: "The handbook is printed.", Comments: []team.Comment{
			{ID: 4, Seq: 8, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "It is beautiful.", News: true}}},
	}
	still := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: nil})
	still.Reading[0].Open = r.Open[:1]
	two := turns()["two-teams"]
	return map[string]team.Answer{
		"week": about(usual), "week-two-teams": about(two), "week-hostile": about(turns()["hostile"]), "week-scripts": about(turns()["scripts"]), "week-still": about(still),
		"week-none": about(reading(aiko(platform), map[*team.Team][]team.Entry{&platform: nil})),
	}
}

// endsOfWeek are roll-ups that Aiko gets on Friday 6 March.
func endsOfWeek() map[string]team.Turn {
	friday := func(turn team.Turn, previous time.Time) team.Turn {
		turn.Slot.Kind, turn.Slot.Day, turn.Previous = team.WeeklySlot, march(6), previous
		return turn
	}
	week := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(6, "Wanjiru Kamau", nairobi, feb(27), 1, "done: The interviews are written up: https://example.com/interviews"),
		said(3, "Mia Rossi", paris, march(2), 2, "done: Moved the billing jobs to the new queue; retries are idempotent now.", "next: Load test with Friday's peak."),
		said(2, "Dev Patel", kolkata, march(2), 3, "done: Rotated the signing keys; all services picked them up without a restart.", "stuck: Waiting for the staging certificate."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(3), 4, "done: The export writes UTF-8.", "next: The release."),
		said(3, "Mia Rossi", paris, march(4), 5, "done: Load test:\n- 400 a second\n- no errors", "next: Tell support what changes for them."),
		said(6, "Wanjiru Kamau", nairobi, march(4), 6, "decision: We keep the current search until summer.", "ask: Who shows the new search to the sales people?"),
		said(2, "Dev Patel", kolkata, march(5), 7, "done: Wrote down how the rotation works, for whoever is on duty.", "thanks: Mia, for the numbers."),
	}})
	r := &week.Reading[0]
	r.Open = []team.Open{
		{ItemID: 44, MemberID: 8, Name: "Sam Okafor", Kind: team.Blocker, Text: "No access to the staging cluster.", Since: feb(12)},
		{ItemID: 301, MemberID: 2, Name: "Dev Patel", Kind: team.Blocker, Text: "Waiting for the staging certificate.", Since: march(2)},
	}
	r.Threads = []team.Thread{{ItemID: 600, MemberID: 6, Name: "Wanjiru Kamau", Kind: team.Decision, Day: march(4), Text: "We keep the current search until summer.", Comments: []team.Comment{
		{ID: 1, Seq: 8, MemberID: 5, Name: "Tomás Herrera", Kind: team.Remark, Text: "Good. I tell the vendor.", News: true}}}}
	before := time.Date(2026, time.February, 27, 7, 0, 0, 0, time.UTC)
	return map[string]team.Turn{
		"usual": friday(week, before), "after-a-leave": friday(week, before.AddDate(0, 0, -14)), "two-teams": friday(turns()["two-teams"], before),
	}
}

func TestARollUpThatComesByItselfNeedsNewsOfOthers(t *testing.T) {
	own := said(1, "Aiko Tanaka", "Asia/Tokyo", march(3), 4, "done: The export writes UTF-8.")
	stuck := []team.Open{{ItemID: 44, MemberID: 8, Name: "Sam Okafor", Kind: team.Blocker, Text: "No access.", Since: feb(12)}}
	reaction := []team.Thread{{ItemID: 400, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Done, Day: march(3), Text: "The export writes UTF-8.", Comments: []team.Comment{
		{ID: 1, Seq: 8, MemberID: 5, Name: "Tomás Herrera", Kind: team.Reaction, Text: "🎉", News: true}}}}
	for says, c := range map[string]struct {
		reading team.Reading
		want    bool
	}{
		"nothing":                       {team.Reading{}, false},
		"what has been open for long":   {team.Reading{Open: stuck}, false},
		"their own words":               {team.Reading{Entries: []team.Entry{own}, Open: stuck}, false},
		"an answer to their own words":  {team.Reading{Entries: []team.Entry{own}, Threads: reaction}, true},
		"another's words":               {team.Reading{Entries: []team.Entry{said(3, "Mia Rossi", paris, march(2), 2, "done: One.")}}, true},
		"words that were taken back":    {team.Reading{Entries: []team.Entry{said(3, "Mia Rossi", paris, march(2), 2, "done: ")}}, false},
		"an answer that is not new now": {team.Reading{Threads: []team.Thread{{ItemID: 4, Comments: []team.Comment{{ID: 1, MemberID: 5, Kind: team.Remark, Text: "Yes."}}}}}, false},
	} {
		c.reading.Team = platform
		turn := team.Turn{Slot: team.Slot{MemberID: 1, Kind: team.WeeklySlot, Day: march(6)}, Person: aiko(platform), Reading: []team.Reading{c.reading}}
		m, ok, err := testComposer(t).Weekly(turn, tuesday(t))
		if err != nil || ok != c.want || ok && m.Kind != team.WeeklyMail {
			t.Errorf("%s: %v, %v, kind %q", says, ok, err, m.Kind)
		}
	}
}

func tuesdayUTC() time.Time { return time.Date(2026, time.March, 3, 9, 0, 0, 0, time.UTC) }

// Everything that is said in a week, or is open, is in its roll-up once; but what was planned again since is not.
func TestARollUpHasEverythingOnce(t *testing.T) {
	for name, a := range weeks() {
		out, err := testComposer(t).Asked(a, tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		if out.Told || out.Mail.Kind != team.ReceiptMail {
			t.Errorf("%s: told %v, kind %s", name, out.Told, out.Mail.Kind)
		}
		var left []int64
		if name == "week" {
			left = []int64{101, 45} // the load test was done since; what is newer than the week
		}
		for _, r := range a.Turn.Reading {
			var ids []int64
			for _, e := range r.Entries {
				for _, i := range e.Items {
					ids = append(ids, i.ID)
				}
			}
			for _, o := range r.Open {
				ids = append(ids, o.ItemID)
			}
			slices.Sort(ids)
			for _, id := range slices.Compact(ids) {
				n := 0
				for mark, marked := range out.Mail.Marks {
					if marked == id {
						n += strings.Count(out.Mail.Text, "["+mark+"]")
					}
				}
				if want := !slices.Contains(left, id); n != map[bool]int{true: 1}[want] {
					t.Errorf("%s: item %d is there %d times", name, id, n)
				}
			}
		}
	}
}

func TestAWeekThatIsTooLongSaysWhatIsLeftOut(t *testing.T) {
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: crowd(300, 4)})
	turn.Slot.Day = feb(25)
	out, err := testComposer(t).Asked(team.Answer{ID: 84, Kind: team.AnswerWeek, Person: aiko(platform), Turn: &turn}, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	page := parse(t, *out.Mail).html
	shown := strings.Count(page, "is about as long as")
	if len(page) > 102_000 || !strings.Contains(page, fmt.Sprintf("… %d more items from", 1200-shown)) || !strings.Contains(page, "The plain text part of this mail has them.") {
		t.Errorf("%d bytes have %d of 1200 items, and do not say so", len(page), shown)
	}
	if n := strings.Count(out.Mail.Text, "is about as long as"); n != 1200 {
		t.Errorf("the text part has %d of 1200 items", n)
	}
}

func TestTheThemesOfAWeekStandInOrder(t *testing.T) {
	out, err := testComposer(t).Asked(weeks()["week"], tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Platform · Wed 25 Feb to Tue 3 Mar · 21 items, 3 comments"; out.Mail.Subject != want {
		t.Errorf("the subject is %q, want %q", out.Mail.Subject, want)
	}
	inOrder(t, out.Mail.Text, "\nDone\n====", "DEV PATEL", "MIA ROSSI", "Wed", "Thu", "TOMÁS HERRERA · partly written by bot@example.org", "\nDecided\n", "\nStill stuck\n", "SAM OKAFOR", "19 days", "1 day",
		"\nOpen questions\n", "5 days", "interviews", "1 day", "drop Python", "\nThanks\n", "\nNext\n", "\nNo longer stuck\n", "certificate", "\nAsked and answered\n", "HarfBuzz", "\nNotes\n", "What did you learn?", "\nSaid before\n", "It is beautiful.")
}

// Two people of one name keep their words apart.
func TestPeopleOfOneNameStandApartInAWeek(t *testing.T) {
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {said(2, "Mia Rossi", paris, march(2), 1, "done: One."), said(3, "Mia Rossi", paris, march(2), 2, "done: Two.")}})
	turn.Slot.Day = feb(25)
	letter, marks, ok, err := testComposer(t).WeekLetter(turn, tuesday(t))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if got := slices.Sorted(maps.Keys(marks)); !slices.Equal(got, []string{"a1", "b1"}) || strings.Count(letter.Text, "MIA ROSSI") != 2 {
		t.Errorf("marks %v\n%s", got, letter.Text)
	}
}

package digest

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// written gives the text of a digest of Aiko's from these entries of the platform team.
func written(t *testing.T, change func(*team.Turn), entries ...team.Entry) (subject, text string, marks map[string]int64) {
	t.Helper()
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: entries})
	if change != nil {
		change(&turn)
	}
	l, marks, ok, err := testComposer(t).DigestLetter(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "", "", nil
	}
	return l.Subject, l.Plain(), marks
}

func inOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Fatalf("%q is not where it should be in\n%s", w, text)
		}
		rest = after
	}
}

func TestThereIsNoDigestOfNothingOrOfOnesOwnWordsOnly(t *testing.T) {
	c := testComposer(t)
	own := said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 1, "done: Mine.")
	empty := said(2, "Dev Patel", kolkata, march(2), 2, "done: Gone.")
	empty.Items[0].Text = " \n "
	for name, entries := range map[string][]team.Entry{"nothing": nil, "own words": {own}, "blank words": {own, empty}} {
		turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: entries})
		m, ok, err := c.Digest(turn, tuesday(t))
		if ok || err != nil || m.Marks != nil || m.Raw != nil {
			t.Errorf("%s: there is a digest: %v, %v, error %v", name, m.Subject, m.Marks, err)
		}
	}
}

func TestPeopleComeByNameAndMarksNameTheirItems(t *testing.T) {
	_, text, marks := written(t, nil,
		said(4, "zoe", paris, march(2), 1, "done: Z1."),
		said(3, "Émile", paris, march(2), 2, "next: E1."),
		said(2, "Anna", paris, march(2), 3, "note: A1.", "done: A2."),
		said(5, "Fay", paris, march(2), 4, "done: F1."),
		said(3, "Émile", paris, march(2), 5, "done: E2."),
	)
	inOrder(t, text, "4 updates", "6 items from Anna, Émile, Fay and zoe.", "ANNA", "done   A2.", "[a1]", "note   A1.", "[a2]",
		"ÉMILE", "done   E2.", "[b1]", "next   E1.", "[b2]", "FAY", "[c1]", "ZOE", "[d1]")
	want := map[string]int64{"a1": 301, "a2": 300, "b1": 500, "b2": 200, "c1": 400, "d1": 100}
	if !maps.Equal(marks, want) {
		t.Errorf("the marks are %v, want %v", marks, want)
	}
}

func TestEveryItemOfOthersIsShownOnceWithAMarkOfItsOwn(t *testing.T) {
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: crowd(60, 3)})
	l, marks, _, err := testComposer(t).DigestLetter(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) != 180 {
		t.Fatalf("%d items have marks, want 180", len(marks))
	}
	ids := slices.Sorted(maps.Values(marks))
	if len(slices.Compact(ids)) != 180 {
		t.Error("two marks name one item")
	}
	for mark := range marks {
		if strings.Count(l.Text, "["+mark+"]") != 1 {
			t.Errorf("the mark %s is %d times in the text", mark, strings.Count(l.Text, "["+mark+"]"))
		}
	}
	if _, ok := marks["bh3"]; !ok {
		t.Error("the 60th person is not bh")
	}
}

func TestLateIsWhatThePreviousDigestCouldHaveHad(t *testing.T) {
	friday := team.Date{Year: 2026, Month: time.February, Day: 27}
	e := said(2, "Grace", angeles, friday, 1, "done: Something.")
	end := team.DayEnd(friday, time.FixedZone("PST", -8*3600)) // Sat 04:00 in Los Angeles
	for name, c := range map[string]struct {
		previous time.Time
		late     bool
	}{
		"there was none":                      {time.Time{}, false},
		"it was made while the day still ran": {end.Add(-time.Minute), false},
		"it was made when the day ended":      {end, true},
		"it was made after the day":           {end.Add(48 * time.Hour), true},
	} {
		_, text, _ := written(t, func(turn *team.Turn) { turn.Previous = c.previous }, e)
		if got := strings.Contains(text, "GRACE · for Fri 27 Feb, late\n"); got != c.late {
			t.Errorf("the previous digest: %s: late is %v, want %v\n%s", name, got, c.late, text)
		}
	}
}

func TestADayIsNamedIfItIsNotThePersonsMostRecent(t *testing.T) {
	_, text, _ := written(t, nil,
		said(2, "Dev", kolkata, march(1), 1, "done: Sunday."),
		said(2, "Dev", kolkata, march(2), 2, "done: Monday."),
		said(2, "Dev", kolkata, team.Date{Year: 2025, Month: time.February, Day: 3}, 3, "done: Last year."),
		said(3, "Mia", paris, march(1), 4, "done: Sunday, too."),
	)
	inOrder(t, text, "DEV\n", "Monday.", "  for Sun 1 Mar\n", "Sunday.", "  for Mon 3 Feb 2025\n", "Last year.", "MIA\n", "Sunday, too.")
}

func TestACorrectionReplacesWhatTheSameDigestWouldHaveSaid(t *testing.T) {
	_, text, marks := written(t, nil,
		said(2, "Dev", kolkata, march(2), 1, "done: Wrong."),
		correction(said(2, "Dev", kolkata, march(2), 2, "done: Right.")),
		said(2, "Dev", kolkata, march(2), 3, "note: And one thing more."),
	)
	inOrder(t, text, "1 update\n", "2 items", "DEV · correction for Mon 2 Mar\n", "Right.", "And one thing more.")
	if strings.Contains(text, "Wrong") || len(marks) != 2 {
		t.Errorf("what was corrected is still there: %v\n%s", marks, text)
	}
}

func TestTheReadersOwnPartIsOneLineAndNotCounted(t *testing.T) {
	subject, text, marks := written(t, nil,
		said(2, "Dev", kolkata, march(2), 1, "done: D."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 2, "done: Secretly mine.", "next: Two."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(1), 3, "done: Three."),
	)
	inOrder(t, text, "1 item from Dev.", "You: 1 item for Sun 1 Mar and 2 for Mon 2 Mar.\n")
	if strings.Contains(text, "Secretly") || len(marks) != 1 || subject != "Platform · Tue 3 Mar · 1 update" {
		t.Errorf("%s: %v\n%s", subject, marks, text)
	}
}

func TestWordsAreKeptAsTheyWereWritten(t *testing.T) {
	_, text, _ := written(t, nil, said(2, "Dev", kolkata, march(2), 1, "note: First line\n  indented\n\n\tcode(with, tab)\n\n* star\n  * inner star that is long enough to be broken before the end of the line\n10) ten"))
	want := `  note   First line
           indented

             code(with, tab)

         * star
           * inner star that is long enough to be broken before
             the end of the line
         10) ten                                                    [a1]
`
	if !strings.Contains(text, want) {
		t.Errorf("want\n%s\nin\n%s", want, text)
	}
}

func TestKindsThatAreNotKnownAreShownAsNotes(t *testing.T) {
	e := said(2, "Dev", kolkata, march(2), 1, "done: Known.", "note: Odd.")
	e.Items[1].Kind = "prophecy"
	_, text, marks := written(t, nil, e)
	inOrder(t, text, "Known.", "note   Odd.", "[a2]")
	if len(marks) != 2 {
		t.Errorf("the marks are %v", marks)
	}
}

func TestAPersonInTwoTeamsHasOneLetter(t *testing.T) {
	turn := turns()["two-teams"]
	l, marks, _, err := testComposer(t).DigestLetter(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, l.Text, "Platform · 1 update\n===================\n", "DEV PATEL\n", "[a1]", "Growth · 3 updates\n", "DEV PATEL · daily\n", "[a2]", "LENA VOGT", "[b1]")
	if marks["a1"] != 3100 || marks["a2"] != 2300 {
		t.Errorf("the marks are %v", marks)
	}
}

func TestComposingChangesNothingOfTheTurn(t *testing.T) {
	c := testComposer(t)
	turn := turns()["late"]
	before := len(turn.Reading[0].Entries)
	first := turn.Reading[0].Entries[0].Items[0]
	one, _, err := c.Digest(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := c.Digest(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(turn.Reading[0].Entries) != before || turn.Reading[0].Entries[0].Items[0] != first || !bytes.Equal(one.Raw, two.Raw) {
		t.Error("the turn is not what it was")
	}
}

func TestAZoneThatDoesNotExistIsAnError(t *testing.T) {
	c := testComposer(t)
	for _, zone := range []string{"", "Local", "Mars/Olympus"} {
		turn := asking()
		turn.Person.Rule.Zone = zone
		if _, err := c.Prompt(turn, tuesday(t)); err == nil {
			t.Errorf("a prompt was made for the zone %q", zone)
		}
		digest := turns()["quiet"]
		digest.Person.Rule.Zone = zone
		if _, _, err := c.Digest(digest, tuesday(t)); err == nil {
			t.Errorf("a digest was made for the zone %q", zone)
		}
	}
}

func TestLetters(t *testing.T) {
	for n, want := range map[int]string{0: "a", 25: "z", 26: "aa", 51: "az", 52: "ba", 701: "zz", 702: "aaa"} {
		if got := letter(n); got != want {
			t.Errorf("person %d is %q, want %q", n, got, want)
		}
	}
}

func TestWordsForTimes(t *testing.T) {
	check := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	days := func(s string) team.Workdays {
		w, err := team.ParseWorkdays(s)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	check(when(team.Rule{Zone: "Asia/Tokyo", Days: days("mon-fri")}, 9*60), "Mon–Fri at 09:00 (Tokyo)")
	check(when(team.Rule{Zone: "America/New_York", Days: days("sun-thu")}, 16*60+30), "Mon–Thu, Sun at 16:30 (New York)")
	check(workdays(days("mon,wed,fri")), "Mon, Wed, Fri")
	check(workdays(days("mon-sun")), "every day")
	check(workdays(days("mon-fri / mon-thu from 2026-03-02")), "Mon–Fri and Mon–Thu in turn")
	check(absent(nil, march(3)), "")
	check(absent([]team.Absent{{Name: "Kofi Mensah"}}, march(3)), "Kofi")
	check(absent([]team.Absent{{Name: "Mia Rossi", Back: march(9)}, {Name: "Mia Weber"}, {Name: "Sam Lee", Back: team.Date{Year: 2027, Month: 2, Day: 1}}}, march(3)),
		"Mia Rossi until Mon 9 Mar, Mia Weber and Sam Lee until Mon 1 Feb 2027")
	check(longDay(march(3)), "Tuesday 3 March")
	check(march(3).Short(), "Tue 3 Mar")
}

func TestManyNamesAreCounted(t *testing.T) {
	for want, n := range map[string]int{"1 item from Person.": 1, "13 items from Person 001, Person 002": 13} {
		_, text, _ := written(t, nil, crowd(n, 1)...)
		inOrder(t, strings.ReplaceAll(text, "\n", " "), want)
	}
	_, text, _ := written(t, nil, crowd(40, 1)...)
	inOrder(t, strings.ReplaceAll(text, "\n", " "), "40 items from Person 001,", "Person 012 and 28 others.")
}

func TestADigestSaysThatItComesLate(t *testing.T) {
	c := testComposer(t)
	nine := tuesday(t)
	for _, loop := range []struct {
		says   string
		now    time.Time
		opened bool
		want   bool
	}{
		{"in time", nine, false, false},
		{"a look at the database later", nine.Add(5 * time.Minute), false, false},
		{"after an outage", nine.Add(2 * time.Hour), false, true},
		{"back from leave at eleven", nine.Add(2 * time.Hour), true, false},
	} {
		turn := turns()["quiet"]
		turn.Slot.Opened = loop.opened
		m, ok, err := c.Digest(turn, loop.now)
		if err != nil || !ok || strings.Contains(m.Text, "This came late: it was due at 09:00.") != loop.want {
			t.Errorf("%s: late is not %v, %v\n%s", loop.says, loop.want, err, m.Text)
		}
		if l, _, _, err := c.DigestLetter(turn, loop.now); err != nil || strings.Contains(l.Text, "late") {
			t.Errorf("%s: what is only looked at is late, %v", loop.says, err)
		}
	}
}

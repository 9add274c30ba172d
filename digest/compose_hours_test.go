package digest

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// lives makes a person of the platform team who lives somewhere, with their own hours if they are given.
func lives(id int64, name, zone string, hours ...string) team.Person {
	p := team.Person{Member: team.Member{ID: id, Name: name, Rule: team.Rule{Zone: zone}}, Teams: []team.Membership{{Team: platform}}}
	if len(hours) > 0 {
		h, err := team.ParseWorkHours(hours[0])
		if err != nil {
			panic(err)
		}
		p.Rule.Hours = h
	}
	return p
}

// eightZones is a team of twelve, Aiko the first.
func eightZones() []team.Person {
	return []team.Person{
		aiko(platform), lives(2, "Dev Patel", kolkata), lives(3, "Mia Rossi", paris), lives(4, "Sam Okafor", nairobi),
		lives(5, "Tomás Herrera", newYork), lives(6, "Wanjiru Kamau", nairobi), lives(7, "Lena Vogt", paris, "08:00-14:00"),
		lives(8, "Grace Lin", angeles), lives(9, "Ruby Chen", "Australia/Sydney"), lives(10, "Noa Levi", "Asia/Singapore"),
		lives(11, "Arun Nair", kolkata, "11:00-19:00"), lives(12, "Hana Sato", "Asia/Tokyo"),
	}
}

// spaced has plain blanks where lines must not break.
func spaced(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestTheHoursOfOthersAreToldByTheReadersClock(t *testing.T) {
	march3, friday := march(3), march(6)
	sunday := func(p team.Person) team.Person {
		p.Rule.Days = team.Workdays{Days: 1<<time.Sunday | 1<<time.Monday}
		return p
	}
	away := func(p team.Person) team.Person {
		p.Away = team.Away{{From: march3, Through: march3}}
		return p
	}
	paused := func(p team.Person) team.Person {
		p.Paused = true
		return p
	}
	for _, c := range []struct {
		says    string
		day     team.Date
		want    string
		members []team.Person // the reader first
	}{
		{"nobody else", march3, "", []team.Person{lives(1, "Ines", paris)}},
		{"one zone", march3, "", []team.Person{lives(1, "Ines", paris), lives(2, "Lena", paris, "07:00-12:00")}},
		{"one clock in two zones", march3, "", []team.Person{lives(1, "Ines", paris), lives(2, "Lena", "Europe/Berlin")}},
		{"two of them", march3, "(Paris): Marcus from 15:00", []team.Person{lives(1, "Ines", paris), lives(2, "Marcus Reed", newYork)}},
		{"a shared hour", march3, "(Paris): Priya until 12:30 · Camille 10:00–12:00 · everyone 10:00–12:00",
			[]team.Person{lives(1, "Ines", paris), lives(2, "Camille", paris, "10:00-12:00"), lives(3, "Priya", kolkata)}},
		{"the week in which only America's clocks have changed", march(9), "(Paris): Marcus and Tom from 14:00",
			[]team.Person{lives(1, "Ines", paris), lives(2, "Tom", newYork), lives(3, "Marcus", newYork)}},
		{"no hour that all share", march3, "(Los Angeles): Marcus until 14:00 · Aiko from 16:00 · no hour that all share",
			[]team.Person{lives(1, "Elena", angeles), lives(2, "Marcus", newYork), lives(3, "Aiko", "Asia/Tokyo"), lives(4, "Camille", paris)}},
		{"nobody at the same time", march3, "(Los Angeles): no hour that all share", []team.Person{lives(1, "Elena", angeles), lives(2, "Camille", paris)}},
		{"over the date line it is tomorrow there", march3, "(Honolulu): Leilani all day · Ruby from 10:00 · everyone 10:00–17:00",
			[]team.Person{lives(1, "Kai", "Pacific/Honolulu"), lives(2, "Ruby", "Pacific/Auckland"), lives(3, "Leilani", "Pacific/Honolulu")}},
		{"and Saturday there", friday, "", []team.Person{lives(1, "Kai", "Pacific/Honolulu"), lives(2, "Ruby", "Pacific/Auckland")}},
		{"and Monday there is yesterday here", march(2), "", []team.Person{lives(1, "Ruby", "Pacific/Auckland"), lives(2, "Kai", "Pacific/Honolulu")}},
		{"and Tuesday", march3, "(Auckland): Kai until 16:00", []team.Person{lives(1, "Ruby", "Pacific/Auckland"), lives(2, "Kai", "Pacific/Honolulu", "09:00-17:00")}},
		{"over midnight by the reader's clock", march3, "(Tokyo): Lucia from 21:00", []team.Person{lives(1, "Aiko", "Asia/Tokyo", "15:00-23:00"), lives(2, "Lucia", "Europe/Lisbon", "12:00-20:00")}},
		{"of last night, until the morning", march3, "(Tokyo): Lucia until 05:00", []team.Person{lives(1, "Aiko", "Asia/Tokyo", "04:00-12:00"), lives(2, "Lucia", "Europe/Lisbon", "12:00-20:00")}},
		{"twice in a long day", march3, "(Paris): Kai 06:00–07:00 and 21:00–23:00",
			[]team.Person{lives(1, "Ines", paris, "06:00-23:00"), lives(2, "Kai", "Pacific/Honolulu", "10:00-20:00")}},
		{"all day", march3, "(Berlin): Mika until 16:00 · Noor all day · everyone 09:00–16:00",
			[]team.Person{lives(1, "Ines", "Europe/Berlin"), lives(2, "Mika", "Europe/Helsinki"), lives(3, "Noor", "Europe/Helsinki", "09:00-18:00")}},
		{"a short Friday", friday, "(Paris): Wanjiru until 11:00", []team.Person{lives(1, "Ines", paris), lives(2, "Wanjiru", nairobi, "09:00-17:00, fri 09:00-13:00")}},
		{"who is away", march3, "(Paris): Wanjiru until 15:00", []team.Person{lives(1, "Ines", paris), lives(2, "Wanjiru", nairobi), away(lives(3, "Marcus", newYork))}},
		{"who is paused", march3, "", []team.Person{lives(1, "Ines", paris), paused(lives(2, "Wanjiru", nairobi))}},
		{"who does not work on that day", march3, "(Paris): Wanjiru until 15:00", []team.Person{lives(1, "Ines", paris), lives(2, "Wanjiru", nairobi), sunday(lives(3, "Noa", "Asia/Jerusalem"))}},
		{"whose reader does not", march3, "", []team.Person{away(lives(1, "Ines", paris)), lives(2, "Wanjiru", nairobi)}},
		{"one first name twice", march3, "(Paris): Wanjiru Kamau and Wanjiru Mwangi until 15:00", []team.Person{lives(1, "Ines", paris), lives(2, "Wanjiru Mwangi", nairobi), lives(3, "Wanjiru Kamau", nairobi)}},
	} {
		loc, err := c.members[0].Rule.Location()
		if err != nil {
			t.Fatal(err)
		}
		reading := team.Reading{Team: platform, Members: c.members}
		if got := spaced(hours(c.members[0], reading, c.day, c.day.Instant(9*60, loc).Add(-6*time.Hour))); got != c.want {
			t.Errorf("%s: %q, want %q", c.says, got, c.want)
		}
	}
}

func TestTheHoursOfALateDigestLeaveOutWhoHasGone(t *testing.T) {
	ines, priya := lives(1, "Ines", paris), lives(2, "Priya", kolkata)
	loc, err := ines.Rule.Location()
	if err != nil {
		t.Fatal(err)
	}
	reading := team.Reading{Team: platform, Members: []team.Person{ines, priya, lives(3, "Marcus", newYork)}}
	got := spaced(hours(ines, reading, march(3), march(3).Instant(14*60+17, loc)))
	if want := "(Paris): Marcus from 15:00 · no hour that all share"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheHoursOfALargeTeamTakeTwoLines(t *testing.T) {
	turn := turns()["zones"]
	for _, reader := range eightZones() {
		turn.Person = reader
		turn.Slot.MemberID = reader.ID
		l, _, ok, err := testComposer(t).DigestLetter(turn, tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, told := strings.Cut(l.Plain(), "\nHours today (")
		line, _, _ := strings.Cut(rest, "\n\n")
		if ok && (!told || strings.Count(line, "\n") > 1) {
			t.Errorf("%s is told the hours in more than two lines, or not at all:\n%s", reader.Name, l.Text)
		}
	}
}

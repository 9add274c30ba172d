package mailin

import (
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

func TestWhomWordsAskAndUntilWhen(t *testing.T) {
	harbour := team.Team{ID: 1, Slug: "harbour"}
	person := func(id int64, name, addr, zone string) team.Person {
		return team.Person{Member: team.Member{ID: id, Name: name, Addresses: []string{addr}, Rule: team.Rule{Zone: zone}}, Teams: []team.Membership{{Team: harbour}}}
	}
	ines := person(1, "Ines Duarte", "ines@harbour.example", "Europe/Lisbon")
	members := []team.Person{ines, person(2, "Mía Rossi", "m.rossi@harbour.example", "Asia/Tokyo"), person(3, "Kofi Mensah", "kofi@harbour.example", "Africa/Accra"),
		person(4, "Kofi Boateng", "kb@harbour.example", "Africa/Accra")}
	for _, c := range []struct {
		text string
		asks bool // it stands where people ask
		who  int64
		due  string // in Tokyo
	}{
		{"ask @mia can we drop it? by thu", false, 2, "Thu 5 Mar 17:00"},
		{"@mia can we drop it", false, 0, ""},
		{"@mia can we drop it?", false, 2, "Wed 4 Mar 09:00"}, // after her hours: they count from Tue 09:00
		{"Thanks to @mia for the tables", false, 0, ""},
		{"can we drop it, Mia?", true, 2, "Wed 4 Mar 09:00"},
		{"can we drop it, Mia?", false, 0, ""},
		{"(@m.rossi) which one? by tomorrow", true, 2, "Tue 3 Mar 17:00"},
		{"@miarossi which one? until Friday 16:00", true, 2, "Fri 6 Mar 17:00"},
		{"@mia which one? by friday 04:00", true, 2, "Fri 6 Mar 13:00"}, // by the writer's clock, Lisbon
		{"@mia which one? by sat", true, 2, "Fri 6 Mar 17:00"},
		{"@mia which one? by the river", true, 2, "Wed 4 Mar 09:00"},
		{"@mia, bis Freitag?", true, 2, "Fri 6 Mar 17:00"},
		{"@kofi which one?", true, 0, ""}, // there are two
		{"@kb which one?", true, 3 + 1, "Wed 4 Mar 01:00"},
		{"@ines which one?", true, 0, ""}, // the writer
		{"@nobody which one?", true, 0, ""},
		{"write to mia@example.com?", false, 0, ""},
		{"who has the keys?", true, 0, ""},
	} {
		v := &Verdict{Person: &ines, Message: &mime.Message{}, Mail: team.Mail{ReceivedAt: time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)}} // Monday
		words, named := askWords(c.text)
		asked := addressed(words, named || c.asks, members, ines.ID)
		var who int64
		due := ""
		if asked != nil {
			who = asked.ID
			tokyo, err := time.LoadLocation("Asia/Tokyo")
			if err != nil {
				t.Fatal(err)
			}
			due = (&Reader{}).due(v, words, *asked, harbour).In(tokyo).Format("Mon 2 Jan 15:04")
		}
		if who != c.who || due != c.due {
			t.Errorf("%q asks %d by %q, want %d by %q", c.text, who, due, c.who, c.due)
		}
	}
}

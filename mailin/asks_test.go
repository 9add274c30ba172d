package mailin

import (
	"slices"
	"strings"
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

func TestEachWhoIsNamedAtTheHeadIsAsked(t *testing.T) {
	person := func(id int64, name, addr string) team.Person {
		return team.Person{Member: team.Member{ID: id, Name: name, Addresses: []string{addr}, Rule: team.Rule{Zone: "Europe/Lisbon"}}}
	}
	k := asking{in: team.Team{Name: "Harbour"}, writer: 1, members: []team.Person{person(1, "Kofi Mensah", "kofi@harbour.example"), person(2, "Mia Rossi", "mia@harbour.example"),
		person(3, "Mia Weiß", "miaw@harbour.example"), person(4, "Dev Patel", "dev@harbour.example"), person(5, "Inês Duarte", "ines@harbour.example"), person(6, "نور حداد", "noor@harbour.example")}}
	for _, c := range []struct {
		text  string
		kind  team.Kind
		asked []int64
		doubt string
		try   string
	}{
		{"ask @mia can we drop it?", team.Note, nil, `several in Harbour are called "mia"`, "ask @Mia Rossi: can we drop it?|ask @Mia Weiß: can we drop it?"},
		{"ask @mia rossi can we drop it?", team.Note, []int64{2}, "", ""},
		{"ask @Mia Weiß: can we drop it?", team.Note, []int64{3}, "", ""},
		{"Ask Mia Rossi: can we drop it?", team.Note, []int64{2}, "", ""},
		{"Ask Mia: can we drop it?", team.Note, nil, `several in Harbour are called "Mia"`, "ask @Mia Rossi: can we drop it?|ask @Mia Weiß: can we drop it?"},
		{`ask @"Mia Rossi" can we drop it?`, team.Note, []int64{2}, "", ""},
		{"ask mia@harbour.example can we drop it?", team.Note, []int64{2}, "", ""},
		{"ask @mia@harbour.example can we drop it?", team.Note, []int64{2}, "", ""},
		{"ask @mia_rossi can we drop it?", team.Note, []int64{2}, "", ""},
		{"ask @rossi can we drop it?", team.Note, []int64{2}, "", ""},
		{"ask @miar can we drop it?", team.Note, nil, `nobody in Harbour is called "miar"`, "ask @Mia Rossi: can we drop it?|ask @Mia Weiß: can we drop it?"},
		{"ask @nobody can we drop it?", team.Note, nil, `nobody in Harbour is called "nobody"`, ""},
		{"ask x@y.example can we drop it?", team.Note, nil, `nobody in Harbour is called "x@y.example"`, ""},
		{"ask @kofi can we drop it?", team.Note, nil, `"kofi" is you`, ""},
		{"ask dev can we drop it?", team.Note, []int64{4}, "", ""},
		{"ask dev to drop it", team.Note, nil, "", ""},
		{"ask dev about it", team.Plan, nil, "", ""},
		{"ask dev whether it can be dropped?", team.Plan, nil, "", ""},
		{"ask somebody else?", team.Note, nil, "", ""},
		{"ask @dev @ines who of you?", team.Note, []int64{4, 5}, "", ""},
		{"ask @dev and @ines who of you?", team.Note, []int64{4, 5}, "", ""},
		{"ask dev and ines: who of you?", team.Note, []int64{4, 5}, "", ""},
		{"@dev, @ines: who of you?", team.Note, []int64{4, 5}, "", ""},
		{"@dev, @ines: one of you", team.Note, nil, "", ""},
		{"@dev and @dev: who of you?", team.Note, []int64{4}, "", ""},
		{"ask @mia, @inês and @kofi: who of you?", team.Note, []int64{5}, `several in Harbour are called "mia" | "kofi" is you`, "ask @Mia Rossi: @inês and @kofi: who of you?"},
		{"@dev is in, is @ines?", team.Note, []int64{4}, "", ""},
		{"@types/node breaks, does it not?", team.Note, nil, "", ""},
		{"ask @نور هل يعمل؟", team.Note, []int64{6}, "", ""},
		{"which one, Dev?", team.Ask, []int64{4}, "", ""},
		{"Fixed it. @ines can you check?", team.Done, []int64{5}, "", ""},
	} {
		words, explicit := askWords(c.text)
		found := k.whom(words, explicit, c.kind)
		var asked []int64
		for _, p := range found.asked {
			asked = append(asked, p.ID)
		}
		var why, try []string
		for _, d := range found.doubts {
			why, try = append(why, d.Why), append(try, d.Try...)
		}
		if !slices.Equal(asked, c.asked) || strings.Join(why, " | ") != c.doubt || !strings.HasPrefix(strings.Join(try, "|"), c.try) || c.try == "" && try != nil {
			t.Errorf("%q asks %v (%q, %q), want %v (%q, %q)", c.text, asked, why, try, c.asked, c.doubt, c.try)
		}
	}
}

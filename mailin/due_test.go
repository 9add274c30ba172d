package mailin

import (
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

func TestByWhenAnAnswerIsWanted(t *testing.T) {
	harbour := team.Team{ID: 1, Slug: "harbour"}
	person := func(id int64, zone string) team.Person {
		return team.Person{Member: team.Member{ID: id, Rule: team.Rule{Zone: zone}}, Teams: []team.Membership{{Team: harbour}}}
	}
	ines, kofi := person(1, "Europe/Lisbon"), person(2, "Africa/Accra") // by one clock
	for words, want := range map[string]string{
		"which one? by monday":              "Mon 9 Mar 17:00",
		"which one? by today":               "Mon 2 Mar 17:00",
		"which one? by 2 March":             "Mon 2 Mar 17:00",
		"which one by tuesday?":             "Tue 3 Mar 17:00",
		"which one, by wed 11?":             "Wed 11 Mar 17:00",
		"which one? by Thursday the 12th":   "Thu 12 Mar 17:00",
		"which one? by thu 13":              "Tue 3 Mar 16:00", // which is no Thursday
		"which one? by friday noon":         "Fri 6 Mar 12:00",
		"which one? by friday at 3pm":       "Fri 6 Mar 15:00",
		"which one? by fri, 10.30 am":       "Fri 6 Mar 10:30",
		"welche? bis Freitag um 15 Uhr":     "Fri 6 Mar 15:00",
		"lequel? avant vendredi à 14h30":    "Fri 6 Mar 14:30",
		"which one? due friday":             "Fri 6 Mar 17:00",
		"which one? (due by wednesday)":     "Wed 4 Mar 17:00",
		"which one? by eod":                 "Mon 2 Mar 17:00",
		"which one? by end of day":          "Mon 2 Mar 17:00",
		"which one? by the end of the week": "Fri 6 Mar 17:00",
		"which one? by EOW":                 "Fri 6 Mar 17:00",
		"which one? by end of next week":    "Fri 13 Mar 17:00",
		"which one? by next thursday":       "Thu 12 Mar 17:00",
		"which one? by end of month":        "Tue 31 Mar 17:00",
		"which one? by noon":                "Tue 3 Mar 12:00",
		"which one? by 16:30":               "Mon 2 Mar 16:30",
		"which one? by 5pm":                 "Mon 2 Mar 17:00",
		"which one? by 9.15":                "Tue 3 Mar 09:15",
		"which one? by the river":           "Tue 3 Mar 16:00",
		"which one? before we ship":         "Tue 3 Mar 16:00",
		"which one? by 25:00":               "Tue 3 Mar 16:00",
		"which one? by yesterday":           "Tue 3 Mar 16:00",
	} {
		v := &Verdict{Person: &ines, Message: &mime.Message{}, Mail: team.Mail{ReceivedAt: time.Date(2026, time.March, 2, 16, 0, 0, 0, time.UTC)}} // Monday
		if got := (&Reader{}).due(v, words, kofi, harbour).In(time.UTC).Format("Mon 2 Jan 15:04"); got != want {
			t.Errorf("%q is due %s, want %s", words, got, want)
		}
	}
}

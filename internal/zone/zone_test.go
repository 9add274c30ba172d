package zone

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

func TestEveryZoneThatIsNamedIsRight(t *testing.T) {
	for _, name := range Names() {
		wrong, hint := Check(name)
		switch name {
		case "EST", "MST", "HST", "Factory":
			if wrong == "" {
				t.Errorf("%s is taken", name)
			}
		default:
			if wrong != "" {
				t.Errorf("%s: %s; %s", name, wrong, hint)
			}
		}
	}
	for word, zones := range words().places {
		for _, name := range append(zones, large...) {
			if wrong, _ := Check(name); wrong != "" {
				t.Errorf("%s for %s: %s", name, word, wrong)
			}
		}
		if fold(word) != word {
			t.Errorf("%q is not as it is looked for", word)
		}
	}
}

func TestZonesAreFoundByWhatPeopleWrite(t *testing.T) {
	for word, want := range map[string]string{
		"Lisbon": "Europe/Lisbon", "lisbon": "Europe/Lisbon", "Europe/Lisbon": "Europe/Lisbon", "europe/berlin": "Europe/Berlin", "Berlin, Germany": "Europe/Berlin",
		"tokyo": "Asia/Tokyo", "Hawaii": "Pacific/Honolulu", "LA": "America/Los_Angeles", "München": "Europe/Berlin", "Köln": "Europe/Berlin", "Portland, Oregon": "America/Los_Angeles", "Portland, Maine": "America/New_York",
		"Birmingham, Alabama": "America/Chicago", "Paris, France": "Europe/Paris", "Austin, TX": "America/Chicago", "EST": "America/New_York", "New York": "America/New_York", "new_york": "America/New_York", "San Francisco": "America/Los_Angeles", "America/San_Francisco": "America/Los_Angeles",
		"Asia/Bangalore": "Asia/Kolkata", "São Paulo": "America/Sao_Paulo", "Sao Paulo": "America/Sao_Paulo", "Zürich": "Europe/Zurich", "Kiev": "Europe/Kiev",
		"Pacific Standard Time": "America/Los_Angeles", "eastern time": "America/New_York", "GMT+0": "GMT+0", "UTC": "UTC", "JST": "Asia/Tokyo", "CET": "Europe/Berlin",
		"Portland": "America/Los_Angeles America/New_York ?", "London, Ontario": "America/Toronto Europe/London ?", "Perth, Scotland": "Europe/London Australia/Perth ?", "Paris, Texas": "America/Chicago America/Denver Europe/Paris ?",
		"Rome, NY": "America/New_York Europe/Rome ?", "Berlin, Nowhere": "Europe/Berlin ?", "AEST": "Australia/Sydney Australia/Brisbane ?", "MST": "America/Denver America/Phoenix ?", "GMT": "Europe/London Africa/Accra ?",
		"Germany": "Europe/Berlin", "japan": "Asia/Tokyo", "UK": "Europe/London", "Nepal": "Asia/Kathmandu", "holland": "Europe/Amsterdam",
		"Lisbom": "Europe/Lisbon ?", "America/NewYork": "America/New_York ?", "US/Pacfic": "US/Pacific ?", "Los Angelos": "America/Los_Angeles ?", "Narobi": "Africa/Nairobi ?",
		"Portugal": "Europe/Lisbon Atlantic/Azores ?", "IST": "Asia/Kolkata Europe/Dublin Asia/Jerusalem ?", "CST": "America/Chicago Asia/Shanghai America/Havana ?",
		"Georgia": "Asia/Tbilisi America/New_York ?", "China": "Asia/Shanghai Asia/Urumqi ?", "Spain": "Europe/Madrid Atlantic/Canary ?",
		"x": "?", "": "?", "nowhere at all": "?", "bug fixed": "?",
	} {
		zones, sure := Find(word)
		got := strings.Join(zones, " ")
		if !sure {
			got = strings.TrimSpace(got + " ?")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if zones, sure := Find("USA"); sure || len(zones) != most || zones[0] != "America/New_York" || !slices.Contains(zones, "America/Los_Angeles") {
		t.Errorf("USA: %v, %v", zones, sure)
	}
}

func TestAnOffsetIsNotAZone(t *testing.T) {
	for _, word := range []string{"UTC+5:30", "utc+0530", "GMT +5:30", "+05:30"} {
		if zones, sure := Find(word); sure || !slices.Contains(zones, "Asia/Kolkata") {
			t.Errorf("%q: %v, %v", word, zones, sure)
		}
	}
	if zones, sure := Find("UTC+17"); sure || len(zones) > 0 {
		t.Errorf("UTC+17: %v, %v", zones, sure)
	}
}

func TestZonesAreFoundByTheirOffset(t *testing.T) {
	july, january := time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)
	if got := At(3600, july, []string{"Africa/Tunis"}); got[0] != "Africa/Tunis" || !slices.Contains(got, "Europe/London") || slices.Contains(got, "Europe/Berlin") {
		t.Errorf("in July %v", got)
	}
	if got := At(3600, january, nil); slices.Contains(got, "Europe/London") || !slices.Contains(got, "Europe/Berlin") {
		t.Errorf("in January %v", got)
	}
}

func TestACityIsNamedAsPeopleDo(t *testing.T) {
	for name, want := range map[string]string{"America/Argentina/Buenos_Aires": "Buenos Aires", "UTC": "UTC", "Etc/GMT+5": "UTC−5"} {
		if got := City(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, word := range []string{"Lisbon", "UTC+5:30", "America/NewYork", "são paulo", "CST", "Georgia", "\xff", "−9"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if len(word) > 100 {
			return
		}
		zones, sure := Find(word)
		if sure && len(zones) != 1 || len(zones) > most {
			t.Errorf("%q: %v, %v", word, zones, sure)
		}
		for _, name := range zones {
			if _, err := (team.Rule{Zone: name}).Location(); err != nil {
				t.Errorf("%q: %v", word, err)
			}
		}
	})
}

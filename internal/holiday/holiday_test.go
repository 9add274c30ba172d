package holiday

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"daybreak/internal/team"
)

// days gives "01-01 01-06 …", the holidays of a year that are on weekdays.
func days(t *testing.T, region string, year int) string {
	t.Helper()
	list, err := In(region, year)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, h := range list {
		if h.Date.Year != year || h.Name == "" {
			t.Errorf("%s %d has %v", region, year, h)
		}
		if w := h.Date.Weekday(); w != 0 && w != 6 {
			all = append(all, h.Date.String()[5:])
		}
	}
	return strings.Join(all, " ")
}

func TestTheTablesHaveTheHolidaysOfTheGazettes(t *testing.T) {
	for _, c := range []struct {
		region string
		year   int
		want   string // without weekends
	}{
		{"DE-BY", 2027, "01-01 01-06 03-26 03-29 05-06 05-17 05-27 11-01"},
		{"DE-BE", 2027, "01-01 03-08 03-26 03-29 05-06 05-17"},
		{"DE-MV", 2027, "01-01 03-08 03-26 03-29 05-06 05-17"},
		{"DE-SN", 2028, "04-14 04-17 05-01 05-25 06-05 10-03 10-31 11-22 12-25 12-26"},
		{"AT", 2027, "01-01 01-06 03-29 05-06 05-17 05-27 10-26 11-01 12-08"},
		{"CH-ZH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 12-25"},
		{"CH-GE", 2027, "01-01 03-26 03-29 05-06 05-17 09-09 12-31"},
		{"CH-VD", 2027, "01-01 03-26 03-29 05-06 05-17 09-20"},
		{"CH-BS", 2027, "01-01 03-26 03-29 05-06 05-17"},
		{"US", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"},
		{"US", 2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"}, // the last for Saturday, 1 January 2028
		{"CA", 2027, "01-01 03-26 05-24 07-01 09-06 09-30 10-11 11-11 12-27 12-28"},
		{"JP", 2026, "01-01 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23"},
		{"JP", 2027, "01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23"},
		{"GB-ENG", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"},
		{"GB-SCT", 2027, "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28"},
		{"GB-SCT", 2028, "01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26"},
		{"GB-NIR", 2027, "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28"},
		{"NZ", 2027, "01-01 01-04 02-08 03-26 03-29 04-26 06-07 06-25 10-25 12-27 12-28"},
		{"IE", 2027, "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25"},
		{"FR", 2027, "01-01 03-29 05-06 05-17 07-14 11-01 11-11"},
		{"IT", 2027, "01-01 01-06 03-29 06-02 10-04 11-01 12-08"},
		{"NL", 2027, "01-01 03-29 04-27 05-06 05-17"},
		{"PL", 2026, "01-01 01-06 04-06 05-01 06-04 11-11 12-24 12-25"},
		{"ZA", 2027, "01-01 03-22 03-26 03-29 04-27 06-16 08-09 09-24 12-16 12-27"},
	} {
		if got := days(t, c.region, c.year); got != c.want {
			t.Errorf("%s %d:\n got %s\nwant %s", c.region, c.year, got, c.want)
		}
	}
}

func TestEveryRegionHasHolidaysInEveryYearInOrder(t *testing.T) {
	for _, region := range Regions() {
		for _, year := range []int{2020, 2027, 2060} {
			list, err := In(region, year)
			ordered := slices.IsSortedFunc(list, func(a, b team.Holiday) int { return a.Date.Number() - b.Date.Number() })
			if err != nil || !ordered || len(list) < 7 || len(list) > 40 {
				t.Errorf("%s %d: %v, %v", region, year, list, err)
			}
		}
	}
	if _, err := In("XX", 2027); err == nil {
		t.Error("a region XX is known")
	}
}

func TestTheNearestRegionsAreThoseOfTheCountry(t *testing.T) {
	for word, want := range map[string]string{
		"de_by": "DE-BY", "GB": "GB-ENG GB-NIR GB-SCT GB-WLS", "uk": "GB-ENG GB-NIR GB-SCT GB-WLS", "US-CA": "US", "Bavaria": "",
	} {
		if got := strings.Join(Nearest(word), " "); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

func TestACalendarAnswersManyAtOnce(t *testing.T) {
	var c Calendar
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for year := 2000; year < 2050; year++ {
				if name, ok := c.On("JP", team.Date{Year: year, Month: 5, Day: 4}); !ok || name != "Greenery Day" {
					t.Errorf("4 May %d is %q", year, name)
				}
			}
		})
	}
	all.Wait()
	if name, ok := c.On("DE-BY", team.Date{Year: 2027, Month: 1, Day: 7}); ok {
		t.Errorf("7 January 2027 is %q", name)
	}
	if name, ok := c.On("XX", team.Date{Year: 2027, Month: 1, Day: 1}); ok {
		t.Errorf("an unknown region has %q", name)
	}
}

// Package holiday knows on which days people have off: the public holidays of regions, by tables that hold for any year, and the
// all-day events of calendar files.
//
// In come the names of regions and iCalendar text; out come dates with names. It fetches nothing, keeps nothing and does not know who
// lives where. Half days, such as the afternoon before a feast, are no holidays.
package holiday

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"daybreak/internal/team"
)

// The years for which the tables hold.
const (
	firstYear = 1950
	lastYear  = 2150
)

// In gives the public holidays of a region in a year, in order: both the day itself and the one on which it is made up for, if that is
// another. A date is there once.
func In(region string, year int) ([]team.Holiday, error) {
	table := tables()[region]
	if table == nil {
		return nil, fmt.Errorf("unknown region %q", region)
	}
	if year < firstYear || year > lastYear {
		return nil, nil
	}
	var list []team.Holiday
	add := func(h team.Holiday) {
		if h.Date.Year == year {
			list = append(list, h)
		}
	}
	for y := year - 1; y <= year+1; y++ { // New Year's Day may be made up for in the old year
		for _, entry := range table {
			h := *entry // some of the functions write into their holiday
			actual, observed := h.Calc(y)
			if actual.IsZero() {
				continue
			}
			name := clean(h.Name)
			add(team.Holiday{Date: dateOf(actual), Name: name})
			if !observed.Equal(actual) {
				add(team.Holiday{Date: dateOf(observed), Name: name + " (made up for)"})
			}
		}
	}
	return sorted(list), nil
}

// sorted puts holidays in order, each date once, under the name that came first.
func sorted(list []team.Holiday) []team.Holiday {
	slices.SortStableFunc(list, func(a, b team.Holiday) int { return a.Date.Compare(b.Date) })
	return slices.CompactFunc(list, func(a, b team.Holiday) bool { return a.Date == b.Date })
}

// Nearest are regions that may have been meant by a word: those of its country, or else a name like it; none if there is nothing alike.
func Nearest(word string) []string {
	word = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(word), "_", "-"))
	country, _, _ := strings.Cut(word, "-")
	if country == "UK" {
		country = "GB"
	}
	var near []string
	for _, r := range Regions() {
		if r == word {
			return []string{r}
		}
		if c, _, _ := strings.Cut(r, "-"); c == country {
			near = append(near, r)
		}
	}
	return near
}

// Calendar answers for single dates, and remembers the years that it was asked for. It may be used by many goroutines; its zero
// value is ready.
type Calendar struct{ years sync.Map } // yearOf → map[team.Date]string

type yearOf struct {
	region string
	year   int
}

// On gives the name of a region's public holiday on a date. A region that is not known has none.
func (c *Calendar) On(region string, d team.Date) (string, bool) {
	key := yearOf{region, d.Year}
	known, ok := c.years.Load(key)
	if !ok {
		names := map[team.Date]string{}
		list, _ := In(region, d.Year)
		for _, h := range list {
			names[h.Date] = h.Name
		}
		known, _ = c.years.LoadOrStore(key, names)
	}
	name, ok := known.(map[team.Date]string)[d]
	return name, ok
}

package team

import (
	"slices"
	"strings"
)

// Holiday is a day off that everyone of a region, a team or a calendar has.
type Holiday struct {
	Date Date
	Name string
}

// PublicHolidays knows the public holidays of regions for any date.
type PublicHolidays interface {
	On(region string, d Date) (name string, ok bool)
}

// NoHolidays in place of regions says that public holidays are worked on.
const NoHolidays = "none"

// DaysOff are the days on which a whole team does not work, whatever the regions of its members have.
type DaysOff struct {
	Own      []Holiday // as the team file names them, in order
	Calendar string    // the calendar file's name, "" for none
	Events   []Holiday // what it held when it was read, in order
}

// On gives the name of the team's day off on a date.
func (o DaysOff) On(d Date) (string, bool) {
	for _, list := range [][]Holiday{o.Own, o.Events} {
		if i, ok := slices.BinarySearchFunc(list, d, func(h Holiday, d Date) int { return h.Date.Compare(d) }); ok {
			return list[i].Name, true
		}
	}
	return "", false
}

// Holiday gives the holiday that a person has on a date as one of a team, and where it comes from: a day off of the team, or a public
// holiday of one of the regions that hold for them.
func (p Person) Holiday(d Date, t Team) (name, from string, ok bool) {
	return p.holiday(d, &t, p.RuleIn(t).Holidays)
}

func (p *Person) holiday(d Date, t *Team, regions string) (name, from string, ok bool) {
	if name, ok := t.DaysOff.On(d); ok {
		return name, "team " + t.Slug, true
	}
	if p.Public == nil || regions == NoHolidays {
		return "", "", false
	}
	for region := range strings.SplitSeq(regions, ", ") {
		if name, ok := p.Public.On(region, d); ok {
			return name, region, true
		}
	}
	return "", "", false
}

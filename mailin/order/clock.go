package order

import (
	"regexp"
	"strconv"
	"strings"

	"daybreak/internal/team"
)

// clockForm are the ways in which people write a time of day: 16:30, 16.30, 16h30, 1630, 4:30pm, 4 pm.
var clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.h]?(\d\d))?(h)? ?([ap])?(?:\.?m\.?)?$`)

// readClock reads a time of day that can only be that: a number alone is none.
func readClock(s string) (team.Clock, bool) {
	switch s {
	case "noon", "midday":
		return 12 * 60, true
	case "midnight":
		return 0, true
	}
	m := clockForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[2] == "" && m[3] == "" && m[4] == "" || m[4] == "" && strings.HasSuffix(s, "m") {
		return 0, false
	}
	return clock(m)
}

// readHour reads a time of day where nothing else can stand, so that a number alone is a full hour.
func readHour(s string) (team.Clock, bool) {
	m := clockForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, false
	}
	return clock(m)
}

func clock(m []string) (team.Clock, bool) {
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if m[4] != "" {
		if hour < 1 || hour > 12 {
			return 0, false
		}
		hour %= 12
		if m[4] == "p" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return 0, false
	}
	return team.Clock(hour*60 + minute), true
}

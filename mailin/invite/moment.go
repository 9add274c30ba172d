package invite

import (
	_ "embed"
	"strings"
	"sync"
	"time"

	"daybreak/internal/ics"
	"daybreak/internal/team"
)

// windowsFile has a line for each zone: "W. Europe Standard Time: Europe/Berlin".
//
//go:embed windows.txt
var windowsFile string

// windows gives the IANA zones of what Windows calls zones.
var windows = sync.OnceValue(func() map[string]string {
	zones := map[string]string{}
	for line := range strings.Lines(windowsFile) {
		if name, zone, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && name[0] != '#' {
			zones[strings.ToLower(name)] = zone
		}
	}
	return zones
})

// moment is when an event begins or ends, as it is written.
type moment struct {
	read  bool
	timed bool // it has a time of day
	day   team.Date
	clock team.Clock
	loc   *time.Location // with timed; nil for that of whoever reads it
}

func readMoment(line ics.Line) moment {
	day, clock, timed := strings.Cut(strings.ToUpper(strings.TrimSpace(line.Value)), "T")
	m := moment{timed: timed}
	if m.day, m.read = ics.Date(day); !m.read || !timed {
		return m
	}
	var utc bool
	m.clock, utc, m.read = ics.Time(clock)
	m.loc = zone(line.Param("TZID"))
	if utc {
		m.loc = time.UTC
	}
	return m
}

// zone gives the zone that a calendar names, nil if it is not known. Programs put prefixes before the IANA name, such as
// "/mozilla.org/20050126_1/", and Windows has names of its own. The rules that calendars carry along are not read: a zone that
// somebody made up is taken for the reader's own.
func zone(name string) *time.Location {
	if iana, ok := windows()[strings.ToLower(name)]; ok {
		name = iana
	}
	name = strings.TrimPrefix(name, "/")
	for range 5 {
		if name == "" || name == "Local" {
			return nil
		}
		if loc, err := (team.Rule{Zone: name}).Location(); err == nil {
			return loc
		}
		_, name, _ = strings.Cut(name, "/")
	}
	return nil
}

// instant is the moment for a reader in loc.
func (m moment) instant(loc *time.Location) time.Time {
	if m.loc != nil {
		loc = m.loc
	}
	return m.day.Instant(m.clock, loc)
}

// in is the moment as clocks in loc show it.
func (m moment) in(loc *time.Location) moment {
	if !m.read || !m.timed || m.loc == nil {
		return m
	}
	t := m.instant(loc).In(loc)
	m.day, m.clock, m.loc = team.DateOf(t), team.Clock(t.Hour()*60+t.Minute()), nil
	return m
}

func (m moment) midnight() bool { return m.read && m.clock == 0 }

// after gives the moment that much later, by the calendar for days and by the clock for the rest.
func (m moment) after(days int, rest time.Duration) moment {
	m.day = m.day.Add(days)
	if rest != 0 && m.timed {
		t := time.Date(m.day.Year, m.day.Month, m.day.Day, 0, int(m.clock), 0, 0, time.UTC).Add(rest)
		m.day, m.clock = team.DateOf(t), team.Clock(t.Hour()*60+t.Minute())
	}
	return m
}

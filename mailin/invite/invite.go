// Package invite reads the invitations that calendar programs send by mail (iMIP: RFC 5545, 5546, 6047). In comes the text of a calendar
// part; out come what it wants to be done and the event in it: whose it is, which version, and on which days its owner is away, or why it
// is no leave. It does not know who sent the mail, expands no events that come again, and stores nothing.
package invite

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/ics"
	"daybreak/internal/team"
)

const (
	longestUID   = 500  // bytes; programs use up to 150
	mostVersions = 1e9  // a SEQUENCE is not above it
	lastYear     = 2199 // of what can be meant
	longest      = 366  // days
)

// Invitation is what a calendar part says.
type Invitation struct {
	Method string // upper-case; PUBLISH if it says none
	Event  Event
	More   bool // there are other events in it, too
}

// Event is one event in a calendar.
type Event struct {
	UID       string // "" if it has none
	Instance  string // of an event that comes again the one that is meant, as the calendar names it; "" for the whole
	Sequence  int
	Stamp     time.Time // when this version was written, zero if it is not said
	Organizer string    // an address, "" if it names nobody
	Guests    []string  // addresses of those who are invited
	Called    bool      // off
	Repeats   bool      // it comes again by a rule or on further dates

	begins, ends, stamped ics.Line // as they are written
	start, end            moment
	length                string // in place of the end
	allDay                bool   // it says so beside its times
	free                  bool
	tentative             bool
	out                   bool // of office
	titles                []string
}

// Errors of Read.
var (
	ErrNoCalendar = errors.New("it is no calendar")
	ErrCutOff     = errors.New("the calendar is cut off")
	ErrNoEvent    = errors.New("there is no event in the calendar")
)

// Read reads the text of a calendar part. method is what the part's header says; that of the calendar itself comes first.
func Read(text, method string) (Invitation, error) {
	in := Invitation{Method: strings.ToUpper(strings.TrimSpace(method))}
	within := []string{} // components, outermost first
	var e *Event
	found, ended := false, false
	for line := range ics.Lines([]byte(text)) {
		switch {
		case line.Name == "BEGIN":
			name := strings.ToUpper(strings.TrimSpace(line.Value))
			if len(within) == 0 && name != "VCALENDAR" {
				return in, ErrNoCalendar
			}
			if within = append(within, name); len(within) > 10 {
				return in, ErrNoCalendar
			}
			if name == "VEVENT" && len(within) == 2 {
				e = &Event{}
			}
		case len(within) == 0:
			return in, ErrNoCalendar
		case line.Name == "END":
			within = within[:len(within)-1]
			if e != nil && len(within) == 1 {
				in.add(*e, found)
				e, found = nil, true
			}
			ended = len(within) == 0
		case len(within) == 1 && line.Name == "METHOD":
			if m := strings.ToUpper(strings.TrimSpace(line.Value)); m != "" {
				in.Method = m
			}
		case len(within) == 2 && e != nil:
			e.take(line)
		}
		if ended {
			break
		}
	}
	switch {
	case len(within) > 0:
		return in, ErrCutOff
	case !ended:
		return in, ErrNoCalendar
	case !found:
		return in, ErrNoEvent
	}
	e = &in.Event // of the others nothing is wanted: to look zones up takes long
	e.start, e.end = readMoment(e.begins), readMoment(e.ends)
	if m := readMoment(e.stamped); m.read && m.day.Year <= lastYear {
		e.Stamp = m.instant(time.UTC)
	}
	if in.Method == "" {
		in.Method = "PUBLISH"
	}
	e.Called = e.Called || in.Method == "CANCEL"
	return in, nil
}

// add puts an event into the invitation. Of an event that comes again its occurrences may be there too, each with changes of its own.
func (in *Invitation) add(e Event, found bool) {
	switch {
	case !found:
		in.Event = e
	case e.UID == "" || e.UID != in.Event.UID:
		in.More = true
	case e.Instance == "" || in.Event.Instance != "" && e.Instance != in.Event.Instance:
		e.Repeats = true
		in.Event = e
	default:
		in.Event.Repeats = true
	}
}

func (e *Event) take(line ics.Line) {
	value := strings.TrimSpace(line.Value)
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.EqualFold(value, w) {
				return true
			}
		}
		return false
	}
	switch line.Name {
	case "UID":
		if len(value) <= longestUID {
			e.UID = value
		}
	case "RECURRENCE-ID":
		if len(value) <= longestUID {
			e.Instance = value
		}
	case "SEQUENCE":
		if n, err := strconv.Atoi(value); err == nil {
			e.Sequence = min(max(n, 0), mostVersions)
		}
	case "DTSTAMP":
		e.stamped = line
	case "ORGANIZER":
		e.Organizer = address(line)
	case "ATTENDEE":
		if a := address(line); a != "" && !strings.EqualFold(line.Param("CUTYPE"), "RESOURCE") && !strings.EqualFold(line.Param("CUTYPE"), "ROOM") {
			e.Guests = append(e.Guests, a)
		}
	case "DTSTART":
		e.begins = line
	case "DTEND":
		e.ends = line
	case "DURATION":
		e.length = value
	case "RRULE", "RDATE":
		e.Repeats = true
	case "STATUS":
		e.Called = says("CANCELLED")
		e.tentative = e.tentative || says("TENTATIVE")
	case "TRANSP":
		e.free = e.free || says("TRANSPARENT")
	case "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT":
		e.allDay = e.allDay || says("TRUE")
	case "X-MICROSOFT-CDO-INTENDEDSTATUS": // what the organizer's calendar shows
		e.tentative = e.tentative || says("TENTATIVE")
		fallthrough
	case "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS": // in an invitation TENTATIVE, until it is accepted
		e.free = e.free || says("FREE", "WORKINGELSEWHERE")
		e.out = e.out || says("OOF")
	case "X-GOOGLE-EVENT-TYPE", "X-GOOGLE-EVENTTYPE":
		e.out = e.out || says("OUTOFOFFICE", "OUT_OF_OFFICE")
	case "SUMMARY":
		e.titles = append(e.titles, ics.Text(value))
	case "CATEGORIES":
		for c := range strings.SplitSeq(value, ",") {
			if len(e.titles) < 20 {
				e.titles = append(e.titles, ics.Text(c))
			}
		}
	}
}

// address gives the mail address of a calendar user, "" if the line names none, as "invalid:nomail" does.
func address(line ics.Line) string {
	a := strings.TrimSpace(line.Value)
	if scheme, rest, ok := strings.Cut(a, ":"); !ok || !strings.EqualFold(scheme, "mailto") || strings.HasSuffix(rest, "@imip.me.com") {
		a = line.Param("EMAIL") // as iCloud has it
	} else {
		a = rest
	}
	if a, _, _ = strings.Cut(a, "?"); !strings.Contains(a, "@") {
		return ""
	}
	return team.CleanAddress(a)
}

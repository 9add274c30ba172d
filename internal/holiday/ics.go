package holiday

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"daybreak/internal/ics"
	"daybreak/internal/team"
)

// What a calendar file may be.
const (
	maxFile  = 1 << 20 // bytes
	maxSteps = 200_000 // dates and periods that are looked at for a whole file
	maxTitle = 200     // characters of a name; the rest is cut off
)

// Error is what is wrong with a calendar file, and what to do about it.
type Error struct {
	Line int // 0 for the whole file
	Text string
	Hint string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

// ReadICS gives the days from one date to another, both included, on which an iCalendar file (RFC 5545) has an event that lasts all day.
// Events at a time of day and cancelled ones are passed over. Events may come again by a rule. The error is an *Error if the file could
// be read and is wrong.
func ReadICS(r io.Reader, from, to team.Date) ([]team.Holiday, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the calendar: %w", err)
	}
	if len(data) > maxFile {
		return nil, &Error{0, "the calendar is larger than 1 MiB", "export only the holidays, or fewer years"}
	}
	c := calendar{from: from.Number(), to: to.Number(), left: maxSteps, days: map[int]string{}, replaced: map[instance]bool{}}
	if err := c.read(data); err != nil {
		return nil, err
	}
	if err := c.expand(); err != nil {
		return nil, err
	}
	list := make([]team.Holiday, 0, len(c.days))
	for n, name := range c.days {
		list = append(list, team.Holiday{Date: team.DateFromNumber(n), Name: name})
	}
	return sorted(list), nil
}

// calendar is a file while it is read. Dates are numbers of days.
type calendar struct {
	from, to int
	left     int // steps
	events   []event
	replaced map[instance]bool // by an event of its own
	days     map[int]string
}

// instance is one occurrence of an event that comes again.
type instance struct {
	uid string
	day int
}

type event struct {
	line       int
	uid, title string
	allDay     bool
	cancelled  bool
	timed      bool // DTSTART has a time of day
	start, end int  // end is the first day after it
	length     int  // days, 0 if it is not said
	instance   int  // with replaces: the occurrence in place of which it stands
	replaces   bool
	hasStart   bool
	hasEnd     bool
	rule       *rule
	skip, more []int
}

func (c *calendar) read(data []byte) error {
	depth := 0 // of components within an event, such as alarms
	var e *event
	started, ended := false, false
	for line := range ics.Lines(data) {
		if !started {
			if !line.Is("BEGIN", "VCALENDAR") {
				return &Error{line.Number, "this is no calendar: it does not begin with BEGIN:VCALENDAR", "save the feed itself, an .ics file, not the page about it"}
			}
			started = true
			continue
		}
		if line.Is("END", "VCALENDAR") && e == nil {
			ended = true
			continue
		}
		switch {
		case line.Name == "BEGIN" && e == nil:
			if line.Is("BEGIN", "VEVENT") {
				e = &event{line: line.Number, title: "day off"}
			}
		case e == nil:
		case line.Name == "BEGIN":
			depth++
		case line.Name == "END" && depth > 0:
			depth--
		case line.Name == "END":
			c.add(*e)
			e = nil
		case depth == 0:
			if err := e.take(line); err != nil {
				return err
			}
		}
	}
	if !started {
		return &Error{0, "the calendar is empty", "save the feed again"}
	}
	if e != nil || !ended {
		return &Error{0, "the calendar ends before END:VCALENDAR: it is cut off", "save the feed again, whole"}
	}
	return nil
}

func (e *event) take(line ics.Line) (err error) {
	name, value := line.Name, line.Value
	// A value that holds a time of day is of an event that does not last all day, unless it says that it does.
	dates := func() ([]int, bool, error) {
		var list []int
		for text := range strings.SplitSeq(value, ",") {
			day, clock, timed := strings.Cut(strings.TrimSpace(text), "T")
			n, ok := number(day)
			if !ok || timed && (len(clock) < 4 || clock[0] < '0' || clock[0] > '9') {
				return nil, false, &Error{line.Number, fmt.Sprintf("%s %q is not a date", name, cut(value, 40)), "write it as " + name + ";VALUE=DATE:20270101"}
			}
			if timed {
				return nil, true, nil
			}
			list = append(list, n)
		}
		return list, false, nil
	}
	switch name {
	case "DTSTART", "DTEND", "RECURRENCE-ID":
		if strings.Contains(value, ",") {
			return &Error{line.Number, name + " has more than one date", "write it as " + name + ";VALUE=DATE:20270101"}
		}
		day, _, timed := strings.Cut(strings.TrimSpace(value), "T")
		if _, _, err := dates(); err != nil {
			return err
		}
		n, _ := number(day)
		switch name {
		case "DTSTART":
			e.start, e.hasStart, e.timed = n, true, timed
		case "DTEND":
			e.end, e.hasEnd = n, true
		default:
			e.instance, e.replaces = n, true
		}
	case "EXDATE":
		list, _, err := dates()
		e.skip = append(e.skip, list...)
		return err
	case "RDATE":
		if strings.EqualFold(line.Param("VALUE"), "PERIOD") {
			return nil
		}
		list, _, err := dates()
		e.more = append(e.more, list...)
		return err
	case "DURATION":
		e.length, _, _ = ics.Length(value)
	case "RRULE":
		if e.rule, err = parseRule(line.Number, value); err != nil {
			return err
		}
	case "SUMMARY":
		if title := cut(ics.Text(value), maxTitle); title != "" {
			e.title = title
		}
	case "UID":
		e.uid = value
	case "STATUS":
		e.cancelled = line.Is("STATUS", "CANCELLED")
	case "X-MICROSOFT-CDO-ALLDAYEVENT":
		e.allDay = line.Is("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE")
	}
	return nil
}

// number reads "20270101" as a number of days.
func number(s string) (int, bool) {
	d, ok := ics.Date(s)
	if !ok {
		return 0, false
	}
	return d.Number(), true
}

func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

func (c *calendar) add(e event) {
	if e.replaces {
		c.replaced[instance{e.uid, e.instance}] = true
	}
	if e.hasStart && !e.cancelled && (!e.timed || e.allDay) {
		c.events = append(c.events, e)
	}
}

// expand notes the days of all events.
func (c *calendar) expand() error {
	for _, e := range c.events {
		length := max(1, e.length)
		if e.hasEnd && e.end > e.start {
			length = e.end - e.start
		}
		skip := map[int]bool{}
		for _, n := range e.skip {
			skip[n] = true
		}
		starts := append([]int{e.start}, e.more...)
		if e.rule != nil && !e.replaces {
			var ok bool
			if starts, ok = e.rule.starts(e.start, c.from-length, c.to, &c.left); !ok {
				return c.tooMuch(e)
			}
			starts = append(starts, e.more...)
		}
		for _, start := range starts {
			if skip[start] || !e.replaces && c.replaced[instance{e.uid, start}] {
				continue
			}
			for n := max(start, c.from); n < start+length && n <= c.to; n++ {
				if c.left--; c.left < 0 {
					return c.tooMuch(e)
				}
				if _, there := c.days[n]; !there {
					c.days[n] = e.title
				}
			}
		}
	}
	return nil
}

func (c *calendar) tooMuch(e event) error {
	return &Error{e.line, "the events up to this one make too many days", "keep only the holidays in the file"}
}

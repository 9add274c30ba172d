package holiday

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

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
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	depth := 0 // of components within an event, such as alarms
	var e *event
	started, ended := false, false
	for next, n := 0, 0; next < len(data); {
		var line string
		at := n + 1
		line, next, n = logical(data, next, n)
		if line == "" {
			continue
		}
		name, params, value := property(line)
		if !started {
			if name != "BEGIN" || !strings.EqualFold(value, "VCALENDAR") {
				return &Error{at, "this is no calendar: it does not begin with BEGIN:VCALENDAR", "save the feed itself, an .ics file, not the page about it"}
			}
			started = true
			continue
		}
		if name == "END" && strings.EqualFold(value, "VCALENDAR") && e == nil {
			ended = true
			continue
		}
		switch {
		case name == "BEGIN" && e == nil:
			if strings.EqualFold(value, "VEVENT") {
				e = &event{line: at, title: "day off"}
			}
		case e == nil:
		case name == "BEGIN":
			depth++
		case name == "END" && depth > 0:
			depth--
		case name == "END":
			c.add(*e)
			e = nil
		case depth == 0:
			if err := e.take(at, name, params, value); err != nil {
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

// logical gives the line that begins at an offset with those that continue it, where the next one begins and the number of its last.
func logical(data []byte, at, n int) (line string, next, last int) {
	var folded []byte
	for {
		end := bytes.IndexByte(data[at:], '\n')
		piece := data[at:]
		if end < 0 {
			at = len(data)
		} else {
			piece, at = data[at:at+end], at+end+1
		}
		n++
		piece = bytes.TrimSuffix(piece, []byte("\r"))
		more := at < len(data) && (data[at] == ' ' || data[at] == '\t')
		if folded == nil && !more {
			return string(piece), at, n
		}
		if folded != nil {
			piece = piece[1:]
		}
		folded = append(folded, piece...)
		if folded == nil {
			folded = []byte{}
		}
		if !more {
			return string(folded), at, n
		}
	}
}

// property takes a line apart. Colons and semicolons in quotes belong to the parameters.
func property(line string) (name, params, value string) {
	quoted, nameEnd := false, -1
	for i := range len(line) {
		switch b := line[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == ';' && nameEnd < 0:
			nameEnd = i
		case b == ':':
			if nameEnd < 0 {
				return strings.ToUpper(line[:i]), "", line[i+1:]
			}
			return strings.ToUpper(line[:nameEnd]), strings.ToUpper(line[nameEnd:i]), line[i+1:]
		}
	}
	return "", "", ""
}

func (e *event) take(line int, name, params, value string) (err error) {
	// A value that holds a time of day is of an event that does not last all day, unless it says that it does.
	dates := func() ([]int, bool, error) {
		var list []int
		for text := range strings.SplitSeq(value, ",") {
			day, clock, timed := strings.Cut(strings.TrimSpace(text), "T")
			n, ok := number(day)
			if !ok || timed && (len(clock) < 4 || clock[0] < '0' || clock[0] > '9') {
				return nil, false, &Error{line, fmt.Sprintf("%s %q is not a date", name, cut(value, 40)), "write it as " + name + ";VALUE=DATE:20270101"}
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
			return &Error{line, name + " has more than one date", "write it as " + name + ";VALUE=DATE:20270101"}
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
		if strings.Contains(params, "VALUE=PERIOD") {
			return nil
		}
		list, _, err := dates()
		e.more = append(e.more, list...)
		return err
	case "DURATION":
		e.length = duration(value)
	case "RRULE":
		if e.rule, err = parseRule(line, value); err != nil {
			return err
		}
	case "SUMMARY":
		if title := plain(value); title != "" {
			e.title = title
		}
	case "UID":
		e.uid = value
	case "STATUS":
		e.cancelled = strings.EqualFold(strings.TrimSpace(value), "CANCELLED")
	case "X-MICROSOFT-CDO-ALLDAYEVENT":
		e.allDay = strings.EqualFold(strings.TrimSpace(value), "TRUE")
	}
	return nil
}

// number reads "20270101" as a number of days.
func number(s string) (int, bool) {
	if len(s) != 8 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	year, month, day := n/10000, n/100%100, n%100
	if year == 0 || !valid(year, month, day) {
		return 0, false
	}
	return dateFrom(year, month, day), true
}

// duration gives the whole days of a duration such as P3D or P1W, 0 for any other.
func duration(s string) int {
	s = strings.TrimSpace(s)
	for unit, days := range map[string]int{"D": 1, "W": 7} {
		text, ok := strings.CutSuffix(strings.TrimPrefix(s, "P"), unit)
		if !ok || text == "" || len(text) > 4 {
			continue
		}
		n := 0
		for i := range len(text) {
			if text[i] < '0' || text[i] > '9' {
				return 0
			}
			n = n*10 + int(text[i]-'0')
		}
		return n * days
	}
	return 0
}

// plain gives a text without its escapes, on one line.
func plain(s string) string {
	s = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return cut(strings.Join(strings.Fields(s), " "), maxTitle)
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

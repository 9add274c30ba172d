// Package ics takes iCalendar text (RFC 5545) apart. In comes text as programs write it, with either line end, folded or not; out come
// its lines, each a name with parameters and a value, and the dates, lengths and texts that values hold. It does not know what events
// mean: internal/holiday reads feeds of holidays with it, mailin/invite invitations.
//
// It is no strict decoder, which would lose a whole calendar for one bad line.
package ics

import (
	"bytes"
	"iter"
	"strings"
	"time"

	"daybreak/internal/team"
)

// Line is one content line.
type Line struct {
	Number int    // of its first line in the text, from 1 on
	Name   string // upper-case; "" if it is no content line
	Value  string // with its escapes
	params string
}

// Is tells whether the line says that, in any letter case, such as BEGIN:VEVENT.
func (l Line) Is(name, value string) bool {
	return l.Name == name && strings.EqualFold(strings.TrimSpace(l.Value), value)
}

// Lines gives the content lines of a text. Empty lines are passed over.
func Lines(data []byte) iter.Seq[Line] {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	return func(yield func(Line) bool) {
		for next, n := 0, 0; next < len(data); {
			at := n + 1
			var text string
			text, next, n = logical(data, next, n)
			if text == "" {
				continue
			}
			l := Line{Number: at}
			l.Name, l.params, l.Value = property(text)
			if !yield(l) {
				return
			}
		}
	}
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
			return strings.ToUpper(line[:nameEnd]), line[nameEnd+1 : i], line[i+1:]
		}
	}
	return "", "", ""
}

// Param gives a parameter without its quotes, "" if the line has none of that name.
func (l Line) Param(name string) string {
	for rest := l.params; rest != ""; {
		end, quoted := len(rest), false
		for i := range len(rest) {
			if rest[i] == '"' {
				quoted = !quoted
			}
			if rest[i] == ';' && !quoted {
				end = i
				break
			}
		}
		key, value, _ := strings.Cut(rest[:end], "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return ""
}

// Date reads "20270101".
func Date(s string) (team.Date, bool) {
	n, ok := digits(s, 8)
	d := team.Date{Year: n / 10000, Month: time.Month(n / 100 % 100), Day: n % 100}
	return d, ok && d.Year > 0 && d.Add(0) == d
}

// Time reads what is behind the date in "20270101T093000", or with a Z at its end, which says that it is in UTC. Seconds may be missing.
func Time(s string) (clock team.Clock, utc, ok bool) {
	s, utc = strings.CutSuffix(strings.ToUpper(s), "Z")
	n, ok := digits(s, 6)
	if !ok {
		n, ok = digits(s, 4)
		n *= 100
	}
	hour, minute := n/10000, n/100%100
	return team.Clock(hour*60 + minute), utc, ok && hour < 24 && minute < 60
}

// digits reads a number of that many digits.
func digits(s string, length int) (int, bool) {
	if len(s) != length {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Length reads a duration such as P3D, P1W or P1DT12H: the days in it and the rest. One that is negative is none.
func Length(s string) (days int, rest time.Duration, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "+"), "P")
	if !ok || s == "" || len(s) > 40 {
		return 0, 0, false
	}
	inTime := false
	for s != "" {
		if s[0] == 'T' && !inTime {
			inTime, s = true, s[1:]
			continue
		}
		end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 6 {
			return 0, 0, false
		}
		n, _ := digits(s[:end], end)
		switch unit := s[end]; {
		case unit == 'W' && !inTime:
			days += 7 * n
		case unit == 'D' && !inTime:
			days += n
		case unit == 'H' && inTime:
			rest += time.Duration(n) * time.Hour
		case unit == 'M' && inTime:
			rest += time.Duration(n) * time.Minute
		case unit == 'S' && inTime:
			rest += time.Duration(n) * time.Second
		default:
			return 0, 0, false
		}
		s = s[end+1:]
	}
	return days, rest, true
}

// Text gives a text without its escapes, on one line.
func Text(s string) string {
	s = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

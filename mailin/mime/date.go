package mime

import (
	"strings"
	"time"
)

// parseDate reads a Date as mail has it: RFC 5322 with its obsolete forms, RFC 822 years, comments, missing seconds, missing
// zones, and the other orders seen (ctime, ISO 8601, dashes, am and pm). The zero time if there is no date in it.
func parseDate(s string) time.Time {
	d := dateParts{day: -1, month: -1, year: -1, hour: -1}
	if len(s) > 200 {
		s = s[:200]
	}
	for at := 0; at < len(s); {
		switch c := s[at]; {
		case c == '(': // a comment
			end := new(quotes).commentEnd(s, at)
			if end < 0 {
				end = len(s)
			}
			at = end + 1
		case c >= '0' && c <= '9', (c == '+' || c == '-') && d.hour >= 0 && at+1 < len(s) && digit(s[at+1]):
			at = d.number(s, at)
		case letter(c):
			end := at
			for end < len(s) && letter(s[end]) {
				end++
			}
			d.word(s[at:end])
			at = end
		default:
			at++
		}
	}
	return d.time()
}

type dateParts struct {
	day, month, year, hour, minute, second int
	offset                                 int // seconds east
	zoned, pm, am                          bool
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// digits reads up to 9 digits.
func digits(s string, at int) (n, end int) {
	for end = at; end < len(s) && digit(s[end]); end++ {
		if end-at < 9 {
			n = n*10 + int(s[end]-'0')
		}
	}
	return n, end
}

// number reads what begins with a digit or a sign: an offset, a time, an ISO date, a day or a year.
func (d *dateParts) number(s string, at int) int {
	if s[at] == '+' || s[at] == '-' {
		n, end := digits(s, at+1)
		switch {
		case end < len(s) && s[end] == ':' && end+2 < len(s) && digit(s[end+1]):
			m, after := digits(s, end+1)
			n, end = n*100+m, after
		case end-at-1 <= 2:
			n *= 100
		}
		if n < 2400 && n%100 < 60 {
			d.offset = n/100*3600 + n%100*60
			if s[at] == '-' {
				d.offset = -d.offset
			}
			d.zoned = true
		}
		return end
	}
	n, end := digits(s, at)
	next := byte(0)
	if end+1 < len(s) && digit(s[end+1]) {
		next = s[end]
	}
	switch {
	case d.hour < 0 && (next == ':' || next == '.' && d.year >= 0) && end-at <= 2:
		sep := next
		d.hour = n
		d.minute, end = digits(s, end+1)
		if end+1 < len(s) && (s[end] == sep || s[end] == ':') && digit(s[end+1]) {
			d.second, end = digits(s, end+1)
			if end+1 < len(s) && (s[end] == '.' || s[end] == ',') && digit(s[end+1]) { // a fraction
				_, end = digits(s, end+1)
			}
		}
	case (next == '-' || next == '/' || next == '.') && end-at == 4 && d.year < 0: // 2006-01-02
		d.year = n
		d.month, end = digits(s, end+1)
		d.month--
		if end+1 < len(s) && s[end] == next {
			d.day, end = digits(s, end+1)
		}
	case d.day < 0 && end-at <= 2 && n > 0:
		d.day = n
	case d.year < 0:
		d.year = n
		switch { // RFC 5322 section 4.3
		case end-at == 2 && n < 50:
			d.year += 2000
		case end-at <= 3:
			d.year += 1900
		}
	}
	return end
}

// word reads a month or a zone.
func (d *dateParts) word(w string) {
	l := strings.ToLower(w)
	if len(l) >= 3 && d.month < 0 {
		if i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", l[:3]); i >= 0 && i%3 == 0 {
			d.month = i / 3
			return
		}
	}
	switch l {
	case "am":
		d.am = true
	case "pm":
		d.pm = true
	}
	if d.hour < 0 || d.zoned {
		return
	}
	switch l { // other letters say nothing of the offset: RFC 5322 section 4.3
	case "ut", "utc", "gmt", "z":
		d.zoned = false // "GMT+0100" goes on
	case "est":
		d.offset, d.zoned = -5*3600, true
	case "edt":
		d.offset, d.zoned = -4*3600, true
	case "cst":
		d.offset, d.zoned = -6*3600, true
	case "cdt":
		d.offset, d.zoned = -5*3600, true
	case "mst":
		d.offset, d.zoned = -7*3600, true
	case "mdt":
		d.offset, d.zoned = -6*3600, true
	case "pst":
		d.offset, d.zoned = -8*3600, true
	case "pdt":
		d.offset, d.zoned = -7*3600, true
	case "bst":
		d.offset, d.zoned = 1*3600, true
	case "cet", "met", "mez":
		d.offset, d.zoned = 1*3600, true
	case "cest", "mest", "mesz", "eet":
		d.offset, d.zoned = 2*3600, true
	case "eest", "msk":
		d.offset, d.zoned = 3*3600, true
	case "ist":
		d.offset, d.zoned = 5*3600+1800, true
	case "hkt", "sgt":
		d.offset, d.zoned = 8*3600, true
	case "jst", "kst":
		d.offset, d.zoned = 9*3600, true
	case "aest":
		d.offset, d.zoned = 10*3600, true
	case "aedt":
		d.offset, d.zoned = 11*3600, true
	case "nzst":
		d.offset, d.zoned = 12*3600, true
	case "nzdt":
		d.offset, d.zoned = 13*3600, true
	}
}

func (d *dateParts) time() time.Time {
	if d.day < 1 || d.day > 31 || d.month < 0 || d.month > 11 || d.year < 1900 || d.year > 9999 {
		return time.Time{}
	}
	if d.pm && d.hour < 12 && d.hour >= 0 {
		d.hour += 12
	} else if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.hour > 24 || d.minute > 59 || d.second > 60 {
		return time.Time{}
	}
	zone := time.UTC
	if d.offset != 0 {
		zone = time.FixedZone("", d.offset)
	}
	t := time.Date(d.year, time.Month(d.month+1), d.day, max(d.hour, 0), d.minute, d.second, 0, zone)
	if t.Month() != time.Month(d.month+1) && d.day > 28 && d.hour < 24 && d.second < 60 { // 31 February
		return time.Time{}
	}
	return t
}

// receivedDate reads the date of a Received line: what stands after its last semicolon, or at its end.
func receivedDate(s string) time.Time {
	if i := strings.LastIndexByte(s, ';'); i >= 0 {
		return parseDate(s[i+1:])
	}
	if i := strings.LastIndexByte(s, ','); i >= 4 {
		return parseDate(s[max(0, i-4):])
	}
	return time.Time{}
}

package team

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Response is within what time a team has agreed to answer questions, in the hours of whoever is asked: "2d" is two working days, "4h" four
// hours of work. "" is not agreed, and a working day.
type Response string

var responseForm = regexp.MustCompile(`^(\d{1,3}) ?(h|hours?|working hours?|d|days?|working days?)$`)

// ParseResponse reads "4h", "1 day" or "2 working days". 24 hours are a day.
func ParseResponse(s string) (Response, error) {
	m := responseForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return "", fmt.Errorf("%q is no time to answer in; write hours or days of work, such as 4h or 2d", s)
	}
	n, _ := strconv.Atoi(m[1])
	unit := "d"
	if strings.HasSuffix(m[2], "h") || strings.Contains(m[2], "hour") {
		if unit = "h"; n%24 == 0 {
			n, unit = n/24, "d"
		}
	}
	if n == 0 || unit == "d" && n > 20 || unit == "h" && n > 40 {
		return "", fmt.Errorf("%q is no time to answer in; it is an hour to 40 hours of work, or a day to 20 working days", s)
	}
	return Response(strconv.Itoa(n) + unit), nil
}

// parts gives the days, or the hours of work.
func (r Response) parts() (days, hours int) {
	n, err := strconv.Atoi(strings.TrimRight(string(r), "hd"))
	switch {
	case err != nil:
		return 1, 0
	case strings.HasSuffix(string(r), "h"):
		return 0, n
	}
	return n, 0
}

// Words say it in a sentence: "within 2 working days".
func (r Response) Words() string {
	switch days, hours := r.parts(); {
	case hours == 1:
		return "within an hour of work"
	case hours > 0:
		return fmt.Sprintf("within %d hours of work", hours)
	case days == 1:
		return "within a working day"
	default:
		return fmt.Sprintf("within %d working days", days)
	}
}

// later is as many working days after a time in the person's hours, at the same clock.
func (p Person) later(t Team, begun time.Time, days int, loc *time.Location) time.Time {
	local := begun.In(loc)
	day := DateOf(local)
	for range days {
		day = p.workday(t, day.Add(1))
	}
	return p.within(t, day, Clock(local.Hour()*60+local.Minute()), loc)
}

// worked is when so much time of the person's hours has gone by after a time in them.
func (p Person) worked(t Team, begun time.Time, left time.Duration, loc *time.Location) time.Time {
	rule := p.RuleIn(t)
	for range 366 {
		day := DateOf(begun.In(loc))
		end := day.Instant(rule.Hours.On(day.Weekday()).End, loc)
		if has := end.Sub(begun); has >= left {
			return begun.Add(left)
		} else {
			left -= max(has, 0)
		}
		next := p.workday(t, day.Add(1))
		begun = next.Instant(rule.Hours.On(next.Weekday()).Start, loc)
	}
	return begun
}

package mailin

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin/absence"
)

// dueWords is when an answer is wanted, at the end of words: a day, a clock, or both.
var dueWords = regexp.MustCompile(`(?i)(?:^|[\s(,;–—-])(?:due(?:\s+(?:by|on|until))?|needed\s+by|by|until|till|before|bis|avant|antes del?|entro|hasta|até|tot|senest|innen)` +
	`\s+([^?!;()]{2,40}?)(?:[\s,]+(?:(?:at|um|à|a las)\s+)?(` + dueClock + `))?\s*[.?!)]*\s*$`)

// dueClock is a time of day as people write it.
const dueClock = `\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?|\d{1,2}\s*uhr|\d{1,2}h\d{0,2}|noon|midday|mittags?|midi`

var onlyClock = regexp.MustCompile(`(?i)^(?:` + dueClock + `)$`)

// due is when an answer of the asked member is due.
func (r *Reader) due(v *Verdict, words string, asked team.Person, t team.Team) time.Time {
	written := writtenAt(v.Mail)
	loc, err := v.Person.RuleIn(t).Location()
	m := dueWords.FindStringSubmatch(words)
	if err != nil || m == nil {
		return asked.AnswerBy(t, written)
	}
	day, clock := m[1], m[2]
	by := v.writer(written, loc)
	if onlyClock.MatchString(day) && clock == "" {
		at, ok := clockOf(day)
		if day, clock = "today", day; !ok {
			day = ""
		} else if !by.Today.Instant(at, loc).After(written) {
			day = "tomorrow"
		}
	}
	on, ok := dueDay(day, by)
	if !ok || on.Before(by.Today) {
		return asked.AnswerBy(t, written)
	}
	if at, ok := clockOf(clock); ok { // by the writer's clock
		if theirs, err := asked.RuleIn(t).Location(); err == nil {
			local := on.Instant(at, loc).In(theirs)
			c := team.Clock(local.Hour()*60 + local.Minute())
			return asked.AnswerOn(t, team.DateOf(local), &c, written)
		}
	}
	return asked.AnswerOn(t, on, nil, written)
}

// clockOf reads a time of day that dueClock matches.
func clockOf(s string) (c team.Clock, ok bool) {
	s = strings.ToLower(s)
	switch s {
	case "":
		return 0, false
	case "noon", "midday", "midi", "mittag", "mittags":
		return 12 * 60, true
	}
	numbers := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 0 {
		return 0, false
	}
	hour, minute := numbers[0], "00"
	if len(numbers) > 1 {
		minute = numbers[1]
	}
	h, err := strconv.Atoi(hour)
	if half := strings.ReplaceAll(s, ".", ""); err == nil && h >= 1 && h <= 12 {
		switch {
		case strings.HasSuffix(half, "pm"):
			h = h%12 + 12
		case strings.HasSuffix(half, "am"):
			h %= 12
		}
	}
	c, err = team.ParseClock(strconv.Itoa(h) + ":" + minute)
	return c, err == nil
}

var (
	dayEnds   = regexp.MustCompile(`(?i)^(?:eod|cob|(?:the )?end of (?:the |today's )?(?:day|business)|today eod|tonight|heute abend|feierabend|ce soir|(?:la )?fin de (?:la )?journée|oggi|hoje|hoy)$`)
	weekEnds  = regexp.MustCompile(`(?i)^(?:eow|(?:the )?end of (?:the |this )?week|this week|ende der woche|wochenende|(?:la )?fin de (?:la )?semaine|fine settimana)$`)
	nextWeek  = regexp.MustCompile(`(?i)^(?:(?:the )?end of next week|next week|ende nächster woche|nächste woche|(?:la )?fin de (?:la )?semaine prochaine|la semaine prochaine)$`)
	monthEnds = regexp.MustCompile(`(?i)^(?:eom|(?:the )?end of (?:the |this )?month|monatsende|ende des monats|(?:la )?fin du mois)$`)
	nextDay   = regexp.MustCompile(`(?i)^(?:next|nächsten?) (\p{L}{2,12})$`) // of next week
	dayNumber = regexp.MustCompile(`(?i)^(\p{L}{2,12})\.?,? (?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?$`)
)

// dueDay reads the day by which an answer is wanted. A day of the week is one to come: "by monday", written on a Monday, is a week later.
func dueDay(words string, by absence.Writer) (d team.Date, ok bool) {
	words = strings.Join(strings.Fields(words), " ")
	through := by.Today.Add((int(by.WeekBegins) + 6 - int(by.Today.Weekday()) + 7) % 7) // the last day of the week
	switch {
	case dayEnds.MatchString(words):
		return by.Today, true
	case weekEnds.MatchString(words):
		return through, true
	case nextWeek.MatchString(words):
		return through.Add(7), true
	case monthEnds.MatchString(words):
		return team.Date{Year: by.Today.Year, Month: by.Today.Month + 1, Day: 1}.Add(-1), true
	}
	if m := dayNumber.FindStringSubmatch(words); m != nil { // "thu 23"
		number, _ := strconv.Atoi(m[2])
		if weekday, ok := offDay(m[1], by); ok {
			for d := weekday; d.Number() < by.Today.Number()+62; d = d.Add(7) {
				if d.Day == number {
					return d, true
				}
			}
		}
	}
	if m := nextDay.FindStringSubmatch(words); m != nil {
		if d, ok = offDay(m[1], by); ok && !through.Before(d) {
			d = d.Add(7)
		}
		return d, ok
	}
	return offDay(words, by)
}

// offDay reads a day as an order for a leave names it.
func offDay(words string, by absence.Writer) (d team.Date, ok bool) {
	read := func(by absence.Writer) (d team.Date, ok bool) {
		order, doubt, ok := absence.ReadOrder("off "+words, by)
		return order.Away.Through, ok && doubt == "" && !order.Back && !order.Away.Through.IsZero()
	}
	if d, ok = read(by); !ok || d != by.Today {
		return d, ok
	}
	tomorrow := by
	tomorrow.Today = by.Today.Add(1)
	if next, ok := read(tomorrow); ok && next == d.Add(7) { // a day of the week, not a date or "today"
		return next, true
	}
	return d, true
}

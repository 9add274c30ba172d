package absence

import (
	"time"

	"daybreak/internal/team"
)

// found is a date or a stretch of dates in a text, as it is written.
type found struct {
	first, last written
	stretch     bool // both ends are stated
	begin, end  int  // tokens
}

// written is a date as it is written. Zeros are not stated.
type written struct {
	year, day, weekday int
	month              time.Month
	relative           role // today or tomorrow
	either             bool // the day may be the month and the month the day
}

// writtenOf is a date as if it had been written whole.
func writtenOf(d team.Date) written { return written{year: d.Year, month: d.Month, day: d.Day} }

func (w written) whole() bool { return w.day != 0 && w.month != 0 }

// reader reads dates as of a day.
type reader struct {
	tokens     []token
	today      team.Date
	monthFirst bool
	weekBegins time.Weekday
}

func (r *reader) at(i int) token {
	if i < 0 || i >= len(r.tokens) {
		return token{kind: stopToken}
	}
	return r.tokens[i]
}

// skip passes fillers, at most three.
func (r *reader) skip(i int) int {
	for n := 0; n < 3 && r.at(i).is(filler) && r.at(i).meant.month == 0; n++ {
		i++
	}
	return i
}

// span reads a date or a stretch of dates that begins at token i.
func (r *reader) span(i int) (found, bool) {
	f := found{begin: i}
	first, end, ok := r.date(i)
	dayOnly := false
	if !ok || !first.whole() && first.weekday != 0 && first.day == 0 {
		// "3 to 14 August", "Mon 3 – Fri 14 Aug"
		j, weekday := i, 0
		if r.at(j).kind == wordToken && r.at(j).meant.weekday != 0 {
			weekday = r.at(j).meant.weekday
			j++
			for n := 0; n < 2 && (r.at(j).mark(",") || r.at(j).mark(".")); n++ {
				j++
			}
			j = r.skip(j)
		}
		if r.at(j).number(31) {
			k := r.dayEnd(j)
			if _, after, joined := r.joint(k, i); joined {
				if last, e, lastOK := r.date(after); lastOK && last.whole() {
					first, end, ok, dayOnly = written{day: r.at(j).value, month: last.month, year: last.year, weekday: weekday}, k, true, true
					if r.at(j).value > last.day && last.year == 0 { // "28 to 3 August": of the month before
						first.month = last.month - 1
						if first.month == 0 {
							first.month = 12
						}
					}
					f.first, f.last, f.stretch, f.end = first, last, true, e
				}
			}
		}
	}
	if !ok {
		return f, false
	}
	if dayOnly {
		return f, true
	}
	f.first, f.last, f.end = first, first, end
	if first.relative == 0 || r.at(end).is(to) || r.at(end).mark("-") {
		if listed, after, joined := r.joint(end, i); joined {
			if last, e, ok := r.date(after); ok && (!listed || first.weekday != 0 && !first.whole()) {
				f.last, f.stretch, f.end = last, true, e
				if first.year == 0 && last.year != 0 && first.whole() {
					f.first.year = last.year
					if first.month > last.month {
						f.first.year--
					}
				}
			} else if n := r.at(after); first.whole() && n.number(31) && !r.at(after+1).mark(":") && !r.at(after+1).mark("/") && !listed && n.value > first.day {
				f.last = written{day: n.value, month: first.month, year: first.year}
				f.stretch, f.end = true, r.dayEnd(after)
				if y := r.at(f.end); y.mark(",") && r.at(f.end+1).kind == numberToken && year(r.at(f.end+1)) != 0 { // "August 3–14, 2026"
					f.first.year, f.last.year = year(r.at(f.end+1)), year(r.at(f.end+1))
					f.end += 2
				}
			}
		}
	}
	return f, true
}

// dayEnd passes a day's number and what may follow it.
func (r *reader) dayEnd(i int) int {
	i++
	if r.at(i).mark(".") || r.at(i).is(dayUnit) {
		i++
	}
	return r.aside(i)
}

// aside passes a word in brackets: 8月14日(金).
func (r *reader) aside(i int) int {
	if r.at(i).mark("(") && r.at(i+1).kind == wordToken && len(r.at(i+1).text) <= 12 && r.at(i+2).mark(")") {
		return i + 3
	}
	return i
}

// suffix gives what the ending says that is glued to the number before token i.
func (r *reader) suffix(i int) role {
	if r.at(i - 1).mark(".") {
		i--
	}
	return r.at(i - 1).suffix
}

// joint passes what joins the two ends of a stretch. listed tells that it is but an "and".
func (r *reader) joint(i, begin int) (listed bool, after int, ok bool) {
	ending := r.suffix(i)
	for n := 0; n < 3 && (r.at(i).mark(",") || r.at(i).mark("(") || r.at(i).mark(")")); n++ {
		i++
	}
	if r.at(i).is(fromAfter) && !r.at(i).is(to) { // "3-tól 14-ig"
		i++
		return false, r.skip(i), true
	}
	if ending&fromAfter != 0 {
		return false, r.skip(i), true
	}
	switch t := r.at(i); {
	case t.is(to), t.mark("-"):
		i++
	case t.is(and), t.mark("&"):
		listed = !r.at(begin - 1).is(between)
		i++
	default:
		return false, i, false
	}
	return listed, r.skip(i), true
}

func year(t token) int {
	switch {
	case t.kind != numberToken:
		return 0
	case len(t.text) == 4 && t.value >= 1990 && t.value < 2200:
		return t.value
	}
	return 0
}

// date reads one date that begins at token i.
func (r *reader) date(i int) (written, int, bool) {
	w := written{}
	if t := r.at(i); t.kind == wordToken && t.meant.is(today|tomorrow) && t.meant.month == 0 {
		w.relative = t.meant.roles & (today | tomorrow)
		return w, i + 1, true
	}
	begin := i
	if t := r.at(i); t.kind == wordToken && t.meant.weekday != 0 && (t.meant.month == 0 || !r.at(i+1).number(31)) {
		w.weekday = t.meant.weekday
		i++
		begin = i
		for n := 0; n < 2 && (r.at(i).mark(",") || r.at(i).mark(".") || r.at(i).mark("(")); n++ {
			i++
		}
		i = r.skip(i)
	}
	if end, ok := r.numbers(i, &w); ok {
		end = r.aside(end)
		return w, end, true
	}
	if w.weekday != 0 {
		return w, begin, true
	}
	return w, i, false
}

// numbers reads a date of numbers and a month's name.
func (r *reader) numbers(i int, w *written) (end int, ok bool) {
	a := r.at(i)
	switch {
	case a.kind == wordToken && a.meant.month != 0: // Aug 14, 2026
		j := i + 1
		if r.at(j).mark(".") {
			j++
		}
		if j = r.skip(j); !r.at(j).number(31) || r.at(j+1).mark(":") {
			return 0, false
		}
		w.month, w.day = a.meant.month, r.at(j).value
		j = r.dayEnd(j)
		return r.yearAfter(j, w), true
	case a.kind != numberToken:
		return 0, false
	case year(a) != 0: // 2026-08-14, 2026年8月14日
		j := i + 1
		sep := r.at(j)
		if !sep.mark("-") && !sep.mark("/") && !sep.mark(".") && !sep.is(yearUnit) {
			return 0, false
		}
		j++
		if m := r.at(j); m.kind == wordToken && m.meant.month != 0 && r.at(j+1).number(31) { // 2026. augusztus 14.
			w.year, w.month, w.day = a.value, m.meant.month, r.at(j+1).value
			return r.dayEnd(j + 1), true
		}
		if !r.at(j).number(12) || !(r.at(j+1).mark(sep.text) || r.at(j+1).is(monthUnit)) || !r.at(j+2).number(31) {
			return 0, false
		}
		w.year, w.month, w.day = a.value, time.Month(r.at(j).value), r.at(j+2).value
		return r.dayEnd(j + 2), true
	case !a.number(31):
		return 0, false
	}
	if r.at(i+1).is(monthUnit) && r.at(i+2).number(31) && a.number(12) && r.at(i+3).is(dayUnit) { // 8月14日
		w.month, w.day = time.Month(a.value), r.at(i+2).value
		return i + 4, true
	}
	if r.at(i+1).is(monthUnit) && r.at(i+2).number(12) { // 14 tháng 8
		w.day, w.month = a.value, time.Month(r.at(i+2).value)
		if r.at(i+3).is(yearUnit) && year(r.at(i+4)) != 0 {
			w.year = r.at(i + 4).value
			return i + 5, true
		}
		return r.yearAfter(i+3, w), true
	}
	j := i + 1
	if r.at(j).mark(".") || r.at(j).mark("-") && r.at(j).glued {
		j++
	}
	if j = r.skip(j); r.at(j).kind == wordToken && r.at(j).meant.month != 0 { // 14 August 2026
		w.day, w.month = a.value, r.at(j).meant.month
		j++
		if r.at(j).mark(".") || r.at(j).mark("-") && year(r.at(j+1)) != 0 {
			j++
		}
		return r.yearAfter(j, w), true
	}
	sep, b := r.at(i+1), r.at(i+2)
	if !sep.mark(".") && !sep.mark("/") && !sep.mark("-") || b.kind != numberToken || !b.number(31) {
		return 0, false
	}
	if !b.glued && !sep.mark(".") {
		return 0, false
	}
	end = i + 3
	if r.at(end).mark(sep.text) && r.at(end+1).kind == numberToken && (r.at(end+1).glued || year(r.at(end+1)) != 0) {
		y := r.at(end + 1)
		switch {
		case year(y) != 0:
			w.year = y.value
		case len(y.text) == 2 && y.value > 0:
			w.year = 2000 + y.value
		default:
			return 0, false
		}
		end += 2
	} else if sep.mark("-") {
		return 0, false
	} else if sep.mark(".") && r.at(end).mark(".") {
		end++
	}
	day, month := a.value, b.value
	switch {
	case sep.mark("."):
	case month > 12:
		day, month = month, day
	case r.monthFirst && day <= 12 && day != month:
		w.either = true
	}
	if month > 12 {
		return 0, false
	}
	w.day, w.month = day, time.Month(month)
	return end, true
}

// yearAfter reads the year behind a date, if there is one, and gives where it ends.
func (r *reader) yearAfter(i int, w *written) int {
	j := i
	if r.at(j).mark(",") {
		j++
	}
	if j = r.skip(j); year(r.at(j)) != 0 && !r.at(j+1).mark("-") {
		w.year = r.at(j).value
		return j + 1
	}
	return i
}

// Reasons why a date is not sure.
const (
	noSuchDay   = "there is no such day"
	eitherOrder = "the day and the month may be the other way round"
	otherDay    = "the day of the week is another one"
	isOver      = "that day is over"
)

// day gives the date that is meant, not before after if no year is stated.
func (r *reader) day(w written, after team.Date) (team.Date, string) {
	switch {
	case w.either:
		return team.Date{}, eitherOrder
	case w.relative&today != 0:
		return r.today, ""
	case w.relative&tomorrow != 0:
		return r.today.Add(1), ""
	case !w.whole():
		days := (w.weekday - int(after.Weekday()) + 7) % 7
		return after.Add(days), ""
	}
	years := []int{w.year}
	if w.year == 0 {
		years = []int{r.today.Year - 1, r.today.Year, r.today.Year + 1}
	}
	for _, y := range years {
		d := team.Date{Year: y, Month: w.month, Day: w.day}
		if d.Add(0) != d {
			if w.year != 0 || w.month != time.February || w.day != 29 {
				return team.Date{}, noSuchDay
			}
			continue
		}
		if w.year == 0 && d.Number() < max(r.today.Number()-90, after.Number()-90) {
			continue
		}
		if w.weekday != 0 && int(d.Weekday()) != w.weekday%7 {
			return team.Date{}, otherDay
		}
		return d, ""
	}
	return team.Date{}, noSuchDay
}

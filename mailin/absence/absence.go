// Package absence reads when somebody is away. In come a person's own order, such as "off 3–14 Aug", or the note of their
// auto-responder, and the local day on which it was written; out come the days, or why they are not sure. It does not tell orders and
// notes from other mail by more than their words, and stores nothing.
package absence

import (
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
)

const (
	longestOrder = 160  // bytes
	longestNote  = 4096 // bytes that are looked at
	longest      = 366  // days
)

// Order is what a person says of their own days.
type Order struct {
	Away team.Span // unless Back
	Back bool      // they are here again
}

// Writer is what matters of whoever wrote an order or a note.
type Writer struct {
	Today      team.Date // when they wrote it
	MonthFirst bool      // 3/8 may be 8 March where they live
	WeekBegins time.Weekday
}

// ReadOrder reads a whole reply that is but an order. doubt says why what begins like an order is none that can be carried out; ok is false
// with it.
func ReadOrder(text string, by Writer) (order Order, doubt string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longestOrder || strings.Count(text, "\n") > 3 {
		return Order{}, "", false
	}
	r := &reader{tokens: scan(text), today: by.Today, monthFirst: by.MonthFirst, weekBegins: by.WeekBegins}
	i := r.courtesy(0)
	if t := r.at(i); t.is(hereAgain) && r.courtesy(i+1) == len(r.tokens) {
		return Order{Back: true}, "", true
	}
	if t := r.at(i); (t.is(hereAgain) || t.text == "back on") && len(r.tokens) < 6 {
		if _, dated := r.span(r.skip(i + 1)); dated {
			return Order{}, `for a day to come, write "off until" and the day`, false
		}
	}
	if !r.at(i).is(off) {
		return Order{}, "", false
	}
	span, end, doubt, dated := r.order(i + 1)
	switch {
	case !dated:
		return Order{}, "", false
	case doubt == "" && r.courtesy(end) != len(r.tokens):
		if strings.Contains(text, "\n") || len(r.tokens)-end > 4 {
			return Order{}, "", false // it tells more than a leave
		}
		doubt = "there are other words behind the days"
	}
	if doubt != "" {
		return Order{}, doubt, false
	}
	return Order{Away: span}, "", true
}

// courtesy passes polite words and marks.
func (r *reader) courtesy(i int) int {
	for i < len(r.tokens) && (r.at(i).is(polite) || r.at(i).kind == stopToken || r.at(i).kind == markToken && strings.Contains(".,:()*_", r.at(i).text)) {
		i++
	}
	return i
}

// order reads the days behind "off". dated is false if there is nothing that looks like days.
func (r *reader) order(i int) (span team.Span, end int, doubt string, dated bool) {
	i = r.skip(i)
	for r.at(i).mark(":") || r.at(i).mark(",") || r.at(i).mark("-") {
		i++
	}
	opened, closed, inclusive := false, false, false
	switch t := r.at(i); {
	case t.is(until) && t.text != "a": // "through" names the last day, "until" the first one back
		closed, inclusive = true, t.is(through)
		i++
	case t.is(from) || t.is(between):
		opened = true
		i++
	}
	i = r.skip(i)
	if days, end, ok := r.lasting(i); ok && !closed && !opened {
		return team.Span{From: r.today, Through: r.today.Add(days - 1)}, end, "", true
	}
	f, ok := r.week(i)
	switch {
	case !ok:
		f, ok = r.span(i)
	case closed && inclusive:
		f.first, f.stretch = f.last, false
	case closed || opened:
		f.stretch = false
	}
	if !ok {
		switch {
		case r.at(i).is(next):
			return span, i, "it may be one of two weeks", true
		case r.at(i).text == "yesterday" && len(r.tokens) < 4:
			return span, i, isOver, true
		case closed && len(r.tokens) < 12, r.at(i).kind == numberToken && len(r.tokens) < 6:
			return span, i, "the days in it are not clear", true
		}
		return span, i, "", false
	}
	if f.first.weekday != 0 && !f.first.whole() && r.at(i-1).is(next) {
		return span, f.end, "it may be one of two weeks", true
	}
	end = f.end
	after := r.today
	if t := r.at(end); t.is(untilAfter) || r.suffix(end)&untilAfter != 0 {
		closed, inclusive = !f.stretch, true
		if t.is(untilAfter) {
			end++
		}
	}
	if closed && f.stretch {
		return span, end, "it names more than one day to be back", true
	}
	first, doubt := r.day(f.first, after)
	if doubt != "" {
		return span, end, doubt, true
	}
	last := first
	if f.stretch {
		if last, doubt = r.lastDay(f, first); doubt != "" {
			return span, end, doubt, true
		}
	}
	switch {
	case closed && !f.first.whole() && f.first.weekday != 0 && first == r.today:
		return span, end, "it may be today or in a week", true
	case closed && inclusive:
		first = r.today
	case closed:
		first, last = r.today, first.Add(-1)
	case opened && !f.stretch:
		return span, end, "it does not say until when", true
	}
	switch {
	case last.Before(r.today):
		return span, end, isOver, true
	case last.Before(first):
		return span, end, "it ends before it begins", true
	case last.Number()-first.Number() > longest:
		return span, end, "it is longer than a year", true
	case first.Before(r.today):
		first = r.today
	}
	return team.Span{From: first, Through: last}, end, "", true
}

// week reads "next week", or what is left of "this week".
func (r *reader) week(i int) (found, bool) {
	t := r.at(i)
	if !t.is(thisWeek | nextWeek) {
		return found{}, false
	}
	since := (int(r.today.Weekday()-r.weekBegins) + 7) % 7
	first, last := r.today, r.today.Add(6-since)
	if t.is(nextWeek) {
		first, last = last.Add(1), last.Add(7)
	}
	return found{first: writtenOf(first), last: writtenOf(last), stretch: true, begin: i, end: i + 1}, true
}

// counts are small numbers as words.
var counts = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}

// lasting reads how long a leave is that begins today, in English: "for a week", "for 3 days".
func (r *reader) lasting(i int) (days, end int, ok bool) {
	if r.at(i).text == "for" {
		i++
	}
	n := counts[r.at(i).text]
	if t := r.at(i); t.number(longest) {
		n = t.value
	}
	switch r.at(i + 1).text {
	case "day", "days":
		days = n
	case "week", "weeks":
		days = 7 * n
	case "fortnight":
		days = 14 * n
	}
	return days, i + 2, days > 0 && days <= longest
}

// lastDay gives the last day of a stretch that begins on a day, over the turn of the year too.
func (r *reader) lastDay(f found, first team.Date) (team.Date, string) {
	last, doubt := r.day(f.last, first)
	if doubt == "" && f.last.whole() && f.last.year == 0 && last.Before(first) {
		f.last.year = last.Year + 1
		last, doubt = r.day(f.last, first)
	}
	return last, doubt
}

// ReadNote reads the note of an auto-responder: its subject and its words. Without days that are sure and yet to come, the span is
// the day itself. ok is false if it does not say that somebody is away.
func ReadNote(subject, text string, by Writer) (span team.Span, ok bool) {
	r := &reader{tokens: scan(cut(subject, longestNote/8) + "\n\n" + cut(text, longestNote)), today: by.Today, monthFirst: by.MonthFirst}
	says := false
	for _, t := range r.tokens {
		says = says || t.is(away)
	}
	span, dated := r.note()
	switch {
	case dated:
		return span, true
	case says:
		return team.Span{From: by.Today, Through: by.Today}, true
	}
	return team.Span{}, false
}

// IsLeave tells whether a title, such as that of an event, says nothing but that somebody is away. The words of a name may stand in it.
func IsLeave(title, name string) bool {
	if len(title) > longestOrder {
		return false
	}
	names := strings.Fields(strings.ToLower(name))
	says := false
	for _, t := range scan(title) {
		switch {
		case t.is(away) || t.is(off):
			says = true
		case t.kind == wordToken && !t.is(filler) && !slices.Contains(names, t.text), t.kind == numberToken:
			return false
		}
	}
	return says
}

// cut gives the beginning of a text.
func cut(text string, most int) string { return text[:min(len(text), most)] }

// said is what a note says of its days.
type said struct {
	from, last, back team.Date
	away             bool // it says in the same words that somebody is away
}

// note puts together what the sentences of a note say.
func (r *reader) note() (team.Span, bool) {
	var all said
	for i := 0; i < len(r.tokens); {
		end := i
		for end < len(r.tokens) && r.tokens[end].kind != stopToken {
			end++
		}
		s := r.sentence(i, end)
		all.away = all.away || s.away
		for _, pair := range [][2]*team.Date{{&all.from, &s.from}, {&all.last, &s.last}, {&all.back, &s.back}} {
			if pair[0].IsZero() {
				*pair[0] = *pair[1]
			}
		}
		i = end + 1
	}
	last := all.last
	if !all.back.IsZero() && (last.IsZero() || last.Before(all.back)) {
		last = all.back.Add(-1)
	}
	first := all.from
	if first.IsZero() || first.Before(r.today) {
		first = r.today
	}
	sure := !last.IsZero() && (all.away || !all.back.IsZero()) && (all.back.IsZero() || all.last.IsZero() || all.last.Before(all.back))
	if !sure || last.Before(first) || last.Number()-first.Number() > longest {
		return team.Span{}, false
	}
	return team.Span{From: first, Through: last}, true
}

// sentence reads what one sentence of a note, tokens i to end, says.
func (r *reader) sentence(i, end int) said {
	var s said
	for j := i; j < end; j++ {
		s.away = s.away || r.at(j).is(away)
	}
	whole := r.tokens
	r.tokens = whole[:end]
	defer func() { r.tokens = whole }()
	last := role(0) // what the latest word says of the date to come
	backAt := -1    // where the latest word of return stands
	for j := i; j < end; {
		t := r.at(j)
		f, ok := found{}, false
		if t.kind == numberToken || t.meant.month != 0 || t.meant.weekday != 0 {
			f, ok = r.span(j)
		}
		if !ok || f.end <= j {
			switch {
			case t.is(back):
				last, backAt = back, j
			case t.is(until):
				if backAt < 0 || last != back { // "not back until" is about the return
					last = until
				}
			case t.is(from) && last != back:
				last = from
			case t.kind == markToken && t.text == ",":
				if last == from {
					last = 0
				}
			}
			j++
			continue
		}
		meant := last
		if meant == back && f.begin-backAt > 8 {
			meant = 0
		}
		if before := r.at(j - 1); before.is(next) && !f.first.whole() {
			meant = nothing
		}
		j = f.end
		after := r.at(j)
		weak := meant == 0 || meant == from
		switch {
		case meant == nothing:
		case after.is(untilAfter) || r.suffix(j)&untilAfter != 0:
			meant = until
		case weak && !f.stretch:
			if b := r.backBehind(j); b {
				meant = back
			} else if after.is(fromAfter) || r.suffix(j)&fromAfter != 0 {
				meant = from
			}
		}
		r.take(&s, f, meant)
		last, backAt = 0, -1
	}
	return s
}

// backBehind tells whether the words behind a date say that it is the day of return, and do not belong to another date.
func (r *reader) backBehind(i int) bool {
	for j := i; j < i+10 && j < len(r.tokens); j++ {
		if r.at(j).is(back) {
			for k := j + 1; k <= j+5; k++ {
				if t := r.at(k); t.kind == numberToken || t.kind == wordToken && t.meant.weekday != 0 {
					return false
				}
			}
			return true
		}
		if t := r.at(j); t.kind == numberToken {
			return false
		}
	}
	return false
}

// take adds what a date says.
func (r *reader) take(s *said, f found, meant role) {
	named := f.first.whole() || f.first.weekday != 0 && (meant == until || meant == back)
	if !named || meant == nothing || f.first.relative != 0 {
		return
	}
	after := r.today
	if !f.first.whole() && !f.stretch {
		after = r.today.Add(1) // on a Monday, "until Monday" is not that day
	}
	first, doubt := r.day(f.first, after)
	if doubt != "" {
		return
	}
	switch {
	case f.stretch && f.last.whole():
		last, doubt := r.lastDay(f, first)
		if doubt == "" && !last.Before(first) && s.last.IsZero() {
			s.from, s.last = first, last
		}
	case f.stretch:
	case meant == until && s.last.IsZero():
		s.last = first
	case meant == back && s.back.IsZero():
		s.back = first
	case meant == from && s.from.IsZero():
		s.from = first
	case meant == 0 && s.away && s.last.IsZero() && s.from.IsZero():
		s.from, s.last = first, first
	}
}

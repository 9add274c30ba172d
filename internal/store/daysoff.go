package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
)

// people reads members as the function of that name does, with what is known of public holidays: their dates are not kept but worked
// out whenever one is asked for.
func (s *Store) people(ctx context.Context, tx *sql.Conn, ids []int64) (map[int64]team.Person, error) {
	found, err := people(ctx, tx, ids)
	for id, p := range found {
		p.Public = s.public
		found[id] = p
	}
	return found, err
}

// daysOffNames are the columns in which the days off of a team are kept.
const daysOffNames = "own_days, calendar, calendar_days"

// daysOffColumns are a team's days off as they are kept, in the order of daysOffNames.
type daysOffColumns struct{ own, calendar, events string }

func (c *daysOffColumns) dest() []any { return []any{&c.own, &c.calendar, &c.events} }

func (c *daysOffColumns) daysOff() (team.DaysOff, error) {
	own, err := parseHolidays(c.own)
	events, wrong := parseHolidays(c.events)
	return team.DaysOff{Own: own, Calendar: c.calendar, Events: events}, errors.Join(err, wrong)
}

// daysOffArgs are the values in the order of daysOffNames.
func daysOffArgs(o team.DaysOff) []any {
	return []any{holidayLines(o.Own), clean(o.Calendar), holidayLines(o.Events)}
}

// holidayLines keeps holidays in one column, a line each, in order.
func holidayLines(list []team.Holiday) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b team.Holiday) int { return a.Date.Compare(b.Date) })
	var b strings.Builder
	for _, h := range list {
		b.WriteString(day(h.Date) + " " + strings.Join(strings.Fields(clean(h.Name)), " ") + "\n")
	}
	return b.String()
}

// parseHolidays is the inverse of holidayLines; none are nil.
func parseHolidays(text string) (list []team.Holiday, err error) {
	for line := range strings.Lines(text) {
		d, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		h := team.Holiday{Name: name}
		if h.Date, err = date(d); err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

// daysOffChanges are the changes of a team's days off in words.
func daysOffChanges(old, new team.DaysOff) []string {
	list := without(differ("calendar", old.Calendar, new.Calendar))
	for _, part := range []struct {
		what     string
		old, new []team.Holiday
	}{{"day off", old.Own, new.Own}, {"day of the calendar", old.Events, new.Events}} {
		gone, come := missingFrom(part.old, part.new), missingFrom(part.new, part.old)
		list = append(list, without(daysWords(part.what+" added", come), daysWords(part.what+" removed", gone))...)
	}
	return list
}

// missingFrom gives the holidays of one list that another does not have.
func missingFrom(list, other []team.Holiday) []team.Holiday {
	have := map[team.Holiday]bool{}
	for _, h := range other {
		have[h] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(h team.Holiday) bool { return have[h] })
}

// daysWords names up to three days; "" for none.
func daysWords(what string, list []team.Holiday) string {
	var words []string
	for i, h := range list {
		if i == 3 {
			words = append(words, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		words = append(words, day(h.Date)+" "+h.Name)
	}
	if len(words) == 0 {
		return ""
	}
	return what + ": " + commas(words)
}

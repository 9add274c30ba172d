package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// The year of the sample team, as it is lived and as it is checked: what follows is all that the two have in common. Times are UTC.
// All are asked at 16:00 and told at 09:00 from Monday to Friday, where they live at the time.
var (
	yearZones = []struct{ who, from, zone string }{
		{demoAiko, "2000-01-01 00:00", "Asia/Tokyo"},
		{demoPriya, "2000-01-01 00:00", "Asia/Kolkata"},
		{demoWanjiru, "2000-01-01 00:00", "Africa/Nairobi"},
		{demoCamille, "2000-01-01 00:00", "Europe/Paris"},
		{demoMarcus, "2000-01-01 00:00", "America/New_York"},
		{demoElena, "2000-01-01 00:00", "America/Los_Angeles"},
		{demoPriya, "2000-03-01 12:30", "Europe/London"}, // a Wednesday: asked and told in Kolkata, and 12:30 in London
		{demoMarcus, "2000-06-17 12:00", "Europe/Paris"},
		{demoElena, "2000-09-02 12:00", "Pacific/Auckland"}, // over the date line; clocks change there on 1 October
		{demoCamille, "2000-09-23 12:00", "America/Sao_Paulo"},
	}
	yearLeaves = []struct{ who, noted, from, through string }{
		{demoAiko, "2000-03-28 12:00", "2000-03-31", "2000-03-31"},
		{demoElena, "2000-05-01 12:00", "2000-05-04", "2000-05-05"},
		{demoMarcus, "2000-05-16 14:00", "2000-05-16", "2000-05-16"}, // ill, at 10:00 in New York: told that day, and not asked
		{demoPriya, "2000-06-20 12:00", "2000-07-03", "2000-07-21"},
		{demoCamille, "2000-08-01 12:00", "2000-08-07", "2000-08-25"},
		{demoMarcus, "2000-12-20 12:00", "2000-12-22", "2001-01-02"},
		{demoElena, "2000-12-20 12:00", "2000-12-25", "2000-12-29"},
	}
	yearSilences = []struct{ who, from, through string }{ // asked, and no word from them
		{demoWanjiru, "2000-05-08", "2000-06-09"},
		{demoAiko, "2000-11-06", "2000-11-24"},
	}
)

func yearTime(s string) time.Time { return mustTime("2006-01-02 15:04", s) }
func yearDay(s string) time.Time  { return mustTime(time.DateOnly, s) }

func mustTime(form, s string) time.Time {
	t, err := time.Parse(form, s)
	if err != nil {
		panic(err)
	}
	return t
}

// TestAYearOfTheSampleTeam checks each mail of a year, with both changes of the clocks, moves, leaves and weeks of silence, against a
// ledger that is written from the calendar alone.
func TestAYearOfTheSampleTeam(t *testing.T) {
	if testing.Short() || mailtest.Race {
		t.Skip("it is a long year, and the fortnight has the same loops")
	}
	synctest.Test(t, func(t *testing.T) {
		from := time.Date(2000, 1, 10, 0, 0, 0, 0, time.UTC)
		f := &fortnight{t: t, clients: mailtest.Clients(), from: from, to: from.AddDate(1, 0, 0), look: 2 * time.Hour}
		f.reply = f.mostly
		f.lives = func(who string) *time.Location { return (&yearReader{who: who}).zone(time.Now()) }
		roster := demoRoster()
		for _, z := range yearZones[len(roster.Teams[0].Members):] {
			members := slices.Clone(roster.Teams[0].Members)
			i := slices.IndexFunc(members, func(m team.RosterMember) bool { return m.Member.Address() == z.who })
			members[i].Member.Rule.Zone = z.zone
			roster.Teams = []team.RosterTeam{{Team: roster.Teams[0].Team, Members: members}}
			moved := roster
			f.happens = append(f.happens, happening{yearTime(z.from), func(ctx context.Context, s *store.Store) error {
				_, err := s.ApplyRoster(ctx, moved, false, time.Now())
				return err
			}})
		}
		for _, l := range yearLeaves {
			span := team.Span{From: team.DateOf(yearDay(l.from)), Through: team.DateOf(yearDay(l.through))}
			f.happens = append(f.happens, happening{yearTime(l.noted), func(ctx context.Context, s *store.Store) error {
				return s.SetAway(ctx, f.person(l.who).ID, span, time.Now())
			}})
		}
		f.live()
		f.checkYear()
	})
}

// mostly answers a prompt at one time or another, but never on the hour or half past, when others are told.
func (f *fortnight) mostly(s sentMail) {
	for _, silence := range yearSilences {
		day := yearDay(s.day.String())
		if s.to == silence.who && !day.Before(yearDay(silence.from)) && !day.After(yearDay(silence.through)) {
			return
		}
	}
	switch c := chance(s.to, s.day); {
	case c < 12: // forgets
	case c < 25: // late in the evening
		f.answer(s, 1, 7*time.Hour+7*time.Minute)
	case c < 33: // twice
		f.answer(s, 1, 22*time.Minute)
		f.answer(s, 2, 52*time.Minute)
	case c < 40: // after everyone's digest of the next day
		f.answer(s, 1, 43*time.Hour+7*time.Minute)
	default:
		f.answer(s, 1, []time.Duration{7, 37, 52, 67}[c%4]*time.Minute)
	}
}

// yearReader is one person as the ledger knows them.
type yearReader struct {
	who    string
	told   map[string]bool // words
	asked  []yearAsked
	remind time.Time // the day that is asked about, if a reminder is to come
	rolled time.Time // when their last roll-up came
}

type yearAsked struct{ day, at time.Time }

// zone is where they live at a time.
func (r *yearReader) zone(at time.Time) *time.Location {
	name := ""
	for _, z := range yearZones {
		if z.who == r.who && !at.Before(yearTime(z.from)) {
			name = z.zone
		}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// off tells whether they have the time off on a day, as far as is known by then.
func (r *yearReader) off(day, at time.Time) bool {
	for _, l := range yearLeaves {
		if l.who == r.who && !at.Before(yearTime(l.noted)) && !day.Before(yearDay(l.from)) && !day.After(yearDay(l.through)) {
			return true
		}
	}
	return at.IsZero()
}

// moment is when clocks first show the hour where they live on a day; zero if they moved past it.
func (r *yearReader) moment(day time.Time, hour int) time.Time {
	for _, z := range yearZones {
		if z.who != r.who {
			continue
		}
		loc, err := time.LoadLocation(z.zone)
		if err != nil {
			panic(err)
		}
		at := time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, loc)
		if r.zone(at).String() == z.zone {
			return at
		}
	}
	return time.Time{}
}

// ledger are the lines of what one person gets from the second day on: the wall time, the kind, and a digest's words.
func (r *yearReader) ledger(from, to time.Time, said []saying) (lines []string) {
	r.told = map[string]bool{}
	line := func(at time.Time, kind team.MailKind, words ...string) {
		slices.Sort(words)
		lines = append(lines, yearLine(at.In(r.zone(at)), kind, words))
	}
	written := func(before, day time.Time) (last time.Time, answered bool) {
		for _, s := range said {
			if s.who == r.who && s.at.Before(before) {
				if s.at.After(last) {
					last = s.at
				}
				answered = answered || s.day.String() == day.Format(time.DateOnly)
			}
		}
		return last, answered
	}
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		if morning := r.moment(day, 9); !r.off(day, morning) {
			if !r.remind.IsZero() {
				if _, answered := written(morning, r.remind); !answered {
					line(morning, team.ReminderMail)
				}
				r.remind = time.Time{}
			}
			var news []string
			for _, s := range said {
				if s.who != r.who && s.at.Before(morning) && !r.told[s.word] {
					r.told[s.word] = true
					news = append(news, s.word)
				}
			}
			if len(news) > 0 {
				line(morning, team.DigestMail, news...)
			}
		} else {
			r.remind = time.Time{} // nobody is reminded of what was before a leave
		}
		afternoon := r.moment(day, 16)
		if r.off(day, afternoon) {
			r.remind = time.Time{}
			continue
		}
		if news, others := r.week(afternoon, said); r.endsWeek(day, afternoon) && others {
			line(afternoon, team.WeeklyMail, news...)
			r.rolled = afternoon
		}
		last, _ := written(afternoon, day)
		silent := 0
		for _, a := range r.asked {
			if a.at.After(last) {
				silent++
			}
		}
		if silent > 3 && day.Before(r.asked[len(r.asked)-1].day.AddDate(0, 0, 7)) {
			continue
		}
		line(afternoon, team.PromptMail)
		r.asked = append(r.asked, yearAsked{day, afternoon})
		r.remind = day
	}
	return lines
}

// endsWeek tells whether as far as is known they work on no day after this one until the weekend.
func (r *yearReader) endsWeek(day, at time.Time) bool {
	for later := day.AddDate(0, 0, 1); later.Weekday() != time.Saturday; later = later.AddDate(0, 0, 1) {
		if !r.off(later, at) {
			return false
		}
	}
	return true
}

// week is what has been said since their last roll-up, and whether others said some of it.
func (r *yearReader) week(at time.Time, said []saying) (words []string, others bool) {
	for _, s := range said {
		if s.at.Before(at) && !s.at.Before(r.rolled) {
			words = append(words, s.word)
			others = others || s.who != r.who
		}
	}
	return words, others
}

func yearLine(at time.Time, kind team.MailKind, words []string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %-8s %s", at.Format("2006-01-02 Mon 15:04 MST"), kind, strings.Join(words, " ")))
}

// checkYear compares what everyone got with their ledger, line by line, from the second day to the last.
func (f *fortnight) checkYear() {
	isWord := regexp.MustCompile(`word[a-z]+\d+`)
	total := 0
	for _, p := range f.people {
		r := &yearReader{who: p.Address()}
		var got []string
		for _, s := range f.sent {
			if s.to != r.who {
				continue
			}
			words := []string{}
			if s.kind == team.DigestMail || s.kind == team.WeeklyMail {
				words = isWord.FindAllString(s.text, -1)
				slices.Sort(words)
			}
			got = append(got, yearLine(s.at.In(r.zone(s.at)), s.kind, words))
		}
		want := r.ledger(f.from, f.to, f.said)
		// The first day and the last are not whole in every zone.
		first, last := f.from.AddDate(0, 0, 1).Format(time.DateOnly), f.to.AddDate(0, 0, -1).Format(time.DateOnly)
		within := func(lines []string) []string {
			lines = slices.DeleteFunc(lines, func(l string) bool { return l < first || l >= last })
			slices.Sort(lines)
			return lines
		}
		got, want = within(got), within(want)
		total += len(want)
		if slices.Equal(got, want) {
			continue
		}
		f.t.Errorf("%s got %d mails, want %d", r.who, len(got), len(want))
		shown := 0
		for _, l := range want {
			if !slices.Contains(got, l) && shown < 10 {
				shown++
				f.t.Errorf("%s did not get %s", r.who, l)
			}
		}
		for _, l := range got {
			if !slices.Contains(want, l) && shown < 20 {
				shown++
				f.t.Errorf("%s got %s", r.who, l)
			}
		}
		for i := range got[1:] {
			if got[i] == got[i+1] {
				f.t.Errorf("%s got twice %s", r.who, got[i])
			}
		}
	}
	if total < 3000 || len(f.said) < 1000 {
		f.t.Errorf("too little happened: %d mails, %d things said", total, len(f.said))
	}
	f.t.Logf("%d mails are as the calendar has them, %d things were said", total, len(f.said))
}

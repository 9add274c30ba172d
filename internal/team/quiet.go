package team

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Heard is a person who is asked, and when something was heard from them last.
type Heard struct {
	Person Person
	Last   Date // zero for never
	Asked  int  // how many prompts and reminders were sent since without a word that they failed
}

// Quiet is a person from whom nothing was heard for long, or a whole domain: mail to them may lie in a Junk folder.
type Quiet struct {
	Address string // of the person, "" for a domain
	Domain  string
	Since   Date // of the last word
}

// When somebody counts as quiet, and when a domain does, in days on which they work.
const (
	quietDays   = 15
	domainDays  = 5 // of each of them: that all fall silent is no chance
	domainLeast = 3 // members
	quietAsked  = 3
)

// QuietSince finds those who answered once and from whom nothing was heard since, though they were asked. Where a domain has several members, and
// nothing was heard from any of them for some days, it stands for them. Who is paused, away now, or not reached by mail as we know, is
// left out.
func QuietSince(list []Heard, now time.Time) []Quiet {
	domains := map[string][]Heard{}
	var quiet []Quiet
	for _, h := range list {
		_, domain, _ := strings.Cut(h.Person.Address(), "@")
		if h.Last.IsZero() || domain == "" || h.Person.Paused || !h.Person.Reachable() {
			continue
		}
		if h.silent(now) >= 0 {
			domains[domain] = append(domains[domain], h)
		}
	}
	for domain, members := range domains {
		last, all := Date{}, len(members) >= domainLeast
		for _, h := range members {
			if last.Before(h.Last) {
				last = h.Last
			}
			all = all && h.Asked > 0 && h.silent(now) >= domainDays
		}
		if all {
			quiet = append(quiet, Quiet{Domain: domain, Since: last})
			continue
		}
		for _, h := range members {
			if h.Asked >= quietAsked && h.silent(now) >= quietDays {
				quiet = append(quiet, Quiet{Address: h.Person.Address(), Domain: domain, Since: h.Last})
			}
		}
	}
	slices.SortFunc(quiet, func(a, b Quiet) int {
		return cmp.Or(cmp.Compare(b.Since.Number(), a.Since.Number()), cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Address, b.Address))
	})
	return quiet
}

// silent is on how many working days, up to quietDays and before today, nothing was heard; -1 while the person is away.
func (h Heard) silent(now time.Time) int {
	t, rule := h.Person.DigestTeam(), h.Person.DigestRule()
	loc, err := rule.Location()
	if err != nil {
		return 0
	}
	today, n := DateOf(now.In(loc)), 0
	if _, away := h.Person.Away.On(today); away {
		return -1
	}
	for d := h.Last.Add(1); d.Before(today) && n < quietDays; d = d.Add(1) {
		if h.Person.WorksBy(&rule, d, &t) {
			n++
		}
	}
	return n
}

package team

import (
	"fmt"
	"testing"
	"time"
)

func TestWhoFallsSilentIsNoticed(t *testing.T) {
	platform := Team{ID: 1, Slug: "platform", Defaults: Rule{Zone: "Europe/Paris"}}
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC) // Tuesday
	march := func(day int) Date { return DateOf(time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC)) }
	who := func(address string, last Date, asked int) Heard {
		return Heard{Person: Person{Member: Member{Addresses: []string{address}}, Teams: []Membership{{Team: platform}}}, Last: last, Asked: asked}
	}
	paused, away, unreached := who("a@example.com", march(2), 9), who("a@example.com", march(2), 9), who("a@example.com", march(2), 9)
	paused.Person.Paused = true
	away.Person.Away = Away{{From: march(20)}}
	unreached.Person.Unreached.Since = now
	onLeave := who("a@example.com", march(2), 9)
	onLeave.Person.Away = Away{{From: march(9), Through: march(20)}}
	for name, c := range map[string]struct {
		list []Heard
		want string
	}{
		"nobody":                      {nil, "[]"},
		"after 15 working days":       {[]Heard{who("a@example.com", march(9), 5)}, "[a@example.com 2026-03-09]"},
		"after 14 working days":       {[]Heard{who("a@example.com", march(10), 5)}, "[]"},
		"hardly asked":                {[]Heard{who("a@example.com", march(2), 2)}, "[]"},
		"never answered":              {[]Heard{who("a@example.com", Date{}, 9)}, "[]"},
		"paused":                      {[]Heard{paused}, "[]"},
		"away":                        {[]Heard{away}, "[]"},
		"was away most of it":         {[]Heard{onLeave}, "[]"},
		"known to be out of reach":    {[]Heard{unreached}, "[]"},
		"a domain":                    {[]Heard{who("a@example.org", march(20), 2), who("b@example.org", march(23), 2), who("c@example.org", march(19), 2)}, "[anyone at example.org 2026-03-23]"},
		"a domain of two":             {[]Heard{who("a@example.org", march(20), 2), who("b@example.org", march(23), 2)}, "[]"},
		"a domain of which one spoke": {[]Heard{who("a@example.org", march(20), 2), who("b@example.org", march(30), 2), who("c@example.org", march(2), 5)}, "[c@example.org 2026-03-02]"},
		"of each the latest first": {[]Heard{who("a@example.org", march(2), 3), who("b@example.com", march(3), 3)},
			"[b@example.com 2026-03-03 a@example.org 2026-03-02]"},
	} {
		var got []string
		for _, q := range QuietSince(c.list, now) {
			who := q.Address
			if who == "" {
				who = "anyone at " + q.Domain
			}
			got = append(got, who, q.Since.String())
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

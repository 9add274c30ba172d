package store

import (
	"cmp"
	"slices"
	"strings"

	"daybreak/internal/team"
)

// wanted is one person of a roster, put together from every team that names them.
type wanted struct {
	team.Member                 // ID 0 until it is known
	seen        string          // the team that named them first
	fresh       bool            // not in the database before
	changes     []team.Change   // of the person, not of their place in a team
	confirmed   []string        // of the addresses, by mail; the roster does not name them
	leads       map[string]bool // slug → leads that team; every team that names them has a key
}

// persons puts a roster's members together: whoever has the same main address is one person. What is stated about them in one team
// need not be repeated in another, but may not be contradicted. In order of first mention.
func persons(r team.Roster) ([]*wanted, error) {
	var list []*wanted
	byMain := map[string]*wanted{}
	slugs := map[string]bool{}
	for _, t := range r.Teams {
		slug := t.Team.Slug
		if slug == "" {
			return nil, refuse("a team has no slug")
		}
		if slugs[slug] {
			return nil, refuse("team %s is defined twice", slug)
		}
		slugs[slug] = true
		names := map[string]bool{}
		for _, c := range t.Team.CheckIns {
			if c.Name == "" || names[c.Name] {
				return nil, refuse("team %s has two check-ins named %q, or one without a name", slug, c.Name)
			}
			names[c.Name] = true
		}
		for _, m := range t.Members {
			addresses := cleanAddresses(m.Member.Addresses)
			if len(addresses) == 0 {
				return nil, refuse("%s in team %s has no address", m.Member.Name, slug)
			}
			w := byMain[addresses[0]]
			if w == nil {
				w = &wanted{seen: slug, leads: map[string]bool{}}
				w.Name = m.Member.Name
				byMain[addresses[0]] = w
				list = append(list, w)
			}
			if _, twice := w.leads[slug]; twice {
				return nil, refuse("%s is in team %s twice", addresses[0], slug)
			}
			w.leads[slug] = m.Lead
			if err := w.merge(m.Member, addresses, slug); err != nil {
				return nil, err
			}
		}
	}
	owner := map[string]*wanted{}
	for _, w := range list {
		for _, a := range w.Addresses {
			o := owner[a]
			if o == nil {
				owner[a] = w
				continue
			}
			if o.Name == w.Name {
				return nil, refuse("%s has the main address %s in team %s and %s in team %s, although %s is the same person's in both; name one of them first in both",
					w.Name, o.Address(), o.seen, w.Address(), w.seen, a)
			}
			return nil, belongsToBoth(a, o.Member, w.Member)
		}
	}
	return list, nil
}

// merge adds what one more team says about a person.
func (w *wanted) merge(m team.Member, addresses []string, slug string) error {
	main := addresses[0]
	if w.Name == "" {
		w.Name = m.Name
	}
	if m.Name != "" && m.Name != w.Name {
		return refuse("%s is called %q in team %s and %q in team %s", main, w.Name, w.seen, m.Name, slug)
	}
	for _, f := range team.RuleParts() {
		have, more := f.Text(w.Rule), f.Text(m.Rule)
		if have == "" {
			f.Take(&w.Rule, m.Rule)
		} else if more != "" && more != have {
			return refuse("%s (%s) has %s %s in team %s and %s in team %s", w.Name, main, f.Name, have, w.seen, more, slug)
		}
	}
	for _, d := range m.Delegates {
		if !slices.Contains(w.Delegates, d) {
			w.Delegates = append(w.Delegates, d)
		}
	}
	for _, a := range addresses {
		if !slices.Contains(w.Addresses, a) {
			w.Addresses = append(w.Addresses, a)
		}
	}
	return nil
}

func belongsToBoth(addr string, a, b team.Member) error {
	return refuse("the address %s belongs to both %s (%s) and %s (%s)", addr, a.Name, a.Address(), b.Name, b.Address())
}

func cleanAddresses(list []string) []string {
	var clean []string
	for _, a := range list {
		if a = team.CleanAddress(a); a != "" && !slices.Contains(clean, a) {
			clean = append(clean, a)
		}
	}
	return clean
}

// identify finds which members of the database the persons are: by main address against main address, by main address against any,
// by any against main address. A second address in common makes nobody the same: people share those, and one's words must not come
// under another's name. Nobody is found twice.
func identify(list []*wanted, known map[int64]team.Person) {
	main, every := map[string]int64{}, map[string]int64{}
	for id, p := range known {
		for i, a := range p.Addresses {
			if i == 0 {
				main[a] = id
			}
			every[a] = id
		}
	}
	taken := map[int64]bool{}
	try := func(w *wanted, ids map[string]int64, addresses []string) {
		for _, a := range addresses {
			if id, ok := ids[a]; ok && w.ID == 0 && !taken[id] {
				w.ID, taken[id] = id, true
			}
		}
	}
	for _, w := range list {
		try(w, main, w.Addresses[:1])
	}
	for _, w := range list {
		try(w, every, w.Addresses[:1])
	}
	for _, w := range list {
		try(w, main, w.Addresses)
	}
}

// differ describes a change of a value in words; "" if there is none.
func differ(name, old, new string) string {
	if old == new {
		return ""
	}
	return name + " " + orUnset(old) + " → " + orUnset(new)
}

func orUnset(text string) string { return cmp.Or(text, "unset") }

// ruleChanges are the changes of a rule's parts in words.
func ruleChanges(old, new team.Rule) []string {
	var list []string
	for _, f := range team.RuleParts() {
		if text := differ(f.Name, f.Text(old), f.Text(new)); text != "" {
			list = append(list, text)
		}
	}
	return list
}

func commas(list []string) string { return strings.Join(list, ", ") }

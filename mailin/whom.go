package mailin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// asking finds whom the first words of a question name.
type asking struct {
	in      team.Team
	members []team.Person
	writer  int64
}

// named is what a question's first words name.
type named struct {
	asked  []team.Person
	doubts []team.Doubt // why others who are named are not asked
}

var (
	nameBehindAt = regexp.MustCompile(`^[\p{L}\p{M}\d](?:[\p{L}\p{M}\d._-]*[\p{L}\p{M}\d_])?`)
	inQuotes     = regexp.MustCompile(`^["“„«'‘]([^"”“»'’]{1,60})["”“»'’]`)
	anAddress    = regexp.MustCompile(`^[^\s:：@,;"<>()]{1,64}@[\p{L}\d.-]{1,120}[\p{L}\d]`)
	between      = regexp.MustCompile(`^(?:\s*[,،、&+/]\s*(?:(?:and|or|und|oder|et|ou|y|o|e|en|och|og|i|и) )?|\s+(?:and|or|und|oder|et|ou|y|o|e|en|och|og|i|и)\s+|\s+)`)
)

// mostNamed is how many people a question asks at most.
const mostNamed = 8

// longestName is how many words of a name are compared.
const longestName = 4

// whom finds whom words ask. Without an "@" somebody must be named right behind "ask" and it be a question, in what is nothing else: "ask Mia
// about the lamps" is a plan.
func (k asking) whom(words string, explicit bool, kind team.Kind) named {
	question := strings.ContainsAny(words, "?？؟")
	bare := explicit && (kind == team.Note || kind == team.Ask) && (question || strings.ContainsAny(words, ":："))
	found := k.head(words, bare)
	switch {
	case !explicit && kind != team.Ask && !question:
		return named{}
	case !explicit && kind != team.Ask && len(found.asked) == 0: // "@types/node breaks, does it not?"
		found.doubts = slices.DeleteFunc(found.doubts, func(d team.Doubt) bool { return !strings.HasPrefix(d.Why, "several") })
	}
	if len(found.asked)+len(found.doubts) == 0 {
		if p := addressed(words, explicit && strings.Contains(words, "@") || kind == team.Ask, k.members, k.writer); p != nil {
			found.asked = []team.Person{*p}
		}
	}
	return found
}

// head reads the people whom words begin with: "@mia …", "@Mia Rossi: …", "mia@example.com …", "@dev and @ines, …". The first one may have no "@"
// if bare is true, then the next may, too. It gives nothing if the words begin with nobody.
func (k asking) head(words string, bare bool) (n named) {
	for s := strings.TrimSpace(words); len(n.asked)+len(n.doubts) < mostNamed; {
		found, called, size, explicit := k.name(s, bare)
		if size == 0 {
			return n
		}
		others := slices.DeleteFunc(slices.Clone(found), func(p team.Person) bool { return p.ID == k.writer })
		switch {
		case len(others) == 1:
			if !slices.ContainsFunc(n.asked, func(p team.Person) bool { return p.ID == others[0].ID }) {
				n.asked = append(n.asked, others[0])
			}
		case explicit || len(others) > 1:
			n.doubts = append(n.doubts, k.doubt(called, s[size:], found, others))
		default:
			return n
		}
		s = s[size:]
		gap := len(between.FindString(s))
		if next := s[gap:]; gap == 0 || strings.TrimSpace(s[:gap]) == "" && !strings.HasPrefix(next, "@") {
			return n
		}
		s = s[gap:]
	}
	return n
}

// name reads one name at the beginning of words: whose it may be, how it is written, how long it is, and whether it is surely meant for one.
func (k asking) name(s string, bare bool) (found []team.Person, called string, size int, explicit bool) {
	body := s
	if explicit = strings.HasPrefix(s, "@"); explicit {
		body = s[1:]
	}
	at := len(s) - len(body)
	if m := inQuotes.FindStringSubmatch(body); m != nil && (explicit || bare) {
		return k.called(m[1]), m[1], at + len(m[0]), explicit
	}
	if m := anAddress.FindString(body); m != "" && (explicit || bare) {
		return k.called(m), m, at + len(m), true
	}
	if !explicit && !bare {
		return nil, "", 0, false
	}
	end, tried := 0, body[:min(len(body), 200)]
	for range longestName {
		begin := end
		for begin < len(tried) && tried[begin] == ' ' {
			begin++
		}
		word := tried[begin:]
		if stop := strings.IndexFunc(word, unicode.IsSpace); stop >= 0 {
			word = word[:stop]
		}
		if word == "" {
			break
		}
		end = begin + len(word)
		whole := strings.TrimRightFunc(tried[:end], func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
		if all := k.called(whole); len(all) > 0 {
			found, called, size = all, whole, at+len(whole)
		}
		if len(whole) < end {
			break // a sign ends the name
		}
	}
	if size == 0 && explicit {
		if called = nameBehindAt.FindString(body); called != "" {
			found, size = k.called(called), 1+len(called)
		}
	}
	return found, called, size, explicit
}

// called are those who are called so: by an address, all of their name, their first name or what stands before the "@" of an address; if
// nobody is, by their last name.
func (k asking) called(name string) (found []team.Person) {
	address, name := team.CleanAddress(name), spell.Plain(name)
	if name == "" {
		return nil
	}
	for _, p := range k.members {
		if answersTo(p, name) || slices.Contains(p.Addresses, address) {
			found = append(found, p)
		}
	}
	if found != nil {
		return found
	}
	for _, p := range k.members {
		if words := strings.Fields(spell.Plain(p.Name)); len(words) > 1 && words[len(words)-1] == name {
			found = append(found, p)
		}
	}
	return found
}

// doubt says why nobody is asked who is called so, and how to ask one of those who may be meant.
func (k asking) doubt(called, rest string, found, others []team.Person) (d team.Doubt) {
	switch {
	case len(others) > 1:
		d.Why = fmt.Sprintf("several in %s are called %q", k.in.Name, called)
	case len(found) > 0:
		return team.Doubt{Why: fmt.Sprintf("%q is you", called)}
	default:
		d.Why = fmt.Sprintf("nobody in %s is called %q", k.in.Name, called)
		var names []string
		for _, p := range k.members {
			if p.ID != k.writer {
				names = append(names, strings.Fields(spell.Plain(p.Name))...)
			}
		}
		if near := spell.Nearest(spell.Plain(called), names); near != "" {
			others = slices.DeleteFunc(slices.Clone(k.members), func(p team.Person) bool {
				return p.ID == k.writer || !slices.Contains(strings.Fields(spell.Plain(p.Name)), near)
			})
		}
	}
	rest = strings.TrimLeft(rest, " ,:：")
	for _, p := range others {
		name := p.Name
		if len(k.called(name)) != 1 {
			name = p.Address()
		}
		d.Try = append(d.Try, "ask @"+name+": "+shortened(rest))
	}
	return d
}

package order

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// ForLeads tells whether only the lead of a team may give the order.
func (o Order) ForLeads() bool {
	return slices.Contains([]Kind{Add, Invite, Remove, List, SetTeam}, o.Kind)
}

// nearAdd are words of their own that are spelled almost like "add".
var nearAdd = []string{"and", "ads", "adds", "aid", "odd", "dad"}

// readForLeads reads an order for a team. Such a line may as well begin a sentence of an update: "add tests", "remove dead code".
func readForLeads(line string) (*Order, *team.Doubt) {
	if strings.ContainsFunc(line, unicode.IsControl) {
		return nil, nil
	}
	first, rest, _ := strings.Cut(line, " ")
	word, rest := strings.ToLower(strings.TrimRight(first, ":")), strings.TrimSpace(rest)
	switch word {
	case "add", "invite":
		return readNewcomer(Kind(word), rest)
	case "remove":
		return readRemove(rest)
	case "list", "members":
		return readList(rest)
	case "settings":
		return readTeamSetting(rest)
	}
	for _, meant := range []string{"invite", "remove", "settings", "add"} {
		if slip(word, meant) || word == "setting" && meant == "settings" || meant == "add" && len(word) <= 4 && !slices.Contains(nearAdd, word) && spell.Distance(word, meant) == 1 {
			o, _ := readForLeads(meant + " " + rest)
			doubt := unknown(first, meant+" "+rest)
			if o != nil && o.Kind == Remove && o.Name != "" {
				o.Doubt = doubt
				return o, nil
			}
			if o != nil && (!o.Unsure || meant == "settings" && o.Team == "") && (meant != "add" || strings.HasPrefix(rest, o.Address)) {
				return nil, doubt
			}
		}
	}
	return nil, nil
}

// readNewcomer reads "mia@example.com Mia Rossi tz Asia/Tokyo team web". The name may stand in front, and "to web" does for the team.
func readNewcomer(kind Kind, words string) (*Order, *team.Doubt) {
	p := parse(words, "to")
	if len(p.addresses) != 1 || p.wrong {
		return nil, nil
	}
	o := &Order{Kind: kind, Address: p.addresses[0], Name: p.name(), Team: p.team, Unsure: p.unsure, Words: string(kind) + " " + p.words}
	if !p.isName() {
		return nil, nil
	}
	example := string(kind) + " mia@example.com Mia Rossi tz Europe/Rome"
	if local, domain, _ := strings.Cut(o.Address, "@"); local == "" || !strings.Contains(domain, ".") || !team.SureAddress(o.Address) {
		if local == "" || domain == "" { // "add @mia to the reviewers"
			return nil, nil
		}
		return nil, noAddress(o.Address, example)
	}
	if !p.zoned {
		return o, nil
	}
	rule, d, ok := readZone(strings.ToLower(p.zone))
	if d != nil {
		for i, try := range d.Try {
			d.Try[i] = fmt.Sprintf("%s %s", strings.TrimSpace(fmt.Sprintf("%s %s %s", kind, o.Address, o.Name)), try)
		}
	}
	if !ok {
		return nil, d
	}
	o.Rule = rule
	return o, nil
}

// readRemove reads "mia@example.com", "Mia" or "Mia Rossi from web".
func readRemove(words string) (*Order, *team.Doubt) {
	p := parse(words, "from")
	o := &Order{Kind: Remove, Name: p.name(), Team: p.team, Unsure: p.unsure, Words: "remove " + p.words}
	switch {
	case p.wrong || p.zoned || len(p.addresses) > 1 || !p.isName():
		return nil, nil
	case len(p.addresses) == 1:
		if o.Address = p.addresses[0]; strings.HasPrefix(o.Address, "@") || strings.HasSuffix(o.Address, "@") {
			return nil, nil
		}
		o.Name = ""
	case o.Name == "":
		return nil, nil
	default:
		o.Unsure = true
	}
	return o, nil
}

// readList reads nothing, or a team.
func readList(words string) (*Order, *team.Doubt) {
	o := &Order{Kind: List, Words: "list"}
	if strings.Count(words, " ") > 4 {
		return nil, nil
	}
	fields := strings.Fields(words)
	for len(fields) > 0 && slices.Contains([]string{"members", "team", "the", "of", "people"}, strings.ToLower(fields[0])) {
		fields = fields[1:]
	}
	if o.Team = strings.Join(fields, " "); o.Team != "" {
		o.Unsure = true
	}
	return o, nil
}

// readTeamSetting reads an order for the rule of a team, such as "prompt 16:30", "web prompt 16:30" or "prompt 16:30 team web".
func readTeamSetting(words string) (*Order, *team.Doubt) {
	words, named, _ := strings.Cut(words, " team ")
	if words == "" || strings.Contains(named, "@") {
		return nil, nil
	}
	read := func(words string) (*Order, *team.Doubt) {
		for _, s := range settings {
			if rest, ok := follows(strings.ToLower(words), s.words...); ok {
				return s.order(rest)
			}
		}
		if o, ok := phrases[strings.ToLower(words)]; ok && o.Kind == Set {
			return &o, nil
		}
		return nil, nil
	}
	o, d := read(words)
	if first, rest, more := strings.Cut(words, " "); o == nil && d == nil && more && named == "" {
		if o, _ = read(rest); o != nil {
			o.Team, o.Unsure, words = first, true, rest
		}
	}
	if d != nil {
		for i := range d.Try {
			d.Try[i] = "settings " + d.Try[i]
		}
		return nil, d
	}
	if o == nil {
		if meant := misspeltSetting(strings.ToLower(words)); meant != "" && named == "" {
			return nil, unknown(words, "settings "+meant)
		}
		return nil, nil
	}
	o.Kind, o.Words = SetTeam, "settings "+words
	if named != "" {
		o.Team = named
	}
	return o, nil
}

// parsed is what follows the word of an order for a team.
type parsed struct {
	addresses  []string
	names      []string // the words of the name
	before     int      // how many of these stand before the address
	zone, team string
	zoned      bool
	words      string // all but the team
	unsure     bool   // whether the team is one
	wrong      bool   // something is missing or comes twice
}

// parse takes words apart. preposition may stand before a team.
func parse(words, preposition string) (p parsed) {
	fields := strings.Fields(words)
	if n := len(fields); n > 3 && strings.EqualFold(fields[n-1], "team") && strings.EqualFold(fields[n-3], preposition) && slices.Contains([]string{"the", "my", "our"}, strings.ToLower(fields[n-2])) {
		fields = fields[:n-3]
	}
	var zone, named, kept []string
	into := &p.names
	placed := false // the word before the team was seen
	for i, f := range fields {
		last := i == len(fields)-1
		switch lower := strings.ToLower(strings.TrimRight(f, ":")); {
		case strings.Contains(f, "@"):
			p.addresses = append(p.addresses, address(strings.ToLower(f)))
			p.before = len(p.names)
		case lower == "tz" || lower == "timezone" || lower == "zone":
			p.wrong = p.wrong || p.zoned
			p.zoned, into = true, &zone
		case lower == "team" && placed && len(named) == 0 && !last: // "to team web"
			p.unsure = false
			continue
		case lower == "team":
			p.wrong = p.wrong || placed || last || i == 0 // as in "add team calendar"
			placed, into = true, &named
			continue
		case lower == preposition && !placed && i > 0 && !last:
			placed, into, p.unsure = true, &named, true
			continue
		case into == &named:
			named = append(named, strings.Trim(f, ",;()"))
			continue
		default:
			*into = append(*into, strings.Trim(f, ",;()\"“”'‘’")) // a pasted address has its name in quotes
		}
		kept = append(kept, f)
	}
	p.zone, p.team, p.words = strings.Join(zone, " "), strings.Join(named, " "), strings.Join(kept, " ")
	return p
}

// nameLimit is how many words and how many letters the name of a person has at most.
const (
	nameWords   = 5
	nameLetters = 40
)

// particles are parts of names that are written small.
var particles = []string{"de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ten", "ter", "af", "al", "bin", "ibn", "ben", "el", "y", "e", "i", "of", "zu"}

func (p parsed) name() string { return strings.Join(p.names, " ") }

// isName tells whether the words beside the address can be the name of a person, or there are none. Words written small are a name only if
// one of them is in the address behind which they stand: "add mia@example.com yesterday" names nobody.
func (p parsed) isName() bool {
	name := p.name()
	if len(p.names) > nameWords || len([]rune(name)) > nameLetters {
		return false
	}
	small, known := false, false
	for i, word := range p.names {
		first := []rune(word + " ")[0]
		for _, c := range word {
			if !unicode.IsLetter(c) && !unicode.IsMark(c) && !strings.ContainsRune("'’.-‐·", c) {
				return false
			}
		}
		if !unicode.IsLetter(first) {
			return false
		}
		if unicode.IsLower(first) && !slices.Contains(particles, word) {
			small = true
			for _, a := range p.addresses {
				local, _, _ := strings.Cut(a, "@")
				known = known || i >= p.before && strings.Contains(local, strings.ToLower(word)) && len(word) > 1
			}
		}
	}
	return !small || known || len(p.addresses) == 0
}

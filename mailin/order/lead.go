package order

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/zone"
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
		if strings.Count(rest, "@") > 1 {
			return readListed(Kind(word), rest)
		}
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

// newcomersAtOnce is how many people one mail may add or invite.
const newcomersAtOnce = 20

// readNewcomers reads several lines of which each adds or invites somebody. Of an update not every line begins like that.
func readNewcomers(text string) (*Order, *team.Doubt) {
	if len(text) > newcomersAtOnce*longest {
		return nil, nil
	}
	var all []Order
	var doubt *team.Doubt
	for l := range strings.Lines(text) {
		if l = polite(l); l == "" {
			continue
		}
		word, rest, _ := strings.Cut(strings.ToLower(l), " ")
		if word = strings.TrimRight(word, ":"); word != "add" && word != "invite" || !strings.Contains(rest, "@") || len(l) > longest*strings.Count(l, "@") {
			return nil, nil
		}
		o, d := readForLeads(l)
		switch {
		case o != nil && !o.Unsure:
			more := o.More
			o.More = nil
			all = append(append(all, *o), more...)
		case doubt == nil && d != nil:
			doubt = d
		case doubt == nil:
			doubt = &team.Doubt{Why: fmt.Sprintf("I do not understand the line %q", l), Try: []string{word + " mia@example.com Mia Rossi tz Europe/Rome"}}
		}
	}
	return several(all, doubt)
}

// readListed reads "mia@example.com Mia, dev@example.com Dev tz Asia/Kolkata" and "mia@example.com dev@example.com". A team counts for all, and a
// zone that stands last, too.
func readListed(kind Kind, words string) (*Order, *team.Doubt) {
	pieces := strings.FieldsFunc(strings.NewReplacer(" and ", ",", " & ", ",").Replace(words), func(c rune) bool { return c == ',' || c == ';' })
	if !slices.ContainsFunc(pieces, func(piece string) bool { return strings.Count(piece, "@") > 1 }) {
		pieces = slices.DeleteFunc(pieces, func(piece string) bool { return strings.TrimSpace(piece) == "" })
	} else if p := parse(words, "to"); len(p.names) > 0 || p.wrong || p.zoned {
		return nil, nil
	} else {
		pieces = p.addresses
		if _, tail, ok := strings.Cut(words, p.addresses[len(p.addresses)-1]); ok {
			pieces[len(pieces)-1] += tail
		}
	}
	var all []Order
	for _, piece := range pieces {
		if strings.Count(piece, "@") != 1 {
			return nil, nil
		}
		o, d := readNewcomer(kind, piece)
		if o == nil {
			return nil, d
		}
		all = append(all, *o)
	}
	last := all[len(all)-1]
	for i := range all {
		if all[i].Team == "" {
			all[i].Team, all[i].Unsure = last.Team, last.Unsure
		}
		if all[i].Rule.Zone == "" && last.Rule.Zone != "" {
			all[i].Rule.Zone = last.Rule.Zone
			all[i].Words += " tz " + last.Rule.Zone
		}
	}
	return several(all, nil)
}

// several makes one order of many, unless there is a doubt about one of them.
func several(all []Order, doubt *team.Doubt) (*Order, *team.Doubt) {
	switch {
	case len(all) == 0:
		return nil, nil
	case doubt != nil:
		return nil, doubt
	case len(all) > newcomersAtOnce:
		return nil, &team.Doubt{Why: fmt.Sprintf("these are %d people, and I take %d at once", len(all), newcomersAtOnce)}
	}
	o := all[0]
	if o.More = all[1:]; len(o.More) == 0 {
		return &o, nil
	}
	var words []string
	for _, each := range all {
		if each.Kind != o.Kind { // there is no line that says it
			words = nil
			break
		}
		words = append(words, strings.ReplaceAll(strings.TrimPrefix(each.Words, string(o.Kind)+" "), ",", ""))
	}
	o.Words = ""
	if words != nil {
		o.Words = string(o.Kind) + " " + strings.Join(words, ", ")
	}
	return &o, nil
}

// readNewcomer reads "mia@example.com Mia Rossi tz Asia/Tokyo team web". The name may stand in front, "to web" does for the team, and the "tz" may be
// missing where what stands last is written like the name of a zone.
func readNewcomer(kind Kind, words string) (*Order, *team.Doubt) {
	p := parse(words, "to")
	if len(p.addresses) != 1 || p.wrong {
		return nil, nil
	}
	if n := len(p.names); n > p.before && !p.zoned && isZoneName(p.names[n-1]) {
		p.zone, p.zoned, p.names = p.names[n-1], true, p.names[:n-1]
	}
	o := &Order{Kind: kind, Address: p.addresses[0], Name: p.name(), Team: p.team, Unsure: p.unsure, Words: string(kind) + " " + p.words}
	if !p.isName() {
		return nil, nil
	}
	example := string(kind) + " mia@example.com Mia Rossi tz Europe/Rome"
	if !isAddress(o.Address) {
		if strings.HasPrefix(o.Address, "@") || strings.HasSuffix(o.Address, "@") { // "add @mia to the reviewers"
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

// isZoneName tells whether a word is written like the name of a zone: "Europe/Rome", also if it is misspelt.
func isZoneName(word string) bool {
	area, city, ok := strings.Cut(word, "/")
	if !ok || area == "" || city == "" {
		return false
	}
	near, _ := zone.Find(word)
	return len(near) > 0
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
		if rest, ok := follows(strings.ToLower(words), "zone"); ok { // which begins a sentence more often than "tz" does
			if near, _ := zone.Find(rest); len(near) == 0 && rest != "default" && rest != "team" {
				return nil, nil
			}
			return settings[0].order(rest)
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

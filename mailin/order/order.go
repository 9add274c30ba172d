// Package order reads what a member may write to daybreak instead of an update, such as "pause" or "tz Lisbon". In come the member's own
// words, or a subject; out comes one order, or why what looks like one is none that can be carried out. It does not know who
// writes, carries nothing out and stores nothing. Days off are read by mailin/absence.
package order

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"daybreak/internal/spell"
	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// Kind says what is to be done.
type Kind string

// The kinds of orders.
const (
	Pause      Kind = "pause"      // no mail any more
	Resume     Kind = "resume"     // mail again
	Help       Kind = "help"       // tell how daybreak is used
	Settings   Kind = "settings"   // tell what is set for the member
	Undo       Kind = "undo"       // take the last change back
	Set        Kind = "set"        // change a part of the member's rule
	Alias      Kind = "alias"      // take mail from another address for the member's too
	Unalias    Kind = "unalias"    // not any more
	Delegate   Kind = "delegate"   // let an address write for the member
	Undelegate Kind = "undelegate" // not any more
	Name       Kind = "name"       // be called something else
	Digest     Kind = "digest"     // a digest now
	Since      Kind = "since"      // a digest of what was said since a day
	Full       Kind = "full"       // a digest that is not shortened
	Week       Kind = "week"       // what was said in a week, by theme
	Decisions  Kind = "decisions"  // what was decided
	Leave      Kind = "leave"      // be in a team no more
	Join       Kind = "join"       // be in a team
	Data       Kind = "data"       // all that is held of them
	Forget     Kind = "forget"     // erase all that is held of them

	// For leads.
	Add     Kind = "add"      // somebody to a team
	Invite  Kind = "invite"   // ask somebody whether they want to be in a team
	Remove  Kind = "remove"   // a member from a team
	List    Kind = "list"     // tell who is in a team
	SetTeam Kind = "set team" // change a part of a team's rule
)

// Order is something to be done. With Set, Part is the key of the part of the rule and Rule has it; a rule without it
// means that the team's holds again. SetTeam is likewise; without the part the default holds again.
type Order struct {
	Kind    Kind
	Part    string
	Rule    team.Rule   // with Add and Invite the zone, if one is given
	Address string      // with Alias, Unalias, Delegate, Undelegate, Add, Invite and Remove
	Name    string      // with Add, Invite and Remove, "" if none is given; with Remove there is this or an Address
	Team    string      // of those for leads, with Leave and Join: the team's slug or name, "" if none is given
	Said    bool        // in other words than the order's own, which count if they are all of a mail
	Unsure  bool        // it is an order only if the Team is one, or, with Remove, the Name a member's
	More    []Order     // with Add and Invite: the others who are named
	Doubt   *team.Doubt // unless nil its word is spelled wrong: it is to be asked about, if it is an order, and not to be carried out
	Words   string      // with Name the new one, with Since the day, such as "monday", with Decisions that day, too, or "", with Week which one; of those for leads all of them but the team's; as they were written
}

// longest is the number of bytes up to which words can be an order.
const longest = 120

// alone are orders of one word.
var alone = map[string]Kind{
	"pause": Pause, "stop": Pause, "unsubscribe": Pause, "resume": Resume, "start": Resume, "subscribe": Resume,
	"help": Help, "settings": Settings, "status": Settings, "undo": Undo,
}

// setting is an order that sets a part of the rule.
type setting struct {
	words []string // that begin it, the first is the usual one
	part  string
	read  func(words string) (rule team.Rule, d *team.Doubt, ok bool) // what follows them, in small letters
}

var settings = []setting{
	{[]string{"tz"}, "zone", readZone},
	{[]string{"timezone", "time zone"}, "zone", readKnownZone},
	{[]string{"prompt"}, "prompt", clockOf("prompt", func(r *team.Rule, c team.Clock) { r.Prompt, r.PromptSet = c, true })},
	{[]string{"digest"}, "digest", clockOf("digest", func(r *team.Rule, c team.Clock) { r.Digest, r.DigestSet = c, true })},
	{[]string{"days", "working days"}, "working_days", readDays},
	{[]string{"hours", "working hours"}, "working_hours", readHours},
	{[]string{"digests"}, "digests", readDigests},
	{[]string{"rollup", "roll-up", "rollups", "roll-ups"}, "rollup", readRollup},
	{[]string{"receipts"}, "receipts", readReceipts},
	{[]string{"comments"}, "comments", readComments},
}

// Read reads words that are but an order. Without an order d may say what was probably meant; if both are nil, the words are no
// order at all.
func Read(text string) (o *Order, d *team.Doubt) {
	kept := line(text)
	if kept == "" {
		return readNewcomers(text)
	}
	line := strings.ToLower(kept)
	if kind, ok := alone[line]; ok {
		return &Order{Kind: kind}, nil
	}
	if o, ok := phrases[line]; ok {
		return &o, nil
	}
	if o, d := readSaying(line); o != nil || d != nil {
		return o, d
	}
	if o, d := readWording(kept); o != nil || d != nil {
		return o, d
	}
	if name := readName(kept); name != "" {
		return &Order{Kind: Name, Words: name}, nil
	}
	if o, d := readAlias(line); o != nil || d != nil {
		return o, d
	}
	if o, d := readDelegate(line); o != nil || d != nil {
		return o, d
	}
	if o, d := readForLeads(kept); o != nil || d != nil {
		return o, d
	}
	if o := readPlace(kept); o != nil {
		return o, nil
	}
	if rest, ok := follows(line, "digest since", "digests since"); ok {
		return readSince(Since, rest)
	}
	if rest, ok := follows(line, "decisions since", "decision since"); ok {
		return readSince(Decisions, rest)
	}
	for _, s := range settings {
		if rest, ok := follows(line, s.words...); ok {
			if o, d := s.order(rest); o != nil || d != nil {
				return o, d
			}
		}
	}
	if o := misspeltPlace(kept); o != nil {
		return o, nil
	}
	return nil, misspelt(kept)
}

// line gives the words that may be an order: one line, without what is polite around it. "" if there is more.
func line(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > longest {
		return ""
	}
	var lines []string
	for l := range strings.Lines(text) {
		if l = polite(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) != 1 {
		return ""
	}
	return lines[0]
}

// courtesies stand before and behind an order.
var courtesies = []string{"please", "pls", "thanks", "thank you", "thx", "cheers", "hi", "hello", "hi daybreak", "hello daybreak", "daybreak", "best", "best regards", "regards", "kind regards"}

// aside is what we put behind an order that we propose.
var aside = regexp.MustCompile(` \(it is \d\d:\d\d there\)`)

func polite(l string) string {
	l = strings.Join(strings.Fields(l), " ")
	if strings.HasSuffix(l, " there)") {
		l = aside.ReplaceAllString(l, "")
	}
	for {
		short := strings.Trim(l, " .,!*_:-•\"'“”。！、，")
		for _, c := range courtesies {
			n := len(c)
			switch {
			case strings.EqualFold(short, c):
				return ""
			case len(short) <= n:
			case short[n] == ' ' && strings.EqualFold(short[:n], c):
				short = short[n+1:]
			case short[len(short)-n-1] == ' ' && strings.EqualFold(short[len(short)-n:], c):
				short = short[:len(short)-n-1]
			}
		}
		if short == l {
			return l
		}
		l = short
	}
}

// follows gives what follows words that begin an order.
func follows(line string, words ...string) (rest string, ok bool) {
	for _, w := range words {
		if line == w {
			return "", true
		}
		if rest, ok := strings.CutPrefix(line, w); ok && (rest[0] == ' ' || rest[0] == ':' || rest[0] == '=') {
			return strings.TrimLeft(rest, " :="), true
		}
	}
	return "", false
}

// order reads what is to be set.
func (s setting) order(rest string) (*Order, *team.Doubt) {
	if rest == "default" || rest == "team" {
		return &Order{Kind: Set, Part: s.part}, nil
	}
	rule, d, ok := s.read(rest)
	if !ok {
		return nil, d
	}
	return &Order{Kind: Set, Part: s.part, Rule: rule}, nil
}

// readKnownZone reads a zone behind words that may as well begin a sentence.
func readKnownZone(words string) (team.Rule, *team.Doubt, bool) {
	if !zone.Known(words) {
		return team.Rule{}, nil, false
	}
	return readZone(words)
}

func readZone(words string) (team.Rule, *team.Doubt, bool) {
	if words == "" {
		return team.Rule{}, &team.Doubt{Why: "it names no zone", Try: []string{"tz Lisbon"}}, false
	}
	zones, sure := zone.Find(words)
	if sure {
		return team.Rule{Zone: zones[0]}, nil, true
	}
	if len(zones) == 0 && strings.Contains(words, " ") {
		return team.Rule{}, nil, false // it tells something else
	}
	d := &team.Doubt{Why: fmt.Sprintf("I know no zone %q; the nearest large city has one", words)}
	if len(zones) > 0 {
		d.Why = fmt.Sprintf("I am not sure which zone %q means", words)
	}
	for _, z := range zones {
		d.Try = append(d.Try, "tz "+z)
	}
	return team.Rule{}, d, false
}

// clockOf reads a time of day for an order.
func clockOf(word string, set func(*team.Rule, team.Clock)) func(string) (team.Rule, *team.Doubt, bool) {
	return func(words string) (rule team.Rule, d *team.Doubt, ok bool) {
		words = strings.TrimPrefix(words, "at ")
		c, ok := readClock(words)
		if !ok {
			return rule, numbered(word, words, word+" 16:30"), false
		}
		set(&rule, c)
		return rule, nil, true
	}
}

// almost are words that are probably meant as a time of day, or as two.
var almost = regexp.MustCompile(`^\d{1,2}([:.h]?\d{0,2})? ?([ap]\.?m\.?|uhr|h|o'?clock)?( ?[-–] ?\d{1,2}([:.h]?\d{0,2})? ?([ap]\.?m\.?|uhr|h)?)?$`)

// numbered is the doubt about words that should be times, if they look like such.
func numbered(word, words, example string) *team.Doubt {
	if !almost.MatchString(words) || word == "hours" && !strings.Contains(span(words), "-") {
		return nil
	}
	return &team.Doubt{Why: fmt.Sprintf("I do not understand %q behind %q", words, word), Try: []string{example}}
}

func readDays(words string) (team.Rule, *team.Doubt, bool) {
	if days, err := team.ParseWorkdays(span(words)); err == nil {
		return team.Rule{Days: days}, nil, true
	}
	first, _, _ := strings.Cut(span(words), "-")
	if first, _, _ = strings.Cut(first, ","); strings.Count(words, " ") < 6 {
		if _, err := team.ParseWeekdays(first); err == nil {
			return team.Rule{}, &team.Doubt{Why: fmt.Sprintf("I do not understand the days %q", words), Try: []string{"days mon-thu", "days mon,wed,fri"}}, false
		}
	}
	return team.Rule{}, nil, false
}

// span is a stretch or a list as the team file writes it: "mon - thu" and "mon to thu" become "mon-thu".
func span(words string) string {
	s := strings.NewReplacer("–", "-", "—", "-", " to ", "-", " and ", ",", "&", ",").Replace(words)
	for _, mark := range []string{"-", ","} {
		s = strings.ReplaceAll(strings.ReplaceAll(s, " "+mark, mark), mark+" ", mark)
	}
	if s == "every day" || s == "daily" {
		return "mon-sun"
	}
	return s
}

// readHours reads "9-17", and "9-17, fri 9-13" where some days have hours of their own.
func readHours(words string) (team.Rule, *team.Doubt, bool) {
	var pieces []string
	for i, piece := range strings.Split(words, ",") {
		days := ""
		if piece = strings.TrimSpace(piece); i > 0 {
			days, piece, _ = strings.Cut(piece, " ")
			days += " "
		}
		from, to, _ := strings.Cut(span(piece), "-")
		start, ok1 := readHour(from)
		end, ok2 := readHour(to)
		if !ok1 || !ok2 {
			return team.Rule{}, numbered("hours", words, "hours 09:00-17:00"), false
		}
		if end < start && end < 12*60 && !strings.ContainsAny(piece, "amp:") { // "9-5"
			end += 12 * 60
		}
		pieces = append(pieces, days+start.String()+"-"+end.String())
	}
	hours, err := team.ParseWorkHours(strings.Join(pieces, ", "))
	if err != nil {
		return team.Rule{}, numbered("hours", words, "hours 09:00-17:00, fri 09:00-13:00"), false
	}
	return team.Rule{Hours: hours}, nil, true
}

// readAlias reads an address that is to be one of the member's, or not any more.
func readAlias(line string) (*Order, *team.Doubt) {
	o := Order{Kind: Alias}
	rest, ok := follows(line, "unalias", "alias remove", "alias delete", "alias drop", "remove alias", "delete alias")
	if ok {
		o.Kind = Unalias
	} else if rest, ok = follows(line, "alias"); !ok {
		return nil, nil
	}
	o.Address = address(rest)
	switch {
	case !strings.Contains(o.Address, "@") || strings.Contains(o.Address, " "):
		return nil, nil
	case !isAddress(o.Address):
		return nil, noAddress(o.Address, "alias mia@home.example")
	}
	return &o, nil
}

// address is the address that a word stands for.
func address(word string) string {
	return team.CleanAddress(strings.TrimPrefix(strings.Trim(word, "<>(),;"), "mailto:"))
}

// isAddress tells whether mail can go to what is like an address.
func isAddress(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	return local != "" && strings.Contains(strings.Trim(domain, "."), ".") && team.SureAddress(addr)
}

func noAddress(addr, example string) *team.Doubt {
	return &team.Doubt{Why: fmt.Sprintf("%q is not an address that I can take", addr), Try: []string{example}}
}

func readComments(words string) (rule team.Rule, d *team.Doubt, ok bool) {
	when, err := team.ParseComments(words)
	return team.Rule{Comments: when}, nil, err == nil
}

// readRollup reads whether a roll-up of the week is wanted: "weekly", "never", "on" or "off".
func readRollup(words string) (rule team.Rule, d *team.Doubt, ok bool) {
	switch words {
	case "on", "yes", "every week", "each week":
		words = string(team.RollupWeekly)
	case "off", "no", "none", "stop":
		words = string(team.RollupNever)
	}
	rollup, err := team.ParseRollup(words)
	return team.Rule{Rollup: rollup}, nil, err == nil
}

func readReceipts(words string) (team.Rule, *team.Doubt, bool) {
	receipts, err := team.ParseReceipts(words)
	if err != nil {
		if !slices.Contains([]string{"on", "off", "yes", "no", "all", "none", "sometimes"}, words) && spell.Nearest(words, []string{"always", "unsure", "never"}) == "" {
			return team.Rule{}, nil, false
		}
		return team.Rule{}, &team.Doubt{Why: fmt.Sprintf("I do not understand %q behind \"receipts\"", words), Try: []string{"receipts always", "receipts unsure", "receipts never"}}, false
	}
	return team.Rule{Receipts: receipts}, nil, true
}

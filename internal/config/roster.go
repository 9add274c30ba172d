package config

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// What a team file may hold.
const (
	maxQuestions = 20
	maxQuestion  = 500 // characters
	maxName      = 200 // characters
	maxSlug      = 40
)

// LoadRoster reads a team file. The error is Errors if the file could be read but has mistakes.
func LoadRoster(path string) (team.Roster, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return team.Roster{}, fmt.Errorf("reading the team file: %w", err)
	}
	return ParseRoster(data, path)
}

// ParseRoster reads the text of a team file. Its name serves for messages. A person who is in several teams may be
// described once and named in the others by an address alone; the roster then has them whole everywhere.
func ParseRoster(data []byte, name string) (team.Roster, error) {
	doc := &document{file: name}
	top := doc.open(data)
	if top == nil {
		return team.Roster{}, doc.err()
	}
	r := &rosterReader{slugs: map[string]int{}, people: map[string]*described{}}
	var roster team.Roster
	teams, stated := top.tables("team")
	for _, t := range teams {
		roster.Teams = append(roster.Teams, r.team(t))
	}
	if len(teams) == 0 && (!stated || len(doc.problems) == 0) {
		top.missing(0, "team", `add [[team]] with slug = "platform" and name = "Platform"; see daybreak init --sample-team`, "there is no team")
	}
	top.close()
	if err := doc.err(); err != nil {
		return team.Roster{}, err
	}
	return roster, nil
}

type rosterReader struct {
	slugs  map[string]int // slug → line
	people map[string]*described
}

// described is a person where they were described first.
type described struct {
	member  team.Member
	slug    string
	line    int
	isWrong bool // there are mistakes in it
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func (r *rosterReader) team(t *table) team.RosterTeam {
	var rt team.RosterTeam
	name, hasName := t.text("name", "Platform")
	if !t.has("name") {
		t.missing(t.line("name"), "name", `add name = "Platform"`, "%s has no name", t.name)
	} else if hasName {
		t.notLonger(t.line("name"), "name", name, maxName)
	}
	slug, ok := t.text("slug", "platform")
	proposal := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if proposal == "" {
		proposal = "platform"
	}
	switch {
	case !t.has("slug"):
		t.missing(t.line("slug"), "slug", fmt.Sprintf("add slug = %q, the short name used in commands", proposal), "%s has no slug", t.name)
	case ok && (!slugForm.MatchString(slug) || len(slug) > maxSlug):
		if better := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(slug), "-"), "-"); better != "" && len(better) <= maxSlug {
			proposal = better
		}
		t.wrong("slug", fmt.Sprintf("use at most %d lower-case letters, digits and single dashes, such as %q", maxSlug, proposal), "slug %q cannot be used", slug)
	case ok && r.slugs[slug] > 0:
		t.wrong("slug", "give each team its own", "slug %q is used on line %d already", slug, r.slugs[slug])
	case ok:
		r.slugs[slug] = t.line("slug")
	}
	rt.Team = team.Team{Slug: slug, Name: name, Defaults: readRule(t), DaysOff: readDaysOff(t)}
	if text, ok := t.text("sender_check", "warn"); ok {
		check, err := team.ParseSenderCheck(text)
		if err != nil {
			t.wrong("sender_check", "", "sender_check: %v", err)
		}
		rt.Team.SenderCheck = check
	}
	if text, ok := t.text("response", "1d"); ok {
		response, err := team.ParseResponse(text)
		if err != nil {
			t.wrong("response", "", "response: %v", err)
		}
		rt.Team.Response = response
	}
	rt.Team.CheckIns = readCheckIns(t)
	members, _ := t.tables("member")
	own := map[string]int{} // address → line, within this team
	for _, m := range members {
		rt.Members = append(rt.Members, r.member(m, rt.Team, own))
	}
	t.close()
	return rt
}

// readRule reads the keys that a team and a member have in common.
func readRule(t *table) team.Rule {
	var rule team.Rule
	if name, ok := t.text("zone", "Europe/Paris"); ok {
		if wrong, hint := zone.Check(name); wrong != "" {
			t.wrong("zone", hint, "%s", wrong)
		}
		rule.Zone = name
	}
	if days, ok := t.text("working_days", "mon-fri"); ok {
		set, err := team.ParseWorkdays(days)
		if err != nil {
			t.wrong("working_days", "", "working_days: %v", err)
		}
		rule.Days = set
	}
	if hours, ok := t.text("working_hours", "09:00-17:00"); ok {
		span, err := team.ParseWorkHours(hours)
		if err != nil {
			t.wrong("working_hours", "", "working_hours: %v", err)
		}
		rule.Hours = span
	}
	rule.Holidays = readRegions(t)
	clock := func(key, example string) (team.Clock, bool) {
		text, ok := t.text(key, example)
		if !ok {
			return 0, false
		}
		c, err := team.ParseClock(text)
		if err != nil {
			t.wrong(key, "", "%s: %v", key, err)
		}
		return c, true
	}
	rule.Prompt, rule.PromptSet = clock("prompt", "16:00")
	rule.Digest, rule.DigestSet = clock("digest", "09:00")
	if text, ok := t.text("digests", "daily"); ok {
		digests, err := team.ParseDigests(text)
		if err != nil {
			t.wrong("digests", "", "digests: %v", err)
		}
		rule.Digests = digests
	}
	if text, ok := t.text("rollup", "weekly"); ok {
		rollup, err := team.ParseRollup(text)
		if err != nil {
			t.wrong("rollup", "", "rollup: %v", err)
		}
		rule.Rollup = rollup
	}
	if text, ok := t.text("receipts", "unsure"); ok {
		receipts, err := team.ParseReceipts(text)
		if err != nil {
			t.wrong("receipts", "", "receipts: %v", err)
		}
		rule.Receipts = receipts
	}
	if text, ok := t.text("comments", "daily"); ok {
		comments, err := team.ParseComments(text)
		if err != nil {
			t.wrong("comments", "", "comments: %v", err)
		}
		rule.Comments = comments
	}
	return rule
}

// readCheckIns reads a team's check-ins. A team that does not mention any has the usual one; "checkin = []" means none.
func readCheckIns(t *table) []team.CheckIn {
	list, stated := t.tables("checkin")
	if !stated {
		return []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}}
	}
	lines := map[string]int{}
	var all []team.CheckIn
	for _, c := range list {
		checkIn := team.CheckIn{Reminder: c.flag("reminder", true)}
		name, ok := c.text("name", "daily")
		switch {
		case !c.has("name"):
			c.missing(c.line("name"), "name", `add name = "daily"`, "%s has no name", c.name)
		case ok && !c.notLonger(c.line("name"), "name", name, maxName):
		case ok && lines[name] > 0:
			c.wrong("name", "give each check-in of a team its own", "check-in %q is on line %d already", name, lines[name])
		case ok:
			lines[name] = c.line("name")
		}
		checkIn.Name = name
		questions, at, ok := c.texts("questions", "What got done?")
		switch {
		case ok && len(questions) == 0 && len(c.values["questions"].([]any)) == 0:
			c.wrong("questions", `such as questions = ["What got done?"]; or leave the key out for the usual three`, "a check-in must ask something")
		case len(questions) > maxQuestions:
			c.wrong("questions", fmt.Sprintf("at most %d; three are answered best", maxQuestions), "%d questions", len(questions))
		}
		for i, q := range questions {
			c.notLonger(at[i], "a question", q, maxQuestion)
			if j := slices.Index(questions, q); j < i {
				c.wrongAt(at[i], "leave one of them out", "the question %q is asked twice", q)
			}
		}
		if !c.has("questions") {
			questions = team.DefaultQuestions()
		}
		checkIn.Questions = questions
		if days, ok := c.text("days", "working days"); ok {
			schedule, err := team.ParseSchedule(days)
			if err != nil {
				c.wrong("days", "", "days: %v", err)
			}
			checkIn.Schedule = schedule
		}
		c.close()
		all = append(all, checkIn)
	}
	return all
}

func (r *rosterReader) member(t *table, in team.Team, own map[string]int) team.RosterMember {
	before := len(t.doc.problems)
	rm := r.readMember(t, in, own)
	t.close()
	if len(t.doc.problems) > before {
		for _, a := range rm.Member.Addresses {
			if d := r.people[a]; d != nil && d.line == t.doc.lines.of(t.path) {
				d.isWrong = true
			}
		}
	}
	return rm
}

func (r *rosterReader) readMember(t *table, in team.Team, own map[string]int) team.RosterMember {
	before := len(t.doc.problems)
	lead := t.flag("lead", false)
	name, _ := t.text("name", "Aiko Tanaka")
	t.notLonger(t.line("name"), "name", name, maxName)
	hasName := t.has("name")
	m := team.Member{Name: name, Addresses: r.addresses(t, own), Rule: readRule(t)}
	m.Delegates = readDelegates(t, m)
	if m.Addresses == nil {
		return team.RosterMember{}
	}
	line := t.doc.lines.of(t.path)
	var first *described
	for _, a := range m.Addresses {
		if first = r.people[a]; first != nil {
			break
		}
	}
	if first != nil && first.isWrong {
		return team.RosterMember{Member: m} // it would be found wrong for the same reason
	} else if first != nil {
		if len(t.doc.problems) == before {
			m = same(t, m, first, own)
		}
	} else if !hasName {
		t.missing(t.line("name"), "name", `add name = "Aiko Tanaka"`, "%s %s has no name", t.name, m.Address())
	}
	if m.Rule.Zone == "" && in.Defaults.Zone == "" && !t.has("zone") {
		t.missing(line, "zone", `add zone = "Europe/Paris" here or in [[team]]`, "%s %s has no zone", t.name, m.Address())
	}
	if first == nil {
		d := &described{member: m, slug: in.Slug, line: line}
		for _, a := range m.Addresses {
			r.people[a] = d
		}
	}
	return team.RosterMember{Member: m, Lead: lead}
}

// readDelegates reads the addresses that may write for a member.
func readDelegates(t *table, m team.Member) (clean []string) {
	texts, at, _ := t.texts("delegates", "assistant@example.com")
	for i, text := range texts {
		switch address, wrong, hint := CheckAddress(text); {
		case wrong != "":
			t.wrongAt(at[i], hint, "%s", wrong)
		case slices.Contains(m.Addresses, address):
			t.wrongAt(at[i], "leave it out", "%s is an address of theirs, from which they write anyway", address)
		case slices.Contains(clean, address):
			t.wrongAt(at[i], "leave one out", "address %s is written twice", address)
		default:
			clean = append(clean, address)
		}
	}
	return clean
}

// addresses reads a member's addresses; nil if there is none to use.
func (r *rosterReader) addresses(t *table, own map[string]int) []string {
	texts, at, ok := t.texts("addresses", "aiko@example.com")
	if !t.has("addresses") {
		t.missing(t.line("addresses"), "addresses", `add addresses = ["aiko@example.com"]`, "%s has no addresses", t.name)
	} else if list, _ := t.values["addresses"].([]any); ok && len(list) == 0 {
		t.wrong("addresses", `such as addresses = ["aiko@example.com"]`, "a member must have an address")
	}
	var clean []string
	for i, text := range texts {
		address, wrong, hint := checkAddress(text, true)
		switch {
		case wrong != "":
			t.wrongAt(at[i], hint, "%s", wrong)
		case slices.Contains(clean, address):
			t.wrongAt(at[i], "leave one out", "address %s is written twice", address)
		case own[address] > 0:
			t.wrongAt(at[i], "an address belongs to one person", "address %s is on line %d already, of another member of this team", address, own[address])
		default:
			clean = append(clean, address)
		}
	}
	for _, a := range clean {
		own[a] = t.line("addresses")
	}
	return clean
}

// same takes a person who has been described in another team already. What is said here must be the same.
func same(t *table, m team.Member, first *described, own map[string]int) team.Member {
	want := first.member
	for _, a := range want.Addresses {
		if !slices.Contains(m.Addresses, a) {
			if own[a] > 0 {
				t.wrong("addresses", "a person is in a team once", "%s is in this team already, as %s on line %d", want.Address(), a, own[a])
			}
			own[a] = t.line("addresses")
		}
	}
	differs := func(key, here, there string) {
		if there == "" {
			there = "nothing"
		}
		t.wrong(key, fmt.Sprintf("a person is the same in every team: say it at one place, on line %d", first.line),
			"%s of %s is %s here and %s in team %s", key, want.Address(), here, there, first.slug)
	}
	if m.Name != "" && m.Name != want.Name {
		differs("name", quote(m.Name), quote(want.Name))
	}
	for _, a := range m.Addresses {
		if !slices.Contains(want.Addresses, a) {
			differs("addresses", strings.Join(m.Addresses, ", "), strings.Join(want.Addresses, ", "))
			break
		}
	}
	if len(m.Delegates) > 0 && !slices.Equal(m.Delegates, want.Delegates) {
		differs("delegates", strings.Join(m.Delegates, ", "), strings.Join(want.Delegates, ", "))
	}
	for _, part := range team.RuleParts() {
		here, there := part.Text(m.Rule), part.Text(want.Rule)
		if here != "" && here != there {
			differs(part.Key, here, there)
		}
	}
	want.Addresses = slices.Clone(want.Addresses)
	return want
}

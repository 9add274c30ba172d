// Package team holds daybreak's words as types: teams, members, check-ins, updates, mails and what is made of them.
//
// These are the values that mailin, digest and the store hand to each other. The package knows no database, no mail
// and no template; it uses the standard library only.
package team

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"
	"sync"
	"time"
)

// Team is a group of people who read each other.
type Team struct {
	ID       int64
	Slug     string // lower-case letters, digits and dashes; names the team in commands and in its address
	Name     string
	Defaults Rule // unset parts fall back to Default
	DaysOff  DaysOff
	CheckIns []CheckIn

	SenderCheck SenderCheck // "" is the default
	Response    Response
}

// CheckIn is a recurring set of questions of a team.
type CheckIn struct {
	ID        int64
	TeamID    int64
	Name      string
	Questions []string
	Schedule  Schedule // the days on which it is asked
	Reminder  bool     // one reminder the next morning if nothing came
}

// Rule is when a person works and wants mail. In a Team or a Member a zero part means "as above".
type Rule struct {
	Zone   string // IANA name
	Days   Workdays
	Hours  WorkHours
	Prompt Clock
	Digest Clock
	// Set tells which clocks are stated, since 00:00 is a time too.
	PromptSet, DigestSet bool
	Digests              Digests
	Rollup               Rollup
	Receipts             Receipts
	Comments             Comments
	Holidays             string // regions whose public holidays are kept, "DE-BY, AT", or NoHolidays
}

// Digests says how often a member's digest comes.
type Digests string

// The choices. Daily is the default, on each working day. Weekly is on the first working day of each week, with all that came since the last.
const (
	Daily  Digests = "daily"
	Weekly Digests = "weekly"
)

// ParseDigests reads "daily" or "weekly".
func ParseDigests(s string) (Digests, error) {
	switch d := Digests(s); d {
	case Daily, Weekly:
		return d, nil
	}
	return "", fmt.Errorf("%q is not how often digests come; write daily or weekly", s)
}

// Rollup says whether a member gets a roll-up of each week.
type Rollup string

// The choices. RollupWeekly is the default, on the last working day of each week. Whoever's digests come once a week gets none: these are one.
const (
	RollupWeekly Rollup = "weekly"
	RollupNever  Rollup = "never"
)

// ParseRollup reads "weekly" or "never".
func ParseRollup(s string) (Rollup, error) {
	switch r := Rollup(s); r {
	case RollupWeekly, RollupNever:
		return r, nil
	}
	return "", fmt.Errorf("%q is not when a roll-up is sent; write weekly or never", s)
}

// RollsUp tells whether a roll-up of each week comes by the rule.
func (r Rule) RollsUp() bool { return r.Rollup != RollupNever && r.Digests != Weekly }

// Receipts says when a member gets a mail that shows what was understood of theirs.
type Receipts string

// The choices. ReceiptsUnsure means that the reading may be wrong; it is the default.
const (
	ReceiptsAlways Receipts = "always"
	ReceiptsUnsure Receipts = "unsure"
	ReceiptsNever  Receipts = "never"
)

// ParseReceipts reads "always", "unsure" or "never".
func ParseReceipts(s string) (Receipts, error) {
	switch r := Receipts(s); r {
	case ReceiptsAlways, ReceiptsUnsure, ReceiptsNever:
		return r, nil
	}
	return "", fmt.Errorf("%q is not when receipts are sent; write always, unsure or never", s)
}

// Comments says when a member is told what others answer where they take part: to their items, and after their own answers.
type Comments string

// The choices. CommentsDaily is the default, with their digest.
const (
	CommentsDaily  Comments = "daily"
	CommentsAtOnce Comments = "at once" // within their working hours
)

// ParseComments reads "at once" or "daily".
func ParseComments(s string) (Comments, error) {
	switch c := Comments(s); c {
	case CommentsDaily, CommentsAtOnce:
		return c, nil
	}
	return "", fmt.Errorf("%q is not when comments are sent; write at once or daily", s)
}

// defaultRule is the rule of everyone for whom nothing else is said: Monday to Friday, 09:00 to 17:00, asked at 16:00,
// told at 09:00 on each working day, shown what was understood where that is unsure.
func defaultRule() Rule {
	return Rule{
		Days:   Workdays{Days: 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday},
		Hours:  WorkHours{Hours: Hours{9 * 60, 17 * 60}},
		Prompt: 16 * 60, PromptSet: true,
		Digest: 9 * 60, DigestSet: true,
		Digests:  Daily,
		Rollup:   RollupWeekly,
		Receipts: ReceiptsUnsure,
		Comments: CommentsDaily,
		Holidays: NoHolidays,
	}
}

// DefaultQuestions are asked by a check-in that names none.
func DefaultQuestions() []string {
	return []string{"What got done?", "What is next?", "What is in the way?"}
}

// Or fills the unset parts of r from the rule below it.
func (r Rule) Or(below Rule) Rule {
	if r.Zone == "" {
		r.Zone = below.Zone
	}
	if r.Days.IsZero() {
		r.Days = below.Days
	}
	if r.Hours.IsZero() {
		r.Hours = below.Hours
	}
	if !r.PromptSet {
		r.Prompt, r.PromptSet = below.Prompt, below.PromptSet
	}
	if !r.DigestSet {
		r.Digest, r.DigestSet = below.Digest, below.DigestSet
	}
	if r.Digests == "" {
		r.Digests = below.Digests
	}
	if r.Rollup == "" {
		r.Rollup = below.Rollup
	}
	if r.Receipts == "" {
		r.Receipts = below.Receipts
	}
	if r.Comments == "" {
		r.Comments = below.Comments
	}
	if r.Holidays == "" {
		r.Holidays = below.Holidays
	}
	return r
}

// ClockOn is the clock as it holds on a day. On a day whose hours are not the usual ones a time within the usual hours that would fall
// outside keeps its distance from the end, or from the start.
func (r Rule) ClockOn(c Clock, d Date) Clock {
	usual, h := r.Hours.Hours, r.Hours.On(d.Weekday())
	switch {
	case h == usual, c < usual.Start, c >= usual.End:
		return c
	case c >= h.End:
		return max(h.Start, h.End-(usual.End-c))
	case c < h.Start:
		return min(h.Start+(c-usual.Start), h.End-1)
	}
	return c
}

// zones are those that were loaded: IANA name → *time.Location. To read one from disk takes longer than what is mostly done with it.
var zones sync.Map

// Location loads the rule's zone. It never falls back to another zone.
func (r Rule) Location() (*time.Location, error) {
	if r.Zone == "" || r.Zone == "Local" {
		return nil, fmt.Errorf("no time zone; write an IANA name such as Europe/Paris")
	}
	if loc, ok := zones.Load(r.Zone); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; write an IANA name such as Europe/Paris", r.Zone)
	}
	zones.Store(r.Zone, loc)
	return loc, nil
}

// Clocks is a text that stays the same as long as the clocks of the zone go the same from 2020 to 2040: a digest of all changes of the
// offset.
func (r Rule) Clocks() (string, error) {
	loc, err := r.Location()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for at := time.Date(2020, 1, 1, 0, 0, 0, 0, loc); at.Year() < 2040; {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		fmt.Fprintln(sum, offset, end.Unix())
		if end.IsZero() {
			break
		}
		at = end
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// Member is a person: who they are, where they live and when they want mail. A person may be in several teams and is
// one Member in all of them.
type Member struct {
	ID        int64
	Name      string
	Addresses []string // the first is the main one, to which mail is sent; all lower-case
	Delegates []string // of a roster: the addresses that may write for them; the database tells them by Allowing only
	Rule      Rule     // the member's own; unset parts come from the team
	Away      Away
	Paused    bool
	Unreached Unreached
	Told      Date // the last day whose digest was made or had nothing to say; it is over with
	Missed    bool // that digest could not be sent
	Rolled    Date // the last day whose roll-up was made or had nothing to say; the week is over with
}

// Unreached tells that mail does not arrive at a member, so that they are sent nothing but a try each week. The zero value: it does.
type Unreached struct {
	Since  time.Time
	Probed time.Time // the last try; Since before the first one
	Why    string    // the server's words

	// Daybreak: another daybreak reads what is sent there. It gets one mail, so that it learns the same, and no more; zero Probed: not yet.
	Daybreak bool
}

// ProbeEvery is how long after one try the next one follows.
const ProbeEvery = 7 * 24 * time.Hour

// Reachable tells whether mail to the member arrives, as far as is known.
func (m Member) Reachable() bool { return m.Unreached.Since.IsZero() }

// MayTry tells whether the member may be sent a mail at now: mail arrives there, or the week's try is due.
func (m Member) MayTry(now time.Time) bool {
	if m.Unreached.Daybreak {
		return m.Unreached.Probed.IsZero()
	}
	return m.Reachable() || !now.Before(m.Unreached.Probed.Add(ProbeEvery))
}

// Address is the member's main address.
func (m Member) Address() string {
	if len(m.Addresses) == 0 {
		return ""
	}
	return m.Addresses[0]
}

// Membership is a member's place in one team.
type Membership struct {
	Team Team
	Lead bool
}

// Person is a member with every team they are in, the first joined first.
type Person struct {
	Member
	Teams  []Membership
	Public PublicHolidays // nil: none are known
}

// RuleIn is the rule that holds for the person in the team: their own, then the team's, then the default.
func (p Person) RuleIn(t Team) Rule { return p.Member.Rule.Or(t.Defaults).Or(defaultRule()) }

// Team gives one of the person's teams.
func (p Person) Team(id int64) (Team, bool) {
	for _, m := range p.Teams {
		if m.Team.ID == id {
			return m.Team, true
		}
	}
	return Team{}, false
}

// WorksOn tells whether the person works on a date by the rule that holds for them in a team: not when they are away, and not on a
// holiday.
func (p Person) WorksOn(d Date, t Team) bool {
	rule := p.RuleIn(t)
	return p.WorksBy(&rule, d, &t)
}

// WorksBy is WorksOn where the rule that holds for them in the team is at hand.
func (p *Person) WorksBy(rule *Rule, d Date, t *Team) bool {
	if _, away := p.Away.On(d); away || !rule.Days.On(d) {
		return false
	}
	_, _, holiday := p.holiday(d, t, rule.Holidays)
	return !holiday
}

// Back is the first day after a span on which the person works again in a team; zero if there is none to be seen.
func (p Person) Back(s Span, t Team) Date {
	if s.Through.IsZero() {
		return Date{}
	}
	for d, n := s.Through.Add(1), 0; n < 100; d, n = d.Add(1), n+1 {
		if p.WorksOn(d, t) {
			return d
		}
	}
	return Date{}
}

// DigestTeam is the team by whose days the person's one digest of all teams is due: the first; zero for who is in none.
func (p Person) DigestTeam() Team {
	if len(p.Teams) == 0 {
		return Team{}
	}
	return p.Teams[0].Team
}

// DigestRule is the rule by which the person's one digest of all teams is due.
func (p Person) DigestRule() Rule { return p.RuleIn(p.DigestTeam()) }

// SureAddress tells whether a cleaned address can become a member's by mail: one that is written in ASCII, so that it cannot be made to look
// like another.
func SureAddress(addr string) bool {
	ascii := strings.IndexFunc(addr, func(c rune) bool { return c <= ' ' || c >= 0x7f }) < 0
	parsed, err := mail.ParseAddress("<" + addr + ">")
	return err == nil && parsed.Address == addr && ascii && len(addr) <= 254 && !strings.Contains(addr, "xn--")
}

// CleanAddress is the form in which addresses are kept and compared: trimmed, lower-case, without angle brackets.
func CleanAddress(s string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(s), "<>"))
}

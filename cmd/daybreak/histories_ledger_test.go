package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The ledger of a history knows who is where, works when, and is away, as people would write it down, and from that alone what may reach
// whom at which moment and what must. It shares no code with the engine: days are counted from 1970-01-01, times are Unix seconds, and
// zones are read by looking at the wall.

// rules are what a team file may state of a team or a person, "" for nothing.
type rules struct{ zone, days, hours, prompt, digest, holidays, digests, rollup string }

func (r rules) or(below rules) rules {
	pick := func(a, b string) string {
		if a == "" {
			return b
		}
		return a
	}
	return rules{pick(r.zone, below.zone), pick(r.days, below.days), pick(r.hours, below.hours), pick(r.prompt, below.prompt),
		pick(r.digest, below.digest), pick(r.holidays, below.holidays), pick(r.digests, below.digests), pick(r.rollup, below.rollup)}
}

var commonRules = rules{days: "mon-fri", hours: "09:00-17:00", prompt: "16:00", digest: "09:00", holidays: "none", digests: "daily", rollup: "weekly"}

// publicDays are the holidays of the regions that histories know.
var publicDays = map[string][]string{
	"XA": {"2026-03-06", "2026-03-30", "2026-10-02", "2026-10-26"},
	"XB": {"2026-03-09", "2026-03-31", "2026-10-05", "2026-11-02"},
}

type (
	groupOf struct {
		rules rules
		off   map[int]bool
	}
	someone struct {
		name   string
		own    rules
		teams  []int // in the order of joining
		off    map[int]bool
		paused bool
		told   int // the newest day whose digest may have had its turn
		weekly int // the day of the last digest that they got, as one a week, while nothing about them changed
		rolled int // the newest day whose roll-up may have had its turn
		rollup int // the day of the last roll-up that they got
	}
	word struct {
		text      string
		place     int // in the order in which things were said, from 1
		author    int
		team      int
		withdrawn bool
		readers   map[int]bool // who is to have it
		had       map[int]int
		unsure    map[int]bool // readers to whom it went with an answer lost
		rolled    map[int]int  // in roll-ups
		perhaps   map[int]bool // readers to whom it went in a roll-up with an answer lost
		at        int64
		refused   bool // mails were, since it was said: then it is told for some time only
	}
	// chanceOf is a prompt, a digest or a roll-up of a person for a day.
	chanceOf struct {
		who, team int // team -1: the digest, -2: the roll-up
		day       int
	}
	// promised is what has to come: at once, or if that is not possible before its window closes.
	promised struct {
		chanceOf
		kind      string
		at, until int64
		words     []*word
		late      bool // something was out of order since its time
	}
)

type ledger struct {
	people    []*someone
	teams     []*groupOf
	words     map[string]*word
	answered  map[chanceOf]bool
	opened    map[chanceOf]bool // its time has come once
	silent    map[chanceOf]bool // prompts since the last answer; by day
	got       map[string]bool   // kind and chanceOf
	copies    map[string]bool   // Message-ID → whether its answer was lost
	asked     map[chanceOf]promised
	askedAt   map[chanceOf]int64
	owing     []promised
	quiet     bool  // nothing is out of order …
	since     int64 // … since then
	refusing  bool
	shown     int64 // the latest that clocks have shown: after they were set back, what they show again has been already
	firsts    map[wallTime]int64
	sentCount map[string]int
	met       int               // promises that were kept
	joined    map[chanceOf]int  // person and team: how many words had been said by then, for clocks are set back
	packs     map[chanceOf]bool // that may be sent yet
}

func newLedger() *ledger {
	return &ledger{words: map[string]*word{}, answered: map[chanceOf]bool{}, opened: map[chanceOf]bool{}, silent: map[chanceOf]bool{},
		got: map[string]bool{}, copies: map[string]bool{}, asked: map[chanceOf]promised{}, askedAt: map[chanceOf]int64{}, firsts: map[wallTime]int64{}, joined: map[chanceOf]int{}, packs: map[chanceOf]bool{}, sentCount: map[string]int{}}
}

// wallTime is a wall time on a day of a zone.
type wallTime struct {
	loc         *time.Location
	day, minute int
}

const dayLength = 24 * 60 * 60

// wall is what a clock in the zone shows: the day and the minute of it.
func wall(loc *time.Location, at int64) (day, minute int) {
	_, offset := time.Unix(at, 0).In(loc).Zone()
	shown := int(at) + offset
	return shown / dayLength, shown % dayLength / 60
}

// first is the first moment at which the wall shows the time of the day or something later; where the day has no such moment, the first
// of a later day.
func (l *ledger) first(loc *time.Location, day, minute int) int64 {
	key := wallTime{loc, day, minute}
	if at, ok := l.firsts[key]; ok {
		return at
	}
	middle := int64(day)*dayLength + int64(minute)*60
	_, before := time.Unix(middle-40*60*60, 0).In(loc).Zone()
	_, after := time.Unix(middle+40*60*60, 0).In(loc).Zone()
	at := middle - int64(before)
	if before != after {
		at = (middle - 30*60*60) / 60 * 60
		for d, m := wall(loc, at); d < day || d == day && m < minute; d, m = wall(loc, at) {
			at += 60
		}
	}
	l.firsts[key] = at
	return at
}

// isDay tells whether the zone had the day.
func (l *ledger) isDay(loc *time.Location, day int) bool {
	d, _ := wall(loc, l.first(loc, day, 0))
	return d == day
}

// zoneOf loads a zone.
var zoneOf = func() func(string) *time.Location {
	known := map[string]*time.Location{}
	return func(name string) *time.Location {
		if known[name] == nil {
			loc, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			known[name] = loc
		}
		return known[name]
	}
}()

func dayNumber(s string) int { return int(yearDay(s).Unix() / dayLength) }

func dayText(n int) string { return time.Unix(int64(n)*dayLength, 0).UTC().Format(time.DateOnly) }

// clockOf reads "09:30" as minutes.
func clockOf(s string) int {
	h, errHour := strconv.Atoi(s[:2])
	m, errMinute := strconv.Atoi(s[3:5])
	if errHour != nil || errMinute != nil {
		panic(s)
	}
	return h*60 + m
}

// weekday of a day, Sunday 0.
func weekday(day int) int { return (day + 4) % 7 }

// onDays tells whether a day is one of working days such as "sun-thu" or "mon-fri / mon-thu from 2026-03-02".
func onDays(s string, day int) bool {
	if first, other, two := strings.Cut(s, " / "); two {
		other, from, _ := strings.Cut(other, " from ")
		if ((day+3)/7-(dayNumber(from)+3)/7)%2 != 0 {
			return onDays(other, day)
		}
		return onDays(first, day)
	}
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	from, to, _ := strings.Cut(s, "-")
	for d := slices.Index(names, from); ; d = (d + 1) % 7 {
		if d == weekday(day) {
			return true
		}
		if names[d] == to {
			return false
		}
	}
}

// hoursOn are the usual hours and those of a day, of "09:00-17:00, fri 09:00-13:00".
func hoursOn(s string, day int) (usual, that [2]int) {
	span := func(s string) [2]int { return [2]int{clockOf(s[:5]), clockOf(s[6:11])} }
	general, friday, short := strings.Cut(s, ", fri ")
	usual = span(general)
	if short && weekday(day) == 5 {
		return usual, span(friday)
	}
	return usual, usual
}

// rule is what holds for a person in a team; of a person in no team, what is their own.
func (l *ledger) rule(who, in int) rules {
	r := l.people[who].own
	if in >= 0 {
		r = r.or(l.teams[in].rules)
	}
	return r.or(commonRules)
}

func (l *ledger) works(who, in, day int) bool {
	r := l.rule(who, in)
	return !l.people[who].off[day] && onDays(r.days, day) && !l.teams[in].off[day] &&
		(r.holidays == "none" || !slices.Contains(publicDays[r.holidays], dayText(day)))
}

// endsWeek tells whether a day is the last of someone's working week on which they work.
func (l *ledger) endsWeek(who, day int) bool {
	in := l.people[who].teams[0]
	loc := zoneOf(l.rule(who, in).zone)
	for later := day + 1; l.weekOf(who, later) == l.weekOf(who, day); later++ {
		if l.works(who, in, later) && l.isDay(loc, later) {
			return false
		}
	}
	return true
}

// window is when the prompt of a team (or with -1 the digest, with -2 the roll-up) of a day may come: from its time on, until the hours are over. What is wanted
// outside the hours has half an hour.
func (l *ledger) window(o chanceOf) (at, until int64, ok bool) {
	p := l.people[o.who]
	in := o.team
	if in < 0 {
		if len(p.teams) == 0 {
			return 0, 0, false
		}
		in = p.teams[0]
	}
	r := l.rule(o.who, in)
	text := r.prompt
	switch {
	case o.team == -1:
		text = r.digest
	case o.team == -2 && (r.digests == "weekly" || r.rollup == "never" || !l.endsWeek(o.who, o.day)):
		return 0, 0, false
	}
	usual, that := hoursOn(r.hours, o.day)
	clock := clockOf(text)
	if usual != that && clock >= usual[0] && clock < usual[1] {
		switch {
		case clock >= that[1]:
			clock = max(that[0], that[1]-(usual[1]-clock))
		case clock < that[0]:
			clock = min(that[0]+clock-usual[0], that[1]-1)
		}
	}
	loc := zoneOf(r.zone)
	at, until = l.first(loc, o.day, clock), l.first(loc, o.day, that[1])
	if until <= at {
		until = at + 30*60
	}
	return at, until, l.isDay(loc, o.day) && l.works(o.who, in, o.day)
}

// weekOf is the first day of someone's working week.
func (l *ledger) weekOf(who, day int) int {
	first := l.rule(who, l.people[who].teams[0]).days[:3]
	if first == "sun" && l.rule(who, l.people[who].teams[0]).days == "sun-sat" {
		first = "mon"
	}
	for !onDays(first+"-"+first, day) {
		day--
	}
	return day
}

// weekIsTold tells whether someone may have had the roll-up of a day's week, or the digest if they get one a week.
func (l *ledger) weekIsTold(o chanceOf) bool {
	p := l.people[o.who]
	if o.team == -2 {
		return p.rolled >= l.weekOf(o.who, o.day)
	}
	return l.rule(o.who, p.teams[0]).digests == "weekly" && p.told >= l.weekOf(o.who, o.day)
}

// around are the days that a person may have at a moment.
func (l *ledger) around(o chanceOf, at int64) []int {
	day := int(at / dayLength)
	return []int{day - 2, day - 1, day, day + 1}
}

// openAt is the chanceOf of the person and team whose window is open; a day at most.
func (l *ledger) openAt(o chanceOf, at int64) (chanceOf, bool) {
	for _, o.day = range l.around(o, at) {
		if from, until, ok := l.window(o); ok && from <= at && at < until {
			return o, true
		}
	}
	return o, false
}

// chancesOf are a person's digest, roll-up and prompts, of no day.
func (l *ledger) chancesOf(who int) []chanceOf {
	list := []chanceOf{{who: who, team: -1}, {who: who, team: -2}}
	for _, in := range l.people[who].teams {
		list = append(list, chanceOf{who: who, team: in})
	}
	return list
}

// changed notes that something about a person is different from now on: what they were promised does not hold, and what is open now may
// have been used already.
func (l *ledger) changed(who int, now int64) {
	l.owing = slices.DeleteFunc(l.owing, func(p promised) bool { return p.who == who })
	for o := range l.asked {
		if o.who == who {
			delete(l.asked, o)
		}
	}
	l.people[who].weekly = 0
	l.mayHaveHad(who, now)
}

// mayHaveHad notes that what is open now may have been used already.
func (l *ledger) mayHaveHad(who int, now int64) {
	for _, o := range l.chancesOf(who) {
		if o, ok := l.openAt(o, now); ok {
			l.opened[o] = true
			l.people[who].turn(o)
		}
	}
}

// turn notes that a day's digest or roll-up may have had its turn.
func (p *someone) turn(o chanceOf) {
	switch o.team {
	case -1:
		p.told = max(p.told, o.day)
	case -2:
		p.rolled = max(p.rolled, o.day)
	}
}

// teamChanged does so for all of a team.
func (l *ledger) teamChanged(in int, now int64) {
	for who, p := range l.people {
		if slices.Contains(p.teams, in) {
			l.changed(who, now)
		}
	}
}

// trouble notes that something is out of order; nothing has to come at once. What is refused for good has not to come that day.
func (l *ledger) trouble(refusing bool) {
	l.quiet, l.refusing = false, refusing
	for _, p := range l.people {
		p.weekly = 0
	}
	clear(l.asked)
	for i := range l.owing {
		l.owing[i].late = true
	}
	if refusing {
		l.owing = nil
		for _, w := range l.words {
			w.refused = true
		}
	}
}

// calm notes that all is in order again.
func (l *ledger) calm(now int64) {
	l.quiet, l.refusing, l.since = true, false, now
	clear(l.asked)
}

// pass lets the wall clocks go from one moment to another, and notes what has to come.
func (l *ledger) pass(from, to int64) {
	for who, p := range l.people {
		if len(p.teams) == 0 {
			continue
		}
		for _, o := range l.chancesOf(who) {
			for day := int(from/dayLength) - 2; day <= int(to/dayLength)+1; day++ {
				o.day = day
				at, until, ok := l.window(o)
				if !ok || from >= at || at > to {
					continue
				}
				told := o.team < 0 && l.weekIsTold(o)
				// Also where it was open before, by rules that gave it no turn; but not where it was over when one could look.
				if !p.paused && !told && to < until {
					p.turn(o)
				}
				if !l.opened[o] {
					l.opened[o] = true
					if !p.paused && !l.refusing && at > l.shown && !told {
						l.promise(o, at, until)
					}
				}
			}
		}
	}
	l.shown = max(l.shown, to)
}

func (l *ledger) promise(o chanceOf, at, until int64) {
	if o.team >= 0 {
		if l.unanswered(o) < 3 {
			l.owing = append(l.owing, promised{chanceOf: o, kind: "prompt", at: at, until: until})
		}
		l.silent[o] = true
		return
	}
	var news []*word
	if o.team == -2 {
		for _, w := range l.words { // the oldest that the first one has is of six days before
			if w.readers[o.who] && !w.withdrawn && w.rolled[o.who] == 0 && w.at > at-5*dayLength {
				news = append(news, w)
			}
		}
		if len(news) > 0 {
			l.owing = append(l.owing, promised{chanceOf: o, kind: "weekly", at: at, until: until, words: news})
		}
		return
	}
	for _, w := range l.words {
		if w.readers[o.who] && !w.withdrawn && w.had[o.who] == 0 && !(w.refused && at > w.at+10*dayLength) {
			news = append(news, w)
		}
	}
	if len(news) > 0 {
		l.owing = append(l.owing, promised{chanceOf: o, kind: "digest", at: at, until: until, words: news})
	}
	for asked, p := range l.asked {
		if asked.who != o.who || p.at >= at {
			continue
		}
		delete(l.asked, asked)
		away := false
		for day := asked.day; day < o.day; day++ {
			away = away || l.people[o.who].off[day]
		}
		sameClock := l.rule(o.who, asked.team).zone == l.rule(o.who, l.people[o.who].teams[0]).zone
		if !away && o.day-asked.day <= 6 && sameClock && !l.answered[asked] {
			l.owing = append(l.owing, promised{chanceOf: asked, kind: "reminder", at: at, until: until})
		}
	}
}

// unanswered counts a person's prompts of a team since they last wrote for it.
func (l *ledger) unanswered(o chanceOf) (n int) {
	for s := range l.silent {
		if s.who == o.who && s.team == o.team {
			n++
		}
	}
	return n
}

// patience is how long after trouble all is made up for: the longest wait between two tries, and a claim that runs out.
const ledgerPatience = 85 * 60

// due gives what has not come although it had to.
func (l *ledger) due(now int64) (wrong string) {
	l.owing = slices.DeleteFunc(l.owing, func(p promised) bool {
		if l.got[p.kind+fmt.Sprint(p.chanceOf)] {
			for _, w := range p.words {
				if !w.withdrawn && w.in(p.kind)[p.who] == 0 && w.readers[p.who] {
					wrong = fmt.Sprintf("%s's %s of %s lacks %s", l.people[p.who].name, p.kind, dayText(p.day), w.text)
				}
			}
			l.met++
			return true
		}
		if p.kind == "reminder" && l.answered[p.chanceOf] || len(p.words) > 0 && !slices.ContainsFunc(p.words, func(w *word) bool { return w.in(p.kind)[p.who] == 0 }) {
			return true // the words were told by another, which came first as the clock was set back
		}
		if !l.quiet {
			return now >= p.until
		}
		need := p.at + 60
		if p.late || l.since > p.at {
			need = max(p.at, l.since) + ledgerPatience
		}
		if need < p.until && now >= need {
			wrong = fmt.Sprintf("%s has got no %s of %s of team %d, due at %s, by %s",
				l.people[p.who].name, p.kind, dayText(p.day), p.team, clockText(p.at), clockText(now))
		}
		return now >= p.until
	})
	return wrong
}

// in counts by reader the digests, or the roll-ups, that had the word.
func (w *word) in(kind string) map[int]int {
	if kind == "weekly" {
		return w.rolled
	}
	return w.had
}

func clockText(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02 Mon 15:04:05 UTC") }

// said notes what someone said, and gives whom it has to reach.
func (l *ledger) said(text string, who, in, day int, replace bool, earlier []*word, now int64) *word {
	for _, w := range earlier {
		w.withdrawn = w.withdrawn || replace
	}
	w := &word{text: text, place: len(l.words) + 1, author: who, team: in, readers: map[int]bool{}, had: map[int]int{}, unsure: map[int]bool{}, rolled: map[int]int{}, perhaps: map[int]bool{}, at: now, refused: l.refusing}
	for other, p := range l.people {
		if other != who && slices.Contains(p.teams, in) {
			w.readers[other] = true
		}
	}
	l.words[text] = w
	l.answered[chanceOf{who, in, day}] = true
	for s := range l.silent {
		if s.who == who && s.team == in {
			delete(l.silent, s)
		}
	}
	return w
}

// arrived is a mail in its reader's inbox.
type arrived struct {
	who      int
	kind     string
	day      int
	team     int // of a prompt or a reminder
	id       string
	words    []string
	at       int64
	answered bool
}

// arrive notes a mail and says what is wrong with it.
func (l *ledger) arrive(m arrived) (wrong string) {
	p := l.people[m.who]
	about := fmt.Sprintf("%s of %s to %s at %s: ", m.kind, dayText(m.day), p.name, clockText(m.at))
	if lost, again := l.copies[m.id]; again {
		if !lost {
			return about + "sent twice"
		}
		l.copies[m.id] = !m.answered
		return ""
	}
	l.copies[m.id] = !m.answered
	l.sentCount[m.kind]++
	if p.paused {
		return about + "they are paused"
	}
	if len(p.teams) == 0 {
		return about + "they are in no team"
	}
	if m.kind == "notice" {
		if bad := l.welcomes(m); bad != "" {
			return about + bad
		}
		return ""
	}
	o := chanceOf{m.who, -1, m.day}
	switch m.kind {
	case "digest":
	case "weekly":
		o.team = -2
	default:
		o.team = m.team
		if !slices.Contains(p.teams, m.team) {
			return about + "they are not in the team"
		}
	}
	slot := o
	if m.kind == "reminder" {
		slot.team = -1
	}
	open, ok := l.openAt(slot, m.at)
	if !ok {
		return about + fmt.Sprintf("outside their hours, %+v, away %v", l.rule(m.who, p.teams[0]), p.off)
	}
	if m.kind != "reminder" && open.day != m.day {
		return about + "it is " + dayText(open.day) + " there"
	}
	if key := m.kind + fmt.Sprint(o); l.got[key] {
		return about + "a second one for that day"
	} else {
		l.got[key] = true
	}
	switch m.kind {
	case "prompt":
		l.silent[o], l.askedAt[o] = true, m.at
		for earlier := range l.asked { // one is reminded of the newest only
			if earlier.who == o.who && earlier.team == o.team {
				delete(l.asked, earlier)
			}
		}
		newest := true // by its day: one of a later day came first where the clock was set back
		for other := range l.askedAt {
			newest = newest && (other.who != o.who || other.team != o.team || other.day <= o.day)
		}
		if l.quiet && newest {
			l.asked[o] = promised{chanceOf: o, at: m.at}
		}
	case "reminder":
		if l.answered[o] {
			return about + "they have answered"
		}
		if from, _, _ := l.window(open); from <= l.askedAt[o] && l.askedAt[o] <= m.at {
			return about + "they were asked after the digest of the day, at " + clockText(l.askedAt[o])
		}
	case "weekly":
		if p.rollup >= l.weekOf(m.who, m.day) {
			return about + "a second one in the week of " + dayText(p.rollup)
		}
		p.rollup, p.rolled = m.day, max(p.rolled, m.day)
		others := false
		for _, text := range m.words {
			if bad := l.rolls(m, text); bad != "" {
				return about + bad
			}
			others = others || l.words[text].author != m.who
		}
		if !others {
			return about + "nobody else said anything"
		}
	case "digest":
		if len(m.words) == 0 {
			return about + "there is nothing in it"
		}
		if l.rule(m.who, p.teams[0]).digests == "weekly" && m.answered {
			if l.quiet && p.weekly < m.day && p.weekly >= l.weekOf(m.who, m.day) {
				return about + "a second one in the week of " + dayText(p.weekly)
			}
			p.weekly = m.day
		}
		p.told = max(p.told, m.day)
		for _, text := range m.words {
			if bad := l.read(m, text); bad != "" {
				return about + bad
			}
		}
	}
	return ""
}

// read notes that a reader has had a word.
func (l *ledger) read(m arrived, text string) string {
	w := l.words[text]
	switch {
	case w == nil:
		return text + " was never said"
	case !slices.Contains(l.people[m.who].teams, w.team):
		return text + " is of a team that they are not in"
	case !w.readers[m.who]:
		return text + " is not for them"
	case w.had[m.who] > 0 && !w.unsure[m.who]:
		return text + " was in an earlier digest"
	}
	w.had[m.who]++
	w.unsure[m.who] = !m.answered
	return ""
}

// welcomes notes that somebody has had what was said in a team before they joined it: once, within their hours.
func (l *ledger) welcomes(m arrived) string {
	p := l.people[m.who]
	if len(m.words) == 0 {
		return "there is nothing in it"
	}
	in := -1
	for _, text := range m.words {
		w := l.words[text]
		switch {
		case w == nil:
			return text + " was never said"
		case in >= 0 && w.team != in:
			return text + " is of another team than the rest"
		case !slices.Contains(p.teams, w.team):
			return text + " is of a team that they are not in"
		case w.place > l.joined[chanceOf{who: m.who, team: w.team}]:
			return text + " was said since they are in the team"
		}
		in = w.team
	}
	o := chanceOf{who: m.who, team: in}
	if !l.packs[o] {
		return "a second one, or for none who has joined"
	}
	delete(l.packs, o)
	first := p.teams[0]
	r := l.rule(m.who, first)
	loc := zoneOf(r.zone)
	for _, day := range l.around(o, m.at) {
		_, hours := hoursOn(r.hours, day)
		if l.works(m.who, first, day) && l.isDay(loc, day) && l.first(loc, day, hours[0]) <= m.at && m.at < l.first(loc, day, hours[1])+ledgerPatience {
			return ""
		}
	}
	return "outside their hours"
}

// joins notes that somebody is in a team from now on.
func (l *ledger) joins(who, in int) {
	o := chanceOf{who: who, team: in}
	l.joined[o], l.packs[o] = len(l.words), true
}

// rolls notes that a reader has had a word in a roll-up. Their own are in it, too.
func (l *ledger) rolls(m arrived, text string) string {
	w := l.words[text]
	switch {
	case w == nil:
		return text + " was never said"
	case !slices.Contains(l.people[m.who].teams, w.team):
		return text + " is of a team that they are not in"
	case !w.readers[m.who] && w.author != m.who:
		return text + " is not for them"
	case w.rolled[m.who] > 0 && !w.perhaps[m.who]:
		return text + " was in an earlier roll-up"
	}
	w.rolled[m.who]++
	w.perhaps[m.who] = !m.answered
	return ""
}

// missing is what somebody has not had.
func (l *ledger) missing(now int64) string {
	for _, w := range l.words {
		if w.refused && now > w.at+10*dayLength {
			continue
		}
		for who := range w.readers {
			if !w.withdrawn && w.had[who] == 0 {
				return fmt.Sprintf("%s of team %d, said by %s, has not reached %s", w.text, w.team, l.people[w.author].name, l.people[who].name)
			}
		}
	}
	return ""
}

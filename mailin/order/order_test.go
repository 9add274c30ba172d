package order

import (
	"fmt"
	"strings"
	"testing"

	"daybreak/internal/team"
)

// told is what was read, for people: "set zone Europe/Lisbon", "? tz Europe/Lisbon" for a doubt, "" for no order.
func told(text string) string {
	o, d := Read(text)
	switch {
	case o != nil && d != nil:
		return "both"
	case d != nil:
		return "? " + strings.Join(d.Try, ", ")
	case o == nil:
		return ""
	case o.Kind == Leave || o.Kind == Join:
		return strings.TrimSpace(string(o.Kind) + " " + o.Team)
	case o.Kind == Name || o.Kind == Since || o.Kind == Week || o.Kind == Decisions:
		return strings.TrimSpace(string(o.Kind) + " " + o.Words)
	case o.Kind == Alias:
		return "alias " + o.Address
	case o.Kind != Set:
		return string(o.Kind)
	}
	value := ""
	for _, part := range team.RuleParts() {
		if text := part.Text(o.Rule); part.Key == o.Part {
			value += text
		} else if text != "" {
			value += " and " + part.Key
		}
	}
	return strings.TrimSpace(fmt.Sprintf("set %s %s", o.Part, value))
}

func TestOrdersAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"pause": "pause", "Pause.": "pause", "PAUSE!": "pause", "please pause": "pause", "pause please": "pause", "*pause*": "pause", "stop": "pause", "unsubscribe": "pause",
		"resume": "resume", "start": "resume", "subscribe": "resume", "help": "help", "Help, please!": "help", "settings": "settings", "status": "settings", "undo": "undo",
		"pause\n\nThanks!": "pause", "Hi daybreak,\n\npause\n\nBest regards": "pause",

		"tz Lisbon": "set zone Europe/Lisbon", "TZ lisbon": "set zone Europe/Lisbon", "tz: Lisbon": "set zone Europe/Lisbon", "tz=Europe/Lisbon": "set zone Europe/Lisbon",
		"timezone Tokyo": "set zone Asia/Tokyo", "time zone New York": "set zone America/New_York", "tz Asia/Tokyo please": "set zone Asia/Tokyo", "tz são paulo": "set zone America/Sao_Paulo",
		"alias mia@home.example": "alias mia@home.example", "Alias: <Mia@Home.example>": "alias mia@home.example", "tz default": "set zone", "- tz Europe/Berlin (it is 01:00 there)": "set zone Europe/Berlin",

		"prompt 16:30": "set prompt 16:30", "prompt at 16:30": "set prompt 16:30", "prompt: 9:05": "set prompt 09:05", "prompt 4:30pm": "set prompt 16:30", "prompt 4 pm": "set prompt 16:00",
		"prompt 16h30": "set prompt 16:30", "prompt 16h": "set prompt 16:00", "prompt 16.30": "set prompt 16:30", "prompt 1630": "set prompt 16:30", "prompt noon": "set prompt 12:00",
		"prompt 12am": "set prompt 00:00", "prompt 12pm": "set prompt 12:00", "prompt 4:30 p.m.": "set prompt 16:30", "prompt default": "set prompt", "digest 08:30": "set digest 08:30",

		"weekly": "set digests weekly", "Weekly, please.": "set digests weekly", "daily": "set digests daily", "digest weekly": "set digests weekly", "Weekly digests": "set digests weekly",
		"my data": "data", "My data, please": "data", "Please forget me.": "forget", "Forget me": "forget",
		"leave": "leave", "Leave, please.": "leave", "leave Platform": "leave Platform", "leave the platform team": "leave platform", "leave team web shop": "leave web shop",
		"join platform": "join platform", "Join: the Web Shop team": "join Web Shop", "leave the flag on": "leave flag on", "join call at 3": "join call at 3", // if there are such teams
		"rollup never": "set rollup never", "Roll-up off, please": "set rollup never", "no roll-up": "set rollup never", "rollup: weekly": "set rollup weekly", "rollups on": "set rollup weekly", "rollup default": "set rollup",
		"digests default": "set digests", "digests weekly": "set digests weekly",
		"name Mia Rossi": "name Mia Rossi", "Name: Mia de la Cruz": "name Mia de la Cruz", "please name Jean-Luc O’Neill": "name Jean-Luc O’Neill", "NAME 田中 愛子": "name 田中 愛子", "name Martin L. King, thanks": "name Martin L. King",
		"decisions": "decisions", "Decisions, please": "decisions", "decision list": "decisions", "Decision": "? decisions", "List decisions": "decisions", "decisions since March": "decisions march", "Decisions since: 3 Mar": "decisions 3 mar",
		"decisions since monday": "decisions monday", "decisions since 2026": "? decisions since monday, decisions since 3 Mar", "decisions since yestrday": "? decisions since monday, decisions since 3 Mar", "digest since march": "since march",
		"week": "week", "This week, please": "week this", "last week": "week last", "digest week": "week", "Digest last week": "week last", "digest this week": "week this",
		"digest now": "digest", "Digest now, please!": "digest", "digest full": "full", "full": "full", "Full digest": "full", "digest since Monday": "since monday", "digest since 3 Mar": "since 3 mar",
		"digest since last week": "since last week", "digest since: yesterday": "since yesterday", "digest since 2026-03-02": "since 2026-03-02", "digests since tue": "since tue",

		"days mon-thu": "set working_days mon-thu", "days mon – thu": "set working_days mon-thu", "days monday to thursday": "set working_days mon-thu",
		"working days: mon, wed and fri": "set working_days mon,wed,fri", "days sun-thu": "set working_days mon-thu,sun", "days every day": "set working_days mon-sun",
		"hours 9-17": "set working_hours 09:00-17:00", "hours 9-5": "set working_hours 09:00-17:00", "hours 09:30–18:00": "set working_hours 09:30-18:00",
		"hours 9am to 5pm": "set working_hours 09:00-17:00", "working hours 8:00 - 16:30": "set working_hours 08:00-16:30", "receipts always": "set receipts always",
		"hours 9-17, fri 9-13": "set working_hours 09:00-17:00, fri 09:00-13:00", "hours 9:00–17:00, Fri 9:00–13:00, Wed 10-4": "set working_hours 09:00-17:00, wed 10:00-16:00, fri 09:00-13:00",
	} {
		if got := told(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatMayBeAnOrderIsDoubted(t *testing.T) {
	for text, want := range map[string]string{
		"puase": "? pause", "weekley": "? weekly", "dialy": "? daily", "digset weekly": "? digest weekly", "digest weely": "? digest weekly",
		"digest since munday": "? digest since monday, digest since 3 Mar", "digest since": "? digest since monday, digest since 3 Mar", "digest since 31 Feb": "? digest since monday, digest since 3 Mar", "digset now": "? digest now", "forgte me": "? forget me", "my daat": "? my data", "resmue": "? resume", "hepl": "? help", "setings": "? settings", "tz lisbom": "? tz Europe/Lisbon", "receipts alwys": "? receipts always, receipts unsure, receipts never", "timezone IST": "? tz Asia/Kolkata, tz Europe/Dublin, tz Asia/Jerusalem", "unsubscibe": "? unsubscribe", "promt 16:30": "? prompt 16:30", "digset 08:30": "? digest 08:30",
		"tz": "? tz Lisbon", "tz Lisbom": "? tz Europe/Lisbon", "tz IST": "? tz Asia/Kolkata, tz Europe/Dublin, tz Asia/Jerusalem", "tz Portugal": "? tz Europe/Lisbon, tz Atlantic/Azores",
		"tz Qwxyzzy": "?", "alias mia@": "? alias mia@home.example", "alias mïa@home.example": "? alias mia@home.example", "alias a@b@c": "? alias mia@home.example", "prompt 25:00": "? prompt 16:30", "prompt 4": "? prompt 16:30", "digest 8 uhr": "? digest 16:30", "hours 17-17": "? hours 09:00-17:00, fri 09:00-13:00", "days mon-blursday": "? days mon-thu, days mon,wed,fri",
		"alias mail@x": "? alias mia@home.example", "alias mia@.": "? alias mia@home.example",
		"receipts sometimes": "? receipts always, receipts unsure, receipts never",
	} {
		if got := strings.TrimSpace(told(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if _, d := Read(text); d == nil || d.Why == "" {
			t.Errorf("%q: no reason", text)
		}
	}
}

func TestUpdatesAreNoOrders(t *testing.T) {
	for _, text := range []string{
		"digest now sends at once", "weeks", "weak", "decide", "precisions", "Decisions since the release", "Decisions\n\n- rope", "decisions since March\n- rope", "divisions", "wek", "past week", "last weak", "next week", "this wee", "that week", "This week\n\n- shipped X", "week 12", "Digest since Monday is broken", "digest since the release", "digest fully tested", "full stop", "Digest now works",
		"Daily standup: fixed the build", "weekly report is done", "daily\nDone: the importer", "weekly sync with Sam", "Digest weekly numbers for the board", "weakly", "join", "leave the", "my data is migrated", "Forget me not", "data", "forget it", "my dates", "leave the flag on until the release of friday", "leaves fall", "joined the call",
		"name the release candidate", "Name Server Migration is done", "name resolution fixed", "name: fixed the DNS", "names", "Name", "name tests 1-4", "name Bob's branch and 3 others", "Named the release Vega",
		"", "Done", "Pause and resume work now", "paused the rollout", "Help Sam with the deploy", "Stop the old importer", "held", "shop", "step", "cause", "stats", "starts", "sleep",
		"Status page is green", "status: green", "digest bug fixed", "Digest rendering done, 3 tests left to write", "prompt engineering for the bot", "prompt 3 customers about their renewals", "Timezone bug fixed", "Time zone tests", "timezone", "Timezone picker", "Receipts done", "Hours: 8", "hours 40", "prompt 2 reviews",
		"Digest: 3 issues", "Smart", "Tours 9-5", "Setting", "Prompts 16:30", "static", "alias for the importer", "Alias records are set", "alias",
		"tz database update is merged", "timezone bug in the export fixed", "hours wasted on the flaky test", "days like this", "days 3 to 5 of the sprint planned and done", "receipts for the trip handed in",
		"pause\nDone: the importer", "Done: the importer\npause", "tz Lisbon\n\nDone: the importer works again", "hours 3 spent on reviews today", "start work on the importer", strings.Repeat("pause ", 50),
	} {
		if got := told(text); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"pause", "tz Lisbon", "prompt 4:30pm", "days mon–thu", "hours 9-5", "receipts never", "puase", "please tz: IST, thanks", "digest 08:30\n\nThanks", "weekly", "name Mia de la Cruz", "dialy digest", "digest since 3 mar", "digest now", "paus", "of until 17 Aug", "off fridya", "jion garden", "nmae Mia", "alais me@x.org", "digest sinc monday", "mydata"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, d := Read(text)
		if o != nil && d != nil || d != nil && d.Why == "" {
			t.Errorf("%q: %v, %v", text, o, d)
		}
		if o == nil || o.Kind != Set || o.Rule == (team.Rule{}) {
			return
		}
		for _, part := range team.RuleParts() {
			if stated := part.Text(o.Rule) != ""; stated != (part.Key == o.Part) {
				t.Errorf("%q: %s is stated: %v", text, part.Key, stated)
			}
		}
	})
}

// BenchmarkRead reads an update of one line, which is no order.
func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if o, d := Read("Finished the piece of the importer that reads dates."); o != nil || d != nil {
			b.Fatal("it is an order")
		}
	}
}

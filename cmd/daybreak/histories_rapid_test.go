package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What the histories are made of: clocks that change at both ends of the world and at midnight, half hours, both sides of the date line,
// the day that Samoa left out; hours and times of all sorts.
var (
	historyStarts = []string{"2026-03-05 05:00", "2026-03-27 11:00", "2026-04-02 20:00", "2026-10-01 13:00", "2026-10-22 08:00", "2026-10-29 17:00",
		"2026-09-03 12:00", "2011-12-27 12:00"}
	historyZones = []string{"Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Pacific/Chatham", "Pacific/Honolulu",
		"America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe",
		"America/St_Johns", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "UTC"}
	historyDays    = []string{"", "", "mon-fri", "sun-thu", "mon-thu", "sun-sat", "sat-wed", "mon-fri / mon-thu from 2026-03-02"}
	historyHours   = []string{"", "", "09:00-17:00", "08:00-12:00", "00:00-23:59", "13:00-21:30", "09:00-17:00, fri 09:00-13:00", "00:00-02:30"}
	historyPrompts = []string{"", "", "16:00", "09:00", "16:45", "12:00", "20:00", "23:50", "00:30", "02:30"}
	historyDigests = []string{"", "", "09:00", "08:30", "16:30", "00:00", "02:30", "23:50", "12:00"}
	historyRegions = []string{"", "", "XA", "XB", "none"}
	historyWaits   = []time.Duration{0, time.Second, time.Minute, 10 * time.Minute, time.Hour}
	historySpans   = []int{60, 600, 3600, 4 * 3600, 8 * 3600, 30 * 3600, 100 * 3600}
	historyJumps   = []int{-600, -3600, 3600, 86400, -86400}

	historyChanges = []string{"say", "join", "leave", "rule", "team rule", "day off", "away", "back", "pause", "resume", "clock", "sleep",
		"restart", "crash dot"}
	historyDeeds = slices.Concat(slices.Repeat([]string{"say"}, 14), slices.Repeat([]string{"correct", "rule", "away", "clock"}, 2),
		[]string{"smtp", "", "join", "leave", "team rule", "day off", "back",
			"pause", "resume", "sleep", "restart", "crash claimed", "crash dot"})
)

func drawRules(t *rapid.T, zone bool) (r rules) {
	pick := func(list []string, name string) string { return rapid.SampledFrom(list).Draw(t, name) }
	if zone || rapid.Bool().Draw(t, "zoned") {
		r.zone = pick(historyZones, "zone")
	}
	if rapid.IntRange(0, 2).Draw(t, "own") > 0 {
		r.days, r.hours, r.prompt, r.digest, r.holidays = pick(historyDays, "days"), pick(historyHours, "hours"), pick(historyPrompts, "prompt"),
			pick(historyDigests, "digest"), pick(historyRegions, "holidays")
		if r.digest == "08:30" || r.digest == "12:00" { // and no draw of its own, so that the kept histories stay what they are
			r.digests = "weekly"
		}
		if r.prompt == "12:00" {
			r.rollup = "never"
		}
	}
	return r
}

func drawHistory(t *rapid.T) (h history) {
	h.start = rapid.SampledFrom(historyStarts).Draw(t, "start")
	for range rapid.IntRange(1, 2).Draw(t, "teams") {
		h.teams = append(h.teams, drawRules(t, true))
	}
	for range rapid.IntRange(2, 4).Draw(t, "people") {
		p := person{own: drawRules(t, false)}
		for in := range h.teams {
			if rapid.IntRange(0, 4).Draw(t, "in") > 0 {
				p.teams = append(p.teams, in)
			}
		}
		h.people = append(h.people, p)
	}
	for range rapid.IntRange(1, 10).Draw(t, "steps") {
		if rapid.IntRange(0, 2).Draw(t, "while mail waits") == 0 {
			h.steps = append(h.steps, drawWhileMailWaits(t)...)
		} else {
			h.steps = append(h.steps, drawStep(t, rapid.SampledFrom(historyDeeds).Draw(t, "do")))
		}
	}
	return h
}

// drawWhileMailWaits is something that happens while the next mail cannot be sent.
func drawWhileMailWaits(t *rapid.T) []step {
	wait := func() time.Duration { return rapid.SampledFrom(historyWaits).Draw(t, "wait") }
	down := step{next: true, after: wait(), do: "smtp", n: rapid.IntRange(1, 4).Draw(t, "mode")}
	meanwhile := drawStep(t, rapid.SampledFrom(historyChanges).Draw(t, "meanwhile"))
	meanwhile.next, meanwhile.after = false, wait()
	if meanwhile.do != "say" && rapid.Bool().Draw(t, "theirs") {
		meanwhile.who = whoWaits
	}
	return []step{drawStep(t, "say"), down, {after: wait()}, meanwhile, {after: wait(), do: "smtp"}, {after: wait()}}
}

func drawStep(t *rapid.T, do string) step {
	s := step{do: do, who: rapid.IntRange(0, 3).Draw(t, "who"), team: rapid.IntRange(0, 3).Draw(t, "team")}
	if s.next = rapid.Bool().Draw(t, "next"); s.next {
		s.after = rapid.SampledFrom(historyWaits).Draw(t, "after")
	} else {
		s.after = time.Duration(rapid.IntRange(0, 26*60).Draw(t, "minutes")) * time.Minute
	}
	switch s.do {
	case "say", "correct":
		s.n = rapid.IntRange(0, 3).Draw(t, "days ago")
	case "rule":
		s.rules = drawRules(t, false)
	case "team rule":
		s.rules = drawRules(t, true)
	case "day off":
		s.n = rapid.IntRange(-1, 3).Draw(t, "day")
	case "away":
		s.n = rapid.SampledFrom([]int{0, 1, 1, 2, 3, 7, 18}).Draw(t, "days")
	case "clock":
		s.n = rapid.SampledFrom(historyJumps).Draw(t, "jump")
	case "sleep":
		s.n = rapid.SampledFrom(historySpans).Draw(t, "span")
	case "smtp":
		s.n = rapid.IntRange(0, 4).Draw(t, "mode")
	}
	return s
}

// TestRandomHistories lives random histories of teams and holds each mail against the ledger. Without -rapid.checks it is some of them, the
// same each time. What such histories have brought to light is in TestHistoriesThatWentWrong.
func TestRandomHistories(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		seed := flag.Lookup("rapid.seed")
		must(t, errors.Join(checks.Value.Set("60"), seed.Value.Set("1")))
		t.Cleanup(func() { must(t, errors.Join(checks.Value.Set(checks.DefValue), seed.Value.Set(seed.DefValue))) })
	}
	b := openBureau(t)
	began, n := time.Now(), 0
	kept, mails := 0, map[string]int{}
	defer func() {
		t.Logf("%d histories, %.0f a second; %v sent, of which %d had to come when they did", n, float64(n)/time.Since(began).Seconds(), mails, kept)
	}()
	rapid.Check(t, func(rt *rapid.T) {
		h := drawHistory(rt)
		defer func() {
			if rt.Failed() {
				rt.Logf("%s", strings.ReplaceAll(fmt.Sprintf("%#v", h), "main.", "")) // as TestHistoriesThatWentWrong takes it
			}
		}()
		w := b.live(rt, func() { b.open(t) }, h)
		n++
		kept += w.l.met
		for kind, count := range w.l.sentCount {
			mails[kind] += count
		}
	})
}

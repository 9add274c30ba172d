package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"

	"daybreak/digest"
	"daybreak/internal/team"
)

// Whatever people and teams are called, a calendar program can read what is foreseen: no line is too long, no character is parted, and
// unfolded everything is there. Without an event it is a calendar still.
func TestAForeseenCalendarKeepsToTheStandard(t *testing.T) {
	for _, name := range []string{
		"", "Mia", strings.Repeat("x", 61), strings.Repeat("請求", 40), "a" + strings.Repeat("é🎉", 60), strings.Repeat("Mia, Dev; ", 30),
	} {
		var list []digest.Occasion
		if name != "" {
			list = append(list, digest.Occasion{
				At: time.Date(2026, 3, 9, 16, 0, 0, 0, time.UTC), Kind: team.PromptSlot, Team: team.Team{Slug: "platform"},
				Person:  team.Person{Member: team.Member{Name: name, Addresses: []string{"mia@example.com"}}},
				CheckIn: team.CheckIn{Name: "daily"}, Day: team.Date{Year: 2026, Month: 3, Day: 9},
			})
		}
		var out bytes.Buffer
		must(t, (&simulation{app: &App{Out: &out}}).calendar(list))
		for line := range strings.Lines(out.String()) {
			if text, ended := strings.CutSuffix(line, "\r\n"); !ended || len(text) > 75 || !utf8.ValidString(text) {
				t.Errorf("%q: a line of %d octets: %q", name, len(text), line)
			}
		}
		cal, err := ical.NewDecoder(&out).Decode()
		must(t, err)
		events := cal.Events()
		if len(events) != len(list) {
			t.Fatalf("%q: %d events, want %d", name, len(events), len(list))
		}
		for _, e := range events {
			if got, err := e.Props.Text(ical.PropSummary); err != nil || got != "prompt: "+name+" (platform/daily)" {
				t.Errorf("%q: the summary is %q, %v", name, got, err)
			}
		}
	}
}

package main

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

const storyPrompt = "From: Platform <updates@quayside.example>\r\nReply-To: <updates+token@quayside.example>\r\n" +
	"To: someone@quayside.example\r\nSubject: What happened today?\r\nMessage-ID: <token@quayside.example>\r\n" +
	"Date: Fri, 06 Mar 2026 07:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
	"  - What got done?\r\n  - What is next?\r\n  - What is in the way?\r\n"

func TestTheStoryIsWrittenByItsTeam(t *testing.T) {
	zones := map[string]string{}
	for _, m := range demoRoster().Teams[0].Members {
		for _, address := range m.Member.Addresses {
			zones[address] = m.Member.Rule.Zone
		}
	}
	days := map[team.Date]int{}
	for _, r := range demoStory() {
		loc, err := time.LoadLocation(zones[r.Who])
		if err != nil || zones[r.Who] == "" {
			t.Fatalf("%s has no zone: %v", r.Who, err)
		}
		days[r.Day]++
		written := r.Day.Instant(r.At, loc)
		if written.Before(demoStart) || written.After(demoEnd) {
			t.Errorf("%s writes at %s, outside the story", r.Who, written)
		}
		raw, err := r.mail("Someone", demoAddress, []byte(storyPrompt), written)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s on %s: %v", r.Who, r.Day, err)
		}
		from, err := m.Header.AddressList("From")
		if err != nil || zones[from[0].Address] != zones[r.Who] || !strings.HasSuffix(from[0].Address, ".example") {
			t.Errorf("the mail of %s is from %v, %v", r.Who, from, err)
		}
		if date, err := m.Header.Date(); err != nil || !date.Equal(written) {
			t.Errorf("the mail of %s is dated %v, %v", r.Who, date, err)
		}
		if away := m.Header.Get("Auto-Submitted") != ""; away != r.Away {
			t.Errorf("the mail of %s on %s is written by a machine: %v", r.Who, r.Day, away)
		}
	}
	if len(days) != 3 {
		t.Errorf("the story has %d days", len(days))
	}
}

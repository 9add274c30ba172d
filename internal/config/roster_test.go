package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"daybreak/internal/holiday"
	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// goodTeam is a team file without mistakes; the tests below break it one line at a time.
const goodTeam = `[[team]]
slug = "platform"
name = "Platform"
zone = "Europe/Paris"
[[team.checkin]]
name = "daily"
questions = ["What got done?"]
[[team.member]]
name = "Aiko Tanaka"
addresses = ["aiko@example.com", "aiko@home.example"]
zone = "Asia/Tokyo"
working_days = "mon-fri"
working_hours = "09:00-17:00"
prompt = "16:00"
digest = "09:00"
lead = true
[[team.member]]
name = "Benoît Martin"
addresses = [
  "benoit@example.com",
]
[[team]]
slug = "design"
name = "Design"
[[team.member]]
addresses = ["aiko@example.com"]
`

func TestEveryMistakeInATeamFileIsNamedWithLineWordAndRemedy(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"team key misspelt", `slug = "platform"`, `slog = "platform"`,
			`team.toml:2: unknown key "slog" in [[team]]; did you mean "slug"? (allowed: name, slug, zone, working_days, working_hours, holidays, prompt, digest, digests, rollup, receipts, comments, calendar, holiday, sender_check, response, checkin, member)`},
		{"member key misspelt", `addresses = ["aiko@example.com", "aiko@home.example"]`, `adresses = ["aiko@example.com", "aiko@home.example"]`,
			"3 mistakes\n" +
				`  team.toml:10: unknown key "adresses" in [[team.member]]; did you mean "addresses"? (allowed: lead, name, addresses, zone, working_days, working_hours, holidays, prompt, digest, digests, rollup, receipts, comments, delegates)` + "\n" +
				`  team.toml:25: [[team.member]] aiko@example.com has no name; add name = "Aiko Tanaka"` + "\n" +
				`  team.toml:25: [[team.member]] aiko@example.com has no zone; add zone = "Europe/Paris" here or in [[team]]`},
		{"other word for a key", `zone = "Asia/Tokyo"`, `timezone = "Asia/Tokyo"`,
			`team.toml:11: unknown key "timezone" in [[team.member]]; did you mean "zone"? (allowed: lead, name, addresses, zone, working_days, working_hours, holidays, prompt, digest, digests, rollup, receipts, comments, delegates)`},
		{"check-in key", `questions =`, `question =`,
			`team.toml:7: unknown key "question" in [[team.checkin]]; did you mean "questions"? (allowed: reminder, name, questions, days)`},
		{"members at the top", "[[team.member]]\nname = \"Ben", "[[members]]\nname = \"Ben",
			`team.toml:17: unknown key "members" in the top of the file; allowed: team`},
		{"team as one table", "[[team]]\nslug = \"platform\"", "[team]\nslug = \"platform\"",
			"team.toml:22: Key 'team' was already created and cannot be used as an array.\n    22 | [[team]]\n       |   ^"},
		{"no slug", `slug = "design"`, ``,
			`team.toml:22: [[team]] has no slug; add slug = "design", the short name used in commands`},
		{"no name of a team", `name = "Design"`, ``,
			`team.toml:22: [[team]] has no name; add name = "Platform"`},
		{"bad slug", `slug = "design"`, `slug = "Design Team!"`,
			`team.toml:23: slug "Design Team!" cannot be used; use at most 40 lower-case letters, digits and single dashes, such as "design-team"`},
		{"slug twice", `slug = "design"`, `slug = "platform"`,
			`team.toml:23: slug "platform" is used on line 2 already; give each team its own`},
		{"zone misspelt", `Asia/Tokyo`, `Asia/Tokio`, `team.toml:11: unknown time zone "Asia/Tokio"; did you mean "Asia/Tokyo"?`},
		{"zone in other letter case", `Asia/Tokyo`, `asia/tokyo`, `team.toml:11: unknown time zone "asia/tokyo"; did you mean "Asia/Tokyo"?`},
		{"zone as a city", `Asia/Tokyo`, `New York`, `team.toml:11: unknown time zone "New York"; did you mean "America/New_York"?`},
		{"zone as an abbreviation", `Asia/Tokyo`, `PST`, `team.toml:11: unknown time zone "PST"; did you mean "America/Los_Angeles"?`},
		{"zone that never changes", `Asia/Tokyo`, `EST`, `team.toml:11: zone "EST" never changes to daylight-saving time; write the zone of a city, such as America/New_York`},
		{"zone of the machine", `Asia/Tokyo`, `Local`, `team.toml:11: zone "Local" is not a place; write an IANA name such as Europe/Paris`},
		{"zone with leap seconds", `Asia/Tokyo`, `right/Asia/Tokyo`, `team.toml:11: unknown time zone "right/Asia/Tokyo"; did you mean "Asia/Tokyo"?`},
		{"zone that nothing is near to", `Asia/Tokyo`, `Nowhere`, `team.toml:11: unknown time zone "Nowhere"; write an IANA name such as Europe/Paris or America/New_York`},
		{"zone of a team", `Europe/Paris`, `Europe/Pariss`, `team.toml:4: unknown time zone "Europe/Pariss"; did you mean "Europe/Paris"?`},
		{"no zone", `zone = "Europe/Paris"`, ``,
			`team.toml:17: [[team.member]] benoit@example.com has no zone; add zone = "Europe/Paris" here or in [[team]]`},
		{"no name of a member", `name = "Benoît Martin"`, ``,
			`team.toml:17: [[team.member]] benoit@example.com has no name; add name = "Aiko Tanaka"`},
		{"days", `mon-fri`, `mo-fr`, `team.toml:12: working_days: "mo-fr" are not days of the week; write them as mon-fri or mon,wed,fri`},
		{"hours", `09:00-17:00`, `17:00-09:00`, `team.toml:13: working_hours: "17:00-09:00" are not working hours: they must start before they end`},
		{"prompt", `prompt = "16:00"`, `prompt = "4pm"`, `team.toml:14: prompt: "4pm" is not a time of day; write it as HH:MM, such as 16:00`},
		{"digest without quotes", `digest = "09:00"`, `digest = 09:00`, `team.toml:15: digest must be a string, not a time without quotes; write it as digest = "09:00"`},
		{"days of a check-in", `name = "daily"`, "name = \"daily\"\ndays = \"sometimes\"",
			`team.toml:7: days: "sometimes" is not when a check-in is asked; write one of: working days; mon,thu; every second tue from 2026-03-03; first mon of the month; last working day of the month`},
		{"weeks in turn without a beginning", `working_days = "mon-fri"`, `working_days = "mon-fri / mon-thu"`,
			`team.toml:12: working_days: "mon-fri / mon-thu" does not say in which week the first days hold; write it as mon-fri / mon-thu from 2026-03-02`},
		{"hours of a day", `working_hours = "09:00-17:00"`, `working_hours = "09:00-17:00, friday"`,
			`team.toml:13: working_hours: "friday" are not hours of some days; write them as 09:00-17:00, fri 09:00-13:00`},
		{"rollup", `lead = true`, `rollup = "monthly"`, `team.toml:16: rollup: "monthly" is not when a roll-up is sent; write weekly or never`},
		{"digests", `lead = true`, `digests = "monthly"`, `team.toml:16: digests: "monthly" is not how often digests come; write daily or weekly`},
		{"receipts", `lead = true`, `receipts = "sometimes"`, `team.toml:16: receipts: "sometimes" is not when receipts are sent; write always, unsure or never`},
		{"response", `name = "Platform"`, `name = "Platform"` + "\nresponse = \"soon\"", `team.toml:4: response: "soon" is no time to answer in; write hours or days of work, such as 4h or 2d`},
		{"sender check", `name = "Platform"`, `name = "Platform"` + "\nsender_check = \"strict\"", `team.toml:4: sender_check: "strict" is not how senders are checked; write off, warn or require`},
		{"lead", `lead = true`, `lead = "yes"`, `team.toml:16: lead must be true or false, not a string; write it as lead = true`},
		{"no addresses", `addresses = ["aiko@example.com"]`, ``,
			`team.toml:25: [[team.member]] has no addresses; add addresses = ["aiko@example.com"]`},
		{"empty addresses", `addresses = ["aiko@example.com"]`, `addresses = []`,
			`team.toml:26: a member must have an address; such as addresses = ["aiko@example.com"]`},
		{"one address without a list", `addresses = ["aiko@example.com"]`, `addresses = "aiko@example.com"`,
			`team.toml:26: addresses must be a list of strings, not a string; write it as addresses = ["aiko@example.com"]`},
		{"address on a line of its own", `"benoit@example.com"`, `"benoit"`, `team.toml:20: "benoit" is not an email address; write it as name@example.com`},
		{"address twice", `"benoit@example.com"`, `"benoit@example.com", "Benoit@Example.com"`,
			`team.toml:20: address benoit@example.com is written twice; leave one out`},
		{"address of two members", `"benoit@example.com"`, `"aiko@home.example"`,
			`team.toml:20: address aiko@home.example is on line 10 already, of another member of this team; an address belongs to one person`},
		{"member twice by another address", "addresses = [\"aiko@example.com\"]\n", "addresses = [\"aiko@example.com\"]\n[[team.member]]\naddresses = [\"aiko@home.example\"]\n",
			`team.toml:28: address aiko@home.example is on line 26 already, of another member of this team; an address belongs to one person`},
		{"person described twice, differently", "addresses = [\"aiko@example.com\"]\n", "addresses = [\"aiko@example.com\", \"new@example.com\"]\nname = \"Aiko\"\nzone = \"Europe/Paris\"\nprompt = \"15:00\"\n",
			`4 mistakes
  team.toml:26: addresses of aiko@example.com is aiko@example.com, new@example.com here and aiko@example.com, aiko@home.example in team platform; a person is the same in every team: say it at one place, on line 8
  team.toml:27: name of aiko@example.com is "Aiko" here and "Aiko Tanaka" in team platform; a person is the same in every team: say it at one place, on line 8
  team.toml:28: zone of aiko@example.com is Europe/Paris here and Asia/Tokyo in team platform; a person is the same in every team: say it at one place, on line 8
  team.toml:29: prompt of aiko@example.com is 15:00 here and 16:00 in team platform; a person is the same in every team: say it at one place, on line 8`},
		{"no questions", `["What got done?"]`, `[]`, `team.toml:7: a check-in must ask something; such as questions = ["What got done?"]; or leave the key out for the usual three`},
		{"question twice", `["What got done?"]`, `["What got done?", "What got done?"]`, `team.toml:7: the question "What got done?" is asked twice; leave one of them out`},
		{"question of two lines", `["What got done?"]`, `["What got\ndone?"]`, `team.toml:7: questions holds a line break or a control character; write it on one line`},
		{"question of a wrong type", `["What got done?"]`, `["What got done?", 1]`,
			`team.toml:7: questions must be a list of strings, not with a number in it; write it as questions = ["What got done?"]`},
		{"check-in without a name", `name = "daily"`, ``, `team.toml:5: [[team.checkin]] has no name; add name = "daily"`},
		{"check-in twice", "[[team.checkin]]\nname = \"daily\"", "[[team.checkin]]\nname = \"daily\"\n[[team.checkin]]\nname = \"daily\"",
			`team.toml:8: check-in "daily" is on line 6 already; give each check-in of a team its own`},
		{"reminder", `questions =`, "reminder = 1\nquestions =", `team.toml:7: reminder must be true or false, not a number; write it as reminder = false`},
		{"check-in as one table", "[[team.checkin]]", "[team.checkin]",
			`team.toml:5: checkin must be a list of tables, not a table; write [[team.checkin]] on a line of its own for each`},
		{"team name too long", `name = "Platform"`, `name = "` + strings.Repeat("é", 201) + `"`, `team.toml:3: name has 201 characters; shorten it to 200 or fewer`},
		{"check-in name too long", `name = "daily"`, `name = "` + strings.Repeat("d", 250) + `"`, `team.toml:6: name has 250 characters; shorten it to 200 or fewer`},
		{"member name too long", `name = "Benoît Martin"`, `name = "` + strings.Repeat("î", 300) + `"`, `team.toml:18: name has 300 characters; shorten it to 200 or fewer`},
		{"question too long", `["What got done?"]`, `["` + strings.Repeat("何", 501) + `"]`, `team.toml:7: a question has 501 characters; shorten it to 500 or fewer`},
		{"an unknown region of a known country", `zone = "Europe/Paris"`, "zone = \"Europe/Paris\"\nholidays = [\"GB\",\n\"US-CA\"]",
			"2 mistakes\n" +
				`  team.toml:5: unknown region "GB"; did you mean GB-ENG, GB-NIR, GB-SCT, GB-WLS?` + "\n" +
				`  team.toml:6: unknown region "US-CA"; did you mean US?`},
		{"an unknown region", `zone = "Europe/Paris"`, "zone = \"Europe/Paris\"\nholidays = \"Atlantis\"",
			`team.toml:5: unknown region "Atlantis"; known are ` + strings.Join(holiday.Regions(), ", ") + `; of others name a calendar file: calendar = "holidays.ics" in [[team]]`},
		{"a region and none", `zone = "Asia/Tokyo"`, "zone = \"Asia/Tokyo\"\nholidays = \"JP, none\"", `team.toml:12: holidays are of none and of regions; write holidays = "none" alone`},
		{"no region", `zone = "Asia/Tokyo"`, "zone = \"Asia/Tokyo\"\nholidays = []", `team.toml:12: holidays is empty; write holidays = "none" if none are kept`},
		{"a day off without a day", "[[team.checkin]]", "[[team.holiday]]\nname = \"Offsite\"\n[[team.checkin]]",
			`team.toml:5: [[team.holiday]] does not say which day it is; write date = "2027-05-07", or from = "2027-12-27" and through = "2027-12-31"`},
		{"a day off without a name", "[[team.checkin]]", "[[team.holiday]]\ndate = \"2027-05-07\"\n[[team.checkin]]", `team.toml:5: [[team.holiday]] has no name; add name = "Bridge day"`},
		{"a day off as a date without quotes", "[[team.checkin]]", "[[team.holiday]]\nname = \"Offsite\"\ndate = 2027-05-07\n[[team.checkin]]",
			`team.toml:7: date must be a string, not a time without quotes; write it as date = "2027-05-07"`},
		{"days off in the wrong order", "[[team.checkin]]", "[[team.holiday]]\nname = \"Offsite\"\nfrom = \"2027-05-07\"\nthrough = \"2027-05-03\"\n[[team.checkin]]",
			`team.toml:8: through 2027-05-03 is before from 2027-05-07`},
		{"a day off twice", "[[team.checkin]]", "[[team.holiday]]\nname = \"Offsite\"\nfrom = \"2027-05-03\"\nthrough = \"2027-05-07\"\n[[team.holiday]]\nname = \"Bridge\"\ndate = \"2027-05-07\"\n[[team.checkin]]",
			`team.toml:9: 2027-05-07 is a day off on line 5 already; leave one of them out`},
		{"nothing", goodTeam, "# nothing\n", `team.toml: there is no team; add [[team]] with slug = "platform" and name = "Platform"; see daybreak init --sample-team`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(goodTeam, c.old) {
				t.Fatalf("the good team file has no %q", c.old)
			}
			_, err := ParseRoster([]byte(strings.Replace(goodTeam, c.old, c.new, 1)), "team.toml")
			if got := fmt.Sprint(err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestALengthIsCountedInCharacters(t *testing.T) {
	for old, long := range map[string]string{`"Platform"`: strings.Repeat("é", 200), `"daily"`: strings.Repeat("日", 200),
		`"Benoît Martin"`: strings.Repeat("î", 200), `"What got done?"`: strings.Repeat("何", 500)} {
		if _, err := ParseRoster([]byte(strings.Replace(goodTeam, old, `"`+long+`"`, 1)), "team.toml"); err != nil {
			t.Errorf("%s: %v", old, err)
		}
	}
}

func TestATeamFileIsReadWhole(t *testing.T) {
	got, err := ParseRoster([]byte(goodTeam), "team.toml")
	if err != nil {
		t.Fatal(err)
	}
	aiko := team.Member{Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com", "aiko@home.example"}, Rule: team.Person{}.DigestRule()}
	aiko.Rule.Zone, aiko.Rule.Digests, aiko.Rule.Rollup, aiko.Rule.Receipts, aiko.Rule.Comments, aiko.Rule.Holidays = "Asia/Tokyo", "", "", "", "", ""
	daily := team.CheckIn{Name: "daily", Questions: []string{"What got done?"}, Reminder: true}
	usual := team.CheckIn{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}
	want := team.Roster{Teams: []team.RosterTeam{
		{Team: team.Team{Slug: "platform", Name: "Platform", Defaults: team.Rule{Zone: "Europe/Paris"}, CheckIns: []team.CheckIn{daily}},
			Members: []team.RosterMember{{Member: aiko, Lead: true}, {Member: team.Member{Name: "Benoît Martin", Addresses: []string{"benoit@example.com"}}}}},
		{Team: team.Team{Slug: "design", Name: "Design", CheckIns: []team.CheckIn{usual}}, Members: []team.RosterMember{{Member: aiko}}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestTheFormOfATeamFileIsAsShown(t *testing.T) {
	r, err := ParseRoster([]byte(goodTeam), "team.toml")
	if err != nil {
		t.Fatal(err)
	}
	r.Teams[0].Team.CheckIns[0].Reminder = false
	r.Teams[0].Team.CheckIns[0].Questions = append(r.Teams[0].Team.CheckIns[0].Questions,
		"What stands in the way of what you want to get done, and who could help?", `Said "so" \ or not?`)
	r.Teams[0].Members[1].Member.Paused = true
	r.Teams[1].Team.CheckIns = nil
	want, err := os.ReadFile("testdata/team.want")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(FormatRoster(r)); got != string(want) {
		t.Errorf("got\n%s", got)
	}
}

// someRoster draws a roster such as a database may hold.
func someRoster(t *rapid.T) team.Roster {
	zones := zone.Names()
	someZone := rapid.SampledFrom(zones).Filter(func(z string) bool { wrong, _ := zone.Check(z); return wrong == "" })
	text := rapid.Custom(func(t *rapid.T) string { // one line, not empty, not longer than the limits
		s := rapid.StringOfN(rapid.Rune(), 1, 40, 160).Draw(t, "text")
		s = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\ufffd' {
				return '_'
			}
			return r
		}, s)
		if s = strings.TrimSpace(s); s == "" {
			return "“"
		}
		return s
	})
	clock := rapid.Custom(func(t *rapid.T) team.Clock { return team.Clock(rapid.IntRange(0, 1439).Draw(t, "clock")) })
	rule := rapid.Custom(func(t *rapid.T) team.Rule {
		var r team.Rule
		if r.Days.Days = team.Weekdays(rapid.IntRange(0, 127).Draw(t, "days")); r.Days.Days != 0 && rapid.Bool().Draw(t, "weeks alternate") {
			r.Days.Other = team.Weekdays(rapid.IntRange(1, 127).Draw(t, "other days"))
			r.Days.From = team.DateFromNumber(rapid.IntRange(10000, 40000).Draw(t, "from"))
		}
		if rapid.Bool().Draw(t, "hours set") {
			r.Hours.Start = team.Clock(rapid.IntRange(0, 1438).Draw(t, "start"))
			r.Hours.End = team.Clock(rapid.IntRange(int(r.Hours.Start)+1, 1439).Draw(t, "end"))
			for d := range r.Hours.Day {
				if rapid.IntRange(0, 3).Draw(t, "hours of its own") == 0 {
					r.Hours.Day[d] = team.Hours{Start: 480, End: team.Clock(rapid.SampledFrom([]int{720, 780}).Draw(t, "end of the day"))}
				}
			}
		}
		if r.PromptSet = rapid.Bool().Draw(t, "prompt set"); r.PromptSet {
			r.Prompt = clock.Draw(t, "prompt")
		}
		if r.DigestSet = rapid.Bool().Draw(t, "digest set"); r.DigestSet {
			r.Digest = clock.Draw(t, "digest")
		}
		r.Rollup = rapid.SampledFrom([]team.Rollup{"", team.RollupWeekly, team.RollupNever}).Draw(t, "rollup")
		r.Digests = rapid.SampledFrom([]team.Digests{"", team.Daily, team.Weekly}).Draw(t, "digests")
		r.Receipts = rapid.SampledFrom([]team.Receipts{"", team.ReceiptsAlways, team.ReceiptsUnsure, team.ReceiptsNever}).Draw(t, "receipts")
		r.Holidays = rapid.SampledFrom([]string{"", team.NoHolidays, "DE-BY", "JP, GB-SCT"}).Draw(t, "holidays")
		if rapid.Bool().Draw(t, "zone set") {
			r.Zone = someZone.Draw(t, "zone")
		}
		return r
	})
	schedule := rapid.Custom(func(t *rapid.T) team.Schedule {
		day := team.Weekdays(1 << rapid.IntRange(0, 6).Draw(t, "day"))
		return rapid.SampledFrom([]team.Schedule{{}, {Days: 0b0100110}, {Days: day, Every: 2, From: team.Date{Year: 2026, Month: 3, Day: 3}},
			{Days: day, Nth: 2}, {Days: day, Nth: -1}, {Month: 1}, {Month: -1}}).Draw(t, "kind")
	})
	people := make([]team.Member, rapid.IntRange(1, 5).Draw(t, "people"))
	for i := range people {
		m := team.Member{Name: text.Draw(t, "name"), Rule: rule.Draw(t, "rule")}
		m.Rule.Zone = someZone.Draw(t, "zone")
		for j := range rapid.IntRange(1, 3).Draw(t, "addresses") {
			m.Addresses = append(m.Addresses, fmt.Sprintf("p%d.%d@%s", i, j, rapid.StringMatching(`[a-z0-9]{1,9}(\.[a-z]{2,5}){1,2}`).Draw(t, "domain")))
		}
		if rapid.Bool().Draw(t, "delegates") {
			m.Delegates = []string{fmt.Sprintf("bot%d@tools.example", i)}
		}
		people[i] = m
	}
	var r team.Roster
	for i := range rapid.IntRange(1, 3).Draw(t, "teams") {
		rt := team.RosterTeam{Team: team.Team{Slug: fmt.Sprintf("team-%d", i), Name: text.Draw(t, "team"), Defaults: rule.Draw(t, "defaults"),
			SenderCheck: rapid.SampledFrom([]team.SenderCheck{"", team.SendersOff, team.SendersRequire}).Draw(t, "sender check")}}
		rt.Team.DaysOff.Calendar = rapid.SampledFrom([]string{"", "holidays.ics"}).Draw(t, "calendar")
		for d, last := 20000, 0; last < rapid.IntRange(0, 4).Draw(t, "days off"); last++ {
			d += rapid.IntRange(1, 3).Draw(t, "later")
			rt.Team.DaysOff.Own = append(rt.Team.DaysOff.Own, team.Holiday{Date: team.DateFromNumber(d), Name: rapid.SampledFrom([]string{"Offsite", "Bridge \"day\""}).Draw(t, "day off")})
		}
		for j := range rapid.IntRange(0, 2).Draw(t, "check-ins") {
			rt.Team.CheckIns = append(rt.Team.CheckIns, team.CheckIn{Name: fmt.Sprintf("%d %s", j, text.Draw(t, "check-in")),
				Questions: rapid.SliceOfNDistinct(text, 1, 4, rapid.ID[string]).Draw(t, "questions"), Reminder: rapid.Bool().Draw(t, "reminder"), Schedule: schedule.Draw(t, "schedule")})
		}
		for _, m := range people {
			if rapid.Bool().Draw(t, "in team") {
				rt.Members = append(rt.Members, team.RosterMember{Member: m, Lead: rapid.Bool().Draw(t, "lead")})
			}
		}
		r.Teams = append(r.Teams, rt)
	}
	return r
}

func TestAnExportedRosterReadsBackToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := someRoster(t)
		text := FormatRoster(want)
		got, err := ParseRoster(text, "team.toml")
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%+v\nwant\n%+v\nby way of\n%s", got, want, text)
		}
	})
}

func FuzzParseRoster(f *testing.F) {
	f.Add(goodTeam)
	f.Add(SampleTeam())
	f.Add(goodTeam + "holidays = \"de-by,AT\"\n[[team.holiday]]\nname = \"Off\"\nfrom = \"2027-12-27\"\nthrough = \"2027-12-31\"\n")
	f.Add("team = [{slug = \"a\", name = \"A\", checkin = [], member = [{name = \"B\", addresses = [\"b@c\"], zone = \"UTC\"}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRoster([]byte(text), "team.toml")
		if err != nil {
			last := strings.Count(text, "\n") + 1
			for _, p := range err.(Errors) {
				if p.Line < 0 || p.Line > last || p.Text == "" {
					t.Errorf("problem on line %d of %d: %q", p.Line, last, p.Text)
				}
			}
			return
		}
		again, err := ParseRoster(FormatRoster(r), "export.toml")
		if err != nil {
			t.Fatalf("what it means cannot be written: %v\n%s", err, FormatRoster(r))
		}
		if !reflect.DeepEqual(again, r) {
			t.Fatalf("got\n%+v\nwant\n%+v", again, r)
		}
	})
}

package store

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

func lines(changes []team.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.Action + " " + c.What)
		if c.Detail != "" {
			b.WriteString(": " + c.Detail)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestApplyingARosterTellsWhatChanges(t *testing.T) {
	s := open(t)
	infra := rosterTeam("infra", mia)
	platform := rosterTeam("platform", aiko, mia, dev)
	check := func(what, want string, teams ...team.RosterTeam) {
		t.Helper()
		dry, err := s.ApplyRoster(t.Context(), team.Roster{Teams: teams}, true, start)
		must(t, err)
		got := apply(t, s, teams...)
		equal(t, what, lines(got), want)
		equal(t, what+", dry run", lines(dry), want)
		equal(t, what+", a second time", lines(apply(t, s, teams...)), "")
		whole, err := s.Roster(t.Context())
		must(t, err)
		equal(t, what+", exported and applied", lines(apply(t, s, whole.Teams...)), "")
	}
	check("a new team", `add team platform: Team platform
add check-in platform/daily: What got done? What is next?
add member aiko@example.com: Aiko Tanaka, joins platform
add member mia@example.com: Mia Rossi, joins platform
add member dev@example.com: Dev Patel, joins platform
`, platform)
	check("a second team with a member of the first", `add team infra: Team infra
add check-in infra/daily: What got done? What is next?
add member mia@example.com: joins infra
`, infra)
	platform.Members = []team.RosterMember{aiko, mia}
	platform.Members[0].Member.Rule = team.Rule{Zone: "Europe/Paris", Days: team.Workdays{Days: 1 << time.Monday}, Digest: 8 * 60, DigestSet: true}
	platform.Members[0].Member.Addresses = []string{"Aiko@New.example", "aiko@example.com"}
	platform.Members[0].Lead = true
	platform.Team.Name = "The platform"
	platform.Team.Defaults = team.Rule{Zone: "UTC", Hours: team.WorkHours{Hours: team.Hours{Start: 600, End: 1080}}}
	platform.Team.CheckIns[0].Reminder = false
	platform.Team.CheckIns[0].Questions = []string{"So?"}
	platform.Team.CheckIns = append(platform.Team.CheckIns, team.CheckIn{Name: "weekly", Questions: []string{"How was it?"}})
	check("much at once", `change team platform: name Team platform → The platform
change team platform: zone unset → UTC
change team platform: working hours unset → 10:00-18:00
change check-in platform/daily: questions What got done? What is next? → So?
change check-in platform/daily: reminder on → off
add check-in platform/weekly: How was it?
change member aiko@new.example: lead of platform no → yes
change member aiko@new.example: addresses aiko@example.com, aiko@home.example → aiko@new.example, aiko@example.com
change member aiko@new.example: zone Asia/Tokyo → Europe/Paris
change member aiko@new.example: working days unset → mon
change member aiko@new.example: digest unset → 08:00
remove member dev@example.com: leaves platform
`, platform)
	platform.Team.CheckIns[0], platform.Team.CheckIns[1] = platform.Team.CheckIns[1], platform.Team.CheckIns[0]
	check("check-ins in another order", "change team platform: check-ins now in the order weekly, daily\n", platform)
	platform.Team.CheckIns = platform.Team.CheckIns[:1]
	check("a check-in less", "remove check-in platform/daily\n", platform)
}

func TestARosterThatContradictsItselfIsRefused(t *testing.T) {
	other := func(m team.RosterMember, change func(*team.Member)) team.RosterMember {
		m.Member.Addresses = append([]string(nil), m.Member.Addresses...)
		change(&m.Member)
		return m
	}
	for name, test := range map[string]struct {
		want  string
		teams []team.RosterTeam
	}{
		"two zones for one person": {"has zone Asia/Tokyo in team a and Europe/Paris in team b", []team.RosterTeam{
			rosterTeam("a", aiko), rosterTeam("b", other(aiko, func(m *team.Member) { m.Rule.Zone = "Europe/Paris" }))}},
		"two names for one person": {`is called "Aiko Tanaka" in team a and "Ai" in team b`, []team.RosterTeam{
			rosterTeam("a", aiko), rosterTeam("b", other(aiko, func(m *team.Member) { m.Name = "Ai" }))}},
		"one address for two people": {"the address aiko@home.example belongs to both Aiko Tanaka (aiko@example.com) and Dev Patel (dev@example.com)", []team.RosterTeam{
			rosterTeam("a", aiko, other(dev, func(m *team.Member) { m.Addresses = append(m.Addresses, "AIKO@home.example") }))}},
		"two main addresses for one person": {"name one of them first in both", []team.RosterTeam{
			rosterTeam("a", aiko), rosterTeam("b", member("Aiko Tanaka", "", "aiko@home.example"))}},
		"a person twice in a team":   {"is in team a twice", []team.RosterTeam{rosterTeam("a", aiko, aiko)}},
		"a person without addresses": {"has no address", []team.RosterTeam{rosterTeam("a", member("Nobody", "UTC"))}},
		"a person without a zone":    {"no@example.com in team a: no time zone", []team.RosterTeam{rosterTeam("a", member("No", "", "no@example.com"))}},
		"an unknown zone":            {"unknown time zone", []team.RosterTeam{rosterTeam("a", member("No", "Mars/Crater", "no@example.com"))}},
		"a team twice":               {"team a is defined twice", []team.RosterTeam{rosterTeam("a", aiko), rosterTeam("a", mia)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			_, err := s.ApplyRoster(t.Context(), team.Roster{Teams: test.teams}, false, start)
			if err == nil || !strings.Contains(err.Error(), test.want) || KindOf(err) != Refused {
				t.Errorf("got %v (%s), want %q", err, KindOf(err), test.want)
			}
			equal(t, "members after it", number(t, s, "SELECT COUNT(*) FROM member"), 0)
		})
	}
}

func TestWhatIsStatedInOneTeamHoldsInAll(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("a", member("Aiko Tanaka", "", "aiko@example.com")), rosterTeam("b", aiko))
	p := person(t, s, "aiko@home.example")
	equal(t, "zone", p.Rule.Zone, "Asia/Tokyo")
	equal(t, "teams", len(p.Teams), 2)
	equal(t, "teams in order", p.Teams[0].Team.Slug+p.Teams[1].Team.Slug, "ab")
}

func TestAPersonOfAnUnnamedTeamKeepsWhatTheRosterDoesNotState(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("a", aiko))
	equal(t, "changes", lines(apply(t, s, rosterTeam("b", member("Aiko Tanaka", "", "aiko@example.com")))), `add team b: Team b
add check-in b/daily: What got done? What is next?
add member aiko@example.com: joins b
`)
	p := person(t, s, "aiko@home.example")
	equal(t, "zone", p.Rule.Zone, "Asia/Tokyo")
}

func TestAnAddressOfSomebodyElse(t *testing.T) {
	s := open(t)
	apply(t, s, rosterTeam("a", aiko, mia), rosterTeam("b", dev))
	taker := member("Mia Rossi", "Europe/Paris", "mia@example.com", "dev@example.com")
	_, err := s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{rosterTeam("a", aiko, taker)}}, false, start)
	if err == nil || !strings.Contains(err.Error(), "belongs to both Dev Patel (dev@example.com) and Mia Rossi (mia@example.com)") {
		t.Errorf("taking the address of a member of another team: %v", err)
	}
	must(t, s.RemoveMember(t.Context(), person(t, s, "dev@example.com").ID, start))
	equal(t, "taking it after that member has left", lines(apply(t, s, rosterTeam("a", aiko, taker))),
		`change member mia@example.com: takes dev@example.com over from Dev Patel, who is in no team
change member mia@example.com: addresses mia@example.com → mia@example.com, dev@example.com
`)
	equal(t, "its owner", person(t, s, "dev@example.com").Name, "Mia Rossi")
	swapped := []team.RosterMember{member("Aiko Tanaka", "Asia/Tokyo", "aiko@example.com", "mia@example.com"), member("Mia Rossi", "Europe/Paris", "dev@example.com")}
	apply(t, s, rosterTeam("a", swapped...))
	equal(t, "the owner of an address that passes between two who stay", person(t, s, "mia@example.com").Name, "Aiko Tanaka")
}

func TestASharedAddressMakesNobodySomebodyElse(t *testing.T) {
	s := open(t)
	alice, bob := member("Alice", "UTC", "alice@example.com", "oncall@example.com"), member("Bob", "UTC", "bob@example.com", "oncall@example.com")
	apply(t, s, rosterTeam("a", alice, mia))
	before := person(t, s, "alice@example.com")
	accept1(t, s, update(before, 1, "Alice's words"))

	_, err := s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{rosterTeam("a", alice, bob, mia)}}, false, start)
	if err == nil || !strings.Contains(err.Error(), "oncall@example.com belongs to both Alice (alice@example.com) and Bob (bob@example.com)") {
		t.Errorf("while both are in the team: %v", err)
	}
	_, err = s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{rosterTeam("b", bob)}}, false, start)
	if err == nil || !strings.Contains(err.Error(), "oncall@example.com belongs to both Alice (alice@example.com) and Bob (bob@example.com)") {
		t.Errorf("while the other is in a team that the roster does not name: %v", err)
	}
	equal(t, "changes", lines(apply(t, s, rosterTeam("a", bob, mia))), `add member bob@example.com: Bob, joins a
change member bob@example.com: takes oncall@example.com over from Alice, who leaves
remove member alice@example.com: leaves a
`)
	after := person(t, s, "alice@example.com")
	equal(t, "the one before", words(after.ID, after.Name, after.Addresses), words(before.ID, "Alice", []string{"alice@example.com"}))
	equal(t, "the owner of the address", person(t, s, "oncall@example.com").Name, "Bob")
	equal(t, "whose words they are", texts(dueDigest(t, s, person(t, s, "mia@example.com"), monday)), []string{"Alice: Alice's words"})
}

func TestAPersonIsKnownByAMainAddress(t *testing.T) {
	for name, test := range map[string]struct {
		before, after []string
		same          bool
	}{
		"the same main address":           {[]string{"a@x", "b@x"}, []string{"a@x", "c@x"}, true},
		"the main address is now another": {[]string{"a@x", "b@x"}, []string{"b@x"}, true},
		"a new main address before it":    {[]string{"a@x", "b@x"}, []string{"c@x", "a@x"}, true},
		"only a second address in common": {[]string{"a@x", "b@x"}, []string{"c@x", "b@x"}, false},
		"nothing in common":               {[]string{"a@x", "b@x"}, []string{"c@x", "d@x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			apply(t, s, rosterTeam("a", member("Before", "UTC", test.before...)))
			id := person(t, s, "a@x").ID
			apply(t, s, rosterTeam("a", member("After", "UTC", test.after...)))
			equal(t, "the same person", person(t, s, test.after[0]).ID == id, test.same)
		})
	}
}

func TestAMemberWhoLeavesAndComesBackIsTheSamePerson(t *testing.T) {
	s := platform(t)
	before := person(t, s, "dev@example.com")
	accept1(t, s, update(before, 1, "said before leaving"))
	apply(t, s, rosterTeam("platform", aiko, mia))
	gone := person(t, s, "dev@example.com")
	equal(t, "teams after leaving", len(gone.Teams), 0)
	turn := dueDigest(t, s, person(t, s, "mia@example.com"), monday)
	equal(t, "what others read", texts(turn), []string{"Dev Patel: said before leaving"})
	equal(t, "changes", lines(apply(t, s, rosterTeam("platform", aiko, mia, dev))), "add member dev@example.com: joins platform\n")
	again := person(t, s, "dev@example.com")
	equal(t, "who it is", again.ID, before.ID)
	equal(t, "what the returned one reads", texts(dueDigest(t, s, again, monday)), []string(nil))
}

func TestPeopleAreThoseInATeam(t *testing.T) {
	s := platform(t)
	must(t, s.RemoveMember(t.Context(), person(t, s, "aiko@example.com").ID, start))
	people, err := s.People(t.Context())
	must(t, err)
	var names []string
	for _, p := range people {
		names = append(names, p.Name+" in "+p.Teams[0].Team.Slug)
	}
	equal(t, "people", names, []string{"Dev Patel in platform", "Mia Rossi in platform"})
	for what, err := range map[string]error{
		"removing nobody": s.RemoveMember(t.Context(), 99, start),
		"pausing nobody":  s.SetPaused(t.Context(), 99, true, start),
	} {
		if KindOf(err) != Unknown {
			t.Errorf("%s: %v", what, err)
		}
	}
}

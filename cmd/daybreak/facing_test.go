package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// facing are two daybreaks, each of which has the other's address in its team, beside a person who writes every day.
type facing struct {
	t       *testing.T
	sides   [2]*facingSide
	clients []mailtest.Client
	write   sync.WaitGroup
}

type facingSide struct {
	*engine
	address string
	person  string // a member of its own

	mu     sync.Mutex
	across []string // what it has sent to the other, in words
	told   []string // what its own people were sent
}

// facingWay is how one daybreak comes to stand in the other's team.
type facingWay struct {
	name  string
	rule  team.Rule // of both teams
	zones [2]string // of their teams
	lead  bool
	alias bool // it is another address of the person
	most  int  // mails that each sends to the other
}

// TestTwoDaybreaksFacingEachOther lets two daybreaks have each other in their teams for 30 days. No mail of one is ever answered by the
// other, and each stops at the other's first.
func TestTwoDaybreaksFacingEachOther(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is long, and has loops like the shorter tests")
	}
	for _, way := range []facingWay{
		{name: "as a member", zones: [2]string{"Europe/Paris", "Europe/Paris"}, most: 1},
		{name: "a world apart", zones: [2]string{"Asia/Tokyo", "America/Los_Angeles"}, most: 1},
		{name: "as a lead", zones: [2]string{"Europe/Paris", "America/New_York"}, lead: true, most: 1},
		{name: "with receipts for everything", rule: team.Rule{Receipts: team.ReceiptsAlways}, zones: [2]string{"Asia/Kolkata", "Europe/London"}, lead: true, most: 1},
		{name: "asked and told at one time", rule: team.Rule{Prompt: 9 * 60, PromptSet: true}, zones: [2]string{"UTC", "UTC"}, most: 1},
		{name: "as an alias of a person", zones: [2]string{"Europe/Paris", "Asia/Tokyo"}, alias: true, most: 0},
	} {
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { (&facing{t: t, clients: mailtest.Clients()}).live(way) })
		})
	}
}

func (f *facing) live(way facingWay) {
	t := f.t
	time.Sleep(time.Until(time.Date(2000, 3, 1, 0, 0, 0, 0, time.UTC)))
	ctx, stop := context.WithCancel(t.Context())
	addresses := [2]string{"updates@a.example", "team@b.example"}
	var all []*sync.WaitGroup
	for i, own := range addresses {
		s := &facingSide{address: own, person: "mia@" + own[strings.Index(own, "@")+1:]}
		f.sides[i] = s
		rule := way.rule
		rule.Zone = way.zones[i]
		group := team.RosterTeam{Team: team.Team{Slug: "platform", Name: "Platform", Defaults: rule, CheckIns: []team.CheckIn{{Name: "daily",
			Questions: team.DefaultQuestions(), Reminder: true}}}}
		member := func(name string, lead bool, addresses ...string) {
			group.Members = append(group.Members, team.RosterMember{Member: team.Member{Name: name, Addresses: addresses}, Lead: lead})
		}
		if way.alias {
			member("Mia Rossi", true, s.person, addresses[1-i])
			member("Dev Patel", false, "dev@"+s.person[4:])
		} else {
			member("Mia Rossi", true, s.person)
			member("The others", way.lead, addresses[1-i])
		}
		s.engine = newEngine(t, mailtest.Options{Address: own, OnDelivery: func(d mailtest.Delivery) { f.delivered(i, d) }},
			team.Roster{Teams: []team.RosterTeam{group}}, time.Hour)
	}
	for _, s := range f.sides {
		all = append(all, s.run(ctx))
	}
	time.Sleep(30 * 24 * time.Hour)
	f.write.Wait()
	stop()
	for i, s := range f.sides {
		all[i].Wait()
		if len(s.across) > way.most {
			t.Errorf("%s sent %d mails to %s in 30 days:\n%s", s.address, len(s.across), f.sides[1-i].address, strings.Join(s.across, "\n"))
		}
		status, err := s.store.Status(t.Context(), time.Now(), 0)
		must(t, err)
		t.Logf("%s sent %v to the other; %v", s.address, s.across, status.Outcomes)
		if n := status.Outcomes[team.AutoReply]; n != len(f.sides[1-i].across) || status.Outcomes[team.Stored] < 20 {
			t.Errorf("%s has %v", s.address, status.Outcomes)
		}
		warned := 0
		for _, subject := range s.told {
			if strings.Contains(subject, "Nobody reads mail to") {
				warned++
			}
		}
		if want := way.most; warned != want {
			t.Errorf("%s was told %d times that a daybreak reads the other's mail, want %d", s.person, warned, want)
		}
		s.close()
	}
}

// delivered takes a mail to where it is for. A person answers what they are asked.
func (f *facing) delivered(from int, d mailtest.Delivery) {
	s, other := f.sides[from], f.sides[1-from]
	m := mime.Read(d.Raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasSuffix(d.To, other.address[strings.Index(other.address, "@"):]) {
		s.across = append(s.across, fmt.Sprintf("%s to %s at %s", m.Subject, d.To, d.At.UTC().Format("2 Jan 15:04")))
		_, err := other.server.Deliver(mailtest.Transit(d.Raw, d.At, d.To))
		must(f.t, err)
		return
	}
	s.told = append(s.told, m.Subject)
	if d.To != s.person || !strings.HasPrefix(m.Subject, "Platform: what") {
		return
	}
	client := f.clients[len(s.told)%len(f.clients)]
	f.write.Go(func() {
		time.Sleep(20 * time.Minute)
		raw, err := client.Reply(d.Raw, mailtest.Identity{Name: "Mia Rossi", Address: s.person}, time.Now(), mailtest.Answer{Text: "Closed another ticket."})
		must(f.t, err)
		_, err = s.server.Deliver(mailtest.Transit(raw, time.Now(), recipient(raw)))
		must(f.t, err)
	})
}

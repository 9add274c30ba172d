package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// asked is a prompt with the reply that its reader will write and the words that must be kept of it.
type asked struct {
	person team.Person
	day    team.Date
	reply  []byte
	words  string
}

// TestRepliesInDovecotSurviveKills lets 1,000 replies of ten client shapes arrive in a real Dovecot while the daemon is killed with
// SIGKILL ten times on the way. Each must be stored once, with its own words and no others.
func TestRepliesInDovecotSurviveKills(t *testing.T) {
	const people, days, kills = 25, 40, 10
	box := mailtest.Dovecot(t)
	sink := mailtest.SMTPSink(t)
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	config := writeConfig(t, dir, box.User, box.Password, box.Addr, sink.Addr)
	path := filepath.Join(dir, "daybreak.db")
	var replies []asked
	askAndAnswer(t, path, box.User, bigRoster(people), people*days, func(a asked) { replies = append(replies, a) })

	d := startDaemon(t, config)
	d.await("mailbox open") // the baseline is taken: what arrives from now on is ours
	for round := range kills {
		for _, r := range replies[round*len(replies)/kills : (round+1)*len(replies)/kills] {
			box.Deliver(r.reply)
		}
		d.pause(time.Duration(random.IntN(250)) * time.Millisecond)
		d.kill()
		d = startDaemon(t, config)
	}
	defer d.kill()

	s, err := store.Open(t.Context(), store.Options{Path: path})
	must(t, err)
	defer s.Close()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		status, err := s.Status(t.Context(), time.Now(), 0)
		must(t, err)
		if n := status.Outcomes[team.Stored]; n == len(replies) {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("of %d replies %d are stored: %v\n%s", len(replies), n, status.Outcomes, d.log.String())
		}
		d.pause(100 * time.Millisecond)
	}
	checkStored(t, s, replies)
	must(t, s.Check(t.Context()))
}

func writeConfig(t testing.TB, dir, user, password, imap, smtp string) string {
	t.Helper()
	secret := filepath.Join(dir, "imap.secret")
	must(t, os.WriteFile(secret, []byte(password+"\n"), 0o600))
	path := filepath.Join(dir, "daybreak.toml")
	must(t, os.WriteFile(path, fmt.Appendf(nil, `address = %q
[imap]
url = "imap://%s"
user = %q
password_file = "imap.secret"
[smtp]
url = "smtp://%s"
[database]
url = "daybreak.db"
`, user, imap, user, smtp), 0o600))
	return path
}

// askAndAnswer lets the scheduler ask everyone, day by day, on a clock of its own, and hands over a reply to each prompt until there
// are so many. The observer, if the roster has one, is paused and so never told: everything is new to them afterwards.
func askAndAnswer(t testing.TB, path, address string, r team.Roster, replies int, each func(asked)) {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Options{Path: path, Exclusive: true})
	must(t, err)
	defer s.Close()
	now := time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)
	_, err = s.ApplyRoster(ctx, r, false, now)
	must(t, err)
	everyone, err := s.People(ctx)
	must(t, err)
	byID := map[int64]team.Person{}
	for _, p := range everyone {
		byID[p.ID] = p
		if p.Address() == observer {
			must(t, s.SetPaused(ctx, p.ID, true, now))
		}
	}
	composer, err := newComposer(ctx, address, "", s)
	must(t, err)
	scheduler := &digest.Scheduler{Store: s, Compose: composer, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	clients := mailtest.Clients()
	for made := 0; made < replies; {
		_, err = scheduler.Tick(ctx, now)
		must(t, err)
		mails, err := s.ClaimOutgoing(ctx, now, time.Hour, 1000)
		must(t, err)
		for _, m := range mails {
			must(t, s.Finish(ctx, m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now))
			if m.Kind != team.PromptMail || made == replies {
				continue
			}
			p := byID[m.MemberID]
			loc, err := p.DigestRule().Location()
			must(t, err)
			when := now.Add(20 * time.Minute).In(loc)
			client := clients[made%len(clients)]
			a, words := generated(client, p.Name, made)
			raw, err := client.Reply(m.Raw, mailtest.Identity{Name: p.Name, Address: p.Address()}, when, a)
			must(t, err)
			each(asked{p, team.DateOf(now.In(loc)), mailtest.Transit(raw, when, recipient(raw)), words})
			made++
		}
		if len(mails) > 0 {
			continue // there may be more that are due
		}
		next, ok, err := s.NextSlot(ctx)
		must(t, err)
		if !ok {
			t.Fatal("nobody is to be asked any more")
		}
		now = next
	}
}

const observer = "observer@example.com"

// bigRoster is one team of so many people around the world.
func bigRoster(people int) team.Roster {
	zones := []string{"Asia/Tokyo", "Asia/Kolkata", "Africa/Nairobi", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Pacific/Auckland"}
	names := []string{"Ada", "Björn", "Chloé", "Dmitri", "Eun-ji"}
	t := team.RosterTeam{Team: team.Team{Slug: "platform", Name: "Platform",
		CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions()}}}}
	add := func(name, address, zone string) {
		t.Members = append(t.Members, team.RosterMember{Member: team.Member{Name: name, Addresses: []string{address}, Rule: team.Rule{Zone: zone}}})
	}
	for i := range people {
		add(fmt.Sprintf("%s Example%c", names[i%len(names)], 'a'+i), fmt.Sprintf("member%d@example.com", i), zones[i%len(zones)])
	}
	add("Observer", observer, "UTC")
	return team.Roster{Teams: []team.RosterTeam{t}}
}

// generated is what one person writes, in the way that their client invites to, and the words of it.
func generated(c mailtest.Client, name string, n int) (mailtest.Answer, string) {
	lines := []string{
		fmt.Sprintf("Closed ticket %d and wrote down why; the naïve cache was to blame.", 4000+n),
		fmt.Sprintf("Tomorrow the load test, run %d.", n),
		fmt.Sprintf("Waiting for certificate no. %d since yesterday.", n),
	}
	words := strings.Join(lines, " ")
	if c.Interleaves {
		return mailtest.Answer{Under: lines, Questions: team.DefaultQuestions(), Signature: name + "\nPlatform"}, words
	}
	return mailtest.Answer{Text: strings.Join(lines, "\n\n")}, words
}

func checkStored(t *testing.T, s *store.Store, replies []asked) {
	t.Helper()
	everyone, err := s.People(t.Context())
	must(t, err)
	p, err := findPerson(everyone, observer)
	must(t, err)
	turn, err := s.DigestTurn(t.Context(), p.ID, time.Now())
	must(t, err)
	type key struct {
		member int64
		day    team.Date
	}
	got := map[key][]string{}
	for _, r := range turn.Reading {
		for _, e := range r.Entries {
			var words []string
			for _, item := range e.Items {
				words = append(words, strings.Fields(item.Text)...)
			}
			k := key{e.MemberID, e.Day}
			got[k] = append(got[k], strings.Join(words, " "))
		}
	}
	wrong := 0
	for _, r := range replies {
		stored := got[key{r.person.ID, r.day}]
		if len(stored) == 1 && stored[0] == r.words {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("%s on %s wrote\n%s\nstored is\n%q\nof\n%s", r.person.Address(), r.day, r.words, stored, r.reply)
		}
	}
	if wrong > 0 || len(got) != len(replies) {
		t.Errorf("of %d replies %d are stored wrong; %d days have an update", len(replies), wrong, len(got))
	}
}

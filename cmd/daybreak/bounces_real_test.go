package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

// realPost are a Postfix that carries our mail, a Dovecot that has our mailbox and those of two people who are away, and a server that
// refuses most mail.
type realPost struct {
	box  *mailtest.DovecotServer
	post *mailtest.PostfixServer
}

func startRealPost(t *testing.T, until time.Time) realPost {
	refusing := mailServers(t, func(o *mailtest.Options) {
		o.Address, o.Password = "well@there.example", ""
		o.Refuse = func(_, to string) error {
			local, _, _ := strings.Cut(to, "@")
			return map[string]error{
				"gone": &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here by that name"},
				"full": &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "the mailbox is full"},
				"busy": &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "the mailbox is full for now"},
			}[local]
		}
	})
	away := func(address string) string {
		return fmt.Sprintf("require [\"vacation\"];\nvacation :addresses [%q] \"I am away until %s. Ask Ben.\";\n", address, until.Format("2 January 2006"))
	}
	// Each has to know the other's port, so that the Dovecot hands its notes to a port where Postfix will be.
	submission := mailtest.FreeAddr(t)
	box := mailtest.DovecotWith(t, mailtest.DovecotOptions{Delivers: true, Submission: submission,
		Scripts: map[string]string{"aiko@away.example": away("aiko@away.example"), "mia@bare.example": away("mia@bare.example")}})
	lmtp := bracketed(box.LMTPAddr)
	return realPost{box, mailtest.Postfix(t, submission, map[string]string{"example.com": "lmtp:" + lmtp, "away.example": "lmtp:" + lmtp,
		"bare.example": "bare:" + lmtp, "there.example": "smtp:" + bracketed(refusing.SMTPAddr())})}
}

// bracketed is host:port as Postfix writes an address that it is not to look up.
func bracketed(addr string) string {
	host, port, _ := strings.Cut(addr, ":")
	return "[" + host + "]:" + port
}

// TestRealBouncesAndVacationNotes has people asked through a real Postfix, which bounces what cannot be delivered, and lets a real Dovecot
// answer for those who are away. All of it comes back into our mailbox there.
func TestRealBouncesAndVacationNotes(t *testing.T) {
	for _, verp := range []bool{false, true} {
		t.Run(fmt.Sprint("verp ", verp), func(t *testing.T) { testRealBounces(t, verp) })
	}
}

func testRealBounces(t *testing.T, verp bool) {
	now := time.Now()
	until := now.AddDate(0, 0, 10)
	real := startRealPost(t, until)
	s := openStore(t, filepath.Join(t.TempDir(), "daybreak.db"))
	defer func() { must(t, s.Close()) }()

	// Everybody works today, lives where it is noon and is asked at eleven, so that they are asked at once.
	days, err := team.ParseWorkdays("mon-sun")
	must(t, err)
	noon := fmt.Sprintf("Etc/GMT%+d", now.UTC().Hour()-12)
	group := func(slug string, asked int, addresses ...string) team.RosterTeam {
		g := team.RosterTeam{Team: team.Team{Slug: slug, Name: slug, Defaults: team.Rule{Zone: noon, Days: days, Prompt: 11 * 60, PromptSet: true}}}
		for n := range asked {
			g.Team.CheckIns = append(g.Team.CheckIns, team.CheckIn{Name: fmt.Sprint("no. ", n), Questions: team.DefaultQuestions()})
		}
		for _, address := range addresses {
			g.Members = append(g.Members, team.RosterMember{Member: team.Member{Name: address, Addresses: []string{address}}})
		}
		return g
	}
	_, err = s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{
		group("lost", 2, "gone@there.example", "full@there.example", "busy@there.example", "well@there.example", "ghost@example.com", "anna@nowhere.invalid"),
		group("away", 1, "aiko@away.example", "mia@bare.example"),
	}}, false, now)
	must(t, err)
	everyone, err := s.People(t.Context())
	must(t, err)
	names := map[int64]string{}
	for _, p := range everyone {
		names[p.ID] = p.Name
	}
	composer, err := newComposer(t.Context(), real.box.User, "", s)
	must(t, err)
	composer.VERP = verp

	// Each of two mails is bounced; for who is busy it is said to be late before, if Postfix finds the time. Of those who are away only Mia's
	// Dovecot does not see that the mail is a machine's.
	const bounces, notes = 5 * 2, 1
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	arrived := make(chan team.Mail, 100)
	receiver := &mailin.Receiver{Reader: mailin.Reader{Address: real.box.User, Keys: composer.Keys, Directory: s}, Store: s, Log: log,
		Done: func(m team.Mail) { arrived <- m }}
	box := dovecotMailbox(real.box, s)
	box.Receive, box.Log = receiver.Receive, log
	session, err := box.Open(t.Context()) // what is there now is old
	must(t, err)
	_, err = session.CatchUp(t.Context(), now)
	must(t, err)
	must(t, session.Close())

	ctx, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	reading.Go(func() {
		if err := box.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	scheduler := &digest.Scheduler{Store: s, Compose: composer, Log: log}
	out := &outbox.Outbox{Store: s, Log: log, Server: &outbox.Server{Addr: real.post.Addr, Security: outbox.Plain}}
	defer out.Close()
	made, err := scheduler.Tick(t.Context(), now)
	must(t, err)
	sent, err := out.Drain(t.Context(), now)
	must(t, err)
	if made != 6*2+2 || sent != made {
		t.Fatalf("%d prompts were made and %d sent", made, sent)
	}
	var mails []team.Mail
	late := 0
	for limit := time.After(40 * time.Second); len(mails) < bounces+late+notes; {
		select {
		case m := <-arrived:
			mails = append(mails, m)
			if strings.Contains(string(m.Raw), "\nAction: delayed") {
				late++
			}
		case <-limit:
			for _, m := range mails {
				t.Logf("%s: %s", m.Outcome, m.Reason)
			}
			t.Fatalf("only %d mails came back", len(mails))
		}
	}
	stop()
	reading.Wait()

	got := map[string][]string{}
	for _, m := range mails {
		if m.Update != nil || m.Answer != nil || m.Confirm != nil {
			t.Errorf("%s (%s) does %+v", m.Outcome, m.Reason, m)
		}
		switch m.Outcome {
		case team.Bounce:
			if len(m.Failures) != 1 || m.Failures[0].About == "" {
				t.Errorf("of a bounce nobody knows the mail: %+v\n%s", m.Failures, m.Raw)
				continue
			}
			f := m.Failures[0]
			got[names[f.MemberID]] = append(got[names[f.MemberID]], fmt.Sprintf("%v %s", f.Hard, statusIn(f.Why)))
		default:
			through := ""
			if m.Away != nil {
				through = m.Away.Through.String()
			}
			got[names[m.MemberID]] = append(got[names[m.MemberID]], strings.TrimSpace(fmt.Sprint(m.Outcome, " away through ", through)))
		}
	}
	want := map[string][]string{
		"gone@there.example": {"true 5.1.1", "true 5.1.1"}, "full@there.example": {"true 5.2.2", "true 5.2.2"},
		"busy@there.example": {"false 4.2.2"}, "ghost@example.com": {"true 5.1.1", "true 5.1.1"},
		"mia@bare.example": {"auto-reply away through " + team.DateOf(until).String()},
	}
	for name, list := range got {
		slices.Sort(list)
		if name == "busy@there.example" {
			list = slices.Compact(list)
		}
		if name != "anna@nowhere.invalid" && !slices.Equal(list, want[name]) {
			t.Errorf("%s: %v, want %v", name, list, want[name])
		}
	}
	t.Logf("%d bounces, of which %d said only that a mail was late, and %d note", len(mails)-notes, late, notes)
	// Whether a domain cannot be found for good or for now depends on the network that the test runs in.
	if list := got["anna@nowhere.invalid"]; len(list) < 2 || !strings.Contains(list[0], ".4.") {
		t.Errorf("anna@nowhere.invalid: %v", list)
	}
	everyone, err = s.People(t.Context())
	must(t, err)
	for _, p := range everyone {
		// Who is busy is so for now: that counts as well, but four reports of two mails are not enough.
		if lost := len(got[p.Name]) > 1 && p.Name != "busy@there.example"; p.Reachable() == lost {
			t.Errorf("%s: reachable %v, after %v", p.Name, p.Reachable(), got[p.Name])
		}
		if away := len(p.Away) > 0; away != (p.Name == "mia@bare.example") {
			t.Errorf("%s is away: %v", p.Name, p.Away)
		}
	}
	if made, err := scheduler.Tick(t.Context(), time.Now()); made != 0 || err != nil {
		t.Errorf("%d mails more were made (%v)", made, err)
	}
}

// statusIn is the first status in a server's words.
func statusIn(why string) string {
	for _, word := range strings.FieldsFunc(why, func(c rune) bool { return c == ' ' || c == '-' || c == ';' }) {
		if strings.Count(word, ".") == 2 && len(word) < 9 && strings.ContainsAny(word[:1], "45") {
			return word
		}
	}
	return cmp.Or(why, "nothing")
}

package digest

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybreak/internal/team"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; look at the difference after running the test with -update\ngot:\n%s", path, got)
	}
}

func TestDigestsReadAsTheGoldenOnes(t *testing.T) {
	c := testComposer(t)
	for name, turn := range turns() {
		l, _, ok, err := c.digestLetter(turn, tuesday(t), lateFor(turn, tuesday(t).Location(), tuesday(t)))
		if err != nil || !ok {
			t.Fatalf("%s: ok %v, error %v", name, ok, err)
		}
		if name == "cut" { // it is too long to be read, and looked at elsewhere
			continue
		}
		golden(t, "digest-"+name+".txt", "Subject: "+l.Subject+"\n\n"+l.Plain())
		golden(t, "digest-"+name+".html", l.HTML)
	}
}

// asking is a prompt turn of Aiko's for Mon 2 March.
func asking() team.Turn {
	return team.Turn{
		Slot:   team.Slot{MemberID: 1, Kind: team.PromptSlot, CheckInID: 10, Day: march(2)},
		Person: aiko(platform), Team: platform, CheckIn: platform.CheckIns[0],
		Plan: []string{
			"Write the release notes.", "Walk through the backups with Sam:\n- daily\n- weekly", "移行の手順書を直す。",
			"Ask support which of the forty-one old feature flags anybody still knows about, remove those that nobody does, and write down the rest of them where the people on duty look first.",
		},
		PlanDay: team.Date{Year: 2026, Month: time.February, Day: 27},
		Carried: []team.Planned{
			{Since: team.Date{Year: 2026, Month: time.February, Day: 27}}, {Since: team.Date{Year: 2026, Month: time.February, Day: 27}},
			{Since: team.Date{Year: 2026, Month: time.February, Day: 27}}, {Since: team.Date{Year: 2026, Month: time.February, Day: 24}},
		},
		Lapsed: []team.Planned{{Text: "Sort the old pictures."}},
		Open: []team.Open{{ItemID: 700, MemberID: 4, Name: "Dev Patel", Kind: team.Ask, Text: "@aiko can we drop Python 3.8? by thu", Asked: 1, AskedBy: "Aiko Tanaka",
			Due: time.Date(2026, time.March, 5, 8, 0, 0, 0, time.UTC)},
			{ItemID: 701, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Blocker, Text: "The build machine in Osaka is out of disk.", Since: team.Date{Year: 2026, Month: time.February, Day: 26}},
			{ItemID: 702, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Blocker, Text: "Waiting for the auditors' questions, which they promised for last week.", Since: team.Date{Year: 2026, Month: time.February, Day: 27}}},
	}
}

// reminding is the reminder of it.
func reminding(t testing.TB, c *Composer) team.Turn {
	t.Helper()
	turn := asking()
	prompt, err := c.Prompt(turn, tuesday(t).AddDate(0, 0, -1))
	if err != nil {
		t.Fatal(err)
	}
	turn.Slot.Kind, turn.Slot.Day = team.ReminderSlot, march(3)
	turn.Prompt = &team.Sent{Kind: team.PromptMail, MemberID: 1, TeamID: 1, CheckInID: 10, Day: march(2), MessageID: prompt.MessageID, Text: prompt.Text, Plan: turn.Plan, PlanDay: turn.PlanDay}
	return turn
}

// noticing tells Aiko that mail to a teammate does not arrive.
func noticing() team.Notice {
	about := team.Person{Member: team.Member{ID: 2, Name: "Dev Patel", Addresses: []string{"dev@example.com"}}}
	about.Unreached.Why = "550 5.1.1 nobody here by that name"
	return team.Notice{ID: 5, Kind: team.UnreachedNotice, Person: aiko(platform), About: about}
}

// notices are those that leads and newcomers get, beside that of mail that does not arrive.
func notices() map[string]team.Notice {
	list := map[string]team.Notice{}
	for _, kind := range []team.NoticeKind{team.ComplainedNotice, team.JoinedNotice, team.DeclinedNotice, team.UndeliveredNotice, team.WelcomeNotice, team.InvitationNotice,
		team.AsksNotice, team.AdmittedNotice, team.TurnedAwayNotice, team.RemovedNotice, team.LeftNotice, team.LostNotice} {
		list["notice-"+string(kind)] = team.Notice{ID: 6, Kind: kind, Person: aiko(platform), Team: platform,
			About: team.Person{Member: team.Member{ID: 2, Name: "Dev Patel", Addresses: []string{"dev@example.com"}}}}
	}
	said := func(id, member int64, name string, kind team.CommentKind, news bool, text string) team.Comment {
		return team.Comment{ID: id, MemberID: member, Name: name, Kind: kind, News: news, Text: text}
	}
	thread := team.Thread{ItemID: 40, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Done, Day: march(2), Text: "Moved the billing jobs to the new queue.", Comments: []team.Comment{
		said(1, 3, "Mia Rossi", team.Remark, false, "Does the old one stay?"), said(2, 1, "Aiko Tanaka", team.Remark, false, "Until Friday."),
		said(3, 2, "Dev Patel", team.Remark, true, "Then I test it on Thursday.\n\nWith last Friday's peak."), said(4, 3, "Mia Rossi", team.Reaction, false, "👍")}}
	shown := team.Sent{MessageID: "digest-of-tuesday@example.com", Subject: "Platform · Tue 3 Mar · 5 updates", Marks: map[string]int64{"c2": 40}}
	list["notice-comments"] = team.Notice{ID: 8, Kind: team.CommentsNotice, Person: aiko(platform), About: team.Person{Member: team.Member{ID: 2}}, Thread: thread, Shown: shown}
	thread.MemberID, thread.Name = 2, "Dev Patel"
	list["notice-comments-alone"] = team.Notice{ID: 9, Kind: team.CommentsNotice, Person: aiko(platform), About: team.Person{Member: team.Member{ID: 2}}, Thread: thread}
	for name, item := range map[string]string{"private": "", "private-item": "Moved the billing jobs to the new queue."} {
		list["notice-"+name] = team.Notice{ID: 7, Kind: team.PrivateNotice, Person: aiko(platform), Item: item, Words: "I can take the Friday shift.\n\nTell nobody yet, please.",
			About: team.Person{Member: team.Member{ID: 2, Name: "Dev Patel", Addresses: []string{"dev@example.com"}}}}
	}
	list["notice-newcomer"] = newcomers()
	return list
}

// newcomers is what Aiko gets who has joined Platform on Friday 6 March.
func newcomers() team.Notice {
	before := endsOfWeek()["usual"]
	before.Slot.At = time.Date(2026, time.March, 6, 7, 0, 0, 0, time.UTC)
	r := before.Reading[0]
	r.Entries = slices.DeleteFunc(slices.Clone(r.Entries), func(e team.Entry) bool { return e.MemberID == 1 })
	in := func(p team.Person, lead bool) team.Person {
		p.Teams = []team.Membership{{Team: platform, Lead: lead}}
		return p
	}
	wanjiru := in(lives(6, "Wanjiru Kamau", nairobi), false)
	wanjiru.Away = team.Away{{From: march(2), Through: march(13)}}
	tomás := in(lives(5, "Tomás Herrera", newYork), false)
	tomás.Away = team.Away{{From: march(2)}}
	short := in(lives(2, "Dev Patel", kolkata), false)
	short.Rule.Hours, _ = team.ParseWorkHours("09:00-17:00, fri 09:00-13:00")
	r.Members = []team.Person{aiko(platform), short, in(lives(3, "Mia Rossi", paris), true), tomás, wanjiru, in(lives(8, "نور حداد", cairo), false)}
	before.Reading = []team.Reading{r}
	return team.Notice{ID: 10, Kind: team.NewcomerNotice, Person: aiko(platform), About: aiko(platform), Team: platform, Before: &before}
}

func TestANewcomerIsToldOfManyPeopleInALineEach(t *testing.T) {
	n := newcomers()
	r := &n.Before.Reading[0]
	for i := range 80 {
		r.Members = append(r.Members, lives(int64(100+i), fmt.Sprintf("Person %02d", i), paris))
	}
	m, err := testComposer(t).Notice(n, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(m.Text, "  - "); got != 63 || !strings.Contains(m.Text, "  - 25 others\n") || strings.Contains(m.Text, "  - Aiko") { // two of them in what was said
		t.Errorf("%d lines:\n%s", got, m.Text)
	}
}

// mails is one mail of each kind.
func mails(t testing.TB, c *Composer) map[string]team.Outgoing {
	t.Helper()
	now := tuesday(t)
	list := map[string]team.Outgoing{}
	keep := func(name string, m team.Outgoing, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list[name] = m
	}
	m, err := c.Prompt(asking(), now)
	keep("prompt", m, err)
	m, err = c.Reminder(reminding(t, c), now)
	keep("reminder", m, err)
	for _, kind := range []team.AnswerKind{team.AnswerPaused, team.AnswerResumed, team.AnswerHelp, team.AnswerAway, team.AnswerBack, team.AnswerHere, team.AnswerCalledOff} {
		m, err = c.Answer(team.Answer{ID: 77, Kind: kind, Person: aiko(platform, growth), Subject: "Re: Platform: what happened today, Aiko?", MessageID: "abc@mail.example.org",
			Away:      team.Span{From: march(9), Through: march(20)},
			CalledOff: []team.Span{{From: march(9), Through: march(20)}, {From: march(26), Through: march(26)}}}, now)
		keep("receipt-"+string(kind), m, err)
	}
	for name, a := range receipts() {
		m, err = c.Answer(a, now)
		keep("receipt-"+name, m, err)
	}
	asked := weeks()
	maps.Copy(asked, askedFor())
	maps.Copy(asked, decidedFor())
	for name, a := range asked {
		out, err := c.Asked(a, now)
		keep("asked-"+name, *out.Mail, err)
	}
	for name, turn := range endsOfWeek() {
		m, _, err := c.Weekly(turn, now.AddDate(0, 0, 3).Add(7*time.Hour))
		keep("weekly-"+name, m, err)
	}
	m, err = c.Notice(noticing(), now)
	keep("notice", m, err)
	for name, n := range notices() {
		m, err = c.Notice(n, now)
		keep(name, m, err)
	}
	daybreak := noticing()
	daybreak.About.Unreached = team.Unreached{Why: "it is the address of another daybreak", Daybreak: true}
	m, err = c.Notice(daybreak, now)
	keep("notice-daybreak", m, err)
	for name, list := range troubles(now) {
		m, err := c.Troubles("rosa@example.com", list, now)
		keep("troubles-"+name, m, err)
	}
	for name, turn := range turns() {
		m, _, err := c.Digest(turn, now)
		keep("digest-"+name, m, err)
	}
	return list
}

func TestATroubleThatIsOverIsToldInThePast(t *testing.T) {
	c, now := testComposer(t), tuesday(t)
	present := regexp.MustCompile(`\b(is|are|do|does|can|cannot|waits?|arrives?)\b`)
	for _, kind := range team.Troubles() {
		m, err := c.Troubles("rosa@example.com", []team.Trouble{{Kind: kind, Since: now.Add(-time.Hour), Ended: now.Add(-time.Minute), What: "it is so"}}, now)
		if err != nil {
			t.Fatal(err)
		}
		line := regexp.MustCompile(`(?m)^  - .*`).FindString(m.Text)
		if !strings.Contains(line, " from ") || present.MatchString(line) {
			t.Errorf("%s: %q", kind, line)
		}
	}
}

// troubles are what whoever runs daybreak may be told.
func troubles(now time.Time) map[string][]team.Trouble {
	away := team.Trouble{Kind: team.MailboxTrouble, Since: now.Add(-26 * time.Hour), What: "the mailbox is out of reach: connecting to imap.example.com:993: connection refused",
		Hint: "nothing listens there; check host and port of the url under [imap]"}
	over := away
	over.Ended = now.Add(-5 * time.Minute)
	return map[string][]team.Trouble{
		"one":  {away},
		"over": {over},
		"some": {
			{Kind: team.FullTrouble, Since: now.Add(-time.Hour), What: "the disk of the database is full: mail stays on its server, and nothing is sent",
				Hint: "make room on the disk of /var/lib/daybreak/daybreak.db; nothing is lost: mail stays on its server until then"},
			{Kind: team.NoMailTrouble, Since: now.Add(-80 * time.Hour), What: "no mail has arrived at all, though people were asked on 3 days", Hint: "answer a prompt yourself"},
			over,
		},
		"happened": {{Kind: team.GivenUpTrouble, Since: now.Add(-time.Hour), What: "2 digests could not be sent in time and were given up", Hint: "nothing: the next digests tell what they held"}},
		"damaged": {{Kind: team.DamagedTrouble, Since: now.Add(-time.Hour), What: "the database is damaged (row 3 missing from index mail_identity)",
			Hint: "stop daybreak and put your latest backup in the database's place; keep what is damaged, some of it may be recovered"}},
	}
}

func TestPromptsAndReceiptsReadAsTheGoldenOnes(t *testing.T) {
	for name, m := range mails(t, testComposer(t)) {
		if m.Kind == team.DigestMail {
			continue
		}
		golden(t, name+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
		golden(t, name+".html", parse(t, m).html)
	}
}

func TestHelpSaysThatMailsArePaused(t *testing.T) {
	person := aiko(platform)
	for _, paused := range []bool{false, true} {
		person.Paused = paused
		m, err := testComposer(t).Answer(team.Answer{ID: 1, Kind: team.AnswerHelp, Person: person}, tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != "How this works" || strings.Contains(m.Text, "is paused") != paused || strings.Contains(m.Text, "16:00") == paused {
			t.Errorf("paused is %v, but the mail says\n%s\n%s", paused, m.Subject, m.Text)
		}
	}
}

func TestAReminderRepeatsThePromptsQuestionsAndDay(t *testing.T) {
	c := testComposer(t)
	turn := reminding(t, c)
	turn.Prompt.Questions = []string{"What did you see?"}
	m, err := c.Reminder(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, m.Text, "Nothing from you for Monday 2 March so far.", "  - What did you see?\n")
	turn.Prompt = nil
	if _, err := c.Reminder(turn, tuesday(t)); err == nil {
		t.Error("there was nothing to repeat, but a reminder was made")
	}
}

func TestManyCanComposeAtOnce(t *testing.T) {
	c := testComposer(t)
	turn := turns()["busy"]
	want, _, err := c.Digest(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			turn := turn
			turn.Person.ID = int64(1 + i%2*12) // two readers who see others
			for range 20 {
				m, _, err := c.Digest(turn, tuesday(t))
				if err != nil || i%2 == 0 && !bytes.Equal(m.Raw, want.Raw) {
					t.Errorf("reader %d got another mail, error %v", i, err)
					return
				}
			}
		})
	}
	group.Wait()
}

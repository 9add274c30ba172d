package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/templates"
)

// testComposer writes mails with a fixed key.
func testComposer(t testing.TB) *Composer {
	t.Helper()
	set, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := token.Keys{{Number: 1, Secret: []byte("a secret that only tests know ....")}}
	return &Composer{Address: "updates@example.com", Keys: keys, Templates: set}
}

var (
	platform = team.Team{ID: 1, Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{ID: 10, TeamID: 1, Name: "daily", Reminder: true}}}
	growth   = team.Team{ID: 2, Slug: "growth", Name: "Growth", CheckIns: []team.CheckIn{
		{ID: 20, TeamID: 2, Name: "daily"}, {ID: 21, TeamID: 2, Name: "weekly", Questions: []string{"What did you learn?"}}}}
)

// aiko reads in Tokyo on Tue 3 March 2026 at 09:00.
func aiko(teams ...team.Team) team.Person {
	p := team.Person{Member: team.Member{ID: 1, Name: "Aiko Tanaka", Addresses: []string{"aiko@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo"}}}
	for _, t := range teams {
		p.Teams = append(p.Teams, team.Membership{Team: t})
	}
	return p
}

func tuesday(t testing.TB) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, time.March, 3, 9, 0, 0, 0, loc)
}

func march(day int) team.Date { return team.Date{Year: 2026, Month: time.March, Day: day} }

// seq numbers sample items.
var kindOf = map[string]team.Kind{
	"done": team.Done, "next": team.Plan, "stuck": team.Blocker, "ask": team.Ask, "decision": team.Decision,
	"thanks": team.Thanks, "note": team.Note,
}

// said makes an entry of lines such as "done: Moved the jobs." A line that begins with "? " asks a question that the next ones answer.
func said(member int64, name, zone string, day team.Date, seq int64, lines ...string) team.Entry {
	e := team.Entry{TeamID: 1, MemberID: member, Name: name, Zone: zone, CheckIn: "daily", Day: day, Seq: seq}
	asked, question := "", -1
	for i, line := range lines {
		if q, ok := strings.CutPrefix(line, "? "); ok {
			asked, question = q, question+1
			continue
		}
		label, text, ok := strings.Cut(line, ": ")
		kind, known := kindOf[label]
		if !ok || !known {
			panic("a sample line without its kind: " + line)
		}
		e.Items = append(e.Items, team.Item{ID: seq*100 + int64(i), Seq: seq, Kind: kind, Question: question, Asked: asked, Text: text})
	}
	return e
}

// reading is a digest turn of Aiko's.
func reading(p team.Person, entries map[*team.Team][]team.Entry) team.Turn {
	turn := team.Turn{Slot: team.Slot{MemberID: p.ID, Kind: team.DigestSlot, Day: march(3)}, Person: p}
	for _, t := range []*team.Team{&platform, &growth} {
		if list, ok := entries[t]; ok {
			turn.Reading = append(turn.Reading, team.Reading{Team: *t, Through: 1000, Entries: list})
		}
	}
	return turn
}

const (
	kolkata = "Asia/Kolkata"
	paris   = "Europe/Paris"
	nairobi = "Africa/Nairobi"
	newYork = "America/New_York"
	angeles = "America/Los_Angeles"
	cairo   = "Africa/Cairo"
)

// turns are the digests that tests and pictures are made of.
func turns() map[string]team.Turn {
	previous := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) // Mon 09:00 in Tokyo
	list := map[string]team.Turn{}

	list["quiet"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(3, "Mia Rossi", paris, march(2), 7, "note: At the dentist most of the day. Back tomorrow."),
	}})

	overdue := list["quiet"] // an hour after its time, as after an outage
	overdue.Person.Rule.Digest, overdue.Person.Rule.DigestSet = 8*60, true
	list["overdue"] = overdue

	talked := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(3, "Mia Rossi", paris, march(2), 7, "done: Moved the billing jobs to the new queue; retries are idempotent now.", "next: Load test with Friday's peak."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 8, "done: The export writes UTF-8."),
	}})
	talked.Reading[0].Threads = []team.Thread{
		{ItemID: 700, MemberID: 3, Name: "Mia Rossi", Kind: team.Done, Day: march(2), Text: "Moved the billing jobs to the new queue; retries are idempotent now.", Comments: []team.Comment{
			{ID: 1, Seq: 9, MemberID: 4, Name: "Dev Patel", Kind: team.Remark, Text: "Can I use it for exports?", News: true},
			{ID: 2, Seq: 10, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "Yes:\n- add the job to https://git.example.com/queue\n- tell me, so that I can raise the limit", News: true},
		}},
		{ItemID: 800, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Done, Day: march(2), Text: "The export writes UTF-8.", Comments: []team.Comment{
			{ID: 3, Seq: 11, MemberID: 4, Name: "Dev Patel", Kind: team.Remark, Text: "Thank you! The finance people have waited for this since autumn.", News: true},
			{ID: 4, Seq: 11, MemberID: 3, Name: "Mia Rossi", Kind: team.Reaction, Text: "🎉", News: true},
			{ID: 5, Seq: 12, MemberID: 5, Name: "Noor Haddad", Kind: team.Reaction, Text: "🎉", News: true},
			{ID: 6, Seq: 12, MemberID: 5, Name: "Noor Haddad", Kind: team.Remark, Text: "شكرا، هذا يساعدنا كثيرا.", News: true},
		}},
		{ItemID: 300, MemberID: 6, Name: "Sam Okafor", Kind: team.Blocker, Day: team.Date{Year: 2026, Month: time.February, Day: 27}, Text: "Waiting for the staging certificate, which the hosting company wants to send by post for a reason that nobody here understands, not even they themselves.", Comments: []team.Comment{
			{ID: 7, Seq: 5, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "Shall I call them?"},
			{ID: 8, Seq: 13, MemberID: 6, Name: "Sam Okafor", Kind: team.Remark, Text: "Please do.", News: true},
			{ID: 9, Seq: 14, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Reaction, Text: "👍", News: true},
		}},
		{ItemID: 301, MemberID: 4, Name: "Dev Patel", Kind: team.Note, Day: march(2), Comments: []team.Comment{
			{ID: 10, Seq: 15, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Remark, Text: "Is this so?", News: true},
			{ID: 11, Seq: 16, MemberID: 6, Name: "Sam Okafor", Kind: team.Remark, Text: "No, see the log.", News: true},
		}},
	}
	list["talk"] = talked

	usual := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(2, "Dev Patel", kolkata, march(2), 1, "done: Rotated the signing keys; all services picked them up without a restart.", "next: Write down how the rotation works, for whoever is on duty.", "stuck: Waiting for the staging certificate, 2 days."),
		said(3, "Mia Rossi", paris, march(2), 2, "done: Moved the billing jobs to the new queue; retries are idempotent now.", "done: Closed #4411.", "next: Load test with Friday's peak."),
		said(5, "Tomás Herrera", newYork, march(2), 4, "done: Read the three proposals for the new search. My order:\n- keep what we have, tune it\n- the hosted one\n- our own\n\nReasons: https://example.com/search", "decision: We keep the current search until summer."),
		said(6, "Wanjiru Kamau", nairobi, march(2), 5, "next: Two interviews on Wednesday.", "thanks: Dev, for staying late."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 8, "done: Wrote the release notes.", "next: The release."),
	}})
	usual.Reading[0].Away = []team.Absent{{MemberID: 4, Name: "Sam Okafor", Back: march(9)}}
	usual.Reading[0].Members = []team.Person{lives(2, "Dev Patel", kolkata), lives(3, "Mia Rossi", paris)}
	usual.Reading[0].Threads = []team.Thread{{ItemID: 900, MemberID: 1, Name: "Aiko Tanaka", Day: march(1), Kind: team.Plan, Text: "The release, on Thursday.", Comments: []team.Comment{
		{ID: 1, Seq: 9, MemberID: 3, Name: "Mia Rossi", Kind: team.Remark, Text: "Can it wait until the load test is through? I have numbers on Wednesday evening.", News: true},
	}}}
	list["usual"] = usual

	list["words"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(2, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh", paris, march(2), 1, "done: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
			"next: https://git.example.com/"+strings.Repeat("a-path-without-end/", 12)+"?query="+strings.Repeat("0123456789abcdef", 8)+" and (see https://example.com/a_(b))."),
		said(3, "Mia Rossi", paris, march(2), 2, "note: ```\n"+strings.Repeat("word", 60)+"\n\tmake -j8 "+strings.Repeat("--flag=value ", 12)+"\n```", "note: ตัวอย่างข้อความภาษาไทยที่ไม่มีช่องว่างระหว่างคำซึ่งยาวพอที่จะต้องขึ้นบรรทัดใหม่หลายครั้ง"),
	}})
	list["full"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: sixty()})
	list["cut"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: crowd(300, 4)})

	open := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(4, "Dev Patel", kolkata, march(2), 7, "done: Rotated the signing keys.", "ask: @aiko can we drop Python 3.8? by thu", "stuck: Waiting for the staging certificate."),
	}})
	open.Person.Teams[0].Lead = true
	due := func(day, hour int) time.Time { return time.Date(2026, time.March, day, hour, 0, 0, 0, time.UTC) }
	open.Reading[0].Open = []team.Open{
		{ItemID: 200, MemberID: 6, Name: "Sam Okafor", Kind: team.Blocker, Text: "Nobody but Aiko can open the door of the server room.", Since: team.Date{Year: 2026, Month: time.February, Day: 25}},
		{ItemID: 201, MemberID: 5, Name: "Noor Haddad", Kind: team.Blocker, Text: "The supplier does not answer.", Since: march(1)},
		{ItemID: 202, MemberID: 3, Name: "Mia Rossi", Kind: team.Ask, Text: "@aiko which of the two dates suits you for the retrospective, and shall we invite the people from sales?", Since: team.Date{Year: 2026, Month: time.February, Day: 26}, Asked: 1, AskedBy: "Aiko Tanaka", Due: due(2, 6)},
		{ItemID: 203, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Ask, Text: "@dev where is the list of hosts?", Since: march(2), Asked: 4, AskedBy: "Dev Patel", Due: due(3, 9)},
		{ItemID: 204, MemberID: 3, Name: "Mia Rossi", Kind: team.Ask, Text: "@sam have you seen the second page?", Since: team.Date{Year: 2026, Month: time.February, Day: 24}, Asked: 6, AskedBy: "Sam Okafor", Due: time.Date(2026, time.February, 25, 12, 0, 0, 0, time.UTC)},
		{ItemID: 701, MemberID: 4, Name: "Dev Patel", Kind: team.Ask, Text: "@aiko can we drop Python 3.8? by thu", Since: march(2), Asked: 1, AskedBy: "Aiko Tanaka", Due: due(5, 9)},
		{ItemID: 702, MemberID: 4, Name: "Dev Patel", Kind: team.Blocker, Text: "Waiting for the staging certificate.", Since: march(2)},
		{ItemID: 205, MemberID: 1, Name: "Aiko Tanaka", Kind: team.Blocker, Text: "The build machine in Osaka is out of disk.", Since: team.Date{Year: 2026, Month: time.February, Day: 26}},
	}
	open.Reading[0].Threads = []team.Thread{
		{ItemID: 206, MemberID: 6, Name: "Sam Okafor", Kind: team.Blocker, Day: team.Date{Year: 2026, Month: time.February, Day: 27}, Text: "The test phones are locked in the cupboard.",
			Comments: []team.Comment{{ID: 1, MemberID: 6, Name: "Sam Okafor", Kind: team.Solved, News: true, Closed: true}}},
		{ItemID: 207, MemberID: 3, Name: "Mia Rossi", Kind: team.Blocker, Day: march(1), Text: "Who has the password of the shop?",
			Comments: []team.Comment{{ID: 2, MemberID: 4, Name: "Dev Patel", Kind: team.Remark, Text: "solved, it is in the safe now", News: true, Closed: true}}},
	}
	list["open"] = open

	list["busy"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: busy()})

	zones := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(3, "Mia Rossi", paris, march(2), 7, "done: Moved the billing jobs to the new queue.", "ask: Who can look at it with me today?"),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 8, "next: The release."),
	}})
	zones.Reading[0].Members = eightZones()
	zones.Reading[0].Away = []team.Absent{{MemberID: 13, Name: "Kofi Mensah", Back: march(9)}}
	list["zones"] = zones

	list["scripts"] = reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(2, "佐藤 健", "Asia/Tokyo", march(2), 1, "done: 請求ジョブを新しいキューに移しました。再試行は冪等になったので、夜間に失敗しても翌朝に手で直す必要はありません。詳しくは https://example.com/wiki/請求キュー を見てください。", "next: 負荷試験", "thanks: 美亜さん、レビューありがとう！"),
		said(3, "نور الهاشمي", cairo, march(2), 2, "done: نقلت مهام الفوترة إلى قائمة الانتظار الجديدة، وأصبحت إعادة المحاولة آمنة الآن (انظر PR #4411).", "stuck: أنتظر شهادة بيئة الاختبار منذ يومين."),
		said(4, "דנה לוי", "Asia/Jerusalem", march(2), 3, "next: לבדוק את ה-API החדש עם Dev.", "note: https://example.com/שלום"),
		said(5, "Søren Ångström", "Europe/Copenhagen", march(2), 4, "done: Ryddede op i køen 🎉 og skrev én side om det.", "next: Pair with 王小明 on the export 👩‍💻."),
		said(6, "王小明", "Asia/Taipei", march(2), 5, "done: 修好匯出功能，並加上測試。"),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 6, "done: テスト", "next: 休み"),
	}})

	late := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {
		said(2, "Dev Patel", kolkata, march(2), 11, "done: Rotated the signing keys.", "next: Write down how."),
		said(2, "Dev Patel", kolkata, team.Date{Year: 2026, Month: time.February, Day: 27}, 12, "done: Reviewed Mia's branch on the train; it was waiting in my outbox since."),
		correction(said(3, "Mia Rossi", paris, march(1), 13, "done: The migration took 40 minutes, not 4.")),
		said(3, "Mia Rossi", paris, march(2), 14, "done: Wrote the postmortem.", "next: Walk everybody through it."),
		said(3, "Mia Rossi", paris, march(2), 15, "note: Forgot to say: the room is booked for Thursday."),
		said(4, "Sam Okafor", nairobi, team.Date{Year: 2026, Month: time.February, Day: 27}, 16, "stuck: No access to the staging cluster."),
		correction(said(5, "Tomás Herrera", newYork, march(2), 17)),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 18, "done: One", "next: Two", "note: Three"),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(3), 19, "note: Early bird"),
	}})
	late.Previous = previous
	list["late"] = late

	weekly := said(7, "Lena Vogt", "Europe/Berlin", march(2), 22, "? What did you learn?", "note: That people answer the first question and skip the second.\n\nSo we put the one that matters first.", "? Whom do you want to thank?", "thanks: Wanjiru, for the numbers.")
	weekly.CheckIn = "weekly"
	daily := said(7, "Lena Vogt", "Europe/Berlin", march(2), 21, "done: Sent the spring letter to 4,000 people.", "decision: We drop the pop-up.")
	list["two-teams"] = reading(aiko(platform, growth), map[*team.Team][]team.Entry{
		&platform: {said(2, "Dev Patel", kolkata, march(2), 31, "done: Rotated the signing keys."), said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 32, "done: Cleaned up.")},
		&growth:   {daily, weekly, said(2, "Dev Patel", kolkata, march(2), 23, "ask: Who owns the landing page now?")},
	})

	list["hostile"] = reading(hostilePerson(), map[*team.Team][]team.Entry{&platform: {
		said(2, "<b>Eve</b>\r\nBcc: all@example.org", paris, march(2), 1,
			"done: <script>alert(1)</script><img src=x onerror=alert(1)>\"><svg/onload=alert(1)>",
			"next: javascript:alert(1) vbscript:x data:text/html,<script>alert(1)</script> file:///etc/passwd ftp://example.com",
			"stuck: https://example.com/\"onmouseover=\"alert(1) and http://example.com/'><script> and mailto:a@example.com?subject=x%0d%0aBcc:b@example.com",
			"ask: \u202egnp.exe\u2066 turned around \u2069\u202c and \x00\x07\x1b[31mred\x7f",
			"note: {{.Token}} {{template \"top\"}} <!-- --> ]]> --daybreak-x\n\n.\n\nFrom nobody\n> quoted\n-- \nsignature"),
		said(3, "\u202eeviL", paris, march(2), 2, "note: "+strings.Repeat("x", 1500)+" "+strings.Repeat("https://example.com/", 30), "note: "+strings.Repeat("́", 400)+"zalgo", "note: bad \xff\xfe bytes"),
	}})
	return list
}

func hostilePerson() team.Person {
	p := aiko(platform)
	p.Name = "Aiko\r\nX-Evil: yes \"<a@b>\", \u202e"
	return p
}

func correction(e team.Entry) team.Entry {
	e.Correction = true
	return e
}

// busy is a full day of twelve people.
func busy() []team.Entry {
	list := []team.Entry{
		said(2, "Dev Patel", kolkata, march(2), 1, "done: Rotated the signing keys; all services picked them up without a restart.", "done: Answered the auditors' list of questions.", "next: Write down how the rotation works, for whoever is on duty.", "stuck: Waiting for the staging certificate, 2 days."),
		said(3, "Mia Rossi", paris, march(2), 2, "done: Moved the billing jobs to the new queue; retries are idempotent now.", "done: Closed #4411.", "next: Load test with Friday's peak.", "ask: @aiko can we drop Python 3.8? The last user is the export, see https://git.example.com/platform/export/-/blob/main/pyproject.toml#L14-L22."),
		said(4, "Sam Okafor", nairobi, march(2), 3, "done: Found why the nightly import doubled rows:\n\n```\nfor row in rows:\n    if row.id not in seen:\n        seen.add(row.id)   # was: seen = {row.id}\n        insert(row)\n```\n\nFixed, with a test.", "next: Backfill last week's imports.", "thanks: Dev for staying late."),
		said(5, "Tomás Herrera", newYork, march(2), 4, "done: Read the three proposals for the new search. My order:\n- keep what we have, tune it\n- the hosted one\n- our own\n\nReasons are in the document.", "decision: We keep the current search until summer.", "next: Write the letter to support."),
		said(6, "Wanjiru Kamau", nairobi, march(2), 5, "done: Onboarding page is live: https://example.com/start", "next: Two interviews on Wednesday.", "note: I leave at 15:00 on Thursday, school concert."),
		said(7, "Lena Vogt", "Europe/Berlin", march(2), 6, "done: Cut the cold start from 900 to 240 ms.", "done: Removed the old feature flags (41 of them).", "next: The same for the worker.", "next: Pair with Sam on the import."),
		said(8, "Priya Natarajan", "America/Chicago", march(2), 7, "done: Quarterly access review: 6 accounts closed.", "stuck: The vendor has not answered since Wednesday; I call them tomorrow."),
		said(9, "Jonas Lindqvist", "Europe/Stockholm", march(2), 8, "next: Back from leave; reading what I missed."),
		said(10, "Camila Duarte", "America/Sao_Paulo", march(2), 9, "done: Shipped the invoice PDF in Portuguese.", "next: Spanish.", "ask: Does anybody know a good library for right-to-left PDF text?"),
		said(11, "Grace Lin", angeles, march(2), 10, "done: Incident 212 is closed. What happened, in short:\n1. the cache filled up,\n2. the health check counted that as failure,\n3. all nodes restarted at once.", "next: Make the health check say what it sees.", "note: The long version: https://example.com/incidents/212"),
		said(12, "Oleg Marchenko", "Europe/Kyiv", march(2), 11, "done: Upgraded PostgreSQL on the replicas.", "next: The primary, on Sunday at 06:00 UTC. It is down for about a minute.", "decision: No schema changes from Saturday noon until then."),
		said(13, "Hana Novak", "Europe/Prague", march(2), 12, "done: Talked to five customers about exports. Four of them open the file in a spreadsheet and never look at our screen again. The fifth did not know that exports exist.\n\nI think the screen can go.", "next: Write that up.", "thanks: Camila, for the introductions."),
		said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 13, "done: Wrote the release notes.", "done: Reviewed two branches.", "next: The release."),
	}
	return list
}

// sixty is a day on which each of the busy people had still more to say: some sixty items.
func sixty() []team.Entry {
	more := [][]string{
		{"done: Paired with Lena on the worker's start.", "note: On duty until Friday noon."},
		{"done: Wrote to the bank about the March fees; they want the contract number again.", "next: The retry dashboard, if the load test leaves time."},
		{"done: Deleted 40 GB of import logs that nobody read.", "ask: Who else has write access to the import bucket?"},
		{"done: Booked the room for the search talk, Thursday 14:00 in Berlin, with a link for all others.", "thanks: Grace, for the incident notes. I sent them to two customers as they are."},
		{"done: Two candidates have answered, one is very good.", "decision: Interviews are always by two of us."},
		{"stuck: The profiler does not run on the new machines:\n\n```\nperf_event_open: Permission denied (EACCES)\n```", "note: Berlin is closed on Friday."},
		{"done: Wrote down who may approve which access, at https://example.com/access.", "next: The same for the data room."},
		{"done: Answered most of three weeks' mail.", "ask: Is anything urgent that I have not seen?"},
		{"done: Translated the e-mails about failed payments.", "next: Ask support which of them they never want to send."},
		{"done: Added a graph of the cache's size to the front page of the dashboard.", "stuck: The alert rules are in a repository that I cannot push to."},
		{"done: Measured the restore: 38 minutes for 400 GB, 9 of them for the index.", "next: The same without the index."},
		{"done: Made a list of what customers call our exports: report, sheet, extract, the file, the thing.", "ask: Which word do we want to use from now on?"},
	}
	list := busy()
	for i, lines := range more {
		list[i].Items = append(list[i].Items, said(0, "", "", team.Date{}, int64(i+50), lines...).Items...)
	}
	return list
}

// crowd is a team of n people who write a lot.
func crowd(n, items int) []team.Entry {
	var list []team.Entry
	for i := range n {
		lines := []string{}
		for j := range items {
			lines = append(lines, fmt.Sprintf("done: Item %d of person %d is about as long as what people write on a usual day, with a link https://example.com/%d/%d.", j+1, i+1, i, j))
		}
		list = append(list, said(int64(i+2), fmt.Sprintf("Person %03d", i+1), paris, march(2), int64(i+1), lines...))
	}
	return list
}

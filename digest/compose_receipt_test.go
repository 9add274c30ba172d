package digest

import (
	"maps"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// receipts are answers that show what was made of a mail.
func receipts() map[string]team.Answer {
	about := func(kind team.AnswerKind, lines ...string) team.Answer {
		a := team.Answer{ID: 78, Kind: kind, Person: aiko(platform, growth), Subject: "Re: Platform: what happened today, Aiko?", MessageID: "abc@mail.example.org"}
		a.Said = team.Said{Team: platform, CheckIn: "daily", Day: march(2)}
		if len(lines) > 0 {
			a.Said.Entries = []team.Entry{said(1, "Aiko Tanaka", "Asia/Tokyo", march(2), 5, lines...)}
		}
		return a
	}
	unsure := about(team.AnswerUnsure, "done: Merged the timetable of the Setouchi line.", "next: Fares in shillings, with Wanjiru.",
		"note: 運賃の端数処理はマルセイユと同じ。\nTests are in https://git.example.org/fares/87")
	unsure.Said.LeftOut = []team.LeftOut{
		{Words: "On Monday we agreed with Bob that the summary is written in Lisbon", Why: "quoted"},
		{Words: "Aiko Tanaka\nPlatform · +81 3 0000 0000", Why: "signature"},
	}
	empty := about(team.AnswerEmpty)
	empty.Said = team.Said{LeftOut: []team.LeftOut{{Words: "-- \nAiko", Why: "signature"}}}
	encrypted := about(team.AnswerEncrypted)
	encrypted.Said = team.Said{}
	undated := about(team.AnswerUndated, "note: off next friday")
	undated.Doubt.Why = "it may be one of two weeks"
	heading := about(team.AnswerHeading, "note: weekly", "note: I get too many mails")
	heading.Doubt = team.Doubt{Why: `"weekly" may be the heading of what is below it`, Try: []string{"weekly"}}
	unasked := about(team.AnswerUnasked, "done: Merged the timetable of the Setouchi line.", "note: ask @mia may we drop Python 3.8?")
	unasked.Doubt = team.Doubt{Why: `several in Platform are called "mia"`, Try: []string{"ask @Mia Rossi: may we drop Python 3.8?", "ask @Mia Weiß: may we drop Python 3.8?"}}
	written := about(team.AnswerUnderstood, "done: Merged the timetable of the Setouchi line.")
	written.Said.Entries[len(written.Said.Entries)-1].By = "assistant@example.com"
	order := func(kind team.AnswerKind) team.Answer {
		return team.Answer{ID: 79, Kind: kind, Person: aiko(platform, growth), Subject: "Re: Platform: what happened today, Aiko?", MessageID: "abc@mail.example.org"}
	}
	alone, nobody := order(team.AnswerPrivate), order(team.AnswerPrivate)
	alone.Told = []string{"Dev Patel", "Mia Rossi"}
	nobody.Doubt = team.Doubt{Why: "it does not say for whom it is", Try: []string{"private a1: …"}}
	zone, same, undone, unclear, moved := order(team.AnswerChanged), order(team.AnswerChanged), order(team.AnswerChanged), order(team.AnswerUnclear), order(team.AnswerMoved)
	zone.Changed = team.Changed{Part: "zone", Was: "Europe/Lisbon", Is: "Asia/Tokyo"}
	beside := zone
	beside.Said.LeftOut = []team.LeftOut{{Words: "I moved, and the fares are in yen now.", Why: "in your update for Mon 2 Mar"}}
	undone.Changed = team.Changed{Part: "prompt", Was: "16:30", Undone: true}
	unclear.Doubt = team.Doubt{Why: `I am not sure which zone "ist" means`, Try: []string{"tz Asia/Kolkata", "tz Europe/Dublin", "tz Asia/Jerusalem"}}
	moved.Offset = 3600
	event := about(team.AnswerUndated)
	event.Said, event.Doubt.Why = team.Said{}, "it shows you as free"
	confirm := about(team.AnswerConfirm)
	confirm.Said, confirm.Subject = team.Said{}, "Re: <b>Platform</b> https://example.net/?\u202e"
	confirm.InQuestion = team.InQuestion{Address: "aiko@home.example", Subject: confirm.Subject}
	confirmed := confirm
	confirmed.Kind, confirmed.Subject = team.AnswerConfirmed, "Re: Was this you?"
	ordered := confirmed
	ordered.Came = []team.Came{{Changed: team.Changed{Part: "prompt", Is: "16:30"}}}
	several := confirmed
	several.Came = []team.Came{
		{Changed: team.Changed{Part: "prompt", Is: "16:30"}},
		{Away: []team.Span{{From: march(13), Through: march(13)}}, Changed: team.Changed{Part: "away", Is: "2026-03-13/2026-03-13"}},
		{Words: "add dev@example.com Dev", Doubt: team.Doubt{Why: "it does not say in which zone dev@example.com is", Try: []string{"add dev@example.com Dev tz Asia/Tokyo team platform"}}},
		{Doubt: team.Doubt{Why: "I found no words of yours in it"}},
		{Changed: team.Changed{Part: "paused", Is: "yes"}},
	}
	forTeam := map[string]team.Answer{}
	led := platform
	led.Defaults = team.Rule{Prompt: 16*60 + 30, PromptSet: true}
	dev := team.Person{Member: team.Member{ID: 2, Name: "Dev Patel", Addresses: []string{"dev@example.com"}, Rule: team.Rule{Zone: "Asia/Kolkata"}}, Teams: []team.Membership{{Team: led}}}
	lead := func(kind team.AnswerKind, c team.Changed) team.Answer {
		a := order(kind)
		a.Person.Teams[0], a.Changed = team.Membership{Team: led, Lead: true}, c
		return a
	}
	members := lead(team.AnswerMembers, team.Changed{})
	members.Members = []team.TeamMembers{{Team: led, Members: []team.Person{members.Person, dev}, Invited: []string{"mia@example.com"}}}
	for name, a := range map[string]team.Answer{
		"members": members, "settings": lead(team.AnswerRule, team.Changed{}), "help": lead(team.AnswerHelp, team.Changed{}),
		"added":     lead(team.AnswerChanged, team.Changed{Part: "team", Is: "platform", Team: led, Whose: dev}),
		"removed":   lead(team.AnswerChanged, team.Changed{Part: "team", Was: "platform", Team: led, Whose: dev}),
		"invited":   lead(team.AnswerChanged, team.Changed{Part: "invited", Is: "dev@example.com", Team: led, Whose: dev}),
		"withdrawn": lead(team.AnswerChanged, team.Changed{Part: "invited", Was: "dev@example.com", Team: led, Whose: dev, Undone: true}),
		"set":       lead(team.AnswerChanged, team.Changed{Part: "prompt", Was: "15:30", Is: "16:30", Team: led}),
	} {
		forTeam["lead-"+name] = a
	}
	severalOrders, none := lead(team.AnswerChanged, team.Changed{Part: "invited", Is: "kofi@example.com", Team: led, Whose: dev}), lead(team.AnswerChanged, team.Changed{})
	not := team.Came{Words: "add mia@example.com", Doubt: team.Doubt{Why: "mia@example.com is in Platform already"}}
	severalOrders.Came = []team.Came{{Changed: team.Changed{Part: "team", Is: "platform", Team: led, Whose: dev}}, {Changed: severalOrders.Changed}, not}
	none.Came = []team.Came{not, {Words: "add lea@example.com", Doubt: team.Doubt{Why: "it does not say in which zone lea@example.com is", Try: []string{"add lea@example.com tz Asia/Tokyo team platform"}}}}
	forTeam["lead-several"], forTeam["lead-none"] = severalOrders, none
	joined := order(team.AnswerChanged)
	forget := order(team.AnswerForget)
	forget.Data = holding()
	left, asks := order(team.AnswerChanged), order(team.AnswerChanged)
	left.Person = aiko()
	left.Person.Rule.Zone = ""
	left.Changed = team.Changed{Part: "team", Was: "platform", Team: platform}
	asks.Changed = team.Changed{Part: "asks to join", Is: "growth", Team: growth}
	joined.Changed = team.Changed{Part: "team", Is: "platform", Team: platform}
	forTeam["joined"], forTeam["notice"], forTeam["invited"] = joined, order(team.AnswerNotice), order(team.AnswerInvited)
	answered, stray := order(team.AnswerAdded), order(team.AnswerStray)
	answered.Added = []team.Thread{
		{ItemID: 1, MemberID: 2, Name: "Dev Patel", Day: march(2), Text: "Waiting for the staging certificate.\nIt was to come on Friday, then on Monday, and now nobody says when it does.", Comments: []team.Comment{{Kind: team.Remark, Text: "I can ask the vendor.\nTomorrow."}}},
		{ItemID: 2, MemberID: 1, Name: "Aiko Tanaka", Day: march(2), Text: "The timetable.", Comments: []team.Comment{{Kind: team.Reaction, Text: "👍"}}},
	}
	stray.Doubt = team.Doubt{Why: "a99 or c7", Try: []string{"a1–a4", "b1", "c1–c2"}}
	stray.Said.LeftOut = []team.LeftOut{{Words: "a99 thanks, that was quick", Why: "to nobody"}, {Words: "c7: yes", Why: "to nobody"}}
	asking := about(team.AnswerUnderstood, "done: Merged the timetable of the Setouchi line.", "ask: @dev can we drop Python 3.8?", "ask: @mia where are the fares?")
	asking.Added = answered.Added[:1]
	asking.Said.Asks = []team.SaidAsk{{Asked: dev, Seen: tuesdayUTC().Add(-5 * time.Hour), Due: tuesdayUTC().Add(19 * time.Hour)}, {Asked: team.Person{Member: team.Member{Name: "Mia Rossi"}}}}
	all := map[string]team.Answer{
		"answered": answered, "unsaid": order(team.AnswerUnsaid), "stray": stray, "asking": asking,
		"written": written, "heading": heading, "unasked": unasked, "changed-beside": beside, "forget": forget, "left-team": left, "asks-to-join": asks,
		"confirm": confirm, "confirmed": confirmed, "confirmed-order": ordered, "confirmed-several": several, "undated": undated, "undated-event": event, "changed": zone, "same": same, "undone": undone, "unclear": unclear, "alone": alone, "alone-nobody": nobody, "settings": order(team.AnswerRule), "no-undo": order(team.AnswerNoUndo), "moved": moved,
		"unsure": unsure, "understood": about(team.AnswerUnderstood, "done: Merged the timetable of the Setouchi line."),
		"nothing": about(team.AnswerUnderstood), "empty": empty, "encrypted": encrypted,
	}
	maps.Copy(all, forTeam)
	return all
}

func TestAReceiptShowsAllThatIsHeldAndNoMarks(t *testing.T) {
	c := testComposer(t)
	m, err := c.Answer(receipts()["unsure"], tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, m.Text, "Monday 2 March", "AIKO TANAKA", "Setouchi", "shillings", "端数処理", "git.example.org", "Left out", "quoted: On Monday", "signature: Aiko Tanaka Platform", "replaces")
	if strings.Contains(m.Text, "[a1]") {
		t.Error("it has marks, which only digests give")
	}
	if m.From != "" || m.Kind != team.ReceiptMail {
		t.Errorf("it is a %s from %q", m.Kind, m.From)
	}
}

func TestAReceiptForAnOldMailWaitsForWorkingHours(t *testing.T) {
	a := receipts()["unsure"]
	nine := tuesday(t)
	for _, c := range []struct {
		name          string
		received, now time.Time
		want          time.Time
	}{
		{"written just now, at night", nine.Add(-7 * time.Hour), nine.Add(-7*time.Hour + time.Minute), nine.Add(-7*time.Hour + time.Minute)},
		{"fetched at night after an outage", nine.Add(-24 * time.Hour), nine.Add(-6 * time.Hour), nine},
		{"fetched in working hours after an outage", nine.Add(-24 * time.Hour), nine.Add(2 * time.Hour), nine.Add(2 * time.Hour)},
		{"fetched on a Saturday", nine.AddDate(0, 0, 3), nine.AddDate(0, 0, 4), nine.AddDate(0, 0, 6)},
	} {
		a.ReceivedAt = c.received
		got, err := AnswerAt(a, c.now)
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%s: %v %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestAnAnswerTellsTheChangeOfItsOwnOrder(t *testing.T) {
	c := testComposer(t)
	a := team.Answer{ID: 80, Kind: team.AnswerChanged, Person: aiko(platform), Changed: team.Changed{Part: "zone", Was: "Asia/Tokyo", Is: "Europe/Lisbon"}}
	m, err := c.Answer(a, tuesday(t)) // another order has set Tokyo again since
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, m.Text, "zone is Europe/Lisbon now: it is 00:00 for you", "it was Asia/Tokyo")
}

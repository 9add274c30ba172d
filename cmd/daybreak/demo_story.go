package main

import (
	"fmt"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// The sample team of the demo makes Quayside, ticketing and boarding for small ferry lines. Its six people are in six
// zones, so that at no hour of the day are all of them awake.
//
// The story is three working days: Friday 6, Monday 9 and Tuesday 10 March 2026. On Sunday 8 March the clocks change in New
// York and Los Angeles and nowhere else, so Marcus and Elena are asked an hour earlier by everyone else's clocks from
// Monday on, and at the same time by their own. On Wednesday morning everyone reads what was said on Tuesday.
const (
	demoAddress = "updates@quayside.example"

	demoAiko    = "aiko@quayside.example"
	demoPriya   = "priya@quayside.example"
	demoWanjiru = "wanjiru@quayside.example"
	demoCamille = "camille@quayside.example"
	demoMarcus  = "marcus@quayside.example"
	demoElena   = "elena@quayside.example"

	// demoPhone is the phone from which Aiko writes; it is an address of hers too.
	demoPhone = "tanaka-aiko@keitai.example"
)

// demoStart is Friday, before the first of them is asked, when it is still Thursday night in California.
var demoStart = time.Date(2026, time.March, 6, 6, 30, 0, 0, time.UTC)

// demoEnd is Wednesday morning in California, right after the last of them is told of Tuesday.
var demoEnd = time.Date(2026, time.March, 11, 16, 5, 0, 0, time.UTC)

// demoRoster is the sample team. Nobody has hours of their own: all are asked at 16:00 and told at 09:00 where they live.
func demoRoster() team.Roster {
	person := func(name, zone string, addresses ...string) team.RosterMember {
		return team.RosterMember{Member: team.Member{Name: name, Addresses: addresses, Rule: team.Rule{Zone: zone}}}
	}
	aiko := person("Aiko Tanaka", "Asia/Tokyo", demoAiko, demoPhone)
	aiko.Lead = true
	return team.Roster{Teams: []team.RosterTeam{{
		Team: team.Team{
			Slug: "platform", Name: "Platform",
			CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions(), Reminder: true}},
		},
		Members: []team.RosterMember{
			aiko,
			person("Priya Nair", "Asia/Kolkata", demoPriya),
			person("Wanjiru Kamau", "Africa/Nairobi", demoWanjiru),
			person("Camille Laurent", "Europe/Paris", demoCamille),
			person("Marcus Reed", "America/New_York", demoMarcus),
			person("Elena Ortiz", "America/Los_Angeles", demoElena),
		},
	}}}
}

// storyReply is one mail that one person of the story writes.
type storyReply struct {
	Day    team.Date  // on which it is written, where the person lives
	At     team.Clock // likewise
	Who    string     // the person's main address
	Client string     // the mail client they write it with
	// To is what it answers: the newest mail of this kind that the person has got. "" is a mail that answers nothing.
	To      team.MailKind
	From    string // the address it is sent from, "" for the main one
	Subject string // of a mail that answers nothing
	Answer  mailtest.Answer
	Away    bool // written by the machine of someone who is away; it must become no update
}

// mail writes the mail. original is what it answers, not read if it answers nothing; to is where a mail that answers nothing goes;
// at is the moment in the person's own zone.
func (r storyReply) mail(name, to string, original []byte, at time.Time) ([]byte, error) {
	client, err := mailtest.ClientNamed(r.Client)
	if err != nil {
		return nil, err
	}
	who := mailtest.Identity{Name: name, Address: r.Who, Locale: demoLocale(r.Who)}
	if r.From != "" {
		who.Address = r.From
	}
	switch {
	case r.To == "":
		return client.Compose(who, to, r.Subject, r.Answer.Text, at), nil
	case original == nil:
		return nil, fmt.Errorf("there is no %s to answer", r.To)
	case r.Away:
		return client.OutOfOffice(original, who, at, r.Answer.Text)
	}
	return client.Reply(original, who, at, r.Answer)
}

// write lets the person of an occasion write their mail, with what they have got by then.
func (d *demo) write(o occasion) ([]byte, error) {
	p, ok := d.person(o.reply.Who)
	if !ok {
		return nil, fmt.Errorf("%s is in no team", o.reply.Who)
	}
	var original []byte
	for _, m := range d.mails[p.Address()] {
		if m.Kind == o.reply.To {
			original = m.Raw
		}
	}
	return o.reply.mail(p.Name, demoAddress, original, o.at)
}

// demoLocale is the language that a person's mail client speaks; all of them write English.
func demoLocale(address string) string {
	switch address {
	case demoAiko:
		return "ja"
	case demoCamille:
		return "fr"
	case demoPriya, demoWanjiru:
		return "en-GB"
	}
	return "en"
}

// demoStory is what everyone writes, one day after the other; within a day it is in no order.
func demoStory() []storyReply {
	story := append(demoFriday(), demoMonday()...)
	return append(story, demoTuesday()...)
}

// demoUnder is an answer between the lines of the quote, one for each question.
func demoUnder(signature string, answers ...string) mailtest.Answer {
	return mailtest.Answer{Under: answers, Questions: team.DefaultQuestions(), Signature: signature}
}

// demoAbove adds words above the quote.
func demoAbove(text string, a mailtest.Answer) mailtest.Answer {
	a.Text = text
	return a
}

func demoDay(day int) team.Date { return team.Date{Year: 2026, Month: time.March, Day: day} }

func demoClock(hour, minute int) team.Clock { return team.Clock(hour*60 + minute) }

const (
	camilleSignature = "Camille Laurent\nQuayside, Platform"
	wanjiruSignature = "Wanjiru Kamau\nPlatform, Quayside"
)

// Friday: Priya is stuck. Camille writes twice, and both add up. Marcus forgets; Elena goes home without answering.
func demoFriday() []storyReply {
	return []storyReply{
		{Day: demoDay(6), At: demoClock(16, 25), Who: demoAiko, Client: "japan-phone", To: team.PromptMail, From: demoPhone,
			Answer: mailtest.Answer{Text: `お疲れさまです。よい週末を!

Done: The spring timetable of Setouchi Line is loaded and checked, all 214 sailings.
Next: On Monday I compare the new fare rounding with last year's tickets.
In the way: Nothing.`}},

		{Day: demoDay(6), At: demoClock(16, 10), Who: demoPriya, Client: "gmail-web", To: team.PromptMail,
			Answer: mailtest.Answer{Text: `Done:
- The gate importer reads the new scanners' format.
- Replayed Tuesday's 38,000 scans twice and got the same ledger both times.

Next: Run it on staging against the live gates at Mombasa.

In the way: Staging refuses the gates' signatures, because the signing key there expired last night. The new one has to come out of the vault, and I believe only @marcus can open it.`}},

		{Day: demoDay(6), At: demoClock(16, 40), Who: demoWanjiru, Client: "thunderbird", To: team.PromptMail,
			Answer: demoUnder(wanjiruSignature,
				"Boarding at Likoni now works without a connection: the gate keeps 6 hours of tickets and sends them on when it is back. We tried it by pulling the cable in the middle of the morning crowd. Nobody noticed, which is the best review I have had this year.",
				"The same at the Mtongwe gates, as soon as Priya's importer is on staging.",
				"")},

		{Day: demoDay(6), At: demoClock(16, 15), Who: demoCamille, Client: "outlook-desktop", To: team.PromptMail,
			Answer: mailtest.Answer{Signature: camilleSignature, Text: `1. The refund page is in review. It has one button now instead of four.
2. Wording with the people at the Marseille counter, they know what passengers ask.
3. Nothing.`}},

		// The second reply of one day.
		{Day: demoDay(6), At: demoClock(16, 52), Who: demoCamille, Client: "outlook-desktop", To: team.PromptMail,
			Answer: mailtest.Answer{Signature: camilleSignature,
				Text: "Thanks @wanjiru: your page about working offline saved me an afternoon. I took the three sentences for the counter staff as they are."}},
	}
}

// Monday: Priya's plan of Friday has to wait, and she says so by its number. Marcus reads in his digest that she is stuck, and
// helps while she sleeps. Wanjiru has no power and says so without being asked. Camille corrects a date.
func demoMonday() []storyReply {
	return []storyReply{
		// A mail that answers nothing: an update of its own.
		{Day: demoDay(9), At: demoClock(10, 5), Who: demoWanjiru, Client: "k9", Subject: "No power in Kilimani",
			Answer: mailtest.Answer{Text: "The power is out here until about 15:00, they say. I work from my phone until then: reviews yes, deployments no."}},

		{Day: demoDay(9), At: demoClock(16, 8), Who: demoAiko, Client: "japan-phone", To: team.PromptMail, From: demoPhone,
			Answer: mailtest.Answer{Text: `Done: Compared the fare rounding with last year. 3 of 91,406 tickets differ, each by 1 yen, all of them children's returns.
Next: Decide with Camille whether a refund uses the old or the new rounding.
Ask: @camille, which one does the refund page show today?`}},

		{Day: demoDay(9), At: demoClock(16, 20), Who: demoPriya, Client: "gmail-web", To: team.PromptMail,
			Answer: mailtest.Answer{Text: `Done: Used the wait to write the tests I owed for scans that arrive out of order. They found one real bug, fixed.

1 moved to the moment there is a key

In the way: Still the expired signing key on staging. @marcus, sorry to land this on your Monday!`}},

		{Day: demoDay(9), At: demoClock(16, 35), Who: demoWanjiru, Client: "thunderbird", To: team.PromptMail,
			Answer: demoUnder(wanjiruSignature,
				"Power is back, the candles are out. Read Camille's refund page on the phone, which turned out to be a good test: the button was half under the keyboard. She has a note.",
				"The disk alarm at the Likoni gate. It fires on 6 hours of tickets, so it now fires every time that offline boarding does its job.",
				"")},

		{Day: demoDay(9), At: demoClock(16, 18), Who: demoCamille, Client: "outlook-desktop", To: team.PromptMail,
			Answer: mailtest.Answer{Signature: camilleSignature, Text: `1. The words on the refund page are agreed with Marseille.
2. Moving the button that Wanjiru found under the keyboard. Please have your timetable changes in before the freeze on Wednesday 11 March.
3. Nothing.`}},

		// A correction replaces what she said before for the day.
		{Day: demoDay(9), At: demoClock(16, 47), Who: demoCamille, Client: "outlook-desktop", To: team.PromptMail,
			Answer: mailtest.Answer{Signature: camilleSignature, Text: `correction: I had the wrong day for the freeze.

Done: The words on the refund page are agreed with Marseille.
Next: Moving the button that Wanjiru found under the keyboard.
Decision: The timetable freeze is on Thursday 12 March at noon in Paris. Please have your changes in before.
Note: Our call with New York is at 14:00 my time until 29 March. They changed their clocks on Sunday, we did not.`}},

		// Friday's answer, late: Elena reads her mail on Monday before her day begins. It goes to Friday and is marked late.
		{Day: demoDay(9), At: demoClock(8, 20), Who: demoElena, Client: "apple-iphone", To: team.PromptMail,
			Answer: mailtest.Answer{Text: `Sorry, this was still in my drafts on Friday night.

Done: The new gate hardware passed the salt spray test, 96 hours.
Next: Firmware 4.2 on the two gates at Long Beach.
In the way: Nothing`}},

		// Marcus forgot Friday. He gets one reminder on Monday morning and answers that.
		{Day: demoDay(9), At: demoClock(9, 14), Who: demoMarcus, Client: "mutt", To: team.ReminderMail,
			Answer: demoUnder("Marcus",
				"Moved the ledger's backups to the second region and restored one to prove it: 41 minutes from nothing to a running ledger.",
				"Write that down where people look for it at three in the morning.",
				"")},

		{Day: demoDay(9), At: demoClock(16, 5), Who: demoMarcus, Client: "mutt", To: team.PromptMail,
			Answer: demoUnder("Marcus",
				"Priya: there is a new signing key on staging since 10:40 New York time. I ran your replay against it and the gates' signatures are accepted. You should not have had to wait a weekend for me, so Elena can open the vault too from today.",
				"A calendar of all keys and when they expire, so that the next one is not a surprise.",
				"")},

		{Day: demoDay(9), At: demoClock(16, 30), Who: demoElena, Client: "apple-iphone", To: team.PromptMail,
			Answer: mailtest.Answer{Text: `Done: Firmware 4.2 is on both gates at Long Beach. I opened the vault once with Marcus watching, it works.
Next: I am off on Tuesday and Wednesday, my sister is getting married! Back on Thursday.
In the way: Nothing
Note: If a gate at Long Beach blinks orange, it is only downloading.`}},
	}
}

// Tuesday: Priya is not stuck any more. Elena is away, and her mail program says so.
func demoTuesday() []storyReply {
	return []storyReply{
		{Day: demoDay(10), At: demoClock(16, 15), Who: demoAiko, Client: "japan-phone", To: team.PromptMail, From: demoPhone,
			Answer: mailtest.Answer{Text: `1 done
Done: Thanks to Camille's correction I did not freeze the timetable a day early. All of Setouchi Line's changes are in.
Decision: Refunds use the rounding that the ticket was sold with. Camille and I agreed by mail.
Next: The same comparison for the Lamu line, their fares are in shillings and simpler.`}},

		// An answer to a digest.
		{Day: demoDay(10), At: demoClock(9, 25), Who: demoPriya, Client: "gmail-android", To: team.DigestMail,
			Answer: mailtest.Answer{Text: "Thanks @marcus: I woke up to a working key and my replay already green. Best Tuesday in a while."}},

		{Day: demoDay(10), At: demoClock(16, 5), Who: demoPriya, Client: "gmail-web", To: team.PromptMail,
			Answer: mailtest.Answer{Text: `Done:
- The importer runs on staging. It caught up with 11,400 scans from Mombasa in 40 seconds.
- Wanjiru can start with Mtongwe, the gates there are already sending.

Next: A week of watching, then production on the 18th if nothing odd turns up.

In the way: Nothing.`}},

		{Day: demoDay(10), At: demoClock(16, 30), Who: demoWanjiru, Client: "thunderbird", To: team.PromptMail,
			Answer: demoUnder(wanjiruSignature,
				"Mtongwe boards without a connection since 13:00, on Priya's importer. First real test at 15:20, when the line went down by itself: 212 passengers, no queue.\n\nThe disk alarm now knows the difference between full and busy.",
				"Visit the Mtongwe gates with the people who stand at them all day.",
				"")},

		{Day: demoDay(10), At: demoClock(16, 20), Who: demoCamille, Client: "outlook-desktop", To: team.PromptMail,
			Answer: mailtest.Answer{Signature: camilleSignature, Text: `q1 The old one, and from tonight the one that the ticket was sold with.

1. The refund page is live for Marseille. 31 refunds so far, and the counter had two phone calls instead of twenty.
2. Bring Aiko's rounding decision into the page, so that the amount shown is the amount paid.
3. Nothing.`}},

		{Day: demoDay(10), At: demoClock(16, 20), Who: demoMarcus, Client: "mutt", To: team.PromptMail,
			Answer: demoAbove("All the best to Elena's sister!", demoUnder("Marcus",
				"The key calendar is up, 14 keys. Two more would have expired this month; both are renewed.",
				"Watch Priya's importer from the ledger's side for the week.",
				""))},

		// Elena's machine answers her first mail of the day. Nothing of it may reach the team as hers, and from then on she gets no mail.
		{Day: demoDay(10), At: demoClock(9, 1), Who: demoElena, Client: "apple-iphone", To: team.DigestMail, Away: true,
			Answer: mailtest.Answer{Text: "I am at a wedding and back on Thursday 12 March. For anything about the Long Beach gates please write to Marcus."}},
	}
}

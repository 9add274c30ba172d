package mailin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// report is a bounce that returns the head of one of our mails; "" returns none.
func (o *office) report(to, failed, status, returned string) []byte {
	o.uid++
	if returned != "" {
		returned = fmt.Sprintf("--b\nContent-Type: text/rfc822-headers\n\nFrom: Platform <%s>\nTo: %s\n%s\n", own, failed, returned)
	}
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
Received: from mx.example.org by mx.example.com; %s
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: %s
Subject: Undelivered Mail Returned to Sender
Message-ID: <%d@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; %s
Action: failed
Status: %s

%s--b--
`, o.now.Format(time.RFC1123Z), to, o.uid, failed, status, returned), "\n", "\r\n"))
}

func (o *office) reachable(addr string) bool {
	o.t.Helper()
	p, _, err := o.store.PersonByAddress(o.t.Context(), addr)
	must(o.t, err)
	return p.Reachable()
}

func TestABounceIsNotedWithTheMemberWhoseMailFailed(t *testing.T) {
	o := newOffice(t)
	const before = "updates@old.example" // our address of then
	o.receiver.Others = []string{before}
	text := o.prompt(o.aiko, monday)
	mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
	must(t, err)
	aiko := o.aiko.ID
	for _, c := range []struct {
		says             string
		to               string
		failed, returned string
		want             []team.Failure
	}{
		{"our Message-ID is returned", own, "aiko@example.com", "Message-ID: <" + token.MessageID(own, text) + ">",
			[]team.Failure{{MemberID: aiko, About: text, Hard: true, Why: "5.1.1"}}},
		{"our reply address is returned", own, "aiko@example.com", "Reply-To: " + token.Address(own, text) + "\nMessage-ID: <other@relay.example>",
			[]team.Failure{{MemberID: aiko, About: text, Hard: true, Why: "5.1.1"}}},
		{"it comes to our reply address", token.Address(own, text), "aiko@example.com", "", []team.Failure{{MemberID: aiko, About: text,
			Hard: true, Why: "5.1.1"}}},
		{"it comes to the envelope sender", token.BounceAddress(own, text), "aiko@example.com", "", []team.Failure{{MemberID: aiko, About: text,
			Hard: true, Why: "5.1.1"}}},
		{"our Message-ID of before a move is returned", before, "aiko@example.com", "Message-ID: <" + token.MessageID(before, text) + ">",
			[]team.Failure{{MemberID: aiko, About: text, Hard: true, Why: "5.1.1"}}},
		{"it comes to the envelope sender of before a move", token.BounceAddress(before, text), "aiko@example.com", "",
			[]team.Failure{{MemberID: aiko, About: text, Hard: true, Why: "5.1.1"}}},
		{"it was passed on to another address", own, "aiko.tanaka@elsewhere.example", "Message-ID: <" + token.MessageID(own, text) + ">",
			[]team.Failure{{MemberID: aiko, About: text, Hard: true, Why: "5.1.1"}}},
		{"no mail of ours is named", own, "mia@example.com", "", []team.Failure{{MemberID: mia.ID, Why: "5.1.1"}}},
		{"the name of the mail is made up", own, "mia@example.com", "Message-ID: <" + strings.ToUpper(token.MessageID(own, "abc"+text[3:])) + ">",
			[]team.Failure{{MemberID: mia.ID, Why: "5.1.1"}}},
		{"nobody of ours is named", own, "eve@example.org", "", nil},
	} {
		got := o.take(o.report(c.to, c.failed, "5.1.1", c.returned))
		if got.Outcome != team.Bounce || fmt.Sprint(got.Failures) != fmt.Sprint(c.want) || got.Answer != nil {
			t.Errorf("%s: %s (%s), %+v, want %+v", c.says, got.Outcome, got.Reason, got.Failures, c.want)
		}
	}
}

func TestWhatComesToTheEnvelopeSenderIsABounce(t *testing.T) {
	o := newOffice(t)
	to := token.BounceAddress(own, o.prompt(o.aiko, monday))
	for _, c := range []struct {
		says    string
		mail    mail
		outcome team.Outcome
	}{
		{"words that nobody knows for a bounce", mail{to: to, from: "gw@mx.example.org", extra: "Return-Path: <>\n", subject: "Oh dear",
			body: "Sorry about your letter."}, team.Bounce},
		{"somebody who is away", mail{to: to, extra: "Return-Path: <>\nAuto-Submitted: auto-replied\n", subject: "Out of office"}, team.AutoReply},
		{"the token is made up", mail{to: token.Address(own, "b.abc"), from: "gw@mx.example.org", extra: "Return-Path: <>\n",
			subject: "Oh dear"}, team.AutoReply},
	} {
		if got := o.take(o.raw(c.mail)); got.Outcome != c.outcome {
			t.Errorf("%s: %s (%s), want %s", c.says, got.Outcome, got.Reason, c.outcome)
		}
	}
}

func TestForgedReportsStopNobodySoon(t *testing.T) {
	o := newOffice(t)
	for range 4 {
		o.take(o.report(own, "mia@example.com", "5.1.1", ""))
	}
	if !o.reachable("mia@example.com") {
		t.Error("four reports without a mail of ours stopped Mia's mail")
	}
}

func TestTwoMailsThatFailForGoodStopTheRestUntilTheyWrite(t *testing.T) {
	o := newOffice(t)
	for _, day := range []team.Date{monday, monday.Add(-1)} {
		o.take(o.report(own, "aiko@example.com", "5.1.1", "Message-ID: <"+token.MessageID(own, o.prompt(o.aiko, day))+">"))
	}
	if o.reachable("aiko@example.com") {
		t.Fatal("Aiko's mail goes on")
	}
	if got := o.take(o.raw(mail{})); got.Outcome != team.Stored || !o.reachable("aiko@example.com") {
		t.Errorf("a reply: %s, reachable %v", got.Outcome, o.reachable("aiko@example.com"))
	}
}

func TestAComplaintIsSomebodysIfAnythingIsLeftThatTells(t *testing.T) {
	const hidden = "Feedback-Type: abuse\nUser-Agent: x\nVersion: 1\n"
	for _, c := range []struct {
		says, fields, stated string
		returned             func(text string) string
		stops                bool
	}{
		{says: "the Message-ID", returned: func(text string) string { return "Message-ID: <" + token.MessageID(own, text) + ">" }, stops: true},
		{says: "the Message-ID without its domain", returned: func(text string) string { return "Message-ID: <" + text + "@redacted>" }, stops: true},
		{says: "the envelope sender", fields: "Original-Mail-From: <" + token.BounceAddress(own, "TOKEN") + ">\n", stops: true},
		{says: "the boundary", returned: func(text string) string {
			return "Content-Type: multipart/alternative; boundary=\"daybreak-" + text + "\""
		}, stops: true},
		{says: "the link to unsubscribe", returned: func(string) string { return "List-Unsubscribe: <https://updates.example.com/u/LINK>" }, stops: true},
		{says: "the recipient, in a report with proof", fields: "Original-Rcpt-To: <aiko@example.com>\n", stated: "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=p.example\n", stops: true},
		{says: "the recipient, in a report without", fields: "Original-Rcpt-To: <aiko@example.com>\n"},
		{says: "somebody else", fields: "Original-Rcpt-To: <eve@example.org>\n", stated: "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=p.example\n"},
		{says: "nothing"},
		{says: "a token that is made up", returned: func(text string) string { return "Message-ID: <" + strings.Repeat("a", len(text)) + "@redacted>" }},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.checks("mx.example.com", "")
			o.leads("platform")
			mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
			must(t, err)
			text := o.sign(token.Token{Kind: token.Prompt, Member: mia.ID, ID: mia.Teams[0].Team.CheckIns[0].ID, Day: monday, Expires: monday.Add(90)})
			link := o.sign(token.Token{Kind: token.Unsubscribe, Member: mia.ID, Day: monday, Expires: monday.Add(400)})
			fields := strings.NewReplacer("TOKEN", text, "token", text, "aiko@", "mia@").Replace(c.fields)
			returned := ""
			if c.returned != nil {
				returned = strings.ReplaceAll(c.returned(text), "LINK", link)
			}
			o.uid++
			got := o.take([]byte(fmt.Sprintf("%sReceived: from p.example by mx.example.com; %s\nFrom: feedback@p.example\nTo: %s\nSubject: complaint\nMessage-ID: <%d@p.example>\n"+
				"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"+
				"--b\nContent-Type: message/feedback-report\n\n%s%s\n--b\nContent-Type: text/rfc822-headers\n\nFrom: redacted\nTo: redacted\n%s\n\n--b--\n",
				c.stated, o.now.Format(time.RFC1123Z), own, o.uid, hidden, fields, returned)))
			mia, _, err = o.store.Person(t.Context(), mia.ID)
			must(t, err)
			if got.Outcome != team.Complaint || mia.Paused != c.stops || got.Unclaimed == c.stops {
				t.Errorf("%s (%s), paused %v, unclaimed %v", got.Outcome, got.Reason, mia.Paused, got.Unclaimed)
			}
			notices, err := o.store.Notices(t.Context(), o.now, 10)
			must(t, err)
			if told := len(notices) == 1 && notices[0].Kind == team.ComplainedNotice && notices[0].Person.ID == o.aiko.ID; told != c.stops {
				t.Errorf("the lead is told: %v", notices)
			}
			status, err := o.store.Status(t.Context(), o.now, 1)
			must(t, err)
			if (len(status.Unclaimed) == 1) == c.stops {
				t.Errorf("the status shows %+v", status.Unclaimed)
			}
		})
	}
}

func TestAComplaintStopsTheMembersMail(t *testing.T) {
	o := newOffice(t)
	complaint := func(kind, returned string) []byte {
		o.uid++

		return []byte(fmt.Sprintf("Received: from p.example by mx.example.com; %s\nFrom: feedback@p.example\nTo: %s\nSubject: FW: prompt\nMessage-ID: <%d@p.example>\n"+
			"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"+
			"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: %s\nUser-Agent: x\nVersion: 1\n\n"+
			"--b\nContent-Type: message/rfc822\n\nFrom: %s\nTo: redacted\n%s\n\nHello\n--b--\n", o.now.Format(time.RFC1123Z), own, o.uid, kind, own, returned))
	}
	paused := func() bool {
		p, _, err := o.store.Person(t.Context(), o.aiko.ID)
		must(t, err)
		return p.Paused
	}
	ours := "Message-ID: <" + token.MessageID(own, o.prompt(o.aiko, monday)) + ">"
	for _, c := range []struct {
		says, kind, returned string
		stops                bool
	}{
		{"of another's mail", "abuse", "Message-ID: <x@other.example>", false},
		{"that it is no spam", "not-spam", ours, false},
		{"of ours", "abuse", ours, true},
	} {
		got := o.take(complaint(c.kind, c.returned))
		if got.Outcome != team.Complaint || got.Answer != nil || paused() != c.stops {
			t.Errorf("a complaint %s: %s (%s), answer %v, paused %v", c.says, got.Outcome, got.Reason, got.Answer, paused())
		}
	}
}

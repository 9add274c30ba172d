package mailin_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
)

// planned is an event in somebody's calendar.
type planned struct {
	uid, method, organizer, subject string
	sequence                        int
	lines                           string // of the event, beside these
}

// ics is the calendar part that tells of the event.
func (p planned) ics() string {
	method := ""
	if p.method != "" {
		method = "METHOD:" + p.method + "\n"
	}
	organizer := ""
	if p.organizer != "" {
		organizer = "ORGANIZER;CN=Aiko Tanaka:mailto:" + p.organizer + "\n"
	}
	return fmt.Sprintf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//harbour//quay//EN\n%sBEGIN:VEVENT\nUID:%s\nSEQUENCE:%d\nDTSTAMP:20260309T08%02d00Z\n%s%s\nEND:VEVENT\nEND:VCALENDAR\n",
		method, p.uid, p.sequence, p.sequence, organizer, p.lines)
}

// A client writes the mail that tells of an event: its header lines beside the usual ones, and its body.
type client func(p planned) (header, body string)

const boilerplate = "You have been invited to the following event.\n\nTitle: Sea\nWhen: 16 Mar 2026\n\nInvitation from a calendar\n"

// parts is a multipart body.
func parts(kind, boundary string, list ...string) string {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/" + kind + "; boundary=\"" + boundary + "\"\n\n")
	for _, p := range list {
		b.WriteString("--" + boundary + "\n" + p + "\n")
	}
	return b.String() + "--" + boundary + "--\n"
}

func plainPart(text string) string { return "Content-Type: text/plain; charset=utf-8\n\n" + text }

func base64Part(kind, text string) string {
	code := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	var lines []string
	for len(code) > 76 {
		lines, code = append(lines, code[:76]), code[76:]
	}
	return "Content-Type: " + kind + "\nContent-Transfer-Encoding: base64\n\n" + strings.Join(append(lines, code), "\n") + "\n"
}

var clients = map[string]client{
	"Google": func(p planned) (string, string) {
		return "Sender: Google Calendar <calendar-notification@google.com>\nReply-To: Aiko Tanaka <aiko@example.com>\n",
			parts("mixed", "000000000000a1", parts("alternative", "000000000000a2",
				base64Part("text/plain; charset=\"UTF-8\"; format=flowed; delsp=yes", boilerplate),
				"Content-Type: text/html; charset=UTF-8\n\n<p>You have been invited</p>",
				"Content-Type: text/calendar; charset=\"UTF-8\"; method="+p.method+"\nContent-Transfer-Encoding: 7bit\n\n"+p.ics()),
				base64Part("application/ics; name=\"invite.ics\"\nContent-Disposition: attachment; filename=\"invite.ics\"", p.ics()))
	},
	"Exchange": func(p planned) (string, string) {
		return "Thread-Topic: Sea\nContent-class: urn:content-classes:calendarmessage\nX-MS-Has-Attach:\n",
			parts("alternative", "_000_quay_", plainPart("\n"),
				"Content-Type: text/html; charset=\"us-ascii\"\n\n<html><body><p>&nbsp;</p></body></html>",
				base64Part("text/calendar; charset=\"utf-8\"; method="+p.method, p.ics()))
	},
	"Apple Calendar": func(p planned) (string, string) {
		return "X-Mailer: iCal\n", parts("mixed", "Apple-Mail=_1", parts("alternative", "Apple-Mail=_2", plainPart(boilerplate),
			"Content-Type: text/calendar; method="+strings.ToLower(p.method)+"; charset=utf-8; name=iCal.ics\nContent-Transfer-Encoding: quoted-printable\n\n"+
				strings.ReplaceAll(p.ics(), "=", "=3D")))
	},
	"Thunderbird": func(p planned) (string, string) {
		return "User-Agent: Lightning\n", parts("mixed", "------------q1", parts("alternative", "------------q2", plainPart(boilerplate),
			"Content-Type: text/calendar; charset=UTF-8; method="+p.method+"\nContent-Transfer-Encoding: 8bit\n\n\ufeff"+p.ics()),
			base64Part("application/ics; name=\"invite.ics\"\nContent-Disposition: attachment; filename=\"invite.ics\"", p.ics()))
	},
	"Nextcloud": func(p planned) (string, string) {
		return "", parts("mixed", "_=_nc_1", parts("alternative", "_=_nc_2", plainPart(boilerplate), "Content-Type: text/html\n\n<p>Sea</p>"),
			base64Part("text/calendar; method="+p.method+"; charset=\"UTF-8\"; name=event.ics\nContent-Disposition: attachment; filename=event.ics", p.ics()))
	},
	"Fastmail": func(p planned) (string, string) {
		return "X-Mailer: Cyrus\n", parts("mixed", "fm1", parts("alternative", "fm2", plainPart(boilerplate), "Content-Type: text/html\n\n<p>Sea</p>",
			"Content-Type: text/calendar; charset=utf-8; method="+p.method+"\n\n"+p.ics()))
	},
	"the part alone": func(p planned) (string, string) {
		return "", "Content-Type: text/calendar; charset=utf-8; method=" + p.method + "\n\n" + p.ics()
	},
}

// invitation is a mail that tells of an event, to the team's address.
func (o *office) invitation(from string, c client, p planned, extra string) []byte {
	o.t.Helper()
	o.uid++
	header, body := c(p)
	raw := fmt.Sprintf("Received: from mail.example.org by mx.example.com; %s\n%s%sFrom: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%d@mail.example.org>\nMIME-Version: 1.0\n%s",
		o.now.Format(time.RFC1123Z), header, extra, from, platform, p.subject, o.now.Format(time.RFC1123Z), o.uid, body)
	return []byte(strings.ReplaceAll(raw, "\n", "\r\n"))
}

const (
	aiko   = "Aiko Tanaka <aiko@example.com>"
	sea    = "SUMMARY:Sea\nDTSTART;VALUE=DATE:20260316\nDTEND;VALUE=DATE:20260321\nTRANSP:OPAQUE"
	atSea  = "2026-03-16/2026-03-20 "
	review = "SUMMARY:Crane review\nDTSTART:20260316T090000Z\nDTEND:20260316T100000Z"
)

// updates counts the mails that became updates.
func (o *office) updates() int {
	o.t.Helper()
	list, err := o.store.Mails(o.t.Context(), team.Stored, 10)
	must(o.t, err)
	return len(list)
}

func TestInvitationsOfEveryClientSetMoveAndCallOffALeave(t *testing.T) {
	for name, c := range clients {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := planned{uid: "7@quay", method: "REQUEST", organizer: "aiko@example.com", subject: "Invitation: Sea", lines: sea}
			is := func(away, answers string, outcome team.Outcome) {
				t.Helper()
				if got := o.awayOf("aiko@example.com"); got != away {
					t.Errorf("away %q, want %q: %s", got, away, o.last.Reason)
				}
				if got := o.owed(); got != answers {
					t.Errorf("owed %q, want %q", got, answers)
				}
				if o.last.Outcome != outcome || o.updates() != 0 {
					t.Errorf("it is %s (%s), and %d are updates", o.last.Outcome, o.last.Reason, o.updates())
				}
			}
			o.take(o.invitation(aiko, c, p, ""))
			is(atSea, "away ", team.Command)
			p.sequence, p.lines = 1, strings.Replace(sea, "20260321", "20260319", 1)
			o.take(o.invitation(aiko, c, p, ""))
			is("2026-03-16/2026-03-18 ", "away ", team.Command)
			p.sequence, p.method = 2, "CANCEL"
			o.take(o.invitation(aiko, c, p, ""))
			is("", "called-off ", team.Command)
		})
	}
}

func TestInvitationsSetALeaveOnlyIfTheyAreTheSendersOwn(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	request := func(lines string) planned {
		return planned{uid: "7@quay", method: "REQUEST", organizer: "aiko@example.com", subject: "Invitation", lines: lines}
	}
	with := func(p planned, change func(*planned)) planned {
		change(&p)
		return p
	}
	google, exchange := clients["Google"], clients["Exchange"]
	file := func(words string) client {
		return func(p planned) (string, string) {
			return "", parts("mixed", "m1", plainPart(words), base64Part("text/calendar; name=\"sea.ics\"\nContent-Disposition: attachment; filename=\"sea.ics\"", p.ics()))
		}
	}
	forwarded := func(p planned) (string, string) {
		return "", parts("mixed", "m1", plainPart("Done: the crane. The review moves, see below."),
			base64Part("text/calendar; method=REQUEST; name=\"invite.ics\"\nContent-Disposition: attachment; filename=\"invite.ics\"", p.ics()))
	}
	for _, c := range []struct {
		says    string
		from    string
		client  client
		event   planned
		extra   string
		outcome team.Outcome
		away    string
		answer  string
	}{
		{"out of office, as Outlook marks it", aiko, exchange, request("DTSTART;TZID=Tokyo Standard Time:20260316T000000\nDTEND;TZID=Tokyo Standard Time:20260321T000000\nTRANSP:OPAQUE\n" +
			"X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-INTENDEDSTATUS:OOF\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE"), "", team.Command, atSea, "away "},
		{"from the other address", "aiko@home.example", google, request(sea), "", team.Command, atSea, "away "},
		{"the organizer is the other address", aiko, google, with(request(sea), func(p *planned) { p.organizer = "Aiko@Home.example" }), "", team.Command, atSea, "away "},
		{"a program's mail", aiko, google, request(sea), "Auto-Submitted: auto-generated\n", team.AutoReply, atSea, ""},
		{"a program's mail without a return path", aiko, google, request(sea), "Return-Path: <>\n", team.AutoReply, atSea, ""},
		{"a program's mail about a meeting", aiko, google, request(review), "Auto-Submitted: auto-generated\n", team.AutoReply, "", ""},
		{"a program's mail of a free day", aiko, google, request(sea + "\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"), "Auto-Submitted: auto-generated\n", team.AutoReply, "", ""},
		{"from the cloud's own address", "Aiko via Cloud <noreply@cloud.example>", clients["Nextcloud"], request(sea), "", team.AutoReply, "", ""},
		{"over a list", aiko, google, request(sea), "List-Id: <quay.example>\n", team.List, "", ""},
		{"published", aiko, google, with(request(sea), func(p *planned) { p.method, p.organizer = "PUBLISH", "" }), "", team.Command, atSea, "away "},
		{"a file and nothing else", aiko, file(""), with(request(sea), func(p *planned) { p.method, p.organizer = "", "" }), "", team.Command, atSea, "away "},
		{"a file beside words", aiko, file("Done: the crane."), with(request(sea), func(p *planned) { p.method, p.organizer = "", "" }), "", team.Stored, "", "undated "},
		{"the file of a meeting beside words", aiko, file("Done: the crane."), request(review), "", team.Stored, "", ""},
		{"a file that is none", aiko, func(planned) (string, string) {
			return "", parts("mixed", "m1", plainPart(""), "Content-Type: text/calendar; name=x.ics\n\nBEGIN:VCALENDAR\n")
		}, request(""), "", team.Empty, "", "empty "},
		{"a meeting", aiko, google, request(review), "", team.Empty, "", ""},
		{"a meeting of a stranger", aiko, google, with(request(sea), func(p *planned) { p.organizer = "eve@example.org" }), "", team.Empty, "", ""},
		{"a meeting of a teammate", aiko, google, with(request(sea), func(p *planned) { p.organizer = "mia@example.com" }), "", team.Empty, "", ""},
		{"a meeting that is passed on with words", aiko, forwarded, with(request(review), func(p *planned) { p.organizer = "mia@example.com" }), "", team.Stored, "", ""},
		{"nobody's event", aiko, google, with(request(sea), func(p *planned) { p.organizer = "" }), "", team.Empty, "", "undated "},
		{"nobody's meeting", aiko, google, with(request(review), func(p *planned) { p.organizer = "" }), "", team.Empty, "", ""},
		{"an answer", aiko, exchange, with(request(sea), func(p *planned) { p.method = "REPLY" }), "", team.Empty, "", ""},
		{"a proposal", aiko, exchange, with(request(sea), func(p *planned) { p.method = "COUNTER" }), "", team.Empty, "", ""},
		{"a calendar that is cut off", aiko, func(planned) (string, string) {
			return "", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n"
		},
			request(""), "", team.Empty, "", "undated "},
		{"free", aiko, google, request(strings.Replace(sea, "OPAQUE", "TRANSPARENT", 1)), "", team.Empty, "", "undated "},
		{"every week", aiko, google, request(sea + "\nRRULE:FREQ=WEEKLY"), "", team.Empty, "", "undated "},
		{"two events", aiko, google, request(sea + "\nEND:VEVENT\nBEGIN:VEVENT\nUID:8@quay\n" + sea), "", team.Empty, "", "undated "},
		{"a day with the team's own address", aiko, google, request(sea + "\nATTENDEE:mailto:" + platform), "", team.Command, atSea, "away "},
		{"a day with teammates", aiko, google, request(sea + "\nATTENDEE:mailto:mia@example.com"), "", team.Empty, "", "undated "},
		{"a leave that is over", aiko, google, request(strings.NewReplacer("20260316", "20260302", "20260321", "20260307").Replace(sea)), "", team.Old, "", ""},
		{"a leave that has begun", aiko, google, request(strings.Replace(sea, "20260316", "20260302", 1)), "", team.Command, "2026-03-02/2026-03-20 ", "away "},
		{"calling off what nobody knows", aiko, google, with(request(sea), func(p *planned) { p.method = "CANCEL" }), "", team.Command, "", ""},
		{"without a name", aiko, google, with(request(sea), func(p *planned) { p.uid = "" }), "", team.Command, atSea, "away "},
		{"a stranger", "eve@example.org", google, with(request(sea), func(p *planned) { p.organizer = "eve@example.org" }), "", team.Refused, "", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			m := o.take(o.invitation(c.from, c.client, c.event, c.extra))
			if m.Outcome != c.outcome {
				t.Errorf("it is %s (%s), want %s", m.Outcome, m.Reason, c.outcome)
			}
			if got := o.awayOf("aiko@example.com"); got != c.away {
				t.Errorf("away %q, want %q: %s", got, c.away, m.Reason)
			}
			if got := o.owed(); got != c.answer {
				t.Errorf("owed %q, want %q", got, c.answer)
			}
			if n := o.updates(); (c.outcome == team.Stored) != (n == 1) {
				t.Errorf("%d updates", n)
			}
			if got := o.awayOf("mia@example.com"); got != "" {
				t.Errorf("Mia is away %s", got)
			}
		})
	}
}

func TestWordsOfAReplyAreKeptWhateverEventStandsBesideThem(t *testing.T) {
	o := newOffice(t)
	p := planned{uid: "7@quay", method: "REQUEST", organizer: "aiko@example.com", lines: sea}
	m := o.take(o.invitation(aiko, func(p planned) (string, string) {
		return "In-Reply-To: <" + token.MessageID(own, o.prompt(o.aiko, monday)) + ">\n", parts("alternative", "a1", plainPart("Done: the crane."),
			"Content-Type: text/calendar; method=REQUEST\n\n"+p.ics())
	}, p, ""))
	if m.Outcome != team.Stored || o.awayOf("aiko@example.com") != "" || o.owed() != "undated " {
		t.Errorf("it is %s (%s), away %q, owed %q", m.Outcome, m.Reason, o.awayOf("aiko@example.com"), o.owed())
	}
}

// What holds of an event is its latest version, whatever order its mails come in.
func TestTheLatestVersionOfAnEventHolds(t *testing.T) {
	version := func(n int, method, lines string) planned {
		return planned{uid: "7@quay", method: method, organizer: "aiko@example.com", subject: "Invitation", sequence: n, lines: lines}
	}
	later := strings.NewReplacer("20260316", "20260323", "20260321", "20260328").Replace(sea)
	const day = "RECURRENCE-ID;VALUE=DATE:20260316\n"
	other := planned{uid: "8@quay", method: "REQUEST", organizer: "aiko@example.com", subject: "Invitation", lines: later}
	for _, c := range []struct {
		says    string
		events  []planned
		away    string
		last    team.Outcome
		answers string
	}{
		{"moved", []planned{version(0, "REQUEST", sea), version(1, "REQUEST", later)}, "2026-03-23/2026-03-27 ", team.Command, "away "},
		{"moved, the other way round", []planned{version(1, "REQUEST", later), version(0, "REQUEST", sea)}, "2026-03-23/2026-03-27 ", team.Old, "away "},
		{"the same again", []planned{version(0, "REQUEST", sea), version(0, "REQUEST", sea)}, atSea, team.Old, "away "},
		{"the same days in a new version", []planned{version(0, "REQUEST", sea), version(1, "REQUEST", sea)}, atSea, team.Command, "away "},
		{"called off", []planned{version(0, "REQUEST", sea), version(1, "CANCEL", sea)}, "", team.Command, "called-off "},
		{"called off in the same version", []planned{version(0, "REQUEST", sea), version(0, "CANCEL", sea)}, "", team.Command, "called-off "},
		{"called off first", []planned{version(1, "CANCEL", sea), version(0, "REQUEST", sea)}, "", team.Old, ""},
		{"called off by its status", []planned{version(0, "REQUEST", sea), version(1, "REQUEST", sea+"\nSTATUS:CANCELLED")}, "", team.Command, "called-off "},
		{"called off, and planned anew", []planned{version(0, "REQUEST", sea), version(1, "CANCEL", sea), version(2, "REQUEST", later)}, "2026-03-23/2026-03-27 ", team.Command, "called-off away "},
		{"made free", []planned{version(0, "REQUEST", sea), version(1, "REQUEST", sea+"\nX-MICROSOFT-CDO-BUSYSTATUS:FREE")}, "", team.Empty, "undated "},
		{"made a meeting", []planned{version(0, "REQUEST", sea), version(1, "REQUEST", review)}, "", team.Empty, "called-off "},
		{"made a meeting first", []planned{version(1, "REQUEST", review), version(0, "REQUEST", sea)}, "", team.Old, ""},
		{"over already", []planned{version(0, "REQUEST", strings.Replace(sea, "20260316", "20260302", 1)), version(1, "REQUEST", strings.NewReplacer("20260316", "20260302", "20260321", "20260306").Replace(sea))},
			"2026-03-02/2026-03-08 ", team.Old, "away back "},
		{"another one called off", []planned{version(0, "REQUEST", sea), other, {uid: "8@quay", method: "CANCEL", organizer: "aiko@example.com", sequence: 1, lines: later}}, atSea, team.Command, "away called-off "},
		{"one of those that come again", []planned{version(0, "REQUEST", day+sea), version(1, "CANCEL", day+sea)}, "", team.Command, "called-off "},
		{"one, and all of them called off", []planned{version(0, "REQUEST", day+sea), version(1, "CANCEL", sea)}, "", team.Command, "called-off "},
		{"all of them called off first", []planned{version(1, "CANCEL", sea), version(0, "REQUEST", day+sea)}, "", team.Old, ""},
		{"somebody else calls it off", []planned{version(0, "REQUEST", sea), {uid: "7@quay", method: "CANCEL", organizer: "mia@example.com", sequence: 9, lines: sea}}, atSea, team.Empty, "away "},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			for _, e := range c.events {
				o.take(o.invitation(aiko, clients["Google"], e, ""))
			}
			if got := o.awayOf("aiko@example.com"); got != c.away || o.last.Outcome != c.last {
				t.Errorf("away %q, want %q; the last is %s (%s)", got, c.away, o.last.Outcome, o.last.Reason)
			}
			if got := o.owed(); got != c.answers {
				t.Errorf("owed %q, want %q", got, c.answers)
			}
		})
	}
}

func TestBackTellsWhatIsCalledOff(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "off 16–20 March"}))
	o.take(o.raw(mail{body: "off 3 April"}))
	o.take(o.raw(mail{body: "back"}))
	list, err := o.store.Answers(t.Context(), o.now, 10)
	must(t, err)
	got := list[len(list)-1]
	want := []team.Span{{From: monday.Add(7), Through: monday.Add(11)}, {From: monday.Add(25), Through: monday.Add(25)}}
	if got.Kind != team.AnswerCalledOff || fmt.Sprint(got.CalledOff) != fmt.Sprint(want) || o.awayOf("aiko@example.com") != "" {
		t.Errorf("answered %s %v, away %q", got.Kind, got.CalledOff, o.awayOf("aiko@example.com"))
	}
}

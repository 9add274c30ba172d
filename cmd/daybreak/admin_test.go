package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
)

// toldTo are the subjects of the mails to an address, the oldest first.
func toldTo(server *mailtest.Server, addr string) (subjects []string, mails []mailtest.Delivery) {
	for _, d := range server.Deliveries() {
		if d.To != addr {
			continue
		}
		subjects, mails = append(subjects, header(string(d.Raw), "Subject")), append(mails, d)
	}
	return subjects, mails
}

const rosa = "rosa@example.com"

// administered gives the house an admin.
func (h *house) administered() {
	h.t.Helper()
	h.configure("127.0.0.1:143", "127.0.0.1:587", "")
	h.rewrite(`address = "updates@example.com"`, `address = "updates@example.com"`+"\nadmin = \""+rosa+"\"")
}

func TestTheAdminIsToldOfAMailboxThatIsAwayAndThatItIsBack(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.administered()
		o.people("Aiko")
		o.serve()
		o.after(10 * time.Minute)
		n := 0
		told := func(want ...string) {
			t.Helper()
			got, _ := toldTo(o.server, rosa)
			if fmt.Sprint(got[n:]) != fmt.Sprint(want) {
				t.Errorf("the admin is told %q, want %q", got[n:], want)
			}
			n = len(got)
		}
		told()
		o.secret("wrong " + houseSecret) // the mailbox does not let us in, and no more does the server that sends
		o.server.DropIMAP()
		o.server.DropSMTP()
		o.people("Aiko", "Mia")
		o.after(12 * time.Hour)
		told()
		if names := troubleNames(o.status().Troubles); names != "login sending" {
			t.Errorf("in trouble with %q:\n%s", names, o.log)
		}
		o.secret(houseSecret)
		o.after(time.Hour)
		if got, _ := toldTo(o.server, rosa); len(got) < 2 || len(got) > 3 || strings.Contains(got[0], "Well again") || got[len(got)-1] != "daybreak: Well again" {
			t.Errorf("of what is over the admin is told %q", got)
		}
		before, _ := toldTo(o.server, rosa)
		told(before...)

		// Only the mailbox is away: that is told while it lasts, and then once a day at most.
		o.away.Store(true)
		o.server.DropIMAP()
		o.after(25 * time.Hour)
		o.away.Store(false)
		o.after(time.Hour)
		told("daybreak: The mailbox is out of reach", "daybreak: The mailbox is out of reach", "daybreak: Well again")
		if names := troubleNames(o.status().Troubles); names != "" {
			t.Errorf("in trouble with %q", names)
		}

		// A restart repeats nothing, and what the admin answers is read by nobody.
		o.stop()
		must(t, <-o.ended)
		o.serve()
		o.after(time.Hour)
		_, mails := toldTo(o.server, rosa)
		last := string(mails[len(mails)-1].Raw)
		for _, want := range []string{"Auto-Submitted: auto-generated", "X-Daybreak: "} {
			if !strings.Contains("\r\n"+last, "\r\n"+want) {
				t.Errorf("no %s in\n%s", want, last)
			}
		}
		if strings.Contains(last, "List-Unsubscribe") {
			t.Errorf("the admin is offered to be asked no more:\n%s", last)
		}
		o.deliver(fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: Re: daybreak: Well again\r\nMessage-ID: <thanks@example.com>\r\n\r\nThank you.\r\n", rosa, header(last, "Reply-To")))
		o.deliver(fmt.Appendf(nil, "From: aiko@example.com\r\nTo: updates@example.com\r\nSubject: Re: daybreak: Well again\r\nIn-Reply-To: %s\r\nMessage-ID: <me-too@example.com>\r\n\r\nThank you.\r\n", header(last, "Message-ID")))
		o.after(time.Hour)
		if got := o.status().Outcomes; got[team.Refused] != 2 || got[team.Held] != 0 {
			t.Errorf("the answers are %v", got)
		}
		told()
		if subjects, _ := toldTo(o.server, "aiko@example.com"); strings.Contains(strings.Join(subjects, ""), "Well") {
			t.Errorf("Aiko is told %q", subjects)
		}

		// What comes back is shown.
		tok := token.FromMessageID("updates@example.com", strings.Trim(header(last, "Message-ID"), "<>"))
		if tok == "" {
			t.Fatalf("no token in %q", header(last, "Message-ID"))
		}
		o.deliver(fmt.Appendf(nil, "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org\r\nTo: updates@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <1@mx.example.org>\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"+
			"Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: daybreak <updates@example.com>\r\nTo: %s\r\nMessage-ID: %s\r\n\r\n--b--\r\n", rosa, rosa, header(last, "Message-ID")))
		o.after(time.Hour)
		if names := troubleNames(o.status().Troubles); names != "admin" {
			t.Errorf("after a mail to the admin came back, in trouble with %q; %v", names, o.status().Outcomes)
		}
		told()
	})
}

// header is a header of a mail, unfolded.
func header(raw, name string) string {
	_, after, _ := strings.Cut(strings.ReplaceAll(raw, "\r\n ", " "), "\r\n"+name+": ")
	value, _, _ := strings.Cut(after, "\r\n")
	return value
}

func troubleNames(list []team.Trouble) string {
	var names []string
	for _, t := range list {
		names = append(names, string(t.Kind))
	}
	return strings.Join(names, " ")
}

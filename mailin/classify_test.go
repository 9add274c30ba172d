package mailin

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

func TestEveryReportIsKnownForOne(t *testing.T) {
	for file, outcome := range map[string]team.Outcome{"texts": team.Bounce, "reports": team.Bounce, "servers": team.Bounce, "complaints": team.Complaint} {
		a, err := txtar.ParseFile("bounce/testdata/" + file + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			_, raw, _ := strings.Cut("\n"+string(f.Data), "\n\n")
			if got, why := Classify(mime.Read([]byte(raw)), "updates@near.example"); got != outcome {
				t.Errorf("%s %s is taken for %q (%s)", file, f.Name, got, why)
			}
		}
	}
}

// aboutBounces are mails in which people write of bounces, and those of machines that are none.
var aboutBounces = map[string]struct {
	outcome team.Outcome
	raw     string
}{
	"a colleague's mails come back": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Re: How was Monday?\n\n" +
		"- My mail to bob@client.example could not be delivered: 550 5.1.1 user unknown\n- next: call him\n"},
	"a forwarded bounce": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Fwd: Undelivered Mail Returned to Sender\n" +
		"Return-Path: <ana@near.example>\n\n" +
		"Any idea?\n\n-------- Forwarded Message --------\nFrom: MAILER-DAEMON@mx.example\n\n<bob@client.example>: host mx said: 550 5.1.1 unknown\n"},
	"an answer to a bounce": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\n" +
		"Subject: Re: Delivery Status Notification (Failure)\n\nFixed, thank you.\n"},
	"a delivery of goods": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Delivery problem at the warehouse\n\n" +
		"The chairs were not delivered yesterday. I wrote to the people there.\n"},
	"work on a mail server": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Mail delivery failure drill\n\n" +
		"Done: the drill. Next: write it up.\n"},
	"somebody away": {team.AutoReply, "Return-Path: <>\nFrom: Ana <ana@near.example>\nTo: updates@near.example\n" +
		"Subject: Out of office: How was Monday?\nAuto-Submitted: auto-replied\n\n" +
		"I am away until 12 May. Urgent things go to ben@near.example.\n"},
	"a mailbox that nobody reads": {team.AutoReply, "Return-Path: <>\nFrom: info@client.example\nTo: updates@near.example\nSubject: AutoReply\n" +
		"Auto-Submitted: auto-replied\n\n" +
		"This inbox is no longer in use. Please write to desk@client.example.\n"},
	"somebody away, as Dovecot writes it": {team.AutoReply, "Return-Path: <>\nFrom: <ana@near.example>\nTo: updates@near.example\n" +
		"Subject: Auto: How was Monday?\nAuto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n\nI am away until 12 May.\n"},
	"a person whose program says so": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Re: How was Monday?\n" +
		"Auto-Submitted: no (typed)\n\nClosed the ticket.\n"},
	"a challenge": {team.AutoReply, "Return-Path: <>\nFrom: Ana <ana@near.example>\nTo: updates@near.example\n" +
		"Subject: Please confirm your message\nAuto-Submitted: auto-replied\n\n" +
		"Your mail is being held until you confirm that you are a person: https://confirm.example/x\n"},
	"a receipt": {team.AutoReply, "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Read: How was Monday?\n" +
		"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\nRead.\n" +
		"--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ana@near.example\n" +
		"Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"},
	"a newsletter": {team.List, "From: Shop <shop@shop.example>\nSender: mailer@bulk.example\nTo: updates@near.example\n" +
		"Subject: Everything must go\nList-Unsubscribe: <mailto:x@bulk.example>\n\nBuy!\n"},
	"JSON of somebody's work": {"", "From: Ana <ana@near.example>\nTo: updates@near.example\nSubject: Re: How was Monday?\n\n" +
		`{"type":"note","mail":"none"} is what the service gives now.` + "\n"},
}

func TestMailAboutBouncesIsNone(t *testing.T) {
	for name, c := range aboutBounces {
		if got, why := Classify(mime.Read([]byte(c.raw)), "updates@near.example"); got != c.outcome {
			t.Errorf("%s is taken for %q (%s), not for %q", name, got, why, c.outcome)
		}
	}
}

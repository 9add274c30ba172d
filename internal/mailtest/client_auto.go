package mailtest

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"time"
)

// OutOfOffice writes the automatic reply to a mail as received, as the client's server does for someone who is away
// (RFC 3834): to the envelope's sender if the mail still has a Return-Path, else to where a reply goes.
func (c Client) OutOfOffice(original []byte, from Identity, at time.Time, text string) ([]byte, error) {
	o, err := readOriginal(original)
	if err != nil {
		return nil, fmt.Errorf("answering automatically with %s: %w", c.Name, err)
	}
	d := c.draft(from, at, Answer{Text: text})
	d.original = o
	d.to = o.replyTo
	if o.returnPath != "" {
		d.to = person{address: o.returnPath}
	}
	d.subject = o.subject
	d.inReplyTo = o.messageID
	d.references = append(append([]string(nil), o.references...), o.messageID)
	d.stir(original)
	if c.auto != nil {
		return c.auto(d), nil
	}
	return vacation(d), nil
}

// vacation is the automatic reply of a webmail's or a Sieve server's responder.
func vacation(d *draft) []byte {
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("MIME-Version: 1.0")
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.words("Subject", "Out of office: "+d.subject, enc)
	m.line("Date: " + dateLine(d.at))
	m.field("Message-ID", "<"+d.id("message", hexLower, 24)+"@"+d.domain()+">")
	m.ids(d, true)
	m.line("Auto-Submitted: auto-replied")
	m.line("Precedence: bulk")
	m.line("X-Autoreply: yes")
	m.body(utf8Part("text/plain", "quoted-printable", d.words(false)+"\n"))
	return m.Bytes()
}

// Bounce writes the delivery status notification (RFC 3464) with which a mail server gives a mail back that it could not
// deliver to the address. temporary says that it has only been delayed.
func Bounce(original []byte, address string, temporary bool, at time.Time) ([]byte, error) {
	o, err := readOriginal(original)
	if err != nil {
		return nil, fmt.Errorf("bouncing: %w", err)
	}
	d := Client{Name: "mta"}.draft(Identity{Address: address}, at, Answer{})
	d.stir(original)
	to := o.returnPath
	if to == "" {
		to = o.from.address
	}
	host := "mx." + d.domain()
	action, status, subject := "failed", "5.1.1", "Undelivered Mail Returned to Sender"
	said := "550 5.1.1 <" + address + ">: Recipient address rejected: User unknown"
	if temporary {
		action, status, subject = "delayed", "4.2.2", "Delayed Mail (still being retried)"
		said = "452 4.2.2 <" + address + ">: Mailbox full"
	}
	m := &mailBytes{}
	m.line("Date: " + at.Format("Mon, _2 Jan 2006 15:04:05 -0700 (MST)"))
	m.line("From: MAILER-DAEMON@" + host + " (Mail Delivery System)")
	m.line("Subject: " + subject)
	m.line("To: " + to)
	m.line("Auto-Submitted: auto-replied")
	m.line("MIME-Version: 1.0")
	queue := d.id("queue", hexUpper, 10)
	boundary := queue + "." + fmt.Sprint(at.Unix()) + "/" + host
	m.line("Message-Id: <" + at.UTC().Format("20060102150405") + "." + queue + "@" + host + ">")
	report := "This is the mail system at host " + host + ".\n\nI'm sorry to have to inform you that your message could not\n" +
		"be delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n" +
		"                   The mail system\n\n<" + address + ">: host " + host + "[192.0.2.25] said: " + said +
		"\n    (in reply to RCPT TO command)\n"
	fields := "Reporting-MTA: dns; " + host + "\nX-Postfix-Queue-ID: " + queue + "\nX-Postfix-Sender: rfc822; " + to +
		"\nArrival-Date: " + o.date.Format("Mon, _2 Jan 2006 15:04:05 -0700 (MST)") + "\n\nFinal-Recipient: rfc822; " + address +
		"\nOriginal-Recipient: rfc822;" + address + "\nAction: " + action + "\nStatus: " + status + "\nRemote-MTA: dns; " + host +
		"\nDiagnostic-Code: smtp; " + said + "\n"
	m.alternative(boundary, "multipart/report; report-type=delivery-status;\r\n\tboundary=\""+boundary+`"`,
		part{kind: "text/plain; charset=us-ascii", extra: []string{"Content-Description: Notification"}, text: report},
		part{kind: "message/delivery-status", extra: []string{"Content-Description: Delivery report"}, text: fields},
		part{kind: "message/rfc822", transfer: "8bit", extra: []string{"Content-Description: Undelivered Message"},
			text: strings.ReplaceAll(string(bytes.TrimRight(original, "\r\n")), "\r\n", "\n") + "\n"})
	return m.Bytes(), nil
}

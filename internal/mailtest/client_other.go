package mailtest

import (
	"fmt"
	"mime"
	"strings"
	"time"
)

// gmt is the offset as GMT+9 or GMT+05:30.
func gmt(t time.Time) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	if offset%3600 == 0 {
		return fmt.Sprintf("GMT%c%d", sign, offset/3600)
	}
	return fmt.Sprintf("GMT%c%02d:%02d", sign, offset/3600, offset%3600/60)
}

// yahooWeb marks its quote by a class in HTML; its plain part has the quote unmarked below an indented attribution.
func yahooWeb(d *draft) []byte {
	words := d.words(false)
	prefix := "ydp" + d.id("class", hexLower, 8)
	plain := " " + strings.ReplaceAll(words, "\n", "\n ")
	html := `<html><head></head><body><div class="` + prefix + `yahoo-style-wrap" ` +
		`style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:13px;">` +
		eachLine(words, `<div dir="ltr" data-setdir="false">`, "</div>")
	if s := d.answer.Signature; s != "" {
		plain += "\n\n" + s
		html += `<div><br></div><div class="` + prefix + `signature">` + breaks(s) + `</div>`
	}
	html += `<div><br></div></div>`
	if d.quotes() {
		t := d.original.date.In(d.at.Location())
		attribution := "On " + t.Format("Monday, January 2, 2006 at 03:04:05 PM ") + gmt(t) + ", " + d.original.from.shown() + " wrote:"
		plain += "\n\n    " + attribution + "  \n \n " + d.original.text + "\n  "
		body := d.original.body()
		rename(body, prefix)
		html += `<div id="` + prefix + `yahoo_quoted_` + d.id("quoted", digits, 10) + `" class="` + prefix + `yahoo_quoted">` +
			`<div style="font-family:'Helvetica Neue', Helvetica, Arial, sans-serif;font-size:13px;color:#26282a;"><div>` +
			escape(attribution) + `</div><div><br></div><div><br></div>` + `<div>` + rendered(body) + `</div></div></div>`
	}
	html += "</body></html>"
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("Date: " + d.at.In(time.UTC).Format("Mon, 2 Jan 2006 15:04:05 -0700 (MST)"))
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.field("Message-ID", fmt.Sprintf("<%s.%s.%d@mail.yahoo.com>", d.id("m1", "123456789", 10), d.id("m2", "123456789", 7), d.at.UnixMilli()))
	m.ids(d, true)
	m.words("Subject", d.re("Re: "), enc)
	m.line("MIME-Version: 1.0")
	m.line("X-Mailer: WebService/1.1.24187 YMailNovation")
	boundary := fmt.Sprintf("----=_Part_%s_%s.%d", d.id("b1", "123456789", 7), d.id("b2", "123456789", 9), d.at.UnixMilli())
	m.alternative(boundary, "multipart/alternative; \r\n\tboundary=\""+boundary+`"`,
		part{kind: "text/plain; charset=UTF-8", transfer: "quoted-printable", text: plain + "\n"},
		part{kind: "text/html; charset=UTF-8", transfer: "quoted-printable", text: html})
	return m.Bytes()
}

// proton has classes of its own, long dates in its attribution and base64 for everything.
func proton(d *draft) []byte {
	words := d.words(false)
	const font = `style="font-family: Arial, sans-serif; font-size: 14px;"`
	plain := words + "\n\n"
	html := eachLine(words, `<div `+font+`>`, "</div>") + `<div ` + font + `><br></div>` +
		`<div class="protonmail_signature_block" ` + font + `>`
	if s := d.answer.Signature; s != "" {
		plain += s + "\n\n"
		html += `<div class="protonmail_signature_block-user">` + breaks(s) + `</div><div ` + font + `><br></div>`
	}
	plain += "Sent with [Proton Mail](https://proton.me/mail/home) secure email.\n"
	html += `<div class="protonmail_signature_block-proton">Sent with <a target="_blank" href="https://proton.me/mail/home">Proton Mail</a> secure email.</div></div>`
	if d.quotes() {
		t := d.original.date.In(d.at.Location())
		attribution := "On " + t.Format("Monday, January ") + ordinal(t.Day()) + t.Format(", 2006 at 3:04 PM") + ", " + d.original.from.shown() + " wrote:"
		plain += "\n" + attribution + "\n\n" + mark(d.original.text, "> ", false) + "\n"
		html += `<div class="protonmail_quote">` + "\n        " + escape(attribution) + `<br>` +
			`<blockquote class="protonmail_quote" type="cite">` + rendered(d.original.body()) + `</blockquote><br></div>`
	}
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("Date: " + d.at.In(time.UTC).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	m.person("To", d.to, enc)
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.words("Subject", d.re("Re: "), enc)
	m.field("Message-ID", "<"+d.id("message", base64ID, 86)+"=@"+d.domain()+">")
	m.ids(d, true)
	m.line("Feedback-ID: " + d.id("feedback", digits, 8) + ":user:proton")
	m.line("MIME-Version: 1.0")
	boundary := "b1=_" + d.id("boundary", base64ID[:62], 42)
	m.alternative(boundary, "multipart/alternative;\r\n boundary=\""+boundary+`"`,
		part{kind: "text/plain; charset=utf-8", transfer: "base64", text: plain},
		part{kind: "text/html; charset=utf-8", transfer: "base64", text: html})
	return m.Bytes()
}

// fastmail has <blockquote type="cite" id="qt"> and a comma after the date.
func fastmail(d *draft) []byte {
	words := d.words(false)
	plain := words + "\n"
	html := `<!DOCTYPE html><html><head><title></title><style type="text/css">p.MsoNormal,p.MsoNoSpacing{margin:0}</style></head><body>` +
		eachLine(words, "<div>", "</div>")
	if s := d.answer.Signature; s != "" {
		plain += "\n-- \n" + s + "\n"
		html += `<div><br></div><div id="sig1" class="signature"><div class="signature">--</div>` + eachLine(s, `<div class="signature">`, "</div>") + `</div>`
	}
	if d.quotes() {
		t := d.original.date.In(d.at.Location())
		attribution := "On " + t.Format("Mon, Jan 2, 2006, at 3:04 PM") + ", " + d.original.from.called() + " wrote:"
		plain += "\n" + attribution + "\n" + mark(d.original.text, "> ", true) + "\n"
		html += `<div><br></div><div>` + escape(attribution) + `<br></div><blockquote type="cite" id="qt" style="">` +
			rendered(d.original.body()) + `</blockquote><div><br></div>`
	}
	html += "</body></html>"
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("MIME-Version: 1.0")
	m.line("Date: " + d.at.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.line("Message-Id: <" + d.uuid("message", hexLower) + "@app.fastmail.com>")
	m.ids(d, true)
	m.words("Subject", d.re("Re: "), enc)
	m.line("User-Agent: Cyrus-JMAP/3.13.0-alpha0-204-g" + d.id("agent", hexLower, 9))
	boundary := d.id("boundary", hexLower, 32)
	m.alternative(boundary, "multipart/alternative;\r\n boundary="+boundary,
		utf8Part("text/plain", "quoted-printable", plain), utf8Part("text/html", "quoted-printable", html))
	return m.Bytes()
}

// androidMail is a phone maker's client: the reply goes to From, the quote is unmarked below "Original message".
func androidMail(d *draft) []byte {
	words := d.words(false)
	foot := "Sent from my Galaxy"
	if s := d.answer.Signature; s != "" {
		foot = s
	}
	plain := words + "\n\n\n" + foot + "\n"
	html := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body dir="auto">` +
		eachLine(words, `<div dir="auto">`, "</div>") + `<div><br></div><div><br></div><div id="composer_signature" dir="auto">` +
		`<div style="font-size:12px;color:#575757" dir="auto">` + breaks(foot) + `</div></div><div dir="auto"><br></div>`
	if d.quotes() {
		o := d.original
		t := o.date.In(d.at.Location())
		date := t.Format("1/2/06  3:04 PM  (") + gmt(t) + ")"
		plain += "\n-------- Original message --------\nFrom: " + o.from.shown() + " \nDate: " + date + " \nTo: " +
			o.recipients() + " \nSubject: " + o.subject + " \n\n" + o.text + "\n"
		html += `<div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div>` +
			`<div>From: ` + escape(o.from.shown()) + ` </div><div>Date: ` + escape(date) + ` </div><div>To: ` + escape(o.recipients()) +
			` </div><div>Subject: ` + escape(o.subject) + ` </div><div><br></div></div>` + rendered(o.body())
	}
	html += "</body></html>"
	m := &mailBytes{}
	enc := mime.BEncoding
	m.line("Date: " + dateLine(d.at))
	m.words("Subject", d.re("Re: "), enc)
	m.line("Message-ID: <" + d.id("message", "abcdefghijklmnopqrstuvwxyz0123456789", 24) + "." + fmt.Sprint(d.at.UnixMilli()) + "@email.android.com>")
	m.ids(d, false)
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.line("MIME-Version: 1.0")
	boundary := "--_com.samsung.android.email_" + d.id("boundary", digits, 16)
	m.alternative(boundary, "multipart/alternative; boundary=\""+boundary+`"`,
		part{kind: "text/plain; charset=utf-8", transfer: "base64", text: plain},
		part{kind: "text/html; charset=utf-8", transfer: "base64", text: html})
	return m.Bytes()
}

// japanPhone is the mail program of a Japanese carrier's phone: ISO-2022-JP in 7 bits, no References, and the original
// behind ">" without any attribution, with a question mark for what the charset lacks. Words that it cannot write in the
// charset make the whole mail UTF-8 in base64.
func japanPhone(d *draft) []byte {
	text := d.words(false) + "\n"
	if s := d.answer.Signature; s != "" {
		text += "\n" + s + "\n"
	}
	old := fits(iso2022jp(), text)
	if d.quotes() {
		quote := d.original.text
		if old {
			quote = inISO2022JP(quote)
		}
		text += "\n" + mark(quote, ">", false) + "\n"
	}
	m := &mailBytes{}
	m.line("Date: " + dateLine(d.at))
	m.field("From", japanPerson(person{d.from.Name, d.from.Address}))
	m.field("To", japanPerson(person{address: d.to.address}))
	m.field("Subject", iso2022jpWords(d.re("Re: ")))
	m.line("Message-ID: <" + d.at.Format("20060102150405") + "." + d.id("message", hexUpper, 8) + "@" + d.domain() + ">")
	m.ids(d, false)
	m.line("MIME-Version: 1.0")
	p := part{kind: "text/plain; charset=iso-2022-jp", transfer: "7bit", text: text, charset: iso2022jp()}
	if longest(text) > 400 {
		p.transfer = "base64"
	}
	if !old {
		p = part{kind: "text/plain; charset=utf-8", transfer: "base64", text: text}
	}
	m.body(p)
	return m.Bytes()
}

func japanPerson(p person) string {
	if ascii(p.name) {
		return formatPerson(p, mime.BEncoding)
	}
	return iso2022jpWords(p.name) + " <" + p.address + ">"
}

package mailtest

import (
	"mime"
	"strings"
)

// Thunderbird's text is format=flowed (RFC 3676) and its attribution has no address; its HTML has moz- classes.

func thunderbird(d *draft) []byte {
	attribution := ""
	if d.quotes() {
		attribution = thunderbirdAttribution(d.from.Locale, d.original.date.In(d.at.Location()), d.original.from.called())
	}
	quote := func(s string) string { return mark(s, "> ", true) }
	var text string
	switch {
	case d.interleaves():
		text = d.interleaved(attribution, quote, false)
	default:
		text = d.words(false) + "\n"
		if d.quotes() {
			text += "\n" + attribution + "\n" + quote(d.original.text) + "\n"
		}
	}
	quoted := func(line string) bool { return strings.HasPrefix(line, ">") || line == attribution }
	text = flow(text, quoted)
	if s := d.answer.Signature; s != "" {
		text += "\n-- \n" + s + "\n"
	}
	m := thunderbirdHead(d)
	m.body(part{kind: "text/plain; charset=UTF-8; format=flowed", transfer: eightBit(text), text: text})
	return m.Bytes()
}

// eightBit is how those carry a text who send what they can as it is.
func eightBit(text string) string {
	switch {
	case longest(text) > 900:
		return "quoted-printable"
	case ascii(text):
		return "7bit"
	}
	return "8bit"
}

func thunderbirdHead(d *draft) *mailBytes {
	m := &mailBytes{}
	enc := mime.QEncoding
	m.field("Message-ID", "<"+d.uuid("message", hexLower)+"@"+d.domain()+">")
	m.line("Date: " + dateLine(d.at))
	m.line("MIME-Version: 1.0")
	m.line("User-Agent: Mozilla Thunderbird")
	m.words("Subject", d.re("Re: "), enc)
	m.person("To", d.to, enc)
	if d.inReplyTo != "" {
		m.field("References", "<"+strings.Join(d.references, "> <")+">")
	}
	m.line("Content-Language: en-US")
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	if d.inReplyTo != "" {
		m.field("In-Reply-To", "<"+d.inReplyTo+">")
	}
	return m
}

func thunderbirdHTML(d *draft) []byte {
	words := d.words(d.interleaves())
	html := "<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n  </head>\n  <body>\n"
	if words != "" {
		html += eachLine(words, "    <p>", "</p>\n")
	}
	signature := ""
	if s := d.answer.Signature; s != "" {
		signature = `    <pre class="moz-signature" cols="72">-- ` + "\n" + escape(s) + "</pre>\n"
	}
	if d.quotes() {
		attribution := thunderbirdAttribution(d.from.Locale, d.original.date.In(d.at.Location()), d.original.from.called())
		open := `    <blockquote type="cite" cite="mid:` + escape(d.original.messageID) + `">` + "\n"
		html += `    <div class="moz-cite-prefix">` + escape(attribution) + "<br>\n    </div>\n"
		if d.interleaves() {
			for _, p := range d.original.htmlPassages(d.answer) {
				html += open + p.quote + "\n    </blockquote>\n"
				if p.answer != "" {
					html += eachLine(p.answer, "    <p>", "</p>\n")
				}
			}
		} else {
			html += open + `      <meta http-equiv="content-type" content="text/html; charset=UTF-8">` + "\n" +
				rendered(d.original.body()) + "\n    </blockquote>\n"
		}
	}
	html += signature + "  </body>\n</html>\n"
	m := thunderbirdHead(d)
	m.body(part{kind: "text/html; charset=UTF-8", transfer: eightBit(html), text: html})
	return m.Bytes()
}

// mutt writes plain text wrapped by the person's editor; its people answer between the lines, cut what they do not
// answer, and sign below "-- ".
func mutt(d *draft) []byte {
	text := wrap(d.words(d.interleaves()), 72) + "\n"
	if d.quotes() {
		t := d.original.date.In(d.at.Location())
		attribution := "On " + t.Format("Mon, Jan 02, 2006 at 03:04:05PM -0700") + ", " + d.original.from.called() + " wrote:"
		quote := func(s string) string { return mark(s, "> ", false) }
		if d.interleaves() {
			wrapped := *d
			wrapped.answer.Under = nil
			for _, s := range d.answer.Under {
				wrapped.answer.Under = append(wrapped.answer.Under, wrap(s, 72))
			}
			wrapped.answer.Text = wrap(d.answer.Text, 72)
			text = wrapped.interleaved(attribution, quote, true)
		} else {
			// Above the quote, as the person who uses it without answering line by line does.
			text += "\n" + attribution + "\n" + quote(d.original.text) + "\n"
		}
	}
	if s := d.answer.Signature; s != "" {
		text += "\n-- \n" + s + "\n"
	}
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("Date: " + d.at.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.words("Subject", d.re("Re: "), enc)
	m.field("Message-ID", "<a"+d.id("message", base64ID, 15)+"@"+strings.ToLower(d.id("host", "abcdefghijklmnop", 5))+"."+d.domain()+">")
	if d.inReplyTo != "" {
		m.field("References", "<"+strings.Join(d.references, "> <")+">")
	}
	m.line("MIME-Version: 1.0")
	charset := "us-ascii"
	if !ascii(text) {
		charset = "utf-8"
	}
	p := part{kind: "text/plain; charset=" + charset, text: text, extra: []string{"Content-Disposition: inline"}}
	if transfer := eightBit(text); transfer != "7bit" {
		p.transfer = transfer
	}
	if d.inReplyTo != "" {
		p.extra = append(p.extra, "In-Reply-To: <"+d.inReplyTo+">")
	}
	m.body(p)
	return m.Bytes()
}

// k9 is K-9 Mail, now Thunderbird for Android: HTML with Gmail's quote class, or plain text when people write between
// the lines. Its signature excuses it.
func k9(d *draft) []byte {
	signature := d.answer.Signature
	if signature == "" {
		signature = "Sent from my Android device with K-9 Mail. Please excuse my brevity."
	}
	m := &mailBytes{}
	enc := mime.QEncoding
	m.line("Date: " + dateLine(d.at))
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.words("Subject", d.re("Re: "), enc)
	m.line("User-Agent: K-9 Mail for Android")
	m.ids(d, true)
	m.field("Message-ID", "<"+d.uuid("message", hexUpper)+"@"+d.domain()+">")
	m.line("MIME-Version: 1.0")
	attribution := ""
	if d.quotes() {
		attribution = k9Attribution(d)
	}
	quote := func(s string) string { return mark(s, ">", false) }
	if d.interleaves() {
		text := d.interleaved(attribution, quote, false) + "-- \n" + signature + "\n"
		m.body(part{kind: "text/plain;\r\n charset=utf-8", transfer: "quoted-printable", text: text})
		return m.Bytes()
	}
	words := d.words(false)
	plain := words + "\n-- \n" + signature + "\n"
	html := `<!DOCTYPE html><html><body><div dir="auto">` + breaks(words) + "</div>\n<br><br>"
	foot := `<div style='white-space: pre-wrap'><div class='k9mail-signature'>-- <br>` + breaks(signature) + `</div></div>`
	if d.quotes() {
		plain = words + "\n\n-- \n" + signature + "\n\n" + attribution + "\n" + quote(d.original.text) + "\n"
		html += foot + `<br><br><div class="gmail_quote"><div dir="auto">` + escape(attribution) + `</div>` +
			`<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">` +
			"\n" + rendered(d.original.body()) + `</blockquote></div>`
	} else {
		html += foot
	}
	html += "</body></html>"
	boundary := "----" + d.id("boundary", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 30)
	m.alternative(boundary, "multipart/alternative;\r\n boundary=\""+boundary+`"`,
		part{kind: "text/plain;\r\n charset=utf-8", transfer: "quoted-printable", text: plain},
		part{kind: "text/html;\r\n charset=utf-8", transfer: "quoted-printable", text: html})
	return m.Bytes()
}

func k9Attribution(d *draft) string {
	t := d.original.date.In(d.at.Location())
	l := localeOf(d.from.Locale)
	who := d.original.from.shown()
	switch d.from.Locale {
	case "de":
		return "Am " + t.Format("2. ") + l.month(t) + t.Format(" 2006 15:04:05 ") + gmt(t) + " schrieb " + who + ":"
	case "fr":
		return "Le " + t.Format("2 ") + l.month(t) + t.Format(" 2006 15:04:05 ") + gmt(t) + ", " + who + " a écrit" + nbsp + ":"
	}
	return "On " + l.month(t) + t.Format(" 2, 2006 3:04:05 PM ") + gmt(t) + ", " + who + " wrote:"
}

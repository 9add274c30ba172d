package mailtest

import (
	"mime"
	"strings"
)

// Apple's Mail writes <blockquote type="cite"> and "> ". On the iPhone the line "Sent from my iPhone" stands between
// what was typed and the quote, the attribution is the quote's first line, and the quoted text begins with U+FEFF.

func appleIPhone(d *draft) []byte {
	words := d.words(false)
	sent := appleSent(d.from.Locale)
	if d.answer.Signature != "" {
		sent = d.answer.Signature
	}
	m := &mailBytes{}
	boundary := "Apple-Mail-" + d.uuid("boundary", hexUpper)
	plain := words + "\n\n" + sent + "\n"
	html := `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">` +
		appleLines(words, `<div dir="ltr">`) + `<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">` + breaks(sent) + `</div>`
	if d.quotes() {
		attribution := appleAttribution(d.from.Locale, d.original.date.In(d.at.Location()), d.original.from.shown())
		plain += "\n> " + attribution + "\n> \n" + mark("\ufeff"+d.original.text, "> ", false) + "\n"
		html += `<div dir="ltr"><br><blockquote type="cite">` + escape(attribution) + `<br><br></blockquote></div>` +
			`<blockquote type="cite"><div dir="ltr">` + "\ufeff" + rendered(d.original.body()) + `</div></blockquote>`
	}
	html += "</body></html>"
	if d.original == nil || d.original.html == "" {
		m.line(`Content-Type: text/plain; charset=` + appleCharset(plain))
		m.line("Content-Transfer-Encoding: " + appleTransfer(plain))
		m.appleHead(d, "iPhone Mail (22D72)", "1.0 (1.0)")
		m.line("")
		m.Write(part{transfer: appleTransfer(plain), text: plain}.encode())
		return m.Bytes()
	}
	m.line("Content-Type: multipart/alternative;\r\n\tboundary=" + boundary)
	m.line("Content-Transfer-Encoding: 7bit")
	m.appleHead(d, "iPhone Mail (22D72)", "1.0 (1.0)")
	m.line("")
	m.parts(boundary, applePart("text/plain", plain), applePart("text/html", html))
	return m.Bytes()
}

func (m *mailBytes) appleHead(d *draft, mailer, version string) {
	enc := mime.BEncoding
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.line("Mime-Version: " + version)
	m.words("Subject", d.re("Re: "), enc)
	m.line("Date: " + dateLine(d.at))
	m.field("Message-Id", "<"+d.uuid("message", hexUpper)+"@"+d.domain()+">")
	m.ids(d, true)
	m.person("To", d.to, enc)
	m.line("X-Mailer: " + mailer)
}

// appleLines has each line in a <div>, the way Apple's editor parts them.
func appleLines(text, open string) string { return eachLine(text, open, "</div>") }

func applePart(kind, text string) part {
	return part{kind: kind + ";\r\n\tcharset=" + appleCharset(text), transfer: appleTransfer(text), text: text}
}

func appleCharset(text string) string {
	if ascii(text) {
		return "us-ascii"
	}
	return "utf-8"
}

func appleTransfer(text string) string {
	if ascii(text) && longest(text) < 900 {
		return "7bit"
	}
	return "quoted-printable"
}

func appleMac(d *draft) []byte {
	words := d.words(d.interleaves())
	m := &mailBytes{}
	boundary := "Apple-Mail=_" + d.uuid("boundary", hexUpper)
	var plain, html string
	signature := ""
	if s := d.answer.Signature; s != "" {
		signature = s
	}
	var attribution string
	if d.quotes() {
		attribution = appleAttribution(d.from.Locale, d.original.date.In(d.at.Location()), d.original.from.shown())
	}
	switch {
	case d.interleaves():
		plain = d.interleaved(attribution+"\n", func(s string) string { return mark(s, "> ", true) }, false)
		html = appleLines(words, "<div>") + `<br id="lineBreakAtBeginningOfMessage"><div><blockquote type="cite"><div>` +
			escape(attribution) + `</div><br class="Apple-interchange-newline"></blockquote>` + applePassages(d) + `</div>`
		if signature != "" {
			plain += "\n" + signature + "\n"
			html += appleLines("\n"+signature, "<div>")
		}
	default:
		plain, html = words+"\n", appleLines(words, "<div>")
		if signature != "" {
			plain += "\n" + signature + "\n"
			html += appleLines("\n"+signature, "<div>")
		}
		if d.quotes() {
			plain += "\n> " + attribution + "\n> \n" + mark(d.original.text, "> ", false) + "\n"
			html += `<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>` + escape(attribution) +
				`</div><br class="Apple-interchange-newline"><div>` + rendered(d.original.body()) + `</div></blockquote></div><br>`
		}
	}
	html = `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>` +
		`<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">` + html + `</body></html>`
	m.appleHead(d, "Apple Mail (2.3826.400.131.1.6)", `1.0 (Mac OS X Mail 16.0 \(3826.400.131.1.6\))`)
	m.alternative(boundary, "multipart/alternative;\r\n\tboundary=\""+boundary+`"`,
		applePart("text/plain", plain), applePart("text/html", html))
	return m.Bytes()
}

// applePassages is the quote with the answers between its pieces.
func applePassages(d *draft) string {
	var b strings.Builder
	for _, p := range d.original.htmlPassages(d.answer) {
		b.WriteString(`<blockquote type="cite"><div>` + p.quote + `</div></blockquote>`)
		if p.answer != "" {
			b.WriteString(`<div><br></div>` + appleLines(p.answer, "<div>") + `<div><br></div>`)
		}
	}
	return b.String()
}

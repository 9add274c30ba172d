package mailtest

import (
	"mime"
	"strings"
)

// Gmail's quotes are in <div class="gmail_quote …">, its signatures in <div class="gmail_signature">. The plain part has
// the attribution hard-wrapped, and the quote behind "> ".

func gmailWeb(d *draft) []byte     { return gmail(d, "ltr") }
func gmailAndroid(d *draft) []byte { return gmail(d, "auto") }

func gmail(d *draft, dir string) []byte {
	words := d.words(false)
	m := &mailBytes{}
	m.line("MIME-Version: 1.0")
	m.ids(d, true)
	m.person("From", person{d.from.Name, d.from.Address}, mime.BEncoding)
	m.field("Date", dateLine(d.at))
	m.field("Message-ID", "<CA"+d.id("message", base64ID, 51)+"@mail.gmail.com>")
	m.words("Subject", d.re("Re: "), mime.BEncoding)
	m.person("To", d.to, mime.BEncoding)
	boundary := "000000000000" + d.id("boundary", hexLower, 16)

	plain := gmailPlain(words)
	html := gmailHTML(words, dir)
	if s := d.answer.Signature; s != "" {
		plain += "\n\n-- \n" + s
		html += `<div><br clear="all"></div><br><span class="gmail_signature_prefix">-- </span><br>` +
			`<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">` + breaks(s) + `</div></div>`
	}
	html = `<div dir="` + dir + `">` + html + `</div>`
	if d.quotes() {
		o := d.original
		t := o.date.In(d.at.Location())
		attribution := gmailAttribution(d.from.Locale, t, o.from, "<", ">")
		plain += "\n\n" + wrap(attribution, 78) + "\n\n" + mark(wrap(o.text, 76), "> ", false)
		html += gmailQuote(d, gmailAttribution(d.from.Locale, t, o.from,
			`&lt;<a href="mailto:`+escape(o.from.address)+`">`, `</a>&gt;`), dir)
	}
	m.alternative(boundary, `multipart/alternative; boundary="`+boundary+`"`,
		utf8Part("text/plain", "base64", plain+"\n"),
		utf8Part("text/html", "quoted-printable", html+"\n"))
	return m.Bytes()
}

// gmailPlain is Gmail's plain part of what was typed: hard-wrapped, list signs as they are.
func gmailPlain(words string) string { return wrap(words, 72) }

// gmailHTML has the first line bare and each further one in a <div>.
func gmailHTML(words, dir string) string {
	first, rest, more := strings.Cut(words, "\n")
	out := escape(first)
	if more {
		open := "<div>"
		if dir == "auto" {
			open = `<div dir="auto">`
		}
		out += eachLine(rest, open, "</div>")
	}
	return out
}

func gmailQuote(d *draft, attribution, dir string) string {
	// The person's name is text, the address is markup already.
	attribution = strings.Replace(attribution, d.original.from.name, escape(d.original.from.name), 1)
	style := `style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"`
	if dir == "auto" {
		style = `style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"`
	}
	return `<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + attribution +
		`<br></div><blockquote class="gmail_quote" ` + style + `><u></u>` + gmailOriginal(d) + "</blockquote></div>\n"
}

// gmailOriginal is the original as Gmail keeps it: classes and ids renamed so that they match no style of its own.
func gmailOriginal(d *draft) string {
	body := d.original.body()
	prefix := "m_" + d.id("rename", digits, 19)
	rename(body, prefix)
	return rendered(body)
}

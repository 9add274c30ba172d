package mailtest

import (
	"mime"
	"strings"
	"time"
)

// Mails of Outlook on the web and on phones are written by Exchange: dates in UTC, long Message-IDs, X-MS- lines.

func outlookWeb(d *draft) []byte {
	words := d.words(false)
	plain := words
	font := `style="font-family: Aptos, Aptos_EmbeddedFont, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"`
	html := eachLine(words, `<div class="elementToProof" `+font+`>`, "</div>\n")
	if s := d.answer.Signature; s != "" {
		plain += "\n\n" + s
		html += `<div id="Signature" class="elementToProof"><div ` + font + `>` + breaks(s) + "</div></div>\n"
	}
	if d.quotes() {
		plain += "\n________________________________\n" + outlookBlock(d) + "\n\n" + d.original.text
		html += `<div id="appendonsend"></div>` + "\n" +
			`<hr style="display:inline-block;width:98%" tabindex="-1">` +
			`<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">` +
			outlookHTMLBlock(d) + `</font><div>&nbsp;</div></div>` + "\n<div>" + exchangeOriginal(d) + "</div>\n"
	}
	return exchange(d, plain, html, "")
}

func outlookIOS(d *draft) []byte {
	words := d.words(false)
	plain := words + "\n\nGet Outlook for iOS<https://aka.ms/o0ukef>"
	html := `<div dir="ltr" style="font-family: Aptos, Aptos_MSFontService, -apple-system, Roboto, Arial, Helvetica, sans-serif; font-size: 12pt;">` +
		eachLine(words, "<div>", "</div>") + "</div>\n" +
		`<div id="ms-outlook-mobile-body-separator-line" dir="ltr"><br></div><div id="ms-outlook-mobile-signature">` +
		`<div dir="ltr">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div>` + "\n"
	if d.quotes() {
		plain += "\n________________________________\n" + outlookBlock(d) + "\n\n" + d.original.text
		html += `<hr style="display:inline-block;width:98%" tabindex="-1">` +
			`<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">` +
			outlookHTMLBlock(d) + `</font><div>&nbsp;</div></div>` + exchangeOriginal(d)
	}
	return exchange(d, plain, html, "")
}

func exchangeOriginal(d *draft) string {
	body := d.original.body()
	rename(body, "x_")
	return rendered(body)
}

func exchange(d *draft, plain, html, extra string) []byte {
	m := &mailBytes{}
	enc := mime.QEncoding
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.words("Subject", d.re("Re: "), enc)
	m.words("Thread-Topic", d.subject, enc)
	m.line("Thread-Index: " + d.threadIndex())
	m.line("Date: " + d.at.In(time.UTC).Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	host := "PR3P" + d.id("host", digits, 3) + "MB" + d.id("box", digits, 4)
	m.line("Message-ID:\r\n <" + host + d.id("message", hexUpper, 24) + "@" + host + ".eurprd04.prod.outlook.com>")
	m.ids(d, true)
	m.line("Accept-Language: en-US")
	m.line("Content-Language: en-US")
	m.line("X-MS-Has-Attach:")
	m.line("X-MS-TNEF-Correlator:")
	m.WriteString(extra)
	boundary := "_000_" + host + d.id("boundary", hexUpper, 24) + host + "eurp_"
	m.line("MIME-Version: 1.0")
	head := `<html><head>` + "\n" + `<meta http-equiv="Content-Type" content="text/html; charset=utf-8">` + "\n" +
		`<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style>` + "\n</head>\n<body dir=\"ltr\">\n"
	m.alternative(boundary, "multipart/alternative;\r\n\tboundary=\""+boundary+`"`,
		part{kind: `text/plain; charset="utf-8"`, transfer: "base64", text: plain + "\n"},
		part{kind: `text/html; charset="utf-8"`, transfer: "base64", text: head + html + "</body>\n</html>\n"})
	return m.Bytes()
}

// exchangeAuto is an automatic reply of Exchange.
func exchangeAuto(d *draft) []byte {
	prefix := "Automatic reply: "
	switch d.from.Locale {
	case "de":
		prefix = "Automatische Antwort: "
	case "fr":
		prefix = "Réponse automatique" + nbsp + ": "
	case "es":
		prefix = "Respuesta automática: "
	}
	auto := *d
	auto.subject = prefix + strings.TrimSpace(d.subject)
	auto.original = nil // no prefix, no quote
	words := d.words(false)
	return exchange(&auto, words, eachLine(words, "<p>", "</p>\n"),
		"X-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-replied\r\nX-MS-Exchange-Inbox-Rules-Loop: "+d.from.Address+"\r\n")
}

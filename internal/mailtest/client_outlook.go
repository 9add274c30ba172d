package mailtest

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"

	dom "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Outlook marks no quote: above the original stands a block of From, Sent, To and Subject, in the desktop's HTML within a
// <div> with a thin line on top, on the web below an <hr> with the id appendonsend before it.

func outlookDesktop(d *draft) []byte {
	words := d.words(false)
	m := &mailBytes{}
	enc := mime.QEncoding
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", person{d.to.called(), d.to.address}, enc)
	m.ids(d, d.seed[1]%2 == 0) // References only sometimes
	m.words("Subject", d.re(outlookPrefix(d.from.Locale)), enc)
	m.field("Date", dateLine(d.at))
	m.field("Message-ID", fmt.Sprintf("<%s01dc%s$%s0$%s0$@%s>", "0000", d.id("a", hexLower, 4), d.id("b", hexLower, 7),
		d.id("c", hexLower, 7), d.domain()))
	m.line("MIME-Version: 1.0")
	m.line("X-Mailer: Microsoft Outlook 16.0")
	m.line("Thread-Index: " + d.threadIndex())
	m.words("Thread-Topic", d.subject, enc)
	m.line("Content-Language: " + outlookLanguage(d.from.Locale))
	boundary := "----=_NextPart_000_" + d.id("b1", hexUpper, 4) + "_01DC" + d.id("b2", hexUpper, 4) + "." + d.id("b3", hexUpper, 8)

	// Word parts its paragraphs by empty lines in the plain part.
	plain := strings.ReplaceAll(words, "\n\n", "\n")
	plain = strings.ReplaceAll(plain, "\n", "\n\n")
	html := wordParagraphs(words)
	if s := d.answer.Signature; s != "" {
		plain += "\n\n\u00a0\n\n" + s
		html += wordParagraphs("\n" + s)
	}
	if d.quotes() {
		plain += "\n\n\u00a0\n\n" + outlookBlock(d) + "\n\n" + d.original.text
		html += `<p class=MsoNormal><o:p>&nbsp;</o:p></p>` +
			`<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'>` +
			`<p class=MsoNormal>` + outlookHTMLBlock(d) + `<o:p></o:p></p></div></div>` +
			`<p class=MsoNormal><o:p>&nbsp;</o:p></p>` + wordBody(d.original.body())
	}
	html = wordHead() + html + "</div></body></html>"
	m.alternative(boundary, "multipart/alternative;\r\n\tboundary=\""+boundary+`"`,
		outlookPart("text/plain", plain+"\n"), outlookPart("text/html", html+"\n"))
	return m.Bytes()
}

// outlookPart takes the smallest charset that has all characters.
func outlookPart(kind, text string) part {
	switch {
	case ascii(text):
		return part{kind: kind + ";\r\n\tcharset=\"us-ascii\"", transfer: map[bool]string{true: "7bit", false: "quoted-printable"}[kind == "text/plain" && longest(text) < 900], text: text}
	case fits(windows1252(), text):
		return part{kind: kind + ";\r\n\tcharset=\"Windows-1252\"", transfer: "quoted-printable", text: text, charset: windows1252()}
	}
	return part{kind: kind + ";\r\n\tcharset=\"utf-8\"", transfer: "base64", text: text}
}

func outlookLanguage(locale string) string {
	if locale == "" || locale == "en" {
		return "en-us"
	}
	return strings.ToLower(locale)
}

// threadIndex is Outlook's conversation id with one reply: 22 bytes for the conversation and 5 for each reply.
func (d *draft) threadIndex() string {
	b := append([]byte{1, 0xdc}, d.seed[:20]...)
	if d.original != nil {
		b = append(b, d.seed[20:25]...)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// outlookBlock is the From, Sent, To, Subject block in text.
func outlookBlock(d *draft) string {
	labels, o := outlookLabels(d.from.Locale), d.original
	return fmt.Sprintf("%s %s \n%s %s\n%s %s\n%s %s", labels[0], o.from.shown(), labels[1],
		outlookDate(d.from.Locale, o.date.In(d.at.Location())), labels[2], o.recipients(), labels[3], o.subject)
}

func outlookHTMLBlock(d *draft) string {
	var lines []string
	for line := range strings.SplitSeq(outlookBlock(d), "\n") {
		label, rest, _ := strings.Cut(line, ":")
		lines = append(lines, "<b>"+escape(label)+":</b> "+escape(strings.TrimSpace(rest)))
	}
	return strings.Join(lines, "<br>")
}

func (o *original) recipients() string {
	var out []string
	for _, p := range o.to {
		out = append(out, p.shown())
	}
	return strings.Join(out, "; ")
}

func wordHead() string {
	return `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
		`xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" ` +
		`xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=Generator content="Microsoft Word 15 (filtered medium)">` +
		"<style><!--\n/* Font Definitions */\n@font-face\n\t{font-family:Aptos;}\n/* Style Definitions */\n" +
		"p.MsoNormal, li.MsoNormal, div.MsoNormal\n\t{margin:0in;\n\tfont-size:12.0pt;\n\tfont-family:\"Aptos\",sans-serif;}\n" +
		"div.WordSection1\n\t{page:WordSection1;}\n--></style>" +
		`<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]--></head>` +
		`<body lang=EN-US link="#467886" vlink="#96607D" style='word-wrap:break-word'><div class=WordSection1>`
}

// wordParagraphs writes each line as one of Word's paragraphs.
func wordParagraphs(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			b.WriteString("<p class=MsoNormal><o:p>&nbsp;</o:p></p>")
			continue
		}
		b.WriteString("<p class=MsoNormal>" + escape(line) + "<o:p></o:p></p>")
	}
	return b.String()
}

// wordBody writes a tree the way Word saves it: every block a paragraph of class MsoNormal, tables with its own
// attributes, styles forgotten.
func wordBody(n *dom.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == dom.TextNode:
			if s := squeeze(c.Data); s != "" {
				b.WriteString("<p class=MsoNormal>" + escape(s) + "<o:p></o:p></p>")
			}
		case c.Type != dom.ElementNode:
		case c.DataAtom == atom.Table:
			b.WriteString("<table class=MsoNormalTable border=0 cellspacing=0 cellpadding=0>" + wordBody(c) + "</table>")
		case c.DataAtom == atom.Tbody, c.DataAtom == atom.Tr:
			b.WriteString("<" + c.Data + ">" + wordBody(c) + "</" + c.Data + ">")
		case c.DataAtom == atom.Td, c.DataAtom == atom.Th:
			b.WriteString("<td style='padding:0in 0in 0in 0in'>" + wordBody(c) + "</td>")
		case c.DataAtom == atom.Ul, c.DataAtom == atom.Ol:
			b.WriteString("<" + c.Data + " type=disc>" + wordBody(c) + "</" + c.Data + ">")
		case c.DataAtom == atom.Li:
			b.WriteString("<li class=MsoNormal>" + escape(squeeze(textOf(c))) + "<o:p></o:p></li>")
		case hasBlocks(c):
			b.WriteString("<div>" + wordBody(c) + "</div>")
		case squeeze(textOf(c)) != "":
			b.WriteString("<p class=MsoNormal>" + wordInline(c) + "<o:p></o:p></p>")
		}
	}
	return b.String()
}

func hasBlocks(n *dom.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == dom.ElementNode && !inline(c) && c.DataAtom != atom.Br && c.DataAtom != atom.Img {
			return true
		}
	}
	return false
}

// wordInline keeps links and bold print and wraps the rest in spans.
func wordInline(n *dom.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == dom.TextNode:
			b.WriteString("<span style='font-size:11.0pt'>" + escape(strings.ReplaceAll(c.Data, "\n", " ")) + "</span>")
		case c.DataAtom == atom.Br:
			b.WriteString("<br>")
		case c.DataAtom == atom.A, c.DataAtom == atom.B, c.DataAtom == atom.Strong:
			s := shallow(c)
			s.Attr = keepOnly(s.Attr, "href")
			b.WriteString(strings.TrimSuffix(rendered(s), "</"+c.Data+">") + wordInline(c) + "</" + c.Data + ">")
		default:
			b.WriteString(wordInline(c))
		}
	}
	return b.String()
}

func keepOnly(attrs []dom.Attribute, key string) []dom.Attribute {
	var kept []dom.Attribute
	for _, a := range attrs {
		if a.Key == key {
			kept = append(kept, a)
		}
	}
	return kept
}

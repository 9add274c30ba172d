package mailtest

import (
	"fmt"
	"mime"
	"strings"
	"time"
)

// habit is how a client writes a reply, where all that is its own is the line above the quote, the marks, the markup and the foot.
// The person may write above the quote, below it and within it.
type habit struct {
	name  string
	lead  func(d *draft, t time.Time) string // the lines above the quote
	marks string                             // before each quoted line of the text; "" for none
	open  string                             // the markup of the quote: {lead} is where the lines above it stand
	shut  string
	line  string                // the element of each typed line
	foot  func(d *draft) string // below the words; nil for none
	text  bool                  // it sends no HTML
	page  bool                  // it sends no text
	bare  bool                  // empty quoted lines have the mark without a blank
	width int                   // at which it breaks what was typed; 0 for not at all
}

// moreClients are those that are told by their habits.
func moreClients() []Client {
	var list []Client
	for _, h := range habits() {
		list = append(list, Client{Name: h.name, Interleaves: true, write: h.write})
	}
	return list
}

// pattern makes a lead of a pattern in English, and of Thunderbird's in other languages.
func pattern(english string) func(*draft, time.Time) string {
	return func(d *draft, t time.Time) string {
		if d.from.Locale == "" || strings.HasPrefix(d.from.Locale, "en") {
			return english12.fill(english, t, d.original.from.shown())
		}
		return thunderbirdAttribution(d.from.Locale, t, d.original.from.shown())
	}
}

// always is a lead that is the same in all languages.
func always(p string) func(*draft, time.Time) string {
	return func(d *draft, t time.Time) string { return english12.fill(p, t, d.original.from.shown()) }
}

var english12 = tongue{days: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday", shortDays: "Sun Mon Tue Wed Thu Fri Sat",
	months:      "January February March April May June July August September October November December",
	shortMonths: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"}

// block is a lead of header lines in the client's language, below a line if there is one.
func block(above func(locale string) string) func(*draft, time.Time) string {
	return func(d *draft, t time.Time) string {
		text := outlookBlock(d)
		if above != nil {
			if line := above(d.from.Locale); line != "" {
				text = line + "\n" + text
			}
		}
		return text
	}
}

func originalLine(dashes string) func(string) string {
	return func(locale string) string {
		words := "Original Message"
		if l, ok := tongues[locale]; ok {
			words = l.original
		}
		switch locale {
		case "de":
			words = "Ursprüngliche Nachricht"
		case "fr":
			words = "Message d'origine"
		case "es":
			words = "Mensaje original"
		case "it":
			words = "Messaggio originale"
		case "nl":
			words = "Oorspronkelijk bericht"
		case "pt":
			words = "Mensagem original"
		case "ja":
			words = "元のメッセージ"
		}
		return dashes + " " + words + " " + dashes
	}
}

func sentLine(english string) func(*draft) string {
	return func(d *draft) string {
		if d.from.Locale == "" || strings.HasPrefix(d.from.Locale, "en") {
			return english
		}
		return appleSent(d.from.Locale)
	}
}

func habits() []habit {
	return []habit{
		{name: "outlook-mac", lead: block(nil), line: "p", open: `<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">{lead}</p></div><div>`, shut: `</div>`},
		{name: "windows-mail", lead: block(nil), line: "p", foot: sentLine("Sent from Mail for Windows"),
			open: `<div style='mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal style='border:none;padding:0in'>{lead}</p></div>`},
		{name: "outlook-android", lead: block(func(string) string { return "________________________________" }), line: "div", foot: func(*draft) string { return "Get Outlook for Android<https://aka.ms/AAb9ysg>" },
			open: `<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{lead}</div><div>`, shut: `</div>`},
		{name: "gmail-ios", lead: func(d *draft, t time.Time) string {
			return gmailAttribution(d.from.Locale, t, d.original.from, "<", ">")
		}, marks: "> ", line: "div",
			open: `<div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{lead}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">`, shut: `</blockquote></div></div>`},
		{name: "zoho", lead: always("---- On {wd}, {dd} {mon} {y} {ts} +0000 {who} wrote ---"), line: "div",
			open: `<div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204);"></div><div class="zmail_extra" data-zbluepencil-ignore="true"><div>{lead}</div><br><blockquote style="margin:0px;">`, shut: `</blockquote></div>`},
		{name: "zimbra", lead: block(originalLine("-----")), line: "div", marks: "",
			open: `<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{lead}</div><div data-marker="__QUOTED_TEXT__">`, shut: `</div>`},
		{name: "roundcube", lead: pattern("On {y}-{mm}-{dd} {t}, {who} wrote:"), marks: "> ", line: "p", bare: true,
			open: `<p id="reply-intro">{lead}</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">`, shut: `</blockquote>`},
		{name: "roundcube-text", lead: pattern("On {y}-{mm}-{dd} {t}, {who} wrote:"), marks: "> ", text: true, bare: true, width: 72},
		{name: "horde", lead: func(d *draft, _ time.Time) string {
			word := map[string]string{"de": "Zitat von", "fr": "Quoting", "es": "Quoting", "nl": "Citeren"}[d.from.Locale]
			if word == "" {
				word = "Quoting"
			}
			return "\n" + word + " " + d.original.from.shown() + ":\n"
		}, marks: "> ", text: true, bare: true},
		{name: "sogo", lead: pattern("On {wday}, {month} {dd}, {y} {t} WET, {who} wrote:"), line: "div",
			open: `<br>{lead}<br>&nbsp;<blockquote type="cite" cite="x@y">`, shut: `</blockquote>`},
		{name: "yandex", lead: always(`{dd}.{mm}.{y}, {t}, "` + "{who}" + `:`), line: "div",
			open: `<div><br></div><div>{lead}</div><blockquote>`, shut: `</blockquote>`},
		{name: "mail-ru", lead: always("{wday}, {d} {month} {y}, {t} +00:00 from {who}:"), marks: ">", line: "div",
			open: `<br><br><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px">{lead}<br>`, shut: `</blockquote>`},
		{name: "gmx", lead: block(nil), line: "div", page: true,
			open: `<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px;padding:10px 0 10px 10px;border-left:2px solid #C3D9E5"><div style="margin:0 0 10px 0;">{lead}</div><div name="quoted-content">`, shut: `</div></div></div>`},
		{name: "qq", lead: func(d *draft, t time.Time) string {
			line := "------------------ Original ------------------"
			if strings.HasPrefix(d.from.Locale, "zh") {
				line = "------------------ 原始邮件 ------------------"
			}
			return line + "\n" + outlookBlock(d)
		}, line: "div", open: `<div><includetail><div style="font-size: 12px;"><div>{lead}</div></div><div>`, shut: `</div></includetail></div>`},
		{name: "netease", lead: func(d *draft, t time.Time) string {
			if strings.HasPrefix(d.from.Locale, "zh") {
				return t.Format(`在 2006-01-02 15:04:05，"`) + d.original.from.name + `" <` + d.original.from.address + `> 写道：`
			}
			return t.Format(`At 2006-01-02 15:04:05, "`) + d.original.from.name + `" <` + d.original.from.address + `> wrote:`
		}, marks: ">", line: "div", open: `<div style="position:relative;zoom:1"></div><pre><br>{lead}</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">`, shut: `</blockquote>`},
		{name: "naver", lead: block(func(string) string { return "-----Original Message-----" }), line: "p",
			open: `<div class="reply_original"><p>{lead}</p>`, shut: `</div>`},
		{name: "notes", lead: func(d *draft, t time.Time) string {
			if l, ok := tongues[d.from.Locale]; ok {
				return l.fill(l.bird, t, d.original.from.shown())
			}
			if d.from.Locale == "de" {
				return d.original.from.shown() + t.Format(" schrieb am 02.01.2006 15:04:05:")
			}
			return d.original.from.shown() + t.Format(" wrote on 01/02/2006 03:04:05 PM:")
		}, marks: "> ", text: true},
		{name: "evolution", lead: pattern("On {wd}, {y}-{mm}-{dd} at {t} +0000, {who} wrote:"), marks: "> ", line: "div", bare: true, width: 71,
			open: `<div>{lead}</div><blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">`, shut: `</blockquote>`},
		{name: "kmail", lead: pattern("On {wday}, {d} {month} {y} {ts} CET {who} wrote:"), marks: "> ", text: true, bare: true},
		{name: "claws", lead: always("On {wd}, {d} {mon} {y} {ts} +0000\n{who} wrote:\n"), marks: "> ", text: true, width: 72},
		{name: "gnus", lead: func(d *draft, _ time.Time) string { return d.original.from.shown() + " writes:\n" }, marks: "> ", text: true, bare: true},
		{name: "alpine", lead: always("On {wd}, {d} {mon} {y}, {who} wrote:\n"), marks: "> ", text: true, width: 74},
		{name: "aerc", lead: always("On {wd} {mon} {d}, {y} at {t12} WET, {who} wrote:"), marks: "> ", text: true, bare: true, width: 72},
		{name: "geary", lead: pattern("On {wd}, {mon} {d} {y} at {ts} +0000, {who} wrote:"), marks: "> ", line: "div",
			open: `<div><br></div>{lead}<br><blockquote type="cite">`, shut: `</blockquote>`},
		{name: "spark", lead: pattern("On {d} {mon} {y}, {t} +0000, {who}, wrote:"), marks: "> ", line: "div",
			open: `<div name="messageReplySection">{lead}<br><blockquote type="cite" style="margin: 5px 5px; padding-left: 10px; border-left: thin solid #1abc9c;">`, shut: `</blockquote></div>`},
		{name: "tutanota", lead: always("{mon} {d}, {y}, {t} by {who}:"), line: "div", page: true,
			open: `<div><br></div><div>{lead}<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px;">`, shut: `</blockquote>`},
		{name: "superhuman", lead: pattern("On {wd}, {mon} {d} {y} at {t12}, {who} wrote:"), marks: "> ", line: "div", foot: func(*draft) string { return "Sent via Superhuman ( https://sprh.mn )" },
			open: `<br><div class="gmail_quote sh-attribution">{lead}<br><blockquote class="gmail_quote" style="margin:0 0 0 0.8ex">`, shut: `</blockquote></div>`},
		{name: "fairemail", lead: pattern("On {month} {d}, {y} {t12}, {who} wrote:"), marks: "> ", line: "div",
			open: `<br><div fairemail="reply"><p>{lead}</p><blockquote style="margin: 0; border-left: 3px solid #ccc; padding-left: 3px">`, shut: `</blockquote></div>`},
		{name: "bluemail", lead: pattern("On {mon} {d}, {y}, at {t12}, {who} wrote:"), line: "div", foot: func(*draft) string { return "Get BlueMail for Android" },
			open: `<div class="gmail_quote">{lead}<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex">`, shut: `</blockquote></div>`},
		{name: "samsung", lead: block(originalLine("--------")), line: "div", foot: sentLine("Sent from my Galaxy"),
			open: `<div style="font-size:100%;color:#000000"><div>{lead}</div></div>`},
		{name: "hey", lead: pattern("On {month} {d}, {y}, {who} wrote:"), marks: "> ", line: "div",
			open: `<br><div class="trix-quote">{lead}</div><blockquote type="cite">`, shut: `</blockquote>`},
		{name: "emclient", lead: block(nil), line: "div", open: `<div>------ Original Message ------</div><div>{lead}</div><div class="x"><blockquote cite="x" type="cite" class="cite2">`, shut: `</blockquote></div>`},
		{name: "airmail", lead: pattern("On {month} {d}, {y} at {t12}, {who} wrote:"), marks: "> ", line: "div",
			open: `<p class="airmail_on">{lead}</p><blockquote type="cite" class="clean_bq">`, shut: `</blockquote>`},
	}
}

// write is the reply of a client with such habits.
func (h habit) write(d *draft) []byte {
	foot := ""
	if h.foot != nil {
		foot = "\n\n" + h.foot(d)
	}
	if s := d.answer.Signature; s != "" {
		foot = "\n\n-- \n" + s + foot
	}
	lead := ""
	if d.quotes() {
		lead = h.lead(d, d.original.date.In(d.at.Location()))
	}
	m := &mailBytes{}
	enc := mime.BEncoding
	m.line("Date: " + dateLine(d.at))
	m.person("From", person{d.from.Name, d.from.Address}, enc)
	m.person("To", d.to, enc)
	m.words("Subject", d.re(outlookPrefix(d.from.Locale)), enc)
	m.field("Message-ID", "<"+d.uuid("message", hexLower)+"@"+d.domain()+">")
	m.ids(d, true)
	m.line("MIME-Version: 1.0")
	m.line("X-Mailer: " + h.name)
	text := part{kind: "text/plain; charset=utf-8", text: h.plain(d, lead, foot)}
	text.transfer = eightBit(text.text)
	html := part{kind: "text/html; charset=utf-8", transfer: "quoted-printable", text: h.html(d, lead, foot)}
	switch {
	case h.text:
		m.body(text)
	case h.page:
		m.body(html)
	default:
		boundary := "=_" + d.id("boundary", hexLower, 32)
		m.alternative(boundary, `multipart/alternative; boundary="`+boundary+`"`, text, html)
	}
	return m.Bytes()
}

func (h habit) broken(s string) string {
	if h.width > 0 {
		return wrap(s, h.width)
	}
	return s
}

func (h habit) plain(d *draft, lead, foot string) string {
	quote := func(s string) string {
		if h.marks == "" {
			return s
		}
		return mark(s, h.marks, h.bare)
	}
	broken := *d
	broken.answer.Text = h.broken(d.answer.Text)
	broken.answer.Under = nil
	for _, s := range d.answer.Under {
		broken.answer.Under = append(broken.answer.Under, h.broken(s))
	}
	switch {
	case d.quotes() && len(d.answer.Under) > 0:
		return broken.interleaved(lead, quote, false) + foot + "\n"
	case d.quotes():
		return broken.words(false) + foot + "\n\n" + lead + "\n" + quote(d.original.text) + "\n"
	}
	return broken.words(false) + foot + "\n"
}

func (h habit) html(d *draft, lead, foot string) string {
	open, shut := "<"+h.line+">", "</"+h.line+">\n"
	words := ""
	if w := d.words(d.quotes() && len(d.answer.Under) > 0); w != "" {
		words = eachLine(w, open, shut)
	}
	if foot != "" {
		foot = eachLine(strings.TrimLeft(foot, "\n"), "<div>", "</div>")
	}
	var b strings.Builder
	b.WriteString("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>\n")
	if !d.quotes() {
		return b.String() + words + "<div><br></div>" + foot + "</body></html>\n"
	}
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(lead, "\n"), "\n") {
		label, rest, ok := strings.Cut(line, ":")
		if ok && len(label) < 30 && rest != "" && !strings.Contains(label, " ") {
			lines = append(lines, "<b>"+escape(label)+":</b>"+escape(rest))
			continue
		}
		lines = append(lines, escape(line))
	}
	before := strings.ReplaceAll(h.open, "{lead}", strings.Join(lines, "<br>\n"))
	if len(d.answer.Under) == 0 {
		fmt.Fprintf(&b, "%s<div><br></div>%s%s%s%s</body></html>\n", words, foot, before, rendered(d.original.body()), h.shut)
		return b.String()
	}
	b.WriteString(words + before)
	all := d.original.htmlPassages(d.answer)
	for i, p := range all {
		b.WriteString(p.quote)
		if i == len(all)-1 && len(d.answer.Questions) == 0 { // below the whole quote
			b.WriteString(h.shut)
		}
		if p.answer != "" {
			b.WriteString(eachLine(p.answer, open, shut))
		}
	}
	if len(d.answer.Questions) > 0 {
		b.WriteString(h.shut)
	}
	return b.String() + foot + "</body></html>\n"
}

package mime

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"daybreak/internal/mailtest"
)

// hostileMails are mails made to take a reader's time or memory.
func hostileMails() []struct {
	name string
	raw  []byte
} {
	type mail = struct {
		name string
		raw  []byte
	}
	head := "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	var mails []mail
	add := func(name, raw string) { mails = append(mails, mail{name, []byte(raw)}) }

	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	add("5000 levels of multiparts", head+b.String()+"\r\ntext\r\n")
	add("5000 levels of one boundary", head+strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 5000)+"\r\ntext\r\n")
	add("5000 mails in mails", head+strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)+"\r\ntext\r\n")
	add("5000 levels without a boundary", head+strings.Repeat("Content-Type: multipart/mixed\r\n\r\n--b\r\nContent-X: y\r\n", 5000)+"\r\ntext\r\n")
	add("a million empty parts", head+"Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\n\r\n\r\n", 1_000_000)+"--b--\r\n")
	add("a million lines that look like boundaries", head+"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\n"+strings.Repeat("--bbx\r\n", 1_000_000))
	add("a part header of 3 MB", head+"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: "+strings.Repeat("y", 3<<20)+"\r\n\r\ntext\r\n--b--\r\n")
	add("many headers of mails in mails", head+"Content-Type: multipart/digest; boundary=b\r\n\r\n"+strings.Repeat("--b\r\n\r\n"+strings.Repeat("a:\r\n", 30_000)+"\r\ntext\r\n", 200))
	add("a header of 5 MB", head+strings.Repeat("a:b\r\n", 1_000_000)+"\r\ntext")
	add("a header line of 5 MB", head+"X: "+strings.Repeat("y", 5<<20)+"\r\n\r\ntext")
	add("a header of blanks", head+"X: y\r\n"+strings.Repeat(" \r\n", 80_000)+"\r\ntext")
	add("continuation lines", head+"X: y\r\n"+strings.Repeat(" y\r\n", 60_000)+"\r\ntext")
	add("lines without colon", head+strings.Repeat("yyyy\r\n y\r\n", 20_000)+"To: b@example.com\r\n\r\ntext")
	add("50000 addresses", head+"To: "+strings.Repeat("a@b,", 60_000)+"\r\n\r\ntext")
	add("50000 addresses on many lines", head+strings.Repeat("To: "+strings.Repeat("a@b,", 1000)+"\r\n", 60)+"\r\ntext")
	add("at signs for addresses", head+strings.Repeat("Cc: "+strings.Repeat("@", 2000)+"\r\n", 120)+"\r\ntext")
	add("commas for addresses", head+"To: "+strings.Repeat("a,", 120_000)+"\r\n\r\ntext")
	add("quotes without end in addresses", head+"To: \""+strings.Repeat("\\\"", 120_000)+"\r\n\r\ntext")
	add("comments without end in addresses", head+"To: "+strings.Repeat("(", 120_000)+"@\r\nCc: "+strings.Repeat("a@b(", 20_000)+"\r\n\r\ntext")
	add("angles without end in addresses", head+"To: "+strings.Repeat("<", 120_000)+"\r\nCc: "+strings.Repeat("<a@b", 20_000)+"\r\n\r\ntext")
	add("colons in addresses", head+"To: "+strings.Repeat("a:", 60_000)+strings.Repeat("@:", 30_000)+"\r\n\r\ntext")
	add("angles without end in identifiers", head+"References: "+strings.Repeat("<", 100_000)+strings.Repeat("<a", 40_000)+">\r\n\r\ntext")
	add("encoded words without end", head+"Subject: "+strings.Repeat("=?a?q?", 40_000)+"\r\n\r\ntext")
	add("encoded words with a late end", head+"Subject: "+strings.Repeat("=?a?x?", 30_000)+strings.Repeat("=?utf-8?q?", 4000)+"?=\r\n\r\ntext")
	add("encoded words of many charsets", head+"Subject: "+strings.Repeat("=?utf-8?q?a?= =?gbk?q?b?= ", 9000)+"\r\n\r\ntext")
	add("parameters", head+"Content-Type: text/plain; "+strings.Repeat("a=b c=d; ", 25_000)+"\r\n\r\ntext")
	add("continued parameters", head+"Content-Type: text/plain; "+strings.Repeat("name*1*=%41;", 20_000)+"\r\n\r\ntext")
	add("blanks in a parameter", head+"Content-Type: text/plain; name=a"+strings.Repeat(" b", 100_000)+"\r\n\r\ntext")
	add("comments in parameters", head+"Content-Type: text/plain; "+strings.Repeat("(a) ", 50_000)+strings.Repeat("(", 40_000)+"\r\n\r\ntext")
	add("Received lines", head+strings.Repeat("Received: ;;;;;;;;; Mon, 1 Jan 2024 10:00:00 +0000\r\n", 5000)+"\r\ntext")
	add("20 MB of base64", head+"Content-Transfer-Encoding: base64\r\n\r\n"+strings.Repeat(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 57))+"\r\n", 270_000))
	add("20 MB of base64 attached", head+"Content-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"+strings.Repeat(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 57))+"\r\n", 270_000))
	add("20 MB of quoted-printable", head+"Content-Transfer-Encoding: quoted-printable\r\n\r\n"+strings.Repeat("=41=\r\n", 3<<20))
	add("20 MB of quoted-printable attached", head+"Content-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+strings.Repeat("=41=\r\n", 3<<20))
	add("base64 with junk in every line", head+"Content-Transfer-Encoding: base64\r\n\r\nRG9uZS4K\r\n"+strings.Repeat("*RG9uZS4K\r\n", 400_000))
	add("equals signs", head+"Content-Transfer-Encoding: quoted-printable\r\n\r\n"+strings.Repeat("=", 4<<20))
	add("one line of 20 MB", head+"\r\n"+strings.Repeat("x", 20<<20))
	add("lines of nothing", head+"\r\n"+strings.Repeat("\r\n", 8<<20))
	add("marks of quotation", head+"\r\n"+strings.Repeat(">\r\n", 4<<20))
	add("one line of marks", head+"\r\n"+strings.Repeat(">", 4<<20))
	add("flowed without end", head+"Content-Type: text/plain; format=flowed\r\n\r\n"+strings.Repeat("a \r\n", 2<<20))
	add("flowed marks", head+"Content-Type: text/plain; format=flowed\r\n\r\n"+strings.Repeat(">\r\n>>\r\n", 1<<20))
	add("NUL", head+"\r\n"+strings.Repeat("\x00", 4<<20))
	add("carriage returns", strings.Repeat("\r", 4<<20))
	add("bytes of latin-1", head+"\r\n"+strings.Repeat("\xe9", 4<<20))
	add("UTF-7", head+"Content-Type: text/plain; charset=utf-7\r\n\r\n"+strings.Repeat("+", 1<<20)+strings.Repeat("+AGE-", 1<<18))
	add("uuencoded", head+"Content-Transfer-Encoding: x-uue\r\n\r\nbegin 644 x\r\n"+strings.Repeat("M\r\n", 1<<20))
	add("200 texts of 100 kB", head+"Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\n"+strings.Repeat("word ", 20_000)+"\r\n", 200)+"--b--\r\n")
	add("200 pages", head+"Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\nContent-Type: text/html\r\n\r\n"+strings.Repeat("<p>word ", 10_000)+"\r\n", 200)+"--b--\r\n")
	add("a report without end", head+"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"+strings.Repeat("x\r\na: b\r\n\r\n", 200_000))
	add("a report of continuations", head+"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\na: b\r\n"+strings.Repeat(" x\r\n", 300_000))
	addWinmail := func(name string, count int, w *winmailFile) {
		part := string(winmailMail("", w))
		part = part[strings.LastIndex(part, "\n--b\n"):strings.LastIndex(part, "--b--")]
		add(name, head+"Content-Type: multipart/mixed; boundary=b\r\n"+strings.Repeat(part, count)+"\n--b--\n")
	}
	// Every two bytes of this stand for 17 that came before.
	bomb := rtfHeader("LZFu", append([]byte("\x00{\\rtf1 x"), bytes.Repeat([]byte("\xff\x0c\xff\x0c\xff\x0c\xff\x0c\xff\x0c\xff\x0c\xff\x0c\xff\x0c\xff"), 60_000)...), 1<<30)
	addWinmail("a bomb in winmail.dat", 1, newWinmail().message(prop(0x102, propRTF, bomb)))
	addWinmail("190 bombs in winmail.dat", 190, newWinmail().message(prop(0x102, propRTF, bomb[:30_000])))
	for _, h := range []struct{ name, rtf string }{
		{"groups", `{\rtf1` + strings.Repeat("{", 1<<20)},
		{"groups with text", `{\rtf1` + strings.Repeat("{x", 1<<19) + strings.Repeat("}", 1<<19)},
		{"characters", `{\rtf1` + strings.Repeat(`\u10004?`, 1<<17) + strings.Repeat(`\'e9`, 1<<18)},
		{"HTML", `{\rtf1\fromhtml1` + strings.Repeat(`{\*\htmltag64 <p>}`, 1<<16)},
		{"binary", `{\rtf1` + strings.Repeat(`\bin999999999 x`, 1<<16)},
		{"fonts", `{\rtf1{\fonttbl` + strings.Repeat(`{\f1\fcharset128 x;}`, 1<<16) + "}" + strings.Repeat(`\f1\'93`, 1<<17)},
		{"control words", `{\rtf1` + strings.Repeat(`\a`, 1<<19) + `\` + strings.Repeat("a", 1<<19) + strings.Repeat("9", 1<<19)},
	} {
		addWinmail("RTF of "+h.name, 1, newWinmail().message(prop(0x102, propRTF, rtfHeader("MELA", []byte(h.rtf), len(h.rtf)))))
	}
	files, props := newWinmail(), newWinmail()
	for range 40_000 {
		files.file("a", "")
		props.attribute(1, 0x00069003, []byte{0xff, 0xff, 0xff, 0xff, 0x1f, 0x10, 1, 0x30, 0xff, 0xff, 0xff, 0x0f})
	}
	addWinmail("40000 files in winmail.dat", 1, files)
	addWinmail("properties without end in winmail.dat", 1, props)
	within := newWinmail().file("a", "b")
	for range 300 {
		within = newWinmail().file("", "", prop(0x0d, propData, append(make([]byte, 16), within.Bytes()...)))
	}
	addWinmail("300 winmail.dat in winmail.dat", 1, within)
	return mails
}

// hostilePages are pages made for the same end.
func hostilePages() []struct{ name, page string } {
	const n = 50_000
	return []struct{ name, page string }{
		{"nested divs", strings.Repeat("<div>", n) + "text" + strings.Repeat("</div>", n)},
		{"nested blockquotes", strings.Repeat("<blockquote>", n) + "text" + strings.Repeat("</blockquote>", n)},
		{"blockquotes with text", strings.Repeat("<blockquote>x", n)},
		{"nested lists", strings.Repeat("<ul><li>x", n)},
		{"nested ordered lists", strings.Repeat("<ol><li>x", n)},
		{"nested tables", strings.Repeat("<table><tr><td>x", n)},
		{"nested spans", strings.Repeat("<span>", n) + strings.Repeat("x</b>", n)},
		{"paragraphs in divs", strings.Repeat("<div>", 500) + strings.Repeat("</p>", 4*n)},
		{"stray end tags", strings.Repeat("<i>", 511) + strings.Repeat("</td></p></b>", n)},
		{"Outlook headers", strings.Repeat("<div>", 400) + strings.Repeat(`<div id=divRplyFwdMsg>x</div>`, n/2)},
		{"Gmail quotes", strings.Repeat(`<div class=gmail_quote><div class=gmail_attr>x</div>y<blockquote>z</blockquote>`, n/4)},
		{"Gmail answers", `<div class=gmail_quote><div class=gmail_attr>x</div>` + strings.Repeat("<blockquote>y</blockquote>z", n/2)},
		{"attributes", "<p " + strings.Repeat("class=gmail_quote style='display:block' ", n/2) + ">x"},
		{"classes", "<p class='" + strings.Repeat("a ", 10*n) + "'>x"},
		{"styles", strings.Repeat("<p style='"+strings.Repeat("a:b;", 200)+"'>x", n/50)},
		{"open comment", "x<!--" + strings.Repeat("<!-- ", 4*n)},
		{"open tags", strings.Repeat("<a ", 4*n)},
		{"less-thans", strings.Repeat("<", 20*n)},
		{"entities", strings.Repeat("&", 20*n) + strings.Repeat("&amp;", n)},
		{"links", strings.Repeat("<a href=https://example.com>x", n)},
		{"one link", "<a href=https://example.com>" + strings.Repeat("x ", 5*n) + "</a>"},
		{"line breaks", strings.Repeat("<br>", 5*n)},
		{"cells", "<table><tr>" + strings.Repeat("<td>x", 4*n)},
		{"blanks", strings.Repeat(" ", 20*n)},
		{"hard blanks", strings.Repeat("&nbsp;", 4*n)},
		{"scripts", strings.Repeat("<script><!--<script>", n)},
		{"preformatted", "<pre>" + strings.Repeat("\n", 20*n)},
	}
}

func TestHostileMailsStayWithinTheLimits(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is megabytes, and one goroutine")
	}
	for _, h := range hostileMails() {
		t.Run(h.name, func(t *testing.T) {
			checkLimits(t, Read(h.raw))
		})
	}
}

func TestHostilePagesStayWithinTheLimits(t *testing.T) {
	for _, h := range hostilePages() {
		t.Run(h.name, func(t *testing.T) {
			lines := HTMLLines(h.page)
			checkLines(t, lines)
			if size := len(Text(lines)); size > 20*len(h.page)+1000 {
				t.Errorf("%d bytes of HTML became %d bytes of text", len(h.page), size)
			}
		})
	}
}

// checkLimits holds what must be true of every Message.
func checkLimits(t *testing.T, m *Message) {
	t.Helper()
	parts, text := 0, 0
	var count func(m *Message, depth int)
	count = func(m *Message, depth int) {
		if depth > MaxDepth {
			t.Errorf("mails nested %d deep", depth)
		}
		parts += len(m.Parts)
		if len(m.Header) > MaxFields {
			t.Errorf("%d header fields", len(m.Header))
		}
		size := 0
		for _, f := range m.Header {
			size += len(f.Name) + len(f.Value)
			checkText(t, f.Name, f.Value)
		}
		if size > 3*MaxHeader { // decoded text may be longer than its bytes
			t.Errorf("%d bytes of header", size)
		}
		for _, p := range m.Parts {
			if p.Message != nil {
				count(p.Message, depth+1)
			} else {
				text += len(p.Text)
			}
			checkText(t, p.Type, p.Name, p.Text, p.Disposition)
			for k, v := range p.Params {
				checkText(t, k, v)
			}
		}
		for _, list := range [][]Address{m.From, m.Sender, m.ReplyTo, m.To, m.Cc} {
			for _, a := range list {
				checkText(t, a.Name, a.Addr)
				if strings.Count(a.Addr, "@") < 1 {
					t.Errorf("%q is no address", a.Addr)
				}
			}
		}
		for _, a := range m.Attachments {
			checkText(t, a.Name, a.Type)
			if strings.ContainsAny(a.Name, "\r\n\x1b\u202e\u2066") {
				t.Errorf("a file's name has characters that control: %q", a.Name)
			}
		}
		checkText(t, m.Subject, m.MessageID, m.Plain, m.HTML)
		checkText(t, append(append(m.InReplyTo, m.References...), m.Defects...)...)
		if strings.ContainsAny(m.Subject, "\r\n\x1b\u202e\u2066") {
			t.Errorf("Subject has characters that control: %q", m.Subject)
		}
		if m.Report != nil {
			for _, g := range m.Report.Fields {
				for k, v := range g {
					checkText(t, k, v)
				}
			}
			checkText(t, m.Report.Type, m.Report.MessageID)
		}
		checkLines(t, m.Body)
		if len(m.Defects) > maxDefects {
			t.Errorf("%d defects", len(m.Defects))
		}
	}
	count(m, 1)
	if parts > MaxParts {
		t.Errorf("%d parts", parts)
	}
	if text > MaxText {
		t.Errorf("%d bytes of text", text)
	}
}

func checkLines(t *testing.T, lines []Line) {
	t.Helper()
	if len(lines) > MaxLines {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		checkText(t, l.Text)
		if strings.ContainsAny(l.Text, "\r\n") || l.Quote < 0 || l.Quote > MaxQuote || (l.Quote > 0) != (l.From != "") {
			t.Fatalf("bad line %+v", l)
		}
	}
}

func checkText(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			t.Fatalf("not clean UTF-8: %.200q", s)
		}
	}
}

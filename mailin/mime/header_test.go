package mime

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEncodedWordsAreDecodedHoweverTheyAreWritten(t *testing.T) {
	check := func(in, want string) {
		t.Helper()
		if got := decodeWords(in, ""); got != want {
			t.Errorf("decodeWords(%q) = %q, want %q", in, got, want)
		}
	}
	check("plain", "plain")
	check("=?utf-8?q?caf=C3=A9?= au lait", "café au lait")
	check("=?UTF-8?B?Y2Fmw6k=?=", "café")
	check("=?UTF-8?B?Y2Fmw6k?=", "café")                              // no padding
	check("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café")               // a character cut in two
	check("=?utf-8?b?Y2Fmw?= =?utf-8?b?6k=?=", "café")                // cut within base64
	check("=?iso-8859-1?q?caf=E9?= =?utf-8?q?_=E2=9C=93?=", "café ✓") // blanks between words are nothing
	check("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c")                   // but between words and text they are
	check("=?utf-8?q?a?==?utf-8?q?b?=", "ab")                         // no blank at all
	check("=?utf-8*en?q?caf=C3=A9?=", "café")                         // RFC 2231 language
	check(`"=?utf-8?q?caf=C3=A9?="`, `"café"`)                        // wrongly in quotes
	check("=?utf-8?q?two words?=", "two words")                       // wrongly with a blank
	check("=?unknown?q?caf=C3=A9?=", "café")                          // unknown charset, by evidence
	check("=?utf-8?q?caf=E9?=", "café")                               // the charset lies
	check("=?koi8-r?q?=F0=F2=E9=F7=E5=F4?=", "ПРИВЕТ")                //
	check("=?gb2312?b?xOO6ww==?=", "你好")                              //
	check("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本")                 //
	check("=?utf-8?q?cut off", "=?utf-8?q?cut off")                   // no end, with a blank
	check("=?utf-8?q?cut=C3=A9", "cuté")                              // no end
	check("=?utf-8?x?abc?=", "=?utf-8?x?abc?=")                       // no such encoding
	check("a =? b ?= c", "a =? b ?= c")                               //
	check("caf\xc3\xa9", "café")                                      // raw UTF-8
	check("caf\xe9", "café")                                          // raw latin-1
	check("=?utf-8?q?inject=0D=0ABcc:_x?=", "inject  Bcc: x")         // no line ends come out
	check("=?utf-8?q?a=00b=1Bc?=", "abc")                             // nor control characters
	check("\x1b$BF|K\\\x1b(B", "日本")                                  // raw ISO-2022-JP
}

func TestAddressesAreFoundInWhatPeopleWrite(t *testing.T) {
	check := func(in string, want ...Address) {
		t.Helper()
		if got := parseAddresses(in, ""); !reflect.DeepEqual(got, want) {
			t.Errorf("parseAddresses(%q) = %q, want %q", in, got, want)
		}
	}
	mia := Address{"Mia", "mia@example.com"}
	bare := Address{"", "mia@example.com"}
	check("")
	check("Mia <mia@example.com>", mia)
	check("Mia <MIA@Example.COM>", mia)
	check("mia@example.com (Mia)", mia)
	check(`"Mia" <mia@example.com>`, mia)
	check("<mia@example.com>", bare)
	check("mia@example.com", bare)
	check("mia@example.com.", bare)
	check("<mailto:mia@example.com>", bare)
	check("<@relay.example,@x.example:mia@example.com>", bare)
	check("Mia < mia @ example.com >", mia)
	check("Mia <<mia@example.com>>", mia)
	check("Mia <mia@example.com", mia)
	check("Mia mia@example.com", mia)
	check(`"mia@example.com" <mallory@evil.example>`, Address{"mia@example.com", "mallory@evil.example"})
	check(`"mia@example.com" mallory@evil.example`, Address{"", "mallory@evil.example"})
	check("mia@example.com <mallory@evil.example>", Address{"mia@example.com", "mallory@evil.example"})
	check("Last, First <mia@example.com>", Address{"Last, First", "mia@example.com"})
	check("a@x.example, b@x.example", Address{"", "a@x.example"}, Address{"", "b@x.example"})
	check("a@x.example; b@x.example", Address{"", "a@x.example"}, Address{"", "b@x.example"})
	check("a@x.example b@x.example", Address{"", "a@x.example"}, Address{"", "b@x.example"})
	check("A <a@x.example> B <b@x.example>", Address{"A", "a@x.example"}, Address{"B", "b@x.example"})
	check("team: a@x.example, B <b@x.example>;, c@x.example", Address{"", "a@x.example"}, Address{"B", "b@x.example"}, Address{"", "c@x.example"})
	check("undisclosed-recipients:;")
	check("Ren\xe9 <rene@example.com>", Address{"René", "rene@example.com"})
	check("=?utf-8?q?Tanaka=2C_=E8=91=B5?= <aoi@example.com>", Address{"Tanaka, 葵", "aoi@example.com"})
	check("Mia <mia@bücher.example>", Address{"Mia", "mia@bücher.example"})
	check(`"john doe"@example.com`, Address{"", `"john doe"@example.com`})
	check(`"john"@example.com`, Address{"", "john@example.com"})
	check("Mia <a@b@example.com>")
	check("a@b@example.com")
	check("MAILER-DAEMON <>")
	check("Mia <mia@[192.0.2.1]>", Address{"Mia", "mia@[192.0.2.1]"})
	check("(a comment) Mia (another) <mia@example.com>", Address{"(a comment) Mia (another)", "mia@example.com"})
	check("mia@example.com\x00", bare)
	check("\u202eMia <mia@example.com>", mia)
}

func TestOfTooManyAddressesTheFirstAreKept(t *testing.T) {
	line := "To: " + strings.Repeat("a@harbour.example,", MaxAddresses/2) + "\n"
	m := Read([]byte(line + line + "\nDone."))
	if len(m.To) != MaxAddresses || len(m.Defects) > 0 {
		t.Errorf("%d addresses, %q", len(m.To), m.Defects)
	}
	m = Read([]byte(line + line + "To: b@harbour.example\nCc: c@harbour.example\n\nDone."))
	if len(m.To) != MaxAddresses || len(m.Cc) != 1 || len(m.Defects) != 1 {
		t.Errorf("%d addresses, %q", len(m.To), m.Defects)
	}
}

func TestDatesAreReadInEveryForm(t *testing.T) {
	check := func(in, want string) {
		t.Helper()
		got := parseDate(in)
		if want == "" {
			if !got.IsZero() {
				t.Errorf("parseDate(%q) = %s, want none", in, got)
			}
			return
		}
		if s := got.Format(time.RFC3339); s != want {
			t.Errorf("parseDate(%q) = %s, want %s", in, s, want)
		}
	}
	check("Tue, 3 Mar 2026 16:00:05 +0530", "2026-03-03T16:00:05+05:30")
	check("3 Mar 2026 16:00 +0000", "2026-03-03T16:00:00Z")
	check("Tue,3 Mar 2026 16:00:05 -0800 (PST)", "2026-03-03T16:00:05-08:00")
	check("Tue, 3 Mar 2026 16:00:05 EST", "2026-03-03T16:00:05-05:00")
	check("Tue, 3 Mar 2026 16:00:05 PDT", "2026-03-03T16:00:05-07:00")
	check("Tue, 3 Mar 2026 16:00:05 GMT", "2026-03-03T16:00:05Z")
	check("Tue, 3 Mar 2026 16:00:05 Z", "2026-03-03T16:00:05Z")
	check("Tue, 3 Mar 2026 16:00:05 A", "2026-03-03T16:00:05Z")
	check("Tue, 3 Mar 2026 16:00:05 GMT+0200", "2026-03-03T16:00:05+02:00")
	check("Tue, 3 Mar 2026 16:00:05 +02:00", "2026-03-03T16:00:05+02:00")
	check("Tue, 3 Mar 2026 16:00:05", "2026-03-03T16:00:05Z")
	check("Tue (the third) , 3 (day) Mar 2026 16 (h) :00", "2026-03-03T00:00:00Z")
	check("Tue, 3 (day) March 2026 16:00:05 +0100", "2026-03-03T16:00:05+01:00")
	check("Tue, 3 Mar 26 16:00:05 +0100", "2026-03-03T16:00:05+01:00")
	check("Tue, 3 Mar 99 16:00:05 +0100", "1999-03-03T16:00:05+01:00")
	check("Tue, 3 Mar 126 16:00:05 +0100", "2026-03-03T16:00:05+01:00")
	check("Tue Mar  3 16:00:05 2026", "2026-03-03T16:00:05Z")
	check("Tue Mar 3 16:00:05 EST 2026", "2026-03-03T16:00:05-05:00")
	check("2026-03-03T16:00:05Z", "2026-03-03T16:00:05Z")
	check("2026-03-03T16:00:05.123+01:00", "2026-03-03T16:00:05+01:00")
	check("2026-03-03 16:00", "2026-03-03T16:00:00Z")
	check("03-Mar-2026 16:00:05 -0300", "2026-03-03T16:00:05-03:00")
	check("Tue, 3 Mar 2026 16.00.05 +0100", "2026-03-03T16:00:05+01:00")
	check("Tue, 3 Mar 2026 04:00:05 PM +0100", "2026-03-03T16:00:05+01:00")
	check("Tue, 3 Mar 2026", "2026-03-03T00:00:00Z")
	check("Tue, 31 Feb 2026 16:00:05 +0100", "")
	check("Tue, 3 Mar 2026 25:00:05 +0100", "")
	check("3 Foo 2026 16:00", "")
	check("yesterday", "")
	check("", "")
	check("99999999999999999999 Mar 99999999999999999999 1:1", "")
}

func TestReceivedLinesEndWithTheirDate(t *testing.T) {
	if got := receivedDate("from a (b; c) by d id 12 Jan 2001; Tue, 3 Mar 2026 16:00:05 +0000").Format(time.RFC3339); got != "2026-03-03T16:00:05Z" {
		t.Error(got)
	}
	if got := receivedDate("from a by b Tue, 3 Mar 2026 16:00:05 +0000").Format(time.RFC3339); got != "2026-03-03T16:00:05Z" {
		t.Error(got)
	}
	if got := receivedDate("from a by b"); !got.IsZero() {
		t.Error(got)
	}
}

func TestParametersAreReadHoweverTheyAreWritten(t *testing.T) {
	check := func(in, value string, params ...string) {
		t.Helper()
		got, m := parseParams(in)
		want := map[string]string{}
		for i := 0; i < len(params); i += 2 {
			want[params[i]] = params[i+1]
		}
		if got != value || fmt.Sprint(m) != fmt.Sprint(want) {
			t.Errorf("parseParams(%q) = %q %q, want %q %q", in, got, m, value, want)
		}
	}
	check("text/plain", "text/plain")
	check("Text/PLAIN; Charset=UTF-8", "text/plain", "charset", "UTF-8")
	check(`text/plain; charset="utf-8"; format=flowed`, "text/plain", "charset", "utf-8", "format", "flowed")
	check("text/plain charset=utf-8", "text/plain", "charset", "utf-8")
	check("text/plain; charset=utf-8 (what else) ; a=b", "text/plain", "charset", "utf-8", "a", "b")
	check("text/plain;;; charset = utf-8;", "text/plain", "charset", "utf-8")
	check("text/plain: charset=utf-8", "text/plain", "charset", "utf-8")
	check("attachment; filename=my file.pdf", "attachment", "filename", "my file.pdf")
	check("attachment; filename=my file.pdf size=3", "attachment", "filename", "my file.pdf", "size", "3")
	check(`attachment; filename="a \"b\" c.pdf"`, "attachment", "filename", `a "b" c.pdf`)
	check(`attachment; filename="C:\TEMP\a.pdf"`, "attachment", "filename", `C:\TEMP\a.pdf`)
	check(`attachment; filename="never closed.pdf; size=3`, "attachment", "filename", "never closed.pdf", "size", "3")
	check("attachment; filename==?utf-8?q?caf=C3=A9?=", "attachment", "filename", "café")
	check(`attachment; filename="=?utf-8?b?Y2Fm?= =?utf-8?b?w6k=?="`, "attachment", "filename", "café")
	check("attachment; filename*=utf-8'fr'caf%C3%A9", "attachment", "filename", "café")
	check("attachment; filename*=iso-8859-1''caf%E9", "attachment", "filename", "café")
	check(`attachment; filename*1=b; filename*0="a "; filename*2*=%20c`, "attachment", "filename", "a b c")
	check("attachment; filename*0*=utf-8''%C3; filename*1*=%A9", "attachment", "filename", "é")
	check("attachment; filename=x; filename*=utf-8''y", "attachment", "filename", "y")
	check("attachment; filename=caf\xe9", "attachment", "filename", "café")
}

func TestFieldsAreFoundWithoutCase(t *testing.T) {
	m := Read([]byte("X-Failed-Recipients: a@b\r\nx-failed-RECIPIENTS: =?utf-8?q?c?=\r\n\td\r\n\r\n"))
	if got := m.Header.First("X-FAILED-recipients"); got != "a@b" {
		t.Error(got)
	}
	if got := m.Header.All("X-Failed-Recipients"); !reflect.DeepEqual(got, []string{"a@b", "c d"}) {
		t.Error(got)
	}
	if m.Header.Has("X-Failed") || !m.Header.Has("x-failed-recipients") {
		t.Error("Has")
	}
}

// TestMessyHeaders checks what is found of a header and where the body begins.
func TestMessyHeaders(t *testing.T) {
	check := func(what, raw, subject, plain string) {
		t.Helper()
		m := Read([]byte(raw))
		if m.Subject != subject || strings.TrimSpace(m.Plain) != plain {
			t.Errorf("%s: subject %q, text %q, want %q, %q", what, m.Subject, m.Plain, subject, plain)
		}
	}
	check("nothing", "", "", "")
	check("only a header", "Subject: x", "x", "")
	check("only text", "hello\nworld\n", "", "hello\nworld")
	check("LF", "Subject: x\n\ny", "x", "y")
	check("CRCRLF", "Subject: x\r\r\nTo: a@b\r\r\n\r\r\ny\r\r\n", "x", "y")
	check("CR alone", "Subject: x\rTo: a@b\r\ry\r", "x", "y")
	check("a mailbox's From line", "From a@b Tue Mar  3 16:00:05 2026\nSubject: x\n\ny", "x", "y")
	check("a quoted one", ">From a@b Tue Mar  3 16:00:05 2026\nSubject: x\n\ny", "x", "y")
	check("a byte order mark", "\ufeffSubject: x\n\ny", "x", "y")
	check("empty lines first", "\r\n\n \nSubject: x\n\ny", "x", "y")
	check("an indented first line", "  Subject: x\nTo: a@b\n\ny", "x", "y")
	check("a blank before the colon", "Subject : x\n\ny", "x", "y")
	check("no blank after it", "Subject:x\n\ny", "x", "y")
	check("a fold", "Subject: x\n y\n\tz\n\nw", "x y z", "w")
	check("a line broken without a blank", "Subject: x\nmore\nTo: a@b\n\ny", "x more", "y")
	check("an 8-bit name", "S\xfcbject: z\nSubject: x\n\ny", "x", "y")
	check("NUL", "Sub\x00ject: z\nSubject: x\x00y\n\na\x00b", "xy", "ab")
	check("bidi", "Subject: \u202eevil\u2066 x\n\ny", "evil x", "y")
	check("UTF-16", "\xff\xfeS\x00u\x00b\x00j\x00e\x00c\x00t\x00:\x00x\x00\n\x00\n\x00y\x00", "x", "y")
	check("UTF-16 without mark", "S\x00u\x00b\x00j\x00e\x00c\x00t\x00:\x00x\x00\n\x00\n\x00y\x00", "x", "y")
	check("the body at once", "Subject: x\nhello there\nall\n", "x", "hello there\nall")
	check("two subjects", "Subject: x\nSubject: z\n\ny", "x", "y")
}

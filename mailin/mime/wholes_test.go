package mime

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestFlowedMailsAreReadAsParagraphs(t *testing.T) {
	check := func(what, params, in, want string) {
		t.Helper()
		m := Read([]byte("From: Mei <mei@harbour.example>\nSubject: x\nContent-Type: text/plain; charset=utf-8; " + params + "\n\n" + in))
		if got := Text(m.Body); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	check("flowed", "format=flowed", "Moved the \ncrane.\nNext: tides.", "Moved the crane.\nNext: tides.")
	check("flowed, otherwise written", `Format="Flowed"; DelSp=No`, "Moved the \ncrane.", "Moved the crane.")
	check("DelSp", "format=flowed; delsp=yes", "潮見表の \n取り込み。\n次は \nクレーン。", "潮見表の取り込み。\n次はクレーン。")
	check("DelSp between words", "format=flowed; delsp=yes", "Moved the  \ncrane.", "Moved the crane.")
	check("DelSp without flowed", "delsp=yes", "Moved the \ncrane.", "Moved the\ncrane.")
	check("space-stuffing", "format=flowed", " From here on\n  indented\n > no quote", "From here on\n indented\n> no quote")
	check("quoted and flowed", "format=flowed", "> What got \n> done?\nThe crane.", "> What got done?\nThe crane.")
	check("a signature", "format=flowed", "The crane. \n-- \nMei", "The crane.\n-- \nMei")
	check("not flowed", "format=fixed", "Moved the \ncrane.", "Moved the\ncrane.")
}

func TestNamesOfAttachmentsAreDecodedForPeopleToSee(t *testing.T) {
	check := func(header, want string) {
		t.Helper()
		m := Read(inParts("mixed", "Content-Type: text/plain\n\nDone.", header+"\n\nx"))
		if len(m.Attachments) != 1 || m.Attachments[0].Name != want || Text(m.Body) != "Done." {
			t.Errorf("%q: attached %+v, want %q; body %q", header, m.Attachments, want, Text(m.Body))
		}
	}
	disposed := func(param string) string {
		return "Content-Type: application/pdf\nContent-Disposition: attachment; " + param
	}
	check(disposed("filename=tides.pdf"), "tides.pdf")
	check(disposed("filename*=utf-8''mar%C3%A9es.pdf"), "marées.pdf")
	check(disposed("filename*=iso-8859-1'fr'mar%E9es.pdf"), "marées.pdf")
	check(disposed("filename*0*=utf-8''%E6%BD%AE;\n filename*1*=%E8%A6%8B%E8%A1%A8; filename*2=.pdf"), "潮見表.pdf")
	check(disposed("filename*0=\"a long name that \"; filename*1=\"goes on.pdf\""), "a long name that goes on.pdf")
	check(disposed("filename=\"tides.pdf\"; filename*=utf-8''mar%C3%A9es.pdf"), "marées.pdf")
	check(disposed("filename=\"=?utf-8?b?5r2u6KaL6KGoLnBkZg==?=\""), "潮見表.pdf")
	check(disposed("filename==?iso-8859-1?q?mar=E9es.pdf?="), "marées.pdf")
	check(disposed("filename=\"=?utf-8?q?mar=C3?=\n =?utf-8?q?=A9es.pdf?=\""), "marées.pdf")
	check(disposed("filename*=utf-8''=?utf-8?q?mar=C3=A9es.pdf?="), "marées.pdf")
	check(disposed("filename=mar\xc3\xa9es.pdf"), "marées.pdf")
	check(disposed("filename=mar\xe9es.pdf"), "marées.pdf")
	check(disposed("filename=tide tables of March.pdf"), "tide tables of March.pdf")
	check(disposed("filename*=utf-8''100%25.pdf"), "100%.pdf")
	check(disposed("filename=100%25.pdf"), "100%25.pdf") // as it is: nothing says that it is encoded
	check("Content-Type: application/pdf; name=\"=?utf-8?q?mar=C3=A9es.pdf?=\"", "marées.pdf")
	check("Content-Type: application/pdf; name*=utf-8''mar%C3%A9es.pdf\nContent-Disposition: attachment", "marées.pdf")
	check("Content-Type: application/pdf; name=type.pdf\nContent-Disposition: attachment; filename=disposition.pdf", "disposition.pdf")

	// Names are shown and never used as paths: they stay as they were sent, but for what would make them look like others.
	check(disposed(`filename="C:\TEMP\tides.pdf"`), `C:\TEMP\tides.pdf`)
	check(disposed("filename=../../etc/passwd"), "../../etc/passwd")
	check(disposed("filename=\"tides\u202efdp.exe\""), "tidesfdp.exe")
	check(disposed("filename*=utf-8''tides%E2%80%AEfdp.exe"), "tidesfdp.exe")
	check(disposed("filename=\"=?utf-8?q?tides=E2=81=A6=E2=80=8Ffdp=2Eexe?=\""), "tidesfdp.exe")
	check(disposed("filename=\"tides.exe\x00.pdf\""), "tides.exe.pdf")
	check(disposed("filename*=utf-8''tides.exe%00.pdf"), "tides.exe.pdf")
	check(disposed("filename=\"=?utf-8?q?tides=00=1B=5B1m=7F=C2=9B.pdf?=\""), "tides[1m.pdf")
	check(disposed("filename*=utf-8''tides%0D%0ABcc:%20x.pdf"), "tides  Bcc: x.pdf")
	check(disposed("filename*=utf-8''tides.pdf%E2%80%A8%E2%80%A9"), "tides.pdf")
	check(disposed("filename*=utf-8''ti%EF%BB%BFdes.pdf"), "tides.pdf")
	check(disposed("filename=\"\u202e\""), "")
	check(disposed("filename=\" \""), "")
	check("Content-Type: application/pdf\nContent-Disposition: attachment", "")
}

func TestMailsWithinAMailAreParts(t *testing.T) {
	const inner = "From: Kofi <kofi@harbour.example>\nSubject: The crane\nMessage-ID: <c1@harbour.example>\nContent-Type: multipart/mixed; boundary=i\n\n" +
		"--i\nContent-Type: text/plain\n\nIt moves again.\n--i\nContent-Type: image/jpeg; name=crane.jpg\nContent-Disposition: attachment\n\nx\n--i--\n"
	check := func(what string, raw []byte, body string, attached int) {
		t.Helper()
		m := Read(raw)
		checkLimits(t, m)
		p := m.Parts[len(m.Parts)-1]
		if p.Message == nil {
			t.Fatalf("%s: no mail within %+v", what, m.Parts)
		}
		if got, want := told(p.Message), `kofi@harbour.example "The crane" It moves again. [crane.jpg image/jpeg 1]`; got != want || p.Message.MessageID != "c1@harbour.example" {
			t.Errorf("%s: within %s, want %s", what, got, want)
		}
		if Text(m.Body) != body || m.Subject != "x" || len(m.Attachments) != attached {
			t.Errorf("%s: body %q of %q, attached %v", what, Text(m.Body), m.Subject, m.Attachments)
		}
	}
	text := "Content-Type: text/plain\n\nSee below."
	check("beside words", inParts("mixed", text, "Content-Type: message/rfc822\n\n"+inner), "See below.", 1)
	check("with a name", inParts("mixed", text, "Content-Type: message/rfc822; name=\"The crane.eml\"\nContent-Disposition: attachment\n\n"+inner), "See below.", 1)
	check("alone", []byte("From: Mei <mei@harbour.example>\nSubject: x\nContent-Type: message/rfc822\n\n"+inner), "", 1)
	check("in a digest", inParts("digest", "\n"+inner), "", 1)
	check("global", inParts("mixed", text, "Content-Type: message/global\n\n"+inner), "See below.", 1)
	check("encoded, which is not allowed", inParts("mixed", text, "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(inner))), "See below.", 1)
	check("after a From line", inParts("mixed", text, "Content-Type: message/rfc822\n\nFrom kofi@harbour.example Tue Mar  3 16:00:05 2026\n"+inner), "See below.", 1)
	check("with the boundary of the outer one", inParts("mixed", text, "Content-Type: message/rfc822\n\n"+strings.NewReplacer("boundary=i", "boundary=b", "--i", "--b").Replace(inner)), "See below.", 1)
}

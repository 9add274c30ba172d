package mime

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// inParts puts parts, each with its own header, into a mail.
func inParts(kind string, parts ...string) []byte {
	return []byte("From: Mei <mei@harbour.example>\nSubject: x\nContent-Type: multipart/" + kind + "; boundary=b\n\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\n")
}

func TestImagesOfTheTextAreToldFromAttachedOnes(t *testing.T) {
	check := func(what string, raw []byte, want ...string) {
		t.Helper()
		m := Read(raw)
		var got []string
		for _, a := range m.Attachments {
			got = append(got, fmt.Sprintf("%s %t", a.Name, a.Inline))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	page := func(ids ...string) string {
		s := "Content-Type: text/html\n\n<p>Done."
		for _, id := range ids {
			s += `<img src="cid:` + id + `">`
		}
		return s
	}
	image := func(name, more string) string {
		return "Content-Type: image/png; name=" + name + "\nContent-Transfer-Encoding: base64\n" + more + "\niVBORw0KGgo="
	}
	text := "Content-Type: text/plain\n\nDone."
	check("shown by its number", inParts("related", page("logo@harbour"), image("logo.png", "Content-ID: <logo@harbour>\n")), "logo.png true")
	check("shown though it says attachment", inParts("mixed", page("a1"), image("crane.png", "Content-ID: <a1>\nContent-Disposition: attachment; filename=crane.png\n")), "crane.png true")
	check("a number that nothing shows, as Gmail gives to attachments", inParts("mixed", page(), image("crane.png", "Content-ID: <f_1>\nContent-Disposition: attachment; filename=crane.png\n")), "crane.png false")
	check("one shown, one not", inParts("mixed", page("a%40b"), image("logo.png", "Content-ID: <a@b>\n"), image("quay.png", "Content-ID: <c@d>\nContent-Disposition: attachment\n")), "logo.png true", "quay.png false")
	check("a photo from Apple Mail", inParts("mixed", text, image("IMG_1234.png", "Content-Disposition: inline; filename=IMG_1234.png\n"), text), "IMG_1234.png false")
	check("a photo from a phone, in an HTML mail", inParts("mixed", page(), image("IMG_1234.png", "Content-Disposition: inline; filename=IMG_1234.png\n")), "IMG_1234.png false")
	check("beside HTML that does not show it", inParts("related", page(), image("logo.png", "Content-ID: <x>\nContent-Disposition: inline\n")), "logo.png true")
	check("attached within related", inParts("related", page(), image("quay.png", "Content-Disposition: attachment\n")), "quay.png false")
	check("Outlook's picture in a plain mail", inParts("mixed", text, image("image001.png", "")), "image001.png true")
	check("a file of that name", inParts("mixed", text, image("image001.png", "Content-Disposition: attachment\n")), "image001.png false")
	check("bytes that are a picture by name", inParts("related", page("l"), "Content-Type: application/octet-stream; name=logo.gif\nContent-ID: <l>\n\nGIF"), "logo.gif true")
	check("a document is never one", inParts("related", page("l"), "Content-Type: application/pdf; name=l.pdf\nContent-ID: <l>\n\nx"), "l.pdf false")
}

func TestTextsWithNamesBesideTheBodyAreAttachments(t *testing.T) {
	m := Read(inParts("alternative", "Content-Type: text/plain\n\nDone.", "Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>Done."+
		"\n--c\nContent-Type: text/plain; name=tides.txt\nContent-Disposition: inline; filename=tides.txt\n\n12:00 high\n--c--"))
	if Text(m.Body) != "Done." || len(m.Attachments) != 1 || m.Attachments[0].Name != "tides.txt" {
		t.Errorf("body %q, attached %v", Text(m.Body), m.Attachments)
	}
}

func TestCalendarsAreRecognised(t *testing.T) {
	const invitation = "BEGIN:VCALENDAR\r\nMETHOD:Request\r\nBEGIN:VEVENT\r\nSUMMARY:Crane review\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	check := func(what string, raw []byte, method, body string) {
		t.Helper()
		m := Read(raw)
		p := m.Parts[len(m.Parts)-1]
		if !p.Calendar || p.Method != method || Text(m.Body) != body {
			t.Errorf("%s: %v %q, body %q; want %q %q", what, p.Calendar, p.Method, Text(m.Body), method, body)
		}
		if !strings.HasPrefix(p.Text, "BEGIN:VCALENDAR") || strings.Contains(p.Text, "\r") {
			t.Errorf("%s: its text is %q", what, p.Text)
		}
	}
	text := "Content-Type: text/plain\n\nWhen: Monday"
	check("unnamed, a form of the text", inParts("alternative", text, "Content-Type: text/calendar; method=REQUEST\n\n"+invitation), "REQUEST", "When: Monday")
	check("lower case", inParts("mixed", text, "Content-Type: text/calendar; method=reply\n\n"+invitation), "REPLY", "When: Monday")
	check("base64, the method only within", inParts("mixed", text, "Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(invitation))), "REQUEST", "When: Monday")
	check("another type", inParts("mixed", text, "Content-Type: application/ics; name=invite.ics\n\n"+invitation), "REQUEST", "When: Monday")
	check("another type, base64", inParts("mixed", text, "Content-Type: application/ics; name=invite.ics\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte("\xef\xbb\xbf"+invitation))), "REQUEST", "When: Monday")
	check("a file", inParts("mixed", text, "Content-Type: application/octet-stream; name=Invite.ICS\nContent-Disposition: attachment\n\nBEGIN:VCALENDAR"), "", "When: Monday")
	// What a calendar program sends by itself are not a person's words: there is no body.
	check("the whole mail", []byte("Subject: x\nContent-Type: text/calendar; method=REPLY\n\n"+invitation), "REPLY", "")
	check("quoted", []byte("Subject: x\nContent-Type: text/calendar; charset=\"utf-8\"; method=\"cancel\"\n\n"+invitation), "CANCEL", "")
	for _, p := range Read(inParts("mixed", text, "Content-Type: text/plain; name=ics.txt\n\nMETHOD:REQUEST")).Parts {
		if p.Calendar || p.Method != "" {
			t.Errorf("%+v is no calendar", p)
		}
	}
}

func TestEncryptedMailIsRecognised(t *testing.T) {
	check := func(what string, raw []byte, encrypted bool, defect string) {
		t.Helper()
		m := Read(raw)
		if m.Encrypted != encrypted || !strings.Contains(strings.Join(m.Defects, ","), defect) || defect == "" && len(m.Defects) > 0 {
			t.Errorf("%s: %t %q, want %t %q", what, m.Encrypted, m.Defects, encrypted, defect)
		}
	}
	const pgp = pgpMessage + "\n\nhQEMA1\n-----END PGP MESSAGE-----\n"
	oid := func(kind byte) string {
		return base64.StdEncoding.EncodeToString(append([]byte("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"), kind, 0xa0, 0x80))
	}
	smime := func(header string, kind byte) []byte {
		return []byte("Subject: x\nContent-Transfer-Encoding: base64\n" + header + "\n\n" + oid(kind))
	}
	text := "Content-Type: text/plain\n\nSee the file."
	check("PGP/MIME", inParts("encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\n"+pgp), true, DefectEncrypted)
	check("PGP/MIME that a server made mixed", inParts("mixed", "Content-Type: text/plain\n\n", "Content-Type: application/octet-stream; name=encrypted.asc\n\n"+pgp), true, DefectEncrypted)
	check("an encrypted file", inParts("mixed", text, "Content-Type: application/octet-stream; name=tides.asc\n\n"+pgp), false, "")
	check("a key", inParts("mixed", text, "Content-Type: application/octet-stream; name=key.asc\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----"), false, "")
	check("PGP in the text", []byte("Subject: x\n\n"+pgp), true, DefectEncrypted)
	check("PGP in HTML", []byte("Subject: x\nContent-Type: text/html\n\n<pre>"+pgp+"</pre>"), true, DefectEncrypted)
	check("PGP that is quoted", []byte("Subject: x\n\nI cannot read this:\n> "+strings.ReplaceAll(pgp, "\n", "\n> ")), false, "")
	check("S/MIME", smime("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", 3), true, DefectEncrypted)
	check("S/MIME without its kind", smime("Content-Type: application/x-pkcs7-mime; name=smime.p7m", 3), true, DefectEncrypted)
	check("S/MIME as bytes", smime("Content-Type: application/octet-stream; name=\"smime.p7m\"", 3), true, DefectEncrypted)
	check("signed S/MIME", smime("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", 2), false, DefectSigned)
	check("signed S/MIME, upper case", smime("Content-Type: application/pkcs7-mime; smime-type=\"Signed-Data\"", 2), false, DefectSigned)
	check("signed S/MIME without its kind", smime("Content-Type: application/pkcs7-mime; name=smime.p7m", 2), false, DefectSigned)
	check("signed S/MIME as bytes", smime("Content-Type: application/octet-stream; name=smime.p7m", 2), false, DefectSigned)
	check("signed beside the text", inParts("signed", text, "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"), false, "")
}

func TestFieldsOfReportsGoOnOnTheNextLine(t *testing.T) {
	groups := fieldGroups("Reporting-MTA: dns; mx.harbour.example\n\nFinal-Recipient: rfc822;\n mei@harbour.example\nDiagnostic-Code: smtp; 550 =?utf-8?q?no=5F?=\n\t=?utf-8?q?such_box?=\n  here\nno field\n of any kind\nStatus: 5.1.1\nStatus: 4.0.0\n ignored\n \n x\nAction: failed\nFinal-Recipient: rfc822; kofi@harbour.example\nFinal-Recipient: rfc822; ola@harbour.example\n")
	want := []map[string]string{
		{"reporting-mta": "dns; mx.harbour.example"},
		{"final-recipient": "rfc822; mei@harbour.example", "diagnostic-code": "smtp; 550 no_such box here", "status": "5.1.1"},
		{"action": "failed", "final-recipient": "rfc822; kofi@harbour.example"},
		{"final-recipient": "rfc822; ola@harbour.example"},
	}
	if !reflect.DeepEqual(groups, want) {
		t.Errorf("%q", groups)
	}
}

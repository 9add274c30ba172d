package mime

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// told says in one line what was understood of a mail: who, about what, the words with "/" for line ends, the files, and
// in braces what was noted.
func told(m *Message) string {
	var b strings.Builder
	for _, a := range m.From {
		b.WriteString(a.Addr + " ")
	}
	fmt.Fprintf(&b, "%q %s", m.Subject, strings.ReplaceAll(strings.TrimSpace(Text(m.Body)), "\n", "/"))
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, " [%s %s %d]", a.Name, a.Type, a.Size)
	}
	for _, d := range m.Defects {
		b.WriteString(" {" + d + "}")
	}
	return b.String()
}

// TestEveryTroubleEndsAsAMessage has a mail for each way in which mails are known to be broken. None may lose a word, the
// subject, or who wrote it.
func TestEveryTroubleEndsAsAMessage(t *testing.T) {
	check := func(what, raw, want string) {
		t.Helper()
		for _, raw := range []string{raw, strings.ReplaceAll(raw, "\n", "\r\n")} {
			m := Read([]byte(raw))
			checkLimits(t, m)
			if got := told(m); got != want {
				t.Errorf("%s:\n got %s\nwant %s", what, got, want)
			}
		}
	}
	const (
		who  = "From: Mei <mei@harbour.example>\nSubject: Tides\n"
		seen = `mei@harbour.example "Tides" `
	)

	// Headers.
	check("a header line without a colon, first", "this is no field\n"+who+"\nDone.", seen+"Done. {header line without a colon}")
	check("a header line without a colon, in the midst", "From: Mei <mei@harbour.example>\nthis is no field\nSubject: Tides\n\nDone.", seen+"Done. {header line without a colon}")
	check("a header line without a colon, last", who+"this is no field\nX-Crane: 5\n\nDone.", `mei@harbour.example "Tides this is no field" Done. {header line without a colon}`)
	check("a header line without a colon, in a part", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\nno field here\nContent-Type: text/plain\n\nDone.\n--b--\n", seen+"Done. {header line without a colon}")
	check("a field name of 8-bit letters", "Gezeit\xe9n: 5\nПричал: 7\n"+who+"\nDone.", seen+"Done.")
	check("a field name of 8-bit letters, in a part", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\nPri\xe8re: x\nContent-Type: text/plain\n\nDone.\n--b--\n", seen+"Done.")
	check("a byte order mark before the header", "\xef\xbb\xbf"+who+"\nDone.", seen+"Done.")
	check("a byte order mark before the text", who+"Content-Type: text/plain; charset=utf-8\n\n\xef\xbb\xbfDone.", seen+"Done.")
	check("a From line of a mailbox", "From mei@harbour.example Tue Mar  3 16:00:05 2026\n"+who+"\nDone.", seen+"Done.")
	check("a quoted From line of a mailbox", ">From mei@harbour.example Tue Mar  3 16:00:05 2026\n"+who+"\nDone.", seen+"Done.")
	check("a From line of a mailbox within the header", "Subject: Tides\nFrom mei@harbour.example Tue Mar  3 16:00:05 2026\nFrom: Mei <mei@harbour.example>\n\nDone.", seen+"Done.")
	check("a From line of a mailbox in the text", who+"\n>From Monday on the crane works.", seen+"From Monday on the crane works.")
	check("an indented first line", "  "+who+"\nDone.", seen+"Done. {header begins with a blank}")
	check("an indented first line that is no field", "\t(added by the gateway)\n"+who+"\nDone.", seen+"Done. {header begins with a blank}")
	check("a blank before the colon", "From : Mei <mei@harbour.example>\nSubject\t: Tides\n\nDone.", seen+"Done.")
	check("NUL", "From: Mei <mei@harbour.example>\nSub\x00ject: z\nSubject: Ti\x00des\n\nDo\x00ne.", seen+"Done. {header line without a colon}")
	check("a carriage return alone in a field", "From: Mei <mei@harbour.example>\nSubject: Tides\rBcc: kofi@harbour.example\n\nDone.", `mei@harbour.example "TidesBcc: kofi@harbour.example" Done.`)
	check("a carriage return alone in the text", who+"\nDone.\rNext: the crane.", seen+"Done./Next: the crane.")
	check("two From lines", "From: Mei <mei@harbour.example>\nFrom: kofi@harbour.example\nSubject: Tides\n\nDone.", `mei@harbour.example kofi@harbour.example "Tides" Done. {`+DefectManyFrom+`}`)
	check("a From without an address", "From: Mei\nSubject: Tides\n\nDone.", `"Tides" Done. {From without an address}`)
	check("an empty From", "From: <>\nSubject: Tides\n\nDone.", `"Tides" Done. {From without an address}`)
	check("a From in latin-1", "From: Ren\xe9 <rene@harbour.example>\nSubject: Mar\xe9e\n\nDone.", `rene@harbour.example "Marée" Done.`)
	check("a From that no grammar fits", "From: Mei @ the harbour (crane 5 mei@harbour.example\nSubject: Tides\n\nDone.", seen+"Done.")
	check("no From at all", "Subject: Tides\n\nDone.", `"Tides" Done.`)

	// Boundaries.
	const part = "Content-Type: text/plain\n\nDone.\n"
	file := "Content-Type: text/csv; name=tides.csv\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n" + base64.StdEncoding.EncodeToString([]byte("12:00;4.1")) + "\n"
	const csv = " [tides.csv text/csv 9]"
	check("a boundary that is not declared", who+"Content-Type: multipart/mixed\n\n--b\n"+part+"--b\n"+file+"--b--\n", seen+"Done."+csv+" {multipart without its boundary}")
	check("a boundary that is declared empty", who+"Content-Type: multipart/mixed; boundary=\"\"\n\n--b\n"+part+"--b\n"+file+"--b--\n", seen+"Done."+csv+" {multipart without its boundary}")
	check("another boundary than is declared", who+"Content-Type: multipart/mixed; boundary=a\n\n--b\n"+part+"--b\n"+file+"--b--\n", seen+"Done."+csv+" {multipart without its boundary}")
	check("no boundary and no parts", who+"Content-Type: multipart/mixed\n\nDone.", seen+"Done. {multipart without its boundary}")
	check("a boundary that never comes", who+"Content-Type: multipart/alternative; boundary=b\n\nDone.", seen+"Done. {multipart without its boundary}")
	check("a boundary that never comes, before a page", who+"Content-Type: multipart/alternative; boundary=b\n\n<html><p>Done.</p></html>", seen+"Done. {multipart without its boundary}")
	check("a boundary on a folded line", who+"Content-Type: multipart/mixed;\n\tboundary=\"b\"\n\n--b\n"+part+"--b\n"+file+"--b--\n", seen+"Done."+csv)
	check("a boundary that is folded itself", who+"Content-Type: multipart/mixed; boundary=\"b\n c\"\n\n--b c\n"+part+"--b c\n"+file+"--b c--\n", seen+"Done."+csv)
	check("a boundary in RFC 2231", who+"Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n"+part+"--bc\n"+file+"--bc--\n", seen+"Done."+csv)
	check("a boundary line with blanks after it", who+"Content-Type: multipart/mixed; boundary=b\n\n--b \t\n"+part+"--b  \n"+file+"--b--  \n", seen+"Done."+csv)
	check("a boundary that begins another", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n"+part+"--bb--\n--b\n"+file+"--b--\n", seen+"Done."+csv)
	check("a boundary never closed", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\n"+part+"--b\n"+file, seen+"Done."+csv+" {multipart never closed}")
	check("an inner boundary never closed", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n"+part+"--b\n"+file+"--b--\n", seen+"Done."+csv+" {multipart never closed}")
	check("a header of a part without end", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\n"+part+"--b\nContent-Type: text/plain\n--b--\n", seen+"Done. {header without end}")
	check("a part without a header", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nDone.\n--b--\n", seen+"Done.")
	check("a part without a header and without an empty line", who+"Content-Type: multipart/mixed; boundary=b\n\n--b\nDone.\n--b--\n", seen+"Done.")

	// Bodies that are cut or badly encoded.
	encoded := func(transfer, body string) string {
		return who + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + transfer + "\n\n" + body
	}
	check("a body cut within base64", encoded("base64", "RG9uZSwgdGhhbmtzLiBOZXh0OiB0aGUgY3J"), seen+"Done, thanks. Next: the cr {base64 without its end}")
	check("a body cut within quoted-printable", encoded("quoted-printable", "The caf=C3=A9 is done. Next: =C3"), seen+"The café is done. Next: \ufffd {bytes that are not UTF-8}")
	check("a body cut within a character", encoded("8bit", "The café is done. Next: \xe6\xbd"), seen+"The café is done. Next: \ufffd {bytes that are not UTF-8}")
	check("a body cut within a tag", who+"Content-Type: text/html\n\n<div>Done.</div><div>Next: <b>the crane<a href=\"https", seen+"Done./Next: the crane")
	check("a body cut before its first line", who+"Content-Type: multipart/mixed; boundary=b", seen+" {multipart without its boundary}")
	check("base64 with a footer in plain text", encoded("base64", "RG9uZS4K\n_______\nThe harbour's list\n"), seen+"Done. {text after the base64}")
	check("base64 in one line with such a footer", encoded("base64", "RG9uZSwgdGhhbmtz\n\nTides mailing list\nTo leave it: leave@harbour.example\n"), seen+"Done, thanks {text after the base64}")
	check("base64 in many lines with such a footer", encoded("base64", strings.Repeat("RG9uZS4K", 9)+"\n"+strings.Repeat("RG9uZS4K", 9)+"\n-- \nhttps://lists.harbour.example\nTides mailing list\n"),
		seen+strings.Repeat("Done./", 17)+"Done. {text after the base64}")
	check("base64 with junk", encoded("base64", "RG9uZTog*dGhlIGNy!YW5l\x80LCBhbmQ\n*gdGhlIHRpZGVzLg=="), seen+"Done: the crane, and the tides. {bad base64}")
	check("base64 with a damaged line", encoded("base64", strings.Repeat("RG9uZS4K", 9)+"\n*"+strings.Repeat("RG9uZS4K", 9)+"\n"), seen+strings.Repeat("Done./", 17)+"Done. {bad base64}")
	check("base64 that is none", encoded("base64", "Done: the tables, as we said."), seen+"Done: the tables, as we said. {declared base64 but is not}")
	check("base64 that is one word", encoded("base64", "Thanks!!"), seen+"Thanks!! {declared base64 but is not}")
	check("base64 that is one word of letters", encoded("base64", "Finished\nall of it"), seen+"Finished/all of it {declared base64 but is not}")
	check("base64 without padding", encoded("base64", "RG9uZQ"), seen+"Done {base64 without its end}")
	check("quoted-printable that is none", encoded("quoted-printable", "Done = 5, open =ZZ, x=\x80"), seen+"Done = 5, open =ZZ, x=€ {bad quoted-printable} {charset guessed: windows-1252}")

	// Transfer encodings that lie or are none.
	for _, name := range []string{"7-bit", "7bits", "8-bit", "8 bit"} {
		check("a transfer encoding "+name, encoded(name, "Done: café =41."), seen+"Done: café =41.")
	}
	for _, name := range []string{"utf-8", "utf8", "none", "plain", "text", "x-harbour"} {
		check("a transfer encoding "+name, encoded(name, "Done: café =41."), seen+"Done: café =41. {unknown transfer encoding}")
	}
	for _, name := range []string{"quoted printable", "quoted_printable", "QuotedPrintable", "\"quoted-printable\"", "qp"} {
		check("a transfer encoding "+name, encoded(name, "Done: caf=C3=A9."), seen+"Done: café.")
	}
	check("7bit that has 8", encoded("7bit", "Done: café."), seen+"Done: café.")
	check("two transfer encodings", who+"Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nRG9uZS4=", seen+"Done.")
	check("an encoded multipart", who+"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte("--b\n"+part+"--b--\n")), seen+"Done. {multipart without its boundary}")
	check("a multipart that is said to be encoded", who+"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable\n\n--b\n"+part+"--b--\n", seen+"Done.")

	// Charsets that are unknown, lie, or are none.
	in := func(charset, body string) string {
		return who + "Content-Type: text/plain; charset=" + charset + "\n\n" + body
	}
	check("utf-7", in("utf-7", "+BBMEPgRCBD4EMgQ+-."), seen+"Готово.")
	check("unicode-1-1-utf-7", in("unicode-1-1-utf-7", "Caf+AOk-."), seen+"Café.")
	check("cp50220", in("cp50220", "\x1b$B=*$o$j\x1b(B."), seen+"終わり.")
	check("a charset nobody knows", in("x-harbour", "Prêt."), seen+"Prêt. {unknown charset}")
	check("UTF-8 that is latin-1", in("utf-8", "Pr\xeat."), seen+"Prêt. {charset guessed: windows-1252}")
	check("latin-1 that is UTF-8", in("iso-8859-1", "Prêt."), seen+"Prêt. {charset is not as declared: utf-8}")
	check("no charset, UTF-8", who+"\nPrêt.", seen+"Prêt.")
	check("no charset, windows-1251", who+"\n\xcf\xf0\xe8\xeb\xe8\xe2\xfb \xe3\xee\xf2\xee\xe2\xfb.", seen+"Приливы готовы. {charset guessed: windows-1251}")
	check("a Content-Type that is none", who+"Content-Type: =?utf-8\n\nDone.", seen+"Done. {bad Content-Type}")
	check("a Content-Type cut short", who+"Content-Type: text\n\nDone.", seen+"Done. {Content-Type is incomplete}")
}

// TestDatesAndIdentifiersThatCannotBeReadLoseNothing: such a mail is still one, with the rest of its header.
func TestDatesAndIdentifiersThatCannotBeReadLoseNothing(t *testing.T) {
	check := func(header, id string, dated bool) {
		t.Helper()
		m := Read([]byte("Subject: Tides\n" + header + "\nFrom: mei@harbour.example\n\nDone."))
		if m.MessageID != id || m.Date.IsZero() == dated || told(m) != `mei@harbour.example "Tides" Done.` {
			t.Errorf("%q: %q, %v, %s", header, m.MessageID, m.Date, told(m))
		}
	}
	check("Date: Tuesday before noon", "", false)
	check("Date: 32 Mar 2026 25:61 +9999", "", false)
	check("Date:", "", false)
	check("Date: =?utf-8?q?Tue=2C_3_Mar_2026_16=3A00?=", "", true)
	check("Date: nonsense\nDate: Tue, 3 Mar 2026 16:00:05 +0000", "", true)
	check("Message-ID: <a1@@harbour.example>", "a1@@harbour.example", false)
	check("Message-ID: a1@harbour.example", "a1@harbour.example", false)
	check("Message-ID: <a1\n @harbour.example>", "a1@harbour.example", false)
	check("Message-ID: <a 1@harbour.example>", "a1@harbour.example", false)
	check("Message-ID: no brackets, no at", "nobrackets,noat", false)
	check("Message-ID: <>", "", false)
	check("Message-ID: <a1@harbour.example", "a1@harbour.example", false)
}

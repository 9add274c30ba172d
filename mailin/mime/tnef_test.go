package mime

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
)

// winmailFile writes a winmail.dat (MS-OXTNEF) piece by piece.
type winmailFile struct{ bytes.Buffer }

func newWinmail() *winmailFile {
	w := &winmailFile{}
	binary.Write(w, binary.LittleEndian, uint32(tnefSignature))
	binary.Write(w, binary.LittleEndian, uint16(1))
	w.attribute(1, 0x00089006, []byte{0, 0, 1, 0})
	return w
}

func (w *winmailFile) attribute(level byte, id uint32, data []byte) *winmailFile {
	w.WriteByte(level)
	binary.Write(w, binary.LittleEndian, []uint32{id, uint32(len(data))})
	w.Write(data)
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	binary.Write(w, binary.LittleEndian, sum)
	return w
}

func (w *winmailFile) codepage(n uint32) *winmailFile {
	return w.attribute(1, 0x00069007, binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func (w *winmailFile) message(props ...[]byte) *winmailFile {
	return w.attribute(1, 0x00069003, propList(props...))
}

// file adds an attachment.
func (w *winmailFile) file(title, data string, props ...[]byte) *winmailFile {
	w.attribute(2, 0x00069002, make([]byte, 14))
	w.attribute(2, 0x00018010, []byte(title+"\x00"))
	if data != "" {
		w.attribute(2, 0x0006800f, []byte(data))
	}
	return w.attribute(2, 0x00069005, propList(props...))
}

func propList(props ...[]byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(props))), bytes.Join(props, nil)...)
}

func prop(kind, id uint16, data []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, id)
	switch kind {
	case 0x0d, 0x1e, 0x1f, 0x102:
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	}
	b = append(b, data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func propNumber(id uint16, n uint32) []byte {
	return prop(3, id, binary.LittleEndian.AppendUint32(nil, n))
}

func propUnicode(id uint16, s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return prop(0x1f, id, b)
}

// named is a property that has a name and a number of its own, which a reader must step over.
func named(name string) []byte {
	b := []byte{0x1e, 0x00, 0x01, 0x80}
	b = append(b, make([]byte, 16)...)
	b = binary.LittleEndian.AppendUint32(b, 1)
	text := propUnicode(0, name)[12:]
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(name)+2))
	b = append(b, text...)
	return append(b, prop(0x1e, 0, []byte("x\x00"))[4:]...)
}

// compressed writes RTF without making it shorter, as the form allows: every byte stands for itself.
func compressed(rtf string) []byte {
	var b []byte
	for at := 0; ; at += 8 {
		run := rtf[at:min(len(rtf), at+8)]
		if len(run) < 8 {
			end := (len(rtfStart) + len(rtf)) % 4096 << 4 // a reference to the place of writing
			b = append(append(append(b, 1<<len(run)), run...), byte(end>>8), byte(end))
			return rtfHeader("LZFu", b, len(rtf))
		}
		b = append(append(b, 0), run...)
	}
}

func rtfHeader(kind string, b []byte, size int) []byte {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(b)+12))
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	return append(append(append(head, kind...), 0, 0, 0, 0), b...)
}

// winmailMail puts a winmail.dat beside a text, as Exchange does.
func winmailMail(text string, w *winmailFile) []byte {
	return fmt.Appendf(nil, "From: Ines <ines@harbour.example>\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\n%s\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n"+
		"Content-Disposition: attachment; filename=winmail.dat\n\n%s\n--b--\n", text, base64.StdEncoding.EncodeToString(w.Bytes()))
}

func TestWinmailGivesTheBodyOfAMailThatHasNoOther(t *testing.T) {
	check := func(what string, w *winmailFile, format, want string) {
		t.Helper()
		m := Read(winmailMail("", w))
		checkLimits(t, m)
		if got := Text(m.Body); got != want || m.Format != format {
			t.Errorf("%s: %s %q, want %s %q (%q)", what, m.Format, got, format, want, m.Defects)
		}
		if len(m.Attachments) != 0 {
			t.Errorf("%s: attached %v", what, m.Attachments)
		}
	}
	page := `{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset128 MS Gothic;}}{\colortbl\red0\green0\blue0;}` + "\r\n" +
		`{\*\generator Riched20;}\uc1\pard\plain\deftab360 \f0\fs24 {\*\htmltag19 <html>}{\*\htmltag50 <body>}` +
		`{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Moved the crane{\*\htmltag84 &nbsp;}\htmlrtf  \htmlrtf0 to \'ef\'f0\'e8\'f7\'e0\'eb \f1\'93\'fa\f0  \u10004? {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 3\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}` +
		`{\*\mhtmltag64 <p>twice</p>}{\*\htmltag64 <ul><li>}next{\*\htmltag64 </li></ul>}{\pict 00ff}{\*\htmltag58 </body>}{\*\htmltag27 </html>}}`
	check("HTML in RTF", newWinmail().codepage(1251).message(prop(0x102, propRTF, compressed(page))), "html", "Moved the crane to причал 日 ✔ <3\n\n- next")
	check("RTF that is not compressed", newWinmail().message(prop(0x102, propRTF, rtfHeader("MELA", []byte(page), len(page)))), "html", "Moved the crane to причал 日 ✔ <3\n\n- next")
	check("text in RTF", newWinmail().message(prop(0x102, propRTF, compressed(`{\rtf1\ansi\ansicpg1252\fromtext \deff0{\fonttbl{\f0 Arial;}}\f0 Done: 5 \{quays\}\par `+"\r\n"+`caf\'e9\tab \u-10179?\u-8690?\par }`))), "plain",
		"Done: 5 {quays}\ncafé\t😎")
	check("RTF as a person wrote it", newWinmail().message(prop(0x102, propRTF, compressed(`{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f2\fcharset2 Symbol;}}{\*\listtable x}{\pntext\f2\'b7\tab}first\par{\pntext\f2\'b7\tab}second\line {\field{\*\fldinst HYPERLINK "https://harbour.example"}{\fldrslt the site}}\par}`))), "plain",
		"•\tfirst\n•\tsecond\nthe site")
	check("HTML", newWinmail().message(named("x-crane"), propNumber(propInternetCP, 28592), prop(0x102, propHTML, []byte("<p>P\xf8\xedstav"))), "html", "Přístav")
	check("HTML that names its charset", newWinmail().message(prop(0x102, propHTML, []byte("<meta charset=koi8-r><p>\xf0\xe9\xf2\xf3"))), "html", "ПИРС")
	check("Unicode", newWinmail().message(propUnicode(propBody, "Приливы: готово\r\nКран: завтра")), "plain", "Приливы: готово\nКран: завтра")
	check("a code page", newWinmail().codepage(932).message(prop(0x1e, propBody, []byte("\x8d\x60\x00"))), "plain", "港")
	check("attBody", newWinmail().codepage(1252).attribute(1, 0x0002800c, []byte("caf\xe9\r\n\x00")), "plain", "café")
	check("HTML before plain text", newWinmail().message(propUnicode(propBody, "flat"), prop(0x102, propRTF, compressed(page))), "html", "Moved the crane to причал 日 ✔ <3\n\n- next")
	check("several values", newWinmail().message(append([]byte{0x1f, 0x10, 0x01, 0x30}, propUnicode(0, "a")[4:]...), append([]byte{3, 0x10, 2, 0x30, 2, 0, 0, 0}, make([]byte, 8)...), propUnicode(propBody, "after")), "plain", "after")
}

func TestWinmailIsListedByWhatIsInIt(t *testing.T) {
	within := newWinmail().message(propUnicode(propSubject, "Tides"), propUnicode(propBody, "of March"))
	object := append(make([]byte, 16), within.Bytes()...)
	w := newWinmail().codepage(1252).message(propUnicode(propBody, "not this")).
		file("QUAYPL~1.PDF", "12345", propUnicode(propLongFileName, "Quay plän 港.pdf"), prop(0x1e, propMIMEType, []byte("application/pdf\x00"))).
		file("tide.txt", "123").
		file("", "", propUnicode(propDisplayName, "Forwarded: tides"), prop(0x0d, propData, object)).
		file("", "", prop(0x0d, propData, object)).
		file("logo.png", "1", prop(0x1e, propMIMEType, []byte("image/png\x00")), propNumber(propAttachFlags, 4))
	m := Read(winmailMail("The text beside it.", w))
	want := []Attachment{
		{Name: "Quay plän 港.pdf", Type: "application/pdf", Size: 5},
		{Name: "tide.txt", Type: "application/octet-stream", Size: 3},
		{Name: "Forwarded: tides", Type: "message/rfc822", Size: int64(within.Len())},
		{Name: "Tides", Type: "message/rfc822", Size: int64(within.Len())},
		{Name: "logo.png", Type: "image/png", Size: 1, Inline: true},
	}
	if !reflect.DeepEqual(m.Attachments, want) {
		t.Errorf("got %v, want %v", m.Attachments, want)
	}
	if Text(m.Body) != "The text beside it." {
		t.Errorf("body %q", Text(m.Body))
	}
	// One that adds nothing is listed as it came, and so is what only bears the name.
	for _, w := range []*winmailFile{newWinmail().message(propUnicode(propBody, "the same")), {}} {
		m := Read(winmailMail("the same", w))
		if len(m.Attachments) != 1 || m.Attachments[0].Name != "winmail.dat" || Text(m.Body) != "the same" {
			t.Errorf("attached %v, body %q", m.Attachments, Text(m.Body))
		}
	}
}

func TestNamesInWinmailAreCleanToo(t *testing.T) {
	within := newWinmail().message(propUnicode(propSubject, "Tides\r\n\u202efdp.exe"), propUnicode(propBody, "x"))
	w := newWinmail().file("a.txt", "1", propUnicode(propLongFileName, "tides\u202efdp\x1b.exe")).
		file("ti\rdes.txt", "1").
		file("", "", prop(0x0d, propData, append(make([]byte, 16), within.Bytes()...)))
	m := Read(winmailMail("The text beside it.", w))
	checkLimits(t, m)
	var got []string
	for _, a := range m.Attachments {
		got = append(got, a.Name)
	}
	if want := []string{"tidesfdp.exe", "ti des.txt", "Tides  fdp.exe"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCompressedRTFRepeatsWhatStoodBefore(t *testing.T) {
	// "{\rtf1 WXYZ" and then the four letters five times over, by one reference that reads what it writes.
	b := []byte{0x21, 0x00, 0x04, 'W', 'X', 'Y', 'Z', 0, 0}
	ref := (207+6)<<4 | (17 - 2) // the first reference gave six bytes
	b[7], b[8] = byte(ref>>8), byte(ref)
	got, note := fromCompressedRTF(rtfHeader("LZFu", b, 6+4+17), 1000)
	if want := `{\rtf1` + strings.Repeat("WXYZ", 5) + "W"; string(got) != want {
		t.Errorf("%q (%s), want %q", got, note, want)
	}
}

func TestDamagedWinmailNeitherFailsNorGrows(t *testing.T) {
	whole := newWinmail().codepage(1252).message(named("x"), propUnicode(propBody, "body"), prop(0x102, propRTF, compressed(`{\rtf1 x}`))).
		file("a.txt", "data", propUnicode(propLongFileName, "a long name.txt")).Bytes()
	for i := range whole {
		for _, b := range [][]byte{whole[:i], append(append(append([]byte{}, whole[:i]...), 0xff, 0xff, 0xff, 0xff), whole[min(len(whole), i+4):]...)} {
			checkLimits(t, Read(winmailMail("", &winmailFile{*bytes.NewBuffer(b)})))
		}
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(newWinmail().codepage(1251).message(named("x"), propUnicode(propBody, "body"), prop(0x102, propRTF, compressed(`{\rtf1\fromhtml1{\*\htmltag1 <b>}\'ff\u1234?}`))).
		file("a.txt", "data", propUnicode(propLongFileName, "a long name.txt")).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m := Read(winmailMail("", &winmailFile{*bytes.NewBuffer(b)}))
		checkLimits(t, m)
		if len(m.Attachments) > maxTNEFFiles {
			t.Errorf("%d attachments", len(m.Attachments))
		}
	})
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg932\fromhtml1{\fonttbl{\f1\fcharset204 x;}}{\*\htmltag1 <b>}\f1\'ff\u1234?\uc2\u-10179??\bin3 abc{\pict}}`), 500)
	f.Fuzz(func(t *testing.T, b []byte, limit int) {
		limit = limit & 0xffff
		text, _ := fromRTF(b, limit)
		checkText(t, cleanText(text))
		if len(text) > 12*limit+100 {
			t.Errorf("%d bytes of text, the limit is %d", len(text), limit)
		}
		if out, _ := fromCompressedRTF(rtfHeader("LZFu", b, limit), limit); len(out) > limit+200 {
			t.Errorf("%d bytes unpacked, the limit is %d", len(out), limit)
		}
	})
}

package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// mailBytes is a mail as it is written: header lines, then a body.
type mailBytes struct{ bytes.Buffer }

// field adds a header line of ASCII, folded at spaces before it gets longer than 76 characters.
func (m *mailBytes) field(name, value string) {
	line := name + ":"
	for _, word := range strings.Split(value, " ") {
		if len(line)+1+len(word) > 76 && !strings.HasSuffix(line, ":") && strings.TrimSpace(line) != "" {
			m.line(line)
			line = ""
		}
		line += " " + word
	}
	m.line(line)
}

func (m *mailBytes) line(s string) { m.WriteString(s + "\r\n") }

// words adds a header line of any text, with encoded words where it needs them.
func (m *mailBytes) words(name, value string, enc mime.WordEncoder) {
	m.field(name, enc.Encode("UTF-8", value))
}

// person adds a header line of one address.
func (m *mailBytes) person(name string, p person, enc mime.WordEncoder) {
	m.field(name, formatPerson(p, enc))
}

func formatPerson(p person, enc mime.WordEncoder) string {
	switch {
	case p.name == "":
		return p.address
	case !ascii(p.name):
		return enc.Encode("UTF-8", p.name) + " <" + p.address + ">"
	case strings.ContainsAny(p.name, `()<>[]:;@\,."`):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.name) + `" <` + p.address + ">"
	}
	return p.name + " <" + p.address + ">"
}

// ids adds In-Reply-To and References if there are any.
func (m *mailBytes) ids(d *draft, references bool) {
	if d.inReplyTo == "" {
		return
	}
	m.field("In-Reply-To", "<"+d.inReplyTo+">")
	if references {
		m.field("References", "<"+strings.Join(d.references, "> <")+">")
	}
}

// part is one body: text with LF line ends, a media type with its parameters, and how it is carried.
type part struct {
	kind     string // such as `text/plain; charset="UTF-8"`
	transfer string // "" for none stated
	text     string
	charset  encoding.Encoding // nil: UTF-8
	extra    []string          // further header lines
}

// body ends the header and writes a body of one part.
func (m *mailBytes) body(p part) {
	m.partHeader(p)
	m.line("")
	m.Write(p.encode())
}

// alternative ends the header and writes a body of several parts.
func (m *mailBytes) alternative(boundary, contentType string, parts ...part) {
	m.line("Content-Type: " + contentType)
	m.line("")
	m.parts(boundary, parts...)
}

func (m *mailBytes) parts(boundary string, parts ...part) {
	for _, p := range parts {
		m.line("--" + boundary)
		m.partHeader(p)
		m.line("")
		m.Write(p.encode())
		m.line("")
	}
	m.line("--" + boundary + "--")
}

func (m *mailBytes) partHeader(p part) {
	m.line("Content-Type: " + p.kind)
	if p.transfer != "" {
		m.line("Content-Transfer-Encoding: " + p.transfer)
	}
	for _, line := range p.extra {
		m.line(line)
	}
}

func (p part) encode() []byte {
	text := strings.ReplaceAll(p.text, "\n", "\r\n")
	if p.charset != nil {
		encoded, err := p.charset.NewEncoder().String(text)
		if err == nil { // whoever chose the charset has tried it: see fits
			text = encoded
		}
	}
	var b bytes.Buffer
	switch p.transfer {
	case "quoted-printable":
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
	case "base64":
		s := base64.StdEncoding.EncodeToString([]byte(text))
		for len(s) > 76 {
			b.WriteString(s[:76] + "\r\n")
			s = s[76:]
		}
		b.WriteString(s + "\r\n")
	default:
		b.WriteString(text)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// utf8Part is a part in UTF-8, carried by the given encoding only if it has something else than short lines of ASCII.
func utf8Part(kind, otherwise, text string) part {
	p := part{kind: kind + `; charset="UTF-8"`, text: text}
	if !ascii(text) || longest(text) > 900 {
		p.transfer = otherwise
	}
	return p
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func longest(s string) int {
	n := 0
	for line := range strings.SplitSeq(s, "\n") {
		n = max(n, len(line))
	}
	return n
}

// fits tells whether a charset has every character of a text.
func fits(e encoding.Encoding, text string) bool {
	_, err := e.NewEncoder().String(text)
	return err == nil
}

func windows1252() encoding.Encoding { return charmap.Windows1252 }

func iso2022jp() encoding.Encoding { return japanese.ISO2022JP }

// inISO2022JP is a text with a question mark for each character that the charset lacks.
func inISO2022JP(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || fits(japanese.ISO2022JP, string(r)) {
			return r
		}
		return '?'
	}, s)
}

// iso2022jpWords is header text as Japanese phones write it: encoded words of ISO-2022-JP in base64.
func iso2022jpWords(s string) string {
	s = inISO2022JP(s)
	if ascii(s) {
		return s
	}
	var words []string
	runes := []rune(s)
	for len(runes) > 0 {
		n := min(len(runes), 14) // an encoded word has at most 75 characters
		encoded, _ := japanese.ISO2022JP.NewEncoder().String(string(runes[:n]))
		words = append(words, "=?ISO-2022-JP?B?"+base64.StdEncoding.EncodeToString([]byte(encoded))+"?=")
		runes = runes[n:]
	}
	return strings.Join(words, " ")
}

// dateLine is a Date as nearly all clients write it.
func dateLine(t time.Time) string { return t.Format("Mon, 2 Jan 2006 15:04:05 -0700") }

// ordinal is 1st, 2nd, 3rd …
func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%10 == 1 && n != 11:
		suffix = "st"
	case n%10 == 2 && n != 12:
		suffix = "nd"
	case n%10 == 3 && n != 13:
		suffix = "rd"
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

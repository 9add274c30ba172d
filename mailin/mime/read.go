package mime

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// What is noted in Message.Defects of things that a reader may want to act on. The other notes are for people.
const (
	DefectManyFrom  = "more than one From line"
	DefectEncrypted = "encrypted: the words cannot be read"
	DefectSigned    = "signed in an S/MIME envelope that is not opened"
	defectHeader    = "header too long: cut"
	defectDepth     = "parts nested too deep: left out"
	defectParts     = "too many parts: left out"
	defectText      = "text too long: cut"
	defectLines     = "too many lines: cut"
	defectMany      = "too many addresses: left out"
)

// Read reads a mail. It never fails: what cannot be read is left out and noted in Defects. The time it takes grows
// linearly with the input, the memory with the limits above. The Message does not keep raw.
func Read(raw []byte) *Message {
	t := &tally{parts: 1}
	s := &scanner{raw: prepared(raw), tally: t}
	s.skipLeading()
	m := s.message(1)
	r := reading{tally: t, left: MaxText, files: MaxUnpacked, rtf: 8 * MaxText}
	r.finish(m)
	m.Defects = t.defects
	return &m.Message
}

// prepared undoes what makes bytes unreadable as lines: UTF-16, and carriage returns alone as line ends.
func prepared(raw []byte) []byte {
	if order, ok := utf16Order(raw); ok {
		if out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(raw); err == nil {
			return out
		}
	}
	if bytes.IndexByte(raw[:min(len(raw), MaxHeader)], '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		lines := make([]byte, len(raw))
		for i, c := range raw {
			if c == '\r' {
				c = '\n'
			}
			lines[i] = c
		}
		return lines
	}
	return raw
}

// utf16Order says whether bytes are UTF-16, by their byte order mark or by the zeros in ASCII.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	switch {
	case len(b) < 4:
		return unicode.BigEndian, false
	case b[0] == 0xff && b[1] == 0xfe, b[0] > ' ' && b[1] == 0 && b[2] > ' ' && b[3] == 0:
		return unicode.LittleEndian, true
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] > ' ' && b[2] == 0 && b[3] > ' ':
		return unicode.BigEndian, true
	}
	return unicode.BigEndian, false
}

// readHeader fills in what the top header says. The hint is the charset of the body, for 8-bit text.
func (m *mail) readHeader(fields []field, hint string, t *tally) {
	m.Header = make(Header, len(fields))
	froms := 0
	for i, f := range fields {
		m.Header[i] = Field{Name: textOf(f.name, ""), Value: decodeWords(f.value, hint)}
		var buf [16]byte
		if len(f.name) > len(buf) {
			continue
		}
		name := buf[:len(f.name)]
		for j := range name {
			if name[j] = f.name[j]; name[j] >= 'A' && name[j] <= 'Z' {
				name[j] |= 0x20
			}
		}
		switch string(name) {
		case "from":
			if froms++; froms == 2 {
				m.ManyFrom = true
				t.defect(DefectManyFrom)
			}
			m.From = t.addresses(m.From, f.value, hint)
		case "sender":
			m.Sender = t.addresses(m.Sender, f.value, hint)
		case "reply-to":
			m.ReplyTo = t.addresses(m.ReplyTo, f.value, hint)
		case "to":
			m.To = t.addresses(m.To, f.value, hint)
		case "cc":
			m.Cc = t.addresses(m.Cc, f.value, hint)
		case "subject":
			if m.Subject == "" {
				m.Subject = strings.TrimSpace(withoutBidi(m.Header[i].Value))
			}
		case "date":
			if m.Date.IsZero() {
				m.Date = parseDate(f.value)
			}
		case "message-id":
			if m.MessageID == "" {
				m.MessageID = parseID(f.value)
			}
		case "in-reply-to":
			m.InReplyTo = append(m.InReplyTo, parseIDs(f.value)...)
		case "references":
			m.References = append(m.References, parseIDs(f.value)...)
		case "received":
			if when := receivedDate(f.value); !when.IsZero() {
				m.Received = append(m.Received, when)
			}
		}
	}
	if froms > 0 && len(m.From) == 0 {
		t.defect("From without an address")
	}
}

// addresses adds those of one more field to a list, as far as there is room.
func (t *tally) addresses(list []Address, value, hint string) []Address {
	more := parseAddresses(value, hint)
	if len(list)+len(more) > MaxAddresses {
		t.defect(defectMany)
		more = more[:MaxAddresses-len(list)]
	}
	if list == nil {
		return more
	}
	return append(list, more...)
}

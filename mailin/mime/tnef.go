package mime

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// tnef is what a winmail.dat says (MS-OXTNEF), the form in which Outlook sends a mail to those it takes for Outlook
// users: the whole mail in one attachment.
type tnef struct {
	codepage uint32 // of text that is not Unicode
	props    mapiProps
	body     []byte // attBody, as old versions write it
	files    []tnefFile
}

// tnefFile is one attachment in a winmail.dat.
type tnefFile struct {
	title string // attAttachTitle: short, and often all there is
	size  int64
	props mapiProps
}

// mapiProps are the properties that matter here, by their number. The bytes belong to the mail.
type mapiProps map[uint16]mapiValue

type mapiValue struct {
	kind uint16
	data []byte
}

// The numbers of properties (MS-OXPROPS) that are kept.
const (
	propSubject      = 0x0037
	propBody         = 0x1000
	propRTF          = 0x1009
	propHTML         = 0x1013
	propDisplayName  = 0x3001
	propData         = 0x3701
	propFileName     = 0x3704
	propLongFileName = 0x3707
	propMIMEType     = 0x370e
	propContentID    = 0x3712
	propAttachFlags  = 0x3714
	propInternetCP   = 0x3fde
	propMessageCP    = 0x3ffd
	propHidden       = 0x7ffe
)

const (
	tnefSignature = 0x223e9f78
	maxTNEFFiles  = MaxParts
	maxTNEFProps  = 20_000 // of one list
)

// likeTNEF says whether bytes begin as a winmail.dat does.
func likeTNEF(b []byte) bool {
	return len(b) > 6 && binary.LittleEndian.Uint32(b) == tnefSignature
}

// readTNEF reads a winmail.dat as far as it can be read.
func readTNEF(b []byte) (t tnef, note string) {
	if !likeTNEF(b) {
		return t, "winmail.dat that is none"
	}
	for b = b[6:]; len(b) >= 9; {
		level, id, size := b[0], binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
		b = b[9:]
		whole := uint64(size)+2 <= uint64(len(b))
		data := b[:min(uint64(size), uint64(len(b)))]
		t.attribute(level, uint16(id), data)
		if !whole {
			return t, "winmail.dat without its end"
		}
		b = b[size+2:] // past the checksum
	}
	return t, ""
}

// attribute takes what one attribute says. What belongs to an attachment follows the attribute that begins it.
func (t *tnef) attribute(level byte, id uint16, data []byte) {
	switch id {
	case 0x9007: // attOemCodepage
		if len(data) >= 4 {
			t.codepage = binary.LittleEndian.Uint32(data)
		}
	case 0x800c: // attBody
		t.body = data
	case 0x9003: // attMAPIProps
		if level != 2 {
			t.props = readMAPI(data)
		}
	case 0x9002: // attAttachRendData
		if len(t.files) < maxTNEFFiles {
			t.files = append(t.files, tnefFile{})
		}
	}
	if len(t.files) == 0 {
		return
	}
	f := &t.files[len(t.files)-1]
	switch id {
	case 0x8010: // attAttachTitle
		f.title = t.text(data, 0x1e)
	case 0x800f: // attAttachData
		f.size = int64(len(data))
	case 0x9005: // attAttachment
		f.props = readMAPI(data)
	}
}

// readMAPI reads a list of properties. It ends at the first that is cut off or of an unknown kind.
func readMAPI(b []byte) mapiProps {
	if len(b) < 4 {
		return nil
	}
	count := binary.LittleEndian.Uint32(b)
	b = b[4:]
	props := mapiProps{}
	for n := uint32(0); n < min(count, maxTNEFProps) && len(b) >= 4; n++ {
		kind, id := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		b = b[4:]
		if id >= 0x8000 { // it has a name
			if len(b) < 24 {
				break
			}
			skip := uint64(24) // a namespace, a kind, and a number or a length
			if binary.LittleEndian.Uint32(b[16:]) != 0 {
				skip += padded(binary.LittleEndian.Uint32(b[20:]))
			}
			if skip > uint64(len(b)) {
				break
			}
			b = b[skip:]
		}
		first, rest, ok := mapiValues(kind, b)
		if _, known := props[id]; !known && first != nil && keptProp(id) {
			props[id] = mapiValue{kind & 0xfff, first}
		}
		if !ok {
			break
		}
		b = rest
	}
	return props
}

func keptProp(id uint16) bool {
	switch id {
	case propSubject, propBody, propRTF, propHTML, propDisplayName, propData, propFileName, propLongFileName, propMIMEType,
		propContentID, propAttachFlags, propInternetCP, propMessageCP, propHidden:
		return true
	}
	return false
}

// mapiValues returns the first value of a property and what comes after all of them.
func mapiValues(kind uint16, b []byte) (first, rest []byte, ok bool) {
	count := uint32(1)
	several := kind&0x1000 != 0
	size := uint64(0)
	switch kind &^ 0x1000 {
	case 0x02, 0x03, 0x04, 0x0a, 0x0b:
		size = 4
	case 0x05, 0x06, 0x07, 0x14, 0x40:
		size = 8
	case 0x48:
		size = 16
	case 0x01:
		return nil, b, true
	case 0x0d, 0x1e, 0x1f, 0x102:
		several = true
	default:
		return nil, nil, false
	}
	if several {
		if len(b) < 4 {
			return nil, nil, false
		}
		count, b = binary.LittleEndian.Uint32(b), b[4:]
	}
	if size > 0 {
		if all := size * uint64(count); all <= uint64(len(b)) {
			return b[:min(size, all)], b[all:], true
		}
		return nil, nil, false
	}
	for i := uint32(0); i < count; i++ {
		if len(b) < 4 {
			return first, nil, false
		}
		length := binary.LittleEndian.Uint32(b)
		b = b[4:]
		if i == 0 {
			first = b[:min(uint64(length), uint64(len(b)))]
		}
		if padded(length) > uint64(len(b)) {
			return first, nil, false
		}
		b = b[padded(length):]
	}
	return first, b, true
}

func padded(n uint32) uint64 { return (uint64(n) + 3) &^ 3 }

// text decodes a text of the kind that its property has.
func (t *tnef) text(b []byte, kind uint16) string {
	if kind == 0x1f {
		s, _ := decodeBy("utf-16le", b[:len(b)&^1])
		return strings.TrimRight(s, "\x00")
	}
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	s, _ := toUTF8(b, codepageName(t.codepage))
	return s
}

// number returns a property that is a number, 0 if there is none.
func (p mapiProps) number(id uint16) uint32 {
	if v := p[id]; len(v.data) >= 4 {
		return binary.LittleEndian.Uint32(v.data)
	}
	return 0
}

// words returns the body: as HTML if there is such, else as plain text. None of its forms takes more than limit bytes; spent
// is how many it took to unpack the one that is compressed.
func (t *tnef) words(limit int) (text string, html bool, spent int, note string) {
	if cp := t.props.number(propMessageCP); cp != 0 && t.codepage == 0 {
		t.codepage = cp
	}
	plain := ""
	if v, ok := t.props[propBody]; ok {
		plain = t.text(v.data[:min(len(v.data), limit&^1)], v.kind)
	} else {
		plain = t.text(t.body[:min(len(t.body), limit)], 0x1e)
	}
	if v, ok := t.props[propHTML]; ok {
		charset := codepageName(t.props.number(propInternetCP))
		b := v.data[:min(len(v.data), limit&^1)]
		if v.kind == 0x1f {
			text = t.text(b, v.kind)
		} else {
			if charset == "" {
				charset = metaCharset(b)
			}
			text, note = toUTF8(b, charset)
		}
		html = true
	}
	if v, ok := t.props[propRTF]; ok && text == "" {
		var rtf []byte
		if rtf, note = fromCompressedRTF(v.data, limit); len(rtf) > 0 {
			text, html = fromRTF(rtf, limit)
			spent = len(rtf)
		}
	}
	if html && hasWords(text) || !hasWords(plain) {
		return cleanText(text), html, spent, note
	}
	return cleanText(plain), false, spent, note
}

// attachments lists the files, with the names that people gave them.
func (t *tnef) attachments() []Attachment {
	var list []Attachment
	for _, f := range t.files {
		a := Attachment{Size: f.size, Type: "application/octet-stream"}
		for _, id := range []uint16{propLongFileName, propFileName, propDisplayName} {
			if v := f.props[id]; a.Name == "" && (v.kind == 0x1e || v.kind == 0x1f) {
				a.Name = nameOf(t.text(v.data, v.kind))
			}
		}
		if a.Name == "" {
			a.Name = nameOf(f.title)
		}
		data := f.props[propData]
		if a.Size == 0 {
			a.Size = int64(len(data.data))
		}
		if v := f.props[propMIMEType]; v.kind == 0x1e || v.kind == 0x1f {
			if kind := lower(cleanLine(t.text(v.data, v.kind))); strings.Count(kind, "/") == 1 && len(kind) < 128 {
				a.Type = kind
			}
		}
		if data.kind == 0x0d && len(data.data) > 16 && likeTNEF(data.data[16:]) {
			a.Type = "message/rfc822" // what it would be elsewhere
			a.Size = int64(len(data.data) - 16)
			if a.Name == "" {
				within, _ := readTNEF(data.data[16:])
				v := within.props[propSubject]
				a.Name = nameOf(within.text(v.data, v.kind))
			}
		}
		a.Inline = strings.HasPrefix(a.Type, "image/") && (f.props.number(propAttachFlags)&4 != 0 || f.props.number(propHidden)&1 != 0)
		list = append(list, a)
	}
	return list
}

// nameOf makes a text a file's name: one line without signs that hide what it is.
func nameOf(s string) string { return strings.TrimSpace(withoutBidi(cleanLine(s))) }

// codepages are the charsets of Windows' code pages that are not named after their number.
var codepages = map[uint32]string{
	65001: "utf-8", 20127: "utf-8", 1200: "utf-16le", 10000: "macintosh", 20866: "koi8-r", 21866: "koi8-u", 54936: "gb18030",
	932: "shift_jis", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp",
	936: "gbk", 949: "euc-kr", 950: "big5", 874: "windows-874",
}

// codepageName is the charset of one of Windows' code pages, "" if it is not known.
func codepageName(n uint32) string {
	if name, ok := codepages[n]; ok {
		return name
	}
	switch n {
	case 437, 850, 852, 855, 858, 860, 862, 863, 865, 866:
		return "ibm" + strconv.Itoa(int(n))
	}
	switch {
	case n >= 1250 && n <= 1258:
		return "windows-" + strconv.Itoa(int(n))
	case n >= 28591 && n <= 28606:
		return "iso-8859-" + strconv.Itoa(int(n-28590))
	}
	return ""
}

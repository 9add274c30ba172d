package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A transfer encoding, by what its name is taken to mean.
type transfer int

const (
	identity transfer = iota
	quotedPrintable
	base64Encoding
	uuEncoding
)

// transferOf reads a Content-Transfer-Encoding, however it is written. known is false if it is none that is known; the
// bytes are then taken as they are.
func transferOf(value string) (t transfer, known bool) {
	switch value {
	case "7bit", "8bit", "":
		return identity, true
	case "quoted-printable":
		return quotedPrintable, true
	case "base64":
		return base64Encoding, true
	}
	var buf [32]byte
	name := buf[:0]
	for i := 0; i < len(value) && len(name) < len(buf); i++ {
		switch c := value[i]; {
		case c >= 'A' && c <= 'Z':
			name = append(name, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			name = append(name, c)
		case c == ';' || c == '(' || c == ',':
			i = len(value)
		}
	}
	switch string(name) {
	case "quotedprintable", "qp", "quotedprinted", "quotedprint":
		return quotedPrintable, true
	case "base64", "b64", "base":
		return base64Encoding, true
	case "uuencode", "xuuencode", "xuue", "uue", "uu":
		return uuEncoding, true
	case "7bit", "8bit", "binary", "7bits", "8bits", "bit", "":
		return identity, true
	}
	return identity, false
}

// unpack undoes a transfer encoding, at most about limit bytes of it. The result may be b itself.
func unpack(t transfer, b []byte, limit int) (out []byte, note string) {
	switch t {
	case quotedPrintable:
		return fromQuotedPrintable(b, limit)
	case base64Encoding:
		return fromBase64(b, limit)
	case uuEncoding:
		if out, ok := fromUU(b, limit); ok {
			return out, ""
		}
		note = "bad uuencoding"
	}
	return b[:min(len(b), limit)], note
}

// unpackedSize is the size that b has when its encoding is undone.
func unpackedSize(t transfer, b []byte) int64 {
	switch t {
	case base64Encoding:
		n := 0
		for _, c := range b {
			if base64Value[c] < 64 {
				n++
			}
		}
		return int64(n * 6 / 8)
	case quotedPrintable:
		n := len(b)
		for i := bytes.IndexByte(b, '='); i >= 0; {
			step := 1
			switch {
			case i+2 < len(b) && hexValue[b[i+1]] < 16 && hexValue[b[i+2]] < 16:
				n, step = n-2, 3
			case i+1 < len(b) && b[i+1] == '\n':
				n, step = n-2, 2
			case i+2 < len(b) && b[i+1] == '\r' && b[i+2] == '\n':
				n, step = n-3, 3
			}
			next := bytes.IndexByte(b[i+step:], '=')
			if next < 0 {
				break
			}
			i += step + next
		}
		return int64(n)
	case uuEncoding:
		out, _ := fromUU(b, len(b))
		return int64(len(out))
	}
	return int64(len(b))
}

// fromQuotedPrintable decodes RFC 2045 section 6.7. A "=" that escapes nothing stays.
func fromQuotedPrintable(b []byte, limit int) ([]byte, string) {
	note := ""
	out := make([]byte, 0, min(len(b), limit))
	for len(b) > 0 && len(out) < limit {
		line := b
		end := bytes.IndexByte(b, '\n')
		if end >= 0 {
			line, b = b[:end], b[end+1:]
		} else {
			b = nil
		}
		for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1] // added on the way: RFC 2045 says to delete it
		}
		for {
			i := bytes.IndexByte(line, '=')
			if i < 0 {
				out = append(out, line...)
				if end >= 0 {
					out = append(out, '\n')
				}
				break
			}
			out = append(out, line[:i]...)
			line = line[i+1:]
			if len(line) == 0 { // a soft line break
				break
			}
			if len(line) >= 2 && hexValue[line[0]] < 16 && hexValue[line[1]] < 16 {
				out = append(out, hexValue[line[0]]<<4|hexValue[line[1]])
				line = line[2:]
				continue
			}
			out = append(out, '=')
			note = "bad quoted-printable"
		}
	}
	return out, note
}

// fromBase64 decodes RFC 2045 section 6.8: with or without padding, with other bytes in between, several pieces one after
// the other, and with plain text after the end. Text that is not base64 at all is given back as it is.
func fromBase64(b []byte, limit int) (out []byte, note string) {
	if !likeBase64(b) {
		return b[:min(len(b), limit)], "declared base64 but is not"
	}
	out = make([]byte, 0, min(len(b)*3/4+3, limit+3))
	var acc uint32
	n, ended, looks := 0, false, 0
	for len(b) > 0 && len(out) < limit {
		line, from := b, b
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			line, b = b[:end+1], b[end+1:]
		} else {
			b = nil
		}
		if (ended || n == 0 && len(out) > 0 && looks < maxBase64Looks) && !base64Line(line) {
			if looks++; ended || !likeBase64(from) {
				return out, "text after the base64" // such as a mailing list's footer
			}
		}
		for _, c := range line {
			v := base64Value[c]
			if v >= 64 {
				switch {
				case c == '=':
					if n > 1 { // the bits left over are less than a byte
						out = flushBase64(out, acc, n)
					}
					n, acc, ended = 0, 0, true
				case v == base64Junk:
					note = "bad base64"
				}
				continue
			}
			acc = acc<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				n, acc = 0, 0
			}
		}
	}
	if n > 0 && len(out) < limit {
		out, note = flushBase64(out, acc, n), "base64 without its end"
	}
	return out, note
}

// maxBase64Looks is at how many damaged lines it is asked whether they are text that comes after base64 without padding.
const maxBase64Looks = 32

func flushBase64(out []byte, acc uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(acc>>4))
	case 3:
		return append(out, byte(acc>>10), byte(acc>>2))
	}
	return out
}

// likeBase64 looks at the beginning of b: words with blanks between them are not base64. One line of it is enough, since
// plain text may come after it.
func likeBase64(b []byte) bool {
	good, junk, blanks := 0, 0, 0
	b = bytes.TrimSpace(b[:min(len(b), 1024)])
	if line, _, _ := bytes.Cut(b, []byte("\n")); base64Line(line) && (len(line) >= 60 || bytes.IndexByte(line, '=') > 0 || standsForText(line)) {
		return true
	}
	for i, c := range b {
		switch v := base64Value[c]; {
		case v < 64 || c == '=':
			good++
		case v == base64Junk:
			junk++
		case c == ' ' && i+1 < len(b) && base64Value[b[i+1]] < 64:
			blanks++
		}
	}
	return (junk+blanks)*16 <= good || blanks == 0 && junk*4 <= good
}

// standsForText says whether a line of base64 is one of text, which a word that only looks like base64 hardly ever is.
func standsForText(line []byte) bool {
	if line = bytes.TrimSpace(line); len(line) < 8 {
		return false
	}
	out := make([]byte, 0, 60)
	for i := 0; i+3 < len(line); i += 4 {
		v, w, x, y := base64Value[line[i]], base64Value[line[i+1]], base64Value[line[i+2]], base64Value[line[i+3]]
		if v|w|x|y >= 64 {
			return false
		}
		out = append(out, v<<2|w>>4, w<<4|x>>2, x<<6|y)
	}
	for _, c := range out {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return utf8.Valid(out)
}

// base64Line says whether a line has nothing but base64 in it.
func base64Line(line []byte) bool {
	for _, c := range line {
		if base64Value[c] >= 64 && c != '=' && c != '\r' && c != '\n' && c != ' ' && c != '\t' {
			return false
		}
	}
	line = bytes.TrimSpace(line)
	return len(line)%4 == 0 && bytes.IndexByte(line, ' ') < 0
}

// fromUU decodes the first file of a uuencoded text.
func fromUU(b []byte, limit int) ([]byte, bool) {
	var out []byte
	begun := false
	for len(b) > 0 && len(out) < limit {
		line := b
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			line, b = b[:end], b[end+1:]
		} else {
			b = nil
		}
		line = bytes.TrimRight(line, "\r")
		if !begun {
			begun = bytes.HasPrefix(line, []byte("begin "))
			continue
		}
		if len(line) == 0 || string(line) == "end" {
			break
		}
		size := int(line[0]-' ') & 63
		line = line[1:]
		for size > 0 {
			var q [4]byte
			for i := range q {
				if i < len(line) {
					q[i] = (line[i] - ' ') & 63
				}
			}
			three := [3]byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
			out = append(out, three[:min(3, size)]...)
			size -= 3
			line = line[min(4, len(line)):]
		}
	}
	return out, begun
}

const (
	base64Blank = 64 // white space and "="
	base64Junk  = 65
)

var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = base64Junk
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = byte(i)
	}
	for _, c := range " \t\r\n=\x00" {
		t[byte(c)] = base64Blank
	}
	return t
}()

var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
		if j := strings.IndexByte("0123456789abcdef", byte(i)|0x20); j >= 0 && (i >= 'A' || i <= '9') {
			t[i] = byte(j)
		}
	}
	return t
}()

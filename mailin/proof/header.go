package proof

import (
	"bytes"
	"strings"
)

// field is a line of the header, unfolded.
type field struct{ name, value string }

// readHeader reads the header as RFC 5322 has it. A line that is none makes it unreadable: mailin/mime, which bears with such lines, may
// take one for the beginning of the body, and a signature does not cover it.
func readHeader(raw []byte) (list []field, why string) {
	for at := 0; at < len(raw); {
		line := raw[at:]
		if n := bytes.IndexByte(line, '\n'); n >= 0 {
			line = line[:n]
		}
		at += len(line) + 1
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch {
		case len(line) == 0:
			return list, ""
		case bytes.IndexByte(line, '\r') >= 0:
			return nil, "a carriage return stands within a line of its header"
		case line[0] == ' ' || line[0] == '\t':
			if len(list) == 0 || len(bytes.TrimSpace(line)) == 0 {
				return nil, "its header has a line that belongs to nothing"
			}
			list[len(list)-1].value += " " + string(bytes.TrimSpace(line))
		default:
			name, value, ok := bytes.Cut(line, []byte(":"))
			if !ok || len(name) == 0 || bytes.IndexFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
				return nil, "its header has a line that is no field"
			}
			list = append(list, field{strings.ToLower(string(name)), string(bytes.TrimSpace(value))})
		}
	}
	return nil, "its header has no end"
}

func count(fields []field, name string) int {
	n := 0
	for _, f := range fields {
		if f.name == name {
			n++
		}
	}
	return n
}

// withoutComments takes comments (RFC 5322 §3.2.2) out of a structured field, and out of quoted strings what could be taken for its
// structure: addresses within either are the sender's to choose.
func withoutComments(s string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case quoted:
			if quoted = c != '"'; quoted && !strings.ContainsRune("; \t=()", rune(c)) {
				b.WriteByte(c)
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			if depth--; depth == 0 {
				b.WriteByte(' ')
			}
		case depth > 0:
		case c == '"':
			quoted = true
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

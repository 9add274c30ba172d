package mime

import (
	"bytes"
	"strings"
)

// maxPartHeader is how much of the header of a part or of a mail within a mail is read.
const maxPartHeader = 64 << 10

// field is a header line as it stands: unfolded, not decoded.
type field struct{ name, value string }

// scanHeader reads the header block at the scanner's position and leaves the position at what follows it. Lines that
// are no fields are mended as other readers do: "From " lines of mailboxes are dropped, a broken line in the midst of a header is
// taken as a continuation, and one that is followed by no header is where the body begins.
func (s *scanner) scanHeader(limit int) []field {
	block, after := s.headerBlock(limit)
	text := string(block)
	fields := make([]field, 0, strings.Count(text, "\n")+1)
	for at := 0; at < len(text); {
		start := at
		var line string
		line, at = cutLine(text, at)
		switch {
		case line == "":
		case line[0] == ' ' || line[0] == '\t':
			if strings.Trim(line, " \t") == "" {
				if next, _ := cutLine(text, at); fieldName(next) == "" && next != "" && next[0] != ' ' && next[0] != '\t' {
					s.pos += at
					return fields
				}
				continue
			}
			if len(fields) == 0 {
				s.defect("header begins with a blank")
				if f, ok := splitField(strings.TrimLeft(line, " \t")); ok {
					fields = append(fields, f)
				}
				continue
			}
			// Whole continuations are joined at once, so that a field of many lines takes linear time.
			first := start
			for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
				_, at = cutLine(text, at)
			}
			f := &fields[len(fields)-1]
			f.value = unfold(f.value, text[first:at])
		case line[0] == '-' && s.isDelimiter(line):
			s.pos += start
			s.defect("header without end")
			return fields
		default:
			if f, ok := splitField(line); ok {
				if len(fields) < MaxFields {
					fields = append(fields, f)
				} else {
					s.defect(defectHeader)
				}
				continue
			}
			if strings.HasPrefix(line, ">From ") || strings.HasPrefix(line, "From ") && (len(fields) == 0 || headerFollows(text, at)) {
				continue
			}
			if !headerFollows(text, at) {
				if len(fields) > 0 {
					s.defect("no blank line after the header")
				}
				s.pos += start
				return fields
			}
			s.defect("header line without a colon")
			if len(fields) > 0 {
				f := &fields[len(fields)-1]
				f.value = unfold(f.value, line)
			}
		}
	}
	s.pos += len(text) + after(len(text))
	return fields
}

// headerBlock finds the header block: what comes before the first empty line, at most limit bytes of it. after tells how
// many bytes to skip from an offset at which reading the block ended regularly.
func (s *scanner) headerBlock(limit int) (block []byte, after func(int) int) {
	b := s.raw[s.pos:]
	at := 0
	for at < len(b) {
		line := b[at:]
		n := bytes.IndexByte(line, '\n')
		if n < 0 {
			at = len(b)
			break
		}
		if n == 0 || blankCR(line[:n]) {
			skip := n + 1
			if at <= limit {
				return b[:at], func(int) int { return skip }
			}
			end := at
			s.defect(defectHeader)
			cut := bytes.LastIndexByte(b[:limit], '\n') + 1
			return b[:cut], func(from int) int { return end + skip - from }
		}
		at += n + 1
	}
	if at <= limit {
		return b, func(int) int { return 0 }
	}
	s.defect(defectHeader)
	cut := bytes.LastIndexByte(b[:limit], '\n') + 1
	return b[:cut], func(from int) int { return len(b) - from }
}

// blankCR says whether a line has nothing but carriage returns.
func blankCR(line []byte) bool {
	for _, c := range line {
		if c != '\r' {
			return false
		}
	}
	return true
}

// cutLine returns the line at an offset without its end, and where the next begins.
func cutLine(text string, at int) (line string, next int) {
	n := strings.IndexByte(text[at:], '\n')
	if n < 0 {
		line, next = text[at:], len(text)
	} else {
		line, next = text[at:at+n], at+n+1
	}
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, next
}

// splitField takes a line apart into name and value.
func splitField(line string) (field, bool) {
	name := fieldName(line)
	if name == "" {
		return field{}, false
	}
	value := line[strings.IndexByte(line, ':')+1:]
	return field{name, withoutControls(strings.Trim(value, " \t\r"))}, true
}

// withoutControls leaves control characters out of a value as it stands, but for tabs and the escapes of ISO-2022.
func withoutControls(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' && c != 0x1b || c == 0x7f {
			b := append(make([]byte, 0, len(s)), s[:i]...)
			for ; i < len(s); i++ {
				if c := s[i]; c >= ' ' && c != 0x7f || c == '\t' || c == 0x1b {
					b = append(b, c)
				}
			}
			return string(b)
		}
	}
	return s
}

// fieldName returns the name of the field on a line, "" if there is no field. Blanks before the colon and 8-bit
// characters are borne with, blanks within are not: such lines are text.
func fieldName(line string) string {
	colon := strings.IndexByte(line[:min(len(line), 256)], ':')
	if colon < 1 {
		return ""
	}
	name := strings.TrimRight(line[:colon], " \t")
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c == 0x7f {
			return ""
		}
	}
	return name
}

// headerFollows says whether soon after an offset there is a field that only a mail's header has.
func headerFollows(text string, at int) bool {
	for range 20 {
		if at >= len(text) {
			return false
		}
		var line string
		line, at = cutLine(text, at)
		if line == "" {
			return false
		}
		if usualField(fieldName(line)) {
			return true
		}
	}
	return false
}

// usualField says whether a name is one of a mail's header.
func usualField(name string) bool {
	if len(name) > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-' {
		return true
	}
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references", "received",
		"return-path", "delivered-to", "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
		"content-language", "content-description", "content-length", "dkim-signature", "authentication-results", "received-spf",
		"list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "list-archive", "precedence", "auto-submitted",
		"importance", "priority", "thread-topic", "thread-index", "user-agent", "organization", "errors-to", "resent-from",
		"resent-to", "resent-date", "resent-message-id", "status", "lines", "arc-seal", "arc-message-signature", "domainkey-signature",
		"arc-authentication-results", "comments", "keywords", "mailing-list", "disposition-notification-to", "envelope-to":
		return true
	}
	return false
}

// unfold adds continuation lines to a value. Every fold becomes one blank.
func unfold(value, more string) string {
	var b strings.Builder
	b.Grow(len(value) + len(more) + 1)
	b.WriteString(value)
	for at := 0; at < len(more); {
		var line string
		line, at = cutLine(more, at)
		if line = strings.Trim(line, " \t\r"); line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return withoutControls(b.String())
}

package outbox

import "bytes"

// appendData appends raw to dst as it goes over the wire after DATA, without the final dot: every line ends in CRLF, a
// lone CR or LF is a line end too (a receiver that takes one for it must not see another mail than we do), a dot that
// begins a line is doubled (RFC 5321 §4.5.2), and the last line is ended.
func appendData(dst, raw []byte) []byte {
	for len(raw) > 0 {
		if raw[0] == '.' {
			dst = append(dst, '.')
		}
		end := lineEnd(raw)
		dst = append(append(dst, raw[:end]...), '\r', '\n')
		raw = raw[end:]
		switch {
		case len(raw) > 1 && raw[0] == '\r' && raw[1] == '\n':
			raw = raw[2:]
		case len(raw) > 0:
			raw = raw[1:]
		}
	}
	return dst
}

// lineEnd is where the first line of raw ends: at a CR, at a LF, or at the end.
func lineEnd(raw []byte) int {
	end := bytes.IndexByte(raw, '\n')
	if end < 0 {
		end = len(raw)
	}
	if cr := bytes.IndexByte(raw[:end], '\r'); cr >= 0 {
		return cr
	}
	return end
}

// is7bit tells whether raw has only ASCII bytes.
func is7bit(raw []byte) bool {
	for _, b := range raw {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

package outbox

import (
	"bytes"
	"encoding/binary"
)

// appendData appends raw to dst as it goes over the wire after DATA, without the final dot: every line ends in CRLF, a
// lone CR or LF is a line end too (a receiver that takes one for it must not see another mail than we do), a dot that
// begins a line is doubled (RFC 5321 §4.5.2), and the last line is ended.
func appendData(dst, raw []byte) []byte {
	if isReady(raw) {
		return append(dst, raw...)
	}
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

// isReady tells whether raw goes over the wire as it is.
func isReady(raw []byte) bool {
	lines := 0
	for rest := raw; len(rest) > 0; lines++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' || rest[0] == '.' {
			return false
		}
		rest = rest[end+1:]
	}
	return bytes.Count(raw, []byte("\r")) == lines
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
	for ; len(raw) >= 8; raw = raw[8:] {
		if binary.LittleEndian.Uint64(raw)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, b := range raw {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

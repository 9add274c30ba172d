package mime

import (
	"encoding/base64"
	"unicode/utf16"
)

// fromUTF7 decodes RFC 2152. What is not UTF-7 stays as it is.
func fromUTF7(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			out = append(out, b[i])
			continue
		}
		end := i + 1
		for end < len(b) && base64Value[b[end]] < 64 {
			end++
		}
		if end == i+1 {
			out = append(out, '+')
			if end < len(b) && b[end] == '-' {
				i = end
			}
			continue
		}
		words := make([]byte, base64.RawStdEncoding.DecodedLen(end-i-1))
		n, _ := base64.RawStdEncoding.Decode(words, b[i+1:end])
		if n < 2 { // not even one character
			out = append(out, b[i:end]...)
			i = end - 1
			continue
		}
		units := make([]uint16, n/2)
		for j := range units {
			units[j] = uint16(words[2*j])<<8 | uint16(words[2*j+1])
		}
		out = append(out, string(utf16.Decode(units))...)
		if end < len(b) && b[end] == '-' {
			end++
		}
		i = end - 1
	}
	return out
}

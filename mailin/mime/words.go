package mime

import (
	"strings"
	"unicode/utf8"
)

// decodeWords decodes the encoded words of RFC 2047 in an unfolded header value, wherever they stand. Neighbours of one
// charset are put together before they are decoded, since some mailers cut characters in two. 8-bit text between
// them is read by evidence, with the charset of the body as a hint.
func decodeWords(s, hint string) string {
	if !strings.Contains(s, "=?") {
		return textOf(s, hint)
	}
	var out strings.Builder
	var pending []byte // bytes of words not yet decoded
	var cut string     // base64 that goes on in the next word
	charset := ""
	flush := func() {
		if cut != "" {
			b, _ := fromBase64([]byte(cut), MaxText)
			pending, cut = append(pending, b...), ""
		}
		if len(pending) > 0 {
			text, _ := toUTF8(pending, charset)
			out.WriteString(cleanLine(text))
			pending = pending[:0]
		}
	}
	ends := strings.LastIndex(s, "?=") // no word can end after it
	after := false                     // a word was just read
	for at := 0; at < len(s); {
		start := strings.Index(s[at:], "=?")
		if start < 0 {
			flush()
			out.WriteString(textOf(s[at:], hint))
			break
		}
		start += at
		w, end, ok := nextWord(s, start, ends)
		if !ok {
			flush()
			out.WriteString(textOf(s[at:start+2], hint))
			at, after = start+2, false
			continue
		}
		if gap := s[at:start]; !after || strings.Trim(gap, " \t") != "" {
			flush()
			out.WriteString(textOf(gap, hint))
		}
		if !equalFold(w.charset, charset) || !w.base64 && cut != "" {
			flush()
			charset = w.charset
		}
		if w.base64 {
			text := cut + w.text
			cut = ""
			if n := len(text) &^ 3; n < len(text) && text[len(text)-1] != '=' {
				text, cut = text[:n], text[n:]
			}
			b, _ := fromBase64([]byte(text), MaxText)
			pending = append(pending, b...)
		} else {
			pending = append(pending, fromQ(w.text)...)
		}
		at, after = end, true
	}
	flush()
	return out.String()
}

type word struct {
	charset string
	base64  bool
	text    string // encoded
}

// nextWord reads the encoded word that begins at start.
func nextWord(s string, start, ends int) (w word, end int, ok bool) {
	rest := s[start+2:]
	q := strings.IndexByte(rest[:min(len(rest), 64)], '?')
	if q < 1 || len(rest) < q+3 || rest[q+2] != '?' || strings.ContainsAny(rest[:q], " \t=") {
		return word{}, 0, false
	}
	from := start + 2 + q + 3
	if from > ends { // cut off: all that is there
		if strings.ContainsAny(s[from:], " ?") {
			return word{}, 0, false
		}
		end, ends = len(s), len(s)
	} else {
		ends = from + strings.Index(s[from:], "?=")
		end = ends + 2
	}
	w.charset, w.text = charsetName(rest[:q]), s[from:ends]
	switch rest[q+1] {
	case 'B', 'b':
		w.base64 = true
	case 'Q', 'q':
	default:
		return word{}, 0, false
	}
	return w, end, true
}

// fromQ decodes the Q encoding of RFC 2047.
func fromQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && hexValue[s[i+1]] < 16 && hexValue[s[i+2]] < 16:
			out = append(out, hexValue[s[i+1]]<<4|hexValue[s[i+2]])
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

// textOf makes header text valid: plain ASCII as it is, other bytes by evidence, without control characters.
func textOf(s, hint string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	if !utf8.ValidString(s) || strings.IndexByte(s, 0x1b) >= 0 {
		s, _ = toUTF8([]byte(s), hint)
	}
	return cleanLine(s)
}

// cleanLine leaves control characters and line ends out of one line of text.
func cleanLine(s string) string {
	clean := func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufeff':
			return -1
		}
		return r
	}
	return strings.Map(clean, s)
}

// withoutBidi leaves out the characters that turn the direction of what follows.
func withoutBidi(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c' {
			return -1
		}
		return r
	}, s)
}

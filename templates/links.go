package templates

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a piece of text; a link if it is one.
type span struct {
	text string
	link bool
}

// spans takes text apart into links (http, https and mailto, nothing else) and what stands between them.
func spans(s string) []span {
	var list []span
	rest := 0 // where the text not yet put out begins
	for at := 0; at < len(s); {
		colon := strings.IndexByte(s[at:], ':')
		if colon < 0 {
			break
		}
		colon += at
		start := linkStart(s[rest:colon])
		if start < 0 {
			at = colon + 1
			continue
		}
		start += rest
		end := linkEnd(s, start)
		if !isLink(s[start:end]) {
			at = colon + 1
			continue
		}
		if start > rest {
			list = append(list, span{text: s[rest:start]})
		}
		list = append(list, span{text: s[start:end], link: true})
		rest, at = end, end
	}
	if rest < len(s) {
		list = append(list, span{text: s[rest:]})
	}
	return list
}

// linkStart is where a scheme that we link begins, which ends where s ends; -1 if there is none.
func linkStart(s string) int {
	for _, scheme := range []string{"https", "http", "mailto"} {
		n := len(s) - len(scheme)
		if n < 0 || !strings.EqualFold(s[n:], scheme) {
			continue
		}
		if n > 0 && isSchemeByte(s[n-1]) { // javahttp:
			continue
		}
		return n
	}
	return -1
}

func isSchemeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '_'
}

// linkEnd is where a link that begins at start ends: before white space, quotes and angle brackets, without the punctuation
// that belongs to the sentence around it.
func linkEnd(s string, start int) int {
	end := start
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`{}|\\^、。，；：！？（）「」『』【】《》“”„«»…", r) || r == utf8.RuneError {
			break
		}
		end += size
	}
	for end > start {
		switch c := s[end-1]; c {
		case '.', ',', ';', ':', '!', '?', '\'', '*', '_', '~':
		case ')', ']':
			open := map[byte]string{')': "(", ']': "["}[c]
			if strings.Count(s[start:end], open) >= strings.Count(s[start:end], string(c)) {
				return end
			}
		default:
			return end
		}
		end--
	}
	return end
}

func isLink(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > 2000 {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return strings.Contains(u.Opaque, "@")
	}
	return false
}

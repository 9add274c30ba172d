package mime

import (
	"sort"
	"strconv"
	"strings"
)

// partHead is what the header of a part says of it.
type partHead struct {
	kind        string // media type
	params      map[string]string
	transfer    string
	disposition string
	name        string // of the file
	id          string // Content-ID
	declared    bool   // there was a Content-Type
	defect      string
}

func (h *partHead) multipart() bool { return strings.HasPrefix(h.kind, "multipart/") }

func (h *partHead) message() bool { return h.kind == "message/rfc822" || h.kind == "message/global" }

func (h *partHead) text() bool { return strings.HasPrefix(h.kind, "text/") }

// winmail says whether a part is what Outlook sends to those it takes for users of Outlook.
func (h *partHead) winmail() bool {
	switch h.kind {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return true
	}
	return equalFold(h.name, "winmail.dat")
}

// partHeadOf reads the fields that tell what a part is.
func partHeadOf(fields []field, digest bool) partHead {
	h := partHead{kind: "text/plain"}
	if digest {
		h.kind = "message/rfc822"
	}
	var names map[string]string
	for i := range fields {
		name, value := fields[i].name, fields[i].value
		if len(name) < 10 || name[0]|0x20 != 'c' || !equalFold(name[:8], "Content-") || value == "" {
			continue
		}
		switch {
		case len(name) == 12 && equalFold(name, "Content-Type"):
			if h.declared {
				h.defect = "more than one Content-Type"
				continue
			}
			kind, params := parseParams(value)
			h.declared = true
			h.params = params
			h.kind, h.defect = mediaType(kind, params, h.kind)
		case len(name) == 19 && equalFold(name, "Content-Disposition"):
			if h.disposition == "" {
				h.disposition, names = parseParams(value)
			}
		case len(name) == 25 && equalFold(name, "Content-Transfer-Encoding"):
			if h.transfer == "" {
				h.transfer = value
			}
		case len(name) == 10 && equalFold(name, "Content-ID"):
			h.id = value
		}
	}
	for _, n := range []string{names["filename"], h.params["name"], names["name"], h.params["filename"]} {
		if n = strings.TrimSpace(withoutBidi(n)); n != "" {
			h.name = n
			break
		}
	}
	return h
}

// mediaType brings a media type to its usual form. What is none is taken for text, or for bytes if it has a file name.
func mediaType(kind string, params map[string]string, usual string) (string, string) {
	switch kind {
	case "text/plain", "text/html", "multipart/alternative", "multipart/mixed":
		return kind, ""
	case "text", "html", "multipart", "message":
		return map[string]string{"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed", "message": "message/rfc822"}[kind],
			"Content-Type is incomplete"
	case "plain/text", "text/text", "text/txt", "text/ascii", "application/plain", "text/x-plain":
		return "text/plain", "bad Content-Type"
	case "html/text", "text/htm", "text/xhtml", "application/html":
		return "text/html", "bad Content-Type"
	}
	major, minor, ok := strings.Cut(kind, "/")
	if major, minor = strings.TrimSpace(major), strings.TrimSpace(minor); ok && major != "" && minor != "" && !strings.ContainsAny(kind, "()<>@,:\\\"[]?=") {
		return major + "/" + minor, ""
	}
	if params["name"] != "" {
		return "application/octet-stream", "bad Content-Type"
	}
	if params["boundary"] != "" {
		return "multipart/mixed", "bad Content-Type"
	}
	return usual, "bad Content-Type"
}

// parseParams takes "value; name=value; …" apart, however it is written: RFC 2231 continuations and charsets, encoded
// words where they must not be, blanks in unquoted values, missing semicolons. Names and the first value come in lower case.
func parseParams(s string) (string, map[string]string) {
	end := strings.IndexAny(s, "; \t")
	if end < 0 {
		return lower(strings.TrimSpace(s)), nil
	}
	value := lower(strings.TrimRight(s[:end], ":,"))
	params := make(map[string]string, 2)
	var pieces []piece
	for s = strings.TrimLeft(s[end:], "; \t,"); s != ""; s = strings.TrimLeft(s, "; \t,") {
		if s[0] == '(' {
			end := new(quotes).commentEnd(s, 0)
			if end < 0 {
				break
			}
			s = s[end+1:]
			continue
		}
		eq := strings.IndexAny(s, "=;")
		if eq < 0 {
			break
		}
		name := strings.TrimSpace(s[:eq])
		if s[eq] == ';' {
			s = s[eq:]
			continue
		}
		if i := strings.LastIndexAny(name, " \t"); i >= 0 {
			name = name[i+1:]
		}
		var v string
		v, s = paramValue(strings.TrimLeft(s[eq+1:], " \t"), name)
		name = lower(name)
		if star := strings.IndexByte(name, '*'); star > 0 {
			if len(pieces) < 1000 {
				pieces = append(pieces, pieceOf(name[:star], name[star+1:], v))
			}
			continue
		}
		if _, ok := params[name]; !ok && name != "" && len(params) < 100 {
			params[name] = decodeWords(v, "")
		}
	}
	join(pieces, params)
	return value, params
}

// paramValue reads one value and returns what comes after it.
func paramValue(s, name string) (value, rest string) {
	if s == "" || s[0] != '"' {
		end := strings.IndexByte(s, ';')
		if end < 0 {
			end = len(s)
		}
		value = s[:end]
		// A blank ends a value if another parameter follows it; file names have blanks in them.
		for at := 0; at < min(end, 1000); at++ {
			if s[at] != ' ' && s[at] != '\t' {
				continue
			}
			tail := strings.TrimLeft(s[at:min(end, at+200)], " \t")
			if eq := strings.IndexByte(tail, '='); eq > 0 && token(tail[:eq]) || strings.HasPrefix(tail, "(") {
				return s[:at], s[at:]
			}
		}
		return strings.Trim(value, " \t\""), s[end:]
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return unescape(s[1:i], name), s[i+1:]
		}
	}
	if end := strings.IndexByte(s, ';'); end > 0 { // never closed
		return s[1:end], s[end:]
	}
	return s[1:], ""
}

// unescape undoes quoted pairs. In file names a backslash before a letter is taken for a Windows path.
func unescape(s, name string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	path := strings.HasPrefix(lower(name), "filename") || equalFold(name, "name")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!path || s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// piece is one part of a value that RFC 2231 spreads over several parameters.
type piece struct {
	name    string
	number  int
	encoded bool
	value   string
}

func pieceOf(name, suffix, value string) piece {
	p := piece{name: name, value: value}
	if strings.HasSuffix(suffix, "*") {
		suffix, p.encoded = suffix[:len(suffix)-1], true
	}
	if suffix == "" {
		p.encoded = true // name*=charset'language'value
		return p
	}
	p.number, _ = strconv.Atoi(suffix)
	return p
}

// join puts the pieces of RFC 2231 together.
func join(pieces []piece, params map[string]string) {
	sort.SliceStable(pieces, func(i, j int) bool {
		if pieces[i].name != pieces[j].name {
			return pieces[i].name < pieces[j].name
		}
		return pieces[i].number < pieces[j].number
	})
	for len(pieces) > 0 {
		name, charset := pieces[0].name, ""
		var b []byte
		for first := true; len(pieces) > 0 && pieces[0].name == name; first, pieces = false, pieces[1:] {
			v := pieces[0].value
			if !pieces[0].encoded {
				b = append(b, v...)
				continue
			}
			if first {
				if parts := strings.SplitN(v, "'", 3); len(parts) == 3 {
					charset, v = parts[0], parts[2]
				}
			}
			for i := 0; i < len(v); i++ {
				if v[i] == '%' && i+2 < len(v) && hexValue[v[i+1]] < 16 && hexValue[v[i+2]] < 16 {
					b = append(b, hexValue[v[i+1]]<<4|hexValue[v[i+2]])
					i += 2
				} else {
					b = append(b, v[i])
				}
			}
		}
		text, _ := toUTF8(b, charset)
		if strings.Contains(text, "=?") {
			text = decodeWords(text, "")
		}
		params[name] = cleanLine(text)
	}
}

// token says whether s can be the name of a parameter.
func token(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '-' && c != '_' && c != '*' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// lower makes text valid and lower-case.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c < ' ' || c >= 0x7f {
			return strings.ToLower(textOf(s, ""))
		}
	}
	return s
}

package mime

import (
	"regexp"
	"strings"
)

// addrSpec finds what can only be an address in text that no grammar fits.
var addrSpec = regexp.MustCompile(`[^\s<>()\[\],;:"@\\]+@[^\s<>()\[\],;:"@\\]+`)

// parseAddresses reads an address list as it stands in a field, before its encoded words are decoded. It bears with
// missing commas, names with commas and with colons, comments, groups, routes and 8-bit text. Of more than may be kept, it
// reads one.
func parseAddresses(s, hint string) []Address {
	var list []Address
	if len(s) > 1000 { // "a@b," is the shortest
		list = make([]Address, 0, min(strings.Count(s, "@"), len(s)/4, MaxAddresses+1))
	}
	start := 0 // of the piece being read
	angle, last := "", -1
	seen := false // an "@" in the piece
	final := strings.LastIndexByte(s, '@')
	var q quotes
	emit := func(end int) {
		piece := s[start:end]
		switch {
		case last >= 0:
			list = appendAddress(list, s[start:last], angle, hint)
			if rest := s[min(end, last+len(angle)+2):end]; strings.IndexByte(rest, '@') >= 0 {
				list = bareAddresses(list, rest, hint)
			}
		case seen:
			list = bareAddresses(list, piece, hint)
		}
		start, angle, last, seen = end+1, "", -1, false
	}
	for i := 0; i < len(s) && len(list) <= MaxAddresses; i++ {
		switch s[i] {
		case '@':
			seen = true
		case '"':
			i = max(i, q.end(s, i))
		case '(':
			i = max(i, q.commentEnd(s, i))
		case '<':
			end := strings.IndexAny(s[i+1:], "<>")
			if end < 0 {
				end = len(s) - i - 1
			} else if s[i+1+end] == '<' { // "<<a@b>>", or a name with a "<" in it
				continue
			}
			inner := s[i+1 : i+1+end]
			if last >= 0 { // a comma is missing between two
				list = appendAddress(list, s[start:last], angle, hint)
				start = min(len(s), last+len(angle)+2)
				angle, last = "", -1
			}
			if strings.IndexByte(inner, '@') >= 0 || strings.TrimSpace(inner) == "" || final < i {
				angle, last = inner, i
			}
			i += end + 1
		case ',', ';':
			// Names such as "Doe, John <j@d>" are written without quotes: a piece with no address belongs to the next.
			if s[i] == ',' && last < 0 && !seen {
				continue
			}
			emit(i)
		case ':':
			if last < 0 && !seen { // the name of a group, or "mailto:"
				start = i + 1
			}
		}
	}
	if start < len(s) && len(list) <= MaxAddresses {
		emit(len(s))
	}
	return list
}

// quotes finds the ends of quoted strings and comments. After one that has no end none is looked for any more, which
// keeps hostile input linear.
type quotes struct{ noQuote, noComment bool }

// end returns where the quoted string that begins at an offset ends, -1 if it does not.
func (q *quotes) end(s string, at int) int {
	for i := at + 1; i < len(s) && !q.noQuote; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	q.noQuote = true
	return -1
}

// commentEnd returns where the comment that begins at an offset ends, -1 if it does not.
func (q *quotes) commentEnd(s string, at int) int {
	depth := 0
	for i := at; i < len(s) && !q.noComment; i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	q.noComment = true
	return -1
}

func appendAddress(list []Address, name, addr, hint string) []Address {
	spec := addrOf(addr)
	if spec == "" {
		found := addrSpec.FindString(addr) // "<postmaster a@b>"
		if strings.Count(addr, "@") != 1 {
			return list
		}
		if spec = addrOf(found); spec == "" {
			return list
		}
	}
	return append(list, Address{Name: displayName(name, hint), Addr: spec})
}

// bareAddresses reads addresses without angle brackets: "a@b", "a@b (Name)", and several of them without commas.
func bareAddresses(list []Address, piece, hint string) []Address {
	text, comment := withoutComments(piece)
	if spec := addrOf(text); spec != "" {
		return append(list, Address{Name: displayName(comment, hint), Addr: spec})
	}
	text = withoutQuoted(text)
	for i, at := range addrSpec.FindAllStringIndex(text, MaxAddresses+1-len(list)) {
		if at[0] > 0 && text[at[0]-1] == '@' || at[1] < len(text) && text[at[1]] == '@' {
			continue // which of two domains is meant nobody knows
		}
		if spec := addrOf(text[at[0]:at[1]]); spec != "" {
			name := ""
			if i == 0 {
				name = displayName(text[:at[0]], hint)
			}
			list = append(list, Address{Name: name, Addr: spec})
		}
	}
	return list
}

// addrOf brings an addr-spec to its usual form, "" if it is none.
func addrOf(s string) string {
	s = strings.Trim(s, " \t<>,;'")
	if strings.IndexByte(s, '(') >= 0 {
		s, _ = withoutComments(s)
		s = strings.TrimSpace(s)
	}
	if len(s) > 7 && equalFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "@") { // a route
		i := strings.LastIndexByte(s, ':')
		if i < 0 {
			return ""
		}
		s = s[i+1:]
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 1000 || strings.IndexByte(s, 0x1b) >= 0 { // in an escape sequence it is no "@"
		return ""
	}
	local, domain := strings.TrimSpace(s[:at]), strings.TrimRight(strings.TrimSpace(s[at+1:]), ".")
	if domain == "" || local == "" || strings.ContainsAny(domain, " \t\"<>,;@\\") {
		return ""
	}
	if local[0] == '"' {
		if new(quotes).end(local, 0) != len(local)-1 {
			return ""
		}
		inner := local[1 : len(local)-1]
		if inner != "" && !strings.ContainsAny(inner, " \t\"\\()<>[],;:@") {
			local = inner // quoted for nothing
		}
	} else if strings.ContainsAny(local, " \t\"<>,;:@\\()") {
		return ""
	}
	if len(local)+1+len(domain) < len(s) {
		s = local + "@" + domain
	}
	return lower(s)
}

// displayName decodes the phrase before an address.
func displayName(s, hint string) string {
	s = strings.Trim(s, " \t,;<>")
	if s == "" {
		return ""
	}
	if strings.IndexByte(s, '"') >= 0 {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' && i+1 < len(s) {
				i++
			} else if s[i] == '"' {
				continue
			}
			b.WriteByte(s[i])
		}
		s = b.String()
	} else if s[0] == '(' && new(quotes).commentEnd(s, 0) == len(s)-1 {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(withoutBidi(decodeWords(s, hint)))
}

// withoutComments parts the comments from the rest; of several the first is returned.
func withoutComments(s string) (text, comment string) {
	if strings.IndexByte(s, '(') < 0 {
		return s, ""
	}
	var b strings.Builder
	b.Grow(len(s))
	var q quotes
	for i := 0; i < len(s); i++ {
		end := -1
		switch s[i] {
		case '"':
			if end = q.end(s, i); end > 0 {
				b.WriteString(s[i : end+1])
			}
		case '(':
			if end = q.commentEnd(s, i); end > 0 && comment == "" {
				comment = s[i+1 : end]
			}
		}
		if end > 0 {
			i = end
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String(), comment
}

// withoutQuoted leaves out quoted strings: an address in a display name is no address.
func withoutQuoted(s string) string {
	if strings.IndexByte(s, '"') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	var q quotes
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			if end := q.end(s, i); end > 0 && (end+1 >= len(s) || s[end+1] != '@') {
				i = end
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parseIDs reads message identifiers: what stands in angle brackets, or else the words with an "@" in them.
func parseIDs(s string) []string {
	if strings.HasPrefix(s, "=?") {
		s = decodeWords(s, "")
	}
	var ids []string
	for rest := s; ; {
		open := strings.IndexByte(rest, '<')
		if open < 0 {
			break
		}
		rest = rest[open+1:]
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			break
		}
		if i := strings.LastIndexByte(rest[:end], '<'); i >= 0 {
			rest, end = rest[i+1:], end-i-1
		}
		if id := cleanID(rest[:end]); id != "" {
			ids = append(ids, id)
		}
		rest = rest[end+1:]
	}
	if ids != nil {
		return ids
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		if id := cleanID(strings.Trim(word, "<>")); strings.IndexByte(id, '@') > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// parseID reads one message identifier, such as it is.
func parseID(s string) string {
	if ids := parseIDs(s); len(ids) > 0 {
		return ids[0]
	}
	return cleanID(strings.Trim(s, "<> \t"))
}

// cleanID leaves blanks out of an identifier: they come from folding.
func cleanID(s string) string {
	if strings.ContainsAny(s, " \t") {
		s = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' {
				return -1
			}
			return r
		}, s)
	}
	return textOf(s, "")
}

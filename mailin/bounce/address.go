package bounce

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mention is an address in a line.
type mention struct {
	addr     string // in lower case
	from, to int    // where it stands, without brackets
	bracket  bool   // it stands in < >
}

// mentions finds the addresses in a line. Letters beyond ASCII belong to an address only within < >: in Japanese an address stands among other
// words without a blank.
func mentions(s string) []mention {
	var list []mention
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 || len(list) >= maxMentions {
			return list
		}
		i += at
		at = i + 1
		m, ok := mentionAt(s, i)
		if !ok || len(list) > 0 && m.from < list[len(list)-1].to {
			continue
		}
		at = max(at, m.to)
		list = append(list, m)
	}
}

// longestLocal is how many bytes of a local part are read. RFC 5321 allows 64; variable envelope senders have more.
const longestLocal = 256

// mentionAt reads the address around the @ at i.
func mentionAt(s string, i int) (mention, bool) {
	from := localBefore(s, i)
	to := domainBehind(s, i+1)
	if open := strings.LastIndexByte(s[max(0, i-longestLocal):i], '<'); open >= 0 {
		open += max(0, i-longestLocal) + 1
		if end := strings.IndexByte(s[i:min(len(s), i+longestLocal)], '>'); end > 1 {
			within := s[open : i+end]
			if !strings.ContainsAny(within, " \t:;,<") && strings.Count(within, "@") == 1 {
				from, to = open, i+end
			}
		}
	}
	for from < i && (s[from] == '\'' || s[from] == '=' || s[from] == '.' || s[from] == '*' && s[max(0, i-1)] != '*') {
		from++
	}
	for to > i+1 && (s[to-1] == '.' || s[to-1] == '-') {
		to--
	}
	bracket := from > 0 && s[from-1] == '<' && to < len(s) && s[to] == '>'
	local, domain := s[from:i], s[i+1:to]
	if local == "" || domain == "" || !strings.Contains(domain, ".") && domain[0] != '[' && !bracket {
		return mention{}, false
	}
	for _, label := range []string{"to=", "rcpt=", "recipient=", "user=", "address="} {
		if rest, ok := strings.CutPrefix(strings.ToLower(local), label); ok && rest != "" {
			from += len(label)
			local = s[from:i]
		}
	}
	return mention{addr: strings.ToLower(local + "@" + domain), from: from, to: to, bracket: bracket}, true
}

func localBefore(s string, i int) int {
	if i > 1 && s[i-1] == '"' {
		least := max(0, i-longestLocal)
		if open := strings.LastIndexByte(s[least:i-1], '"'); open >= 0 {
			return least + open
		}
	}
	from := i
	for from > 0 && i-from < longestLocal && localByte(s[from-1]) {
		from--
	}
	return from
}

func domainBehind(s string, i int) int {
	if i < len(s) && s[i] == '[' {
		if end := strings.IndexByte(s[i:min(len(s), i+64)], ']'); end > 0 {
			return i + end + 1
		}
		return i
	}
	to := i
	for to < len(s) && to-i < 255 && (alphanumeric(s[to]) || s[to] == '.' || s[to] == '-' || s[to] == '_') {
		to++
	}
	return to
}

func localByte(c byte) bool {
	return alphanumeric(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

func alphanumeric(c byte) bool { return letter(c) || digit(c) }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// typed reads an address of a report's field: "rfc822; ana@example.org", with or without the type, brackets and a comment. A local name is given
// as it is.
func typed(value string) string {
	value = strings.TrimSpace(value)
	if strings.IndexFunc(value, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 || escaped.MatchString(value) {
		if addr := bare(unescape(value)); isAddress(addr) && strings.Count(addr, "@") == 1 && !strings.ContainsAny(addr, "()<>,;:\" \t") {
			return addr
		}
	}
	if list := mentions(value); len(list) > 0 {
		return list[0].addr
	}
	value = bare(value)
	if i := strings.LastIndexByte(value, '@'); i > 0 && !strings.ContainsAny(value, " \t") { // a domain without a dot
		return value
	}
	if len(value) > longestLocal || strings.ContainsAny(value, " \t") {
		return ""
	}
	return value
}

// bare takes off an address its type and what it stands in.
func bare(value string) string {
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(kind, " @<") {
		value = strings.TrimSpace(rest)
	}
	return strings.ToLower(strings.Trim(value, `<>"' `))
}

// escaped is a letter beyond ASCII in a report that is to be ASCII (RFC 6533 §3).
var escaped = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{2,6})\}`)

func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(code string) string {
		r, err := strconv.ParseUint(code[3:len(code)-1], 16, 32)
		if err != nil || !utf8.ValidRune(rune(r)) || r < utf8.RuneSelf {
			return code
		}
		return string(rune(r))
	})
}

// isAddress tells an address from a local name.
func isAddress(s string) bool { return strings.LastIndexByte(s, '@') > 0 }

// isOffice tells the addresses of a mail system itself, which reports name for people to write to.
func isOffice(addr string) bool {
	local, _, _ := strings.Cut(addr, "@")
	local, _, _ = strings.Cut(local, "+")
	switch local {
	case "postmaster", "post-master", "post_master", "mailer-daemon", "mailer_daemon", "mailerdaemon", "mail-daemon", "abuse", "hostmaster",
		"helpdesk", "help-desk", "support", "noreply", "no-reply",
		"no_reply", "donotreply", "do-not-reply", "mailadmin", "administrator", "servicedesk", "root", "daemon", "mailer", "webmaster", "feedback", "help":
		return true
	}
	return false
}

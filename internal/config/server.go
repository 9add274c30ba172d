package config

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/spell"
)

// Security is how a connection is protected.
type Security string

// The securities.
const (
	TLS      Security = "tls"      // from the first byte
	StartTLS Security = "starttls" // before anything else is said
	Plain    Security = "plain"    // not at all; to this machine only
)

// Server is an IMAP or SMTP server and how to log in to it.
type Server struct {
	Scheme   string // of the URL: imaps, imap+starttls, imap, smtps, smtp+starttls, smtp
	Security Security
	Host     string
	Port     int
	User     string // "": no login
	Secret   Secret // of the user; zero with Token
	// Token gives an access token in place of a password; nil if there is a password. It is safe for use by several
	// goroutines and renews the token when needed.
	Token func(ctx context.Context) (string, error)
}

// Addr is the host and port to dial.
func (s Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// String gives the URL and the user.
func (s Server) String() string {
	text := s.Scheme + "://" + s.Addr()
	if s.User != "" {
		text += " as " + s.User
	}
	return text
}

// LogValue is String.
func (s Server) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Loopback tells whether the server is on this machine.
func (s Server) Loopback() bool { return loopback(s.Host) }

// SMTP is where mail is sent.
type SMTP struct {
	Server
	Pace Pace
	VERP bool // bounces come to an address of their own for each mail
}

// Pace is how many mails may be sent in a time. It converts to the outbox's.
type Pace struct {
	N   int
	Per time.Duration
}

// String gives the form "10/s".
func (p Pace) String() string {
	for _, u := range paceUnits {
		if u.per == p.Per {
			return fmt.Sprintf("%d/%s", p.N, u.words[0])
		}
	}
	return fmt.Sprintf("%d/%s", p.N, p.Per)
}

var paceUnits = []struct {
	words []string
	per   time.Duration
}{
	{[]string{"s", "sec", "second"}, time.Second}, {[]string{"min", "m", "minute"}, time.Minute},
	{[]string{"h", "hour"}, time.Hour}, {[]string{"day", "d"}, 24 * time.Hour},
}

// ParsePace reads "10/s", "25/min", "500/h" or "2000/day".
func ParsePace(s string) (Pace, error) {
	count, unit, ok := strings.Cut(s, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if ok && err == nil && n > 0 && n <= 1_000_000 {
		for _, u := range paceUnits {
			if slices.Contains(u.words, strings.TrimSpace(unit)) {
				return Pace{n, u.per}, nil
			}
		}
	}
	return Pace{}, fmt.Errorf("%q is not a pace; write it as 10/s, 25/min, 500/h or 2000/day", s)
}

// DefaultPace is what a server is known to take: Microsoft 365 throttles at 30 a minute.
func DefaultPace(host string) Pace {
	host = strings.ToLower(host)
	for _, known := range []string{"office365.com", "outlook.com", "hotmail.com"} {
		if host == known || strings.HasSuffix(host, "."+known) {
			return Pace{25, time.Minute}
		}
	}
	return Pace{10, time.Second}
}

type scheme struct {
	word     string
	security Security
	port     int
}

var schemes = map[string][]scheme{
	"imap": {{"imaps", TLS, 993}, {"imap+starttls", StartTLS, 143}, {"imap", Plain, 143}},
	"smtp": {{"smtps", TLS, 465}, {"smtp+starttls", StartTLS, 587}, {"smtp", Plain, 25}},
}

// What people write for a scheme.
var schemeWords = map[string]string{
	"imapstarttls": "imap+starttls", "imaptls": "imaps", "imapssl": "imaps", "ssl": "imaps", "tls": "imaps", "starttls": "imap+starttls",
	"smtpstarttls": "smtp+starttls", "smtptls": "smtps", "smtpssl": "smtps", "submission": "smtp+starttls", "submissions": "smtps",
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$`)

// ParseServer reads an address such as imaps://imap.example.com:993 of the given protocol, "imap" or "smtp". The error
// is a Problem without a file.
func ParseServer(protocol, address string) (Server, error) {
	s, text, hint := parseServer(protocol, address)
	if text != "" {
		return Server{}, Problem{File: protocol, Text: text, Hint: hint}
	}
	return s, nil
}

func parseServer(protocol, address string) (s Server, wrong, hint string) {
	var words []string
	for _, scheme := range schemes[protocol] {
		words = append(words, scheme.word)
	}
	example := fmt.Sprintf("such as %ss://%s.example.com", protocol, protocol)
	word, rest, ok := strings.Cut(strings.TrimSpace(address), "://")
	if strings.Contains(rest, "@") || !ok && strings.Contains(word, "@") {
		return s, "a server's url holds neither user nor password", "write them as user = … and password_file = …, and the url " + example
	}
	if !ok {
		hint := example
		if host, _, _ := strings.Cut(word, ":"); hostName.MatchString(host) {
			hint = fmt.Sprintf("write %ss://%s, or %s+starttls://%s", protocol, word, protocol, word)
		}
		return s, fmt.Sprintf("%q does not say how to connect", word), hint
	}
	i := slices.Index(words, strings.ToLower(word))
	if i < 0 {
		meant := spell.Nearest(word, words)
		near := strings.ToLower(strings.NewReplacer("+", "", "-", "", "_", "").Replace(word))
		if known := schemeWords[near]; known != "" {
			meant = protocol + known[4:] // both protocols have the same three
		}
		return s, fmt.Sprintf("unknown scheme %q", word), didYouMean(meant, words)
	}
	chosen := schemes[protocol][i]
	s = Server{Scheme: chosen.word, Security: chosen.security, Port: chosen.port}
	rest = strings.TrimSuffix(rest, "/")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		hint := "end the url after the port"
		if protocol == "imap" && rest[i] == '/' {
			hint = fmt.Sprintf("end the url after the port and write folder = %q", rest[i+1:])
		}
		return s, fmt.Sprintf("a server's url has no %q", rest[i:]), hint
	}
	s.Host = rest
	if host, port, err := net.SplitHostPort(rest); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return s, fmt.Sprintf("%q is not a port", port), fmt.Sprintf("a number from 1 to 65535, usually %d", chosen.port)
		}
		s.Host, s.Port = host, int(n)
	} else if strings.HasPrefix(rest, "[") && strings.HasSuffix(rest, "]") {
		s.Host = rest[1 : len(rest)-1]
	}
	s.Host = strings.ToLower(s.Host)
	if _, err := netip.ParseAddr(s.Host); err != nil && (!hostName.MatchString(s.Host) || len(s.Host) > 253) {
		return s, fmt.Sprintf("%q is not a host", s.Host), example
	}
	if s.Security == Plain && !loopback(s.Host) {
		return s, fmt.Sprintf("%s:// would send mail and password unprotected to %s; it is for this machine only", s.Scheme, s.Host),
			fmt.Sprintf("write %ss://%s or %s+starttls://%s", protocol, s.Host, protocol, s.Host)
	}
	return s, "", ""
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// server reads what [imap] and [smtp] have in common. own begins the names that are proposed for files with secrets.
func (c *Config) server(t *table, protocol, own string) Server {
	oauthTable := t.table("oauth")
	address, ok := t.text("url", fmt.Sprintf("%ss://%s.example.com", protocol, protocol))
	var s Server
	usable := false
	if ok {
		var wrong, hint string
		if s, wrong, hint = parseServer(protocol, address); wrong != "" {
			t.wrong("url", hint, "%s", wrong)
		} else {
			usable = true
			c.warnPort(t, s)
		}
	} else if !t.has("url") {
		t.missing(t.line("url"), "url", fmt.Sprintf(`add url = "%ss://%s.example.com"`, protocol, protocol), "%s has no url", t.name)
	}
	user, hasUser := t.text("user", c.Address)
	secret, hasSecret := c.secret(t, own, oauthTable != nil)
	s.Secret = secret
	if oauthTable != nil {
		if o := c.readOAuth(oauthTable, own); o != nil {
			s.Token, s.Secret = o.Token, Secret{}
		}
	}
	switch {
	case hasSecret || oauthTable != nil:
		if s.User = user; !hasUser && !t.has("user") {
			s.User = c.Address
		}
	case protocol == "smtp" && !hasUser && (!usable || s.Loopback()):
		// a relay on this machine needs no login
	case protocol == "smtp" && (!hasUser || c.account(user) != nil): // one account has one password
		account := c.account(user)
		if !hasUser {
			account = &c.IMAP
		}
		s.User, s.Secret, s.Token = account.User, account.Secret, account.Token
	default:
		file := "imap.secret"
		if protocol == "imap" {
			file = own + ".secret"
		}
		t.missing(t.doc.lines.of(t.path), strings.Join(secretKeys, " ")+" oauth", fmt.Sprintf(`add password_file = %q, or one of %s, or [%s.oauth]`, file, strings.Join(secretKeys[1:], ", "), protocol),
			"%s does not say where the password is", t.name)
	}
	return s
}

// warnPort warns about the port of another scheme, on which the connection would hang or be refused.
func (c *Config) warnPort(t *table, s Server) {
	if s.Loopback() {
		return
	}
	usual := map[int]string{993: "imaps", 143: "imap+starttls", 465: "smtps", 587: "smtp+starttls"}[s.Port]
	if usual != "" && usual != s.Scheme {
		c.warn(t, "url", fmt.Sprintf("if it cannot connect, write %s://%s", usual, s.Addr()), "port %d is usually %s, not %s", s.Port, usual, s.Scheme)
	}
}

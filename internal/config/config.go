// Package config reads the two files that an admin writes: daybreak.toml, which says where mail comes from and goes to,
// and a team file, which says who is in a team and when they work. It names every mistake at once, each with its line.
//
// It writes neither of them (it only gives their text), knows no database and connects to nothing, except to the token
// address of an OAuth provider when an access token is asked for.
package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// MaxLocalPart is the longest local part of daybreak's address: the reply address puts a plus and a token behind it, and
// a local part has at most 64 characters (RFC 5321 section 4.5.3.1.1).
const MaxLocalPart = 64 - 1 - token.MaxLen

// UnitState is the directory that systemd makes for the unit's state.
const UnitState = "/var/lib/daybreak"

// Config is what daybreak.toml says, with everything that it leaves out filled in.
type Config struct {
	File     string
	Address  string // replies arrive here; also the From of what is sent; lower-case
	Admin    string // is told by mail what is the matter; "" for nobody; lower-case
	IMAP     IMAP   // the account that is read, the first if there are several
	More     []IMAP // the further ones
	SMTP     SMTP
	Database string // path of the SQLite file
	HTTP     HTTP
	DKIM     DKIM
	Warnings []Problem // what works but deserves a word

	dir string // where relative paths start
}

// HTTP is where health and metrics are served.
type HTTP struct {
	Listen    string // host:port on this machine, "" for not at all
	PublicURL string // under which a web server passes the links in mails on to Listen, without a slash at the end; "" for none
}

// LogValue gives the parts that help to see which configuration is at work; there are no secrets in a Config.
func (c *Config) LogValue() slog.Value {
	var read []string
	for _, i := range c.Accounts() {
		read = append(read, i.Server.String())
	}
	return slog.GroupValue(slog.String("file", c.File), slog.String("address", c.Address), slog.String("imap", strings.Join(read, ", ")),
		slog.Any("smtp", c.SMTP.Server), slog.String("database", c.Database), slog.String("http", c.HTTP.Listen))
}

// Load reads daybreak.toml. The error is Errors if the file could be read but has mistakes.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(data, path)
}

// Parse reads the text of a daybreak.toml. Its name serves for messages, and relative paths start at its directory.
func Parse(data []byte, name string) (*Config, error) {
	c := &Config{File: name, dir: filepath.Dir(name)}
	doc := &document{file: name}
	top := doc.open(data)
	if top == nil {
		return nil, doc.err()
	}
	c.readAddress(top)
	c.readAdmin(top)
	section := func(key string) *table {
		t := top.table(key)
		if t == nil && !top.has(key) {
			top.missing(0, key, fmt.Sprintf("add [%s] with url, user and password_file; see daybreak init --sample", key), "there is no [%s]", key)
		}
		return t
	}
	c.readAccounts(top, section)
	if t := section("smtp"); t != nil {
		c.SMTP.Server = c.server(t, "smtp", "smtp")
		c.SMTP.Pace = DefaultPace(c.SMTP.Host)
		if text, ok := t.text("pace", "10/s"); ok {
			pace, err := ParsePace(text)
			if err != nil {
				t.wrong("pace", "", "%v", err)
			}
			c.SMTP.Pace = pace
		}
		c.SMTP.VERP = t.flag("verp", false)
		t.close()
	}
	c.readDatabase(top)
	c.readHTTP(top)
	c.readDKIM(top)
	top.close()
	if err := doc.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Config) warn(t *table, key, hint, format string, args ...any) {
	c.Warnings = append(c.Warnings, Problem{File: t.doc.file, Line: t.line(key), Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *Config) readAddress(top *table) {
	address, ok := top.text("address", "updates@example.com")
	if !ok {
		if !top.has("address") {
			top.missing(0, "address", `add address = "updates@example.com", where replies arrive`, "there is no address")
		}
		return
	}
	clean, wrong, hint := CheckAddress(address)
	if wrong == "" {
		wrong, hint = CheckOwnAddress(clean)
	}
	if wrong != "" {
		top.wrong("address", hint, "%s", wrong)
		return
	}
	c.Address = clean
}

// readAdmin reads who is told what is the matter.
func (c *Config) readAdmin(top *table) {
	admin, ok := top.text("admin", "you@example.com")
	if !ok {
		return
	}
	clean, wrong, hint := CheckAdmin(admin, c.Address)
	if wrong != "" {
		top.wrong("admin", hint, "%s", wrong)
		return
	}
	c.Admin = clean
}

// CheckAdmin is CheckAddress for the admin's: daybreak's own, "" if it is not known, would have it read what it wrote.
func CheckAdmin(admin, own string) (clean, wrong, hint string) {
	clean, wrong, hint = CheckAddress(admin)
	local, domain, _ := strings.Cut(own, "@")
	if wrong == "" && own != "" && (clean == own || strings.HasPrefix(clean, local+"+") && strings.HasSuffix(clean, "@"+domain)) {
		return "", fmt.Sprintf("%q is daybreak's own address: nobody would read what it tells", admin), "write an address of your own, in another mailbox"
	}
	return clean, wrong, hint
}

// CheckAddress gives an address in the form in which it is kept, or what is wrong with it and what would be right.
func CheckAddress(address string) (clean, wrong, hint string) { return checkAddress(address, false) }

// checkAddress is CheckAddress, but what stands before the @ may be beyond ASCII if that is wanted (RFC 6531): mail goes there where the server
// that sends it offers SMTPUTF8.
func checkAddress(address string, beyond bool) (clean, wrong, hint string) {
	const example = "write it as name@example.com"
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return "", fmt.Sprintf("%q is not an email address", address), example
	}
	clean = team.CleanAddress(address)
	if parsed.Name != "" || clean != strings.ToLower(parsed.Address) {
		return "", fmt.Sprintf("%q is more than an email address", address), fmt.Sprintf("write only %q", strings.ToLower(parsed.Address))
	}
	local, domain, _ := strings.Cut(clean, "@")
	if strings.ContainsAny(clean, " \"()[]\\") || strings.Count(clean, "@") != 1 {
		return "", fmt.Sprintf("%q is not an ordinary email address", address), example
	}
	if !ascii(domain) {
		if plain, err := idna.Lookup.ToASCII(domain); err == nil {
			return "", fmt.Sprintf("the domain of %q is not in the form that mail uses", address), fmt.Sprintf("write %q", local+"@"+plain)
		}
	}
	if !ascii(clean) && !beyond {
		return "", fmt.Sprintf("%q has letters that not every mail server takes", address), "use an address of plain letters, digits, dots and dashes"
	}
	if !norm.NFC.IsNormalString(clean) || strings.IndexFunc(local, func(c rune) bool {
		return c >= 0x80 && !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c)
	}) >= 0 {
		return "", fmt.Sprintf("%q has marks that no mail server takes", address), example
	}
	if !hostName.MatchString(domain) || strings.HasSuffix(domain, ".") || len(domain) > 253 {
		return "", fmt.Sprintf("%q is not a domain", domain), example
	}
	if len(local) > 64 {
		return "", fmt.Sprintf("the part before the @ of %q is longer than 64 characters", address), ""
	}
	return clean, "", ""
}

// CheckOwnAddress tells what is wrong with an address that is to be daybreak's own, and what to do about it.
func CheckOwnAddress(address string) (wrong, hint string) {
	local, domain, _ := strings.Cut(address, "@")
	if len(local) > MaxLocalPart {
		return fmt.Sprintf("the part before the @ of %q has %d characters; at most %d leave room for the reply address", address, len(local), MaxLocalPart),
			fmt.Sprintf("use a shorter address of the same mailbox, such as updates@%s", domain)
	}
	return "", ""
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// readDatabase finds the SQLite file. Configuration is in /etc, but state is not, so that a relative path under systemd
// starts at the StateDirectory, and at the same place for the other commands, run by hand.
func (c *Config) readDatabase(top *table) {
	path := "daybreak.db"
	if t := top.table("database"); t != nil {
		if address, ok := t.text("url", "daybreak.db"); ok {
			path = address
			rest, isSQLite := strings.CutPrefix(address, "sqlite:")
			switch {
			case isSQLite:
				if path = strings.TrimPrefix(rest, "//"); path == "" {
					t.wrong("url", `such as url = "sqlite:daybreak.db"`, "url %q names no file", address)
				}
			case strings.Contains(address, "://") || strings.HasPrefix(address, "file:"):
				word, _, _ := strings.Cut(address, ":")
				t.wrong("url", `write a path, or sqlite:PATH, such as url = "daybreak.db"`, "unknown database %q", word)
			}
			if strings.ContainsAny(path, "?#") {
				t.wrong("url", "daybreak sets SQLite's options itself; write the path alone", "url has a ? or # in it")
			}
			if strings.HasPrefix(path, "~") {
				t.wrong("url", "write the path out", "url: ~ is not replaced here: %q", path)
			}
		}
		t.close()
	}
	c.Database = absolute(c.stateDir(), path)
}

// stateDir is where a relative database path starts: under systemd at the unit's StateDirectory, for a
// configuration in /etc always at /var/lib/daybreak, else beside the configuration.
func (c *Config) stateDir() string {
	if dir, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":"); filepath.IsAbs(dir) {
		return dir
	}
	if dir, err := filepath.Abs(c.dir); err == nil && (dir == "/etc" || strings.HasPrefix(dir, "/etc/")) {
		return UnitState
	}
	return c.dir
}

func (c *Config) readHTTP(top *table) {
	t := top.table("http")
	if t == nil {
		return
	}
	defer t.close()
	c.HTTP.PublicURL = readPublicURL(t)
	listen, ok := t.values["listen"].(string)
	if t.has("listen") && ok && listen == "" {
		if c.HTTP.PublicURL != "" {
			t.wrong("public_url", `write listen = "127.0.0.1:8026" too`, "links to %s lead nowhere without listen", c.HTTP.PublicURL)
		}
		return
	}
	if listen, ok = t.text("listen", "127.0.0.1:8026"); !ok {
		return
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.wrong("listen", "write it as 127.0.0.1:8026", "%q is not an address with a port", listen)
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		t.wrong("listen", "write it as 127.0.0.1:8026", "%q is not a port", port)
	} else if !loopback(host) {
		hint := fmt.Sprintf("write 127.0.0.1:%d and put a web server before it", n)
		if _, err := netip.ParseAddr(host); host != "" && err != nil {
			hint = fmt.Sprintf("write 127.0.0.1:%d", n)
		}
		t.wrong("listen", hint, "%q can be reached from other machines; health and metrics are for this one only", listen)
	}
	c.HTTP.Listen = listen
}

// maxPublicURL is how long it may be, in bytes: a link has to fit a line of a header.
const maxPublicURL = 200

// readPublicURL reads under which address a web server passes the links in mails on; "" for none.
func readPublicURL(t *table) string {
	const example = "https://updates.example.com"
	public, ok := t.text("public_url", example)
	if !ok {
		return ""
	}
	u, err := url.Parse(public)
	plain := err == nil && u.Scheme == "https" && u.Host != "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.User == nil
	if !plain || len(public) > maxPublicURL || public != u.String() || strings.ContainsAny(public, "<>,#") {
		t.wrong("public_url", "write it as "+example+", where a web server passes /u/ on to listen", "%q is not an https address", public)
		return ""
	}
	return strings.TrimRight(public, "/")
}

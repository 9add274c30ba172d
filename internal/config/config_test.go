package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// good is a configuration without mistakes; the tests below break it one line at a time.
const good = `address = "updates@example.com"
[imap]
url = "imaps://imap.example.com:993"
user = "updates@example.com"
password_file = "imap.secret"
[smtp]
url = "smtps://smtp.example.com:465"
user = "updates@example.com"
password_file = "imap.secret"
[database]
url = "daybreak.db"
[http]
listen = "127.0.0.1:8026"
`

func TestEveryMistakeIsNamedWithLineWordAndRemedy(t *testing.T) {
	const schemes = "(allowed: imaps, imap+starttls, imap)"
	for _, c := range []struct{ name, old, new, want string }{
		{"key misspelt at the top", `address =`, `adress =`,
			`daybreak.toml:1: unknown key "adress" in the top of the file; did you mean "address"? (allowed: address, admin, imap, smtp, database, http, dkim)`},
		{"section misspelt", `[http]`, `[htp]`,
			`daybreak.toml:12: unknown key "htp" in the top of the file; did you mean "http"? (allowed: address, admin, imap, smtp, database, http, dkim)`},
		{"other word for a key", `listen =`, `bind =`,
			`daybreak.toml:13: unknown key "bind" in [http]; did you mean "listen"? (allowed: public_url, listen)`},
		{"key that nothing is near to", `listen = "127.0.0.1:8026"`, `colour = "red"`,
			`daybreak.toml:13: unknown key "colour" in [http]; allowed: public_url, listen`},
		{"public address without https", `[http]`, "[http]\npublic_url = \"http://x.example\"",
			`daybreak.toml:13: "http://x.example" is not an https address; write it as https://updates.example.com, where a web server passes /u/ on to listen`},
		{"public address that nothing answers", `listen = "127.0.0.1:8026"`, "listen = \"\"\npublic_url = \"https://x.example\"",
			`daybreak.toml:14: links to https://x.example lead nowhere without listen; write listen = "127.0.0.1:8026" too`},
		{"signature without a key", good, good + "[dkim]\nselector = \"daybreak\"\n",
			`daybreak.toml:14: [dkim] has no key_file; daybreak dkim init makes a key and says what to write`},
		{"signature without a selector", good, good + "[dkim]\nkey_file = \"dkim.key\"\n",
			`daybreak.toml:14: [dkim] has no selector; daybreak dkim init makes a key and says what to write`},
		{"selector that is none", good, good + "[dkim]\nselector = \"a;b\"\nkey_file = \"dkim.key\"\n",
			`daybreak.toml:15: "a;b" is not a selector: it has small letters, digits, dashes and dots, 63 at most; daybreak dkim init makes a key and says what to write`},
		{"signature of another domain", good, good + "[dkim]\nselector = \"a\"\nkey_file = \"dkim.key\"\ndomain = \"example.org\"\n",
			`daybreak.toml:17: a signature of example.org says nothing of mail from updates@example.com; write "example.com", or leave it out`},
		{"address left out", `address = "updates@example.com"`, ``,
			`daybreak.toml: there is no address; add address = "updates@example.com", where replies arrive`},
		{"address that is none", `address = "updates@example.com"`, `address = "updates"`,
			`daybreak.toml:1: "updates" is not an email address; write it as name@example.com`},
		{"address with a name", `address = "updates@example.com"`, `address = "Daily <updates@example.com>"`,
			`daybreak.toml:1: "Daily <updates@example.com>" is more than an email address; write only "updates@example.com"`},
		{"address too long for a token", `address = "updates@example.com"`, `address = "platform-team-updates@example.com"`,
			`daybreak.toml:1: the part before the @ of "platform-team-updates@example.com" has 21 characters; at most 18 leave room for the reply address; use a shorter address of the same mailbox, such as updates@example.com`},
		{"address with a domain of other letters", `address = "updates@example.com"`, `address = "updates@bücher.example"`,
			`daybreak.toml:1: the domain of "updates@bücher.example" is not in the form that mail uses; write "updates@xn--bcher-kva.example"`},
		{"address of a wrong type", `address = "updates@example.com"`, `address = ["updates@example.com"]`,
			`daybreak.toml:1: address must be a string, not a list; write it as address = "updates@example.com"`},
		{"empty address", `address = "updates@example.com"`, `address = " "`,
			`daybreak.toml:1: address is empty; such as address = "updates@example.com"`},
		{"admin that is none", `[imap]`, "admin = \"me\"\n[imap]",
			`daybreak.toml:2: "me" is not an email address; write it as name@example.com`},
		{"admin that is daybreak", `[imap]`, "admin = \"Updates+ops@example.com\"\n[imap]",
			`daybreak.toml:2: "Updates+ops@example.com" is daybreak's own address: nobody would read what it tells; write an address of your own, in another mailbox`},
		{"no scheme", `imaps://imap.example.com:993`, `imap.example.com:993`,
			`daybreak.toml:3: "imap.example.com:993" does not say how to connect; write imaps://imap.example.com:993, or imap+starttls://imap.example.com:993`},
		{"scheme misspelt", `imaps://`, `imap+startls://`,
			`daybreak.toml:3: unknown scheme "imap+startls"; did you mean "imap+starttls"? ` + schemes},
		{"other word for a scheme", `imaps://`, `ssl://`,
			`daybreak.toml:3: unknown scheme "ssl"; did you mean "imaps"? ` + schemes},
		{"scheme of the other protocol", `smtps://`, `https://`,
			`daybreak.toml:7: unknown scheme "https"; allowed: smtps, smtp+starttls, smtp`},
		{"user and password in a url", `imaps://`, `imaps://me:hunter2@`,
			`daybreak.toml:3: a server's url holds neither user nor password; write them as user = … and password_file = …, and the url such as imaps://imap.example.com`},
		{"folder in a url", `:993`, `:993/Updates`,
			`daybreak.toml:3: a server's url has no "/Updates"; end the url after the port and write folder = "Updates"`},
		{"authserv-id", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "imap.secret"` + "\nauthserv_id = \"mx.example.com; spf=pass\"\n[smtp]",
			`daybreak.toml:6: "mx.example.com; spf=pass" is not a name that a server signs with; write the first word of the Authentication-Results lines in your mail, such as "mx.example.com"; daybreak check finds it`},
		{"folder and folders", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "imap.secret"` + "\nfolder = \"Team\"\nfolders = [\"INBOX\"]\n[smtp]",
			`daybreak.toml:6: there are both folder and folders; write all of them in folders, the one in which most mail arrives first`},
		{"a folder twice", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "imap.secret"` + "\nfolders = [\"INBOX\",\n\"Team\", \"inbox\"]\n[smtp]",
			`daybreak.toml:7: the folder "INBOX" is named twice; name each folder once`},
		{"junk that is the inbox", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "imap.secret"` + "\njunk = \"Inbox\"\n[smtp]",
			`daybreak.toml:6: the folder "INBOX" is named twice; name each folder once`},
		{"no folders", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "imap.secret"` + "\nfolders = []\n[smtp]",
			`daybreak.toml:6: folders names none; such as folders = ["INBOX", "Team"]`},
		{"port that is none", `:993`, `:99333`,
			`daybreak.toml:3: "99333" is not a port; a number from 1 to 65535, usually 993`},
		{"host that is none", `imap.example.com`, `imap example`,
			`daybreak.toml:3: "imap example" is not a host; such as imaps://imap.example.com`},
		{"plain to another machine", `imaps://imap.example.com:993`, `imap://imap.example.com`,
			`daybreak.toml:3: imap:// would send mail and password unprotected to imap.example.com; it is for this machine only; write imaps://imap.example.com or imap+starttls://imap.example.com`},
		{"url left out", `url = "imaps://imap.example.com:993"`, ``,
			`daybreak.toml:2: [imap] has no url; add url = "imaps://imap.example.com"`},
		{"section left out", good[strings.Index(good, "[smtp]"):strings.Index(good, "[database]")], "",
			`daybreak.toml: there is no [smtp]; add [smtp] with url, user and password_file; see daybreak init --sample`},
		{"password in the file", `password_file = "imap.secret"` + "\n[smtp]", `password = "hunter2"` + "\n[smtp]",
			`daybreak.toml:5: a password must not stand in the configuration; put it into a file of its own that only daybreak can read and write password_file = "imap.secret"`},
		{"no password", `password_file = "imap.secret"` + "\n[smtp]", "\n[smtp]",
			`daybreak.toml:2: [imap] does not say where the password is; add password_file = "imap.secret", or one of password_env, password_command, password_credential, or [imap.oauth]`},
		{"password key misspelt", `password_file = "imap.secret"` + "\n[smtp]", `password_fil = "x"` + "\n[smtp]",
			`daybreak.toml:5: unknown key "password_fil" in [imap]; did you mean "password_file"? (allowed: oauth, url, user, password_file, password_env, password_command, password_credential, folders, folder, junk, sent_folder, authserv_id)`},
		{"two passwords", `password_file = "imap.secret"` + "\n[smtp]", "password_file = \"a\"\npassword_env = \"B\"\n[smtp]",
			`daybreak.toml:6: [imap] has both password_file and password_env; keep one of them`},
		{"password and token", `[smtp]`, "[imap.oauth]\nprovider = \"google\"\nclient_id = \"x\"\nrefresh_token_file = \"t\"\n[smtp]",
			`daybreak.toml:5: [imap] has both imap.oauth and password_file; keep one of them`},
		{"home directory", `password_file = "imap.secret"` + "\n[smtp]", `password_file = "~/secret"` + "\n[smtp]",
			`daybreak.toml:5: password_file: ~ is not replaced here: "~/secret"; write the path out`},
		{"empty command", `password_file = "imap.secret"` + "\n[smtp]", "password_command = []\n[smtp]",
			`daybreak.toml:5: password_command names no command; such as password_command = "pass show daybreak"`},
		{"pace", `[database]`, "pace = \"fast\"\n[database]",
			`daybreak.toml:10: "fast" is not a pace; write it as 10/s, 25/min, 500/h or 2000/day`},
		{"pace as a number", `[database]`, "pace = 10\n[database]",
			`daybreak.toml:10: pace must be a string, not a number; write it as pace = "10/s"`},
		{"other database", `daybreak.db`, `postgres://localhost/daybreak`,
			`daybreak.toml:11: unknown database "postgres"; write a path, or sqlite:PATH, such as url = "daybreak.db"`},
		{"options of SQLite", `daybreak.db`, `sqlite:daybreak.db?mode=ro`,
			`daybreak.toml:11: url has a ? or # in it; daybreak sets SQLite's options itself; write the path alone`},
		{"key defined twice", `address =`, "database = \"daybreak.db\"\naddress =",
			"daybreak.toml:11: Key 'database' has already been defined.\n    11 | [database]\n       |  ^"},
		{"listening for everybody", `127.0.0.1:8026`, `:8026`,
			`daybreak.toml:13: ":8026" can be reached from other machines; health and metrics are for this one only; write 127.0.0.1:8026 and put a web server before it`},
		{"listening without a port", `127.0.0.1:8026`, `localhost`,
			`daybreak.toml:13: "localhost" is not an address with a port; write it as 127.0.0.1:8026`},
		{"syntax", `user = "updates@example.com"` + "\npassword_file", `user = updates@example.com` + "\npassword_file",
			"daybreak.toml:4: expected value but found \"updates\" instead\n     4 | user = updates@example.com\n       |        ^"},
		{"syntax at the end of a line", `[database]`, `[database`,
			"daybreak.toml:10: expected '.' or ']' to end table name, but got '\\n' instead\n    10 | [database\n       |          ^"},
		{"syntax where a secret stands", `password_file = "imap.secret"` + "\n[smtp]", "password = hunter2\n[smtp]",
			`daybreak.toml:5: the value of password is not valid TOML; a string is written in quotes: key = "value"`},
		{"provider of tokens", `password_file = "imap.secret"` + "\n[smtp]", "oauth = {provider = \"gogle\"}\n[smtp]",
			`3 mistakes
  daybreak.toml:5: [imap.oauth] has no client_id; add client_id = "…" from the provider's page for applications
  daybreak.toml:5: [imap.oauth] has no refresh_token_file; add refresh_token_file = "imap.token"; or, for access of the application itself, client_secret_file and scopes
  daybreak.toml:5: unknown provider "gogle"; did you mean "google"? (allowed: google, microsoft); for any other write token_url`},
		{"secrets of tokens in the file", `password_file = "imap.secret"` + "\n[smtp]", "[imap.oauth]\nclient_id = \"x\"\nclient_secret = \"hunter2\"\ntoken_url = \"http://a.example\"\nrefresh_token_file = \"t\"\n[smtp]",
			`2 mistakes
  daybreak.toml:7: a secret must not stand in the configuration; put it into a file of its own and write client_secret_file = "…"
  daybreak.toml:8: token_url "http://a.example" is not an https address; such as token_url = "https://login.example.com/token"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the good configuration has no %q", c.old)
			}
			_, err := Parse([]byte(strings.Replace(good, c.old, c.new, 1)), "daybreak.toml")
			if got := fmt.Sprint(err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the error shows a secret")
			}
			if problems := (Errors)(nil); !errors.As(err, &problems) {
				t.Errorf("the error is a %T", err)
			}
		})
	}
}

func TestAllMistakesOfAFileComeAtOnceInOrder(t *testing.T) {
	_, err := Parse([]byte(`adress = "updates@example.com"
http = 8026
[imap]
url = "imap+tls://imap.example.com"
usr = "updates@example.com"
password_file = ""
[smtp]
url = "smtp://smtp.example.com"
pace = "10/parsec"
`), "/etc/daybreak/daybreak.toml")
	const want = `7 mistakes
  /etc/daybreak/daybreak.toml:1: unknown key "adress" in the top of the file; did you mean "address"? (allowed: address, admin, imap, smtp, database, http, dkim)
  /etc/daybreak/daybreak.toml:2: http must be a table, not a number; write [http] on a line of its own and its keys below
  /etc/daybreak/daybreak.toml:4: unknown scheme "imap+tls"; did you mean "imaps"? (allowed: imaps, imap+starttls, imap)
  /etc/daybreak/daybreak.toml:5: unknown key "usr" in [imap]; did you mean "user"? (allowed: oauth, url, user, password_file, password_env, password_command, password_credential, folders, folder, junk, sent_folder, authserv_id)
  /etc/daybreak/daybreak.toml:6: password_file is empty; such as password_file = "imap.secret"
  /etc/daybreak/daybreak.toml:8: smtp:// would send mail and password unprotected to smtp.example.com; it is for this machine only; write smtps://smtp.example.com or smtp+starttls://smtp.example.com
  /etc/daybreak/daybreak.toml:9: "10/parsec" is not a pace; write it as 10/s, 25/min, 500/h or 2000/day`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsLeftOutIsFilledIn(t *testing.T) {
	c, err := Parse([]byte(`address = "Updates@Example.com"
[imap]
url = "imap+starttls://IMAP.example.com"
password_env = "SECRET"
[smtp]
url = "smtp://localhost"
`), "conf/daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		File: "conf/daybreak.toml", Address: "updates@example.com", Database: "conf/daybreak.db", dir: "conf",
		IMAP: IMAP{Folder: "INBOX", Server: Server{Scheme: "imap+starttls", Security: StartTLS, Host: "imap.example.com", Port: 143, User: "updates@example.com"}},
		SMTP: SMTP{Pace: Pace{10, time.Second}, Server: Server{Scheme: "smtp", Security: Plain, Host: "localhost", Port: 25}},
	}
	if c.IMAP.Secret.IsZero() {
		t.Error("the IMAP login has no secret")
	}
	c.IMAP.Secret = Secret{}
	if !reflect.DeepEqual(*c, want) {
		t.Errorf("got\n%+v\nwant\n%+v", *c, want)
	}
}

func TestWithoutALoginOfItsOwnSMTPUsesThatOfIMAP(t *testing.T) {
	t.Setenv("SECRET", "hunter2")
	for _, c := range []struct{ smtp, user, wrong string }{
		{`url = "smtps://smtp.example.com"`, "me", ""},
		{"url = \"smtps://smtp.example.com\"\nuser = \"me\"", "me", ""},
		{"url = \"smtps://smtp.example.com\"\nuser = \"other\"", "",
			`daybreak.toml:6: [smtp] does not say where the password is; add password_file = "imap.secret", or one of password_env, password_command, password_credential, or [smtp.oauth]`},
		{`url = "smtp://localhost"`, "", ""},
	} {
		conf, err := Parse([]byte("address = \"updates@example.com\"\n[imap]\nurl = \"imaps://imap.example.com\"\nuser = \"me\"\npassword_env = \"SECRET\"\n[smtp]\n"+c.smtp), "daybreak.toml")
		if c.wrong != "" {
			if fmt.Sprint(err) != c.wrong {
				t.Errorf("%s: got %v, want %s", c.smtp, err, c.wrong)
			}
			continue
		}
		if err != nil || conf.SMTP.User != c.user {
			t.Errorf("%s: %+v, %v", c.smtp, conf, err)
			continue
		}
		if c.user == "" {
			if !conf.SMTP.Secret.IsZero() || conf.SMTP.Token != nil {
				t.Errorf("%s: it logs in", c.smtp)
			}
		} else if got, err := conf.SMTP.Secret.Read(t.Context()); err != nil || got != "hunter2" {
			t.Errorf("%s: got %q, %v", c.smtp, got, err)
		}
	}
}

func TestServersAreReadWithTheirUsualPorts(t *testing.T) {
	for _, c := range []struct {
		protocol, url, want string
		security            Security
	}{
		{"imap", "imaps://imap.example.com", "imaps://imap.example.com:993", TLS},
		{"imap", "IMAPS://imap.example.com/", "imaps://imap.example.com:993", TLS},
		{"imap", "imap+starttls://imap.example.com:1143", "imap+starttls://imap.example.com:1143", StartTLS},
		{"imap", "imap://127.0.0.1", "imap://127.0.0.1:143", Plain},
		{"imap", "imap://[::1]:1143", "imap://[::1]:1143", Plain},
		{"imap", "imap://[::1]", "imap://[::1]:143", Plain},
		{"imap", "imap://[::ffff:127.0.0.1]", "imap://[::ffff:127.0.0.1]:143", Plain},
		{"imap", "imaps://192.0.2.1", "imaps://192.0.2.1:993", TLS},
		{"smtp", "smtps://smtp.example.com", "smtps://smtp.example.com:465", TLS},
		{"smtp", "smtp+starttls://smtp.example.com", "smtp+starttls://smtp.example.com:587", StartTLS},
		{"smtp", "smtp://localhost", "smtp://localhost:25", Plain},
	} {
		s, err := ParseServer(c.protocol, c.url)
		if err != nil || s.String() != c.want || s.Security != c.security {
			t.Errorf("%s is %s (%s), %v; want %s (%s)", c.url, s, s.Security, err, c.want, c.security)
		}
	}
	for _, url := range []string{"imap://localhost.example.com", "imap://127.0.0.1.example.com", "imap://0.0.0.0", "imap://[::]", "imap://", "imap://:143"} {
		if s, err := ParseServer("imap", url); err == nil {
			t.Errorf("%s is taken as %s", url, s)
		}
	}
}

func TestThePaceFollowsTheServer(t *testing.T) {
	for host, want := range map[string]string{
		"smtp.office365.com": "25/min", "smtp-mail.outlook.com": "25/min", "smtp.example.com": "10/s", "notoutlook.com": "10/s",
	} {
		if got := DefaultPace(host).String(); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	for _, text := range []string{"10/s", "25/min", "500/h", "2000/day"} {
		if p, err := ParsePace(text); err != nil || p.String() != text {
			t.Errorf("%s is read as %s, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "10", "0/s", "-1/s", "10/", "/s", "1e3/s", "10000000/s"} {
		if p, err := ParsePace(text); err == nil {
			t.Errorf("%q is taken as %s", text, p)
		}
	}
}

func TestTheDatabaseIsWhereStateBelongs(t *testing.T) {
	for _, c := range []struct{ file, url, state, want string }{
		{"daybreak.toml", "daybreak.db", "", "daybreak.db"},
		{"/srv/team/daybreak.toml", "sqlite:data/d.db", "", "/srv/team/data/d.db"},
		{"/srv/team/daybreak.toml", "/data/d.db", "", "/data/d.db"},
		{"/srv/team/daybreak.toml", "sqlite:///data/d.db", "", "/data/d.db"},
		{"/etc/daybreak/daybreak.toml", "daybreak.db", "", "/var/lib/daybreak/daybreak.db"},
		{"/run/credentials/daybreak.service/daybreak.toml", "daybreak.db", "/var/lib/daybreak", "/var/lib/daybreak/daybreak.db"},
		{"/run/credentials/daybreak.service/daybreak.toml", "/data/d.db", "/var/lib/daybreak:/var/lib/other", "/data/d.db"},
	} {
		t.Setenv("STATE_DIRECTORY", c.state)
		conf, err := Parse([]byte(strings.Replace(good, `url = "daybreak.db"`, "url = "+quote(c.url), 1)), c.file)
		if err != nil || conf.Database != c.want {
			t.Errorf("%s with %q is %v, %v; want %s", c.file, c.url, conf, err, c.want)
		}
	}
}

func TestAPortOfAnotherSchemeIsWarnedAbout(t *testing.T) {
	c, err := Parse([]byte(strings.Replace(good, "smtps://smtp.example.com:465", "smtps://smtp.example.com:587", 1)), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	want := `[daybreak.toml:7: port 587 is usually smtp+starttls, not smtps; if it cannot connect, write smtp+starttls://smtp.example.com:587]`
	if got := fmt.Sprint(c.Warnings); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add(Sample())
	f.Add("a = [1,\n {b = '''x\n'''}]\n[imap]\n\"u\\u0072l\" = \"\"\"\nx\"\"\"\"\n[[a.b]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse([]byte(text), "daybreak.toml")
		if err == nil {
			if c.Address == "" || c.IMAP.Host == "" || c.SMTP.Host == "" || c.Database == "" {
				t.Errorf("accepted with parts missing: %+v", c)
			}
			return
		}
		last := strings.Count(text, "\n") + 1
		for _, p := range err.(Errors) {
			if p.Line < 0 || p.Line > last || p.Text == "" {
				t.Errorf("problem on line %d of %d: %q", p.Line, last, p.Text)
			}
		}
	})
}

func TestTheUsualFilesAreRead(t *testing.T) {
	c, err := Parse([]byte(`# daybreak.toml
address = "updates@example.com"          # replies arrive here; also the From of what is sent
[imap]
url = "imaps://imap.example.com:993"     # imaps, imap+starttls, imap (loopback only)
user = "updates@example.com"
password_file = "imap.secret"            # or password_env, password_command, or [imap.oauth]
[smtp]
url = "smtps://smtp.example.com:465"     # smtps, smtp+starttls, smtp (loopback only)
pace = "10/s"
[database]
url = "daybreak.db"                      # a path, or sqlite:PATH
[http]
listen = "127.0.0.1:8026"
public_url = "https://updates.example.com/"
`), "daybreak.toml")
	if err != nil || c.SMTP.User != "updates@example.com" || c.SMTP.Secret.IsZero() || c.HTTP.Listen != "127.0.0.1:8026" || c.HTTP.PublicURL != "https://updates.example.com" {
		t.Errorf("%+v, %v", c, err)
	}
	r, err := ParseRoster([]byte(`# team.toml
[[team]]
slug = "platform"
name = "Platform"
[[team.checkin]]
name = "daily"
questions = ["What got done?", "What is next?", "What is in the way?"]
[[team.member]]
name = "Aiko Tanaka"
addresses = ["aiko@example.com", "aiko@home.example"]
zone = "Asia/Tokyo"
working_days = "mon-fri"                 # everything below this line may be left out
working_hours = "09:00-17:00"
prompt = "16:00"
digest = "09:00"
lead = true
`), "team.toml")
	if err != nil || len(r.Teams) != 1 || len(r.Teams[0].Members) != 1 || !r.Teams[0].Members[0].Lead {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestEachMailMayHaveAnAddressForItsBounces(t *testing.T) {
	for text, want := range map[string]bool{"": false, "verp = true\n": true, "verp = false\n": false} {
		c, err := Parse([]byte(strings.Replace(good, "[database]", text+"[database]", 1)), "daybreak.toml")
		if err != nil || c.SMTP.VERP != want {
			t.Errorf("%q gives %v, %v", text, c, err)
		}
	}
}

func TestFoldersAreRead(t *testing.T) {
	for _, c := range []struct{ lines, folder, others, junk string }{
		{``, "INBOX", "", ""},
		{`folder = "inbox"`, "INBOX", "", ""},
		{`folder = "Team"`, "Team", "", ""},
		{"folders = [\"Team\", \"Inbox\", \"Old\"]\njunk = \"Junk Email\"", "Team", "INBOX Old", "Junk Email"},
		{"folders = [\"INBOX\"]\njunk = \"[Gmail]/Spam\"", "INBOX", "", "[Gmail]/Spam"},
	} {
		conf, err := Parse([]byte(strings.Replace(good, "[smtp]", c.lines+"\n[smtp]", 1)), "daybreak.toml")
		if err != nil {
			t.Errorf("%s: %v", c.lines, err)
			continue
		}
		if i := conf.IMAP; i.Folder != c.folder || strings.Join(i.Others, " ") != c.others || i.Junk != c.junk {
			t.Errorf("%s: folder %q, others %q, junk %q", c.lines, i.Folder, i.Others, i.Junk)
		}
	}
}

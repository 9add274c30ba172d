package config

import (
	"fmt"
	"strings"
	"testing"
)

// severalAccounts is a configuration with two accounts, the second on line 8.
const severalAccounts = `address = "updates@example.com"

[[imap]]
url = "imaps://imap.new.example"
password_env = "NEW"
junk = "Spam"

[[imap]]
url = "imap+starttls://imap.old.example:143"
password_env = "OLD"
folders = ["INBOX", "Team"]
authserv_id = "mx.old.example"

[smtp]
url = "smtps://smtp.new.example"
`

func TestSeveralAccountsAreReadEachWithItsOwnKeys(t *testing.T) {
	t.Setenv("NEW", "one")
	t.Setenv("OLD", "two")
	c, err := Parse([]byte(severalAccounts), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range c.Accounts() {
		secret, err := i.Secret.Read(t.Context())
		got = append(got, fmt.Sprintf("%s %s %q %q %q %v", i.Name(), secret, i.Folders(), i.Junk, i.AuthservID, err))
	}
	want := []string{`updates@example.com at imap.new.example one ["INBOX" "Spam"] "Spam" "" <nil>`,
		`updates@example.com at imap.old.example two ["INBOX" "Team"] "" "mx.old.example" <nil>`}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if secret, err := c.SMTP.Secret.Read(t.Context()); err != nil || secret != "one" || c.SMTP.User != "updates@example.com" {
		t.Errorf("mail is sent as %q with %q, %v", c.SMTP.User, secret, err)
	}
	if n := c.SentIn(); n != 0 {
		t.Errorf("what was sent is looked for in account %d", n)
	}
}

func TestOneAccountMayBeWrittenAsAListOfOne(t *testing.T) {
	one, err := Parse([]byte(good), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := Parse([]byte(strings.Replace(good, "[imap]", "[[imap]]", 1)), "daybreak.toml")
	if err != nil || list.IMAP.Name() != one.IMAP.Name() || len(list.More) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestSendingMayUseTheLoginOfAFurtherAccount(t *testing.T) {
	t.Setenv("OLD", "two")
	text := strings.Replace(severalAccounts, `password_env = "OLD"`, `password_env = "OLD"`+"\nuser = \"old\"\nsent_folder = \"Sent\"", 1) + "user = \"old\"\n"
	c, err := Parse([]byte(text), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := c.SMTP.Secret.Read(t.Context()); err != nil || secret != "two" {
		t.Errorf("mail is sent with %q, %v", secret, err)
	}
	if n := c.SentIn(); n != 1 || c.More[0].Sent != "Sent" {
		t.Errorf("what was sent is looked for in account %d", n)
	}
}

func TestMistakesOfSeveralAccounts(t *testing.T) {
	for _, c := range []struct{ says, from, to, want string }{
		{"the same one twice", "imap+starttls://imap.old.example:143", "imap+starttls://IMAP.new.example",
			`daybreak.toml:8: the account updates@example.com at imap.new.example is there twice, at line 3 too; write its folders into one of them: folders = ["INBOX", "Team"]`},
		{"on another port it is another", "imap+starttls://imap.old.example:143", "imaps://imap.new.example:1993", ""},
		{"without an address", "url = \"imap+starttls://imap.old.example:143\"\n", "", `daybreak.toml:8: [[imap]] has no url; add url = "imaps://imap.example.com"`},
		{"without a password", "password_env = \"OLD\"\n", "",
			`daybreak.toml:8: [[imap]] does not say where the password is; add password_file = "imap2.secret", or one of password_env, password_command, password_credential, or [imap.oauth]`},
		{"an unknown key", "folders = ", "foldrs = ", `daybreak.toml:11: unknown key "foldrs" in [[imap]]; did you mean "folders"? (allowed: oauth, url, user, password_file, ` +
			`password_env, password_command, password_credential, folders, folder, junk, sent_folder, authserv_id)`},
		{"a folder twice", `"Team"]`, `"INBOX"]`, `daybreak.toml:11: the folder "INBOX" is named twice; name each folder once`},
		{"two folders of sent mail", "password_env", "sent_folder = \"Sent\"\npassword_env",
			`daybreak.toml:11: sent_folder is said twice, at line 5 too; keep it in the account through which mail is sent`},
		{"a password and tokens", "authserv_id = ", "[imap.oauth]\nprovider = \"google\"\nrefresh_token_file = \"t\"\nclient_id = ",
			"daybreak.toml:10: [[imap]] has both imap.oauth and password_env; keep one of them"},
	} {
		t.Run(c.says, func(t *testing.T) {
			_, err := Parse([]byte(strings.ReplaceAll(severalAccounts, c.from, c.to)), "daybreak.toml")
			if err == nil && c.want == "" {
				return
			}
			if got := fmt.Sprint(err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestTheFirstOfSeveralAccountsIsInBracketsOfItsOwnToo(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{
		{1, "daybreak.toml:8: Key 'imap' was already created and cannot be used as an array.\n     8 | [[imap]]\n       |   ^; "},
		{2, "daybreak.toml:8: Key 'imap' has already been defined.\n     8 | [imap]\n       |  ^; "},
	} {
		_, err := Parse([]byte(strings.Replace(severalAccounts, "[[imap]]", "[imap]", c.n)), "daybreak.toml")
		if got, want := fmt.Sprint(err), c.want+"for several accounts write [[imap]] before each of them, the first too"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestNoAccount(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"imap = []\n", "daybreak.toml:2: imap names no account; write [imap] with url, user and password_file; see daybreak init --sample"},
		{"imap = \"imaps://imap.example.com\"\n", "daybreak.toml:2: imap must be a table, not a string; write [imap] on a line of its own and its keys below"},
		{"imap = [1]\n", "daybreak.toml:2: imap must be a list of tables, not a number; write [[imap]] on a line of its own for each"},
	} {
		_, err := Parse([]byte("address = \"updates@example.com\"\n"+c.text+"[smtp]\nurl = \"smtp://localhost\"\n"), "daybreak.toml")
		if got := fmt.Sprint(err); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

package config

import (
	"fmt"
	"strings"
)

// IMAP is an account in which replies are read.
type IMAP struct {
	Server
	Folder string   // the first that is read, "INBOX" unless said
	Others []string // that are read too
	Junk   string   // the one for junk if that is read too; ""
	Sent   string   // the one in which the provider keeps what is sent; "": it is found, if there is one
	// AuthservID is the name by which the server signs what it finds out about senders (RFC 8601), "*.example.com" for any below that,
	// "none" if it gives no name, as Microsoft 365; "" if it is not known.
	AuthservID string
}

// Folders are all that are read, the first one first and the one for junk last.
func (i IMAP) Folders() []string {
	all := append([]string{i.Folder}, i.Others...)
	if i.Junk != "" {
		all = append(all, i.Junk)
	}
	return all
}

// Name tells the account from any other: "updates@example.com at imap.example.com", with the port if it is not a usual one.
func (i IMAP) Name() string {
	host := i.Host
	if i.Port != 993 && i.Port != 143 {
		host = i.Addr()
	}
	return i.User + " at " + host
}

// Address is the address by which mail comes to the account, as far as the name that logs in tells; "" if it is none.
func (i IMAP) Address() string {
	clean, wrong, _ := CheckAddress(i.User)
	if wrong != "" {
		return ""
	}
	return clean
}

// Accounts are all that are read, the first one first.
func (c *Config) Accounts() []IMAP { return append([]IMAP{c.IMAP}, c.More...) }

// account is the first in which the user logs in, nil if none does.
func (c *Config) account(user string) *IMAP {
	if user == c.IMAP.User {
		return &c.IMAP
	}
	for i := range c.More {
		if user == c.More[i].User {
			return &c.More[i]
		}
	}
	return nil
}

// SentIn tells which of the accounts knows what was sent: the one that says sent_folder, else the first.
func (c *Config) SentIn() int {
	for n, i := range c.Accounts() {
		if i.Sent != "" {
			return n
		}
	}
	return 0
}

// readAccounts reads [imap], or each [[imap]].
func (c *Config) readAccounts(top *table, section func(string) *table) {
	var list []*table
	switch value := top.values["imap"].(type) {
	case []map[string]any:
		list, _ = top.tables("imap")
	case []any: // [] or [{…}]
		if list, _ = top.tables("imap"); len(value) == 0 {
			top.wrong("imap", "write [imap] with url, user and password_file; see daybreak init --sample", "imap names no account")
		}
	default:
		if t := section("imap"); t != nil {
			list = append(list, t)
		}
	}
	names, sent := map[string]int{}, 0
	for n, t := range list {
		own := "imap" // begins the names of files with its secrets
		if n > 0 {
			own = fmt.Sprint("imap", n+1)
		}
		i, before := IMAP{}, len(t.doc.problems)
		i.Server = c.server(t, "imap", own)
		i.readFolders(t)
		i.Sent, _ = t.text("sent_folder", "Sent")
		i.readAuthservID(t)
		t.close()
		if i.Sent != "" && sent > 0 {
			t.wrong("sent_folder", "keep it in the account through which mail is sent", "sent_folder is said twice, at line %d too", sent)
		} else if i.Sent != "" {
			sent = t.line("sent_folder")
		}
		line := t.doc.lines.of(t.path)
		name := strings.ToLower(i.Name())
		if first, twice := names[name]; twice && len(t.doc.problems) == before {
			t.wrongAt(line, "write its folders into one of them: folders = [\"INBOX\", \"Team\"]", "the account %s is there twice, at line %d too", i.Name(), first)
		} else if !twice {
			names[name] = line
		}
		if n == 0 {
			c.IMAP = i
		} else {
			c.More = append(c.More, i)
		}
	}
}

// readFolders reads which folders of the mailbox are looked into.
func (i *IMAP) readFolders(t *table) {
	i.Folder, i.Others = "INBOX", nil
	have := map[string]bool{}
	add := func(line int, name string) (string, bool) {
		if strings.EqualFold(name, "inbox") {
			name = "INBOX"
		}
		if have[name] {
			t.wrongAt(line, "name each folder once", "the folder %q is named twice", name)
			return "", false
		}
		have[name] = true
		return name, true
	}
	list, lines, several := t.texts("folders", "INBOX")
	one, single := t.text("folder", "INBOX")
	switch {
	case t.has("folder") && t.has("folders"):
		t.wrong("folder", "write all of them in folders, the one in which most mail arrives first", "there are both folder and folders")
		return
	case single:
		i.Folder, _ = add(t.line("folder"), one)
	case several && len(list) == 0 && len(lines) == 0:
		t.wrong("folders", `such as folders = ["INBOX", "Team"]`, "folders names none")
	}
	for n, name := range list {
		name, ok := add(lines[n], name)
		switch {
		case !ok:
		case n == 0:
			i.Folder = name
		default:
			i.Others = append(i.Others, name)
		}
	}
	have[i.Folder] = true
	if junk, ok := t.text("junk", "Junk"); ok {
		i.Junk, _ = add(t.line("junk"), junk)
	}
}

// readAuthservID reads the name by which the mailbox's server signs what it finds out about senders.
func (i *IMAP) readAuthservID(t *table) {
	id, ok := t.text("authserv_id", "mx.example.com")
	if !ok {
		return
	}
	name := strings.TrimPrefix(strings.ToLower(id), "*.")
	if !hostName.MatchString(name) {
		t.wrong("authserv_id", `write the first word of the Authentication-Results lines in your mail, such as "mx.example.com"; daybreak check finds it`,
			"%q is not a name that a server signs with", id)
		return
	}
	i.AuthservID = strings.ToLower(id)
}

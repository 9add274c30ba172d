package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// with writes more lines under [imap] of the configuration.
func with(t *testing.T, dir, lines string) {
	t.Helper()
	path := filepath.Join(dir, "daybreak.toml")
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(text), "[imap]\n", "[imap]\n"+lines+"\n", 1)), 0o600))
}

func TestCheckOfFolders(t *testing.T) {
	const senders = "warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = \"mx.team.example\"\n"
	const arrived = "ok    probe     to updates+probe-MARK@team.example arrived after TIME\n" + senders
	const clock = "ok    clock     agrees with that of mx.team.example\n"
	for _, c := range []struct {
		says, lines string
		into        string
		folders     string
		rest        string
		code        int
	}{
		{"one for junk that is not read", "", "", "ok    folders   Spam is for junk and is not read; to find replies that land there, write under [imap]: junk = \"Spam\"\n",
			arrived + clock, 0},
		{"all of them", "folders = [\"INBOX\", \"Team\"]\njunk = \"Spam\"", "", "ok    folders   Team can be read\nok    folders   Spam can be read, for replies that land there\n",
			arrived + clock, 0},
		{"one for junk by another name", "junk = \"Junk\"", "", "FAIL  folders   opening the folder Junk: imap: NO [NONEXISTENT] No such mailbox\n                → write under [imap]: junk = \"Spam\"\n",
			arrived + clock + "daybreak: error: 1 check failed\n", 1},
		{"one that is missing", "folders = [\"INBOX\", \"Nowhere\"]\njunk = \"Spam\"", "", "FAIL  folders   opening the folder Nowhere: imap: NO [NONEXISTENT] No such mailbox\n" +
			"                → check that the folder exists; INBOX always does\nok    folders   Spam can be read, for replies that land there\n",
			arrived + clock + "daybreak: error: 1 check failed\n", 1},
		{"our own mail is taken for junk", "junk = \"Spam\"", "Spam", "ok    folders   Spam can be read, for replies that land there\n",
			"ok    probe     lies in Spam: the server takes it for junk; replies that land there are read\n" + senders + clock, 0},
	} {
		t.Run(c.says, func(t *testing.T) {
			s := mailServers(t, func(o *mailtest.Options) { o.Into = c.into })
			must(t, s.MakeFolder("Spam"))
			must(t, s.MakeFolder("Team"))
			dir := configured(t, s, nil)
			with(t, dir, c.lines)
			code, said := checked(t, dir, s, "--timeout", "2s")
			smtp := "ok    smtp  "
			imap, after, _ := strings.Cut(loggedIn("smtp://SMTP as updates@team.example"), smtp)
			want(t, code, said, c.code, begins+imap+c.folders+smtp+after+c.rest)
		})
	}
}

// TestAReplyThatLandsInJunkCountsAndTheJunkAroundItDoesNothing runs the daemon. What is in the folder when it is first read stays unread.
func TestAReplyThatLandsInJunkCountsAndTheJunkAroundItDoesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	must(t, h.server.MakeFolder("Junk"))
	with(t, h.dir, `junk = "Junk"`)
	junk := func(raw []byte) uint32 {
		t.Helper()
		uid, err := h.server.DeliverTo("Junk", raw)
		must(t, err)
		return uid
	}
	junk(letter("Aiko", "before"))
	h.people("Aiko", "Mia")
	d := startDaemon(t, h.config)
	for range 2 {
		d.await("mailbox cursor set")
	}
	for range 2 {
		d.await(`"msg":"mail sent"`)
	}
	d.stop()
	for i := range 50 {
		junk(letter("Aiko", fmt.Sprint("watches", i)))
		junk(letter("Eve", fmt.Sprint("pills", i)))
	}
	prompt := h.server.Deliveries()[0]
	name, _, _ := strings.Cut(prompt.To, "@")
	raw, err := mailtest.Clients()[0].Reply(prompt.Raw, mailtest.Identity{Name: name, Address: prompt.To}, time.Now(), mailtest.Answer{Text: "Moved the billing jobs."})
	must(t, err)
	uid := junk(raw)
	d = startDaemon(t, h.config, "--log-level", "debug")
	d.await(fmt.Sprintf(`"uid":%d,"outcome":"stored"`, uid))
	if _, err := h.server.Move("Junk", uid, "INBOX", false); err != nil { // its reader says that it is none
		t.Fatal(err)
	}
	d.await(`"outcome":"duplicate"`)
	d.stop()
	s, err := store.Open(context.Background(), store.Options{Path: h.database(), ReadOnly: true})
	must(t, err)
	defer s.Close()
	status, err := s.Status(t.Context(), time.Now(), 10)
	must(t, err)
	if o := status.Outcomes; o[team.Junk] != 100 || o[team.Stored] != 1 || o[team.Duplicate] != 1 || len(o) != 3 || len(status.Held) != 0 || len(status.Mailboxes) != 2 {
		t.Errorf("%v, %d held, mailboxes %v", o, len(status.Held), status.Mailboxes)
	}
	if n := len(h.server.Deliveries()); n != 2 {
		t.Errorf("%d mails were sent", n)
	}
}

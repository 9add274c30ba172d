package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// muttUser reads and writes mail with the mutt of this machine, through the servers of a pair.
type muttUser struct {
	p    *pair
	who  string
	home string
}

// startMutt skips the test where there is no mutt, or fails if the environment has DAYBREAK_REAL=1.
func startMutt(p *pair, who string) *muttUser {
	p.t.Helper()
	for _, program := range []string{"mutt", "script"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("DAYBREAK_REAL") == "1" {
				p.t.Fatalf("%s is not installed; try: apt-get install mutt", program)
			}
			p.t.Skipf("%s is not installed; try: apt-get install mutt", program)
		}
	}
	return &muttUser{p, who, p.t.TempDir()}
}

// run opens a mail in mutt, types the keys, and gives what is on the screen and what went wrong. The editor puts the words above what mutt quotes,
// or runs a sed script over it if they begin with "sed:".
func (m *muttUser) run(raw []byte, keys, words string) string {
	m.p.t.Helper()
	t := m.p.t
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(m.home, name)
		must(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	box := file("inbox", "From updates@harbour.example Mon Mar  2 09:00:00 2026\n"+string(raw)+"\n", 0o600)
	said := file("words", words+"\n", 0o600)
	edit := "#!/bin/sh\nset -e\ncat '" + said + "' - < \"$1\" > \"$1.new\"\ncat \"$1.new\" > \"$1\"\n"
	if script, ok := strings.CutPrefix(words, "sed:"); ok {
		edit = "#!/bin/sh\nset -e\nsed -i -e '" + script + "' \"$1\"\n"
	}
	editor := file("editor", edit, 0o700)
	pager := file("pager", "#!/bin/sh\ncat \"$1\" > '"+filepath.Join(m.home, "shown")+"'\n", 0o700)
	s := m.p.world.servers
	rc := file("muttrc", strings.Join([]string{
		"set realname='" + map[string]string{ines: "Ines Duarte", kofi: "Kofi Mensah"}[m.who] + "'", "set from='" + m.who + "'", "set use_from=yes", "set use_envelope_from=no",
		"set editor='" + editor + "'", "set edit_headers=no", "set include=yes", "set fast_reply=yes", "set reply_to=yes", "set abort_unmodified=no", "set abort_nosubject=no", "set record=''", "set copy=no",
		"set folder='" + m.home + "'", "set spoolfile='" + box + "'", "set mbox='" + filepath.Join(m.home, "mbox") + "'", "set move=no", "set confirmappend=no", "set quit=yes", "set wait_key=no", "set delete=no",
		"set smtp_url='smtp://" + url.QueryEscape(s.user) + "@" + s.smtp + "/'", "set smtp_pass='" + s.password + "'", "set smtp_authenticators='plain'", "set ssl_starttls=no", "set ssl_force_tls=no",
		"set charset=utf-8", "set send_charset='us-ascii:utf-8'", "set sort=threads", "set markers=no", "set smart_wrap=yes", "set wrap=80", "set pager_context=0", "set pager_index_lines=0", "set hostname=harbour.example",
		"set pager='" + pager + "'", "set prompt_after=no", "alternative_order text/plain", "ignore *", "unignore from date subject to", "set tmpdir='" + m.home + "'", "set text_flowed=no",
		"push '" + keys + "'",
	}, "\n")+"\n", 0o600)
	ctx, stop := context.WithTimeout(m.p.ctx, time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "script", "-qec", fmt.Sprintf("stty rows 200 cols 80; exec mutt -n -F '%s' -f '%s'", rc, box), "/dev/null")
	cmd.Env = append(os.Environ(), "TERM=vt100", "LC_ALL=C.UTF-8", "HOME="+m.home, "MAIL="+box)
	cmd.WaitDelay = time.Second
	screen, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("mutt: %v\n%s", err, screen)
	}
	return string(screen)
}

// answer lets mutt reply to the newest mail of a kind that its user got on a day, and gives what daybreak made of it.
func (m *muttUser) answer(kind team.MailKind, day int, words string) team.Mail {
	m.p.t.Helper()
	_, raw := m.p.newest(m.who, kind, day)
	if raw == nil {
		m.p.t.Fatalf("%s got no %s on %d March", m.who, kind, day)
	}
	before := len(m.p.said)
	screen := m.run(raw, "<first-entry><reply><send-message><quit>", words)
	must(m.p.t, m.p.world.read(m.p.ctx))
	must(m.p.t, m.p.world.work(m.p.ctx))
	if len(m.p.said) != before+1 {
		m.p.t.Fatalf("mutt sent %d mails:\n%q", len(m.p.said)-before, screen)
	}
	return m.p.said[before]
}

func TestMuttAnswersInEachWay(t *testing.T) {
	p := newPair(t)
	m := startMutt(p, kofi)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables\n\nNext: the lamps\n\nIn the way: the crane is stuck\n\nask @kofi can we close the old lock?"})
	got := m.answer(team.PromptMail, 2, "Done: the pages\n\nNext: the ropes\n\nNext: the nets\n\ndecision: rope, not chain")
	if want := "done 0 the pages | plan 1 the ropes | plan 1 the nets | decision -1 rope, not chain"; itemsOf(got) != want {
		t.Errorf("the update is %s, want %s", itemsOf(got), want)
	}
	p.until(3, 10)
	comments := func(got team.Mail) string {
		var all []string
		for _, c := range got.Comments {
			all = append(all, fmt.Sprintf("%s %q %v", c.Kind, c.Text, c.Closes))
		}
		return strings.Join(all, " | ")
	}
	for _, c := range []struct{ says, words, comments, items string }{
		{"a mark", "a1 thanks", `comment "thanks" false`, ""},
		{"several marks", "a1 thanks\na2: which ones?\n\na4 yes", `comment "thanks" false | comment "which ones?" false | comment "yes" false`, ""},
		{"a reaction", "👍 a1", `reaction "👍" false`, ""},
		{"a reaction in letters", "+1 a2", `reaction "👍" false`, ""},
		{"an emoji alone", "🎉", `reaction "🎉" false`, ""},
		{"what is solved", "a3 solved, it moves again", `comment "solved, it moves again" true`, ""},
		{"below a quoted item", `sed:/tide tables/a\` + "\n" + `Well done, all of them.`, `comment "Well done, all of them." false`, ""},
		{"words to all", "I am at the dentist until noon.", "", "note -1 I am at the dentist until noon."},
		{"a mark and words to all", "a1 thanks\n\nfyi: the office is closed tomorrow", `comment "thanks" false`, "note -1 the office is closed tomorrow"},
	} {
		got := m.answer(team.DigestMail, 3, c.words)
		items := ""
		if got.Update != nil {
			items = itemsOf(got)
		}
		if comments(got) != c.comments || items != c.items {
			t.Errorf("%s: %s (%s): comments %s, items %s\nwant %s and %s", c.says, got.Outcome, got.Reason, comments(got), items, c.comments, c.items)
		}
	}
	if got := m.answer(team.DigestMail, 3, "private a2: I can take the lamps"); len(got.Private) != 1 || got.Update != nil {
		t.Errorf("private words are %s (%s): %+v", got.Outcome, got.Reason, got.Private)
	}
	p.until(3, 16)
	text, _ := p.newest(kofi, team.PromptMail, 3)
	p.has("the prompt", text, "1. the ropes", "2. the nets")
	if got := itemsOf(m.answer(team.PromptMail, 3, "1 done, 2 moved\n\nask @ines where is the key?")); got != "done 0 the ropes | plan 1 the nets | ask -1 @ines where is the key?" {
		t.Errorf("of the plan it says %s", got)
	}
	p.until(4, 10)
	digest, _ := p.newest(ines, team.DigestMail, 4)
	p.has("what Ines reads", digest, "↳ Kofi: thanks", "↳ Kofi: which ones?", "↳ Kofi: yes", "👍", "🎉", "Kofi: solved, it moves again", "↳ Kofi: Well done, all of them.", "I am at the dentist", "the office is closed tomorrow", "Kofi asks you: @ines where is the key?")
	digest, _ = p.newest(ines, team.DigestMail, 3)
	p.has("what Ines read before", digest, "decision rope, not chain")
	text, _ = p.newest(ines, team.NoticeMail, 3)
	p.has("what Ines alone reads", text, "I can take the lamps")
}

// A digest of the width of a terminal stands in mutt's pager as it was written.
func TestADigestReadsInMuttAsItWasWritten(t *testing.T) {
	p := newPair(t)
	m := startMutt(p, kofi)
	p.until(2, 16)
	p.answer(ines, "mutt", 2, mailtest.Answer{Text: "Done: the tide tables of the whole river, with all that the pilots have corrected since the spring of last year, and a page that explains how to read them\n\nask @kofi can we close the old lock?"})
	p.until(3, 10)
	text, raw := p.newest(kofi, team.DigestMail, 3)
	m.run(raw, "<first-entry><display-message><quit>", "")
	read, err := os.ReadFile(filepath.Join(m.home, "shown"))
	must(t, err)
	shown := string(read)
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if one := utf8.RuneCountInString(line) <= 72; one && !strings.Contains(shown, "\n"+line+"\n") || !strings.Contains(strings.Join(strings.Fields(shown), " "), strings.Join(strings.Fields(line), " ")) {
			t.Errorf("mutt does not show %q", line)
		}
	}
	for line := range strings.Lines(shown) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("a line has %d columns: %q", n, line)
		}
	}
}

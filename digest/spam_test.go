package digest

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// spamMost is the score that no mail of ours may exceed; 5 is what SpamAssassin calls spam.
const spamMost = 1.0

// extremes are the mails that may have more than spamMost, each for what its content is and no mail of ours should change: a word of thousands
// of letters, which stays whole but is broken into lines (LONGWORDS), and a text part that has all of what is too long for the HTML part
// (MPART_ALT_DIFF_COUNT).
var extremes = map[string]float64{"digest-hostile": 1.5, "asked-week-hostile": 2.5, "digest-cut": 2}

// TestNoMailOfOursLooksLikeSpam gives every kind of mail to SpamAssassin, without network tests. Where it is not installed the test is
// skipped, or fails if the environment has DAYBREAK_REAL=1.
func TestNoMailOfOursLooksLikeSpam(t *testing.T) {
	if mailtest.Race {
		t.Skip("what works is SpamAssassin")
	}
	path, err := exec.LookPath("spamassassin")
	if err != nil {
		if os.Getenv("DAYBREAK_REAL") == "1" {
			t.Fatal("spamassassin is not installed; try: apt-get install spamassassin")
		}
		t.Skip("spamassassin is not installed; try: apt-get install spamassassin")
	}
	all := mails(t, testComposer(t))
	linked := testComposer(t)
	linked.PublicURL, linked.DKIM = "https://updates.example.com", signers(t)["ed25519"]
	for name, m := range mails(t, linked) {
		if slices.Contains([]string{"prompt", "reminder", "digest-busy", "notice", "receipt-help"}, name) {
			all[name+" with links and signature"] = m
		}
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	scores := make([]float64, len(names))
	rules := make([]string, len(names))
	home := t.TempDir()
	var workers errgroup.Group
	const each = 20 // mails a process, of which the start takes longest
	for from := 0; from < len(names); from += each {
		workers.Go(func() error {
			some := names[from:min(from+each, len(names))]
			args := []string{"--local", "--nocreate-prefs"}
			for i, name := range some {
				file := filepath.Join(home, strconv.Itoa(from+i))
				if err := os.WriteFile(file, bytes.ReplaceAll(delivered(all[name]), []byte("\r\n"), []byte("\n")), 0o600); err != nil {
					return err
				}
				args = append(args, file)
			}
			cmd := exec.CommandContext(t.Context(), path, args...)
			cmd.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C")
			var complaint bytes.Buffer
			cmd.Stderr = &complaint
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("spamassassin: %w: %s", err, complaint.String())
			}
			found := spamStatus.FindAllSubmatch(bytes.ReplaceAll(out, []byte("\n\t"), []byte(" ")), -1)
			if len(found) != len(some) {
				return fmt.Errorf("spamassassin tells of %d mails, not of %d:\n%s", len(found), len(some), out)
			}
			for i, f := range found {
				scores[from+i], err = strconv.ParseFloat(string(f[1]), 64)
				if err != nil {
					return err
				}
				rules[from+i] = string(f[2])
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		t.Logf("%5.1f %s (%s)", scores[i], name, rules[i])
		if scores[i] > max(spamMost, extremes[name]) {
			t.Errorf("%s scores %.1f: %s", name, scores[i], rules[i])
		}
	}
}

var spamStatus = regexp.MustCompile(`(?m)^X-Spam-Status: \w+, score=(-?[0-9.]+) .*?tests=(\S+(?:, ?\S+)*?) autolearn`)

// delivered is a mail as it lies in a mailbox: with what servers put before it on its way.
func delivered(m team.Outgoing) []byte {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		panic(err) // mails checks that it can be read
	}
	date := msg.Header.Get("Date")
	return slices.Concat([]byte(strings.Join([]string{
		"Return-Path: <" + m.From + ">",
		"Received: from mail.example.com (mail.example.com [93.184.216.34])", // the addresses for examples cost points
		"\tby mx.example.net (Postfix) with ESMTPS id 4XyZ1a2b3c for <" + m.To + ">;",
		"\t" + date,
		"Received: from example.com (localhost [127.0.0.1])",
		"\tby mail.example.com (Postfix) with ESMTPSA id 4XyZ0f9e8d; " + date,
		"",
	}, "\r\n")), m.Raw)
}

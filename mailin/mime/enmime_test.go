package mime

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"daybreak/internal/mailtest"
)

// othersDiffer are the mails that another tolerant reader, enmime, understands otherwise, in what, and why ours is what a person sees.
var othersDiffer = map[string]string{
	"apple-attachment-between: text": "enmime writes a file that stands between two texts, and lines around it, into the text; it is listed",
	"boundary-missing: all":          "enmime gives up",
	"boundary-never-seen: text":      "enmime has no text where no part is; the words stay",
	"broken-header: all":             "enmime gives up",
	"header-runs-into-body: subject": "enmime takes the body for the subject's continuation",
	"header-runs-into-body: text":    "enmime takes the body for the subject's continuation",
	"japanese-phone: text":           "enmime leaves ISO-2022-JP undecoded here",
	"lying-charset: subject":         "bytes beyond ASCII in a subject are decoded, not passed on",
	"lying-charset: text":            "declared latin-1 but valid UTF-8: that is no chance",
	"reaction: text":                 "a reaction (RFC 9078) is no words",
	"reaction-beside: text":          "a reaction (RFC 9078) is no words",
	"signed: text":                   "enmime does not know the transfer encoding by its other name",
	"thunderbird-delsp: text":        "enmime does not undo format=flowed",
	"thunderbird-flowed: text":       "enmime does not undo format=flowed",
}

// TestAnotherReaderUnderstandsTheSame compares the subject, the names of the files, and the words of every mail of testdata,
// and of replies as the clients write them, with what enmime says.
func TestAnotherReaderUnderstandsTheSame(t *testing.T) {
	seen := map[string]bool{}
	compared := 0
	compare := func(name string, raw []byte) {
		compared++
		m := Read(raw)
		env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
		if err != nil {
			seen[name+": all"] = true
			if othersDiffer[name+": all"] == "" {
				t.Errorf("%s: enmime: %v", name, err)
			}
			return
		}
		words := func(text string) []string {
			return strings.Fields(strings.ReplaceAll(text, "\ufeff", "")) // a byte order mark is nothing to be seen
		}
		differ := func(what string, ours, theirs []string) {
			if slices.Equal(ours, theirs) {
				return
			}
			key := name + ": " + what
			seen[key] = true
			if othersDiffer[key] == "" {
				t.Errorf("%s:\n  ours   %s\n  theirs %s", key, around(ours, theirs), around(theirs, ours))
			}
		}
		differ("subject", words(m.Subject), words(env.GetHeader("Subject")))
		var ours, theirs []string
		for _, a := range m.Attachments {
			if a.Name != "" {
				ours = append(ours, a.Name)
			}
		}
		for _, list := range [][]*enmime.Part{env.Attachments, env.Inlines, env.OtherParts} {
			for _, p := range list {
				if p.FileName != "" {
					theirs = append(theirs, p.FileName)
				}
			}
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		differ("files", ours, theirs)
		if m.Plain != "" || m.HTML == "" { // else theirs is made of the HTML
			differ("text", words(m.Plain), words(env.Text))
		}
		differ("HTML", words(m.HTML), words(env.HTML))
	}

	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compare(strings.TrimSuffix(filepath.Base(file), ".eml"), raw)
	}
	for name, raw := range clientReplies(t) {
		compare(name, raw)
	}
	for key := range othersDiffer {
		if !seen[key] {
			t.Errorf("%s: no longer differs", key)
		}
	}
	t.Logf("%d mails compared, %d differences, each with its reason", compared, len(seen))
}

// clientReplies are replies to a prompt by every client, each in a few of the languages that it can be set to.
func clientReplies(t *testing.T) map[string][]byte {
	t.Helper()
	raw, err := os.ReadFile("../../internal/mailtest/testdata/prompt.eml")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 11, 17, 12, 41, 0, time.FixedZone("", 19800))
	replies := map[string][]byte{}
	locales := mailtest.Locales()
	for i, c := range mailtest.Clients() {
		for j := range 4 {
			locale := locales[(4*i+j)%len(locales)]
			reply, err := c.Reply(raw, mailtest.Identity{Name: "Inês Müller 葵", Address: "ines@harbour.example", Locale: locale}, at, mailtest.Answer{
				Text:      "Ça y est : 潮位表 готово ✔ — see https://harbour.example/tides?day=3&quay=5\n\n- the crane = 5\n> not a quote, a mark",
				Signature: "Inês Müller\nHarbour",
			})
			if err != nil {
				t.Fatal(err)
			}
			replies[fmt.Sprintf("%s in %s", c.Name, locale)] = reply
		}
	}
	return replies
}

// around shows where words begin to differ from others.
func around(words, others []string) string {
	at := 0
	for at < len(words) && at < len(others) && words[at] == others[at] {
		at++
	}
	return fmt.Sprintf("%q of %d words", words[max(0, at-2):min(len(words), at+8)], len(words))
}

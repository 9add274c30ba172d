package mailin_test

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	_ "github.com/emersion/go-message/charset"

	"github.com/emersion/go-message"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
	"daybreak/mailin/reply"
)

// BenchmarkItems takes a multipart mail of 4 KB, Gmail's reply to a prompt, from its bytes to the items in it, and prints how
// many times as long that takes as go-message takes to parse the same mail and read its parts. The two take turns, so
// that what else the machine does weighs on both.
func BenchmarkItems(b *testing.B) {
	prompt, err := os.ReadFile("reply/testdata/prompt.eml")
	if err != nil {
		b.Fatal(err)
	}
	asked := mime.Read(prompt)
	gmail, err := mailtest.ClientNamed("gmail-web")
	if err != nil {
		b.Fatal(err)
	}
	now := asked.Date.Add(time.Hour)
	raw, err := gmail.Reply(prompt, mailtest.Identity{Name: "Ines Duarte", Address: "ines@harbour.example"}, now, mailtest.Answer{Questions: team.DefaultQuestions(),
		Under: []string{"Finished the tide table import, all quays, with tests. The harbour office has the new tables since this morning and has found nothing wrong in them.",
			"The crane page with Kofi, and if there is time the first half of the berth plan, which Mei has been waiting for.",
			"Nothing in the way, but I should like to see the old crane page once more before it goes."}})
	if err != nil {
		b.Fatal(err)
	}
	raw = mailtest.Transit(raw, now, "updates@crew.example")
	if len(raw) < 3500 || len(raw) > 5500 {
		b.Fatalf("the mail has %d bytes", len(raw))
	}
	sent := &reply.Original{Text: asked.Plain, Questions: team.DefaultQuestions()}
	b.SetBytes(int64(len(raw)))
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		if r := reply.Read(mime.Read(raw), sent); len(r.Items) != 3 {
			b.Fatalf("items %v", r.Items)
		}
		middle := time.Now()
		if err := parse(raw); err != nil {
			b.Fatal(err)
		}
		ours, theirs = ours+middle.Sub(start), theirs+time.Since(middle)
	}
	b.ReportMetric(float64(ours.Nanoseconds())/1000/float64(b.N), "items-µs")
	b.ReportMetric(float64(theirs.Nanoseconds())/1000/float64(b.N), "go-message-µs")
	b.ReportMetric(float64(ours)/float64(theirs), "ratio")
}

// parse has go-message parse a mail and read all of its parts.
func parse(raw []byte) error {
	e, err := message.ReadWithOptions(bytes.NewReader(raw), &message.ReadOptions{MaxHeaderBytes: 1 << 20})
	if err != nil {
		return err
	}
	return e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil || part.MultipartReader() != nil {
			return err
		}
		_, err = io.Copy(io.Discard, part.Body)
		return err
	})
}

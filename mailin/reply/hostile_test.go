package reply

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"daybreak/internal/mailtest"
	"daybreak/mailin/mime"
)

// hostile are bodies of a megabyte that make careless readers slow.
var hostile = []struct{ name, piece string }{
	{"quote marks", ">"},
	{"quoted lines", "> \n"},
	{"empty lines", "\n"},
	{"blanks", " "},
	{"dashes", "-"},
	{"lines of dashes", "--\n"},
	{"delimiters with a word", "-- \nAnna\n"},
	{"one line", "a"},
	{"one line of words", "word "},
	{"attributions on one line", "On Mon wrote "},
	{"attributions", "On Mon, Mar 3, 2026 wrote\n"},
	{"half attributions", "On Mon, Mar 3, 2026 at 10:00\nAnna <anna@crew.example>\n"},
	{"attributions with a colon", "On Mon wrote:\n"},
	{"headers", "From: a\n"},
	{"headers apart", "From: a\n\n\n"},
	{"header and long value", "From:\nb\nc\nd\ne\nf\ng\n"},
	{"markers", "-----Original Message-----\n"},
	{"closings", "Best,\n"},
	{"names", "-Anna\n"},
	{"footers", "Sent from my iPhone\n"},
	{"banners", "[EXTERNAL]\n"},
	{"questions", "What got done?\n"},
	{"our words in disorder", "your own words; a few lines What is next? Several answers add up.\n"},
	{"our lines backwards", "Review the crane booking page\nWhat is next?\n"},
	{"bullets", "- a\n"},
	{"nested bullets", "- a\n    - b\n"},
	{"numbers", "1. a\n"},
	{"headings", "Done: a\n"},
	{"weak headings", "Done\n"},
	{"fences", "```\n"},
	{"colons", ":"},
	{"lines of colons", "a:\n"},
	{"addresses", "a@b.c <a@b.c>\n"},
	{"digits", "1234567890"},
	{"dates", "03.03.2026 16:00\n"},
	{"Chinese", "完成"},
	{"combining", "e\u0301"},
	{"broken UTF-8", "\xff\xfe"},
	{"legal", "confidential intended recipient privileged "},
	{"a question in pieces", "What\ngot\ndone\n"},
	{"bars below an attribution", "On Mon, Mar 3, 2026 Anna wrote:\n| x\n"},
	{"initials", "AB> x\nCD> y\n"},
	{"attributions behind words", "OK On Mon, Mar 3, 2026 at 10:00 Anna wrote:\n"},
	{"intros", "On On On On On On On On On On On On:\n"},
	{"quotes announced", "so I quote this:\n> x\n"},
	{"sentences that go on", "if the tide is so much\n> 5 then\n"},
	{"names torn off", "Anna\n<anna@crew.example> wrote\n\n"},
	{"rules and headers", "-----\nTo: a\n\n"},
	{"thanks and regards", "Thanks and kind regards,\nAnna\n\n"},
	{"claims", "1 done, 2 moved\n"},
	{"claims on one line", "1 done, 2 moved, "},
	{"half claims", "1, 2, 3 and 1-3\n"},
	{"almost claims", "1 done x, 2 moved y, 3 no, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 is → = is - what?\n"},
	{"the plan again and again", "Review the crane booking page: 1, 2, 1, 2\n"},
	{"marks", "+ a\n! b\n? c\n- d\n"},
	{"numbered questions", "Q1: a\nQ2: b\n"},
	{"check boxes", "- [x] 1. ✅ [ ] a\n"},
	{"first words", "Tomorrow I\n\n"},
}

func megabyte(piece string) string { return strings.Repeat(piece, 1<<20/len(piece)+1) }

// No mail of a megabyte may take longer than 0.3 s, as BenchmarkHostile shows; the test takes a quarter of one and
// allows for a very busy machine, on which what is not linear would still take minutes.
func TestHostileBodiesAreReadInLinearTime(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is about time, and one goroutine")
	}
	sent := prompt(t)
	sent.Plan = []string{"Finish the tide table import for the northern quays", "Review the crane booking page"}
	for _, h := range hostile {
		m := plain(megabyte(h.piece)[:1<<18])
		start := time.Now()
		Read(m, sent)
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s: %v", h.name, d)
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	sent := prompt(b)
	sent.Plan = []string{"Finish the tide table import for the northern quays", "Review the crane booking page"}
	for _, h := range hostile {
		m := plain(megabyte(h.piece))
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				Read(m, sent)
			}
			held := heldWhile(func() { Read(m, sent) })
			b.ReportMetric(float64(held)/float64(len(m.Plain)), "held-B/input-byte")
		})
	}
}

// heldWhile is how many more bytes of the heap are in use at once while f runs than before it, as seen every fifth of a millisecond
// while the collector runs often.
func heldWhile(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	before, most := sample[0].Value.Uint64(), uint64(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return most - min(most, before)
		case <-tick.C:
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
		}
	}
}

// A reply of about 500 bytes, with the prompt quoted below it.
func BenchmarkReply(b *testing.B) {
	sent := prompt(b)
	words := "Finished the tide table import, all quays, with tests.\n\nTomorrow: the crane page with Kofi.\n\nNothing in the way.\n"
	text := words + "\nOn Tue, Mar 3, 2026 at 4:00 PM Harbour (daybreak) <updates@crew.example> wrote:\n\n> " + strings.ReplaceAll(sent.Text, "\n", "\n> ")
	m := plain(text[:500]) // as long as replies are on the mean
	for name, o := range map[string]*Original{"aligned": sent, "blind": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(m.Plain)))
			for b.Loop() {
				if r := Read(m, o); len(r.Items) < 2 {
					b.Fatal(r.Items)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "replies/s")
		})
	}
}

func FuzzRead(f *testing.F) {
	sent := prompt(f)
	for _, h := range hostile {
		f.Add(strings.Repeat(h.piece, 40), true)
	}
	for _, file := range []string{"testdata/attributions.txt", "testdata/headers.txt", "testdata/prose.txt", "testdata/prompt.txt"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), false)
	}
	f.Fuzz(func(t *testing.T, body string, html bool) {
		body = strings.ToValidUTF8(body, "\ufffd") // what mime hands over
		m := plain(body)
		if html {
			m = &mime.Message{HTML: body, Body: mime.HTMLLines(body), Format: "html"}
		}
		for _, o := range []*Original{sent, nil, {}, {Text: body, Questions: []string{"", body}}} {
			r := Read(m, o)
			if e := Explain(m, o); e.Reply != r.Reply || len(e.Items) != len(r.Items) || e.Confidence != r.Confidence || len(e.Steps) == 0 || len(r.Steps) > 0 {
				t.Fatalf("explained it is read as %q, else as %q", e.Reply, r.Reply)
			}
			if !utf8.ValidString(r.Reply) {
				t.Fatalf("reply is no UTF-8: %q", r.Reply)
			}
			if r.Confidence < 0 || r.Confidence > 1 {
				t.Fatalf("confidence %v", r.Confidence)
			}
			for _, i := range r.Items {
				if i.Text == "" || i.Kind == "" || i.Question < -1 || o == nil && i.Question != -1 || o != nil && i.Question >= len(o.Questions) {
					t.Fatalf("item %+v", i)
				}
			}
			if err := everyWord(m, r); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// everyWord checks that every letter of the body is either kept or left out with a reason.
func everyWord(m *mime.Message, r Reading) error {
	count := func(s string) (n int) {
		for _, c := range s {
			if isNameRune(c) {
				n++
			}
		}
		return n
	}
	if isPage(m.Plain) {
		return nil // its tags are no words
	}
	kept, whole := count(r.Reply), 0
	for _, e := range r.Elided {
		if e.Why == "" {
			return fmt.Errorf("%q is left out without a reason", e.Text)
		}
		kept += count(e.Text)
	}
	for _, l := range m.Body {
		whole += count(l.Text)
	}
	if kept < whole-count("correction")-8 {
		return fmt.Errorf("%d letters of %d are lost: kept %q, left out %+v", whole-kept, whole, r.Reply, r.Elided)
	}
	return nil
}

// FuzzItems reads a text as what a person typed, given a plan and questions.
func FuzzItems(f *testing.F) {
	for _, file := range []string{"short.txt", "plan.txt", "items.txt"} {
		for _, line := range table(f, file) {
			words, _, _ := strings.Cut(line, " => ")
			f.Add(strings.ReplaceAll(words, "⏎", "\n"), uint8(len(line)))
		}
	}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		text = strings.ToValidUTF8(text, "\ufffd")
		sent := planPrompt()
		sent.Plan = three[:n%4]
		sent.Questions = sent.Questions[:n/4%4]
		if n >= 128 {
			text += "\n> 1. Finish the import\n" + text + "\n>  2. Review the crane page " + text + "\n"
		}
		m := plain(text)
		r := Read(m, sent)
		if r.Short != "" && len(r.Items) > 0 {
			t.Fatalf("both %s and %v", r.Short, r.Items)
		}
		if r.Reply != "" && len(r.Items) == 0 && r.Short == "" && look(clean(r.Reply)).has(letterSign) && len(sent.Questions) > 0 {
			t.Fatalf("%q says nothing", r.Reply)
		}
		said := ""
		for _, it := range r.Items {
			if it.Text == "" || it.Kind == "" || it.Question < -1 || it.Question >= len(sent.Questions) || !utf8.ValidString(it.Text) {
				t.Fatalf("item %+v", it)
			}
			said += it.Text
		}
		if err := everyWord(m, r); err != nil {
			t.Fatal(err)
		}
		if len(r.Items) > len(text)+16*len(three) || len(said) > 40*len(text)+4096 {
			t.Fatalf("%d items of %d bytes from %d bytes", len(r.Items), len(said), len(text))
		}
	})
}

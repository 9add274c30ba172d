package mime

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkRead reads the reply that most people send: 4 KB, text and HTML, with the quoted prompt.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"gmail-reply", "outlook-reply"} {
		raw, err := os.ReadFile("testdata/" + name + ".eml")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if m := Read(raw); m.Format == "none" {
					b.Fatal("no body")
				}
			}
		})
	}
}

func BenchmarkHTMLLines(b *testing.B) {
	raw, err := os.ReadFile("testdata/gmail-reply.eml")
	if err != nil {
		b.Fatal(err)
	}
	page := Read(raw).HTML
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		HTMLLines(page)
	}
}

// BenchmarkHostile shows that the worst inputs take time and memory in proportion to their size.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostileMails() {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) { measure(b, len(h.raw), func() { Read(h.raw) }) })
	}
}

func BenchmarkHostileHTML(b *testing.B) {
	for _, h := range hostilePages() {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) { measure(b, len(h.page), func() { HTMLLines(h.page) }) })
	}
}

// measure prints the time of one reading, and the bytes that it allocates for each byte of input: all that it ever asked
// for, of which only a part is in use at once.
func measure(b *testing.B, size int, read func()) {
	b.SetBytes(int64(size))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		read()
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/float64(size), "bytes/byte")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/read")
}

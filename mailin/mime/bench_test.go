package mime

import (
	"os"
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

// BenchmarkHostile shows that the worst inputs take time in proportion to their size.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostileMails() {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(h.raw)))
			b.ReportAllocs()
			for b.Loop() {
				Read(h.raw)
			}
		})
	}
}

func BenchmarkHostileHTML(b *testing.B) {
	for _, h := range hostilePages() {
		b.Run(strings.ReplaceAll(h.name, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(h.page)))
			b.ReportAllocs()
			for b.Loop() {
				HTMLLines(h.page)
			}
		})
	}
}

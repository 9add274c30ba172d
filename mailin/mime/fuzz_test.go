package mime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead holds for any bytes: there is a Message, within the limits, in clean UTF-8, and the same each time.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYUBiCgpo\n"))
	f.Add([]byte("From: a@b, <c\nContent-Type: multipart/mixed; boundary\n\n--\n--x\nContent-Type: text/plain; charset=utf-16; format=flowed\n\nh\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept := string(raw)
		m := Read(raw)
		if string(raw) != kept {
			t.Fatal("Read changed its input")
		}
		checkLimits(t, m)
		if got, again := describe(m, ""), describe(Read(raw), ""); got != again {
			t.Fatal("read twice, read differently")
		}
		if (m.Format == "none") != (len(m.Body) == 0) {
			t.Fatalf("%d lines from %q", len(m.Body), m.Format)
		}
		if lines := HTMLLines(m.HTML); len(m.HTML) < 1<<16 {
			checkLines(t, lines)
		}
	})
}

// FuzzHTMLLines holds for any page: lines of clean text, no longer than the page warrants, without the words of scripts.
func FuzzHTMLLines(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			if m := Read(raw); m.HTML != "" {
				f.Add(m.HTML)
			}
		}
	}
	pages, _ := filepath.Glob("testdata/pages/*.html")
	for _, file := range pages {
		if page, err := os.ReadFile(file); err == nil {
			f.Add(string(page))
		}
	}
	f.Add("<ol start=999999><li><table><tr><td>a<td>b<blockquote>")
	f.Add("<div class=gmail_quote><a href=x:y><p><div class=gmail_attr>--- </p></div><blockquote>")
	f.Fuzz(func(t *testing.T, page string) {
		page = strings.ToValidUTF8(page, "")
		lines := HTMLLines(page)
		checkLines(t, lines)
		if size := len(Text(lines)); size > 100*len(page)+1000 {
			t.Fatalf("%d bytes of HTML became %d bytes of text", len(page), size)
		}
		if len(lines) > 0 && (lines[0].Text == "" || lines[len(lines)-1].Text == "") {
			t.Fatal("empty lines around the text")
		}
	})
}

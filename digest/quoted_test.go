package digest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"os"
	"strings"
	"testing"
)

func checkQuoted(t *testing.T, s string) {
	t.Helper()
	var want bytes.Buffer
	w := quotedprintable.NewWriter(&want)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := appendQuoted(nil, s); string(got) != want.String() {
		t.Errorf("%q becomes\n%q, not\n%q", s, got, want.String())
	}
}

func TestQuotedPrintableIsWhatTheStandardLibraryWrites(t *testing.T) {
	for _, s := range []string{
		"", "a", " ", "\t", "a ", "a \n", "a\t\n", " \n \n", "\n", "\n\n", "\r", "\r\n", "\r\r\n\n", "a\rb", "a\r\nb\n", "=", "é", "a=b\n", ".\n.", "\x00\x7f",
	} {
		checkQuoted(t, s)
	}
	for n := 60; n < 90; n++ { // around the width of a line
		for _, end := range []string{"", " ", "=", "é", "\n", " \n", "\t\n", "=\n", "  \n", "é \n", "= ="} {
			checkQuoted(t, strings.Repeat("x", n)+end)
			checkQuoted(t, strings.Repeat("=", n/3)+strings.Repeat("y", n%3)+end)
		}
	}
}

// The standard library's writer loses a line end after a lone CR and a byte that must be encoded: there only the way back is checked.
func FuzzQuotedPrintable(f *testing.F) {
	f.Add("a line = another\n and ünicode at the end \r\n")
	f.Add("a lone\r\x91\nCR")
	f.Fuzz(func(t *testing.T, s string) {
		checkQuoted(t, strings.ReplaceAll(s, "\r", ""))
		back, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(appendQuoted(nil, s))))
		want := strings.ReplaceAll(s, "\r\n", "\n")
		want = strings.ReplaceAll(strings.ReplaceAll(want, "\r", "\n"), "\n", "\r\n")
		if err != nil || string(back) != want {
			t.Errorf("%q comes back as %q, %v", s, back, err)
		}
	})
}

func TestBase64LinesAreShortAndComeBack(t *testing.T) {
	for n := range 300 {
		s := strings.Repeat("日本 x", n)[:n]
		got := appendBase64(nil, s)
		for line := range strings.Lines(string(got)) {
			if len(strings.TrimRight(line, "\r\n")) > 76 {
				t.Fatalf("a line of %d", len(line))
			}
		}
		back, err := base64.StdEncoding.DecodeString(string(got))
		if err != nil || string(back) != s {
			t.Fatalf("%d bytes come back as %q, %v", n, back, err)
		}
	}
}

func TestPartsAreSplicedInWhereTheirHeadersEnd(t *testing.T) {
	empty := "From: x\r\n\r\n--b\r\nA: 1\r\n\r\n\r\n--b\r\nB: 2\r\n\r\n\r\n--b--\r\n"
	got, err := splice([]byte(empty), "b", encode("one"), encode("two"))
	if want := "From: x\r\n\r\n--b\r\nA: 1\r\n\r\none\r\n--b\r\nB: 2\r\n\r\ntwo\r\n--b--\r\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := splice([]byte(empty), "b", encode(""), encode(""), encode("")); err == nil {
		t.Error("a part that is not there was filled")
	}
}

func BenchmarkQuoted(b *testing.B) {
	html, err := os.ReadFile("testdata/digest-busy.html")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(html)))
	var out []byte
	for b.Loop() {
		out = appendQuoted(out[:0], string(html))
	}
}

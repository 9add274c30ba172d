package outbox

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

func TestLinesAreEndedAndLeadingDotsDoubled(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"a":                      "a\r\n",
		"a\r\nb\r\n":             "a\r\nb\r\n",
		"a\nb":                   "a\r\nb\r\n",
		"a\r\n.\r\nb\r\n":        "a\r\n..\r\nb\r\n",
		"a\rb\r\n":               "a\r\nb\r\n",
		"a\r\n\r":                "a\r\n\r\n",
		"a\rb":                   "a\r\nb\r\n",
		"a\n\rb":                 "a\r\n\r\nb\r\n",
		"\r\r\n\n":               "\r\n\r\n\r\n",
		".":                      "..\r\n",
		".\r\n":                  "..\r\n",
		"..a\r\n.b":              "...a\r\n..b\r\n",
		"a.b\r\n":                "a.b\r\n",
		"x\n.\nQUIT\n":           "x\r\n..\r\nQUIT\r\n",
		"x\r.\rMAIL FROM:<>\r":   "x\r\n..\r\nMAIL FROM:<>\r\n",
		"x\r\n.\rMAIL FROM:<>\n": "x\r\n..\r\nMAIL FROM:<>\r\n",
		"x\n.\r\nMAIL FROM:<>":   "x\r\n..\r\nMAIL FROM:<>\r\n",
		"é\xff\x00\r\n":          "é\xff\x00\r\n",
	} {
		if got := string(appendData(nil, []byte(in))); got != want {
			t.Errorf("%q goes out as %q, want %q", in, got, want)
		}
	}
}

func FuzzData(f *testing.F) {
	for _, seed := range []string{"", ".", "a\r\n.\r\nb", "a\n.\nb\r.\r", "\r\r\n..", "Subject: x\r\n\r\nHi\r\n.\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		out := appendData([]byte("before"), raw)
		if !bytes.HasPrefix(out, []byte("before")) {
			t.Fatal("what was there is gone")
		}
		out = out[len("before"):]
		if len(out) > 0 && !bytes.HasSuffix(out, []byte("\r\n")) {
			t.Fatalf("%q: the last line is open", out)
		}
		for i, b := range out {
			if b == '\n' && (i == 0 || out[i-1] != '\r') || b == '\r' && (i+1 == len(out) || out[i+1] != '\n') {
				t.Fatalf("%q: a line end that is not CRLF at %d", out, i)
			}
		}
		if bytes.HasPrefix(out, []byte(".\r\n")) || bytes.Contains(out, []byte("\r\n.\r\n")) {
			t.Fatalf("%q: the mail ends before its end", out)
		}
		// What a receiver reads is what was meant, whichever way it wrote its line ends.
		meant := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(raw))
		if meant != "" && !strings.HasSuffix(meant, "\n") {
			meant += "\n"
		}
		wire := io.MultiReader(bytes.NewReader(out), strings.NewReader(".\r\n"))
		got, err := io.ReadAll(textproto.NewReader(bufio.NewReader(wire)).DotReader())
		if err != nil || string(got) != meant {
			t.Fatalf("%q is read as %q, %v", raw, got, err)
		}
		if again := appendData(nil, []byte(strings.ReplaceAll(string(got), "\n", "\r\n"))); !bytes.Equal(again, out) {
			t.Fatalf("%q goes out as %q and then as %q", raw, out, again)
		}
	})
}

func BenchmarkData(b *testing.B) {
	raw := bytes.Repeat([]byte("A line of a digest, as long as lines of mail mostly are, more or less.\r\n"), 285)
	var buf []byte
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		buf = appendData(buf[:0], raw)
	}
}

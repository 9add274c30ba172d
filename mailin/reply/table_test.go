package reply

import (
	"os"
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func TestBodiesAreReadAsAReaderWould(t *testing.T) {
	text, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range strings.Split(string(text), "\n====\n")[1:] {
		body, want, found := strings.Cut("\n"+c, "\n>>>>\n")
		if !found {
			t.Fatal("no >>>> in:", c)
		}
		body, want = strings.TrimPrefix(body, "\n"), strings.TrimRight(want, "\n")
		var m mime.Message
		for {
			line, rest, _ := strings.Cut(body, "\n")
			if from, ok := strings.CutPrefix(line, "from: "); ok {
				name, addr, _ := strings.Cut(from, " <")
				m.From = []mime.Address{{Name: name, Addr: strings.Trim(addr, ">")}}
			} else if m.Subject, ok = strings.CutPrefix(line, "subject: "); !ok {
				break
			}
			body = rest
		}
		m.Plain, m.Body, m.Format = body, mime.PlainLines(body), "plain"
		if got := Explain(&m, nil); strings.TrimRight(got.Reply, "\n") != want {
			t.Errorf("%s\n→ %q\nwant %q\n%s", body, got.Reply, want, strings.Join(got.Steps, "\n"))
		}
	}
}

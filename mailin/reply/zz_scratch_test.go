package reply

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func TestScratch(t *testing.T) {
	dir := os.Getenv("MAILS")
	if dir == "" {
		t.Skip()
	}
	n, diff := 0, 0
	filepath.Walk(dir, func(p string, i os.FileInfo, err error) error {
		if err != nil || i.IsDir() {
			return nil
		}
		raw, _ := os.ReadFile(p)
		if strings.HasSuffix(p, ".json") {
			var c struct{ Kind, Input string }
			if json.Unmarshal(raw, &c) != nil || c.Kind != "eml" {
				return nil
			}
			b := make([]byte, 0, len(c.Input))
			for _, r := range c.Input {
				b = append(b, byte(r))
			}
			raw = b
		} else if !strings.HasSuffix(p, ".eml") {
			return nil
		}
		m := mime.Read(raw)
		if m.Plain == "" || m.HTML == "" {
			return nil
		}
		n++
		a, b := *m, *m
		a.HTML, a.Format, a.Body = "", "plain", mime.PlainLines(m.Plain)
		b.Plain, b.Format, b.Body = "", "html", mime.HTMLLines(m.HTML)
		ra, rb := Read(&a, nil), Read(&b, nil)
		rm := Read(m, nil)
		f := func(s string) string {
			return strings.Map(func(r rune) rune {
				switch r {
				case ' ', '\n', '*', '_', '\u00a0', '-', '|':
					return -1
				}
				return r
			}, s)
		}
		if f(ra.Reply) != f(rb.Reply) {
			diff++
			fmt.Printf("=== %s (taken: %v)\n--- plain\n%.600s\n--- html\n%.600s\n", p, map[bool]string{true: "plain", false: "html"}[rm.Reply == ra.Reply], ra.Reply, rb.Reply)
		}
		return nil
	})
	fmt.Println(n, "with both,", diff, "differ")
}

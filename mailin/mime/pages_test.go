package mime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPagesBecomeTheTextThatBrowsersShow reads whole pages as mail programs write them. The wanted texts were compared with what a
// browser shows of the pages: they have its lines and its words, and besides the marks of lists and quotations and
// where links lead.
func TestPagesBecomeTheTextThatBrowsersShow(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := HTMLLines(string(page))
		checkLines(t, lines)
		got, want := Text(lines)+"\n", strings.TrimSuffix(file, ".html")+".want"
		if *update {
			if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(want)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != got {
			t.Errorf("%s is not what was read (-update writes it):\n%s", want, difference(string(text), got))
		}
	}
}

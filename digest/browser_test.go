package digest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"daybreak/internal/mailtest"
)

var pictures = flag.String("pictures", "", "write pictures of all mails, as a browser shows them, to this `directory`")

// TestMailsInABrowser shows every mail in Chromium, on a phone, in a mail program's column and on a wide screen, in light and in dark
// colours. For a look at them: go test ./digest -run InABrowser -pictures /tmp/pictures
func TestMailsInABrowser(t *testing.T) {
	if mailtest.Race {
		t.Skip("what works is the browser")
	}
	b := mailtest.Chromium(t)
	all := mails(t, testComposer(t))
	docs := map[string]string{}
	for name, m := range all {
		docs[name] = parse(t, m).html
	}
	for _, dark := range []bool{false, true} {
		for _, width := range []int{320, 600, 1200} {
			b.Screen(width, dark)
			for _, name := range slices.Sorted(maps.Keys(docs)) {
				b.Show(docs[name])
				for _, fault := range b.Faults() {
					t.Errorf("%s, %d pixels wide, dark %v: %s", name, width, dark, fault)
				}
				if *pictures != "" {
					file := filepath.Join(*pictures, fmt.Sprintf("%s-%d-%s.png", name, width, map[bool]string{true: "dark", false: "light"}[dark]))
					if err := os.WriteFile(file, b.Picture(4000, 1), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

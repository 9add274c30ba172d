package reply

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Every archive in testdata/markup holds pages as mail programs write them: name.html (or name.eml), then name.reply
// with the words that its writer would call their own, and if it matters name.subject and name.from. What we sent is
// not known.
func TestMarkupSaysWhatIsQuoted(t *testing.T) {
	files, err := filepath.Glob("testdata/markup/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		family := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for i := 0; i < len(archive.Files); {
			name := strings.TrimSuffix(archive.Files[i].Name, filepath.Ext(archive.Files[i].Name))
			parts := map[string]string{}
			for ; i < len(archive.Files) && strings.HasPrefix(archive.Files[i].Name, name+"."); i++ {
				parts[archive.Files[i].Name[len(name)+1:]] = string(archive.Files[i].Data)
			}
			t.Run(family+"/"+name, func(t *testing.T) {
				got := Explain(message(parts), nil)
				if want := strings.Trim(parts["reply"], "\n"); got.Reply != want {
					t.Errorf("reply:\n%s\nwanted:\n%s\nsteps:\n%s", got.Reply, want, strings.Join(got.Steps, "\n"))
				}
			})
		}
	}
}

package main

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed is the plan of the house: which of our packages each may import. A package that is not here does not exist.
var allowed = map[string][]string{
	"templates":          {},
	"internal/team":      {},
	"internal/token":     {"internal/team"},
	"internal/ics":       {"internal/team"},
	"internal/holiday":   {"internal/ics", "internal/team"},
	"internal/spell":     {},
	"internal/zone":      {"internal/spell", "internal/team"},
	"internal/config":    {"internal/holiday", "internal/spell", "internal/team", "internal/token", "internal/zone"},
	"internal/store":     {"internal/failpoint", "internal/spell", "internal/team", "internal/token"},
	"internal/trouble":   {"internal/team"},
	"internal/web":       {"internal/team", "internal/token", "templates"},
	"internal/mailtest":  {},
	"internal/failpoint": {},
	"internal/drill":     {"internal/failpoint", "internal/mailtest"},
	"mailin":             {"internal/failpoint", "internal/spell", "internal/team", "internal/token", "mailin/absence", "mailin/bounce", "mailin/invite", "mailin/mime", "mailin/order", "mailin/proof", "mailin/reply"},
	"mailin/absence":     {"internal/team"},
	"mailin/bounce":      {"mailin/mime"},
	"mailin/invite":      {"internal/ics", "internal/team", "mailin/absence"},
	"mailin/order":       {"internal/spell", "internal/team", "internal/zone"},
	"mailin/mime":        {},
	"mailin/proof":       {"internal/token", "mailin/mime"},
	"mailin/reply":       {"internal/team", "mailin/mime"},
	"digest":             {"internal/failpoint", "internal/spell", "internal/team", "internal/token", "internal/zone", "templates"},
	"digest/outbox":      {"internal/failpoint", "internal/team"},
	"cmd/daybreak":       {"*"},
	"cmd/daybreak-drill": {"internal/drill", "internal/mailtest"},
}

func TestImportsRunOneWay(t *testing.T) {
	const module = "daybreak/"
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "testdata" || strings.HasPrefix(name, ".") && name != "." && name != ".." {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(path, 0)
		if err != nil {
			if _, ok := err.(*build.NoGoError); ok {
				return nil
			}
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		seen[name] = true
		may, ok := allowed[name]
		if !ok {
			t.Errorf("package %s is not in the plan", name)
			return nil
		}
		if pkg.Doc == "" {
			t.Errorf("package %s has no comment that says what comes in, what goes out and what it does not do", name)
		}
		for _, imported := range pkg.Imports {
			ours, ok := strings.CutPrefix(imported, module)
			if ok && !slices.Contains(may, ours) && !slices.Contains(may, "*") {
				t.Errorf("package %s imports %s, which the plan does not allow", name, ours)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("package %s of the plan does not exist", name)
		}
	}
	for _, room := range []string{"docs", "pkg", "scripts", "util"} {
		if _, err := os.Stat(filepath.Join(root, room)); err == nil {
			t.Errorf("there is a folder %s, which the plan does not want", room)
		}
	}
}

package drill

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNothingIsLostOrDoubledWhereverTheProgramDies(t *testing.T) {
	if testing.Short() {
		t.Skip("lets the program die at forty points")
	}
	seed := uint64(time.Now().UnixNano())
	results, err := Points{
		Program: program(t), Seed: seed, Times: 1,
		Dir:     func() (string, error) { return t.TempDir(), nil },
		Servers: func() (Servers, error) { return Memory(20*time.Millisecond, true) },
	}.Run(t.Context())
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	var table strings.Builder
	PrintPoints(&table, results)
	t.Logf("seed %d\n%s", seed, table.String())
	for _, r := range results {
		if len(r.Breaches) > 0 {
			t.Errorf("%s: what must never fail has failed", r.Name)
		}
	}
}

// TestThePointsAreThoseOfTheSources keeps the list of points true.
func TestThePointsAreThoseOfTheSources(t *testing.T) {
	root, err := Root(t.Context())
	must(t, err)
	point := regexp.MustCompile(`failpoint\.Here\("([^"]+)"\)`)
	var found []string
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range point.FindAllSubmatch(source, -1) {
			found = append(found, string(m[1]))
		}
		return err
	}))
	listed := slices.DeleteFunc(PointNames(), func(name string) bool {
		return strings.HasPrefix(name, "commit-") || strings.HasPrefix(name, "committed-")
	})
	slices.Sort(found)
	slices.Sort(listed)
	if !slices.Equal(found, listed) {
		t.Errorf("the sources have %q, the list %q", found, listed)
	}
}

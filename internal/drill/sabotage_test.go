package drill

import (
	"os"
	"testing"
	"time"
)

func TestEachSabotageFitsTheSources(t *testing.T) {
	for _, s := range Sabotages() {
		if _, err := s.overlay(t.Context(), t.TempDir()); err != nil {
			t.Error(err)
		}
	}
}

// TestADrillFindsEachSabotage breaks the program in each way, which takes ten minutes.
func TestADrillFindsEachSabotage(t *testing.T) {
	if os.Getenv("DAYBREAK_SABOTAGE") != "1" {
		t.Skip("takes ten minutes; DAYBREAK_SABOTAGE=1 runs it")
	}
	for _, s := range Sabotages() {
		t.Run(s.Name, func(t *testing.T) {
			r, err := s.Find(t.Context(), t.TempDir(), uint64(time.Now().UnixNano()), 60)
			must(t, err)
			if r.Drill == "" {
				t.Errorf("no drill finds that %s", s.Name)
			}
			t.Logf("found by %s: %s", r.Drill, r.First)
		})
	}
}

package drill

import (
	"os"
	"strings"
	"testing"
	"time"
)

// program builds the program once for a test.
func program(t *testing.T) string {
	t.Helper()
	p, err := Build(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func memory(t *testing.T, delay time.Duration) Servers {
	t.Helper()
	s, err := Memory(delay, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestNothingIsLostOrDoubledWhenTheProgramIsKilled(t *testing.T) {
	rounds := 30
	if os.Getenv("DAYBREAK_REAL") == "1" {
		rounds = 200
	}
	survives(t, memory(t, 0), rounds)
}

func TestNothingIsLostOrDoubledBetweenRealServersWhenTheProgramIsKilled(t *testing.T) {
	survives(t, Real(t), 20)
}

func survives(t *testing.T, servers Servers, rounds int) {
	t.Helper()
	if testing.Short() {
		t.Skip("kills the program for a minute")
	}
	seed := uint64(time.Now().UnixNano())
	r, err := Kill{Program: program(t), Dir: t.TempDir(), Servers: servers, Seed: seed, Rounds: rounds, Longest: 150 * time.Millisecond}.Run(t.Context())
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	var table strings.Builder
	r.Print(&table)
	t.Logf("seed %d\n%s", seed, table.String())
	if len(r.Breaches) > 0 {
		t.Error("what must never fail has failed")
	}
	if r.Updates == 0 || r.Digests == 0 || r.Orders == 0 {
		t.Error("nothing happened that could have failed")
	}
}

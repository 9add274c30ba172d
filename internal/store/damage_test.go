package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// looks are what commands that only look show of a database, or the error instead.
func looks(t *testing.T, path string) []any {
	t.Helper()
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	if err != nil {
		return []any{err, err, err, err}
	}
	defer s.Close()
	orError := func(v any, err error) any {
		if err != nil {
			return err
		}
		return fmt.Sprintf("%+v", v)
	}
	status, err := s.Status(t.Context(), start, 10)
	first := orError(status, err)
	roster, err := s.Roster(t.Context())
	second := orError(roster, err)
	people, err := s.People(t.Context())
	third := orError(people, err)
	turn, err := s.DigestTurn(t.Context(), 2, start)
	return []any{first, second, third, orError(turn, err)}
}

func TestWhoOnlyLooksIsToldOfDamageToo(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of databases, and one goroutine")
	}
	path := filled(t)
	s, err := Open(t.Context(), Options{Path: path})
	must(t, err)
	mia := person(t, s, "mia@example.com")
	must(t, s.Plan(t.Context(), mia.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: start}}))
	enqueued(t, s, 5)
	must(t, s.Close())
	sound, err := os.ReadFile(path)
	must(t, err)
	want := looks(t, path)
	random := rand.New(rand.NewPCG(1, 2))
	const page = 4096
	damaged, told := filepath.Join(t.TempDir(), "damaged.db"), 0
	try := func(what string, sure bool, damage func(data []byte) []byte) {
		t.Helper()
		must(t, os.WriteFile(damaged, damage(append([]byte(nil), sound...)), 0o600))
		for i, got := range looks(t, damaged) {
			if err, ok := got.(error); ok {
				told++
				if KindOf(err) != Corrupt && (sure || !strings.Contains(err.Error(), "unknown time zone")) {
					t.Errorf("%s: look %d: %s %v", what, i, KindOf(err), err)
				}
			} else if sure && got != want[i] {
				t.Errorf("%s: look %d: not a word, and it shows\n%s\ninstead of\n%s", what, i, got, want[i])
			}
		}
	}
	for at := 0; at < len(sound); at += page {
		header := at
		if at == 0 {
			header = 100
		}
		try(fmt.Sprint("no page at ", at), true, func(b []byte) []byte { clear(b[at : at+page]); return b })
		try(fmt.Sprint("no entries at ", at), true, func(b []byte) []byte { clear(b[header+3 : header+5]); return b })
		try(fmt.Sprint("noise at ", at), true, func(b []byte) []byte {
			for i := range page {
				b[at+i] = byte(random.Uint32())
			}
			return b
		})
		try(fmt.Sprint("cut off at ", at), true, func(b []byte) []byte { return b[:max(at, 1)] })
		for range 4 {
			place, bits := header+random.IntN(8), byte(1+random.IntN(255))
			try(fmt.Sprint("another byte in the head of a page, at ", place), true, func(b []byte) []byte { b[place] ^= bits; return b })
			place = at + random.IntN(page)
			try(fmt.Sprint("another byte at ", place), false, func(b []byte) []byte { b[place] ^= bits; return b }) // within a text: no engine can know
		}
	}
	if told < 1000 {
		t.Errorf("only %d looks found damage", told)
	}
}

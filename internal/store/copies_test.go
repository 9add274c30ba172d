package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// rows are all that a database holds, by table: how often each row is there.
func rows(t *testing.T, s *Store) map[string]map[string]int {
	t.Helper()
	held := map[string]map[string]int{}
	err := s.read(t.Context(), "reading everything", func(ctx context.Context, tx *sql.Conn) error {
		names, err := all(ctx, tx, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
		for _, name := range names {
			found, err := tx.QueryContext(ctx, `SELECT * FROM "`+name+`"`)
			if err != nil {
				return err
			}
			columns, err := found.Columns()
			must(t, err)
			held[name] = map[string]int{}
			for found.Next() {
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				must(t, found.Scan(into...))
				held[name][fmt.Sprintf("%v", values)]++
			}
			if err := errors.Join(found.Err(), found.Close()); err != nil {
				return err
			}
		}
		return err
	})
	must(t, err)
	return held
}

// changedRows counts the rows of each table that are not as they were.
func changedRows(before, after map[string]map[string]int) map[string]int {
	n := map[string]int{}
	for name, list := range before {
		for row, times := range list {
			if after[name][row] != times {
				n[name]++
			}
		}
	}
	return n
}

// TestTwoHundredDamagedCopiesAreNeverSilent overwrites one to four kilobytes at a random place of each of 200 copies with noise. Each is refused
// when it is opened, or found by the daily look. Of the others all that is held is as it was, as the noise fell where nothing is, or it fell into
// one long text alone: no engine knows words from others.
func TestTwoHundredDamagedCopiesAreNeverSilent(t *testing.T) {
	path := filled(t)
	s, err := Open(t.Context(), Options{Path: path})
	must(t, err)
	enqueued(t, s, 20)
	before := rows(t, s)
	if len(before["mail"]) < 300 || len(before["letter"]) != 20 {
		t.Fatalf("%d mails and %d letters are held", len(before["mail"]), len(before["letter"]))
	}
	must(t, s.Close())
	sound, err := os.ReadFile(path)
	must(t, err)
	const copies = 200
	refused, found, nowhere, words := 0, 0, 0, 0
	for seed := range uint64(copies) {
		random := rand.New(rand.NewPCG(seed, 1))
		data := append([]byte(nil), sound...)
		size := 1024 + random.IntN(3*1024)
		place := random.IntN(len(data) - size)
		for i := range size {
			data[place+i] = byte(random.Uint32())
		}
		damaged := filepath.Join(t.TempDir(), fmt.Sprint(seed, ".db"))
		must(t, os.WriteFile(damaged, data, 0o600))
		s, err := Open(t.Context(), Options{Path: damaged})
		if err != nil {
			if KindOf(err) != Corrupt {
				t.Errorf("seed %d: refused as %q: %v", seed, KindOf(err), err)
			}
			if e := errorOf(err); e == nil || e.Hint == "" {
				t.Errorf("seed %d: no hint: %v", seed, err)
			}
			refused++
			continue
		}
		if err := s.Check(t.Context()); err != nil {
			if kind, _ := s.Standing(); KindOf(err) != Corrupt || kind == nil || kind.Kind != Corrupt {
				t.Errorf("seed %d: the daily look says %v, and the database stands as %v", seed, err, kind)
			}
			found++
		} else if changed := changedRows(before, rows(t, s)); len(changed) == 0 {
			nowhere++
		} else {
			words++
			if len(changed) > 1 || changed["letter"]+changed["raw"]+changed["item"]+changed["mail"] != 1 {
				t.Errorf("seed %d: %d bytes at %d: not a word, and in these tables rows are others: %v", seed, size, place, changed)
			}
		}
		must(t, s.Close())
	}
	t.Logf("of %d copies %d are refused, %d are found by the daily look, in %d the noise fell where nothing is, and in %d into one text", copies, refused, found, nowhere, words)
	if refused < copies/2 || found == 0 {
		t.Errorf("of %d copies %d are refused and %d found", copies, refused, found)
	}
}

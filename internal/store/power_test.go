package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"daybreak/internal/mailtest"
)

// TestPowerLostAtAnyInstantLosesNothingAcknowledged opens what a disk may hold when the power goes: of what was written after the last
// sync, each sector is old or new. A commit is acknowledged after the write-ahead log was synced; a checkpoint writes the database after
// that, and the log begins anew after the database was synced.
func TestPowerLostAtAnyInstantLosesNothingAcknowledged(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 2))
	path := filepath.Join(t.TempDir(), "daybreak.db")
	s := openWith(t, Options{Path: path})
	apply(t, s, rosterTeam("platform", aiko, mia))
	p := person(t, s, "mia@example.com")
	said := 0
	say := func(mails int) {
		for range mails {
			said++
			accept1(t, s, update(p, uint32(said), fmt.Sprint("the words of mail ", said), "and more"))
		}
	}
	torn, whole, older := 0, 0, 0
	lose := func(db, log []byte, acknowledged int) {
		t.Helper()
		image := filepath.Join(t.TempDir(), "daybreak.db")
		must(t, os.WriteFile(image, db, 0o600))
		must(t, os.WriteFile(image+"-wal", log, 0o600))
		after, err := Open(t.Context(), Options{Path: image})
		if err != nil {
			t.Fatalf("after %d mails: %v", acknowledged, err)
		}
		defer after.Close()
		var sound string
		must(t, after.writer.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound))
		mails, entries := number(t, after, "SELECT COUNT(*) FROM mail"), number(t, after, "SELECT COUNT(*) FROM entry")
		last := number(t, after, "SELECT last_uid FROM mailbox")
		if sound != "ok" || mails < acknowledged || mails > said || entries != mails || last != mails {
			t.Fatalf("of %d mails, %d of them acknowledged, there are %d with %d entries, the cursor is at %d, integrity %q", said, acknowledged, mails, entries, last, sound)
		}
		switch {
		case mails == said:
			whole++
		case mails == acknowledged:
			older++
		default:
			torn++
		}
	}
	read := func() (db, log []byte) {
		db, err := os.ReadFile(path)
		must(t, err)
		log, err = os.ReadFile(path + "-wal")
		must(t, err)
		return db, log
	}
	checkpoint := func() {
		_, err := s.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(PASSIVE)")
		must(t, err)
	}
	say(3)
	images := 210
	if mailtest.Race {
		images = 21
	}
	for ; images > 0; images -= 3 {
		say(1 + random.IntN(3))
		acknowledged := said
		db, log := read()
		say(1 + random.IntN(5))
		db1, log1 := read()
		if !bytes.Equal(db, db1) {
			t.Fatal("a checkpoint came by itself: the images are not what a disk could hold")
		}
		lose(db, sectors(random, log, log1), acknowledged) // while commits were written to the log

		checkpoint()
		db2, log2 := read()
		if !bytes.Equal(log1, log2) {
			t.Fatal("a checkpoint has changed the log")
		}
		lose(sectors(random, db1, db2), log2, said) // while the checkpoint was written to the database

		acknowledged = said
		say(1)
		_, log3 := read()
		if slices.Equal(log2[16:24], log3[16:24]) {
			t.Fatal("the log did not begin anew after a checkpoint")
		}
		lose(db2, sectors(random, log2, log3), acknowledged) // while the log began anew
	}
	t.Logf("%d images: all that was written %d times, only what was acknowledged %d times, something between %d times", whole+older+torn, whole, older, torn)
	if whole == 0 || older == 0 || torn == 0 {
		t.Error("the images are all of one sort")
	}
}

// sectors is a file of which some of the sectors that were written, of 512 bytes, are on the disk: those up to a point, or some of these.
func sectors(random *rand.Rand, old, written []byte) []byte {
	const sector = 512
	image := slices.Clone(written)
	var changed [][]byte // what is on the disk if the sector is not written
	var places []int
	for at := 0; at < len(image); at += sector {
		before := make([]byte, min(sector, len(image)-at))
		if at < len(old) {
			copy(before, old[at:])
		}
		if !bytes.Equal(before, image[at:at+len(before)]) {
			changed, places = append(changed, before), append(places, at)
		}
	}
	end, some := random.IntN(len(places)+1), random.IntN(3) == 0
	for i, at := range places {
		if i >= end || some && random.IntN(8) == 0 {
			copy(image[at:], changed[i])
		}
	}
	return image
}

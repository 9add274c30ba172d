package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// madeUpZone is zone data (RFC 9636) of a zone that is so many hours before UTC, at all times.
func madeUpZone(hours int) []byte {
	block := func(version string) []byte {
		b := append([]byte("TZif"+version), make([]byte, 15)...)
		for _, count := range []uint32{0, 0, 0, 0, 1, 4} { // one kind of time, whose name has three letters
			b = binary.BigEndian.AppendUint32(b, count)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(hours*60*60))
		return append(b, 0, 0, 'X', 'X', 'X', 0)
	}
	return fmt.Appendf(append(block("2"), block("2")...), "\nXXX-%d\n", hours)
}

// A country changes its clocks, the zone data is updated, and the daemon is started again.
func TestZoneDataThatChangesMovesWhatIsNotSentYet(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	s, err := store.Open(t.Context(), store.Options{Path: h.database()})
	must(t, err)
	_, err = s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team: team.Team{Slug: "platform", Name: "Platform", Defaults: team.Rule{Zone: "Europe/Paris", Days: team.Workdays{Days: 1<<7 - 1}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko", Addresses: []string{"aiko@example.com"}}},
			{Member: team.Member{Name: "Mia", Addresses: []string{"mia@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo"}}}},
	}}}, false, time.Now())
	must(t, err)
	must(t, s.Close())
	for _, hours := range []int{1, 3} {
		dir := filepath.Join(h.dir, fmt.Sprint("zones", hours))
		must(t, os.MkdirAll(filepath.Join(dir, "Europe"), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "Europe", "Paris"), madeUpZone(hours), 0o600))
		cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "daybreak", "--config", h.config, "serve")
		cmd.Env = append(os.Environ(), "ZONEINFO="+dir)
		d := runDaemon(t, cmd)
		h.eventually(d, fmt.Sprintf("told at 09:00 UTC+%d", hours), func(s team.Status) bool {
			told := map[string]int{}
			for _, u := range s.Upcoming {
				if u.Slot.Kind == team.DigestSlot {
					told[u.Address] = u.Slot.At.UTC().Hour()
				}
			}
			return len(told) == 2 && told["aiko@example.com"] == 9-hours && told["mia@example.com"] == 0
		})
		d.kill()
	}
}

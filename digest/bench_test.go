package digest

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// processor is the time that the process has used of all processors.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDigest composes and renders digests of thirteen people who read each other, to the bytes that are sent: what
// happens in a team's morning. Processor time is steadier than wall time.
func BenchmarkDigest(b *testing.B) {
	c := testComposer(b)
	entries, now := busy(), tuesday(b)
	var readers []team.Turn
	for _, e := range entries {
		turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: entries})
		turn.Person.ID, turn.Person.Name = e.MemberID, e.Name
		readers = append(readers, turn)
	}
	b.ReportAllocs()
	var bytes, n int
	start := processor(b)
	for b.Loop() {
		m, ok, err := c.Digest(readers[n%len(readers)], now)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		bytes = len(m.Raw)
		n++
	}
	used := processor(b) - start
	b.ReportMetric(float64(bytes), "bytes/mail")
	b.ReportMetric(float64(used.Microseconds())/float64(n), "cpu-µs/digest")
}

// BenchmarkDigestAlone is the same for one reader of words that nobody else has read.
func BenchmarkDigestAlone(b *testing.B) {
	c := testComposer(b)
	turn, now := turns()["busy"], tuesday(b)
	b.ReportAllocs()
	n := 0
	start := processor(b)
	for b.Loop() {
		turn.Reading[0].Entries[0].Name = "Dev " + itoa(n) // the first person is new each time, the letters of the others stay
		for i := range turn.Reading[0].Entries {
			turn.Reading[0].Entries[i].Items[0].Text = "Something new: " + itoa(n)
		}
		if _, ok, err := c.Digest(turn, now); err != nil || !ok {
			b.Fatal(ok, err)
		}
		n++
	}
	b.ReportMetric(float64((processor(b)-start).Microseconds())/float64(n), "cpu-µs/digest")
}

// BenchmarkCrowd is one digest of a team of 500.
func BenchmarkCrowd(b *testing.B) {
	c := testComposer(b)
	turn, now := turns()["busy"], tuesday(b)
	turn.Reading[0].Entries = crowd(500, 3)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok, err := c.Digest(turn, now); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkPrompt composes and renders one prompt.
func BenchmarkPrompt(b *testing.B) {
	c, now := testComposer(b), tuesday(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Prompt(asking(), now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNextDue computes when a member is told next, in 40 zones in turn.
func BenchmarkNextDue(b *testing.B) {
	var people []team.Person
	for _, name := range zone.Names()[:400] {
		if len(people) < 40 && strings.Contains(name, "/") {
			people = append(people, team.Person{Member: team.Member{ID: 1, Rule: team.Rule{Zone: name}}})
		}
	}
	now := time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC) // a Friday
	n := 0
	for b.Loop() {
		n++
		p := people[n%len(people)]
		slot, err := NextDigest(p, team.Date{}, now.Add(time.Duration(n%1000)*time.Hour))
		if err != nil || slot.At.IsZero() {
			b.Fatal(slot, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "computed/s")
}

package main

import (
	"context"
	"flag"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/config"
	"daybreak/internal/drill"
	"daybreak/internal/mailtest"
)

var long = flag.Bool("long", false, "soak for 30 days with 200 members instead of 6 days with 25")

// footprint is what the process holds at one time.
type footprint struct {
	resident, database int64 // bytes
	goroutines, files  int
	connections        int64 // so far
}

// TestAMonthUnderFaultsLosesNothingAndGrowsByNothing lets members in 25 zones live for days of fake time while connections to both
// servers break all the time. The oracle of the drills judges; what the process holds must not grow, and the database steadily.
func TestAMonthUnderFaultsLosesNothingAndGrowsByNothing(t *testing.T) {
	if mailtest.Race {
		t.Skip("the fortnight is lived through under it, and its memory is the detector's")
	}
	days, teams, settled := 6, 5, 2
	if *long {
		days, teams, settled = 30, 40, 8 // the roll-ups come on the seventh day
	}
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 0 // as in the program
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2000, 3, 6, 0, 0, 0, 0, time.UTC)))
		s := &soak{t: t, crowd: drill.NewCrowd("updates@example.com", seed, teams)}
		seen, err := os.CreateTemp(t.TempDir(), "seen") // what grows in memory is the engine's
		must(t, err)
		defer seen.Close()
		s.crowd.Seen.KeepIn(seen)
		roster, err := config.ParseRoster([]byte(s.crowd.Roster), "team.toml")
		must(t, err)
		s.e = newEngine(t, mailtest.Options{Address: s.crowd.Address, Forget: true, OnDelivery: s.took}, roster, 0)
		s.e.box.Dial = func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := s.e.server.DialIMAP(ctx)
			return s.faulty(c, 8000), err
		}
		s.e.out.Server.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := s.e.server.DialSMTP(ctx)
			return s.faulty(c, 500), err
		}
		ctx, stop := context.WithCancel(t.Context())
		loops := s.e.run(ctx)
		time.Sleep(time.Minute) // the mailbox is seen while it is empty
		var prints []footprint
		for day := range days {
			s.live(24 * time.Hour)
			prints = append(prints, s.footprint())
			t.Logf("day %d: %+v", day+1, prints[day])
		}
		s.calm.Store(true)
		s.live(48 * time.Hour)
		stop()
		loops.Wait()
		s.e.close()
		must(t, s.crowd.Failed())
		s.judge(filepath.Join(s.e.dir, "daybreak.db"))
		s.flat(prints, settled)
	})
}

// soak is an engine in a crowd, with bad lines to its servers.
type soak struct {
	t     *testing.T
	e     *engine
	crowd *drill.Crowd
	calm  atomic.Bool
	conns atomic.Int64
	inbox []uint32 // the UIDs in it
}

// faulty lets most connections break at some point, after about so many bytes from the server: cut, reset, stalled or slow.
func (s *soak) faulty(c net.Conn, about float64) net.Conn {
	n := s.conns.Add(1)
	if c == nil || s.calm.Load() {
		return c
	}
	random := rand.New(rand.NewPCG(uint64(n), 2))
	f := mailtest.Faults{}
	at := 1 + int64(random.ExpFloat64()*about)
	switch random.IntN(5) {
	case 0, 1:
		f.CutAt, f.Reset = at, random.IntN(2) == 0
	case 2:
		f.StallAt = at
	case 3:
		f.Rate = 200 + random.IntN(20_000)
	}
	return f.Wrap(c)
}

// took hears of each mail that SMTP has accepted. The answer to it may be lost, and then it may come once more.
func (s *soak) took(d mailtest.Delivery) {
	s.crowd.Took(d.From, d.To, d.Raw)
	s.crowd.Seen.MayComeAgain(d.Raw)
}

// live lets time pass, in which people write.
func (s *soak) live(span time.Duration) {
	const step = 30 * time.Minute
	for range span / step {
		time.Sleep(step)
		arrivals, err := s.crowd.Write(time.Now())
		must(s.t, err)
		if s.calm.Load() { // the last words have to reach everyone
			continue
		}
		for _, a := range arrivals {
			s.crowd.Seen.Hold(a.Held)
			uid, err := s.e.server.Deliver(a.Raw)
			must(s.t, err)
			s.inbox = append(s.inbox, uid)
		}
	}
}

// footprint is what is held after what is read was taken out of the mailbox, as its owner does.
func (s *soak) footprint() footprint {
	t := s.t
	c, _, err := s.e.store.Cursor(t.Context(), s.e.box.Account)
	must(t, err)
	unread, _ := slices.BinarySearch(s.inbox, c.LastUID+1)
	if unread > 0 {
		must(t, s.e.server.Expunge(s.inbox[:unread]...))
		s.inbox = slices.Clone(s.inbox[unread:])
	}
	runtime.GC()
	debug.FreeOSMemory()
	f := footprint{goroutines: runtime.NumGoroutine(), connections: s.conns.Load()}
	statm, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	must(t, err)
	f.resident = pages * int64(os.Getpagesize())
	fds, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	f.files = len(fds)
	info, err := os.Stat(filepath.Join(s.e.dir, "daybreak.db"))
	must(t, err)
	f.database = info.Size()
	return f
}

func (s *soak) judge(path string) {
	v, err := s.crowd.Seen.Judge(s.t.Context(), path, true)
	must(s.t, err)
	s.t.Logf("%d updates, %d orders, %d mails sent, %d digests, %d second copies, %d connections", v.Updates, v.Orders, v.Mails, v.Digests,
		v.SecondCopies, s.conns.Load())
	for i, b := range v.Breaches {
		if i < 20 {
			s.t.Error(b)
		}
	}
	if v.Updates == 0 || v.Digests == 0 {
		s.t.Error("nothing happened that could have failed")
	}
}

// flat holds the days after the first ones against the last of these.
func (s *soak) flat(prints []footprint, settled int) {
	within := func(what string, day int, had, has int64, slack int64) {
		if has > had+had/10+slack {
			s.t.Errorf("day %d: %s were %d on day %d and are %d", day, what, had, settled, has)
		}
	}
	slack := int64(0)
	if !*long { // no cache is full yet
		slack = 8 << 20
	}
	first := prints[settled-1]
	for i, p := range prints[settled:] {
		day := settled + i + 1
		within("bytes in memory", day, first.resident, p.resident, slack)
		within("goroutines", day, int64(first.goroutines), int64(p.goroutines), 4) // a connection has some
		within("open files", day, int64(first.files), int64(p.files), 4)
	}
	last := prints[len(prints)-1]
	early, late := (first.database-prints[0].database)/int64(settled-1), (last.database-first.database)/int64(len(prints)-settled)
	if late > early+early/3 {
		s.t.Errorf("the database grows by %d bytes a day at first and by %d later", early, late)
	}
}

package trouble

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

func TestTheCalmestMomentIsInTheMiddleOfTheLongestGap(t *testing.T) {
	hours := func(list ...int) (times []time.Time) {
		for _, h := range list {
			times = append(times, morning.Add(time.Duration(h)*time.Hour))
		}
		return times
	}
	for _, c := range []struct {
		due  []int
		want time.Duration
	}{
		{nil, 12 * time.Hour},
		{[]int{1, 2, 3, 9, 10, 11}, 17*time.Hour + 30*time.Minute},
		{[]int{1, 2, 3, 15, 16, 23}, 9 * time.Hour},
		{[]int{20}, 10 * time.Hour},
	} {
		if got := calmest(hours(c.due...), morning, morning.Add(24*time.Hour)); !got.Equal(morning.Add(c.want)) {
			t.Errorf("among %v it is %s, want %s", c.due, got.Sub(morning), c.want)
		}
	}
}

// big makes a database of which the greater part is a mail's body, and gives its path.
func big(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "daybreak.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	random, raw := rand.New(rand.NewPCG(1, 2)), make([]byte, 4<<20)
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	err = s.Accept(t.Context(), team.Cursor{Account: "updates@example.com/INBOX", Validity: 1, LastUID: 1}, []team.Mail{{UID: 1, Raw: raw, Outcome: team.Refused}}, morning)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheWholeDatabaseIsLookedAtOnceADayBesideThoseWhoWrite(t *testing.T) {
	path := big(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), store.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		checkup := &Checkup{Store: s, Log: slog.New(slog.DiscardHandler), Damaged: func(err error) bool { return store.KindOf(err) == store.Corrupt }}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- checkup.Run(ctx) }()
		last := func() time.Time {
			at, err := s.LastCheckup(t.Context())
			if err != nil {
				t.Error(err)
			}
			return at
		}
		var times []time.Time
		for range 7 * 24 {
			time.Sleep(time.Hour)
			if at := last(); len(times) == 0 || !at.Equal(times[len(times)-1]) {
				times = append(times, at)
			}
		}
		if len(times) < 6 || len(times) > 8 {
			t.Errorf("in a week it is looked at %d times: %s", len(times), times)
		}

		// Then the disk turns what it keeps into something else.
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		info, _ := file.Stat()
		page := make([]byte, 4096)
		for i := range page {
			page[i] = 0xff
		}
		if _, err := file.WriteAt(page, info.Size()/4096*3/4*4096); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		w := &Watch{Store: s, Log: slog.New(slog.DiscardHandler)}
		for range 38 {
			time.Sleep(time.Hour)
			if err := w.Look(t.Context(), time.Now(), time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if list := w.Troubles(); len(list) != 1 || list[0].Kind != team.DamagedTrouble {
			t.Errorf("a day and a half later there is %+v", list)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

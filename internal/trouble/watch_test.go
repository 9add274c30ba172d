package trouble

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// watched is a watch over a real database and one part that tells of itself.
type watched struct {
	t    *testing.T
	s    *store.Store
	log  bytes.Buffer
	tell *team.Trouble
	sure bool
	last time.Time
	*Watch
}

func watching(t *testing.T, s *store.Store) *watched {
	t.Helper()
	w := &watched{t: t, s: s}
	w.Watch = &Watch{Store: s, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Sources: []Source{
		{Kinds: []team.TroubleKind{team.MailboxTrouble}, Look: func(time.Time) (*team.Trouble, bool) { return w.tell, w.sure }},
	}}
	return w
}

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "daybreak.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// look looks, as if its clock went right, and gives the kinds that are there and those that are kept to last.
func (w *watched) look(now time.Time) string {
	w.t.Helper()
	passed := time.Duration(0)
	if !w.last.IsZero() {
		passed = now.Sub(w.last)
	}
	w.last = now
	if err := w.Look(w.t.Context(), now, passed); err != nil {
		w.t.Fatal(err)
	}
	kept, err := w.s.Troubles(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	said := ""
	for _, t := range w.Troubles() {
		said += fmt.Sprintf("%s since %s ", t.Kind, t.Since.Format("15:04"))
	}
	said += "/"
	for _, t := range kept {
		if t.Ended.IsZero() {
			said += fmt.Sprintf(" %s since %s", t.Kind, t.Since.Format("15:04"))
		} else {
			said += fmt.Sprintf(" %s until %s", t.Kind, t.Ended.Format("15:04"))
		}
	}
	return said
}

func (w *watched) sees(now time.Time, want string) {
	w.t.Helper()
	if got := w.look(now); got != want {
		w.t.Errorf("it sees %q, want %q", got, want)
	}
}

func TestATroubleIsKeptFromItsBeginToItsEndAcrossRestarts(t *testing.T) {
	s := open(t)
	w := watching(t, s)
	minute := func(n int) time.Time { return morning.Add(time.Duration(n) * time.Minute) }
	w.sure = true
	w.sees(minute(0), "/")
	w.tell = &team.Trouble{Kind: team.MailboxTrouble, Since: minute(0), What: "away", Hint: "look"}
	w.sees(minute(1), "mailbox since 09:00 / mailbox since 09:00")
	w.tell = &team.Trouble{Kind: team.MailboxTrouble, Since: minute(2), What: "away still", Hint: "look"}
	w.sees(minute(2), "mailbox since 09:00 / mailbox since 09:00")
	if n := strings.Count(w.log.String(), "msg=trouble"); n != 1 || strings.Contains(w.log.String(), "well again") {
		t.Errorf("it is logged %d times:\n%s", n, &w.log)
	}

	again := watching(t, s) // which has not tried yet
	again.sees(minute(3), "mailbox since 09:00 / mailbox since 09:00")
	again.sure = true
	again.sees(minute(4), "/ mailbox until 09:04")
	if got := again.log.String(); !strings.Contains(got, `msg="well again" name=mailbox`) || strings.Contains(got, "msg=trouble") {
		t.Errorf("the log:\n%s", got)
	}
	again.tell = &team.Trouble{Kind: team.MailboxTrouble, Since: minute(5), What: "away", Hint: "look"}
	again.sees(minute(5), "mailbox since 09:05 / mailbox since 09:05")
}

func TestAClockThatIsSetIsToldForADay(t *testing.T) {
	for by, want := range map[time.Duration]string{0: "", time.Minute: "", -time.Minute: "", 3 * time.Hour: "forward by 3h0m0s", -3 * time.Hour: "back by 3h0m0s"} {
		w := watching(t, open(t))
		w.sure = true
		w.look(morning)
		now := morning.Add(time.Minute + by)
		if err := w.Look(t.Context(), now, time.Minute); err != nil {
			t.Fatal(err)
		}
		what := ""
		for _, t := range w.Troubles() {
			what += string(t.Kind) + t.What
		}
		if want == "" && what != "" || !strings.Contains(what, want) {
			t.Errorf("set by %s: %q", by, what)
		}
		if err := w.Look(t.Context(), now.Add(24*time.Hour), 24*time.Hour); err != nil || len(w.Troubles()) > 0 {
			t.Errorf("set by %s: a day later %v %v", by, w.Troubles(), err)
		}
	}
}

func TestWhatIsDueForLongIsATroubleOnlyIfItStaysSo(t *testing.T) {
	s := open(t)
	_, err := s.ApplyRoster(t.Context(), team.Roster{Teams: []team.RosterTeam{{
		Team:    team.Team{Slug: "platform", Name: "Platform", CheckIns: []team.CheckIn{{Name: "daily", Questions: []string{"What?"}}}},
		Members: []team.RosterMember{{Member: team.Member{Name: "Aiko", Addresses: []string{"aiko@example.com"}, Rule: team.Rule{Zone: "Asia/Tokyo"}}}},
	}}}, false, morning)
	if err != nil {
		t.Fatal(err)
	}
	plan := func(at time.Time) {
		t.Helper()
		if err := s.Plan(t.Context(), 1, []team.Slot{{Kind: team.DigestSlot, Day: team.DateOf(morning), At: at, Until: at.Add(12 * time.Hour)}}); err != nil {
			t.Fatal(err)
		}
	}
	w := watching(t, s)
	w.sure = true
	plan(morning)
	awoken := morning.Add(8 * time.Hour)
	w.sees(awoken, "/")
	plan(awoken.Add(16 * time.Hour))
	w.sees(awoken.Add(time.Minute), "/")
	plan(morning)
	w.sees(awoken.Add(2*time.Minute), "/")
	w.sees(awoken.Add(3*time.Minute), "behind since 09:00 / behind since 09:00")
}

// full is a database without room.
type full struct{ *store.Store }

func (full) NoteTroubles(context.Context, []team.Trouble, time.Time) error {
	return errors.New("no room")
}

func TestWhatCannotBeKeptIsToldAllTheSameAndKeptLater(t *testing.T) {
	s := open(t)
	w := watching(t, s)
	w.Store = full{s}
	w.tell = &team.Trouble{Kind: team.MailboxTrouble, Since: morning, What: "away"}
	for n := range 3 {
		if err := w.Look(t.Context(), morning.Add(time.Duration(n)*time.Minute), time.Minute); err == nil {
			t.Fatal("there was room")
		}
	}
	if n := strings.Count(w.log.String(), "msg=trouble"); n != 1 || len(w.Troubles()) != 1 {
		t.Errorf("logged %d times, and there are %v", n, w.Troubles())
	}
	w.Store = s
	w.sees(morning.Add(3*time.Minute), "mailbox since 09:00 / mailbox since 09:00")
}

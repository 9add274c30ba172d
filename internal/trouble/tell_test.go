package trouble

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/store"
	"daybreak/internal/team"
)

// informed is a watch that writes to the admin.
func informed(t *testing.T, s *store.Store) *watched {
	t.Helper()
	w := watching(t, s)
	w.sure = true
	w.Compose = func(list []team.Trouble, now time.Time) (team.Outgoing, error) {
		name := ""
		for _, t := range list {
			if name += " " + string(t.Kind); !t.Ended.IsZero() {
				name += " over"
			}
		}
		id := fmt.Sprint("troubles:", now.Unix())
		return team.Outgoing{Dedupe: id, Kind: team.NoticeMail, From: "updates@example.com", To: "rosa@example.com", MessageID: id + "@example.com",
			Subject: strings.TrimSpace(name), Raw: []byte("Subject: x\r\n\r\n"), CreatedAt: now, ExpiresAt: now.Add(72 * time.Hour)}, nil
	}
	return w
}

// sends sends what waits, and gives its subjects.
func (w *watched) sends(now time.Time) string {
	w.t.Helper()
	list, err := w.s.ClaimOutgoing(w.t.Context(), now, time.Minute, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	var subjects []string
	for _, m := range list {
		if err := w.s.Finish(w.t.Context(), m.ID, m.Epoch, team.SendResult{State: team.SentOut}, now); err != nil {
			w.t.Fatal(err)
		}
		subjects = append(subjects, m.Subject)
	}
	return strings.Join(subjects, ", ")
}

// in puts the part that tells of itself into a trouble, or out of it.
func (w *watched) in(kind team.TroubleKind, since time.Time) {
	if w.tell = nil; kind != "" {
		w.tell = &team.Trouble{Kind: kind, Since: since, What: "away"}
	}
}

func TestTheAdminIsToldOnceADayAtMostAndOnceThatItIsOver(t *testing.T) {
	s := open(t)
	w := informed(t, s)
	told := map[time.Duration]string{}
	at := func(d time.Duration) time.Time { return morning.Add(d) }
	for d := time.Duration(0); d < 40*24*time.Hour; d += time.Hour {
		switch { // out of reach for twenty days, then every second hour for five days, then never
		case d < 20*24*time.Hour:
			w.in(team.MailboxTrouble, at(0))
		case d > 21*24*time.Hour && d < 26*24*time.Hour && d/time.Hour%2 == 0:
			w.in(team.MailboxTrouble, at(d).Add(-10*time.Minute))
		default:
			w.in("", time.Time{})
		}
		if d/time.Hour%7 == 0 { // restarted
			w = informed(t, s)
			if d < 20*24*time.Hour {
				w.in(team.MailboxTrouble, at(d))
			}
		}
		if err := w.Look(t.Context(), at(d), time.Hour); err != nil {
			t.Fatal(err)
		}
		if subject := w.sends(at(d)); subject != "" {
			told[d] = subject
		}
	}
	day := 24 * time.Hour
	for _, d := range []time.Duration{time.Hour, day + time.Hour, 3*day + time.Hour, 7*day + time.Hour, 14*day + time.Hour} {
		if told[d] != "mailbox" {
			t.Errorf("after %s the admin is told %q", d, told[d])
		}
		delete(told, d)
	}
	if told[20*day] != "mailbox over" {
		t.Errorf("its end is told as %q", told[20*day])
	}
	delete(told, 20*day)
	last := map[string]time.Duration{}
	for _, d := range slices.Sorted(maps.Keys(told)) {
		subject := told[d]
		before, again := last[subject]
		if d < 21*day || d > 26*day+12*time.Hour || again && d-before < day || subject != "mailbox" && subject != "mailbox over" {
			t.Errorf("after %s the admin is told %q", d, subject)
		}
		last[subject] = d
	}
	if len(told) < 5 || len(told) > 10 {
		t.Errorf("in five days of coming and going the admin is told %v", told)
	}
}

func TestWhatCouldNotBeToldInTimeIsToldInOneMail(t *testing.T) {
	w := informed(t, open(t))
	at := func(minutes int) time.Time { return morning.Add(time.Duration(minutes) * time.Minute) }
	look := func(minutes int) {
		t.Helper()
		w.look(at(minutes))
	}
	// The network is away: the mailbox is a trouble, and the mail about it waits until all is over.
	w.in(team.MailboxTrouble, at(0))
	look(20)
	w.in("", time.Time{})
	look(21)
	if got := w.sends(at(22)); got != "mailbox over" {
		t.Errorf("the admin is told %q", got)
	}

	// Nothing can be sent for long: what waits then is one mail, and tells what is so when it leaves.
	day := 24 * 60
	w.in(team.SendingTrouble, at(day))
	for n := range 100 {
		look(day + n)
	}
	w.in("", time.Time{})
	look(day + 101)
	if got := w.sends(at(day + 101)); got != "sending over" {
		t.Errorf("the admin is told %q", got)
	}

	// What is over soon is not told at all, but a full disk is.
	w.in(team.LockedTrouble, at(2*day))
	look(2*day + 1)
	w.in("", time.Time{})
	look(2*day + 3)
	if got := w.sends(at(2*day + 4)); got != "" {
		t.Errorf("the admin is told %q", got)
	}
	w.in(team.FullTrouble, at(3*day))
	look(3*day + 1)
	if got := w.sends(at(3*day + 1)); got != "disk-full" {
		t.Errorf("the admin is told %q", got)
	}
}

func TestAMailToTheAdminThatComesBackIsShownAndNotToldByMail(t *testing.T) {
	s := open(t)
	w := informed(t, s)
	w.in(team.MailboxTrouble, morning.Add(-time.Hour))
	w.look(morning)
	list, err := s.ClaimOutgoing(t.Context(), morning, time.Minute, 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.Finish(t.Context(), list[0].ID, list[0].Epoch, team.SendResult{State: team.Failed, Code: 550, Line: "550 nobody of that name", Refused: true}, morning); err != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		w.look(morning.Add(time.Duration(n) * time.Minute))
	}
	kinds := fmt.Sprint(kindsOf(w.Troubles()))
	if got := w.sends(morning.Add(time.Hour)); got != "" || kinds != "[mailbox admin]" {
		t.Errorf("there is %s, and the admin is told %q", kinds, got)
	}
	w.look(morning.Add(24 * time.Hour))
	if got := w.sends(morning.Add(24 * time.Hour)); got != "mailbox" {
		t.Errorf("a day later the admin is told %q", got)
	}
	w.look(morning.Add(25 * time.Hour))
	if kinds := fmt.Sprint(kindsOf(w.Troubles())); kinds != "[mailbox]" {
		t.Errorf("when a mail arrived there is %s", kinds)
	}
}

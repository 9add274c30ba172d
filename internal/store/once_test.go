package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// What everyone may read reaches each reader exactly once, whatever is said, corrected, read, paused, refused or done twice in between.
func TestEveryEntryReachesEachReaderOnce(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is many histories, and one goroutine")
	}
	people := []team.RosterMember{aiko, mia, dev, member("Noor", "UTC", "noor@example.com")}
	teams := map[string][]int{"a": {0, 1, 2}, "b": {1, 3}}
	n := 0
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		n++
		s, err := Open(t.Context(), Options{Path: filepath.Join(dir, fmt.Sprint(n, ".db"))})
		must(t, err)
		defer s.Close()
		var roster []team.RosterTeam
		for _, slug := range []string{"a", "b"} {
			rt := rosterTeam(slug)
			for _, i := range teams[slug] {
				rt.Members = append(rt.Members, people[i])
			}
			roster = append(roster, rt)
		}
		apply(t, s, roster...)
		w := &world{t: t, s: s, said: map[string]*saying{}, latest: map[string][]*saying{}, days: map[int64]int{}}
		for _, p := range people {
			w.people = append(w.people, person(t, s, p.Member.Address()))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"say": func(rt *rapid.T) {
				p := rapid.SampledFrom(w.people).Draw(rt, "author")
				w.say(p, rapid.IntRange(0, len(p.Teams)-1).Draw(rt, "team"), rapid.IntRange(0, 1).Draw(rt, "day"), rapid.Float64Range(0, 1).Draw(rt, "replace") < 0.2)
			},
			"say again": func(rt *rapid.T) { w.sayAgain(rapid.IntRange(0, max(len(w.mails)-1, 0)).Draw(rt, "mail")) },
			"read": func(rt *rapid.T) {
				w.read(rapid.SampledFrom(w.people).Draw(rt, "reader"), rapid.IntRange(1, 2).Draw(rt, "commits"))
			},
			"read slowly": func(rt *rapid.T) {
				w.take(rapid.SampledFrom(w.people).Draw(rt, "reader"))
			},
			"finish slowly": func(rt *rapid.T) { w.finishTaken() },
			"send": func(rt *rapid.T) {
				w.send(rapid.SampledFrom([]team.OutboxState{team.SentOut, team.Failed, team.Queued}).Draw(rt, "result"))
			},
			"pause and resume": func(rt *rapid.T) {
				id := rapid.SampledFrom(w.people).Draw(rt, "member").ID
				must(t, s.SetPaused(t.Context(), id, true, start))
				must(t, s.SetPaused(t.Context(), id, false, start))
			},
			"": func(rt *rapid.T) { w.check(rt, false) },
		})
		w.send(team.SentOut) // what waits in the outbox arrives
		for _, p := range w.people {
			w.read(p, 1)
		}
		w.send(team.SentOut)
		w.check(rt, true)
	})
}

// saying is one entry and who has had it.
type saying struct {
	text, team string
	withdrawn  bool
	had        map[int64]int
}

type world struct {
	t      *testing.T
	s      *Store
	people []team.Person
	mails  []team.Mail
	said   map[string]*saying
	latest map[string][]*saying // by update
	days   map[int64]int        // reader → digests asked for
	taken  []team.Turned        // composed, not committed
	uid    uint32
}

func (w *world) say(p team.Person, teamIndex, d int, replace bool) {
	w.uid++
	m := update(p, w.uid, fmt.Sprint("text ", w.uid))
	in := p.Teams[teamIndex].Team
	m.Update.TeamID, m.Update.CheckInID, m.Update.Day, m.Update.Replace = in.ID, in.CheckIns[0].ID, monday.Add(d), replace
	w.mails = append(w.mails, m)
	accept1(w.t, w.s, m)
	about := fmt.Sprint(p.ID, in.ID, d)
	if replace {
		for _, earlier := range w.latest[about] {
			earlier.withdrawn = true
		}
	}
	e := &saying{text: m.Update.Items[0].Text, team: in.Slug, had: map[int64]int{}}
	w.said[e.text] = e
	w.latest[about] = append(w.latest[about], e)
}

// sayAgain has a mail come a second time: at its own place or as a copy at another.
func (w *world) sayAgain(i int) {
	if i >= len(w.mails) {
		return
	}
	m := w.mails[i]
	accept1(w.t, w.s, m)
	w.uid++
	m.UID = w.uid
	accept1(w.t, w.s, m)
}

// compose gives what the reader's next digest would be.
func (w *world) compose(p team.Person) (team.Turned, bool) {
	w.days[p.ID]++
	d := monday.Add(w.days[p.ID])
	must(w.t, w.s.Plan(w.t.Context(), p.ID, []team.Slot{{Kind: team.DigestSlot, Day: d, At: start, Until: start}}))
	for _, turn := range due(w.t, w.s) {
		if turn.Slot.MemberID == p.ID {
			out := team.Turned{Turn: turn}
			if len(texts(turn)) > 0 {
				out.Mail = outgoing(team.DigestMail, p, d)
				out.Mail.Text = ""
				for _, text := range texts(turn) {
					_, text, _ = strings.Cut(text, ": ")
					out.Mail.Text += text + "\n"
				}
			}
			return out, true
		}
	}
	return team.Turned{}, false
}

func (w *world) read(p team.Person, commits int) {
	if turned, ok := w.compose(p); ok {
		for range commits {
			commit1(w.t, w.s, turned)
		}
	}
}

// take composes a digest that is committed some time later, perhaps after others have been.
func (w *world) take(p team.Person) {
	if turned, ok := w.compose(p); ok {
		w.taken = append(w.taken, turned)
	}
}

func (w *world) finishTaken() {
	commit1(w.t, w.s, w.taken...)
	w.taken = nil
}

// send ends one attempt for all that is in the outbox. What the server takes has been read.
func (w *world) send(result team.OutboxState) {
	for _, m := range claim(w.t, w.s, start, 1000) {
		r := team.SendResult{State: result, NextAt: start}
		must(w.t, w.s.Finish(w.t.Context(), m.ID, m.Epoch, r, start.Add(time.Second)))
		if result != team.SentOut {
			continue
		}
		for text := range strings.Lines(m.Text) {
			w.said[strings.TrimSpace(text)].had[m.MemberID]++
		}
	}
}

func (w *world) check(rt *rapid.T, end bool) {
	for _, e := range w.said {
		for _, p := range w.people {
			member := slices.ContainsFunc(p.Teams, func(m team.Membership) bool { return m.Team.Slug == e.team })
			had := e.had[p.ID]
			switch {
			case had > 0 && !member:
				rt.Fatalf("%s of team %s reached %s, who is not in it", e.text, e.team, p.Name)
			case had > 1:
				rt.Fatalf("%s reached %s %d times", e.text, p.Name, had)
			case end && had == 0 && member && !e.withdrawn:
				rt.Fatalf("%s of team %s never reached %s", e.text, e.team, p.Name)
			}
		}
	}
}

package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// TestAfterTenDaysWithoutTheMailboxAllMailCountsForItsDay has people write mails of their own while the mailbox is out of reach for ten
// days. Then all are read at once; each counts for the day on which it was written where its writer lives, and is told once.
func TestAfterTenDaysWithoutTheMailboxAllMailCountsForItsDay(t *testing.T) {
	if mailtest.Race {
		t.Skip("the fortnight is lived through under it")
	}
	if testing.Short() {
		t.Skip("it is a long outage")
	}
	synctest.Test(t, func(t *testing.T) {
		from := time.Date(2000, 3, 6, 0, 0, 0, 0, time.UTC) // a Monday
		lost, found := from.Add(36*time.Hour), from.Add(36*time.Hour+10*24*time.Hour)
		f := &fortnight{t: t, clients: mailtest.Clients(), from: from, to: from.AddDate(0, 0, 16)}
		f.reply = func(sentMail) {}
		f.away = func(now time.Time) bool { return !now.Before(lost) && now.Before(found) }
		cut := func(context.Context, *store.Store) error { f.server.DropIMAP(); return nil }
		f.happens = []happening{{lost, cut}}
		want := map[string]string{} // word → day
		write := func(who, zone string, day team.Date, clock team.Clock, counts team.Date, late time.Duration) {
			loc, err := time.LoadLocation(zone)
			must(t, err)
			at := day.Instant(clock, loc)
			word := fmt.Sprintf("word%d", len(want))
			want[word] = counts.String()
			f.said = append(f.said, saying{word: word, who: who, at: at})
			f.happens = append(f.happens, happening{at.Add(late), func(context.Context, *store.Store) error {
				raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: update\r\nDate: %s\r\nMessage-ID: <%s@example.com>\r\n\r\nI finished %s.\r\n",
					who, fortnightAddress, at.In(loc).Format("Mon, 2 Jan 2006 15:04:05 -0700"), word, word)
				f.mu.Lock()
				f.put++
				f.mu.Unlock()
				_, err := f.server.Deliver(mailtest.Transit([]byte(raw), time.Now(), fortnightAddress))
				return err
			}})
		}
		for n := range 10 {
			day := team.DateOf(lost).Add(n)
			write(demoAiko, "Asia/Tokyo", day, 23*60+50, day, 0)
			write(demoElena, "America/Los_Angeles", day, 2*60, day.Add(-1), 0)         // before the day's end at 04:00
			write(demoCamille, "Europe/Paris", day, 15*60, day, 20*time.Hour)          // from a flight
			write(demoWanjiru, "Africa/Nairobi", day, 15*60, day.Add(3), 72*time.Hour) // too long on the way for its date to be believed
		}
		f.live()
		if seen := len(f.sent); seen < 50 {
			t.Errorf("only %d mails went out", seen)
		}

		db, err := sql.Open("sqlite3", filepath.Join(f.dir, "daybreak.db"))
		must(t, err)
		defer db.Close()
		rows, err := db.Query(`SELECT u.day, i.words FROM item i JOIN entry e ON e.id = i.entry_id JOIN "update" u ON u.id = e.update_id`)
		must(t, err)
		defer rows.Close()
		got := map[string]string{}
		for rows.Next() {
			var day, words string
			must(t, rows.Scan(&day, &words))
			got[strings.TrimSuffix(strings.TrimPrefix(words, "I finished "), ".")] = day
		}
		must(t, rows.Err())
		for word, day := range want {
			if got[word] != day {
				t.Errorf("%s counts for %q, want %s", word, got[word], day)
			}
		}
		for _, s := range f.said {
			for _, p := range f.people {
				times := 0
				for _, m := range f.sent {
					if m.to == p.Address() && m.kind == team.DigestMail && strings.Contains(m.text, "I finished "+s.word+".") {
						times++
					}
				}
				if p.Address() != s.who && times != 1 {
					t.Errorf("%s of %s was told to %s %d times", s.word, s.who, p.Address(), times)
				}
			}
		}
	})
}

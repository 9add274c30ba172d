package main

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// rounds is how often a drill repeats what it does: the usual number, or DAYBREAK_ROUNDS.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("DAYBREAK_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return usual
}

// carrying is a mail of a member with an attachment that no compression makes small.
func carrying(random *rand.Rand, from, word string, size int) []byte {
	noise := make([]byte, size*3/4)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	return fmt.Appendf(nil, "From: %[1]s@example.com\r\nTo: updates@example.com\r\nSubject: update\r\nMessage-ID: <%[2]s@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/plain\r\n\r\nI finished %[2]s.\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n%[3]s\r\n--b--\r\n",
		strings.ToLower(from), word, base64.StdEncoding.EncodeToString(noise))
}

var finished = regexp.MustCompile(`I finished\s+(thing-\d+-\d+)\.`)

// withoutRoom lives through so many days. On each there is no room for some hours, while people write and are to be asked and told; then there
// is again. Afterwards each mail has been taken in once, each prompt and each digest was sent once, and who was told what is as if nothing
// had been.
func withoutRoom(o *outage, days int, fill, free func()) {
	t := o.t
	t.Helper()
	o.rewrite(`address = "updates@example.com"`, `address = "updates@example.com"`+"\nadmin = \""+rosa+"\"")
	names := []string{"Aiko", "Mia", "Dev"}
	o.apply(askedNow(time.Now(), names...))
	o.serve()
	o.after(time.Minute)
	random, delivered := rand.New(rand.NewPCG(7, 7)), 0
	for day := range days {
		o.after(time.Duration(random.IntN(600)) * time.Minute)
		fill()
		for i := range 5 {
			o.deliver(carrying(random, names[(day+i)%len(names)], fmt.Sprintf("thing-%d-%d", day, i), 60_000+random.IntN(200_000)))
			delivered++
			o.after(time.Duration(random.IntN(20)) * time.Minute)
		}
		if got := o.server.Messages(); got != delivered {
			t.Fatalf("day %d: %d mails are on the server, of %d", day, got, delivered)
		}
		free()
		o.after(time.Hour)
		if got := o.status(); got.Outcomes[team.Stored] != delivered {
			t.Fatalf("day %d: with room again outcomes are %v, want %d stored", day, got.Outcomes, delivered)
		}
		s, err := store.Open(t.Context(), store.Options{Path: o.database(), ReadOnly: true, QuickCheck: true})
		must(t, err)
		must(t, s.Close())
		o.after(time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)))
	}
	o.after(30 * time.Hour) // all that is due is sent

	ids, told, asked := map[string]bool{}, map[string]int{}, map[string]int{}
	for _, d := range o.server.Deliveries() {
		raw := string(d.Raw)
		id := header("\r\n"+raw, "Message-ID")
		if ids[id] {
			t.Errorf("a second copy of %s to %s", id, d.To)
		}
		ids[id] = true
		name, _, _ := strings.Cut(d.To, "@")
		switch subject := header("\r\n"+raw, "Subject"); {
		case d.To == rosa:
			asked[subject]++
		case name != "aiko" && name != "mia" && name != "dev":
			t.Errorf("a mail to %s", d.To)
		case strings.Contains(subject, "what happened"):
			asked[name]++
		case strings.Contains(subject, "update"): // not the week's, which says it again
			for _, m := range finished.FindAllStringSubmatch(plainOf(d.Raw), -1) {
				told[name+" "+m[1]]++
			}
		}
	}
	for day := range days {
		for i := range 5 {
			writer := strings.ToLower(names[(day+i)%len(names)])
			for _, name := range names {
				name = strings.ToLower(name)
				want := 1
				if name == writer {
					want = 0
				}
				if got := told[fmt.Sprintf("%s thing-%d-%d", name, day, i)]; got != want {
					t.Errorf("%s is told %d times of thing-%d-%d by %s", name, got, day, i, writer)
				}
			}
		}
	}
	full := strings.Count(o.log.String(), `"msg":"trouble","name":"disk-full"`)
	alerts, ends := asked["daybreak: The disk is full"], asked["daybreak: Well again"]
	if full != days || alerts > days || ends > days || alerts+ends < days/2 {
		t.Errorf("on %d days without room this is told %d times in the log, and to the admin %d times, and %d times that it is over", days, full, alerts, ends)
	}
	if names := troubleNames(o.status().Troubles); names != "" {
		t.Errorf("at the end in trouble with %q", names)
	}
	t.Logf("%d days, %d mails stored once, %d mails sent once: %v; %d troubles in the log, all of them a full disk", days, delivered, len(ids), asked, full)
}

// capped are the connections to databases in this process, to which a limit can be set.
type capped struct {
	mu    sync.Mutex
	conns []*sqlite3.SQLiteConn
}

// limited has each connection that is opened from now on be known, until the test ends. Nothing runs beside such a test.
func limited(t *testing.T) *capped {
	db, err := sql.Open("sqlite3", ":memory:")
	must(t, err)
	driver := db.Driver().(*sqlite3.SQLiteDriver)
	must(t, db.Close())
	c := &capped{}
	driver.ConnectHook = func(conn *sqlite3.SQLiteConn) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.conns = append(c.conns, conn)
		return nil
	}
	t.Cleanup(func() { driver.ConnectHook = nil })
	return c
}

// pages lets the database grow by no page more, or as it likes.
func (c *capped) pages(most string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_, _ = conn.Exec("PRAGMA max_page_count = "+most, nil) // a smaller number than there are pages means as many as there are; some are closed
	}
}

func TestADatabaseThatMayNotGrowForDaysLosesAndRepeatsNothing(t *testing.T) {
	c := limited(t)
	duringOutages(t, func(o *outage) {
		withoutRoom(o, rounds(t, 3), func() { c.pages("1") }, func() { c.pages("1073741823") })
	})
}

func TestADiskThatIsFullOnManyDaysLosesAndRepeatsNothing(t *testing.T) {
	if mailtest.Race {
		t.Skip("a database that may not grow is lived through under it")
	}
	disk := smallDisk(t, "96m")
	duringOutages(t, func(o *outage) {
		o.configure("127.0.0.1:143", "127.0.0.1:587", fmt.Sprintf("[database]\nurl = %q\n", filepath.Join(disk, "daybreak.db")))
		must(t, os.Symlink(filepath.Join(disk, "daybreak.db"), o.database()))
		filler := filepath.Join(disk, "filler")
		db, err := sql.Open("sqlite3", o.database())
		must(t, err)
		defer db.Close()
		withoutRoom(o, rounds(t, 3), func() {
			_, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)") // else there may be room in the log
			must(t, err)
			fill(t, filler)
		}, func() { must(t, os.Remove(filler)) })
	})
}

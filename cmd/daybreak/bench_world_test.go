package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"daybreak/digest"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
)

const benchAddress = "updates@example.com"

// span is what one or several stretches of work took.
type span struct {
	wall, cpu time.Duration // cpu: of this process, all its threads
	peak      int           // MB in memory at the most
}

// begin starts a stretch of work with as little in memory as there can be. Its end gives what it took.
func begin(b *testing.B) span {
	b.Helper()
	debug.FreeOSMemory()
	// Since Linux 4.0 this sets VmHWM back to what is in memory now.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak of memory is that of the whole run: %v", err)
	}
	return span{wall: time.Duration(time.Now().UnixNano()), cpu: processorTime(b)}
}

// end gives what was done since begin.
func (s span) end(b *testing.B) span {
	b.Helper()
	return span{time.Duration(time.Now().UnixNano()) - s.wall, processorTime(b) - s.cpu, memoryNow(b, os.Getpid(), "VmHWM")}
}

func (s *span) add(t span) {
	s.wall, s.cpu, s.peak = s.wall+t.wall, s.cpu+t.cpu, max(s.peak, t.peak)
}

// report gives the figures of a stretch in which n of something were done.
func (s span) report(b *testing.B, n int, what string) {
	b.ReportMetric(float64(n)/s.wall.Seconds(), what+"/s")
	b.ReportMetric(float64(s.cpu.Microseconds())/float64(n), "cpu-µs/"+what)
	b.ReportMetric(float64(s.peak), what+"-peak-MB")
}

func (s span) of(n int) string {
	return fmt.Sprintf("%.0f/s, %.1f µs of processor time each, at most %d MB", float64(n)/s.wall.Seconds(),
		float64(s.cpu.Nanoseconds())/1e3/float64(n), s.peak)
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memoryNow is a figure of a process in MB, such as VmHWM, the peak; 0 where there is no /proc.
func memoryNow(b testing.TB, process int, figure string) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, figure+":"); ok {
			n, err := strconv.Atoi(strings.Fields(kb)[0])
			must(b, err)
			return n / 1024
		}
	}
	return 0
}

// benchLog costs what the daemon's log costs, except for writing it.
func benchLog() *slog.Logger { return newLogger(io.Discard, slog.LevelInfo) }

// companyRoster is so many people in teams of twelve, of the given zones in turn.
func companyRoster(people int, zones ...string) team.Roster {
	var r team.Roster
	for i := range people {
		if i%12 == 0 {
			slug := fmt.Sprint("team-", i/12)
			r.Teams = append(r.Teams, team.RosterTeam{Team: team.Team{Slug: slug, Name: slug,
				CheckIns: []team.CheckIn{{Name: "daily", Questions: team.DefaultQuestions()}}}})
		}
		t := &r.Teams[len(r.Teams)-1]
		t.Members = append(t.Members, team.RosterMember{Member: team.Member{Name: fmt.Sprintf("Member %c%d", 'A'+i%12, i),
			Addresses: []string{fmt.Sprintf("m%d@example.com", i)}, Rule: team.Rule{Zone: zones[i%len(zones)]}}})
	}
	return r
}

// everyoneHasNews makes a database of people in teams of twelve of whom each has said something, and gives the time at which the digests
// of all are due.
func everyoneHasNews(b *testing.B, path string, people int) time.Time {
	b.Helper()
	ctx := b.Context()
	s := openStore(b, path)
	defer s.Close()
	now := time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC) // a Monday on which all these zones are at UTC+2
	_, err := s.ApplyRoster(ctx, companyRoster(people, "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Africa/Johannesburg"), false, now)
	must(b, err)
	_, err = (&digest.Scheduler{Store: s, Log: benchLog()}).Tick(ctx, now)
	must(b, err)
	everyone, err := s.People(ctx)
	must(b, err)
	cursor := team.Cursor{Account: benchAddress, Validity: 1, NewFrom: 1, BaselineAt: now}
	today := team.DateOf(now)
	var mails []team.Mail
	for i, p := range everyone {
		cursor.LastUID++
		t := p.Teams[0].Team
		mails = append(mails, team.Mail{
			UID: cursor.LastUID, Identity: fmt.Sprint("mail ", i), MessageID: fmt.Sprintf("%d@example.com", i), From: p.Address(),
			Subject: "Re: " + t.Name, ReceivedAt: now, Outcome: team.Stored, MemberID: p.ID, Confidence: 1,
			Update: &team.NewUpdate{MemberID: p.ID, TeamID: t.ID, CheckInID: t.CheckIns[0].ID, Day: today, Items: []team.NewItem{
				{Kind: team.Done, Text: fmt.Sprintf("Closed ticket %d: the invoices of March had two lines too many.", 4000+i)},
				{Kind: team.Done, Text: fmt.Sprintf("Moved the billing jobs to the new queue and wrote down why, see https://wiki.example.com/q/%d", i)},
				{Kind: team.Plan, Question: 1, Text: fmt.Sprintf("Tomorrow the load test with Friday's peak, run %d, then the naïve cache.", i)},
				{Kind: team.Blocker, Question: 2, Text: fmt.Sprintf("Waiting for certificate no. %d since yesterday.", i)},
			}},
		})
		if len(mails) == 500 || i == len(everyone)-1 {
			must(b, s.Accept(ctx, cursor, mails, now))
			mails = mails[:0]
		}
	}
	return now.Add(7 * time.Hour)
}

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: path, Exclusive: true})
	must(t, err)
	return s
}

// openCopy opens a copy of a database that nobody has open.
func openCopy(b *testing.B, path string) *store.Store {
	b.Helper()
	from, err := os.Open(path)
	must(b, err)
	defer from.Close()
	to, err := os.Create(filepath.Join(b.TempDir(), "copy.db"))
	must(b, err)
	_, err = io.Copy(to, from)
	must(b, err)
	must(b, to.Close())
	return openStore(b, to.Name())
}

func newReceiver(b *testing.B, s *store.Store, address string, done func(team.Mail)) *mailin.Receiver {
	b.Helper()
	keys, err := s.Keys(b.Context())
	must(b, err)
	return &mailin.Receiver{Reader: mailin.Reader{Address: address, Keys: keys, Directory: s}, Store: s, Log: benchLog(), Done: done}
}

func dovecotMailbox(box *mailtest.DovecotServer, s mailin.MailboxStore) *mailin.Mailbox {
	return &mailin.Mailbox{
		Account: box.User + "/INBOX", Addr: box.Addr, Security: mailin.Plain, Store: s,
		Auth: mailin.Auth{User: box.User, Password: func(context.Context) (string, error) { return box.Password, nil }},
	}
}

// catchUp takes in everything that is new in a mailbox and tells how many mails that were.
func catchUp(b *testing.B, m *mailin.Mailbox) int {
	b.Helper()
	session, err := m.Open(b.Context())
	must(b, err)
	defer session.Close()
	n, err := session.CatchUp(b.Context(), time.Now())
	must(b, err)
	return n
}

// baseline notes in the database where the mailbox stands, so that what arrives from then on is new.
func baseline(b *testing.B, path string, box *mailtest.DovecotServer) team.Cursor {
	b.Helper()
	s := openStore(b, path)
	defer s.Close()
	m := dovecotMailbox(box, s)
	m.Receive = func(context.Context, team.Cursor, []mailin.Raw) error { return nil }
	catchUp(b, m)
	c, _, err := s.Cursor(b.Context(), m.Account)
	must(b, err)
	return c
}

// cursorOnly is a database that holds a mailbox's cursor and nothing else.
type cursorOnly struct{ at team.Cursor }

func (c *cursorOnly) Cursor(context.Context, string) (team.Cursor, bool, error) {
	return c.at, true, nil
}
func (c *cursorOnly) Baseline(_ context.Context, at team.Cursor) error     { c.at = at; return nil }
func (c *cursorOnly) MailboxSeen(context.Context, string, time.Time) error { return nil }

// fetchBare fetches all mails with one command, throws them away and tells how many they were.
func fetchBare(b *testing.B, box *mailtest.DovecotServer) int {
	b.Helper()
	client, err := imapclient.DialInsecure(box.Addr, nil)
	must(b, err)
	defer client.Close()
	must(b, client.Login(box.User, box.Password).Wait())
	_, err = client.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	must(b, err)
	var all imap.UIDSet
	all.AddRange(1, 0)
	fetch := client.Fetch(all, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	n := 0
	for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok {
				if _, err := io.Copy(io.Discard, body.Literal); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	must(b, fetch.Close())
	return n
}

// listener hears the server say that it listens for mail, and tell of some.
type listener struct {
	idles chan struct{}
	told  chan time.Time
}

func (l *listener) dial(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	return &heard{conn, l}, err
}

type heard struct {
	net.Conn
	listener *listener
}

// Read notes the lines. Each comes in one piece, since nothing else is going on.
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if bytes.Contains(p[:n], []byte(" EXISTS\r\n")) {
		select {
		case h.listener.told <- time.Now():
		default:
		}
	}
	if bytes.Contains(p[:n], []byte("+ idling")) {
		kick(h.listener.idles)
	}
	return n, err
}

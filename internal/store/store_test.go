package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// start is a Monday.
var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

var monday = team.Date{Year: 2026, Month: 3, Day: 2}

func open(t testing.TB) *Store {
	t.Helper()
	return openWith(t, Options{Path: filepath.Join(t.TempDir(), "daybreak.db")})
}

func openWith(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func member(name, zone string, addresses ...string) team.RosterMember {
	return team.RosterMember{Member: team.Member{Name: name, Addresses: addresses, Rule: team.Rule{Zone: zone}}}
}

func rosterTeam(slug string, members ...team.RosterMember) team.RosterTeam {
	return team.RosterTeam{
		Team: team.Team{
			Slug: slug, Name: "Team " + slug,
			CheckIns: []team.CheckIn{{Name: "daily", Questions: []string{"What got done?", "What is next?"}, Reminder: true}},
		},
		Members: members,
	}
}

var (
	aiko = member("Aiko Tanaka", "Asia/Tokyo", "aiko@example.com", "aiko@home.example")
	mia  = member("Mia Rossi", "Europe/Paris", "mia@example.com")
	dev  = member("Dev Patel", "Asia/Kolkata", "dev@example.com")
)

func apply(t testing.TB, s *Store, teams ...team.RosterTeam) []team.Change {
	t.Helper()
	changes, err := s.ApplyRoster(t.Context(), team.Roster{Teams: teams}, false, start)
	must(t, err)
	return changes
}

// platform opens a database with a team of Aiko, Mia and Dev.
func platform(t testing.TB) *Store {
	t.Helper()
	s := open(t)
	apply(t, s, rosterTeam("platform", aiko, mia, dev))
	return s
}

func person(t testing.TB, s *Store, addr string) team.Person {
	t.Helper()
	p, ok, err := s.PersonByAddress(t.Context(), addr)
	must(t, err)
	if !ok {
		t.Fatalf("nobody has the address %s", addr)
	}
	return p
}

const account = "updates@example.com/INBOX"

func cursor(last uint32) team.Cursor {
	return team.Cursor{Account: account, Validity: 7, LastUID: last, BaselineAt: start}
}

// update is a mail that says something in the person's first team.
func update(p team.Person, uid uint32, texts ...string) team.Mail {
	t := p.Teams[0].Team
	u := &team.NewUpdate{MemberID: p.ID, TeamID: t.ID, CheckInID: t.CheckIns[0].ID, Day: monday}
	for i, text := range texts {
		u.Items = append(u.Items, team.NewItem{Kind: team.Done, Question: i, Text: text})
	}
	raw := fmt.Appendf(nil, "From: %s\r\nMessage-ID: <%d@test>\r\n\r\n%v\r\n", p.Address(), uid, texts)
	return team.Mail{
		UID: uid, Identity: fmt.Sprintf("identity %d", uid), Raw: raw, Size: int64(len(raw)), MessageID: fmt.Sprintf("%d@test", uid),
		From: p.Address(), Subject: "Re: what happened", Date: start, ReceivedAt: start,
		Outcome: team.Stored, Reason: "an answer", MemberID: p.ID, Confidence: 0.9, Update: u,
	}
}

func accept1(t testing.TB, s *Store, m team.Mail) {
	t.Helper()
	must(t, s.Accept(t.Context(), cursor(m.UID), []team.Mail{m}, start))
}

// digestSlot plans a digest for the person, due at once.
func digestSlot(t testing.TB, s *Store, p team.Person, d team.Date) {
	t.Helper()
	must(t, s.Plan(t.Context(), p.ID, []team.Slot{{Kind: team.DigestSlot, Day: d, At: start, Until: start.Add(8 * time.Hour)}}))
}

// dueDigest is the one turn that is due for the person's digest of that day.
func dueDigest(t testing.TB, s *Store, p team.Person, d team.Date) team.Turn {
	t.Helper()
	digestSlot(t, s, p, d)
	turns := due(t, s)
	i := slices.IndexFunc(turns, func(turn team.Turn) bool { return turn.Slot.MemberID == p.ID && turn.Slot.Kind == team.DigestSlot })
	if i < 0 {
		t.Fatalf("no digest is due for %s", p.Name)
	}
	return turns[i]
}

func due(t testing.TB, s *Store) []team.Turn {
	t.Helper()
	turns, err := s.Due(t.Context(), start, 1000)
	must(t, err)
	return turns
}

func outgoing(kind team.MailKind, p team.Person, d team.Date) *team.Outgoing {
	name := fmt.Sprintf("%s-%d-%s", kind, p.ID, d)
	return &team.Outgoing{
		Dedupe: name, Kind: kind, MemberID: p.ID, From: "updates@example.com", To: p.Address(), MessageID: name + "@example.com",
		Subject: "A " + string(kind), Text: "the text of " + name, Raw: []byte("Subject: x\r\n\r\nbody\r\n"),
		CreatedAt: start, ExpiresAt: start.Add(12 * time.Hour),
	}
}

func commit1(t testing.TB, s *Store, turned ...team.Turned) {
	t.Helper()
	must(t, s.Commit(t.Context(), turned, start))
}

// texts are what a turn's readings say, "Name: text".
func texts(turn team.Turn) []string {
	var list []string
	for _, r := range turn.Reading {
		for _, e := range r.Entries {
			for _, item := range e.Items {
				list = append(list, e.Name+": "+item.Text)
			}
		}
	}
	return list
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func queued(t testing.TB, s *Store) int {
	t.Helper()
	st, err := s.Status(t.Context(), start, 0)
	must(t, err)
	return st.Outbox[team.Queued]
}

// number gives a query's only number.
func number(t testing.TB, s *Store, query string) (n int) {
	t.Helper()
	must(t, s.readers.QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

func TestMain(m *testing.M) {
	if path := os.Getenv("DAYBREAK_STORE_CHILD"); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// words are values with a blank between them.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

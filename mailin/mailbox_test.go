package mailin_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

const account = "updates@example.com/INBOX"

// ledger stands for the database: it keeps a cursor and one outcome for each mail, and commits both together or neither.
type ledger struct {
	mu       sync.Mutex
	cursor   team.Cursor
	known    bool
	order    []mailin.Raw // as received, each UID of a validity once
	have     map[[2]uint32]bool
	copies   map[[32]byte]int // by content
	batches  []int
	baseline int
	seen     []time.Time
	broken   error // what a commit fails with
	wrong    []string
	arrived  chan struct{}
}

func newLedger() *ledger {
	return &ledger{have: map[[2]uint32]bool{}, copies: map[[32]byte]int{}, arrived: make(chan struct{}, 10_000)}
}

func (l *ledger) Cursor(context.Context, string) (team.Cursor, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cursor, l.known, nil
}

func (l *ledger) Baseline(_ context.Context, c team.Cursor) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cursor, l.known = c, true
	l.baseline++
	return nil
}

func (l *ledger) MailboxSeen(_ context.Context, _ string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, now)
	return nil
}

func (l *ledger) receive(_ context.Context, c team.Cursor, batch []mailin.Raw) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	last := l.cursor.LastUID
	for _, raw := range batch {
		if raw.UID <= last || raw.UID > c.LastUID {
			l.wrong = append(l.wrong, fmt.Sprintf("UID %d came after %d with a cursor at %d", raw.UID, last, c.LastUID))
		}
		last = raw.UID
		if key := [2]uint32{c.Validity, raw.UID}; !l.have[key] {
			l.have[key] = true
			l.order = append(l.order, raw)
			l.copies[sha256.Sum256(raw.Bytes)]++
			l.arrived <- struct{}{}
		}
	}
	l.cursor = c
	l.batches = append(l.batches, len(batch))
	return nil
}

func (l *ledger) mails() []mailin.Raw {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]mailin.Raw(nil), l.order...)
}

// subjects are the Subject lines of what was received, in order; a mail that could not be had is "!" with its UID.
func (l *ledger) subjects() string {
	var all []string
	for _, raw := range l.mails() {
		if raw.Problem != "" {
			all = append(all, fmt.Sprintf("!%d", raw.UID))
			continue
		}
		_, rest, _ := strings.Cut(string(raw.Bytes), "Subject: ")
		subject, _, _ := strings.Cut(rest, "\r\n")
		all = append(all, subject)
	}
	return strings.Join(all, " ")
}

func (l *ledger) check(t testing.TB, want string) {
	t.Helper()
	if got := l.subjects(); got != want {
		t.Errorf("received %q, want %q", got, want)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wrong {
		t.Error(w)
	}
}

func letter(subject string) []byte { return letterOf(subject, 40) }

func letterOf(subject string, size int) []byte {
	head := "From: aiko@example.com\r\nTo: updates@example.com\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.com>\r\n\r\n"
	var b strings.Builder
	b.WriteString(head)
	for b.Len() < len(head)+size {
		b.WriteString("What got done: the words of " + subject + "\r\n")
	}
	return []byte(b.String())
}

func password(word string) mailin.Auth {
	return mailin.Auth{User: "updates@example.com", Password: func(context.Context) (string, error) { return word, nil }}
}

// memory starts a memory server and a mailbox that reads it into a ledger.
func memory(t testing.TB, change ...func(*mailtest.Options)) (*mailtest.Server, *mailin.Mailbox, *ledger) {
	t.Helper()
	options := mailtest.Options{Address: "updates@example.com", Password: "secret"}
	for _, f := range change {
		f(&options)
	}
	server, err := mailtest.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	l := newLedger()
	return server, &mailin.Mailbox{
		Account: account, Addr: server.IMAPAddr(), Security: mailin.Plain, Auth: password("secret"), Store: l, Receive: l.receive,
		Dial: func(ctx context.Context, _ string) (net.Conn, error) { return server.DialIMAP(ctx) },
	}, l
}

func deliver(t testing.TB, server *mailtest.Server, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		if _, err := server.Deliver(letter(subject)); err != nil {
			t.Fatal(err)
		}
	}
}

// catchUp opens a session, takes in what is new, and closes it.
func catchUp(t testing.TB, m *mailin.Mailbox) int {
	t.Helper()
	s, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := s.CatchUp(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// run starts the loop in the bubble and gives what stops it.
func run(t *testing.T, m *mailin.Mailbox) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run gave %v after it was cancelled", err)
		}
	}
}

func TestAMailboxThatIsEmptiedIsNotNumberedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		s, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for n := range 3 {
			if n > 0 {
				deliver(t, server, fmt.Sprint("m", n))
			}
			if _, err := s.CatchUp(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				if err := server.Expunge(l.cursor.LastUID); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.CatchUp(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if l.baseline != 1 {
			t.Errorf("the baseline was set %d times", l.baseline)
		}
		l.check(t, "m1 m2")
	})
}

func TestFirstStartOnAUsedMailboxReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		deliver(t, server, "old1", "old2", "old3")
		began := time.Now()
		if n := catchUp(t, m); n != 0 {
			t.Errorf("%d mails received", n)
		}
		if l.cursor.LastUID != 3 || l.cursor.Validity != server.UIDValidity() || !l.cursor.BaselineAt.Equal(began) {
			t.Errorf("the cursor is %+v", l.cursor)
		}
		deliver(t, server, "new1")
		catchUp(t, m)
		l.check(t, "new1")
	})
}

func TestFirstStartOnAnEmptyMailbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		deliver(t, server, "a", "b")
		catchUp(t, m)
		catchUp(t, m)
		l.check(t, "a b")
		if l.baseline != 1 {
			t.Errorf("the baseline was set %d times", l.baseline)
		}
	})
}

func TestImportSinceTakesInOldMailOfThatDayAndLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		deliver(t, server, "january")
		time.Sleep(31 * 24 * time.Hour)
		day := time.Now()
		deliver(t, server, "february")
		time.Sleep(10 * 24 * time.Hour)
		deliver(t, server, "later")
		m.ImportSince = day
		if n := catchUp(t, m); n != 2 {
			t.Errorf("%d mails received", n)
		}
		l.check(t, "february later")
		if !l.cursor.BaselineAt.Equal(time.Now()) {
			t.Errorf("the baseline is at %v", l.cursor.BaselineAt)
		}
	})
}

func TestANewUIDValidityIsLookedThroughAgainFromTheBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		deliver(t, server, "old")
		time.Sleep(10 * 24 * time.Hour)
		catchUp(t, m)
		baseline := l.cursor.BaselineAt
		deliver(t, server, "a", "b")
		catchUp(t, m)
		before := l.cursor.Validity
		if err := server.ResetValidity(true); err != nil {
			t.Fatal(err)
		}
		deliver(t, server, "c")
		catchUp(t, m)
		if l.cursor.Validity == before || !l.cursor.BaselineAt.Equal(baseline) {
			t.Errorf("the cursor is %+v, it was of %d from %v", l.cursor, before, baseline)
		}
		l.check(t, "a b a b c") // the receiver knows a and b by what is in them
	})
}

func TestANewUIDValidityWithAnEmptyMailbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		deliver(t, server, "a")
		catchUp(t, m)
		if err := server.ResetValidity(false); err != nil {
			t.Fatal(err)
		}
		catchUp(t, m)
		deliver(t, server, "b")
		catchUp(t, m)
		l.check(t, "a b")
	})
}

func TestMailsComeInBatchesLimitedByNumberAndBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		m.Batch, m.BatchBytes = 4, 3000
		for i := range 10 {
			server.Deliver(letterOf(fmt.Sprint("n", i), 100))
		}
		for _, size := range []int{2000, 2000, 5000, 10} {
			server.Deliver(letterOf(fmt.Sprint("s", size), size))
		}
		if n := catchUp(t, m); n != 14 {
			t.Errorf("%d mails received", n)
		}
		if got := fmt.Sprint(l.batches); got != "[4 4 3 1 1 1]" {
			t.Errorf("batches of %s", got)
		}
	})
}

func TestOfATooLargeMailTheFirstMegabyteIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		huge := letterOf("huge", 3<<20)
		server.Deliver(letter("before"))
		server.Deliver(huge)
		server.Deliver(letter("after"))
		m.MaxSize = 2 << 20
		catchUp(t, m)
		l.check(t, "before huge after")
		got := l.mails()[1]
		if !got.Truncated || got.Size != int64(len(huge)) || string(got.Bytes) != string(huge[:1<<20]) {
			t.Errorf("truncated %v, announced %d, got %d bytes", got.Truncated, got.Size, len(got.Bytes))
		}
	})
}

func TestMailsComeByteForByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		for _, raw := range []string{
			"", "x", "\r\n", "Subject: only a header", "no header\r\n", "Subject: \xff\xfe\r\n\r\n\x00\x01)\r\n* BYE\r\n", "Subject: lf\n\nbody\n",
		} {
			server.Deliver([]byte(raw))
		}
		catchUp(t, m)
		if got := fmt.Sprintf("%q", bodies(l)); got != `["" "x" "\r\n" "Subject: only a header" "no header\r\n" "Subject: \xff\xfe\r\n\r\n\x00\x01)\r\n* BYE\r\n" "Subject: lf\n\nbody\n"]` {
			t.Error(got)
		}
		for _, raw := range l.mails() {
			if raw.Size != int64(len(raw.Bytes)) || raw.Problem != "" {
				t.Errorf("%+v", raw)
			}
		}
	})
}

func bodies(l *ledger) (all []string) {
	for _, raw := range l.mails() {
		all = append(all, string(raw.Bytes))
	}
	return all
}

func TestMailThatArrivesMeanwhileIsTakenInAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, m, l := memory(t)
		catchUp(t, m)
		deliver(t, server, "a")
		m.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
			if len(l.mails()) == 0 {
				deliver(t, server, "b")
			}
			return l.receive(ctx, c, batch)
		}
		if n := catchUp(t, m); n != 2 {
			t.Errorf("%d mails received", n)
		}
	})
}

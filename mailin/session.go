package mailin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"
)

const (
	examineEvery = time.Hour      // how often the folder is opened anew, to see whether it has been numbered anew
	rescanBefore = 48 * time.Hour // how long before the first start a rescan begins, for clocks and zones that differ
	searchLimit  = 10_000         // UIDs taken from one search
)

// Session is one connection to a Mailbox, logged in and with a folder open for reading. It is used by one goroutine.
type Session struct {
	mailbox *Mailbox
	conn    *guardedConn
	client  *imapclient.Client
	caps    imap.CapSet

	folder   *folder // that is open; nil: none
	validity uint32
	uidNext  uint32    // as of the last EXAMINE and what was read since, 0 if the server did not say
	examined time.Time // zero: not since the session began
	exists   atomic.Uint32
	news     chan struct{}    // holds one if the number of mails has changed
	sizes    map[uint32]int64 // announced, of the mails that come next
	noIdle   bool
	broken   bool

	mu     sync.Mutex
	pieces map[uint32]piece // what a fetch has brought so far; nil if there is none
	stray  int              // answers of the library's own that are being read
	calm   sync.Cond        // stray became 0
}

// Open connects, logs in and opens the first folder for reading. What the server does not answer in time ends it; ctx ends it sooner.
func (m *Mailbox) Open(ctx context.Context) (*Session, error) {
	s, err := m.enter(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.examine(ctx, m.all()[0]); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// enter connects and logs in. No folder is open.
func (m *Mailbox) enter(ctx context.Context) (*Session, error) {
	if (m.Auth.Password == nil) == (m.Auth.Token == nil) {
		return nil, errors.New("the mailbox needs a password or an access token, and not both")
	}
	failpoint.Here("imap-connect")
	conn, err := m.connect(ctx)
	if err != nil {
		return nil, err
	}
	s := &Session{mailbox: m, conn: conn, news: make(chan struct{}, 1)}
	s.calm.L = &s.mu
	conn.expect(forCommand())
	s.client = imapclient.New(conn, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: s.mailboxChanged,
		Expunge: func(uint32) { s.exists.Add(^uint32(0)) },
		Fetch:   s.takeStray,
	}})
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Session) begin(ctx context.Context) error {
	if err := s.do(ctx, forCommand(), s.client.WaitGreeting); err != nil {
		return fmt.Errorf("greeting %s: %w", s.mailbox.Addr, err)
	}
	failpoint.Here("imap-greeted")
	if s.client.State() == imap.ConnStateNotAuthenticated {
		if err := s.login(ctx); err != nil {
			return err
		}
	}
	err := s.do(ctx, forCommand(), func() error {
		if s.caps = s.client.Caps(); s.caps == nil {
			return errors.New("the server does not say what it can do")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("asking for capabilities: %w", err)
	}
	if err := s.introduce(ctx); err != nil {
		return err
	}
	failpoint.Here("imap-logged-in")
	return nil
}

// introduce tells the server who we are (RFC 2971). Some let nobody in who does not. Answers that the library cannot read
// end the connection, so after one the question is not asked again.
func (s *Session) introduce(ctx context.Context) error {
	if !s.caps.Has(imap.CapID) || s.mailbox.noID {
		return nil
	}
	err := s.do(ctx, forCommand(), func() error {
		_, err := s.client.ID(&imap.IDData{Name: "daybreak"}).Wait()
		return err
	})
	if err != nil && !isAnswer(err) {
		s.mailbox.noID = s.conn.reason() == nil // the network has done nothing
		return fmt.Errorf("introducing ourselves: %w", err)
	}
	return nil
}

// examine opens a folder, read-only: nothing that we do changes a flag.
func (s *Session) examine(ctx context.Context, f *folder) error {
	var data *imap.SelectData
	s.folder = nil // whatever comes of it, the one before is not open any more
	err := s.do(ctx, forCommand(), func() (err error) {
		data, err = s.client.Select(f.Name, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if isAnswer(err) {
		return &folderError{f.Name, err}
	}
	if err != nil {
		return fmt.Errorf("opening the folder %s: %w", f.Name, err)
	}
	s.folder, s.examined = f, time.Time{}
	s.validity, s.uidNext, s.sizes = data.UIDValidity, uint32(data.UIDNext), nil
	s.exists.Store(data.NumMessages)
	failpoint.Here("imap-examined")
	return nil
}

// Capabilities are what the server says it can do, sorted.
func (s *Session) Capabilities() []string {
	var names []string
	for c := range s.caps {
		names = append(names, string(c))
	}
	slices.Sort(names)
	return names
}

func (s *Session) canIdle() bool { return s.caps.Has(imap.CapIdle) && !s.noIdle }

// Close ends the session, with a word to the server if it still listens.
func (s *Session) Close() error {
	if !s.broken {
		brief := patience{silence: 5 * time.Second, total: 5 * time.Second, bytes: 1 << 20}
		s.do(context.Background(), brief, func() error { return s.client.Logout().Wait() })
	}
	s.conn.Close()
	s.client.Close() // waits for its reader; its error is the one that ended the session
	return nil
}

// do runs one exchange with the server. It fails when the server's patience ends, and when ctx ends, which both end the
// connection. A refusal by the server is an *imap.Error and leaves the connection as it is.
func (s *Session) do(ctx context.Context, p patience, exchange func() error) error {
	stop := context.AfterFunc(ctx, func() { s.conn.fail(ctx.Err()) })
	defer stop()
	s.conn.expect(p)
	err := exchange()
	s.conn.expect(atRest())
	switch {
	case err == nil, isAnswer(err):
		return err
	case ctx.Err() != nil:
		s.broken = true
		return ctx.Err()
	}
	return s.lost(err)
}

// lost gives the reason for which the connection ended rather than what the library noticed of it.
func (s *Session) lost(err error) error {
	s.broken = true
	if reason := s.conn.reason(); reason != nil {
		return reason
	}
	return err
}

// isAnswer tells whether the error is the server's own refusal of one command.
func isAnswer(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer) && answer.Type != imap.StatusResponseTypeBye
}

// mailboxChanged hears of arrivals. It runs in the library's reader.
func (s *Session) mailboxChanged(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil || s.exists.Swap(*data.NumMessages) == *data.NumMessages {
		return
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// catchUp takes in everything that is new in a folder since its cursor, oldest first, and gives the number of mails received. At the
// first start and after the server has numbered its mails anew it sets the cursor first.
func (s *Session) catchUp(ctx context.Context, f *folder, now time.Time) (received int, err error) {
	if err := s.refresh(ctx, f, now); err != nil {
		return 0, err
	}
	cursor, err := s.cursor(ctx, now)
	if err != nil {
		return 0, err
	}
	for {
		uids, err := s.newer(ctx, cursor.LastUID)
		if err != nil {
			return received, err
		}
		if len(uids) == 0 {
			break
		}
		for len(uids) > 0 {
			s.mailbox.beat()
			n, rest, err := s.receiveSome(ctx, &cursor, uids, now)
			received += n
			if err != nil {
				return received, err
			}
			uids = rest
		}
	}
	if err := s.mailbox.Store.MailboxSeen(ctx, f.Account, now); err != nil {
		return received, &storeError{fmt.Errorf("noting that the mailbox was seen: %w", err)}
	}
	return received, nil
}

// refresh makes the server show what has changed in a folder. What it tells from here on is news.
func (s *Session) refresh(ctx context.Context, f *folder, now time.Time) error {
	var err error
	switch since := now.Sub(s.examined); {
	case s.folder != f:
		err = s.examine(ctx, f)
	case s.examined.IsZero(): // it has just been opened
	case since >= examineEvery || since < 0:
		err = s.examine(ctx, f)
	default:
		err = s.do(ctx, forCommand(), func() error { return s.client.Noop().Wait() })
	}
	if err != nil {
		return fmt.Errorf("looking for new mail: %w", err)
	}
	if s.examined.IsZero() {
		s.examined = now
	}
	select {
	case <-s.news:
	default:
	}
	return nil
}

// newer are the UIDs after last, in order, or the first of them if there are very many.
func (s *Session) newer(ctx context.Context, last uint32) ([]uint32, error) {
	if last == ^uint32(0) {
		return nil, nil
	}
	uids, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(last + 1), Stop: 0}}}})
	// "n:*" always has the last mail in it, also if that is before n.
	first, _ := slices.BinarySearch(uids, last+1)
	return uids[first:], err
}

// search gives the UIDs found, in order, at most searchLimit after those that "*" may have added.
func (s *Session) search(ctx context.Context, criteria *imap.SearchCriteria) ([]uint32, error) {
	var data *imap.SearchData
	wait := patience{silence: time.Minute, total: 10 * time.Minute, bytes: 32 << 20}
	if !criteria.Since.IsZero() {
		wait.silence = wait.total // it may have to look into every mail
	}
	err := s.do(ctx, wait, func() (err error) {
		data, err = s.client.UIDSearch(criteria, nil).Wait()
		return err
	})
	if isAnswer(err) && s.exists.Load() == 0 {
		return nil, nil // some servers refuse every number for an empty folder
	}
	if err != nil {
		return nil, fmt.Errorf("searching for mail: %w", err)
	}
	set, _ := data.All.(imap.UIDSet)
	var uids []uint32
	for _, r := range set {
		if r.Start == 0 || r.Stop == 0 {
			continue // not a UID
		}
		for n := uint64(r.Start); n <= uint64(r.Stop) && len(uids) <= searchLimit; n++ {
			uids = append(uids, uint32(n))
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// receiveSome takes the first mails of uids and has them received, as many as make a batch. It gives the UIDs that are left.
func (s *Session) receiveSome(ctx context.Context, cursor *team.Cursor, uids []uint32, now time.Time) (int, []uint32, error) {
	m := s.mailbox
	batch, passed, fetchErr := s.take(ctx, uids, now)
	if passed == 0 {
		return 0, uids, fetchErr
	}
	last := uids[passed-1]
	if len(batch) > 0 {
		to := *cursor
		to.LastUID = last
		for i := range batch {
			batch[i].Junk = s.folder.Junk
		}
		if err := m.Receive(ctx, to, batch); err != nil {
			return 0, uids, &storeError{fmt.Errorf("receiving messages %d to %d: %w", batch[0].UID, last, err)}
		}
		for _, raw := range batch {
			delete(s.folder.suspects, raw.UID)
		}
	}
	cursor.LastUID = last
	if s.uidNext != 0 {
		s.uidNext = max(s.uidNext, last+1)
	}
	return len(batch), uids[passed:], fetchErr
}

func (m *Mailbox) batch() int        { return cmp.Or(m.Batch, defaultBatch) }
func (m *Mailbox) batchBytes() int64 { return cmp.Or(m.BatchBytes, defaultBatchBytes) }
func (m *Mailbox) maxSize() int64    { return cmp.Or(m.MaxSize, defaultMaxSize) }

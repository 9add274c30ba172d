package mailin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	triesAlone = 3             // failed fetches of one mail alone before it is given up
	giveUp     = 6 * time.Hour // the same if no other mail shows that the server is well
	probeBytes = 1 << 10       // of another mail, to see whether the server is well
	keepBytes  = 64 << 10      // of a mail that is given up, at most
)

// suspect is a mail whose fetch went wrong. It is asked for alone until it has been received.
type suspect struct {
	fails  int // of the fetches of it alone
	since  time.Time
	size   int64 // as announced, 0 if it was not
	why    error
	well   bool // the server gave out another mail just before
	lost   bool // the last fetch failed although the server was well
	probes int  // of other mails, to see whether the server is well
	begun  bool // its beginning was asked for, to be kept if it is given up
}

// failed notes that a fetch of the mail alone went wrong. A large mail may fail for the sake of a bad network: it is not lost
// before its first part has been asked for.
func (s *suspect) failed(why error) {
	s.fails++
	s.why = why
	s.lost = s.well && (s.fails >= triesAlone && s.size <= truncateTo || s.fails > triesAlone)
}

type suspects map[uint32]*suspect

// suspect marks the mail.
func (f *folder) suspect(uid uint32, now time.Time) *suspect {
	if f.suspects == nil {
		f.suspects = suspects{}
	}
	if f.suspects[uid] == nil {
		f.suspects[uid] = &suspect{since: now}
	}
	return f.suspects[uid]
}

// blame remembers the mails whose fetch ended the session, and gives the error to return. Which of several it was will be seen
// when each is asked for alone.
func (s *Session) blame(uids []uint32, now time.Time, err error) error {
	if s.broken && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		for _, uid := range uids {
			under := s.folder.suspect(uid, now)
			if len(uids) == 1 {
				under.failed(err)
			}
		}
	}
	return fmt.Errorf("fetching messages %d to %d: %w", uids[0], uids[len(uids)-1], err)
}

// takeAlone fetches one mail by itself. It gives nil if the mail is gone. If the mail cannot be had the session is to be ended
// and the mail asked for again on a new one; after several times it is given up as a Raw with a Problem.
func (s *Session) takeAlone(ctx context.Context, uid uint32, now time.Time) (*Raw, error) {
	if under := s.folder.suspects[uid]; under != nil && under.fails >= triesAlone-1 {
		if under.lost || under.fails >= triesAlone && now.Sub(under.since) >= giveUp {
			return s.giveUp(ctx, uid, under)
		}
		if err := s.probe(ctx, uid, under); err != nil {
			return nil, err
		}
	}
	sizes, err := s.askSizes(ctx, []uint32{uid}, now)
	if err != nil {
		return nil, err
	}
	size, known := sizes[uid]
	if !known {
		size = -1
	}
	part := size > s.mailbox.maxSize()
	if under := s.folder.suspects[uid]; under != nil {
		under.size = max(size, 0)
		part = part || under.fails >= triesAlone && size > truncateTo
	}
	raw, why, err := s.takeTwice(ctx, uid, size, part, now)
	if err != nil || raw != nil {
		return raw, err
	}
	there, err := s.stillThere(ctx, []uint32{uid})
	if err != nil {
		return nil, err
	}
	if !there[uid] {
		s.log().Info("a mail was removed before it could be read", "uid", uid)
		delete(s.folder.suspects, uid)
		return nil, nil
	}
	s.folder.suspect(uid, now).failed(why)
	return nil, fmt.Errorf("fetching message %d: %w", uid, why)
}

// giveUp is what is left of a mail that cannot be had: its beginning, if that comes. It is asked for once, and not as far as the mail fails.
func (s *Session) giveUp(ctx context.Context, uid uint32, under *suspect) (*Raw, error) {
	raw := &Raw{UID: uid, Size: under.size, Problem: fmt.Sprintf("it could not be fetched in %d tries: %v", under.fails, under.why)}
	most := min(under.size/2, keepBytes)
	if under.begun || most == 0 {
		return raw, nil
	}
	under.begun = true
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: most}}
	pieces, err := s.fetch(ctx, []uint32{uid}, most, section)
	if err != nil && !isAnswer(err) {
		return nil, fmt.Errorf("fetching the beginning of message %d: %w", uid, err)
	}
	if p := pieces[uid]; err == nil && p.whole && int64(len(p.body)) == most {
		raw.Bytes, raw.Truncated = p.body, true
	}
	return raw, nil
}

// takeTwice asks for one mail, and once more if what came is in doubt. Without a mail it gives the reason.
func (s *Session) takeTwice(ctx context.Context, uid uint32, size int64, part bool, now time.Time) (raw *Raw, why, err error) {
	section, expected := &imap.FetchItemBodySection{Peek: true}, max(size, 0)
	if part {
		section.Partial = &imap.SectionPartial{Size: truncateTo}
		expected = truncateTo
	}
	why = errors.New("the server did not give it out")
	var before *piece
	for range 2 {
		pieces, err := s.fetch(ctx, []uint32{uid}, expected, section)
		if err != nil && !isAnswer(err) || isPassing(err) {
			return nil, nil, s.blame([]uint32{uid}, now, err)
		}
		p := pieces[uid]
		switch {
		case err != nil:
			why = err
		case !p.whole:
		case part && len(p.body) == truncateTo:
			return &Raw{UID: uid, Bytes: p.body, Size: max(size, truncateTo+1), Truncated: true}, nil, nil
		case !part && p.proven():
			return &Raw{UID: uid, Bytes: p.body, Size: p.size}, nil, nil
		case before != nil && bytes.Equal(before.body, p.body):
			// Some servers announce an estimate. Two answers that agree, each as long as it was said to be, are the mail.
			return &Raw{UID: uid, Bytes: p.body, Size: int64(len(p.body))}, nil, nil
		default:
			before = &p
			why = fmt.Errorf("the server announced %d bytes and sent %d", p.size, len(p.body))
		}
	}
	return nil, why, nil
}

// probe finds out whether the server is well by fetching some other mail. While it gives out none, the suspect is not to blame.
func (s *Session) probe(ctx context.Context, uid uint32, under *suspect) error {
	under.well = false
	others, err := s.search(ctx, &imap.SearchCriteria{})
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(other uint32) bool { return other == uid })
	if len(others) == 0 {
		return nil
	}
	other := others[(len(others)-1+under.probes)%len(others)]
	under.probes++ // this one may be as bad
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: probeBytes}}
	pieces, err := s.fetch(ctx, []uint32{other}, probeBytes, section)
	if err != nil && !isAnswer(err) {
		return fmt.Errorf("fetching message %d: %w", other, err)
	}
	under.well = err == nil && pieces[other].whole && len(pieces[other].body) > 0
	return nil
}

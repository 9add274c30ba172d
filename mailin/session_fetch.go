package mailin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	triesAlone = 3             // failed fetches of one mail alone before it is given up
	giveUp     = 6 * time.Hour // the same if no other mail shows that the server is well
	probeBytes = 1 << 10       // of another mail, to see whether the server is well
)

// suspect is a mail whose fetch went wrong. It is asked for alone until it has been received.
type suspect struct {
	fails  int // of the fetches of it alone
	since  time.Time
	size   int64 // as announced, 0 if it was not
	why    error
	probes int // of other mails, to see whether the server is well
}

// exhausted tells whether enough was tried. A large mail may fail for the sake of a bad network; of that one the first part is
// tried too.
func (s *suspect) exhausted() bool {
	return s != nil && (s.fails > triesAlone || s.fails == triesAlone && s.size <= truncateTo)
}

type suspects map[uint32]*suspect

// suspect marks the mail.
func (m *Mailbox) suspect(uid uint32, now time.Time) *suspect {
	if m.suspects == nil {
		m.suspects = suspects{}
	}
	if m.suspects[uid] == nil {
		m.suspects[uid] = &suspect{since: now}
	}
	return m.suspects[uid]
}

// piece is what one fetch told about one mail.
type piece struct {
	size  int64 // as announced, -1 if it was not
	body  []byte
	whole bool // body is as long as the server said before it sent it
}

// proven tells whether the body is the whole mail beyond doubt. A closed connection looks like the end of a body to the
// library, and a mail that is gone like an empty one.
func (p piece) proven() bool { return p.whole && p.size > 0 && int64(len(p.body)) == p.size }

// take fetches the first mails of uids, as many as make a batch, and tells how many of uids that were. A mail that is gone is in
// no batch. An error leaves the mails before the one that it is about.
func (s *Session) take(ctx context.Context, uids []uint32, now time.Time) (batch []Raw, passed int, err error) {
	m := s.mailbox
	group := uids[:0]
	var bytes int64
	if m.suspects[uids[0]] == nil {
		group, bytes, err = s.group(ctx, uids, now)
		if err != nil {
			return nil, 0, err
		}
	}
	if len(group) == 0 {
		raw, err := s.takeAlone(ctx, uids[0], now)
		if err != nil || raw == nil {
			return nil, passedIf(err == nil), err
		}
		return []Raw{*raw}, 1, nil
	}
	pieces, err := s.fetch(ctx, group, bytes, &imap.FetchItemBodySection{Peek: true})
	if err != nil && !isAnswer(err) || isPassing(err) {
		return nil, 0, s.blame(group, now, err)
	}
	for i, uid := range group {
		if p := pieces[uid]; err == nil && p.proven() {
			batch = append(batch, Raw{UID: uid, Bytes: p.body, Size: p.size})
			continue
		}
		raw, err := s.takeAlone(ctx, uid, now)
		if err != nil {
			return batch, i, err
		}
		if raw != nil {
			batch = append(batch, *raw)
		}
	}
	return batch, len(group), nil
}

func passedIf(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

// group is the first of uids that can be fetched at once: none under suspicion, none too large, not too many. It gives their
// bytes together.
func (s *Session) group(ctx context.Context, uids []uint32, now time.Time) (group []uint32, total int64, err error) {
	m := s.mailbox
	if _, known := s.sizes[uids[0]]; !known {
		ask := uids[:min(len(uids), m.batch())]
		for i, uid := range ask {
			if m.suspects[uid] != nil {
				ask = ask[:i]
				break
			}
		}
		if s.sizes, err = s.askSizes(ctx, ask, now); err != nil {
			return nil, 0, err
		}
	}
	n := 0
	for _, uid := range uids {
		size, known := s.sizes[uid]
		if !known || size > m.maxSize() || n > 0 && total+size > m.batchBytes() || n == m.batch() {
			break
		}
		total += size
		n++
	}
	return uids[:n], total, nil
}

// askSizes asks for the announced sizes. What the server does not tell is not in the map.
func (s *Session) askSizes(ctx context.Context, uids []uint32, now time.Time) (map[uint32]int64, error) {
	pieces, err := s.fetch(ctx, uids, 0, nil)
	if err != nil && !isAnswer(err) || isPassing(err) {
		return nil, s.blame(uids, now, err)
	}
	sizes := map[uint32]int64{}
	for uid, p := range pieces {
		if p.size >= 0 {
			sizes[uid] = p.size
		}
	}
	return sizes, nil
}

// blame remembers the mails whose fetch ended the session, and gives the error to return. Which of several it was will be seen
// when each is asked for alone.
func (s *Session) blame(uids []uint32, now time.Time, err error) error {
	if s.broken && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		for _, uid := range uids {
			under := s.mailbox.suspect(uid, now)
			if len(uids) == 1 {
				under.fails++
				under.why = err
			}
		}
	}
	return fmt.Errorf("fetching messages %d to %d: %w", uids[0], uids[len(uids)-1], err)
}

// takeAlone fetches one mail by itself. It gives nil if the mail is gone. If the mail cannot be had the session is to be ended
// and the mail asked for again on a new one; after several times it is given up as a Raw with a Problem.
func (s *Session) takeAlone(ctx context.Context, uid uint32, now time.Time) (*Raw, error) {
	if under := s.mailbox.suspects[uid]; under.exhausted() {
		if lost, err := s.isLost(ctx, uid, under, now); err != nil {
			return nil, err
		} else if lost {
			return &Raw{UID: uid, Size: under.size, Problem: fmt.Sprintf("it could not be fetched in %d tries: %v", under.fails, under.why)}, nil
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
	if under := s.mailbox.suspects[uid]; under != nil {
		under.size = max(size, 0)
		part = part || under.fails >= triesAlone && size > truncateTo
	}
	raw, why, err := s.takeTwice(ctx, uid, size, part, now)
	if err != nil || raw != nil {
		return raw, err
	}
	there, err := s.stillThere(ctx, uid)
	if err != nil {
		return nil, err
	}
	if !there {
		s.mailbox.log().Info("a mail was removed before it could be read", "uid", uid)
		delete(s.mailbox.suspects, uid)
		return nil, nil
	}
	under := s.mailbox.suspect(uid, now)
	under.fails++
	under.why = why
	return nil, fmt.Errorf("fetching message %d: %w", uid, why)
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

// stillThere tells whether the mail is in the folder, by the newest that the server knows.
func (s *Session) stillThere(ctx context.Context, uid uint32) (bool, error) {
	if err := s.do(ctx, forCommand(), func() error { return s.client.Noop().Wait() }); err != nil {
		return false, fmt.Errorf("looking for message %d: %w", uid, err)
	}
	found, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}})
	return len(found) > 0, err
}

// isLost tells whether the mail cannot be had though the server is well, which another mail shows that can be had now. While none
// can, the mail is not to blame.
func (s *Session) isLost(ctx context.Context, uid uint32, under *suspect, now time.Time) (bool, error) {
	if now.Sub(under.since) >= giveUp {
		return true, nil
	}
	others, err := s.search(ctx, &imap.SearchCriteria{})
	if err != nil {
		return false, err
	}
	others = slices.DeleteFunc(others, func(other uint32) bool { return other == uid })
	if len(others) == 0 {
		return false, nil
	}
	other := others[(len(others)-1+under.probes)%len(others)]
	under.probes++ // this one may be as bad
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: probeBytes}}
	pieces, err := s.fetch(ctx, []uint32{other}, probeBytes, section)
	if err != nil && !isAnswer(err) {
		return false, fmt.Errorf("fetching message %d: %w", other, err)
	}
	return err == nil && pieces[other].whole && len(pieces[other].body) > 0, nil
}

// isPassing tells whether the server refused for a reason that has nothing to do with the mail.
func isPassing(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer) && isTemporary(answer)
}

// fetch asks for the mails' sizes and, with a section, for their bodies of about the given bytes together.
func (s *Session) fetch(ctx context.Context, uids []uint32, bytes int64, section *imap.FetchItemBodySection) (map[uint32]piece, error) {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	options := &imap.FetchOptions{UID: true, RFC822Size: true}
	if section != nil {
		options.BodySection = []*imap.FetchItemBodySection{section}
	}
	s.mu.Lock()
	s.pieces = map[uint32]piece{}
	s.mu.Unlock()
	err := s.do(ctx, forBytes(bytes+int64(len(uids))*256), func() error {
		fetch := s.client.Fetch(set, options)
		for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
			s.collect(msg)
		}
		return fetch.Close()
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.stray > 0 {
		s.calm.Wait()
	}
	pieces := s.pieces
	s.pieces = nil
	return pieces, err
}

// takeStray reads an answer that the library took for one that nobody asked for: it thinks so if the server puts the UID after
// the body, and if it tells of a mail's flags before it sends the mail.
func (s *Session) takeStray(msg *imapclient.FetchMessageData) {
	s.mu.Lock()
	s.stray++
	s.mu.Unlock()
	s.collect(msg)
	s.mu.Lock()
	s.stray--
	s.mu.Unlock()
	s.calm.Broadcast()
}

// collect reads one answer to its end.
func (s *Session) collect(msg *imapclient.FetchMessageData) {
	var uid uint32
	p := piece{size: -1}
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			p.size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal != nil && len(item.Section.Part) == 0 && item.Section.Specifier == imap.PartSpecifierNone {
				p.body, p.whole = s.read(item.Literal)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pieces == nil {
		return
	}
	have, ok := s.pieces[uid]
	if !ok {
		s.pieces[uid] = p
		return
	}
	if have.size < 0 {
		have.size = p.size
	}
	if !have.whole {
		have.body, have.whole = p.body, p.whole
	}
	s.pieces[uid] = have
}

// read reads a body. One that is far too long ends the connection, since it cannot be passed over otherwise.
func (s *Session) read(literal imap.LiteralReader) (body []byte, whole bool) {
	size := literal.Size()
	if limit := max(s.mailbox.maxSize(), truncateTo); size > limit {
		s.conn.fail(fmt.Errorf("the server sends a mail of %d bytes that it announced as no more than %d", size, limit))
		return nil, false
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(literal, body); err != nil {
		return nil, false
	}
	return body, true
}

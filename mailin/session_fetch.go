package mailin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"daybreak/internal/failpoint"
)

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
	group := uids[:0]
	var bytes int64
	if s.folder.suspects[uids[0]] == nil {
		group, bytes, err = s.group(ctx, uids, now)
		if err != nil {
			return nil, 0, err
		}
		if len(group) == 0 {
			if gone, err := s.gone(ctx, uids); err != nil || gone > 0 {
				return nil, gone, err
			}
		}
	}
	if len(group) == 0 {
		raw, err := s.takeAlone(ctx, uids[0], now)
		if err != nil {
			return nil, 0, err
		}
		if raw != nil {
			batch = []Raw{*raw}
		}
		return batch, 1, nil
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

// group is the first of uids that can be fetched at once: none under suspicion, none too large, not too many. It gives their
// bytes together.
func (s *Session) group(ctx context.Context, uids []uint32, now time.Time) (group []uint32, total int64, err error) {
	m := s.mailbox
	if _, known := s.sizes[uids[0]]; !known {
		if s.sizes, err = s.askSizes(ctx, s.unsuspected(uids), now); err != nil {
			return nil, 0, err
		}
	}
	n := 0
	for _, uid := range uids {
		size, known := s.sizes[uid]
		if !known || size > m.maxSize() || n > 0 && total+size > m.batchBytes() {
			break
		}
		total += size
		n++
	}
	return uids[:n], total, nil
}

// unsuspected is the first of uids, at most a batch, up to the first suspect.
func (s *Session) unsuspected(uids []uint32) []uint32 {
	uids = uids[:min(len(uids), s.mailbox.batch())]
	for i, uid := range uids {
		if s.folder.suspects[uid] != nil {
			return uids[:i]
		}
	}
	return uids
}

// gone tells how many of the first of uids are no longer in the folder, out of those of which the server has given no size.
func (s *Session) gone(ctx context.Context, uids []uint32) (int, error) {
	uids = s.unsuspected(uids)
	for i, uid := range uids {
		if _, known := s.sizes[uid]; known {
			uids = uids[:i]
			break
		}
	}
	if len(uids) == 0 {
		return 0, nil
	}
	there, err := s.stillThere(ctx, uids)
	if err != nil {
		return 0, err
	}
	n := 0
	for n < len(uids) && !there[uids[n]] {
		n++
	}
	if n > 0 {
		s.log().Info("mails were removed before they could be read", "mails", n, "from_uid", uids[0], "to_uid", uids[n-1])
	}
	return n, nil
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

// stillThere tells which of the mails are in the folder, by the newest that the server knows.
func (s *Session) stillThere(ctx context.Context, uids []uint32) (map[uint32]bool, error) {
	if err := s.do(ctx, forCommand(), func() error { return s.client.Noop().Wait() }); err != nil {
		return nil, fmt.Errorf("looking for message %d: %w", uids[0], err)
	}
	found, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{uidSet(uids)}})
	there := map[uint32]bool{}
	for _, uid := range found {
		there[uid] = true
	}
	return there, err
}

func uidSet(uids []uint32) (set imap.UIDSet) {
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

// isPassing tells whether the server refused for a reason that has nothing to do with the mail.
func isPassing(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer) && isTemporary(answer)
}

// fetch asks for the mails' sizes and, with a section, for their bodies of about the given bytes together.
func (s *Session) fetch(ctx context.Context, uids []uint32, bytes int64, section *imap.FetchItemBodySection) (map[uint32]piece, error) {
	options := &imap.FetchOptions{UID: true, RFC822Size: true}
	if section != nil {
		options.BodySection = []*imap.FetchItemBodySection{section}
	}
	s.mu.Lock()
	s.pieces = map[uint32]piece{}
	s.mu.Unlock()
	failpoint.Here("imap-fetch")
	err := s.do(ctx, forBytes(bytes+int64(len(uids))*256), func() error {
		fetch := s.client.Fetch(uidSet(uids), options)
		for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
			s.collect(msg)
		}
		return fetch.Close()
	})
	failpoint.Here("imap-fetched")
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
		// The library's reader goes on after a failed read, while what is left of the body would be read again by
		// whoever looks for the next item: let it come to its end first.
		s.conn.fail(err)
		<-s.client.Closed()
		return nil, false
	}
	return body, true
}

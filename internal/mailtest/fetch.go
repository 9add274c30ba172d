package mailtest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// place is where a mail lies. The memory server never gives one UIDVALIDITY to two mailboxes.
type place struct {
	validity uint32
	uid      imap.UID
}

// letter is a mail as it was delivered. The memory server parses and rewrites what it is asked for: a header with bare
// line feeds comes out longer than its announced size, a header that it cannot read comes out as no bytes at all. A real
// server gives back what it was given, so fetches of whole bodies are answered from here.
type letter struct {
	raw []byte
	at  time.Time
}

// put appends a mail to a mailbox and keeps it as it is.
func (s *Server) put(mailbox string, raw []byte, options *imap.AppendOptions) (*imap.AppendData, error) {
	raw = bytes.Clone(raw)
	if options.Time.IsZero() {
		options.Time = s.options.Now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.user.Append(mailbox, literal{bytes.NewReader(raw)}, options)
	if err != nil {
		return nil, err
	}
	s.letters[place{data.UIDValidity, data.UID}] = letter{raw, options.Time}
	close(s.changed)
	s.changed = make(chan struct{})
	return data, nil
}

func (s *Server) letter(p place) (letter, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.letters[p]
	return l, ok
}

type literal struct{ *bytes.Reader }

var _ imap.LiteralReader = literal{}

// Size is the number of bytes that are left.
func (l literal) Size() int64 { return int64(l.Len()) }

// Append takes a mail that a client files.
func (s *imapSession) Append(mailbox string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	data, err := s.server.put(mailbox, raw, options)
	var no *imap.Error
	if errors.As(err, &no) {
		return nil, no
	}
	return data, err
}

// Select remembers which mailbox is open.
func (s *imapSession) Select(mailbox string, options *imap.SelectOptions) (*imap.SelectData, error) {
	data, err := s.UserSession.Select(mailbox, options)
	if err == nil {
		s.validity = data.UIDValidity
	}
	return data, err
}

// Fetch answers what a poller asks for byte for byte, and leaves everything else to the memory server.
func (s *imapSession) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	if !wholeOnly(options) {
		return s.UserSession.Fetch(w, set, options)
	}
	uids, err := uidsOf(s.UserSession, set)
	if err != nil {
		return err
	}
	for _, uid := range uids {
		l, ok := s.server.letter(place{s.validity, uid})
		if !ok { // filed here by COPY or MOVE
			if err := s.UserSession.Fetch(w, imap.UIDSetNum(uid), options); err != nil {
				return err
			}
			continue
		}
		number, err := s.sequence(uid)
		if err != nil {
			return err
		}
		if number == 0 {
			continue // expunged meanwhile, or not announced yet
		}
		if err := l.write(w.CreateMessage(number), uid, options); err != nil {
			return err
		}
	}
	return nil
}

// wholeOnly tells whether nothing is asked for but numbers, dates, sizes and whole bodies.
func wholeOnly(o *imap.FetchOptions) bool {
	return !o.Envelope && o.BodyStructure == nil && !o.Flags && !o.ModSeq &&
		len(o.BinarySection) == 0 && len(o.BinarySectionSize) == 0 &&
		!slices.ContainsFunc(o.BodySection, func(b *imap.FetchItemBodySection) bool {
			return !b.Peek || b.Specifier != imap.PartSpecifierNone || len(b.Part) > 0
		})
}

func uidsOf(s *imapmemserver.UserSession, set imap.NumSet) ([]imap.UID, error) {
	var criteria imap.SearchCriteria
	switch set := set.(type) {
	case imap.SeqSet:
		criteria.SeqNum = []imap.SeqSet{set}
	case imap.UIDSet:
		criteria.UID = []imap.UIDSet{set}
	}
	found, err := s.Search(imapserver.NumKindUID, &criteria, &imap.SearchOptions{})
	if err != nil {
		return nil, err
	}
	return found.AllUIDs(), nil
}

// sequence is a mail's present sequence number as this session's client counts, 0 if it has none.
func (s *imapSession) sequence(uid imap.UID) (uint32, error) {
	criteria := imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uid)}}
	found, err := s.Search(imapserver.NumKindSeq, &criteria, &imap.SearchOptions{})
	if err != nil {
		return 0, err
	}
	return found.Max, nil
}

func (l letter) write(w *imapserver.FetchResponseWriter, uid imap.UID, options *imap.FetchOptions) error {
	w.WriteUID(uid)
	if options.InternalDate {
		w.WriteInternalDate(l.at)
	}
	if options.RFC822Size {
		w.WriteRFC822Size(int64(len(l.raw)))
	}
	for _, section := range options.BodySection {
		body := l.raw
		if p := section.Partial; p != nil {
			from := min(p.Offset, int64(len(body)))
			body = body[from:min(from+p.Size, int64(len(body)))]
		}
		part := w.WriteBodySection(section, int64(len(body)))
		_, err := part.Write(body)
		if err := errors.Join(err, part.Close()); err != nil {
			return err
		}
	}
	return w.Close()
}

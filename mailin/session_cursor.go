package mailin

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"daybreak/internal/team"
)

// cursor is how far the folder has been read, as the database knows it. If the server's numbers no longer mean what they meant,
// it is set anew first.
func (s *Session) cursor(ctx context.Context, now time.Time) (team.Cursor, error) {
	m, f := s.mailbox, s.folder
	c, known, err := m.Store.Cursor(ctx, f.Account)
	if err != nil {
		return c, &storeError{fmt.Errorf("reading the mailbox's cursor: %w", err)}
	}
	from := m.ImportSince
	if known {
		renumbered := c.Validity != s.validity
		if !renumbered {
			if renumbered, err = s.rolledBack(ctx, c); err != nil || !renumbered {
				return c, err
			}
		}
		s.log().Warn("the server has numbered its mails anew; looking through them again",
			"validity", c.Validity, "now", s.validity, "last_uid", c.LastUID, "uid_next", s.uidNext)
		from = c.BaselineAt.Add(-rescanBefore)
		f.suspects = nil
	} else {
		c = team.Cursor{Account: f.Account, BaselineAt: now}
	}
	c.Validity = s.validity
	last, err := s.lastBefore(ctx, time.Time{})
	if err != nil {
		return c, err
	}
	c.LastUID, c.NewFrom = last, last+1
	if !from.IsZero() {
		if c.LastUID, err = s.lastBefore(ctx, from); err != nil {
			return c, err
		}
	}
	if err := m.Store.Baseline(ctx, c); err != nil {
		return c, &storeError{fmt.Errorf("setting the mailbox's cursor: %w", err)}
	}
	s.log().Info("mailbox cursor set", "validity", c.Validity, "last_uid", c.LastUID, "new_from", c.NewFrom)
	return c, nil
}

// rolledBack tells whether the server gives UIDs again that it gave before, as one does that was restored from a copy without
// a new UIDVALIDITY: then the mails that arrive now would look as if they had been read.
func (s *Session) rolledBack(ctx context.Context, c team.Cursor) (bool, error) {
	if s.uidNext == 0 || s.uidNext > c.LastUID {
		return false, nil
	}
	highest, err := s.highest(ctx) // a UIDNEXT can be out of date, a mail cannot
	return highest < c.LastUID, err
}

// lastBefore is the UID after which everything is to be read: the last one before the first mail that arrived on the given day or
// later, or, without a day, the last one there is.
func (s *Session) lastBefore(ctx context.Context, day time.Time) (uint32, error) {
	last := s.uidNext - 1
	if s.uidNext == 0 {
		var err error
		if last, err = s.highest(ctx); err != nil {
			return 0, err
		}
	}
	if day.IsZero() {
		return last, nil
	}
	since, err := s.search(ctx, &imap.SearchCriteria{Since: day})
	if err != nil || len(since) == 0 {
		return last, err
	}
	return min(last, since[0]-1), nil
}

// highest is the highest UID in the folder, 0 if it is empty.
func (s *Session) highest(ctx context.Context) (uint32, error) {
	// "*" is the last mail whatever its number.
	uids, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 0, Stop: 0}}}})
	if err != nil || len(uids) == 0 {
		return 0, err
	}
	return uids[len(uids)-1], nil
}

package mailin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// longestRest is how long a folder other than the first is left alone at most after a trouble with it.
const longestRest = time.Hour

// folder is a folder with what is remembered of it from one session to the next.
type folder struct {
	Folder
	suspects suspects  // mails whose fetch went wrong
	fails    int       // looks at it that went wrong, one after the other
	due      time.Time // when it is to be looked at again; the first one always is
}

// all are the folders, the first one first.
func (m *Mailbox) all() []*folder {
	first := Folder{Account: m.Account, Name: cmp.Or(m.Folder, "INBOX"), Junk: m.junk}
	if m.folders == nil || m.folders[0].Folder != first {
		m.folders = []*folder{{Folder: first}}
		for _, f := range m.Others {
			m.folders = append(m.folders, &folder{Folder: f})
		}
	}
	return m.folders
}

// ByFolder is a mailbox for each folder, the first one first, to be read each over a connection of its own.
func (m *Mailbox) ByFolder() (list []Mailbox) {
	for _, f := range m.all() {
		one := *m
		one.Account, one.Folder, one.junk, one.Others, one.folders = f.Account, f.Name, f.Junk, nil, nil
		list = append(list, one)
	}
	return list
}

func (s *Session) log() *slog.Logger {
	log := s.mailbox.log()
	if s.folder != nil && s.folder.Account != s.mailbox.Account {
		log = log.With("folder", s.folder.Name)
	}
	return log
}

// CatchUp takes in everything that is new in the folders whose turn it is, oldest first, and gives the number of mails received.
// Afterwards the first folder is open. No trouble with another folder keeps that one's mail out: it comes first, and the other rests. If the first
// one cannot be opened the others are read all the same.
func (s *Session) CatchUp(ctx context.Context, now time.Time) (received int, err error) {
	folders := s.mailbox.all()
	received, err = s.catchUp(ctx, folders[0], now)
	if shut := (*folderError)(nil); errors.As(err, &shut) {
		n, failed := s.visitAll(ctx, folders[1:], now)
		return received + n, cmp.Or(failed, err)
	}
	if err != nil {
		return received, err
	}
	if s.mailbox.Seen != nil {
		s.mailbox.Seen(now)
	}
	n, err := s.visitAll(ctx, folders[1:], now)
	received += n
	if err != nil {
		return received, err
	}
	if s.folder != folders[0] { // mail may have come there meanwhile
		n, err := s.catchUp(ctx, folders[0], now)
		received += n
		if err != nil {
			return received, err
		}
	}
	return received, nil
}

// visitAll looks at those of the other folders whose turn it is.
func (s *Session) visitAll(ctx context.Context, folders []*folder, now time.Time) (received int, err error) {
	for _, f := range folders {
		if now.Before(f.due) {
			continue
		}
		n, err := s.visit(ctx, f, now)
		received += n
		if err != nil {
			return received, err
		}
	}
	return received, nil
}

// visit looks at a folder other than the first. What the server refuses there is no reason to end the session.
func (s *Session) visit(ctx context.Context, f *folder, now time.Time) (received int, err error) {
	poll := cmp.Or(s.mailbox.PollEvery, defaultPollEvery)
	received, err = s.catchUp(ctx, f, now)
	var ours *storeError
	switch {
	case err == nil:
		f.fails, f.due = 0, now.Add(poll)
		return received, nil
	case errors.As(err, &ours) || ctx.Err() != nil:
		return received, err
	}
	rest := min(poll<<min(f.fails, 10), longestRest)
	f.fails++
	f.due = now.Add(rest)
	if s.broken || !isAnswer(err) {
		return received, err
	}
	s.mailbox.log().Warn("a folder cannot be read; the others are", "folder", f.Name, "error", err, "hint", Hint(err), "again_in", rest)
	return received, nil
}

// junkNames are what servers and programs call the folder for junk, as sentNames are.
const junkNames = "|junk|spam|junk mail|junk email|junk e-mail|bulk|bulk mail|"

// JunkFolder is the name of the folder into which the server puts what it takes for junk, "" if it does not tell.
func (s *Session) JunkFolder(ctx context.Context) (string, error) {
	names, err := s.foldersFor(ctx, imap.MailboxAttrJunk, junkNames)
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}

// foldersFor are the names of the folders that are for a use: by the attribute (RFC 6154), else by what they are usually called, which is
// the last part of the name in small letters between bars.
func (s *Session) foldersFor(ctx context.Context, use imap.MailboxAttr, usual string) (names []string, err error) {
	options := &imap.ListOptions{ReturnSpecialUse: s.caps.Has(imap.CapSpecialUse) && s.caps.Has(imap.CapListExtended)}
	var list []*imap.ListData
	err = s.do(ctx, forBytes(1<<20), func() (err error) {
		list, err = s.client.List("", "*", options).Collect()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the folders: %w", err)
	}
	var named []string
	for _, l := range list {
		if slices.Contains(l.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) {
			continue
		}
		last := l.Mailbox
		if l.Delim != 0 {
			last = last[strings.LastIndex(last, string(l.Delim))+1:]
		}
		switch {
		case slices.Contains(l.Attrs, use):
			names = append(names, l.Mailbox)
		case strings.Contains(usual, "|"+strings.ToLower(last)+"|"):
			named = append(named, l.Mailbox)
		}
	}
	if len(names) == 0 {
		names = named
	}
	return names, nil
}

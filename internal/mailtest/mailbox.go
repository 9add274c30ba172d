package mailtest

import (
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

const inbox = "INBOX"

// Deliver puts a mail into the inbox, byte for byte, and gives its UID.
func (s *Server) Deliver(raw []byte) (uint32, error) {
	data, err := s.put(inbox, raw, &imap.AppendOptions{})
	if err != nil {
		return 0, fmt.Errorf("delivering a mail: %w", err)
	}
	return uint32(data.UID), nil
}

// MakeFolder makes a folder beside the inbox.
func (s *Server) MakeFolder(name string) error {
	if err := s.user.Create(name, nil); err != nil {
		return fmt.Errorf("making the folder %s: %w", name, err)
	}
	return nil
}

// DeliverTo puts a mail into a folder, byte for byte, and gives its UID.
func (s *Server) DeliverTo(folder string, raw []byte) (uint32, error) {
	data, err := s.put(folder, raw, &imap.AppendOptions{})
	if err != nil {
		return 0, fmt.Errorf("delivering a mail to %s: %w", folder, err)
	}
	return uint32(data.UID), nil
}

// Move moves a mail from one folder to another, as a client does without MOVE, and gives its UID there. With keep it stays where it was.
func (s *Server) Move(from string, uid uint32, to string, keep bool) (uint32, error) {
	validity, err := s.validity(from)
	if err != nil {
		return 0, fmt.Errorf("moving from %s: %w", from, err)
	}
	l, ok := s.letter(place{validity, imap.UID(uid)})
	if !ok {
		return 0, fmt.Errorf("moving from %s: there is no mail %d", from, uid)
	}
	data, err := s.put(to, l.raw, &imap.AppendOptions{Time: l.at})
	if err != nil {
		return 0, fmt.Errorf("moving to %s: %w", to, err)
	}
	if !keep {
		err = s.expunge(from, uid)
	}
	return uint32(data.UID), err
}

// changes is closed at the next change of any mailbox.
func (s *Server) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Server) change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Messages is how many mails the inbox holds.
func (s *Server) Messages() int {
	data, err := s.user.Status(inbox, &imap.StatusOptions{NumMessages: true})
	if err != nil || data.NumMessages == nil {
		return 0
	}
	return int(*data.NumMessages)
}

// UIDValidity is the inbox's present one.
func (s *Server) UIDValidity() uint32 {
	validity, err := s.validity(inbox)
	if err != nil {
		return 0
	}
	return validity
}

func (s *Server) validity(folder string) (uint32, error) {
	data, err := s.user.Status(folder, &imap.StatusOptions{UIDValidity: true})
	if err != nil {
		return 0, fmt.Errorf("asking for the UIDVALIDITY of %s: %w", folder, err)
	}
	return data.UIDValidity, nil
}

// Expunge removes mails from the inbox as another client would, all of them if no UIDs are given.
func (s *Server) Expunge(uids ...uint32) error { return s.expunge(inbox, uids...) }

// Remove removes mails from a folder as another client would.
func (s *Server) Remove(folder string, uids ...uint32) error { return s.expunge(folder, uids...) }

func (s *Server) expunge(folder string, uids ...uint32) error {
	session, err := s.session(folder)
	if err != nil {
		return err
	}
	defer session.Close()
	defer s.change()
	set := imap.UIDSet{{Start: 1, Stop: 0}}
	if len(uids) > 0 {
		set = nil
		for _, uid := range uids {
			set.AddNum(imap.UID(uid))
		}
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := session.Store(&imapserver.FetchWriter{}, set, deleted, nil); err != nil {
		return fmt.Errorf("expunging: %w", err)
	}
	if err := session.Expunge(&imapserver.ExpungeWriter{}, &set); err != nil {
		return fmt.Errorf("expunging: %w", err)
	}
	validity, err := s.validity(folder)
	if err != nil {
		return fmt.Errorf("expunging: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.letters {
		if p.validity == validity && set.Contains(p.uid) {
			delete(s.letters, p)
		}
	}
	return nil
}

// ResetValidity gives the inbox a new UIDVALIDITY, as a server does that was moved or restored, and ends every IMAP
// connection. If keep is true the mails stay, with new UIDs from 1 on; otherwise the inbox is empty.
func (s *Server) ResetValidity(keep bool) error {
	if err := s.resetValidity(keep); err != nil {
		return fmt.Errorf("resetting the inbox: %w", err)
	}
	s.DropIMAP()
	return nil
}

func (s *Server) resetValidity(keep bool) error {
	const restored = "Restored"
	if err := s.user.Create(restored, nil); err != nil {
		return err
	}
	before := s.UIDValidity()
	if keep && s.Messages() > 0 {
		session, err := s.session(inbox)
		if err != nil {
			return err
		}
		defer session.Close()
		moved, err := session.Copy(imap.UIDSet{{Start: 1, Stop: 0}}, restored)
		if err != nil {
			return err
		}
		from, _ := moved.SourceUIDs.Nums()
		to, _ := moved.DestUIDs.Nums()
		s.mu.Lock()
		for i := range from {
			s.letters[place{moved.UIDValidity, to[i]}] = s.letters[place{before, from[i]}]
		}
		s.mu.Unlock()
	}
	if err := s.user.Delete(inbox); err != nil {
		return err
	}
	return s.user.Rename(restored, inbox, nil)
}

func (s *Server) session(folder string) (*imapmemserver.UserSession, error) {
	session := imapmemserver.NewUserSession(s.user)
	if _, err := session.Select(folder, &imap.SelectOptions{}); err != nil {
		return nil, fmt.Errorf("opening %s: %w", folder, err)
	}
	return session, nil
}

package mailin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"daybreak/mailin/mime"
)

// SentFolder is where a provider keeps what was sent through its SMTP server, beside a mailbox that it serves by IMAP. Many do; a server of
// one's own seldom does. Each look at it is a short session of its own, read-only.
type SentFolder struct {
	Mailbox *Mailbox // how to get there; nobody else may use it
	Name    string   // "": found by its special use (RFC 6154), else by its name
}

// sentNames are what providers and programs call the folder, the last part of its name, in small letters.
const sentNames = "|sent|sent items|sent messages|sent mail|sent-mail|inbox.sent|gesendet|gesendete elemente|gesendete objekte|gesendete nachrichten" +
	"|envoyés|messages envoyés|éléments envoyés|enviados|elementos enviados|mensajes enviados|itens enviados|mensagens enviadas|inviata|posta inviata|inviati" +
	"|verzonden|verzonden items|verzonden berichten|skickat|skickade|skickade objekt|sendt|sendt post|sendte elementer|lähetetyt|wysłane|elementy wysłane" +
	"|odeslané|odeslaná pošta|odoslané|elküldött|elküldött elemek|trimise|gönderilmiş|gönderilmiş öğeler|отправленные|надіслані|απεσταλμένα|已发送|已发送邮件|寄件備份|送信済み|送信済みアイテム|보낸 편지함|보낸메일함|"

// sentMost is how many folders are looked into, if several may be the one.
const sentMost = 3

// Find gives those of the Message-IDs, without angle brackets, that are in the folder, of mails that came there since a time. Kept tells whether
// there is such a folder at all.
func (f *SentFolder) Find(ctx context.Context, ids []string, since time.Time) (there []string, kept bool, err error) {
	kept, err = f.each(ctx, func(s *Session, name string) error {
		for _, id := range ids {
			if slices.Contains(there, id) {
				continue
			}
			uids, err := s.search(ctx, &imap.SearchCriteria{Since: since, Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<" + id + ">"}}})
			if err != nil {
				return fmt.Errorf("looking for a sent mail in %s: %w", name, err)
			}
			if len(uids) > 0 {
				there = append(there, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return there, kept, nil
}

// each opens the folders that may be the one, and tells whether there is any.
func (f *SentFolder) each(ctx context.Context, do func(s *Session, name string) error) (any bool, err error) {
	s, err := f.Mailbox.enter(ctx)
	if err != nil {
		return false, err
	}
	defer s.Close()
	folders, err := f.folders(ctx, s)
	if err != nil {
		return false, err
	}
	for _, name := range folders {
		if err := s.examine(ctx, &folder{Folder: Folder{Name: name}}); err != nil {
			return false, err
		}
		if err := do(s, name); err != nil {
			return false, err
		}
	}
	return len(folders) > 0, nil
}

// eachSince hands over the UIDs of all mails that came into the folders since a time, so many at once.
func (f *SentFolder) eachSince(ctx context.Context, since time.Time, batch int, do func(s *Session, uids []uint32) error) (any bool, err error) {
	return f.each(ctx, func(s *Session, name string) error {
		for last := uint32(0); ; {
			uids, err := s.search(ctx, &imap.SearchCriteria{Since: since, UID: []imap.UIDSet{{{Start: imap.UID(last + 1), Stop: 0}}}})
			if err != nil {
				return fmt.Errorf("looking for sent mails in %s: %w", name, err)
			}
			first, _ := slices.BinarySearch(uids, last+1)
			if uids = uids[first:]; len(uids) == 0 {
				return nil
			}
			last = uids[len(uids)-1]
			for some := range slices.Chunk(uids, batch) {
				if err := do(s, some); err != nil {
					return fmt.Errorf("reading sent mails in %s: %w", name, err)
				}
			}
		}
	})
}

// SentMail is a mail in the folder, by its header. Message-IDs are without angle brackets.
type SentMail struct {
	MessageID string
	InReplyTo string // the first there is
	Date      time.Time
}

const (
	sentBatch  = 500  // headers taken at once
	sentHeader = 2048 // bytes that one may have, or about
)

// List gives the mails that came into the folder since a time, in the order of their dates. Kept tells whether there is such a folder at all.
func (f *SentFolder) List(ctx context.Context, since time.Time) (mails []SentMail, kept bool, err error) {
	kept, err = f.eachSince(ctx, since, sentBatch, func(s *Session, uids []uint32) error {
		more, err := s.sentHeaders(ctx, uids)
		if err == nil {
			mails = append(mails, more...)
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(mails, func(a, b SentMail) int { return a.Date.Compare(b.Date) })
	return mails, kept, nil
}

// sentHeaders reads of each mail the header lines that are wanted.
func (s *Session) sentHeaders(ctx context.Context, uids []uint32) (mails []SentMail, err error) {
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID", "In-Reply-To", "Date"}, Peek: true}
	err = s.do(ctx, forBytes(int64(len(uids))*sentHeader), func() error {
		list, err := s.client.Fetch(uidSet(uids), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		for _, m := range list {
			for _, header := range m.BodySection {
				read := mime.Read(header.Bytes)
				sent := SentMail{MessageID: read.MessageID, Date: read.Date}
				if len(read.InReplyTo) > 0 {
					sent.InReplyTo = read.InReplyTo[0]
				}
				if sent.MessageID != "" && !sent.Date.IsZero() {
					mails = append(mails, sent)
				}
			}
		}
		return err
	})
	return mails, err
}

const (
	textBatch = 20        // mails whose text is taken at once
	textBytes = 256 << 10 // that one may have, or about
)

// Texts gives the plain text of those mails that came into the folder since a time and have one of the Message-IDs, in small letters.
func (f *SentFolder) Texts(ctx context.Context, ids map[string]bool, since time.Time) (texts map[string]string, err error) {
	texts = map[string]string{}
	if len(ids) == 0 {
		return texts, nil
	}
	_, err = f.eachSince(ctx, since, textBatch, func(s *Session, uids []uint32) error {
		pieces, err := s.fetch(ctx, uids, int64(len(uids))*textBytes, &imap.FetchItemBodySection{Peek: true})
		if err != nil {
			return err
		}
		for _, p := range pieces {
			if !p.proven() {
				continue
			}
			m := mime.Read(p.body)
			if id := strings.ToLower(m.MessageID); ids[id] {
				texts[id] = m.Plain
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// ArrivedAt is when a mail arrived, as the last server on its way says; zero if none does.
func ArrivedAt(raw []byte) time.Time {
	if m := mime.Read(raw); len(m.Received) > 0 {
		return m.Received[0]
	}
	return time.Time{}
}

// folders are the names of the folders that may be the one.
func (f *SentFolder) folders(ctx context.Context, s *Session) (names []string, err error) {
	if f.Name != "" {
		return []string{f.Name}, nil
	}
	names, err = s.foldersFor(ctx, imap.MailboxAttrSent, sentNames)
	return names[:min(len(names), sentMost)], err
}

// Package drill hurts the daemon on purpose and judges what came of it.
//
// In come a program, servers around it and a seed. The program is killed at random moments or at named points, with mail coming in,
// prompts and digests due and mail going out all the time; then an oracle holds what the servers saw against the database. Out come
// figures, and each breach of what must never fail:
//
//	I1  each mail that the IMAP server held has exactly one outcome
//	I2  each mail makes one update, whatever its copies
//	I3  each prompt, digest and answer is one mail: another copy only with the same Message-ID and bytes, and only of what was about to
//	    be handed over, or was, when the program died; and each update is told to each reader once
//	I4  nothing goes to an address that is not in the roster, nor to another team
//	I5  the database is whole
//
// It shares no code with the engine: it knows the program by its command line, the wire and the tables.
package drill

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Held is a mail that the IMAP server held.
type Held struct {
	MessageID string // without the angle brackets
	From      string // the address that wrote it
	Kind      HeldKind
	Word      string // of an update: the word that is in no other
}

// HeldKind is what a mail that was delivered is for.
type HeldKind int

// The kinds.
const (
	Update  HeldKind = iota // a reply that says something
	Order                   // asks for something, and is answered once
	Foreign                 // from somebody whom nobody knows
)

// Accepted is a mail that the SMTP server took responsibility for.
type Accepted struct {
	From, To  string // of the envelope
	MessageID string
	InReplyTo string
	Sum       [sha256.Size]byte // of the bytes
	Words     []string          // of updates, as they stand in its text
}

// Evidence is what the outside has seen of a run.
type Evidence struct {
	mu       sync.Mutex
	teams    map[string]string // address → its team
	held     []Held
	accepted []Accepted
	dots     map[string]int // Message-ID → how often it was in the state dot when the program died
	holding  int            // mails held
	file     *os.File       // in which all that was seen is, rather than in the fields above; nil: none
	encoder  *gob.Encoder   // to it
	trouble  error          // the first with it

	asked map[string]asking // address → when its owner is asked
	since time.Time         // from when on everybody is asked, by the program's clock; zero: from when each was asked first
	now   func() time.Time  // the program's clock; nil: each is asked until they were asked last
}

// asking is when somebody is asked, each day.
type asking struct {
	zone         string
	hour, minute int
}

// NewEvidence begins to take evidence about people: address → their team.
func NewEvidence(teams map[string]string) *Evidence {
	return &Evidence{teams: teams, dots: map[string]int{}, asked: map[string]asking{}}
}

// begins notes that from now on everybody is asked, by a clock.
func (e *Evidence) begins(now func() time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.since, e.now = now(), now
}

// KeepIn keeps what is seen from now on in a file until it is judged, for runs in which it is looked at what the process holds.
func (e *Evidence) KeepIn(file *os.File) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.file, e.encoder = file, gob.NewEncoder(file)
}

// sighting is one thing that was seen.
type sighting struct {
	Held     *Held
	Accepted *Accepted
	Dot      string // the Message-ID of a mail whose answer may not have been heard
}

func (e *Evidence) note(s sighting) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.Held != nil {
		e.holding++
	}
	if e.file == nil {
		e.add(s)
	} else if err := e.encoder.Encode(s); e.trouble == nil {
		e.trouble = err
	}
}

func (e *Evidence) add(s sighting) {
	switch {
	case s.Held != nil:
		e.held = append(e.held, *s.Held)
	case s.Accepted != nil:
		e.accepted = append(e.accepted, *s.Accepted)
	default:
		e.dots[s.Dot]++
	}
}

// recall reads back what is in the file, and uses it no more.
func (e *Evidence) recall() error {
	if e.file == nil || e.trouble != nil {
		return e.trouble
	}
	if _, err := e.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	decoder := gob.NewDecoder(e.file)
	e.file, e.encoder = nil, nil
	for {
		var s sighting
		if err := decoder.Decode(&s); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		e.add(s)
	}
}

// Hold notes a mail that is about to be delivered, each copy by itself.
func (e *Evidence) Hold(h Held) { e.note(sighting{Held: &h}) }

// Accept notes a mail that SMTP has taken.
func (e *Evidence) Accept(a Accepted) { e.note(sighting{Accepted: &a}) }

// Died notes that the program died with such mails in the state dot.
func (e *Evidence) Died(dots []string) {
	for _, id := range dots {
		e.note(sighting{Dot: id})
	}
}

// holds is how many mails were delivered so far.
func (e *Evidence) holds() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.holding
}

// word is what an update has that no other has.
var word = regexp.MustCompile(`\bdrill[0-9]{6}\b`)

// read takes from a mail's bytes what the oracle needs of it.
func read(from, to string, raw []byte) (Accepted, *mail.Message, error) {
	a := Accepted{From: from, To: strings.ToLower(to), Sum: sha256.Sum256(raw)}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return a, nil, fmt.Errorf("reading a mail to %s: %w", to, err)
	}
	a.MessageID, a.InReplyTo = bare(m.Header.Get("Message-ID")), bare(m.Header.Get("In-Reply-To"))
	text, err := plain(m.Header.Get, m.Body)
	if err != nil {
		return a, m, fmt.Errorf("reading a mail to %s: %w", to, err)
	}
	seen := map[string]bool{}
	for _, w := range word.FindAllString(text, -1) {
		if !seen[w] {
			seen[w] = true
			a.Words = append(a.Words, strings.Clone(w)) // not a part of the text, which is to go
		}
	}
	return a, m, nil
}

// plain is a mail's first plain text.
func plain(header func(string) string, body io.Reader) (string, error) {
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return "", nil
			}
			if err != nil {
				return "", err
			}
			if text, err := plain(p.Header.Get, p); err != nil || text != "" {
				return text, err
			}
		}
	}
	if kind != "text/plain" {
		return "", nil
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	return string(text), err
}

func bare(id string) string { return strings.Clone(strings.Trim(strings.TrimSpace(id), "<>")) }

// MayComeAgain notes that the program may not hear the answer to a mail that was just accepted, though it does not die.
func (e *Evidence) MayComeAgain(raw []byte) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return
	}
	e.note(sighting{Dot: bare(m.Header.Get("Message-ID"))})
}

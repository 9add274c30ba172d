package templates

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"
)

// Everybody in a team reads the same words, so what a person said is set once and kept for the next reader.

// keep is how many bytes of set people are kept.
const keep = 4 << 20

// set is a person, set for both parts of a mail.
type set struct{ text, html string }

// shared keeps people that were set, by all that went into them.
type shared struct {
	mu    sync.Mutex
	sets  map[[sha256.Size]byte]set
	bytes int
}

// person sets a person for both parts of a mail, or finds it done.
func (s *Set) person(p Person, c columns) (set, error) {
	key := p.key(c)
	s.shared.mu.Lock()
	done, ok := s.shared.sets[key]
	s.shared.mu.Unlock()
	if ok {
		return done, nil
	}
	var err error
	if done.text, err = s.personText(p, c); err != nil {
		return set{}, err
	}
	if done.html, err = s.personHTML(p, c); err != nil {
		return set{}, err
	}
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	done.text, done.html = strings.Clone(done.text), strings.Clone(done.html) // the builders had room for more
	size := len(done.text) + len(done.html)
	if s.shared.bytes+size > keep || s.shared.sets == nil {
		s.shared.sets, s.shared.bytes = map[[sha256.Size]byte]set{}, 0
	}
	s.shared.sets[key] = done
	s.shared.bytes += size
	return done, nil
}

// key is a hash of everything that a person's part of a mail is made of.
func (p Person) key(c columns) [sha256.Size]byte {
	b := make([]byte, 0, 1024)
	add := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	whole := byte(0)
	if c.whole {
		whole = 1
	}
	b = append(b, byte(c.label), byte(c.mark), byte(c.level), whole)
	add(p.Name)
	for _, part := range p.Parts {
		b = append(b, 'p')
		add(part.Note)
		for _, g := range part.Groups {
			b = append(b, 'g')
			add(g.Label)
			for _, item := range g.Items {
				b = append(b, 'i')
				add(item.Mark)
				add(item.Text)
				add(item.Note)
				add(item.Reactions)
				for _, said := range item.Said {
					b = append(b, 's')
					add(said.Name)
					add(said.Text)
				}
			}
		}
	}
	return sha256.Sum256(b)
}

package mailin_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// script is an IMAP server that says what a test wants it to say. Without wishes it is a plain server with the mails it has.
type script struct {
	greeting string
	caps     string
	uidNext  string            // "" for the right one, "-" for none
	mails    map[uint32]string // by UID
	validity uint32
	estimate int // announced as the size of each mail, 0 for the right one

	// fetch changes the answer about one mail of a FETCH, tried the n-th time (from 1); alone if nothing else is asked for.
	// "" says nothing. An answer that ends with "\x00" closes the connection after it.
	fetch func(uid uint32, n int, alone bool, answer string) string
	// command answers a whole command, with its tag; false leaves it to the script. Body fetches only count for n.
	command func(tag, line string) (string, bool)

	mu      sync.Mutex // a connection may end while the next begins
	heard   []string
	asked   map[uint32]int
	greeted int
}

var (
	fetchLine  = regexp.MustCompile(`^UID FETCH (\S+) \(UID RFC822\.SIZE ?(BODY\.PEEK\[\](?:<0\.(\d+)>)?)?\)$`)
	searchLine = regexp.MustCompile(`^UID SEARCH (?:UID (\S+)|ALL)?( ?SINCE .*)?$`)
)

func (s *script) dial(context.Context, string) (net.Conn, error) {
	client, server := net.Pipe()
	go s.serve(server)
	return client, nil
}

func (s *script) serve(conn net.Conn) {
	defer conn.Close()
	words, end := strings.CutSuffix(s.greet(), "\x00")
	if io.WriteString(conn, words); end {
		return
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		words, end := strings.CutSuffix(s.hear(lines.Text()), "\x00")
		if _, err := io.WriteString(conn, words); err != nil || end {
			return
		}
	}
}

func (s *script) greet() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greeted++
	if s.caps == "" {
		s.caps = "SASL-IR AUTH=PLAIN"
	}
	if s.greeting == "" {
		s.greeting = "* OK [CAPABILITY IMAP4rev1 " + s.caps + "] hello\r\n"
	}
	return s.greeting
}

func (s *script) hear(said string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, said)
	tag, line, _ := strings.Cut(said, " ")
	return s.answer(tag, line)
}

func (s *script) answer(tag, line string) string {
	if s.command != nil {
		if answer, ok := s.command(tag, line); ok {
			return answer
		}
	}
	ok := tag + " OK done\r\n"
	switch word, _, _ := strings.Cut(line, " "); word {
	case "LOGOUT":
		return "* BYE bye\r\n" + ok + "\x00"
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1 " + s.caps + "\r\n" + ok
	case "EXAMINE":
		next := "* OK [UIDNEXT " + fmt.Sprint(s.last()+1) + "] next\r\n"
		if s.uidNext == "-" {
			next = ""
		} else if s.uidNext != "" {
			next = "* OK [UIDNEXT " + s.uidNext + "] next\r\n"
		}
		return fmt.Sprintf("* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] numbers\r\n%s%s", len(s.mails), s.validity, next, ok)
	case "UID":
		if m := searchLine.FindStringSubmatch(line); m != nil {
			return "* SEARCH" + s.search(m[1]) + "\r\n" + ok
		}
		if m := fetchLine.FindStringSubmatch(line); m != nil {
			return s.fetched(m[1], m[2] != "", m[3]) + ok
		}
		return tag + " BAD what is " + line + "\r\n"
	}
	return ok
}

func (s *script) last() uint32 {
	last := uint32(0)
	for uid := range s.mails {
		last = max(last, uid)
	}
	return last
}

func (s *script) search(set string) string {
	var found string
	for _, uid := range s.uids(set) {
		found += fmt.Sprint(" ", uid)
	}
	return found
}

// uids are those of the set that there are. "" is all, and "*" is the last.
func (s *script) uids(set string) (found []uint32) {
	var spans [][2]uint32
	for _, span := range strings.Split(set, ",") {
		from, to, isSpan := strings.Cut(span, ":")
		first, last := s.number(from), s.number(to)
		if !isSpan {
			last = first
		}
		spans = append(spans, [2]uint32{min(first, last), max(first, last)})
	}
	for uid := range s.mails {
		if set == "" || slices.ContainsFunc(spans, func(span [2]uint32) bool { return uid >= span[0] && uid <= span[1] }) {
			found = append(found, uid)
		}
	}
	slices.Sort(found)
	return found
}

func (s *script) number(word string) uint32 {
	if word == "*" {
		return s.last()
	}
	n, _ := strconv.ParseUint(word, 10, 32)
	return uint32(n)
}

func (s *script) fetched(set string, withBody bool, part string) (all string) {
	uids := s.uids(set)
	for i, uid := range uids {
		raw := s.mails[uid]
		size := len(raw)
		if s.estimate > 0 {
			size = s.estimate
		}
		answer := fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d)\r\n", i+1, uid, size)
		if withBody {
			body, at := raw, ""
			if n, err := strconv.Atoi(part); err == nil {
				body, at = raw[:min(n, len(raw))], "<0>"
			}
			answer = fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d BODY[]%s {%d}\r\n%s)\r\n", i+1, uid, size, at, len(body), body)
			if s.asked == nil {
				s.asked = map[uint32]int{}
			}
			s.asked[uid]++
			if s.fetch != nil {
				answer = s.fetch(uid, s.asked[uid], len(uids) == 1, answer)
			}
		}
		if all += answer; strings.HasSuffix(all, "\x00") {
			break
		}
	}
	return all
}

// live lets a mailbox read five mails from the script for a day.
func live(t *testing.T, s *script, change ...func(*mailin.Mailbox, *ledger)) *ledger {
	t.Helper()
	if s.mails == nil {
		s.mails = map[uint32]string{}
		for i := range uint32(5) {
			s.mails[i+1] = string(letter(fmt.Sprint("m", i+1)))
		}
	}
	s.validity = 77
	l := newLedger()
	l.known, l.cursor = true, team.Cursor{Account: account, Validity: 77, BaselineAt: time.Now()}
	m := &mailin.Mailbox{Account: account, Addr: "script:143", Security: mailin.Plain, Auth: password("secret"), Store: l,
		Receive: l.receive, Dial: s.dial}
	for _, f := range change {
		f(m, l)
	}
	stop := run(t, m)
	time.Sleep(24 * time.Hour)
	stop()
	synctest.Wait()
	return l
}

// about changes the answers about mail 3.
func about3(change func(n int, answer string) string) func(uint32, int, bool, string) string {
	return func(uid uint32, n int, _ bool, answer string) string {
		if uid != 3 {
			return answer
		}
		return change(n, answer)
	}
}

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

	// fetch changes the answer about one mail of a FETCH, tried the n-th time (from 1); alone if nothing else is asked for.
	// "" says nothing. An answer that ends with "\x00" closes the connection after it.
	fetch func(uid uint32, n int, alone bool, answer string) string
	// command answers a whole command, with its tag; false leaves it to the script. Body fetches only count for n.
	command func(tag, line string) (string, bool)

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
	s.greeted++
	if s.caps == "" {
		s.caps = "SASL-IR AUTH=PLAIN"
	}
	if s.greeting == "" {
		s.greeting = "* OK [CAPABILITY IMAP4rev1 " + s.caps + "] hello\r\n"
	}
	words, end := strings.CutSuffix(s.greeting, "\x00")
	if io.WriteString(conn, words); end {
		return
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		s.heard = append(s.heard, lines.Text())
		tag, line, _ := strings.Cut(lines.Text(), " ")
		answer := s.answer(tag, line)
		words, end := strings.CutSuffix(answer, "\x00")
		if _, err := io.WriteString(conn, words); err != nil || end {
			return
		}
	}
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
		answer := fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d)\r\n", i+1, uid, len(raw))
		if withBody {
			body, at := raw, ""
			if n, err := strconv.Atoi(part); err == nil {
				body, at = raw[:min(n, len(raw))], "<0>"
			}
			answer = fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE %d BODY[]%s {%d}\r\n%s)\r\n", i+1, uid, len(raw), at, len(body), body)
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

func TestMailsArriveThoughTheServerMisbehaves(t *testing.T) {
	mail3 := string(letter("m3"))
	size3 := len(mail3)
	const all, but3 = "m1 m2 m3 m4 m5", "m1 m2 !3 m4 m5"
	for _, c := range []struct {
		name  string
		fetch func(uint32, int, bool, string) string
		want  string
		tries int // the most fetches of mail 3
	}{
		{"the UID comes after the body", func(uid uint32, n int, alone bool, answer string) string {
			return strings.Replace(strings.Replace(answer, fmt.Sprintf("UID %d ", uid), "", 1), ")\r\n", fmt.Sprintf(" UID %d)\r\n", uid), 1)
		}, all, 1},
		{"flags are told before each mail", func(uid uint32, n int, alone bool, answer string) string {
			return fmt.Sprintf("* 1 FETCH (UID %d FLAGS (\\Seen))\r\n", uid) + answer
		}, all, 1},
		{"size and body come apart", about3(func(n int, answer string) string {
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d)\r\n* 3 FETCH (UID 3 BODY[] {%d}\r\n%s)\r\n", size3, size3, mail3)
		}), all, 1},
		{"a quoted string as body", about3(func(n int, answer string) string {
			return "* 3 FETCH (UID 3 RFC822.SIZE 13 BODY[] \"Subject: m3\\\"x\")\r\n"
		}), `m1 m2 m3"x m4 m5`, 1},
		{"a mail is left out once", about3(func(n int, answer string) string {
			if n == 1 {
				return ""
			}
			return answer
		}), all, 2},
		{"a mail is always left out", about3(func(n int, answer string) string { return "" }), but3, 8},
		{"no body though the mail is there", about3(func(n int, answer string) string {
			return "* 3 FETCH (UID 3 RFC822.SIZE 0 BODY[] NIL)\r\n"
		}), but3, 8},
		{"an estimated size", func(uid uint32, n int, alone bool, answer string) string {
			return regexp.MustCompile(`RFC822.SIZE \d+`).ReplaceAllString(answer, "RFC822.SIZE 99")
		}, all, 3},
		{"no size at all", func(uid uint32, n int, alone bool, answer string) string {
			return regexp.MustCompile(`RFC822.SIZE \d+ `).ReplaceAllString(answer, "")
		}, all, 3},
		{"a body that is never the same", about3(func(n int, answer string) string {
			body := strings.Repeat("x", n)
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n", size3, len(body), body)
		}), but3, 8},
		{"a line that the library does not know, once", about3(func(n int, answer string) string {
			if n == 1 {
				return "* VANISHED 9\r\n" + answer
			}
			return answer
		}), all, 2},
		{"a line that the library does not know, always", about3(func(n int, answer string) string {
			return "* VANISHED 9\r\n" + answer
		}), but3, 4},
		{"an unknown item", about3(func(n int, answer string) string {
			return strings.Replace(answer, "UID 3", "X-MOOD 3 UID 3", 1)
		}), but3, 4},
		{"an empty line", about3(func(n int, answer string) string { return "\r\n" + answer }), but3, 4},
		{"flags that are none", about3(func(n int, answer string) string {
			return "* 3 FETCH (UID 3 FLAGS (foo]bar))\r\n" + answer
		}), but3, 4},
		{"the connection ends at this mail", about3(func(n int, answer string) string { return "\x00" }), but3, 4},
		{"the connection ends within this mail", about3(func(n int, answer string) string { return answer[:len(answer)-20] + "\x00" }), but3, 4},
		{"silence at this mail", about3(func(n int, answer string) string {
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {%d}\r\nFrom", size3, 1<<20)
		}), but3, 4},
		{"a body of nine terabytes", about3(func(n int, answer string) string {
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {9000000000000}\r\n%s", size3, mail3)
		}), but3, 4},
		{"a line that does not end", about3(func(n int, answer string) string {
			return "* OK " + strings.Repeat("x", 3<<20)
		}), but3, 4},
		{"garbage", about3(func(n int, answer string) string { return "\x00\xff\x80 FETCH ((((((\r\n" }), but3, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{fetch: c.fetch}
				l := live(t, s)
				l.check(t, c.want)
				if s.asked[3] > c.tries {
					t.Errorf("mail 3 was asked for %d times", s.asked[3])
				}
				for _, raw := range l.mails() {
					if strings.Contains(raw.Problem, "Subject:") {
						t.Errorf("the problem quotes the mail: %s", raw.Problem)
					}
				}
			})
		})
	}
}

func TestTwoBadMailsSideBySideAreBothGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(t, &script{fetch: func(uid uint32, _ int, _ bool, answer string) string {
			if uid == 2 || uid == 3 || uid == 5 {
				return "\x00"
			}
			return answer
		}})
		l.check(t, "m1 !2 !3 m4 !5")
	})
}

func TestABadMailWaitsUntilAnotherShowsThatTheServerIsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{mails: map[uint32]string{1: string(letter("m1"))}, fetch: func(uid uint32, _ int, _ bool, answer string) string {
			if uid == 1 {
				return "\x00"
			}
			return answer
		}}
		began := time.Now()
		var gave time.Duration
		live(t, s, func(m *mailin.Mailbox, l *ledger) {
			m.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
				gave = time.Since(began)
				return l.receive(ctx, c, batch)
			}
		}).check(t, "!1")
		if gave < 6*time.Hour || gave > 7*time.Hour {
			t.Errorf("given up after %v", gave)
		}
	})
}

func TestATroubledServerCostsNoMail(t *testing.T) {
	for _, answer := range []string{"NO [SERVERBUG] Internal error", "NO [UNAVAILABLE] later", "NO Server Unavailable. 15", "BAD what", "NO [LIMIT] bandwidth"} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			s := &script{}
			s.command = func(tag, line string) (string, bool) {
				return tag + " " + answer + "\r\n", strings.HasPrefix(line, "UID FETCH") && time.Since(began) < 4*time.Hour
			}
			live(t, s).check(t, "m1 m2 m3 m4 m5")
		})
	}
}

func TestAMailThatIsRefusedByItselfIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.command = func(tag, line string) (string, bool) {
			m := fetchLine.FindStringSubmatch(line)
			return tag + " NO Server Unavailable. 15\r\n", m != nil && m[2] != "" && slices.Contains(s.uids(m[1]), 3)
		}
		live(t, s).check(t, "m1 m2 !3 m4 m5")
	})
}

func TestAMailThatIsGoneIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.fetch = about3(func(int, string) string {
			delete(s.mails, 3)
			return "* 3 FETCH (UID 3 RFC822.SIZE 0 BODY[] NIL)\r\n"
		})
		l := live(t, s)
		l.check(t, "m1 m2 m4 m5")
		if s.greeted != 1 {
			t.Errorf("it took %d connections", s.greeted)
		}
	})
}

func TestOfALargeMailThatNeverComesThroughTheFirstPartIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{mails: map[uint32]string{1: string(letterOf("m1", 3<<20)), 2: string(letter("m2"))}}
		s.fetch = func(uid uint32, n int, _ bool, answer string) string {
			if len(answer) > 2<<20 {
				return answer[:1<<20] + "\x00"
			}
			return answer
		}
		l := live(t, s)
		l.check(t, "m1 m2")
		if got := l.mails()[0]; !got.Truncated || len(got.Bytes) != 1<<20 || got.Size != int64(len(s.mails[1])) {
			t.Errorf("got %d of %d bytes, truncated %v", len(got.Bytes), got.Size, got.Truncated)
		}
	})
}

func TestTheFolderIsOnlyEverRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{caps: "AUTH=PLAIN SASL-IR IDLE ID"}
		var idle string
		s.command = func(tag, line string) (string, bool) {
			switch {
			case line == "IDLE":
				idle = tag
				return "+ idling\r\n", true
			case tag == "DONE":
				return idle + " OK done\r\n", true
			}
			return "", false
		}
		live(t, s)
		if s.greeted != 1 {
			t.Errorf("it took %d connections", s.greeted)
		}
		for _, line := range s.heard {
			_, line, _ = strings.Cut(line, " ")
			word, _, _ := strings.Cut(line, " ")
			known := slices.Contains([]string{"AUTHENTICATE", "CAPABILITY", "ID", "EXAMINE", "NOOP", "LOGOUT", "IDLE", ""}, word)
			if !known && !fetchLine.MatchString(line) && !searchLine.MatchString(line) {
				t.Fatalf("the server heard %q", line)
			}
		}
	})
}

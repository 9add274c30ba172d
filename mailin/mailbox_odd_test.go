package mailin_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

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
		{"a mail is always left out", about3(func(n int, answer string) string { return "" }), but3, 9},
		{"no body though the mail is there", about3(func(n int, answer string) string {
			return "* 3 FETCH (UID 3 RFC822.SIZE 0 BODY[] NIL)\r\n"
		}), but3, 9},
		{"an empty body, once", about3(func(n int, answer string) string {
			if n == 1 {
				return "* 3 FETCH (UID 3 RFC822.SIZE 0 BODY[] {0}\r\n)\r\n"
			}
			return answer
		}), all, 2},
		{"an estimated size", func(uid uint32, n int, alone bool, answer string) string {
			return regexp.MustCompile(`RFC822.SIZE \d+`).ReplaceAllString(answer, "RFC822.SIZE 99")
		}, all, 3},
		{"no size at all", func(uid uint32, n int, alone bool, answer string) string {
			return regexp.MustCompile(`RFC822.SIZE \d+ `).ReplaceAllString(answer, "")
		}, all, 3},
		{"a body that is never the same", about3(func(n int, answer string) string {
			body := strings.Repeat("x", n)
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n", size3, len(body), body)
		}), but3, 9},
		{"a line that the library does not know, once", about3(func(n int, answer string) string {
			if n == 1 {
				return "* VANISHED 9\r\n" + answer
			}
			return answer
		}), all, 2},
		{"a line that the library does not know, always", about3(func(n int, answer string) string {
			return "* VANISHED 9\r\n" + answer
		}), but3, 5},
		{"an unknown item", about3(func(n int, answer string) string {
			return strings.Replace(answer, "UID 3", "X-MOOD 3 UID 3", 1)
		}), but3, 5},
		{"an empty line", about3(func(n int, answer string) string { return "\r\n" + answer }), but3, 5},
		{"flags that are none", about3(func(n int, answer string) string {
			return "* 3 FETCH (UID 3 FLAGS (foo]bar))\r\n" + answer
		}), but3, 5},
		{"the connection ends at this mail", about3(func(n int, answer string) string { return "\x00" }), but3, 5},
		{"the connection ends within this mail", about3(func(n int, answer string) string { return answer[:len(answer)-20] + "\x00" }), but3, 5},
		{"silence at this mail", about3(func(n int, answer string) string {
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {%d}\r\nFrom", size3, 1<<20)
		}), but3, 5},
		{"a body of nine terabytes", about3(func(n int, answer string) string {
			return fmt.Sprintf("* 3 FETCH (UID 3 RFC822.SIZE %d BODY[] {9000000000000}\r\n%s", size3, mail3)
		}), but3, 5},
		{"a line that does not end", about3(func(n int, answer string) string {
			return "* OK " + strings.Repeat("x", 3<<20)
		}), but3, 5},
		{"garbage", about3(func(n int, answer string) string { return "\x00\xff\x80 FETCH ((((((\r\n" }), but3, 5},
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
					if raw.Truncated || raw.Problem == "" && raw.Size != int64(len(raw.Bytes)) {
						t.Errorf("mail %d: announced %d, %d bytes, truncated %v", raw.UID, raw.Size, len(raw.Bytes), raw.Truncated)
					}
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

func TestAMailThatTheServerIsTooBusyForIsNotGivenUp(t *testing.T) {
	for _, answer := range []string{"NO [UNAVAILABLE] later", "NO [OVERQUOTA] Account exceeded command or bandwidth limits.", "NO Request is throttled."} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			s := &script{}
			s.command = func(tag, line string) (string, bool) {
				m := fetchLine.FindStringSubmatch(line)
				return tag + " " + answer + "\r\n", m != nil && time.Since(began) < 10*time.Hour && slices.Contains(s.uids(m[1]), 3)
			}
			live(t, s).check(t, "m1 m2 m3 m4 m5")
		})
	}
}

func TestBodiesOfAFetchThatFailedDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		s.command = func(tag, line string) (string, bool) {
			m := fetchLine.FindStringSubmatch(line)
			if m == nil || m[2] == "" || len(s.uids(m[1])) == 1 {
				return "", false
			}
			return strings.ReplaceAll(s.fetched(m[1], true, ""), "Subject: m", "Subject: w") + tag + " NO out of order\r\n", true
		}
		live(t, s).check(t, "m1 m2 m3 m4 m5")
	})
}

func TestEstimatedSizesAreNotBelieved(t *testing.T) {
	for _, estimate := range []int{1, 100, 1 << 20, 99_000_000} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{estimate: estimate}
			l := live(t, s)
			l.check(t, "m1 m2 m3 m4 m5")
			for _, raw := range l.mails() {
				if raw.Truncated || raw.Size != int64(len(raw.Bytes)) {
					t.Errorf("mail %d: announced %d, %d bytes, truncated %v", raw.UID, raw.Size, len(raw.Bytes), raw.Truncated)
				}
			}
			if s.greeted != 1 {
				t.Errorf("it took %d connections", s.greeted)
			}
		})
	}
}

func TestASearchThatFindsFourThousandMillionMails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		lied := false
		s.command = func(tag, line string) (string, bool) {
			if !strings.HasPrefix(line, "UID SEARCH") || lied {
				return "", false
			}
			lied = true
			return fmt.Sprintf("* ESEARCH (TAG %q) UID ALL 1:4294967295\r\n%s OK done\r\n", tag, tag), true
		}
		live(t, s).check(t, "m1 m2 m3 m4 m5")
		if !lied || len(s.heard) > 2000 {
			t.Errorf("asked %d times", len(s.heard))
		}
	})
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

func TestOfAMailThatIsGivenUpTheBeginningIsKept(t *testing.T) {
	for _, c := range []struct {
		says  string
		bytes int // up to which the server gives it out
		kept  bool
	}{
		{"it fails near its end", 150, true},
		{"it fails near its beginning", 50, false},
	} {
		t.Run(c.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{mails: map[uint32]string{}}
				for uid := range uint32(5) {
					s.mails[uid+1] = string(letterOf(fmt.Sprint("m", uid+1), 80))
				}
				whole := s.mails[3]
				s.fetch = about3(func(_ int, answer string) string {
					_, body, _ := strings.Cut(answer, "}\r\n")
					if at := len(answer) - len(body) + c.bytes; len(answer) > at {
						return answer[:at] + "\x00"
					}
					return answer
				})
				l := live(t, s)
				l.check(t, "m1 m2 !3 m4 m5")
				got := l.mails()[2]
				if c.kept != (string(got.Bytes) == whole[:len(whole)/2] && got.Truncated && got.Size == int64(len(whole))) || !c.kept && got.Bytes != nil {
					t.Errorf("kept %q of %d bytes, truncated %v", got.Bytes, got.Size, got.Truncated)
				}
			})
		})
	}
}

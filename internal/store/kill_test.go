package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"testing"
	"time"

	"daybreak/internal/team"
)

// child is what the killed process does: it accepts batches until it dies, telling after each that it was acknowledged.
func child(path string) {
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	s, err := Open(ctx, Options{Path: path, Exclusive: true, QuickCheck: true})
	fail(err)
	mia, _, err := s.PersonByAddress(ctx, "mia@example.com")
	fail(err)
	c, _, err := s.Cursor(ctx, account)
	fail(err)
	for uid := c.LastUID; ; uid += 3 {
		err := s.Accept(ctx, cursor(uid+3), []team.Mail{update(mia, uid+1, "a"), update(mia, uid+2, "b", "c"), update(mia, uid+3, "d")}, start)
		fail(err)
		fmt.Println("acknowledged", uid+3)
	}
}

func TestAKilledProcessLeavesCursorAndMailsInAgreement(t *testing.T) {
	s := platform(t)
	path := s.path
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		cmd := osexec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "DAYBREAK_STORE_CHILD="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		acknowledged := uint32(0)
		kill := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
		for lines.Scan() {
			if _, err := fmt.Sscanf(lines.Text(), "acknowledged %d", &acknowledged); err != nil {
				t.Fatalf("round %d: the child said %q", round, lines.Text())
			}
			if kill.Stop() { // it works: some moment later it dies
				kill.Reset(time.Duration(random.Int64N(int64(30 * time.Millisecond))))
			}
			if acknowledged%100 == 0 {
				kill.Reset(0)
			}
		}
		_ = cmd.Wait() // killed

		last := lastUID(t, s)
		if last < acknowledged {
			t.Errorf("round %d: %d was acknowledged, the cursor is at %d", round, acknowledged, last)
		}
		for what, query := range map[string]string{
			"mails":            "SELECT COUNT(*) FROM mail WHERE outcome = 'stored'",
			"the highest UID":  "SELECT MAX(uid) FROM mail",
			"entries":          "SELECT COUNT(*) FROM entry",
			"the team's count": "SELECT seq FROM team",
			"items":            "SELECT COUNT(*) * 3 / 4 FROM item",
		} {
			equal(t, fmt.Sprintf("round %d: %s", round, what), number(t, s, query), int(last))
		}
		must(t, s.Check(t.Context()))
	}
	if lastUID(t, s) == 0 {
		t.Error("nothing was ever accepted")
	}
}

//go:build failpoint

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// passed counts how often the point to die at was reached.
var passed atomic.Int64

// Here is a point: the program dies at it if the environment says so, as by kill -9.
func Here(name string) {
	point, rest, _ := strings.Cut(os.Getenv(Variable), ":")
	if point != name {
		return
	}
	nth := int64(1)
	if n, _, ok := strings.Cut(rest, ":"); ok {
		nth, _ = strconv.ParseInt(n, 10, 64)
	}
	if passed.Add(1) != nth {
		return
	}
	fmt.Fprintln(os.Stderr, "dies at", name)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// Commit is the point before a transaction is committed that does act, or after it. Its name is act without numbers, such as
// commit-claiming-outgoing-mail or committed-claiming-outgoing-mail.
func Commit(act string, done bool) {
	if os.Getenv(Variable) == "" {
		return
	}
	name := "commit"
	if done {
		name = "committed"
	}
	for _, word := range strings.Fields(act) {
		if word[0] < '0' || word[0] > '9' {
			name += "-" + word
		}
	}
	Here(name)
}

// Clock is the machine's, set forward as the environment says.
func Clock() func() time.Time {
	ahead, err := time.ParseDuration(os.Getenv(ClockVariable))
	if err != nil {
		return nil
	}
	return func() time.Time { return time.Now().Add(ahead) }
}

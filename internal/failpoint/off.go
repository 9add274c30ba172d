//go:build !failpoint

package failpoint

import "time"

// Here is a point.
func Here(string) {}

// Commit is the point before a transaction is committed that does act, or after it.
func Commit(act string, done bool) {}

// Clock is nil: the machine's.
func Clock() func() time.Time { return nil }

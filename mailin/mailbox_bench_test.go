package mailin_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// BenchmarkDovecotToReceiver takes 2,000 mails of 4 KiB from a real server, over TLS, into a receiver that throws them away.
func BenchmarkDovecotToReceiver(b *testing.B) {
	server, m, l := dovecot(b)
	const mails = 2000
	for i := range mails {
		server.Deliver(letterOf(fmt.Sprint("m", i), 4<<10))
	}
	l.known = true
	catchUp(b, m) // once, so that the server has its index
	validity := l.cursor.Validity
	m.Receive = func(context.Context, team.Cursor, []mailin.Raw) error { return nil }
	b.ReportAllocs()
	b.ResetTimer()
	began, busy := time.Now(), cpu()
	for b.Loop() {
		l.cursor = team.Cursor{Account: account, Validity: validity}
		if n := catchUp(b, m); n != mails {
			b.Fatalf("%d mails", n)
		}
	}
	all := float64(b.N * mails)
	b.ReportMetric(all/time.Since(began).Seconds(), "mails/s")
	b.ReportMetric(float64((cpu()-busy).Microseconds())/all, "cpu-µs/mail")
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
)

// benchSize is how many mails a benchmark moves: the usual number, or DAYBREAK_BENCH_N.
func benchSize(b *testing.B, usual int) int {
	b.Helper()
	spendMemory() // as the daemon does
	text := os.Getenv("DAYBREAK_BENCH_N")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("DAYBREAK_BENCH_N is %q, not a number of mails", text)
	}
	return n
}

// BenchmarkDovecotToStored takes generated replies of sixteen mail clients from a real Dovecot into the database, as the daemon does. In
// the same run the same mails are fetched bare, which is what "x-fetch" compares with, and through the mailbox into a receiver that
// throws them away ("x-mailbox"). Times are on the wall, processor times are this process's alone.
func BenchmarkDovecotToStored(b *testing.B) {
	n := benchSize(b, 5_000)
	box := mailtest.Dovecot(b)
	template := filepath.Join(b.TempDir(), "template.db")
	const days = 50
	start := baseline(b, template, box)
	askAndAnswer(b, template, box.User, companyRoster((n+days-1)/days, "Europe/Paris", "Asia/Tokyo", "America/New_York"), n, func(a asked) {
		box.Deliver(a.reply)
	})
	if got := fetchBare(b, box); got != n { // the server has its index from here on
		b.Fatalf("%d of %d mails are there", got, n)
	}

	var bare, discarded, stored span
	for b.Loop() {
		m := begin(b)
		fetchBare(b, box)
		bare.add(m.end(b))

		m = begin(b)
		discard := dovecotMailbox(box, &cursorOnly{start})
		discard.Receive = func(context.Context, team.Cursor, []mailin.Raw) error { return nil }
		if got := catchUp(b, discard); got != n {
			b.Fatalf("%d of %d mails came", got, n)
		}
		discarded.add(m.end(b))

		s := openCopy(b, template)
		got := 0
		receiver := newReceiver(b, s, box.User, func(m team.Mail) {
			if m.Outcome != team.Stored {
				b.Fatalf("mail %d is %s: %s\n%s", m.UID, m.Outcome, m.Reason, m.Raw)
			}
			got++
		})
		m = begin(b)
		mailbox := dovecotMailbox(box, s)
		mailbox.Receive = receiver.Receive
		if catchUp(b, mailbox); got != n {
			b.Fatalf("%d of %d mails are stored", got, n)
		}
		stored.add(m.end(b))
		must(b, s.Close())
	}
	b.ReportMetric(0, "ns/op")
	stored.report(b, n*b.N, "mail")
	b.ReportMetric(stored.wall.Seconds()/bare.wall.Seconds(), "x-fetch")
	b.ReportMetric(stored.wall.Seconds()/discarded.wall.Seconds(), "x-mailbox")
	b.Logf("bare fetch: %s; mailbox: %s; stored: %s", bare.of(n*b.N), discarded.of(n*b.N), stored.of(n*b.N))
}

// BenchmarkDigestsToSink makes the digests of teams of twelve, who all have something to tell and are all due at once, and sends them to
// Postfix's smtp-sink. Making a digest is to compose it and commit it with its reader's marks and its outbox row.
func BenchmarkDigestsToSink(b *testing.B) {
	n := benchSize(b, 3_000)
	sink := mailtest.SMTPSink(b)
	template := filepath.Join(b.TempDir(), "template.db")
	due := everyoneHasNews(b, template, n)

	var made, sent span
	for b.Loop() {
		s := openCopy(b, template)
		composer, err := newComposer(b.Context(), benchAddress, "", s)
		must(b, err)
		scheduler := &digest.Scheduler{Store: s, Compose: composer, Log: benchLog()}
		m := begin(b)
		got, err := scheduler.Tick(b.Context(), due)
		must(b, err)
		made.add(m.end(b))
		if got != n {
			b.Fatalf("%d of %d digests were made", got, n)
		}

		out := &outbox.Outbox{Store: s, Server: &outbox.Server{Addr: sink.Addr, Security: outbox.Plain, Hello: "example.com"}, Log: benchLog()}
		m = begin(b)
		got, err = out.Drain(b.Context(), due)
		must(b, err)
		out.Close()
		sent.add(m.end(b))
		if got != n {
			b.Fatalf("%d of %d digests were sent", got, n)
		}
		must(b, s.Close())
	}
	b.ReportMetric(0, "ns/op")
	made.report(b, n*b.N, "made")
	sent.report(b, n*b.N, "sent")
	b.Logf("made: %s; sent: %s", made.of(n*b.N), sent.of(n*b.N))
}

// BenchmarkArrivalToStored lets single mails arrive while the mailbox waits for them, and measures from the moment at which Dovecot tells
// of one to the moment at which it is committed. Dovecot itself takes half a second before it tells, so 40 mails take 20 seconds.
func BenchmarkArrivalToStored(b *testing.B) {
	n := min(benchSize(b, 40), 1_000)
	box := mailtest.Dovecot(b)
	path := filepath.Join(b.TempDir(), "daybreak.db")
	var replies [][]byte
	baseline(b, path, box)
	askAndAnswer(b, path, box.User, companyRoster(12, "UTC"), n, func(a asked) { replies = append(replies, a.reply) })
	s := openStore(b, path)
	defer s.Close()

	arrivals := &listener{idles: make(chan struct{}, 1), told: make(chan time.Time, 1)}
	stored := make(chan time.Time, 1)
	receiver := newReceiver(b, s, box.User, func(team.Mail) {})
	mailbox := dovecotMailbox(box, s)
	mailbox.Dial = arrivals.dial
	mailbox.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
		err := receiver.Receive(ctx, c, batch)
		stored <- time.Now()
		return err
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- mailbox.Run(ctx) }()
	var times []time.Duration
	b.ResetTimer()
	for _, raw := range replies { // once, whatever b.N is: it takes long enough
		<-arrivals.idles
		select {
		case <-arrivals.told: // it tells of old mail, too, when the folder is opened
		default:
		}
		box.Deliver(raw)
		told := <-arrivals.told
		times = append(times, (<-stored).Sub(told))
	}
	stop()
	must(b, <-ended)
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(times[(len(times)*p-1)/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
	b.Logf("%d mails, the slowest %v", len(times), times[len(times)-1])
}

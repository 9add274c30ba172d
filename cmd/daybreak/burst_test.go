package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// junkKinds are what a mailbox that is known to the world gets; n makes each mail another one. What is after the header is n's.
var junkKinds = []struct {
	outcome team.Outcome
	write   func(n int) string
}{
	{team.Refused, func(n int) string { // a shop without manners
		return fmt.Sprintf("From: Deals <deals@shop%d.example>\r\nSubject: Offer %d\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>%s</body></html>\r\n",
			n%50, n, strings.Repeat(fmt.Sprintf("<table><tr><td><a href=\"https://shop.example/%d\">Buy</a> &mdash; only <b>today</b></td></tr></table>\r\n", n), 150))
	}},
	{team.Refused, func(n int) string { // a guessed reply address
		return fmt.Sprintf("From: x%d@guess%d.example\r\nTo: updates+ibihyubc%030d@example.com\r\nSubject: Re: Platform\r\n\r\nLet me in.\r\n", n, n, n)
	}},
	{team.Held, func(n int) string { // in a member's name, by two authors
		return fmt.Sprintf("From: m%d@example.com\r\nFrom: boss@elsewhere.example\r\nSubject: Invoice %d\r\n\r\nPlease pay at once.\r\n", n%40, n)
	}},
	{team.AutoReply, func(n int) string {
		return fmt.Sprintf("From: Vera <vera%d@elsewhere.example>\r\nSubject: Out of office: news\r\nAuto-Submitted: auto-replied\r\n\r\nBack in %d days.\r\n", n, n%9)
	}},
	{team.Bounce, func(n int) string { // of a mail that was never ours
		return fmt.Sprintf("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx%d.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"+
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"+
			"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; m%d@gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"+
			"Content-Type: message/rfc822\r\n\r\nFrom: updates@example.com\r\nMessage-ID: <forged%d@example.com>\r\n\r\nBuy.\r\n--b--\r\n", n%7, n, n)
	}},
	{team.List, func(n int) string {
		return fmt.Sprintf("From: News <news@letters.example>\r\nSubject: Issue %d\r\nList-Id: <letters.example>\r\n\r\nAll the news.\r\n", n)
	}},
	{team.Own, func(n int) string { // from ourselves, as it says
		return fmt.Sprintf("From: updates@example.com\r\nSubject: Your mailbox is full %d\r\n\r\nLog in here.\r\n", n)
	}},
	{team.Refused, func(n int) string { // something large
		return fmt.Sprintf("From: scan%d@copier.example\r\nSubject: Scan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"+
			"Content-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n",
			n, base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fmt.Sprint("scan ", n), 8000))))
	}},
	{team.Refused, func(n int) string { // not well made
		return fmt.Sprintf("from:=?x?q?%d?= <nobody%d\r\nsubject: \xff\xfe %d\r\ncontent-type: multipart/mixed; boundary\r\ncontent-transfer-encoding: what\r\n\r\n\x00\x01--%d\r\n",
			n, n, n, n)
	}},
}

// junk is the mail no. n of a burst as it lies in the mailbox, and what has to become of it.
func junk(n int) ([]byte, team.Outcome) {
	kind := junkKinds[n%len(junkKinds)]
	raw := fmt.Sprintf("Received: from mx.junk.example by mx.example.com; %s\r\nMessage-ID: <junk%d@junk.example>\r\n%s",
		time.Now().Format(time.RFC1123Z), n, kind.write(n))
	return []byte(raw), kind.outcome
}

// inboxServer is where a burst arrives.
type inboxServer struct {
	addr, user, password string
	deliver              func([]byte)
}

// burst is how a daemon fared in a burst of junk with replies among it.
type burst struct {
	last, took     time.Duration // the wait of the last reply to be stored, and until all had its outcome
	before, during int           // memory of the daemon in MB, 0 where that is not known
}

// liveThrough lets a burst arrive at once while a daemon waits for mail, with some replies spread among it.
func liveThrough(t testing.TB, inbox inboxServer, mails, replies int) (b burst) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "daybreak.db")
	var real [][]byte
	isReply := map[string]bool{}
	askAndAnswer(t, path, inbox.user, companyRoster(40, "Europe/Paris"), replies, func(a asked) {
		m, err := mail.ReadMessage(bytes.NewReader(a.reply))
		must(t, err)
		real, isReply[m.Header.Get("Message-ID")] = append(real, a.reply), true
	})
	s := openStore(t, path)
	everyone, err := s.People(t.Context())
	must(t, err)
	for _, p := range everyone { // nobody is asked or told meanwhile
		must(t, s.SetPaused(t.Context(), p.ID, true, time.Now()))
	}
	must(t, s.Close())
	out, err := mailtest.Start(mailtest.Options{Address: "relay@relay.example", TCP: true})
	must(t, err)
	t.Cleanup(func() { must(t, out.Close()) })
	d := startDaemon(t, writeConfig(t, dir, inbox.user, inbox.password, inbox.addr, out.SMTPAddr()))
	defer d.kill()
	d.await("mailbox open")
	pid := d.cmd.Process.Pid
	b.before = memoryNow(t, pid, "VmRSS")
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0) // the peak is that of the burst

	want := map[team.Outcome]int{team.Stored: replies}
	var lastReply time.Time
	for n, i := 0, 0; n < mails; n++ {
		if n == (2*i+1)*mails/(2*replies) {
			inbox.deliver(real[i])
			i++
			lastReply = time.Now()
			continue
		}
		raw, outcome := junk(n)
		inbox.deliver(raw)
		want[outcome]++
	}
	arrived := time.Now()
	s, err = store.Open(t.Context(), store.Options{Path: path})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	for {
		status, err := s.Status(t.Context(), time.Now(), 0)
		must(t, err)
		all := 0
		for _, n := range status.Outcomes {
			all += n
		}
		if status.Outcomes[team.Stored] >= replies && b.last == 0 {
			b.last = time.Since(lastReply)
		}
		if all >= mails {
			b.took = time.Since(arrived)
			for _, outcome := range team.Outcomes() {
				if status.Outcomes[outcome] != want[outcome] {
					t.Errorf("%d mails are %s, want %d", status.Outcomes[outcome], outcome, want[outcome])
				}
			}
			break
		}
		if time.Since(arrived) > 5*time.Minute {
			t.Fatalf("after five minutes %d of %d mails have an outcome: %v\n%s", all, mails, status.Outcomes, d.log.String())
		}
		d.pause(20 * time.Millisecond)
	}
	b.during = memoryNow(t, pid, "VmHWM")
	d.pause(time.Second) // for answers, if there were any
	for _, m := range out.Deliveries() {
		if id := headerOf(m.Raw, "In-Reply-To"); !isReply[id] {
			t.Errorf("a mail was sent to %s, in answer to %q:\n%s", m.To, id, m.Raw)
		}
	}
	must(t, s.Check(t.Context()))
	return b
}

func memoryInbox(t testing.TB) inboxServer {
	box, err := mailtest.Start(mailtest.Options{Address: benchAddress, Password: "secret", TCP: true})
	must(t, err)
	t.Cleanup(func() { must(t, box.Close()) })
	return inboxServer{box.IMAPAddr(), benchAddress, "secret", func(raw []byte) {
		_, err := box.Deliver(raw)
		must(t, err)
	}}
}

func dovecotInbox(t testing.TB) inboxServer {
	box := mailtest.Dovecot(t)
	return inboxServer{box.Addr, box.User, box.Password, box.Deliver}
}

// TestJunkInABurst lets junk arrive at once with replies among it. Each mail gets its outcome, the replies are stored, and nothing is sent.
func TestJunkInABurst(t *testing.T) {
	liveThrough(t, memoryInbox(t), 900, 40)
}

func TestJunkInABurstInDovecot(t *testing.T) {
	liveThrough(t, dovecotInbox(t), 900, 40)
}

// BenchmarkJunkInABurst is a burst of 10,000 mails, 100 of them replies, and tells how long these wait and what memory it takes.
func BenchmarkJunkInABurst(b *testing.B) {
	for _, c := range []struct {
		name  string
		inbox func(testing.TB) inboxServer
	}{{"memory", memoryInbox}, {"dovecot", dovecotInbox}} {
		b.Run(c.name, func(b *testing.B) {
			n := benchSize(b, 10_000)
			got := liveThrough(b, c.inbox(b), n, 100) // once, whatever b.N is: it takes long enough
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(got.last.Seconds(), "s-to-last-reply")
			b.ReportMetric(float64(n)/got.took.Seconds(), "mails/s")
			b.ReportMetric(float64(got.before), "MB-before")
			b.ReportMetric(float64(got.during), "MB-peak")
			if got.last > time.Minute || got.during > cmp.Or(got.before, got.during)+64 {
				b.Errorf("the last reply waited %v; memory went from %d to %d MB", got.last, got.before, got.during)
			}
		})
	}
}

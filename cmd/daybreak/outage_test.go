package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// outage is the whole daemon on fake time, as serve wires it, before servers that can be out of reach for hours.
type outage struct {
	*house
	t      *testing.T
	log    *syncBuffer
	down   atomic.Bool
	unsent atomic.Bool      // nothing can be sent
	away   atomic.Bool      // nothing can be read
	other  *mailtest.Server // of a second account; nil: there is none
	gone   atomic.Bool      // it cannot be read
	dialed atomic.Int64
	stop   context.CancelFunc
	ended  chan error
}

// duringOutages runs the test in a bubble.
func duringOutages(t *testing.T, test func(*outage)) {
	synctest.Test(t, func(t *testing.T) {
		server, err := mailtest.Start(mailtest.Options{Address: "updates@example.com", Password: houseSecret})
		must(t, err)
		o := &outage{t: t, house: &house{t: t, dir: t.TempDir(), server: server}, log: &syncBuffer{changed: make(chan struct{}, 1)}, ended: make(chan error, 1)}
		o.configure("127.0.0.1:143", "127.0.0.1:587", "")
		o.secret(houseSecret)
		test(o)
		o.stop()
		must(t, <-o.ended)
		must(t, server.Close())
	})
}

// serve starts the daemon.
func (o *outage) serve() {
	ctx, stop := context.WithCancel(o.t.Context())
	o.stop = stop
	d := &daemonProcess{app: &App{ConfigPath: o.config, Err: o.log, Dial: o.dial}}
	go func() { o.ended <- d.run(ctx) }()
}

func (o *outage) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	o.dialed.Add(1)
	if o.down.Load() || o.unsent.Load() && strings.HasSuffix(addr, ":587") || o.away.Load() && strings.HasSuffix(addr, ":143") {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	if o.other != nil && strings.HasSuffix(addr, ":1143") {
		if o.gone.Load() {
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		return o.other.DialIMAP(ctx)
	}
	if strings.HasSuffix(addr, ":143") {
		return o.server.DialIMAP(ctx)
	}
	return o.server.DialSMTP(ctx)
}

// after lets time pass for the daemon, which must go on.
func (o *outage) after(span time.Duration) {
	o.t.Helper()
	time.Sleep(span)
	synctest.Wait()
	select {
	case err := <-o.ended:
		o.t.Fatalf("the daemon ended: %v\n%s", err, o.log)
	default:
	}
}

// logged counts the lines with the message and, if it is not empty, the hint.
func (o *outage) logged(message, hint string) (n int) {
	for line := range strings.Lines(o.log.String()) {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message && (hint == "" || entry["hint"] == hint) {
			n++
		}
	}
	return n
}

// saidOften makes sure that a trouble is logged with its hint, and not so often that it is a trouble itself.
func (o *outage) saidOften(message, hint string, least, most int) {
	o.t.Helper()
	if n := o.logged(message, hint); n < least || n > most || o.logged(message, "") != n {
		o.t.Errorf("%q is %d times in the log with the hint %q, want %d to %d:\n%s", message, n, hint, least, most, o.log.String())
	}
}

// all makes sure that everybody was asked once and that so many mails are stored.
func (o *outage) all(asked string, stored int) {
	o.t.Helper()
	if got := addressees(o.server.Deliveries()); got != asked {
		o.t.Errorf("asked are %q, want %q", got, asked)
	}
	if got := o.status(); got.Outcomes[team.Stored] != stored || len(got.Failed) > 0 {
		o.t.Errorf("outcomes %v, want %d stored; failed %v", got.Outcomes, stored, got.Failed)
	}
}

func TestAWrongPasswordIsToldAndCanBeCorrectedWhileServeRuns(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.people("Aiko", "Mia")
		o.serve()
		o.after(time.Minute)
		o.stop()
		must(t, <-o.ended)
		o.all("aiko@example.com mia@example.com", 0) // all is well, the baseline is taken
		*o.log = syncBuffer{changed: o.log.changed}

		o.secret("wrong")
		o.deliver(letter("Aiko", "plankton"))
		o.people("Aiko", "Mia", "Noor")
		o.serve()
		o.after(time.Hour)
		const imap = "check user and password_file under [imap]; the password may have changed"
		const smtp = "check user and the password under [smtp]; many providers want an app password made for this program"
		o.saidOften("mailbox lost", imap, 4, 30) // some providers lock an account after too many
		o.saidOften("sending is held", smtp, 4, 30)
		o.all("aiko@example.com mia@example.com", 0)

		o.secret(houseSecret)
		o.after(20 * time.Minute)
		o.all("aiko@example.com mia@example.com noor@example.com", 1)
	})
}

func TestASecretThatIsMissingIsToldAndCanBePutThereWhileServeRuns(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.people("Aiko")
		must(t, os.Remove(filepath.Join(o.dir, "secret")))
		o.serve()
		o.after(10 * time.Minute)
		for _, message := range []string{"mailbox lost", "sending is held"} {
			if n := o.logged(message, ""); n < 2 || n > 15 {
				t.Errorf("%q is %d times in the log:\n%s", message, n, o.log)
			}
		}
		path := filepath.Join(o.dir, "secret")
		for _, part := range []string{"reading password_file " + path + ": no such file or directory",
			"put the secret into " + path + " on one line, readable by the user that daybreak runs as"} {
			if !strings.Contains(o.log.String(), part) {
				t.Errorf("no %q in the log:\n%s", part, o.log)
			}
		}
		o.secret(houseSecret)
		o.after(20 * time.Minute)
		o.all("aiko@example.com", 0)
		if o.logged("mailbox open", "") != 1 {
			t.Errorf("the mailbox is not open:\n%s", o.log)
		}
	})
}

func TestServersThatAreAwayForHoursAreToldAndLoseNothing(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.people("Aiko")
		o.serve()
		o.after(time.Minute)
		o.all("aiko@example.com", 0)

		o.down.Store(true)
		o.server.DropIMAP()
		o.server.DropSMTP()
		for i := range 30 {
			o.deliver(letter("Aiko", fmt.Sprintf("thing%d", i)))
		}
		o.people("Aiko", "Mia")
		o.after(3 * time.Hour)
		const smtp = "is the port open from here? try: nc -vz 127.0.0.1 587"
		if n := o.logged("mailbox lost", "nothing listens there; check host and port of the url under [imap]"); n < 10 || n > 60 {
			t.Errorf("the mailbox is %d times lost:\n%s", n, o.log)
		}
		o.saidOften("sending is held", smtp, 8, 40)
		o.all("aiko@example.com", 0)

		o.down.Store(false)
		o.after(20 * time.Minute)
		o.all("aiko@example.com mia@example.com", 30)
	})
}

func TestServersThatAreNotThereAtTheFirstStart(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.people("Aiko")
		o.deliver(letter("Aiko", "before"))
		o.down.Store(true)
		o.serve()
		o.after(2 * time.Hour)
		if o.logged("mailbox cursor set", "") != 0 {
			t.Error("there is a baseline of a mailbox that was never seen")
		}
		o.down.Store(false)
		o.after(20 * time.Minute)
		o.all("aiko@example.com", 0)
		o.deliver(letter("Aiko", "after"))
		o.after(time.Minute)
		o.all("aiko@example.com", 1)
	})
}

func TestSendingGoesOnWhileTheMailboxIsAway(t *testing.T) {
	duringOutages(t, func(o *outage) {
		o.people("Aiko")
		o.serve()
		o.after(time.Minute)
		o.server.DropIMAP()
		o.after(time.Minute)
		o.people("Aiko", "Mia")
		o.after(2 * time.Minute)
		o.all("aiko@example.com mia@example.com", 0)
		if o.logged("mailbox open", "") != 2 {
			t.Errorf("the mailbox is not open again:\n%s", o.log)
		}
	})
}

// A reminder that waits while nothing can be sent is overtaken by its member's leave.
func TestAReminderThatWaitsIsNotSentToWhoIsAwayByThen(t *testing.T) {
	duringOutages(t, func(o *outage) {
		roster := askedNow(time.Now(), "Aiko", "Mia")
		roster.Teams[0].Team.CheckIns[0].Reminder = true
		for i := range roster.Teams[0].Members {
			roster.Teams[0].Members[i].Member.Rule = team.Rule{Zone: "UTC"}
		}
		o.apply(roster)
		o.serve()
		o.after(time.Until(time.Date(2000, 1, 4, 8, 50, 0, 0, time.UTC)))
		o.all("aiko@example.com mia@example.com", 0) // both were asked on Monday

		o.unsent.Store(true)
		o.server.DropSMTP()
		o.after(15 * time.Minute)
		if n := o.status().Outbox[team.Queued]; n != 2 {
			t.Fatalf("%d reminders wait, want 2:\n%s", n, o.log)
		}
		o.deliver([]byte("From: aiko@example.com\r\nTo: updates@example.com\r\nSubject: leave\r\nMessage-ID: <leave@example.com>\r\n\r\noff until friday\r\n"))
		o.after(5 * time.Minute)
		o.unsent.Store(false)
		o.after(2 * time.Hour)
		var sent []string
		for _, d := range o.server.Deliveries()[2:] {
			sent = append(sent, d.To+": "+mime.Read(d.Raw).Subject)
		}
		slices.Sort(sent)
		if want := []string{"aiko@example.com: Re: leave", "mia@example.com: Platform: anything for Mon 3 Jan, Mia?"}; !slices.Equal(sent, want) {
			t.Errorf("sent are %q, want %q", sent, want)
		}
		if held := o.status().Failed; len(held) != 1 || held[0].To != "aiko@example.com" || held[0].Line != "it is outside the member's hours now" {
			t.Errorf("not sent are %+v", held)
		}
	})
}

package outbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

func sinkServer(s *mailtest.Sink) *Server { return &Server{Addr: s.Addr, Security: Plain} }

func TestPostfixsSinkGetsTheStoredBytes(t *testing.T) {
	sink := mailtest.SMTPSink(t, "-dump")
	d := newDesk(t)
	now := time.Now()
	mails := letters(20)
	mails[7].Raw = append(mails[7].Raw, bytes.Repeat([]byte("..\r\n.\r\na line\r\n"), 30000)...)
	d.put(now, mails...)
	o := d.outbox(sinkServer(sink))
	if sent, err := o.Drain(t.Context(), now); sent != 20 || err != nil {
		t.Fatalf("sent %d, %v", sent, err)
	}
	o.Close()
	got := map[string]mailtest.SinkMail{}
	for _, m := range sink.Mails() {
		got[messageID(string(m.Raw))] = m
	}
	for _, m := range mails {
		have := got[m.MessageID]
		if want := strings.ReplaceAll(string(m.Raw), "\r\n", "\n"); string(have.Raw) != want {
			t.Errorf("%s came with %d bytes, want %d", m.MessageID, len(have.Raw), len(want))
		}
		if have.MailArgs != "<updates@example.com>" || fmt.Sprint(have.RcptArgs) != "[<aiko@example.com>]" {
			t.Errorf("%s came from %q to %q", m.MessageID, have.MailArgs, have.RcptArgs)
		}
	}
}

// What each of smtp-sink's troubles does to a mail. The sink has them at every mail and connection.
func TestPostfixsSinkInEachMoodLeadsToTheRightState(t *testing.T) {
	type want struct {
		state team.OutboxState
		code  int
		phase Phase // of the trouble, if the server counts as out of order
	}
	moods := map[string]want{}
	for _, phase := range []Phase{PhaseMail, PhaseRcpt, PhaseData, PhaseDot} {
		command := map[Phase]string{PhaseMail: "mail", PhaseRcpt: "rcpt", PhaseData: "data", PhaseDot: "."}[phase]
		moods["-r "+command] = want{team.Queued, 450, ""}
		moods["-f "+command] = want{team.Failed, 500, ""}
		moods["-Q "+command] = want{team.Queued, 421, phase}
		moods["-q "+command] = want{team.Queued, 0, ""}
		moods["-W "+command+":100"] = want{team.Queued, 0, ""}
	}
	moods["-f mail"] = want{team.Queued, 500, PhaseMail}
	moods["-Q ."] = want{team.Queued, 421, ""}
	moods["-q ."] = want{team.Dot, 0, ""}
	moods["-W .:100"] = want{team.Dot, 0, ""}
	moods["-w 100"] = want{team.Queued, 0, ""}
	moods["-A 0"] = want{team.Failed, 550, ""}
	for _, flag := range []string{"-r", "-f", "-Q", "-q"} {
		moods[flag+" connect"] = want{team.Queued, -1, PhaseGreeting}
		moods[flag+" ehlo"] = want{team.SentOut, 250, ""}
		moods[flag+" quit"] = want{team.SentOut, 250, ""}
		moods[flag+" rset"] = want{team.SentOut, 250, ""}
		moods[flag+" noop"] = want{team.SentOut, 250, ""}
	}
	moods["-Q ehlo"] = want{team.Queued, -1, PhaseHello}
	moods["-q ehlo"] = want{team.Queued, -1, PhaseHello}
	moods["-8"], moods["-a"], moods["-e"], moods["-p"] = want{team.SentOut, 250, ""}, want{team.SentOut, 250, ""}, want{team.SentOut, 250, ""}, want{team.SentOut, 250, ""}
	for flags, want := range moods {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.SMTPSink(t, strings.Fields(flags)...)
			d := newDesk(t)
			now := time.Now()
			d.put(now, letter(1))
			server := sinkServer(sink)
			if strings.Contains(strings.ToLower(flags), "-w") {
				short := 300 * time.Millisecond
				server.Deadlines = Deadlines{Command: short, Data: short, Dot: short}
			}
			o := d.outbox(server)
			_, err := o.Drain(t.Context(), now)
			r := d.row(1)
			if want.phase != "" {
				wantError(t, err, want.phase, "")
			} else if err != nil {
				t.Error(err)
			}
			if want.code < 0 {
				want.code = 0
			}
			if r.state != want.state || r.code != want.code {
				t.Errorf("%+v, want %+v", r, want)
			}
		})
	}
}

// The kernel may drop what a server said before it closed, so the server here waits until it is read.
func TestAServerThatSaysNoInTheMiddleOfAMailIsHeard(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		b := make([]byte, 1000)
		for _, reply := range []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go"} {
			io.WriteString(conn, reply+"\r\n")
			if reply != "354 go" {
				conn.Read(b)
			}
		}
		conn.Read(b)
		io.WriteString(conn, "552 5.3.4 too big\r\n")
		conn.(*net.TCPConn).CloseRead()
		io.Copy(io.Discard, conn)
	}()
	server := &Server{Addr: listener.Addr().String(), Security: Plain, Deadlines: Deadlines{Block: 200 * time.Millisecond}}
	c, err := server.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := letter(1)
	m.Raw = bytes.Repeat([]byte("x\r\n"), 10<<20)
	r := c.Send(t.Context(), m, noMark)
	if r.Verdict != Refused || r.Code != 552 || !c.Closed() {
		t.Errorf("%+v", r)
	}
}

func TestTheServersOfTheDemoTakeMail(t *testing.T) {
	there := startMail(t, mailtest.Options{Address: "updates@example.com", Password: "right"})
	server := &Server{Addr: "smtp.example.com:587", Security: Plain, Auth: Auth{User: "updates@example.com", Password: password("right")},
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return there.DialSMTP(ctx) }}
	d := newDesk(t)
	now := time.Now()
	d.put(now, letters(30)...)
	o := d.outbox(server)
	if sent, err := o.Drain(t.Context(), now); sent != 30 || err != nil {
		t.Errorf("sent %d, %v", sent, err)
	}
	there.DropSMTP() // as a server that restarts does
	d.put(now, letter(31))
	if sent, err := o.Drain(t.Context(), now); sent != 1 || err != nil {
		t.Errorf("after a restart: sent %d, %v", sent, err)
	}
	for i, m := range there.Deliveries() {
		if !bytes.Equal(m.Raw, letter(i+1).Raw) || m.To != "aiko@example.com" || m.From != "updates@example.com" {
			t.Errorf("mail %d came as %+v", i, m)
		}
	}
	if n := len(there.Deliveries()); n != 31 {
		t.Errorf("%d mails taken", n)
	}
}

// BenchmarkOutboxToSink sends 20 KB mails from the real store over one connection to smtp-sink. CPU is that of this
// process, for everything.
func BenchmarkOutboxToSink(b *testing.B) {
	sink := mailtest.SMTPSink(b)
	d := newDesk(b)
	raw := append(letter(1).Raw, bytes.Repeat([]byte("A line of a digest, as long as lines of mail mostly are, more or less.\r\n"), 285)...)
	var mails []team.Outgoing
	for n := range b.N {
		m := letter(n + 1)
		m.Raw = raw
		mails = append(mails, m)
	}
	now := time.Now()
	d.put(now, mails...)
	o := &Outbox{Store: d, Server: sinkServer(sink)}
	cpu := cpuTime(b)
	b.ResetTimer()
	sent, err := o.Drain(b.Context(), now)
	b.StopTimer()
	cpu = cpuTime(b) - cpu
	if sent != b.N || err != nil {
		b.Fatalf("sent %d of %d, %v", sent, b.N, err)
	}
	o.Close()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/mail")
}

// BenchmarkConnToSink is the same without the store.
func BenchmarkConnToSink(b *testing.B) {
	sink := mailtest.SMTPSink(b)
	m := letter(1)
	m.Raw = append(m.Raw, bytes.Repeat([]byte("A line of a digest, as long as lines of mail mostly are, more or less.\r\n"), 285)...)
	c, err := sinkServer(sink).Connect(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	cpu := cpuTime(b)
	for b.Loop() {
		if r := c.Send(b.Context(), m, noMark); r.Verdict != Accepted {
			b.Fatalf("%+v", r)
		}
	}
	cpu = cpuTime(b) - cpu
	c.Close()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/mail")
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package outbox

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAServerThatTakesCommandsTogetherGetsThemTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		heard := make(chan string, 1)
		go func() {
			defer server.Close()
			in := bufio.NewReader(server)
			say := func(line string) { _, _ = io.WriteString(server, line+"\r\n") }
			until := func(end string) (all string) {
				for {
					line, err := in.ReadString('\n')
					if all += line; err != nil || line == end+"\r\n" {
						return all
					}
				}
			}
			say("220 ready")
			_, _ = in.ReadString('\n')
			say("250-here\r\n250 PIPELINING")
			heard <- until("DATA") // before any answer
			say("250 sender ok\r\n250 recipient ok\r\n354 go on")
			until(".")
			say("250 queued as 1")
		}()
		s := (&script{}).server()
		s.Dial = func(context.Context, string, string) (net.Conn, error) { return client, nil }
		c, err := s.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.drop()
		if r := c.Send(t.Context(), letter(1), noMark); r.Verdict != Accepted {
			t.Errorf("%+v", r)
		}
		if got := <-heard; got != "MAIL FROM:<updates@example.com>\r\nRCPT TO:<aiko@example.com>\r\nDATA\r\n" {
			t.Errorf("heard %q", got)
		}
	})
}

func TestAServerThatMixesUpTheAnswersGetsCommandsOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.put(time.Now(), letters(3)...)
		s := &script{extensions: []string{"PIPELINING"}, does: func(session, _ int, phase Phase) string {
			if session == 1 && phase == PhaseRcpt {
				return "503 5.5.1 not yet"
			}
			return usual
		}}
		o := d.outbox(s.server())
		sent, err := o.Drain(t.Context(), time.Now())
		o.Close()
		s.serving.Wait()
		if sent != 3 || err != nil || s.sessions != 2 {
			t.Errorf("%d sent in %d sessions, %v", sent, s.sessions, err)
		}
		if r := d.row(1); r.attempts != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestAMailWhoseRecipientWasRefusedIsNotGivenToOneThatWaitsForIt(t *testing.T) {
	s := &script{extensions: []string{"PIPELINING"}, does: func(_, _ int, phase Phase) string {
		switch phase {
		case PhaseRcpt:
			return "550 5.1.1 no such user"
		case PhaseData:
			return "354 go on"
		}
		return usual
	}}
	c := s.connect(t)
	if r := c.Send(t.Context(), letter(1), noMark); r.Verdict != Refused || r.Code != 550 || !c.Closed() {
		t.Errorf("%+v, closed: %t", r, c.Closed())
	}
	s.serving.Wait()
	if got := s.all(); len(got) > 0 || strings.Contains(s.commands(), "RSET") {
		t.Errorf("taken %v, heard:\n%s", got, s.commands())
	}
}

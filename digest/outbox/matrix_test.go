package outbox

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"daybreak/internal/mailtest"
)

// once gives a fault at one place of one session, the first time that it is passed.
func once(session, mail int, phase Phase, fault string) func(int, int, Phase) string {
	var done atomic.Bool
	return func(s, m int, p Phase) string {
		if s == session && m == mail && p == phase && done.CompareAndSwap(false, true) {
			return fault
		}
		return usual
	}
}

// happening is a server on which the fault happens once, at the mail that is so many in its connection.
func happening(phase Phase, fault string, at int) func(session, mail int, p Phase) string {
	switch phase {
	case PhaseGreeting, PhaseHello, PhaseAuth:
		if at == 1 {
			return once(1, 1, phase, fault)
		}
		ends, then := once(1, at, PhaseMail, quits), once(2, 1, phase, fault) // at that mail a connection is made anew
		return func(s, m int, p Phase) string { return ends(s, m, p) + then(s, m, p) }
	case "rset": // follows a refused recipient only
		refuses, then := once(1, at, PhaseRcpt, faults["5xx"]), once(1, at, phase, fault)
		return func(s, m int, p Phase) string { return refuses(s, m, p) + then(s, m, p) }
	case "quit":
		return once(1, at+1, phase, fault)
	}
	return once(1, at, phase, fault)
}

var faults = map[string]string{
	"4xx": "450 4.2.1 later", "5xx": "550 5.3.0 never", "421": "421 4.3.2 closing", "close": quits, "stall": hangs, "slow": slow,
}

// Four mails are due, and one fault happens once, at the first or the third mail of a connection. Wanted are the
// states after one Drain, whether Drain said that the server is out of order, and the number of connections it took. After
// that time passes until nothing is left to be done.
func TestEachFaultInEachPhaseLeadsToTheRightState(t *testing.T) {
	type want struct {
		states   string // of the mail at fault and of the others; "due": queued with no attempt begun; "before": sent if before it, due after it
		down     bool
		sessions int
	}
	all := map[string]want{}
	for _, phase := range []Phase{PhaseGreeting, PhaseHello, PhaseAuth} {
		for _, fault := range []string{"4xx", "5xx", "421", "close", "stall"} {
			all[string(phase)+" "+fault+" 1"] = want{"due due", true, 1}
			all[string(phase)+" "+fault+" 3"] = want{"due before", true, 2}
		}
		all[string(phase)+" slow 1"], all[string(phase)+" slow 3"] = want{"sent sent", false, 1}, want{"sent sent", false, 2}
	}
	for _, fault := range []string{"4xx", "5xx"} { // HELO follows
		all["hello "+fault+" 1"], all["hello "+fault+" 3"] = want{"sent sent", false, 1}, want{"sent sent", false, 2}
	}
	for _, phase := range []Phase{PhaseMail, PhaseRcpt, PhaseData, PhaseBody} {
		sessions := 1 // a refused sender or recipient is reset
		if phase == PhaseData || phase == PhaseBody {
			sessions = 2
		}
		for _, nth := range []string{" 1", " 3"} {
			all[string(phase)+" 4xx"+nth] = want{"queued sent", false, sessions}
			all[string(phase)+" 5xx"+nth] = want{"failed sent", false, sessions}
			all[string(phase)+" slow"+nth] = want{"sent sent", false, 1}
		}
		if phase == PhaseMail { // it may be about us
			all["mail 5xx 1"], all["mail 5xx 3"] = want{"held due", true, 1}, want{"held before", true, 1}
		}
		all[string(phase)+" 421 1"] = want{"queued due", true, 1}
		all[string(phase)+" close 1"] = want{"queued sent", false, 2}
		all[string(phase)+" stall 1"] = want{"queued sent", false, 2}
		for _, fault := range []string{"421", "close", "stall"} {
			all[string(phase)+" "+fault+" 3"] = want{"sent sent", false, 2} // once more at once: the connection was old
		}
	}
	for _, nth := range []string{" 1", " 3"} {
		all["dot 4xx"+nth] = want{"queued sent", false, 2}
		all["dot 5xx"+nth] = want{"failed sent", false, 2}
		all["dot close"+nth] = want{"dot sent", false, 2}
		all["dot stall"+nth] = want{"dot sent", false, 2}
		all["dot slow"+nth] = want{"sent sent", false, 1}
		for fault := range faults {
			all["rset "+fault+nth] = want{"failed sent", false, 2}
			all["quit "+fault+nth] = want{"sent sent", false, 1}
		}
		all["rset slow"+nth] = want{"failed sent", false, 1}
	}
	all["dot 421 1"] = want{"queued sent", false, 2}
	all["dot 421 3"] = want{"sent sent", false, 2}
	if len(all) != 10*6*2 {
		t.Fatalf("%d cases", len(all))
	}
	if !mailtest.Race {
		for name, want := range maps.Clone(all) { // the same to a server that takes commands together
			all[name+" PIPELINING"] = want
		}
	}
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var phase, fault, extension string
				var at int
				if n, err := fmt.Sscan(name, &phase, &fault, &at, &extension); n < 3 {
					t.Fatal(err)
				}
				d := newDesk(t)
				mails := int64(4)
				if phase == "quit" { // follows the last
					mails = int64(at)
				}
				d.put(time.Now(), letters(int(mails))...)
				s := &script{does: happening(Phase(phase), faults[fault], at), extensions: strings.Fields(extension)}
				server := s.server()
				if Phase(phase) == PhaseAuth {
					s.extensions, server.Auth = append(s.extensions, "AUTH PLAIN"), Auth{User: "u", Password: password("secret")}
				}
				o := d.outbox(server)
				began := time.Now()
				_, err := o.Drain(t.Context(), began)
				o.Close()
				s.serving.Wait()

				if down := (*Error)(nil); errors.As(err, &down) != want.down || (err != nil) != want.down || (o.Trouble() != nil) != want.down {
					t.Errorf("Drain says %v, trouble %v", err, o.Trouble())
				}
				if s.sessions != want.sessions {
					t.Errorf("%d connections, want %d", s.sessions, want.sessions)
				}
				target, others, _ := strings.Cut(want.states, " ")
				for id := int64(1); id <= mails; id++ {
					r, state := d.row(id), others
					if id == int64(at) {
						state = target
					} else if state == "before" {
						state = map[bool]string{true: "sent", false: "due"}[id < int64(at)]
					}
					switch state {
					case "due":
						if r.state != "queued" || r.next.After(time.Now()) || r.attempts != 0 {
							t.Errorf("mail %d is %+v, want it due", id, r)
						}
						continue
					case "queued":
						if !r.next.After(time.Now()) || time.Until(r.next) > time.Minute || r.line == "" {
							t.Errorf("mail %d is %+v, want it in a minute", id, r)
						}
					case "held":
						if time.Until(r.next) != setBack || !strings.Contains(r.line, "5.3.0 never") {
							t.Errorf("mail %d is %+v, want it behind the others", id, r)
						}
						state = "queued"
					case "dot":
						if wait := time.Until(r.next); wait <= 0 || wait > 15*time.Minute {
							t.Errorf("mail %d is %+v, want it when the claim ends", id, r)
						}
					case "failed":
						if r.code != 550 || !strings.Contains(r.line, "5.3.0 never") {
							t.Errorf("mail %d is %+v, want the server's words", id, r)
						}
					case "sent":
						if r.code != 250 || !strings.Contains(r.line, "queued as") {
							t.Errorf("mail %d is %+v, want the server's words", id, r)
						}
					}
					if string(r.state) != state || r.attempts != 1 {
						t.Errorf("mail %d is %+v, want it %s", id, r, state)
					}
				}
				if n := strings.Count(s.commands(), "QUIT"); n > 1 {
					t.Errorf("said QUIT on a failed connection:\n%s", s.commands())
				}

				stop := d.running(o)
				time.Sleep(2 * time.Hour)
				stop()
				s.serving.Wait()
				count := copies(t, s.all())
				for id := 1; id <= int(mails); id++ {
					times, state := 1, "sent"
					if id == at && target == "failed" {
						times, state = 0, "failed"
					} else if id == at && target == "dot" {
						times = 2
					}
					if got := count[letter(id).MessageID]; got != times || string(d.row(int64(id)).state) != state {
						t.Errorf("mail %d was taken %d times and is %+v, want %d times and %s", id, got, d.row(int64(id)), times, state)
					}
				}
			})
		})
	}
}

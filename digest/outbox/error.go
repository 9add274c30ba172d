package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Phase is a step of an SMTP session.
type Phase string

// The phases, in their order.
const (
	PhaseSetup    Phase = "setup"    // before the network: the configuration or the mail itself does not allow it
	PhaseDial     Phase = "connect"  // name, network
	PhaseTLS      Phase = "tls"      // handshake, certificate
	PhaseGreeting Phase = "greeting" // the server's 220
	PhaseHello    Phase = "hello"    // EHLO
	PhaseStartTLS Phase = "starttls"
	PhaseAuth     Phase = "login"
	PhaseMail     Phase = "mail" // MAIL FROM
	PhaseRcpt     Phase = "rcpt" // RCPT TO
	PhaseData     Phase = "data" // DATA
	PhaseBody     Phase = "body" // the mail's bytes
	PhaseMark     Phase = "mark" // our own note that the final dot is about to be sent
	PhaseDot      Phase = "dot"  // the final dot and the answer to it
)

// ofMail tells a phase that a mail goes through from those before it.
func (p Phase) ofMail() bool {
	return slices.Contains([]Phase{PhaseMail, PhaseRcpt, PhaseData, PhaseBody, PhaseMark, PhaseDot}, p)
}

// Error is how a connection or a transaction failed.
type Error struct {
	Phase    Phase
	Addr     string // of the server
	Code     int    // the server's, 0 if it gave no answer
	Enhanced string // RFC 3463, such as "5.7.8"; "" if there is none
	Line     string // the server's answer in one line, or what the network said
	Hint     string // what to do about it, "" if nothing is known
	Err      error  // the cause
}

func (e *Error) Error() string {
	switch e.Phase {
	case PhaseSetup:
		return fmt.Sprintf("sending through %s: %s", e.Addr, e.Line)
	case PhaseDial:
		return fmt.Sprintf("connecting to %s: %s", e.Addr, e.Line)
	default:
		return fmt.Sprintf("sending through %s: %s: %s", e.Addr, e.Phase, e.Line)
	}
}

func (e *Error) Unwrap() error { return e.Err }

// fail makes an Error of what happened in a phase. The hint is added by the Server, which knows more.
func fail(phase Phase, err error) *Error {
	if have := (*Error)(nil); errors.As(err, &have) {
		return have
	}
	e := &Error{Phase: phase, Line: oneLine(err.Error()), Err: err}
	switch answer := (*textproto.Error)(nil); {
	case errors.As(err, &answer):
		e.Line = oneLine(answer.Msg)
		e.Code, e.Enhanced = answer.Code, enhancedCode.FindString(e.Line)
		e.Line = strings.TrimSpace(fmt.Sprintf("%d %s", answer.Code, e.Line))
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		e.Line = "the server closed the connection"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		e.Line = "the server did not answer in time"
	case errors.Is(err, context.Canceled):
		e.Line = "stopped"
	}
	return e
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// oneLine makes a server's words fit for logs and terminals: one line, nothing that moves a cursor, not endless.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	const most = 400
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strings.TrimSpace(s)
}

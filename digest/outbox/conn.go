package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"

	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// Verdict is what is known of a mail after it was handed, or not, to a server.
type Verdict int

// The verdicts.
const (
	Accepted  Verdict = iota // the server has it now
	Refused                  // for good
	Temporary                // not taken; another try may fare better
	Unknown                  // the final dot may have arrived and the answer to it did not
)

// Result is how the sending of one mail ended.
type Result struct {
	Verdict Verdict
	Code    int    // the server's, 0 if it gave no answer
	Line    string // the server's answer, or what went wrong
	Err     *Error // nil if the mail was accepted
	Held    bool   // with Temporary: it is about us and not about this mail; no other would fare better now
	Lost    bool   // the connection ended or the server said 421, without an opinion on this mail
}

// Conn is one session with a server. It belongs to one goroutine.
type Conn struct {
	server     *Server
	client     *smtp.Client
	raw        *wire
	deadlines  Deadlines
	extensions map[string]string
	sizeLimit  int64 // announced by the server, 0 for none
	drainFor   time.Duration
	taken      int  // mails accepted on this connection
	nullSender bool // of the mail in hand
	closed     bool
	buf        []byte
}

// Extensions are what the server offers after EHLO, on the protected connection: name → parameters.
func (c *Conn) Extensions() map[string]string { return c.extensions }

func (c *Conn) readExtensions() {
	c.extensions = make(map[string]string)
	for _, name := range []string{
		"8BITMIME", "AUTH", "BINARYMIME", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "LIMITS",
		"PIPELINING", "REQUIRETLS", "SIZE", "SMTPUTF8", "STARTTLS",
	} {
		if offered, parameters := c.client.Extension(name); offered {
			c.extensions[name] = parameters
		}
	}
	c.sizeLimit, _ = strconv.ParseInt(c.extensions["SIZE"], 10, 64)
}

func (c *Conn) offers(name string) bool { _, ok := c.extensions[name]; return ok }

// Close says goodbye and closes. What the server answers changes nothing.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	if c.client.UpdateDeadline(c.deadlines.Quit) == nil {
		_ = c.client.Quit()
	}
	c.drop()
}

// drop closes the connection without a word: after DATA a word would be part of the mail.
func (c *Conn) drop() {
	c.closed = true
	c.raw.Close()
}

// Send hands over one mail to its one recipient: the stored bytes and nothing else. beforeDot is called when all bytes
// are over and only the final dot is missing; if it fails the dot is not sent. Ending ctx ends the sending at once as
// long as the dot is not sent; after that its answer is awaited. A Conn is usable afterwards unless it is Closed.
func (c *Conn) Send(ctx context.Context, m team.Outgoing, beforeDot func() error) Result {
	if c.closed {
		return c.lost(PhaseMail, net.ErrClosed)
	}
	c.nullSender = m.From == ""
	commands, err := c.commands(m)
	if err != nil {
		return Result{Verdict: Refused, Line: err.Error(), Err: c.server.explain(fail(PhaseSetup, err))}
	}
	if c.client.Text.R.Buffered() > 0 { // it would be taken for the answer to what comes now
		return c.lost(PhaseMail, errors.New("the server spoke out of turn"))
	}
	stop := context.AfterFunc(ctx, func() { c.raw.Close() })
	defer stop()
	failpoint.Here("smtp-mail")
	if failed := c.transact(ctx, commands); failed != nil {
		return *failed
	}
	failpoint.Here("smtp-data")
	if failed := c.writeBody(ctx); failed != nil {
		return *failed
	}
	failpoint.Here("smtp-body")
	if !stop() {
		return c.lost(PhaseBody, context.Cause(ctx))
	}
	if err := beforeDot(); err != nil {
		return c.lost(PhaseMark, err)
	}
	return c.dot(ctx)
}

// Closed tells whether the connection is of no more use.
func (c *Conn) Closed() bool { return c.closed }

type command struct {
	phase  Phase
	line   string
	expect int
	limit  time.Duration
}

// commands are those before the mail's bytes. An error means that the mail can never be sent through this server. The
// bytes as they go over the wire are in c.buf.
func (c *Conn) commands(m team.Outgoing) ([]command, error) {
	from, utf8From, err := envelope(m.From)
	if err != nil && m.From != "" {
		return nil, fmt.Errorf("sender: %w", err)
	}
	to, utf8To, err := envelope(m.To)
	if err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	mail := "MAIL FROM:<" + from + ">"
	c.buf = appendData(c.buf[:0], m.Raw)
	if c.offers("SIZE") {
		if c.sizeLimit > 0 && int64(len(c.buf)) > c.sizeLimit {
			return nil, fmt.Errorf("the mail has %d bytes and the server takes %d at most", len(c.buf), c.sizeLimit)
		}
		mail += " SIZE=" + strconv.Itoa(len(c.buf))
	}
	if c.offers("8BITMIME") && !is7bit(c.buf) {
		mail += " BODY=8BITMIME"
	}
	if utf8From || utf8To {
		if !c.offers("SMTPUTF8") {
			return nil, errors.New("the address is not plain ASCII and the server cannot send to such (no SMTPUTF8)")
		}
		mail += " SMTPUTF8"
	}
	return []command{
		{PhaseMail, mail, 250, c.deadlines.Command},
		{PhaseRcpt, "RCPT TO:<" + to + ">", 25, c.deadlines.Command},
		{PhaseData, "DATA", 354, c.deadlines.Data},
	}, nil
}

// envelope is an address as MAIL and RCPT take it. A domain beyond ASCII becomes its ASCII form; a local part beyond
// ASCII needs SMTPUTF8 (RFC 6531).
func envelope(address string) (clean string, needsUTF8 bool, err error) {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > 254 {
		return "", false, fmt.Errorf("%q is not an address", oneLine(address))
	}
	if !utf8.ValidString(address) || strings.ContainsFunc(address, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || r == '<' || r == '>'
	}) {
		return "", false, fmt.Errorf("%q is not an address: it holds a space, a bracket or a control character", oneLine(address))
	}
	local, domain := address[:at], address[at+1:]
	if !is7bit([]byte(domain)) {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return "", false, fmt.Errorf("%q is not an address: %w", oneLine(address), err)
		}
	}
	return local + "@" + domain, !is7bit([]byte(local)), nil
}

// transact gives the commands, all at once to a server that takes them so (RFC 2920). It returns nil when the server waits for the
// mail's bytes.
func (c *Conn) transact(ctx context.Context, commands []command) *Result {
	answer, together := c.command, c.offers("PIPELINING") && !c.server.oneByOne
	if together {
		answer = func(cmd command) (int, string, error) { return c.client.Text.ReadResponse(cmd.expect) }
		var lines []byte
		for _, cmd := range commands {
			lines = append(append(lines, cmd.line...), "\r\n"...)
		}
		if err := c.write(lines, commands[0].limit); err != nil {
			answer = func(command) (int, string, error) { return 0, "", err }
		}
	}
	for i, cmd := range commands {
		err := c.client.UpdateDeadline(cmd.limit)
		if err == nil {
			_, _, err = answer(cmd)
		}
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			failed := c.lost(cmd.phase, context.Cause(ctx))
			return &failed
		}
		failed := c.judge(cmd.phase, err)
		if failed.Code == badSequence && together { // whatever it answers, it is not this
			c.server.oneByOne = true
			failed.Verdict, failed.Lost = Temporary, true
		}
		if failed.Lost || cmd.phase == PhaseData || together && !c.allRefused(commands[i+1:]) || !c.reset() {
			c.drop()
		}
		return &failed
	}
	return nil
}

const badSequence = 503 // a command came that does not follow the ones before

// allRefused takes the answers to commands that followed a refused one. A server that waits for a mail nevertheless is not to get one.
func (c *Conn) allRefused(commands []command) bool {
	for _, cmd := range commands {
		if c.client.UpdateDeadline(cmd.limit) != nil {
			return false
		}
		code, _, _ := c.client.Text.ReadResponse(cmd.expect)
		if code == 0 || cmd.phase == PhaseData && code < 400 {
			return false
		}
	}
	return true
}

func (c *Conn) command(cmd command) (int, string, error) {
	id, err := c.client.Text.Cmd("%s", cmd.line)
	if err != nil {
		return 0, "", err
	}
	c.client.Text.StartResponse(id)
	defer c.client.Text.EndResponse(id)
	return c.client.Text.ReadResponse(cmd.expect)
}

// reset clears a transaction whose MAIL or RCPT was refused.
func (c *Conn) reset() bool {
	if c.client.UpdateDeadline(c.deadlines.Command) != nil {
		return false
	}
	_, _, err := c.command(command{line: "RSET", expect: 250})
	return err == nil
}

const blockSize = 32 << 10

// writeBody hands over all but the final dot. The bytes go below textproto's DotWriter: an open one closes the mail
// with the next command, which makes half a mail of a failed one.
func (c *Conn) writeBody(ctx context.Context) *Result {
	for rest := c.buf; len(rest) > 0; {
		block := rest[:min(len(rest), blockSize)]
		rest = rest[len(block):]
		if err := c.write(block, c.deadlines.Block); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			} else if answer := c.earlyAnswer(); answer != nil {
				err = answer
			}
			failed := c.judge(PhaseBody, err)
			c.drop()
			return &failed
		}
	}
	return nil
}

// earlyAnswer is what a server said that closed the connection before it had the whole mail, nil if nothing.
func (c *Conn) earlyAnswer() error {
	if c.raw.SetReadDeadline(time.Now().Add(time.Second)) != nil {
		return nil
	}
	_, _, err := c.client.Text.ReadResponse(250)
	if answer := (*textproto.Error)(nil); errors.As(err, &answer) && answer.Code >= 400 {
		return answer
	}
	return nil
}

func (c *Conn) write(b []byte, limit time.Duration) error {
	if err := c.client.UpdateDeadline(limit); err != nil {
		return err
	}
	if _, err := c.client.Text.W.Write(b); err != nil {
		return err
	}
	return c.client.Text.W.Flush()
}

// dot ends the mail and waits for what the server says. A ctx that ends now only shortens the wait to drainFor.
func (c *Conn) dot(ctx context.Context) Result {
	failpoint.Here("smtp-dot")
	c.raw.whole = false
	err := c.write([]byte(".\r\n"), c.deadlines.Dot)
	if err != nil && !c.raw.whole { // it did not leave this machine
		if answer := c.earlyAnswer(); answer != nil {
			err = answer
		}
		r := c.judge(PhaseDot, err)
		c.drop()
		return r
	}
	failpoint.Here("smtp-dot-sent")
	line := ""
	if err == nil {
		until := time.Now().Add(c.deadlines.Dot)
		stop := context.AfterFunc(ctx, func() {
			if soon := time.Now().Add(c.drainFor); c.drainFor > 0 && soon.Before(until) {
				_ = c.raw.SetReadDeadline(soon)
			}
		})
		var code int
		code, line, err = c.client.Text.ReadResponse(2)
		stop()
		failpoint.Here("smtp-answered")
		if err == nil {
			c.taken++
			return Result{Verdict: Accepted, Code: code, Line: strings.TrimSpace(fmt.Sprintf("%d %s", code, oneLine(line)))}
		}
	}
	c.drop()
	r := c.judge(PhaseDot, err)
	if r.Code < 400 { // no answer, or none that one can read
		r.Verdict, r.Lost = Unknown, false
	}
	return r
}

// lost drops the connection and says so.
func (c *Conn) lost(phase Phase, err error) Result {
	c.drop()
	e := c.server.explain(fail(phase, err))
	return Result{Verdict: Temporary, Line: e.Line, Err: e, Lost: true}
}

// judge is our own reading of a failure: go-mail calls a lost connection permanent. Only a 5xx is for good, unless it is
// about us and not about the mail; everything else may pass.
func (c *Conn) judge(phase Phase, err error) Result {
	e := c.server.explain(fail(phase, err))
	r := Result{Verdict: Temporary, Code: e.Code, Line: e.Line, Err: e, Held: aboutUs(e, c.nullSender)}
	switch {
	case e.Code == 421 || e.Code < 400 || e.Code > 599:
		r.Lost = true
	case e.Code >= 500 && !r.Held && !notOwned(e) && !relayDenied(e) && !(phase == PhaseMail && c.nullSender && !aboutTheMail(e)):
		r.Verdict = Refused
	}
	return r
}

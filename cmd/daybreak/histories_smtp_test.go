package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// How a submission server fares.
const (
	smtpUp      = "up"
	smtpRefused = "refused" // no connection
	smtpBusy    = "busy"    // 450 to every mail
	smtpReject  = "reject"  // 550 to everyone's first mail; to who refuses more nothing would be sent for a while
	smtpLost    = "lost"    // it takes the mails and its answers are lost
)

// postOffice is an SMTP server without a network: it answers within the call that writes to it, so that thousands of histories a
// minute need no goroutine.
type postOffice struct {
	mode  string
	crash string // when the process dies at the next mail: "claimed", "dot" or ""
	rcpt  string // of the last mail
	take  func(raw []byte, answered bool)
}

// processDied is what a crash panics with.
type processDied struct{}

func (s *postOffice) dial(context.Context, string, string) (net.Conn, error) {
	if s.mode == smtpRefused {
		return nil, errors.New("connection refused")
	}
	return &postConn{s: s, out: []byte("220 here\r\n")}, nil
}

func (s *postOffice) dies(when string) {
	if s.crash == when {
		s.crash = ""
		panic(processDied{})
	}
}

// postConn is one connection. Deadlines mean nothing: nothing is ever waited for.
type postConn struct {
	net.Conn
	s       *postOffice
	in, out []byte
	data    bool
}

func (c *postConn) Close() error                     { return nil }
func (c *postConn) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (c *postConn) SetDeadline(time.Time) error      { return nil }
func (c *postConn) SetReadDeadline(time.Time) error  { return nil }
func (c *postConn) SetWriteDeadline(time.Time) error { return nil }

func (c *postConn) Read(b []byte) (int, error) {
	if len(c.out) == 0 {
		return 0, io.EOF
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

func (c *postConn) Write(b []byte) (int, error) {
	if c.s.mode == smtpRefused {
		return 0, net.ErrClosed
	}
	c.in = append(c.in, b...)
	for {
		if c.data {
			end := bytes.Index(c.in, []byte("\r\n.\r\n"))
			if end < 0 {
				return len(b), nil
			}
			raw := c.in[:end+2]
			c.in, c.data = c.in[end+5:], false
			answered := c.s.mode != smtpLost && c.s.crash != "dot"
			c.s.take(raw, answered)
			c.s.dies("dot")
			if answered {
				c.out = append(c.out, "250 taken\r\n"...)
			}
			continue
		}
		line, rest, whole := bytes.Cut(c.in, []byte("\r\n"))
		if !whole {
			return len(b), nil
		}
		c.in = rest
		c.command(string(line))
	}
}

func (c *postConn) command(line string) {
	answer := "250 well"
	switch verb, _, _ := strings.Cut(line, " "); verb {
	case "EHLO":
		answer = "250-here\r\n250 8BITMIME"
	case "MAIL":
		c.s.dies("claimed")
	case "RCPT":
		_, c.s.rcpt, _ = strings.Cut(line, "<")
		c.s.rcpt, _, _ = strings.Cut(c.s.rcpt, ">")
	case "DATA": // the mail itself is not wanted: recipients that are refused get no more after a while
		switch c.s.mode {
		case smtpBusy:
			answer = "450 4.3.2 come again"
		case smtpReject:
			answer = "550 5.6.0 not such a mail"
		default:
			answer, c.data = "354 go on", true
		}
	}
	c.out = append(c.out, answer+"\r\n"...)
}

// headerOf is the value of a header that stands on one line.
func headerOf(raw []byte, name string) string {
	_, rest, _ := bytes.Cut(raw, []byte("\r\n"+name+": "))
	value, _, _ := bytes.Cut(rest, []byte("\r\n"))
	return string(value)
}

// plainOf is the text part of one of our own mails, decoded.
func plainOf(raw []byte) string {
	_, part, _ := bytes.Cut(raw, []byte("Content-Type: text/plain"))
	head, text, _ := bytes.Cut(part, []byte("\r\n\r\n"))
	text, _, _ = bytes.Cut(text, []byte("\r\n--daybreak-"))
	if bytes.Contains(head, []byte("base64")) {
		plain, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\r\n", ""))
		if err != nil {
			return "the text part is no base64: " + err.Error()
		}
		return string(plain)
	}
	return strings.ReplaceAll(string(text), "=\r\n", "")
}

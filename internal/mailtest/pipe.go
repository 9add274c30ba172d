package mailtest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// newPipe makes a connection in memory. Unlike net.Pipe it holds what was written until it is read, as a network does:
// the memory server writes under a lock, and a goroutine that waits for a lock keeps a synctest bubble's clock from
// moving, which would be for ever if the reader waits for the clock.
func newPipe(name pipeAddr) (client, server net.Conn) {
	up, down := newStream(), newStream()
	return &pipeConn{in: down, out: up, local: "client", remote: name}, &pipeConn{in: up, out: down, local: name, remote: "client"}
}

type pipeAddr string

func (a pipeAddr) Network() string { return "pipe" }
func (a pipeAddr) String() string  { return string(a) }

type pipeConn struct {
	in, out       *stream
	local, remote pipeAddr
}

func (c *pipeConn) Read(b []byte) (int, error)  { return c.in.read(b) }
func (c *pipeConn) Write(b []byte) (int, error) { return c.out.write(b) }
func (c *pipeConn) LocalAddr() net.Addr         { return c.local }
func (c *pipeConn) RemoteAddr() net.Addr        { return c.remote }

// Close ends both directions; the other side may still read what was written before.
func (c *pipeConn) Close() error {
	c.in.close(net.ErrClosed, true)
	c.out.close(io.EOF, false)
	return nil
}

func (c *pipeConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetWriteDeadline does nothing, since a write never waits.
func (c *pipeConn) SetWriteDeadline(time.Time) error { return nil }

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.deadline(t)
	return nil
}

// stream is one direction of a pipe.
type stream struct {
	mu      sync.Mutex
	buf     []byte
	end     error         // what a read gives when buf is empty
	deaf    bool          // the reader has closed: writes are refused
	changed chan struct{} // closed and made anew at each change
	timer   *time.Timer
	expired bool
	period  int // counts deadlines, so that an old timer changes nothing
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

func (s *stream) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) read(b []byte) (int, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		switch {
		case s.deaf:
			s.mu.Unlock()
			return 0, net.ErrClosed
		case s.expired:
			s.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		case len(s.buf) > 0 || len(b) == 0:
			n := copy(b, s.buf)
			if s.buf = s.buf[n:]; len(s.buf) == 0 {
				s.buf = nil
			}
			s.mu.Unlock()
			return n, nil
		case s.end != nil:
			s.mu.Unlock()
			return 0, s.end
		}
		s.mu.Unlock()
		<-changed
	}
}

func (s *stream) write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil || s.deaf {
		return 0, net.ErrClosed
	}
	s.buf = append(s.buf, b...)
	s.wake()
	return len(b), nil
}

func (s *stream) close(end error, byReader bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end == nil {
		s.end = end
	}
	s.deaf = s.deaf || byReader
	if s.deaf && s.timer != nil {
		s.timer.Stop()
	}
	s.wake()
}

func (s *stream) deadline(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.period++
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	s.expired = false
	if !t.IsZero() {
		period := s.period
		if wait := time.Until(t); wait <= 0 {
			s.expired = true
		} else {
			s.timer = time.AfterFunc(wait, func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				if s.period == period {
					s.expired = true
					s.wake()
				}
			})
		}
	}
	s.wake()
}

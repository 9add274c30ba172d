package mailtest

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// listener accepts connections over loopback or over pipes in memory, and knows all of them until they end.
type listener struct {
	tcp  net.Listener  // nil: pipes
	in   chan net.Conn // pipes that wait to be accepted
	done chan struct{}
	name pipeAddr

	// untilSessionEnds: a connection counts as ended only when its session has ended too and it is closed once more
	// after that, which is the last thing the IMAP library does with it.
	untilSessionEnds bool

	mu     sync.Mutex
	once   sync.Once
	conns  map[*heldConn]struct{}
	active sync.WaitGroup
}

func listen(overTCP bool, name string) (*listener, error) {
	l := &listener{in: make(chan net.Conn), done: make(chan struct{}), name: pipeAddr(name + ".pipe:1"),
		conns: map[*heldConn]struct{}{}}
	if overTCP {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listening on loopback: %w", err)
		}
		l.tcp = tcp
	}
	return l, nil
}

// Accept waits for the next connection. After Close it gives net.ErrClosed.
func (l *listener) Accept() (net.Conn, error) {
	var conn net.Conn
	if l.tcp != nil {
		var err error
		if conn, err = l.tcp.Accept(); err != nil {
			return nil, err
		}
	} else {
		select {
		case conn = <-l.in:
		case <-l.done:
			return nil, net.ErrClosed
		}
	}
	held := &heldConn{Conn: conn, listener: l}
	l.mu.Lock()
	l.conns[held] = struct{}{}
	l.mu.Unlock()
	l.active.Add(1)
	return held, nil
}

// Close ends Accept. Connections stay.
func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		close(l.done)
		if l.tcp != nil {
			err = l.tcp.Close()
		}
	})
	return err
}

// Addr is the address to dial, or the pipes' name.
func (l *listener) Addr() net.Addr {
	if l.tcp != nil {
		return l.tcp.Addr()
	}
	return l.name
}

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	if l.tcp != nil {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
	client, server := newPipe(l.name)
	select {
	case l.in <- server:
		return client, nil
	case <-l.done:
		return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: l.name, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: l.name, Err: ctx.Err()}
	}
}

// drop closes every connection.
func (l *listener) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		conn.Conn.Close()
	}
}

// wait returns when every connection has ended.
func (l *listener) wait() { l.active.Wait() }

// heldConn is an accepted connection that tells its listener when it ends.
type heldConn struct {
	net.Conn
	listener *listener

	mu      sync.Mutex
	session bool // has ended
	closed  bool
}

// Close closes the connection. The server's side calls it when it is done with it.
func (c *heldConn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	last := !c.closed && (c.session || !c.listener.untilSessionEnds)
	c.closed = c.closed || last
	c.mu.Unlock()
	if last {
		c.listener.mu.Lock()
		delete(c.listener.conns, c)
		c.listener.mu.Unlock()
		c.listener.active.Done()
	}
	return err
}

func (c *heldConn) sessionEnded() {
	c.mu.Lock()
	c.session = true
	c.mu.Unlock()
}

package mailtest

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Faults say what goes wrong with a connection. Bytes are counted as they come from the server; the same faults on the same
// bytes do the same each time. The zero value does nothing.
type Faults struct {
	CutAt   int64   // after this many bytes the connection ends, as if the server had closed it
	Reset   bool    // it ends with a reset instead
	StallAt int64   // after this many bytes nothing comes any more, and nothing ends
	Rate    int     // bytes a second that come at most
	Garble  float64 // the part of the bytes that are changed, 0 to 1
	Seed    uint64  // for Garble
}

// Wrap gives the client's end of a connection on which the faults happen.
func (f Faults) Wrap(c net.Conn) net.Conn {
	return &faultConn{Conn: c, faults: f, random: rand.New(rand.NewPCG(f.Seed, 1))}
}

type faultConn struct {
	net.Conn
	faults Faults
	random *rand.Rand
	came   int64
}

// Read reads what the faults let through.
func (c *faultConn) Read(b []byte) (int, error) {
	f := c.faults
	switch {
	case f.CutAt > 0 && c.came >= f.CutAt:
		c.Conn.Close()
		if f.Reset {
			return 0, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
		}
		return 0, io.EOF
	case f.StallAt > 0 && c.came >= f.StallAt:
		for lost := make([]byte, 512); ; {
			if _, err := c.Conn.Read(lost); err != nil {
				return 0, err
			}
		}
	}
	if f.CutAt > 0 {
		b = b[:min(int64(len(b)), f.CutAt-c.came)]
	}
	if f.StallAt > 0 {
		b = b[:min(int64(len(b)), f.StallAt-c.came)]
	}
	if f.Rate > 0 {
		b = b[:min(len(b), max(1, f.Rate/10))]
		time.Sleep(time.Duration(len(b)) * time.Second / time.Duration(f.Rate))
	}
	n, err := c.Conn.Read(b)
	for i := range b[:n] {
		if f.Garble > 0 && c.random.Float64() < f.Garble {
			b[i] ^= byte(1 + c.random.IntN(255))
		}
	}
	c.came += int64(n)
	return n, err
}

// Proxy stands between a client and a server on loopback and lets faults happen on the way.
type Proxy struct {
	listener net.Listener
	target   string
	faults   func(connection int) Faults
	came     atomic.Int64

	mu    sync.Mutex
	conns map[net.Conn]bool // nil after Close
	ended sync.WaitGroup
}

// StartProxy starts a proxy for the server at target, a host:port. Each connection, counted from 0, has the faults that the
// function gives.
func StartProxy(target string, faults func(connection int) Faults) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	p := &Proxy{listener: listener, target: target, faults: faults, conns: map[net.Conn]bool{}}
	p.ended.Add(1)
	go p.accept()
	return p, nil
}

// Addr is where clients connect to, as host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Bytes is how many have come from the server through all connections.
func (p *Proxy) Bytes() int64 { return p.came.Load() }

// Close ends every connection and waits until all are gone.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.ended.Wait()
	return err
}

func (p *Proxy) accept() {
	defer p.ended.Done()
	for n := 0; ; n++ {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		if p.conns == nil {
			p.mu.Unlock()
			client.Close()
			server.Close()
			return
		}
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		p.ended.Add(2)
		go p.pass(server, client, nil)
		go p.pass(client, p.faults(n).Wrap(server), &p.came)
	}
}

// pass copies one direction until it ends, then ends both.
func (p *Proxy) pass(to, from net.Conn, count *atomic.Int64) {
	defer p.ended.Done()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if count != nil {
			count.Add(int64(n))
		}
		if _, failed := to.Write(buf[:n]); err == nil {
			err = failed
		}
		if err == nil {
			continue
		}
		if tcp, ok := to.(*net.TCPConn); ok && errors.Is(err, syscall.ECONNRESET) {
			tcp.SetLinger(0) // Close sends a reset
		}
		to.Close()
		from.Close()
		p.mu.Lock()
		delete(p.conns, to)
		if f, ok := from.(*faultConn); ok {
			delete(p.conns, f.Conn)
		} else {
			delete(p.conns, from)
		}
		p.mu.Unlock()
		return
	}
}

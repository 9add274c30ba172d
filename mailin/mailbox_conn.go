package mailin

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	dialTimeout  = 30 * time.Second
	writeTimeout = 30 * time.Second
)

// patience says how long and how much to wait for.
type patience struct {
	silence time.Duration // the longest wait for the next byte; 0: for ever
	total   time.Duration // the longest wait for all of them; 0: for ever
	bytes   int64         // the most that may come
}

// atRest is for when the server is asked nothing.
func atRest() patience { return patience{bytes: 1 << 20} }

// forCommand is for an answer of a few lines.
func forCommand() patience {
	return patience{silence: time.Minute, total: 90 * time.Second, bytes: 1 << 20}
}

// forBytes is for an answer that carries about n bytes, at no less than 4 KiB a second.
func forBytes(n int64) patience {
	return patience{silence: time.Minute, total: 90*time.Second + time.Duration(n/4096)*time.Second, bytes: 2*n + 1<<20}
}

// forIdle is for a server that may be silent for d.
func forIdle(d time.Duration) patience {
	return patience{silence: d + 30*time.Second, bytes: 1 << 20}
}

// guardedConn holds a server to our patience. The IMAP library waits for an answer without any limit and reads as much as
// comes; here each read has a deadline of our own and a budget of bytes. The deadlines that the library sets are ignored.
// After the first error every read and write gives that error at once.
type guardedConn struct {
	net.Conn // above TLS

	mu       sync.Mutex
	patience patience
	began    time.Time
	came     int64  // bytes since the patience was set
	tail     []byte // the last that came, to find the server's parting words
	err      error
}

// expect says what is waited for from now on, also for a read that is under way.
func (g *guardedConn) expect(p patience) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.patience, g.began, g.came = p, time.Now(), 0
	g.Conn.SetReadDeadline(g.deadline())
}

func (g *guardedConn) deadline() time.Time {
	var t time.Time
	if g.patience.silence > 0 {
		t = time.Now().Add(g.patience.silence)
	}
	if g.patience.total > 0 {
		if end := g.began.Add(g.patience.total); t.IsZero() || end.Before(t) {
			t = end
		}
	}
	return t
}

// fail ends the connection for the given reason, if it has not ended before.
func (g *guardedConn) fail(reason error) {
	g.mu.Lock()
	if g.err == nil {
		g.err = reason
	}
	g.mu.Unlock()
	g.Conn.Close()
}

// reason is why the connection ended or is about to, nil if it has not or if it was closed without one.
func (g *guardedConn) reason() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	words, closed := parting(g.tail), errors.Is(g.err, net.ErrClosed)
	switch {
	case words != "" && (g.err == nil || g.err == io.EOF || closed): // whoever was the first to close it then
		return fmt.Errorf("the server closed the connection: %s", words)
	case g.err == io.EOF:
		return errors.New("the server closed the connection")
	case closed:
		return nil
	}
	return g.err
}

// parting finds the text of a BYE that is the last line of what came.
func parting(tail []byte) string {
	line, ended := bytes.CutSuffix(tail, []byte("\r\n"))
	if i := bytes.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	}
	words, isBye := strings.CutPrefix(string(line), "* BYE ")
	if !ended || !isBye {
		return ""
	}
	return words
}

// Read reads what the server sends, within the limits.
func (g *guardedConn) Read(b []byte) (int, error) {
	g.mu.Lock()
	if g.err != nil {
		defer g.mu.Unlock()
		return 0, g.err
	}
	g.Conn.SetReadDeadline(g.deadline())
	g.mu.Unlock()

	n, err := g.Conn.Read(b)

	g.mu.Lock()
	defer g.mu.Unlock()
	g.came += int64(n)
	const kept = 512
	if n >= kept {
		g.tail = append(g.tail[:0], b[n-kept:n]...)
	} else {
		g.tail = append(g.tail, b[:n]...)
		if over := len(g.tail) - kept; over > 0 {
			g.tail = append(g.tail[:0], g.tail[over:]...)
		}
	}
	switch {
	case g.err != nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.err = fmt.Errorf("the server gave no answer in %v", time.Since(g.began).Round(time.Second))
	case err != nil:
		g.err = err
	case g.came > g.patience.bytes:
		g.err = fmt.Errorf("the server sent more than the %d bytes that were expected", g.patience.bytes)
	default:
		return n, nil
	}
	return n, g.err
}

// Write sends a command. A line of only "=" is sent as an empty one: the library writes an empty SASL answer so, which is right
// in the command itself only (RFC 4959); servers that refuse an OAuth token want an empty line before they say why.
func (g *guardedConn) Write(b []byte) (int, error) {
	g.mu.Lock()
	err := g.err
	g.mu.Unlock()
	if err != nil {
		return 0, err
	}
	out := b
	if string(b) == "=\r\n" {
		out = []byte("\r\n")
	}
	g.Conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := g.Conn.Write(out); err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.err == nil {
			g.err = fmt.Errorf("sending to the server: %w", err)
		}
		return 0, g.err
	}
	return len(b), nil
}

// Close ends the connection.
func (g *guardedConn) Close() error {
	g.fail(net.ErrClosed)
	return nil
}

// SetDeadline does nothing.
func (g *guardedConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (g *guardedConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (g *guardedConn) SetWriteDeadline(time.Time) error { return nil }

// connect dials the server and protects the connection as configured.
func (m *Mailbox) connect(ctx context.Context) (*guardedConn, error) {
	dial := m.Dial
	if dial == nil {
		dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: time.Minute}
		dial = func(ctx context.Context, addr string) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", addr) }
	}
	conn, err := dial(ctx, m.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", m.Addr, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	switch m.Security {
	case Plain:
		if m.Dial == nil && !isLoopback(conn.RemoteAddr()) {
			conn.Close()
			return nil, &insecureError{m.Addr}
		}
		return &guardedConn{Conn: conn}, nil
	case StartTLS:
		conn.SetDeadline(time.Now().Add(dialTimeout))
		if err := askForTLS(conn); err != nil {
			conn.Close()
			return nil, fmt.Errorf("starting TLS with %s: %w", m.Addr, err)
		}
		conn.SetDeadline(time.Time{})
	}
	secure, err := m.handshake(ctx, conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("starting TLS with %s: %w", m.Addr, err)
	}
	conn = secure
	if m.Security == StartTLS {
		// The library wants to be greeted; what was said in clear text does not count.
		conn = &greeted{secure, strings.NewReader("* OK under TLS\r\n")}
	}
	return &guardedConn{Conn: conn}, nil
}

func (m *Mailbox) handshake(ctx context.Context, conn net.Conn) (net.Conn, error) {
	config := &tls.Config{}
	if m.TLS != nil {
		config = m.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = m.host()
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

func (m *Mailbox) host() string {
	host, _, err := net.SplitHostPort(m.Addr)
	if err != nil {
		return m.Addr
	}
	return host
}

func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// askForTLS takes the greeting and has STARTTLS accepted. It reads byte by byte, so that nothing said in clear text can be
// taken for something said under TLS.
func askForTLS(conn net.Conn) error {
	greeting, err := readLine(conn)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToUpper(greeting), "* OK") {
		return &startTLSError{greeting}
	}
	if _, err := io.WriteString(conn, "S1 STARTTLS\r\n"); err != nil {
		return err
	}
	for range 100 {
		line, err := readLine(conn)
		if err != nil {
			return err
		}
		answer, ours := strings.CutPrefix(strings.ToUpper(line), "S1 ")
		switch {
		case ours && strings.HasPrefix(answer, "OK"):
			return nil
		case ours:
			return &startTLSError{line}
		}
	}
	return &startTLSError{"too many lines"}
}

func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < 8<<10; {
		if _, err := io.ReadFull(r, b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimRight(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
	return "", errors.New("the server sent a line of more than 8 KiB")
}

// greeted is a connection with something to be read before what comes.
type greeted struct {
	net.Conn
	first io.Reader
}

// Read reads the words put in front, then what comes.
func (g *greeted) Read(b []byte) (int, error) {
	if n, err := g.first.Read(b); err != io.EOF {
		return n, err
	}
	return g.Conn.Read(b)
}

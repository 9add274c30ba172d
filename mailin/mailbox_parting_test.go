package mailin

import (
	"io"
	"net"
	"strings"
	"testing"
)

// The server has said why it goes. Whether its end of the connection is seen first, or ours is closed first, is chance.
func TestPartingWordsAreTheReasonWhoeverClosesFirst(t *testing.T) {
	for _, end := range []error{nil, io.EOF, net.ErrClosed} {
		g := &guardedConn{err: end, tail: []byte("* BYE too many connections\r\n")}
		if err := g.reason(); err == nil || !strings.Contains(err.Error(), "too many connections") {
			t.Errorf("after %v the reason is %v", end, err)
		}
		g.tail = []byte("* BYE bye\r\na7 OK done\r\n") // it was asked to
		if err := g.reason(); err != nil && end != io.EOF {
			t.Errorf("after %v and a LOGOUT the reason is %v", end, err)
		}
	}
}

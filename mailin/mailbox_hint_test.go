package mailin_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"daybreak/mailin"
)

func TestNetworkErrorsHaveAHintEach(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	refused := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	seen := map[string]string{}
	for _, c := range []struct {
		err  error
		hint string
	}{
		{dial(&net.DNSError{Name: "imap.exampel.com", IsNotFound: true}), `"imap.exampel.com"`},
		{dial(&net.DNSError{Name: "imap.example.com", IsTimeout: true}), "DNS"},
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "nothing listens there"},
		{dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), "network cannot be reached"},
		{dial(os.ErrDeadlineExceeded), "firewall"},
		{refused(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"}), "another name"},
		{refused(x509.UnknownAuthorityError{}), "signed by nobody"},
		{refused(x509.CertificateInvalidError{Reason: x509.Expired}), "clock"},
		{refused(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), "cannot be trusted"},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "does not speak TLS"},
	} {
		m := &mailin.Mailbox{Addr: "imap.example.com:993", Auth: password("secret"),
			Dial: func(context.Context, string) (net.Conn, error) { return nil, c.err }}
		_, err := m.Open(t.Context())
		hint := mailin.Hint(err)
		if !strings.Contains(hint, c.hint) || !strings.Contains(err.Error(), "imap.example.com:993") {
			t.Errorf("error %q with hint %q, want %q in it", err, hint, c.hint)
		}
		if other, twice := seen[hint]; twice {
			t.Errorf("%v and %s have the same hint %q", c.err, other, hint)
		}
		seen[hint] = fmt.Sprint(c.err)
	}
	if hint := mailin.Hint(errors.New("something else")); hint != "" {
		t.Errorf("a hint for anything: %q", hint)
	}
	if hint := mailin.Hint(nil); hint != "" {
		t.Errorf("a hint for nothing: %q", hint)
	}
}

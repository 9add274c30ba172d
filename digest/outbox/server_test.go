package outbox

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
)

// certify makes a server's certificate and the authorities that vouch for it.
func certify(t *testing.T, name string, until time.Time) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

func wantError(t *testing.T, err error, phase Phase, hint string) {
	t.Helper()
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if e.Phase != phase || !strings.Contains(e.Hint, hint) || e.Addr == "" || e.Line == "" {
		t.Errorf("%v: phase %q, hint %q; want %q, %q", err, e.Phase, e.Hint, phase, hint)
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(e.Hint, "secret") {
		t.Errorf("the password is in %q", err)
	}
}

func password(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func TestBothKindsOfTLSCarryMail(t *testing.T) {
	secure, authorities := certify(t, "smtp.example.com", time.Now().Add(time.Hour))
	for _, security := range []Security{ImplicitTLS, StartTLS} {
		s := &script{secure: secure, implicit: security == ImplicitTLS, extensions: []string{"STARTTLS", "AUTH PLAIN"}}
		server := s.server()
		server.Security, server.TLS = security, &tls.Config{RootCAs: authorities}
		server.Auth = Auth{User: "updates@example.com", Password: password("secret")}
		c, err := server.Connect(t.Context())
		if err != nil {
			t.Fatalf("%d: %v", security, err)
		}
		if r := c.Send(t.Context(), letter(1), noMark); r.Verdict != Accepted {
			t.Errorf("%d: %+v", security, r)
		}
		c.Close()
		s.serving.Wait()
		if got := s.all()[0].raw; got != string(letter(1).Raw) {
			t.Errorf("%d: came as %q", security, got)
		}
	}
}

func TestACertificateThatProvesNothingIsRefused(t *testing.T) {
	good, authorities := certify(t, "smtp.example.com", time.Now().Add(time.Hour))
	late, lateAuthorities := certify(t, "smtp.example.com", time.Now().Add(-time.Hour))
	other, otherAuthorities := certify(t, "mail.elsewhere.example", time.Now().Add(time.Hour))
	for _, c := range []struct {
		name        string
		secure      *tls.Config
		authorities *x509.CertPool
		hint        string
	}{
		{"nobody vouches", good, x509.NewCertPool(), "install ca-certificates"},
		{"expired", late, lateAuthorities, "has expired"},
		{"another name", other, otherAuthorities, "another name than smtp.example.com"},
	} {
		for security, phase := range map[Security]Phase{ImplicitTLS: PhaseTLS, StartTLS: PhaseStartTLS} {
			s := &script{secure: c.secure, implicit: security == ImplicitTLS, extensions: []string{"STARTTLS", "AUTH PLAIN"}}
			server := s.server()
			server.Security, server.TLS = security, &tls.Config{RootCAs: c.authorities}
			server.Auth = Auth{User: "u", Password: password("secret")}
			_, err := server.Connect(t.Context())
			wantError(t, err, phase, c.hint)
			s.serving.Wait()
			if strings.Contains(s.commands(), "AUTH") {
				t.Errorf("%s: a login was tried", c.name)
			}
		}
	}
	_ = authorities
}

func TestStartTLSNeverFallsBack(t *testing.T) {
	for name, s := range map[string]*script{
		"not offered": {extensions: []string{"AUTH PLAIN"}},
		"refused":     {extensions: []string{"STARTTLS", "AUTH PLAIN"}, does: func(_, _ int, p Phase) string { return map[Phase]string{PhaseStartTLS: "454 no"}[p] }},
		"EHLO refused": {does: func(_, _ int, p Phase) string {
			return map[Phase]string{PhaseHello: "502 what"}[p]
		}},
		"go and stay in the clear": {extensions: []string{"STARTTLS", "AUTH PLAIN"}, does: func(_, _ int, p Phase) string {
			return map[Phase]string{PhaseStartTLS: "220 go\r\n250 script"}[p]
		}},
	} {
		server := s.server()
		server.Security = StartTLS
		server.Auth = Auth{User: "u", Password: password("secret")}
		_, err := server.Connect(t.Context())
		if e := (*Error)(nil); !errors.As(err, &e) || (e.Phase != PhaseStartTLS && e.Phase != PhaseHello) {
			t.Errorf("%s: %v", name, err)
		}
		s.serving.Wait()
		if heard := s.commands(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "MAIL") {
			t.Errorf("%s: heard\n%s", name, heard)
		}
	}
}

func TestTheClearIsForThisMachineOnly(t *testing.T) {
	_, err := (&Server{Addr: "smtp.example.com:25", Security: Plain}).Connect(t.Context())
	wantError(t, err, PhaseSetup, "smtps://smtp.example.com:465")
	for _, addr := range []string{"127.0.0.1:1", "[::1]:1", "localhost:1", "127.8.8.8:1"} {
		_, err := (&Server{Addr: addr, Security: Plain}).Connect(t.Context())
		wantError(t, err, PhaseDial, "nc -vz")
	}
	for _, addr := range []string{"127.0.0.1.example.com:25", "10.0.0.1:25", "localhost.example.com:25", "[::2]:25", ":25"} {
		_, err := (&Server{Addr: addr, Security: Plain}).Connect(t.Context())
		wantError(t, err, PhaseSetup, "smtps://")
	}
}

// startMail starts go-smtp and go-imap in memory.
func startMail(t *testing.T, o mailtest.Options) *mailtest.Server {
	t.Helper()
	there, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	if idle, err := there.DialIMAP(t.Context()); err == nil { // go-imap's server may not be closed before it has begun
		idle.Close()
	}
	t.Cleanup(func() {
		if err := there.Close(); err != nil {
			t.Error(err)
		}
	})
	return there
}

func TestOneCanLogInByPasswordAndByToken(t *testing.T) {
	for _, c := range []struct {
		name string
		mail mailtest.Options
		auth Auth
		fail bool
	}{
		{"password", mailtest.Options{Password: "right"}, Auth{Password: password("right")}, false},
		{"wrong password", mailtest.Options{Password: "right"}, Auth{Password: password("secret")}, true},
		{"token", mailtest.Options{Token: "right"}, Auth{Token: password("right")}, false},
		{"wrong token", mailtest.Options{Token: "right"}, Auth{Token: password("secret")}, true},
		{"a token where passwords are wanted", mailtest.Options{Password: "right"}, Auth{Token: password("right")}, true},
	} {
		c.mail.Address = "updates@example.com"
		there := startMail(t, c.mail)
		server := &Server{Addr: "smtp.example.com:587", Security: Plain, Auth: c.auth,
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return there.DialSMTP(ctx) }}
		server.Auth.User = "updates@example.com"
		conn, err := server.Connect(t.Context())
		if c.fail {
			wantError(t, err, PhaseAuth, "")
		} else if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else {
			if r := conn.Send(t.Context(), letter(1), noMark); r.Verdict != Accepted {
				t.Errorf("%s: %+v", c.name, r)
			}
			conn.Close()
		}
	}
}

func TestEachWayToLogInIsSpoken(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00updates@example.com\x00right"))
	for offer, want := range map[string]string{
		"LOGIN PLAIN":               "AUTH PLAIN " + plain,
		"LOGIN CRAM-MD5":            "AUTH LOGIN",
		"SCRAM-SHA-256 CRAM-MD5":    "AUTH SCRAM-SHA-256",
		"SCRAM-SHA-1":               "AUTH SCRAM-SHA-1",
		"CRAM-MD5":                  "AUTH CRAM-MD5",
		"GSSAPI":                    "",
		"XOAUTH2 PLAIN":             "AUTH PLAIN",
		"OAUTHBEARER XOAUTH2":       "AUTH XOAUTH2 " + base64.StdEncoding.EncodeToString([]byte("user=updates@example.com\x01auth=Bearer tok\x01\x01")),
		"OAUTHBEARER":               "AUTH OAUTHBEARER " + base64.StdEncoding.EncodeToString([]byte("n,a=updates@example.com,\x01host=smtp.example.com\x01port=587\x01auth=Bearer tok\x01\x01")),
		"XOAUTH2 PLAIN-CLIENTTOKEN": "AUTH XOAUTH2",
	} {
		s := &script{extensions: []string{"AUTH " + offer}}
		server := s.server()
		server.Auth = Auth{User: "updates@example.com", Password: password("right")}
		if strings.Contains(want, "OAUTH") {
			server.Auth.Token = password("tok")
		}
		c, err := server.Connect(t.Context())
		if want == "" {
			wantError(t, err, PhaseAuth, "")
		} else if err == nil {
			c.Close()
		}
		if !strings.Contains(s.commands(), want) || (want == "" && strings.Contains(s.commands(), "AUTH")) {
			t.Errorf("%s offered: heard\n%s", offer, s.commands())
		}
	}
}

func TestARefusedTokenTellsWhy(t *testing.T) {
	challenge := base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer"}`))
	for _, mech := range []string{"XOAUTH2", "OAUTHBEARER"} {
		s := &script{extensions: []string{"AUTH " + mech}, does: func(_, _ int, p Phase) string {
			return map[Phase]string{PhaseAuth: "334 " + challenge, "": "535 5.7.8 no"}[p]
		}}
		server := s.server()
		server.Auth = Auth{User: "u", Token: password("secret")}
		_, err := server.Connect(t.Context())
		wantError(t, err, PhaseAuth, "daybreak init")
		answer := map[string]string{"XOAUTH2": "", "OAUTHBEARER": "AQ=="}[mech]
		if heard := strings.Split(s.commands(), "\n"); heard[2] != answer {
			t.Errorf("%s: the challenge was answered by %q", mech, heard[2])
		}
	}
}

func TestHintsNameTheRemedy(t *testing.T) {
	for _, c := range []struct {
		host  string
		phase Phase
		code  int
		says  string
		want  string
	}{
		{"smtp.example.com", PhaseAuth, 535, "5.7.8 bad credentials", "check user and the password"},
		{"smtp.gmail.com", PhaseAuth, 535, "5.7.8 Username and Password not accepted. abc.1 - gsmtp", "apppasswords"},
		{"smtp.gmail.com", PhaseAuth, 534, "5.7.9 Application-specific password required.", "apppasswords"},
		{"smtp-relay.example.com", PhaseAuth, 534, "5.7.9 Application-specific password required. gsmtp", "apppasswords"},
		{"smtp.office365.com", PhaseAuth, 535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.", "Set-CASMailbox -Identity updates@example.com"},
		{"smtp.office365.com", PhaseAuth, 550, "5.7.30 Basic authentication is not supported for Client Submission.", "[smtp.oauth]"},
		{"smtp.office365.com", PhaseAuth, 535, "5.7.3 Authentication unsuccessful: basic authentication is disabled", "[smtp.oauth]"},
		{"smtp.example.com", PhaseRcpt, 554, "5.7.1 <x@y>: Relay access denied", "without a login"},
		{"smtp.example.com", PhaseRcpt, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "without a login"},
		{"smtp.example.com", PhaseMail, 530, "5.7.0 Must issue STARTTLS first", "wants a login first"},
		{"smtp.example.com", PhaseMail, 553, "5.7.1 <a@b>: Sender address rejected: not owned by user c@d", "updates@example.com send as"},
		{"smtp.office365.com", PhaseDot, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "send as"},
		{"smtp.office365.com", PhaseDot, 554, "5.2.252 SendAsDenied; updates@example.com not allowed to send as x@y", "send as"},
		{"smtp.example.com", PhaseRcpt, 550, "5.1.1 no such user", "daybreak team apply"},
		{"smtp.example.com", PhaseDot, 550, "5.7.1 spam", ""},
	} {
		server := &Server{Addr: c.host + ":587", Auth: Auth{User: "updates@example.com"}}
		e := server.explain(fail(c.phase, &textproto.Error{Code: c.code, Msg: c.says}))
		if !strings.Contains(e.Hint, c.want) || (c.want == "" && e.Hint != "") {
			t.Errorf("%s: %v: hint %q, want %q", c.host, e, e.Hint, c.want)
		}
	}
}

func TestNetworkTroublesAreToldApart(t *testing.T) {
	dialing := func(err error) error {
		_, err = (&Server{Addr: "smtp.example.com:25", Dial: func(context.Context, string, string) (net.Conn, error) { return nil, err }}).Connect(t.Context())
		return err
	}
	wantError(t, dialing(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "smtp.example.com", IsNotFound: true}}), PhaseDial, "there is no server named smtp.example.com")
	wantError(t, dialing(&net.DNSError{Err: "server misbehaving", Name: "smtp.example.com", IsTemporary: true}), PhaseDial, "getent hosts")
	wantError(t, dialing(errors.New("connection refused")), PhaseDial, "port 25")
	plain := &script{network: true}
	server := plain.server()
	server.Security = ImplicitTLS
	_, err := server.Connect(t.Context())
	wantError(t, err, PhaseTLS, "smtp+starttls://smtp.example.com:587")
}

func TestOurNameIsTheAddressIfNoneIsGiven(t *testing.T) {
	for ip, want := range map[string]string{"192.0.2.1": "[192.0.2.1]", "2001:db8::1": "[IPv6:2001:db8::1]", "": "localhost"} {
		client, server := net.Pipe()
		server.Close()
		var conn net.Conn = client
		if ip != "" {
			conn = addressed{client, &net.TCPAddr{IP: net.ParseIP(ip)}}
		}
		if got := (&Server{}).hello(conn); got != want {
			t.Errorf("%s greets as %s, want %s", ip, got, want)
		}
	}
}

type addressed struct {
	net.Conn
	local net.Addr
}

func (a addressed) LocalAddr() net.Addr { return a.local }

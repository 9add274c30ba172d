package outbox

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// explain adds the server's address and what can be done about the error.
func (s *Server) explain(e *Error) *Error {
	if e.Addr == "" {
		e.Addr = s.Addr
	}
	if e.Hint == "" {
		e.Hint = s.hint(e)
	}
	return e
}

func (s *Server) hint(e *Error) string {
	host, port := s.host(), s.port()
	switch e.Phase {
	case PhaseDial:
		if dns := (*net.DNSError)(nil); errors.As(e.Err, &dns) {
			if dns.IsNotFound {
				return fmt.Sprintf("there is no server named %s; correct url under [smtp]", host)
			}
			return fmt.Sprintf("the name %s cannot be looked up; try: getent hosts %s", host, host)
		}
		if port == "25" {
			return "many networks block port 25; use smtps:// with port 465 or smtp+starttls:// with port 587"
		}
		return fmt.Sprintf("is the port open from here? try: nc -vz %s %s", host, port)
	case PhaseTLS, PhaseStartTLS, PhaseGreeting, PhaseHello:
		return s.hintTLS(e)
	case PhaseAuth:
		return s.hintLogin(e)
	}
	switch {
	case limited(e):
		return "the provider lets no more be sent for now; daybreak goes on when it does; a slower pace under [smtp] keeps below its limit"
	case needsLogin(e):
		return "the server wants a login first; set user and password_file under [smtp]"
	case notOwned(e):
		return fmt.Sprintf("the server does not let %s send as this address; set address to that of the login, or allow it to send as the other", s.user())
	case relayDenied(e):
		return "the server does not send to strangers without a login; set user and password_file under [smtp], or use your provider's submission server"
	case e.Phase == PhaseSetup:
		return ""
	case distrusted(e):
		return "the server refuses this machine, domain or account; ask your provider, or use another submission server: url under [smtp]"
	case slices.Contains([]string{"5.1.1", "5.1.0", "5.1.2", "5.1.3", "5.1.10"}, e.Enhanced):
		return "the address does not exist; correct it in the team file and run: daybreak team apply FILE"
	case e.Phase == PhaseMail && e.Code >= 500 && !aboutTheMail(e) && s.Auth.Password == nil && s.Auth.Token == nil:
		return "the server takes no mail from this sender; set user and password_file under [smtp], or use your provider's submission server"
	case e.Phase == PhaseMail && e.Code >= 500 && !aboutTheMail(e):
		return fmt.Sprintf("the server takes no mail from this sender; set address to one that %s may send as", s.user())
	}
	return ""
}

func (s *Server) hintTLS(e *Error) string {
	host, port := s.host(), s.port()
	var (
		record  tls.RecordHeaderError
		name    x509.HostnameError
		issuer  x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(e.Err, &record):
		return fmt.Sprintf("port %s does not begin with TLS; try: url = \"smtp+starttls://%s:587\"", port, host)
	case errors.As(e.Err, &name):
		return fmt.Sprintf("the certificate is for another name than %s; write the server's own name in url under [smtp]", host)
	case errors.As(e.Err, &issuer):
		return fmt.Sprintf("the certificate of %s is signed by nobody this machine trusts; install ca-certificates, or the authority that signed it", host)
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s has expired, or this machine's clock is wrong", host)
	case e.Phase == PhaseStartTLS:
		return fmt.Sprintf("daybreak sends nothing in the clear; try: url = \"smtps://%s:465\"", host)
	case e.Phase == PhaseGreeting && s.Security != ImplicitTLS && e.Code == 0:
		return fmt.Sprintf("if port %s begins with TLS, write: url = \"smtps://%s:%s\"", port, host, port)
	}
	return ""
}

func (s *Server) hintLogin(e *Error) string {
	host, line := strings.ToLower(s.host()), strings.ToLower(e.Line)
	gmail := strings.HasSuffix(host, "gmail.com") || strings.HasSuffix(host, "google.com") || strings.Contains(line, "gsmtp")
	switch {
	case e.Enhanced == "5.7.30" || e.Enhanced == "5.7.139" || strings.Contains(line, "basic authentication is disabled") ||
		strings.Contains(line, "smtpclientauthentication is disabled"):
		return "Microsoft 365 takes no password here; set up [smtp.oauth], or have an admin allow it: Set-CASMailbox -Identity " +
			s.user() + " -SmtpClientAuthenticationDisabled $false"
	case strings.Contains(line, "application-specific password") || (gmail && (e.Code == 534 || e.Code == 535) && s.Auth.Token == nil):
		return "Google wants an app password, not the account's; turn on 2-step verification and make one at https://myaccount.google.com/apppasswords"
	case e.Code == 535 && s.Auth.Token != nil:
		return "the token was refused; log in anew with: daybreak init"
	case e.Code == 535 || e.Code == 534 || e.Code == 538:
		return "check user and the password under [smtp]; many providers want an app password made for this program"
	}
	return ""
}

func (s *Server) user() string {
	if s.Auth.User == "" {
		return "this login"
	}
	return s.Auth.User
}

package mailin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/emersion/go-imap/v2"
)

// insecureError is a configuration that would send a password in clear text over a network.
type insecureError struct{ addr string }

// Error names the server.
func (e *insecureError) Error() string {
	return fmt.Sprintf("%s is not on this machine, and the connection would not be encrypted", e.addr)
}

// storeError is a trouble with our own database while the server is well.
type storeError struct{ err error }

// Error says what was being done.
func (e *storeError) Error() string { return e.err.Error() }

// Unwrap gives the database's error.
func (e *storeError) Unwrap() error { return e.err }

// LoginRefused tells whether the error of a Mailbox is that the server judged us and does not let us in.
func LoginRefused(err error) bool {
	login := (*loginError)(nil)
	return errors.As(err, &login) && !login.busy()
}

// FolderRefused tells whether the error of a Mailbox is that a folder is missing, or not to be read by us.
func FolderRefused(err error) bool {
	folder := (*folderError)(nil)
	return errors.As(err, &folder)
}

// startTLSError is a server that does not let us encrypt.
type startTLSError struct{ words string }

// Error gives the server's own words.
func (e *startTLSError) Error() string { return fmt.Sprintf("the server refuses: %s", e.words) }

// folderError is a folder that cannot be opened.
type folderError struct {
	folder string
	err    error
}

// Error gives the server's own words.
func (e *folderError) Error() string {
	return fmt.Sprintf("opening the folder %s: %v", e.folder, e.err)
}

// Unwrap gives the server's answer.
func (e *folderError) Unwrap() error { return e.err }

// forbidden tells whether the folder is there and not for us (RFC 5530).
func (e *folderError) forbidden() bool {
	var answer *imap.Error
	return errors.As(e.err, &answer) && answer.Code == imap.ResponseCodeNoPerm
}

// Hint says in one sentence what a person can do about an error of a Mailbox, "" if there is nothing to say.
func Hint(err error) string {
	var (
		login    *loginError
		insecure *insecureError
		startTLS *startTLSError
		folder   *folderError
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &login):
		return login.hint()
	case errors.As(err, &insecure):
		return "write the url with imaps:// or imap+starttls:// under [imap]"
	case errors.As(err, &startTLS):
		return "the server does no STARTTLS on this port; write the url as imaps://HOST:993 under [imap]"
	case errors.As(err, &folder) && folder.forbidden():
		return fmt.Sprintf("the user under [imap] may not read %s; whoever owns that folder has to allow it (the rights l and r)", folder.folder)
	case errors.As(err, &folder):
		return "check that the folder exists; INBOX always does"
	}
	if hint := tlsHint(err); hint != "" {
		return hint
	}
	return networkHint(err)
}

func tlsHint(err error) string {
	var (
		record    tls.RecordHeaderError
		hostname  x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &record):
		return "the server does not speak TLS on this port; try imap+starttls://HOST:143, or imaps://HOST:993"
	case errors.As(err, &hostname):
		return "the certificate is for another name; write the server's own name in the url under [imap]"
	case errors.As(err, &authority):
		return "the certificate is signed by nobody this machine trusts; install the authority's certificate in the system's store"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate is out of date, or this machine's clock is wrong; compare it with: date -u"
	case errors.As(err, &verify):
		return "the server's certificate cannot be trusted; ask who runs the server"
	}
	return ""
}

func networkHint(err error) string {
	var (
		dns     *net.DNSError
		network *net.OpError
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("no server is called %q; check the url under [imap]", dns.Name)
	case errors.As(err, &dns):
		return "names cannot be looked up; check this machine's network and DNS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there; check host and port of the url under [imap]"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		return "the network cannot be reached; check this machine's connection"
	case errors.As(err, &network) && network.Op == "dial" && (network.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)):
		return "the server does not answer; check host and port, and whether a firewall lets the connection out"
	}
	return ""
}

func (e *loginError) hint() string {
	words := strings.ToLower(e.err.Error())
	says := func(phrases ...string) bool {
		for _, p := range phrases {
			if strings.Contains(words, p) {
				return true
			}
		}
		return false
	}
	microsoft := hostIs(e.host, "outlook.com", "office365.com", "office.com", "hotmail.com")
	switch {
	case e.busy():
		return "the server is busy or has too many connections open; it is tried again, and closing other mail clients may help"
	case says("application-specific password", "app password", "app-specific password"):
		return appPassword(e.host)
	case says("basic authentication is disabled", "basicauthblocked", "basic auth"), microsoft && !e.token:
		return "Microsoft takes no passwords here; set up [imap.oauth] instead of a password"
	case says("not enabled for imap", "imap access is disabled", "imap is disabled", "enable imap"):
		return "IMAP is switched off for this account; switch it on in the provider's settings"
	case says("web browser", "web login required"):
		return "the provider wants a sign-in by web first; sign in once in a browser, then use an app password"
	case errors.Is(e.err, errNoMechanism) && !e.token:
		return "the server wants another way to log in; write imaps:// or imap+starttls:// in the url, or set up [imap.oauth]"
	case errors.Is(e.err, errNoMechanism):
		return "the server takes no access tokens; use a password instead of [imap.oauth]"
	case e.token:
		return "the access token was refused; authorise the account anew, with the scope " + scope(microsoft)
	case hostIs(e.host, "gmail.com", "googlemail.com", "yahoo.com", "aol.com", "icloud.com", "me.com", "fastmail.com", "zoho.com"):
		return appPassword(e.host)
	}
	return "check user and password_file under [imap]; the password may have changed"
}

func appPassword(host string) string {
	const plain = "this provider wants an app password instead of the one you sign in with; make one in its security settings"
	switch {
	case hostIs(host, "gmail.com", "googlemail.com"):
		return plain + ": https://myaccount.google.com/apppasswords"
	case hostIs(host, "icloud.com", "me.com"):
		return plain + ": https://account.apple.com"
	}
	return plain
}

func scope(microsoft bool) string {
	if microsoft {
		return "https://outlook.office.com/IMAP.AccessAsUser.All"
	}
	return "that gives IMAP access (https://mail.google.com/ at Google)"
}

func hostIs(host string, domains ...string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, d := range domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

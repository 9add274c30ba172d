package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"text/template"
	"time"
)

// TB is the part of testing.TB that the helpers here need, so that the demo does not carry package testing.
type TB interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Cleanup(func())
	Failed() bool
	TempDir() string
}

// DovecotServer is a real Dovecot with one mailbox, in a directory and on ports of its own.
type DovecotServer struct {
	Addr     string // clear text and STARTTLS, as 127.0.0.1:port
	TLSAddr  string // implicit TLS
	User     string
	Password string
	Roots    *x509.CertPool // trust its certificate, which is for localhost and 127.0.0.1
	LMTPAddr string         // "" unless it delivers

	o     DovecotOptions
	t     TB
	dir   string
	uid   int
	gid   int
	mails atomic.Int64
	run   *exec.Cmd
}

// DovecotOptions are what a Dovecot does besides serving one mailbox by IMAP.
type DovecotOptions struct {
	// Delivers has it take mail by LMTP, for the mailbox and for the other users.
	Delivers bool
	// Submission is the SMTP server, as host:port, to which it hands the mails that its users' scripts write.
	Submission string
	// Scripts are the Sieve scripts of the other users, by address; "" is none.
	Scripts map[string]string
	// Sent is the name of a folder whose special use is to hold sent mail.
	Sent string
	// Rights has it ask for what its user may do in each folder: see Allow.
	Rights bool
	// Quota is how many bytes the mailbox may hold; 0: as many as there are. Deliver does not ask for it.
	Quota int64
}

// Dovecot starts a Dovecot that ends with the test. Without one installed the test is skipped, or fails if the environment has
// DAYBREAK_REAL=1.
func Dovecot(t TB) *DovecotServer {
	t.Helper()
	return DovecotWith(t, DovecotOptions{})
}

// DovecotWith is a Dovecot that does more.
func DovecotWith(t TB, o DovecotOptions) *DovecotServer {
	t.Helper()
	_, err := exec.LookPath("dovecot")
	needs := "dovecot-imapd"
	if o.Delivers {
		needs += " dovecot-lmtpd dovecot-sieve"
		for _, part := range []string{"/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/modules/lib90_sieve_plugin.so"} {
			if _, missing := os.Stat(part); missing != nil {
				err = missing
			}
		}
	}
	if err != nil {
		if os.Getenv("DAYBREAK_REAL") == "1" {
			t.Fatalf("dovecot is not installed; try: apt-get install %s", needs)
		}
		t.Skipf("dovecot is not installed; try: apt-get install %s", needs)
	}
	d := &DovecotServer{t: t, User: "updates@example.com", Password: "correct horse", o: o}
	if err := d.prepare(); err != nil {
		t.Fatalf("preparing dovecot: %v", err)
	}
	t.Cleanup(func() {
		d.Stop()
		if log, err := os.ReadFile(filepath.Join(d.dir, "log")); err == nil && t.Failed() {
			t.Logf("dovecot said:\n%s", lastOf(log))
		}
		os.RemoveAll(d.dir)
	})
	d.Start()
	return d
}

var dovecotConfig = template.Must(template.New("dovecot.conf").Parse(`
protocols = imap {{if .LMTPPort}}lmtp{{end}}
listen = 127.0.0.1
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
log_path = {{.Dir}}/log
default_internal_user = {{.Internal}}
default_internal_group = {{.InternalGroup}}
default_login_user = {{.Login}}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {{.UID}}
mail_gid = {{.GID}}
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{{.Dir}}/cert.pem
ssl_key = <{{.Dir}}/key.pem
login_trusted_networks = 127.0.0.0/8
mail_max_userip_connections = 100
mail_fsync = never
auth_failure_delay = 0
{{- if .Sent}}
namespace inbox {
  inbox = yes
  mailbox "{{.Sent}}" {
    special_use = \Sent
    auto = create
  }
}
{{- end}}
{{- if .Rights}}
mail_plugins = acl
plugin {
  acl = vfile::cache_secs=0
}
{{- end}}
{{- if .Quota}}
mail_plugins = $mail_plugins quota
plugin {
  quota = count:mailbox
  quota_vsizes = yes
  quota_rule = *:bytes={{.Quota}}
  quota_grace = 0
}
protocol imap {
  mail_plugins = $mail_plugins imap_quota
}
{{- end}}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {{.Dir}}/users
}
userdb {
  driver = passwd-file
  args = username_format=%u {{.Dir}}/users
}
service imap-login {
  chroot =
  inet_listener imap {
    port = {{.Port}}
  }
  inet_listener imaps {
    port = {{.TLSPort}}
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
{{- if .LMTPPort}}
service lmtp {
  inet_listener lmtp {
    port = {{.LMTPPort}}
  }
}
protocol lmtp {
  mail_plugins = sieve
  postmaster_address = postmaster@example.com
}
submission_host = {{.Submission}}
plugin {
  sieve = file:~/sieve;active=~/script.sieve
}
{{- end}}
`))

// prepare writes everything that Dovecot reads.
func (d *DovecotServer) prepare() error {
	dir, err := os.MkdirTemp("", "dove") // short: a socket's path has at most 107 bytes
	if err != nil {
		return err
	}
	d.dir = dir
	me, err := user.Current()
	if err != nil {
		return err
	}
	internal, login, group := me.Username, me.Username, ""
	d.uid, d.gid = os.Getuid(), os.Getgid()
	if g, err := user.LookupGroupId(strconv.Itoa(d.gid)); err == nil {
		group = g.Name
	}
	if d.uid == 0 { // Dovecot serves no mail to root
		internal, login, group = "dovecot", "dovenull", "dovecot"
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return err
		}
		d.uid, _ = strconv.Atoi(nobody.Uid)
		d.gid, _ = strconv.Atoi(nobody.Gid)
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	d.Addr = fmt.Sprintf("127.0.0.1:%d", ports[0])
	d.TLSAddr = fmt.Sprintf("127.0.0.1:%d", ports[1])
	lmtp := 0
	if d.o.Delivers {
		lmtp = ports[2]
		d.LMTPAddr = fmt.Sprintf("127.0.0.1:%d", lmtp)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	users, err := d.makeUsers()
	if err != nil {
		return err
	}
	certificate, key, err := selfSigned()
	if err != nil {
		return err
	}
	d.Roots = x509.NewCertPool()
	d.Roots.AppendCertsFromPEM(certificate)
	var config bytes.Buffer
	err = dovecotConfig.Execute(&config, map[string]any{"Dir": dir, "Internal": internal, "InternalGroup": group, "Login": login,
		"UID": d.uid, "GID": d.gid, "Port": ports[0], "TLSPort": ports[1], "LMTPPort": lmtp, "Sent": d.o.Sent, "Submission": d.o.Submission,
		"Rights": d.o.Rights, "Quota": d.o.Quota})
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"users": []byte(users), "cert.pem": certificate, "key.pem": key, "dovecot.conf": config.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// makeUsers makes the users' directories and gives their lines in the file of users.
func (d *DovecotServer) makeUsers() (lines string, err error) {
	user := func(name, home, mail, script string) {
		for _, sub := range []string{home, mail, mail + "/cur", mail + "/new", mail + "/tmp"} {
			path := filepath.Join(d.dir, sub)
			err = errors.Join(err, os.MkdirAll(path, 0o700), os.Chown(path, d.uid, d.gid))
		}
		if script != "" {
			err = errors.Join(err, os.WriteFile(filepath.Join(d.dir, home, "script.sieve"), []byte(script), 0o644))
		}
		lines += fmt.Sprintf("%s:{PLAIN}%s:%d:%d::%s::userdb_mail=maildir:%s\n", name, d.Password, d.uid, d.gid, filepath.Join(d.dir, home),
			filepath.Join(d.dir, mail))
	}
	user(d.User, "home", "mail", "")
	for name, script := range d.o.Scripts {
		user(name, name, name+"/mail", script)
	}
	return lines, err
}

// lastOf is the end of a log.
func lastOf(log []byte) []byte { return log[max(0, len(log)-4096):] }

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// selfSigned makes a certificate for localhost.
func selfSigned() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// Start starts a stopped Dovecot on the same ports, and returns when it greets.
func (d *DovecotServer) Start() {
	d.t.Helper()
	if d.run != nil {
		return
	}
	d.run = exec.Command("dovecot", "-F", "-c", filepath.Join(d.dir, "dovecot.conf"))
	log, err := os.OpenFile(filepath.Join(d.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		d.t.Fatalf("starting dovecot: %v", err)
	}
	defer log.Close()
	d.run.Stdout, d.run.Stderr = log, log
	d.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that Stop finds all its processes
	os.Remove(filepath.Join(d.dir, "run/master.pid"))
	if err := d.run.Start(); err != nil {
		d.t.Fatalf("starting dovecot: %v", err)
	}
	for tries := 0; ; tries++ {
		if greets(d.Addr, "* OK") {
			return
		}
		if tries == 200 {
			said, _ := os.ReadFile(log.Name())
			d.t.Fatalf("dovecot does not answer: %s", lastOf(said))
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// greets tells whether a server answers with what its protocol begins with.
func greets(addr, with string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	greeting := make([]byte, len(with))
	_, err = io.ReadFull(conn, greeting)
	return err == nil && string(greeting) == with
}

// Stop ends Dovecot with all its connections. The mails stay.
func (d *DovecotServer) Stop() {
	if d.run == nil {
		return
	}
	ended := make(chan struct{})
	go func(run *exec.Cmd) {
		run.Wait()
		close(ended)
	}(d.run)
	d.run.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(200 * time.Millisecond): // it waits for its parts, which may be just starting
	}
	syscall.Kill(-d.run.Process.Pid, syscall.SIGKILL)
	<-ended
	d.run = nil
}

// Folder makes a folder beside the inbox.
func (d *DovecotServer) Folder(name string) {
	d.t.Helper()
	for _, sub := range []string{"", "cur", "new", "tmp"} {
		path := filepath.Join(d.folder(name), sub)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.Chown(path, d.uid, d.gid)); err != nil {
			d.t.Fatalf("making a folder: %v", err)
		}
	}
}

// folder is the directory of a folder.
func (d *DovecotServer) folder(name string) string {
	if name == "INBOX" {
		return filepath.Join(d.dir, "mail")
	}
	return filepath.Join(d.dir, "mail", "."+name)
}

// Allow lets the user do in a folder what the letters of RFC 4314 say: l to see it, r to read, s to mark as seen, i to put mail there, and so on.
// "all" gives all rights back. It takes effect when the folder is opened the next time.
func (d *DovecotServer) Allow(name, rights string) {
	d.t.Helper()
	path := filepath.Join(d.folder(name), "dovecot-acl")
	if rights == "all" {
		rights = "lrwstipekxa"
	}
	fresh := path + ".new"
	err := errors.Join(os.WriteFile(fresh, []byte("owner "+rights+"\n"), 0o600), os.Chown(fresh, d.uid, d.gid), os.Rename(fresh, path))
	if err != nil {
		d.t.Fatalf("changing what may be done in a folder: %v", err)
	}
}

// DeliverInto puts a mail into a folder, as its owner's filter does.
func (d *DovecotServer) DeliverInto(name string, raw []byte) {
	d.t.Helper()
	d.put(strings.TrimPrefix(d.folder(name), d.dir), raw, time.Now())
}

// Seen is how many mails of a folder are marked as read.
func (d *DovecotServer) Seen(name string) int {
	seen, _ := filepath.Glob(filepath.Join(d.folder(name), "cur", "*:2,*S*"))
	return len(seen)
}

// Deliver puts a mail into the inbox as a delivery agent does, byte for byte except that lines end with CRLF when it is read.
func (d *DovecotServer) Deliver(raw []byte) { d.DeliverAt(raw, time.Now()) }

// DeliverAt puts a mail into the inbox that arrived at the given time.
func (d *DovecotServer) DeliverAt(raw []byte, at time.Time) {
	d.t.Helper()
	d.put("mail", raw, at)
}

// DeliverTo puts a mail into the inbox of another user.
func (d *DovecotServer) DeliverTo(user string, raw []byte) {
	d.t.Helper()
	d.put(user+"/mail", raw, time.Now())
}

// File puts a mail into the folder of sent mails, which has to be there: a client has to have asked for it.
func (d *DovecotServer) File(raw []byte) {
	d.t.Helper()
	d.put("mail/."+d.o.Sent, raw, time.Now())
}

func (d *DovecotServer) put(folder string, raw []byte, at time.Time) {
	d.t.Helper()
	name := fmt.Sprintf("%d.%08d.test", at.Unix(), d.mails.Add(1))
	path := filepath.Join(d.dir, "mail/tmp", name)
	err := errors.Join(os.WriteFile(path, raw, 0o600), os.Chown(path, d.uid, d.gid), os.Chtimes(path, at, at),
		os.Rename(path, filepath.Join(d.dir, folder, "new", name)))
	if err != nil {
		d.t.Fatalf("delivering a mail: %v", err)
	}
}

// Expunge removes all mails that hold the words, as another client would.
func (d *DovecotServer) Expunge(words string) {
	d.t.Helper()
	for _, path := range d.files() {
		if raw, err := os.ReadFile(path); err == nil && strings.Contains(string(raw), words) {
			if err := os.Remove(path); err != nil {
				d.t.Fatalf("removing a mail: %v", err)
			}
		}
	}
}

func (d *DovecotServer) files() []string {
	inNew, _ := filepath.Glob(filepath.Join(d.dir, "mail/new/*"))
	inCur, _ := filepath.Glob(filepath.Join(d.dir, "mail/cur/*"))
	return append(inCur, inNew...)
}

// ResetValidity makes Dovecot forget its numbers: the mails stay, with new UIDs and a new UIDVALIDITY. It restarts Dovecot.
func (d *DovecotServer) ResetValidity() {
	d.t.Helper()
	d.Stop()
	old, _ := filepath.Glob(filepath.Join(d.dir, "mail/dovecot*"))
	for _, path := range old {
		if err := os.RemoveAll(path); err != nil {
			d.t.Fatalf("resetting the inbox: %v", err)
		}
	}
	// A new UIDVALIDITY is the time in seconds: it must not be the same as the old one.
	time.Sleep(1100 * time.Millisecond)
	d.Start()
}

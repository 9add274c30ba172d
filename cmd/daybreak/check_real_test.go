package main

import (
	"net"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
)

func TestInitAndCheckAgainstDovecot(t *testing.T) {
	box := mailtest.Dovecot(t)
	out := mailServers(t, func(o *mailtest.Options) {
		o.Address, o.Password = "relay@relay.example", ""
		o.OnDelivery = func(d mailtest.Delivery) { box.Deliver(mailtest.Transit(d.Raw, time.Now(), d.To)) }
	})
	box.Deliver([]byte("From: someone@example.com\r\nX-Daybreak-Probe: an old one\r\n\r\nwas here before\r\n"))
	_, port, err := net.SplitHostPort(out.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	servers := []string{"init", "--address", box.User, "--imap", "imap://" + box.Addr, "--smtp", "smtp://127.0.0.1:" + port}
	code, said := typed(t, dir, out, "wrong\np\n"+box.Password+"\n", servers...)
	for _, part := range []string{"logging in as updates@example.com", "check user and password_file", "ok: IMAP imap://" + box.Addr, "ok: SMTP smtp://SMTP\n", "wrote daybreak.toml"} {
		if code != 0 || !strings.Contains(said, part) {
			t.Fatalf("exit %d, no %q in\n%s", code, part, said)
		}
	}
	code, said = checked(t, dir, out)
	for _, part := range []string{"ok    imap      imap://" + box.Addr, "IDLE UIDPLUS MOVE CONDSTORE", "ok    probe     to updates+probe-MARK@example.com arrived after TIME", "ok    clock     agrees with that of mx.example.com"} {
		if code != 0 || !strings.Contains(said, part) {
			t.Errorf("exit %d, no %q in\n%s", code, part, said)
		}
	}

	// Its certificate is its own: nothing is said to a server that cannot prove who it is.
	code, said = typed(t, t.TempDir(), out, "secret\n", "init", "--address", box.User, "--imap", "imaps://"+box.TLSAddr, "--smtp", "smtp://127.0.0.1:"+port)
	if code != 1 || !strings.Contains(said, "the certificate is signed by nobody this machine trusts") || strings.Contains(said, "wrote") {
		t.Errorf("exit %d, said\n%s", code, said)
	}
}

func TestCheckSaysThatDovecotsMailboxIsFull(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		code  int
		says  string
	}{
		{40 << 10, 0, ""},
		{11 << 10, 0, "warn  quota     the mailbox is full to 90 %; delete mail in it"},
		{10 << 10, 1, "FAIL  quota     the mailbox is full: mail to it is refused\n                → delete mail in it that is older than your latest backup"},
	} {
		box := mailtest.DovecotWith(t, mailtest.DovecotOptions{Quota: c.bytes})
		box.Deliver([]byte("From: someone@example.com\r\n\r\n" + strings.Repeat("was here before\r\n", 580)))
		out := mailServers(t, func(o *mailtest.Options) {
			o.Address, o.Password = "relay@relay.example", ""
			o.OnDelivery = func(d mailtest.Delivery) { box.Deliver(mailtest.Transit(d.Raw, time.Now(), d.To)) }
		})
		_, port, err := net.SplitHostPort(out.SMTPAddr())
		must(t, err)
		dir := t.TempDir()
		if code, said := typed(t, dir, out, box.Password+"\n", "init", "--address", box.User, "--imap", "imap://"+box.Addr, "--smtp", "smtp://127.0.0.1:"+port); code != 0 {
			t.Fatalf("exit %d: %s", code, said)
		}
		code, said := checked(t, dir, out)
		if code != c.code || !strings.Contains(said, c.says) || strings.Contains(said, " quota ") != (c.says != "") || !strings.Contains(said, "ok    probe ") {
			t.Errorf("%d bytes: exit %d, no %q in\n%s", c.bytes, code, c.says, said)
		}
	}
}

package main

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"daybreak/internal/config"
)

// nameServer answers from a few records, over UDP on loopback. A record is "SRV _imaps._tcp.example.com 993 imap.example.com" or
// "MX example.com mx.example.com".
func nameServer(t *testing.T, records ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer, err := answerTo(buf[:n], records); err == nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answerTo(question []byte, records []string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	asked := m.Questions[0]
	for i, r := range records {
		f := strings.Fields(r)
		if !strings.EqualFold(f[1]+".", asked.Name.String()) {
			continue
		}
		head := dnsmessage.ResourceHeader{Name: asked.Name, Class: dnsmessage.ClassINET, TTL: 60}
		switch {
		case f[0] == "SRV" && asked.Type == dnsmessage.TypeSRV:
			port := uint16(0)
			for _, digit := range f[2] {
				port = port*10 + uint16(digit-'0')
			}
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.SRVResource{
				Priority: uint16(i), Port: port, Target: dnsmessage.MustNewName(strings.TrimSuffix(f[3], ".") + ".")}})
		case f[0] == "MX" && asked.Type == dnsmessage.TypeMX:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.MXResource{
				Pref: uint16(i), MX: dnsmessage.MustNewName(f[2] + ".")}})
		}
	}
	if len(m.Answers) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	return m.Pack()
}

func TestServersAreFoundByDomainRecordsAndExchanger(t *testing.T) {
	for _, c := range []struct {
		name, address string
		records       []string
		imap, smtp    string
		how, oauth    string
	}{
		{"known domain", "someone@gmail.com", nil, "imaps://imap.gmail.com:993", "smtps://smtp.gmail.com:465", "Gmail", ""},
		{"known domain in other letters", "Someone@Yahoo.CO.JP", nil, "imaps://imap.mail.yahoo.com:993", "smtps://smtp.mail.yahoo.com:465", "Yahoo", ""},
		{"known domain without passwords", "a@hotmail.fr", nil, "imaps://outlook.office365.com:993", "smtp+starttls://smtp-mail.outlook.com:587", "Outlook.com", "microsoft"},
		{"not a known domain though it begins like one", "a@live.example.com", nil, "", "", "", ""},
		{"records", "a@example.com", []string{"SRV _imaps._tcp.example.com 993 Mail.example.com", "SRV _submissions._tcp.example.com 465 mail.example.com"},
			"imaps://mail.example.com:993", "smtps://mail.example.com:465", "as announced by example.com", ""},
		{"records with a preference", "a@example.com", []string{"SRV _imap._tcp.example.com 143 b.example.com", "SRV _imaps._tcp.example.com 1993 a.example.com",
			"SRV _imaps._tcp.example.com 993 b.example.com", "SRV _submission._tcp.example.com 587 a.example.com"},
			"imaps://a.example.com:1993", "smtp+starttls://a.example.com:587", "as announced by example.com", ""},
		{"records that say there is none", "a@example.com", []string{"SRV _imaps._tcp.example.com 0 .", "SRV _imap._tcp.example.com 143 a.example.com"},
			"imap+starttls://a.example.com:143", "", "as announced by example.com", ""},
		{"exchanger", "a@example.com", []string{"MX example.com aspmx.l.google.com", "MX example.com mx.example.com"},
			"imaps://imap.gmail.com:993", "smtps://smtp.gmail.com:465", "Google Workspace, which takes mail for example.com", ""},
		{"exchanger of Microsoft", "a@example.com", []string{"MX example.com example-com.mail.protection.outlook.com"},
			"imaps://outlook.office365.com:993", "smtp+starttls://smtp.office365.com:587", "Microsoft 365, which takes mail for example.com", "microsoft"},
		{"records and exchanger", "a@example.com", []string{"SRV _imaps._tcp.example.com 993 imap.fastmail.com", "SRV _submissions._tcp.example.com 465 smtp.fastmail.com",
			"MX example.com in1-smtp.messagingengine.com"},
			"imaps://imap.fastmail.com:993", "smtps://smtp.fastmail.com:465", "Fastmail, as announced by example.com", ""},
		{"unknown exchanger", "a@example.com", []string{"MX example.com mx.example.com"}, "", "", "", ""},
		{"nothing", "a@example.com", nil, "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := findServers(t.Context(), nameServer(t, c.records...), c.address)
			if f.imap != c.imap || f.smtp != c.smtp || f.how != c.how || f.oauth != c.oauth {
				t.Errorf("got %q %q %q %q", f.imap, f.smtp, f.how, f.oauth)
			}
		})
	}
}

func TestEveryKnownProviderCanBeWritten(t *testing.T) {
	seen := map[string]string{}
	for _, p := range providers {
		if len(p.domains)+len(p.mx) == 0 {
			t.Errorf("%s can never be found", p.name)
		}
		known := slices.Clone(p.domains)
		for _, end := range p.mx {
			known = append(known, "mx "+end)
		}
		for _, d := range known {
			if other := seen[d]; other != "" && other != p.name {
				t.Errorf("%s is %s and %s", d, other, p.name)
			}
			seen[d] = p.name
		}
		d := config.SampleDraft()
		d.IMAP, d.SMTP = p.imap, p.smtp
		if c, err := config.Parse([]byte(d.Text()), "daybreak.toml"); err != nil || len(c.Warnings) > 0 {
			t.Errorf("%s: %v, %v", p.name, err, c)
		}
		if _, ok := config.OAuthPresetOf(p.oauth); p.oauth != "" && !ok {
			t.Errorf("%s: nothing is known of %s", p.name, p.oauth)
		}
	}
}
